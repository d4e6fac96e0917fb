"""Why a task waits: who may do it, what it waits for, whose eyes it needs. ``advancing.why`` says the same of transitions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.definition import AnyTime, Deny, Task, deny
from workflow_core.engine import asking, machine
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.outcome import TaskAnswer
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.state import TaskRow
from workflow_core.engine.tasking import may_do
from workflow_core.engine.work import Work
from workflow_core.errors import NotPermitted
from workflow_core.i18n import N_, Label, Labels


def why_task(runtime: Runtime, actor: Actor, ref: str, name: str) -> list[TaskAnswer]:
    """What keeps a task from being done, for each occurrence of it that is open; else why none is.

    :param name: the task's name, or the number of one in the case.
    :returns: nothing where the case has no such task.
    :raises NotFound: ``case_unknown``.
    """
    with runtime.db.read() as tx:
        work = runtime.work(tx, ref, actor)
        now = max(runtime.clock.now(), work.last_at)
        catch_up(work, now)
        work.follow(now)
        state = work.state
        if name.isdigit():
            row = state.tasks.get(int(name))
            return [] if row is None else [_of_row(runtime, actor, work, row, now)]
        rows = [row for row in state.rows_of(name) if row.state == "open"]
        if rows:
            return [_of_row(runtime, actor, work, row, now) for row in rows]
        task = next((one for tasks in work.workflow.tasks.values() for one in tasks if one.name == name), None)
        return [] if task is None else [_of_task(runtime, actor, work, task, now)]


def _of_row(runtime: Runtime, actor: Actor, work: Work, row: TaskRow, now: datetime) -> TaskAnswer:
    task = work.task_of(row)
    said = _standing(work)
    if row.state != "open":
        said.append(deny(N_("it is settled: {state}"), N_("see: care task show {ref}"), "task_closed", state=Label(row.state), ref=f"{work.state.ref}.{row.n}"))
    elif row.kind == "paper":
        paper = f"{work.state.ref}.{row.origin.replace('paper:', 'p')}"
        said.append(deny(N_("it is done by signing the paper"), N_("see: care document sign {paper}"), "sign_it", paper=paper))
    if task is not None:
        said += _other_eyes(runtime, actor, work, task)
    return _answer(f"{work.state.ref}.{row.n}", row.name, row.title, said, row.doers, may_do(actor, work, row))


def _of_task(runtime: Runtime, actor: Actor, work: Work, task: Task[Any], now: datetime) -> TaskAnswer:
    """A task of which no occurrence is open now."""
    state, view = work.state, work.view(now)
    stages = [stage for found, tasks in work.workflow.tasks.items() if task in tasks for stage in (found if isinstance(found, tuple) else (found,))]
    said = _standing(work)
    if state.stage not in {stage.name for stage in stages}:
        said.append(deny(N_("it belongs to another stage: {stages}"), code="wrong_stage", stages=Labels(stage.title for stage in stages)))
    elif not any(isinstance(one, AnyTime) for one in task.schedules):
        needed = [one for one in task.needs if not view.finished(one)]
        if needed:
            said.append(deny(N_("it opens when this is done: {tasks}"), code="waits_for", tasks=Labels(one.title for one in needed)))
        no = None if task.only_if is None else machine.ask_guard(task.only_if, view)
        if no is not None:
            said.append(no)
        if not needed and no is None:
            done = N_("none is open now: it was done, or comes again later")
            said.append(deny(done, N_("see: care task list {ref} --all"), "task_closed", ref=state.ref))
    said += _other_eyes(runtime, actor, work, task)
    return _answer(f"{state.ref}.{task.name}", task.name, task.title, said, tuple(who.name for who in task.doers), runtime.may(actor, task.doers, state))


def _standing(work: Work) -> list[Deny]:
    """What keeps every task of a case from being done."""
    ref = work.state.ref
    if not work.state.is_open:
        return [deny(N_("the case is closed"), N_("reopen it first: `care case reopen {ref}`"), "case_closed", ref=ref)]
    if work.state.suspended_at is not None:
        return [deny(N_("the case is suspended"), N_("resume it first: `care case resume {ref}`"), "suspended", ref=ref)]
    return []


def _other_eyes(runtime: Runtime, actor: Actor, work: Work, task: Task[Any]) -> list[Deny]:
    if not task.four_eyes:
        return []
    runtime.stand(actor, task.doers, work.state)
    try:
        asking.four_eyes(work.state, task, actor.login, training=runtime.training)
    except NotPermitted as error:
        return [deny(error.message, error.hint, error.code)]
    return []


def _answer(ref: str, name: str, title: str, said: list[Deny], roles: tuple[str, ...], permitted: bool) -> TaskAnswer:
    return TaskAnswer(ref=ref, task=name, title=title, allowed=permitted and not said, permitted=permitted, reasons=tuple(said), roles=roles)
