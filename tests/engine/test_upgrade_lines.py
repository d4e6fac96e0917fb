"""A line for places while a program is being upgraded: nobody overtakes one whose case has not moved yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.engine.conftest import Town
from tests.engine.test_upgrade import ADMIN, MakeTown, with_programs
from workflow_core import CHILD, PER_DIVISION, SCHOOL, SYSTEM, Limit, Program, Stage, Transition, Upgrade, Waiting, Workflow, ask, form, ref
from workflow_core.engine.closing import close
from workflow_core.engine.upgrading import upgrade


@form
class Rules:
    """Nothing to set."""

    days: int = ask("Days", default=1)


@form
class Seat:
    """A record."""

    place: int = ask("Place", default=0)


def seats(version: int, *, renamed: bool = True, record: Callable[[Mapping[str, Any]], Seat] | None = None) -> Program[Any]:
    """One seat a township and a line for it; in version 2 with other names."""
    other = version == 2 and renamed
    asked, end = Stage("asked", "Asked"), Stage("end", "End", final=True)
    line, seated = Stage("queue" if other else "line", "In line"), Stage("seated" if version == 1 else "sat", "Seated")
    offer = Transition("offer", "Offer", source=line, target=seated, by=SYSTEM)
    ways = [Transition("up", "Line up", source=asked, target=line, by=SCHOOL), offer, Transition("go", "Go", source=(line, seated), target=end, by=SCHOOL)]
    limit = Limit(
        "places" if other else "seats", "it is full", size=1, per=PER_DIVISION, held_in=[seated], waiting=Waiting(line, ref(Seat).place, offer)
    )  # fmt: skip
    flow = Workflow(
        "seat", "Seat", prefix="SE", subject=CHILD, record=Seat, policy=Rules, initial=asked, stages=[asked, line, seated, end], transitions=ways,
        limits=[limit], open_by=[SCHOOL],
    )  # fmt: skip
    up = Upgrade(flow, since=1, stages={"line": line, "seated": seated}, limits={"seats": limit}, record=record)
    return Program("seats", "Seats", version=version, policy=Rules, workflows=[flow], upgrades=[up] if version == 2 else ())


def none_of_the_first(old: Mapping[str, Any]) -> Seat:
    """A map that has no place for the first in line."""
    if old["place"] == 1:
        raise ValueError("a bug")
    return Seat(place=old["place"])


HOLDER, FIRST, NEXT = (f"SE-26-0000{n}" for n in range(1, 4))


@pytest.fixture(params=[True, False], ids=["renamed", "same name"])
def town(request: pytest.FixtureRequest, town_of: MakeTown) -> Town:
    """One has the seat and two wait for it; the last of them has moved to version 2, and the seat is given back there."""
    town = town_of(seats(1))
    for place in range(3):
        ref = town.engine.open(town.teacher, "seats", town.child(), {"place": place}).ref
        town.advance(ref, "up")
    assert town.engine.tick().problems == []
    assert town.stage(HOLDER) == "seated"
    with_programs(town, seats(2, renamed=request.param))
    for ref in (HOLDER, NEXT):
        assert upgrade(town.engine.runtime, ADMIN, "seats", case=ref).done == 1
    town.advance(HOLDER, "go")
    assert town.engine.tick().problems == []
    return town


def test_nobody_overtakes_one_that_waits_for_the_upgrade(town: Town) -> None:
    """The seat stays free until the first in line has moved, and is his then."""
    assert [town.stage(ref) for ref in (HOLDER, FIRST)] == ["end", "line"]
    assert "passed_over" not in town.kinds(FIRST) + town.kinds(NEXT)
    assert town.kinds(NEXT).count("advanced") == 1
    [offer] = [one for one in town.engine.why(town.teacher, NEXT) if one.transition == "offer"]
    assert "neighbour_not_moved" in [one.code for one in offer.reasons]
    assert upgrade(town.engine.runtime, ADMIN, "seats").done == 1
    assert town.engine.tick().problems == []
    assert town.stage(FIRST) == "sat"
    assert town.kinds(NEXT).count("advanced") == 1


def test_the_line_goes_on_when_one_that_cannot_move_is_closed(town: Town) -> None:
    """He stands in it no more."""
    with_programs(town, seats(2, renamed=town.stage(NEXT) == "queue", record=none_of_the_first))
    close(town.engine.runtime, ADMIN, FIRST, "nobody goes on with it", stage="end")
    assert town.engine.tick().problems == []
    assert town.stage(NEXT) == "sat"
