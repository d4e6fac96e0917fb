"""After an erasure: what was overwritten goes from the database's own files, too, and not only from its rows."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from workflow_core.errors import Conflict
from workflow_core.i18n import N_
from workflow_core.store.database import Database

WAIT_SECONDS = 30
"""So long it waits for others who still read what was there before."""
_NOW = text("SELECT clock_timestamp()")
_OLDER = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL AND xact_start < :begun"
)
"""Transactions that may still see the rows as they were: what they see cannot be written away."""


def clean(db: Database) -> None:
    """Write the database's files anew, without what was taken out of them. Nobody can work meanwhile.

    SQLite: the log is emptied, the file written anew. PostgreSQL: the statistics, which hold samples of rows, are taken anew, then all tables are
    written anew; the server's write-ahead log and its archive are the server's own, and keep what they hold until they are overwritten.

    :raises Conflict: ``office_busy``: others did not let go; repeated later, it does the same.
    """
    if db.dialect_name == "sqlite":
        _sqlite(db)
    else:
        _postgresql(db)


def _sqlite(db: Database) -> None:
    db.dispose()
    with db.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        try:
            raw.execute("PRAGMA secure_delete = ON")
            for step in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                told = raw.execute(step).fetchone()
                if told is not None and told[0]:
                    raise _busy()
        except db.engine.dialect.loaded_dbapi.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise _busy() from None
            raise


def _postgresql(db: Database) -> None:
    db.dispose()
    until = time.monotonic() + WAIT_SECONDS
    with db.connect() as bare:
        connection = bare.execution_options(isolation_level="AUTOCOMMIT")
        begun = connection.execute(_NOW).scalar_one()
        while connection.execute(_OLDER, {"begun": begun}).scalar_one():
            if time.monotonic() > until:
                raise _busy()
            time.sleep(0.2)
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("VACUUM (FULL)")
        try:
            connection.exec_driver_sql("CHECKPOINT")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") != "42501":  # not every owner of a database may; the server does it by itself within minutes
                raise


def _busy() -> Conflict:
    message = N_("what was erased is gone from the tables, and not yet from the database's files: others are at work")
    return Conflict("office_busy", message, hint=N_("repeat it when nobody works: care child erase REF --clean"))
