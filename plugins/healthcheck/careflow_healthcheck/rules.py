"""What can be told of a check from its record, its policy and what was entered: guards, and whether an entry can be true. Pure functions."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol, TypeAlias

from careflow_healthcheck.entries import measured
from careflow_healthcheck.facts import last_of
from careflow_healthcheck.findings import Growth, PressureCourse, Vision, Weight
from careflow_healthcheck.forms import CheckRecord, Measurement, Reading, RoundRecord, Told, Treated
from careflow_healthcheck.judging import Implausible, far_from_last
from careflow_healthcheck.judging.one import CURVED
from careflow_healthcheck.policy import Policy
from workflow_core import Case, Child, Deny, Warn, deny, warn

Check: TypeAlias = Case[CheckRecord, Policy]
HEIGHTS, WEIGHTS, VISIONS = (60.0, 220.0), (8.0, 180.0), (3.3, 5.3)
"""What any child can have: cm, kg, the 5.0 scale."""


class Dated(Protocol):
    """An entry that says on which day it happened."""

    @property
    def day(self) -> date: ...


def not_ahead(case: Case[Any, Policy], entered: Dated) -> Deny | None:
    """Nothing is written down before it has happened."""
    return deny("{day} is still to come", hint="enter what has happened", code="in_future", day=entered.day) if entered.day > case.today else None


def not_before_check(case: Check, entered: Dated) -> Deny | None:
    """What follows a check cannot lie before it."""
    on = case.record.measured_on
    if on is None or entered.day >= on:
        return None
    return deny("{day} lies before the check of {measured}", hint="correct the date", code="before_check", day=entered.day, measured=on)


def planned(held: RoundRecord, child: Child) -> CheckRecord:
    """The record of a new check: what its papers tell of the round, and where the child is at school."""
    return CheckRecord(
        school=child.school, grade=child.grade, planned_on=held.held_on, place=held.place, clinic=held.clinic, notice=held.notice
    )  # fmt: skip


# ------------------------------------------------------------------ whether a measurement can be true


def born_by_then(child: Child, on: date) -> Deny | None:
    """Nobody is measured before the birth."""
    if child.born_on is None or on >= child.born_on:
        return None
    return deny("measured before the child was born", hint="correct the day, or the child's file", code="measured_before_birth")


def happened(on: date, today: date) -> Deny | None:
    """A measurement is entered when it was made."""
    return deny("measured on a day that is still to come", hint="correct the day of the check", code="measured_in_future") if on > today else None


def in_range(
    height: float | None, weight: float | None, systolic: float | None, diastolic: float | None, left: float | None, right: float | None
) -> Deny | None:  # fmt: skip
    """The first value that no child can have, in the order of the sheet."""
    if height is None:
        return deny("the height is missing", hint="measure the child; without it nothing is judged", code="height_out_of_range")
    if not HEIGHTS[0] <= height <= HEIGHTS[1]:
        return deny("the height is not between 60 and 220 cm", hint="write it in centimetres: 132.5", code="height_out_of_range")
    if weight is None:
        return deny("the weight is missing", hint="weigh the child; without it nothing is judged", code="weight_missing")
    if not WEIGHTS[0] <= weight <= WEIGHTS[1]:
        return deny("the weight is not between 8 and 180 kg", hint="write it in kilograms: 29.5", code="weight_out_of_range")
    if systolic is not None and diastolic is not None and systolic <= diastolic:
        return deny("the systolic pressure is not above the diastolic", hint="the two look exchanged: the higher one comes first", code="pressure_swapped")
    if any(eye is not None and not VISIONS[0] <= eye <= VISIONS[1] for eye in (left, right)):
        return deny("the vision is not between 3.3 and 5.3", hint="write it on the 5.0 scale", code="vision_out_of_range")
    return None


def possible(case: Check, entered: Measurement) -> Deny | None:
    """The desk is held to what a sheet is held to."""
    return (
        born_by_then(case.child, entered.measured_on)
        or happened(entered.measured_on, case.today)
        or in_range(entered.height_cm, entered.weight_kg, entered.systolic, entered.diastolic, entered.vision_left, entered.vision_right)
    )


def plausible(case: Check, entered: Measurement) -> Deny | None:
    """A value far from the child's own last one is told with both; who has looked again confirms it."""
    last = last_of(case.observed, entered.measured_on)
    far = [] if last is None else far_from_last(measured(entered), entered.measured_on, last)
    return told_far(far[0]) if far else None


def told_far(one: Implausible) -> Warn:
    """A value that is far from the last one, with both."""
    return warn(
        "{field}: {now}; on {was_on} it was {was}", hint="measure again; if it is right: --confirm and why", code="far_from_last",
        field=one.field, now=one.now, was=one.was, was_on=one.was_on,
    )  # fmt: skip


def reading_possible(_: Check, reading: Reading) -> Deny | None:
    """Of each reading the systolic pressure is the higher one."""
    pairs = [(reading.systolic, reading.diastolic), (reading.systolic_2, reading.diastolic_2), (reading.systolic_3, reading.diastolic_3)]
    if all(upper is None or lower is None or upper > lower for upper, lower in pairs):
        return None
    return deny("the systolic pressure is not above the diastolic", hint="the two look exchanged: the higher one comes first", code="pressure_swapped")


# ------------------------------------------------------------------ guards


def something_found(case: Check) -> Deny | None:
    """Somebody has to follow it up."""
    return None if case.record.flagged else deny("nothing was found", code="nothing_found")


def nothing_found(case: Check) -> Deny | None:
    """The child is well."""
    return deny("something was found", code="something_found") if case.record.flagged else None


def somebody_told(case: Check) -> Deny | None:
    """The parents know, or who cares for the child in their place."""
    if case.record.told in (Told.PARENTS, Told.CARER):
        return None
    return deny("nobody has been told yet", hint="call the parents, and do the task 'tell'", code="not_told")


def nobody_reached(case: Check) -> Deny | None:
    """The last call reached nobody: the next in line is asked."""
    return None if case.record.told is Told.NOBODY else deny("somebody was reached", code="reached")


def pressure_open(case: Check) -> Deny | None:
    """A high reading that other days have neither confirmed nor cleared."""
    return None if case.record.pressure_course is PressureCourse.SUSPECTED else deny("the pressure is settled", code="pressure_settled")


def pressure_closed(case: Check) -> Deny | None:
    """Three days have said what it is, or it was never high."""
    if pressure_open(case) is not None:
        return None
    return deny("the pressure must be read on another day", hint="do the task 'recheck'", code="pressure_open")


def needs_referral(case: Check) -> Deny | None:
    """Something that a hospital looks at: all but a high reading that was not confirmed."""
    record = case.record
    if (
        record.weight in (Weight.OVERWEIGHT, Weight.OBESE)
        or record.growth not in (None, Growth.NORMAL)
        or record.vision not in (None, Vision.NORMAL)
        or record.spine in CURVED
        or record.pressure_course is PressureCourse.CONFIRMED
    ):
        return None
    return deny("nothing has to be referred", code="no_referral")


def no_referral(case: Check) -> Deny | None:
    """Nothing but the pressure was found, and that is not confirmed."""
    return deny("a hospital has to look at it", code="to_be_referred") if needs_referral(case) is None else None


def treatment_over(case: Check) -> Deny | None:
    """The hospital, or the family, says that it is settled."""
    if case.record.treatment is Treated.SETTLED:
        return None
    return deny("the treatment is not over", hint="ask the family, and do the task 'treat'", code="not_settled")
