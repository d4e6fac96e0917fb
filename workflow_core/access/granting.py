"""The granting and taking back of roles. Every change goes to the journal."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from workflow_core.access import eyes
from workflow_core.access.granted import Given, Granted, account_of, as_dict, contains, grant_of, may_grant, not_yours, record
from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor, Grant, ScopeKind, known_roles
from workflow_core.clock import stamp
from workflow_core.definition import Role
from workflow_core.errors import Misused, NotFound, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.records import divisions
from workflow_core.store import access as rows
from workflow_core.store import deputies as deputy_rows
from workflow_core.store.database import Row, Tx
from workflow_core.store.ids import uuid7

__all__ = ["ENDS_SOON", "Given", "Granted", "account_of", "end", "ending", "give", "grant", "grant_of", "may_take", "not_yours", "record", "revoke"]

ENDS_SOON = timedelta(days=30)
"""So long before a grant ends it is told."""


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
    programs: Collection[str] | None = None,
) -> Given:
    """Gives an account a role for a scope, or asks for it where two pairs of eyes give it. Giving what it holds is harmless.

    Nobody gives what he does not hold in that scope, for that program and for that time, except that an administrator gives any role there. An
    administrator's right, whatever holds in a whole county or beyond, and whatever is for himself is only asked for (``waits``): see
    :mod:`workflow_core.access.eyes`.

    :param scope: a division's code (of one's own cases: where they must lie); a place's id or reference. ``""`` is the whole office.
    :param since: from when; now where None. :param until: the first instant at which it no longer holds.
    :param roles: the roles that exist; the standard ones where None (``known_roles`` adds the programs', and says which are withdrawn).
    :param programs: the programs that exist; any where None.
    :raises Misused: ``grant_invalid``, with every fault.
    :raises NotFound: ``account_unknown``. :raises Refused: ``account_closed``.
    :raises NotPermitted: ``not_permitted``.
    """
    account = account_of(tx, login, actor)
    begins = since or now
    late = _of_dates(begins, until, now)
    if program is not None and programs is not None and program not in programs:
        late.insert(0, Problem("program_unknown", N_("there is no program {program}"), "program", N_("see: care program list"), {"program": program}))
    stored = _checked(tx, role, scope_kind, scope, roles, late)
    wanted = Grant(role, scope_kind, stored, program, stamp(begins), stamp(until) if until else None)
    if account["closed_at"] is not None:
        raise Refused("account_closed", N_("the account {login} is closed"), hint=N_("an administrator can add another"), login=login)
    if not may_grant(tx, actor.grants, wanted):
        raise not_yours(role, wanted.scope)
    for row in rows.not_ended(tx, login, stamp(now)):
        if row["stands_for"] is None and contains(grant_of(row), wanted):
            return Given(False, (Granted(row["grant_id"], grant_of(row), row["by"]),))
    how = eyes.how(tx, actor, login, wanted, now)
    if how == "two":
        ref, new = eyes.ask(tx, actor, login, account["account_id"], wanted, now)
        return Given(new, (), waits=ref)
    return Given(True, (give(tx, actor, login, account["account_id"], wanted, now, said={"eyes": how} if how else {}),), eyes=how)


def _of_dates(since: datetime, until: datetime | None, now: datetime) -> list[Problem]:
    problems = []
    if since < now:
        hint = N_("leave --since out: it holds from now on")
        problems.append(Problem("begins_in_the_past", N_("nobody is given a right for the past"), "since", hint))
    if until is not None and until <= since:
        problems.append(Problem("ends_before_it_begins", N_("it ends before it begins"), "until"))
    return problems


def _checked(tx: Tx, role: str, scope_kind: ScopeKind, scope: str, roles: Iterable[str] | Mapping[str, Role] | None, more: list[Problem]) -> str:
    """The scope as it is stored; all that is wrong with a grant at once, ``more`` that was found already among it."""
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
    elif role == ADMIN.name and scope_kind != "division":
        hint = N_("give it for a division: --township CODE, or the whole office")
        problems.append(Problem("admin_of_a_division", N_("one is administrator of a division, not of a place or of one's own cases"), "scope", hint))
    stored = ""
    if scope_kind in ("division", "own") and scope != WHOLE_OFFICE:
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
    problems += more
    if problems:
        raise Misused("grant_invalid", N_("the role cannot be given"), problems=problems)
    return stored


def give(
    tx: Tx,
    actor: Actor,
    login: str,
    account_id: str,
    what: Grant,
    now: datetime,
    *,
    said: Mapping[str, str] | None = None,
    deputy_id: str | None = None,
    source: str | None = None,
) -> Granted:
    """Writes a grant: every grant comes to be here. Who stands in for that account meanwhile has the same, but for an administrator's.

    :param said: what else the journal keeps: ``eyes``, ``request``, ``asked_by``.
    :param deputy_id: of a deputy's grant: of which deputyship; :param source: and the grant that it follows.
    """
    grant_id = uuid7()
    row = {"grant_id": grant_id, "login": login, **as_dict(what), "by": actor.login, "at": stamp(now)}
    rows.give(tx, {**row, "stands_for": what.stands_for, "deputy_id": deputy_id, "source": source})
    record(tx, actor, "role_granted", {"login": login, **as_dict(what), **(said or {})}, now, account_id)
    if what.stands_for is None:
        for one in deputy_rows.of(tx, login, stamp(now)):
            if one["login"] == login:
                lend(tx, actor, one, grant_id, what, now)
    return Granted(grant_id, what, actor.login)


def lend(tx: Tx, actor: Actor, deputyship: Row, grant_id: str, what: Grant, now: datetime) -> str:
    """Gives a deputy what the absent one holds, for as long as both are meant.

    An administrator's right is nobody's to lend; what holds in a whole county is asked for, and what the deputy himself would give.

    :returns: the reference of the request, where it waits for a second pair of eyes.
    """
    since = max(what.since, deputyship["since"], stamp(now))
    until = min(what.until or deputyship["until"], deputyship["until"])
    if what.role == ADMIN.name or until <= since:
        return ""
    lent = replace(what, since=since, until=until, stands_for=deputyship["login"])
    account = account_of(tx, deputyship["deputy"], actor)
    tie = {"deputy_id": deputyship["deputy_id"], "source": grant_id}
    how = eyes.how(tx, actor, deputyship["deputy"], lent, now)
    if how == "two":
        return eyes.ask(tx, actor, deputyship["deputy"], account["account_id"], lent, now, **tie)[0]
    give(tx, actor, deputyship["deputy"], account["account_id"], lent, now, said={"eyes": how} if how else {}, **tie)
    return ""


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

    An administrator's right is taken from another by two (``waits``): see :func:`workflow_core.access.eyes.taking`.

    :param scope: which of several: a division's code, a place's id or reference, ``""``; may be left out where there is one.
    :raises NotFound: ``account_unknown``, ``grant_unknown``.
    :raises Misused: ``grant_ambiguous``: the account holds several of that role.
    :raises NotPermitted: ``not_permitted``.
    :raises Refused: ``last_admin``: nobody would be left who may grant anything there.
    """
    if login != actor.login and not any(one.role in (role, ADMIN.name) for one in actor.grants):
        raise not_yours(role, scope or "")  # who holds what is not told to everybody
    account = account_of(tx, login, actor)
    held = [row for row in rows.not_ended(tx, login, stamp(now)) if row["role"] == role and row["stands_for"] is None]
    if scope is not None:
        place = rows.place_of(tx, scope)
        meant = {divisions.read_code(scope) or scope, place["place_id"] if place else scope}
        held = [row for row in held if row["scope"] in meant]
    if program is not None:
        held = [row for row in held if row["program"] == program]
    if not held:
        raise NotFound("grant_unknown", N_("{login} does not hold the role {role} there"), hint=N_("see: care account show {login}"), login=login, role=role)
    if login != actor.login and not all(may_take(tx, actor, row, now) for row in held):
        raise not_yours(role, held[0]["scope"])
    if len({(row["scope_kind"], row["scope"], row["program"]) for row in held}) > 1:
        scopes = ", ".join(sorted(row["scope"] or "*" for row in held))
        raise Misused(
            "grant_ambiguous", N_("{login} holds the role {role} several times"), hint=N_("say which: {scopes}"), login=login, role=role, scopes=scopes
        )
    how = eyes.taking(actor, login, held)
    if how == "two":
        for row in held:
            _must_not_be_last(tx, row, now)
        ref, new = eyes.ask(tx, actor, login, account["account_id"], _of_all(held, now), now, take=True)
        return Given(new, (), waits=ref)
    said = {"eyes": how} if how else {}
    return Given(True, tuple(end(tx, actor, row, account["account_id"], now, said=said) for row in held), eyes=how)


def _of_all(held: Collection[Row], now: datetime) -> Grant:
    """What of one role, scope and program an account holds, whatever its dates."""
    return replace(grant_of(next(iter(held))), since=stamp(now), until=None)


def may_take(tx: Tx, actor: Actor, row: Row, now: datetime) -> bool:
    """Whether an actor may end a grant: whoever might give the same today."""
    at = max(row["since"], stamp(now))
    return may_grant(tx, actor.grants, replace(grant_of(row), since=at, until=at, stands_for=None))


def ending(tx: Tx, *, actor: Actor, now: datetime, within: timedelta = ENDS_SOON) -> list[tuple[str, Grant]]:
    """The grants that end soon and that nothing continues, of oneself and of those whom one administers: login and grant, the first to end first."""
    at, before = stamp(now), stamp(now + within)
    found = []
    for row in rows.ending(tx, at, before):
        if row["login"] != actor.login and not may_take(tx, actor, row, now):
            continue
        until = row["until"]
        same = [grant_of(one) for one in rows.not_ended(tx, row["login"], at) if one["stands_for"] is None and one["grant_id"] != row["grant_id"]]
        if not any(one.role == row["role"] and one.since <= until and (one.until is None or one.until > until) and _wider(one, row) for one in same):
            found.append((row["login"], grant_of(row)))
    return found


def _wider(one: Grant, row: Row) -> bool:
    """Whether a grant's program and scope hold those of another."""
    scope = one.scope_kind == row["scope_kind"] and (one.scope == row["scope"] or (one.scope_kind != "place" and row["scope"].startswith(one.scope)))
    return scope and one.program in (None, row["program"])


def _must_not_be_last(tx: Tx, row: Row, now: datetime) -> None:
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


def end(tx: Tx, actor: Actor, row: Row, account_id: str, now: datetime, *, said: Mapping[str, str] | None = None) -> Granted:
    """Ends one grant, and what deputies have of it; the last administrator of a scope stays.

    :param said: what else the journal keeps: ``eyes``, ``request``, ``asked_by``.
    """
    at = stamp(now)
    _must_not_be_last(tx, row, now)
    until = max(at, row["since"])
    rows.end(tx, row["grant_id"], until)
    ended = replace(grant_of(row), until=until)
    record(tx, actor, "role_revoked", {"login": row["login"], **as_dict(ended), **(said or {})}, now, account_id)
    for lent in rows.copies(tx, row["grant_id"], at):
        end(tx, actor, lent, account_of(tx, lent["login"], actor)["account_id"], now)
    return Granted(row["grant_id"], ended, row["by"])
