"""What the database itself can say of its health: its pages, its keys, the settings on which our promises stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import ForeignKeyConstraint

from workflow_core.errors import Damaged, Problem
from workflow_core.i18n import N_
from workflow_core.store import faults, migrate
from workflow_core.store.database import Database, Tx
from workflow_core.store.server import making
from workflow_core.store.tables import METADATA

MOST = 100
"""So many faults of the pages are told."""

_WANTED_SQLITE = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
_WANTED_POSTGRESQL = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "local", "remote_write", "remote_apply")}

_INDEXES = """
    SELECT c.oid::bigint, c.relname, i.indisvalid, a.amname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_am a ON a.oid = c.relam WHERE t.relnamespace = current_schema()::regnamespace ORDER BY c.relname
"""
_OBJECTS = "SELECT count(*), string_agg(DISTINCT pg_get_userbyid(lomowner)::text, ', ') FROM pg_largeobject_metadata"
_AMCHECK = "SELECT extversion FROM pg_extension WHERE extname = 'amcheck'"


def steady(tx: Tx) -> None:
    """All that the transaction reads is as of one instant, however many write meanwhile. To be called first in it."""
    if tx.dialect.name == "postgresql":
        _ask(tx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def pages(tx: Tx) -> Iterator[Problem]:
    """What is wrong with the pages and indexes of the database.

    :raises Damaged: ``check_unavailable``: PostgreSQL's ``amcheck`` is not installed, or this role may not call it.
    """
    if tx.dialect.name == "sqlite":
        for (said,) in _ask(tx, f"PRAGMA integrity_check({MOST})"):
            if said != "ok":
                yield _page(str(said))
    else:
        yield from _indexes(tx)


def _indexes(tx: Tx) -> Iterator[Problem]:
    broken = _ask(tx, "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()")
    if broken and broken[0][0]:
        yield Problem("pages_damaged", N_("the server counts {count} pages whose checksum is wrong"), values={"count": broken[0][0]})
    found = _ask(tx, _INDEXES)
    for _, name, valid, _ in found:
        if not valid:
            yield Problem("index_invalid", N_("the index is not valid: an interrupted CREATE INDEX left it"), place=str(name))
    if not _ask(tx, _AMCHECK):
        raise _unavailable()
    for number, name, valid, kind in found:
        if valid and kind == "btree":
            try:
                with tx.savepoint():
                    _ask(tx, "SELECT bt_index_check(%(index)s::oid::regclass)", {"index": int(number)}, raw=True)
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", "")
                if state in ("42501", "42883"):
                    raise _unavailable() from None
                yield _page(f"{name} ({state})")


def _unavailable() -> Damaged:
    return Damaged(
        "check_unavailable",
        N_("PostgreSQL's amcheck is not there, or this role may not call it"),
        hint=N_("as the database's superuser: CREATE EXTENSION amcheck; GRANT EXECUTE ON FUNCTION bt_index_check(regclass) TO …"),
    )


def _page(said: str) -> Problem:
    return Problem("pages_damaged", N_("a page or an index is damaged"), place=said)


def keys(tx: Tx) -> Iterator[Problem]:
    """Rows that point to rows that are not there."""
    for table in METADATA.sorted_tables:
        for constraint in sorted(table.foreign_key_constraints, key=lambda one: str(one.name)):
            lost = int(tx.value(_orphans(constraint)))
            if lost:
                yield Problem("row_orphaned", N_("{count} rows point to rows that are not there"), place=str(constraint.name), values={"count": lost})


def _orphans(constraint: ForeignKeyConstraint) -> Any:
    child, parent = constraint.table, constraint.referred_table.alias("parent")
    pairs = [(element.parent, parent.c[element.column.name]) for element in constraint.elements]
    there = exists().where(*(theirs == ours for ours, theirs in pairs)).correlate(child)
    return select(func.count()).select_from(child).where(and_(*(ours.is_not(None) for ours, _ in pairs)), ~there)


def settings(tx: Tx) -> Iterator[Problem]:
    """Settings under which a power cut may lose what was answered as done."""
    if tx.dialect.name == "sqlite":
        for name, wanted in _WANTED_SQLITE.items():
            found = str(_ask(tx, f"PRAGMA {name}")[0][0])
            if found != wanted:
                yield _setting(name, found, wanted)
    else:
        for name, values in _WANTED_POSTGRESQL.items():
            found = str(_ask(tx, f"SHOW {name}")[0][0])
            if found not in values:
                yield _setting(name, found, values[0])
    if tx.dialect.name == "postgresql" and not making.installed(tx):
        message = N_("every desk that reaches this database reads and writes all of it; care office migrate keeps each to its own, or says what that needs")
        yield Problem("office_unguarded", message, place="server")
    if tx.dialect.name == "postgresql":
        count, owners = _ask(tx, _OBJECTS)[0]
        if count:
            message = N_("large objects that are no part of the office take up room ({count}, of {owners})")
            yield Problem("objects_stray", message, place="server", values={"count": count, "owners": owners})


def _setting(name: str, found: str, wanted: str) -> Problem:
    message = N_("the database runs with {name} = {found}: what was answered as done may be lost when the power fails")
    return Problem("setting_unsafe", message, place=name, values={"name": name, "found": found, "wanted": wanted})


def tables(db: Database) -> Iterator[Problem]:
    """How the tables differ from those of this software."""
    for difference in migrate.drift(db):
        yield Problem("tables_differ", N_("the tables are not as this software made them"), place=difference)


def _ask(tx: Tx, sql: str, values: dict[str, Any] | None = None, *, raw: bool = False) -> list[Any]:
    """Rows of a statement in the database's own words.

    :param raw: leave an error as the driver's.
    """
    try:
        found = tx.connection.exec_driver_sql(sql, values or {}) if values else tx.connection.exec_driver_sql(sql)
        return list(found.fetchall()) if found.returns_rows else []
    except DBAPIError as error:
        if raw:
            raise
        raise faults.translated(error.orig or error, tx.connection.engine.url.database or "") from None
