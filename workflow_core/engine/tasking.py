"""What people do with tasks: do, correct, undo, skip, claim, hand over, add."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import STANDARD_ROLES, AnyTime, Party, Task
from workflow_core.engine import asking
from workflow_core.engine.doers import all_roles, names_of, stand_in, stead_for
from workflow_core.engine.effects import apply, followed, happened_on
from workflow_core.engine.outcome import Outcome
from workflow_core.engine.reconcile import open_row, reconcile
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime, not_suspended
from workflow_core.engine.state import REST, TaskRow
from workflow_core.engine.stays import stages_of, stay
from workflow_core.engine.windows import Window, slot_for, window_end
from workflow_core.engine.work import SYSTEM_LOGIN, Work
from workflow_core.errors import Misused, NotFound, NotPermitted, Refused
from workflow_core.i18n import N_, Label
from workflow_core.nearest import nearest
from workflow_core.store import desk


def split_ref(ref: str) -> tuple[str, str]:
    """A task's reference as the case's and the rest: ``DR-26-00417.12`` or ``DR-26-00417.visit``.

    :raises Misused: ``task_ref``.
    """
    case, dot, rest = ref.strip().rpartition(".")
    if not dot or not case or not rest:
        raise Misused("task_ref", N_("{ref} is no task"), hint=N_("a task is written CASE.NUMBER, as in the inbox: DR-26-00417.12"), ref=ref)
    return case, rest


def do_task(
    runtime: Runtime,
    actor: Actor,
    ref: str,
    given: Mapping[str, object],
    *,
    confirm: str = "",
    expect: int | None = None,
    dry_run: bool = False,
    request: str | None = None,
    on_behalf: str | None = None,
) -> Outcome:
    """Do a task, and write down what it asks.

    :param ref: ``CASE.NUMBER``, or ``CASE.NAME`` for the open one of that name.
    :param on_behalf: the reference of the party for whom it is done; left out, whoever is asked.
    :raises Refused: ``not_a_party``, ``task_closed``, ``happened_in_future``, ``happened_before``, ``denied``.
    """
    case, which = split_ref(ref)

    def act(work: Work, now: datetime) -> None:
        if not _settles_a_rest(work, which):
            not_suspended(work)
        row = find_row(work, which, now)
        demand_doer(actor, work, row)
        if row.kind == "paper":
            paper = f"{work.state.ref}.{row.origin.replace('paper:', 'p')}"
            raise Refused("sign_it", N_("this is done by signing the paper"), hint=N_("`care document sign {paper}`"), paper=paper)
        task = work.task_of(row)
        if task is None:
            _finish_plain(work, row, given, now)
            return
        stand_in(work, actor, task.doers, on_behalf)
        answer = asking.read_input(work, task, given, now, trial=dry_run)
        day = _happened(work, task, answer.form, now)
        row = _the_row_for(work, task, row, day, answer.form)
        other_eyes = asking.four_eyes(work.state, task, actor.login, training=runtime.training)
        asking.run_checks(work, task, answer, now, confirm)
        warnings = [one.code for one in work.warnings]
        work.begin(
            "task_done", now, task=task.name, n=row.n, about=row.about, given=answer.raw, happened=day.isoformat(),
            confirmed=confirm if warnings else None, warnings=warnings, same_eyes=None if other_eyes else "training",
        )  # fmt: skip
        row.input, row.happened = answer.raw, day
        work.close_row(row, "done", now, by=work.actor)
        _cover(work, row, now)
        _no_longer_late(work, row, now)
        if answer.fills:
            work.set_record(**answer.fills)
        work.given = answer.form
        apply(work, task.do, now)
        reconcile(work, now)
        work.given = None

    asked = None if request is None else (request, {"ref": ref, "given": dict(given)})
    return runtime.change(actor, case, act, expect=expect, dry_run=dry_run, request=asked)


def correct_task(runtime: Runtime, actor: Actor, ref: str, given: Mapping[str, object], reason: str) -> Outcome:
    """Correct what was written down when a task was done. The old entry stays in the case's history; what the record took from it follows.

    :raises Refused: ``task_not_done``; ``reason_missing``.
    """
    case, which = split_ref(ref)

    def act(work: Work, now: datetime) -> None:
        need_reason(reason)
        row = find_row(work, which, now, state="done")
        demand_doer(actor, work, row)
        task = work.task_of(row)
        if row.state != "done" or row.covers is not None or task is None:
            raise Refused("task_not_done", N_("{ref} is not done: there is nothing to correct"), ref=ref)
        whole = {**(row.input or {}), **given}
        answer = asking.read_input(work, task, whole, now)
        day = row.happened if task.happened is None else _happened(work, task, answer.form, now)
        if day is not None and row.window_from is not None:
            _not_before(work, row, day)
        asking.run_checks(work, task, answer, now, "")
        work.begin("task_corrected", now, task=task.name, n=row.n, before_input=row.input, given=answer.raw, reason=reason)
        follow = followed(work, task, row.input or {}, answer.form) if _is_last(work, row) else {}
        row.input, row.happened = answer.raw, day
        work.touch(row)
        for other in _covered(work, row):
            other.happened = day
            work.touch(other)
        fills = {**follow, **{name: value for name, value in answer.fills.items() if name in given}}  # the others may have been edited since
        if fills:
            work.set_record(**fills)
        reconcile(work, now)

    return runtime.change(actor, case, act)


def undo_task(runtime: Runtime, actor: Actor, ref: str, reason: str) -> Outcome:
    """Take back that a task was done: it waits again, with its due date. What its effects did stays, and is corrected by itself where it was wrong.

    :raises Refused: ``task_not_done``, ``stage_left``; ``done_by_system``: the program did it, and no person.
    """
    case, which = split_ref(ref)

    def act(work: Work, now: datetime) -> None:
        need_reason(reason)
        row = find_row(work, which, now, state="done")
        demand_doer(actor, work, row)
        if row.state not in ("done", "skipped") or row.covers is not None:
            raise Refused("task_not_done", N_("{ref} is not done: there is nothing to take back"), ref=ref)
        if row.state == "done" and row.closed_by == SYSTEM_LOGIN and actor is not SYSTEM_ACTOR:
            raise Refused("done_by_system", N_("{ref} was done by the program itself: nobody takes it back"), hint=N_("see: care case history"), ref=ref)
        task = work.task_of(row)
        began = None if task is None else stay(work.state, stages_of(work.workflow, task))
        if task is None or began is None or row.entered != began.n:
            raise Refused("stage_left", N_("the case has left the stage of this task"), hint=N_("correct the entry instead: `care task correct`"))
        work.begin("task_undone", now, task=row.name, n=row.n, about=row.about, reason=reason)
        for one in (row, *_covered(work, row)):
            one.state, one.reason = "undone", reason
            work.touch(one)
            _again(work, task, one, now)
        reconcile(work, now)

    return runtime.change(actor, case, act)


def _is_last(work: Work, row: TaskRow) -> bool:
    """Whether nobody has done the task again since: what the record took from a task, it has from the last time."""
    done = [one for one in work.state.rows_of(row.name) if one.state == "done" and one.covers is None]
    return max(done, key=lambda one: (one.closed_at or one.opened_at, one.n)) is row


def _again(work: Work, task: Task[Any], row: TaskRow, now: datetime) -> None:
    """The same occurrence once more: its window, its date and what that hangs on, and whether its being late was told."""
    end = window_end(work, row)
    window = None if row.window_from is None or end is None else Window(row.window_from, end, row.slot)
    again = open_row(work, task, now, kind=row.kind, track=row.track, window=window, about=row.about, due=row.due)
    again.occurrence, again.opened_at, again.anchor, again.late_done = row.occurrence, row.opened_at, row.anchor, row.late_done
    there = row.assignee is not None and desk.account_there(work.world.tx, row.assignee)
    again.assignee = row.assignee if there else None  # who did it may have left meanwhile: then it is the role's
    work.changes.lays_on |= {again.assignee} if again.assignee is not None else set()


def _settles_a_rest(work: Work, which: str) -> bool:
    """Whether it is the task that asks what becomes of a case which rests because a consent was withdrawn."""
    return any(which in (str(row.n), row.name) and row.origin.startswith(REST) for row in work.state.open_tasks())


def skip_task(runtime: Runtime, actor: Actor, ref: str, reason: str) -> Outcome:
    """Leave a task undone, with a reason that is kept."""
    case, which = split_ref(ref)

    def act(work: Work, now: datetime) -> None:
        need_reason(reason)
        not_suspended(work)
        row = find_row(work, which, now)
        demand_doer(actor, work, row)
        work.begin("task_skipped", now, task=row.name, n=row.n, about=row.about, reason=reason)
        work.close_row(row, "skipped", now, by=work.actor, reason=reason)
        reconcile(work, now)

    return runtime.change(actor, case, act)


def add_task(runtime: Runtime, actor: Actor, ref: str, title: str, role: str, due: date | None = None) -> Outcome:
    """Add a task that no program foresaw: whoever has anything to do with the case by a role may, and no party of it.

    :param role: who is to do it: a standard role, or one of the program's.
    """

    def act(work: Work, now: datetime) -> None:
        runtime.demand(actor, tuple(who for who in all_roles(work) if not isinstance(who, Party)), work.state)
        not_suspended(work)
        roles = {one.name for one in (*STANDARD_ROLES, *work.program.roles)}
        if role not in roles:
            meant = nearest(role, roles)
            hint = N_("did you mean {meant}?") if meant else N_("one of: {roles}")
            raise Misused("role_unknown", N_("there is no role {role}"), hint=hint, role=role, meant=meant, roles=", ".join(sorted(roles)))
        if not work.state.is_open:
            raise Refused("case_closed", N_("the case is closed"), hint=N_("reopen it first: `care case reopen {ref}`"), ref=work.state.ref)
        add_row(work, now, title=title, roles=(role,), due=due)

    return runtime.change(actor, ref, act)


def add_row(work: Work, now: datetime, *, title: str, roles: tuple[str, ...], due: date | None, origin: str = "") -> TaskRow:
    """A step that adds an ad hoc task to a case."""
    state = work.state
    row = TaskRow(
        n=state.next_task(),
        name="adhoc",
        title=title,
        kind="adhoc",
        stage=state.stage,
        entered=state.entries[-1].n if state.entries else 0,
        doers=roles,
        opened_at=now,
        due=due,
        origin=origin,
    )
    work.begin("task_added", now, title=title, to=", ".join(roles), n=row.n, due=None if due is None else due.isoformat())
    work.touch(row)
    return row


def need_reason(reason: str) -> None:
    """Refuse an empty reason.

    :raises Misused: ``reason_missing``.
    """
    if not reason.strip():
        raise Misused("reason_missing", N_("this needs a reason, which is kept"), hint=N_("add --reason"))


def find_row(work: Work, which: str, now: datetime, *, state: str = "open", late: bool = True) -> TaskRow:
    """A task row by number, or the one of a name in that state; of a task that may be done at any time, a new one.

    :param late: by number also one that was missed, while the case is open: what happened in time may be written down late.
    :raises NotFound: ``task_unknown``. :raises Refused: ``task_closed``.
    """
    rows = work.state.tasks
    if which.isdigit():
        row = rows.get(int(which))
        if row is None:
            raise _unknown(work, which)
        if state == "open" and row.state != "open" and not (late and row.state == "missed" and work.state.is_open):
            raise _closed(work, row)
        return row
    which, _, about = which.partition(":")
    named = [row for row in work.state.rows_of(which) if row.state == state and about in ("", row.about)]
    if len({row.about for row in named}) > 1 and state == "open":
        refs = ", ".join(f"{work.state.ref}.{which}:{row.about}" for row in named)
        raise Misused("task_ambiguous", N_("the task {task} is open for several: say for which"), hint=N_("one of: {refs}"), task=which, refs=refs)
    if named:
        return named[-1]
    anytime = next((task for task in work.workflow.tasks_in(work.workflow.stage(work.state.stage)) if task.name == which), None)
    if state == "open" and anytime is not None and any(isinstance(one, AnyTime) for one in anytime.schedules):
        return _any_time(work, anytime, now)
    if work.state.rows_of(which):
        if state != "open":
            return work.state.rows_of(which)[-1]  # the caller says what is wrong with it
        raise _closed(work, work.state.rows_of(which)[-1])
    raise _unknown(work, which)


def _any_time(work: Work, task: Task[Any], now: datetime) -> TaskRow:
    began = stay(work.state, stages_of(work.workflow, task))
    return TaskRow(
        n=work.state.next_task(),
        name=task.name,
        title=task.title,
        kind="task",
        stage=work.state.stage,
        entered=began.n if began is not None else 0,
        doers=names_of(task.doers),
        opened_at=now,
    )


def _happened(work: Work, task: Task[Any], form: Any, now: datetime) -> date:
    """The day a task happened, as its form says.

    :raises Refused: ``happened_in_future``.
    """
    day: date = happened_on(work, task.happened, form, now)
    if day > civil_date(now):
        raise Refused("happened_in_future", N_("that day is still to come"), hint=N_("give the day it happened"))
    return day


def _the_row_for(work: Work, task: Task[Any], row: TaskRow, day: date, form: Any) -> TaskRow:
    """The occurrence that an entry counts for: that in whose window it happened, also one that was written down as missed."""
    if row.slot is not None:
        found = slot_for(work, task, row, form)
        if found.state == "missed" and task.happened is None:
            raise _closed(work, found)
        return found
    if row.window_from is None or task.happened is None:
        if row.state == "missed":
            raise _closed(work, row)
        return row
    same = [one for one in work.state.rows_of(task.name) if one.entered == row.entered and one.track == row.track and one.about == row.about]
    for one in same:
        if one.state in ("open", "missed") and _within(work, one, day):
            return one
    _not_before(work, row, day)
    raise Refused("window_settled", N_("what was due around that day is written down already"), hint=N_("correct that entry: `care task correct`"))


def _not_before(work: Work, row: TaskRow, day: date) -> None:
    windows = [one.window_from for one in work.state.rows_of(row.name) if one.entered == row.entered and one.window_from is not None]
    first = min(windows, default=day)
    if day < first:
        raise Refused(
            "happened_before",
            N_("that was before this stage began, on {first}"),
            hint=N_("write it down as a note: `care case note {ref}`"),
            first=first.isoformat(),
            ref=work.state.ref,
        )


def _within(work: Work, row: TaskRow, day: date) -> bool:
    end = window_end(work, row)
    return row.window_from is not None and end is not None and row.window_from <= day < end


def _cover(work: Work, done: TaskRow, now: datetime) -> None:
    """One entry counts for every schedule of its task: a visit for the month and for the term."""
    for one in work.state.rows_of(done.name):
        other = one.track != done.track and one.state in ("open", "missed") and one.entered == done.entered and one.about == done.about
        if other and one.slot is None and done.happened is not None and _within(work, one, done.happened):
            one.covers, one.happened = done.n, done.happened
            work.close_row(one, "done", now, by=work.actor)


def _no_longer_late(work: Work, done: TaskRow, now: datetime) -> None:
    """What was laid before somebody because a task was late is over when it is done after all, unless another occurrence of it still is."""
    if any(one.late_done and one.state in ("open", "missed") for one in work.state.rows_of(done.name) if one.entered == done.entered):
        return
    for row in work.state.open_tasks():
        if row.kind == "escalation" and row.origin.startswith(f"late:{done.name}:"):
            work.close_row(row, "closed", now)
            work.did("escalation_over", n=row.n, reason=row.title)


def _covered(work: Work, row: TaskRow) -> list[TaskRow]:
    return [one for one in work.state.rows_of(row.name) if one.covers == row.n and one.state == "done"]


def _finish_plain(work: Work, row: TaskRow, given: Mapping[str, object], now: datetime) -> None:
    unknown = sorted(set(given) - {"note"})
    if unknown:
        raise Misused("input_invalid", N_("this task asks for a note alone, not for: {fields}"), hint=N_("--set note=…"), fields=", ".join(unknown))
    note = str(given.get("note", "")).strip()
    work.begin("task_done", now, task=row.name, title=row.title, n=row.n, given={"note": note} if note else None)
    row.input, row.happened = {"note": note}, civil_date(now)
    work.close_row(row, "done", now, by=work.actor)
    reconcile(work, now)


def may_do(actor: Actor, work: Work, row: TaskRow) -> bool:
    """Whether an account holds one of a task's roles, or has it on its desk."""
    state = work.state
    if actor is SYSTEM_ACTOR or (row.assignee is not None and row.assignee in (actor.login, *actor.stands_for)):
        return True
    if not state.acts_as.isdisjoint(row.doers):
        return True
    return any(actor.may(role, **state.where) for role in row.doers)


def demand_doer(actor: Actor, work: Work, row: TaskRow) -> None:
    """Refuse an account that neither holds one of the task's roles nor has it on its desk, and note in whose stead it does it.

    :raises NotPermitted: ``not_permitted``.
    """
    if not may_do(actor, work, row):
        roles = ", ".join(row.doers)
        raise NotPermitted("not_permitted", N_("this account may not do that here"), hint=N_("who may: {roles}"), roles=roles)
    work.state.stead = stead_for(actor, work, row)


_CLOSED = {
    "done": N_("what was entered: `care task show {ref}`; to correct it: `care task correct {ref}`"),
    "skipped": N_("why: `care task show {ref}`; if it is to be done after all: `care task undo {ref}`"),
}


def _closed(work: Work, row: TaskRow) -> Refused:
    return Refused(
        "task_closed",
        N_("the task {ref} is not open: {state}"),
        hint=_CLOSED.get(row.state, N_("what waits in the case: `care case show {case}`")),
        ref=f"{work.state.ref}.{row.n}",
        state=Label({"undone": N_("taken back")}.get(row.state, row.state)),
        case=work.state.ref,
    )


def _unknown(work: Work, which: str) -> NotFound:
    names = {row.name for row in work.state.open_tasks()}
    meant = nearest(which, names)
    hint = N_("did you mean {meant}?") if meant else N_("open there: {names}") if names else N_("nothing waits there; see: care case why {case}")
    return NotFound("task_unknown", N_("{case} has no task {which}"), hint=hint, case=work.state.ref, which=which, meant=meant, names=", ".join(sorted(names)))
