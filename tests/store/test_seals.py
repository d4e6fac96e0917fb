"""The seals of the days: what was there when a day ended is proved to have been there."""

from __future__ import annotations

import subprocess
from datetime import date, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import delete, update

from workflow_core.clock import stamp
from workflow_core.store import journal, seals
from workflow_core.store.database import Database
from workflow_core.store.faults import AlreadyThere
from workflow_core.store.tables import event, seal, seal_head

from .conftest import START, MakeCase, Race

DAY = timedelta(days=1)


def write(db: Database, stream: str, at: datetime, count: int = 1) -> None:
    with db.write() as tx:
        for number in range(count):
            journal.append(tx, stream, "li", "file_opened", {"number": number}, at, subject="p")


def sealed(db: Database, now: datetime) -> int:
    with db.write() as tx:
        return seals.seal_days(tx, now)


def codes(db: Database, kept: dict[str, str] | None = None) -> list[tuple[str, str]]:
    with db.read() as tx:
        return [(problem.code, problem.place) for problem in seals.verify_seals(tx, kept)]


def test_each_day_that_is_over_is_sealed_once(database: Database) -> None:
    """Days on which nothing was written too; today never."""
    write(database, "a", START)
    write(database, "b", START + 2 * DAY)
    assert sealed(database, START) == 0
    assert sealed(database, START + 3 * DAY) == 3
    assert sealed(database, START + 3 * DAY) == 0
    with database.read() as tx:
        assert [(row.day, row.chains) for row in seals.seals(tx)] == [("2026-03-02", 1), ("2026-03-03", 0), ("2026-03-04", 1)]
        assert [row.day for row in seals.seals(tx, since=date(2026, 3, 3), until=date(2026, 3, 3))] == ["2026-03-03"]
    assert codes(database) == []


def test_a_day_is_sealed_an_hour_after_its_midnight(database: Database) -> None:
    """Whoever wrote shortly before has finished by then."""
    write(database, "a", START)
    midnight = datetime.fromisoformat("2026-03-03T00:00+08:00")
    assert sealed(database, midnight + timedelta(minutes=59)) == 0
    assert sealed(database, midnight + timedelta(minutes=61)) == 1


def test_nothing_is_sealed_in_an_office_without_records(database: Database) -> None:
    """There is no first day yet."""
    assert sealed(database, START + 9 * DAY) == 0


def test_a_long_time_without_a_clock_is_sealed_in_parts(database: Database) -> None:
    """One transaction holds nobody up for long."""
    write(database, "a", START)
    assert [sealed(database, START + 120 * DAY) for _ in range(4)] == [50, 50, 20, 0]
    assert codes(database) == []


def test_the_digest_is_the_documented_one(database: Database) -> None:
    """Anybody can compute it without this software."""
    write(database, "b", START)
    write(database, "a", START, 2)
    sealed(database, START + 2 * DAY)
    with database.read() as tx:
        ends = {row.chain: (row.n, row.digest) for row in tx.rows(seal_head.select().where(seal_head.c.day == "2026-03-02"))}
        first, second = seals.seals(tx)
    said = f"\n2026-03-02\na 2 {ends['a'][1]}\nb 1 {ends['b'][1]}\n"
    assert first.digest == sha256(said.encode()).hexdigest()
    assert second.digest == sha256(f"{first.digest}\n2026-03-03\n".encode()).hexdigest()
    assert subprocess.run(["sha256sum"], input=said, capture_output=True, text=True, check=True).stdout.split()[0] == first.digest


def test_events_belong_to_the_day_they_were_recorded_on(database: Database, make_case: MakeCase) -> None:
    """Not to the day on which they took effect."""
    case_id = make_case(1, events=2)
    with database.write() as tx:
        tx.execute(update(event).values(recorded_at=stamp(START), at=stamp(START - 9 * DAY)))
    sealed(database, START + DAY)
    with database.read() as tx:
        assert [(row.chain, row.n) for row in tx.rows(seal_head.select())] == [(f"case/{case_id}", 2)]


def test_a_seal_that_was_printed_is_held_against_the_office(database: Database) -> None:
    """Who may write into every table can still not write what is on paper."""
    write(database, "a", START)
    sealed(database, START + DAY)
    with database.read() as tx:
        digest = seals.seals(tx)[0].digest
    assert codes(database, {"2026-03-02": digest}) == codes(database, {"2026-03-02": digest[:16].upper()}) == []
    assert codes(database, {"2026-03-02": "0" * 64}) == [("seal_differs", "2026-03-02")]
    assert codes(database, {"2026-02-02": digest}) == [("seal_missing", "2026-02-02")]


def test_a_record_slipped_into_a_sealed_day_is_found(database: Database) -> None:
    """A whole chain with digests that fit, put in later under an earlier date: noted, since a clock that was set back leaves the same."""
    write(database, "a", START)
    sealed(database, START + 2 * DAY)
    write(database, "z", START, 3)
    write(database, "y", START + 2 * DAY)
    with database.read() as tx:
        found = journal.verify_all(tx)
    assert found.findings == []
    assert [(note.code, note.place) for note in found.notes] == [("not_sealed", "z 1")]


@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_day_taken_out_is_found(database: Database, days: int) -> None:
    """The seals follow one another, as records do."""
    for number in range(4):
        write(database, "a", START + number * DAY)
    sealed(database, START + 4 * DAY)
    with database.write() as tx:
        gone = [f"2026-03-{2 + number:02}" for number in range(days)]
        tx.execute(delete(seal_head).where(seal_head.c.day.in_(gone)))
        tx.execute(delete(seal).where(seal.c.day.in_(gone)))
    assert codes(database) == [("seal_broken", f"2026-03-{2 + days:02}")]


def test_machines_that_seal_at_once_do_it_once(database: Database, race: Race) -> None:
    """The other is told that it is done, or finds nothing to do."""
    write(database, "a", START)
    said = race(
        """
        from workflow_core.store import seals
        try:
            with db.write() as tx:
                print(seals.seal_days(tx, datetime(2026, 3, 12, 2, tzinfo=UTC)))
        except CareError as error:
            print(error.code)
        """,
        3,
    )
    assert sorted(said) in (["0", "0", "10"], ["10", "already_there", "already_there"], ["0", "10", "already_there"])
    assert codes(database) == []
    assert issubclass(AlreadyThere, Exception)
