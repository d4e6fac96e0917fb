"""Blood pressure over several days. One high reading is no high pressure: WS/T 610-2018 wants three days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from careflow_healthcheck.findings import Pressure, PressureCourse
from careflow_healthcheck.tables import thousandths

DAYS_NEEDED = 3
"""WS/T 610-2018: high on at least three different days."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """The verdict of one day's readings."""

    on: date
    found: Pressure | None


def mean_of_closest(readings: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """What the readings of one sitting come to: of three the mean of the two that are closest, of two their mean, of one itself (WS/T 610-2018, measuring).

    Where two pairs are equally close, the later one counts: a child is calmer by then.

    :param readings: systolic and diastolic pressure of each, in their order.
    :raises ValueError: no reading, or more than three.
    """
    if not 1 <= len(readings) <= 3:
        raise ValueError("one to three readings make a sitting")
    if len(readings) == 1:
        return readings[0]
    pairs = [(1, 2), (0, 2), (0, 1)] if len(readings) == 3 else [(0, 1)]  # the later pair first: `min` keeps the first of equals
    one, other = min(((readings[left], readings[right]) for left, right in pairs), key=_apart)
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _apart(pair: tuple[tuple[float, float], tuple[float, float]]) -> int:
    return sum(abs(thousandths(one) - thousandths(other)) for one, other in zip(*pair, strict=True))


def pressure_course(sittings: Iterable[Sitting], apart_days: int) -> PressureCourse | None:
    """What the days say together: ``SUSPECTED`` from the first high day on, ``CONFIRMED`` when three days in a row were high, each at least ``apart_days``
    after the one that counted before; ``NOT_HIGH`` as soon as a day that counts was not (WS/T 610-2018). None without any judged day.

    A day that comes too early counts neither way; so does one that could not be judged.
    """
    high, last, course = 0, None, None
    for sitting in sorted((one for one in sittings if one.found is not None), key=lambda one: one.on):
        if last is not None and (sitting.on - last).days < apart_days:
            continue
        last = sitting.on
        high = high + 1 if sitting.found is Pressure.HIGH else 0
        course = PressureCourse.NOT_HIGH if high == 0 else PressureCourse.CONFIRMED if high >= DAYS_NEEDED else PressureCourse.SUSPECTED
    return course


def next_reading_from(sittings: Sequence[Sitting], apart_days: int) -> date | None:
    """The first day on which another reading counts; None where none is needed, because nothing is suspected or it is confirmed."""
    if pressure_course(sittings, apart_days) is not PressureCourse.SUSPECTED:
        return None
    last: date | None = None
    for sitting in sorted((one for one in sittings if one.found is not None), key=lambda one: one.on):
        if last is None or (sitting.on - last).days >= apart_days:
            last = sitting.on
    return None if last is None else last + timedelta(days=apart_days)
