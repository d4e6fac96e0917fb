"""The schools' sheets: a verdict for each row, the good ones kept; and who holds the last seat."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

import careflow_camp
from tests.plugins.camp.conftest import GAOQIAO, LIULIN, County, Kid
from workflow_core.access.grants import Actor, Grant
from workflow_core.errors import CareError
from workflow_core.store import facts

Codes = Callable[[Callable[[], object]], list[str]]


def verdicts(answer: dict[str, Any]) -> dict[int, str]:
    """The code of what was told of each row, by its number."""
    return {one["row"]: one["code"] for one in answer["problems"]}


def row(kid: Kid, months: str = "12") -> tuple[str, ...]:
    return (kid.name, kid.number, months, "唱歌", "140")


def test_each_row_gets_its_verdict_and_the_good_ones_are_kept(county: County) -> None:
    """Registered, left-behind, of the grade, with a school that has seats; months that can be read; nobody twice."""
    county.policy(reserve_percent=500)
    good = county.child()
    home = county.child(left_behind="否")
    unknown = county.child(left_behind="")
    small = county.child(grade="二年级")
    away = county.child("别处小学")
    odd = county.child()
    twice = county.child()
    ref = county.nominating(3, counts=[{"school": "高桥镇中心小学", "children": 6}])
    stranger = Kid("", "无名氏", "432801201604010118", "")
    rows = [row(good), row(home), row(unknown), row(small), row(away), row(odd, "很久"), row(twice), row(twice), row(stranger)]
    answer = county.sheet(county.schools[GAOQIAO], GAOQIAO, rows)
    assert verdicts(answer) == {
        3: "not_left_behind", 4: "left_behind_unknown", 5: "grade_too_low", 6: "no_seats", 7: "months_not_read", 9: "same_child_again", 10: "id_check_digit",
    }  # fmt: skip
    assert (answer["opened"], answer["nominated"], len(county.campers(ref, "pool"))) == (2, 2, 2)


def test_a_sheet_with_the_headings_that_the_notice_prints_is_read(county: County) -> None:
    """Every one of them: annex 2 is what schools copy."""
    notice = (Path(careflow_camp.__file__).parent / "templates" / "notice.html.j2").read_text(encoding="utf-8")
    printed = re.findall(r"<th>([^<]+)</th>", notice.split("附件2　推荐名册样式</h1>")[1].split("</thead>")[0])
    kids = county.children(3)
    ref = county.nominating(3)
    answer = county.sheet(county.schools[GAOQIAO], GAOQIAO, [row(one) for one in kids], headings=printed)
    assert (answer["opened"], answer["problems"], answer["unknown_headings"], len(county.campers(ref, "pool"))) == (3, [], {}, 3)


def test_a_sheet_by_which_no_child_can_be_found_is_refused_whole(county: County, codes: Codes) -> None:
    """Not row by row: nobody is told to add children who are on file."""
    kids = county.children(3)
    county.nominating(3)
    rows = [(one.name, "12", "唱歌", "140") for one in kids]
    assert codes(lambda: county.sheet(county.schools[GAOQIAO], GAOQIAO, rows, headings=("姓名", "父母外出月数", "节目", "营服尺码"))) == ["headings_missing"]


def test_a_sheet_that_is_fed_in_twice_changes_nothing(county: County) -> None:
    """Whoever is nominated stays so, once."""
    kids = county.children(3)
    ref = county.nominating(3)
    county.nominate(kids)
    again = county.nominate(kids)
    assert (again["opened"], again["unchanged"], again["problems"], len(county.campers(ref))) == (0, 3, [], 3)


def test_a_trial_writes_nothing(county: County) -> None:
    """And says what would be."""
    kids = county.children(3)
    ref = county.nominating(3)
    assert (county.nominate(kids, dry_run=True)["opened"], county.campers(ref)) == (3, [])


def test_a_school_nominates_no_more_than_its_seats_and_reserve(county: County) -> None:
    """Two seats and half of that beyond them: the fourth is refused, and has a place again when one is taken back."""
    kids = county.children(4)
    ref = county.nominating(2)
    answer = county.nominate(kids)
    assert (answer["opened"], verdicts(answer)) == (3, {5: "limit_full"})
    county.step(county.schools[GAOQIAO], county.campers(ref)[0], "take_back", why="WISH")
    assert county.nominate(kids[3:])["opened"] == 1


def test_a_former_camper_waits_for_the_county(county: County, codes: Codes) -> None:
    """原则上不予参加: the row says so, the county admits it with a reason; who is not admitted is refused when nominations close."""
    first = county.running(2, 2, tutors=1)
    county.at(date(2027, 7, 12), 16)
    county.step(county.leader, first, "finish")
    county.step(county.leader, first, "close")
    county.at(date(2028, 5, 15))
    new = county.child()
    ref = county.nominating(3, starts_on=date(2028, 7, 10), ends_on=date(2028, 7, 12), nominate_by="2028-06-10", public_on="2028-06-20")
    answer = county.nominate([*county.kids])
    assert (answer["opened"], sorted(verdicts(answer).values())) == (3, ["took_part_before", "took_part_before"])
    one, other = county.campers(ref, "nominated")
    assert codes(lambda: county.step(county.schools[GAOQIAO], one, "admit_anyway", why="孤儿")) == ["not_permitted"]
    county.step(county.county, one, "admit_anyway", why="孤儿")
    county.step(county.bureau, ref, "close_nominations", confirm="all are here")
    assert (county.stage(one), county.stage(other), county.record(ref)["listed"]) == ("pool", "ineligible", 2)
    assert county.record(one)["tier"] > county.record(next(each for each in county.campers(ref, "pool") if county.kid(each) == new))["tier"]


def test_nobody_is_nominated_in_two_editions_at_once(county: County) -> None:
    """The second one names the first."""
    kids = county.children(2)
    first = county.nominating(2)
    county.nominate(kids, edition=first)
    second = county.nominating(2)
    answer = county.nominate(kids, edition=second)
    assert (answer["opened"], set(verdicts(answer).values())) == (0, {"already_open"})
    named = {one for one in county.campers(first) for problem in answer["problems"] if one in problem["hint"]}
    assert (named, len(answer["problems"])) == (set(county.campers(first)), 2)


def test_a_nomination_after_closing_is_refused(county: County) -> None:
    """When it is closed, and when its last day is over before anybody has closed it; a sheet without any edition too."""
    kids = county.children(2)
    with pytest.raises(CareError) as caught:
        county.nominate(kids)
    assert caught.value.code == "whole_missing"
    ref = county.nominating(2)
    county.nominate(kids[:1])
    county.step(county.bureau, ref, "close_nominations", confirm="all are here")
    assert verdicts(county.nominate(kids)) == {2: "nominations_closed", 3: "nominations_closed"}


def test_a_townships_sheet_goes_into_the_countys_edition_and_no_other_ones(county: County) -> None:
    """Also where it is named; a case of another kind, or of another county, is none."""
    kids = county.children(2, 0, 2)
    ref = county.nominating(4)
    assert county.sheet(county.schools[LIULIN], LIULIN, [row(kids[2])], whole=ref)["opened"] == 1
    assert verdicts(county.sheet(county.schools[LIULIN], LIULIN, [row(kids[0])], whole=ref)) == {2: "held_elsewhere"}
    camper, *_ = county.campers(ref)
    with pytest.raises(CareError) as caught:
        county.sheet(county.schools[GAOQIAO], GAOQIAO, [row(kids[0])], whole=camper)
    assert caught.value.code in ("not_a_part", "case_unknown")


def test_a_nomination_at_the_desk_is_held_to_the_same(county: County, codes: Codes) -> None:
    """One row, typed: also by a school that may see no more than its own pupils."""
    kid, small = county.child(), county.child(grade="二年级")
    county.child()
    ref = county.nominating(2)
    with county.town.db.read() as tx:
        row = facts.subject(tx, kid.ref)
    place = "" if row is None else str(row["school"])
    school = Actor("one-school", (Grant("school", "place", place, None, "2020-01-01", None),), False, account_id="one-school")
    answer = county.engine.enter_row(school, "camp", kid.ref, {"away_months": "12"}, whole=ref).as_dict()
    assert (answer["opened"], [county.stage(one) for one in answer["cases"]]) == (1, ["pool"])
    assert codes(lambda: county.engine.enter_row(school, "camp", small.ref, {}, whole=ref)) == ["grade_too_low"]
    assert county.engine.enter_row(school, "camp", kid.ref, {}).as_dict()["unchanged"] == 1
    assert codes(lambda: county.engine.open(county.bureau, "camp.camper", small.ref, {"school": kid.school}, whole=ref)) == ["not_permitted"]


def test_a_list_that_counts_says_how_many(county: County) -> None:
    """Its last column is no number of a paper."""
    kids = county.children(2)
    county.nominating(2)
    county.nominate(kids)
    listed = county.engine.listing(county.leader, "camp", "by_school", division="990101")
    assert (listed.columns[-1], [row[-1] for row in listed.rows]) == ("How many", ["2"])


# ------------------------------------------------------------------ seats


@pytest.mark.parametrize("seats", [0, -3])
def test_an_edition_has_seats(county: County, seats: int) -> None:
    """None, or fewer: refused, and there is no such edition."""
    with pytest.raises(CareError) as caught:
        county.edition(seats)
    assert (caught.value.code, [one.place for one in caught.value.problems]) == ("input_invalid", ["seats"])


def test_an_edition_does_not_end_before_it_begins(county: County, codes: Codes) -> None:
    """Nor do nominations close when it has begun, nor is the public value known before they close: refused when it is opened, and when it is corrected."""
    assert codes(lambda: county.edition(ends_on="2027-07-09")) == ["ends_before_start"]
    assert codes(lambda: county.edition(public_on="2027-06-01")) == ["public_too_early"]
    ref = county.edition()
    assert codes(lambda: county.engine.edit(county.bureau, ref, {"nominate_by": "2027-07-11"}, "later")) == ["closes_too_late"]
    assert county.engine.cases(county.bureau, program="camp", workflow="edition", limit=None)[0].ref == ref


def test_counts_that_are_none_are_told_all_at_once(county: County, codes: Codes) -> None:
    """A text, a school twice: nothing is allotted."""
    ref = county.edition()
    county.step(county.bureau, ref, "announce")
    assert codes(lambda: county.allot(ref, counts=[{"school": "甲", "children": "many"}])) == ["number_invalid"]
    assert codes(lambda: county.allot(ref, counts=[{"school": "甲", "children": 3}, {"school": "甲", "children": 4}])) == ["school_twice"]
    assert codes(lambda: county.allot(ref)) == ["no_children"]
    county.child()
    assert codes(lambda: county.allot(ref)) == ["seats_left"]
    assert (county.stage(ref), county.record(ref)["allotment"]) == ("announced", [])


def test_seats_are_allotted_by_the_registry_as_the_edition_says(county: County) -> None:
    """At least one for each school; who is not of the grade, or not left behind, is not counted; and not any more when nominations are open."""
    county.children(6, 2, 1)
    county.child(grade="一年级")
    county.child(left_behind="否")
    ref = county.announced(6)
    assert {one["school"]: (one["children"], one["seats"], one["reserve"]) for one in county.record(ref)["allotment"]} == {
        "高桥镇中心小学": (6, 4, 2), "板厂小学": (2, 1, 1), "柳林乡小学": (1, 1, 1),
    }  # fmt: skip
    county.step(county.bureau, ref, "open")
    with pytest.raises(CareError) as caught:
        county.allot(ref)
    assert [one.code for one in caught.value.problems] == ["not_now"]


def test_of_two_desks_that_confirm_the_last_seat_one_gets_it(county: County) -> None:
    """The site has fewer beds than were allotted: both enter the last thing that is missing at the same moment."""
    ref = county.drawn(2, 2)
    first, second = county.campers(ref, "offered")
    for one in (first, second):
        county.consent(one)
        county.engine.do_task(county.schools[GAOQIAO], f"{one}.health", {"stated_on": str(county.today), "fit": True})
    county.engine.override(county.county, ref, "announced", "a room is flooded")
    county.engine.edit(county.county, ref, {"seats": 1}, "a room is flooded")
    county.engine.override(county.county, ref, "drawn", "a room is flooded")
    barrier, said = Barrier(2), []

    def last_thing(camper: str) -> None:
        barrier.wait()
        try:
            county.engine.do_task(county.schools[GAOQIAO], f"{camper}.contact", {"name": "王五", "phone": "19900009999"})
        except CareError as error:
            said.append(error.code)

    desks = [Thread(target=last_thing, args=(one,)) for one in (first, second)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert sorted(county.stage(one) for one in (first, second)) == ["confirmed", "offered"]
    assert set(said) <= {"limit_full"}


def test_a_bed_that_is_given_back_goes_at_once_to_whoever_has_all_that_is_asked_for(county: County) -> None:
    """Without the clock: who was complete first, and nobody else."""
    ref = county.drawn(3, 3)
    first, second, third = county.campers(ref, "offered")
    county.engine.override(county.county, ref, "announced", "a room is flooded")
    county.engine.edit(county.county, ref, {"seats": 1}, "a room is flooded")
    county.engine.override(county.county, ref, "drawn", "a room is flooded")
    county.confirm(first, second)
    county.consent(third)
    assert [county.stage(one) for one in (first, second, third)] == ["confirmed", "offered", "offered"]
    county.step(county.leader, first, "withdraw", why="WISH")
    assert [county.stage(one) for one in (first, second, third)] == ["withdrawn", "confirmed", "offered"]


def test_a_consent_by_somebody_who_is_no_guardian_is_refused(county: County, codes: Codes) -> None:
    """The seat waits for one who is."""
    from workflow_core.access.consents import Saying

    ref = county.drawn(1, 1)
    (one,) = county.campers(ref, "offered")
    kid = county.kid(one)
    stranger = Saying(on=county.today, named="路人甲", kin="neighbour", notice="2026-1", child="agrees", paper=True)
    assert codes(lambda: county.engine.give_consent(county.school_of(kid), kid.ref, "camp.camp", stranger)) == ["not_guardian"]
    county.provide(one)
    assert county.stage(one) == "offered"
