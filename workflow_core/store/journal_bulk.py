"""Journal entries for many streams at once, as a bulk import of people's files needs: a fixed number of statements per chunk, not five per file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, insert, select, update

from workflow_core.clock import stamp
from workflow_core.errors import Conflict
from workflow_core.store import chain, faults
from workflow_core.store.database import Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import journal, journal_head, journal_payload

_HEADS = Statement(select(journal_head).where(journal_head.c.stream.in_(bindparam("streams", expanding=True))))
_NEW_HEAD = Statement(insert(journal_head))
_MOVE_HEAD = Statement(
    update(journal_head)
    .where(and_(journal_head.c.stream == bindparam("of"), journal_head.c.n == bindparam("was")))
    .values(n=bindparam("n"), digest=bindparam("digest"))
)
_ENTRY = Statement(insert(journal))
_PAYLOAD = Statement(insert(journal_payload))


class Entry(NamedTuple):
    """One entry, of a stream that no other entry of the same call belongs to.

    :param payload: JSON; personal data belongs here and nowhere else.
    :param subject: the id of what it is about.
    """

    stream: str
    kind: str
    payload: Mapping[str, Any]
    subject: str


def append_many(tx: Tx, actor: str, entries: Sequence[Entry], at: datetime, *, fresh: bool = False) -> None:
    """Write one entry at the end of each of many streams.

    :param fresh: the streams are new, of files made in this transaction: their heads need not be looked up.
    :raises Conflict: somebody else wrote to one of the streams meanwhile; nothing can be committed, begin again.
    """
    if not entries:
        return
    heads = {} if fresh else {row["stream"]: row for row in tx.rows(_HEADS, {"streams": [entry.stream for entry in entries]})}
    rows: list[dict[str, Any]] = []
    payloads: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    instant = stamp(at)
    for entry in entries:
        head = heads.get(entry.stream)
        n, previous = (int(head["n"]) + 1, head["digest"]) if head is not None else (1, chain.GENESIS)
        row = {"stream": entry.stream, "n": n, "at": instant, "actor": actor, "kind": entry.kind, "subject": entry.subject}
        sealed = chain.seal(chain.JOURNAL, row, entry.payload, previous)
        rows.append(sealed.row)
        payloads.append({"stream": entry.stream, "n": n, "salt": sealed.salt, "payload": sealed.payload})
        if head is None:
            new.append({"stream": entry.stream, "n": n, "digest": sealed.digest})
        else:
            moved.append({"of": entry.stream, "was": n - 1, "n": n, "digest": sealed.digest})
    tx.many(_NEW_HEAD, new)
    if tx.many(_MOVE_HEAD, moved) != len(moved):
        raise _overtaken()
    tx.many(_ENTRY, rows)
    tx.many(_PAYLOAD, payloads)


def _overtaken() -> Conflict:
    return faults.AlreadyThere("pk_journal")
