"""The granting and taking back of roles. Every change goes to the journal."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor, Grant, ScopeKind, known_roles
from workflow_core.clock import stamp
from workflow_core.definition import Role
from workflow_core.errors import Misused, NotFound, NotPermitted, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.records import divisions
from workflow_core.store import access as rows
from workflow_core.store import journal
from workflow_core.store.database import Row, Tx
from workflow_core.store.ids import uuid7


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
    """

    changed: bool
    granted: tuple[Granted, ...]


def grant(
    tx: Tx,
    login: str,
    role: str,
    *,
    actor: Actor,
    now: datetime,
    scope: str = WHOLE_OFFICE,
    scope_kind: ScopeKind = "division",
    program: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    roles: Iterable[str] | Mapping[str, Role] | None = None,
) -> Given:
    """Gives an account a role for a scope. Giving what it holds is harmless.

    Nobody gives what he does not hold in that scope and for that time, except that an administrator gives any role there.

    :param scope: a division's code; a place's id or reference; nothing for one's own cases. ``""`` is the whole office.
    :param until: the first instant at which it no longer holds.
    :param roles: the roles that exist; the standard ones where None (``known_roles`` adds the programs', and says which are withdrawn).
    :raises Misused: ``grant_invalid``, with every fault.
    :raises NotFound: ``account_unknown``.
    :raises NotPermitted: ``not_permitted``.
    """
    account = account_of(tx, login, actor)
    begins = since or now
    wanted = Grant(role, scope_kind, _checked(tx, role, scope_kind, scope, begins, until, roles), program, stamp(begins), stamp(until) if until else None)
    if account["closed_at"] is not None:
        raise Refused("account_closed", N_("the account {login} is closed"), hint=N_("an administrator can add another"), login=login)
    if not may_grant(tx, actor, wanted):
        raise not_yours(role, wanted.scope)
    for row in rows.not_ended(tx, login, stamp(now)):
        if _contains(grant_of(row), wanted):
            return Given(False, (Granted(row["grant_id"], grant_of(row), row["by"]),))
    return Given(True, (give(tx, actor, login, account["account_id"], wanted, now),))


def _checked(
    tx: Tx, role: str, scope_kind: ScopeKind, scope: str, since: datetime, until: datetime | None, roles: Iterable[str] | Mapping[str, Role] | None
) -> str:
    """The scope as it is stored; all that is wrong with a grant at once."""
    problems: list[Problem] = []
    names = sorted(known_roles() if roles is None else roles)
    if role not in names:
        close = difflib.get_close_matches(role.replace("-", "_"), names, n=1)
        hint = N_("did you mean {close}?") if close else N_("the roles are: {roles}")
        problems.append(
            Problem("role_unknown", N_("there is no role {role}"), "role", hint, {"role": role, "roles": ", ".join(names), "close": "".join(close)})
        )
    elif isinstance(roles, Mapping) and roles[role].withdrawn:
        hint = N_("see the roles that its program has now: care program show PROGRAM")
        problems.append(Problem("role_withdrawn", N_("the role {role} is withdrawn: nobody is given it any more"), "role", hint, {"role": role}))
    stored = ""
    if scope_kind == "division" and scope != WHOLE_OFFICE:
        try:
            stored = divisions.get(tx, scope).code
        except NotFound as unknown:
            problems.append(Problem(unknown.code, unknown.message, "scope", unknown.hint, dict(unknown.context)))
    elif scope_kind == "place":
        found = rows.place_of(tx, scope)
        if found is None:
            problems.append(Problem("place_unknown", N_("there is no place {place}"), "scope", N_("see: care place list"), {"place": scope}))
        else:
            stored = found["place_id"]
    if until is not None and until <= since:
        problems.append(Problem("ends_before_it_begins", N_("it ends before it begins"), "until"))
    if problems:
        raise Misused("grant_invalid", N_("the role cannot be given"), problems=problems)
    return stored


def may_grant(tx: Tx, actor: Actor, wanted: Grant) -> bool:
    """Whether an actor may give or take that: an administrator there, or a holder of the same for as long."""
    place = rows.place_of(tx, wanted.scope) if wanted.scope_kind == "place" else None
    for held in actor.grants:
        admin = held.role == ADMIN.name and held.scope_kind == "division"
        if not (admin or held.role == wanted.role) or (held.program is not None and held.program != wanted.program):
            continue
        if held.until is not None and (wanted.until is None or wanted.until > held.until):
            continue
        if wanted.scope_kind == "own":
            covered = admin or held.scope_kind in ("own", "division")
        elif wanted.scope_kind == "place":
            covered = place is not None and held.covers(place["division"], wanted.scope, False)
        else:
            covered = held.scope_kind == "division" and wanted.scope.startswith(held.scope)
        if covered:
            return True
    return False


def not_yours(role: str, scope: str) -> NotPermitted:
    """The refusal to give or take a role."""
    return NotPermitted(
        "not_permitted",
        N_("you may not give or take the role {role} there"),
        hint=N_("an administrator of that division may; nobody else gives what he does not hold"),
        role=role,
        scope=scope or "*",
    )


def _contains(held: Grant, wanted: Grant) -> bool:
    """Whether a grant already says all that another would."""
    same = (held.role, held.scope_kind, held.scope, held.program) == (wanted.role, wanted.scope_kind, wanted.scope, wanted.program)
    return same and held.since <= wanted.since and (held.until is None or (wanted.until is not None and wanted.until <= held.until))


def give(tx: Tx, actor: Actor, login: str, account_id: str, what: Grant, now: datetime) -> Granted:
    """Writes a grant."""
    grant_id = uuid7()
    row = {"grant_id": grant_id, "login": login, **_as_dict(what), "by": actor.login, "at": stamp(now)}
    rows.give(tx, row)
    record(tx, actor, "role_granted", {"login": login, **_as_dict(what)}, now, account_id)
    return Granted(grant_id, what, actor.login)


def _as_dict(what: Grant) -> dict[str, str | None]:
    return {"role": what.role, "scope_kind": what.scope_kind, "scope": what.scope, "program": what.program, "since": what.since, "until": what.until}


def revoke(
    tx: Tx,
    login: str,
    role: str,
    *,
    actor: Actor,
    now: datetime,
    scope: str | None = None,
    program: str | None = None,
) -> Given:
    """Ends a role of an account, at once. One's own may be given back by anybody.

    :param scope: which of several: a division's code, a place's id or reference, ``""``; may be left out where there is one.
    :raises NotFound: ``account_unknown``, ``grant_unknown``.
    :raises Misused: ``grant_ambiguous``: the account holds several of that role.
    :raises NotPermitted: ``not_permitted``.
    :raises Refused: ``last_admin``: nobody would be left who may grant anything there.
    """
    account = account_of(tx, login, actor)
    held = [row for row in rows.not_ended(tx, login, stamp(now)) if row["role"] == role]
    if scope is not None:
        place = rows.place_of(tx, scope)
        meant = {divisions.read_code(scope) or scope, place["place_id"] if place else scope}
        held = [row for row in held if row["scope"] in meant]
    if program is not None:
        held = [row for row in held if row["program"] == program]
    if not held:
        raise NotFound("grant_unknown", N_("{login} does not hold the role {role} there"), hint=N_("see: care account show {login}"), login=login, role=role)
    if len({(row["scope_kind"], row["scope"], row["program"]) for row in held}) > 1:
        scopes = ", ".join(sorted(row["scope"] or "*" for row in held))
        raise Misused(
            "grant_ambiguous", N_("{login} holds the role {role} several times"), hint=N_("say which: {scopes}"), login=login, role=role, scopes=scopes
        )
    if login != actor.login and not all(may_grant(tx, actor, grant_of(row)) for row in held):
        raise not_yours(role, held[0]["scope"])
    return Given(True, tuple(end(tx, actor, row, account["account_id"], now) for row in held))


def end(tx: Tx, actor: Actor, row: Row, account_id: str, now: datetime) -> Granted:
    """Ends one grant; the last administrator of a scope stays."""
    at = stamp(now)
    if row["role"] == ADMIN.name and row["program"] is None and row["scope_kind"] == "division":
        rows.lock_holders(tx, ADMIN.name, at)
        others = (grant_of(one) for one in rows.holders(tx, ADMIN.name, at) if one["login"] != row["login"])
        if not any(one.program is None and one.until is None and one.scope_kind == "division" and row["scope"].startswith(one.scope) for one in others):
            raise Refused(
                "last_admin",
                N_("{login} is the last administrator of this scope"),
                hint=N_("make somebody else administrator first: care account grant LOGIN admin"),
                login=row["login"],
            )
    until = max(at, row["since"])
    rows.end(tx, row["grant_id"], until)
    ended = Grant(row["role"], row["scope_kind"], row["scope"], row["program"], row["since"], until)
    record(tx, actor, "role_revoked", {"login": row["login"], **_as_dict(ended)}, now, account_id)
    return Granted(row["grant_id"], ended, row["by"])


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
    return Grant(row["role"], row["scope_kind"], row["scope"], row["program"], row["since"], row["until"])


def record(tx: Tx, actor: Actor, kind: str, payload: dict[str, str | None], now: datetime, subject: str) -> None:
    """Writes to the journal, under the actor's day."""
    journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, kind, payload, now, subject=subject)
