"""Places that are counted while a program is being upgraded and a limit has another name: none is given twice, and every case keeps its own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import Town
from tests.engine.test_upgrade import ADMIN, MakeTown, code_of, with_programs
from workflow_core import CHILD, SCHOOL, Limit, Program, Stage, Transition, Upgrade, Workflow, ask, form
from workflow_core.checks import check
from workflow_core.engine.upgrade_undo import undo
from workflow_core.engine.upgrading import Upgraded, upgrade


@form
class Rules:
    """Nothing to set."""

    days: int = ask("Days", default=1)


@form
class Seat:
    """A record."""

    title: str = ask("Title")
    house: str = ask("House", default="")


A, END = Stage("a", "A"), Stage("end", "End", final=True)
GO = Transition("go", "Go", source=A, target=END, by=SCHOOL)


def seats(version: int, *, size: int = 2, mapped: bool = True, dropped: bool = False) -> Program[Any]:
    """Two seats a township, called places in version 2."""
    limit = Limit("seats" if version == 1 else "places", "it is full", size=size, per="division", held_in=[A])
    flow = Workflow(
        "small" if version == 1 else "little", "Small", prefix="SM", subject=CHILD, record=Seat, policy=Rules, initial=A, stages=[A, END], transitions=[GO],
        limits=[] if dropped else [limit], open_by=[SCHOOL],
    )  # fmt: skip
    up = Upgrade(flow, since=1, was="small", limits={"seats": None if dropped else limit} if mapped else {})
    return Program("seats", "Seats", version=version, policy=Rules, workflows=[flow], upgrades=[up] if version == 2 else ())


def move(town: Town, **how: Any) -> Upgraded:
    return upgrade(town.engine.runtime, ADMIN, "seats", **how)


def opened(town: Town, child: str | None = None, *, workflow: str = "little") -> str:
    return town.engine.open(town.teacher, f"seats.{workflow}", child or town.child(), {"title": "a seat"}).ref


@pytest.fixture
def full(town_of: MakeTown) -> Town:
    """Both seats are taken under version 1; version 2 is installed."""
    town = town_of(seats(1))
    for _ in range(2):
        opened(town, workflow="small")
    return with_programs(town, seats(2))


def test_no_place_is_given_twice_while_cases_wait(full: Town) -> None:
    """Those that wait hold theirs under the older name; half-way, and when all have moved, there are as many as ever."""
    assert code_of(lambda: opened(full)) == "limit_full"
    assert move(full, case="SM-26-00001").done == 1
    assert code_of(lambda: opened(full)) == "limit_full"
    assert (move(full, dry_run=True).done, move(full).done) == (1, 1)
    assert code_of(lambda: opened(full)) == "limit_full"
    full.advance("SM-26-00001", "go")
    assert full.stage(opened(full)) == "a"


def test_a_case_keeps_its_place_where_there_are_fewer_now(full: Town) -> None:
    """As it does when a limit of the same name is lowered."""
    with_programs(full, seats(2, size=1))
    assert (move(full, dry_run=True).done, move(full).done) == (2, 2)
    full.advance("SM-26-00001", "go")
    assert code_of(lambda: opened(full)) == "limit_full"
    assert undo(full.engine.runtime, ADMIN, "seats").done == 1


def test_nobody_gets_a_second_case_while_the_first_waits(full: Town) -> None:
    """One open case for each child, whatever its workflow is called by now."""
    assert code_of(lambda: opened(full, "C-000001")) == "already_open"


def test_a_limit_that_the_map_leaves_out_is_told(full: Town) -> None:
    """It holds places, and nobody would know what becomes of them; dropped on purpose it is dropped."""
    lost = seats(2, mapped=False)
    kept = Program("seats", "Seats", version=2, policy=Rules, workflows=lost.workflows, previous=[seats(1)], upgrades=lost.upgrades)
    assert {one.code for one in check(kept) if one.severity == "error"} == {"upgrade_no_place"}
    with_programs(full, seats(2, mapped=False))
    assert {one.problem["code"] for one in move(full).cases if one.problem} == {"upgrade_unsound"}
    with_programs(full, seats(2, dropped=True))
    assert move(full).done == 2
    assert full.stage(opened(full)) == "a"
