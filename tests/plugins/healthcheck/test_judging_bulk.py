"""Judging in columns says what judging one by one says."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careflow_healthcheck.judging import Measured, flagged, judge
from careflow_healthcheck.judging.bulk import Columns, judge_many

Row = tuple[Measured, date | None, str | None, date]

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
SIZES = st.none() | st.integers(800, 2200).map(lambda tenths: tenths / 10) | st.floats(60, 220)
WEIGHTS = st.none() | st.integers(80, 1200).map(lambda tenths: tenths / 10) | st.floats(8, 180)
READINGS = st.none() | st.integers(40, 160) | st.floats(40, 160)
SIGHTS = st.none() | st.integers(33, 53).map(lambda tenths: tenths / 10) | st.floats(3.3, 5.3)


@st.composite
def children(draw: st.DrawFn) -> Row:
    """A child of any age up to twenty, well measured or badly."""
    on = draw(DAYS)
    born_on = draw(st.none() | st.integers(0, 20 * 366).map(lambda days: on - timedelta(days=days)))
    measured = Measured(draw(SIZES), draw(WEIGHTS), draw(READINGS), draw(READINGS), draw(SIGHTS), draw(SIGHTS))
    return measured, born_on, draw(st.sampled_from(["male", "female", None])), on


@settings(max_examples=300)
@given(st.lists(children(), min_size=1, max_size=30))
def test_columns_say_what_one_by_one_says(rows: list[Row]) -> None:
    """Finding by finding, reason by reason, and who is followed up."""
    one_by_one = [judge(*row) for row in rows]
    many = judge_many(Columns.of(rows))
    assert list(many) == one_by_one
    assert many.flagged.tolist() == [flagged(found) for found in one_by_one]


@settings(max_examples=200)
@given(st.sampled_from(["male", "female"]), st.integers(72, 230), st.integers(0, 40), st.integers(100, 320), st.integers(950, 1850))
def test_they_agree_next_to_every_line(sex: str, months: int, days: int, index: int, height: int) -> None:
    """Indices in tenths at a height of one metre, and around the days on which an age changes."""
    on = date(2026, 10, 20)
    born_on = date((on.year * 12 + on.month - 1 - months) // 12, (on.month - 1 - months) % 12 + 1, 20) + timedelta(days=days - 20)
    rows: list[Row] = [
        (Measured(height_cm=100.0, weight_kg=index / 10), born_on, sex, on),
        (Measured(height_cm=height / 10, weight_kg=35.0, systolic=60 + index / 4, diastolic=60.0), born_on, sex, on),
    ]
    assert list(judge_many(Columns.of(rows))) == [judge(*row) for row in rows]


def test_no_children_are_judged_too() -> None:
    """An empty sheet is no fault."""
    assert list(judge_many(Columns.of([]))) == []


def test_a_child_measured_before_its_birth_is_told_by_its_row() -> None:
    """As one by one does."""
    day = date(2026, 10, 20)
    rows: list[Row] = [(Measured(), date(2016, 1, 1), "male", day), (Measured(), day + timedelta(days=1), "male", day)]
    with pytest.raises(ValueError, match=r"before the birth.*\[1\]"):
        judge_many(Columns.of(rows))


def test_columns_of_several_lengths_are_refused() -> None:
    """They would be judged against one another."""
    with pytest.raises(ValueError, match="not of one length"):
        Columns(np.zeros(2, np.int8), *(np.zeros(1, "datetime64[D]"),) * 2, *(np.zeros(1),) * 6)
