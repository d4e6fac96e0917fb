"""How many transfers and referrals wait for somebody's answer: an inbox asks that each time, and loads nothing that changes a case."""

from __future__ import annotations

from datetime import timedelta

from workflow_core.access.grants import Actor
from workflow_core.definition import Role
from workflow_core.engine.runtime import OVERSEERS, Runtime
from workflow_core.store import referrals
from workflow_core.store import transfers as rows
from workflow_core.store.database import Row

MOST_LISTED = 500


def transfers_waiting(runtime: Runtime, actor: Actor) -> tuple[int, int]:
    """How many transfers wait for this account's answer, and how many of them for longer than the office allows."""
    seats = seats_of(actor)
    if not seats:
        return 0, 0
    with runtime.db.read() as tx:
        return rows.to_answer(tx, seats, runtime.clock.now() - timedelta(days=runtime.transfer_days))


def referrals_waiting(runtime: Runtime, actor: Actor) -> int:
    """How many referrals nobody has taken up that this account may."""
    with runtime.db.read() as tx:
        found = referrals.listed(tx, actor.divisions(), open_only=True, limit=MOST_LISTED)
        return sum(row["state"] == "waiting" and may_answer(runtime, actor, row) for row in found)


def seats_of(actor: Actor) -> list[str]:
    """The divisions in which this account answers transfers."""
    return sorted({code for role in OVERSEERS for code in actor.divisions(role.name)})


def may_answer(runtime: Runtime, actor: Actor, row: Row) -> bool:
    """Whether this account may take a referral up, or decline it."""
    where = {"division": row["division"], "place_id": row["place_id"], "program": row["program"]}
    return any(actor.may(role.name, **where) for role in takers(runtime, row["program"]))


def takers(runtime: Runtime, program: str) -> list[Role]:
    """Who may take up what is asked of a program: those who open its cases, and those who oversee."""
    known = runtime.registry.programs.get(program)
    openers = [who for workflow in known.workflows for who in workflow.open_by if isinstance(who, Role)] if known is not None else []
    return list(dict.fromkeys([*openers, *OVERSEERS]))
