"""Lengths of time, moments, calendar periods and schedules: how a program says *when*."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union

if TYPE_CHECKING:
    from workflow_core.definition.case import Case
    from workflow_core.definition.parts import Paper, Stage, Task

Unit: TypeAlias = Literal["minute", "hour", "day", "school_day", "working_day", "week", "month", "year"]


@dataclass(frozen=True, eq=False)
class Span:
    """A length of time: ``n`` of a unit. ``n`` may be a reference to a policy field."""

    n: float
    unit: Unit


def minutes(n: float) -> Span:
    """So many minutes."""
    return Span(n, "minute")


def hours(n: float) -> Span:
    """So many hours."""
    return Span(n, "hour")


def days(n: float) -> Span:
    """So many days of the civil calendar; the day it is counted from is not counted (民法典 art. 201)."""
    return Span(n, "day")


def school_days(n: float) -> Span:
    """So many days on which there is school, by the office's calendar."""
    return Span(n, "school_day")


def working_days(n: float) -> Span:
    """So many working days, by the office's calendar: make-up days count, holidays do not."""
    return Span(n, "working_day")


def weeks(n: float) -> Span:
    """So many times seven days."""
    return Span(n, "week")


def months(n: float) -> Span:
    """So many calendar months; the last day of the month where the day does not exist (民法典 art. 202)."""
    return Span(n, "month")


def years(n: float) -> Span:
    """So many calendar years."""
    return Span(n, "year")


@dataclass(frozen=True, eq=False)
class Period:
    """A calendar period. A term comes from the office's calendar; a week begins on Monday."""

    name: Literal["day", "week", "month", "quarter", "term", "year"]


DAY, WEEK, MONTH = Period("day"), Period("week"), Period("month")
QUARTER, TERM, YEAR = Period("quarter"), Period("term"), Period("year")

Anchor: TypeAlias = Union[date, datetime, "Paper", "Task[Any]", "Stage", Period, tuple["Task[Any]", ...], None]


@dataclass(frozen=True, eq=False)
class Moment:
    """A point in time counted from something that happens or is written down; it moves when that moves."""

    anchor: object
    span: Span
    sign: Literal[-1, 0, 1] = 1


def before(anchor: Anchor, span: Span) -> Moment:
    """So long before a date field."""
    return Moment(anchor, span, -1)


def after(anchor: Anchor, span: Span) -> Moment:
    """So long after a date field, a paper's signing or service, the entry of a stage, the beginning of a period, or the last time a task (of several,
    the latest) was done; with no such moment yet, after the entry of the stage. It moves with its anchor: ``after(VISIT, weeks(2))`` is silence.
    """
    return Moment(anchor, span, 1)


def at(anchor: Anchor) -> Moment:
    """On the day itself."""
    return Moment(anchor, days(0), 0)


@dataclass(frozen=True, eq=False)
class Earliest:
    """Whichever comes first."""

    of: tuple[Span | Moment, ...]


def earliest(*of: Span | Moment) -> Earliest:
    """Whichever of these comes first."""
    return Earliest(of)


Due: TypeAlias = Span | Moment | Earliest
"""By when. A bare span counts from the opening of the task, or from the entry of the timer's stage."""

Times: TypeAlias = int | Callable[["Case[Any, Any]"], int]


@dataclass(frozen=True, eq=False)
class Once:
    """Opened once when the stage is entered."""


@dataclass(frozen=True, eq=False)
class Every:
    """Again and again while the stage lasts, one in each window of ``span``, counted from the entry of the stage.

    :param times: after so many done (or skipped) ones it ends; a missed one does not count.
    """

    span: Span
    times: Times | None = None


@dataclass(frozen=True, eq=False)
class Per:
    """So many in each calendar period while the stage lasts.

    :param by_day: due on this day of the period (28: by the 28th); else at its end.
    :param partial: a period that is only partly covered asks for all of it, for a share (rounded half up), or for nothing.
    """

    period: Period
    times: Times = 1
    by_day: int | None = None
    partial: Literal["full", "share", "none"] = "share"


@dataclass(frozen=True, eq=False)
class Daily:
    """At these times of the day while the stage lasts; each lasts until the next one begins, a day at the most, and is missed then.

    A ``due`` of minutes or hours counts from the time itself: ``due=minutes(30)`` with ``late=[…]`` tells half an hour later.

    :param at: times of the civil day, without a zone; :param on: weekdays, from 1 (Monday) to 7 (Sunday).
    :param first: the first day, and :param last: the last one: a date, or a reference to a field, which may move; while that is empty nothing is asked.
    """

    at: Sequence[time]
    on: Sequence[int] = (1, 2, 3, 4, 5, 6, 7)
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, eq=False)
class AnyTime:
    """Never waits for anybody; may be recorded as often as it happens."""


Schedule: TypeAlias = Once | Every | Per | Daily | AnyTime
