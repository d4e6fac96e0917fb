"""Wholes and parts on their way to a new version: none of them counts or reads what it does not know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.conftest import TOWNSHIP, Town, actor
from tests.engine.rounds import rounds
from workflow_core import Program
from workflow_core.engine import Engine
from workflow_core.engine.upgrade_undo import undo
from workflow_core.engine.upgrading import Upgraded, upgrade
from workflow_core.errors import Refused
from workflow_core.registry import Registry

ADMIN = actor("boss", "admin", scope="")
WHOLE, PARTS = "RD-26-00001", ("CK-26-00001", "CK-26-00002", "CK-26-00003")


def with_programs(town: Town, *programs: Program[object]) -> Town:
    """The same office, after somebody installed other programs."""
    runtime = town.engine.runtime
    town.engine = Engine(town.db, Registry.of(*programs), town.clock, training=False, papers=Path(runtime.papers))
    return town


def move(town: Town, **how: object) -> Upgraded:
    return upgrade(town.engine.runtime, ADMIN, "rounds", **how)  # type: ignore[arg-type]


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    """A round of version 1 with three parts, one of them closed."""
    town = town_of(rounds(1))
    assert town.engine.open(town.teacher, "rounds.round", TOWNSHIP, {"ends_on": "2026-09-30"}, division=TOWNSHIP).ref == WHOLE
    for _ in PARTS:
        town.engine.open(town.teacher, "rounds.check", town.child(), {}, whole=WHOLE)
    town.advance(PARTS[2], "end")
    return with_programs(town, rounds(2))


def test_parts_and_whole_move_together_with_the_closed_parts(town: Town) -> None:
    """Closed parts of an open whole too, since it counts them; a part whose date hangs on the whole keeps it."""
    assert town.due(PARTS[0], "look") == "2026-09-27"
    told = move(town, dry_run=True)
    assert (told.done, told.left) == (4, 0)
    told = move(town)
    assert [one.ref for one in told.cases] == [*PARTS, WHOLE]
    assert [town.stage(ref) for ref in (*PARTS, WHOLE)] == ["wanted2", "wanted2", "done2", "running2"]
    assert town.due(PARTS[0], "look") == "2026-09-27"
    town.verify()


def test_the_whole_goes_on_by_itself_under_the_new_version(town: Town) -> None:
    """It waits while a part is open, and is over with the last."""
    move(town)
    town.engine.tick()
    assert town.stage(WHOLE) == "running2"
    for ref in PARTS[:2]:
        town.advance(ref, "end")
    town.engine.tick()
    assert town.stage(WHOLE) == "over"
    town.verify()


def test_a_whole_that_waits_does_not_miscount(town: Town) -> None:
    """The clock leaves whole and parts as they are, whatever it would count."""
    town.wait(days=3, tick=False)
    before = [town.kinds(ref) for ref in (WHOLE, *PARTS)]
    town.clock.instant += timedelta(days=40)
    town.engine.tick()
    assert [town.kinds(ref) for ref in (WHOLE, *PARTS)] == before
    assert town.stage(WHOLE) == "running1"


def test_parts_without_a_place_hold_their_whole_back(town: Town) -> None:
    """Told in the trial as it then is; nobody has moved."""
    with_programs(town, rounds(2, parts_too=False))
    for dry_run in (True, False):
        told = move(town, dry_run=dry_run)
        assert told.done == 0
        assert [one.problem["code"] for one in told.cases if one.problem] == ["upgrade_unsound"] * 3 + ["parts_first"]
    assert town.stage(WHOLE) == "running1"


def test_a_part_that_moved_alone_reads_nothing_of_a_whole_that_waits(town: Town) -> None:
    """What would ask the whole fails; nothing is guessed."""
    assert move(town, case=PARTS[0]).done == 1
    with pytest.raises(Refused) as error:
        town.advance(PARTS[0], "find")
    assert error.value.code == "neighbour_not_moved"
    assert town.stage(PARTS[0]) == "wanted2"
    assert move(town).done == 3
    assert town.advance(PARTS[0], "find").stage == "found2"


def test_all_of_them_are_taken_back(town: Town) -> None:
    """Version 1 goes on where it was."""
    move(town)
    assert undo(town.engine.runtime, ADMIN, "rounds").done == 4
    with_programs(town, rounds(1))
    for ref in PARTS[:2]:
        town.advance(ref, "end")
    town.engine.tick()
    assert town.stage(WHOLE) == "over"
    town.verify()


def test_a_whole_stays_where_a_part_has_moved_on(town: Town) -> None:
    """With all its parts: none of them is left reading stages of another version; the trial says the same."""
    move(town)
    town.advance(PARTS[0], "find")
    for dry_run in (True, False):
        told = undo(town.engine.runtime, ADMIN, "rounds", dry_run=dry_run)
        assert {one.ref: one.problem["code"] for one in told.cases if one.problem} == {
            WHOLE: "parts_moved_on",
            PARTS[1]: "whole_stays",
            PARTS[2]: "whole_stays",
        }
        assert told.done == 0
    assert [town.stage(ref) for ref in (WHOLE, *PARTS)] == ["running2", "found2", "wanted2", "done2"]


@pytest.mark.parametrize(("ref", "code"), [(WHOLE, "parts_moved_on"), (PARTS[1], "whole_stays")])
def test_neither_is_taken_back_alone(town: Town, ref: str, code: str) -> None:
    """A whole and its parts are one in this."""
    move(town)
    for dry_run in (True, False):
        [told] = undo(town.engine.runtime, ADMIN, "rounds", case=ref, dry_run=dry_run).cases
        assert told.problem is not None
        assert told.problem["code"] == code
    assert town.stage(ref).endswith("2")


def test_a_part_that_moved_alone_is_taken_back_alone(town: Town) -> None:
    """Its whole has never left the older version."""
    move(town, case=PARTS[0])
    assert undo(town.engine.runtime, ADMIN, "rounds", case=PARTS[0]).done == 1


def test_the_trial_of_a_whole_alone_says_what_the_command_says(town: Town) -> None:
    """Its parts have to move first; not where they move in the same run."""
    for dry_run in (True, False):
        [told] = move(town, case=WHOLE, dry_run=dry_run).cases
        assert told.problem is not None
        assert told.problem["code"] == "parts_first"
    assert move(town, dry_run=True).done == 4
