"""The journal: what was done that is no change of a case. And the check of everything that is chained.

Streams are many (one account's day, one person's file), so that nobody queues for a chain's head but those who write to the same one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from workflow_core.clock import civil_date, stamp
from workflow_core.errors import Problem
from workflow_core.i18n import N_
from workflow_core.store import chain
from workflow_core.store.canonical import load
from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, event, event_payload, journal, journal_head, journal_payload

MOST_FINDINGS = 1000
"""How many findings are kept; the rest are counted."""


REGISTERS = "register/"
"""How the streams of registers begin."""


def _next(made: Any) -> Any:
    return made.on_conflict_do_update(index_elements=["stream"], set_={"n": journal_head.c.n + 1}).returning(journal_head.c.n, journal_head.c.digest)


_CLAIM = Statement.upsert(lambda insert: _next(insert(journal_head)))
_HOLD = Statement.upsert(lambda insert: insert(journal_head).on_conflict_do_update(index_elements=["stream"], set_={"n": journal_head.c.n}))
_MOVE = Statement(update(journal_head).where(journal_head.c.stream == bindparam("of")))
_ENTER = Statement(insert(journal))
_PAYLOAD = Statement(insert(journal_payload))

_KEPT = ("salt", "payload", "erased_at")
_SEALED = ("commitment", "previous", "digest")

_EVENTS = (
    select(
        case.c.case_id.label("chain"),
        case.c.ref.label("place"),
        case.c.version.label("last"),
        *(event.c[name] for name in chain.CASE + _SEALED),
        *(event_payload.c[name] for name in _KEPT),
    )
    .outerjoin_from(case, event, event.c.case_id == case.c.case_id)
    .outerjoin(event_payload, (event_payload.c.case_id == event.c.case_id) & (event_payload.c.n == event.c.n))
)
_ALL_EVENTS = Statement(_EVENTS.order_by(case.c.case_id, event.c.n))
_CASE_EVENTS = Statement(_EVENTS.where(case.c.case_id == bindparam("of")).order_by(event.c.n))

_ENTRIES = (
    select(
        journal_head.c.stream.label("chain"),
        journal_head.c.stream.label("place"),
        journal_head.c.n.label("last"),
        journal_head.c.digest.label("end"),
        *(journal.c[name] for name in chain.JOURNAL + _SEALED),
        *(journal_payload.c[name] for name in _KEPT),
    )
    .outerjoin_from(journal_head, journal, journal.c.stream == journal_head.c.stream)
    .outerjoin(journal_payload, (journal_payload.c.stream == journal.c.stream) & (journal_payload.c.n == journal.c.n))
)
_ALL_ENTRIES = Statement(_ENTRIES.order_by(journal_head.c.stream, journal.c.n))
_STREAM_ENTRIES = Statement(_ENTRIES.where(journal_head.c.stream == bindparam("of")).order_by(journal.c.n))
_HEADLESS = Statement(select(journal.c.stream).where(~select(journal_head.c.n).where(journal_head.c.stream == journal.c.stream).exists()).distinct())


ERASED = "erased"
"""The kind of the entry that tells of an erasure: how many events and entries it took what they say."""

_BY_ERASURE = tuple(
    Statement(select(table.c.erased_at.label("at"), func.count().label("number")).where(table.c.erased_at.is_not(None)).group_by(table.c.erased_at))
    for table in (event_payload, journal_payload)
)
_ERASURES = Statement(
    select(journal.c.at, journal_payload.c.payload)
    .join_from(journal, journal_payload, (journal_payload.c.stream == journal.c.stream) & (journal_payload.c.n == journal.c.n))
    .where(journal.c.kind == ERASED)
)

_CASELESS = Statement(
    select(event.c.case_id, event.c.n).where(~select(case.c.ref).where(case.c.case_id == event.c.case_id).exists()).order_by(event.c.case_id, event.c.n)
)

_STRAYS = (
    Statement(
        select(event_payload.c.case_id.label("chain"), event_payload.c.n)
        .where(~select(event.c.n).where(event.c.case_id == event_payload.c.case_id, event.c.n == event_payload.c.n).exists())
        .order_by(event_payload.c.case_id, event_payload.c.n)
    ),
    Statement(
        select(journal_payload.c.stream.label("chain"), journal_payload.c.n)
        .where(~select(journal.c.n).where(journal.c.stream == journal_payload.c.stream, journal.c.n == journal_payload.c.n).exists())
        .order_by(journal_payload.c.stream, journal_payload.c.n)
    ),
)
"""What is recorded for no record."""


def account_stream(account_id: str, at: datetime) -> str:
    """The stream of what an account did on the office's day of that instant."""
    return f"account/{account_id}/{civil_date(at).isoformat()}"


def person_stream(person_id: str) -> str:
    """The stream of what was done to a person's file."""
    return f"person/{person_id}"


def register_stream(case_id: str, register: str) -> str:
    """The stream of what was entered in a register of a case."""
    return f"{REGISTERS}{case_id}/{register}"


def hold(tx: Tx, stream: str) -> None:
    """Have the end of a stream to oneself until the transaction ends: who reads what stands in it now, reads what it will be appended to."""
    tx.execute(_HOLD, {"stream": stream, "n": 0, "digest": chain.GENESIS})


def append(tx: Tx, stream: str, actor: str, kind: str, payload: Mapping[str, Any], at: datetime, *, subject: str | None = None) -> int:
    """Write one entry at the end of a stream.

    :param stream: of :func:`account_stream` or :func:`person_stream`; who writes to the same one waits for this transaction's end.
    :param actor: a login.
    :param kind: ``file_opened``, ``revealed``, ``exported``, ``granted``, …
    :param payload: JSON; personal data belongs here and nowhere else in the entry, since only this can be erased.
    :param subject: the id of what it is about (a person, a case), to find the entry by.
    :return: its number within the stream.
    """
    head = tx.rows(_CLAIM, {"stream": stream, "n": 1, "digest": chain.GENESIS})[0]
    row = {"stream": stream, "n": head.n, "at": stamp(at), "actor": actor, "kind": kind, "subject": subject}
    sealed = chain.seal(chain.JOURNAL, row, payload, head.digest)
    tx.execute(_ENTER, sealed.row)
    tx.execute(_PAYLOAD, {"stream": stream, "n": head.n, "salt": sealed.salt, "payload": sealed.payload})
    tx.execute(_MOVE, {"of": stream, "digest": sealed.digest})
    return int(head.n)


@dataclass
class Verified:
    """The result of a check: what was looked at, and what is wrong; ``findings`` holds the first thousand of ``found``.

    ``notes`` are what somebody should look at and what may be right: see :func:`workflow_core.store.seals.late_records`.
    """

    cases: int = 0
    events: int = 0
    streams: int = 0
    entries: int = 0
    days: int = 0
    found: int = 0
    findings: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Count a finding, and keep it while there is room."""
        self.found += 1
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(problem)


def verify_case(tx: Tx, case_id: str) -> list[Problem]:
    """Check the events of one case."""
    return [problem for _, problems in _chains(tx.stream(_CASE_EVENTS, {"of": case_id}), chain.CASE, Verified(), "events") for problem in problems]


def verify_stream(tx: Tx, stream: str) -> list[Problem]:
    """Check one stream of the journal."""
    return [problem for _, problems in _chains(tx.stream(_STREAM_ENTRIES, {"of": stream}), chain.JOURNAL, Verified(), "entries") for problem in problems]


def verify_all(tx: Tx, kept: Mapping[str, str] | None = None) -> Verified:
    """Check every case and every stream, and the seals of the days, in bounded memory however many there are.

    :param kept: digests of days that were kept elsewhere; see :func:`workflow_core.store.seals.verify_seals`.
    """
    from workflow_core.store import seals

    result = Verified()
    for _, problems in _chains(tx.stream(_ALL_EVENTS), chain.CASE, result, "events"):
        result.cases += 1
        for problem in problems:
            result.add(problem)
    for _, problems in _chains(tx.stream(_ALL_ENTRIES), chain.JOURNAL, result, "entries"):
        result.streams += 1
        for problem in problems:
            result.add(problem)
    for row in tx.stream(_HEADLESS):
        result.add(Problem("chain_end", N_("The end of the chain is not where it was written to be."), place=row.stream))
    for row in tx.stream(_CASELESS):
        result.add(Problem("case_gone", N_("The case of this record is gone."), place=f"case/{row.case_id} {row.n}"))
    for kind, statement in zip(("case/", ""), _STRAYS, strict=True):
        for row in tx.stream(statement):
            result.add(Problem("payload_stray", N_("This belongs to no record: the record is gone, or it was put in."), place=f"{kind}{row.chain} {row.n}"))
    for problem in _unrecorded(tx):
        result.add(problem)
    for problem in seals.verify_seals(tx, kept):
        result.add(problem)
    result.days = seals.count(tx)
    result.notes = list(itertools.islice(itertools.chain(seals.unsealed_day(tx), seals.late_records(tx)), MOST_FINDINGS))
    return result


def _unrecorded(tx: Tx) -> Iterator[Problem]:
    """What bears the mark of an erasure that the journal does not tell of, or more of it than that erasure took."""
    told: dict[str, list[int]] = {}
    for row in tx.rows(_ERASURES):
        said = load(row.payload) if row.payload is not None else {}
        sums = told.setdefault(row.at, [0, 0])
        sums[:] = sums[0] + int(said.get("events", 0)), sums[1] + int(said.get("entries", 0))
    for which, statement in enumerate(_BY_ERASURE):
        for row in tx.rows(statement):
            more = int(row.number) - told.get(row.at, [0, 0])[which]
            if more > 0:
                message = N_("{count} records bear an erasure that the journal does not tell of")
                yield Problem("erased_unrecorded", message, place=row.at, values={"count": more})


def _chains(rows: Iterator[Row], fields: tuple[str, ...], result: Verified, counted: str) -> Iterator[tuple[str, Iterator[Problem]]]:
    """Each chain with what is wrong with it; the caller takes all of the one before asking for the next."""
    for name, group in itertools.groupby(rows, key=lambda row: row.chain):
        first = next(group)
        rows_of_it = itertools.chain([first], group)  # noqa: B031  (not used again: its first row is put back)
        yield name, chain.verify(_present(rows_of_it, result, counted), fields, first.place, last=first.last, end=first.get("end"))


def _present(rows: Iterator[Row], result: Verified, counted: str) -> Iterator[Row]:
    """The records that are there: a case or a head without any still has the one row of the join."""
    for row in rows:
        if row.n is not None:
            setattr(result, counted, getattr(result, counted) + 1)
            yield row
