"""By when: due dates that are set, that move when what they hang on moves, and that stand when a policy changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from tests.engine.conftest import Town
from tests.engine.small import OTHER, WAITING, M, R, V, Visit, small
from workflow_core import (
    MONTH,
    Due,
    Escalate,
    Every,
    Program,
    Task,
    after,
    at,
    before,
    days,
    earliest,
    hookimpl,
    months,
    school_days,
    weeks,
    working_days,
)
from workflow_core.definition import SCHOOL, SUPERVISOR, CalendarDay
from workflow_core.errors import Refused
from workflow_core.records import enabling

MakeTown = Callable[..., Town]


def program(due: Due, *more: Task[Any]) -> Program[Any]:
    return small(Task("call", "Call", by=SCHOOL, due=due), *more)


@pytest.mark.parametrize(
    ("due", "day"),
    [
        (days(3), "2026-09-04"),
        (weeks(2), "2026-09-15"),
        (months(1), "2026-10-01"),
        (working_days(4), "2026-09-07"),
        (school_days(5), "2026-09-08"),
        (days(R.days), "2026-09-06"),
        (after(WAITING, days(2)), "2026-09-03"),
        (after(MONTH, days(15)), "2026-09-15"),
        (earliest(days(9), weeks(1)), "2026-09-08"),
    ],
    ids=["days", "weeks", "months", "working days", "school days", "days of the policy", "after a stage", "after a month's beginning", "the earliest"],
)
def test_a_task_is_due(town_of: MakeTown, due: Due, day: str) -> None:
    """Opened on Tuesday, 1 September."""
    town = town_of(program(due))
    assert town.due(town.start(), "call") == day


def test_a_task_is_due_before_a_date_of_the_record(town_of: MakeTown) -> None:
    """Two days before, on the day, and nothing while the date is not known."""
    town = town_of(small(Task("call", "Call", by=SCHOOL, due=before(M.wanted_on, days(2))), Task("go", "Go", by=SCHOOL, due=at(M.wanted_on))))
    ref = town.start(wanted_on="2026-09-20")
    assert (town.due(ref, "call"), town.due(ref, "go")) == ("2026-09-18", "2026-09-20")
    assert town.due(town.start(), "call") is None


def test_a_corrected_date_moves_what_counts_from_it(town_of: MakeTown) -> None:
    """Set, moved, and taken away; the history says so."""
    town = town_of(program(before(M.wanted_on, days(2))))
    ref = town.start()
    for given, due in (("2026-09-20", "2026-09-18"), ("2026-10-20", "2026-10-18"), ("", None)):
        town.engine.edit(town.teacher, ref, {"wanted_on": given}, "they said so")
        assert town.due(ref, "call") == due
    assert [event["says"]["did"][0]["what"] for event in town.events(ref)[1:]] == ["due_moved"] * 3


def test_what_is_late_and_moved_is_late_again_when_its_new_day_is_over(town_of: MakeTown) -> None:
    """Once for each date."""
    town = town_of(small(Task("call", "Call", by=SCHOOL, due=at(M.wanted_on), late=[Escalate(SUPERVISOR, "Nobody called")])))
    ref = town.start(wanted_on="2026-09-03")
    town.wait(days=5)
    town.engine.edit(town.teacher, ref, {"wanted_on": "2026-09-10"}, "a week later")
    town.wait(days=10)
    assert [event["at"][:10] for event in town.events(ref) if event["kind"] == "task_late"] == ["2026-09-03", "2026-09-10"]


def test_a_due_date_that_stays_the_same_is_not_told_as_moved(town_of: MakeTown) -> None:
    """One working day after Saturday is one working day after Sunday: the history is silent, and what was late is not late again."""
    due = after(M.wanted_on, working_days(1))
    town = town_of(small(Task("call", "Call", by=SCHOOL, due=due, late=[Escalate(SUPERVISOR, "Nobody called")])))
    ref = town.start(wanted_on="2026-09-05")
    assert town.due(ref, "call") == "2026-09-07"
    town.wait(days=10)
    town.engine.edit(town.teacher, ref, {"wanted_on": "2026-09-06"}, "it was the Sunday")
    town.wait(days=3)
    assert town.due(ref, "call") == "2026-09-07"
    assert town.kinds(ref) == ["opened", "task_late", "corrected"]
    assert "due_moved" not in {one["what"] for event in town.events(ref) for one in event["says"].get("did", [])}


def test_a_date_moved_into_the_past_is_late_from_today(town_of: MakeTown) -> None:
    """No event is dated before the correction that caused it."""
    town = town_of(small(Task("call", "Call", by=SCHOOL, due=at(M.wanted_on), late=[Escalate(SUPERVISOR, "Nobody called")])))
    ref = town.start(wanted_on="2026-10-03")
    town.wait(days=9)
    town.engine.edit(town.teacher, ref, {"wanted_on": "2026-09-03"}, "a month earlier")
    town.wait(days=1)
    corrected, late = town.events(ref)[-2:]
    assert (late["kind"], late["at"]) == ("task_late", corrected["at"])


def test_a_policy_that_changes_moves_no_deadline_that_is_set(town_of: MakeTown) -> None:
    """The next one follows the new policy."""
    made = small(Task("call", "Call", by=SCHOOL, due=days(R.days)), Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1)), due=days(R.days)))
    town = town_of(made)
    ref = town.start()
    town.wait(days=1)
    with town.db.write() as tx:
        enabling.policy_set(tx, made, "990101100", {"days": "2"}, actor=town.admin, now=town.clock.instant)
    town.engine.note(town.teacher, ref, "the policy has changed")
    town.engine.edit(town.teacher, ref, {"title": "another"}, "so that all is reckoned again")
    assert (town.due(ref, "call"), town.due(ref, "look")) == ("2026-09-06", "2026-09-06")
    town.wait(days=6)
    assert town.due(ref, "look") == "2026-09-10"
    assert town.due(town.start(), "call") == "2026-09-10"


def test_a_due_date_moves_with_the_last_visit(town_of: MakeTown) -> None:
    """Counted from the day it happened, not from the day it was entered."""
    visit = Task("visit", "Visit", by=SCHOOL, form=Visit, happened=V.on)
    town = town_of(program(after(visit, days(10)), visit))
    ref = town.start()
    assert town.due(ref, "call") == "2026-09-11"
    town.wait(days=4)
    town.do(f"{ref}.visit", on="2026-09-03")
    assert town.due(ref, "call") == "2026-09-13"


def test_a_stage_entered_again_counts_anew(town_of: MakeTown) -> None:
    """after(OTHER, …) is the latest entry."""
    town = town_of(small(both=[Task("call", "Call", by=SCHOOL, due=after(OTHER, days(3)))]))
    ref = town.start()
    town.advance(ref, "go")
    assert town.due(ref, "call") == "2026-09-04"
    town.advance(ref, "back")
    town.wait(days=2)
    town.advance(ref, "go")
    assert town.due(ref, "call") == "2026-09-06"


def test_an_occurrence_is_due_in_its_own_window(town_of: MakeTown) -> None:
    """Counted from the window's first day, and not beyond its last."""
    town = town_of(
        small(Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1)), due=days(3)), Task("see", "See", by=SCHOOL, schedule=Every(days(3)), due=days(9)))
    )
    ref = town.start()
    assert (town.due(ref, "look"), town.due(ref, "see")) == ("2026-09-04", "2026-09-03")
    town.wait(days=9)
    assert (town.due(ref, "look"), town.due(ref, "see")) == ("2026-09-11", "2026-09-12")


class Calendar:
    """A plugin that knows one year more, in which every day is a working day."""

    @hookimpl
    def careflow_calendar(self, division: str, year: int) -> Sequence[CalendarDay] | None:
        return [CalendarDay(date(2029, 1, 1) + timedelta(days=n), working=True, school=True) for n in range(365)] if year == 2029 else None


def test_a_plugin_may_bring_a_year_of_the_calendar(town_of: MakeTown) -> None:
    """The office's own table does not hold it."""
    town = town_of(program(before(M.wanted_on, working_days(5))), plugins=[Calendar()])
    assert town.due(town.start(wanted_on="2029-06-20"), "call") == "2029-06-15"


def test_a_year_that_nobody_knows_is_no_guess(town_of: MakeTown) -> None:
    """calendar_missing, and no case."""
    town = town_of(program(before(M.wanted_on, working_days(5))))
    with pytest.raises(Refused) as error:
        town.start(wanted_on="2031-06-20")
    assert error.value.code == "calendar_missing"
    assert town.engine.cases(town.teacher) == []


def test_overdue_is_told_from_the_day_after(town_of: MakeTown) -> None:
    """On its last day a task is not overdue."""
    town = town_of(program(days(3)))
    town.start()
    town.wait(days=3)
    assert [one.overdue for one in town.inbox(town.teacher)] == [False]
    town.wait(days=1)
    assert [one.overdue for one in town.inbox(town.teacher)] == [True]
