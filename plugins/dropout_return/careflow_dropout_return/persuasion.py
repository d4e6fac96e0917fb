"""Persuasion (劝返): the visits, all of them kept, and when they have failed."""

from __future__ import annotations

from careflow_dropout_return import forms
from careflow_dropout_return.forms import Way
from careflow_dropout_return.papers import ROUND
from careflow_dropout_return.policy import Policy
from careflow_dropout_return.rules import Dropout, broken, not_ahead, not_before_leaving, promise_dated
from careflow_dropout_return.stages import PERSUADING, SUSPECTED
from workflow_core import CHILD_DIRECTOR, SCHOOL, SUPERVISOR, AnyTime, Deny, Draft, Escalate, Every, Task, When, days, deny, ref, weeks


def not_before_case(case: Dropout, visit: forms.Visit) -> Deny | None:
    """A round counts towards a report only if it was made in this case, and after a relapse only if it was made since."""
    begun = case.entered(PERSUADING if case.record.episode > 1 else SUSPECTED)
    if begun is None or visit.visited_on >= begun:
        return None
    return deny("{day} lies before this case, which began on {begun}", hint="write it down as a note", code="before_case", day=visit.visited_on, begun=begun)


def record_wanted(case: Dropout) -> Deny | None:
    """A record lists all visits so far: while one waits for its signature, the next visit goes into that."""
    issued = case.paper(ROUND)
    return deny("a record waits to be signed", code="drafted") if issued is not None and issued.signed_on is None else None


VISIT = Task(
    "visit", "Persuasion visit", by=(CHILD_DIRECTOR, SCHOOL, SUPERVISOR), form=forms.Visit,
    checks=[not_ahead, not_before_leaving, not_before_case, promise_dated], schedule=(Every(weeks(1)), AnyTime()), due=days(ref(Policy).visit_days),
    happened=ref(forms.Visit).visited_on, do=[When(record_wanted, [Draft(ROUND)])], late=[Escalate(SUPERVISOR, "A persuasion visit was not made")],
)  # fmt: skip


def persuasion_failed(case: Dropout) -> Deny | None:
    """Only visits since persuasion last began count; the ledger keeps the older ones."""
    lost = [visit for visit in case.results(VISIT, since=PERSUADING) if broken(visit, case.today)]
    home, rounds, needed = sum(visit.way is Way.HOME for visit in lost), case.policy.persuasion_rounds, case.policy.home_visits
    if len(lost) < rounds:
        return deny(
            "{failed} of {rounds} visits have failed so far", hint="record the next visit: the task 'visit'",
            code="rounds_left", failed=len(lost), rounds=rounds,
        )  # fmt: skip
    if home >= needed:
        return None
    return deny(
        "{home} of the failed visits were at home; {needed} must be", hint="visit the family at home: the task 'visit'",
        code="home_visit_missing", home=home, needed=needed,
    )  # fmt: skip
