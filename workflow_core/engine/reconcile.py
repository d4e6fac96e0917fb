"""What a stage asks for: after each step, the tasks and timers that should be there are there, and the others are gone.

Level-triggered: it looks at how the case stands, not at what just happened, so running it twice changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from workflow_core.clock import civil_date, day_begins
from workflow_core.definition import Per, Task, Timer, path_of
from workflow_core.engine.doers import names_of
from workflow_core.engine.drafts import void_unserved
from workflow_core.engine.due import Reckoned, reckon
from workflow_core.engine.each import LEFT, its_day, of_item, seen_for
from workflow_core.engine.state import IDENTITY, TaskRow, TimerRow
from workflow_core.engine.stays import stages_of, stay
from workflow_core.engine.view import CaseView
from workflow_core.engine.windows import Window, ends_at, late_at, next_windows, slot_due, still_asked, wanted_now
from workflow_core.engine.work import SYSTEM_LOGIN, Work

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
    for row in state.open_tasks():
        defined = work.task_of(row)
        if defined is not None and row.kind == "task" and not row.origin and not still_asked(defined, row, view):
            work.close_row(row, "closed", at, reason=LEFT)
            work.did("task_closed", task=row.name, n=row.n, about=row.about)
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
            moments += [one for one in [late_at(work, row)] if one is not None]
        end = ends_at(work, row)
        if end is not None:
            moments.append(end)
        if row.origin == IDENTITY:
            moments.append(_next_look(work, at))
    view = work.view(at)
    for task in work.workflow.tasks_in(view.stage):
        moments += next_windows(work, task, view, at)
        if task.only_if is not None or (callable(task.each) and path_of(task.each) is None):
            moments.append(_next_look(work, at))
    if work.has_automatic():
        moments.append(_next_look(work, at))
    return min(moments, default=None)


def open_row(
    work: Work,
    task: Task[Any],
    at: datetime,
    *,
    kind: str = "task",
    track: int = 0,
    window: Window | None = None,
    about: str = "",
    origin: str = "",
    due: date | None = None,
) -> TaskRow:
    """Open one occurrence of a task.

    :param window: its window; :param about: which of several it is for.
    """
    state = work.state
    began = stay(state, stages_of(work.workflow, task))
    entered = began.n if began is not None else (state.entries[-1].n if state.entries else 0)
    earlier = [row for row in of_item(state.rows_of(task.name), task, about) if row.entered == entered and row.track == track]
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
        window_from=window.first if window is not None else None,
        slot=window.slot if window is not None else None,
        origin=origin,
    )
    last = None if window is None else window.end - timedelta(days=1)
    row.due = due or its_day(work.view(at), task, about) or last
    if due is None and window is not None and window.slot is not None:
        by = slot_due(work, task, window.slot, about)
        row.due = row.due if by is None or last is None else min(civil_date(by - timedelta(microseconds=1)), last)
    elif due is None and task.due is not None:
        reckoned = _reckon(work, task, row, work.view(at))
        if reckoned is not None:
            row.due, row.anchor = (reckoned.day if last is None else min(reckoned.day, last)), reckoned.anchor
    work.touch(row)
    work.did("task_opened", task=task.name, n=row.n, about=about, due=None if row.due is None else row.due.isoformat())
    return row


def _open_wanted(work: Work, task: Task[Any], view: CaseView, at: datetime) -> None:
    for track, about, window in list(wanted_now(work, task, view, at)):
        due = None
        schedule = task.schedules[track]
        if isinstance(schedule, Per) and schedule.by_day is not None and window is not None:
            due = window.first.replace(day=1) if schedule.period.name == "month" else window.first
            due += timedelta(days=schedule.by_day - 1)
        open_row(work, task, at, track=track, window=window, about=about, due=due)


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
    return reckon(task.due, opened, seen_for(view, task, row.about), lambda: work.world.calendar(work.state.division), view.terms)


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


def _next_look(work: Work, at: datetime) -> datetime:
    """When a condition is asked again that the passing of time alone may change."""
    return day_begins(civil_date(at) + timedelta(days=work.world.looks_every))
