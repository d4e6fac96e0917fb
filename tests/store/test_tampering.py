"""A thousand random tamperings by somebody who may write into every table: each is found, and the first bad record is named."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update

from workflow_core.clock import stamp
from workflow_core.store import chain, journal, pulse, seals
from workflow_core.store.database import Database, Row, Tx
from workflow_core.store.tables import case, event, event_payload, journal_head, journal_payload, seal, seal_head
from workflow_core.store.tables import journal as entries

from .conftest import START, MakeCase

CASES, EVENTS, STREAMS, DAYS = 12, 6, 6, 4
LOST: list[dict[str, str | None]] = [{"payload": "{}"}, {"salt": "0"}, {"payload": None}, {"salt": None, "payload": None}]
COLUMNS = ["at", "recorded_at", "actor", "on_behalf", "kind", "transition", "to_stage", "code_version", "commitment"]
TAMPERINGS = {"sqlite": 1000, "postgresql": 200}
DAY = timedelta(days=1)


def stream_of(number: int) -> str:
    """A stream of each kind that there is: of people, of accounts, of registers."""
    return (journal.person_stream(f"p{number}"), journal.account_stream(f"a{number}", START), journal.register_stream(f"c{number}", "visits"))[number % 3]


class Undone(Exception):
    """Ends a transaction without keeping it."""


@pytest.fixture
def office(database: Database, make_case: MakeCase) -> Database:
    """Some days of cases and journal, all of them sealed."""
    for number in range(1, CASES + 1):
        case_id = make_case(number, events=EVENTS)
        with database.write() as tx:
            previous = chain.GENESIS
            for n in range(1, EVENTS + 1):  # the days on which they were recorded, sealed anew
                at = stamp(START + (number + n) % DAYS * DAY if n == 1 else START + (DAYS - 1) * DAY)
                row = dict(tx.rows(select(event).where(event.c.case_id == case_id, event.c.n == n))[0])
                head = {**{name: row[name] for name in chain.CASE}, "recorded_at": at, "at": at}
                committed = row["commitment"]
                made = chain.digest(previous, head, committed)
                tx.execute(update(event).where(event.c.case_id == case_id, event.c.n == n).values(at=at, recorded_at=at, previous=previous, digest=made))
                previous = made
    with database.write() as tx:
        for number in range(STREAMS):
            for n in range(4):
                journal.append(tx, stream_of(number), "li", "file_opened", {"n": n}, START + n * DAY, subject="p")
    with database.write() as tx:
        assert seals.seal_days(tx, START + DAYS * DAY) == DAYS
        pulse.beat(tx, START + DAYS * DAY, DAY)
    with database.read() as tx:
        assert journal.verify_all(tx).findings == []
    return database


def some(tx: Tx, dice: random.Random, table: object) -> Row:
    """One of a table's rows."""
    return dice.choice(tx.rows(select(table).order_by(*table.primary_key.columns)))  # type: ignore[call-overload,attr-defined]


def ref_of(case_id: str) -> str:
    return f"DR-26-{int(case_id[-4:]):05}"


def changed_event(tx: Tx, dice: random.Random) -> str:
    """A column of an event."""
    row, column = (
        some(tx, dice, event),
        dice.choice(["at", "recorded_at", "actor", "on_behalf", "kind", "transition", "to_stage", "code_version", "commitment"]),
    )
    tx.execute(update(event).where(event.c.case_id == row.case_id, event.c.n == row.n).values({column: "2026-01-01T00:00:00.000000Z"}))
    return f"{ref_of(row.case_id)} {row.n}"


def changed_entry(tx: Tx, dice: random.Random) -> str:
    """A column of an entry of the journal."""
    row, column = some(tx, dice, entries), dice.choice(["at", "actor", "kind", "subject", "commitment", "digest"])
    tx.execute(update(entries).where(entries.c.stream == row.stream, entries.c.n == row.n).values({column: "2026-01-01T00:00:00.000000Z"}))
    return f"{row.stream} {row.n}"


def changed_payload(tx: Tx, dice: random.Random) -> str:
    """What was recorded, or its salt, or both gone."""
    row, values = some(tx, dice, event_payload), dict(dice.choice(LOST))
    tx.execute(update(event_payload).where(event_payload.c.case_id == row.case_id, event_payload.c.n == row.n).values(values))
    return f"{ref_of(row.case_id)} {row.n}"


def changed_said(tx: Tx, dice: random.Random) -> str:
    """What an entry says."""
    row = some(tx, dice, journal_payload)
    tx.execute(update(journal_payload).where(journal_payload.c.stream == row.stream, journal_payload.c.n == row.n).values(payload='{"n":99}'))
    return f"{row.stream} {row.n}"


def removed_event(tx: Tx, dice: random.Random) -> str:
    """An event in the middle: what follows it is named, which cannot follow from what is left."""
    row = some(tx, dice, event)
    n = min(row.n, EVENTS - 1)
    for table in (event_payload, event):
        tx.execute(delete(table).where(table.c.case_id == row.case_id, table.c.n == n))
    return f"{ref_of(row.case_id)} {n + 1}"


def cut_tail(tx: Tx, dice: random.Random) -> str:
    """The last events, and the case set back to fit."""
    row = some(tx, dice, event)
    for table in (event_payload, event):
        tx.execute(delete(table).where(table.c.case_id == row.case_id, table.c.n >= row.n))
    tx.execute(update(case).where(case.c.case_id == row.case_id).values(version=row.n - 1))
    return ref_of(row.case_id)


def cut_journal(tx: Tx, dice: random.Random) -> str:
    """The last entries of a stream, and its head set back to fit."""
    row = some(tx, dice, entries)
    for table in (journal_payload, entries):
        tx.execute(delete(table).where(table.c.stream == row.stream, table.c.n >= row.n))
    tx.execute(update(journal_head).where(journal_head.c.stream == row.stream).values(n=row.n - 1, digest=row.previous))
    return f"{row.stream} {row.n}"


def exchanged(tx: Tx, dice: random.Random) -> str:
    """Two events of a case in the other order."""
    row = some(tx, dice, event)
    first = min(row.n, EVENTS - 1)
    for old, new in ((first, 1000), (first + 1, first), (1000, first + 1)):
        for table in (event, event_payload):
            tx.execute(update(table).where(table.c.case_id == row.case_id, table.c.n == old).values(n=new))
    return f"{ref_of(row.case_id)} {first}"


def rewritten(tx: Tx, dice: random.Random) -> str:
    """An event changed, and every digest after it computed anew."""
    row = some(tx, dice, event)
    rows = tx.rows(select(event).where(event.c.case_id == row.case_id, event.c.n >= row.n).order_by(event.c.n))
    previous = row.previous
    for one in rows:
        head = {name: one[name] for name in chain.CASE} | ({"actor": "wang"} if one.n == row.n else {})
        made = chain.digest(previous, head, one.commitment)
        tx.execute(update(event).where(event.c.case_id == one.case_id, event.c.n == one.n).values(actor=head["actor"], previous=previous, digest=made))
        previous = made
    return ref_of(row.case_id)


def slipped_in(tx: Tx, dice: random.Random) -> str:
    """An event within a chain, the later ones moved on, all digests computed anew."""
    row = some(tx, dice, event)
    for table in (event_payload, event):
        for n in range(EVENTS, row.n - 1, -1):
            tx.execute(update(table).where(table.c.case_id == row.case_id, table.c.n == n).values(n=n + 1))
    sealed = chain.seal(chain.CASE, {**{name: row[name] for name in chain.CASE}, "kind": "note"}, {"said": "never"}, row.previous)
    tx.execute(insert(event).values(sealed.row))
    tx.execute(insert(event_payload).values(case_id=row.case_id, n=row.n, salt=sealed.salt, payload=sealed.payload))
    previous = sealed.digest
    for one in tx.rows(select(event).where(event.c.case_id == row.case_id, event.c.n > row.n).order_by(event.c.n)):
        made = chain.digest(previous, {name: one[name] for name in chain.CASE}, one.commitment)
        tx.execute(update(event).where(event.c.case_id == one.case_id, event.c.n == one.n).values(previous=previous, digest=made))
        previous = made
    tx.execute(update(case).where(case.c.case_id == row.case_id).values(version=EVENTS + 1))
    return ref_of(row.case_id)


def case_gone(tx: Tx, dice: random.Random) -> str:
    """A whole case, with all that it left behind."""
    row = some(tx, dice, case)
    for table in (event_payload, event, case):
        tx.execute(delete(table).where(table.c.case_id == row.case_id))
    return f"case/{row.case_id} "


def stream_gone(tx: Tx, dice: random.Random) -> str:
    """A whole stream of the journal, with its head."""
    row = some(tx, dice, journal_head)
    for table in (journal_payload, entries, journal_head):
        tx.execute(delete(table).where(table.c.stream == row.stream))
    return f"{row.stream} "


def payload_gone(tx: Tx, dice: random.Random) -> str:
    """What was recorded, with its row."""
    row = some(tx, dice, event_payload)
    tx.execute(delete(event_payload).where(event_payload.c.case_id == row.case_id, event_payload.c.n == row.n))
    return f"{ref_of(row.case_id)} {row.n}"


def feigned_erasure(tx: Tx, dice: random.Random) -> str:
    """What an entry says is gone, and marked as erased by somebody's right."""
    row, at = some(tx, dice, journal_payload), "2026-03-03T00:00:00.000000Z"
    values = {"salt": None, "payload": None, "erased_at": at}
    tx.execute(update(journal_payload).where(journal_payload.c.stream == row.stream, journal_payload.c.n == row.n).values(values))
    return at


def removed_entry(tx: Tx, dice: random.Random) -> str:
    """An entry in the middle of a stream."""
    row = some(tx, dice, entries)
    n = min(row.n, 3)
    for table in (journal_payload, entries):
        tx.execute(delete(table).where(table.c.stream == row.stream, table.c.n == n))
    return f"{row.stream} {n + 1}"


def exchanged_entries(tx: Tx, dice: random.Random) -> str:
    """Two entries of a stream in the other order."""
    row = some(tx, dice, entries)
    first = min(row.n, 3)
    for old, new in ((first, 1000), (first + 1, first), (1000, first + 1)):
        for table in (entries, journal_payload):
            tx.execute(update(table).where(table.c.stream == row.stream, table.c.n == old).values(n=new))
    return f"{row.stream} {first}"


def exchanged_between(tx: Tx, dice: random.Random) -> str:
    """What two cases recorded, each in the other's place."""
    row, other = some(tx, dice, event_payload), some(tx, dice, event_payload)
    while (other.case_id, other.n) == (row.case_id, row.n):
        other = some(tx, dice, event_payload)
    for one, said in ((row, other), (other, row)):
        values = {"salt": said.salt, "payload": said.payload}
        tx.execute(update(event_payload).where(event_payload.c.case_id == one.case_id, event_payload.c.n == one.n).values(values))
    first = min((row.case_id, row.n), (other.case_id, other.n))
    return f"{ref_of(first[0])} {first[1]}"


def rewritten_entry(tx: Tx, dice: random.Random) -> str:
    """An entry changed, and every digest after it computed anew, the head's too."""
    row = some(tx, dice, entries)
    previous = row.previous
    for one in tx.rows(select(entries).where(entries.c.stream == row.stream, entries.c.n >= row.n).order_by(entries.c.n)):
        head = {name: one[name] for name in chain.JOURNAL} | ({"actor": "wang"} if one.n == row.n else {})
        made = chain.digest(previous, head, one.commitment)
        tx.execute(update(entries).where(entries.c.stream == one.stream, entries.c.n == one.n).values(actor=head["actor"], previous=previous, digest=made))
        previous = made
    tx.execute(update(journal_head).where(journal_head.c.stream == row.stream).values(digest=previous))
    return f"{row.stream} {row.n}"


def day_gone(tx: Tx, dice: random.Random) -> str:
    """A day's seal with all that it was put under: what was written on that day, or the next day's seal, is named."""
    row = some(tx, dice, seal)
    for table in (seal_head, seal):
        tx.execute(delete(table).where(table.c.day == row.day))
    return ""


def sealed_head_put_in(tx: Tx, dice: random.Random) -> str:
    """A chain that a day never had."""
    row = some(tx, dice, seal_head)
    tx.execute(insert(seal_head).values(day=row.day, chain="person/never", n=1, digest="0" * 64))
    return "person/never 1"


def days_exchanged(tx: Tx, dice: random.Random) -> str:
    """The digests of two days, each on the other."""
    first, second = sorted(dice.sample(tx.rows(select(seal)), 2), key=lambda row: row.day)
    for row, other in ((first, second), (second, first)):
        tx.execute(update(seal).where(seal.c.day == row.day).values(digest=other.digest, previous=other.previous))
    return str(first.day)


def head_gone(tx: Tx, dice: random.Random) -> str:
    """The end of a stream is not told any more."""
    row = some(tx, dice, journal_head)
    tx.execute(delete(journal_head).where(journal_head.c.stream == row.stream))
    return str(row.stream)


def invented(tx: Tx, dice: random.Random) -> str:
    """A chain that was never there, sound in itself, under an earlier date."""
    stream = f"person/never-{dice.randrange(9)}"
    journal.append(tx, stream, "li", "file_opened", {}, START + dice.randrange(DAYS) * DAY)
    return f"{stream} 1"


def seal_changed(tx: Tx, dice: random.Random) -> str:
    """The digest of a day."""
    row = some(tx, dice, seal)
    tx.execute(update(seal).where(seal.c.day == row.day).values(digest="0" * 64))
    return str(row.day)


def sealed_head_gone(tx: Tx, dice: random.Random) -> str:
    """One of those that a day was put under."""
    row = some(tx, dice, seal_head)
    tx.execute(delete(seal_head).where(seal_head.c.day == row.day, seal_head.c.chain == row.chain))
    return str(row.day)


def border_moved(tx: Tx, dice: random.Random) -> str:
    """Part of what was recorded is told to be its salt, or the other way round: the two together are as before."""
    row = some(tx, dice, event_payload)
    both, at = row.salt + row.payload, dice.choice([0, 8, 31, 33])
    values = {"salt": both[:at], "payload": both[at:]}
    tx.execute(update(event_payload).where(event_payload.c.case_id == row.case_id, event_payload.c.n == row.n).values(values))
    return f"{ref_of(row.case_id)} {row.n}"


def put_beside(tx: Tx, dice: random.Random) -> str:
    """Something recorded that belongs to no record."""
    if dice.random() < 0.5:
        row = some(tx, dice, event_payload)
        tx.execute(insert(event_payload).values(case_id=row.case_id, n=EVENTS + 9, salt="s", payload="{}"))
        return f"case/{row.case_id} {EVENTS + 9}"
    said = some(tx, dice, journal_payload)
    tx.execute(insert(journal_payload).values(stream=said.stream, n=99, salt="s", payload="{}"))
    return f"{said.stream} 99"


def day_counted(tx: Tx, dice: random.Random) -> str:
    """How many chains a day was put under."""
    row = some(tx, dice, seal)
    tx.execute(update(seal).where(seal.c.day == row.day).values(chains=row.chains + 1))
    return str(row.day)


def of_another_kind(tx: Tx, dice: random.Random) -> str:
    """Bytes in a column of text, where the database takes them; a number of a record that is no number."""
    row = some(tx, dice, event)
    if tx.dialect.name != "sqlite":
        return changed_event(tx, dice)
    column, value = dice.choice([("actor", b"\xff"), ("kind", b"opened"), ("previous", b"\x00"), ("commitment", b"0" * 64)])
    tx.connection.exec_driver_sql(f"UPDATE event SET {column} = ? WHERE case_id = ? AND n = ?", (value, row.case_id, row.n))
    return f"{ref_of(row.case_id)} {row.n}"


def no_number(tx: Tx, dice: random.Random) -> str:
    """The last record's number is a word, or the case's own count is."""
    row = some(tx, dice, event)
    if tx.dialect.name != "sqlite":
        return changed_event(tx, dice)
    if dice.random() < 0.5:
        tx.connection.exec_driver_sql("UPDATE \"case\" SET version = 'x' WHERE case_id = ?", (row.case_id,))
        return ref_of(row.case_id)
    tx.connection.exec_driver_sql("UPDATE event SET n = 'x' WHERE case_id = ? AND n = ?", (row.case_id, EVENTS))
    return f"{ref_of(row.case_id)} x"


WAYS: list[Callable[[Tx, random.Random], str]] = [
    changed_event,
    changed_entry,
    changed_payload,
    changed_said,
    removed_event,
    cut_tail,
    cut_journal,
    exchanged,
    rewritten,
    slipped_in,
    case_gone,
    stream_gone,
    payload_gone,
    feigned_erasure,
    removed_entry,
    exchanged_entries,
    exchanged_between,
    rewritten_entry,
    day_gone,
    sealed_head_put_in,
    days_exchanged,
    head_gone,
    invented,
    seal_changed,
    sealed_head_gone,
    border_moved,
    put_beside,
    day_counted,
    of_another_kind,
    no_number,
]


def unguarded(tx: Tx) -> None:
    """As an owner of the database works: no foreign key stops him."""
    tx.execute(text("PRAGMA defer_foreign_keys = ON" if tx.dialect.name == "sqlite" else "SET LOCAL session_replication_role = replica"))


def tampered(db: Database, seed: int) -> Iterator[str]:
    """Tamper once, and tell what is wrong with it: what was not found, or was named elsewhere."""
    dice = random.Random(seed)
    way = WAYS[seed % len(WAYS)]
    try:
        with db.write() as tx:
            unguarded(tx)
            expected = way(tx, dice)
            result = journal.verify_all(tx)
            findings = [*result.findings, *result.notes]
            raise Undone
    except Undone:
        pass
    if not findings:
        yield f"{seed} {way.__name__}: not found ({expected})"
    elif not findings[0].place.startswith(expected):
        yield f"{seed} {way.__name__}: {expected}, and {findings[0].place} ({findings[0].code}) was named first"


def test_every_tampering_is_found_and_named(office: Database) -> None:
    """In the tables of cases, of the journal, and of the seals themselves."""
    with office.read() as tx:
        times = TAMPERINGS[tx.dialect.name]
    wrong = [one for seed in range(times) for one in tampered(office, seed)]
    assert wrong == []
