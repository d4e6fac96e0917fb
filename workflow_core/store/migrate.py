"""Making and upgrading the tables of an office. Only this module imports Alembic."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from workflow_core.errors import Conflict, Damaged
from workflow_core.i18n import N_
from workflow_core.store import faults, turns
from workflow_core.store.database import Database
from workflow_core.store.schema import HEAD, revision
from workflow_core.store.tables import METADATA
from workflow_core.store.tables.columns import say_conditions

_HOME = Path(__file__).parent / "migrations"


def create(db: Database) -> None:
    """Make the tables in an empty database. For SQLite the database is opened with ``create=True``.

    :raises Conflict: ``office_exists`` when there is an office in it already.
    """
    if revision(db) is not None:
        raise Conflict("office_exists", N_("There is an office in this database already: {where}"), hint=N_("Choose another place."), where=db.where)
    upgrade(db)


def upgrade(db: Database) -> list[str]:
    """Bring the tables to this version's, all steps in one transaction.

    :return: the steps taken.
    :raises Damaged: ``office_too_new``, ``migration_failed`` (nothing is changed then).
    """
    before = revision(db)
    with _migrating(db) as connection:
        command.upgrade(_config(connection), "head")
    return [step for step in _steps(db) if before is None or step > before]


def downgrade(db: Database, to: str) -> None:
    """Take the tables back to a step (``base`` = none at all), with the loss of what they hold. For developers and tests only."""
    with _migrating(db) as connection:
        command.downgrade(_config(connection), to)


def drift(db: Database) -> list[str]:
    """What differs between the tables as declared and as they are in the database: nothing, or the migrations are not complete."""
    with db.connect() as connection:
        found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options()), METADATA)
        return [_told(difference) for difference in found]


def draft(message: str) -> Path:
    """Write the next step from what the declared tables have more or less than the last one. For developers; read it before it is used.

    :param message: what it does, in a few words.
    :return: the file written, in ``migrations/versions``.
    """
    with tempfile.TemporaryDirectory() as folder:
        db = Database(Path(folder) / "draft.sqlite", create=True)
        try:
            steps = sorted(path.stem[:4] for path in (_HOME / "versions").glob("[0-9]*.py"))
            with db.connect() as connection:
                config = _config(connection)
                if steps:
                    command.upgrade(config, "head")
                name = f"{int(steps[-1]) + 1 if steps else 1:04}"
                made: Any = command.revision(config, message=message, rev_id=name, autogenerate=True)
                path = Path(made.path)
                path.write_text("".join(line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if "# ###" not in line), encoding="utf-8")
                return path
        finally:
            db.dispose()


def options() -> dict[str, Any]:
    """How Alembic compares and writes; ``migrations/env.py`` asks for it."""
    say_conditions()
    return {
        "target_metadata": METADATA,
        "render_as_batch": True,  # SQLite alters a table by copying it
        "compare_type": True,
        "transactional_ddl": True,
        "render_item": _rendered,
    }


def _rendered(kind: str, item: Any, context: Any) -> str | bool:
    """A step writes ``TEXT`` for our one kind of text, and declares it at its top."""
    return "TEXT" if kind == "type" and type(item).__name__ == "Text" else False


@contextmanager
def _migrating(db: Database) -> Iterator[Connection]:
    """One transaction for all steps. SQLite copies whole tables: its foreign keys are off meanwhile, and checked before the end."""
    sqlite = db.dialect_name == "sqlite"
    with db.connect() as connection:
        try:
            if sqlite:
                _pragma(connection, "foreign_keys = OFF")
            with connection.execution_options(care_begin="BEGIN IMMEDIATE").begin():
                if not sqlite:
                    turns.take(connection, turns.MIGRATING)
                    for schema in ("desk", "gate"):  # what a server office has made over the tables; whoever migrates makes it anew
                        connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
                yield connection
                if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone() is not None:
                    raise Damaged("migration_failed", N_("Rows would point to rows that are not there. Nothing was changed."), hint=N_("Please report it."))
        except DBAPIError as error:
            raise faults.translated(error.orig or error, db.where) from None
        finally:
            if sqlite:
                _pragma(connection, "foreign_keys = ON")


def _pragma(connection: Connection, setting: str) -> None:
    """Outside a transaction, where alone SQLite heeds it."""
    raw: Any = connection.connection.dbapi_connection
    raw.execute(f"PRAGMA {setting}")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HOME).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _steps(db: Database) -> list[str]:
    return [step for step in sorted(path.stem[:4] for path in (_HOME / "versions").glob("[0-9]*.py")) if step <= HEAD]


def _told(difference: Any) -> str:
    """One difference in words: Alembic gives nested tuples of its own objects."""
    if isinstance(difference, list):
        return "; ".join(_told(part) for part in difference)
    return re.sub(r"\s+", " ", " ".join(str(getattr(part, "name", None) or part) for part in difference if part is not None and part != {}))


if __name__ == "__main__":
    print(draft(" ".join(sys.argv[1:]) or "Change the tables"))
