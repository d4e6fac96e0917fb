"""From what was entered to what is judged: the forms of the desk, and the plain values of ``judging``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from careflow_healthcheck.findings import Pressure, Why
from careflow_healthcheck.forms import Measurement, Reading, Unjudged
from careflow_healthcheck.judging import Findings, Measured, Sitting, judge, mean_of_closest, pressure_of, pressure_years
from workflow_core import Person


def measured(entered: Measurement) -> Measured:
    """What was measured, as ``judge`` takes it."""
    return Measured(
        entered.height_cm, entered.weight_kg, entered.systolic, entered.diastolic, entered.vision_left, entered.vision_right, entered.sphere_left,
        entered.cylinder_left, entered.sphere_right, entered.cylinder_right, entered.night_lenses, entered.back_uneven, entered.bend_positive,
        entered.rotation, entered.rotation_after,
    )  # fmt: skip


def findings(entered: Measurement, child: Person) -> Findings:
    """What the standards say of a child as it was measured.

    :raises ValueError: it was measured before its birth.
    """
    return judge(measured(entered), child.born_on, child.sex, entered.measured_on)


def unjudged(found: Findings) -> tuple[Unjudged, ...]:
    """What they do not say, and why, as the record keeps it."""
    return tuple(Unjudged(what=what, why=why) for what, why in found.unjudged)


def pressure_read(reading: Reading) -> tuple[float, float]:
    """Systolic and diastolic pressure of a sitting of one to three readings. A reading of which one half is missing does not count."""
    pairs = [(reading.systolic, reading.diastolic), (reading.systolic_2, reading.diastolic_2), (reading.systolic_3, reading.diastolic_3)]
    return mean_of_closest([(upper, lower) for upper, lower in pairs if upper is not None and lower is not None])


def sittings(first: Measurement | None, later: Iterable[Reading], child: Person) -> list[Sitting]:
    """The days on which pressure was read, each with its verdict by the child's age on that day and its height at the check.

    :raises ValueError: a day lies before the birth.
    """
    if first is None:
        return []
    read: list[tuple[date, float, float]] = []
    if first.systolic is not None and first.diastolic is not None:
        read.append((first.measured_on, first.systolic, first.diastolic))
    read += [(one.read_on, *pressure_read(one)) for one in later]
    return [Sitting(on, _verdict(upper, lower, first.height_cm, child, on)) for on, upper, lower in read]


def _verdict(systolic: float, diastolic: float, height_cm: float, child: Person, on: date) -> Pressure | None:
    if child.born_on is None or child.sex is None:
        return None
    found = pressure_of(systolic, diastolic, height_cm, child.sex, pressure_years(child.born_on, on))
    return None if isinstance(found, Why) else found
