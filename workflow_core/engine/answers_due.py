"""How many transfers, referrals and families' requests wait for somebody's answer: an inbox asks that each time, and loads nothing that changes a case."""

from __future__ import annotations

from datetime import datetime, timedelta

from workflow_core.access.grants import KEEPERS, Actor
from workflow_core.clock import civil_date, stamp
from workflow_core.definition import Role
from workflow_core.engine.runtime import OVERSEERS, Runtime
from workflow_core.store import petitions, referrals
from workflow_core.store import transfers as rows
from workflow_core.store.database import Row

MOST_LISTED = 500
NEWS = 7
"""So many days an inbox tells of an answer to what one has asked or offered."""


def transfers_waiting(runtime: Runtime, actor: Actor, *, cases: bool = False) -> tuple[int, int]:
    """How many transfers wait for this account's answer, and how many of them for longer than the office allows; of single cases, or of files."""
    seats = seats_of(actor)
    if not seats:
        return 0, 0
    with runtime.db.read() as tx:
        return rows.to_answer(tx, seats, runtime.clock.now() - timedelta(days=runtime.transfer_days), cases=cases)


def transfers_answered(runtime: Runtime, actor: Actor, *, cases: bool = False) -> int:
    """How many transfers that this account's township began were accepted or refused in the last :data:`NEWS` days; of single cases, or of files."""
    seats = seats_of(actor)
    if not seats:
        return 0
    with runtime.db.read() as tx:
        return rows.answered(tx, seats, runtime.clock.now() - timedelta(days=NEWS), cases=cases)


def referrals_waiting(runtime: Runtime, actor: Actor) -> tuple[int, int, int]:
    """Of the referrals that this account may answer: how many nobody has taken up, how many of them for longer than the office allows, and how many were
    taken up and want their answer: the case that took them up is closed, or that time has passed."""
    since = runtime.clock.now() - timedelta(days=runtime.transfer_days)
    with runtime.db.read() as tx:
        found = [row for row in referrals.listed(tx, actor.divisions(), open_only=True, limit=MOST_LISTED) if may_answer(runtime, actor, row)]
    waiting = [row for row in found if row["state"] == "waiting"]
    return len(waiting), sum(is_late(row, since) for row in waiting), sum(row["state"] == "accepted" and is_late(row, since) for row in found)


def requests_waiting(runtime: Runtime, actor: Actor) -> tuple[int, int]:
    """How many requests of families about their data wait where this account works, and of how many the day is over."""
    seats = where_requests_are_answered(actor)
    if not seats:
        return 0, 0
    with runtime.db.read() as tx:
        return petitions.waiting(tx, seats, civil_date(runtime.clock.now()).isoformat())


def where_requests_are_answered(actor: Actor) -> list[str]:
    """The divisions in which this account answers families' requests about their data."""
    return sorted({code for role in KEEPERS for code in actor.divisions(role)} | set(actor.divisions() if actor.every_role else ()))


def is_late(row: Row, since: datetime) -> bool:
    """Whether a referral wants its answer now: nobody has taken it up since then, or it was taken up before then, or in a case that is closed."""
    if row["state"] == "waiting":
        return bool(row["asked_at"] <= stamp(since))
    return row["state"] == "accepted" and (row["to_closed"] is not None or row["answered_at"] <= stamp(since))


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
