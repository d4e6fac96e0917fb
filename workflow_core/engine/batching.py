"""Batches: one decision over many cases, made from a consistent snapshot, stored, and carried out in small transactions, each decision once.

A process that dies leaves a plan of which some decisions are carried out; whoever runs it again, or runs the batch again, takes it up where it stands.
A decision rests on what the plan saw of certain cases. Where one of these is not as it was any more, the decision is refused and listed, never forced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import Batch, Deny, Effect, Program, RunBatch, Summary
from workflow_core.engine import asking, bulk, letters, plan_views, signs
from workflow_core.engine.batch_views import Survey, changed_since, survey
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.decisions import Decision, effects_on, gather, open_effect
from workflow_core.engine.opening import open_part
from workflow_core.engine.plan_views import Planned
from workflow_core.engine.rows import plain
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime, not_permitted, not_suspended, unknown
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.errors import CareError, Conflict, Misused, NotFound, Refused
from workflow_core.i18n import N_
from workflow_core.inputs import decode, encode, validate
from workflow_core.nearest import nearest
from workflow_core.store import cases, faults
from workflow_core.store import plans as rows
from workflow_core.store.again import again
from workflow_core.store.database import Row, Tx
from workflow_core.store.ids import uuid7
from workflow_core.store.outbox import Posted
from workflow_core.store.server import session

RIVALS = 5
"""So often somebody else may plan the very same at the same moment before one of them gives up."""
PER_COMMIT = 200
"""So many decisions are carried out in one transaction."""


def find_batch(program: Program[Any], name: str) -> Batch[Any]:
    """One of a program's batches.

    :raises NotFound: ``batch_unknown``.
    """
    known = {one.name: one for one in program.all_batches()}
    if name in known:
        return known[name]
    meant = nearest(name, known)
    hint = N_("did you mean {meant}?") if meant else N_("it has: {names}")
    raise NotFound("batch_unknown", N_("{program} has no batch {name}"), hint=hint, program=program.name, name=name, meant=meant, names=", ".join(known))


@contextmanager
def surveyed(
    runtime: Runtime, actor: Actor, program: str, name: str, given: Mapping[str, object], *, division: str | None = None, case: str | None = None
) -> Iterator[tuple[Survey, Any]]:
    """What a batch would be planned from now, and its input: for whoever wants to explain a plan. Nothing of it may be kept after the block.

    :raises NotPermitted: none of the account's roles may plan it there.
    """
    owner = runtime.registry.program(program)
    batch = find_batch(owner, name)
    now = runtime.clock.now()
    with runtime.db.snapshot() as tx:
        where, whole = _where(runtime, tx, actor, owner, batch, division, case)
        yield survey(runtime, tx, owner, batch, where, whole, now), _asked(batch, given, now)


def _not_at_a_desk(runtime: Runtime) -> None:
    """A batch decides over cases of many: at a desk of a server office nobody but the clock makes a plan or carries one out, and that is said at once.

    :raises NotPermitted: ``desk_owner_needed``.
    """
    if session.leaves_to_clock(runtime.db):
        raise session.owner_needed(N_("a batch is planned, carried out and dropped by somebody who has the login that owns the office's database"))


def plan(
    runtime: Runtime,
    actor: Actor,
    program: str,
    name: str,
    given: Any,
    *,
    division: str | None = None,
    case: str | None = None,
    dry_run: bool = False,
    plan_id: str | None = None,
) -> Planned:
    """Plan a batch, and store what was decided. An earlier plan of the same of which nothing was carried out is dropped.

    :param given: what the batch's form asks, by field, or filled in. :param division: whose cases; that of the case where the batch is for one.
    :param case: the reference of the case that it is for, where it is for one.
    :param plan_id: what makes it the same plan when it is asked for again.
    :raises NotPermitted: ``not_permitted``; ``desk_owner_needed``. :raises Misused: ``input_invalid``; ``division_missing``.
    :raises Refused: ``plan_unfinished``: one is begun; ``cases_rest``; ``denied``: the program says no; ``plan_failed``, ``plan_may_not`` …: of the program.
    """
    if not dry_run:
        _not_at_a_desk(runtime)
    owner = runtime.registry.program(program)
    batch = find_batch(owner, name)
    now = runtime.clock.now()
    if plan_id is not None:
        with runtime.db.read() as tx:  # first: what it was made from may be half carried out, and would not be planned any more
            if (known := rows.by_id(tx, plan_id)) is not None:
                return plan_views.shown(runtime, tx, known)
    row, items = _decided(runtime, actor, owner, batch, given, division, case, now)
    made = plan_id or uuid7()
    if dry_run:
        return plan_views.tried(runtime, row, items)
    with runtime.db.write() as tx:
        if plan_id is not None and (known := rows.by_id(tx, plan_id)) is not None:
            return plan_views.shown(runtime, tx, known)
        _make_room(tx, row)
        rows.add(tx, row, items, now, plan_id=made)
        return plan_views.shown(runtime, tx, plan_views.read(tx, made))


def _decided(
    runtime: Runtime, actor: Actor, owner: Program[Any], batch: Batch[Any], given: Any, division: str | None, case: str | None, now: datetime
) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """What a plan's row says, and its decisions by their keys. All that was read for it is let go: of very many cases that is much."""
    with runtime.db.snapshot() as tx:
        where, whole = _where(runtime, tx, actor, owner, batch, division, case)
        form = _asked(batch, given, now)
        seen = survey(runtime, tx, owner, batch, where, whole, now)
        told: list[Deny | Summary] = []
        decided = gather(batch, owner, _said(batch, seen, form, told), seen.known, seen.about)
        against = [asking.as_problem(one) for one in told if isinstance(one, Deny)]
        if against:
            raise Refused("denied", N_("it cannot be done now"), problems=against)
        summary = {name: plain(value) for one in told if isinstance(one, Summary) for name, value in one.values.items()}
        _nobody_rests(batch, decided, seen)
        items = [(one.key, _resting(one, seen) if not batch.settled else {**one.stored, "seen": {}}) for one in decided]
    row: dict[str, Any] = {
        "program": owner.name, "batch": batch.name, "division": where, "whole_id": None if whole is None else whole["case_id"],
        "input": _plain_input(form), "summary": summary, "digest": seen.digest, "by": actor.login,
    }  # fmt: skip
    return row, items


def _nobody_rests(batch: Batch[Any], decided: Sequence[Decision], seen: Survey) -> None:
    """Where everything that is decided must come about, it waits until every case can take its part.

    :raises Refused: ``cases_rest``.
    """
    refs = [one.stored["on"] for one in decided if one.stored.get("on") in seen.resting] if batch.settled else []
    if refs:
        hint = N_("let them go on first: `care case resume {ref}`")
        raise Refused("cases_rest", N_("suspended, and part of it: {refs}"), hint=hint, refs=", ".join(refs), ref=refs[0])


def _resting(decision: Decision, seen: Survey) -> dict[str, Any]:
    return {**decision.stored, "seen": {ref: seen.seen[ref] for ref in decision.rests_on}}


def _make_room(tx: Tx, row: Mapping[str, Any]) -> None:
    """One plan of the same input at a time: what was begun is finished or dropped first; what was not begun gives way.

    :raises Refused: ``plan_unfinished``.
    """
    while (before := rows.unfinished(tx, row["program"], row["batch"], row["division"], row["whole_id"], row["input"])) is not None:
        if before["state"] == "running":
            message, hint = N_("{ref} is begun and not carried out to its end"), N_("take it up: `care batch run {ref}`; or leave it: `care batch drop {ref}`")
            raise Refused("plan_unfinished", message, hint=hint, ref=before["ref"])
        rows.turn(tx, before["plan_id"], "dropped", ["planned"])


def _where(runtime: Runtime, tx: Tx, actor: Actor, program: Program[Any], batch: Batch[Any], division: str | None, case: str | None) -> tuple[str, Row | None]:
    """The division whose cases are meant, and the row of the case that the batch is for."""
    whole: Row | None = None
    if batch.of is not None:
        if case is None:
            raise Misused("case_missing", N_("{batch} is for one case: say for which"), hint=N_("add --case REF"), batch=batch.name)
        loaded = cases.load(tx, ref=case)
        if loaded is None or not runtime.sees(actor, loaded.case) or loaded.case["workflow"] != program.workflow_of(batch.of).name:
            raise unknown(case)
        whole = loaded.case
        division = whole["division"]
    if division is None:
        raise Misused("division_missing", N_("say in which division"), hint=N_("add --township"))
    code = World(tx, runtime.registry).division(division).code
    _may(actor, program, batch, code)
    return code, whole


def _may(actor: Actor, program: Program[Any], batch: Batch[Any], division: str) -> None:
    if actor is not SYSTEM_ACTOR and not any(actor.may(who.name, division=division, program=program.name) for who in batch.by):
        raise not_permitted(tuple(batch.by))


def _asked(batch: Batch[Any], given: Any, now: datetime) -> Any:
    if batch.form is not None and isinstance(given, batch.form):
        return given
    if batch.form is None:
        if given:
            raise Misused("input_invalid", N_("nothing is asked here"))
        return None
    return validate(batch.form, given, school_year=asking.school_year(civil_date(now)))


def _said(batch: Batch[Any], seen: Survey, form: Any, told: list[Deny | Summary]) -> Iterator[Effect]:
    """What the program's plan decides, one after the other: of very many cases, that is never all there at once.

    :param told: filled with what it says beside that: every reason against it, and what it tells about itself.
    :raises Refused: ``plan_failed``: its code crashes.
    """
    try:
        answer = batch.plan(seen.first, *seen.sequences, *([] if batch.form is None else [form]))
        for one in [answer] if isinstance(answer, Deny) else answer:
            if isinstance(one, (Deny, Summary)):
                told.append(one)
            elif not any(isinstance(each, Deny) for each in told) and isinstance(one, Effect):
                yield one
    except CareError:
        raise
    except Exception as error:  # a third party's code: whatever it raises is a no, told as such
        message, hint = N_("the program's plan failed: {error}"), N_("tell whoever maintains the program")
        raise Refused("plan_failed", message, hint=hint, error=type(error).__name__) from error


# ------------------------------------------------------------------ carrying out


def run(runtime: Runtime, actor: Actor, ref: str, *, progress: Callable[[int], None] | None = None) -> Planned:
    """Carry out a plan, or what is left of it: a few hundred decisions in one commit, each once, whoever else runs it at the same time.

    :param progress: is told after each decision how many there have been.
    :raises NotFound: ``plan_unknown``. :raises Refused: ``plan_dropped``.
    """
    _not_at_a_desk(runtime)
    with runtime.db.write() as tx:
        row = plan_views.visible(runtime, tx, actor, ref)
        owner = runtime.registry.program(row["program"])
        batch = find_batch(owner, row["batch"])
        _may(actor, owner, batch, row["division"])
        if row["state"] == "dropped":
            raise Refused("plan_dropped", N_("{ref} was dropped"), hint=N_("plan anew: `care batch plan`"), ref=row["ref"])
        rows.turn(tx, row["plan_id"], "running", ["planned"])
        if batch.settled and row["state"] == "running":
            rows.try_again(tx, row["plan_id"])
    after, count = 0, 0

    def step(item: Row) -> None:
        again(runtime.db, lambda: _carry_out(runtime, actor, owner, row, item))

    while True:
        with runtime.db.read() as tx:
            waiting = rows.waiting(tx, row["plan_id"], after=after, most=PER_COMMIT)
        if not waiting:
            break
        for item, answer in bulk.each(runtime, waiting, step, per_commit=PER_COMMIT):
            if isinstance(answer, CareError):
                with runtime.db.write() as tx:
                    rows.refuse(tx, row["plan_id"], item["n"], _told(answer))
            count += 1
            if progress is not None:
                progress(count)
        after = waiting[-1]["n"]
    return _finish(runtime, actor, owner, batch, row)


def _carry_out(runtime: Runtime, actor: Actor, program: Program[Any], plan: Row, item: Row) -> None:
    """Carry out one decision and mark it, in one transaction; what it is refused for is marked instead."""
    with runtime.committing(), runtime.db.write() as tx:
        if not rows.claim(tx, plan["plan_id"], item["n"]):
            return  # somebody else has it at hand, or has done it
        decision = item["decision"]
        try:
            with tx.savepoint():
                changed = changed_since(tx, decision["seen"])
                if changed:
                    message = N_("{refs} changed since this was planned")
                    raise Refused("plan_stale", message, hint=N_("plan anew: `care batch plan`"), refs=", ".join(changed))
                case_id = _open(runtime, tx, actor, program, plan, decision["open"]) if "open" in decision else _on(runtime, tx, actor, plan, decision)
        except Conflict:
            raise  # somebody changes the case this very moment: it is tried again by itself
        except CareError as error:
            tx.still_there()
            if faults.of_the_office(error):
                raise
            rows.refuse(tx, plan["plan_id"], item["n"], _told(error))
        else:
            rows.did(tx, plan["plan_id"], item["n"], case_id)


def _told(error: CareError) -> dict[str, Any]:
    reasons = [one.text() for one in error.problems] or [error.text()]
    return {"code": error.problems[0].code if error.problems else error.code, "reasons": reasons, "hint": error.advice()}


def _open(runtime: Runtime, tx: Tx, actor: Actor, program: Program[Any], plan: Row, stored: Mapping[str, Any]) -> str:
    now = runtime.clock.now()
    effect = open_effect(program, stored)
    whole = None if stored["whole"] is None else runtime.work(tx, stored["whole"], SYSTEM_ACTOR).state
    work = open_part(
        runtime, tx, effect, program=program.name, whole=whole, subject=stored["subject"], division=plan["division"], now=now, actor=actor
    )  # fmt: skip
    if work is None:
        raise Refused("already_open", N_("there is such a case already"))
    work.changes.events[0].payload["plan"] = plan["ref"]
    runtime.ask_vetoes(work)
    runtime.save(tx, work, now)
    return work.state.case_id


def _on(runtime: Runtime, tx: Tx, actor: Actor, plan: Row, decision: Mapping[str, Any]) -> str:
    work = runtime.work(tx, decision["on"], SYSTEM_ACTOR)
    not_suspended(work)
    now = max(runtime.clock.now(), work.last_at)
    catch_up(work, now)
    work.done_by(actor)
    letters.tell(work, effects_on(work.program, work.workflow, decision), now, sender=plan["ref"])
    runtime.ask_vetoes(work)
    runtime.save(tx, work, runtime.clock.now())
    return work.state.case_id


def _finish(runtime: Runtime, actor: Actor, program: Program[Any], batch: Batch[Any], row: Row) -> Planned:
    """Mark a plan as carried out, and take the transition that follows it, once."""
    with runtime.committing(), runtime.db.write() as tx:
        counts = rows.counts(tx, row["plan_id"])
        unsettled = batch.settled and counts["refused"]  # it stays begun, and is taken up again when what stood against it is mended
        if counts["planned"] == 0 and not unsettled and rows.turn(tx, row["plan_id"], "done", ["running"]) and not counts["refused"]:
            _then(runtime, tx, actor, batch, row)
        return plan_views.shown(runtime, tx, plan_views.read(tx, row["plan_id"]))


def _then(runtime: Runtime, tx: Tx, actor: Actor, batch: Batch[Any], row: Row) -> None:
    from workflow_core.definition import Fire

    if batch.then is None or row["whole_id"] is None:
        return
    work: Work = runtime.work(tx, "", SYSTEM_ACTOR, case_id=row["whole_id"])
    now = max(runtime.clock.now(), work.last_at)
    catch_up(work, now)
    form = None if batch.form is None else decode(batch.form, row["input"])
    given = form if batch.then.form is batch.form else None
    letters.tell(work, [Fire(batch.then, given)], now, sender=row["ref"])
    runtime.ask_vetoes(work)
    runtime.save(tx, work, runtime.clock.now())


def plan_and_run(
    runtime: Runtime,
    actor: Actor,
    program: str,
    name: str,
    given: Mapping[str, object],
    *,
    division: str | None = None,
    case: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Planned:
    """Plan a batch and carry it out. What a process before left unfinished with the same input is carried out instead.

    :raises Refused: ``plan_unfinished``: another one is begun.
    """
    _not_at_a_desk(runtime)
    owner = runtime.registry.program(program)
    batch = find_batch(owner, name)
    form = _asked(batch, given, runtime.clock.now())
    for attempt in range(RIVALS):
        with runtime.db.read() as tx:
            where, whole = _where(runtime, tx, actor, owner, batch, division, case)
            before = rows.unfinished(tx, owner.name, batch.name, where, None if whole is None else whole["case_id"], _plain_input(form))
        try:
            if before is not None and before["state"] == "running":
                return run(runtime, actor, before["ref"], progress=progress)
            ref = plan(runtime, actor, program, name, {} if form is None else form, division=division, case=case).ref
            return run(runtime, actor, ref, progress=progress)
        except Refused as error:  # somebody else plans the very same at this moment: what he stored is carried out instead
            if error.code not in ("plan_dropped", "plan_unfinished") or attempt == RIVALS - 1:
                raise
    raise AssertionError("unreachable")


def _plain_input(form: Any) -> dict[str, Any]:
    return {} if form is None else dict(encode(form))


def obey(runtime: Runtime, posted: Posted) -> None:
    """Plan and carry out what a step of a case has ordered (``RunBatch``); the same order twice is the same plan."""
    said = posted.payload
    owner = runtime.registry.program(said["program"])
    batch = find_batch(owner, said["batch"])
    if not any(isinstance(one, RunBatch) and one.batch is batch for workflow in owner.workflows for one in workflow.all_effects()):
        raise signs.gone(owner)  # no step of this program orders it, whatever the letter says
    form = None if batch.form is None else decode(batch.form, said["given"])
    case = said["case"] if batch.of is not None else None
    ref = plan(runtime, SYSTEM_ACTOR, owner.name, batch.name, form or {}, division=said["division"], case=case, plan_id=posted.id).ref
    run(runtime, SYSTEM_ACTOR, ref)


def drop(runtime: Runtime, actor: Actor, ref: str) -> Planned:
    """Leave a plan: what is not carried out stays undone for good.

    :raises NotFound: ``plan_unknown``. :raises Refused: ``plan_done``.
    """
    _not_at_a_desk(runtime)
    with runtime.db.write() as tx:
        row = plan_views.visible(runtime, tx, actor, ref)
        owner = runtime.registry.program(row["program"])
        _may(actor, owner, find_batch(owner, row["batch"]), row["division"])
        if not rows.turn(tx, row["plan_id"], "dropped", rows.OPEN):
            raise Refused("plan_done", N_("{ref} is carried out or dropped already"), hint=N_("see: care batch show {ref}"), ref=row["ref"])
        return plan_views.shown(runtime, tx, plan_views.read(tx, row["plan_id"]))
