"""A database of its own for a while, on the same server: what a dump is worth is known when it has been loaded."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, make_url, text

from workflow_core.errors import CareError
from workflow_core.store.database import Database

_NAME = re.compile(r"careflow_check_(\d{14})_[0-9a-f]{8}")
_STALE = timedelta(days=1)
_LIKE_THIS = text("SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype FROM pg_database WHERE datname = current_database()")
_MAY = text("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
_LEFT = text("SELECT datname FROM pg_database d WHERE NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid)")


@contextmanager
def scratch(address: str, now: datetime) -> Iterator[str | None]:
    """Make an empty database beside an office's, and take it away afterwards. One that a killed process left is taken away after a day.

    :param address: of the office's database. :param now: by which old ones are told from those in use.
    :returns: its address; None where this role may make no database on that server.
    """
    db = Database(address)
    try:
        with db.connect() as bare:
            connection = bare.execution_options(isolation_level="AUTOCOMMIT")
            if not connection.execute(_MAY).scalar_one():
                yield None
                return
            _sweep(connection, now)
            name = f"careflow_check_{now.astimezone(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(4)}"
            like = connection.execute(_LIKE_THIS).one()
            locale = f"ENCODING '{like.encoding}' LC_COLLATE '{_quoted(like.datcollate)}' LC_CTYPE '{_quoted(like.datctype)}'"
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0 {locale}')
        try:
            yield make_url(address).set(database=name).render_as_string(hide_password=False)
        finally:
            with suppress(CareError), db.connect() as bare:  # what cannot be taken away now is swept away by a later copy
                bare.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        db.dispose()


def _sweep(connection: Connection, now: datetime) -> None:
    for (name,) in connection.execute(_LEFT).all():
        made = _NAME.fullmatch(name)
        if made and datetime.strptime(made[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC) < now - _STALE:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')


def _quoted(name: str) -> str:
    return name.replace("'", "''").replace("%", "%%")
