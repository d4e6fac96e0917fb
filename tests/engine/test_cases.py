"""Opening and advancing cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.conftest import Town, actor
from tests.engine.small import END, OTHER, WAITING, small
from workflow_core import Transition
from workflow_core.definition import SCHOOL, SUPERVISOR
from workflow_core.errors import Conflict, Misused, NotFound, NotPermitted, Refused


def codes(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_a_case_is_opened_in_its_first_stage_with_a_reference(town: Town) -> None:
    """A new case stands in the initial stage."""
    outcome = town.engine.open(town.teacher, "errands", town.child(), {"title": "books"})
    assert (outcome.ref, outcome.stage, outcome.version) == ("ER-26-00001", "new", 1)


def test_a_transition_moves_the_case_and_opens_its_tasks(town: Town) -> None:
    """Advancing enters the new stage."""
    ref = town.open()
    outcome = town.advance(ref, "start")
    assert outcome.stage == "running"
    assert town.tasks(ref) == ["sign-slip", "prepare", "count"]


def test_every_reason_is_told_at_once(town: Town) -> None:
    """All guards are asked, not the first alone."""
    ref = town.open(title="x", mood="BAD")
    with pytest.raises(Refused) as error:
        town.advance(ref, "start")
    assert codes(error) == ["short", "bad_mood"]


def test_a_warning_passes_when_it_is_confirmed_with_a_reason(town: Town) -> None:
    """A warn() is no deny()."""
    ref = town.open(mood="BAD")
    with pytest.raises(Refused) as error:
        town.advance(ref, "start")
    assert error.value.code == "confirm_needed"
    outcome = town.engine.advance(town.teacher, ref, "start", confirm="agreed with the family")
    assert outcome.stage == "running"
    assert town.engine.history(town.teacher, ref)[0][-1]["says"]["confirmed"] == "agreed with the family"


def test_nobody_without_the_role_may(town: Town) -> None:
    """A supervisor may not start."""
    with pytest.raises(NotPermitted):
        town.engine.advance(town.supervisor, town.open(), "start")


def test_a_case_out_of_scope_looks_as_if_it_did_not_exist(town: Town) -> None:
    """Out of scope is not found."""
    stranger = actor("stranger", "school", scope="990101101")
    with pytest.raises(NotFound) as unseen:
        town.engine.advance(stranger, town.open(), "start")
    with pytest.raises(NotFound) as absent:
        town.engine.advance(stranger, "ER-26-99999", "start")
    assert unseen.value.code == absent.value.code == "case_unknown"


def test_why_tells_each_transition_from_here(town: Town) -> None:
    """why() names roles and reasons of every transition."""
    answers = {one.transition: one for one in town.engine.why(town.teacher, town.open(title="x"))}
    assert set(answers) == {"start", "drop"}
    assert [reason.code for reason in answers["start"].reasons] == ["short"]
    assert answers["drop"].roles == ("child_supervisor",)
    assert not answers["drop"].permitted


def test_a_misspelt_transition_is_told_what_was_meant(town: Town) -> None:
    """Did you mean start?"""
    with pytest.raises(NotFound) as error:
        town.advance(town.open(), "strat")
    assert "start" in error.value.advice()


def test_a_transition_of_another_stage_says_what_leads_out_of_this_one(town: Town) -> None:
    """The wrong stage is no unknown transition."""
    with pytest.raises(Refused) as error:
        town.advance(town.open(), "watch")
    assert error.value.code == "wrong_stage"


def test_all_that_is_wrong_with_an_input_is_told(town: Town) -> None:
    """Two faults, two problems."""
    with pytest.raises(Misused) as error:
        town.engine.open(town.teacher, "errands", town.child(), {"rounds": "-1", "colour": "red"})
    assert sorted(problem.place for problem in error.value.problems) == ["colour", "rounds", "title"]


def test_a_check_of_the_input_refuses_and_writes_nothing(town: Town) -> None:
    """A refused step leaves the case as it was."""
    ref = town.open()
    with pytest.raises(Refused) as error:
        town.engine.advance(town.supervisor, ref, "drop", {"why": "no"})
    assert codes(error) == ["wordless"]
    assert town.kinds(ref) == ["opened"]


def test_a_dry_run_tells_what_would_be_and_writes_nothing(town: Town) -> None:
    """dry_run has no effect."""
    ref = town.open()
    assert town.engine.advance(town.teacher, ref, "start", dry_run=True).stage == "running"
    assert town.stage(ref) == "new"
    before = len(town.engine.cases(town.teacher))
    assert town.engine.open(town.teacher, "errands", town.child(), {"title": "books"}, dry_run=True).stage == "new"
    assert len(town.engine.cases(town.teacher)) == before


def test_a_case_that_changed_since_it_was_seen_is_a_conflict(town: Town) -> None:
    """expect= compares the version."""
    ref = town.open()
    with pytest.raises(Conflict) as error:
        town.engine.advance(town.teacher, ref, "start", expect=7)
    assert (error.value.code, error.value.exit_code) == ("case_changed", 4)


def test_the_same_request_twice_is_done_once(town: Town) -> None:
    """An idempotency key gives the first answer again."""
    ref = town.open()
    first = town.engine.advance(town.teacher, ref, "start", request="k1")
    again = town.engine.advance(town.teacher, ref, "start", request="k1")
    assert (first.version, first.stage) == (again.version, again.stage)
    with pytest.raises(Conflict):
        town.engine.advance(town.teacher, ref, "watch", request="k1")


def test_a_child_has_one_open_case_of_a_kind(town: Town) -> None:
    """The second open case is refused and the first is named."""
    subject = town.child()
    first = town.engine.open(town.teacher, "errands", subject, {"title": "books"}).ref
    with pytest.raises(Refused) as error:
        town.engine.open(town.teacher, "errands", subject, {"title": "shoes"})
    assert error.value.code == "already_open"
    assert first in error.value.advice()


def test_a_limit_across_cases_holds(town: Town) -> None:
    """The fourth running errand of a division is refused, until one leaves."""
    refs = [town.running() for _ in range(3)]
    fourth = town.open()
    with pytest.raises(Refused) as error:
        town.advance(fourth, "start")
    assert error.value.code == "limit_full"
    town.engine.advance(town.supervisor, refs[0], "drop", {"why": "moved away"})
    assert town.advance(fourth, "start").stage == "running"


def test_a_program_that_is_not_enabled_opens_nothing(town: Town) -> None:
    """Another county has to enable it first."""
    from workflow_core.records import enabling

    with town.db.write() as tx:
        enabling.disable(tx, "errands", "990101101", actor=town.admin, now=town.clock.instant)
    there = actor("elsewhere", "school", scope="990101101")
    with pytest.raises(Refused) as error:
        town.engine.open(there, "errands", town.child("990101101"), {"title": "books"})
    assert error.value.code == "not_enabled"


def test_effects_are_carried_out_and_told(town: Town) -> None:
    """A draft, a message, a referral and an observation stand in the history."""
    ref = town.running()
    town.do(f"{ref}.prepare", mood="good")
    town.engine.advance(town.supervisor, ref, "drop", {"why": "moved away"})
    said = [one["what"] for event in town.engine.history(town.teacher, ref)[0] for one in event["says"].get("did", [])]
    assert {"drafted", "notified", "observed", "referred"} <= set(said)


def test_who_stands_in_for_somebody_is_told_with_him(town: Town) -> None:
    """The actor, and for whom; what follows by itself is nobody's."""
    ref = town.open()
    town.engine.advance(town.teacher, ref, "start", on_behalf="headmaster")
    assert [(event["actor"], event["on_behalf"]) for event in town.events(ref)] == [("teacher", None), ("teacher", "headmaster")]


def test_of_two_ways_of_one_name_the_permitted_one_is_taken(town_of: Callable[..., Town]) -> None:
    """That the other's guards hold too does not stand in its way."""
    first = Transition("move", "Move", source=WAITING, target=END, by=SUPERVISOR)
    town = town_of(small(transitions=[first, Transition("move", "Move", source=WAITING, target=OTHER, by=SCHOOL)]))
    assert town.advance(town.start(), "move").stage == "other"
    assert town.engine.advance(town.supervisor, town.start(), "move").stage == "end"


def test_chains_of_all_cases_verify(town: Town) -> None:
    """What the engine writes is a whole chain."""
    from workflow_core.store import journal

    town.watched()
    town.wait(days=40)
    with town.db.read() as tx:
        assert list(journal.verify_all(tx).findings) == []
