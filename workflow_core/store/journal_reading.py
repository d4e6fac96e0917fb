"""The journal's latest entries, for whoever asks who looked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from workflow_core.clock import stamp
from workflow_core.store import canonical
from workflow_core.store.database import Tx
from workflow_core.store.journal import REGISTERS
from workflow_core.store.statement import Statement
from workflow_core.store.tables import journal, journal_payload

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
    """The latest entries, newest first: ``stream``, ``n``, ``at``, ``actor``, ``kind``, ``subject`` (an id), ``says`` (empty where it was erased).

    What is about a person is written twice, under the account's day and in the person's stream; it is given once.

    What was entered in registers is not told here: whoever may see it finds it in the case, masked field by field.

    :param actor: only what this login did; :param subject: only what is about the thing of this id; :param kind: only entries of this kind.
    """
    wanted = (
        select(journal.c.stream, journal.c.n, journal.c.at, journal.c.actor, journal.c.kind, journal.c.subject, journal_payload.c.payload)
        .outerjoin_from(journal, journal_payload, (journal_payload.c.stream == journal.c.stream) & (journal_payload.c.n == journal.c.n))
        .where(journal.c.stream.not_like(f"{REGISTERS}%"))
        .order_by(journal.c.at.desc(), journal.c.stream, journal.c.n.desc())
        .limit(limit * 2)
    )
    for column, value in ((journal.c.actor, actor), (journal.c.subject, subject), (journal.c.kind, kind)):
        if value is not None:
            wanted = wanted.where(column == value)
    found: dict[tuple[str, str, str, str | None], dict[str, Any]] = {}
    for row in tx.rows(wanted):
        key = (row["at"], row["actor"], row["kind"], row["subject"])
        if row["subject"] is not None and key in found:
            continue
        says = {} if row["payload"] is None else canonical.load(row["payload"])
        found[key if row["subject"] is not None else (*key[:3], f"{row['stream']}/{row['n']}")] = {
            **{name: row[name] for name in ("stream", "n", "at", "actor", "kind", "subject")},
            "says": says,
        }
    return list(found.values())[:limit]
