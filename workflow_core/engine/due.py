"""By when: spans and moments turned into dates and instants."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from workflow_core.clock import civil_date, day_begins
from workflow_core.definition import Due, Earliest, Moment, Paper, Period, Span, Stage, Task, path_of
from workflow_core.engine.periods import TermsOf, period_of


class DayCounter(Protocol):
    """The part of the office's calendar that due dates need."""

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after (or, below zero, before) a day."""
        ...

    def add_school_days(self, day: date, n: int) -> date:
        """The n-th school day after (or, below zero, before) a day."""
        ...


class Facts(Protocol):
    """What a due date can hang on, as the case stands."""

    def value(self, field: Any) -> Any:
        """What a reference stands for."""
        ...

    def entered_at(self, stage: Stage) -> datetime | None:
        """When a stage was last entered."""
        ...

    def last_done(self, task: Task[Any]) -> date | None:
        """The day the task last happened since the stay in the stage began."""
        ...

    def paper_moment(self, paper: Paper) -> date | None:
        """When the latest paper of that kind was signed or served, in the present stay."""
        ...


@dataclass(frozen=True)
class Reckoned:
    """A due moment.

    :param at: the instant; for whole days, the beginning of the day.
    :param day: the civil date, which is what people are told.
    :param anchor: what it was counted from: while that stands, a deadline that is set stands, whatever the policy becomes.
    """

    at: datetime
    day: date
    anchor: str


def reckon(due: Due, opened: datetime, facts: Facts, calendar: Callable[[], DayCounter], terms: TermsOf, *, since: datetime | None = None) -> Reckoned | None:
    """When something is due.

    :param opened: what a bare span, and a moment without an anchor yet, is counted from.
    :param since: a task done before that counts as done then: a timer's silence begins with its stage at the earliest.
    :returns: None where the date it hangs on is not known.
    """
    if isinstance(due, Earliest):
        found = [one for one in (reckon(part, opened, facts, calendar, terms, since=since) for part in due.of) if one is not None]
        if not found:
            return None
        first = min(found, key=lambda one: one.at)
        return Reckoned(first.at, first.day, "|".join(one.anchor for one in found))
    if isinstance(due, Span):
        return _counted(opened, due, 1, facts, calendar)
    start = _anchor(due, opened, facts, terms, since)
    return None if start is None else _counted(start, due.span, due.sign or 1, facts, calendar)


def add_span(start: datetime, span: Span, sign: int, number: float, calendar: Callable[[], DayCounter]) -> datetime:
    """``number`` units after (or, with sign -1, before) an instant. Days and longer units count civil dates and end when that day begins."""
    if span.unit == "minute":
        return start + sign * timedelta(minutes=number)
    if span.unit == "hour":
        return start + sign * timedelta(hours=number)
    day, n = civil_date(start), sign * round(number)
    if span.unit == "working_day":
        day = calendar().add_working_days(day, n)
    elif span.unit == "school_day":
        day = calendar().add_school_days(day, n)
    else:
        day = add_calendar(day, n, span.unit)
    return day_begins(day)


def add_calendar(day: date, n: int, unit: str) -> date:
    """``n`` days, weeks, months or years after a day; where the month has no such day, its last one.

    :raises ValueError: another unit.
    """
    if unit in ("day", "week"):
        return day + timedelta(days=n * (7 if unit == "week" else 1))
    if unit not in ("month", "year"):
        raise ValueError(f"no calendar unit: {unit}")
    months = day.year * 12 + day.month - 1 + n * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def length_of(span: Span, facts: Facts) -> float:
    """The number of units: as written, or what the policy says."""
    return float(facts.value(span.n)) if path_of(span.n) is not None else span.n


def _counted(start: datetime, span: Span, sign: int, facts: Facts, calendar: Callable[[], DayCounter]) -> Reckoned:
    at = add_span(start, span, sign, length_of(span, facts), calendar)
    return Reckoned(at, civil_date(at), start.isoformat())


def _anchor(moment: Moment, opened: datetime, facts: Facts, terms: TermsOf, since: datetime | None) -> datetime | None:
    anchor = moment.anchor
    if isinstance(anchor, Stage):
        return facts.entered_at(anchor) or opened
    if isinstance(anchor, (Task, tuple)):
        days = [day for day in map(facts.last_done, anchor if isinstance(anchor, tuple) else (anchor,)) if day is not None]
        if not days:
            return opened
        last = day_begins(max(days))
        return last if since is None else max(last, since)
    if isinstance(anchor, Paper):
        day = facts.paper_moment(anchor)
        return None if day is None else day_begins(day)
    if isinstance(anchor, Period):
        return day_begins(period_of(anchor.name, civil_date(opened), terms)[0] - timedelta(days=1))
    value = facts.value(anchor)
    if isinstance(value, datetime):
        return value
    return day_begins(value) if isinstance(value, date) else None
