"""One child, everything at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from careflow_healthcheck.findings import Growth, Item, Pressure, Spine, Vision, Weight, Why
from careflow_healthcheck.judging.ages import completed_months
from careflow_healthcheck.judging.rules import bmi_tenths, growth_of, myopia_of, pressure_of, spine_of, vision_of, weight_of

Found = TypeVar("Found")
UNWELL = frozenset((Vision.POOR_MILD, Vision.POOR_MODERATE, Vision.POOR_SEVERE))
CURVED = frozenset((Spine.FIRST_DEGREE, Spine.SECOND_DEGREE, Spine.THIRD_DEGREE))


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one child on one day: cm, kg, mmHg, the 5.0 scale, dioptres, degrees. None is not measured."""

    height_cm: float | None = None
    weight_kg: float | None = None
    systolic: float | None = None
    diastolic: float | None = None
    vision_left: float | None = None
    vision_right: float | None = None
    sphere_left: float | None = None
    cylinder_left: float | None = None
    sphere_right: float | None = None
    cylinder_right: float | None = None
    night_lenses: bool | None = None
    back_uneven: bool | None = None
    bend_positive: bool | None = None
    rotation: float | None = None
    rotation_after: float | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What the standards say of it. None is not judged, and ``unjudged`` has the reason of each, in the order of ``Item``.

    :param bmi: kg/m² with one decimal.
    :param pressure: of this reading alone.
    """

    bmi: float | None
    weight: Weight | None
    growth: Growth | None
    pressure: Pressure | None
    vision: Vision | None
    myopia: bool | None
    spine: Spine | None
    unjudged: tuple[tuple[Item, Why], ...] = ()


def judge(measured: Measured, born_on: date | None, sex: str | None, on: date) -> Findings:
    """Judge one child as measured on that day. Weight and growth go by completed half-years, pressure by rounded years, vision from six years on.

    Shortsightedness and the spine need no table of ages; they are in ``unjudged`` only where something of them was measured and it does not suffice.

    :param sex: ``"male"`` or ``"female"``; None where it is not on file.
    :raises ValueError: the day lies before the birth.
    """
    height, weight = measured.height_cm, measured.weight_kg
    tenths = bmi_tenths(height, weight) if height is not None and weight is not None else None
    months = completed_months(born_on, on) if born_on is not None else None
    why: list[tuple[Item, Why]] = []

    def said(item: Item, answer: Found | Why) -> Found | None:
        if isinstance(answer, Why):
            why.append((item, answer))
            return None
        return answer

    unknown = Why.BIRTH_UNKNOWN if months is None else Why.SEX_UNKNOWN if sex is None else None
    missing = unknown or Why.NOT_MEASURED
    weight_found: Weight | Why = missing
    growth_found: Growth | Why = missing
    pressure_found: Pressure | Why = missing
    vision_found: Vision | Why = Why.BIRTH_UNKNOWN
    if months is not None:
        vision_found = vision_of(measured.vision_left, measured.vision_right, months // 12)
    if months is not None and sex is not None and height is not None:
        if tenths is not None:
            weight_found, growth_found = weight_of(tenths, sex, months // 6), growth_of(height, tenths, sex, months // 6)
        if measured.systolic is not None and measured.diastolic is not None:
            pressure_found = pressure_of(measured.systolic, measured.diastolic, height, sex, (months + 6) // 12)
    return Findings(
        None if tenths is None else tenths / 10,
        said(Item.WEIGHT, weight_found),
        said(Item.GROWTH, growth_found),
        said(Item.PRESSURE, pressure_found),
        said(Item.VISION, vision_found),
        said(Item.MYOPIA, _myopia(measured)),
        said(Item.SPINE, _spine(measured)),
        tuple(why),
    )


def flagged(findings: Findings) -> bool:
    """Whether somebody has to follow it up: weight or growth is not normal, the reading of pressure high, vision poor, or the spine curved.

    What was not judged flags nobody; shortsightedness comes with poor vision, or with lenses that somebody has prescribed.
    """
    return (
        findings.weight not in (None, Weight.NORMAL)
        or findings.growth not in (None, Growth.NORMAL)
        or findings.pressure is Pressure.HIGH
        or findings.vision in UNWELL
        or findings.spine in CURVED
    )


def _myopia(measured: Measured) -> bool | Why | None:
    """Refraction is not measured at most checks: then nothing is missing either."""
    if measured.sphere_left is None and measured.sphere_right is None and not measured.night_lenses:
        return None
    return myopia_of(
        measured.vision_left, measured.vision_right, sphere_left=measured.sphere_left, cylinder_left=measured.cylinder_left,
        sphere_right=measured.sphere_right, cylinder_right=measured.cylinder_right, night_lenses=measured.night_lenses,
    )  # fmt: skip


def _spine(measured: Measured) -> Spine | Why | None:
    if measured.back_uneven is None and measured.bend_positive is None and measured.rotation is None:
        return None
    return spine_of(measured.back_uneven, measured.bend_positive, measured.rotation, measured.rotation_after)
