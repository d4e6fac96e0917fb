"""What is asked every day is answered from an index, in the index's order: so its cost does not grow with the office."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import Town, actor, make_town
from tests.engine.errand import PROGRAM
from workflow_core.records import children
from workflow_core.store.database import Database


@pytest.fixture
def busy_town(sqlite_template: Path, tmp_path: Path) -> Iterator[Town]:
    """A town with a few cases, on SQLite."""
    path = tmp_path / "office.sqlite"
    shutil.copy(sqlite_template, path)
    db = Database(path)
    town = make_town(db, tmp_path, PROGRAM)
    town.running()
    town.watched()
    yield town
    db.dispose()


def find(town: Town, text: str) -> None:
    with town.db.read() as tx:
        children.find(tx, text, scope=("990101",))


QUESTIONS: dict[str, Callable[[Town], object]] = {
    "a township's inbox": lambda town: town.inbox(town.teacher),
    "a county's inbox": lambda town: town.inbox(actor("teacher", "school", scope="990101")),
    "the whole office's inbox": lambda town: town.inbox(actor("teacher", "school", scope="")),
    "my own inbox": lambda town: town.inbox(town.teacher, mine=True),
    "a tick with nothing due": lambda town: town.engine.tick(),
    "a child by number": lambda town: find(town, "432801201405010011"),
    "a child by reference": lambda town: find(town, "C-000001"),
}


@pytest.mark.parametrize("what", QUESTIONS)
def test_an_index_answers_and_nothing_is_sorted(busy_town: Town, what: str) -> None:
    """The plan of every statement searches by an index, and uses no temporary B-tree."""
    asked: list[str] = []
    with busy_town.db.read() as tx:
        raw: Any = tx.connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)  # the pool has this one connection
    raw.set_trace_callback(asked.append)
    QUESTIONS[what](busy_town)
    raw.set_trace_callback(None)
    selects = [sql for sql in asked if sql.startswith(("SELECT", "WITH"))]
    assert selects
    plans = {sql: [str(row[3]) for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}")] for sql in selects}
    assert [(step, sql) for sql, plan in plans.items() for step in plan if "TEMP B-TREE" in step or _looks_at_all(step)] == []


def _looks_at_all(step: str) -> bool:
    # An empty list is a table of its own, and so is what a recursive question has found so far.
    return step.startswith("SCAN") and not step.startswith(("SCAN CONSTANT ROW", "SCAN (", "SCAN found"))
