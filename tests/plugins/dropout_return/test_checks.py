"""What dropout return refuses to write down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

import pytest

from careflow_dropout_return import program, rules
from careflow_dropout_return.forms import DeadlineCheck, Decision, DropoutRecord, Finding, Outcome, Receipt, Return, Verification, Visit, WrittenReport
from workflow_core import Attachment, Deny

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


@pytest.mark.parametrize("finding", [Finding.TRANSFERRED, Finding.ON_LEAVE])
def test_being_elsewhere_or_on_leave_must_be_proved(still: Still, finding: Finding) -> None:
    """A word in the proof or a scan will do; blanks will not."""
    assert code(rules.proven(still(), Verification(checked_on=LEFT, finding=finding, proof="  "))) == "no_proof"
    assert rules.proven(still(), Verification(checked_on=LEFT, finding=finding, proof="roll no. 7")) is None
    assert rules.proven(still(), Verification(checked_on=LEFT, finding=finding, evidence=Attachment("0" * 64, "leave.pdf"))) is None


def test_having_left_needs_no_proof(still: Still) -> None:
    """Only what takes a child off the list must be proved."""
    assert rules.proven(still(), Verification(checked_on=LEFT, finding=Finding.GONE)) is None


def test_a_visit_before_the_case_is_not_a_round(still: Still) -> None:
    """Visits since the case was opened count, also those of before persuasion began."""
    case = still(begun={"suspected": date(2026, 10, 21), "persuading": date(2026, 10, 30)})
    assert code(program.not_before_case(case, visit(date(2026, 10, 20)))) == "before_case"
    assert program.not_before_case(case, visit(date(2026, 10, 22))) is None


def test_after_a_relapse_only_visits_since_count(still: Still) -> None:
    """A visit of the first departure cannot be entered for the second."""
    again = DropoutRecord(last_attended=LEFT, episode=2)
    case = still(record=again, begun={"suspected": date(2026, 9, 21), "persuading": date(2026, 10, 30)})
    assert code(program.not_before_case(case, visit(date(2026, 10, 22)))) == "before_case"


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
    sent = WrittenReport(sent_on=date(2026, 11, 2))
    said = program.drafted(still(stage=program.PERSUADING), sent)
    assert said is not None
    assert "'report'" in said.hint
    assert program.drafted(still(stage=program.REPORTING), sent) is None


def test_a_paper_is_not_received_before_its_stage(still: Still) -> None:
    """The notice is drafted on entering the stage."""
    case = still(stage=program.NOTICED, begun={"noticed": date(2026, 10, 30)})
    assert code(rules.not_before_stage(case, Receipt(served_on=date(2026, 10, 29), received_by="the father"))) == "before_stage"
    assert rules.not_before_stage(case, Receipt(served_on=date(2026, 10, 30), received_by="the father")) is None


@pytest.mark.parametrize(("day", "said"), [(date(2026, 10, 30), "time_left"), (date(2026, 10, 31), None)])
def test_a_deadline_is_looked_at_when_it_comes(still: Still, day: date, said: str | None) -> None:
    """Received on the 24th, seven days: the 31st is the last, and the first on which one can know."""
    receipt = Receipt(served_on=date(2026, 10, 24), received_by="the father")
    case = still(stage=program.NOTICED, written={"serve_notice": [receipt]})
    assert code(program.on_last_day(case, DeadlineCheck(checked_on=day))) == said
