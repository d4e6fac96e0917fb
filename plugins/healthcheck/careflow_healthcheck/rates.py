"""The rates of a round: by school, by sex, by grade, and all together. Pure: records in, lines of a report out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from careflow_healthcheck.findings import Growth, Item, Pressure, PressureCourse, Sex, Spine, Vision, Weight
from careflow_healthcheck.forms import CheckRecord, Rate, RateBy, Share

Judged: TypeAlias = Callable[[CheckRecord], object]
COUNTED: tuple[tuple[Item, str, Judged, frozenset[object]], ...] = (
    (Item.WEIGHT, "OVERWEIGHT", lambda one: one.weight, frozenset((Weight.OVERWEIGHT,))),
    (Item.WEIGHT, "OBESE", lambda one: one.weight, frozenset((Weight.OBESE,))),
    (Item.GROWTH, "STUNTED", lambda one: one.growth, frozenset((Growth.STUNTED,))),
    (Item.GROWTH, "THIN", lambda one: one.growth, frozenset((Growth.MILD_THINNESS, Growth.MODERATE_SEVERE_THINNESS))),
    (Item.PRESSURE, "HIGH", lambda one: one.pressure, frozenset((Pressure.HIGH,))),
    (Item.VISION, "POOR", lambda one: one.vision, frozenset((Vision.POOR_MILD, Vision.POOR_MODERATE, Vision.POOR_SEVERE))),
)
"""What a line of the report counts: the malnutrition rate of WS/T 456-2014 (4.4.4) is that of stunting and thinness together."""
RARE: tuple[tuple[Item, str, Judged, frozenset[object]], ...] = (
    (Item.SPINE, "CURVED", lambda one: one.spine, frozenset((Spine.FIRST_DEGREE, Spine.SECOND_DEGREE, Spine.THIRD_DEGREE))),
    (Item.PRESSURE, "CONFIRMED", lambda one: one.pressure_course, frozenset((PressureCourse.CONFIRMED,))),
)
"""Told in the text of the report, not in each line: few children are looked at for it."""


def round_rates(records: Iterable[CheckRecord]) -> tuple[Rate, ...]:
    """The lines of a round's report: all together, then each school by name (who has none last), boys and girls, each grade.

    Every listed child counts as listed; a rate is of those who could be judged.
    """
    listed = list(records)
    lines = [_line(RateBy.ALL, "", listed)]
    lines += [
        _line(RateBy.SCHOOL, school, [one for one in listed if one.school == school])
        for school in sorted({one.school for one in listed}, key=lambda name: (not name, name))
    ]
    lines += [_line(RateBy.SEX, sex.value, [one for one in listed if one.sex is sex]) for sex in Sex if any(one.sex is sex for one in listed)]
    grades = sorted({one.grade for one in listed if one.grade is not None})
    lines += [_line(RateBy.GRADE, str(grade), [one for one in listed if one.grade == grade]) for grade in grades]
    return tuple(lines)


def percent(found: int, of: int) -> str:
    """Of a hundred, one decimal, half up; empty of nobody. Whole numbers only."""
    if of <= 0:
        return ""
    tenths = (2000 * found + of) // (2 * of)
    return f"{tenths // 10}.{tenths % 10}"


def _line(by: RateBy, name: str, records: Sequence[CheckRecord]) -> Rate:
    shares = []
    for item, finding, judged, counted in COUNTED + (RARE if by is RateBy.ALL else ()):
        of = [found for one in records if (found := judged(one)) is not None]
        some = sum(one in counted for one in of)
        shares.append(Share(what=item, finding=finding, found=some, of=len(of), percent=percent(some, len(of))))
    return Rate(by=by, name=name, listed=len(records), measured=sum(one.measured_on is not None for one in records), shares=tuple(shares))
