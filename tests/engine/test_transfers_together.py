"""Transfers at once and at random: one answer counts, and every open case is on exactly one township's desk, before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random
from threading import Barrier

import pytest

from tests.engine.conftest import TOWNSHIP, Town
from tests.engine.small import OTHER
from tests.engine.test_transfers import HERE_ALL, HERE_DESK, OUT, THERE, THERE_ALL, THERE_DESK, program
from workflow_core import GOES, PER_DIVISION, SCHOOL, STAYS, Fire, Limit, Task
from workflow_core.engine.expecting import expectations
from workflow_core.errors import CareError, Refused
from workflow_core.records import children, enabling

KEEP = Task("keep", "Keep an eye on it", by=SCHOOL)
ROOM = Limit("room", "There is no room", size=2, per=PER_DIVISION, held_in=[OTHER])
KINDS = {"along": None, "told": GOES, "still": STAYS, "over": Fire(OUT)}


def sound(town: Town) -> None:
    """Each open case waits in one township and no other; each holds the places that its program asks for."""
    here, there = ({row.case for row in town.inbox(who)} for who in (HERE_ALL, THERE_ALL))
    assert not here & there
    cases = {row.ref: row.division for row in town.engine.cases(HERE_ALL, open_only=True)} | {
        row.ref: row.division for row in town.engine.cases(THERE_ALL, open_only=True)
    }
    assert here == {ref for ref, division in cases.items() if division == TOWNSHIP}
    assert there == {ref for ref, division in cases.items() if division == THERE}
    with town.db.read() as tx:
        for one in expectations(town.engine.runtime, tx, town.clock.instant):
            assert (one.error, one.holds) == ("", one.held)


@pytest.mark.parametrize("seed", range(3))
def test_no_case_is_lost_however_children_move(town_of: Callable[..., Town], seed: int) -> None:
    """To and fro, with cases that go, stay and end, with rooms that are full and a program that runs in one township alone."""
    chance = Random(seed)
    town = town_of(*(program(name, moved, both=[KEEP], limits=[ROOM]) for name, moved in KINDS.items()))
    with town.db.write() as tx:
        enabling.disable(tx, "told", THERE, actor=town.admin, now=town.clock.instant)
    kids = [town.child() for _ in range(4)]
    opened: set[str] = set()
    for kid in kids:
        for name in KINDS:
            ref = town.engine.open(town.teacher, name, kid, {"title": "a matter"}).ref
            opened.add(ref)
            what = chance.choice(["go", "stop", "suspend", "", ""])
            if what == "suspend":
                town.engine.suspend(HERE_ALL, ref, "away")
                town.engine.resume(HERE_ALL, ref, "back")
            elif what:
                with suppress(Refused):  # the room is full
                    town.advance(ref, what)
    sound(town)
    for _ in range(8):
        kid = chance.choice(kids)
        with town.db.read() as tx:
            ours = children.get(tx, kid).division == TOWNSHIP
        gives, takes, to = (HERE_DESK, THERE_DESK, THERE) if ours else (THERE_DESK, HERE_DESK, TOWNSHIP)
        offered = town.engine.offer_transfer(gives, kid, to, "the family moves")
        done = town.engine.accept_transfer(takes, offered.ref)
        assert {one.became for one in done.cases} <= {"went", "stayed", "ended"}
        sound(town)
        town.wait(days=1)
    everywhere = {row.ref for who in (HERE_ALL, THERE_ALL) for row in town.engine.cases(who)}
    assert everywhere == opened


def test_of_two_who_answer_at_the_same_moment_one_does(town_of: Callable[..., Town]) -> None:
    """Accepting and refusing, on threads of their own: one of them is told that it was answered."""
    town = town_of(program("along"))
    kid = town.child()
    case = town.engine.open(town.teacher, "along", kid, {"title": "a matter"}).ref
    offered = town.engine.offer_transfer(HERE_DESK, kid, THERE, "the family moves")
    gate = Barrier(4)

    def answer(n: int) -> str:
        gate.wait()
        try:
            if n % 2:
                town.engine.accept_transfer(THERE_DESK, offered.ref)
            else:
                town.engine.refuse_transfer(THERE_DESK, offered.ref, "nobody has come")
        except CareError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        said = Counter(pool.map(answer, range(4)))
    assert said == {"done": 1, "transfer_answered": 3}
    sound(town)
    (shown,) = town.engine.transfers(THERE_DESK, every=True)
    assert (case in {row.case for row in town.inbox(THERE_ALL)}) == (shown.state == "accepted")


def test_a_case_that_is_opened_while_the_child_moves_is_in_the_township_that_has_it(town_of: Callable[..., Town]) -> None:
    """Whoever opens it just before or just after: it moves with the child, or is refused to a township that does not have it any more."""
    town = town_of(program("along"))
    for _ in range(5):
        kid = town.child()
        offered = town.engine.offer_transfer(HERE_DESK, kid, THERE, "the family moves")
        gate = Barrier(2)

        def accept(ref: str = offered.ref, gate: Barrier = gate) -> str:
            gate.wait()
            town.engine.accept_transfer(THERE_DESK, ref)
            return "moved"

        def begin(kid: str = kid, gate: Barrier = gate) -> str:
            gate.wait()
            try:
                return town.engine.open(town.teacher, "along", kid, {"title": "a matter"}).ref
            except CareError as error:
                return error.code

        with ThreadPoolExecutor(2) as pool:
            moved, opened = pool.submit(accept), pool.submit(begin)
            assert moved.result() == "moved"
            ref = opened.result()
        assert ref == "child_unknown" or ref in {row.ref for row in town.engine.cases(THERE_ALL)}
    assert town.engine.cases(HERE_ALL) == []
    sound(town)
