"""What people do with a case beside its transitions, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.engine.conftest import Town, actor
from tests.engine.small import OTHER, WAITING, Small, small
from workflow_core import PER_SUBJECT, Deny, Limit, Task, Transition, days, deny
from workflow_core.definition import AUTOMATIC, SCHOOL, SUPERVISOR
from workflow_core.errors import Misused, NotFound, NotPermitted, Refused
from workflow_core.records import enabling
from workflow_core.store.tables import attachment, blob, journal, journal_payload

MakeTown = Callable[..., Town]
CALL = Task("call", "Call", by=SCHOOL)


@pytest.fixture
def town(town_of: MakeTown) -> Town:
    return town_of(small(CALL))


def looks(town: Town) -> list[tuple[str, str]]:
    with town.db.read() as tx:
        rows = tx.rows(
            select(journal.c.actor, journal.c.kind).where(journal.c.kind.in_(["case_opened", "history_read"])).order_by(journal.c.stream, journal.c.n)
        )
        return [(row.actor, row.kind) for row in rows]


def some_rounds(case: Small) -> Deny | None:
    return deny("{n} rounds make no sense", hint="say another number", code="senseless", n=case.record.rounds) if case.record.rounds < 0 else None


def test_what_must_never_be_is_refused_when_a_case_is_opened_or_corrected(town_of: MakeTown) -> None:
    """Nothing is written; a record that makes sense goes through."""
    program = small(CALL)
    (workflow,) = program.workflows
    town = town_of(replace(program, workflows=[replace(workflow, always=[some_rounds])]))
    with pytest.raises(Refused) as caught:
        town.start(rounds=-1)
    assert [(one.code, one.text()) for one in caught.value.problems] == [("senseless", "-1 rounds make no sense")]
    ref = town.start(rounds=1)
    with pytest.raises(Refused) as caught:
        town.engine.edit(town.supervisor, ref, {"rounds": -2}, "a slip")
    assert [one.code for one in caught.value.problems] == ["senseless"]
    assert (town.engine.show(town.teacher, ref).record["rounds"], town.kinds(ref)) == (1, ["opened"])


# ------------------------------------------------------------------ notes and files


def test_a_note_is_an_event_and_nothing_else(town: Town) -> None:
    """It stands in the history; an empty one is refused."""
    ref = town.start()
    town.engine.note(town.teacher, ref, "  the aunt rang  ")
    assert town.events(ref)[-1]["says"] == {"note": "the aunt rang"}
    with pytest.raises(Misused):
        town.engine.note(town.teacher, ref, " ")


def test_who_has_no_role_in_it_writes_no_note(town: Town) -> None:
    """A role there is not a role in this program."""
    with pytest.raises(NotPermitted):
        town.engine.note(actor("bureau", "education_bureau"), town.start(), "hello")


def test_the_same_bytes_are_stored_once(town: Town, tmp_path: Path) -> None:
    """Two cases, three attachments, one blob."""
    (tmp_path / "slip.pdf").write_bytes(b"%PDF-1.7 a slip")
    (tmp_path / "copy.pdf").write_bytes(b"%PDF-1.7 a slip")
    first, second = town.start(), town.start()
    for ref, name in ((first, "slip.pdf"), (first, "copy.pdf"), (second, "slip.pdf")):
        town.engine.attach(town.teacher, ref, tmp_path / name, "signed")
    with town.db.read() as tx:
        assert [bytes(row.content) for row in tx.rows(select(blob))] == [b"%PDF-1.7 a slip"]
        kept = tx.rows(select(attachment).order_by(attachment.c.case_id, attachment.c.n))
    assert [(row.n, row.name) for row in kept] == [(1, "slip.pdf"), (2, "copy.pdf"), (1, "slip.pdf")]
    assert {row.media_type for row in kept} == {"application/pdf"}
    assert town.events(first)[-1]["says"]["name"] == "copy.pdf"


def test_a_file_that_is_not_kept_leaves_no_bytes(town: Town, tmp_path: Path) -> None:
    """Refused, nothing is stored; and a file that is not there is told."""
    (tmp_path / "slip.pdf").write_bytes(b"%PDF-1.7 a slip")
    with pytest.raises(NotFound):
        town.engine.attach(town.teacher, "SM-26-99999", tmp_path / "slip.pdf")
    with pytest.raises(Misused) as error:
        town.engine.attach(town.teacher, town.start(), tmp_path / "absent.pdf")
    assert error.value.code == "file_unreadable"
    with town.db.read() as tx:
        assert tx.rows(select(blob)) == []


def test_a_file_that_is_too_large_is_not_read(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told with the limit."""
    monkeypatch.setattr("workflow_core.engine.keeping.MOST_BYTES", 1024 * 1024)
    with (tmp_path / "film.mp4").open("wb") as file:
        file.truncate(1024 * 1024 + 1)
    with pytest.raises(Misused) as error:
        town.engine.attach(town.teacher, town.start(), tmp_path / "film.mp4")
    assert (error.value.code, error.value.context["most"]) == ("file_too_large", 1)


# ------------------------------------------------------------------ set right by hand


def test_a_correction_keeps_what_was_there(town: Town) -> None:
    """Before and after, who and why; fields that were not changed are not in it."""
    ref = town.start()
    town.engine.edit(town.teacher, ref, {"title": "shoes", "rounds": "0"}, "not books")
    event = town.events(ref)[-1]
    assert (event["kind"], event["actor"]) == ("corrected", "teacher")
    assert event["says"] == {"reason": "not books", "before": {"title": "a matter"}, "after": {"title": "shoes"}}


@pytest.mark.parametrize(("given", "code"), [({}, "nothing_given"), ({"title": ""}, "input_invalid"), ({"colour": "red"}, "input_invalid")])
def test_a_correction_is_checked_like_any_input(town: Town, given: dict[str, str], code: str) -> None:
    """And writes nothing when it is wrong."""
    ref = town.start()
    with pytest.raises(Misused) as error:
        town.engine.edit(town.teacher, ref, given, "why not")
    assert error.value.code == code
    assert town.kinds(ref) == ["opened"]


def test_a_correction_can_move_a_case_by_itself(town_of: MakeTown) -> None:
    """Guards are asked after every change."""
    move = Transition("move", "Move", source=WAITING, target=OTHER, by=AUTOMATIC, guards=[lambda case: None if case.record.ready else _no()])
    town = town_of(small(transitions=[move]))
    ref = town.start()
    assert town.engine.edit(town.teacher, ref, {"ready": "yes"}, "now it is").stage == "other"


def _no() -> Any:
    return deny("not ready")


def test_a_closed_case_is_opened_again(town: Town) -> None:
    """Where the program says; its tasks are wanted again, its outcome is gone, and the place is held again."""
    ref = town.start()
    town.advance(ref, "stop")
    assert town.engine.cases(town.teacher, open_only=True) == []
    outcome = town.engine.reopen(town.teacher, ref, "closed by mistake")
    assert (outcome.stage, town.states(ref, "call")) == ("waiting", ["closed", "open"])
    assert [one.ref for one in town.engine.cases(town.teacher, open_only=True)] == [ref]


def test_a_case_is_not_opened_again_beside_another(town: Town) -> None:
    """The child has an open one."""
    child = town.child()
    first = town.engine.open(town.teacher, "small", child, {"title": "one"}).ref
    town.advance(first, "stop")
    town.engine.open(town.teacher, "small", child, {"title": "two"})
    with pytest.raises(Refused) as error:
        town.engine.reopen(town.teacher, first, "closed by mistake")
    assert error.value.code == "already_open"


def test_what_is_open_is_not_reopened(town: Town) -> None:
    """There is nothing to do."""
    with pytest.raises(Refused) as error:
        town.engine.reopen(town.teacher, town.start(), "why not")
    assert error.value.code == "not_closed"


def test_a_supervisor_puts_a_case_where_it_belongs(town: Town) -> None:
    """Past the rules, with a reason, told as such; the guards are not asked."""
    ref = town.start()
    town.engine.override(town.supervisor, ref, "other", "it was there all along")
    event = town.events(ref)[-1]
    assert (event["kind"], event["from"], event["to"], event["says"]["reason"]) == ("overridden", "waiting", "other", "it was there all along")
    assert town.states(ref, "call") == ["closed"]
    town.engine.override(town.supervisor, ref, "end", "it is over")
    assert town.engine.show(town.teacher, ref).row.closed


@pytest.mark.parametrize(("stage", "code"), [("othre", "stage_unknown"), ("waiting", "same_stage")])
def test_an_override_names_a_stage(town: Town, stage: str, code: str) -> None:
    """Another one, spelt right."""
    with pytest.raises((NotFound, Refused)) as error:
        town.engine.override(town.supervisor, town.start(), stage, "why not")
    assert error.value.code == code


def test_only_who_oversees_may(town: Town) -> None:
    """A teacher may not."""
    with pytest.raises(NotPermitted):
        town.engine.override(town.teacher, town.start(), "other", "why not")


@pytest.mark.parametrize("verb", ["suspend", "reopen", "edit", "override", "identify"])
def test_what_sets_a_case_right_needs_a_reason(town: Town, verb: str) -> None:
    """Kept with the event."""
    ref = town.start()
    given: dict[str, tuple[Any, ...]] = {"edit": ({"title": "shoes"},), "override": ("other",), "identify": (town.child(),)}
    with pytest.raises(Misused) as error:
        getattr(town.engine, verb)(town.supervisor, ref, *given.get(verb, ()), " ")
    assert error.value.code == "reason_missing"


# ------------------------------------------------------------------ who it is about


def test_a_case_is_tied_to_the_child_it_is_about(town: Town) -> None:
    """Its place is held for that child; the first one is free."""
    wrong, right = town.child(), town.child()
    ref = town.engine.open(town.teacher, "small", wrong, {"title": "one"}).ref
    town.engine.identify(town.teacher, ref, right, "it is the brother")
    assert town.engine.show(town.teacher, ref).row.subject == right
    town.engine.open(town.teacher, "small", wrong, {"title": "two"})
    with pytest.raises(Refused) as error:
        town.engine.open(town.teacher, "small", right, {"title": "three"})
    assert error.value.code == "already_open"


def test_a_case_moves_with_the_child(town_of: MakeTown) -> None:
    """Into the other township's inbox; a limit whose size is reckoned goes with it."""
    limit = Limit("one", "There is one already", size=lambda case: case.policy.times, per=PER_SUBJECT, held_in=[WAITING])
    town = town_of(small(CALL, limits=[limit]))
    ref, there = town.start(), town.child("990101101")
    both = actor("both", "school", scope="990101")
    town.engine.identify(both, ref, there, "it is the cousin")
    assert (town.inbox(town.teacher), [one.case for one in town.inbox(both)]) == ([], [ref])


def test_a_child_out_of_scope_is_not_there(town: Town) -> None:
    """And the same child is no news."""
    child = town.child()
    ref, elsewhere = town.engine.open(town.teacher, "small", child, {"title": "one"}).ref, town.child("990101101")
    for other in (elsewhere, "C-999999"):
        with pytest.raises(NotFound) as error:
            town.engine.identify(town.teacher, ref, other, "why not")
        assert error.value.code == "child_unknown"
    with pytest.raises(Refused):
        town.engine.identify(town.teacher, ref, child, "why not")


# ------------------------------------------------------------------ who looked


def test_each_look_at_a_file_is_recorded(town: Town) -> None:
    """Who, when, which child; a list is no look, and a look is no change."""
    ref = town.start()
    town.engine.show(town.supervisor, ref)
    town.engine.history(town.supervisor, ref)
    town.engine.cases(town.supervisor)
    town.inbox(town.supervisor)
    assert looks(town) == [("supervisor", "case_opened"), ("supervisor", "history_read")]
    assert town.engine.show(town.teacher, ref).row.version == 1
    with town.db.read() as tx:
        said = tx.rows(select(journal_payload.c.payload))
    assert any(ref in row.payload for row in said)


def test_who_may_not_look_leaves_no_trace_of_a_look(town: Town) -> None:
    """Not found, and not recorded as having seen it."""
    ref = town.start()
    with pytest.raises(NotFound):
        town.engine.show(actor("stranger", "school", scope="990101101"), ref)
    assert looks(town) == []


# ------------------------------------------------------------------ under which policy


def test_an_event_keeps_the_policy_it_was_taken_under(town_of: MakeTown) -> None:
    """As far as somebody said something else than the program; what is said later does not change what is written."""
    program = small(CALL)
    town = town_of(program)
    ref = town.start()
    for number in ("9", "4"):
        town.wait(days=1)
        with town.db.write() as tx:
            enabling.policy_set(tx, program, "990101", {"days": number}, actor=town.admin, now=town.clock.instant)
        town.engine.note(town.teacher, ref, "hello")
    assert [event["says"].get("policy") for event in town.events(ref)] == [None, {"days": 9}, {"days": 4}]


# ------------------------------------------------------------------ lists


def test_cases_are_listed_by_what_is_asked(town: Town) -> None:
    """By stage, by child, a page at a time, and never out of scope."""
    child = town.child()
    refs = [town.engine.open(town.teacher, "small", child, {"title": "one"}).ref, town.start(), town.start()]
    town.advance(refs[2], "go")
    engine, who = town.engine, town.teacher
    assert [one.ref for one in engine.cases(who, stage="other")] == [refs[2]]
    assert [one.ref for one in engine.cases(who, subject=child)] == [refs[0]]
    assert [one.ref for one in engine.cases(who, limit=1, after=refs[0])] == [refs[1]]
    assert engine.cases(actor("stranger", "school", scope="990101101")) == []
    assert [one.ref for one in engine.cases(who, division="9901")] == refs


def test_an_inbox_is_of_a_role_and_of_a_place(town_of: MakeTown) -> None:
    """The earliest due first; a misspelt role gets the one that was meant."""
    town = town_of(small(Task("late", "Late", by=(SCHOOL, SUPERVISOR), due=days(9)), Task("soon", "Soon", by=SCHOOL, due=days(2))))
    town.start()
    assert [(one.name, one.roles) for one in town.inbox(town.teacher)] == [("soon", ("school",)), ("late", ("school",))]
    assert [one.name for one in town.inbox(town.supervisor, role="child_supervisor", township="990101100")] == ["late"]
    assert town.inbox(town.supervisor, township="990101101") == []
    with pytest.raises(Misused) as error:
        town.inbox(town.teacher, role="shcool")
    assert "school" in error.value.advice()
