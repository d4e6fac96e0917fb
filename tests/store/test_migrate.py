"""The migrations make exactly the declared tables, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, select, text, update

from workflow_core.errors import Conflict, Damaged
from workflow_core.store import migrate, schema
from workflow_core.store.database import Database
from workflow_core.store.tables import METADATA

VERSION = Table("alembic_version", MetaData(), Column("version_num", Text))


def test_the_migrations_make_the_declared_tables(empty_database: Database) -> None:
    """Nothing is missing and nothing is left over."""
    migrate.create(empty_database)
    assert migrate.drift(empty_database) == []


def test_a_table_that_no_migration_makes_is_drift(disposable_database: Database) -> None:
    """The comparison sees what is missing."""
    with disposable_database.write() as tx:
        tx.connection.execute(text("DROP TABLE journal_head"))
        tx.connection.execute(text("ALTER TABLE lease ADD COLUMN extra TEXT"))
    found = " ".join(migrate.drift(disposable_database))
    assert "journal_head" in found
    assert "extra" in found


def test_the_known_steps_are_the_files() -> None:
    """A new step must be named in ``schema.KNOWN``."""
    folder = Path(migrate.__file__).parent / "migrations" / "versions"
    assert tuple(sorted(path.stem[:4] for path in folder.glob("[0-9]*.py"))) == schema.KNOWN


def test_an_office_is_not_made_twice(database: Database) -> None:
    """A second office in the same database is a conflict."""
    with pytest.raises(Conflict) as caught:
        migrate.create(database)
    assert caught.value.code == "office_exists"


def test_an_upgrade_of_the_newest_does_nothing(database: Database) -> None:
    """It tells that no step was taken."""
    assert migrate.upgrade(database) == []


def test_an_upgrade_tells_its_steps(empty_database: Database) -> None:
    """The steps taken are returned, oldest first."""
    assert migrate.upgrade(empty_database) == list(schema.KNOWN)
    assert schema.revision(empty_database) == schema.HEAD


def test_an_office_of_this_version_opens(database_address: str) -> None:
    """Opening checks the tables and gives the database."""
    opened = schema.open_database(database_address)
    assert schema.revision(opened) == schema.HEAD
    opened.dispose()


def test_a_database_without_an_office_does_not_open(empty_database: Database) -> None:
    """The hint says how to make one."""
    assert schema.revision(empty_database) is None
    with pytest.raises(Damaged) as caught:
        schema.open_database(empty_database.address)
    assert caught.value.code == "office_empty"
    assert "care office init" in caught.value.hint


def test_a_newer_office_does_not_open(disposable_database: Database) -> None:
    """Software that does not know the tables keeps off."""
    with disposable_database.write() as tx:
        tx.execute(update(VERSION).values(version_num="9999"))
    with pytest.raises(Damaged) as caught:
        schema.open_database(disposable_database.address)
    assert caught.value.code == "office_too_new"


def test_an_older_office_does_not_open(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks to be migrated first."""
    monkeypatch.setattr(schema, "HEAD", "0002")
    with pytest.raises(Damaged) as caught:
        schema.open_database(database.address)
    assert caught.value.code == "office_needs_migration"
    assert "care office migrate" in caught.value.hint


def test_going_back_and_forth_leaves_the_same_tables(empty_database: Database) -> None:
    """The way back of each step is complete."""
    migrate.create(empty_database)
    migrate.downgrade(empty_database, "base")
    with empty_database.read() as tx:
        assert tx.rows(select(VERSION)) == []
    migrate.upgrade(empty_database)
    assert migrate.drift(empty_database) == []


def test_every_constraint_and_index_has_a_name() -> None:
    """A migration can only drop what has a name; PostgreSQL cuts names at 63 bytes."""
    names = [str(item.name) for table in METADATA.tables.values() for items in (table.constraints, table.indexes) for item in items]
    assert all(name != "None" and len(name) < 63 for name in names)
    assert len(names) == len(set(names))
