"""What can be told from the record, the policy and an entry alone: guards, and whether an entry can be true. Pure functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

from careflow_dropout_return.forms import Cause, Dated, DropoutRecord, Finding, Leave, Outcome, Verification, Visit
from careflow_dropout_return.policy import Policy
from workflow_core import Case, Deny, deny

Dropout: TypeAlias = Case[DropoutRecord, Policy]


def away_long_enough(case: Dropout) -> Deny | None:
    """A suspected dropout becomes one when it lasts."""
    away, needed = (case.today - case.record.last_attended).days, case.policy.dropout_after
    if away > needed:
        return None
    return deny(
        "absent for {away} days; a dropout is registered after more than {needed}", hint="check each week until then: the task 'verify'",
        code="not_away_long_enough", away=away, needed=needed,
    )  # fmt: skip


def cause_known(case: Dropout) -> Deny | None:
    """Help is matched to the cause, and the report must tell it."""
    return None if case.record.cause else deny("the cause is not confirmed", hint="do the task 'cause'", code="cause_unknown")


def past_school_age(case: Dropout) -> Deny | None:
    """Compulsory schooling has an end; before it, nobody is given up."""
    age, needed = case.child.age(case.today), case.policy.leaving_age
    if age is None:
        return deny("the date of birth is not on file", hint="complete the child's file", code="age_unknown")
    return None if age >= needed else deny("the child is {age}; compulsory schooling is over at {needed}", code="of_school_age", age=age, needed=needed)


def calls_for(program: str, *causes: Cause) -> Callable[[Dropout], Deny | None]:
    """The cause calls for that program's help, and it is not being asked already."""

    def holds(case: Dropout) -> Deny | None:
        if case.record.cause not in causes:
            return deny("another cause", code="other_cause")
        return deny("asked already", code="referred") if any(one.status in ("waiting", "accepted") for one in case.referrals(program)) else None

    return holds


def not_ahead(case: Case[Any, Policy], entered: Dated) -> Deny | None:
    """Nothing is written down before it has happened."""
    return deny("{day} is still to come", hint="enter what has happened", code="in_future", day=entered.day) if entered.day > case.today else None


def not_before_leaving(case: Dropout, entered: Dated) -> Deny | None:
    """On the last day attended the child was in class: nothing of this case can lie before the day after."""
    if entered.day > case.record.last_attended:
        return None
    return deny(
        "{day} is not after the last day attended, {last}", hint="correct the date, or the last day attended",
        code="before_leaving", day=entered.day, last=case.record.last_attended,
    )  # fmt: skip


def not_before_stage(case: Dropout, entered: Dated) -> Deny | None:
    """A paper is served, and a court asked, after the paper was drafted."""
    begun = case.entered(case.stage)
    if begun is None or entered.day >= begun:
        return None
    return deny("{day} lies before this stage, which began on {begun}", code="before_stage", day=entered.day, begun=begun)


def proven(case: Dropout, check: Verification) -> Deny | None:
    """No child is lost by a word: another school wants its entry."""
    if check.finding is not Finding.TRANSFERRED or check.proof.strip() or check.evidence:
        return None
    return deny("nothing proves it", hint="enter the other school's entry under 'proof', or hand in a scan under 'evidence'", code="no_proof")


def leave_has_days(case: Dropout, leave: Leave) -> Deny | None:
    """A leave ends: nobody is excused for good (义务教育法 art. 11)."""
    if leave.ends_on >= leave.begins_on:
        return None
    return deny(
        "the leave ends on {ends}, before it begins on {begins}", hint="correct the dates",
        code="ends_first", ends=leave.ends_on, begins=leave.begins_on,
    )  # fmt: skip


def penalty_used(case: Dropout) -> Deny | None:
    """A penalty is no national step: it is there only where a local rule has it and the policy says so."""
    if case.policy.penalty_step:
        return None
    return deny(
        "the local penalty step is not used here", hint="义务教育法 art. 58 knows no fine; where a local rule has such a step, the policy switches it on",
        code="penalty_off",
    )  # fmt: skip


def promise_dated(case: Dropout, visit: Visit) -> Deny | None:
    """A promise that names no day can never be found broken."""
    if visit.outcome is not Outcome.AGREED or (visit.promised_for is not None and visit.promised_for >= visit.visited_on):
        return None
    return deny("a promise needs its day", hint="enter under 'promised_for' when the child will be back", code="promise_undated")


def broken(visit: Visit, today: date) -> bool:
    """A round has failed when it found no agreement, or when the day promised has passed and the child is still away."""
    return visit.outcome is not Outcome.AGREED or (visit.promised_for is not None and visit.promised_for < today)
