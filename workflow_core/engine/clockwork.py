"""What time does to a case. Each thing is dated by when it fell due, in order, so that one late tick leaves what many ticks on time would have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workflow_core.clock import civil_date, day_begins
from workflow_core.definition import Every, Per, Span, Task, Timer
from workflow_core.engine import machine
from workflow_core.engine.due import add_span, length_of
from workflow_core.engine.each import LEFT, items, of_item
from workflow_core.engine.effects import apply, fire
from workflow_core.engine.periods import period_of
from workflow_core.engine.reconcile import next_wake, reconcile
from workflow_core.engine.state import SETTLED, TaskRow, TimerRow
from workflow_core.engine.stays import stages_of, stay
from workflow_core.engine.windows import ends_at, late_at
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


MOST_AT_ONCE = 100
"""So much may fall due in one case at one instant; more is a program that sets itself going in a circle in which no time passes."""


@dataclass(frozen=True)
class _Happening:
    at: datetime
    order: int
    n: int
    carry_out: Callable[[datetime], None]


def catch_up(work: Work, now: datetime, *, most: int | None = None) -> Happened:
    """Carry out all that fell due up to ``now``, in the order in which it fell due.

    Each thing is dated by when it fell due, but never before the event before it: what fell due in the past by a correction made today is of today.

    :param most: stop after about so many happenings; None: go on to the end.
    :raises Damaged: ``automatic_loop``: more than ``MOST_AT_ONCE`` of them at one instant: timers and ways that set each other going in a circle.
    """
    told = Happened()
    instant, at_once = None, 0
    while (wake := work.state.wake_at) is not None and wake <= now:
        if most is not None and told.steps >= most:
            told.more = True
            return told
        at = max(wake, work.last_at)
        due = [one for one in _happenings(work, told) if one.at <= at]
        if due:
            first = min(due, key=lambda one: (one.at, one.order, one.n))
            at = max(first.at, work.last_at)
            first.carry_out(at)
            told.steps += 1
        else:
            _let_time_pass(work, at)
        told.steps += work.follow(at)
        instant, at_once = at, at_once + 1 if at == instant else 1
        if at_once > MOST_AT_ONCE:
            raise work.goes_round()
        if not any(one.at <= at for one in _happenings(work, told)):
            work.state.wake_at = next_wake(work, at)
    return told


def _let_time_pass(work: Work, at: datetime) -> None:
    """A day begins: tasks whose window or condition has come are opened, in a step of their own if there are any."""
    touched = work.touched
    work.begin("task_opened", at, actor=SYSTEM_LOGIN)
    reconcile(work, at)
    if work.touched == touched:
        work.changes.events.pop()
        work.state.version -= 1


def _happenings(work: Work, told: Happened) -> list[_Happening]:
    found: list[_Happening] = []
    for row in work.state.open_tasks():
        task = work.task_of(row)
        if task is None:
            continue
        end = ends_at(work, row)
        if end is not None:
            found.append(_Happening(end, 1, row.n, _missing(work, row, told)))
        if row.due is not None and not row.late_done and task.late:
            late = late_at(work, row)
            if late is not None:
                found.append(_Happening(late, 0, row.n, _lateness(work, task, row, told)))
    for timer in work.state.timers.values():
        defined = next((one for one in work.workflow.timers if one.name == timer.name), None)
        if timer.state == "waiting" and timer.due_at is not None and defined is not None:
            found.append(_Happening(timer.due_at, 2, timer.n, _firing(work, defined, timer, told)))
    return found


def _missing(work: Work, row: TaskRow, told: Happened) -> Callable[[datetime], None]:
    def carry_out(at: datetime) -> None:
        work.begin("occurrence_missed", at, actor=SYSTEM_LOGIN, task=row.name, n=row.n, about=row.about)
        work.close_row(row, "missed", at)
        reconcile(work, at)
        told.missed += 1

    return carry_out


def _lateness(work: Work, task: Task[Any], row: TaskRow, told: Happened) -> Callable[[datetime], None]:
    def carry_out(at: datetime) -> None:
        work.begin("task_late", at, actor=SYSTEM_LOGIN, task=row.name, n=row.n, about=row.about)
        row.late_done = True
        work.touch(row)
        apply(work, task.late, at, origin=f"late:{task.name}")
        reconcile(work, at)
        told.late += 1

    return carry_out


def _firing(work: Work, timer: Timer, row: TimerRow, told: Happened) -> Callable[[datetime], None]:
    def carry_out(at: datetime) -> None:
        work.begin("timer_fired", at, actor=SYSTEM_LOGIN, timer=timer.name)
        row.fired += 1
        following = None if timer.again is None else _again(work, timer.again, at)
        if following is not None and following > at:
            row.due_at = following
        else:  # also where the policy says "again after nothing": that would never end
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


def _again(work: Work, span: Span, at: datetime) -> datetime:
    return add_span(at, span, 1, length_of(span, work.view(at)), lambda: work.world.calendar(work.state.division))


def _held_back(timer: Timer, work: Work, at: datetime) -> bool:
    if timer.unless is None:
        return False
    view = work.view(at)
    if isinstance(timer.unless, Task):
        return view.finished(timer.unless)
    return machine.ask_guard(timer.unless, view) is None


def stood_still(work: Work, since: datetime, now: datetime) -> None:
    """Move what waits by as long as the case was suspended, so that it has as much time left as it had.

    What is counted in days moves by days, a timer of hours to the second. What is due in a calendar period stays in it; where the period is over, the
    occurrence is wanted in the present one. It is not missed: nobody was asked for it.
    """
    days, view = civil_date(now) - civil_date(since), work.view(now)
    for timer in work.state.timers.values():
        if timer.state == "waiting" and timer.due_at is not None:
            timer.due_at += days if timer.due_at == day_begins(civil_date(timer.due_at)) else now - since
            work.changes.timers[timer.n] = timer
    for row in work.state.open_tasks():
        task = work.task_of(row)
        schedule = task.schedules[row.track] if task is not None and row.window_from is not None else None
        if row.slot is not None:  # a time of the day stays where it is: what was over while the case rested was asked of nobody
            over = ends_at(work, row)
            if over is not None and over <= now:
                work.close_row(row, "closed", now, reason=LEFT)
            continue
        row.due = None if row.due is None else row.due + days
        if isinstance(schedule, Per):
            first, end = period_of(schedule.period.name, civil_date(now), view.terms)
            row.window_from = max(first, row.window_from or first)
            row.due = min(row.due or end, end - timedelta(days=1))
        elif row.window_from is not None:
            row.window_from += days
        work.touch(row)
    for task in work.workflow.tasks_in(view.stage):
        for track, schedule in enumerate(task.schedules):
            if isinstance(schedule, Every):
                for about in items(view, task):
                    _later_window(work, task, track, about, days)


def _later_window(work: Work, task: Task[Any], track: int, about: str, days: timedelta) -> None:
    """Move the last window of a task that waits for its next one: that begins later by as much."""
    began = stay(work.state, stages_of(work.workflow, task))
    mine = of_item(work.state.rows_of(task.name), task, about)
    rows = [row for row in mine if began is not None and row.entered == began.n and row.track == track]
    if rows and rows[-1].state in SETTLED and rows[-1].window_from is not None:
        rows[-1].window_from += days
        work.touch(rows[-1])
