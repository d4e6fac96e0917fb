"""Effects, carried out in the step that caused them: each changes the case in memory or adds to what the store will write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import singledispatch
from typing import Any

from workflow_core.clock import civil_date
from workflow_core.definition import (
    Amend,
    CloseTask,
    Do,
    Draft,
    Effect,
    Enter,
    Escalate,
    Fire,
    Notify,
    Observe,
    On,
    Open,
    OpenTask,
    Refer,
    RunBatch,
    SetField,
    Task,
    Transition,
    When,
    form_fields,
    path_of,
)
from workflow_core.engine import machine
from workflow_core.engine.drafts import draft_paper
from workflow_core.engine.due import add_span, length_of
from workflow_core.engine.reconcile import open_row
from workflow_core.engine.state import TaskRow
from workflow_core.engine.work import MOST_AUTOMATIC, SYSTEM_LOGIN, Work
from workflow_core.errors import Damaged, Refused
from workflow_core.i18n import N_, Label, Labels
from workflow_core.inputs import encode


def apply(work: Work, effects: Sequence[Effect], at: datetime, *, origin: str = "") -> None:
    """Carry out effects in their order.

    :param origin: what caused them (``timer:silent``, ``late:visit``), for escalations: one reason, one open task.
    """
    work.depth += 1
    if work.depth > MOST_AUTOMATIC:  # an effect that causes itself again
        raise work.goes_round()
    for effect in effects:
        _one(effect, work, at, origin)
    work.depth -= 1


@singledispatch
def _one(effect: Effect, work: Work, at: datetime, origin: str) -> None:
    raise Damaged(
        "effect_unknown",
        N_("this engine cannot carry out the effect {effect}"),
        hint=N_("the program may need a newer careflow"),
        effect=type(effect).__name__,
    )


@_one.register
def _when(effect: When, work: Work, at: datetime, origin: str) -> None:
    # A guard that crashes is no "otherwise": an escalation may hang on it, so the step fails and is told.
    holds = machine.ask_function(effect.guard, work.view(at)) is None
    apply(work, effect.do if holds else effect.otherwise, at, origin=origin)


@_one.register
def _open_task(effect: OpenTask, work: Work, at: datetime, origin: str) -> None:
    if not any(row.about == effect.about and row.state == "open" for row in work.state.rows_of(effect.task.name)):
        open_row(work, effect.task, at, kind="task", about=effect.about, origin=origin or "effect")


@_one.register
def _close_task(effect: CloseTask, work: Work, at: datetime, origin: str) -> None:
    for row in work.state.rows_of(effect.task.name):
        if row.state == "open":
            work.close_row(row, "closed", at)
    work.did("task_closed", task=effect.task.name)


@_one.register
def _do(effect: Do, work: Work, at: datetime, origin: str) -> None:
    task = effect.task
    row = next((one for one in work.state.rows_of(task.name) if one.state == "open"), None) or open_row(work, task, at, origin=origin or "effect")
    row.input = None if effect.input is None else encode(effect.input)
    row.happened = happened_on(work, task.happened, effect.input, at)
    work.close_row(row, "done", at, by=work.event.actor)
    work.did("task_done", task=task.name, n=row.n)
    before, work.given = work.given, effect.input
    apply(work, task.do, at)
    work.given = before


@_one.register
def _enter(effect: Enter, work: Work, at: datetime, origin: str) -> None:
    from workflow_core.engine.register_writing import enter_in_step

    enter_in_step(work, effect, _valued(effect.row, work, at), at)


@_one.register
def _draft(effect: Draft, work: Work, at: datetime, origin: str) -> None:
    draft_paper(work, effect.document, at)


@_one.register
def _notify(effect: Notify, work: Work, at: datetime, origin: str) -> None:
    work.changes.messages.append({"to": effect.to.name, "message": effect.message, "urgent": effect.urgent, "event": work.event.n})
    work.did("notified", to=effect.to.name, message=effect.message)


@_one.register
def _escalate(effect: Escalate, work: Work, at: datetime, origin: str) -> None:
    state = work.state
    source = f"{origin}:{effect.reason}"
    row = next((one for one in state.open_tasks() if one.kind == "escalation" and one.origin == source and effect.to.name in one.doers), None)
    if row is not None:
        row.reminders += 1
    else:
        view = work.view(at)
        due = add_span(at, effect.due, 1, length_of(effect.due, view), lambda: work.world.calendar(state.division))
        row = TaskRow(
            n=state.next_task(),
            name=f"escalation-{effect.to.name}",
            title=effect.reason,
            kind="escalation",
            stage=state.stage,
            entered=state.entries[-1].n if state.entries else 0,
            doers=(effect.to.name,),
            opened_at=at,
            due=civil_date(at) if effect.urgent else civil_date(due),
            origin=source,
        )
    work.touch(row)
    work.changes.messages.append({"to": effect.to.name, "message": effect.reason, "urgent": effect.urgent, "event": work.event.n})
    work.did("escalated", to=effect.to.name, reason=effect.reason, n=row.n, reminders=row.reminders or None)


@_one.register
def _refer(effect: Refer, work: Work, at: datetime, origin: str) -> None:
    reply = effect.reply.name if effect.reply is not None else None
    work.changes.referrals.append(
        {"program": effect.program, "reason": effect.reason, "urgent": effect.urgent, "reply": reply, "event": work.event.n, "at": at}
    )
    work.did("referred", program=effect.program, reason=effect.reason)


@_one.register
def _observe(effect: Observe, work: Work, at: datetime, origin: str) -> None:
    if work.state.subject_id is None:
        raise Refused("no_subject", N_("nothing can be observed: this case is about nobody"))
    value = _valued(effect.value, work, at)
    on = civil_date(at) if effect.on is None else _valued(effect.on, work, at)
    said = {"name": effect.fact.name, "value": value, "unit": effect.fact.unit, "about": _valued(effect.about, work, at)}
    work.changes.observations.append({**said, "on": on, "at": at, "actor": work.event.actor})
    work.did("observed", fact=effect.fact.name)


@_one.register
def _set_field(effect: SetField, work: Work, at: datetime, origin: str) -> None:
    name, value = _record_field(effect, work), _valued(effect.value, work, at)
    work.set_record(**({name: value} if name else {one: getattr(value, one) for one in form_fields(work.workflow.record)}))


def followed(work: Work, task: Task[Any], before: Mapping[str, Any], form: Any) -> dict[str, Any]:
    """The fields of the record that a task's effects took from its input, and that follow where the input is corrected.

    What was set since to something else, by hand or by another step, stays as it is; so does what a function worked out, which may not be done twice.

    :param before: the input as it was, encoded; :param form: as it is now.
    """
    held = encode(work.state.record)
    found: dict[str, Any] = {}
    for effect in _set_fields(task.do):
        source = path_of(effect.value)
        if form is None or source is None or source.careflow_of is not type(form):
            continue
        name, value = _record_field(effect, work), getattr(form, source.careflow_name)
        if held.get(name) == before.get(source.careflow_name):
            found[name] = value
    return found


def _set_fields(effects: Sequence[Effect]) -> Iterator[SetField]:
    for effect in effects:
        if isinstance(effect, SetField):
            yield effect
        elif isinstance(effect, When):
            yield from _set_fields((*effect.do, *effect.otherwise))


def _record_field(effect: SetField, work: Work) -> str:
    path = path_of(effect.field)
    if path is None or path.careflow_of is not work.workflow.record:
        raise Damaged("not_a_field", N_("SetField needs a reference to a field of the record"), hint=N_("tell whoever maintains the program"))
    return path.careflow_name


@_one.register
def _amend(effect: Amend, work: Work, at: datetime, origin: str) -> None:
    path = path_of(effect.field)
    if path is None or work.state.subject_id is None:
        raise Damaged("not_a_field", N_("Amend needs a reference to a field of the child's file"), hint=N_("tell whoever maintains the program"))
    value = _valued(effect.value, work, at)
    work.changes.amendments.append({"field": path.careflow_name, "value": value, "at": at, "actor": work.event.actor})
    work.did("amended", field=path.careflow_name)


@_one.register
def _fire(effect: Fire, work: Work, at: datetime, origin: str) -> None:
    values = {_record_field(one, work): _valued(one.value, work, at) for one in effect.set}
    if not fire(work, effect.transition.name, at, _valued(effect.input, work, at), values) and work.must_fire:
        raise not_fired(work, effect.transition)


@_one.register
def _open(effect: Open, work: Work, at: datetime, origin: str) -> None:
    from workflow_core.engine.opening import asked

    work.changes.opens.append(asked(work, effect, at))


@_one.register
def _on(effect: On, work: Work, at: datetime, origin: str) -> None:
    from workflow_core.engine.letters import written

    work.changes.letters.append(written(work, effect, at))


@_one.register
def _run_batch(effect: RunBatch, work: Work, at: datetime, origin: str) -> None:
    from workflow_core.engine.letters import ordered

    work.changes.letters.append(ordered(work, effect))


def not_fired(work: Work, transition: Transition[Any, Any, Any]) -> Refused:
    """The error for a transition that another case fires here and that is not possible: with what speaks against it."""
    last = work.event.payload.get("did", [{}])[-1]
    reasons = [str(one) for one in last.get("reasons", ())]
    stage = work.workflow.stage(work.state.stage)
    return Refused(
        "not_fired",
        N_("{transition} is not possible at the stage {stage}: {reasons}") if reasons else N_("{transition} does not lead out of the stage {stage}"),
        transition=transition.name,
        stage=Label(stage.title),
        reasons=Labels(reasons),
    )


def fire(work: Work, name: str, at: datetime, given: Any = None, values: dict[str, Any] | None = None) -> bool:
    """Take a transition as the system.

    :param given: its form; :param values: fields of the record that are set with it.
    :returns: whether its guards held; where they did not, the event says so.
    """
    tried = machine.attempt(work.workflow, name, work.view(at, given))
    if tried.taken is None:
        reasons = [said.reason for denials in tried.denials.values() for said in denials]
        work.did("not_fired", transition=name, reasons=reasons)
        return False
    full = work.full(tried.taken.target, at)
    if full is not None:
        work.did("not_fired", transition=name, reasons=[full])
        return False
    work.take(tried.taken, at, actor=SYSTEM_LOGIN, given=given, raw=None if given is None else encode(given), fills=values)
    return True


def happened_on(work: Work, field: object, given: Any, at: datetime) -> Any:
    """The day a task happened: what its form says, else the day of the entry."""
    if field is None:
        return civil_date(at)
    value = work.view(at, given).value(field)
    if isinstance(value, datetime):
        return civil_date(value)
    return value or civil_date(at)


def _valued(value: Any, work: Work, at: datetime) -> Any:
    if path_of(value) is not None:
        return work.lent[repr(value)] if repr(value) in work.lent else work.view(at).value(value)
    if isinstance(value, Callable):  # type: ignore[arg-type]
        return machine.ask_function(value, work.view(at))
    return value
