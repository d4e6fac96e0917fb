"""Places that are free go to the first in line: by the clock, and right after a place was given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, select

from tests.engine.camping import BY_PLACE, BY_POINTS, LAPSING, TWICE, Line
from tests.engine.conftest import TOWNSHIP, Town
from workflow_core import Change, deny, hookimpl
from workflow_core.engine.expecting import expectations, stand_anew
from workflow_core.errors import Conflict, Refused
from workflow_core.store import lines
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case
from workflow_core.store.tables import line as table

TownOf = Callable[..., Town]


def queue(town: Town) -> list[Any]:
    with town.db.read() as tx:
        return tx.rows(select(table))


@pytest.fixture
def town(town_of: TownOf) -> Town:
    """A town with the camp, on each database."""
    return town_of(BY_PLACE)


def test_the_clock_gives_what_is_free_to_the_first_in_line(town: Town) -> None:
    """In the order of the field, not as they came; until there is no room, and each once."""
    line = Line(town, seats=2)
    refs = line.join(3, 1, None, 2)
    line.tick()
    assert line.seated(refs) == [1, 3]
    line.tick()
    assert line.stages(refs) == ["line", "offered", "line", "offered"]
    assert [len(line.events(ref, "advanced")) for ref in refs] == [1, 2, 1, 2]


def test_a_place_given_back_goes_to_the_next_at_once(town: Town) -> None:
    """Right after the commit of the step that gave it back; the clock is not needed."""
    line = Line(town, seats=1)
    refs = line.join(1, 2, 3)
    line.tick()
    town.advance(refs[0], "give_back")
    assert line.stages(refs) == ["gone", "offered", "line"]
    town.advance(refs[1], "give_back")
    assert line.seated(refs) == [2]
    town.advance(refs[2], "give_back")
    assert queue(town) == []


def test_a_timer_that_gives_a_place_back_moves_the_line(town_of: TownOf) -> None:
    """One tick: who did not answer is out, and the next is asked; until the list ends."""
    town = town_of(LAPSING)
    line = Line(town, seats=1)
    refs = line.join(1, 2, 3)
    line.tick()
    for n in (1, 2):
        town.wait(days=3)
        assert line.seated(refs) == [n]
    town.wait(days=3)
    assert line.stages(refs) == ["gone"] * 3


def test_who_goes_back_to_the_line_stands_where_his_order_puts_him(town: Town) -> None:
    """He who gives his place back into the line may be its first again: then he has it again."""
    line = Line(town, seats=1)
    refs = line.join(1, 2)
    line.tick()
    town.advance(refs[0], "again")
    assert line.seated(refs) == [0]


def test_more_places_are_filled_by_the_clock(town: Town) -> None:
    """The size may rise by a correction elsewhere."""
    line = Line(town, seats=1)
    refs = line.join(1, 2, 3)
    line.tick()
    line.edit(seats=3)
    assert line.seated(refs) == [0]
    line.tick()
    assert line.seated(refs) == [0, 1, 2]


def test_each_place_has_a_line_of_its_own(town: Town) -> None:
    """Who waits for the seats of one school does not wait for another's."""
    line = Line(town, seats=1)
    north, south = line.join(1, 2), line.join(3, 4, school="south")
    other = Line(town, seats=1)
    elsewhere = other.join(5)
    line.tick()
    assert (line.seated(north), line.seated(south), line.seated(elsewhere)) == ([0], [0], [0])
    town.advance(south[0], "give_back")
    assert (line.seated(north), line.seated(south)) == ([0], [1])


def test_a_second_limit_that_is_full_stops_the_line_and_nobody_is_told(town: Town) -> None:
    """The camp is full although this school has seats; when one is given back elsewhere, the clock finds it."""
    line = Line(town, seats=2, in_all=2)
    north, south = line.join(1, 2), line.join(3, 4, school="south")
    line.tick()
    assert (line.seated(north), line.seated(south)) == ([0, 1], [])
    assert town.tasks(south[0]) == []
    town.advance(north[0], "give_back")
    line.tick()
    assert line.seated(south) == [0]
    assert not line.events(south[0], "passed_over")


def test_one_who_is_denied_the_place_is_told_of_and_holds_nobody_up(town: Town) -> None:
    """Why stands in the history, and on a desk; the next gets the place."""
    line = Line(town, seats=1)
    refs = line.join(1, 2, fit=False) + line.join(3)
    line.tick()
    assert line.stages(refs) == ["line", "line", "offered"]
    (event,) = line.events(refs[0], "passed_over")
    assert event["says"]["code"] == "unfit"
    assert event["says"]["reasons"] == [{"message": "{who} is not fit to go", "values": {"who": refs[0]}}]
    (row,) = town.rows(refs[0], "escalation-child_supervisor")
    assert (row["state"], [one.ref for one in town.inbox(town.supervisor) if one.case == refs[0]]) == ("open", [row["ref"]])


def test_who_was_passed_over_is_asked_every_day_and_told_of_once(town: Town) -> None:
    """No second task while the first lies on the desk; when he can have a place, he is the first again and the task is over."""
    line = Line(town, seats=1)
    refs = line.join(1, fit=False) + line.join(2)
    line.tick()
    town.advance(refs[1], "give_back")
    for _ in range(3):
        town.wait(days=1)
    assert len(line.events(refs[0], "passed_over")) == 1
    town.engine.edit(town.teacher, refs[0], {"fit": True}, "well again")
    line.tick()
    assert line.stages(refs) == ["offered", "gone"]
    assert town.tasks(refs[0]) == []


def test_who_is_well_again_the_next_day_comes_before_those_behind_him(town: Town) -> None:
    """A place that comes free on another day is offered to him first."""
    line = Line(town, seats=1)
    refs = line.join(1, fit=False) + line.join(2, 3)
    line.tick()
    assert line.seated(refs) == [1]
    town.engine.edit(town.teacher, refs[0], {"fit": True}, "well again")
    town.advance(refs[1], "give_back")
    assert line.seated(refs) == [0]


def test_a_program_that_crashes_for_one_holds_nobody_up(town: Town) -> None:
    """He is told of like anybody who cannot have the place."""
    line = Line(town, seats=1)
    refs = line.join(1, bug=True) + line.join(2)
    line.tick()
    assert line.seated(refs) == [1]
    assert line.events(refs[0], "passed_over")[0]["says"]["code"] == "guard_failed"


class Against:
    """A plugin that speaks against offers."""

    def __init__(self) -> None:
        self.ref = ""

    @hookimpl
    def careflow_veto(self, change: Change) -> Any:
        return deny("the plugin says no", code="no") if change.ref == self.ref and change.transition == "offer" else None


def test_a_veto_passes_one_over(town_of: TownOf) -> None:
    """What a plugin says against it is told like a guard's no, and nothing of the offer is left."""
    plugin = Against()
    town = town_of(BY_PLACE, plugins=[plugin])
    line = Line(town, seats=1)
    refs = line.join(1, 2)
    plugin.ref = refs[0]
    line.tick()
    assert line.stages(refs) == ["line", "offered"]
    assert [one["message"] for one in line.events(refs[0], "passed_over")[0]["says"]["reasons"]] == ["the plugin says no"]


def test_a_limit_of_his_own_passes_one_over(town_of: TownOf) -> None:
    """A child that has a seat already does not stop the line of another camp."""
    town = town_of(TWICE)
    here, there = Line(town, seats=1), Line(town, seats=1)
    child = town.child()
    (mine,), (both, other) = here.join(1, child=child), there.join(1, child=child) + there.join(2)
    here.tick()
    assert here.stages([mine, both, other]) == ["offered", "line", "offered"]
    assert there.events(both, "passed_over")[0]["says"]["code"] == "limit_full"


def test_an_order_of_several_fields(town_of: TownOf) -> None:
    """The first counts, then the second; equal ones stand as they came."""
    town = town_of(TWICE)
    line = Line(town, seats=0)
    refs = line.join(1, points=2) + line.join(1, points=1) + line.join(0, points=9) + line.join(1, points=1)
    got = []
    for n in range(1, 5):
        line.edit(seats=n)
        line.tick()
        got.append(next(one for one in line.seated(refs) if one not in got))
    assert got == [2, 1, 3, 0]


def test_an_order_that_is_a_function_is_asked_anew(town_of: TownOf) -> None:
    """It may look at more than the case, which then was not written."""
    town = town_of(BY_POINTS)
    line = Line(town, seats=0)
    refs = [line.join(None, points=points)[0] for points in (1, 5, 3)]
    line.edit(in_all=-1, seats=0)
    line.edit(in_all=100, seats=1)
    line.tick()
    assert line.seated(refs) == [1]
    town.advance(refs[1], "give_back")
    assert line.seated(refs) == [2]


def test_a_field_that_moves_moves_him_in_line(town: Town) -> None:
    """Also where a task has filled it in."""
    line = Line(town, seats=0)
    refs = line.join(1, 2)
    town.do(f"{refs[1]}.note", place=0, fit=True)
    line.edit(seats=1)
    line.tick()
    assert line.seated(refs) == [1]


def test_a_case_that_rests_keeps_its_place_in_line_and_is_not_asked(town: Town) -> None:
    """When it goes on it stands where it stood."""
    line = Line(town, seats=0)
    refs = line.join(1, 2, 3)
    town.engine.suspend(town.supervisor, refs[0], "away")
    line.edit(seats=1)
    line.tick()
    assert line.seated(refs) == [1]
    town.engine.resume(town.supervisor, refs[0])
    town.advance(refs[1], "give_back")
    assert line.seated(refs) == [0]


def test_where_one_stands_is_told(town: Town) -> None:
    """The number in line, how many places there are, and why one was passed over."""
    line = Line(town, seats=1)
    refs = line.join(1) + line.join(2, fit=False) + line.join(3)
    line.tick()
    (answer,) = [one for one in town.engine.why(town.teacher, refs[2]) if one.transition == "offer"]
    assert not answer.allowed
    assert [(one.code, one.values["n"], one.values["used"], one.values["size"]) for one in answer.reasons] == [("in_line", 2, 1, 1)]
    town.advance(refs[0], "give_back")
    (answer,) = [one for one in town.engine.why(town.teacher, refs[1]) if one.transition == "offer"]
    assert [one.code for one in answer.reasons] == ["unfit", "in_line", "passed_over"]


def test_a_line_that_a_plan_is_making_up_waits_for_the_plan(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stands first is known when all are in it, also where the clock comes in between; then the first of all gets the place."""
    from workflow_core.engine import batching

    line = Line(town, seats=1)
    refs = [town.engine.open(town.teacher, "camping.camper", town.child(), {"school": "north"}, whole=line.camp).ref for _ in range(4)]
    carry_out, count = batching._carry_out, list[int]()

    def slowly(*args: Any) -> None:
        if count:
            raise RuntimeError("the machine stops")
        carry_out(*args)
        count.append(1)

    monkeypatch.setattr(batching, "_carry_out", slowly)
    monkeypatch.setattr(batching, "PER_COMMIT", 1)
    with pytest.raises(RuntimeError):
        town.engine.run_batch(town.supervisor, "camping", "draw", division=TOWNSHIP)
    line.tick()
    assert (line.seated(refs), len(queue(town))) == ([], 1)
    (answer,) = [one for one in town.engine.why(town.teacher, refs[0]) if one.transition == "offer"]
    assert [one.code for one in answer.reasons] == ["in_line", "line_made_up"]
    monkeypatch.setattr(batching, "_carry_out", carry_out)
    town.engine.run_batch(town.supervisor, "camping", "draw", division=TOWNSHIP)
    line.tick()
    assert line.seated(refs) == [3]


def test_many_in_line_move_in_their_order(town: Town) -> None:
    """More than one transaction takes."""
    line = Line(town, seats=0)
    refs = line.join(*range(60))
    for ref in refs[:3]:
        town.engine.edit(town.teacher, ref, {"fit": False}, "ill")
    line.edit(seats=55)
    line.tick()
    assert line.seated(refs) == list(range(3, 58))


def test_who_cannot_even_be_written_to_holds_nobody_up_and_the_clock_tells(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be put into its history, so the clock's report names it."""
    from workflow_core.engine import filling

    line = Line(town, seats=1)
    refs = line.join(1, fit=False) + line.join(2)

    def broken(*_: Any) -> None:
        raise Refused("upgrade_needed", "another version")

    monkeypatch.setattr(filling, "_pass_over", broken)
    assert [one["case"] for one in town.engine.tick().problems] == [refs[0]]
    assert line.seated(refs) == [1]


def test_a_line_in_which_somebody_is_at_work_is_left_to_the_next_turn(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """No error for who gave the place back, and nothing in the clock's report."""
    from workflow_core.engine import filling

    line = Line(town, seats=1)
    refs = line.join(1, 2)

    def changed(*_: Any) -> None:
        raise Conflict("case_changed", "somebody else")

    with monkeypatch.context() as patch:
        patch.setattr(filling, "_give", changed)
        line.tick()
        assert line.seated(refs) == []
    line.tick()
    assert line.seated(refs) == [0]


def test_a_dry_run_and_a_refused_step_move_no_line(town: Town) -> None:
    """What is not written gives nothing back."""
    line = Line(town, seats=1)
    refs = line.join(1, 2)
    line.tick()
    town.engine.advance(town.teacher, refs[0], "give_back", dry_run=True)
    with pytest.raises(Conflict):
        town.engine.advance(town.teacher, refs[0], "give_back", expect=1)
    assert line.seated(refs) == [0]


def test_the_check_up_finds_who_stands_wrong_in_line_and_sets_it_right(town: Town) -> None:
    """A row that is gone, or is another than the case asks for, is made anew from the case."""
    line = Line(town, seats=0)
    refs = line.join(1, 2, 3)

    def wrong() -> dict[str, frozenset[str]]:
        with town.db.read() as tx:
            return {one.ref: one.lines for one in expectations(town.engine.runtime, tx, town.clock.instant) if one.lines}

    assert wrong() == {}
    with town.db.write() as tx:
        ids = {row.ref: row.case_id for row in tx.rows(select(case.c.ref, case.c.case_id))}
        tx.execute(Statement(delete(table).where(table.c.case_id == bindparam("id"))), {"id": ids[refs[0]]})
        lines.rerank(tx, ids[refs[2]], "seats", "0")
    assert wrong() == {refs[0]: frozenset({"seats"}), refs[2]: frozenset({"seats"})}
    with town.db.write() as tx:
        for ref in (refs[0], refs[2]):
            stand_anew(town.engine.runtime, tx, ids[ref])
    assert wrong() == {}
    line.edit(seats=1)
    line.tick()
    assert line.seated(refs) == [0]
