"""The days of a camp: roll calls, leaving with a note, somebody missing, kit and incidents; and days that move."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.plugins.camp.conftest import FIRST, LAST, County
from workflow_core.access.consents import Saying
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, referral

Codes = Callable[[Callable[[], object]], list[str]]


def at(hour: int, minute: int = 0, day: date = FIRST) -> str:
    """An instant as it is typed: the office's time."""
    return f"{day.isoformat()} {hour:02d}:{minute:02d}"


def calls(county: County, edition: str, state: str = "open") -> list[str]:
    """The groups whose roll is to be called, or was."""
    return sorted(row["about"] for row in county.engine.show(county.leader, edition).tasks if row["task"] == "roll_call" and row["state"] == state)


def call(county: County, edition: str, group: int, *absent: str, hour: int = 12, minute: int = 2) -> None:
    """A tutor calls a group's roll."""
    said = {"called_at": at(hour, minute, county.today), "absent": list(absent)}
    county.engine.do_task(county.tutor, f"{edition}.roll_call:{group}", said)


@pytest.fixture
def camp(county: County) -> str:
    """Six campers in two groups, on the site since nine."""
    return county.running(6, 8)


def test_each_groups_roll_is_called_three_times_a_day(county: County, camp: str) -> None:
    """At seven, noon and eight; who was not called for half an hour is told of, and the next one comes."""
    county.at(FIRST, 12, 1)
    assert calls(county, camp) == ["1", "2"]
    county.at(FIRST, 12, 5)
    call(county, camp, 1)
    assert calls(county, camp) == ["2"]
    county.at(FIRST, 12, 31)
    assert "A roll call is missing" in county.desk(county.leader)
    county.at(FIRST, 20, 1)
    assert (calls(county, camp), calls(county, camp, "missed").count("2") >= 1) == (["1", "2"], True)
    county.at(LAST + timedelta(days=1), 8)
    assert calls(county, camp) == []


def test_who_is_absent_without_a_note_is_missing_and_after_half_an_hour_reported(county: County, camp: str) -> None:
    """The leader hears at once, the protection program after the policy's minutes; found again, the camper is on the site."""
    county.at(FIRST, 12, 5)
    one, *_ = county.campers(camp, "arrived")
    call(county, camp, county.record(one)["group"], one)
    assert county.stage(one) == "missing"
    assert "A camper is missing" in county.desk(county.leader)
    county.pass_by(minutes=29)
    assert referrals(county) == []
    county.pass_by(minutes=2)
    assert referrals(county) == [("protection", "A child is missing from a camp")]
    county.step(county.tutor, one, "found", back_at=at(12, 30))
    assert county.stage(one) == "arrived"


def referrals(county: County) -> list[tuple[str, str]]:
    """What was referred to whom."""
    with county.town.db.read() as tx:
        return [(row.program, row.reason) for row in tx.rows(Statement(select(referral)))]


def test_leaving_the_site_takes_a_note_and_who_is_not_back_is_missing(county: County, camp: str) -> None:
    """Back in time nothing happens; a quarter of an hour late, the alarm goes out by itself."""
    first, second, *_ = county.campers(camp, "arrived")
    note = {"left_at": at(9), "back_by": at(10, 0), "with_whom": "祖母"}
    for one in (first, second):
        county.step(county.tutor, one, "go_out", **note)
    county.at(FIRST, 9, 50)
    county.step(county.tutor, first, "come_back", back_at=at(9, 48))
    county.at(FIRST, 10, 14)
    assert [county.stage(one) for one in (first, second)] == ["arrived", "off_site"]
    county.at(FIRST, 10, 16)
    assert [county.stage(one) for one in (first, second)] == ["arrived", "missing"]


def test_a_roll_call_takes_for_absent_only_who_has_arrived_and_has_no_note(county: County, camp: str, codes: Codes) -> None:
    """Nobody is alarmed for a child that is out with a note, or is no camper; and a time to come is none."""
    one, other, *_ = county.campers(camp, "arrived")
    county.step(county.tutor, one, "go_out", left_at=at(9), back_by=at(18, 0), with_whom="祖母")
    county.at(FIRST, 12, 5)
    assert codes(lambda: call(county, camp, 1, one)) == ["has_note"]
    assert codes(lambda: call(county, camp, 1, county.campers(camp, "waiting")[0])) == ["not_of_this_camp"]
    assert codes(lambda: call(county, camp, 1, other, hour=13)) == ["time_in_future"]
    assert (county.stage(other), calls(county, camp)) == ("arrived", ["1", "2"])


def test_nobody_leaves_with_a_note_that_ends_before_it_begins(county: County, camp: str, codes: Codes) -> None:
    """Nor without one at all: there is no other way out."""
    one, *_ = county.campers(camp, "arrived")
    assert codes(lambda: county.step(county.tutor, one, "go_out", left_at=at(9), back_by=at(8), with_whom="祖母")) == ["times_reversed"]
    assert len(codes(lambda: county.step(county.tutor, one, "go_out"))) == 3
    assert county.stage(one) == "arrived"


def test_kit_is_handed_out_once_to_each_and_incidents_are_written_down(county: County, camp: str, codes: Codes) -> None:
    """Without touching the case: three tutors may do so at once."""
    one, other, *_ = county.campers(camp, "arrived")
    version = county.engine.show(county.leader, camp).row.version
    for camper in (one, other):
        enter(county, camp, "kit", camper=camper, item="营服", size="140")
    assert codes(lambda: enter(county, camp, "kit", camper=one, item="营服", size="150")) == ["entry_open"]
    assert county.engine.show(county.leader, camp).row.version == version
    for no in (camp, county.campers(camp, "waiting")[0]):
        assert len(codes(lambda: enter(county, camp, "kit", camper=no, item="营服"))) == 1  # noqa: B023
    enter(county, camp, "incidents", at=at(9, 0), what="擦伤", camper=one, done="消毒包扎")
    county.at(LAST, 16)
    county.step(county.leader, camp, "finish")
    county.step(county.leader, camp, "close")
    assert county.record(camp)["incidents"] == 1


def test_what_was_lent_is_given_back_and_can_be_lent_again(county: County, camp: str, codes: Codes) -> None:
    """Also by a camper who has been taken home; not on a day to come, and not twice. Who has left gets nothing more."""
    one, *_ = county.campers(camp, "arrived")
    lent = {"camper": one, "item": "雨伞"}
    enter(county, camp, "kit", **lent)
    assert codes(lambda: enter(county, camp, "kit", **lent, back_on=str(LAST))) == ["in_future"]
    assert enter(county, camp, "kit", **lent, back_on=str(FIRST)).kind == "closed"
    assert enter(county, camp, "kit", **lent).kind == "entered"
    county.step(county.leader, one, "send_home", why="祖母生病", fetched_by="姑姑")
    assert enter(county, camp, "kit", **lent, back_on=str(FIRST)).kind == "closed"
    assert codes(lambda: enter(county, camp, "kit", **lent)) == ["not_of_this_camp"]


def enter(county: County, edition: str, register: str, **row: Any) -> Any:
    """A tutor enters something."""
    return county.engine.enter(county.tutor, edition, register, row)


def test_the_lists_of_a_camp_name_who_took_part_also_when_it_is_over(county: County, camp: str, codes: Codes) -> None:
    """Who was taken home early was insured and in a group; a list of nobody is not signed without a word."""
    first, *_ = county.campers(camp, "arrived")
    empty = county.edition()
    county.engine.draft(county.leader, empty, "insurance_list")
    assert "list_of_nobody" in codes(lambda: county.engine.sign(county.leader, f"{empty}.insurance_list"))
    county.at(LAST, 16)
    county.step(county.leader, first, "send_home", why="祖母生病", fetched_by="姑姑")
    county.step(county.leader, camp, "finish")
    pages = dict(county.engine.pages(county.leader, [f"{camp}.{name}" for name in ("group_list", "roll_sheet", "insurance_list")]))
    assert sorted(re.findall("[共到](?:<[^>]*>)*([0-9]+)(?:<[^>]*>)*人", "".join(pages.values()))) == ["5", "6", "6"]


def test_a_camp_is_not_over_while_somebody_is_away(county: County, camp: str, codes: Codes) -> None:
    """Nor on a day before its last, but with a reason."""
    one, *_ = county.campers(camp, "arrived")
    assert codes(lambda: county.step(county.leader, camp, "finish")) == ["too_early"]
    county.at(LAST, 16)
    county.step(county.tutor, one, "go_out", left_at=at(15, day=LAST), back_by=at(17, day=LAST), with_whom="祖母")
    assert codes(lambda: county.step(county.leader, camp, "finish")) == ["not_everybody"]
    county.step(county.leader, one, "send_home", why="祖母生病", fetched_by="姑姑")
    county.step(county.leader, camp, "finish")
    assert (county.stage(one), county.stage(camp)) == ("sent_home", "over")


# ------------------------------------------------------------------ days that move


def test_a_draft_whose_days_have_gone_by_is_called_off(county: County) -> None:
    """No new one is opened for such days; the one that is there does not hold up the clock."""
    ref = county.edition()
    county.at(LAST + timedelta(days=1))
    county.step(county.bureau, ref, "call_off", why="不办了")
    assert county.stage(ref) == "cancelled"


def due(county: County, edition: str, task: str) -> str:
    """By when a task is due."""
    return next(str(row["due"]) for row in county.engine.show(county.leader, edition).tasks if row["task"] == task and row["state"] == "open")


def test_what_is_counted_back_from_the_first_day_moves_with_it(county: County, codes: Codes) -> None:
    """The notice, the call to the host, the rehearsal; and the campers' own days."""
    county.children(4)
    ref = county.announced(2)
    assert due(county, ref, "send_notice") == "2027-06-10"
    moved = {"starts_on": "2027-07-17", "ends_on": "2027-07-19", "why": "暴雨"}
    county.engine.do_task(county.bureau, f"{ref}.reschedule", moved)
    assert (due(county, ref, "send_notice"), county.record(ref)["starts_on"], county.record(ref)["site"]) == ("2027-06-17", "2027-07-17", "青溪实践基地")
    again = {**moved, "ends_on": "2027-07-16"}
    assert codes(lambda: county.engine.do_task(county.bureau, f"{ref}.reschedule", again)) == ["ends_before_start"]


def test_a_camp_that_moves_tells_its_campers(county: County) -> None:
    """Their days, and by when all must be there."""
    ref = county.drawn(2, 3)
    assert [due(county, ref, name) for name in ("call_host", "rehearse")] == ["2027-07-03", "2027-07-09"]
    one, *_ = county.campers(ref, "offered")
    assert county.record(one)["ready_by"] == "2027-07-03"
    county.engine.do_task(county.bureau, f"{ref}.reschedule", {"starts_on": "2027-07-17", "ends_on": "2027-07-19", "site": "新基地", "why": "暴雨"})
    assert {name: county.record(one)[name] for name in ("starts_on", "ends_on", "ready_by", "site")} == {
        "starts_on": "2027-07-17", "ends_on": "2027-07-19", "ready_by": "2027-07-10", "site": "新基地",
    }  # fmt: skip
    assert [due(county, ref, name) for name in ("call_host", "rehearse")] == ["2027-07-10", "2027-07-16"]


def test_a_camp_that_is_called_off_frees_everybody(county: County) -> None:
    """Nobody's nomination stands in the way of another edition."""
    ref = county.drawn(2, 3)
    county.step(county.county, ref, "call_off_late", why="疫情")
    county.tick()
    assert (county.stage(ref), len(county.campers(ref, "withdrawn"))) == ("cancelled", 3)
    other = county.nominating(2)
    assert county.nominate(county.kids, edition=other)["opened"] == 3


# ------------------------------------------------------------------ nobody's alarm is silenced


def test_a_consent_that_is_withdrawn_on_the_site_silences_no_alarm(county: County, camp: str) -> None:
    """The child stays on the roll until it is fetched: the leader has a task, and called absent it is missing like anybody."""
    one, *_ = county.campers(camp, "arrived")
    kid = county.kid(one)
    said = county.engine.withdraw_consent(county.school_of(kid), kid.ref, "camp.camp", Saying(on=county.today, by="guardian", paper=True))
    assert [(each.ref, each.how, each.stage) for each in said.cases] == [(one, "goes_on", "arrived")]
    assert "The consent is withdrawn: have the child fetched home" in county.desk(county.leader)
    county.at(FIRST, 12, 5)
    call(county, camp, county.record(one)["group"], one)
    assert (county.stage(one), "A camper is missing" in county.desk(county.leader)) == ("missing", True)
    county.pass_by(minutes=31)
    assert referrals(county) == [("protection", "A child is missing from a camp")]


def test_a_camper_on_the_site_is_suspended_by_nobody(county: County, camp: str, codes: Codes) -> None:
    """Not by its school, not while it is out, not while it is missing: the clock would no longer look."""
    one, *_ = county.campers(camp, "arrived")
    for who in (county.school_of(county.kid(one)), county.leader, county.county):
        assert codes(partial(county.engine.suspend, who, one, "ill")) == ["never_suspended"]
    county.step(county.tutor, one, "go_out", left_at=at(9), back_by=at(18), with_whom="祖母")
    assert codes(lambda: county.engine.suspend(county.leader, one, "ill")) == ["never_suspended"]
    county.step(county.tutor, one, "miss")
    assert codes(lambda: county.engine.suspend(county.leader, one, "ill")) == ["never_suspended"]


def test_an_absence_that_cannot_be_entered_alarms_the_leader_all_the_same(county: County, camp: str) -> None:
    """Somebody was taken home between the call and the writing down: the roll call stands, and the leader hears at once."""
    one, *_ = county.campers(camp, "arrived")
    county.at(FIRST, 12, 5)
    with county.town.db.write() as tx:  # as another program's step may have left it
        tx.execute(update(case).where(case.c.ref == one).values(suspended_at="2027-07-10T01:00:00.000000Z"))
    call(county, camp, county.record(one)["group"], one)
    county.tick()
    assert "A camper was called absent, and could not be entered as missing: look for it now" in county.desk(county.leader)
