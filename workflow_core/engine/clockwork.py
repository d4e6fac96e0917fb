"""What time does to a case. Each thing is dated by when it fell due, in order, so that one late tick leaves what many ticks on time would have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workflow_core.clock import civil_date, day_begins
from workflow_core.definition import Task, Timer
from workflow_core.engine import machine
from workflow_core.engine.due import add_span, length_of
from workflow_core.engine.effects import apply, fire
from workflow_core.engine.reconcile import next_wake, reconcile, window_end
from workflow_core.engine.state import TaskRow, TimerRow
from workflow_core.engine.work import SYSTEM_LOGIN, Work

MOST_STEPS = 500
"""So many happenings of one case are carried out in one go; the rest at the next tick."""


@dataclass
class Happened:
    """What time did to one case."""

    steps: int = 0
    missed: int = 0
    late: int = 0
    fired: int = 0
    more: bool = False


@dataclass(frozen=True)
class _Happening:
    at: datetime
    order: int
    n: int
    carry_out: Callable[[], None]


def catch_up(work: Work, now: datetime) -> Happened:
    """Carry out all that fell due up to ``now``."""
    told = Happened()
    while (at := work.state.wake_at) is not None and at <= now:
        if told.steps >= MOST_STEPS:
            told.more = True
            return told
        due = [one for one in _happenings(work, told) if one.at <= at]
        if due:
            first = min(due, key=lambda one: (one.at, one.order, one.n))
            first.carry_out()
            told.steps += 1
        else:
            _let_time_pass(work, at)
        told.steps += work.follow(at)
        if not any(one.at <= at for one in _happenings(work, told)):
            work.state.wake_at = next_wake(work, at)
    return told


def _let_time_pass(work: Work, at: datetime) -> None:
    """A day begins: tasks whose window or condition has come are opened, in a step of their own if there are any."""
    waiting = {row.n for row in work.state.open_tasks()}
    count = len(work.changes.events)
    event = work.begin("task_opened", at, actor=SYSTEM_LOGIN)
    reconcile(work, at)
    if {row.n for row in work.state.open_tasks()} == waiting and "did" not in event.payload:
        del work.changes.events[count:]
        work.state.version -= 1


def _happenings(work: Work, told: Happened) -> list[_Happening]:
    found: list[_Happening] = []
    for row in work.state.open_tasks():
        task = work.task_of(row)
        if task is None:
            continue
        end = window_end(work, row)
        if end is not None:
            found.append(_Happening(day_begins(end), 1, row.n, _missing(work, row, day_begins(end), told)))
        if row.due is not None and not row.late_done and task.late:
            late = day_begins(row.due + timedelta(days=1))
            found.append(_Happening(late, 0, row.n, _lateness(work, task, row, late, told)))
    for timer in work.state.timers.values():
        defined = next((one for one in work.workflow.timers if one.name == timer.name), None)
        if timer.state == "waiting" and timer.due_at is not None and defined is not None:
            found.append(_Happening(timer.due_at, 2, timer.n, _firing(work, defined, timer, timer.due_at, told)))
    return found


def _missing(work: Work, row: TaskRow, at: datetime, told: Happened) -> Callable[[], None]:
    def carry_out() -> None:
        work.begin("occurrence_missed", at, actor=SYSTEM_LOGIN, task=row.name, n=row.n)
        work.close_row(row, "missed", at)
        reconcile(work, at)
        told.missed += 1

    return carry_out


def _lateness(work: Work, task: Task[Any], row: TaskRow, at: datetime, told: Happened) -> Callable[[], None]:
    def carry_out() -> None:
        work.begin("task_late", at, actor=SYSTEM_LOGIN, task=row.name, n=row.n)
        row.late_done = True
        work.touch(row)
        apply(work, task.late, at, origin=f"late:{task.name}")
        reconcile(work, at)
        told.late += 1

    return carry_out


def _firing(work: Work, timer: Timer, row: TimerRow, at: datetime, told: Happened) -> Callable[[], None]:
    def carry_out() -> None:
        work.begin("timer_fired", at, actor=SYSTEM_LOGIN, timer=timer.name)
        row.fired += 1
        view = work.view(at)
        if timer.again is not None:
            row.due_at = add_span(at, timer.again, 1, length_of(timer.again, view), lambda: work.world.calendar(work.state.division))
        else:
            row.state = "fired"
        work.changes.timers[row.n] = row
        if _held_back(timer, work, at):
            work.did("held_back", timer=timer.name)
        else:
            apply(work, timer.do, at, origin=f"timer:{timer.name}")
            if timer.fire is not None:
                fire(work, timer.fire.name, at)
        reconcile(work, at)
        told.fired += 1

    return carry_out


def _held_back(timer: Timer, work: Work, at: datetime) -> bool:
    if timer.unless is None:
        return False
    view = work.view(at)
    if isinstance(timer.unless, Task):
        return view.finished(timer.unless)
    return machine.ask_guard(timer.unless, view) is None


def shift(work: Work, by: timedelta) -> None:
    """Move what still waits by so much: timers stand still while a case is suspended."""
    days = civil_date(day_begins(civil_date(work.state.opened_at)) + by) - civil_date(work.state.opened_at)
    for timer in work.state.timers.values():
        if timer.state == "waiting" and timer.due_at is not None:
            timer.due_at += by
            work.changes.timers[timer.n] = timer
    for row in work.state.open_tasks():
        row.due = None if row.due is None else row.due + days
        row.window_from = None if row.window_from is None else row.window_from + days
        work.touch(row)
