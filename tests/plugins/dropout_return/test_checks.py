"""What dropout return refuses to write down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

import pytest

from careflow_dropout_return import duties, persuasion, program, rules, service
from careflow_dropout_return.forms import (
    CourtNews,
    DeadlineCheck,
    Decision,
    DropoutRecord,
    Finding,
    Leave,
    LeaveKind,
    Outcome,
    Return,
    Review,
    Served,
    Verification,
    Visit,
    WrittenReport,
)
from careflow_dropout_return.stages import IN_COURT, NOTICED, PERSUADING, REPORTING
from workflow_core import Attachment, Deny, Issued

Still: TypeAlias = Callable[..., Any]
LEFT = date(2026, 9, 16)


def code(said: Deny | None) -> str | None:
    return None if said is None else said.code


def visit(on: date, outcome: Outcome = Outcome.REFUSED, promised: date | None = None) -> Visit:
    return Visit(visited_on=on, met="the grandmother", outcome=outcome, promised_for=promised)


@pytest.mark.parametrize(("day", "said"), [(date(2026, 11, 2), None), (date(2026, 11, 3), "in_future")])
def test_nothing_is_written_down_before_it_happens(still: Still, day: date, said: str | None) -> None:
    """Today is fine, tomorrow is not."""
    assert code(rules.not_ahead(still(), Decision(decided_on=day, why="it is so"))) == said


@pytest.mark.parametrize(("day", "said"), [(LEFT, "before_leaving"), (date(2026, 9, 17), None)])
def test_a_return_lies_after_the_last_day_attended(still: Still, day: date, said: str | None) -> None:
    """Who attended that day cannot have returned on it."""
    assert code(rules.not_before_leaving(still(), Return(returned_on=day))) == said


SCAN = Attachment("0" * 64, "scan.pdf")


def leave(begins: date, ends: date) -> Leave:
    return Leave(kind=LeaveKind.BREAK, begins_on=begins, ends_on=ends, decided_by="高桥镇人民政府", decided_on=begins, number="1", evidence=SCAN)


def test_being_at_another_school_must_be_proved(still: Still) -> None:
    """A word in the proof or a scan will do; blanks will not."""
    elsewhere = Finding.TRANSFERRED
    assert code(rules.proven(still(), Verification(checked_on=LEFT, finding=elsewhere, proof="  "))) == "no_proof"
    assert rules.proven(still(), Verification(checked_on=LEFT, finding=elsewhere, proof="roll no. 7")) is None
    assert rules.proven(still(), Verification(checked_on=LEFT, finding=elsewhere, evidence=SCAN)) is None


@pytest.mark.parametrize(("ends", "said"), [(None, "no_leave"), (date(2026, 11, 1), "no_leave"), (date(2026, 11, 2), None)])
def test_being_on_leave_needs_the_approval_on_record(still: Still, ends: date | None, said: str | None) -> None:
    """A number written somewhere is not enough, and a leave that is over excuses nobody."""
    case = still(written={"leave": [leave(date(2026, 9, 17), ends)]} if ends else {})
    assert code(program.leave_is_entered(case, Verification(checked_on=LEFT, finding=Finding.ON_LEAVE, proof="1"))) == said


def test_a_leave_ends_after_it_begins(still: Still) -> None:
    """One day is a leave; less is a mistake."""
    assert code(rules.leave_has_days(still(), leave(date(2026, 9, 17), date(2026, 9, 16)))) == "ends_first"
    assert rules.leave_has_days(still(), leave(date(2026, 9, 17), date(2026, 9, 17))) is None


def test_no_more_can_agree_with_the_ledger_than_were_looked_at(still: Still) -> None:
    """Of five, six do not."""
    assert code(duties.agrees_with_some(still(), Review(reviewed_on=date(2026, 11, 2), looked_at=5, agreed=6))) == "more_agree"
    assert duties.agrees_with_some(still(), Review(reviewed_on=date(2026, 11, 2), looked_at=5, agreed=5)) is None


def test_having_left_needs_no_proof(still: Still) -> None:
    """Only what takes a child off the list must be proved."""
    assert rules.proven(still(), Verification(checked_on=LEFT, finding=Finding.GONE)) is None


def test_a_visit_before_the_case_is_not_a_round(still: Still) -> None:
    """Visits since the case was opened count, also those of before persuasion began."""
    case = still(begun={"suspected": date(2026, 10, 21), "persuading": date(2026, 10, 30)})
    assert code(persuasion.not_before_case(case, visit(date(2026, 10, 20)))) == "before_case"
    assert persuasion.not_before_case(case, visit(date(2026, 10, 22))) is None


def test_after_a_relapse_only_visits_since_count(still: Still) -> None:
    """A visit of the first departure cannot be entered for the second."""
    again = DropoutRecord(last_attended=LEFT, episode=2)
    case = still(record=again, begun={"suspected": date(2026, 9, 21), "persuading": date(2026, 10, 30)})
    assert code(persuasion.not_before_case(case, visit(date(2026, 10, 22)))) == "before_case"


@pytest.mark.parametrize(
    ("outcome", "promised", "said"),
    [
        (Outcome.REFUSED, None, None),
        (Outcome.AGREED, None, "promise_undated"),
        (Outcome.AGREED, date(2026, 10, 29), "promise_undated"),
        (Outcome.AGREED, date(2026, 11, 4), None),
    ],
)
def test_a_promise_names_its_day(still: Still, outcome: Outcome, promised: date | None, said: str | None) -> None:
    """The day lies not before the visit."""
    assert code(rules.promise_dated(still(), visit(date(2026, 10, 30), outcome, promised))) == said


def test_a_report_is_sent_after_it_was_drafted(still: Still) -> None:
    """While persuasion goes on there is no paper to send; the hint names the step that drafts it."""
    said = service.report_is_signed(still(stage=PERSUADING), WrittenReport(sent_on=date(2026, 11, 2)))
    assert said is not None
    assert (said.code, "'report'" in said.hint) == ("not_drafted", True)


@pytest.mark.parametrize(
    ("signed", "said"),
    [(None, "not_signed"), (date(2026, 10, 1), "not_signed"), (date(2026, 10, 31), "before_signing"), (date(2026, 10, 30), None)],
    ids=["never", "in an earlier round", "later", "in time"],
)
def test_a_report_is_sent_after_it_was_signed(still: Still, signed: date | None, said: str | None) -> None:
    """By this round's signature."""
    case = still(stage=REPORTING, begun={"reporting": date(2026, 10, 30)}, papers={"written_report": Issued("1", signed, None)})
    assert code(service.report_is_signed(case, WrittenReport(sent_on=date(2026, 10, 30)))) == said


def test_serving_is_done_when_the_receipt_is_in(still: Still) -> None:
    """Not when somebody says so; and a receipt from before this stage is of an earlier notice."""
    case = still(stage=NOTICED, begun={"noticed": date(2026, 10, 30)})
    assert code(service.receipt_is_in(case, Served())) == "not_served"
    case.papers = {"return_notice": Issued("1", date(2026, 9, 1), date(2026, 9, 2))}
    assert code(service.receipt_is_in(case, Served())) == "not_served"
    case.papers = {"return_notice": Issued("2", date(2026, 10, 30), date(2026, 10, 30))}
    assert service.receipt_is_in(case, Served()) is None


def test_the_court_is_asked_once_it_has_the_matter(still: Still) -> None:
    """Not before the stage began."""
    case = still(stage=IN_COURT, begun={"in_court": date(2026, 10, 30)})
    assert code(rules.not_before_stage(case, CourtNews(asked_on=date(2026, 10, 29), standing="nothing yet"))) == "before_stage"
    assert rules.not_before_stage(case, CourtNews(asked_on=date(2026, 10, 30), standing="nothing yet")) is None


@pytest.mark.parametrize(("day", "said"), [(date(2026, 10, 30), "time_left"), (date(2026, 10, 31), None)])
def test_a_deadline_is_looked_at_when_it_comes(still: Still, day: date, said: str | None) -> None:
    """Received on the 24th, seven days: the 31st is the last, and the first on which one can know."""
    case = still(stage=NOTICED, papers={"return_notice": Issued("1", date(2026, 10, 23), date(2026, 10, 24))})
    assert code(service.on_last_day(case, DeadlineCheck(checked_on=day))) == said
