"""Nobody is lost: who is expected, who is on no roll, how long a note holds, what ends an alarm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from tests.plugins.camp.conftest import FIRST, LAST, County

Codes = Callable[[Callable[[], object]], list[str]]
UNSEEN, CALL_FAMILY = "A camper is expected, and was not seen", "Not seen: call the family, and say whether the child comes"


def at(hour: int, minute: int = 0, day: date = FIRST) -> str:
    """An instant as it is typed: the office's time."""
    return f"{day.isoformat()} {hour:02d}:{minute:02d}"


def call(county: County, edition: str, group: int, *absent: str, when: str) -> None:
    """A tutor calls a group's roll."""
    county.engine.do_task(county.tutor, f"{edition}.roll_call:{group}", {"called_at": when, "absent": list(absent)})


@pytest.fixture
def begun(county: County) -> tuple[str, str, str]:
    """A camp since nine with one group, one child on the site and one that was not seen."""
    ref = county.drawn(2, 2)
    here, not_here = county.campers(ref, "offered")
    county.confirm(here, not_here)
    county.begin(ref, 1)
    county.step(county.tutor, here, "arrive")
    return ref, here, not_here


# ------------------------------------------------------------------ on somebody's roll


def test_whoever_is_confirmed_after_the_groups_are_made_is_on_a_roll(county: County) -> None:
    """In the smallest group, with its tutor and a badge; called absent it is looked for like anybody."""
    ref = county.drawn(3, 5)
    first, second, late = county.campers(ref, "offered")
    county.confirm(first, second)
    county.groups(ref, 2)
    county.confirm(late)
    said = county.record(late)
    assert (said["group"], said["tutor"]) == (1, "辅导员1")
    assert "badge" in [one.name for one in county.engine.papers(county.leader, late)]
    county.step(county.leader, ref, "ready", confirm="the papers are signed by hand")


def test_whoever_comes_late_is_put_beside_its_brother_or_sister(county: County) -> None:
    """Also where another group is smaller, or the first of equal ones; where that group is full, into the smallest."""
    county.policy(reserve_percent=500, group_size=2)
    home = {"guardian": "同一奶奶", "guardian_phone": "19900001234"}
    kids = [county.child(), county.child(**home), county.child(**home), county.child(**home)]
    ref = county.nominating(4, nominate_by="2027-05-17", public_on="2027-05-19")
    county.nominate(kids)
    county.step(county.bureau, ref, "close_nominations")
    county.draw(ref)
    county.tick()
    of = {county.kid(one).ref: one for one in county.campers(ref, "offered")}
    first, sister, late, later = (of[kid.ref] for kid in kids)
    county.confirm(first, sister)
    county.groups(ref, 3)
    beside = county.record(sister)["group"]
    county.confirm(late)
    assert county.record(late)["group"] == beside != county.record(first)["group"]
    county.confirm(later)
    assert county.record(later)["group"] not in (beside, county.record(first)["group"])


def test_nobody_arrives_who_is_in_no_group(county: County, codes: Codes) -> None:
    """Also where somebody has begun a camp past its steps."""
    ref = county.drawn(1, 1)
    (one,) = county.campers(ref, "offered")
    county.confirm(one)
    county.engine.override(county.county, ref, "running", "the children stand at the gate")
    assert codes(lambda: county.step(county.tutor, one, "arrive")) == ["no_group"]
    county.groups(ref, 1)
    county.step(county.tutor, one, "arrive")
    assert county.stage(one) == "arrived"


# ------------------------------------------------------------------ expected, not here


def test_who_is_not_seen_on_the_first_day_is_asked_for_on_the_first_day(county: County, begun: tuple[str, str, str]) -> None:
    """An hour after the beginning the leader hears of it, and has to say what the family said; at the day's end the county does."""
    _, here, not_here = begun
    assert UNSEEN not in county.desk(county.leader)
    county.at(FIRST, 10, 1)
    assert [title in county.desk(county.leader) for title in (UNSEEN, CALL_FAMILY)] == [True, True]
    assert [county.stage(one) for one in (here, not_here)] == ["arrived", "confirmed"]
    county.at(FIRST + timedelta(days=1), 1)
    assert "Nobody knows whether a camper is on its way" in county.desk(county.county)


def test_a_child_that_does_not_come_gives_its_seat_away_when_the_family_has_said_so(county: County, begun: tuple[str, str, str]) -> None:
    """By itself; one that is on its way keeps it, and is asked for again."""
    _, _, not_here = begun
    county.at(FIRST, 10, 1)
    said = {"asked_at": at(10, 1), "said_by": "祖母"}
    county.engine.do_task(county.tutor, f"{not_here}.where_is", {**said, "comes": True})
    assert county.stage(not_here) == "confirmed"
    county.at(FIRST, 12, 2)
    assert CALL_FAMILY in county.desk(county.leader)
    county.engine.do_task(county.tutor, f"{not_here}.where_is", {**said, "comes": False})
    assert (county.stage(not_here), county.record(not_here)["withdrawn"]) == ("withdrawn", "NO_SHOW")


def test_the_first_roll_call_names_who_has_not_arrived(county: County, begun: tuple[str, str, str]) -> None:
    """It is not missing from the site: the leader hears of it, and the family is called; it may still arrive, and the question is closed."""
    ref, _, not_here = begun
    county.policy(unseen_minutes=600)
    county.at(FIRST, 12, 5)
    call(county, ref, 1, not_here, when=at(12, 3))
    assert (county.stage(not_here), UNSEEN in county.desk(county.leader), CALL_FAMILY in county.desk(county.leader)) == ("confirmed", True, True)
    county.step(county.tutor, not_here, "arrive")
    assert (county.stage(not_here), CALL_FAMILY in county.desk(county.leader)) == ("arrived", False)


# ------------------------------------------------------------------ notes, alarms, times


@pytest.mark.parametrize(
    ("left", "back", "why"),
    [
        (at(9), at(22), "note_too_long"),
        (at(9), at(9, day=date(2027, 8, 1)), "note_too_long"),
        (at(11), at(12), "time_in_future"),
        (at(9), at(21), None),
    ],
)
def test_a_note_holds_for_hours_not_for_ever(county: County, begun: tuple[str, str, str], codes: Codes, left: str, back: str, why: str | None) -> None:
    """Twelve of them (policy), and of a child that has left."""
    _, here, _ = begun
    if why is None:
        county.step(county.tutor, here, "go_out", left_at=left, back_by=back, with_whom="祖母")
        assert codes(lambda: county.engine.edit(county.leader, here, {"back_by": at(9, day=LAST)}, "later")) == ["field_fixed"]
        county.at(FIRST, 9, 30)
        county.step(county.tutor, here, "come_back", back_at=at(9, 30))
        assert county.record(here)["back_by"] is None
    else:
        assert codes(lambda: county.step(county.tutor, here, "go_out", left_at=left, back_by=back, with_whom="祖母")) == [why]
        assert county.stage(here) == "arrived"


def test_no_note_holds_beyond_the_camp(county: County, begun: tuple[str, str, str], codes: Codes) -> None:
    """Who does not come back before the end is taken home."""
    _, here, not_here = begun
    county.step(county.leader, not_here, "no_show")
    county.at(LAST, 20)
    assert codes(
        lambda: county.step(county.tutor, here, "go_out", left_at=at(19, day=LAST), back_by=at(1, day=LAST + timedelta(days=1)), with_whom="祖母")
    ) == ["note_beyond_camp"]


def test_a_missing_child_is_found_before_it_is_taken_home(county: County, begun: tuple[str, str, str], codes: Codes) -> None:
    """Nothing else ends the alarm and the report."""
    _, here, _ = begun
    county.step(county.tutor, here, "miss")
    home = {"why": "祖母来接", "fetched_by": "祖母"}
    assert codes(lambda: county.step(county.leader, here, "send_home", **home)) == ["wrong_stage"]
    county.step(county.tutor, here, "found", back_at=at(9))
    county.step(county.leader, here, "send_home", **home)
    assert county.stage(here) == "sent_home"


def test_a_roll_call_is_entered_in_its_own_time(county: County, begun: tuple[str, str, str], codes: Codes) -> None:
    """Not for another day, not for the one before: what was missed stays missed."""
    ref, *_ = begun
    county.at(FIRST, 20, 5)
    for when in (at(12, 5), at(7), at(20, 1, date(2020, 1, 1)), at(19, 59)):
        assert codes(partial(call, county, ref, 1, when=when)) == ["not_this_call"]
    call(county, ref, 1, when=at(20, 2))
    states = [row["state"] for row in county.engine.show(county.leader, ref).tasks if row["task"] == "roll_call"]
    assert (states.count("done"), states.count("missed")) == (1, 1)


def test_a_roll_call_that_was_missed_is_entered_later_with_a_reason(county: County, begun: tuple[str, str, str], codes: Codes) -> None:
    """Once, as late, and not before its time is over; who was not seen since is looked for, who was seen since is only written down."""
    ref, here, not_here = begun
    county.step(county.tutor, not_here, "arrive")
    county.at(FIRST, 20, 5)
    late = {"group": 1, "called_at": at(12, 4), "absent": [here], "seen_since": [not_here], "why": "停电"}

    def enter(**other: Any) -> Callable[[], object]:
        return lambda: county.engine.do_task(county.tutor, f"{ref}.late_roll_call", {**late, **other})

    for other, why in (
        ({"group": 2}, "no_such_group"), ({"called_at": at(20, 1)}, "not_late"), ({"called_at": at(12, day=FIRST - timedelta(days=1))}, "no_call_then"),
        ({"seen_since": [ref]}, "not_of_this_camp"), ({"why": ""}, "required_missing"),
    ):  # fmt: skip
        assert codes(enter(**other)) == [why]
    enter()()
    assert (county.stage(here), county.stage(not_here)) == ("missing", "arrived")
    assert codes(enter()) == ["called_already"]
    rows = county.engine.show(county.leader, ref).tasks
    assert [row["given"]["why"] for row in rows if row["task"] == "late_roll_call" and row["given"]] == ["停电"]
    call(county, ref, 1, when=at(20, 2))
    county.at(LAST, 7, 5)
    assert codes(enter(called_at=at(20, 2), absent=[], seen_since=[])) == ["called_already"]


# ------------------------------------------------------------------ another year, other days, what is told afterwards


def test_a_consent_of_another_year_confirms_nobody(county: County) -> None:
    """Who has consented to a camp and comes again is asked again; what is said now counts."""
    first = county.running(1, 1, tutors=1)
    county.at(LAST, 16)
    county.step(county.leader, first, "finish")
    county.step(county.leader, first, "close")
    county.at(date(2028, 5, 15))
    ref = county.nominating(1, starts_on=date(2028, 7, 10), ends_on=date(2028, 7, 12), nominate_by="2028-06-10", public_on="2028-06-20")
    county.nominate(county.kids)
    (one,) = county.campers(ref, "nominated")
    county.step(county.county, one, "admit_anyway", why="孤儿")
    county.at(date(2028, 6, 11))
    county.at(date(2028, 6, 21))
    county.draw(ref)
    county.tick()
    county.provide(one)
    assert county.stage(one) == "offered"
    county.consent(one)
    assert county.stage(one) == "confirmed"


def test_the_consent_form_prints_the_notice_that_the_consent_demands(county: County) -> None:
    """One version, wherever it stands."""
    from careflow_camp.camper import CONSENT

    ref = county.drawn(1, 1)
    (one,) = county.campers(ref, "offered")
    assert county.record(one)["notice"] == CONSENT.notice == "2026-1"


def test_days_and_site_are_moved_by_the_task_alone(county: County, codes: Codes) -> None:
    """Which tells the campers; an answer is asked for before the camp; of a camp under way the last day may move, and no other."""
    ref = county.drawn(2, 2)
    for values in ({"starts_on": "2027-07-17"}, {"ends_on": "2027-07-14"}, {"site": "别处"}, {"gathering": "东门"}, {"hotline": "1"}):
        assert codes(partial(county.engine.edit, county.leader, ref, values, "rain")) == ["field_fixed"]
    one, other = county.campers(ref, "offered")
    soon = {"starts_on": str(county.today + timedelta(days=2)), "ends_on": str(county.today + timedelta(days=4)), "why": "暴雨"}
    assert codes(lambda: county.engine.do_task(county.leader, f"{ref}.reschedule", {**soon, "ends_on": soon["starts_on"][:8] + "01"})) == ["ends_before_start"]
    county.confirm(one, other)
    county.begin(ref, 1)
    later = {"starts_on": str(FIRST), "ends_on": str(LAST + timedelta(days=1)), "why": "道路中断"}
    assert codes(lambda: county.engine.do_task(county.leader, f"{ref}.reschedule", {**later, "starts_on": str(LAST)})) == ["camp_begun"]
    county.engine.do_task(county.leader, f"{ref}.reschedule", later)
    assert [county.record(each)["ends_on"] for each in (ref, one)] == ["2027-07-13", "2027-07-13"]
    assert len(county.record(ref)["days"]) == 4


def test_an_earlier_camp_asks_for_the_answer_earlier(county: County) -> None:
    """Before it begins, never after."""
    ref = county.drawn(1, 1)
    (one,) = county.campers(ref, "offered")
    before = county.record(one)["answer_by"]
    first = county.today + timedelta(days=60)
    county.engine.do_task(county.leader, f"{ref}.reschedule", {"starts_on": str(first), "ends_on": str(first), "why": "暴雨"})
    assert county.record(one)["answer_by"] == before
    county.engine.do_task(county.leader, f"{ref}.reschedule", {"starts_on": str(FIRST), "ends_on": str(LAST), "why": "晴"})
    county.pass_by(days=2)
    county.engine.do_task(county.leader, f"{ref}.reschedule", {"starts_on": str(FIRST), "ends_on": str(LAST), "why": "晴"})
    assert county.record(one)["answer_by"] > before


def test_a_child_that_was_missing_is_an_incident_of_the_report(county: County, begun: tuple[str, str, str]) -> None:
    """Each time, by itself; that all was seen to is said only where it is written down. Who was taken home has not stayed to the end."""
    ref, here, not_here = begun
    county.step(county.tutor, not_here, "arrive")
    for one in (here, here, not_here):
        county.step(county.tutor, one, "miss")
        county.step(county.tutor, one, "found", back_at=at(9))
    county.step(county.leader, not_here, "send_home", why="祖母生病", fetched_by="姑姑")
    county.at(LAST, 16)
    county.step(county.leader, ref, "finish")
    county.step(county.leader, ref, "close")
    said = county.record(ref)
    assert (said["incidents"], said["unsettled"], sum(one["completed"] for one in said["results"])) == (3, 3, 1)
    listed = county.engine.listing(county.leader, "camp", "completed", division="990101")
    assert len(listed.rows) == 1
