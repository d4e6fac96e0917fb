"""When an occurrence of a task is asked for: the window it belongs to, when that ends, when the next one begins; for each of several by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from workflow_core.clock import civil_date, day_begins
from workflow_core.definition import AnyTime, Daily, Every, Once, Per, Task, path_of
from workflow_core.engine import machine
from workflow_core.engine.due import add_calendar, length_of, reckon
from workflow_core.engine.each import items, of_item, seen_for
from workflow_core.engine.periods import period_of, wanted_in
from workflow_core.engine.state import SETTLED, Entry, TaskRow
from workflow_core.engine.stays import stages_of, stay
from workflow_core.engine.view import CaseView
from workflow_core.engine.work import Work

COUNTED = (*SETTLED, "missed", "closed")
"""States that use up an occurrence: no other one is opened for its window. Closed ones are those that the program closed while the stage lasts."""
DAY = timedelta(days=1)


class Window(NamedTuple):
    """The first day of an occurrence's window and the first day after it; with a time of the day, the instant at which it begins."""

    first: date
    end: date
    slot: datetime | None = None


def window_end(work: Work, row: TaskRow) -> date | None:
    """The first day after the window of an open occurrence; None where the task does not recur."""
    task = work.task_of(row)
    if task is None or row.window_from is None or row.track >= len(task.schedules):
        return None
    schedule = task.schedules[row.track]
    if isinstance(schedule, Daily):
        return None if row.slot is None else civil_date(slot_ends(schedule, row.slot) - timedelta(microseconds=1)) + DAY
    if isinstance(schedule, Every):
        return add_calendar(row.window_from, length(schedule, work.view(row.opened_at)), schedule.span.unit)
    if isinstance(schedule, Per):
        return period_of(schedule.period.name, row.window_from, work.view(row.opened_at).terms)[1]
    return None


def ends_at(work: Work, row: TaskRow) -> datetime | None:
    """The instant at which the window of an open occurrence is over; None where the task does not recur."""
    task = work.task_of(row)
    if task is not None and row.slot is not None and row.track < len(task.schedules):
        schedule = task.schedules[row.track]
        return slot_ends(schedule, row.slot) if isinstance(schedule, Daily) else None
    end = window_end(work, row)
    return None if end is None else day_begins(end)


def late_at(work: Work, row: TaskRow) -> datetime | None:
    """From when an open occurrence is late: when its day is over; one that begins at a time of the day may be late within it."""
    if row.due is None:
        return None
    end = ends_at(work, row) if row.slot is not None else None
    if end is None or row.slot is None:
        return day_begins(row.due + DAY)
    task = work.task_of(row)
    by = None if task is None else slot_due(work, task, row.slot, row.about)
    return end if by is None else min(by, end)


def slot_due(work: Work, task: Task[Any], slot: datetime, about: str) -> datetime | None:
    """The instant by which an occurrence that begins at a time of the day must be done; where it is counted in days, the end of that day."""
    if task.due is None:
        return None
    view = work.view(slot)
    found = reckon(task.due, slot, seen_for(view, task, about), lambda: work.world.calendar(work.state.division), view.terms)
    if found is None:
        return None
    return day_begins(found.day + DAY) if found.at == day_begins(found.day) else found.at


def wanted_now(work: Work, task: Task[Any], view: CaseView, at: datetime) -> Iterator[tuple[int, str, Window | None]]:
    """Of each schedule and each of several, for which an occurrence must be opened now: the schedule, which, and the window; None for what comes once."""
    for about in items(view, task):
        for track, schedule in enumerate(task.schedules):
            window = _window_now(work, task, track, about, view, at)
            if window is not None:
                yield track, about, None if isinstance(schedule, Once) else window


def _window_now(work: Work, task: Task[Any], track: int, about: str, view: CaseView, at: datetime) -> Window | None:
    """The window for which an occurrence must be opened now; None where none must."""
    state, schedule, today = work.state, task.schedules[track], civil_date(at)
    began = stay(state, stages_of(work.workflow, task))
    if began is None or isinstance(schedule, AnyTime):
        return None
    rows = [row for row in of_item(state.rows_of(task.name), task, about) if row.entered == began.n and row.track == track and row.kind == "task"]
    if any(row.state == "open" for row in rows):
        return None
    if not rows:
        if not all(view.finished(needed) for needed in task.needs):
            return None
        if task.only_if is not None and machine.ask_guard(task.only_if, view) is not None:
            return None
    if isinstance(schedule, Once):
        return Window(today, today) if not any(row.state in COUNTED for row in rows) else None
    if isinstance(schedule, Every):
        return _every_window(schedule, rows, view, today)
    if isinstance(schedule, Daily):
        return _slot_now(schedule, rows, began, view, at)
    return _per_window(schedule, rows, began, view, today)


def _every_window(schedule: Every, rows: list[TaskRow], view: CaseView, today: date) -> Window | None:
    settled = sum(row.state in SETTLED for row in rows)
    if schedule.times is not None and settled >= view.times(schedule):
        return None
    n, unit = length(schedule, view), schedule.span.unit
    used = [row.window_from for row in rows if row.state in COUNTED and row.window_from is not None]
    first = add_calendar(max(used), n, unit) if used else max([row.window_from for row in rows if row.window_from is not None], default=today)
    return Window(first, add_calendar(first, n, unit)) if first <= today else None


def _per_window(schedule: Per, rows: list[TaskRow], began: Entry, view: CaseView, today: date) -> Window | None:
    first, end = period_of(schedule.period.name, today, view.terms)
    wanted = wanted_in(view.times(schedule), first, end, civil_date(began.at), schedule.partial)
    used = sum(row.state in COUNTED and row.window_from is not None and first <= row.window_from < end for row in rows)
    return Window(max(first, civil_date(began.at)), end) if used < wanted else None


def _slot_now(schedule: Daily, rows: list[TaskRow], began: Entry, view: CaseView, at: datetime) -> Window | None:
    slots = [one for day in (civil_date(at) - DAY, civil_date(at)) for one in slots_of(schedule, day, view) if began.at <= one <= at]
    if not slots or slot_ends(schedule, slots[-1]) <= at or any(row.slot == slots[-1] and row.state in COUNTED for row in rows):
        return None
    return Window(civil_date(slots[-1]), civil_date(slot_ends(schedule, slots[-1]) - timedelta(microseconds=1)) + DAY, slots[-1])


def slots_of(schedule: Daily, day: date, view: CaseView | None = None) -> list[datetime]:
    """The instants of a day at which something is asked for; none outside the first and the last day, or while one of them is not known.

    :param view: where those two are looked up; None: they are not looked at.
    """
    if day.isoweekday() not in schedule.on:
        return []
    if view is not None:
        for bound, beyond in ((schedule.first, date.__lt__), (schedule.last, date.__gt__)):
            limit = view.value(bound) if path_of(bound) is not None else bound
            if bound is not None and (limit is None or beyond(day, limit)):
                return []
    return [_instant(day, one) for one in sorted(set(schedule.at))]


def slot_ends(schedule: Daily, slot: datetime) -> datetime:
    """When what was asked for at that instant is over: when the next begins, at the latest a day later."""
    day = civil_date(slot)
    return min([one for each in (day, day + DAY) for one in slots_of(schedule, each) if one > slot] + [slot + DAY])


def next_slot(schedule: Daily, view: CaseView, at: datetime) -> datetime | None:
    """The next instant at which something will be asked for; None where none will."""
    first = view.value(schedule.first) if path_of(schedule.first) is not None else schedule.first
    day = max(civil_date(at), first or date.min)
    return min((one for n in range(8) for one in slots_of(schedule, day + n * DAY, view) if one > at), default=None)


def still_asked(task: Task[Any], row: TaskRow, view: CaseView) -> bool:
    """Whether an open occurrence is asked for still: what it is for is there, and its time of the day lies between the first and the last day."""
    if task.each is not None and row.about not in items(view, task):
        return False
    schedule = task.schedules[row.track] if row.track < len(task.schedules) else None
    return row.slot is None or not isinstance(schedule, Daily) or row.slot in slots_of(schedule, civil_date(row.slot), view)


def slot_for(work: Work, task: Task[Any], row: TaskRow, form: Any) -> TaskRow:
    """Of what comes at times of the day, the occurrence within whose time it happened, where the form says so to the minute; else the one that was named."""
    at = None if task.happened is None else work.view(row.opened_at, form).value(task.happened)
    if not isinstance(at, datetime):
        return row
    for one in work.state.rows_of(task.name):
        end = ends_at(work, one) if (one.entered, one.track, one.about) == (row.entered, row.track, row.about) else None
        if end is not None and one.slot is not None and one.slot <= at < end and one.state in ("open", "missed"):
            return one
    return row


def _instant(day: date, at: time) -> datetime:
    return day_begins(day) + timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


def length(schedule: Every, view: CaseView) -> int:
    """How many units a window has; at least one, whatever the policy says: windows of nothing would never end."""
    return max(1, round(length_of(schedule.span, view)))


def next_windows(work: Work, task: Task[Any], view: CaseView, at: datetime) -> list[datetime]:
    """When the next window of a recurring task begins, where no occurrence is open; of what comes at times of the day in any case."""
    found: list[datetime] = []
    began = stay(work.state, stages_of(work.workflow, task))
    for about in items(view, task):
        for track, schedule in enumerate(task.schedules):
            mine = of_item(work.state.rows_of(task.name), task, about)
            rows = [row for row in mine if began is not None and row.entered == began.n and row.track == track]
            if isinstance(schedule, Daily):
                following = next_slot(schedule, view, at)
                found += [] if following is None else [following]
            elif any(row.state == "open" for row in rows):
                continue
            elif isinstance(schedule, Every):
                if schedule.times is not None and sum(row.state in SETTLED for row in rows) >= view.times(schedule):
                    continue
                used = [row.window_from for row in rows if row.state in COUNTED and row.window_from is not None]
                if used:
                    found.append(day_begins(add_calendar(max(used), length(schedule, view), schedule.span.unit)))
            elif isinstance(schedule, Per):
                found.append(day_begins(period_of(schedule.period.name, civil_date(at), view.terms)[1]))
    return [one for one in found if one > at]
