"""Grants as the office keeps them, and the one question of who may give what."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from workflow_core.access.grants import ADMIN, Actor, Grant
from workflow_core.errors import NotFound, NotPermitted
from workflow_core.i18n import N_
from workflow_core.store import access as rows
from workflow_core.store import journal
from workflow_core.store.database import Row, Tx

COUNTY_DIGITS = 6
"""The code of a county has so many digits; what lies above it has fewer."""


@dataclass(frozen=True)
class Granted:
    """A grant as the office keeps it.

    :param by: the login that gave it.
    """

    grant_id: str
    grant: Grant
    by: str


@dataclass(frozen=True)
class Given:
    """What a grant or a revocation did.

    :param changed: False where it stood so already.
    :param waits: the reference of the request, where somebody else must grant it first; nothing is given then.
    :param eyes: how it was given, where two pairs of eyes were called for and one was enough: ``alone`` (there is no second administrator),
        ``training`` (by the maker of a training office), ``silence`` (nobody answered in time); empty otherwise.
    """

    changed: bool
    granted: tuple[Granted, ...]
    waits: str = ""
    eyes: str = ""


def may_grant(tx: Tx, grants: Iterable[Grant], wanted: Grant) -> bool:
    """Whether a holder of these grants may give or take that: an administrator there, or who holds the same in his own right, for as long."""
    place = rows.place_of(tx, wanted.scope) if wanted.scope_kind == "place" else None
    return any(
        (_is_admin(held) or held.role == wanted.role) and held.stands_for is None and _reaches(held, wanted, place) for held in grants
    )  # fmt: skip


def administers(tx: Tx, grants: Iterable[Grant], wanted: Grant) -> bool:
    """Whether a holder of these grants is the administrator of what another gives: of all its scope, for its program and as long."""
    place = rows.place_of(tx, wanted.scope) if wanted.scope_kind == "place" else None
    return any(_is_admin(held) and held.stands_for is None and _reaches(held, wanted, place) for held in grants)


def _is_admin(held: Grant) -> bool:
    return held.role == ADMIN.name and held.scope_kind == "division"


def _reaches(held: Grant, wanted: Grant, place: Row | None) -> bool:
    """Whether one grant's program, dates and scope hold all of another's.

    One's own cases are not another's: whoever holds a role for them passes it on to nobody, and only a division holds them all.
    """
    if held.program is not None and held.program != wanted.program:
        return False
    if held.since > wanted.since or (held.until is not None and (wanted.until is None or wanted.until > held.until)):
        return False
    if wanted.scope_kind == "place":
        return place is not None and held.covers(place["division"], wanted.scope, False)
    return held.scope_kind == "division" and wanted.scope.startswith(held.scope)


def broad(wanted: Grant) -> bool:
    """Whether two pairs of eyes give it: an administrator's right, and whatever holds in a whole county or beyond it."""
    return wanted.role == ADMIN.name or (wanted.scope_kind == "division" and len(wanted.scope) <= COUNTY_DIGITS)


def contains(held: Grant, wanted: Grant) -> bool:
    """Whether a grant already says all that another would."""
    same = (held.role, held.scope_kind, held.scope, held.program) == (wanted.role, wanted.scope_kind, wanted.scope, wanted.program)
    return same and held.since <= wanted.since and (held.until is None or (wanted.until is not None and wanted.until <= held.until))


def not_yours(role: str, scope: str) -> NotPermitted:
    """The refusal to give or take a role."""
    return NotPermitted(
        "not_permitted",
        N_("you may not give or take the role {role} there"),
        hint=N_("an administrator of that division may; nobody else gives what he does not hold"),
        role=role,
        scope=scope or "*",
    )


def account_of(tx: Tx, login: str, actor: Actor) -> Row:
    """The row of an account.

    :raises NotFound: ``account_unknown``; an administrator is told the nearest login.
    """
    row = rows.by_login(tx, login)
    if row is None:
        known = [one["login"] for one in rows.accounts(tx)] if actor.divisions(ADMIN.name) else []
        close = difflib.get_close_matches(login, known, n=1)
        near = {"close": close[0]} if close else {}
        hint = N_("did you mean {close}?") if close else N_("see: care account list")
        raise NotFound("account_unknown", N_("there is no account {login}"), hint=hint, login=login, **near)
    return row


def grant_of(row: Row) -> Grant:
    """A grant of a row."""
    return Grant(row["role"], row["scope_kind"], row["scope"], row["program"], row["since"], row["until"], row["stands_for"])


def as_dict(what: Grant) -> dict[str, str | None]:
    """A grant as the journal and the tables have it; in whose stead it holds, only where it does."""
    said = {"role": what.role, "scope_kind": what.scope_kind, "scope": what.scope, "program": what.program, "since": what.since, "until": what.until}
    return said if what.stands_for is None else {**said, "stands_for": what.stands_for}


def record(tx: Tx, actor: Actor, kind: str, payload: dict[str, str | None], now: datetime, subject: str) -> None:
    """Writes to the journal, under the actor's day."""
    journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, kind, payload, now, subject=subject)
