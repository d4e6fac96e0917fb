"""A history is told as a story: titles, not names; what was entered, why, and what followed."""

from __future__ import annotations

from typing import Any

import pytest

from careflow_cli import story
from workflow_core.engine import Titles

TITLES = Titles(
    program="Dropout return",
    stages={"suspected": "Suspected dropout", "registered": "Registered dropout"},
    tasks={"verify": "Check with parents"},
    transitions={"confirm": "Register as dropout"},
    fields={"finding": "What was found", "checked_on": "Checked on", "cause": "Confirmed cause"},
    choices={"finding.GONE": "Left school", "cause.POVERTY": "Poverty"},
)


def event(kind: str, *, actor: str = "li", **more: Any) -> dict[str, Any]:
    """An event as the engine's history gives it."""
    says = more.pop("says", {})
    plain = {"n": 1, "at": "2026-10-21T01:00:00.000000Z", "actor": actor, "on_behalf": None, "kind": kind, "transition": None, "from": None, "to": None}
    return {**plain, "erased": False, "says": says, **more}


def told(*events: dict[str, Any]) -> str:
    """The story of these events."""
    story.tell(events, TITLES)
    return ""


def test_a_step_names_the_way_and_both_stages(capsys: pytest.CaptureFixture[str]) -> None:
    """Date in the office's time, who, and the titles of transition and stages."""
    told(event("advanced", transition="confirm", **{"from": "suspected", "to": "registered"}))
    assert capsys.readouterr().out == "2026-10-21 09:00  li  Register as dropout: Suspected dropout → Registered dropout\n"


def test_what_was_entered_is_told_by_labels(capsys: pytest.CaptureFixture[str]) -> None:
    """Fields and choices are shown by their labels; empty ones are left out."""
    told(event("task_done", says={"task": "verify", "given": {"finding": "GONE", "checked_on": "2026-10-20", "proof": ""}}))
    shown = capsys.readouterr().out
    assert "Done: Check with parents" in shown
    assert "· What was found: Left school" in shown
    assert "· Checked on: 2026-10-20" in shown
    assert "proof" not in shown


def test_what_the_engine_did_has_no_person(capsys: pytest.CaptureFixture[str]) -> None:
    """The clock's steps are told as happening by themselves, with what followed."""
    did = [{"what": "escalated", "to": "child_supervisor", "reason": "nobody looked"}, {"what": "task_opened", "task": "verify", "due": "2026-10-24"}]
    told(event("task_late", actor="system", says={"task": "verify", "did": did}))
    shown = capsys.readouterr().out
    assert "by itself  Overdue: Check with parents" in shown
    assert "· laid before Township child supervisor: nobody looked" in shown
    assert "· to do: Check with parents, by 2026-10-24" in shown


def test_a_reason_and_a_correction_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Before and after stand beside each other, and why."""
    told(event("corrected", says={"reason": "a slip", "before": {"cause": None}, "after": {"cause": "POVERTY"}}))
    shown = capsys.readouterr().out
    assert "· Confirmed cause: – → Poverty" in shown
    assert "· why: a slip" in shown


def test_an_erased_event_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """Who is erased leaves the step, and nothing of what it said."""
    told(event("noted", erased=True))
    assert "erased" in capsys.readouterr().out


def test_an_unknown_kind_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A newer engine's event does not break an older command."""
    told(event("moon_landing"))
    assert "moon landing" in capsys.readouterr().out


def test_a_part_that_the_program_no_longer_has_keeps_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    """An old case stays readable."""
    told(event("advanced", transition="gone", **{"from": "nowhere", "to": "suspected"}))
    assert "gone: nowhere → Suspected dropout" in capsys.readouterr().out


def test_a_question_is_called_as_its_task_calls_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A field of the record may have the same name and another label."""
    named = Titles("", {}, {"watch": "Attendance"}, {}, {"missed": "Days missed before", "watch.missed": "Days missed this week"}, {})
    story.tell([event("task_done", says={"task": "watch", "given": {"missed": 3}, "after": {}, "before": {}})], named)
    assert "· Days missed this week: 3" in capsys.readouterr().out


def test_a_day_that_opens_tasks_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    """And a day that only moves deadlines says that."""
    told(event("task_opened", says={"did": [{"what": "task_opened", "task": "verify"}]}), event("task_opened", says={}))
    shown = capsys.readouterr().out
    assert "It is time for: Check with parents" in shown
    assert "The deadlines were counted anew" in shown


def test_a_correction_tells_what_was_there_before(capsys: pytest.CaptureFixture[str]) -> None:
    """Only what changed: before, and after."""
    old, new = {"finding": "GONE", "checked_on": "2026-10-20"}, {"finding": "BACK", "checked_on": "2026-10-20"}
    told(event("task_corrected", says={"task": "verify", "before_input": old, "given": new, "reason": "the child was there"}))
    shown = capsys.readouterr().out
    assert "· What was found: Left school → BACK" in shown
    assert "· why: the child was there" in shown
    assert "Checked on" not in shown
