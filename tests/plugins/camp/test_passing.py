"""Seats that stand free because the list of their school has ended: told, passed on by a command, or by themselves where the county says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from careflow_camp.forms import SchoolSeats
from careflow_camp.passing import Stands, passed_on
from tests.plugins.camp.conftest import County

Codes = Callable[[Callable[[], object]], list[str]]
BIG, SMALL = "高桥镇中心小学", "板厂小学"
FREE = "Seats stand free whose school has nobody in line: care camp pass-on gives them to the next of the whole camp"


def ended(county: County) -> tuple[str, str]:
    """A camp in which the small school's only child has withdrawn; two of the big one wait. Its reference, and who is next by the draw."""
    ref = county.drawn(3, 4, 1)
    (only,) = county.campers(ref, "offered", SMALL)
    county.step(county.school_of(county.kid(only)), only, "withdraw", why="WISH")
    county.tick()
    waiting = sorted(county.campers(ref, "waiting"), key=lambda one: county.record(one)["place"])
    assert (len(waiting), len(county.campers(ref, "offered"))) == (2, 2)
    return ref, waiting[0]


def seats(county: County, ref: str) -> dict[str, int]:
    """The seats of each school."""
    return {one["school"]: one["seats"] for one in county.record(ref)["allotment"]}


def test_the_leader_is_told_and_passes_the_seat_on(county: County, codes: Codes) -> None:
    """To the next by the draw, once; what is offered is offered in order."""
    ref, following = ended(county)
    assert FREE not in county.desk(county.leader)
    county.pass_by(hours=13)
    assert FREE in county.desk(county.leader)
    done = county.engine.run_batch(county.leader, "camp", "pass_on", {}, case=ref)
    assert (done.summary, seats(county, ref)) == ({"passed": 1, "from": {SMALL: 1}, "to": {BIG: 1}}, {BIG: 3, SMALL: 0})
    county.tick()
    assert (county.stage(following), len(county.campers(ref, "waiting"))) == ("offered", 1)
    assert codes(lambda: county.engine.run_batch(county.leader, "camp", "pass_on", {}, case=ref)) == ["no_seat_free"]
    assert county.engine.plan(county.leader, "camp", "audit", {}, case=ref, dry_run=True).summary["why"] is None


def test_where_the_county_says_so_the_seat_goes_on_by_itself(county: County) -> None:
    """By the clock; nobody is told of what is done already."""
    _, following = ended(county)
    county.policy(seats_go_on=True)
    county.pass_by(hours=13)
    county.tick()
    assert (county.stage(following), FREE in county.desk(county.leader)) == ("offered", False)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_no_seat_is_lost_and_no_school_whose_list_goes_on_loses_one(schools: list[tuple[int, int, int]], random: Any) -> None:
    """As many seats as before; each that is given is taken by the next by the draw."""
    lines = tuple(SchoolSeats(school=f"s{n}", seats=seats) for n, (seats, _, _) in enumerate(schools))
    waiting = [f"s{n}" for n, (_, _, waits) in enumerate(schools) for _ in range(waits)]
    random.shuffle(waiting)
    sitting = [Stands(f"s{n}", True, 0) for n, (seats, taken, _) in enumerate(schools) for _ in range(min(seats, taken))]
    found = passed_on(lines, [*sitting, *(Stands(school, False, place) for place, school in enumerate(waiting, 1))])
    before, after = ({line.school: line.seats for line in some} for some in (lines, found.lines))
    assert sum(before.values()) == sum(after.values())
    assert all(after[name] >= before[name] for name in set(waiting))
    assert not set(found.gave) & set(found.got)
    held, wanted = Counter(one.school for one in sitting), Counter(waiting)
    stays = sum(max(after[name] - held[name], 0) for name in before if not wanted[name])
    left = sum(max(wanted[name] - max(after[name] - held[name], 0), 0) for name in wanted)
    assert stays == 0 or left == 0
