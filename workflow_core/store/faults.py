"""What a database says is wrong, as errors of the house. No value of a row reaches a message: drivers quote them."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from workflow_core.errors import CareError, Conflict, Damaged, NotPermitted
from workflow_core.i18n import N_
from workflow_core.store.server import session
from workflow_core.store.tables import METADATA

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNREACHABLE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_UNWRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL}
_UNWRITTEN = {
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
}
"""A disk that is full, over its quota, or failing, told in other words."""
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}

# SQLSTATE: lock not available, cancelled while waiting, too many connections
_PG_BUSY = {"55P03", "57014", "53300"}
# SQLSTATE: deadlock, could not serialize
_PG_COLLIDED = {"40P01", "40001"}
_PG_TAKEN = "23505"
# What the gate of a server office refuses; insufficient privilege
_PG_GATE, _PG_FORBIDDEN = "CF001", "42501"
_PG_UNWRITABLE = {"25006", "53100"}
# Before a session is there libpq tells no SQLSTATE, only the server's words, in English or Chinese: wrong password, no such role, or a closed one
_PG_NO_LOGIN = re.compile(
    r"(password|peer|ident|GSSAPI|LDAP|certificate|SCRAM) authentication failed|is not permitted to log in|role \".*\" does not exist|no pg_hba\.conf entry"
    r"|no password supplied|认证失败|不允许.*(登录|登陆)|角色.*不存在|没有.*pg_hba\.conf",
    re.IGNORECASE,
)


_WHOLE_OFFICE = frozenset({"office_busy", "office_unreachable", "office_unwritable", "office_damaged"})


def of_the_office(error: CareError) -> bool:
    """Whether it is the whole office's trouble and not one case's or row's: the next one would meet it too, after as long a wait."""
    return error.code in _WHOLE_OFFICE


class AlreadyThere(Conflict):
    """A key is taken: a row with it was written before, perhaps by another process this very moment.

    On PostgreSQL the transaction is over with it, unless the write was wrapped in :meth:`Tx.savepoint`.

    :param constraint: the name of the key, the same on both databases (``uq_case_ref``, ``pk_event``).
    """

    def __init__(self, constraint: str) -> None:
        super().__init__(
            "already_there",
            N_("Somebody else has just written this ({constraint})."),
            hint=N_("Look at it again, then repeat what is still needed."),
            constraint=constraint,
        )
        self.constraint = constraint


_BUSY_TEXT = N_("The office is busy: other work holds what this needs.")
_BUSY_HINT = N_("Nothing was written. Try again in a moment.")


class Collided(Conflict):
    """Two transactions each waited for the other, and this is the one that the database threw away: done anew at once, it comes through."""

    def __init__(self) -> None:
        super().__init__("office_busy", _BUSY_TEXT, hint=_BUSY_HINT)


def busy() -> Conflict:
    """The lock was not to be had in time."""
    return Conflict("office_busy", _BUSY_TEXT, hint=_BUSY_HINT)


def unreachable(where: str) -> Damaged:
    """The database does not answer.

    :param where: file or host and database, without user or password.
    """
    return Damaged(
        "office_unreachable",
        N_("The office's database cannot be reached: {where}"),
        hint=N_("Check the address in care.toml, that the server runs, and your rights."),
        where=where,
    )


def login_refused(where: str) -> NotPermitted:
    """The server answers, and does not let this login in: a wrong password, or a closed account.

    :param where: as in :func:`unreachable`.
    """
    return NotPermitted(
        "login_refused",
        N_("The office's database refused this login: {where}"),
        hint=N_("The password is wrong, or the account is closed: ask an administrator."),
        where=where,
    )


def translated(error: BaseException, where: str) -> CareError:
    """Turn a driver's error into one of the house.

    Raise it ``from None``: the driver's own text quotes values of rows.

    :param error: of sqlite3 or psycopg.
    :param where: the database, as in :func:`unreachable`.
    """
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, where)
    return _of_postgresql(error, where)


def _of_sqlite(error: sqlite3.Error, where: str) -> CareError:
    code: int = getattr(error, "sqlite_errorcode", 0)
    name: str = getattr(error, "sqlite_errorname", type(error).__name__)
    if code in _TAKEN:
        return AlreadyThere(_key_of(str(error)))
    kind = code & 0xFF
    if code in _UNWRITTEN:
        return _unwritable(where)
    if kind in _BUSY:
        return busy()
    if kind in _UNREACHABLE:
        return unreachable(where)
    if kind in _UNWRITABLE:
        return _unwritable(where)
    if kind in _BROKEN:
        return Damaged(
            "office_damaged",
            N_("The office's file is damaged or is no database: {where}"),
            hint=N_("Copy the file away untouched, then restore the last backup."),
            where=where,
        )
    if kind == sqlite3.SQLITE_CONSTRAINT:
        return _refused(str(error).removeprefix("CHECK constraint failed: ").replace("constraint failed", "").strip(" :"))
    return _failed(name)


def _of_postgresql(error: BaseException, where: str) -> CareError:
    state: str | None = getattr(error, "sqlstate", None)
    if (state or "").startswith("28") or (state is None and _PG_NO_LOGIN.search(str(error))):
        return login_refused(where)
    if state is None or state.startswith(("08", "3D", "57P")):
        return unreachable(where)
    diag = getattr(error, "diag", None)
    if state == _PG_GATE:
        return session.refused(str(getattr(diag, "message_primary", "")), str(getattr(diag, "message_detail", "") or ""))
    if state == _PG_FORBIDDEN:
        return session.owner_needed()
    constraint: Any = getattr(diag, "constraint_name", None)
    if state == _PG_TAKEN:
        return AlreadyThere(str(constraint))
    if state in _PG_COLLIDED:
        return Collided()
    if state in _PG_BUSY:
        return busy()
    if state in _PG_UNWRITABLE:
        return _unwritable(where)
    if state.startswith("23"):
        return _refused(str(constraint or getattr(getattr(error, "diag", None), "column_name", None) or state))
    return _failed(state)


def _unwritable(where: str) -> Damaged:
    return Damaged(
        "office_unwritable",
        N_("The office's database cannot be written: {where}"),
        hint=N_("Check that the disk is not full and the file not read-only."),
        where=where,
    )


def _refused(rule: str) -> Damaged:
    return Damaged(
        "row_refused", N_("The database refused a row: {rule}"), hint=N_("Nothing was written. This is a fault of the software: please report it."), rule=rule
    )


def _failed(state: str) -> Damaged:
    return Damaged(
        "database_failed", N_("The database failed ({state})."), hint=N_("Nothing was written. This is a fault of the software: please report it."), state=state
    )


def _key_of(message: str) -> str:
    """The name of the constraint, of which SQLite tells only the columns: ``UNIQUE constraint failed: case.ref``."""
    columns = re.findall(r"(\w+)\.(\w+)", message)
    if not columns:
        return message.rpartition(": ")[2]
    table = METADATA.tables.get(columns[0][0])
    wanted = {column for _, column in columns}
    for constraint in () if table is None else table.constraints:
        if constraint.name and str(constraint.name).startswith(("pk_", "uq_")) and {column.name for column in constraint.columns} == wanted:  # type: ignore[attr-defined]
            return str(constraint.name)
    return ",".join(f"{name}.{column}" for name, column in columns)
