"""Accounts, tied to the users of the machine. Every change goes to the journal. Roles are given and taken in ``granting.py``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflow_core.access import requesting
from workflow_core.access.approving import approve, lapse, refuse
from workflow_core.access.deputies import Deputyship, deputies_of, deputy, deputy_end, over
from workflow_core.access.eyes import Request, taking, waiting
from workflow_core.access.granting import Given, Granted, account_of, end, ending, give, grant, grant_of, may_take, not_yours, record, revoke
from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor, Grant
from workflow_core.clock import stamp, unstamp
from workflow_core.errors import Conflict, Misused, NotFound, NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.store import access as rows
from workflow_core.store import server
from workflow_core.store.database import Row, Tx
from workflow_core.store.ids import uuid7

__all__ = [
    "MAKER",
    "Account",
    "Deputyship",
    "Given",
    "Granted",
    "Request",
    "account_add",
    "account_close",
    "approve",
    "deputy",
    "deputy_end",
    "ending",
    "first_account",
    "grant",
    "listed",
    "load_actor",
    "password_set",
    "refuse",
    "revoke",
    "show",
    "waiting",
]

MAKER = "maker"
"""The setting that names the login of whoever made the office."""

_LOGIN = re.compile(r"[\w.@-]{1,64}\Z")
_RESERVED = frozenset({"system", "automatic"})


@dataclass(frozen=True)
class Account:
    """An account, with the grants that hold now or later.

    :param os_user: the machine's user it is tied to; None where nobody can log in with it.
    :param volunteer: the reference of the volunteer whose account it is; empty where it is nobody's.
    :param deputies: who stands in for it, and for whom it stands in, now or later.
    """

    account_id: str
    login: str
    name: str
    os_user: str | None
    created_at: datetime
    closed_at: datetime | None
    grants: tuple[Granted, ...]
    volunteer: str = ""
    deputies: tuple[Deputyship, ...] = ()


# ------------------------------------------------------------------ who acts


def load_actor(tx: Tx, login: str, now: datetime, training: bool, *, impersonated: bool = False) -> Actor:
    """Whoever gives a command, with the grants that hold at that instant.

    :param login: the machine's user; with ``impersonated`` an account's login (a training office's ``--as``).
    :raises NotPermitted: ``login_unknown``, ``login_closed``.
    """
    row = rows.by_login(tx, login) if impersonated else rows.by_os_user(tx, login)
    if row is None:
        hint = N_("see the accounts: care account list") if impersonated else N_("an administrator adds you: care account add LOGIN")
        raise NotPermitted("login_unknown", N_("there is no account for {login} in this office"), hint=hint, login=login)
    if row["closed_at"] is not None:
        raise NotPermitted("login_closed", N_("the account {login} is closed"), hint=N_("an administrator can add another"), login=row["login"])
    grants = tuple(grant_of(one) for one in rows.held(tx, row["login"], stamp(now)))
    maker = training and not impersonated and rows.setting_of(tx, MAKER) == row["login"]
    return Actor(row["login"], grants, training, row["account_id"], every_role=maker, person_id=row["person_id"] or "")


def first_account(tx: Tx, login: str, *, now: datetime, roles: Iterable[str] = (ADMIN.name,), os_user: str | None = None) -> Actor:
    """The account of whoever makes an office, with roles in the whole of it.

    :param os_user: the machine's user; the login itself where None.
    :raises Conflict: ``account_exists``: the office has accounts.
    """
    if rows.accounts(tx):
        raise Conflict("account_exists", N_("this office has its first account already"))
    account_id = uuid7()
    row: dict[str, str | None] = {"account_id": account_id, "login": login, "name": None, "os_user": os_user or login, "language": None}
    rows.add_account(tx, {**row, "person_id": None, "created_at": stamp(now)})
    rows.set_setting(tx, MAKER, login)
    made = Actor(login, (), training=False, account_id=account_id)
    record(tx, made, "account_added", {"login": login}, now, account_id)
    whole = (Grant(role, "division", WHOLE_OFFICE, None, stamp(now), None) for role in roles)
    given = tuple(give(tx, made, login, account_id, one, now, said={"eyes": "alone"}).grant for one in whole)
    return Actor(login, given, training=False, account_id=account_id)


# ------------------------------------------------------------------ accounts


def account_add(
    tx: Tx,
    login: str,
    *,
    actor: Actor,
    now: datetime,
    name: str = "",
    os_user: str | None = None,
    language: str | None = None,
    volunteer: str | None = None,
    clock: bool = False,
) -> Account:
    """A new account, which may do nothing until it is granted a role.

    :param os_user: the machine's user; the login itself where None.
    :param volunteer: the reference of the volunteer whose account it is: he may do what his own cases ask of him, and nothing else.
    :param clock: on a server office: the login with which ``care tick`` runs.
    :raises Misused: ``login_invalid``. :raises NotFound: ``volunteer_unknown``.
    :raises Conflict: ``account_exists``: the login, or the machine's user, is taken; the volunteer has one.
    :raises NotPermitted: the actor is administrator of nothing.
    """
    _require_admin(actor)
    if not _LOGIN.match(login) or login in _RESERVED:
        raise Misused("login_invalid", N_("{login} can be no login"), hint=N_("up to 64 letters, digits and . _ @ -"), login=login)
    user = os_user or login
    if rows.by_login(tx, login) is not None or rows.by_os_user(tx, user) is not None:
        raise Conflict(
            "account_exists", N_("the login {login}, or the user {user}, has an account already"), hint=N_("see: care account list"), login=login, user=user
        )
    person_id = None
    if volunteer is not None:
        from workflow_core.records import volunteers

        person_id = volunteers.get(tx, volunteer, scope=actor.divisions(ADMIN.name)).person_id
        for one in rows.accounts(tx):
            if one["person_id"] == person_id and one["closed_at"] is None:
                message, hint = (
                    N_("{volunteer} has an account already: {login}"),
                    N_("see: care account list; one that nobody uses: care account close {login}"),
                )
                raise Conflict("account_exists", message, hint=hint, volunteer=volunteer, login=one["login"])
    account_id = uuid7()
    row: dict[str, str | None] = {"account_id": account_id, "login": login, "name": name or None, "os_user": user, "language": language}
    rows.add_account(tx, {**row, "person_id": person_id, "created_at": stamp(now)})
    server.opened(tx, login, clock=clock)
    record(tx, actor, "account_added", {"login": login, "os_user": user, "volunteer": volunteer}, now, account_id)
    return Account(account_id, login, name, user, now, None, (), volunteer or "")


def account_close(tx: Tx, login: str, *, actor: Actor, now: datetime) -> Account:
    """Ends an account with all its grants, its deputies and what it asked for; its work is handed over by ``care account hand-over``.

    :raises NotFound: ``account_unknown``.
    :raises NotPermitted: a grant of it, or the volunteer whose it is, lies outside what the actor administers.
    :raises Refused: ``last_admin``; ``admin_by_two``: it is another administrator's, whose right two must take first.
    """
    _require_admin(actor)
    row = account_of(tx, login, actor)
    every = rows.not_ended(tx, login, stamp(now))
    held = [one for one in every if one["stands_for"] is None]
    for one in held or every:  # who holds but what a deputy is lent is of where that holds
        if not may_take(tx, actor, one, now):
            raise not_yours(one["role"], one["scope"])
    _require_near(tx, actor, row)
    if taking(actor, login, held) == "two":
        message = N_("{login} is administrator: nobody takes that from another alone, and closing the account would")
        hint = N_("ask for it first: care account revoke {login} admin; when another has agreed, this works")
        raise Refused("admin_by_two", message, hint=hint, login=login)
    over(tx, actor, login, now)
    lapse(tx, actor, now, login=login)
    requesting.lapse(tx, actor, now, row["login"])
    for one in held:
        end(tx, actor, one, row["account_id"], now)
    if row["closed_at"] is None:
        rows.close_account(tx, row["account_id"], stamp(now))
        server.closed(tx, row["login"])
        record(tx, actor, "account_closed", {"login": login}, now, row["account_id"])
    return _shown(tx, account_of(tx, login, actor), now)


def password_set(tx: Tx, login: str, word: str, *, actor: Actor, now: datetime) -> None:
    """Sets the password with which an account logs in to the office's server; who set it is written down, since he could log in as that one.

    :raises Refused: ``no_server_office``. :raises Conflict: ``role_taken``: it is no account's role.
    """
    server.password(tx, login, word)
    row = rows.by_login(tx, login)
    record(tx, actor, "password_set", {"login": login}, now, row["account_id"] if row is not None else "")


def _require_admin(actor: Actor) -> None:
    if not actor.divisions(ADMIN.name):
        raise NotPermitted("not_permitted", N_("only an administrator keeps the accounts"), hint=N_("ask one: care account list"))


def _require_near(tx: Tx, actor: Actor, row: Row) -> None:
    """A volunteer's account needs no grant: it is of the township that keeps him."""
    if row["person_id"] is None:
        return
    from workflow_core.records import volunteers

    division = volunteers.by_id(tx, row["person_id"]).division
    if not any(division.startswith(scope) for scope in actor.divisions(ADMIN.name)):
        message, hint = N_("{login} is the account of another township's volunteer"), N_("an administrator there closes it")
        raise NotPermitted("not_permitted", message, hint=hint, login=row["login"])


# ------------------------------------------------------------------ looking


def listed(tx: Tx, *, actor: Actor, now: datetime) -> list[Account]:
    """The accounts that the actor may know of: to an administrator those with a grant in the scope or without any, to others their own."""
    found = [_shown(tx, row, now) for row in rows.accounts(tx)]
    return [one for one in found if _visible(tx, actor, one)]


def show(tx: Tx, login: str, *, actor: Actor, now: datetime) -> Account:
    """One account with its grants.

    :raises NotFound: ``account_unknown``: there is none, or it is nobody the actor may know of.
    """
    row = rows.by_login(tx, login)
    found = None if row is None else _shown(tx, row, now)
    if found is None or not _visible(tx, actor, found):
        raise NotFound("account_unknown", N_("there is no account {login}"), hint=N_("see: care account list"), login=login)
    return found


def _visible(tx: Tx, actor: Actor, account: Account) -> bool:
    if account.login == actor.login:
        return True
    scopes = actor.divisions(ADMIN.name)
    return bool(scopes) and (not account.grants or any(_near(tx, one.grant, scopes) for one in account.grants))


def _near(tx: Tx, one: Grant, scopes: Sequence[str]) -> bool:
    """Whether a grant reaches into the scopes."""
    where = one.scope
    if one.scope_kind == "place":
        place = rows.place_of(tx, one.scope)
        where = place["division"] if place else ""
    return any(where.startswith(scope) or scope.startswith(where) for scope in scopes)


def _shown(tx: Tx, row: Row, now: datetime) -> Account:
    held = tuple(Granted(one["grant_id"], grant_of(one), one["by"]) for one in rows.not_ended(tx, row["login"], stamp(now)))
    closed = unstamp(row["closed_at"]) if row["closed_at"] else None
    volunteer = ""
    if row["person_id"]:
        from workflow_core.records import volunteers

        volunteer = volunteers.by_id(tx, row["person_id"]).ref
    stood = deputies_of(tx, row["login"], now)
    return Account(row["account_id"], row["login"], row["name"] or "", row["os_user"], unstamp(row["created_at"]), closed, held, volunteer, stood)
