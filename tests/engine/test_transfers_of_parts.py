"""A child moves that is part of something, or about whom a case goes on whose program is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine import outing, trips
from tests.engine.conftest import TOWNSHIP, Town
from tests.engine.test_gone import with_programs
from tests.engine.test_transfers import HERE_ALL, THERE, THERE_ALL, became, move, opened, program
from workflow_core.errors import Conflict
from workflow_core.records import children, merging
from workflow_core.store import transfers


def test_a_part_stays_with_a_whole_that_is_the_townships(town_of: Callable[..., Town]) -> None:
    """The child's seat in the old township's trip is told as one that stays, with the trip's reference."""
    town = town_of(trips.PROGRAM)
    kid = town.child()
    trip = town.engine.open(town.teacher, "trips.trip", TOWNSHIP, {}).ref
    seat = town.engine.open(town.teacher, "trips.seat", kid, {"school": "north"}, whole=trip).ref
    (fate,) = move(town, kid).cases
    assert (fate.ref, fate.became) == (seat, "stayed")
    assert trip in fate.reasons[0]
    assert [row.division for row in town.engine.cases(HERE_ALL, whole=trip)] == [TOWNSHIP]


def test_a_part_goes_along_with_a_whole_about_the_same_child(town_of: Callable[..., Town]) -> None:
    """Both are the new township's, and still belong together."""
    town = town_of(outing.PROGRAM)
    kid = town.child()
    whole = town.engine.open(town.teacher, "outings.outing", kid, {}).ref
    part = town.engine.open(town.teacher, "outings.guest", kid, {}, whole=whole).ref
    assert became(move(town, kid).cases) == {whole: "went", part: "went"}
    assert [row.ref for row in town.engine.cases(THERE_ALL, whole=whole)] == [part]


def test_a_case_whose_program_is_gone_stays_and_keeps_no_child_from_moving(town_of: Callable[..., Town]) -> None:
    """Its history tells that the child moved, though nothing of its program could run."""
    town = town_of(program("lost"), program("along"))
    kid = town.child()
    lost, along = opened(town, kid, "lost", "along")
    with_programs(town, program("along"))
    done = move(town, kid)
    assert became(done.cases) == {along: "went", lost: "stayed"}
    assert town.kinds(lost) == ["opened", "kept_at_transfer"]
    with_programs(town, program("lost"), program("along"))
    assert {row.case for row in town.inbox(HERE_ALL)} == {lost}


def test_a_transfer_of_a_file_that_was_merged_moves_the_one_that_is_left(town_of: Callable[..., Town]) -> None:
    """The offer follows into the file that the other went into."""
    town = town_of(program("along"))
    doubled, kid = town.child(), town.child()
    offered = town.engine.offer_transfer(HERE_ALL, doubled, THERE, "the family moves")
    with town.db.write() as tx:
        merging.merge(tx, "me", town.clock.instant, doubled, kid, reason="one child")
    town.engine.accept_transfer(THERE_ALL, offered.ref)
    with town.db.read() as tx:
        assert (children.get(tx, doubled).ref, children.get(tx, kid).division) == (kid, THERE)


def test_an_acceptance_that_met_a_change_is_tried_again(town_of: Callable[..., Town], monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice somebody was just writing to the file; the third time it is done, whole and once."""
    town = town_of(program("along"))
    kid = town.child()
    (case,) = opened(town, kid, "along")
    offered = town.engine.offer_transfer(HERE_ALL, kid, THERE, "the family moves")
    hold, met = transfers.hold_person, []

    def busy(tx: object, person_id: str) -> str:
        met.append(person_id)
        if len(met) < 3:
            raise Conflict("file_changed", "a file was changed by somebody else in the meantime")
        return hold(tx, person_id)  # type: ignore[arg-type]

    monkeypatch.setattr(transfers, "hold_person", busy)
    assert became(town.engine.accept_transfer(THERE_ALL, offered.ref).cases) == {case: "went"}
    assert len(met) == 3
