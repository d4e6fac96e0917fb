"""Tasks and time: everything is opened, falls due, and is noticed when it is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.scope import Scope, of_type, references
from workflow_core.checks.types import base_of, field_of, is_many, known_forms
from workflow_core.definition import AUTOMATIC, Daily, Every, FieldPath, Once, OpenTask, Party, Per, Span, Stage, Task, Timer, path_of
from workflow_core.i18n import N_

LONGEST = {"week": 7, "month": 28}
"""Periods that have days to be named, and how many each of them has at the least."""


def check_tasks(scope: Scope) -> Iterator[Finding]:
    """All of this file."""
    yield from opened(scope)
    yield from closed(scope)
    yield from cycles(scope)
    for task in scope.workflow.all_tasks():
        yield from dates(scope, task)
        yield from several(scope, task)
        for schedule in task.schedules:
            if isinstance(schedule, Daily):
                yield from (found("daily_time", scope.at(task), what=what) for what in _no_times(schedule))
    yield from lengths(scope)
    for timer in scope.workflow.timers:
        if timer.fire is None and not timer.do:
            yield found("idle_timer", scope.at(timer))
    yield from stalls(scope)


def opened(scope: Scope) -> Iterator[Finding]:
    """``task_never_opened``, and ``elsewhere`` for a task of another workflow."""
    others = [task for workflow in scope.program.workflows if workflow is not scope.workflow for task in workflow.all_tasks()]
    told: set[int] = set()
    for place, task in scope.spoken_of:
        if scope.opens(task) or id(task) in told:
            continue
        told.add(id(task))
        if any(task is one for one in others):
            yield found("elsewhere", place, kind=N_("task"), name=task.name)
        else:
            yield found("task_never_opened", place, task=task.name)


def closed(scope: Scope) -> Iterator[Finding]:
    """``task_in_final`` and ``timer_in_final``."""
    for task in scope.opened:
        for stage in scope.waiting.get(id(task), ()):
            if stage.final:
                yield found("task_in_final", scope.at(stage), task=task.name, stage=stage.name)
    for stage, effects in scope.workflow.enter.items():
        for effect in effects:
            if stage.final and isinstance(effect, OpenTask):
                yield found("task_in_final", scope.at(stage), task=effect.task.name, stage=stage.name)
    for timer in scope.workflow.timers:
        for stage in timer.stages:
            if stage.final:
                yield found("timer_in_final", scope.at(timer), stage=stage.name)


def cycles(scope: Scope) -> Iterator[Finding]:
    """``needs_cycle``, each circle once."""
    told: set[int] = set()
    for task in scope.opened:
        path = _circle(task, [])
        if path and not told & {id(one) for one in path}:
            told |= {id(one) for one in path}
            yield found("needs_cycle", scope.at(task), tasks=", ".join(one.name for one in path))


def _circle(task: Task[Any], path: list[Task[Any]]) -> list[Task[Any]]:
    for n, one in enumerate(path):
        if one is task:
            return path[n:]
    for needed in task.needs:
        found_one = _circle(needed, [*path, task])
        if found_one:
            return found_one
    return []


def dates(scope: Scope, task: Task[Any]) -> Iterator[Finding]:
    """``happened_elsewhere``, ``due_unknowable``, ``late_never``."""
    happened = path_of(task.happened)
    if happened is not None and (happened.careflow_of is not task.form or not _is_date(happened)):
        yield found("happened_elsewhere", scope.at(task), field=repr(happened), form=task.form.__name__ if task.form else "…")
    known = known_forms(scope) | {item_of(task)}
    at_once = all(isinstance(one, Once) for one in task.schedules)
    for path in references(task.due):
        own = path.careflow_of is task.form and at_once and not _asked_by_another(scope, task)
        if own or path.careflow_of not in known:
            yield found("due_unknowable", scope.at(task), field=repr(path))
    recurring = any(isinstance(one, Every | Per | Daily) for one in task.schedules)
    if task.late and task.due is None and not recurring:
        yield found("late_never", scope.at(task))


def item_of(task: Task[Any]) -> object:
    """The form of each of several for which a task comes, where they are forms of the record."""
    path = path_of(task.each)
    field = None if path is None else field_of(path)
    return base_of(field.type) if field is not None and is_many(field.type) else None


def several(scope: Scope, task: Task[Any]) -> Iterator[Finding]:
    """``each_of_one``, ``unknown_party``."""
    each, path = task.each, path_of(task.each)
    if isinstance(each, Party):
        if not any(each is one for one in scope.workflow.parties):
            yield misspelt("unknown_party", scope.at(task), each.name, [one.name for one in scope.workflow.parties], party=each.name)
        elif not each.many:
            yield found("each_of_one", scope.at(task), name=each.name)
    elif path is not None and field_of(path) is not None and item_of(task) is None:
        yield found("each_of_one", scope.at(task), name=repr(path))


def _no_times(schedule: Daily) -> Iterator[str]:
    times = list(schedule.at)
    yield from (str(one) for one in schedule.on if not 1 <= one <= 7)
    yield from (one.isoformat() for one in dict.fromkeys(times) if one.tzinfo is not None or times.count(one) > 1)
    if isinstance(schedule.first, date) and isinstance(schedule.last, date) and schedule.last < schedule.first:
        yield f"{schedule.first.isoformat()} – {schedule.last.isoformat()}"


def _asked_by_another(scope: Scope, task: Task[Any]) -> bool:
    return any(part is not task and not isinstance(part, Timer) and part.form is task.form for part in scope.parts)


def _is_date(path: FieldPath) -> bool:
    field = field_of(path)
    return field is None or (isinstance(base_of(field.type), type) and issubclass(base_of(field.type), date))


def lengths(scope: Scope) -> Iterator[Finding]:
    """``span_not_positive`` and ``by_day_out_of_period``."""
    for part in scope.parts:
        place = scope.at(part)
        if isinstance(part, Stage):
            continue
        spans: list[Span] = [*of_type(getattr(part, "schedules", ()), Span), *of_type(getattr(part, "again", None), Span)]
        for span in spans:
            if _below(span.n, 0, or_equal=True):
                yield found("span_not_positive", place, n=span.n)
        for span in of_type(getattr(part, "due", None), Span):
            if _below(span.n, 0):
                yield found("span_not_positive", place, n=span.n)
        for one in getattr(part, "schedules", ()):
            if isinstance(one, Every | Per) and _below(one.times, 1):
                yield found("span_not_positive", place, n=one.times)
            if isinstance(one, Per) and one.by_day is not None and not 1 <= one.by_day <= LONGEST.get(one.period.name, 0):
                yield found("by_day_out_of_period", place, period=one.period.name, day=one.by_day)


def _below(n: object, least: int, *, or_equal: bool = False) -> bool:
    return isinstance(n, int | float) and (n < least or (or_equal and n == least))  # a reference to a field is checked as such


def stalls(scope: Scope) -> Iterator[Finding]:
    """``stage_can_stall``."""
    timed = {stage for timer in scope.workflow.timers for stage in timer.stages}
    passing = {stage for one in scope.transitions if AUTOMATIC in one.doers and not one.guards for stage in one.sources}
    timed |= {limit.waiting.stage for limit in scope.workflow.limits if limit.waiting is not None}  # the engine moves the line, and tells of who cannot go
    for stage in scope.stages:
        told_when_late = any(task.late for task in scope.workflow.tasks_in(stage))
        if not (stage.final or stage in timed or stage in passing or told_when_late):
            yield found("stage_can_stall", scope.at(stage), stage=stage.name)
