"""The journal is written without gaps, and one check covers all that is chained."""

# ruff: noqa: PT012  (what raises is a transaction: its whole block)

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, update

from workflow_core.store import journal, journal_reading, journal_search
from workflow_core.store.database import Database
from workflow_core.store.tables import case, event, event_payload, journal_head, journal_payload
from workflow_core.store.tables import journal as entries

from .conftest import MakeCase, Race

CASE_2 = "case-0002"


def write(db: Database, stream: str, count: int, at: datetime) -> None:
    with db.write() as tx:
        for number in range(count):
            journal.append(tx, stream, "li", "file_opened", {"number": number, "why": "家访"}, at, subject="p")


def test_entries_are_numbered_by_stream(database: Database, now: datetime) -> None:
    """Each stream counts by itself."""
    with database.write() as tx:
        assert [journal.append(tx, stream, "li", "x", {}, now) for stream in ("a", "a", "b", "a")] == [1, 2, 1, 3]


def test_an_account_has_a_stream_a_day(now: datetime) -> None:
    """The day is the office's: 16:30 in UTC is tomorrow there."""
    assert journal.account_stream("a", now) == "account/a/2026-03-02"
    assert journal.account_stream("a", now.replace(hour=16, minute=30)) == "account/a/2026-03-03"


def test_an_undone_entry_leaves_no_gap(database: Database, now: datetime) -> None:
    """Its number is given to the next."""
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        journal.append(tx, "a", "li", "x", {}, now)
        raise ZeroDivisionError
    write(database, "a", 2, now)
    with database.read() as tx:
        assert journal.verify_stream(tx, "a") == []
        assert journal.verify_all(tx).entries == 2


def test_everything_is_checked_and_counted(database: Database, make_case: MakeCase, now: datetime) -> None:
    """An untouched office has no findings."""
    for number in range(3):
        make_case(number, events=4)
    for day in range(3):
        write(database, journal.account_stream("a", now + timedelta(days=day)), 5, now)
    with database.read() as tx:
        found = journal.verify_all(tx)
    assert (found.cases, found.events, found.streams, found.entries, found.found) == (3, 12, 3, 15, 0)


TAMPERING = {
    "an event's actor": (update(event).where(event.c.case_id == CASE_2, event.c.n == 2).values(actor="wang"), "record_changed"),
    "an event's payload": (update(event_payload).where(event_payload.c.case_id == CASE_2, event_payload.c.n == 2).values(payload="{}"), "payload_changed"),
    "a lost payload": (delete(event_payload).where(event_payload.c.case_id == CASE_2, event_payload.c.n == 2), "payload_missing"),
    "a version without event": (update(case).where(case.c.case_id == CASE_2).values(version=9), "chain_cut"),
    "an entry's time": (update(entries).where(entries.c.n == 2).values(at="2026"), "record_changed"),
    "an entry's payload": (update(journal_payload).where(journal_payload.c.n == 2).values(payload="{}"), "payload_changed"),
    "a head set back": (update(journal_head).values(n=2), "chain_end"),
    "a head removed": (delete(journal_head), "chain_end"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found(database: Database, make_case: MakeCase, now: datetime, what: str) -> None:
    """Whatever is changed behind the software's back is told, with its place; the rest stays clean."""
    for number in (1, 2, 3):
        make_case(number, events=3)
    write(database, "person/p", 3, now)
    change, code = TAMPERING[what]
    with database.write() as tx:
        assert tx.execute(change) == 1
    with database.read() as tx:
        findings = journal.verify_all(tx).findings
        assert [problem.code for problem in findings] == [code]
        assert findings[0].place.startswith(("DR-26-00002", "person/p"))
        assert (journal.verify_case(tx, CASE_2) + journal.verify_stream(tx, "person/p") == findings) or what == "a head removed"
        assert journal.verify_case(tx, "case-0001") == []


def test_a_case_without_its_events_is_found(database: Database, make_case: MakeCase) -> None:
    """Nobody removes a whole history unseen."""
    make_case(1, events=0)
    with database.read() as tx:
        assert [problem.code for problem in journal.verify_all(tx).findings] == ["chain_cut"]


def test_an_erased_person_leaves_a_sound_chain(database: Database, make_case: MakeCase) -> None:
    """Salt and payload are gone, the row says so, and the chain verifies."""
    case_id = make_case(1, events=3)
    with database.write() as tx:
        tx.execute(update(event_payload).values(salt=None, payload=None, erased_at="2026-03-02T00:00:00.000000Z"))
    with database.read() as tx:
        assert journal.verify_case(tx, case_id) == []


def test_many_findings_are_counted_and_the_first_kept(database: Database, now: datetime) -> None:
    """A ruined office does not fill the memory."""
    write(database, "a", journal.MOST_FINDINGS + 5, now)
    with database.write() as tx:
        tx.execute(update(journal_payload).values(payload="{}"))
    with database.read() as tx:
        result = journal.verify_all(tx)
    assert result.found == journal.MOST_FINDINGS + 5
    assert len(result.findings) == journal.MOST_FINDINGS


def test_processes_that_write_to_one_stream_queue(database: Database, race: Race) -> None:
    """All entries are there, in one sound chain."""
    race(
        """
        from workflow_core.store import journal
        for number in range(10):
            with db.write() as tx:
                journal.append(tx, "one", me, "x", {"number": number}, datetime(2026, 3, 2, tzinfo=UTC))
        """,
        3,
    )
    with database.read() as tx:
        result = journal.verify_all(tx)
    assert (result.entries, result.found) == (30, 0)


def test_two_entries_of_one_kind_at_one_instant_are_both_told(database: Database, now: datetime) -> None:
    """Each once, though it stands in two streams; a command may write several at its instant."""
    with database.write() as tx:
        for why in ("first", "second"):
            for stream in (journal.account_stream("a", now), journal.person_stream("p")):
                journal.append(tx, stream, "li", "file_opened", {"why": why}, now, subject="p")
    with database.read() as tx:
        assert sorted(one["says"]["why"] for one in journal_reading.latest(tx)) == ["first", "second"]
        assert sorted(one["says"]["why"] for one in journal_search.search(tx, journal_search.Sought(actor="li"))) == ["first", "second"]
