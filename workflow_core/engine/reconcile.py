"""What a stage asks for: after each step, the tasks and timers that should be there are there, and the others are gone.

Level-triggered: it looks at how the case stands, not at what just happened, so running it twice changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from workflow_core.clock import civil_date, day_begins
from workflow_core.definition import AnyTime, Every, Once, Per, Task, Timer
from workflow_core.engine import machine
from workflow_core.engine.doers import names_of
from workflow_core.engine.drafts import void_unserved
from workflow_core.engine.due import Reckoned, add_calendar, length_of, reckon
from workflow_core.engine.periods import period_of, wanted_in
from workflow_core.engine.state import IDENTITY, SETTLED, Entry, TaskRow, TimerRow
from workflow_core.engine.stays import stages_of, stay
from workflow_core.engine.view import CaseView
from workflow_core.engine.work import SYSTEM_LOGIN, Work

COUNTED = (*SETTLED, "missed", "closed")
"""States that use up an occurrence: no other one is opened for its window. Closed ones are those that the program closed while the stage lasts."""
CLOCK_ORIGINS = ("timer:", "late:", "line:")
"""How the origins of escalations begin that the clock raised, or a line, not a step of somebody."""


def reconcile(work: Work, at: datetime) -> None:
    """Open, close and re-date tasks and timers for the stage at hand, and say when the clock must look again."""
    state = work.state
    if not state.is_open:
        for row in state.open_tasks():
            if row.kind != "paper" and not row.origin.startswith("refused:"):  # a paper that closes a case is signed after it; what others refuse is seen to
                work.close_row(row, "closed", at)
        void_unserved(work, at)
        _stop_timers(work, set())
        state.wake_at = None
        return
    if state.suspended_at is not None:  # all stands still; what changed meanwhile is looked at when the case goes on
        state.wake_at = None
        return
    stage = work.workflow.stage(state.stage)
    wanted = work.workflow.tasks_in(stage)
    here = {task.name for task in wanted}
    running = {timer.name for timer in work.workflow.timers if stage in timer.stages}
    elsewhere = {task.name for tasks in work.workflow.tasks.values() for task in tasks} - here
    for row in state.open_tasks():
        if row.kind == "escalation":
            if row.stage != state.stage and row.origin.startswith(CLOCK_ORIGINS):  # the case has moved on: what was late no longer is
                work.close_row(row, "closed", at)
        elif row.kind == "task" and row.name in elsewhere:
            work.close_row(row, "closed", at)
        elif row.origin == IDENTITY and not work.view(at).child.provisional:  # a roster, or somebody, has completed the file
            work.close_row(row, "done", at, by=SYSTEM_LOGIN)
            work.did("identity_settled", n=row.n)
    view = work.view(at)
    for task in wanted:
        _open_wanted(work, task, view, at)
    for row in state.open_tasks():
        _redate(work, row, view)
    _stop_timers(work, running)
    for timer in work.workflow.timers:
        if timer.name in running:
            _set_timer(work, timer, view)
    state.wake_at = next_wake(work, at)


def next_wake(work: Work, at: datetime) -> datetime | None:
    """The earliest instant after ``at`` at which time alone changes the case; None where it never does."""
    state = work.state
    if not state.is_open or state.suspended_at is not None:
        return None
    moments = [row.due_at for row in state.timers.values() if row.state == "waiting" and row.due_at is not None]
    for row in state.open_tasks():
        task = work.task_of(row)
        if row.due is not None and not row.late_done and task is not None and task.late:
            moments.append(day_begins(row.due + timedelta(days=1)))
        end = window_end(work, row)
        if end is not None:
            moments.append(day_begins(end))
        if row.origin == IDENTITY:
            moments.append(_tomorrow(at))
    view = work.view(at)
    for task in work.workflow.tasks_in(view.stage):
        moments += [day_begins(day) for day in _next_windows(work, task, view, civil_date(at)) if day > civil_date(at)]
        if task.only_if is not None:
            moments.append(_tomorrow(at))
    if work.has_automatic():
        moments.append(_tomorrow(at))
    return min(moments, default=None)


def window_end(work: Work, row: TaskRow) -> date | None:
    """The first day after the window of an open occurrence; None where the task does not recur."""
    task = work.task_of(row)
    if task is None or row.window_from is None or row.track >= len(task.schedules):
        return None
    schedule = task.schedules[row.track]
    if isinstance(schedule, Every):
        return add_calendar(row.window_from, _length(schedule, work.view(row.opened_at)), schedule.span.unit)
    if isinstance(schedule, Per):
        return period_of(schedule.period.name, row.window_from, work.view(row.opened_at).terms)[1]
    return None


def open_row(
    work: Work,
    task: Task[Any],
    at: datetime,
    *,
    kind: str = "task",
    track: int = 0,
    window: tuple[date, date] | None = None,
    about: str = "",
    origin: str = "",
    due: date | None = None,
) -> TaskRow:
    """Open one occurrence of a task.

    :param window: the first day of its window and the first day after it.
    """
    state = work.state
    began = stay(state, stages_of(work.workflow, task))
    entered = began.n if began is not None else (state.entries[-1].n if state.entries else 0)
    earlier = [row for row in state.rows_of(task.name) if row.entered == entered and row.track == track]
    row = TaskRow(
        n=state.next_task(),
        name=task.name,
        title=task.title,
        kind=kind,
        stage=state.stage,
        entered=entered,
        doers=names_of(task.doers),
        opened_at=at,
        track=track,
        occurrence=len(earlier) + 1,
        about=about,
        window_from=window[0] if window is not None else None,
        origin=origin,
    )
    last = None if window is None else window[1] - timedelta(days=1)
    row.due = due or last
    if due is None and task.due is not None:
        reckoned = _reckon(work, task, row, work.view(at))
        if reckoned is not None:
            row.due, row.anchor = (reckoned.day if last is None else min(reckoned.day, last)), reckoned.anchor
    work.touch(row)
    work.did("task_opened", task=task.name, n=row.n, due=None if row.due is None else row.due.isoformat())
    return row


def _open_wanted(work: Work, task: Task[Any], view: CaseView, at: datetime) -> None:
    for track in range(len(task.schedules)):
        window = _window_now(work, task, track, view, civil_date(at))
        if window is None:
            continue
        due = None
        schedule = task.schedules[track]
        if isinstance(schedule, Per) and schedule.by_day is not None:
            due = window[0].replace(day=1) if schedule.period.name == "month" else window[0]
            due += timedelta(days=schedule.by_day - 1)
        once = isinstance(schedule, Once)
        open_row(work, task, at, track=track, window=None if once else window, due=due)


def _window_now(work: Work, task: Task[Any], track: int, view: CaseView, today: date) -> tuple[date, date] | None:
    """The window for which an occurrence must be opened now; None where none must."""
    state, schedule = work.state, task.schedules[track]
    began = stay(state, stages_of(work.workflow, task))
    if began is None or isinstance(schedule, AnyTime):
        return None
    rows = [row for row in state.rows_of(task.name) if row.entered == began.n and row.track == track and row.kind == "task"]
    if any(row.state == "open" for row in rows):
        return None
    if not rows:
        if not all(view.finished(needed) for needed in task.needs):
            return None
        if task.only_if is not None and machine.ask_guard(task.only_if, view) is not None:
            return None
    if isinstance(schedule, Once):
        return (today, today) if not any(row.state in COUNTED for row in rows) else None
    if isinstance(schedule, Every):
        return _every_window(schedule, rows, view, today)
    return _per_window(schedule, rows, began, view, today)


def _every_window(schedule: Every, rows: list[TaskRow], view: CaseView, today: date) -> tuple[date, date] | None:
    settled = sum(row.state in SETTLED for row in rows)
    if schedule.times is not None and settled >= view.times(schedule):
        return None
    n, unit = _length(schedule, view), schedule.span.unit
    used = [row.window_from for row in rows if row.state in COUNTED and row.window_from is not None]
    first = add_calendar(max(used), n, unit) if used else max([row.window_from for row in rows if row.window_from is not None], default=today)
    return (first, add_calendar(first, n, unit)) if first <= today else None


def _per_window(schedule: Per, rows: list[TaskRow], began: Entry, view: CaseView, today: date) -> tuple[date, date] | None:
    first, end = period_of(schedule.period.name, today, view.terms)
    wanted = wanted_in(view.times(schedule), first, end, civil_date(began.at), schedule.partial)
    used = sum(row.state in COUNTED and row.window_from is not None and first <= row.window_from < end for row in rows)
    return (max(first, civil_date(began.at)), end) if used < wanted else None


def _length(schedule: Every, view: CaseView) -> int:
    """How many units a window has; at least one, whatever the policy says: windows of nothing would never end."""
    return max(1, round(length_of(schedule.span, view)))


def _next_windows(work: Work, task: Task[Any], view: CaseView, today: date) -> list[date]:
    """When the next window of a recurring task begins, where no occurrence is open."""
    found = []
    began = stay(work.state, stages_of(work.workflow, task))
    for track, schedule in enumerate(task.schedules):
        rows = [row for row in work.state.rows_of(task.name) if began is not None and row.entered == began.n and row.track == track]
        if any(row.state == "open" for row in rows):
            continue
        if isinstance(schedule, Every):
            if schedule.times is not None and sum(row.state in SETTLED for row in rows) >= view.times(schedule):
                continue
            used = [row.window_from for row in rows if row.state in COUNTED and row.window_from is not None]
            if used:
                found.append(add_calendar(max(used), _length(schedule, view), schedule.span.unit))
        elif isinstance(schedule, Per):
            found.append(period_of(schedule.period.name, today, view.terms)[1])
    return found


def _redate(work: Work, row: TaskRow, view: CaseView) -> None:
    """Move a due date when what it is counted from has moved, and only then."""
    task = work.task_of(row)
    if task is None or task.due is None or row.window_from is not None or (row.due is not None and not row.anchor):
        return
    reckoned = _reckon(work, task, row, view)
    anchor = "" if reckoned is None else reckoned.anchor
    if anchor != row.anchor:
        due, before = None if reckoned is None else reckoned.day, row.due
        row.due, row.anchor = due, anchor
        work.touch(row)
        if due != before:  # counted from elsewhere it may end on the same day: nothing is told of that, and no lateness a second time
            row.late_done = False
            work.did("due_moved", task=task.name, n=row.n, due=None if due is None else due.isoformat())


def _reckon(work: Work, task: Task[Any], row: TaskRow, view: CaseView) -> Reckoned | None:
    if task.due is None:
        return None
    opened = row.opened_at if row.window_from is None else day_begins(row.window_from)
    return reckon(task.due, opened, view.of_task(task), lambda: work.world.calendar(work.state.division), view.terms)


def _set_timer(work: Work, timer: Timer, view: CaseView) -> None:
    state = work.state
    began = stay(state, {stage.name for stage in timer.stages})
    if began is None:
        return
    row = next((one for one in state.timers.values() if one.name == timer.name and one.entered == began.n), None)
    reckoned = reckon(timer.due, began.at, view.of_timer(timer, began), lambda: work.world.calendar(state.division), view.terms, since=began.at)
    if row is None:
        row = TimerRow(state.next_timer(), timer.name, began.n)
    elif row.anchor == (reckoned.anchor if reckoned is not None else "") and row.state != "stopped":
        return
    row.state = "waiting"
    row.due_at, row.anchor = (reckoned.at, reckoned.anchor) if reckoned is not None else (None, "")
    state.timers[row.n] = row
    work.changes.timers[row.n] = row


def _stop_timers(work: Work, running: set[str]) -> None:
    for row in work.state.timers.values():
        if row.state == "waiting" and row.name not in running:
            row.state = "stopped"
            work.changes.timers[row.n] = row


def _tomorrow(at: datetime) -> datetime:
    return day_begins(civil_date(at) + timedelta(days=1))
