"""Every row of every table, at its limit, below and above it; and the tables themselves, against sums taken from the printed standards."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest

from careflow_healthcheck import tables
from careflow_healthcheck.findings import Growth, Pressure, Vision, Weight
from careflow_healthcheck.judging import Findings, Measured, judge
from careflow_healthcheck.tables import BANDS, SEXES, shown

DAY = date(2026, 10, 20)


def born(half_years: int) -> date:
    """Whoever is born on that day has completed so many half-years today."""
    months = DAY.year * 12 + DAY.month - 1 - 6 * half_years
    return date(months // 12, months % 12 + 1, DAY.day)


def judged(sex: str, half_years: int, **measured: Any) -> Findings:
    return judge(Measured(**measured), born(half_years), sex, DAY)


@pytest.mark.parametrize(("sex", "age"), sorted(tables.weight()))
def test_every_row_of_overweight_and_obesity(sex: str, age: int) -> None:
    """WS/T 586-2018, table 1: at the cut-off it is so, a tenth below it is not. A child of one metre weighs what its index says."""
    overweight, obese = (shown(cut) for cut in tables.weight()[sex, age])
    for index, expected in (
        (overweight - 0.1, Weight.NORMAL), (overweight, Weight.OVERWEIGHT), (overweight + 0.1, Weight.OVERWEIGHT),
        (obese - 0.1, Weight.OVERWEIGHT), (obese, Weight.OBESE), (obese + 0.1, Weight.OBESE),
    ):  # fmt: skip
        assert judged(sex, age, height_cm=100.0, weight_kg=round(index, 1)).weight is expected


@pytest.mark.parametrize(("sex", "age"), sorted(tables.stunting()))
def test_every_row_of_stunting(sex: str, age: int) -> None:
    """WS/T 456-2014, table A.1: at the height and below it stunted, a millimetre above it not."""
    height = shown(tables.stunting()[sex, age])
    for tall, stunted in ((height - 0.1, True), (height, True), (height + 0.1, False)):
        # as heavy as a middling child of that height
        found = judged(sex, age, height_cm=round(tall, 1), weight_kg=round(17.8 * (tall / 100) ** 2, 1))
        assert (found.growth is Growth.STUNTED) is stunted


@pytest.mark.parametrize(("sex", "age"), sorted(tables.thinness()))
def test_every_row_of_thinness(sex: str, age: int) -> None:
    """WS/T 456-2014, table B.1: two metres tall nobody is stunted, and the weight is four times the index."""
    severe, mild = (shown(cut) for cut in tables.thinness()[sex, age])
    for index, expected in (
        (severe - 0.1, Growth.MODERATE_SEVERE_THINNESS), (severe, Growth.MODERATE_SEVERE_THINNESS), (severe + 0.1, Growth.MILD_THINNESS),
        (mild, Growth.MILD_THINNESS), (mild + 0.1, Growth.NORMAL),
    ):  # fmt: skip
        assert judged(sex, age, height_cm=200.0, weight_kg=round(4 * index, 1)).growth is expected


@pytest.mark.parametrize(("sex", "age"), sorted(tables.stunting()))
def test_a_child_that_is_short_and_thin_is_stunted(sex: str, age: int) -> None:
    """WS/T 456-2014: stunting is looked at first; and weight is told all the same."""
    found = judged(sex, age, height_cm=shown(tables.stunting()[sex, age]), weight_kg=10.0)
    assert (found.growth, found.weight) == (Growth.STUNTED, Weight.NORMAL)


PRESSURE = sorted(key for key in tables.pressure() if key[1] < 18)


def height_in(sex: str, years: int, band: int) -> float:
    """The shortest height of a band; of the first, a tenth less than the next begins with."""
    limits = tables.heights()[sex, years]
    return shown(limits[0]) - 0.1 if band == 0 else shown(limits[band - 1])


@pytest.mark.parametrize(("sex", "years", "band"), PRESSURE, ids=lambda value: str(value))
def test_every_row_of_blood_pressure(sex: str, years: int, band: int) -> None:
    """WS/T 610-2018, tables B.1 and B.2, systolic and diastolic, at the least height of each band of tables A.1 and A.2."""
    limits = tables.pressure()[sex, years, band]
    height = round(height_in(sex, years, band), 1)
    for name, other, p90, p95, everybody in (
        ("systolic", "diastolic", limits.systolic_p90, limits.systolic_p95, 120),
        ("diastolic", "systolic", limits.diastolic_p90, limits.diastolic_p95, 80),
    ):
        least = min(shown(p90), everybody)
        for value, expected in (
            (least - 1, Pressure.NORMAL), (least, Pressure.HIGH_NORMAL), (shown(p95) - 1, Pressure.HIGH_NORMAL),
            (shown(p95), Pressure.HIGH), (shown(p95) + 1, Pressure.HIGH),
        ):  # fmt: skip
            found = judged(sex, 2 * years, height_cm=height, **{name: value, other: 50.0})
            assert found.pressure is expected, (name, value)


@pytest.mark.parametrize(("sex", "years", "band"), [key for key in PRESSURE if key[2] > 0], ids=lambda value: str(value))
def test_a_millimetre_below_a_band_the_next_lower_one_counts(sex: str, years: int, band: int) -> None:
    """WS/T 610-2018, tables A.1 and A.2: a height at the percentile belongs to the band above it."""
    height = height_in(sex, years, band)
    upper, lower = (tables.pressure()[sex, years, one].systolic_p95 for one in (band, band - 1))
    reading = shown(lower)
    assert judged(sex, 2 * years, height_cm=round(height - 0.1, 1), systolic=reading, diastolic=50.0).pressure is Pressure.HIGH
    assert (judged(sex, 2 * years, height_cm=height, systolic=reading, diastolic=50.0).pressure is Pressure.HIGH) is (lower >= upper)


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        (119, 79, Pressure.NORMAL), (120, 79, Pressure.HIGH_NORMAL), (119, 80, Pressure.HIGH_NORMAL), (139, 89, Pressure.HIGH_NORMAL),
        (139.5, 89, Pressure.HIGH_NORMAL), (140, 79, Pressure.HIGH), (119, 90, Pressure.HIGH),
    ],
)  # fmt: skip
def test_at_eighteen_the_limits_are_those_of_the_text(sex: str, systolic: float, diastolic: float, expected: Pressure) -> None:
    """WS/T 610-2018: 140/90 high, from 120/80 at the upper limit, and no gap between 139 and 140."""
    for height in (140.0, 190.0):
        assert judged(sex, 36, height_cm=height, systolic=systolic, diastolic=diastolic).pressure is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5.3, Vision.NORMAL), (5.0, Vision.NORMAL), (4.9, Vision.POOR_MILD), (4.8, Vision.POOR_MODERATE), (4.7, Vision.POOR_MODERATE),
        (4.6, Vision.POOR_MODERATE), (4.5, Vision.POOR_SEVERE), (3.3, Vision.POOR_SEVERE), (4.95, Vision.POOR_MILD), (4.85, Vision.POOR_MODERATE),
        (4.55, Vision.POOR_SEVERE),
    ],
)  # fmt: skip
def test_every_grade_of_vision(value: float, expected: Vision) -> None:
    """GB/T 11533, the 5.0 scale; whichever eye is the worse."""
    assert judged("male", 20, vision_left=value, vision_right=5.3).vision is expected
    assert judged("male", 20, vision_left=5.3, vision_right=value).vision is expected


# ------------------------------------------------------------------------------------------------------------------------------------ the tables

SUMS: dict[tuple[str, str], list[tuple[int, int]]] = {
    ("weight", "male"): [(5140, 71201), (5905, 82667)],
    ("weight", "female"): [(5206, 72298), (5859, 82253)],
    ("stunting", "male"): [(31873, 425037)],
    ("stunting", "female"): [(31344, 414830)],
    ("thinness", "male"): [(3520, 45808), (3707, 48655)],
    ("thinness", "female"): [(3459, 45445), (3600, 47298)],
    ("heights", "male"): [(15385, 97673), (15668, 99412), (16147, 102360), (16676, 105579), (17206, 108785), (17680, 111636), (17962, 113338)],
    ("heights", "female"): [(15036, 94490), (15294, 95978), (15724, 98499), (16199, 101259), (16671, 104001), (17095, 106487), (17348, 107963)],
    ("pressure", "male"): [(105140, 4822390), (108970, 4990750), (67480, 3068910), (70230, 3187830)],
    ("pressure", "female"): [(101840, 4617230), (105660, 4783790), (66600, 3012350), (69460, 3134930)],
}
"""Of each column of the standards' tables, in tenths: its sum, and its sum with the first row once, the second twice and so on. Made from another copy
of the tables than the one in the package, so that one wrong digit, or two figures that changed places, are found."""


@pytest.mark.parametrize(("name", "sex"), sorted(SUMS))
def test_the_figures_are_those_of_the_standard(name: str, sex: str) -> None:
    """Every digit of them."""
    rows = [row for row in tables.rows(name) if row["sex"] == sex and row.get("band") != "all"]
    columns = zip(*([round(float(value) * 10) for key, value in row.items() if key not in ("sex", "age", "band")] for row in rows), strict=True)
    assert [(sum(column), sum(place * value for place, value in enumerate(column, 1))) for column in columns] == SUMS[name, sex]


def test_some_rows_as_they_are_printed() -> None:
    """Girls at 13.0 among them, which copies have wrong (22.6 / 25.6)."""
    assert tables.weight()["female", 26] == (22200, 25000)
    assert tables.weight()["male", 12] == (16400, 17700)
    assert tables.stunting()["male", 29] == 144700
    assert tables.thinness()["female", 35] == (16700, 17300)
    assert tables.heights()["female", 12] == (139700, 142600, 147500, 152500, 157100, 160900, 163500)
    assert tables.pressure()["male", 7, 0] == tables.PressureLimits(104000, 108000, 69000, 72000)


@pytest.mark.parametrize("name", ["weight", "stunting", "thinness", "heights", "pressure", "vision", "spine"])
def test_each_file_names_its_source(name: str) -> None:
    """In its first line, as the standard is called."""
    text = (files("careflow_healthcheck") / "data" / f"{name}.csv").read_text("utf-8")
    assert re.match(r"# (WS/T (586-2018|456-2014|610-2018)|GB/T 11533-2011|Screening for scoliosis .*学生常见病监测)", text)


def test_the_tables_have_a_row_for_every_age_and_no_gap() -> None:
    """6.0 to 18.0, 6.0 to 17.5, and 7 to 17 years with eight height bands."""
    assert sorted(tables.weight()) == [(sex, age) for sex in sorted(SEXES) for age in range(12, 37)]
    assert sorted(tables.stunting()) == sorted(tables.thinness()) == [(sex, age) for sex in sorted(SEXES) for age in range(12, 36)]
    assert sorted(tables.heights()) == [(sex, age) for sex in sorted(SEXES) for age in range(7, 18)]
    assert sorted(tables.pressure()) == [(sex, age, band) for sex in sorted(SEXES) for age in range(7, 19) for band in range(len(BANDS))]


@pytest.mark.parametrize("sex", SEXES)
def test_a_cut_off_never_falls_as_children_grow(sex: str) -> None:
    """What a slip of the pen in a table would most likely break."""
    columns = [[tables.weight()[sex, age][place] for age in range(12, 37)] for place in (0, 1)]
    columns += [[tables.thinness()[sex, age][place] for age in range(12, 36)] for place in (0, 1)]
    columns += [[tables.stunting()[sex, age] for age in range(12, 36)]]
    columns += [[tables.heights()[sex, age][place] for age in range(7, 18)] for place in range(7)]
    columns += [list(tables.heights()[sex, age]) for age in range(7, 18)]
    for name in ("systolic_p90", "systolic_p95", "diastolic_p90", "diastolic_p95"):
        columns += [[getattr(tables.pressure()[sex, age, band], name) for age in range(7, 18)] for band in range(8)]
        columns += [[getattr(tables.pressure()[sex, age, band], name) for band in range(8)] for age in range(7, 18)]
    assert all(one <= other for column in columns for one, other in pairwise(column))
