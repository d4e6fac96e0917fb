"""What was entered at the desk is what is judged."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Literal

import pytest

from careflow_healthcheck.entries import findings, measured, pressure_read, sittings, unjudged
from careflow_healthcheck.findings import Item, Pressure, PressureCourse, Vision, Why
from careflow_healthcheck.forms import Measurement, Reading, Unjudged
from careflow_healthcheck.judging import Measured, Sitting, pressure_course
from workflow_core.definition import Person

DAY = date(2026, 10, 20)
ENTERED = Measurement(measured_on=DAY, height_cm=143.0, weight_kg=42.4, systolic=128, diastolic=70, vision_left=4.6)


def child(born_on: date | None = date(2016, 3, 5), sex: Literal["male", "female"] | None = "male") -> Person:
    return Person("P-1", born_on, sex)


def test_every_field_of_the_form_reaches_its_own_place() -> None:
    """None of the fifteen is mixed up with its neighbour."""
    names = [one.name for one in fields(Measured)]
    values = {name: float(place) for place, name in enumerate(names, 1)}
    assert measured(Measurement(measured_on=DAY, **values)) == Measured(**values)  # type: ignore[arg-type]


def test_a_child_is_judged_by_its_file() -> None:
    """By birth and sex as they stand there; what is missing is kept with its reason."""
    found = findings(ENTERED, child())
    assert (found.bmi, found.pressure, found.vision) == (20.7, Pressure.HIGH, Vision.POOR_MODERATE)
    assert unjudged(findings(ENTERED, child(sex=None)))[0] == Unjudged(what=Item.WEIGHT, why=Why.SEX_UNKNOWN)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, (128, 80)),
        ({"systolic_2": 120, "diastolic_2": 70}, (124, 75)),
        ({"systolic_2": 120, "diastolic_2": 70, "systolic_3": 122, "diastolic_3": 70}, (121, 70)),
        ({"systolic_2": 120}, (128, 80)),
        ({"systolic_3": 120, "diastolic_3": 70}, (124, 75)),
    ],
)
def test_half_a_reading_does_not_count(more: dict[str, int], expected: tuple[float, float]) -> None:
    """Of one to three readings."""
    assert pressure_read(Reading(read_on=DAY, systolic=128, diastolic=80, **more)) == expected  # type: ignore[arg-type]


def test_three_high_days_come_to_a_confirmed_pressure() -> None:
    """The first is the check's own; each later one is judged by the child's age on that day."""
    later = [Reading(read_on=date(2026, 11, 4), systolic=126, diastolic=70), Reading(read_on=date(2026, 11, 19), systolic=127, diastolic=70)]
    days = sittings(ENTERED, later, child())
    assert days == [Sitting(DAY, Pressure.HIGH), Sitting(date(2026, 11, 4), Pressure.HIGH), Sitting(date(2026, 11, 19), Pressure.HIGH)]
    assert pressure_course(days, 14) is PressureCourse.CONFIRMED


def test_what_cannot_be_judged_is_a_day_without_verdict() -> None:
    """No birth or sex on file, too young; and nothing measured is no day."""
    later = [Reading(read_on=date(2026, 11, 4), systolic=126, diastolic=70)]
    for somebody in (child(born_on=None), child(sex=None), child(born_on=date(2021, 1, 1))):
        assert [one.found for one in sittings(ENTERED, later, somebody)] == [None, None]
    assert sittings(None, later, child()) == []
    assert len(sittings(Measurement(measured_on=DAY, height_cm=143.0, weight_kg=42.4, systolic=128), later, child())) == 1
