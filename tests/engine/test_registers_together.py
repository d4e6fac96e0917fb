"""Registers on sheets, and by several at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any, TypeAlias

import pytest

from tests.engine.conftest import Town
from tests.engine.outing import PROGRAM
from tests.engine.outing_help import guest_of, leave
from workflow_core import Change, hookimpl

ROOT = Path(__file__).parents[2]
Desks: TypeAlias = Callable[..., list[dict[str, Any]]]


class Slow:
    """A plugin that is asked between the reading and the writing of a case."""

    def __init__(self) -> None:
        self.does: Callable[[], object] | None = None

    @hookimpl
    def careflow_veto(self, change: Change) -> None:
        does, self.does = self.does, None
        if does is not None:
            thread = Thread(target=does)
            thread.start()
            thread.join()


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    return town_of(PROGRAM)


@pytest.fixture
def outing(town: Town) -> str:
    """An outing under way."""
    return town.engine.open(town.teacher, "outings.outing", town.child(), {}).ref


@pytest.fixture
def guest(town: Town, outing: str) -> str:
    """A guest of it."""
    return guest_of(town, outing)


def test_a_sheet_keeps_its_good_rows(town: Town, outing: str, guest: str, tmp_path: Path) -> None:
    """Each refused one is told with all that is wrong; fed in again, nothing is entered twice."""
    sheet, refused = tmp_path / "kit.csv", tmp_path / "refused.xlsx"
    sheet.write_text(f"Guest,Item,Size,Colour\n{guest},shirt,S,red\nGU-26-99999,shirt,,\n{guest},cap,,\n{guest},shirt,L,\n{guest},,,\n", encoding="utf-8")
    tried = town.engine.enter_sheet(town.teacher, outing, "kit", sheet, dry_run=True)
    assert (tried.rows, tried.entered, tried.rejected) == (5, 2, 3)
    assert town.engine.entries(town.teacher, outing, "kit").entries == ()
    report = town.engine.enter_sheet(town.teacher, outing, "kit", sheet, problems=refused)
    assert (report.rows, report.entered, report.rejected, report.numbers) == (5, 2, 3, [1, 2])
    assert [(one.row, one.code) for one in report.problems] == [(3, "case_not_here"), (5, "entry_open"), (6, "required_missing")]
    assert report.unknown == {"kit": ("Colour",)}
    assert refused.exists()
    again = town.engine.enter_sheet(town.teacher, outing, "kit", sheet)
    assert (again.entered, again.unchanged, again.rejected) == (0, 2, 3)
    assert [one["n"] for one in town.engine.entries(town.teacher, outing, "kit").entries] == [1, 2]


def test_a_sheet_of_returns_closes_what_stands_open(town: Town, outing: str, tmp_path: Path) -> None:
    """By whom it names; also what a row above has opened; what follows is done for each."""
    guests = [guest_of(town, outing) for _ in range(3)]
    for one in guests[:2]:
        leave(town, outing, one)
    town.clock.instant += timedelta(minutes=30)
    sheet = tmp_path / "back.csv"
    lines = [f"{one},2026-09-01 09:10,,," for one in guests[:2]]
    lines += [f"{guests[2]},,an uncle,2026-09-01 09:05,2026-09-01 10:00", f"{guests[2]},2026-09-01 09:20,,,"]
    sheet.write_text("营员,Back at,With whom,Left at,Back by\n" + "\n".join(lines) + "\n", encoding="utf-8")
    report = town.engine.enter_sheet(town.teacher, outing, "out", sheet)
    assert (report.entered, report.closed, report.rejected) == (1, 3, 0), report.problems
    assert town.engine.entries(town.teacher, outing, "out", open_only=True).entries == ()
    assert town.engine.show(town.teacher, outing).record["away"] == 3
    assert town.engine.enter_sheet(town.teacher, outing, "out", sheet).unchanged == 4


def test_three_who_enter_at_once_never_clash(town: Town, outing: str, desks: Desks) -> None:
    """Each in a process of its own, while a fourth changes the case: nobody is refused, and the chain is whole."""
    each = [{"verb": "enter", "given": [outing, "calls", {"group": n, "present": 3}]} for n in range(1, 7)]
    said = desks("enter", [*each, {"verb": "note", "given": [outing, "meanwhile"]}], pause="before")
    assert [one.get("code") for one in said] == [None] * 7
    shown = town.engine.entries(town.teacher, outing, "calls").entries
    assert [one["n"] for one in shown] == [1, 2, 3, 4, 5, 6]
    assert {one["row"]["group"] for one in shown} == {1, 2, 3, 4, 5, 6}


def test_an_entry_meets_a_change_that_has_read_the_case_before(town_of: Callable[..., Town]) -> None:
    """Both are kept: an entry does not raise the version."""
    slow = Slow()
    town = town_of(PROGRAM, plugins=[slow])
    outing = town.engine.open(town.teacher, "outings.outing", town.child(), {}).ref
    slow.does = lambda: town.engine.enter(town.teacher, outing, "calls", {"group": 1, "present": 3})
    town.advance(outing, "end")
    assert town.stage(outing) == "over"
    assert len(town.engine.entries(town.teacher, outing, "calls").entries) == 1


def test_of_eight_who_hand_out_the_same_shirt_one_does(town: Town, outing: str, guest: str, desks: Desks) -> None:
    """The others are told that it is handed out."""
    given = {"guest": guest, "item": "shirt"}
    said = desks("enter", [{"verb": "enter", "given": [outing, "kit", given]}] * 8)
    assert sorted(one.get("code", "") for one in said) == ["", *["entry_open"] * 7]
