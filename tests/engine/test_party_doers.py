"""A party as a doer: it does what its own cases ask of it, and a clerk of the township does it on its behalf; its sheet; its schedules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.conftest import TOWNSHIP, Town, actor
from tests.engine.mentoring import HELPER, MENTOR, PROGRAM, TALK, VISIT, Mentoring
from workflow_core import MONTH, TERM, WEEK, Open
from workflow_core.access.grants import Actor
from workflow_core.engine.opening import open_part
from workflow_core.errors import CareError
from workflow_core.records import child_views, volunteers
from workflow_core.records.values import check_digit
from workflow_core.records.volunteers import VolunteerFile


def number(sequence: int, born: str = "19800325") -> str:
    first = f"432801{born}{sequence:03}"
    return first + check_digit(first)


@pytest.fixture
def mentoring(town_of: Callable[..., Town]) -> Town:
    """A town with the mentoring program."""
    return town_of(PROGRAM)


def volunteer(town: Town, sequence: int) -> VolunteerFile:
    with town.db.write() as tx:
        said = {"name": "乙" + "一二三四五"[sequence], "national_id": number(sequence * 2 + 1)}
        return volunteers.add(tx, "boss", town.clock.now(), said, division=TOWNSHIP)


def login(file: VolunteerFile, name: str = "mentor") -> Actor:
    """An account that is a volunteer's, and has no role at all."""
    return replace(actor(name), person_id=file.person_id)


def pair(town: Town, file: VolunteerFile, helper: VolunteerFile | None = None) -> str:
    """A mentoring of a new child by that volunteer's own case."""
    mentor = town.engine.open(town.teacher, "mentoring.mentor", file.ref, {})
    child = town.child()
    with town.engine.runtime.committing(), town.db.write() as tx:
        parties = {MENTOR: mentor.ref, HELPER: None if helper is None else helper.ref}
        work = open_part(
            town.engine.runtime, tx, Open(Mentoring()), program="mentoring", whole=None, subject=child, division=TOWNSHIP, now=town.clock.now(), parties=parties
        )  # fmt: skip
        assert work is not None
        town.engine.runtime.save(tx, work, town.clock.now())
        return work.state.ref


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(CareError) as caught:
        call()
    return caught.value.code


def test_a_volunteer_does_what_his_own_case_asks(mentoring: Town) -> None:
    """With no role he sees and does his own case's task, which also lies on the township's desks."""
    file = volunteer(mentoring, 0)
    ref, mine = pair(mentoring, file), login(file)
    assert {row.title for row in mentoring.inbox(mine)} == {"Talk", "Visit"}
    assert {"Talk", "Visit"} <= {row.title for row in mentoring.inbox(mentoring.supervisor)}
    mentoring.engine.do_task(mine, f"{ref}.talk", {"on": "2026-09-01"})
    (done,) = [event for event in mentoring.events(ref) if event["kind"] == "task_done"]
    assert (done["actor"], done["on_behalf"]) == ("mentor", None)
    assert mentoring.engine.advance(mine, ref, "stop").stage == "off"


def test_another_volunteer_sees_nothing_of_it(mentoring: Town) -> None:
    """Of somebody else's case nothing is there: not in the inbox, not by its reference."""
    ref = pair(mentoring, volunteer(mentoring, 0))
    other = login(volunteer(mentoring, 1))
    assert mentoring.inbox(other) == []
    assert refusal(lambda: mentoring.engine.do_task(other, f"{ref}.talk", {"on": "2026-09-01"})) == "case_unknown"
    assert refusal(lambda: mentoring.engine.advance(other, ref, "stop")) == "case_unknown"
    assert refusal(lambda: mentoring.engine.show(other, ref)) == "case_unknown"


def test_a_party_does_not_do_what_is_asked_of_others(mentoring: Town) -> None:
    """The helper's task is not the mentor's, and neither takes what only the school may."""
    file, helper = volunteer(mentoring, 0), volunteer(mentoring, 1)
    ref = pair(mentoring, file, helper)
    assert refusal(lambda: mentoring.engine.do_task(login(file), f"{ref}.sort")) == "not_permitted"
    assert refusal(lambda: mentoring.engine.advance(login(helper), ref, "stop")) == "not_permitted"
    assert [row.title for row in mentoring.inbox(login(helper))] == ["Sort the papers"]
    mentoring.engine.do_task(login(helper), f"{ref}.sort")
    assert mentoring.states(ref, "sort") == ["done"]


def test_a_clerk_does_it_on_the_volunteers_behalf(mentoring: Town) -> None:
    """The history says who did it and for whom, whether he says so or not; for somebody else it is refused."""
    file, helper = volunteer(mentoring, 0), volunteer(mentoring, 1)
    ref = pair(mentoring, file, helper)
    mentoring.engine.do_task(mentoring.supervisor, f"{ref}.talk", {"on": "2026-09-01"})
    mentoring.engine.do_task(mentoring.supervisor, f"{ref}.visit", {"on": "2026-09-01"}, on_behalf=file.ref)
    told = [(event["actor"], event["on_behalf"]) for event in mentoring.events(ref) if event["kind"] == "task_done"]
    assert told == [("supervisor", file.ref)] * 2
    assert refusal(lambda: mentoring.engine.do_task(mentoring.supervisor, f"{ref}.visit", {"on": "2026-09-01"}, on_behalf=helper.ref)) == "not_a_party"
    assert refusal(lambda: mentoring.engine.do_task(mentoring.teacher, f"{ref}.visit", {"on": "2026-09-01"})) == "not_permitted"


def test_who_is_asked_himself_acts_for_nobody(mentoring: Town) -> None:
    """A child director who is named beside the party does it in his own right; the school's transition is the school's own."""
    helper = volunteer(mentoring, 1)
    ref = pair(mentoring, volunteer(mentoring, 0), helper)
    director = actor("director", "child_director")
    mentoring.engine.do_task(director, f"{ref}.sort")
    (done,) = [event for event in mentoring.events(ref) if event["kind"] == "task_done"]
    assert done["on_behalf"] is None
    mentoring.advance(ref, "stop")
    assert mentoring.events(ref)[-1]["on_behalf"] is None


def test_one_talk_counts_for_the_week_and_the_term(mentoring: Town) -> None:
    """One entry settles both schedules; the next week asks again, the term does not; a missed week is written down and counted."""
    file = volunteer(mentoring, 0)
    ref = pair(mentoring, file)
    assert mentoring.tasks(ref).count("talk") == 2
    mentoring.engine.do_task(login(file), f"{ref}.talk", {"on": "2026-09-01"})
    assert "talk" not in mentoring.tasks(ref)
    mentoring.wait(days=14)
    assert mentoring.states(ref, "talk").count("missed") == 1
    with mentoring.db.read() as tx:
        view = mentoring.engine.runtime.work(tx, ref, mentoring.supervisor).view(mentoring.clock.now())
        week, last_week, term = view.tally(TALK, WEEK), view.tally(TALK, WEEK, 1), view.tally(TALK, TERM)
    assert (week.wanted, week.done, week.missed) == (1, 0, 0)
    assert (last_week.wanted, last_week.done, last_week.missed) == (1, 0, 1)
    assert (term.wanted, term.done, term.missed) == (1, 1, 1)


def test_two_visits_a_month_and_one_of_them_is_the_terms(mentoring: Town) -> None:
    """The policy says how many; the first serves the term too, the second the month alone."""
    file = volunteer(mentoring, 0)
    ref = pair(mentoring, file)
    for day in ("2026-09-02", "2026-09-16"):
        mentoring.wait(days=2 if day.endswith("02") else 14)
        mentoring.engine.do_task(login(file), f"{ref}.visit", {"on": day})
    assert "visit" not in mentoring.tasks(ref)
    mentoring.wait(days=20)
    with mentoring.db.read() as tx:
        view = mentoring.engine.runtime.work(tx, ref, mentoring.supervisor).view(mentoring.clock.now())
        assert (view.tally(VISIT, MONTH, 1).done, view.tally(VISIT, MONTH).done, view.tally(VISIT, MONTH).wanted) == (2, 0, 2)
        assert view.tally(VISIT, TERM).done == 2
        assert view.finished(VISIT) is False
    assert mentoring.states(ref, "visit").count("missed") == 0


def test_a_sheet_puts_volunteers_on_file(mentoring: Town, tmp_path: Path) -> None:
    """By number and name, with a verdict per row; feeding it in again changes nothing."""
    sheet = tmp_path / "mentors.csv"
    rows = [
        ("乙一", number(1), "裴坝村", "2"), ("乙二", number(3), "", "5"), ("乙三", "432801198003250059", "", "1"), ("乙一", number(1), "", "1"),
        ("乙四", "", "", "1"), ("乙五", number(5, "20120325"), "", "1"),
    ]  # fmt: skip
    sheet.write_text("姓名,身份证号码,所在村,名额\n" + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    report = mentoring.engine.run_import(mentoring.supervisor, "mentoring", sheet, division=TOWNSHIP)
    verdicts = [(one.row, one.verdict, one.code) for one in report.problems]
    assert (report.opened, report.duplicates, report.rejected) == (1, 1, 4)
    assert [(row, verdict) for row, verdict, _ in verdicts] == [(3, "rejected"), (4, "rejected"), (5, "duplicate"), (6, "rejected"), (7, "rejected")]
    assert [code for _, _, code in verdicts][1:] == ["id_check_digit", "same_volunteer_again", "id_missing", "too_young"]
    with mentoring.db.read() as tx:
        listed = volunteers.listed(tx, actor("any", "child_supervisor"))
    assert [(one["name"], one["village"]) for one in listed] == [("乙*", "裴坝村")]
    again = mentoring.engine.run_import(mentoring.supervisor, "mentoring", sheet, division=TOWNSHIP)
    assert (again.opened, again.unchanged) == (0, 1)


def test_a_volunteer_finds_the_children_of_his_own_open_cases_and_nobody_else(mentoring: Town) -> None:
    """Those whom he may show: by a part of the name or by the reference, masked, and no more of the file than a party reads; until the case is closed."""
    file = volunteer(mentoring, 0)
    ref, mine = pair(mentoring, file), login(file)
    child, theirs = f"C-{mentoring.children:06d}", mentoring.child()

    def found(text: str, who: Actor = mine) -> list[str]:
        with mentoring.db.read() as tx:
            return [f"{one['ref']} {one['name']} {one['village']}" for one in child_views.find(tx, who, text)]

    assert found("张") == found("张三") == found(child.lower()) == [f"{child} 张* None"]
    assert found(theirs) == found("2014") == found("张", login(volunteer(mentoring, 1))) == []
    assert len(found("张", mentoring.supervisor)) == 2
    mentoring.engine.advance(mine, ref, "stop")
    assert found("张三") == []
