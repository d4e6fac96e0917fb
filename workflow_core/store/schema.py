"""Which steps of the tables this version of the software knows, and whether an office stands at the last one.

Apart from :mod:`workflow_core.store.migrate`, so that an ordinary command does not import Alembic.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, MetaData, Table, Text, inspect, select

from workflow_core.errors import Damaged
from workflow_core.i18n import N_
from workflow_core.store.database import Database, Tx
from workflow_core.store.statement import Statement

KNOWN = ("0001",)
"""The steps, oldest first; a test compares them with the files."""

HEAD = KNOWN[-1]

_VERSION = Table("alembic_version", MetaData(), Column("version_num", Text))
_ASK = Statement(select(_VERSION.c.version_num))


def revision(db: Database) -> str | None:
    """The step the office's tables stand at; None where there are no tables."""
    with db.read() as tx:
        return _revision(tx)


def _revision(tx: Tx) -> str | None:
    if not inspect(tx.connection).has_table(_VERSION.name):
        return None
    found: str | None = tx.value(_ASK)
    return found


def open_database(address: str | Path) -> Database:
    """Open an office's database and see that its tables are those of this software.

    :raises Damaged: ``office_unreachable``; ``office_empty`` (no office in it), ``office_needs_migration`` (older) or ``office_too_new``.
    """
    db = Database(address)
    try:
        check(db)
    except BaseException:
        db.dispose()
        raise
    return db


def check(db: Database) -> None:
    """See that the tables are those of this software; raises as :func:`open_database`."""
    found = revision(db)
    if found == HEAD:
        return
    if found is None:
        raise Damaged("office_empty", N_("There is no office in this database: {where}"), hint=N_("Make one: care office init"), where=db.where)
    if found in KNOWN:
        raise Damaged(
            "office_needs_migration",
            N_("The office was made by an older version of careflow (tables {found}, this version needs {head})."),
            hint=N_("Make a backup, then: care office migrate"),
            found=found,
            head=HEAD,
        )
    raise Damaged(
        "office_too_new",
        N_("The office was made by a newer version of careflow (tables {found}, this version knows {head})."),
        hint=N_("Install the newer version on this machine too."),
        found=found,
        head=HEAD,
    )
