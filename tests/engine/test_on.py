"""Effects on other cases: they leave with the commit, arrive once, and what is refused is seen by somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.engine.conftest import TOWNSHIP, Town
from tests.engine.trips import PROGRAM
from workflow_core.engine import letters
from workflow_core.errors import Refused
from workflow_core.store import outbox
from workflow_core.store.tables import outbox as box


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    return town_of(PROGRAM)


def trip(town: Town, n: int = 0, **record: Any) -> tuple[str, list[str]]:
    """A trip that goes, with children who have their seats."""
    whole = town.engine.open(town.teacher, "trips.trip", TOWNSHIP, {"seats": 9, **record}).ref
    refs = [town.engine.open(town.teacher, "trips.seat", town.child(), {"school": f"school {one}"}, whole=whole).ref for one in range(n)]
    for ref in refs:
        town.advance(ref, "sit")
    town.wait()
    return whole, refs


def waiting(town: Town) -> list[str]:
    """What is still to be carried out."""
    with town.db.read() as tx:
        return [row["id"] for row in tx.rows(select(box.c.id).where(box.c.kind == "effect", box.c.state == "waiting"))]


def told(town: Town, ref: str) -> list[dict[str, Any]]:
    """What other cases have done to one."""
    return [one for one in town.events(ref) if one["kind"] == "told"]


def test_a_part_acts_on_its_whole(town: Town) -> None:
    """A reference to the part's own record is read at the part, and the whole's history names where it came from."""
    whole, (ref,) = trip(town, 1)
    assert town.engine.show(town.teacher, whole).record["last"] == "school 0"
    assert [one["says"]["sender"] for one in told(town, whole)] == [ref]


def test_a_whole_acts_on_its_parts_with_what_was_typed(town: Town) -> None:
    """Each part gets the words of the form, and the transition; the others are left alone."""
    whole, refs = trip(town, 3)
    town.advance(refs[2], "stand")
    town.engine.edit(town.teacher, refs[2], {"school": "none"}, "typed wrong")
    town.wait()
    town.advance(whole, "recall", why="rain")
    assert [town.stage(ref) for ref in refs] == ["home", "home", "asked"]
    assert [town.engine.show(town.teacher, ref).record["told"] for ref in refs] == ["rain", "rain", ""]
    assert waiting(town) == []


def test_a_form_names_the_cases(town: Town) -> None:
    """Those whom a roll call names are told, each once."""
    whole, refs = trip(town, 3)
    town.do(f"{whole}.call", absent=refs[:2], said="where are you")
    assert [town.engine.show(town.teacher, ref).record["told"] for ref in refs] == ["where are you", "where are you", ""]


def test_what_is_refused_is_listed_and_lies_on_a_desk(town: Town) -> None:
    """The one case that cannot be called home says why at the trip; the others went; one task for the supervisor, however many refused."""
    whole, refs = trip(town, 3)
    for ref in refs[:2]:
        town.engine.edit(town.teacher, ref, {"rough": True}, "snow")
    town.advance(whole, "recall", why="rain")
    assert [town.stage(ref) for ref in refs] == ["seated", "seated", "home"]
    listed = [one["says"] for one in town.events(whole) if one["kind"] == "refused_elsewhere"]
    assert [one["case"] for one in listed] == refs[:2]
    assert all(one["code"] == "not_fired" and one["reasons"][0]["values"]["reasons"] == ["the way is rough"] for one in listed)
    assert town.engine.show(town.teacher, refs[0]).record["told"] == "", "all of what was to be done there, or nothing"
    (row,) = [one for one in town.inbox(town.supervisor) if one.case == whole]
    assert row.title == letters.REFUSED
    town.engine.do_task(town.supervisor, row.ref)
    assert waiting(town) == []


def test_a_refusal_is_seen_although_the_sender_is_closed(town: Town) -> None:
    """The guide has gone to rest; what a ward could not take is still somebody's task, and can be done there."""
    guide = town.engine.open(town.teacher, "trips.guided", None, {}, division=TOWNSHIP).ref
    ward = town.engine.open(town.teacher, "trips.ward", town.child(), {}, parties={"guide": guide}).ref
    town.engine.suspend(town.supervisor, ward, "ill")
    town.advance(guide, "rest", why="tired")
    assert (town.stage(guide), town.stage(ward)) == ("resting", "with")
    (row,) = [one for one in town.inbox(town.supervisor) if one.case == guide]
    town.engine.do_task(town.supervisor, row.ref)
    assert town.inbox(town.supervisor) == []


def test_a_process_that_dies_between_commit_and_delivery_loses_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock carries out what was left, and once."""
    whole, refs = trip(town, 2)
    with monkeypatch.context() as patch:
        patch.setattr(letters, "deliver_on", lambda runtime, ids: 0)
        town.advance(whole, "recall", why="rain")
    assert [town.stage(ref) for ref in refs] == ["seated", "seated"]
    assert len(waiting(town)) == 2
    town.wait()
    town.wait()
    assert [town.stage(ref) for ref in refs] == ["home", "home"]
    assert [len(told(town, ref)) for ref in refs] == [1, 1]


def test_a_letter_that_comes_twice_is_carried_out_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two machines take the same letter: the second finds it done."""
    whole, refs = trip(town, 1)
    with monkeypatch.context() as patch:
        patch.setattr(letters, "deliver_on", lambda runtime, ids: 0)
        town.advance(whole, "recall", why="rain")
    ids = waiting(town)
    assert letters.deliver_on(town.engine.runtime, ids) == 1
    assert letters.deliver_on(town.engine.runtime, ids) == 0
    assert len(told(town, refs[0])) == 1


def test_a_letter_cut_off_in_its_middle_leaves_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The case is changed and the letter marked in one transaction: where that fails, neither is."""
    whole, refs = trip(town, 1)

    class Died(BaseException):
        pass

    def die(*args: Any, **how: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(town.engine.runtime, "ask_vetoes", lambda work: die() if work.workflow.name == "seat" else None)
        with pytest.raises(Died):
            town.advance(whole, "recall", why="rain")
    assert town.stage(refs[0]) == "seated"
    assert len(waiting(town)) == 1
    town.wait()
    assert town.stage(refs[0]) == "home"


def test_what_cannot_be_tried_ends_among_the_dead_letters(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that has lost the effect cannot carry it out: it is tried again and again, and then shown."""
    whole, _ = trip(town, 1)
    with monkeypatch.context() as patch:
        patch.setattr(letters, "deliver_on", lambda runtime, ids: 0)
        town.advance(whole, "recall", why="rain")
        patch.setattr(letters, "effects_of", lambda *args: 1 / 0)
        for _ in range(outbox.MOST_ATTEMPTS):
            town.wait(days=1)
    with town.db.read() as tx:
        (dead,) = outbox.dead(tx)
    assert (dead.last_error, dead.payload["case"]) == ("ZeroDivisionError", whole)
    with town.db.write() as tx:
        assert outbox.revive(tx, dead.id, town.clock.now())
    town.wait()
    assert waiting(town) == []


def test_a_party_is_told_by_the_case_that_is_it(town: Town) -> None:
    """The guide rests: each ward loses it, with the reason that was typed, and wards of others keep theirs."""
    guides = [town.engine.open(town.teacher, "trips.guided", None, {"able": 2}, division=TOWNSHIP).ref for _ in range(2)]
    wards = [town.engine.open(town.teacher, "trips.ward", town.child(), {}, parties={"guide": guides[n % 2]}).ref for n in range(3)]
    town.advance(guides[0], "rest", why="tired")
    assert [town.stage(ref) for ref in wards] == ["without", "with", "without"]
    taken = [one for one in town.events(wards[0]) if one["transition"] == "lose"]
    assert [one["says"]["given"] for one in taken] == [{"why": "tired"}]


def test_a_party_has_so_many_places_and_a_family_takes_one(town: Town) -> None:
    """Two families for a guide of two; the third is refused; a family's place is free when the last of it has gone."""
    guide = town.engine.open(town.teacher, "trips.guided", None, {"able": 2}, division=TOWNSHIP).ref

    def ward(family: str) -> str:
        return town.engine.open(town.teacher, "trips.ward", town.child(), {"family": family}, parties={"guide": guide}).ref

    first, second = ward("li"), ward("li")
    ward("wang")
    with pytest.raises(Refused, match="no hand free"):
        ward("zhao")
    town.advance(first, "part")
    with pytest.raises(Refused, match="no hand free"):
        ward("zhao")
    town.advance(second, "part")
    ward("zhao")


def test_a_case_that_is_a_party_is_looked_at_when_the_other_moves(town: Town) -> None:
    """A guide that waits for the last of its wards to go rests by itself then."""
    guide = town.engine.open(town.teacher, "trips.guided", None, {"able": 2}, division=TOWNSHIP).ref
    ward = town.engine.open(town.teacher, "trips.ward", town.child(), {}, parties={"guide": guide}).ref
    town.engine.edit(town.teacher, guide, {"resting": True}, "wants to stop")
    town.wait()
    assert town.stage(guide) == "free"
    town.advance(ward, "part")
    town.wait()
    assert town.stage(guide) == "resting"


def test_whom_a_case_is_about_may_be_a_party_of_others(town: Town) -> None:
    """The case of a child reaches those in which the child is a party; what is set with a transition is of the sender, and the step says both."""
    friend = town.child()
    ward, other = (town.engine.open(town.teacher, "trips.ward", town.child(), {"family": "li"}, parties=tied).ref for tied in ({"friend": friend}, {}))
    seat = town.engine.open(town.teacher, "trips.seat", friend, {"school": "north"}).ref
    town.advance(seat, "wave")
    assert [town.engine.show(town.teacher, ref).record["family"] for ref in (ward, other)] == ["north", "li"]
    (changed,) = [one for one in town.events(ward) if one["transition"] == "change"]
    assert changed["says"]["after"] == {"family": "north"}
    (party,) = town.engine.show(town.teacher, ward).as_dict()["parties"]
    assert (party["party"], party["ref"], party["name"]) == ("friend", friend, "张*")
