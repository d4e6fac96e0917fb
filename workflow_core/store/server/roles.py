"""The roles of the database: three groups for the whole server, and one login for each account of an office.

A role is the server's, not the office's: a login means the same person in every office of one server. What it may reach is granted office by office.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from workflow_core.errors import Conflict
from workflow_core.i18n import N_
from workflow_core.store.database import Row, Tx
from workflow_core.store.server.views import DESK, TICK, VIEWER, quoted

CURRENT = "%current_database%"
"""Stands for the name of the office's database in statements."""

OWNER = "%owner%"
"""Stands for the role that the office's tables belong to."""

GROUPS = (DESK, TICK, VIEWER)

_NEVER = frozenset({*GROUPS, "public", "none", "user", "current_user", "session_user"})
_LONGEST = 63
_SETTINGS = ("search_path = desk", "cursor_tuple_fraction = 0.005", "jit = off")
"""Of a desk's sessions. Lists are read as far as somebody looks, and policies make a plan look dearer than it is: nothing is sorted or compiled for that."""

_MAY = text("SELECT rolcreaterole OR rolsuper AS may, rolsuper AS super, rolname AS name FROM pg_roles WHERE rolname = current_user")
_OWNS = text(
    "SELECT pg_get_userbyid(datdba) = current_user OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
    " FROM pg_database WHERE datname = current_database()"
)
_ROLE = text(
    "SELECT r.rolname AS name, r.rolcanlogin AS login, r.rolsuper AS super, r.rolname = current_user AS owner,"
    " EXISTS (SELECT 1 FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid AND g.rolname IN ('careflow_desk', 'careflow_tick'))"
    " AS ours, EXISTS (SELECT 1 FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid AND g.rolname = 'careflow_tick') AS clock,"
    " r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolreplication AS strong FROM pg_roles r WHERE r.rolname = :name"
)
_GROUPS = text("SELECT rolname AS name FROM pg_roles WHERE rolname IN ('careflow_desk', 'careflow_tick', 'careflow_view')")
_SIXTEEN = text("SELECT current_setting('server_version_num')::int >= 160000")
_NOT_OURS = text(
    "SELECT rolname AS name FROM pg_roles WHERE rolname IN ('careflow_desk', 'careflow_tick', 'careflow_view')"
    " AND NOT pg_has_role(current_user, oid, 'MEMBER WITH ADMIN OPTION') ORDER BY 1"
)
_OPEN = text("SELECT login FROM public.account WHERE closed_at IS NULL ORDER BY login")


def wanted(tx: Tx) -> tuple[str, ...]:
    """What a database administrator must run before the owner can make roles; nothing where he can."""
    may: Row | None = tx.one(_MAY)
    said = []
    if may is not None and not may.may:
        said.append(f"ALTER ROLE {quoted(may.name)} CREATEROLE")
    if may is not None and not tx.value(_OWNS):
        said.append(f"ALTER DATABASE {quoted(_database(tx))} OWNER TO {quoted(may.name)}")
    if may is not None and not may.super and tx.value(_SIXTEEN):
        # from version 16 on, who did not make a role himself gives it to nobody
        said += [f"GRANT {row.name} TO {quoted(may.name)} WITH ADMIN OPTION" for row in tx.rows(_NOT_OURS)]
    return tuple(said)


def groups(tx: Tx) -> None:
    """Make the groups that are missing; the owner joins the one that the views belong to."""
    there = {row.name for row in tx.rows(_GROUPS)}
    for name in GROUPS:
        if name not in there:
            say(
                tx,
                f"DO $$ BEGIN CREATE ROLE {name} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
            )
    may = tx.one(_MAY)
    if may is not None and not may.super:
        say(tx, f"GRANT {VIEWER} TO {quoted(may.name)}")


def all_accounts(tx: Tx) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A role for each open account that has none; the clock's stays the clock's.

    :returns: the logins that have one now, and those whose name is somebody else's role.
    """
    made, taken = [], []
    for row in tx.rows(_OPEN):
        there = tx.one(_ROLE, {"name": row.login})
        if there is not None and (there.owner or there.super):
            continue  # the owner himself
        if there is not None and not there.ours:
            taken.append(row.login)
            continue
        give(tx, row.login, clock=there is not None and there.clock)
        made.append(row.login)
    return tuple(made), tuple(taken)


def give(tx: Tx, login: str, *, clock: bool = False) -> None:
    """The role of an account, with the right to connect to this office.

    :raises Conflict: ``role_taken``: the server has a role of that name that is no desk's.
    """
    there = tx.one(_ROLE, {"name": login})
    if there is not None and (there.owner or there.super):
        return
    if (there is not None and (not there.ours or there.strong)) or login in _NEVER or login.startswith("pg_") or len(login.encode()) > _LONGEST:
        raise Conflict(
            "role_taken",
            N_("the database's server has a role {login} already, which is no desk's"),
            hint=N_("choose another login, or let the server's administrator rename that role"),
            login=login,
        )
    name, group, other = quoted(login), TICK if clock else DESK, DESK if clock else TICK
    if there is None:
        say(tx, f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION")
    elif not there.login:
        say(tx, f"ALTER ROLE {name} LOGIN")
    say(tx, f"GRANT {group} TO {name}")
    if there is not None:
        say(tx, f"REVOKE {other} FROM {name}")
    say(tx, f"GRANT CONNECT ON DATABASE {quoted(_database(tx))} TO {name}")
    for setting in _SETTINGS:
        say(tx, f"ALTER ROLE {name} IN DATABASE {quoted(_database(tx))} SET {setting}")


def take(tx: Tx, login: str) -> None:
    """An account is closed: its role may not log in any more, and not connect to this office."""
    there = tx.one(_ROLE, {"name": login})
    if there is None or not there.ours or there.owner or there.super:
        return
    say(tx, f"REVOKE CONNECT ON DATABASE {quoted(_database(tx))} FROM {quoted(login)}")
    say(tx, f"ALTER ROLE {quoted(login)} NOLOGIN PASSWORD NULL")


def password(tx: Tx, login: str, word: str) -> None:
    """Set the password of an account's role. What is sent is a SCRAM verifier made here, so that the password is in no statement and no log.

    :raises Conflict: ``role_taken``: it is no account's role.
    """
    there = tx.one(_ROLE, {"name": login})
    if there is None or not there.ours or there.owner or there.super:
        raise Conflict("role_taken", N_("{login} is no desk's role on the database's server"), hint=N_("see the accounts: care account list"), login=login)
    raw: Any = tx._raw
    verifier: str = raw.pgconn.encrypt_password(word.encode(), login.encode(), b"scram-sha-256").decode()
    say(tx, f"ALTER ROLE {quoted(login)} PASSWORD '{verifier}'")  # the verifier's letters need no quoting: base64, $ and :


def _database(tx: Tx) -> str:
    raw: Any = tx._raw
    return str(raw.info.dbname)


def say(tx: Tx, sql: str) -> None:
    """One statement of the kind that takes no parameters."""
    raw: Any = tx._raw
    try:
        raw.execute(sql, None)
    except tx._error as error:
        raise tx._fault(error) from None
