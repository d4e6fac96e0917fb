"""Blood pressure over several days, and values far from the child's own last ones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow_healthcheck.findings import Pressure, PressureCourse
from careflow_healthcheck.judging import Last, Measured, Sitting, far_from_last, mean_of_closest, next_reading_from, pressure_course

DAY = date(2026, 10, 20)
HIGH, LIMIT, NORMAL = Pressure.HIGH, Pressure.HIGH_NORMAL, Pressure.NORMAL


def sittings(*found: tuple[int, Pressure | None]) -> list[Sitting]:
    return [Sitting(DAY + timedelta(days=days), one) for days, one in found]


@pytest.mark.parametrize(
    ("found", "course", "next_day"),
    [
        ([], None, None),
        ([(0, None)], None, None),
        ([(0, NORMAL)], PressureCourse.NOT_HIGH, None),
        ([(0, LIMIT)], PressureCourse.NOT_HIGH, None),
        ([(0, HIGH)], PressureCourse.SUSPECTED, 14),
        ([(0, HIGH), (14, HIGH)], PressureCourse.SUSPECTED, 28),
        ([(0, HIGH), (14, HIGH), (28, HIGH)], PressureCourse.CONFIRMED, None),
        ([(28, HIGH), (0, HIGH), (14, HIGH)], PressureCourse.CONFIRMED, None),
        ([(0, HIGH), (0, HIGH), (0, HIGH)], PressureCourse.SUSPECTED, 14),
        ([(0, HIGH), (13, HIGH), (26, HIGH)], PressureCourse.SUSPECTED, 40),
        ([(0, HIGH), (14, NORMAL)], PressureCourse.NOT_HIGH, None),
        ([(0, HIGH), (14, LIMIT)], PressureCourse.NOT_HIGH, None),
        ([(0, HIGH), (13, NORMAL)], PressureCourse.SUSPECTED, 14),
        ([(0, HIGH), (14, HIGH), (28, NORMAL)], PressureCourse.NOT_HIGH, None),
        ([(0, HIGH), (14, None), (28, HIGH), (42, HIGH)], PressureCourse.CONFIRMED, None),
        ([(0, HIGH), (14, NORMAL), (200, HIGH)], PressureCourse.SUSPECTED, 214),
    ],
)
def test_high_on_three_days_is_confirmed(found: list[tuple[int, Pressure | None]], course: PressureCourse | None, next_day: int | None) -> None:
    """WS/T 610-2018: three days, each far enough from the one before; one that was not high ends it, one too early counts neither way."""
    assert pressure_course(sittings(*found), 14) is course
    assert next_reading_from(sittings(*found), 14) == (None if next_day is None else DAY + timedelta(days=next_day))


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from([HIGH, LIMIT, NORMAL, None])), max_size=8), st.integers(7, 21))
def test_a_confirmed_course_has_three_high_days_far_apart(found: list[tuple[int, Pressure | None]], apart: int) -> None:
    """Whatever the readings, and in whatever order they were entered."""
    one_a_day = list(dict(found).items())
    course = pressure_course(sittings(*one_a_day), apart)
    assert course is pressure_course(reversed(sittings(*one_a_day)), apart)
    if course is PressureCourse.CONFIRMED:
        days = sorted({day for day, one in one_a_day if one is HIGH})
        assert len(days) >= 3
        assert days[-1] - days[0] >= 2 * apart


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([(118, 70)], (118, 70)),
        ([(118, 70), (121, 71)], (119.5, 70.5)),
        ([(130, 80), (118, 70), (120, 71)], (119, 70.5)),
        ([(118, 70), (130, 80), (120, 71)], (119, 70.5)),
        ([(118, 70), (120, 71), (130, 80)], (119, 70.5)),
        ([(126, 70), (122, 70), (118, 70)], (120, 70)),
        ([(120, 90), (120, 70), (122, 72)], (121, 71)),
    ],
)
def test_the_two_closest_readings_count(readings: list[tuple[int, int]], expected: tuple[float, float]) -> None:
    """Of three, both pressures taken together; where two pairs are equally close, the later."""
    assert mean_of_closest(readings) == expected


@pytest.mark.parametrize("readings", [[], [(1, 1)] * 4])
def test_a_sitting_has_one_to_three_readings(readings: list[tuple[int, int]]) -> None:
    """No more are taken at once."""
    with pytest.raises(ValueError, match="one to three"):
        mean_of_closest(readings)


BEFORE = Last(DAY, Measured(height_cm=140.0, weight_kg=34.0, systolic=100, diastolic=60, vision_left=5.0, vision_right=4.9))


@pytest.mark.parametrize(
    ("days", "now", "fields"),
    [
        (182, Measured(height_cm=143.0, weight_kg=36.0, systolic=110, diastolic=70, vision_left=4.8, vision_right=4.9), []),
        (182, Measured(height_cm=138.0), []),
        (182, Measured(height_cm=137.9), ["height_cm"]),
        (182, Measured(height_cm=150.4), []),
        (182, Measured(height_cm=150.6), ["height_cm"]),
        (0, Measured(height_cm=143.0, weight_kg=38.0), []),
        (0, Measured(height_cm=143.1, weight_kg=38.1), ["height_cm", "weight_kg"]),
        (182, Measured(weight_kg=28.9), []),
        (182, Measured(weight_kg=28.8), ["weight_kg"]),
        (365, Measured(systolic=140, diastolic=100), []),
        (365, Measured(systolic=141, diastolic=101), ["systolic", "diastolic"]),
        (365, Measured(vision_left=4.5, vision_right=4.3), ["vision_right"]),
        (365, Measured(), []),
        (-30, Measured(height_cm=143.1), ["height_cm"]),
    ],
)
def test_a_value_far_from_the_last_one_is_told_with_both(days: int, now: Measured, fields: list[str]) -> None:
    """What it was, when, and what it is now."""
    found = far_from_last(now, DAY + timedelta(days=days), BEFORE)
    assert [one.field for one in found] == fields
    assert all((one.was, one.was_on, one.now) == (getattr(BEFORE.measured, one.field), DAY, getattr(now, one.field)) for one in found)


def test_a_first_value_is_far_from_nothing() -> None:
    """Nothing is known to compare it with."""
    assert far_from_last(Measured(height_cm=140.0, weight_kg=34.0), DAY, Last(DAY, Measured())) == []
