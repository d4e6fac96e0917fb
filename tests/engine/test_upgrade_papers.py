"""Papers and timers that have another name in a new version: what was drafted is signed, what was signed is served or voided, what has rung is silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import Town
from tests.engine.test_upgrade import ADMIN
from tests.letters.desk import Desk, code_of, engine_of, make_desk
from tests.letters.letters import CLAIM, END, OPEN, PROGRAM, REPORT, SENT, SLIP, Matter, R, Rules
from workflow_core import CHILD, SCHOOL, SUPERVISOR, Document, Draft, Escalate, Program, Task, Timer, Transition, Upgrade, Workflow, after, days
from workflow_core.engine.upgrade_undo import undo
from workflow_core.engine.upgrading import Upgraded, upgrade
from workflow_core.registry import Registry
from workflow_core.store.doctor_papers import numbers

NUMBER = "{township}告〔{year}〕{n}号"
WARNING = Document("warning", "Warning", template="notice.html.j2", number=NUMBER, signed_by=SUPERVISOR, served_with_receipt=True, days=R.days)
LATER = after(WARNING.served, days(R.days))


def letters(papers: Mapping[str, Document | None], timers: Mapping[str, Any] | None = None) -> Program[Any]:
    """Version 2: the notice is a warning, the timer of sleeping letters has another name."""
    sleepy = Timer("sleepy", OPEN, due=days(20), do=[Escalate(SUPERVISOR, "A letter sleeps, still")])
    flow: Workflow[Any, Any] = Workflow(
        "letter", "Letter", prefix="LT", subject=CHILD, record=Matter, policy=Rules, initial=OPEN, stages=[OPEN, SENT, END],
        transitions=[
            Transition("send", "Send", source=OPEN, target=SENT, by=SUPERVISOR, do=[Draft(WARNING)]),
            Transition("close", "Close", source=(OPEN, SENT), target=END, by=SCHOOL),
        ],
        tasks={SENT: [Task("follow", "Follow up", by=SCHOOL, due=LATER, late=[Escalate(SUPERVISOR, "Nobody followed up")])]},
        timers=[sleepy, Timer("over", SENT, due=LATER, do=[Escalate(SUPERVISOR, "The days are over")])],
        papers=[WARNING, SLIP, CLAIM, REPORT], open_by=[SCHOOL], edit_by=[SCHOOL, SUPERVISOR], reopen_to=OPEN,
    )  # fmt: skip
    up = Upgrade(flow, since=1, papers=papers, timers={"asleep": sleepy} if timers is None else timers)
    return Program("letters", "Letters", version=2, policy=Rules, workflows=[flow], upgrades=[up])


def install(desk: Desk, program: Program[Any]) -> None:
    desk.town.engine.runtime.registry = Registry.of(program)
    desk.town.engine = engine_of(desk.town, desk.folder, desk.town.db)


def move(desk: Desk, **how: Any) -> Upgraded:
    return upgrade(desk.town.engine.runtime, ADMIN, "letters", **how)


@pytest.fixture
def desk(town_of: Callable[..., Town], tmp_path: Path) -> Desk:
    return make_desk(town_of, tmp_path)


MAPPED: dict[str, Document | None] = {"notice": WARNING}


def test_a_signed_paper_is_served_under_its_new_name_and_stays_sealed(desk: Desk) -> None:
    """Its page is the one that was signed; the clock starts with its service, and a letter to be sent is found by either name."""
    ref = desk.signed()
    page = desk.page(ref)
    install(desk, letters(MAPPED))
    [told] = move(desk).cases
    assert told.papers == {"renamed": ["notice → warning"]}
    assert desk.page(ref) == page
    desk.serve(ref)
    assert (desk.state(ref), desk.number(ref), desk.engine.paper(desk.town.teacher, f"{ref}.p1").intact) == ("served", "高桥镇告〔2026〕1号", True)
    assert desk.town.due(ref, "follow") == "2026-09-08"
    desk.town.verify()


def test_a_signed_paper_is_voided_under_its_new_name(desk: Desk) -> None:
    """And a new one is drafted in its place, whose number follows: none is given twice."""
    ref = desk.signed()
    install(desk, letters(MAPPED))
    move(desk)
    desk.engine.void(desk.town.supervisor, f"{ref}.p1", "misspelt")
    desk.engine.draft(desk.town.supervisor, ref, "warning")
    desk.engine.sign(desk.town.supervisor, f"{ref}.p2")
    assert (desk.state(ref, "p1"), desk.number(ref, "p2")) == ("void", "高桥镇告〔2026〕2号")
    with desk.town.db.read() as tx:
        assert list(numbers(tx)) == []


def test_a_draft_is_signed_under_its_new_name(desk: Desk) -> None:
    """It lies on the same desk; taken back, it is the draft that it was."""
    ref = desk.sent()
    install(desk, letters(MAPPED))
    assert [row.name for row in desk.town.inbox(desk.town.supervisor)] == ["sign-notice"]
    move(desk)
    assert [row.name for row in desk.town.inbox(desk.town.supervisor)] == ["sign-warning"]
    assert undo(desk.engine.runtime, ADMIN, "letters").done == 1
    install(desk, PROGRAM)
    assert [row.name for row in desk.town.inbox(desk.town.supervisor)] == ["sign-notice"]
    install(desk, letters(MAPPED))
    move(desk)
    desk.engine.sign(desk.town.supervisor, f"{ref}.p1")
    assert desk.state(ref) == "signed"


def test_a_paper_that_the_map_leaves_out_is_told(desk: Desk) -> None:
    """Nothing moves; dropped on purpose, a draft is void, and a case with a signed one stays, told with the paper."""
    draft, signed = desk.sent(), desk.signed()
    install(desk, letters({}))
    assert {one.problem["code"] for one in move(desk).cases if one.problem} == {"upgrade_unsound"}
    install(desk, letters({"notice": None}))
    for dry_run in (True, False):
        told = {one.ref: one for one in move(desk, dry_run=dry_run).cases}
        assert told[draft].papers == {"dropped": ["notice"]}
        problem = told[signed].problem
        assert problem is not None
        assert problem["code"] == "paper_open"
    assert desk.state(draft) == "void"
    assert code_of(lambda: desk.town.advance(signed, "close")) == "upgrade_needed"


# ------------------------------------------------------------------ timers


def sleeping(desk: Desk, *, rung: bool) -> str:
    ref = desk.engine.open(desk.town.teacher, "letters", desk.child(), {"title": "the books"}).ref
    desk.town.wait(days=31 if rung else 10)
    return ref


def titles(desk: Desk) -> list[str]:
    return [row.title for row in desk.town.inbox(desk.town.supervisor)]


def test_a_timer_that_has_rung_does_not_ring_again_under_a_new_name(desk: Desk) -> None:
    """Who was told once is not told twice."""
    sleeping(desk, rung=True)
    install(desk, letters(MAPPED))
    move(desk)
    desk.town.wait(days=3)
    assert titles(desk) == ["A letter sleeps"]


def test_a_timer_that_waits_goes_on_under_its_new_name(desk: Desk) -> None:
    """Counted as the new version counts, from when the stage was entered."""
    sleeping(desk, rung=False)
    install(desk, letters(MAPPED))
    [told] = move(desk).cases
    assert told.timers == {"moved": ["sleepy 2026-09-21"]}
    desk.town.wait(days=9)
    assert titles(desk) == []
    desk.town.wait(days=2)
    assert titles(desk) == ["A letter sleeps, still"]


def test_a_timer_that_would_go_off_at_once_is_told(desk: Desk) -> None:
    """Counted anew its time is over already: the table says so before anybody is told."""
    sleeping(desk, rung=False)
    desk.town.clock.instant += timedelta(days=15)
    install(desk, letters(MAPPED))
    [told] = move(desk, dry_run=True).cases
    assert told.timers == {"overdue": ["sleepy 2026-09-21"]}
