"""What the draw's good name hangs on: nobody can choose by what he knows, and what was decided stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow_camp import draw
from careflow_camp.forms import Edition, Method, SchoolSeats
from careflow_camp.plans import round_again
from careflow_camp.seats import allot
from tests.plugins.camp.conftest import FIRST, GAOQIAO, LAST, PUBLIC, SECRET, TUTORS, County
from workflow_core.engine import importing
from workflow_core.engine.opening import hold_whole
from workflow_core.engine.runtime import Runtime
from workflow_core.errors import CareError

Codes = Callable[[Callable[[], object]], list[str]]


def test_nothing_is_promised_or_closed_once_the_public_value_is_known(county: County, codes: Codes) -> None:
    """A later value is named, with a reason; then both go on."""
    kids = county.children(2)
    ref = county.announced(1, nominate_by="2027-05-17", public_on="2027-05-19")
    county.step(county.bureau, ref, "open")
    county.nominate(kids)
    county.town.clock.instant += timedelta(days=2)
    promise = {"commitment": draw.commitment(SECRET)}
    assert codes(lambda: county.engine.do_task(county.bureau, f"{ref}.commit", promise)) == ["public_known"]
    assert codes(lambda: county.step(county.bureau, ref, "close_nominations")) == ["not_committed", "public_known"]
    county.tick()
    assert county.stage(ref) == "nominating"
    county.engine.edit(county.bureau, ref, {"public_on": "2027-05-21", "public_source": "双色球第27060期"}, "closed too late")
    county.engine.do_task(county.bureau, f"{ref}.commit", promise)
    county.step(county.bureau, ref, "close_nominations")
    assert county.stage(ref) == "frozen"


@pytest.mark.parametrize("said", [{"public_source": ""}, {"public_on": None}, {"public_source": " "}])
def test_nominations_open_when_the_public_value_and_its_day_are_named(county: County, codes: Codes, said: dict[str, Any]) -> None:
    """Both are said before anybody is nominated."""
    county.children(2)
    ref = county.announced(1)
    county.engine.edit(county.bureau, ref, said, "not known yet")
    assert codes(lambda: county.step(county.bureau, ref, "open")) == ["public_missing"]


def test_the_public_value_is_the_one_that_was_named_and_is_waited_for(county: County, codes: Codes) -> None:
    """Nobody names another when the list is frozen, nobody draws before its day; verify tells where it was changed all the same."""
    ref = county.frozen(1, 2)
    for field, value in {"public_on": "2027-06-01", "public_source": "其他"}.items():
        assert codes(lambda field=field, value=value: county.engine.edit(county.bureau, ref, {field: value}, "a favour")) == ["field_fixed"]  # type: ignore[misc]
    said = {"secret": SECRET, "public_value": PUBLIC}
    assert codes(lambda: county.engine.run_batch(county.bureau, "camp", "draw", said, case=ref)) == ["public_not_out"]
    county.draw(ref)
    assert audit(county, ref)["why"] is None
    county.tamper(ref, public_source="其他")
    assert audit(county, ref)["why"]["code"] == "public_changed"


def audit(county: County, ref: str) -> Any:
    """What verify finds."""
    return county.engine.plan(county.bureau, "camp", "audit", {}, case=ref, dry_run=True).summary


def test_a_list_that_was_frozen_by_the_program_is_thawed_by_nobody(county: County, codes: Codes) -> None:
    """Who may close nominations may not take back what closing has written down."""
    ref = county.frozen(1, 2)
    assert codes(lambda: county.engine.undo_task(county.bureau, f"{ref}.list_frozen", "another list")) == ["done_by_system"]
    county.draw(ref)
    assert county.stage(ref) == "drawn"


def test_a_list_that_could_not_be_frozen_is_frozen_the_next_day(county: County) -> None:
    """What stood against it is mended; the clock tries again by itself."""
    kids = county.children(2)
    ref = county.nominating(1, public_on="2027-06-20")
    county.nominate(kids)
    one, *_ = county.campers(ref, "pool")
    county.tamper(one, tier=0)
    county.step(county.bureau, ref, "close_nominations", confirm="all are here")
    assert (county.stage(ref), county.record(ref)["digest"]) == ("frozen", "")
    county.tamper(one, tier=8)
    county.pass_by(days=1)
    assert county.record(ref)["listed"] == 2


def test_a_promise_that_was_taken_back_is_none(county: County, codes: Codes) -> None:
    """What the record still says of it does not count."""
    kids = county.children(2)
    ref = county.nominating(1)
    county.nominate(kids)
    county.engine.undo_task(county.bureau, f"{ref}.commit", "the envelope was opened")
    assert codes(lambda: county.step(county.bureau, ref, "close_nominations", confirm="now")) == ["not_committed", "closes_early"]


def test_nominations_close_early_only_with_a_reason(county: County) -> None:
    """The schools were told a day."""
    kids = county.children(2)
    ref = county.nominating(1)
    county.nominate(kids)
    with pytest.raises(CareError) as caught:
        county.step(county.bureau, ref, "close_nominations")
    assert (caught.value.code, caught.value.problems[0].code) == ("confirm_needed", "closes_early")
    county.step(county.bureau, ref, "close_nominations", confirm="every school has sent its sheet")
    assert county.stage(ref) == "frozen"


def test_a_seat_that_was_offered_out_of_turn_is_told(county: County) -> None:
    """Whoever had a place put first with the database in hand, and put back after the offer, is named by verify."""
    ref = county.frozen(1, 3)
    county.draw(ref)
    county.tick()
    line = sorted(county.campers(ref), key=lambda one: county.record(one)["place"])
    assert [county.stage(one) for one in line] == ["offered", "waiting", "waiting"]
    assert audit(county, ref)["why"] is None
    county.tamper(line[2], place=1)
    county.engine.suspend(county.leader, line[2], "nobody is reached")
    county.engine.resume(county.leader, line[2], "reached")
    county.step(county.school_of(county.kid(line[0])), line[0], "withdraw", why="WISH")
    county.tick()
    county.tamper(line[2], place=3)
    assert [county.stage(one) for one in line] == ["withdrawn", "waiting", "offered"]
    why = audit(county, ref)["why"]
    assert (why["code"], why["values"]["later"], why["values"]["earlier"]) == ("offered_out_of_order", line[2], line[1])


def test_nothing_is_drawn_while_somebody_on_the_list_is_suspended(county: County, codes: Codes) -> None:
    """It is named; when it goes on, all are drawn."""
    ref = county.frozen(1, 3)
    one, *_ = county.campers(ref, "pool")
    county.engine.suspend(county.leader, one, "nobody is reached")
    with pytest.raises(CareError) as caught:
        county.draw(ref)
    assert (caught.value.code, caught.value.context["refs"]) == ("cases_rest", one)
    assert (county.stage(ref), len(county.campers(ref, "pool"))) == ("frozen", 3)
    county.engine.resume(county.leader, one, "reached")
    county.draw(ref)
    assert county.stage(ref) == "drawn"


def test_a_draw_of_which_something_was_refused_is_taken_up_again(county: County, codes: Codes) -> None:
    """Whoever was suspended between plan and run holds it up and is drawn in the end; whoever was edited holds up nothing."""
    ref = county.frozen(1, 3)
    county.town.clock.instant += timedelta(days=2)
    said = {"secret": SECRET, "public_value": PUBLIC}
    plan = county.engine.plan(county.bureau, "camp", "draw", said, case=ref)
    edited, resting, _ = county.campers(ref, "pool")
    county.engine.edit(county.leader, edited, {"size": "150"}, "grown")
    county.engine.suspend(county.leader, resting, "nobody is reached")
    done = county.engine.run_plan(county.bureau, plan.ref)
    assert (done.state, done.counts["refused"], county.stage(ref), county.stage(edited)) == ("running", 1, "frozen", "waiting")
    assert codes(lambda: county.draw(ref, public="1")) == ["draw_begun"]
    county.tick()
    assert county.campers(ref, "offered") == []
    county.engine.resume(county.leader, resting, "reached")
    assert county.draw(ref).state == "done"
    county.tick()
    assert (county.stage(ref), county.campers(ref, "pool"), len(county.campers(ref, "offered"))) == ("drawn", [], 1)
    assert audit(county, ref)["why"] is None


def test_groups_that_were_left_half_made_stop_no_line(county: County) -> None:
    """A process that died while it made the groups: the seats go on, here and everywhere."""
    ref = county.drawn(2, 4)
    one, other = county.campers(ref, "offered")
    county.confirm(one)
    plan = county.engine.plan(county.leader, "camp", "groups", {"groups": TUTORS[:1]}, case=ref)

    def die(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        county.engine.run_plan(county.leader, plan.ref, progress=die)
    assert county.engine.shown_plan(county.leader, plan.ref).state == "running"
    county.step(county.school_of(county.kid(other)), other, "withdraw", why="WISH")
    county.tick()
    assert len(county.campers(ref, "offered")) == 1


def elsewhere(county: County, ref: str) -> None:
    """Nominations are closed at another desk, with a connection of its own."""
    desk = Thread(target=county.step, args=(county.bureau, ref, "close_nominations", "all are here"))
    desk.start()
    desk.join()


def test_nobody_leaves_the_list_behind_its_freezing(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """A school takes a nomination back at the very moment at which nominations close: the list stays as it was published."""
    kids = county.children(2)
    ref = county.nominating(1)
    county.nominate(kids)
    one, *_ = county.campers(ref, "pool")
    asked = Runtime.ask_vetoes
    closing = [ref]

    def close_first(runtime: Runtime, work: Any) -> None:
        if closing and work.state.ref == one:
            elsewhere(county, closing.pop())
        asked(runtime, work)

    monkeypatch.setattr(Runtime, "ask_vetoes", close_first)
    with pytest.raises(CareError) as caught:
        county.step(county.schools[GAOQIAO], one, "take_back", why="WISH")
    assert (caught.value.code, closing) == ("case_changed", [])
    assert (county.record(ref)["listed"], len(county.campers(ref, "pool"))) == (2, 2)
    assert audit(county, ref)["why"] is None


def test_no_nomination_slips_in_behind_the_freezing(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another desk closes nominations while a row of a sheet is being taken: that row is refused."""
    if county.town.db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite lets one write at a time")
    first, late = county.children(2)
    ref = county.nominating(2)
    county.nominate([first])
    closing = [ref]

    def close_first(tx: Any, whole: Any) -> None:
        if closing:
            elsewhere(county, closing.pop())
        hold_whole(tx, whole)

    monkeypatch.setattr(importing, "hold_whole", close_first)
    answer = county.nominate([late], edition=ref)
    assert (answer["opened"], len(answer["problems"]), closing) == (0, 1, [])
    assert (county.record(ref)["listed"], len(county.campers(ref, "pool"))) == (1, 1)
    assert audit(county, ref)["why"] is None


def test_a_camp_whose_list_is_frozen_is_called_off_by_the_county_alone(county: County, codes: Codes) -> None:
    """Whoever dislikes the outcome does not begin anew; the schools are told."""
    ref = county.drawn(1, 2)
    for step in ("call_off", "call_off_late"):
        with pytest.raises(CareError):
            county.step(county.bureau, ref, step, why="another list")
    assert county.stage(ref) == "drawn"
    county.step(county.county, ref, "call_off_late", why="the site is flooded")
    assert (county.stage(ref), {county.stage(one) for one in county.campers(ref)}) == ("cancelled", {"withdrawn"})


def test_the_secret_of_a_draw_that_was_dropped_is_nowhere(county: County) -> None:
    """A plan that was not carried out keeps nothing of what it was asked with."""
    ref = county.frozen(1, 2)
    county.town.clock.instant += timedelta(days=2)
    plan = county.engine.plan(county.bureau, "camp", "draw", {"secret": SECRET, "public_value": PUBLIC}, case=ref)
    county.engine.drop_plan(county.bureau, plan.ref)
    assert (county.engine.shown_plan(county.bureau, plan.ref).state, county.engine.shown_plan(county.bureau, plan.ref).input) == ("dropped", {})


COUNTED = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)), min_size=1, max_size=8)


@given(counted=COUNTED, seats=st.integers(1, 60), method=st.sampled_from(list(Method)), at_least=st.integers(0, 2))
def test_going_round_again_takes_no_seat_that_was_published(counted: list[tuple[int, int]], seats: int, method: Method, at_least: int) -> None:
    """A school keeps its seats, as far as it has nominated for them; no seat is left while somebody is nominated beyond them."""
    seats = min(seats, sum(children for children, _ in counted))
    at_least = at_least if sum(min(children, at_least) for children, _ in counted) <= seats else 0
    names = [f"s{n}" for n in range(len(counted))]
    first = allot([(name, children) for name, (children, _) in zip(names, counted, strict=True)], seats, method, at_least=at_least).seats
    lines = tuple(SchoolSeats(school=name, children=children, seats=first[name], reserve=0) for name, (children, _) in zip(names, counted, strict=True))
    nominated = Counter({name: min(children, sent) for name, (children, sent) in zip(names, counted, strict=True)})
    again = {one.school: one.seats for one in round_again(record(lines, seats, method, at_least), nominated)}
    if sum(nominated.values()) == 0:
        assert again == first
        return
    assert all(min(first[name], nominated[name]) <= again[name] <= nominated[name] for name in names)
    assert sum(again.values()) == min(seats, sum(nominated.values()))


def record(lines: tuple[SchoolSeats, ...], seats: int, method: Method, at_least: int) -> Edition:
    """An edition with these seats."""
    return Edition(starts_on=FIRST, ends_on=LAST, seats=seats, method=method, at_least=at_least, allotment=lines)


def test_the_school_that_lost_a_seat_when_another_sent_nobody_keeps_it() -> None:
    """25 seats for 10, 5, 41, 6 and 50 children: the first sends nobody, and nobody else loses a seat."""
    children = {"s0": 10, "s1": 5, "s2": 41, "s3": 6, "s4": 50}
    first = allot([*children.items()], 25, Method.LARGEST_REMAINDER, at_least=1).seats
    lines = tuple(SchoolSeats(school=name, children=n, seats=first[name], reserve=0) for name, n in children.items())
    for absent in children:
        nominated = Counter({name: n for name, n in children.items() if name != absent})
        again = {one.school: one.seats for one in round_again(record(lines, 25, Method.LARGEST_REMAINDER, 1), nominated)}
        assert all(again[name] >= first[name] for name in children if name != absent)
        assert sum(again.values()) == 25
