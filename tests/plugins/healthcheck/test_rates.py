"""The rates of a round: who is counted, of whom, and how it is rounded."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from careflow_healthcheck.findings import Growth, Item, Pressure, PressureCourse, Sex, Vision, Weight
from careflow_healthcheck.forms import CheckRecord, Rate, RateBy
from careflow_healthcheck.rates import percent, round_rates

DAY = date(2026, 10, 20)
RECORDS = [
    CheckRecord(
        school="甲小学", grade=3, sex=Sex.MALE, measured_on=DAY, weight=Weight.OBESE, growth=Growth.NORMAL, pressure=Pressure.HIGH, vision=Vision.NORMAL,
        pressure_course=PressureCourse.CONFIRMED,
    ),
    CheckRecord(school="甲小学", grade=3, sex=Sex.FEMALE, measured_on=DAY, weight=Weight.NORMAL, growth=Growth.STUNTED, vision=Vision.POOR_MILD),
    CheckRecord(school="乙小学", grade=10, sex=Sex.FEMALE, measured_on=DAY, weight=Weight.OVERWEIGHT, growth=Growth.MILD_THINNESS, vision=Vision.POOR_SEVERE),
    CheckRecord(school="", grade=None, sex=None),
]  # fmt: skip


def line(by: RateBy, name: str = "") -> Rate:
    return next(one for one in round_rates(RECORDS) if one.by is by and one.name == name)


def shares(rate: Rate) -> dict[str, tuple[int, int, str]]:
    return {one.finding: (one.found, one.of, one.percent) for one in rate.shares}


def test_a_rate_is_of_those_who_were_judged() -> None:
    """Who is listed and was not measured counts as listed only; a pressure nobody took is in no denominator."""
    everybody = line(RateBy.ALL)
    assert (everybody.listed, everybody.measured) == (4, 3)
    assert shares(everybody) == {
        "OVERWEIGHT": (1, 3, "33.3"), "OBESE": (1, 3, "33.3"), "STUNTED": (1, 3, "33.3"), "THIN": (1, 3, "33.3"), "HIGH": (1, 1, "100.0"),
        "POOR": (2, 3, "66.7"), "CURVED": (0, 0, ""), "CONFIRMED": (1, 1, "100.0"),
    }  # fmt: skip


def test_lines_go_by_school_sex_and_grade() -> None:
    """All first; schools by name, the unknown one last; grades as numbers."""
    assert [(one.by, one.name) for one in round_rates(RECORDS)] == [
        (RateBy.ALL, ""), (RateBy.SCHOOL, "乙小学"), (RateBy.SCHOOL, "甲小学"), (RateBy.SCHOOL, ""), (RateBy.SEX, "male"), (RateBy.SEX, "female"),
        (RateBy.GRADE, "3"), (RateBy.GRADE, "10"),
    ]  # fmt: skip
    assert shares(line(RateBy.SCHOOL, "甲小学"))["STUNTED"] == (1, 2, "50.0")
    assert shares(line(RateBy.SEX, "female"))["POOR"] == (2, 2, "100.0")


def test_each_line_has_the_same_columns() -> None:
    """The six that the report prints come first; what is rare is told of all together."""
    columns = [[(one.what, one.finding) for one in rate.shares] for rate in round_rates(RECORDS)]
    assert all(found == columns[1] for found in columns[1:])
    assert columns[0][:6] == columns[1]
    assert columns[1][4] == (Item.PRESSURE, "HIGH")


def test_a_round_without_children_has_one_empty_line() -> None:
    """Nothing is divided by nothing."""
    (only,) = round_rates([])
    assert (only.by, only.listed, {one.percent for one in only.shares}) == (RateBy.ALL, 0, {""})


@given(st.integers(0, 3000), st.integers(1, 3000))
def test_a_rate_is_rounded_half_up(found: int, of: int) -> None:
    """To one decimal, exactly."""
    assert percent(min(found, of), of) == str((Decimal(100 * min(found, of)) / of).quantize(Decimal("0.1"), ROUND_HALF_UP))
