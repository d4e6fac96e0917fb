"""The journal's latest entries, for whoever asks who looked."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from workflow_core.clock import stamp
from workflow_core.store import canonical
from workflow_core.store.database import Row, Tx
from workflow_core.store.journal import REGISTERS
from workflow_core.store.statement import Statement
from workflow_core.store.tables import journal, journal_payload, person

_SAID_SINCE = Statement(
    select(journal_payload.c.payload)
    .select_from(journal.join(journal_payload, (journal_payload.c.stream == journal.c.stream) & (journal_payload.c.n == journal.c.n)))
    .where(journal.c.stream == bindparam("stream"), journal.c.kind == bindparam("kind"), journal.c.at > bindparam("since"))
)
_COUNT = Statement(select(func.count()).select_from(journal).where(journal.c.stream == bindparam("stream"), journal.c.kind == bindparam("kind")))


def said_since(tx: Tx, stream: str, kind: str, since: datetime) -> list[Any]:
    """What the entries of a kind say that were written to a stream after an instant."""
    rows = tx.rows(_SAID_SINCE, {"stream": stream, "kind": kind, "since": stamp(since)})
    return [canonical.load(row["payload"]) for row in rows if row["payload"] is not None]


def count(tx: Tx, stream: str, kind: str) -> int:
    """How many entries of a kind stand in a stream."""
    return int(tx.value(_COUNT, {"stream": stream, "kind": kind}) or 0)


def latest(tx: Tx, *, actor: str | None = None, subject: str | None = None, kind: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """The latest entries, newest first: ``stream``, ``n``, ``at``, ``actor``, ``kind``, ``subject`` (an id), ``person`` (the reference of
    whom it is about, or None), ``says`` (empty where it was erased).

    What is about a person is written twice, under the account's day and in the person's stream; it is given once.

    What was entered in registers is not told here: whoever may see it finds it in the case, masked field by field.

    :param actor: only what this login did; :param subject: only what is about the thing of this id; :param kind: only entries of this kind.
    """
    columns = (journal.c[name] for name in ("stream", "n", "at", "actor", "kind", "subject"))
    wanted = (
        select(*columns, journal_payload.c.payload, person.c.ref.label("person"))
        .outerjoin_from(journal, journal_payload, (journal_payload.c.stream == journal.c.stream) & (journal_payload.c.n == journal.c.n))
        .outerjoin(person, person.c.person_id == journal.c.subject)
        .where(journal.c.stream.not_like(f"{REGISTERS}%"))
        .order_by(journal.c.at.desc(), journal.c.stream, journal.c.n.desc())
        .limit(limit * 2)
    )
    for column, value in ((journal.c.actor, actor), (journal.c.subject, subject), (journal.c.kind, kind)):
        if value is not None:
            wanted = wanted.where(column == value)
    told = ("stream", "n", "at", "actor", "kind", "subject", "person")
    found = ({**{name: row[name] for name in told}, "says": {} if row["payload"] is None else canonical.load(row["payload"])} for row in once(tx.rows(wanted)))
    return list(itertools.islice(found, limit))


def once(rows: Iterable[Row]) -> Iterator[Row]:
    """Entries, each once: what is about somebody is written under the account's day and in the person's stream, at one instant.

    Of several of one kind at one instant the first of one stream is the first of the other, so that none is taken for its neighbour.

    :param rows: with ``stream, n, at, actor, kind, subject``, those of one stream in the order of ``n``, up or down.
    """
    seen: set[tuple[object, ...]] = set()
    before: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        if row["subject"] is not None:
            what = (row["at"], row["actor"], row["kind"], row["subject"])
            before[(row["stream"], *what)] += 1
            key = (*what, before[(row["stream"], *what)])
            if key in seen:
                continue
            seen.add(key)
        yield row
