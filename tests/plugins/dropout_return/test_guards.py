"""What the guards of dropout return let through, and why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

import pytest

from careflow_dropout_return import persuasion, program, rules, service
from careflow_dropout_return.forms import Attendance, Cause, DropoutRecord, Evidence, Finding, Leave, LeaveKind, Outcome, Return, Verification, Visit, Way
from careflow_dropout_return.policy import Policy
from careflow_dropout_return.stages import MONITORED, NOTICED, ORDERED, PERSUADING
from workflow_core import Attachment, Deny, Issued, Referral, Stage

Still: TypeAlias = Callable[..., Any]
LEFT = date(2026, 9, 16)
PHOTO = Attachment("0" * 64, "photo.jpg")


def visit(outcome: Outcome = Outcome.REFUSED, *, way: Way = Way.HOME, on: date = date(2026, 10, 30), promised: date | None = None) -> Visit:
    return Visit(visited_on=on, met="the grandmother", outcome=outcome, way=way, promised_for=promised)


def check(finding: Finding, on: date = date(2026, 10, 22)) -> Verification:
    return Verification(checked_on=on, finding=finding, proof="no. 1")


def code(said: Deny | None) -> str | None:
    return None if said is None else said.code


# ------------------------------------------------------------------ verification and registration


@pytest.mark.parametrize(
    ("finding", "gone", "elsewhere"),
    [
        (Finding.GONE, None, "not_excused"),
        (Finding.TRANSFERRED, "not_gone", None),
        (Finding.ON_LEAVE, "not_gone", None),
        (Finding.BACK, "not_gone", "not_excused"),
        (Finding.UNKNOWN, "not_gone", "not_excused"),
    ],
)
def test_a_finding_opens_one_way_out(still: Still, finding: Finding, gone: str | None, elsewhere: str | None) -> None:
    """Left school can be registered; elsewhere or on leave can be excused; anything else is checked again."""
    leave = Leave(kind=LeaveKind.BREAK, begins_on=LEFT, ends_on=date(2027, 1, 31), decided_by="高桥镇人民政府", decided_on=LEFT, number="1", evidence=PHOTO)
    case = still(written={"verify": [check(finding)], "leave": [leave]})
    assert (code(program.found_gone(case)), code(program.found_elsewhere(case))) == (gone, elsewhere)


def test_without_a_check_nothing_is_decided(still: Still) -> None:
    """Nobody is registered or excused unseen, and the hint names the task to do."""
    said = program.found_gone(still())
    assert code(said) == "not_checked"
    assert said is not None
    assert "'verify'" in said.hint
    assert code(program.found_elsewhere(still())) == "not_checked"


def test_the_latest_check_counts(still: Still) -> None:
    """A check made later, for whatever stage, overrules the first."""
    case = still(written={"verify": [check(Finding.GONE)], "recheck": [check(Finding.TRANSFERRED, date(2026, 10, 29))]})
    assert code(program.found_elsewhere(case)) is None
    assert code(program.found_gone(case)) == "not_gone"


@pytest.mark.parametrize(("away", "allowed"), [(30, False), (31, True)])
def test_a_dropout_is_away_for_more_than_the_days_of_the_policy(still: Still, away: int, allowed: bool) -> None:
    """The day that the policy names is not enough yet."""
    case = still(today=LEFT + timedelta(days=away))
    assert (rules.away_long_enough(case) is None) is allowed


def test_too_short_an_absence_is_told_in_days(still: Still) -> None:
    """The reason holds both numbers."""
    said = rules.away_long_enough(still(today=date(2026, 9, 30)))
    assert said is not None
    assert (said.values["away"], said.values["needed"]) == (14, 30)


def test_the_school_must_register_what_it_can(still: Still) -> None:
    """The task to register waits as soon as the step is possible, and not before."""
    gone = {"verify": [check(Finding.GONE)]}
    assert program.to_be_registered(still(written=gone)) is None
    assert code(program.to_be_registered(still(written=gone, today=date(2026, 9, 20)))) == "not_away_long_enough"


# ------------------------------------------------------------------ persuasion


def test_persuasion_has_failed_after_three_rounds(still: Still) -> None:
    """Two of three is told as such; nobody met is a failed round too."""
    two = still(written={"visit": [visit(), visit(Outcome.NOBODY)]})
    said = persuasion.persuasion_failed(two)
    assert said is not None
    assert (said.code, said.values) == ("rounds_left", {"failed": 2, "rounds": 3})
    assert persuasion.persuasion_failed(still(written={"visit": [visit(), visit(), visit(Outcome.NOBODY)]})) is None


def test_a_promise_counts_as_failed_once_its_day_has_passed(still: Still) -> None:
    """Until then the child may still come."""
    rounds = [visit(), visit(), visit(Outcome.AGREED, promised=date(2026, 11, 2))]
    assert code(persuasion.persuasion_failed(still(written={"visit": rounds}))) == "rounds_left"
    assert persuasion.persuasion_failed(still(written={"visit": rounds}, today=date(2026, 11, 3))) is None


def test_telephone_calls_alone_are_no_persuasion(still: Still) -> None:
    """One failed round at the least was made at the family's home; a policy may ask for none."""
    calls = {"visit": [visit(way=Way.PHONE)] * 3}
    said = persuasion.persuasion_failed(still(written=calls))
    assert said is not None
    assert (said.code, said.values) == ("home_visit_missing", {"home": 0, "needed": 1})
    assert persuasion.persuasion_failed(still(written=calls, policy=Policy(home_visits=0))) is None


def test_the_report_must_tell_the_cause(still: Still) -> None:
    """Persuasion may have failed while the cause is not confirmed."""
    rounds = {"visit": [visit()] * 3}
    assert code(program.to_be_reported(still(written=rounds))) == "cause_unknown"
    known = DropoutRecord(last_attended=LEFT, cause=Cause.AVERSION)
    assert program.to_be_reported(still(written=rounds, record=known)) is None


# ------------------------------------------------------------------ notice, order, age


PAPERS = [
    (PERSUADING, "persuasion_letter", date(2026, 11, 9)),
    (NOTICED, "return_notice", date(2026, 11, 9)),
    (ORDERED, "return_order", date(2026, 11, 17)),
]


@pytest.mark.parametrize(("stage", "paper", "last"), PAPERS, ids=["letter", "notice", "order"])
def test_the_last_day_of_a_paper_runs_to_its_end(still: Still, stage: Stage, paper: str, last: date) -> None:
    """Received on the 2nd, seven days: the 9th is the last, and the next step may come on the 10th."""
    served = {paper: Issued("1", date(2026, 11, 1), date(2026, 11, 2))}
    assert code(service.ran_out(still(stage=stage, papers=served, today=last))) == "time_left"
    assert service.ran_out(still(stage=stage, papers=served, today=last + timedelta(days=1))) is None


@pytest.mark.parametrize(("stage", "paper", "last"), PAPERS, ids=["letter", "notice", "order"])
def test_an_unserved_paper_never_runs_out(still: Still, stage: Stage, paper: str, last: date) -> None:
    """The clock starts with the receipt, not with the signature; the hint says where to enter it."""
    signed = still(stage=stage, papers={paper: Issued("1", date(2026, 11, 1), None)}, today=last + timedelta(days=9))
    said = service.ran_out(signed)
    assert said is not None
    assert (said.code, said.values["paper"]) == ("not_served", f"DR-26-00001.{paper}")
    assert service.unserved(signed) is None


def test_a_receipt_of_an_earlier_round_starts_no_clock(still: Still) -> None:
    """The notice was voided after a relapse, and the one that is left is of the first departure."""
    case = still(stage=NOTICED, begun={"noticed": date(2026, 10, 30)}, papers={"return_notice": Issued("1", date(2026, 9, 1), date(2026, 9, 2))})
    assert code(service.ran_out(case)) == "not_served"


def test_a_penalty_does_not_make_the_order_an_old_one(still: Still) -> None:
    """It enters the stage again, after the order was served."""
    begun = {"noticed": date(2026, 9, 1), "ordered": date(2026, 11, 1)}
    case = still(stage=ORDERED, begun=begun, papers={"return_order": Issued("1", date(2026, 9, 15), date(2026, 9, 16))})
    assert service.ran_out(case) is None


def test_the_penalty_is_off_unless_the_policy_says_otherwise(still: Still) -> None:
    """No national law has it."""
    assert code(rules.penalty_used(still())) == "penalty_off"
    assert rules.penalty_used(still(policy=Policy(penalty_step=True))) is None


@pytest.mark.parametrize(("born", "said"), [(None, "age_unknown"), (date(2010, 11, 3), "of_school_age"), (date(2010, 11, 2), None)])
def test_nobody_is_given_up_before_school_age_ends(still: Still, born: date | None, said: str | None) -> None:
    """The birthday itself is enough; without a birth date nothing is assumed."""
    assert code(rules.past_school_age(still(born_on=born))) == said


# ------------------------------------------------------------------ watching


def look(days_missed: int) -> Attendance:
    return Attendance(looked_on=date(2026, 11, 2), days_missed=days_missed)


@pytest.mark.parametrize(
    ("task", "days_missed", "holds"),
    [("watch_weekly", 2, False), ("watch_weekly", 3, True), ("watch_monthly", 4, False), ("watch_monthly", 5, True), ("missing", 3, True)],
)
def test_a_relapse_is_so_many_days_in_a_week_or_in_a_month(still: Still, task: str, days_missed: int, holds: bool) -> None:
    """The two looks have thresholds of their own; a report in between goes by that of the week."""
    assert (program.relapsed(still(written={task: [look(days_missed)]})) is None) is holds


def test_it_clears_when_both_rounds_of_looks_are_done(still: Still) -> None:
    """Weekly looks alone are not enough; the reason tells how many are still wanted."""
    weekly = {"watch_weekly": [look(0)] * 4}
    said = program.watched_through(still(written=weekly, done=("watch_weekly",)))
    assert said is not None
    assert (said.code, said.values) == ("still_watched", {"seen": 4, "wanted": 9})
    assert program.watched_through(still(written=weekly, done=("watch_weekly", "watch_monthly"))) is None


def test_a_relapse_in_the_last_look_does_not_clear(still: Still) -> None:
    """Of the two ways that leave by themselves, only one can be open."""
    case = still(written={"watch_monthly": [look(0)] * 4 + [look(9)]}, done=("watch_weekly", "watch_monthly"))
    assert code(program.watched_through(case)) == "relapsed"
    assert program.relapsed(case) is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({}, "no_evidence"),
        ({"return": [Return(returned_on=LEFT)]}, "no_evidence"),
        ({"return": [Return(returned_on=LEFT, evidence=PHOTO)]}, None),
        ({"return": [Return(returned_on=LEFT)], "evidence": [Evidence(given_on=LEFT, evidence=PHOTO)]}, None),
    ],
    ids=["no return", "a word", "with the return", "later"],
)
def test_a_return_must_be_proved(still: Still, written: dict[str, Any], said: str | None) -> None:
    """On the first day or later; while it is not, the task to hand it in waits."""
    case = still(stage=MONITORED, written=written)
    assert code(program.evidence_of_return(case)) == said
    assert (program.no_evidence(case) is None) is (said is not None)


# ------------------------------------------------------------------ help by cause


def test_help_is_asked_for_the_cause_it_is_made_for(still: Still) -> None:
    """Poverty asks for aid, and for nothing else."""
    poor = still(record=DropoutRecord(last_attended=LEFT, cause=Cause.POVERTY))
    assert rules.calls_for("aid", Cause.POVERTY)(poor) is None
    assert code(rules.calls_for("protection", Cause.WORK, Cause.MARRIAGE)(poor)) == "other_cause"


def test_help_that_is_being_asked_for_is_not_asked_twice(still: Still) -> None:
    """After it was declined or closed it may be asked again, for a relapse."""
    poor = DropoutRecord(last_attended=LEFT, cause=Cause.POVERTY)
    guard = rules.calls_for("aid", Cause.POVERTY)
    assert code(guard(still(record=poor, asked={"aid": [Referral("waiting", None)]}))) == "referred"
    assert guard(still(record=poor, asked={"aid": [Referral("declined", None)]})) is None
