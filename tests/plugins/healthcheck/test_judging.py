"""Judging one child: rounding, ages, what cannot be judged, and a whole health day."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from careflow_healthcheck.findings import Growth, Item, Pressure, Spine, Vision, Weight, Why
from careflow_healthcheck.judging import (
    Findings,
    Measured,
    bmi,
    bmi_tenths,
    completed_months,
    flagged,
    half_years,
    judge,
    myopia_of,
    pressure_years,
    spine_of,
    worse_eye,
)

DATA = Path(__file__).resolve().parents[2] / "data"
DAY = date(2026, 10, 20)
TEN = date(2016, 10, 20)
MIDDLING = Measured(height_cm=141.0, weight_kg=34.0, systolic=105, diastolic=65, vision_left=5.0, vision_right=5.1)

# ------------------------------------------------------------------------------------------------------------------------------------ rounding


@pytest.mark.parametrize(
    ("height", "weight", "expected"),
    [
        (100.0, 24.95, 25.0),
        (100.0, 24.949, 24.9),
        (200.0, 73.8, 18.5),  # 18.45, which a computer's fraction may take for less
        (200.0, 65.0, 16.3),  # 16.25, which goes to 16.2 where halves go to the even digit
        (200.0, 66.6, 16.7),  # 16.65
        (160.0, 42.624, 16.7),  # 16.65 exactly, and not 16.64999…
        (150.0, 37.1, 16.5),  # 16.488…
        (129.5, 26.9, 16.0),
        (60.0, 180.0, 500.0),
        (220.0, 8.0, 1.7),
    ],
)
def test_the_index_is_rounded_half_up(height: float, weight: float, expected: float) -> None:
    """WS/T 586-2018: one decimal, and it is the rounded one that is compared."""
    assert bmi(height, weight) == expected


@given(st.integers(600, 2200), st.integers(160, 3600))
def test_the_index_is_that_of_exact_decimals(tenths_of_a_cm: int, fiftieths_of_a_kg: int) -> None:
    """For all heights in millimetres and weights in steps of 50 g."""
    height, weight = Decimal(tenths_of_a_cm) / 10, Decimal(fiftieths_of_a_kg) / 20
    exact = (weight / (height / 100) ** 2).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert Decimal(bmi_tenths(float(height), float(weight))) / 10 == exact


def test_a_cut_off_is_compared_with_the_rounded_index() -> None:
    """Boys of ten are overweight from 19.2 on: 19.15 is, 19.149 is not."""
    found = [judge(Measured(height_cm=200.0, weight_kg=weight), TEN, "male", DAY).weight for weight in (76.6, 76.596)]
    assert found == [Weight.OVERWEIGHT, Weight.NORMAL]


# ------------------------------------------------------------------------------------------------------------------------------------ ages


@pytest.mark.parametrize(("on", "expected"), [(date(2010, 9, 24), 19), (date(2010, 9, 25), 20), (date(2011, 3, 24), 20), (date(2011, 3, 25), 21)])
def test_the_standards_own_example_of_ages(on: date, expected: int) -> None:
    """WS/T 586-2018: born on 2000-09-25; 9.5 the day before its tenth birthday, then 10.0, and 10.5 half a year later."""
    assert half_years(date(2000, 9, 25), on) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2007, 3, 24), 6), (date(2007, 3, 25), 7), (date(2008, 3, 24), 7), (date(2008, 3, 25), 8), (date(2018, 9, 25), 18), (date(2019, 3, 25), 19)],
)
def test_the_age_for_pressure_is_rounded(on: date, expected: int) -> None:
    """WS/T 610-2018: six years and six months are 7; for weight the same child is 6.5. Born on 2000-09-25."""
    assert pressure_years(date(2000, 9, 25), on) == expected


@pytest.mark.parametrize(
    ("born_on", "on", "months"),
    [
        (date(2010, 8, 31), date(2011, 2, 28), 5),
        (date(2010, 8, 31), date(2011, 3, 1), 6),
        (date(2012, 2, 29), date(2013, 2, 28), 11),
        (date(2012, 2, 29), date(2013, 3, 1), 12),
        (date(2012, 2, 29), date(2016, 2, 29), 48),
        (date(2020, 5, 5), date(2020, 5, 5), 0),
    ],
)
def test_a_month_that_has_no_such_day_is_complete_on_the_next_first(born_on: date, on: date, months: int) -> None:
    """Of those born on a 29th, 30th or 31st."""
    assert completed_months(born_on, on) == months


def test_nobody_is_measured_before_birth() -> None:
    """It is said, and not guessed at."""
    with pytest.raises(ValueError, match="before its birth"):
        judge(MIDDLING, DAY + timedelta(days=1), "male", DAY)


@given(st.dates(date(2000, 1, 1), date(2020, 12, 31)), st.integers(0, 6000))
def test_ages_never_fall(born_on: date, days: int) -> None:
    """From one day to the next."""
    on = born_on + timedelta(days=days)
    assert completed_months(born_on, on) <= completed_months(born_on, on + timedelta(days=1)) <= completed_months(born_on, on) + 1


# ------------------------------------------------------------------------------------------------------------------------------------ what is not judged


def told(findings: Findings) -> dict[str, str]:
    return {item.name: why.name for item, why in findings.unjudged}


@pytest.mark.parametrize(
    ("born_on", "missing"),
    [
        (date(2020, 10, 21), {"WEIGHT": "TOO_YOUNG", "GROWTH": "TOO_YOUNG", "PRESSURE": "TOO_YOUNG", "VISION": "TOO_YOUNG"}),
        (date(2020, 10, 20), {"PRESSURE": "TOO_YOUNG"}),
        (date(2020, 4, 20), {}),
        (date(2008, 10, 21), {}),
        (date(2008, 10, 20), {"GROWTH": "TOO_OLD"}),
        (date(2008, 4, 20), {"GROWTH": "TOO_OLD", "PRESSURE": "TOO_OLD"}),
        (date(2007, 10, 20), {"WEIGHT": "TOO_OLD", "GROWTH": "TOO_OLD", "PRESSURE": "TOO_OLD"}),
    ],
    ids=["five", "six", "six and a half", "one day to eighteen", "eighteen", "eighteen and a half", "nineteen"],
)
def test_outside_the_standards_ages_nothing_is_said_but_why(born_on: date, missing: dict[str, str]) -> None:
    """Each standard has its own first and last age."""
    found = judge(MIDDLING, born_on, "female", DAY)
    assert told(found) == missing
    assert {item.name for item in (Item.WEIGHT, Item.GROWTH, Item.PRESSURE, Item.VISION) if getattr(found, item.name.lower()) is None} == set(missing)


@pytest.mark.parametrize(
    ("measured", "missing"),
    [
        (Measured(), {"WEIGHT", "GROWTH", "PRESSURE", "VISION"}),
        (Measured(height_cm=140.0, vision_left=5.0), {"WEIGHT", "GROWTH", "PRESSURE"}),
        (Measured(height_cm=140.0, weight_kg=34.0, systolic=105), {"PRESSURE", "VISION"}),
        (Measured(weight_kg=34.0, systolic=105, diastolic=65), {"WEIGHT", "GROWTH", "PRESSURE", "VISION"}),
        (MIDDLING, set()),
    ],
)
def test_what_was_not_measured_is_not_judged(measured: Measured, missing: set[str]) -> None:
    """Pressure needs the height too: its limits go by height bands. Growth needs both parts (WS/T 456-2014, 4.4.5)."""
    found = judge(measured, TEN, "male", DAY)
    assert told(found) == dict.fromkeys(missing, "NOT_MEASURED")


def test_without_birth_or_sex_on_file_the_tables_are_silent() -> None:
    """The index is known all the same; and vision goes by age alone."""
    no_birth, no_sex = judge(MIDDLING, None, "male", DAY), judge(MIDDLING, TEN, None, DAY)
    assert told(no_birth) == dict.fromkeys(("WEIGHT", "GROWTH", "PRESSURE", "VISION"), "BIRTH_UNKNOWN")
    assert told(no_sex) == dict.fromkeys(("WEIGHT", "GROWTH", "PRESSURE"), "SEX_UNKNOWN")
    assert no_birth.bmi == no_sex.bmi == 17.1
    assert no_sex.vision is Vision.NORMAL


def test_the_worse_eye_counts_and_one_alone_is_enough() -> None:
    """Both missing: nothing is said."""
    assert (worse_eye(4.9, 5.0), worse_eye(None, 4.7), worse_eye(4.8, None), worse_eye(None, None)) == (4.9, 4.7, 4.8, None)


# ------------------------------------------------------------------------------------------------------------------------------------ eyes and spine


@pytest.mark.parametrize(
    ("left", "right", "lenses", "expected"),
    [
        ((4.9, -0.75, 0.0), (5.0, 0.0, 0.0), None, True),
        ((4.9, -0.50, 0.0), (5.0, 0.0, 0.0), None, False),  # not below -0.50
        ((4.9, -0.25, -0.75), (5.0, 0.0, 0.0), None, True),  # -0.25 and half of -0.75 make -0.625
        ((4.9, -0.25, -0.50), (5.0, 0.0, 0.0), None, False),  # exactly -0.50
        ((5.0, -2.00, 0.0), (5.1, -2.0, 0.0), None, False),  # sees well
        ((5.0, None, None), (4.8, -1.0, None), None, True),
        ((4.7, None, None), (5.0, 0.25, None), None, Why.NOT_MEASURED),
        ((4.7, None, None), (4.7, None, None), None, Why.NOT_MEASURED),
        ((5.0, None, None), (5.0, None, None), None, Why.NOT_MEASURED),
        ((5.1, None, None), (5.1, None, None), True, True),
        ((None, -3.0, 0.0), (5.0, 0.0, 0.0), None, Why.NOT_MEASURED),
        ((None, 0.5, 0.0), (5.0, 0.0, 0.0), None, False),
    ],
)
def test_shortsightedness_needs_poor_vision_and_a_minus(left: tuple[Any, ...], right: tuple[Any, ...], lenses: bool | None, expected: bool | Why) -> None:
    """Below 5.0 and an equivalent below -0.50 D in one eye, or night lenses; without refraction nothing is said."""
    found = myopia_of(
        left[0], right[0], sphere_left=left[1], cylinder_left=left[2], sphere_right=right[1], cylinder_right=right[2], night_lenses=lenses
    )  # fmt: skip
    assert found is expected


@pytest.mark.parametrize(
    ("uneven", "bend", "rotation", "after", "expected"),
    [
        (False, False, 4.9, None, Spine.NORMAL),
        (False, False, 5.0, 4.9, Spine.POSTURE),
        (True, False, 0.0, 0.0, Spine.POSTURE),
        (False, True, 3.0, 5.0, Spine.FIRST_DEGREE),
        (False, False, 8.0, 6.9, Spine.FIRST_DEGREE),
        (False, False, 8.0, 7.0, Spine.SECOND_DEGREE),
        (False, False, 12.0, 9.9, Spine.SECOND_DEGREE),
        (False, False, 12.0, 10.0, Spine.THIRD_DEGREE),
        (None, None, None, None, Why.NOT_MEASURED),
        (False, None, 2.0, None, Why.NOT_MEASURED),
        (False, False, 8.0, None, Why.NOT_MEASURED),
    ],
)
def test_the_spine_by_its_rotation(uneven: bool | None, bend: bool | None, rotation: float | None, after: float | None, expected: Spine | Why) -> None:
    """Degrees after the movement test, of whom the first look was not clean."""
    assert spine_of(uneven, bend, rotation, after) is expected


def test_refraction_and_spine_are_missed_only_where_they_were_begun() -> None:
    """Most checks have neither; then nothing is missing."""
    begun = judge(Measured(vision_left=4.7, sphere_right=0.0, bend_positive=True), TEN, "male", DAY)
    assert told(judge(MIDDLING, TEN, "male", DAY)) == {}
    assert {"MYOPIA", "SPINE"} <= told(begun).keys()


# ------------------------------------------------------------------------------------------------------------------------------------ follow-up


WELL = judge(MIDDLING, TEN, "male", DAY)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, False),
        ({"weight": Weight.OVERWEIGHT}, True),
        ({"weight": Weight.OBESE}, True),
        ({"growth": Growth.STUNTED}, True),
        ({"growth": Growth.MILD_THINNESS}, True),
        ({"pressure": Pressure.HIGH}, True),
        ({"pressure": Pressure.HIGH_NORMAL}, False),
        ({"vision": Vision.POOR_MILD}, True),
        ({"spine": Spine.FIRST_DEGREE}, True),
        ({"spine": Spine.POSTURE}, False),
        ({"myopia": True}, False),
        ({"weight": None, "growth": None, "pressure": None, "vision": None}, False),
    ],
)
def test_who_is_followed_up(change: dict[str, Any], expected: bool) -> None:
    """What was not judged flags nobody; night lenses alone do not either."""
    values = {name: getattr(WELL, name) for name in ("bmi", "weight", "growth", "pressure", "vision", "myopia", "spine")}
    assert flagged(Findings(**{**values, **change})) is expected


def test_a_middling_child_is_well() -> None:
    """Every item of it."""
    assert Findings(17.1, Weight.NORMAL, Growth.NORMAL, Pressure.NORMAL, Vision.NORMAL, None, None) == WELL


# ------------------------------------------------------------------------------------------------------------------------------------ a whole day


def number(cell: Any) -> Any:
    """132cm is 132; a blank is nothing."""
    return None if cell == "" else float(re.sub(r"[a-z]+$", "", str(cell)))


def test_every_child_of_a_health_day_is_judged_as_expected() -> None:
    """Six hundred rows of an invented township, of which those with a fault are not judged."""
    rows = CalamineWorkbook.from_path(DATA / "health-gaoqiao.xlsx").get_sheet_by_index(0).to_python()
    expected = [one for one in json.loads((DATA / "health-gaoqiao.expected.json").read_text("utf-8")) if "rejected" not in one]
    assert len(expected) == 560
    for one in expected:
        _, _, person, *values, day, _ = rows[one["row"] - 1]
        on = day if isinstance(day, date) else date(*(int(part) for part in str(day).split(".")))
        born_on = date(int(person[6:10]), int(person[10:12]), int(person[12:14]))
        found = judge(Measured(*(number(cell) for cell in values)), born_on, "male" if int(person[16]) % 2 else "female", on)
        verdicts = {name: None if getattr(found, name) is None else getattr(found, name).name.lower() for name in ("weight", "growth", "pressure", "vision")}
        assert {"bmi": found.bmi, **verdicts} == {name: one.get(name) for name in ("bmi", "weight", "growth", "pressure", "vision")}, one["row"]
