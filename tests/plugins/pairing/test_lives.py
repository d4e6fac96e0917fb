"""One term as it is lived: a volunteer who falls silent, one whose vetting runs out, one who leaves, one who is barred; danger, and the ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from threading import Thread

import pytest

from careflow_pairing.program import PROGRAM
from tests.engine.conftest import TOWNSHIP, actor
from tests.plugins.pairing import people
from tests.plugins.pairing.conftest import Term
from workflow_core.errors import CareError
from workflow_core.records import volunteers
from workflow_core.records.policies import policy_set

Refusal = Callable[[Callable[[], object]], str]


def test_a_pair_is_proposed_accepted_signed_reported(term: Term, refusal: Refusal) -> None:
    """From the proposal on nothing goes by itself but what all have agreed to; the child is paired when the pair begins."""
    term.volunteers(people.volunteer(0))
    (need,) = term.queue(*term.children(people.child(0)))
    done = term.match()
    (pair,) = term.pairs()
    assert (term.stage(pair), done.summary["paired"], term.stage(need)) == ("proposed", 1, "queued")
    term.approve(pair)
    term.do(term.clerk, pair, "ask_proxy", answered_on=term.today)
    term.do(term.director, pair, "ask_family", answered_on=term.today, child_agreed=True)
    assert term.stage(pair) == "agreed"
    assert "Matching card" in term.waiting(term.clerk)
    assert refusal(lambda: term.engine.advance(term.clerk, pair, "sign", {"signed_on": str(term.today)})) == "not_signed"
    term.sign_card(pair)
    term.engine.advance(term.clerk, pair, "sign", {"signed_on": str(term.today)})
    term.engine.advance(term.clerk, pair, "start")
    term.town.wait()
    assert (term.stage(pair), term.stage(need)) == ("active", "paired")
    assert (term.record(pair)["signed_on"], term.record(pair)["reported_on"]) == ("2026-09-01", "2026-09-01")


def test_the_child_of_eight_is_asked_too(term: Term, refusal: Refusal) -> None:
    """Without its word, or against it, there is no pair."""
    term.volunteers(people.volunteer(0))
    term.queue(*term.children(people.child(0)))
    term.match()
    (pair,) = term.pairs()
    term.approve(pair)
    assert refusal(lambda: term.do(term.director, pair, "ask_family", answered_on=term.today)) == "child_not_heard"
    assert refusal(lambda: term.do(term.director, pair, "ask_family", answered_on=term.today, child_agreed=False)) == "child_refused"
    term.engine.advance(term.clerk, pair, "reject", {"why": "the child does not want it"})
    assert (term.stage(pair), term.match().summary["paired"]) == ("declined", 0)


def test_one_who_falls_silent_is_seen(term: Term) -> None:
    """Two pairs; one goes on talking, the other stops after three weeks: after 21 days it is supervised, and comes back on course."""
    silent, alive = term.living(2)
    term.wait(15, talking=[silent, alive])
    assert term.stage(silent) == "active"
    term.wait(14, talking=[alive])
    assert (term.stage(silent), term.stage(alive)) == ("active", "active")
    listed = {row[0]: row[-1] for row in term.engine.listing(term.clerk, "pairing", "silent", division=TOWNSHIP).rows}
    assert int(listed[silent]) > int(listed[alive])
    term.wait(8, talking=[alive])
    assert (term.stage(silent), term.stage(alive)) == ("supervised", "active")
    assert "See why, and put it right" in term.waiting(term.clerk)
    term.do(term.clerk, silent, "look", looked_on=term.today, found="ill", done="will begin again")
    term.talk(silent)
    term.engine.advance(term.clerk, silent, "resume")
    assert term.stage(silent) == "active"
    term.wait(3)
    assert term.stage(silent) == "active"


def test_a_month_under_supervision_is_the_countys_matter(term: Term) -> None:
    """What nobody puts right climbs."""
    (pair,) = term.living()
    term.wait(22)
    assert term.stage(pair) == "supervised"
    term.wait(29)
    assert "A pair has long been under supervision" in term.waiting(term.county)


def test_missed_talks_bring_supervision_before_silence_does(term: Term) -> None:
    """Visits go on, the weekly talks do not: after three of them the pair is supervised."""
    (pair,) = term.living()
    for n in range(3):
        term.wait(9)
        if n < 2:
            term.do(term.clerk, pair, "visit", visited_on=term.today, seen="well")
    assert term.stage(pair) == "supervised"
    assert any(event["transition"] == "supervise" for event in term.engine.history(term.clerk, pair)[0])


def test_one_whose_vetting_runs_out_is_stopped_until_it_is_renewed(term: Term, refusal: Refusal) -> None:
    """A month before, the query is asked for; on the day twelve months after it the pair is suspended at once, and nobody is matched; then it goes on."""
    (pair,) = term.living(1, people.volunteer(0, vetted_on=date(2025, 10, 15)))
    proxy = term.case("proxy")
    term.wait(15, talking=[pair])
    assert "Ask again: the vetting runs out" in term.waiting(term.clerk)
    term.wait(28, talking=[pair])
    assert (term.today, term.stage(proxy), term.stage(pair)) == (date(2026, 10, 14), "approved", "active")
    term.wait(1)
    assert (term.stage(proxy), term.stage(pair)) == ("lapsed", "suspended")
    assert "See the child at once: its proxy parent may not be with it" in term.waiting(term.clerk)
    term.queue(*term.children(people.child(7)))
    assert term.match().summary["able_volunteers"] == 0
    term.do(term.clerk, pair, "see_child", looked_on=term.today, found="well")
    assert refusal(lambda: term.engine.advance(term.clerk, pair, "reinstate")) == "proxy_not_approved"
    term.do(term.clerk, proxy, "vet", result="CLEAR", query_number="2026-77", vetted_on=term.today, authority="the police")
    assert (term.stage(proxy), term.record(proxy)["vetted_until"]) == ("approved", "2027-10-15")
    term.engine.advance(term.clerk, pair, "reinstate")
    assert term.stage(pair) == "active"


def test_an_answer_in_time_stops_nothing(term: Term) -> None:
    """The second query is entered before the first runs out: the year begins anew."""
    (pair,) = term.living(1, people.volunteer(0, vetted_on=date(2025, 10, 15)))
    proxy = term.case("proxy")
    term.wait(20, talking=[pair])
    term.do(term.clerk, proxy, "vet_again", result="CLEAR", query_number="2026-77", vetted_on=term.today, authority="the police")
    term.wait(40, talking=[pair])
    assert (term.stage(proxy), term.stage(pair)) == ("approved", "active")


def test_one_who_leaves_leaves_first_in_line(term: Term) -> None:
    """The pair ends with its history, the child is queued again and served before all others."""
    term.volunteers(people.volunteer(0, capacity=1, village="兰草村"))
    first = term.children(people.child(0, guardian_kin="父亲"))
    (need,) = term.queue(*first)
    term.match()
    (pair,) = term.pairs()
    term.begin(pair)
    term.town.wait()
    term.queue(*term.children(*(people.child(n, guardian_kin="其他") for n in range(1, 4))))
    term.engine.advance(term.clerk, term.case("proxy"), "retire", {"ended_on": str(term.today), "why": "PROXY"})
    term.town.wait()
    assert (term.stage(pair), term.stage(need), term.record(need)["again"]) == ("rematched", "queued", True)
    term.volunteers(people.volunteer(1, capacity=1))
    (made,) = term.match().summary["pairs"]
    assert (made["need"], made["tier"]) == (need, 3)
    assert [event["kind"] for event in term.engine.history(term.clerk, pair)[0]].count("told") == 1


def test_a_hit_bars_and_stops_at_once(term: Term) -> None:
    """The answer is entered, and in the same moment no child is with him any more; the supervisor sees each; the record itself is nowhere."""
    pairs = term.living(2, people.volunteer(0, capacity=2, vetted_on=date(2025, 10, 15)))
    proxy = term.case("proxy")
    term.wait(20, talking=pairs)
    term.do(term.clerk, proxy, "vet_again", result="BARRED", query_number="2026-78", vetted_on=term.today, authority="the police")
    assert (term.stage(proxy), {term.stage(pair) for pair in pairs}) == ("barred", {"suspended"})
    rows = [row for row in term.engine.inbox(term.clerk, limit=1000) if row.name == "see_child"]
    assert sorted(row.case for row in rows) == sorted(pairs)
    term.engine.advance(term.clerk, pairs[0], "rematch", {"ended_on": str(term.today), "why": "BARRED"})
    term.town.wait()
    assert term.stage(pairs[0]) == "rematched"


@pytest.mark.parametrize("day", [None, date(2026, 9, 1), date(2026, 8, 1)])
def test_a_hit_on_the_sheet_bars_whatever_its_day(term: Term, day: date | None) -> None:
    """Without a date, of the same day as the query on file, or older: who has a hit is with no child from then on."""
    (pair,) = term.living(1, people.volunteer(0))
    term.volunteers(people.volunteer(0, result="有记录", vetted_on=day))
    assert (term.stage(term.case("proxy")), term.stage(pair)) == ("barred", "suspended")


def test_a_hit_without_a_date_is_not_lost(term: Term) -> None:
    """Somebody new with a hit is barred, not left waiting for an answer."""
    term.volunteers(people.volunteer(0, result="有记录", vetted_on=None))
    assert term.stage(term.case("proxy")) == "barred"


def test_an_exclusion_bars_whatever_the_query_said(term: Term) -> None:
    """One of the four cases of art. 22, known at any time."""
    (pair,) = term.living()
    proxy = term.case("proxy")
    term.do(term.clerk, proxy, "exclude", known_on=term.today, ground="HABIT")
    assert (term.stage(proxy), term.stage(pair)) == ("barred", "suspended")


def test_danger_is_reported_at_once(term: Term) -> None:
    """Whoever protects children is asked, and the township has a red task, the same day."""
    (pair,) = term.living()
    term.talk(pair, danger="DANGER")
    shown = term.engine.inbox(term.clerk, limit=1000)
    (red,) = [row for row in shown if row.title == "The proxy parent saw danger for the child"]
    assert red.due == term.today
    with term.town.db.read() as tx:
        view = term.engine.runtime.work(tx, pair, term.clerk).view(term.town.clock.now())
        assert [one.status for one in view.referrals("protection")] == ["waiting"]


def test_one_visit_at_home_counts_for_all_it_fulfils(term: Term) -> None:
    """For the month, for the term's visit, and for the term's visit at home."""
    (pair,) = term.living()
    term.do(term.clerk, pair, "visit", visited_on=term.today, seen="well", where="HOME")
    tasks = [(one["task"], one["state"]) for one in term.engine.show(term.clerk, pair).tasks if one["task"] in ("visit", "home_visit")]
    assert tasks.count(("visit", "done")) == 2
    assert ("home_visit", "done") in tasks
    assert ("visit", "open") in tasks  # the month's second


def test_a_volunteer_with_a_login_enters_his_own(term: Term, refusal: Refusal) -> None:
    """He does what his own pair asks, and nothing of another's."""
    first, second = term.living(2, *people.volunteers(2))
    with term.town.db.read() as tx:
        files = volunteers.by_number(tx, [people.volunteer(0).number, people.volunteer(1).number])
    mine = {}
    for file in files.values():
        him = replace(actor("him"), person_id=file.person_id)
        mine[file.ref] = {row.case for row in term.engine.inbox(him)}
        (own,) = mine[file.ref]
        term.engine.do_task(him, f"{own}.talk", {"talked_on": str(term.today), "topics": "school"})
        other = second if own == first else first
        assert refusal(lambda him=him, other=other: term.engine.do_task(him, f"{other}.talk", {"talked_on": str(term.today), "topics": "x"})) == "case_unknown"  # type: ignore[misc]
    assert sorted(ref for refs in mine.values() for ref in refs) == [first, second]


def test_the_ends_close_the_need_too(term: Term, refusal: Refusal) -> None:
    """A parent is back: pair and need end by form. A proxy parent who leaves is no such end."""
    (pair,) = term.living()
    need = term.case("need")
    term.town.wait()
    leaving = {"ended_on": str(term.today), "why": "PROXY"}
    assert refusal(lambda: term.engine.advance(term.clerk, pair, "end", leaving)) == "rematch_instead"
    term.engine.advance(term.clerk, pair, "end", {"ended_on": str(term.today), "why": "PARENT"})
    term.town.wait()
    assert (term.stage(pair), term.stage(need)) == ("ended", "over")


def test_of_age_it_ends_by_itself(term: Term) -> None:
    """On the sixteenth birthday, not a day before."""
    term.volunteers(people.volunteer(0))
    (need,) = term.queue(*term.children(people.child(0, born_on=date(2010, 9, 11))))
    term.match()
    (pair,) = term.pairs()
    term.begin(pair)
    term.wait(9)
    assert (term.today, term.stage(pair)) == (date(2026, 9, 10), "active")
    term.wait(1)
    assert (term.stage(pair), term.stage(need)) == ("ended", "over")


def test_a_need_that_is_over_takes_its_pair_with_it(term: Term) -> None:
    """The family moves away: the supervisor closes the need, the pair follows."""
    (pair,) = term.living()
    term.town.wait()
    need = term.case("need")
    term.engine.advance(term.clerk, need, "no_need", {"ended_on": str(term.today), "why": "MOVED"})
    assert (term.stage(need), term.stage(pair)) == ("over", "ended")


def test_the_diary_is_entered_row_by_row(term: Term) -> None:
    """A sheet of what was done with which child: good rows kept, bad ones told, a second time nothing new."""
    (pair,) = term.living()
    kid = people.child(0)
    sheet = term.folder / "diary.csv"
    rows = ["2026-09-01,谈心,学习", "2026-09-01,走访,家里都好", "2026-09-01,吃饭,", "2026-09-05,谈心,还没到"]
    sheet.write_text("姓名,身份证号码,日期,事项,情况\n" + "".join(f"{kid.name},{kid.number},{row}\n" for row in rows), encoding="utf-8")
    report = term.engine.run_import(term.clerk, "pairing", sheet, division=TOWNSHIP, name="diary")
    assert report.changed + report.duplicates + report.rejected == 4
    assert "talk" in [one["task"] for one in term.engine.show(term.clerk, pair).tasks if one["state"] == "done"]


def test_two_clerks_and_the_last_place(term: Term) -> None:
    """Both propose the same volunteer for two children at the same moment: one gets him, the other is told why not."""
    (proxy,) = term.volunteers(people.volunteer(0, capacity=1))
    needs = term.queue(*term.children(*people.children(2)))
    answers: list[object] = []

    def propose(need: str) -> None:
        try:
            answers.append(term.engine.run_batch(term.clerk, "pairing", "change", {"need": need, "proxy": proxy}, division=TOWNSHIP))
        except CareError as error:
            answers.append(error.code)

    both = [Thread(target=propose, args=(need,)) for need in needs]
    for one in both:
        one.start()
    for one in both:
        one.join()
    codes = sorted(item["refusal"]["code"] if item["refusal"] else "paired" for answer in answers for item in answer.items)  # type: ignore[attr-defined]
    assert codes == ["limit_full", "paired"]
    assert len(term.pairs("proposed")) == 1


def test_a_rerun_keeps_what_was_approved_and_betters_the_rest(term: Term) -> None:
    """A nearer volunteer comes: the proposal that nobody approved is withdrawn for the better one; the approved one stays."""
    term.volunteers(people.volunteer(0, capacity=2, village="深磨村"))
    kept, free = term.queue(*term.children(*(people.child(n, village="兰草村") for n in range(2))))
    term.match()
    of_need = {item["need"]: item for item in term.match().summary["pairs"]}
    assert set(of_need) == {kept, free}
    first = next(ref for ref in term.pairs("proposed") if term.engine.show(term.clerk, ref).row.subject == of_need[kept]["child"])
    term.approve(first)
    term.volunteers(people.volunteer(1, capacity=2, village="兰草村"))
    again = term.match()
    assert [(one["need"], one["same_village"]) for one in again.summary["pairs"]] == [(free, True)]
    assert (term.stage(first), sorted(term.stage(ref) for ref in term.pairs())) == ("proposed", ["proposed", "proposed", "rematched"])


def test_a_county_is_matched_in_one_go_each_township_for_itself(term: Term) -> None:
    """Two townships with villages of one name: nobody is matched across the border, and the county sees how far each is."""
    next_door = "990101101"
    term.volunteers(people.volunteer(0, capacity=1, village="兰草村"))
    term.volunteers(people.volunteer(1, capacity=2, village="兰草村"), division=next_door)
    here = term.queue(*term.children(*(people.child(n, village="兰草村") for n in range(2))))
    there = term.queue(*term.children(people.child(5, village="兰草村"), division=next_door), division=next_door)
    done = term.engine.run_batch(term.county, "pairing", "match", {}, division="990101")
    assert (done.summary["seats"], done.summary["paired"], done.summary["same_village"]) == (3, 2, 2)
    assert {one["need"] for one in done.summary["pairs"]} == {min(here), *there}
    rows = term.engine.listing(term.county, "pairing", "progress", division="990101").rows
    assert sorted((row[0], row[2]) for row in rows) == [("柳林乡", "1"), ("高桥镇", "1")]
    assert term.pairs("proposed") == [row.ref for row in term.engine.cases(term.clerk, workflow="pair", limit=None)]


def test_in_a_county_each_township_keeps_its_own_rules(term: Term) -> None:
    """One keeps siblings together and asks for vetting twice a year, its neighbour does neither."""
    next_door = "990101101"
    with term.town.db.write() as tx:
        policy_set(tx, PROGRAM, TOWNSHIP, {"households": True, "revet_months": 6}, actor=term.town.admin, now=term.town.clock.now())
    term.wait(1)
    half_a_year = date(2026, 2, 1)
    for first, division in ((0, TOWNSHIP), (4, next_door)):
        volunteer, late = people.volunteer(first, capacity=1), people.volunteer(first + 1, capacity=1, vetted_on=half_a_year)
        term.volunteers(volunteer, late, division=division)
        elder, younger = people.child(first, guardian_kin="祖父母"), people.child(first + 2, guardian_kin="祖父母")
        siblings = (elder, replace(younger, guardian=elder.guardian, phone=elder.phone))
        term.queue(*term.children(*siblings, division=division), division=division)
    done = term.engine.run_batch(term.county, "pairing", "match", {}, division="990101")
    proxies = [one["proxy"] for one in done.summary["pairs"]]
    assert (done.summary["able_volunteers"], done.counts["refused"], len(proxies)) == (3, 0, 4)
    assert sorted(proxies.count(one) for one in set(proxies)) == [1, 1, 2]


def test_who_is_a_guardian_on_file_is_near_by_that(term: Term) -> None:
    """A relative on file from another village is nearer than a neighbour's village; a namesake is nobody."""
    uncle = people.volunteer(0, capacity=1, village="板厂村")
    kid = replace_guardian(people.child(0, village="兰草村", guardian_kin="亲戚"), uncle)
    refs = term.children(kid, people.child(1, village="权河村"))
    term.volunteers(uncle, people.volunteer(1, capacity=1, village="深磨村"))
    term.queue(*refs)
    pairs = {one["child"]: one["nearness"] for one in term.match().summary["pairs"]}
    assert pairs == {refs[0]: "KIN", refs[1]: "TOWNSHIP"}


def test_a_father_on_file_is_not_proposed_to_his_own_child(term: Term) -> None:
    """He may volunteer for others; by hand he is not proposed to his own either."""
    father = people.volunteer(0, capacity=2)
    refs = term.children(replace_guardian(people.child(0, guardian_kin="父亲"), father), people.child(1))
    term.volunteers(father)
    term.queue(*refs)
    assert [one["child"] for one in term.match().summary["pairs"]] == [refs[1]]


def replace_guardian(kid: people.SomeChild, guardian: people.SomeVolunteer) -> people.SomeChild:
    """The child whose guardian on file is that volunteer: the same name and telephone."""
    return replace(kid, guardian=guardian.name, phone=guardian.phone)


def test_a_household_stays_together_on_one_place(term: Term) -> None:
    """Where the township has set it: two children of one guardian take the one place of one volunteer, ahead of a child alone."""
    with term.town.db.write() as tx:
        policy_set(tx, PROGRAM, TOWNSHIP, {"households": True}, actor=term.town.admin, now=term.town.clock.now())
    term.wait(1)
    term.volunteers(people.volunteer(0, capacity=1))
    first, second = people.child(0, guardian_kin="祖父母"), people.child(2, guardian_kin="祖父母")
    refs = term.children(first, replace(second, guardian=first.guardian, phone=first.phone), people.child(3, guardian_kin="父亲"))
    term.queue(*refs)
    done = term.match()
    assert ({one["child"] for one in done.summary["pairs"]}, done.counts["refused"]) == (set(refs[:2]), 0)
    assert len(term.pairs("proposed")) == 2
    term.engine.advance(term.clerk, term.pairs("proposed")[0], "reject", {"why": "not this one"})
    assert term.match().summary["paired"] == 1  # the sibling's place is the same; the other one stays


def test_girls_have_a_woman_where_the_township_wants_it(term: Term) -> None:
    """Of ten years and more; a younger one may have a man."""
    with term.town.db.write() as tx:
        policy_set(tx, PROGRAM, TOWNSHIP, {"girls_same_sex": True}, actor=term.town.admin, now=term.town.clock.now())
    term.wait(1)
    term.volunteers(people.volunteer(0, capacity=2, sex="男"))
    girl, small = people.child(0, sex="女", born_on=date(2014, 3, 1)), people.child(1, sex="女", born_on=date(2018, 3, 1))
    refs = term.children(girl, small)
    term.queue(*refs)
    assert [one["child"] for one in term.match().summary["pairs"]] == [refs[1]]
