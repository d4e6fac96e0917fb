"""What people do with tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.engine.conftest import Town, actor
from tests.engine.small import M, V, Visit, small
from workflow_core import AnyTime, Deny, Every, SetField, Task, days, deny, weeks
from workflow_core.definition import SCHOOL, SUPERVISOR
from workflow_core.errors import Misused, NotFound, NotPermitted, Refused


def not_empty(case: object, visit: Visit) -> Deny | None:
    return deny("say something", code="wordless") if not visit.said else None


def count_up(case: object) -> int:
    return int(case.record.rounds) + 1  # type: ignore[attr-defined]


CALL = Task("call", "Call", by=SCHOOL, due=days(3), do=[SetField(M.rounds, count_up)])
VISIT = Task("visit", "Visit", by=(SCHOOL, SUPERVISOR), form=Visit, schedule=Every(weeks(1)), happened=V.on, checks=[not_empty])
FILL = Task("fill", "Fill in", by=SCHOOL, fills=(M.wanted_on, M.title))
MEET = Task("meet", "Meet", by=SCHOOL, form=Visit, schedule=AnyTime(), happened=V.on)
PROGRAM = small(CALL, VISIT, FILL, MEET)


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    return town_of(PROGRAM)


def codes(error: pytest.ExceptionInfo[Refused] | pytest.ExceptionInfo[Misused]) -> list[str]:
    return [problem.code for problem in error.value.problems]


# ------------------------------------------------------------------ doing


def test_a_done_task_leaves_the_desk_with_its_effects(town: Town) -> None:
    """Who did it and on which day is kept; what it does is done."""
    ref = town.start()
    town.do(f"{ref}.call")
    (row,) = town.rows(ref, "call")
    assert (row["state"], row["by"], row["happened"]) == ("done", "teacher", "2026-09-01")
    assert town.engine.show(town.teacher, ref).record["rounds"] == 1
    assert "call" not in [one.name for one in town.inbox(town.teacher)]


def test_a_task_is_done_once(town: Town) -> None:
    """The second time there is nothing to do."""
    ref = town.start()
    town.do(f"{ref}.1")
    with pytest.raises(Refused) as error:
        town.do(f"{ref}.1")
    assert error.value.code == "task_closed"


def test_what_was_entered_is_kept_as_it_was_understood(town: Town) -> None:
    """The form's fields stand with the task."""
    ref = town.start()
    town.do(f"{ref}.visit", on="2026-09-01", said="hello")
    assert town.rows(ref, "visit")[0]["given"] == {"on": "2026-09-01", "said": "hello"}


def test_a_task_fills_fields_of_the_record(town: Town) -> None:
    """The event says what was there before."""
    ref = town.start()
    town.do(f"{ref}.fill", wanted_on="2026-10-01")
    assert town.engine.show(town.teacher, ref).record["wanted_on"] == "2026-10-01"
    says = town.events(ref)[-1]["says"]
    assert (says["before"], says["after"]) == ({"wanted_on": None}, {"wanted_on": "2026-10-01"})


def test_a_task_that_fills_wants_something_filled(town: Town) -> None:
    """Nothing given is nothing done."""
    with pytest.raises(Misused) as error:
        town.do(f"{town.start()}.fill")
    assert codes(error) == ["nothing_given"]


def test_a_check_refuses_and_the_task_waits_on(town: Town) -> None:
    """All reasons, and no event."""
    ref = town.start()
    with pytest.raises(Refused) as error:
        town.do(f"{ref}.visit", on="2026-09-01")
    assert codes(error) == ["wordless"]
    assert town.kinds(ref) == ["opened"]


def test_nobody_without_the_role_does_it(town: Town) -> None:
    """A supervisor may visit, not call."""
    ref = town.start()
    with pytest.raises(NotPermitted):
        town.engine.do_task(town.supervisor, f"{ref}.call")
    town.engine.do_task(town.supervisor, f"{ref}.visit", {"on": "2026-09-01", "said": "hello"})


def test_a_misspelt_task_gets_the_one_that_was_meant(town: Town) -> None:
    """Did you mean visit?"""
    with pytest.raises(NotFound) as error:
        town.do(f"{town.start()}.vist")
    assert "visit" in error.value.advice()


def test_something_that_is_no_task_is_told_how_one_is_written(town: Town) -> None:
    """CASE.NUMBER."""
    with pytest.raises(Misused) as error:
        town.do("visit")
    assert error.value.code == "task_ref"


def test_any_time_is_as_often_as_it_happens(town: Town) -> None:
    """Nothing waits, and each one is kept."""
    ref = town.start()
    assert town.rows(ref, "meet") == []
    for said in ("one", "two"):
        town.do(f"{ref}.meet", on="2026-09-01", said=said)
    assert [row["given"]["said"] for row in town.rows(ref, "meet")] == ["one", "two"]


def test_a_dry_run_of_a_task_writes_nothing(town: Town) -> None:
    """It says what would be."""
    ref = town.start()
    outcome = town.engine.do_task(town.teacher, f"{ref}.call", dry_run=True)
    assert (outcome.dry_run, outcome.events[0]["kind"]) == (True, "task_done")
    assert town.kinds(ref) == ["opened"]


# ------------------------------------------------------------------ the day it happened


def test_what_is_still_to_come_did_not_happen(town: Town) -> None:
    """Tomorrow is refused."""
    with pytest.raises(Refused) as error:
        town.do(f"{town.start()}.visit", on="2026-09-02", said="hello")
    assert error.value.code == "happened_in_future"


def test_what_was_before_the_stage_does_not_count_for_it(town: Town) -> None:
    """Yesterday is refused."""
    with pytest.raises(Refused) as error:
        town.do(f"{town.start()}.visit", on="2026-08-31", said="hello")
    assert error.value.code == "happened_before"


def test_a_late_entry_turns_the_missed_one_into_done(town: Town) -> None:
    """The present one stays open."""
    ref = town.start()
    town.wait(days=8)
    assert town.states(ref, "visit") == ["missed", "open"]
    town.do(f"{ref}.visit", on="2026-09-03", said="hello")
    assert town.states(ref, "visit") == ["done", "open"]


def test_a_week_that_is_settled_is_settled(town: Town) -> None:
    """A second visit in the first week counts for nothing that waits."""
    ref = town.start()
    town.do(f"{ref}.visit", on="2026-09-01", said="hello")
    town.wait(days=8)
    with pytest.raises(Refused) as error:
        town.do(f"{ref}.visit", on="2026-09-02", said="again")
    assert error.value.code == "window_settled"


def test_a_closed_case_takes_no_late_entry(town: Town) -> None:
    """Reopen it first."""
    ref = town.start()
    town.wait(days=8)
    missed = town.rows(ref, "visit")[0]["ref"]
    town.advance(ref, "stop")
    with pytest.raises(Refused) as error:
        town.do(missed, on="2026-09-03", said="hello")
    assert error.value.code == "task_closed"


# ------------------------------------------------------------------ correcting, taking back, skipping


def test_a_correction_changes_what_was_given_and_keeps_the_old_entry(town: Town) -> None:
    """The history has both."""
    ref = town.start()
    town.do(f"{ref}.visit", on="2026-09-01", said="helo")
    town.engine.correct_task(town.teacher, f"{ref}.visit", {"said": "hello"}, "misspelt")
    assert town.rows(ref, "visit")[0]["given"] == {"on": "2026-09-01", "said": "hello"}
    says = town.events(ref)[-1]["says"]
    assert (says["before_input"]["said"], says["given"]["said"], says["reason"]) == ("helo", "hello", "misspelt")


def test_a_correction_is_no_way_into_the_future(town: Town) -> None:
    """The day is checked again."""
    ref = town.start()
    town.do(f"{ref}.visit", on="2026-09-01", said="hello")
    for day, code in (("2026-09-09", "happened_in_future"), ("2026-08-09", "happened_before")):
        with pytest.raises(Refused) as error:
            town.engine.correct_task(town.teacher, f"{ref}.visit", {"on": day}, "wrong day")
        assert error.value.code == code


def test_a_correction_leaves_alone_what_was_edited_since(town: Town) -> None:
    """Only what is given anew goes into the record."""
    ref = town.start()
    town.do(f"{ref}.fill", wanted_on="2026-10-01", title="books")
    town.engine.edit(town.teacher, ref, {"title": "shoes"}, "they have books")
    town.engine.correct_task(town.teacher, f"{ref}.fill", {"wanted_on": "2026-10-02"}, "a day later")
    record = town.engine.show(town.teacher, ref).record
    assert (record["title"], record["wanted_on"]) == ("shoes", "2026-10-02")


def test_what_the_record_took_from_an_entry_follows_its_correction(town_of: Callable[..., Town]) -> None:
    """It is told in the history; what was edited by hand since stays, and what was counted is not counted twice."""
    do = [SetField(M.wanted_on, V.on), SetField(M.title, V.said), SetField(M.rounds, count_up)]
    town = town_of(small(Task("look", "Look", by=SCHOOL, form=Visit, do=do)))
    ref = town.start()
    town.do(f"{ref}.look", on="2026-09-01", said="books")
    town.engine.edit(town.teacher, ref, {"title": "shoes"}, "they have books")
    town.engine.correct_task(town.teacher, f"{ref}.look", {"on": "2026-08-31", "said": "pens"}, "a day before")
    record = town.engine.show(town.teacher, ref).record
    assert (record["wanted_on"], record["title"], record["rounds"]) == ("2026-08-31", "shoes", 1)
    assert town.events(ref)[-1]["says"]["after"] == {"wanted_on": "2026-08-31"}


def test_what_is_not_done_cannot_be_corrected(town: Town) -> None:
    """There is nothing to correct."""
    ref = town.start()
    for which in ("call", "1"):
        with pytest.raises(Refused) as error:
            town.engine.correct_task(town.teacher, f"{ref}.{which}", {}, "why not")
        assert error.value.code == "task_not_done"


def test_a_task_taken_back_waits_again_with_its_due_date(town: Town) -> None:
    """The first row says undone and why."""
    ref = town.start()
    town.wait(days=1)
    town.do(f"{ref}.call")
    town.engine.undo_task(town.teacher, f"{ref}.call", "the wrong family")
    first, again = town.rows(ref, "call")
    assert (first["state"], first["reason"]) == ("undone", "the wrong family")
    assert (again["state"], again["due"]) == ("open", first["due"])
    town.do(f"{ref}.call")


def test_a_visit_taken_back_is_wanted_in_its_own_week(town: Town) -> None:
    """The next week's is not opened beside it."""
    ref = town.start()
    town.do(f"{ref}.visit", on="2026-09-01", said="hello")
    town.wait(days=3)
    town.engine.undo_task(town.teacher, f"{ref}.visit", "a dream")
    assert town.states(ref, "visit") == ["undone", "open"]
    assert town.due(ref, "visit") == "2026-09-07"
    town.wait(days=4)
    assert town.states(ref, "visit") == ["undone", "missed", "open"]


def test_what_was_done_in_an_earlier_stay_is_not_taken_back(town: Town) -> None:
    """It can be corrected."""
    ref = town.start()
    town.do(f"{ref}.call")
    done = town.rows(ref, "call")[0]["ref"]
    for name in ("go", "back"):
        town.advance(ref, name)
    with pytest.raises(Refused) as error:
        town.engine.undo_task(town.teacher, done, "never happened")
    assert error.value.code == "stage_left"


def test_skipping_counts_and_keeps_the_reason(town_of: Callable[..., Town]) -> None:
    """Of two that are wanted, one may be skipped."""
    twice = Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1), times=2))
    town = town_of(small(twice, Task("then", "Then", by=SCHOOL, needs=[twice])))
    ref = town.start()
    town.engine.skip_task(town.teacher, f"{ref}.look", "holidays")
    town.wait(days=7)
    assert town.rows(ref, "look")[0]["reason"] == "holidays"
    assert town.tasks(ref) == ["look"]
    town.do(f"{ref}.look")
    assert town.tasks(ref) == ["then"]


@pytest.mark.parametrize("verb", ["undo_task", "skip_task"])
def test_a_reason_is_wanted(town: Town, verb: str) -> None:
    """Blanks are none."""
    ref = town.start()
    with pytest.raises(Misused) as error:
        getattr(town.engine, verb)(town.teacher, f"{ref}.1", "  ")
    assert error.value.code == "reason_missing"


# ------------------------------------------------------------------ whose desk


def test_a_claimed_task_is_mine(town: Town) -> None:
    """And still in the role's inbox, with my name on it."""
    ref = town.start()
    town.engine.claim_task(town.teacher, f"{ref}.call")
    assert [(one.name, one.assignee) for one in town.inbox(town.teacher, mine=True)] == [("call", "teacher")]
    assert "call" in [one.name for one in town.inbox(town.teacher)]
    town.engine.assign_task(town.teacher, f"{ref}.call", None)
    assert town.inbox(town.teacher, mine=True) == []


def test_a_claimed_task_is_not_claimed_by_another(town: Town) -> None:
    """Who has it is told; it can be laid on another desk all the same."""
    ref = town.start()
    town.engine.claim_task(town.teacher, f"{ref}.visit")
    with pytest.raises(Refused) as error:
        town.engine.claim_task(town.supervisor, f"{ref}.visit")
    assert (error.value.code, error.value.context["login"]) == ("task_taken", "teacher")
    town.engine.assign_task(town.supervisor, f"{ref}.visit", "supervisor")
    assert [one.name for one in town.inbox(town.supervisor, mine=True)] == ["visit"]


def test_who_oversees_lays_a_task_on_somebodys_desk(town: Town) -> None:
    """The supervisor could not do it himself; whoever gets it may."""
    ref = town.start()
    town.engine.assign_task(town.supervisor, f"{ref}.call", "supervisor")
    assert [one.name for one in town.inbox(town.supervisor, mine=True)] == ["call"]
    town.engine.do_task(town.supervisor, f"{ref}.call")


def test_nobody_gets_a_task_who_has_no_account(town: Town) -> None:
    """Told before anything is written."""
    ref = town.start()
    with pytest.raises(NotFound) as error:
        town.engine.assign_task(town.teacher, f"{ref}.call", "ghost")
    assert error.value.code == "account_unknown"


def test_only_what_is_open_can_be_assigned(town: Town) -> None:
    """Not even a missed one."""
    ref = town.start()
    town.wait(days=8)
    with pytest.raises(Refused) as error:
        town.engine.claim_task(town.teacher, town.rows(ref, "visit")[0]["ref"])
    assert error.value.code == "task_closed"


def test_a_whole_desk_is_handed_over(town: Town) -> None:
    """All that lay on one desk lies on the other."""
    refs = [town.start() for _ in range(2)]
    for ref in refs:
        town.engine.claim_task(town.teacher, f"{ref}.call")
    assert town.engine.hand_over(town.teacher, "teacher", "supervisor") == [f"{ref}.1" for ref in refs]
    assert [one.case for one in town.inbox(town.supervisor, mine=True)] == refs


def test_a_stranger_hands_nothing_over(town: Town) -> None:
    """What he may not see stays where it is, and he is not told that it is there."""
    ref = town.start()
    town.engine.claim_task(town.teacher, f"{ref}.call")
    stranger = actor("stranger", "child_supervisor", scope="990101101")
    assert town.engine.hand_over(stranger, "teacher", "supervisor") == []
    assert [one.name for one in town.inbox(town.teacher, mine=True)] == ["call"]


# ------------------------------------------------------------------ added by hand


def test_a_task_that_no_program_foresaw(town: Town) -> None:
    """It waits in the role's inbox until it is done, with a note."""
    ref = town.start()
    town.engine.add_task(town.teacher, ref, "Buy a coat", "child_supervisor", date(2026, 9, 10))
    (row,) = [one for one in town.inbox(town.supervisor) if one.kind == "adhoc"]
    assert (row.title, row.due) == ("Buy a coat", date(2026, 9, 10))
    town.engine.do_task(town.supervisor, row.ref, {"note": "bought"})
    assert town.states(ref, "adhoc") == ["done"]


def test_a_task_by_hand_needs_a_role_that_exists(town: Town) -> None:
    """Did you mean school?"""
    with pytest.raises(Misused) as error:
        town.engine.add_task(town.teacher, town.start(), "Buy a coat", "shcool")
    assert "school" in error.value.advice()


def test_a_task_by_hand_asks_for_a_note_alone(town: Town) -> None:
    """Other fields are unknown."""
    ref = town.start()
    town.engine.add_task(town.teacher, ref, "Buy a coat", "school")
    with pytest.raises(Misused):
        town.do(f"{ref}.adhoc", colour="red")
