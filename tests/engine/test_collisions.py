"""A step that the database throws away, because it and another waited for each other, is taken anew: nobody hears of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.engine.conftest import TOWNSHIP, Town, make_town
from tests.engine.desk import PROGRAM
from workflow_core.store import holds
from workflow_core.store.database import Database


@pytest.fixture
def town(emptied: Callable[[], str], tmp_path: Path) -> Iterator[Town]:
    """On PostgreSQL: SQLite has one writer at a time."""
    made = make_town(Database(emptied()), tmp_path, PROGRAM)
    yield made
    made.verify()
    made.db.dispose()


class _Enough(Exception):
    """Leaves the rival's transaction without its changes."""


@contextmanager
def crossed(town: Town, ref: str, other: str) -> Iterator[list[str]]:
    """Somebody who has the case at hand and then wants the place that whoever waits for the case has just taken."""
    ready, happened = threading.Event(), list[str]()

    def rival() -> None:
        db = Database(town.db.address)
        with suppress(_Enough), db.write() as tx:
            tx.connection.execute(text("SET LOCAL deadlock_timeout = '60s'"))  # the other is the one who is thrown out
            tx.connection.execute(text('UPDATE "case" SET assignee = assignee WHERE ref = :ref'), {"ref": ref})
            ready.set()
            waits = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            begun = time.monotonic()
            while not tx.connection.execute(waits).scalar_one() and time.monotonic() - begun < 20:
                time.sleep(0.01)
                tx.connection.execute(text("SELECT pg_stat_clear_snapshot()"))
            happened.append("waited for")
            holds.take(tx, "small", "room", TOWNSHIP, other, 99)
            happened.append("came first")
            raise _Enough
        db.dispose()

    thread = threading.Thread(target=rival)
    thread.start()
    assert ready.wait(10)
    yield happened
    thread.join(60)


def test_a_step_comes_through(town: Town) -> None:
    """It is taken once, though it was begun twice."""
    ref, other = town.start(), town.start()
    with town.db.read() as tx:
        case_id = tx.connection.execute(text('SELECT case_id FROM "case" WHERE ref = :ref'), {"ref": other}).scalar_one()
    with crossed(town, ref, case_id) as happened:
        assert town.engine.advance(town.teacher, ref, "go").stage == "other"
    assert happened == ["waited for", "came first"]
    assert town.kinds(ref) == ["opened", "advanced"]
    with town.db.read() as tx:
        assert holds.used(tx, "small", "room", TOWNSHIP) == 1


def test_many_steps_come_through(town: Town) -> None:
    """Those that were taken together are taken one by one then."""
    refs = [town.start() for _ in range(3)]
    with town.db.read() as tx:
        case_id = tx.connection.execute(text('SELECT case_id FROM "case" WHERE ref = :ref'), {"ref": refs[2]}).scalar_one()
    with crossed(town, refs[0], case_id) as happened:
        said = [answer for _, answer in town.engine.each(refs[:2], lambda ref: town.engine.advance(town.teacher, ref, "go"))]
    assert happened == ["waited for", "came first"]
    assert [getattr(one, "code", "went") for one in said] == ["went", "limit_full"]
    assert town.kinds(refs[0]) == ["opened", "advanced"]
