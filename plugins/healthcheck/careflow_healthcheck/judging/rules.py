"""One rule a function. Each takes plain values and answers a finding; a ``Why`` where the standard says nothing."""

from __future__ import annotations

from bisect import bisect_right

from careflow_healthcheck import tables
from careflow_healthcheck.findings import Growth, Pressure, Spine, Vision, Weight, Why
from careflow_healthcheck.tables import thousandths

_TENTHS = 100
"""Thousandths in a tenth."""


def bmi_tenths(height_cm: float, weight_kg: float) -> int:
    """Body mass index in tenths of kg/m², rounded half up: 4.1 and 4.2 of WS/T 586-2018, weight in kg over the square of height in m, one decimal.

    Whole numbers only: no value can fall to the wrong side of a cut-off because a computer's fraction is a little too small.
    """
    height, weight = thousandths(height_cm), thousandths(weight_kg)
    square = height * height
    return (2 * weight * 100_000_000 + square) // (2 * square)


def bmi(height_cm: float, weight_kg: float) -> float:
    """Body mass index in kg/m² with one decimal, rounded half up."""
    return bmi_tenths(height_cm, weight_kg) / 10


def weight_of(tenths: int, sex: str, half_years: int) -> Weight | Why:
    """WS/T 586-2018, table 1: at or above the obesity cut-off obese, else at or above the overweight cut-off overweight. For ages 6.0 to below 19.

    :param tenths: body mass index in tenths.
    :param half_years: completed half-years.
    """
    if half_years < tables.FIRST_HALF_YEAR:
        return Why.TOO_YOUNG
    if half_years > tables.WEIGHT_LAST + 1:  # the last row is "18.0 and over": one year, the standard ends with the 18th
        return Why.TOO_OLD
    overweight, obese = tables.weight()[sex, min(half_years, tables.WEIGHT_LAST)]
    index = tenths * _TENTHS
    return Weight.OBESE if index >= obese else Weight.OVERWEIGHT if index >= overweight else Weight.NORMAL


def growth_of(height_cm: float, tenths: int, sex: str, half_years: int) -> Growth | Why:
    """WS/T 456-2014: stunted by height first (table A.1); only who is not stunted is looked at for thinness (table B.1). For ages 6.0 to below 18.

    Both parts are needed: a screening that lacks one is not valid (4.4.5), so there is no function for one of them alone.
    """
    if half_years < tables.FIRST_HALF_YEAR:
        return Why.TOO_YOUNG
    if half_years > tables.GROWTH_LAST:
        return Why.TOO_OLD
    if thousandths(height_cm) <= tables.stunting()[sex, half_years]:
        return Growth.STUNTED
    severe, mild = tables.thinness()[sex, half_years]
    index = tenths * _TENTHS
    return Growth.MODERATE_SEVERE_THINNESS if index <= severe else Growth.MILD_THINNESS if index <= mild else Growth.NORMAL


def pressure_of(systolic: float, diastolic: float, height_cm: float, sex: str, years: int) -> Pressure | Why:
    """WS/T 610-2018: systolic or diastolic at or above the 95th percentile of sex, age and height band is high; below it, but at or above the 90th,
    or at or above 120/80 mmHg, is at the upper limit. At 18 years the limits are 140/90 and 120/80; the text has them as whole numbers, we leave no gap.

    It is this reading's verdict; ``pressure_course`` says whether a child's pressure is high.

    :param years: rounded half up from completed months.
    """
    if years < tables.PRESSURE_FIRST:
        return Why.TOO_YOUNG
    if years > tables.PRESSURE_LAST:
        return Why.TOO_OLD
    band = 0 if years == tables.PRESSURE_LAST else bisect_right(tables.heights()[sex, years], thousandths(height_cm))
    limits = tables.pressure()[sex, years, band]
    upper, lower = thousandths(systolic), thousandths(diastolic)
    if upper >= limits.systolic_p95 or lower >= limits.diastolic_p95:
        return Pressure.HIGH
    at_limit = upper >= min(limits.systolic_p90, tables.UPPER_LIMIT[0]) or lower >= min(limits.diastolic_p90, tables.UPPER_LIMIT[1])
    return Pressure.HIGH_NORMAL if at_limit else Pressure.NORMAL


def worse_eye(left: float | None, right: float | None) -> float | None:
    """Naked vision of the worse eye; of the one that was looked at where the other was not."""
    seen = [eye for eye in (left, right) if eye is not None]
    return min(seen) if seen else None


def vision_of(left: float | None, right: float | None, years: int) -> Vision | Why:
    """GB/T 11533, the 5.0 scale, from six years on: below 5.0 poor; 4.9 mildly, 4.6 to 4.8 moderately, 4.5 and less severely. The worse eye counts.

    A value between two lines of the chart belongs to the worse grade.

    :param years: completed years.
    """
    worse = worse_eye(left, right)
    if worse is None:
        return Why.NOT_MEASURED
    if years < tables.VISION_FIRST:
        return Why.TOO_YOUNG
    value = thousandths(worse)
    return Vision[next(finding for at_least, finding in tables.grades("vision") if value >= at_least)]


def myopia_of(
    left: float | None, right: float | None, *, sphere_left: float | None = None, cylinder_left: float | None = None,
    sphere_right: float | None = None, cylinder_right: float | None = None, night_lenses: bool | None = None,
) -> bool | Why:  # fmt: skip
    """Shortsightedness in the screening, as the national monitoring counts it: naked vision below 5.0 and a spherical equivalent (sphere and half the
    cylinder, without drops) below -0.50 D, in either eye; or night lenses are worn. It is no diagnosis.

    Where refraction was not measured, only poor vision may be reported: nothing is said.
    """  # fmt: skip
    if night_lenses:
        return True
    eyes = [_short(left, sphere_left, cylinder_left), _short(right, sphere_right, cylinder_right)]
    if True in eyes:
        return True
    return Why.NOT_MEASURED if None in eyes or (sphere_left is None and sphere_right is None) else False


def _short(vision: float | None, sphere: float | None, cylinder: float | None) -> bool | None:
    if vision is not None and thousandths(vision) >= 5000:
        return False
    if sphere is None:
        return None
    minus = 2 * _signed(sphere) + _signed(cylinder or 0.0) < -1000
    return minus if vision is not None or not minus else None


def _signed(value: float) -> int:
    return thousandths(value) if value >= 0 else -thousandths(-value)


def spine_of(back_uneven: bool | None, bend_positive: bool | None, rotation: float | None, rotation_after: float | None) -> Spine | Why:
    """Scoliosis as the national monitoring scores it: straight where the back looks even, the forward bend is negative and every rotation is below 5°. Else
    by the largest rotation after the movement test: below 5° poor posture, from 5° first, from 7° second, from 10° third degree.

    :param rotation: the largest rotation of the trunk in degrees, before the movement test; ``rotation_after``: the largest after it.
    """
    if back_uneven is None and bend_positive is None and rotation is None:
        return Why.NOT_MEASURED
    from_five = thousandths(5)
    if back_uneven or bend_positive or (rotation is not None and thousandths(rotation) >= from_five):
        if rotation_after is None:
            return Why.NOT_MEASURED
        value = thousandths(rotation_after)
        return Spine[next(finding for at_least, finding in tables.grades("spine") if value >= at_least)]
    return Why.NOT_MEASURED if back_uneven is None or bend_positive is None or rotation is None else Spine.NORMAL
