"""Opening a case, advancing it, and saying why it cannot be advanced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import AUTOMATIC, SYSTEM, Deny, Stage, Transition, Warn, deny, form_fields
from workflow_core.engine import asking, lines, machine
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.doers import stand_in
from workflow_core.engine.effects import apply
from workflow_core.engine.outcome import Answer, Outcome
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime, not_permitted, not_suspended
from workflow_core.engine.state import CaseState, PartyRow
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.errors import Conflict, Misused, NotFound, Refused
from workflow_core.i18n import N_
from workflow_core.inputs import encode, validate
from workflow_core.nearest import nearest
from workflow_core.store import facts, sequences, transfers
from workflow_core.store.again import again
from workflow_core.store.database import Tx
from workflow_core.store.faults import Collided
from workflow_core.store.ids import uuid7


def advance(
    runtime: Runtime,
    actor: Actor,
    ref: str,
    name: str,
    given: Mapping[str, object],
    *,
    confirm: str = "",
    expect: int | None = None,
    dry_run: bool = False,
    on_behalf: str | None = None,
    request: str | None = None,
) -> Outcome:
    """Take a transition of a case.

    :param given: what its form and ``fills`` ask, as typed, sent or read.
    :param confirm: a reason, with which warnings pass.
    :raises NotFound: ``case_unknown``, ``transition_unknown``.
    :raises NotPermitted: no role of this account may take it.
    :raises Refused: ``denied``, with every guard's reason.
    """

    def act(work: Work, now: datetime) -> None:
        leaving = candidates(work, name)
        not_suspended(work)
        allowed = [one for one in leaving if machine.by_person(one) and runtime.may(actor, one.doers, work.state)]
        if not allowed:
            raise not_permitted(tuple(who for one in leaving for who in one.doers))
        tried = machine.attempt(work.workflow, name, work.view(now), confirmed=bool(confirm), among=allowed)
        chosen = tried.taken
        if chosen is None:
            said = [reason for one in allowed for reason in tried.denials.get(one, [])]
            asking.settle(work, said, confirm)
            raise not_permitted(tuple(who for one in leaving for who in one.doers))
        asking.settle(work, tried.denials[chosen], confirm)
        runtime.stand(actor, chosen.doers, work.state)
        stand_in(work, actor, chosen.doers, on_behalf)
        other_eyes = asking.four_eyes(work.state, chosen, actor.login, training=runtime.training)
        answer = asking.read_input(work, chosen, given, now, trial=dry_run)
        asking.run_checks(work, chosen, answer, now, confirm)
        take(work, chosen, answer, now, confirm=confirm, other_eyes=other_eyes)

    asked = None if request is None else (request, {"ref": ref, "transition": name, "given": dict(given)})
    return runtime.change(actor, ref, act, expect=expect, dry_run=dry_run, request=asked, on_behalf=on_behalf)


def take(work: Work, chosen: Transition[Any, Any, Any], answer: asking.Given, now: datetime, *, confirm: str, other_eyes: bool) -> None:
    """Take a transition whose guards hold, with its input."""
    work.take(
        chosen,
        now,
        actor=None,
        given=answer.form,
        raw=answer.raw or None,
        fills=answer.fills,
        confirmed=confirm if work.warnings else None,
        warnings=[one.code for one in work.warnings],
        same_eyes=None if other_eyes else "training",
    )


def why(runtime: Runtime, actor: Actor, ref: str, name: str | None = None) -> list[Answer]:
    """Every transition that leaves the case's stage, with every reason against it.

    :raises NotFound: ``case_unknown``, ``transition_unknown``.
    """
    with runtime.db.read() as tx:
        work = runtime.work(tx, ref, actor)
        now = max(runtime.clock.now(), work.last_at)
        catch_up(work, now)
        work.follow(now)
        leaving = candidates(work, name) if name is not None else machine.from_stage(work.workflow, work.workflow.stage(work.state.stage))
        return [_answer(runtime, actor, work, one, now) for one in leaving]


def open_case(
    runtime: Runtime,
    actor: Actor,
    workflow: str,
    subject: str | None,
    record: Mapping[str, object],
    *,
    division: str | None = None,
    key: str = "",
    whole: str | None = None,
    parties: Mapping[str, object] | None = None,
    dry_run: bool = False,
    request: str | None = None,
) -> Outcome:
    """Open a case.

    :param workflow: ``program``, or ``program.workflow`` where the program has several.
    :param subject: the reference of whom or what it is about.
    :param record: the fields of the workflow's record, as typed, sent or read.
    :param whole: the reference of the case that it becomes a part of; :param parties: references of people or cases, by the party's name.
    :raises Refused: ``already_open``, ``not_enabled``, ``whole_closed``. :raises Misused: ``not_a_part``, ``party_unknown``.
    """
    now = runtime.clock.now()
    from workflow_core.engine import opening

    around = {**({"whole": whole} if whole else {}), **({"parties": dict(parties)} if parties else {})}
    asked = None if request is None else (request, {"workflow": workflow, "subject": subject, "record": dict(record), **around})
    with runtime.db.read() as tx:
        done = runtime.done_before(tx, actor, asked)
        if done is not None:
            return done
        form = validate(_workflow(runtime, workflow)[1].record, record, school_year=asking.school_year(civil_date(now)))
    try:
        with runtime.committing(), runtime.db.write() as tx:
            tied = opening.tied(runtime, tx, actor, _workflow(runtime, workflow), whole, parties or {})
            work = new_work(runtime, tx, actor, workflow, subject, form, division=division, key=key, now=now, **tied)
            runtime.ask_vetoes(work)
            if dry_run:
                runtime.try_holds(tx, work)
                outcome = runtime.outcome(work, dry_run=True)
                raise _Undo(outcome)
            runtime.save(tx, work, now)
            outcome = runtime.outcome(work)
            runtime.remember(tx, actor, asked, outcome, now)
    except Collided:
        raise
    except (Conflict, Refused):
        return runtime.done_meanwhile(actor, asked)
    return outcome


class _Undo(Exception):
    """Leaves a transaction without its changes, with an answer."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def open_or_try(runtime: Runtime, actor: Actor, workflow: str, subject: str | None, record: Mapping[str, object], **how: Any) -> Outcome:
    """``open_case``, with a dry run undone."""
    try:
        return again(runtime.db, lambda: open_case(runtime, actor, workflow, subject, record, **how))
    except _Undo as undo:
        return undo.outcome


def new_work(
    runtime: Runtime,
    tx: Tx,
    actor: Actor,
    name: str,
    subject: str | None,
    record: Any,
    *,
    division: str | None = None,
    key: str = "",
    now: datetime,
    stage: Stage | None = None,
    number: int | None = None,
    asks_access: bool = True,
    whole: CaseState | None = None,
    parties: Sequence[PartyRow] = (),
    world: World | None = None,
) -> Work:
    """A new case in memory, with its first step taken; the caller saves it.

    :param number: its number, where the caller took a block of them.
    :param asks_access: whether the account must hold a role of ``open_by``; an import has asked already.
    :param whole: the case that it is a part of; :param parties: who is tied to it; :param world: what this transaction has read already.
    """
    program, workflow = _workflow(runtime, name)
    person_id, place_id, where = None, None, division
    if workflow.subject is not None and subject is not None:
        person_id, place_id, where = _subject(tx, workflow.subject.name, subject, division)
    elif workflow.subject is not None and not workflow.subject_later:
        wanted = SUBJECTS.get(workflow.subject.name, SUBJECTS["child"])
        raise Misused("subject_missing", N_("say what a case of {workflow} is about"), hint=wanted, workflow=workflow.name)
    if where is None:
        raise Misused("division_missing", N_("say in which division the case is opened"), hint=N_("add --township"))
    if asks_access and not (actor is SYSTEM_ACTOR or actor.sees(division=where, place_id=place_id, program=program.name)):
        raise NotFound("child_unknown", N_("there is no {ref} on file"), hint=N_("see: care child find"), ref=subject)
    world = world or World(tx, runtime.registry)
    if not world.runs(program.name, where, civil_date(now)):
        raise not_enabled(program.name, where)
    at = stage or workflow.initial
    year = civil_date(now).year
    taken = number if number is not None else sequences.take(tx, "office", f"ref/{workflow.prefix}", year)
    state = CaseState(
        case_id=uuid7(),
        ref=reference(workflow.prefix, year, taken),
        program=program.name,
        workflow=workflow.name,
        definition=runtime.pin(tx, program, now),
        stage=at.name,
        stage_since=now,
        subject_kind=None if workflow.subject is None else workflow.subject.name,
        subject_id=person_id,
        whole_id=None if whole is None else whole.case_id,
        division=where,
        place_id=place_id,
        assignee=None,
        key=key,
        outcome=None,
        record=record,
        version=0,
        opened_at=now,
    )
    state.parties = list(parties)
    state.stead = actor.stead(**state.where)
    work = Work(program, workflow, state, world, actor=actor.login)
    if asks_access:
        runtime.demand(actor, tuple(workflow.open_by), state)
        asking.not_fixed(work, [one.name for one in form_fields(workflow.record).values() if not one.required and getattr(record, one.name) != one.default])
        asking.hold_always(work, now)
    tied = {party.name: party.party_id for party in state.parties}
    work.begin("opened", now, record=encode(record), key=key, whole=None if whole is None else whole.ref, parties=tied)
    work.enter_first(now, at)
    apply(work, workflow.enter.get(at, ()), now)
    reconcile(work, now)
    work.follow(now)
    return work


def reference(prefix: str, year: int, number: int) -> str:
    """The reference people use: ``DR-26-00417``."""
    return f"{prefix}-{year % 100:02d}-{number:05d}"


def _workflow(runtime: Runtime, name: str) -> tuple[Any, Any]:
    program_name, _, workflow_name = name.partition(".")
    program = runtime.registry.program(program_name)
    if not workflow_name:
        opened = [one for one in program.workflows if one.open_by] or program.workflows  # a duty of the calendar opens by itself, and is not meant
        if len(opened) != 1:
            names = ", ".join(f"{program.name}.{one.name}" for one in opened)
            raise Misused("workflow_ambiguous", N_("{program} has several workflows"), hint=N_("name one of: {names}"), program=program.name, names=names)
        return program, opened[0]
    return program, runtime.registry.workflow(program.name, workflow_name)


DIVISIONS = ("village", "township", "county")
SUBJECTS = {
    "child": N_("a child's reference, C-000017: care child find"),
    "volunteer": N_("a volunteer's reference: care volunteer list"),
    "place": N_("a place's reference: care place list"),
    **dict.fromkeys(DIVISIONS, N_("a division's code or name, 990101: care division list")),
}
"""What a workflow's subject is asked for, by its kind."""


def _subject(tx: Tx, kind: str, ref: str, division: str | None) -> tuple[str | None, str | None, str]:
    if kind in DIVISIONS:
        return None, None, facts.division(tx, ref).code
    found = facts.subject(tx, ref)
    if found is None:
        hint = N_("see: care child find") if kind == "child" else SUBJECTS.get(kind, "")
        raise NotFound("child_unknown", N_("there is no {ref} on file"), hint=hint, ref=ref)
    if tx.writes and tx.dialect.name == "postgresql" and transfers.kept_in(tx, found["person_id"]) != found["division"]:
        found = facts.subject(tx, ref) or found  # it has just moved; from here on nobody moves it until the case is there, and moves with it
    return found["person_id"], found["school"], division or found["division"]


def not_enabled(program: str, division: str) -> Refused:
    """The error for a program that does not run somewhere today."""
    return Refused(
        "not_enabled",
        N_("{program} does not run in {division}"),
        hint=N_("an admin can start it with `care program enable {program} --township {division}`"),
        program=program,
        division=division,
    )


def candidates(work: Work, name: str) -> list[Transition[Any, Any, Any]]:
    """The transitions of that name that leave the case's stage.

    :raises Refused: ``wrong_stage``. :raises NotFound: ``transition_unknown``.
    """
    stage = work.workflow.stage(work.state.stage)
    found = machine.from_stage(work.workflow, stage, name)
    if found:
        return found
    here = [one.name for one in machine.from_stage(work.workflow, stage)]
    anywhere = {one.name for one in work.workflow.transitions}
    if name in anywhere:
        raise Refused(
            "wrong_stage",
            N_("{transition} does not lead out of the stage {stage}"),
            hint=N_("from here: {here}") if here else N_("the case is closed"),
            transition=name,
            stage=stage.name,
            here=", ".join(here),
        )
    meant = nearest(name, anywhere)
    hint = N_("did you mean {meant}?") if meant else N_("from here: {here}")
    raise NotFound("transition_unknown", N_("there is no transition {name}"), hint=hint, name=name, meant=meant, here=", ".join(here))


def _answer(runtime: Runtime, actor: Actor, work: Work, one: Transition[Any, Any, Any], now: datetime) -> Answer:
    person = machine.by_person(one)
    said: list[Deny] = machine.ask_guards(machine.guards_of(work.workflow, one), work.view(now))
    if work.state.suspended_at is not None:
        said.insert(0, deny(N_("the case is suspended"), N_("resume it first: `care case resume {ref}`"), "suspended", ref=work.state.ref))
    said += lines.why(work, one, now) if work.state.read_version == work.state.version else []
    permitted = person and runtime.may(actor, one.doers, work.state)
    hard = any(not isinstance(reason, Warn) for reason in said)
    return Answer(
        transition=one.name,
        title=one.title,
        target=one.target.name,
        target_title=one.target.title,
        allowed=permitted and not hard,
        permitted=permitted,
        automatic=AUTOMATIC in one.doers,
        reasons=tuple(said),
        roles=tuple(who.name for who in one.doers if who not in (SYSTEM, AUTOMATIC)),
        asks=tuple(asking.asked_fields(one, work.workflow.record)),
    )
