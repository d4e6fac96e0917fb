"""A program that is gone, or is another than the one its cases began with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import Town, actor
from tests.engine.small import OTHER, WAITING, small
from tests.letters.desk import engine_of, make_desk
from workflow_core import Every, Program, Stage, Task, Timer, Transition, days, weeks
from workflow_core.definition import SCHOOL
from workflow_core.engine import Engine
from workflow_core.engine.closing import close
from workflow_core.errors import CareError, NotFound, Refused
from workflow_core.registry import Registry

MakeTown = Callable[..., Town]
LOOK = Task("look", "Look after it", by=SCHOOL, schedule=Every(weeks(1)))
OLD = small(LOOK)
ADMIN = actor("boss", "admin", scope="")
NEIGHBOUR = small(Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1))), name="neighbour")


def with_programs(town: Town, *programs: Program[Any]) -> Town:
    """The same office, after somebody installed other programs."""
    runtime = town.engine.runtime
    town.engine = Engine(town.db, Registry.of(*programs), town.clock, training=False, papers=Path(runtime.papers))
    return town


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(CareError) as error:
        action()
    return error.value.code


# ------------------------------------------------------------------ gone


@pytest.fixture
def gone(town_of: MakeTown) -> Town:
    """An office with a case whose program is no longer installed, and one whose program is."""
    town = town_of(OLD, NEIGHBOUR)
    town.do(f"{town.start()}.look")
    town.start("neighbour")
    return with_programs(town, NEIGHBOUR)


def test_its_cases_are_listed_and_shown_with_their_titles(gone: Town) -> None:
    """From the definition that is kept with them; told as readable only."""
    ref = "SM-26-00001"
    assert [(one.ref, one.stage_title) for one in gone.engine.cases(gone.teacher)] == [("NE-26-00001", "Waiting"), (ref, "Waiting")]
    shown = gone.engine.show(gone.teacher, ref)
    assert (shown.readable_only, shown.record["title"], shown.titles.program) == (True, "a matter", "Small")
    assert not gone.engine.show(gone.teacher, "NE-26-00001").readable_only


def test_its_history_is_read_with_its_titles(gone: Town) -> None:
    """What was done, in words."""
    events, titles = gone.engine.history(gone.teacher, "SM-26-00001")
    assert [event["kind"] for event in events] == ["opened", "task_done"]
    assert (titles.tasks["look"], titles.stages["other"], titles.fields["title"], titles.transitions["go"]) == (
        "Look after it",
        "Other",
        "What it is about",
        "Go",
    )


@pytest.mark.parametrize("verb", ["advance", "do", "note", "why", "edit", "suspend"])
def test_nothing_of_it_is_changed(gone: Town, verb: str) -> None:
    """Told which program is missing, with where to look."""
    engine, who, ref = gone.engine, gone.supervisor, "SM-26-00001"
    ways: dict[str, Callable[[], object]] = {
        "advance": lambda: engine.advance(who, ref, "go"),
        "do": lambda: engine.do_task(who, f"{ref}.1"),
        "note": lambda: engine.note(who, ref, "hello"),
        "why": lambda: engine.why(who, ref),
        "edit": lambda: engine.edit(who, ref, {"title": "shoes"}, "why not"),
        "suspend": lambda: engine.suspend(who, ref, "why not"),
    }
    with pytest.raises(NotFound) as error:
        ways[verb]()
    assert error.value.code == "program_unknown"
    assert "care plugin list" in error.value.advice()
    assert gone.kinds(ref) == ["opened", "task_done"]


def test_the_clock_tells_it_and_goes_on(gone: Town) -> None:
    """The neighbour's week is missed as it should be."""
    gone.clock.instant += timedelta(days=8)
    report = gone.engine.tick()
    assert ([(one["case"], one["code"]) for one in report.problems], report.missed, report.left) == ([("SM-26-00001", "program_unknown")], 1, 1)


def test_back_again_it_catches_up(gone: Town) -> None:
    """As if it had never been away."""
    gone.wait(days=15, tick=False)
    gone.engine.tick()
    with_programs(gone, OLD, NEIGHBOUR).wait()
    assert gone.states("SM-26-00001", "look") == ["done", "missed", "open"]


# ------------------------------------------------------------------ changed


def test_a_structure_changed_without_a_new_version_is_refused(town_of: MakeTown) -> None:
    """Nobody knows which of the two the case means."""
    town = town_of(OLD)
    ref = town.start()
    with_programs(town, small(LOOK, Task("more", "More", by=SCHOOL)))
    assert code_of(lambda: town.advance(ref, "go")) == "definition_changed"
    assert town.engine.show(town.teacher, ref).row.stage == "waiting"
    assert code_of(lambda: town.engine.why(town.teacher, ref)) == "definition_changed"


def test_a_new_version_wants_its_cases_moved(town_of: MakeTown) -> None:
    """It says which version the case runs on; new cases run on the new one."""
    town = town_of(OLD)
    ref = town.start()
    with_programs(town, small(LOOK, Task("more", "More", by=SCHOOL), version=2))
    with pytest.raises(Refused) as error:
        town.advance(ref, "go")
    assert (error.value.code, error.value.context["old"], error.value.context["new"]) == ("upgrade_needed", 1, 2)
    assert town.advance(town.start(), "go").stage == "other"


@pytest.mark.parametrize(
    "newer",
    [
        small(Task("look", "Look again", by=SCHOOL, schedule=Every(weeks(1))), title="Tiny"),
        small(Task("look", "Look after it", by=SCHOOL, schedule=Every(weeks(2))), version=2),
    ],
    ids=["another label", "another rule and version"],
)
def test_what_is_no_structure_may_change(town_of: MakeTown, newer: Program[Any]) -> None:
    """Labels, schedules, guards: the case goes on, with the new ones."""
    town = town_of(OLD)
    ref = town.start()
    with_programs(town, newer)
    assert town.advance(ref, "go").stage == "other"
    assert town.engine.show(town.teacher, ref).titles.tasks["look"] == newer.workflows[0].tasks[WAITING][0].title


def test_a_timer_of_another_name_is_another_structure(town_of: MakeTown) -> None:
    """The one that waits would be nobody's."""
    town = town_of(small(timers=[Timer("still", OTHER, due=days(2))]))
    ref = town.start()
    with_programs(town, small(timers=[Timer("silent", OTHER, due=days(2))]))
    assert code_of(lambda: town.advance(ref, "go")) == "definition_changed"


# ------------------------------------------------------------------ closed without it


def test_an_admin_closes_a_case_whose_program_is_gone(gone: Town) -> None:
    """In the final stage that its own definition has; nothing waits, nothing rings, and the history says why."""
    done = close(gone.engine.runtime, ADMIN, "SM-26-00001", "the program is no longer run")
    assert (done.stage, done.stage_title) == ("end", "End")
    shown = gone.engine.show(gone.teacher, "SM-26-00001")
    assert (shown.row.closed, {one["state"] for one in shown.tasks}) == (True, {"done"})
    last = gone.events("SM-26-00001")[-1]
    assert (last["kind"], last["from"], last["to"], last["says"]["reason"]) == ("closed_by_hand", "waiting", "end", "the program is no longer run")
    gone.clock.instant += timedelta(days=60)
    assert gone.engine.tick().problems == []
    gone.verify()


def test_what_waits_of_it_goes_off_the_desks(town_of: MakeTown) -> None:
    """Its place is given back, too."""
    town = town_of(OLD)
    ref = town.start()
    with_programs(town, NEIGHBOUR)
    assert [row.case for row in town.inbox(town.teacher)] == [ref]
    close(town.engine.runtime, ADMIN, ref, "no longer run")
    assert town.inbox(town.teacher) == []
    with_programs(town, OLD)
    assert code_of(lambda: town.advance(ref, "go")) == "wrong_stage"
    town.verify()


@pytest.mark.parametrize(
    ("who", "ref", "reason", "stage", "code"),
    [
        ("teacher", "SM-26-00001", "why", "", "not_permitted"),
        ("boss", "SM-26-00001", "", "", "reason_missing"),
        ("boss", "SM-26-00001", "why", "endd", "stage_unknown"),
        ("boss", "SM-26-99999", "why", "", "case_unknown"),
        ("boss", "NE-26-00001", "why", "", "program_here"),
    ],
)
def test_who_may_not_close_it_and_what_is_not_closed_so(gone: Town, who: str, ref: str, reason: str, stage: str, code: str) -> None:
    """Nobody but an admin, not without a reason, and no case whose program can close it."""
    actors = {"teacher": gone.teacher, "boss": ADMIN}
    assert code_of(lambda: close(gone.engine.runtime, actors[who], ref, reason, stage=stage)) == code
    assert gone.kinds("SM-26-00001") == ["opened", "task_done"]


def test_it_is_closed_once(gone: Town) -> None:
    """A second time it is told so."""
    close(gone.engine.runtime, ADMIN, "SM-26-00001", "no longer run")
    assert code_of(lambda: close(gone.engine.runtime, ADMIN, "SM-26-00001", "no longer run")) == "case_closed"


def test_a_case_that_no_upgrade_has_a_place_for_is_closed_so(town_of: MakeTown) -> None:
    """With several ends one is named."""
    lost = Stage("lost", "Lost", final=True, outcome="lost")
    lose = Transition("lose", "Lose", source=WAITING, target=lost, by=SCHOOL)
    town = town_of(small(LOOK, stages=[lost], transitions=[lose]))
    ref = town.start()
    with_programs(town, small(version=2))
    assert code_of(lambda: close(town.engine.runtime, ADMIN, ref, "why")) == "stage_missing"
    assert close(town.engine.runtime, ADMIN, ref, "why", stage="lost").stage == "lost"
    town.verify()


def test_its_signed_papers_are_printed_and_its_drafts_told_as_unsigned(town_of: MakeTown, tmp_path: Path) -> None:
    """A signed page is the one that was signed; a draft was never more than what its program makes of it. Closed, the draft is void."""
    desk = make_desk(town_of, tmp_path)
    ref = desk.signed()
    desk.engine.draft(desk.town.supervisor, ref, "slip")
    page = desk.page(ref)
    desk.engine.runtime.registry = Registry.of()
    desk.town.engine = engine_of(desk.town, tmp_path, desk.town.db)
    assert desk.page(ref) == page
    assert code_of(lambda: desk.page(ref, "p2")) == "paper_unsigned"
    close(desk.engine.runtime, ADMIN, ref, "no longer run")
    assert [(one.name, one.state) for one in desk.engine.papers(ADMIN, ref)] == [("notice", "signed"), ("slip", "void")]
    assert desk.page(ref) == page
