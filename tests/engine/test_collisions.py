"""A step that the database throws away, because it and another waited for each other, is taken anew: nobody hears of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from tests.engine.conftest import TOWNSHIP, Town, make_town
from tests.engine.desk import PROGRAM
from tests.engine.lending import LIBRARY
from workflow_core.store import holds, sequences
from workflow_core.store.database import Database, Tx
from workflow_core.store.tables import person


@pytest.fixture
def town(care_emptied: Callable[[], str], tmp_path: Path) -> Iterator[Town]:
    """On PostgreSQL: SQLite has one writer at a time."""
    made = make_town(Database(care_emptied()), tmp_path, PROGRAM)
    yield made
    made.verify()
    made.db.dispose()


@pytest.fixture
def library(care_emptied: Callable[[], str], tmp_path: Path) -> Iterator[Town]:
    """The same, with a program that has a sheet."""
    made = make_town(Database(care_emptied()), tmp_path, LIBRARY)
    yield made
    made.verify()
    made.db.dispose()


class _Enough(Exception):
    """Leaves the rival's transaction without its changes."""


@contextmanager
def crossing(town: Town, first: str, ref: str, then: Callable[[Tx], object]) -> Iterator[list[str]]:
    """Somebody who has a row at hand and then wants what whoever waits for that row has just taken.

    :param first: the statement that takes the row of ``ref``; :param then: takes the other.
    """
    ready, happened = threading.Event(), list[str]()

    def rival() -> None:
        db = Database(town.db.address)
        with suppress(_Enough), db.write() as tx:
            tx.connection.execute(text("SET LOCAL deadlock_timeout = '60s'"))  # the other is the one who is thrown out
            tx.connection.execute(text(first), {"ref": ref})
            ready.set()
            waits = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            begun = time.monotonic()
            while not tx.connection.execute(waits).scalar_one() and time.monotonic() - begun < 20:
                time.sleep(0.01)
                tx.connection.execute(text("SELECT pg_stat_clear_snapshot()"))
            happened.append("waited for")
            then(tx)
            happened.append("came first")
            raise _Enough
        db.dispose()

    thread = threading.Thread(target=rival)
    thread.start()
    assert ready.wait(10)
    yield happened
    thread.join(60)


@contextmanager
def crossed(town: Town, ref: str, other: str) -> Iterator[list[str]]:
    """Somebody who has the case at hand and then wants the place that whoever waits for the case has just taken."""

    def place(tx: Tx) -> None:
        holds.take(tx, "small", "room", TOWNSHIP, other, 99)

    with crossing(town, 'UPDATE "case" SET assignee = assignee WHERE ref = :ref', ref, place) as happened:
        yield happened


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


NUMBERS = ("432801201405010016", "432801201405010083", "43280120140501026X")


def numbered(town: Town, number: str) -> str:
    """A child on file with a number."""
    ref = town.child()
    with town.db.write() as tx:
        tx.execute(update(person).where(person.c.ref == ref).values(national_id=number))
    return ref


@contextmanager
def at_the_second_child(town: Town) -> Iterator[list[str]]:
    """Somebody who has the second child's file at hand and then wants the number that the first child's case has just got."""
    refs = [numbered(town, number) for number in NUMBERS]

    def numbers(tx: Tx) -> None:
        sequences.take(tx, "office", "ref/LO", 2026)

    with crossing(town, "SELECT 1 FROM person WHERE ref = :ref FOR UPDATE", refs[1], numbers) as happened:
        yield happened


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_sheet_comes_through(library: Town, tmp_path: Path, dry_run: bool) -> None:
    """Each row is taken once and told once, though the rows were begun twice: those taken, the one refused, the one that says the same again."""
    sheet = tmp_path / "loans.csv"
    lines = [*(f"张三,{number},Journey," for number in NUMBERS[:2]), f"张三,{NUMBERS[2]},forbidden,", f"张三,{NUMBERS[0]},Journey,"]
    sheet.write_text("\n".join(["姓名,身份证号,Book,同意", *lines]), encoding="utf-8")
    with at_the_second_child(library) as happened:
        how: dict[str, Any] = {"division": TOWNSHIP, "consent_on_file": "2026-2", "dry_run": dry_run, "problems": tmp_path / "refused.csv"}
        report = library.engine.run_import(library.teacher, "library", sheet, **how)
    assert happened == ["waited for", "came first"]
    assert (report.rows, report.opened, report.rejected, report.duplicates, report.attested, len(report.refs)) == (4, 2, 1, 1, 2, 2)
    assert [one.code for one in report.problems] == ["denied", "same_child_again"]
    assert len((tmp_path / "refused.csv").read_text("utf-8").splitlines()) == 2
    stored = library.engine.cases(library.teacher)
    assert len(stored) == (0 if dry_run else 2)
    assert dry_run or {row.ref for row in stored} == set(report.refs)
