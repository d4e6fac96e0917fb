"""Consents given, refused, withdrawn; and what is on record of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from workflow_core.access import ADMIN, consents
from workflow_core.access.consents import Saying, Standing
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import Consent
from workflow_core.engine.keeping import read_file
from workflow_core.engine.resting import Touched, decline, given_now, stop, wake
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.world import World
from workflow_core.errors import NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.store import consents as rows
from workflow_core.store import desk
from workflow_core.store.again import again
from workflow_core.store.database import Row, Tx


@dataclass(frozen=True)
class Recorded:
    """What was recorded for one child, and what became of its cases."""

    child: str
    program: str
    consent: str
    said: str
    cases: tuple[Touched, ...]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "child": self.child,
            "program": self.program,
            "consent": self.consent,
            "said": self.said,
            "cases": [one.as_dict() for one in self.cases],
        }


def purposes(runtime: Runtime) -> list[tuple[str, Consent]]:
    """Every consent that the installed programs ask for, with its program; each once."""
    found: dict[tuple[str, str], Consent] = {}
    for program in runtime.registry.programs.values():
        for workflow in program.workflows:
            for consent in workflow.consents:
                found.setdefault((program.name, consent.name), consent)
    return [(program, consent) for (program, _), consent in sorted(found.items(), key=lambda one: one[0])]


def give(runtime: Runtime, actor: Actor, child: str, name: str, saying: Saying, *, evidence: Path | None = None) -> Recorded:
    """Record a consent, and let the cases go on that waited for it.

    :param child: its reference. :param name: ``consent``, or ``program.consent``.
    :param evidence: the file that shows it.
    :raises NotFound: ``child_unknown``, ``consent_unknown``.
    :raises NotPermitted: ``not_permitted``: no role in that program there.
    :raises Refused: what is wrong with it; see ``access.consents.give``.
    """
    program, consent = consents.purpose(purposes(runtime), name)

    def step(tx: Tx, world: World, row: Row, now: datetime, said: Saying) -> tuple[Touched, ...]:
        if said.basis == "consent" and consent.basis == "statutory_duty":
            raise Refused(
                "consent_not_needed",
                N_("{program} rests on the law here, not on a consent"),
                hint=N_("nothing needs to be recorded"),
                program=program,
            )
        consents.give(tx, actor, now, row, program, consent, said)
        world.forget_consents(row["person_id"])
        return wake(runtime, tx, world, [row["person_id"]], program, consent, now)

    return _recorded(runtime, actor, child, program, consent, "given", saying, evidence, step)


def refuse(runtime: Runtime, actor: Actor, child: str, name: str, saying: Saying, *, evidence: Path | None = None) -> Recorded:
    """Record that a guardian, or the child, refused. What was consented to before is withdrawn with ``withdraw``.

    Each open case whose workflow lists the consent takes the consent's ``refused`` transition, where that leads on from there; the others wait.

    :raises Refused: ``consent_in_force``, or what is wrong with it.
    """
    program, consent = consents.purpose(purposes(runtime), name)

    def step(tx: Tx, world: World, row: Row, now: datetime, said: Saying) -> tuple[Touched, ...]:
        if given_now(world, row, program, consent, civil_date(now)):
            raise Refused(
                "consent_in_force",
                N_("a consent is in force: it is withdrawn, not refused"),
                hint=N_("withdraw it: `care consent withdraw {child} {consent}`"),
                child=row["ref"],
                consent=consent.name,
            )
        consents.refuse(tx, actor, now, row, program, consent, said)
        world.forget_consents(row["person_id"])
        return decline(runtime, tx, world, actor, row["person_id"], program, consent, now)

    return _recorded(runtime, actor, child, program, consent, "refused", saying, evidence, step)


def withdraw(runtime: Runtime, actor: Actor, child: str, name: str, saying: Saying, *, evidence: Path | None = None) -> Recorded:
    """Record that a guardian, or the child, withdrew; stop what rests on that consent, and say what was stopped.

    Each open case whose workflow lists the consent takes the consent's ``withdrawn`` transition; where there is none, or it does not lead on from there,
    the case is suspended with a task for the supervisor. Where another basis holds (an emergency), nothing is stopped.

    :raises Refused: ``nothing_to_withdraw``; or what is wrong with it.
    """
    program, consent = consents.purpose(purposes(runtime), name)

    def step(tx: Tx, world: World, row: Row, now: datetime, said: Saying) -> tuple[Touched, ...]:
        given = given_now(world, row, program, consent, civil_date(now), run_out=True)
        if given is None:
            hint = N_("see what is on record: `care consent show {child}`")
            raise Refused("nothing_to_withdraw", N_("no consent is in force that could be withdrawn"), hint=hint, child=row["ref"])
        if said.on.isoformat() < given["said_on"]:
            raise Refused("before_given", N_("it was given on {day}, after that day"), hint=N_("say the day on which it was withdrawn"), day=given["said_on"])
        consents.withdraw(tx, actor, now, row, program, consent, said)
        return stop(runtime, tx, world, actor, row["person_id"], program, consent, now)

    return _recorded(runtime, actor, child, program, consent, "withdrawn", saying, evidence, step)


# ------------------------------------------------------------------ small things


def _recorded(
    runtime: Runtime,
    actor: Actor,
    child: str,
    program: str,
    consent: Consent,
    said: str,
    saying: Saying,
    evidence: Path | None,
    step: Callable[[Tx, World, Row, datetime, Saying], tuple[Touched, ...]],
) -> Recorded:
    file = None if evidence is None else read_file(evidence)
    now = runtime.clock.now()

    def write() -> Recorded:
        with runtime.committing(), runtime.db.write() as tx:
            row = consents.child_of(tx, actor, child)
            must_serve(actor, row["division"], row["school"], program)
            handed = saying
            if file is not None:
                desk.keep_blob(tx, file[0], file[1], now)
                handed = replace(saying, evidence=file[0])
            touched = step(tx, World(tx, runtime.registry), row, now, handed)
            return Recorded(row["ref"], program, consent.name, said, touched)

    return again(runtime.db, write)


def must_serve(actor: Actor, division: str, place_id: str | None, program: str) -> None:
    """Refuse whoever has no role in that program there but perhaps the administrator's.

    :raises NotPermitted: ``not_permitted``.
    """
    held = actor.roles_at(division=division, place_id=place_id, program=program) - {ADMIN.name}
    if not held and not (actor.every_role and actor.sees(division=division, place_id=place_id, program=program)):
        hint = N_("it needs a role in {program} there; see what you hold: care account show")
        raise NotPermitted("not_permitted", N_("this account may not do that here"), hint=hint, program=program)


# ------------------------------------------------------------------ looking


@dataclass(frozen=True)
class Stands:
    """How a purpose stands for one child.

    :param said: all that was said of it, oldest first: the columns of the table.
    """

    child: str
    program: str
    consent: Consent
    standing: Standing
    said: tuple[Row, ...]


def of_child(runtime: Runtime, actor: Actor, child: str) -> list[Stands]:
    """How every purpose stands for a child, of those whose program it has a record or an open case of.

    :raises NotFound: ``child_unknown``.
    """
    with runtime.db.read() as tx:
        row = consents.child_of(tx, actor, child)
        said = rows.of(tx, [row["person_id"]])[row["person_id"]]
        today = civil_date(runtime.clock.now())
        found = []
        for program, consent in purposes(runtime):
            own = consents.of_purpose(said, program, consent)
            asking = {one.name for one in runtime.registry.program(program).workflows if any(consent is other for other in one.consents)}
            waits = any(one["workflow"] in asking for one in rows.open_cases(tx, [row["person_id"]], program))
            if (own or waits) and actor.sees(division=row["division"], place_id=row["school"], program=program):
                found.append(Stands(row["ref"], program, consent, consents.standing(said, program, consent, today), tuple(own)))
        return found


def of_division(runtime: Runtime, actor: Actor, name: str, division: str) -> list[tuple[dict[str, Any], Stands]]:
    """How one purpose stands for every child of a division, in sight, for whom anything was said of it; by reference."""
    program, consent = consents.purpose(purposes(runtime), name)
    today = civil_date(runtime.clock.now())
    with runtime.db.read() as tx:
        children = [
            row
            for row in rows.children_with(tx, program, consent.name, division)
            if actor.sees(division=row["division"], place_id=row["school"], program=program)
        ]
        said = rows.of(tx, [row["person_id"] for row in children])
    found: list[tuple[dict[str, Any], Stands]] = []
    for row in children:
        own = said[row["person_id"]]
        stands = Stands(row["ref"], program, consent, consents.standing(own, program, consent, today), tuple(consents.of_purpose(own, program, consent)))
        found.append((row, stands))
    return found
