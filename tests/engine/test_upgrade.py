"""Open cases taken to a new version of their program, and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.engine.conftest import Town, actor
from tests.engine.lent import BRING, CHECK, LOAN, LOOKED_AFTER, OVERDUE, READING, TALK, UPGRADE, V1, V2, WISHED
from workflow_core import SUPERVISOR, Program, Upgrade
from workflow_core.checks import check
from workflow_core.engine import Engine, upgrade_case, upgrading
from workflow_core.engine.closing import close
from workflow_core.engine.upgrade_undo import undo
from workflow_core.engine.upgrading import Upgraded, upgrade
from workflow_core.errors import CareError, NotPermitted, Refused
from workflow_core.registry import Registry
from workflow_core.store.tables import case, hold

MakeTown = Callable[..., Town]
ADMIN = actor("boss", "admin", scope="")


def with_programs(town: Town, *programs: Program[Any]) -> Town:
    """The same office, after somebody installed other programs."""
    runtime = town.engine.runtime
    town.engine = Engine(town.db, Registry.of(*programs), town.clock, training=False, papers=Path(runtime.papers))
    return town


def move(town: Town, **how: Any) -> Upgraded:
    return upgrade(town.engine.runtime, ADMIN, "books", **how)


def back(town: Town, **how: Any) -> Upgraded:
    return undo(town.engine.runtime, ADMIN, "books", **how)


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(CareError) as error:
        action()
    return error.value.code


def content(town: Town) -> list[dict[str, Any]]:
    """All that the cases' own rows say."""
    with town.db.read() as tx:
        return [dict(row) for row in tx.rows(select(case).order_by(case.c.ref))]


@pytest.fixture
def old(town_of: MakeTown) -> Town:
    """An office with a case in each stage of version 1; one book is torn, one case is closed."""
    town = town_of(V1)
    refs = [town.start("books") for _ in range(5)]
    for ref in refs[1:4]:
        town.advance(ref, "give")
    town.engine.edit(town.teacher, refs[2], {"wear": "TORN", "lent_on": "2026-09-01"}, "it is")
    town.engine.advance(town.supervisor, refs[3], "remind")
    town.advance(refs[4], "return")
    return town


@pytest.fixture
def town(old: Town) -> Town:
    """The same, with version 2 installed."""
    old.clock.instant += timedelta(days=2)
    return with_programs(old, V2)


ASKED, FINE, TORN, LATE, CLOSED = (f"LB-26-0000{n}" for n in range(1, 6))


def test_both_versions_are_sound() -> None:
    """What is tried here is a program that may be enabled."""
    assert [check(one) for one in (V1, V2)] == [[], []]


# ------------------------------------------------------------------ before


def test_a_case_that_waits_can_be_read_and_seen(town: Town) -> None:
    """In the words of its own version; it stands in lists and on desks."""
    shown = town.engine.show(town.teacher, FINE)
    assert (shown.row.stage_title, shown.titles.tasks["peek"], shown.readable_only) == ("Lent", "Look at it", True)
    assert {row.case for row in town.inbox(town.teacher)} == {ASKED, FINE, TORN}
    assert [row.stage_title for row in town.engine.cases(town.teacher, open_only=True)] == ["Asked for", "Lent", "Lent", "Late"]


def test_nothing_is_done_with_a_case_that_waits(town: Town) -> None:
    """It says which version it runs on, and what an admin does."""
    with pytest.raises(Refused) as error:
        town.advance(FINE, "return")
    assert error.value.code == "upgrade_needed"
    assert "care program upgrade books" in error.value.advice()


def test_the_clock_leaves_it_and_goes_on(town: Town) -> None:
    """Told, not touched; a new case beside it has its turn."""
    town.clock.instant += timedelta(days=40)
    before = content(town)
    new = town.start("books")
    town.clock.instant += timedelta(days=26)
    report = town.engine.tick()
    [told] = report.problems
    assert (told["case"], told["code"]) == (ASKED, "upgrade_needed")
    assert "4 cases of books are due" in told["message"]
    assert content(town)[:5] == before
    assert town.stage(new) == "back"


# ------------------------------------------------------------------ dry run


def test_a_dry_run_says_what_would_become_of_each(town: Town) -> None:
    """Stage, tasks, timers, record; and nothing is written."""
    untouched = content(town)
    told = move(town, dry_run=True)
    assert content(town) == untouched
    goes = [("late", "overdue"), ("out", "looked_after"), ("out", "reading"), ("waiting", "wished")]
    assert told.counts() == [("loan", before, after, 1) for before, after in goes]
    cases = {one.ref: one for one in told.cases}
    assert cases[ASKED].tasks == {"renamed": ["fetch → bring"], "dropped": ["stamp"]}
    assert cases[ASKED].timers == {"moved": ["asked 2026-09-26"]}
    assert cases[TORN].tasks == {"renamed": ["peek → check"], "opened": ["tell"]}
    assert cases[LATE].tasks == {"kept": ["call"]}
    assert cases[LATE].timers == {"set": ["still 2026-10-01"]}
    assert cases[TORN].record == ("wear", "torn", "shelf")
    assert json.loads(json.dumps(told.as_dict()))["done"] == 4


def test_a_dry_run_says_what_has_no_place(town: Town) -> None:
    """What the map lacks, for each case; the rest is told all the same."""
    lacking = Program("books", "Books", version=2, policy=V2.policy, workflows=V2.workflows, upgrades=[Upgrade(LOAN, since=1, was="lent")])
    told = move(with_programs(town, lacking), dry_run=True)
    assert (told.done, told.left) == (0, 4)
    assert {one.code for _, one in told.findings} == {"upgrade_no_place"}
    problem = told.cases[0].problem
    assert problem is not None
    assert problem["code"] == "upgrade_unsound"
    assert any("stamp" in reason for reason in problem["reasons"])


# ------------------------------------------------------------------ moving


def test_cases_are_what_the_new_version_says(town: Town) -> None:
    """Stages, tasks, who may do them, timers, the record and the places; closed ones stay as they are."""
    assert (move(town).done, move(town).done) == (4, 0)
    assert [town.stage(ref) for ref in (ASKED, FINE, TORN, LATE)] == ["wished", "reading", "looked_after", "overdue"]
    assert [sorted(town.tasks(ref)) for ref in (ASKED, FINE, TORN, LATE)] == [["bring"], ["check"], ["check", "tell"], ["call"]]
    assert town.engine.show(town.teacher, TORN).record == {"title": "a matter", "torn": True, "lent_on": "2026-09-01", "shelf": "A"}
    assert {row.ref.split(".")[0] for row in town.inbox(town.supervisor) if row.name == "check"} == {FINE, TORN}
    with town.db.read() as tx:
        places = [(row.limit_name, row.used) for row in tx.rows(select(hold).order_by(hold.c.limit_name)) if row.used]
    assert places == [*([("open:loan", 1)] * 4), ("shelves", 3)]
    town.verify()


def test_stays_go_on(town: Town) -> None:
    """What was done under the old version counts, a week is the week it was, and a timer counts from when the stage was entered."""
    before = town.due(FINE, "peek")
    move(town)
    assert town.due(FINE, "check") == before
    timers = {one["timer"]: one["due"][:10] for one in town.engine.show(town.teacher, FINE).timers}
    assert timers == {"long": "2026-10-26"}
    town.wait(days=6)
    assert town.states(FINE, "check") == ["missed", "open"]


def test_it_goes_on_as_a_case_of_the_new_version(town: Town) -> None:
    """Tasks are done, transitions taken, time passes, as if it had always been one."""
    move(town)
    (row,) = town.rows(TORN, "check")
    town.do(row["ref"], on="2026-09-03", wear="NEW")
    town.engine.advance(town.supervisor, TORN, "remind")
    town.wait(days=40)
    assert town.stage(TORN) == "overdue"
    assert town.stage(ASKED) == "back"
    town.verify()


def test_it_is_an_event_that_tells(town: Town) -> None:
    """Which version, from where to where, the record before and after; older events keep their words."""
    move(town)
    events, titles = town.engine.history(town.teacher, TORN)
    last = events[-1]
    assert (last["kind"], last["from"], last["to"], last["actor"]) == ("upgraded", "out", "looked_after", "boss")
    assert (last["says"]["version"], last["says"]["was_version"], last["says"]["before"]["wear"]) == (2, 1, "TORN")
    assert (titles.stages["out"], titles.stages["looked_after"], titles.tasks["peek"]) == ("Lent", "With the child, looked after", "Look at it")


def test_a_closed_case_moves_when_it_is_named(town: Town) -> None:
    """Then it can be reopened."""
    assert code_of(lambda: town.engine.reopen(town.teacher, CLOSED, "again")) == "upgrade_needed"
    assert move(town, case=CLOSED).done == 1
    assert town.engine.reopen(town.teacher, CLOSED, "again").stage == "wished"
    town.verify()


def test_a_suspended_case_moves_and_rests(town_of: MakeTown) -> None:
    """It goes on under the new version when it is resumed."""
    town = town_of(V1)
    ref = town.start("books")
    town.engine.suspend(town.supervisor, ref, "moved away")
    with_programs(town, V2)
    assert move(town).done == 1
    town.clock.instant += timedelta(days=3)
    town.engine.resume(town.supervisor, ref)
    assert town.tasks(ref) == ["bring"]
    assert [one["due"][:10] for one in town.engine.show(town.teacher, ref).timers] == ["2026-09-23"]
    town.verify()


def test_one_that_is_refused_stays_as_it_was(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others go; it is listed, and the next run tries it again."""
    real = upgrade_case.move

    def once(tx: Any, world: Any, moving: Any, *rest: Any, **named: Any) -> Any:
        if moving.was.ref == TORN:
            raise Refused("limit_full", "the shelves are empty")
        return real(tx, world, moving, *rest, **named)

    monkeypatch.setattr(upgrading, "move", once)
    told = move(town)
    assert (told.done, [one.ref for one in told.cases if one.problem]) == (3, [TORN])
    assert code_of(lambda: town.advance(TORN, "return")) == "upgrade_needed"
    monkeypatch.undo()
    assert [one.ref for one in move(town).cases] == [TORN]
    town.verify()


def test_only_an_administrator_may(town: Town) -> None:
    """Nobody else, not even to look."""
    for who in (town.supervisor, town.teacher):
        with pytest.raises(NotPermitted):
            upgrade(town.engine.runtime, who, "books", dry_run=True)
        with pytest.raises(NotPermitted):
            undo(town.engine.runtime, who, "books")


# ------------------------------------------------------------------ back


def test_taken_back_all_is_as_it_was(town: Town) -> None:
    """Stage, record, tasks, timers, places: version 1 goes on as if nothing had been."""
    before = content(town)
    shown = {ref: town.engine.show(town.teacher, ref) for ref in (ASKED, FINE, TORN, LATE)}
    move(town)
    assert [one.ref for one in back(town).cases] == [ASKED, FINE, TORN, LATE]
    town.verify()
    for was, now in zip(before, content(town), strict=True):
        assert {**now, "version": 0} == {**was, "version": 0}
    with_programs(town, V1)
    for ref, one in shown.items():
        again = town.engine.show(town.teacher, ref)
        assert [task for task in again.tasks if task["state"] != "undone"] == list(one.tasks)
        assert again.timers == one.timers
    town.wait(days=10)
    assert town.states(FINE, "peek") == ["missed", "open"]
    assert town.advance(FINE, "return").stage == "back"
    town.verify()


def test_there_and_back_and_there_again(town: Town) -> None:
    """The last way counts."""
    move(town)
    back(town)
    assert move(town).done == 4
    town.wait(days=1)
    assert sorted(town.tasks(TORN)) == ["check", "tell"]
    assert town.engine.advance(town.supervisor, TORN, "remind").stage == "overdue"
    town.verify()


def test_a_case_that_has_moved_on_is_not_taken_back(town: Town) -> None:
    """Its next step was taken under the new version."""
    move(town)
    town.advance(FINE, "return")
    assert [one.ref for one in back(town).cases] == [ASKED, TORN, LATE]
    assert code_of(lambda: back(town, case=FINE)) == "moved_on"


def test_a_case_is_taken_back_without_the_new_versions_code(town: Town) -> None:
    """The old one is installed again first, and the cases follow."""
    move(town)
    with_programs(town, V1)
    assert code_of(lambda: town.advance(FINE, "return")) == "upgrade_needed"
    assert move(town).cases[0].problem is not None
    assert back(town).done == 4
    assert town.advance(FINE, "return").stage == "back"
    town.verify()


# ------------------------------------------------------------------ beside


def test_a_claimed_task_goes_back_to_all_who_may_do_it_now(town_of: MakeTown) -> None:
    """Nobody keeps on the desk what only others may do; where the doers are among the new ones, it stays with whoever took it."""
    town = town_of(V1)
    late, fine = town.start("books"), town.start("books")
    for ref in (late, fine):
        town.advance(ref, "give")
    (row,) = town.rows(fine, "peek")
    town.engine.claim_task(town.teacher, row["ref"])
    (other,) = town.rows(late, "peek")
    town.engine.claim_task(town.teacher, other["ref"])
    with_programs(town, V2)
    move(town)
    assert [row.assignee for row in town.inbox(town.teacher) if row.name == "check"] == ["teacher", "teacher"]
    back(town)
    flow = replace(LOAN, tasks={WISHED: [BRING], (READING, LOOKED_AFTER): [others := replace(CHECK, by=SUPERVISOR)], OVERDUE: [TALK]})
    up = Upgrade(flow, since=1, was="lent", stages=UPGRADE.stages, tasks={**UPGRADE.tasks, "peek": others}, limits=UPGRADE.limits, record=UPGRADE.record)
    with_programs(town, Program("books", "Books", version=2, policy=V2.policy, workflows=[flow], upgrades=[up]))
    assert move(town).done == 2
    assert [row.name for row in town.inbox(town.teacher)] == []
    assert [row.assignee for row in town.inbox(town.supervisor) if row.name == "check"] == [None, None]


def test_a_case_that_an_upgrade_has_a_place_for_is_not_closed_past_its_rules(town: Town) -> None:
    """It is moved first, and then closed as its program says."""
    with pytest.raises(Refused) as error:
        close(town.engine.runtime, ADMIN, FINE, "no longer wanted")
    assert error.value.code == "upgrade_waits"
    assert "care program upgrade books --case LB-26-00002" in error.value.advice()
    assert town.stage(FINE) == "out"
