"""An office with cases in it, on each database, for the tests that keep it, damage it and bring it back."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, text

from tests.engine.errand import PROGRAM
from workflow_core import office as offices
from workflow_core.access import Actor
from workflow_core.clock import FixedClock, SystemClock, stamp
from workflow_core.office import Office
from workflow_core.office.doctor import Checkup, examine
from workflow_core.records import enabling
from workflow_core.registry import Registry
from workflow_core.store.database import Database
from workflow_core.store.ids import uuid7
from workflow_core.store.statement import Statement
from workflow_core.store.tables import child, person

if TYPE_CHECKING:
    from tests.office.forgetting import Town

TOWNSHIP = "990101100"
START = datetime(2026, 9, 1, 1, tzinfo=UTC)
SERVER_OF_TESTS = {"office_unguarded", "setting_unsafe"}
"""What the careless server of the tests is rightly told of: it does not wait for its disk."""


@dataclass
class House:
    """An office with a clock that moves, and what the tests do in it."""

    office: Office
    clock: FixedClock
    actor: Actor
    children: int = 0

    @property
    def db(self) -> Database:
        """Its database."""
        return self.office.db

    def child(self) -> str:
        """A new child's reference."""
        self.children += 1
        ref, person_id, now = f"C-{self.children:06d}", uuid7(), stamp(self.clock.instant)
        with self.db.write() as tx:
            row = {"person_id": person_id, "ref": ref, "name": "张三", "name_key": "张三", "born_on": "2014-05-01", "division": TOWNSHIP}
            tx.execute(Statement(insert(person)), {**row, "created_at": now, "updated_at": now})
            tx.execute(Statement(insert(child)), {"person_id": person_id, "provisional": 0})
        return ref

    def open(self) -> str:
        """A new errand's reference."""
        return self.office.engine.open(self.actor, "errands", self.child(), {"title": "fetch the books"}).ref

    def running(self) -> str:
        """A new errand that was started."""
        ref = self.open()
        self.office.engine.advance(self.actor, ref, "start")
        return ref

    def sql(self, *statements: str) -> None:
        """Changes rows behind the engine's back; keys and triggers are not asked."""
        with self.db.connect() as connection:
            if self.db.dialect_name == "sqlite":
                raw: Any = connection.connection.dbapi_connection
                raw.execute("PRAGMA foreign_keys = OFF")
            with connection.begin():
                if self.db.dialect_name != "sqlite":
                    connection.execute(text("SET LOCAL session_replication_role = replica"))
                for statement in statements:
                    connection.execute(text(statement))
        self.db.dispose()

    def examine(self) -> Checkup:
        """A check-up, without what is said of the tests' own server."""
        found = examine(self.office)
        found.findings = [one for one in found.findings if one.problem.code not in SERVER_OF_TESTS]
        return found

    def codes(self) -> set[str]:
        """What a check-up finds."""
        return {one.problem.code for one in self.examine().findings}


@pytest.fixture
def divisions_file(tmp_path: Path) -> Path:
    """Four divisions."""
    path = tmp_path / "divisions.csv"
    path.write_text("code,name\n99,示范省\n9901,示范市\n990101,青溪县\n990101100,高桥镇\n", encoding="utf-8")
    return path


@pytest.fixture
def house_at(tmp_path: Path, divisions_file: Path) -> Iterator[Callable[..., House]]:
    """Makes a house at an address of a database; None: SQLite in its folder."""
    made: list[House] = []

    def make(address: str | None, *, name: str = "office", training: bool = True) -> House:
        now = START if training else SystemClock().now()
        folder = offices.init(tmp_path / name, training=training, divisions=divisions_file, database=address, now=now if training else None).folder
        clock = FixedClock(now if training else now + timedelta(minutes=1))
        opened = Office.open(folder)
        opened.clock = clock
        opened.registry = Registry.of(PROGRAM)
        with opened.db.write() as tx:
            actor = opened.actor(tx)
            enabling.enable(tx, PROGRAM, "990101", actor=actor, now=clock.instant - timedelta(days=1))
        made.append(House(opened, clock, actor))
        return made[-1]

    yield make
    for one in made:
        one.office.close()


@pytest.fixture
def house(empty_database: Database, house_at: Callable[..., House]) -> House:
    """A training office with a running errand and a new one, on each database."""
    made = house_at(empty_database.address)
    made.running()
    made.open()
    return made


@pytest.fixture
def sqlite_house(house_at: Callable[..., House]) -> House:
    """The same, on SQLite in its folder."""
    made = house_at(None)
    made.running()
    made.open()
    return made


@pytest.fixture
def town(request: pytest.FixtureRequest, database_address: str, tmp_path: Path) -> Iterator[Town]:
    """An office with all programs, on each database, in which a child is erased."""
    from tests.office.forgetting import IN_TERM, PROGRAMS, OneChild, Town

    folder = tmp_path / "office"
    folder.mkdir()
    made = OneChild(*PROGRAMS, on=IN_TERM, database=database_address, folder=folder, training=True)
    if made.db.dialect_name == "sqlite":
        yield Town(made, Path(database_address).parent, lambda: b"")
    else:
        cluster = request.getfixturevalue("care_cluster")
        with made.db.read() as tx:
            number = tx.connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar_one()
        words = [str(cluster.programs / "pg_dump"), database_address]
        yield Town(made, cluster.home / "data" / "base" / str(number), lambda: subprocess.run(words, check=True, capture_output=True).stdout)
    made.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Town]:
    """The same with two programs, on SQLite: for what does not depend on the database."""
    from tests.office.forgetting import FOUND, IN_TERM, OneChild, Town

    made = OneChild(FOUND["dropout_return"], FOUND["pairing"], on=IN_TERM, folder=tmp_path, training=True)
    yield Town(made, tmp_path, lambda: b"")
    made.close()
