"""Editions lived through the engine's front door, with a clock that moves, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from careflow_camp import draw
from tests.plugins.camp.conftest import FIRST, LAST, SECRET, County
from workflow_core.access.consents import Saying
from workflow_core.errors import CareError

CAMPERS_PAPERS = ("consent_form", "admission", "badge")
EDITIONS_PAPERS = ("notice", "list_announcement", "draw_announcement", "group_list", "roll_sheet", "insurance_list", "closing_report")
Codes = Callable[[Callable[[], object]], list[str]]


def test_an_edition_of_sixty_runs_from_notice_to_report(county: County) -> None:
    """Sixty seats, seventy-odd nominations of three schools: drawn, confirmed, held, reported; the next year knows who was there."""
    kids = county.children(40, 20, 15)
    ref = county.nominating(60)
    record = county.record(ref)
    assert sum(line["seats"] for line in record["allotment"]) == 60
    assert county.nominate(kids)["opened"] == 75
    assert len(county.campers(ref, "pool")) == 75
    county.step(county.bureau, ref, "close_nominations", confirm="all are here")
    listed = draw.frozen_list([draw.Entry(county.record(one)["tier"], one) for one in county.campers(ref, "pool")])
    assert (county.record(ref)["digest"], county.record(ref)["listed"]) == (draw.digest(listed), 75)
    done = county.draw(ref)
    assert (done.state, done.counts["refused"], county.stage(ref)) == ("done", 0, "drawn")
    county.tick()
    offered = county.campers(ref, "offered")
    assert len(offered) == 60
    county.confirm(*offered)
    assert len(county.campers(ref, "confirmed")) == 60
    county.begin(ref, 6)
    for one in county.campers(ref, "confirmed"):
        county.step(county.tutor, one, "arrive")
    county.pass_by(minutes=1)
    for hours in (3, 8, 11, 5, 8, 11, 5):  # from nine on the first day to noon on the last
        county.pass_by(hours=hours)
        now = county.town.clock.instant + timedelta(hours=8)
        for group in range(1, 7):
            county.engine.do_task(county.tutor, f"{ref}.roll_call:{group}", {"called_at": f"{now:%Y-%m-%d %H:%M}", "absent": []})
    states = [row["state"] for row in county.engine.show(county.leader, ref).tasks if row["task"] == "roll_call"]
    assert (states.count("done"), states.count("missed")) == (42, 0)
    county.at(LAST, 16)
    county.step(county.leader, ref, "finish")
    assert (len(county.campers(ref, "completed")), county.campers(ref, "waiting")) == (60, [])
    county.step(county.leader, ref, "close", remark="一切平安")
    assert county.stage(ref) == "closed"
    assert sum(line["completed"] for line in county.record(ref)["results"]) == 60
    papers = [one.ref for case in (ref, *county.campers(ref, "completed")) for one in county.engine.papers(county.leader, case)]
    printed = dict(county.engine.pages(county.leader, papers))
    kinds = Counter(one.name for case in (ref, *county.campers(ref, "completed")) for one in county.engine.papers(county.leader, case))
    assert len(printed) == len(papers)
    assert kinds == {**dict.fromkeys(EDITIONS_PAPERS, 1), **dict.fromkeys(CAMPERS_PAPERS, 60)}
    report = next(page for page in printed.values() if "总结报告" in page)
    assert ("全程参加60人" in report, "突发情况0次。" in report) == (True, True)


# ------------------------------------------------------------------ the list that moves by itself


def test_the_seat_that_is_given_back_goes_to_the_next_of_the_school(county: County) -> None:
    """Whoever withdraws, is unfit, or does not answer: each time the next in line of that school is offered the seat, until nobody waits."""
    ref = county.drawn(4, 4, 1, 1)
    line = county.record(ref)["allotment"]
    assert {one["school"]: one["seats"] for one in line} == {"高桥镇中心小学": 2, "板厂小学": 1, "柳林乡小学": 1}
    big = sorted(county.campers(ref, school="高桥镇中心小学"), key=lambda one: county.record(one)["place"])
    assert [county.stage(one) for one in big] == ["offered", "offered", "waiting", "waiting"]
    county.step(county.schools["990101100"], big[0], "withdraw", why="WISH")
    county.tick()
    assert [county.stage(one) for one in big] == ["withdrawn", "offered", "offered", "waiting"]
    county.consent(big[1])
    county.provide(big[1], fit=False)
    county.tick()
    assert [county.stage(one) for one in big] == ["withdrawn", "withdrawn", "offered", "offered"]
    assert county.record(big[1])["withdrawn"] == "UNFIT"
    county.at(date(2027, 5, 30))  # more than the days to answer
    assert [county.stage(one) for one in big[2:]] == ["withdrawn", "withdrawn"]
    assert county.record(big[2])["withdrawn"] == "NO_CONSENT"


def test_consent_is_there_and_the_health_statement_is_not(county: County) -> None:
    """Who has consented keeps the seat until the day by which all is to be there; then it goes to the next."""
    ref = county.drawn(1, 2)
    (first,) = county.campers(ref, "offered")
    county.consent(first)
    county.at(date(2027, 7, 3))
    assert county.stage(first) == "offered"
    county.at(date(2027, 7, 5))
    assert (county.stage(first), county.record(first)["withdrawn"]) == ("withdrawn", "NO_ANSWER")
    assert len(county.campers(ref, "offered")) == 1


def test_a_guardian_who_refuses_gives_the_seat_to_the_next(county: County) -> None:
    """At once; and one who withdraws the consent later, too."""
    ref = county.drawn(1, 3)
    (first,) = county.campers(ref, "offered")
    kid = county.kid(first)
    said = Saying(on=county.today, by="guardian", notice="2026-1", child="agrees", paper=True)
    county.engine.refuse_consent(county.school_of(kid), kid.ref, "camp.camp", said)
    county.tick()
    assert county.stage(first) == "withdrawn"
    (second,) = county.campers(ref, "offered")
    county.confirm(second)
    kid = county.kid(second)
    county.engine.withdraw_consent(county.school_of(kid), kid.ref, "camp.camp", Saying(on=county.today, by="guardian", paper=True))
    county.tick()
    assert county.stage(second) == "withdrawn"
    assert len(county.campers(ref, "offered")) == 1


def test_who_does_not_come_gives_the_seat_to_the_next_on_the_first_day(county: County) -> None:
    """And when the second day begins, the list has ended."""
    ref = county.drawn(1, 3)
    (first,) = county.campers(ref, "offered")
    county.confirm(first)
    county.begin(ref, 1)
    county.step(county.leader, first, "no_show")
    county.tick()
    (second,) = county.campers(ref, "offered")
    assert county.record(second)["answer_by"] == FIRST.isoformat()
    county.confirm(second)
    county.step(county.tutor, second, "arrive")
    assert len(county.campers(ref, "waiting")) == 1
    county.at(date(2027, 7, 11))
    assert (county.campers(ref, "waiting"), len(county.campers(ref, "no_seat"))) == ([], 1)


def test_a_school_with_too_few_nominations_leaves_its_seats_to_the_others(county: County) -> None:
    """When the list is frozen they go round again; the list says how many each has then."""
    kids = county.children(6, 6, 0)
    ref = county.nominating(6)
    county.nominate([*kids[:6], kids[6]])
    county.step(county.bureau, ref, "close_nominations", confirm="all are here")
    assert {one["school"]: one["seats"] for one in county.record(ref)["allotment"]} == {"高桥镇中心小学": 5, "板厂小学": 1}
    county.draw(ref)
    county.tick()
    assert len(county.campers(ref, "offered")) == 6


# ------------------------------------------------------------------ the draw


def test_nobody_draws_again_whatever_stage_it_is_put_into(county: County, codes: Codes) -> None:
    """Not with another public value, not after an override; and what was decided is edited by nobody."""
    ref = county.drawn(1, 3)
    before = [county.record(one)["place"] for one in county.campers(ref)]
    assert codes(lambda: county.draw(ref, public="1")) == ["drawn_already"]
    county.engine.override(county.county, ref, "frozen", "try again")
    assert codes(lambda: county.engine.edit(county.county, ref, {"secret": "", "order_digest": ""}, "try again")) == ["field_fixed"]
    assert codes(lambda: county.draw(ref, public="1")) == ["drawn_already"]
    assert [county.record(one)["place"] for one in county.campers(ref)] == before


def test_what_was_decided_is_edited_by_nobody(county: County, codes: Codes) -> None:
    """Neither place nor lot of a camper, nor the seats of a school, whoever asks; and nobody opens a camp that is decided already."""
    ref = county.drawn(1, 3)
    one, *_ = county.campers(ref, "waiting")
    for who in (county.leader, county.county, county.school_of(county.kid(one))):
        said = {"place": 1, "lot": "0", "tier": 1, "school": "板厂小学", "answer_by": "2027-07-09", "fit": True, "size": "140"}
        with pytest.raises(CareError) as caught:
            county.engine.edit(who, one, said, "a favour")
        assert caught.value.code == "field_fixed"
        assert caught.value.context["fields"] == "place, lot, tier, school, answer_by, fit"
    before = county.record(ref)
    more = [{**line, "seats": 3} for line in before["allotment"]]
    assert codes(lambda: county.engine.edit(county.leader, ref, {"allotment": more, "seats": 3}, "a favour")) == ["field_fixed"]
    assert county.record(ref) == before
    assert codes(lambda: county.edition(digest="0" * 64)) == ["field_fixed"]
    county.engine.edit(county.leader, one, {"size": "150"}, "grown")


def test_a_draw_needs_the_promised_secret_and_the_frozen_list(county: County, codes: Codes) -> None:
    """Another secret, an unclear public value, a list that was changed: all that is wrong is told, nobody is moved."""
    ref = county.frozen(2, 3)
    assert codes(lambda: county.draw(ref, secret="0" * 64, public="12 34")) == ["secret_wrong", "public_value_unclear"]
    one = county.campers(ref, "pool")[0]
    county.tamper(one, tier=1)
    assert codes(lambda: county.draw(ref)) == ["list_changed"]
    assert (county.stage(ref), len(county.campers(ref, "pool"))) == ("frozen", 3)


def test_the_published_digest_cannot_be_moved_to_another_list(county: County, codes: Codes) -> None:
    """Whoever changes the list and the digest in the record is told by what was entered when it was frozen; that, nobody corrects."""
    ref = county.frozen(2, 3)
    one, *_ = county.campers(ref, "pool")
    county.tamper(one, tier=1)
    forged = draw.digest(draw.frozen_list([draw.Entry(county.record(each)["tier"], each) for each in county.campers(ref, "pool")]))
    county.tamper(ref, digest=forged, commitment=draw.commitment("0" * 64))
    assert codes(lambda: county.draw(ref)) == ["list_changed"]
    assert codes(lambda: county.draw(ref, secret="0" * 64)) == ["secret_wrong", "list_changed"]
    assert codes(lambda: county.engine.correct_task(county.bureau, f"{ref}.list_frozen", {"digest": forged}, "a favour")) == ["not_by_hand"]
    assert codes(lambda: county.engine.do_task(county.bureau, f"{ref}.commit", {"commitment": "0" * 64})) == ["task_closed"]


def test_nothing_is_closed_without_a_commitment(county: County, codes: Codes) -> None:
    """Nor opened with seats that nobody has, nor drawn before it is closed."""
    kids = county.children(2)
    ref = county.announced(2)
    county.step(county.bureau, ref, "open")
    assert codes(lambda: county.step(county.bureau, ref, "close_nominations")) == ["not_committed", "list_empty", "closes_early"]
    county.nominate(kids)
    assert codes(lambda: county.step(county.bureau, ref, "close_nominations")) == ["not_committed", "closes_early"]
    assert codes(lambda: county.draw(ref)) == ["not_frozen"]


def test_a_commitment_is_a_sha256_and_another_one_needs_a_reason(county: County, codes: Codes) -> None:
    """Before nominations close it may be replaced, when the secret is lost; afterwards it may not."""
    county.children(2)
    ref = county.announced(2)
    task = f"{ref}.commit"
    assert codes(lambda: county.engine.do_task(county.bureau, task, {"commitment": "abc"})) == ["not_a_digest"]
    county.engine.do_task(county.bureau, task, {"commitment": draw.commitment("1" * 64)})
    assert codes(lambda: county.engine.do_task(county.bureau, task, {"commitment": draw.commitment(SECRET)})) == ["committed_before"]
    county.engine.do_task(county.bureau, task, {"commitment": draw.commitment(SECRET)}, confirm="the envelope was lost")
    county.step(county.bureau, ref, "open")
    county.nominate(county.kids)
    county.step(county.bureau, ref, "close_nominations", confirm="all are here")
    late = {"commitment": draw.commitment("2" * 64)}
    assert codes(lambda: county.engine.correct_task(county.bureau, f"{ref}.commit", late, "another")) == ["committed_late"]
    assert county.draw(ref).state == "done"


def test_nominations_close_by_themselves_when_their_last_day_is_over(county: County) -> None:
    """With a commitment; without one the bureau is told each day."""
    kids = county.children(3)
    ref = county.announced(2)
    county.step(county.bureau, ref, "open")
    county.nominate(kids)
    county.at(date(2027, 6, 11))
    assert county.stage(ref) == "nominating"
    assert "Nominations should be closed, and no secret is promised, or the public value is out already" in county.desk(county.bureau)
    county.engine.do_task(county.bureau, f"{ref}.commit", {"commitment": draw.commitment(SECRET)})
    county.at(date(2027, 6, 12))
    assert (county.stage(ref), county.record(ref)["listed"]) == ("frozen", 3)
