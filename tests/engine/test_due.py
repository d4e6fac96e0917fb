"""Spans and moments turned into dates; calendar periods and their shares. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from workflow_core import DAY, MONTH, QUARTER, TERM, WEEK, YEAR, Document, Period, Stage, Task, after, at, before, days, earliest, hours, minutes, months
from workflow_core.clock import day_begins
from workflow_core.definition import SCHOOL, Due, Paper
from workflow_core.engine.due import Reckoned, add_calendar, reckon
from workflow_core.engine.periods import period_of, wanted_in

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
HERE = Stage("here", "Here")
VISIT = Task("visit", "Visit", by=SCHOOL)
CALL = Task("call", "Call", by=SCHOOL)
NOTICE = Document("notice", "Notice", template="notice.html.j2")


def terms(day: date) -> tuple[date, date, str]:
    return date(2026, 9, 1), date(2027, 1, 22), "2026-autumn"


@dataclass
class Facts:
    entered: dict[str, datetime] = field(default_factory=dict)
    done: dict[str, date] = field(default_factory=dict)
    served: date | None = None

    def value(self, field: Any) -> Any:
        return field

    def entered_at(self, stage: Stage) -> datetime | None:
        return self.entered.get(stage.name)

    def last_done(self, task: Task[Any]) -> date | None:
        return self.done.get(task.name)

    def paper_moment(self, paper: Paper) -> date | None:
        return self.served


class Weekdays:
    def add_working_days(self, day: date, n: int) -> date:
        step = timedelta(days=1 if n > 0 else -1)
        while n:
            day += step
            n -= (1 if n > 0 else -1) * (day.weekday() < 5)
        return day

    add_school_days = add_working_days


def reckoned(due: Due, since: datetime | None = None, **known: Any) -> Reckoned | None:
    return reckon(due, NOON, Facts(**known), Weekdays, terms, since=since)


def day_of(due: Due, **known: Any) -> date | None:
    found = reckoned(due, **known)
    return None if found is None else found.day


@pytest.mark.parametrize(
    ("day", "n", "unit", "then"),
    [
        (date(2026, 1, 31), 1, "month", date(2026, 2, 28)),
        (date(2028, 1, 31), 1, "month", date(2028, 2, 29)),
        (date(2026, 1, 31), 2, "month", date(2026, 3, 31)),
        (date(2026, 12, 15), 1, "month", date(2027, 1, 15)),
        (date(2026, 1, 15), -1, "month", date(2025, 12, 15)),
        (date(2026, 3, 31), -1, "month", date(2026, 2, 28)),
        (date(2028, 2, 29), 1, "year", date(2029, 2, 28)),
        (date(2026, 12, 28), 1, "week", date(2027, 1, 4)),
        (date(2026, 3, 1), -1, "day", date(2026, 2, 28)),
    ],
)
def test_the_calendar_is_counted_as_the_law_counts_it(day: date, n: int, unit: str, then: date) -> None:
    """The day it is counted from is not counted; a month without that day ends with its last one (民法典 art. 201, 202)."""
    assert add_calendar(day, n, unit) == then


def test_what_is_no_unit_of_the_calendar_is_refused() -> None:
    """A working day needs more than a calendar of dates."""
    with pytest.raises(ValueError, match="working_day"):
        add_calendar(date(2026, 9, 1), 1, "working_day")


def test_minutes_and_hours_count_from_the_instant() -> None:
    """Days end when the day begins."""
    found = [reckoned(due) for due in (minutes(30), hours(2), days(1))]
    assert [one.at for one in found if one] == [NOON + timedelta(minutes=30), NOON + timedelta(hours=2), day_begins(date(2026, 9, 2))]


def test_the_day_of_an_instant_is_the_offices() -> None:
    """Thirteen hours after noon in China it is tomorrow."""
    assert day_of(hours(13)) == date(2026, 9, 2)


@pytest.mark.parametrize(("due", "day"), [(before(date(2026, 9, 30), months(1)), date(2026, 8, 30)), (at(date(2026, 9, 30)), date(2026, 9, 30))])
def test_before_and_at_a_date(due: Due, day: date) -> None:
    """A date on its own is an anchor as well."""
    assert day_of(due) == day


def test_a_date_that_is_not_known_gives_none() -> None:
    """Nothing is due; of several, those that are known count."""
    assert reckoned(after(NOTICE.served, days(7))) is None
    assert day_of(earliest(after(NOTICE.served, days(7)), days(30))) == date(2026, 10, 1)
    assert reckoned(earliest(after(NOTICE.served, days(7)))) is None


def test_the_earliest_moves_when_one_of_them_becomes_known() -> None:
    """Its anchor names all that are known."""
    due = earliest(after(NOTICE.served, days(7)), days(30))
    first, then = reckoned(due), reckoned(due, served=date(2026, 9, 3))
    assert first is not None
    assert then is not None
    assert then.day == date(2026, 9, 10)
    assert first.anchor != then.anchor


def test_after_a_stage_is_after_its_latest_entry() -> None:
    """Or after the beginning, where it was not entered yet."""
    assert day_of(after(HERE, days(2))) == date(2026, 9, 3)
    assert day_of(after(HERE, days(2)), entered={"here": datetime(2026, 9, 5, tzinfo=UTC)}) == date(2026, 9, 7)


def test_after_several_tasks_is_after_the_latest_of_them() -> None:
    """And before any is done, after the beginning."""
    due = after((VISIT, CALL), days(10))
    assert day_of(due) == date(2026, 9, 11)
    assert day_of(due, done={"visit": date(2026, 9, 4), "call": date(2026, 9, 2)}) == date(2026, 9, 14)


def test_silence_begins_with_the_stage_at_the_earliest() -> None:
    """What was done before counts as done then, for a timer."""
    due, early = after(VISIT, days(10)), {"visit": date(2026, 8, 1)}
    assert day_of(due, done=early) == date(2026, 8, 11)
    assert day_of(due, since=NOON, done=early) == date(2026, 9, 11)


@pytest.mark.parametrize(
    ("period", "first", "end"),
    [
        (DAY, date(2026, 12, 31), date(2027, 1, 1)),
        (WEEK, date(2026, 12, 28), date(2027, 1, 4)),
        (MONTH, date(2026, 12, 1), date(2027, 1, 1)),
        (QUARTER, date(2026, 10, 1), date(2027, 1, 1)),
        (YEAR, date(2026, 1, 1), date(2027, 1, 1)),
        (TERM, date(2026, 9, 1), date(2027, 1, 23)),
    ],
)
def test_a_period_of_the_calendar(period: Period, first: date, end: date) -> None:
    """Its first day, and the first day after it; a week begins on Monday."""
    assert period_of(period.name, date(2026, 12, 31), terms) == (first, end)


@pytest.mark.parametrize(("month", "first", "end"), [(1, 1, 4), (3, 1, 4), (4, 4, 7), (9, 7, 10)])
def test_quarters(month: int, first: int, end: int) -> None:
    """Three months each."""
    assert period_of("quarter", date(2026, month, 15), terms) == (date(2026, first, 1), date(2026, end, 1))


@pytest.mark.parametrize(
    ("times", "since", "partial", "wanted"),
    [
        (4, date(2026, 9, 1), "share", 4),
        (4, date(2026, 8, 20), "share", 4),
        (4, date(2026, 9, 16), "share", 2),
        (1, date(2026, 9, 16), "share", 1),
        (1, date(2026, 9, 17), "share", 0),
        (4, date(2026, 9, 30), "share", 0),
        (4, date(2026, 9, 30), "full", 4),
        (4, date(2026, 9, 2), "none", 0),
        (4, date(2026, 9, 1), "none", 4),
    ],
)
def test_a_part_of_a_period_wants_its_share(times: int, since: date, partial: str, wanted: int) -> None:
    """Half a month wants half of it, rounded half up."""
    assert wanted_in(times, date(2026, 9, 1), date(2026, 10, 1), since, partial) == wanted
