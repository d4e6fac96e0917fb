"""A whole and its parts: opened with it, counted, looked at again, and not left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from tests.engine.conftest import TOWNSHIP, Town
from tests.engine.trips import PROGRAM
from workflow_core.engine import Outcome
from workflow_core.errors import CareError, Misused, Refused
from workflow_core.store.database import Tx


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    return town_of(PROGRAM)


def trip(town: Town, **record: Any) -> str:
    """A new trip."""
    return town.engine.open(town.teacher, "trips.trip", TOWNSHIP, record).ref


def seat(town: Town, whole: str, school: str = "north", **record: Any) -> str:
    """A new part of a trip."""
    return town.engine.open(town.teacher, "trips.seat", town.child(), {"school": school, **record}, whole=whole).ref


@contextmanager
def counting() -> Iterator[Callable[[], int]]:
    """Counts what is asked of the database."""
    asked = 0
    send: Any = Tx._send

    def counted(self: Tx, *args: Any) -> Any:
        nonlocal asked
        asked += 1
        return send(self, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tx, "_send", counted)
        yield lambda: asked


def test_a_case_with_an_effect_opens_a_part_of_itself(town: Town) -> None:
    """The part belongs to the whole, is about whom the effect says, and the whole's history names it."""
    whole, child = trip(town), town.child()
    town.do(f"{whole}.along", why=child)
    (part,) = town.engine.cases(town.teacher, whole=whole)
    assert (part.workflow, part.subject, part.stage) == ("seat", child, "asked")
    says = town.events(whole)[-1]["says"]
    assert {"what": "opened", "case": part.ref, "workflow": "seat"} in says["did"]
    assert town.events(part.ref)[0]["says"]["whole"] == whole


def test_a_part_that_is_open_is_not_opened_again(town: Town) -> None:
    """The second time the step is taken, and says that there is one."""
    whole, child = trip(town), town.child()
    town.do(f"{whole}.along", why=child)
    town.do(f"{whole}.along", why=child)
    assert len(town.engine.cases(town.teacher, whole=whole)) == 1
    assert any(one["what"] == "not_opened" for event in town.events(whole) for one in event["says"].get("did", ()))


def test_an_opening_that_is_refused_undoes_the_whole_step(town: Town) -> None:
    """A child that is not on file: the task is still open, and nothing is half done."""
    whole = trip(town)
    with pytest.raises(CareError) as caught:
        town.do(f"{whole}.along", why="C-999999")
    assert caught.value.code == "child_unknown"
    assert town.rows(whole, "along") == []


def test_a_whole_moves_when_its_last_part_has(town: Town) -> None:
    """What it waits for is looked at again at the clock's next turn, not at the next day."""
    whole = trip(town)
    first, second = seat(town, whole), seat(town, whole, "south")
    town.advance(first, "sit")
    town.wait()
    assert town.stage(whole) == "planned"
    town.advance(second, "sit")
    town.wait()
    assert town.stage(whole) == "going"


def test_a_whole_is_not_closed_over_open_parts(town: Town) -> None:
    """The reason is told with a hint; by hand past the rules it is the same."""
    whole = trip(town)
    seat(town, whole)
    (answer,) = town.engine.why(town.teacher, whole, "give_up")
    assert [reason.code for reason in answer.reasons] == ["parts_open"]
    with pytest.raises(Refused) as caught:
        town.advance(whole, "give_up")
    assert [problem.code for problem in caught.value.problems] == ["parts_open"]
    with pytest.raises(Refused) as caught:
        town.engine.override(town.supervisor, whole, "never", "it rains")
    assert caught.value.code == "parts_open"


def test_a_transition_may_say_what_becomes_of_the_parts(town: Town) -> None:
    """Each is closed by the transition named; the closed ones are left alone."""
    whole = trip(town)
    refs = [seat(town, whole, f"school {n}") for n in range(3)]
    town.advance(refs[0], "drop")
    town.advance(refs[1], "sit")
    town.advance(whole, "close")
    assert [town.stage(ref) for ref in refs] == ["left", "left", "left"]
    assert [town.kinds(ref).count("told") for ref in refs] == [0, 1, 1]
    assert town.stage(whole) == "over"


def test_nothing_becomes_a_part_of_what_is_closed(town: Town) -> None:
    """A closed whole takes nobody, and of another workflow's case nothing can be a part."""
    whole = trip(town)
    town.advance(whole, "close")
    with pytest.raises(Refused) as caught:
        seat(town, whole)
    assert caught.value.code == "whole_closed"
    guide = town.engine.open(town.teacher, "trips.guided", None, {}, division=TOWNSHIP).ref
    with pytest.raises(Misused) as wrong:
        seat(town, guide)
    assert wrong.value.code == "not_a_part"


def test_a_part_is_not_opened_again_in_a_whole_that_is_closed(town: Town) -> None:
    """First the whole, then the part."""
    whole = trip(town)
    part = seat(town, whole)
    town.advance(part, "drop")
    town.advance(whole, "close")
    with pytest.raises(Refused) as caught:
        town.engine.reopen(town.supervisor, part, "wants to after all")
    assert caught.value.code == "whole_closed"
    town.engine.reopen(town.supervisor, whole, "it goes on")
    assert town.engine.reopen(town.supervisor, part, "wants to after all").stage == "asked"


def test_many_parts_are_asked_of_their_whole_in_a_few_queries(town: Town) -> None:
    """A ledger over parts that tells something of the whole does not read it part by part."""
    whole = trip(town, seats=7)
    sent: list[int] = []
    for n in (2, 20):
        for _ in range(n):
            seat(town, whole)
        with counting() as count:
            listed = town.engine.listing(town.supervisor, "trips", "seats")
        sent.append(count())
    assert sent[0] == sent[1]
    assert {row[-1] for row in listed.rows} == {"7"}


def test_places_are_counted_for_the_whole_and_for_a_field(town: Town) -> None:
    """Three seats in all, two for a school; a seat given back is free again."""
    whole = trip(town, seats=3)
    north = [seat(town, whole) for _ in range(3)]
    south = [seat(town, whole, "south") for _ in range(2)]
    town.advance(north[0], "sit")
    town.advance(north[1], "sit")
    with pytest.raises(Refused, match="This school has its seats"):
        town.advance(north[2], "sit")
    town.advance(south[0], "sit")
    with pytest.raises(Refused, match="The trip is full"):
        town.advance(south[1], "sit")
    town.advance(north[0], "stand")
    town.advance(south[1], "sit")
    another = trip(town, seats=3)
    town.advance(seat(town, another), "sit")


def test_of_eight_desks_one_gets_the_last_seat(town: Town) -> None:
    """One place, eight children, eight threads: one wins, and seven are told that it is full."""
    whole = trip(town, seats=1)
    refs = [seat(town, whole, f"school {n}") for n in range(8)]

    def sit(ref: str) -> Outcome | CareError:
        for _ in range(20):
            try:
                return town.advance(ref, "sit")
            except CareError as error:
                if error.code not in ("office_busy", "case_changed"):
                    return error
        raise AssertionError("always busy")

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(sit, refs))
    assert sum(isinstance(one, Outcome) for one in said) == 1
    assert {one.code for one in said if isinstance(one, CareError)} == {"limit_full"}
    assert [town.stage(ref) for ref in refs].count("seated") == 1


def test_a_part_opened_while_the_whole_is_closed_is_never_left_behind(town: Town) -> None:
    """Either the part is told of the end, or it is refused, or the closing is: no open part in a closed whole."""
    for _ in range(4):
        whole = trip(town)

        def close(ref: str = whole) -> str:
            try:
                return town.advance(ref, "give_up").stage
            except CareError as error:
                return error.code

        def add(ref: str = whole) -> str:
            try:
                return seat(town, ref)
            except CareError as error:
                return error.code

        with ThreadPoolExecutor(2) as pool:
            closing, adding = pool.submit(close), pool.submit(add)
            closing.result()
            adding.result()
        open_parts = town.engine.cases(town.teacher, whole=whole, open_only=True)
        assert not (town.stage(whole) == "never" and open_parts)


def test_the_whole_tells_how_many_stand_where(town: Town) -> None:
    """What is shown of a case names its whole, its parts by stage, and its parties."""
    whole = trip(town)
    refs = [seat(town, whole, f"school {n}") for n in range(3)]
    town.advance(refs[0], "sit")
    shown = town.engine.show(town.teacher, whole).as_dict()
    assert shown["parts"] == [{"workflow": "seat", "stage": "asked", "count": 2}, {"workflow": "seat", "stage": "seated", "count": 1}]
    assert town.engine.show(town.teacher, refs[0]).as_dict()["whole"] == whole
    assert [row.ref for row in town.engine.cases(town.teacher, whole=whole, stage="seated")] == [refs[0]]
