"""Cases that rest on a consent: what waited for it goes on, what was withdrawn is stopped, and nothing else is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from workflow_core.access import consents
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import SUPERVISOR, Consent, Effect, Escalate, Transition
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.effects import apply, fire
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.state import REST
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.errors import CareError, Conflict
from workflow_core.i18n import N_
from workflow_core.store import consents as rows
from workflow_core.store import faults
from workflow_core.store.database import Row, Tx

_log = logging.getLogger(__name__)

WITHDRAWN = N_("The consent was withdrawn and the case rests: say what becomes of it, and delete what nothing else asks for")

GOES_ON = N_("The consent was withdrawn, and somebody answers for the child here: say what becomes of it")
"""The same of a case in a stage that never rests."""


@dataclass(frozen=True)
class Touched:
    """What became of one open case when a consent came or went.

    :param how: ``moved``: it took a transition; ``suspended``; ``rests``: it was suspended before; ``looked_at``: nothing changed; ``goes_on``: it stays
        where it stands, where no case rests, and somebody was told;
        ``left``: its program could not be asked, and the clock tries again.
    :param stage: the name of the stage in which it stands now.
    """

    ref: str
    how: Literal["moved", "suspended", "rests", "looked_at", "goes_on", "left"]
    stage: str

    def as_dict(self) -> dict[str, str]:
        """For ``--json``."""
        return {"case": self.ref, "how": self.how, "stage": self.stage}


def wake(runtime: Runtime, tx: Tx, world: World, people: Sequence[str], program: str, consent: Consent, now: datetime) -> tuple[Touched, ...]:
    """Look at the open cases of these children that ask for a consent, as the clock would: what waited for it goes on at once."""
    return tuple(_each(runtime, tx, world, people, program, consent, now, lambda work, at: _look(runtime, work, at)))


def stop(runtime: Runtime, tx: Tx, world: World, actor: Actor, person_id: str, program: str, consent: Consent, now: datetime) -> tuple[Touched, ...]:
    """Stop the open cases of a child that rest on a consent which was withdrawn."""
    world.forget_consents(person_id)
    if world.consented(person_id, program, consent, civil_date(now)):
        return ()  # another basis holds

    def one(work: Work, at: datetime) -> Touched:
        return _stopped(runtime, tx, world, actor, work, consent, at)

    return tuple(_each(runtime, tx, world, [person_id], program, consent, now, one))


def decline(runtime: Runtime, tx: Tx, world: World, actor: Actor, person_id: str, program: str, consent: Consent, now: datetime) -> tuple[Touched, ...]:
    """Let the open cases of a child that wait for a consent go where its refusal leads them; the others are looked at."""
    world.forget_consents(person_id)

    def one(work: Work, at: datetime) -> Touched:
        way = consent.refused
        if way is None or work.state.suspended_at is not None or work.view(at).consented(consent):  # another basis holds
            return _look(runtime, work, at)
        if not _leave(runtime, work, actor, consent, way, at, refused=True):
            return _look(runtime, runtime.work(tx, work.state.ref, SYSTEM_ACTOR, case_id=work.state.case_id, world=world), at)
        runtime.save(tx, work, at)
        return Touched(work.state.ref, "moved", work.state.stage)

    return tuple(_each(runtime, tx, world, [person_id], program, consent, now, one))


def _each(
    runtime: Runtime,
    tx: Tx,
    world: World,
    people: Sequence[str],
    program: str,
    consent: Consent,
    now: datetime,
    step: Callable[[Work, datetime], Touched],
) -> list[Touched]:
    asking = {one.name for one in runtime.registry.program(program).workflows if any(consent is other for other in one.consents)}
    told = []
    for row in rows.open_cases(tx, people, program):
        if row["workflow"] not in asking:
            continue
        try:
            with tx.savepoint():
                work = runtime.work(tx, row["ref"], SYSTEM_ACTOR, case_id=row["case_id"], world=world)
                told.append(step(work, max(now, work.last_at)))
        except Exception as error:  # a program's code may fail in any way: what the guardian said is recorded all the same, and the clock tries again
            tx.still_there()
            if isinstance(error, Conflict) or (isinstance(error, CareError) and faults.of_the_office(error)):
                raise
            _log.warning("a consent changed, and %s could not be looked at", row["ref"], exc_info=error)
            rows.wake(tx, row["case_id"], now)
            told.append(Touched(row["ref"], "left", ""))
    return told


def _look(runtime: Runtime, work: Work, at: datetime) -> Touched:
    if work.state.suspended_at is not None:
        return Touched(work.state.ref, "rests", work.state.stage)
    before = work.state.stage
    work.state.wake_at = at
    catch_up(work, at)
    runtime.ask_vetoes(work)
    runtime.save(work.world.tx, work, at)
    return Touched(work.state.ref, "moved" if work.state.stage != before else "looked_at", work.state.stage)


def _stopped(runtime: Runtime, tx: Tx, world: World, actor: Actor, work: Work, consent: Consent, at: datetime) -> Touched:
    ref, case_id = work.state.ref, work.state.case_id
    try:
        moved = consent.withdrawn is not None and _leave(runtime, work, actor, consent, consent.withdrawn, at)
    except Conflict:
        raise
    except Exception as error:  # vetoed, or the program failed: it must be stopped nevertheless
        _log.warning("%s could not take the way out that its program names", ref, exc_info=error)
        moved = False
    if moved:
        runtime.save(tx, work, at)
        return Touched(ref, "moved", work.state.stage)
    work = runtime.work(tx, ref, SYSTEM_ACTOR, case_id=case_id, world=world)
    work.done_by(actor)
    rested = work.state.suspended_at is not None
    if not rested:
        catch_up(work, at)
    if not work.state.is_open:
        runtime.save(tx, work, at)
        return Touched(ref, "moved", work.state.stage)
    work.begin("consent_withdrawn", at, consent=consent.name)
    if not rested and work.workflow.stage(work.state.stage).never_rests:
        told: Sequence[Effect] = consent.stays or [Escalate(SUPERVISOR, GOES_ON, urgent=True)]
        apply(work, told, at)
        reconcile(work, at)
        runtime.save(tx, work, at)
        return Touched(ref, "goes_on", work.state.stage)
    work.state.suspended_at = work.state.suspended_at or at
    apply(work, [Escalate(SUPERVISOR, WITHDRAWN, urgent=True)], at, origin=f"{REST}{consent.name}")
    reconcile(work, at)
    runtime.save(tx, work, at)
    return Touched(ref, "rests" if rested else "suspended", work.state.stage)


def _leave(runtime: Runtime, work: Work, actor: Actor, consent: Consent, way: Transition[Any, Any, Any], at: datetime, *, refused: bool = False) -> bool:
    """Take the way out that the program names, in memory; whether it led on from there."""
    work.done_by(actor)
    if work.state.suspended_at is not None:
        return False
    catch_up(work, at)
    if not work.state.is_open:
        return True
    if not any(way is one for one in work.workflow.transitions) or work.view(at).stage not in way.sources:
        return False
    if refused:
        work.begin("consent_refused", at, consent=consent.name)
    else:
        work.begin("consent_withdrawn", at, consent=consent.name)
    if not fire(work, way.name, at):
        return False
    work.follow(at)
    runtime.ask_vetoes(work)
    return True


def no_on_sheet(runtime: Runtime, tx: Tx, world: World, actor: Actor, person: Row, program: str, consent: Consent, now: datetime, origin: str) -> None:
    """Keep the no of a sheet's row, once: as a refusal, or, where a consent is in force, as its withdrawal with all that follows."""
    standing = consents.standing(world.said_for(person["person_id"]), program, consent, civil_date(now))
    if standing in ("refused", "withdrawn", "not_needed"):
        return
    in_force = given_now(world, person, program, consent, civil_date(now)) is not None
    consents.refused_on_sheet(tx, actor, now, person, program, consent, "withdrawn" if in_force else "refused", origin)
    world.forget_consents(person["person_id"])
    after = stop if in_force else decline
    after(runtime, tx, world, actor, person["person_id"], program, consent, now)


def given_now(world: World, row: Row, program: str, consent: Consent, today: date, *, run_out: bool = False) -> Row | None:
    """The consent that was given and neither withdrawn nor has run out; one to an older notice among them.

    :param run_out: also one that has run out: what it let begin may still go on.
    """
    said = [one for one in consents.of_purpose(world.said_for(row["person_id"]), program, consent) if one["basis"] == "consent"]
    last = said[-1] if said else None
    if last is None or last["said"] != "given":
        return None
    return None if not run_out and last["expires"] is not None and last["expires"] < today.isoformat() else last
