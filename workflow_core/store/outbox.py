"""Messages, and effects on other cases, that leave with a commit and are delivered after it.

At least once, each under a deduplication key: a claim is a promise for some minutes, after which somebody else tries. What cannot be
delivered ends in the dead letters, where people see it. An effect is applied and marked as sent in one transaction, hence once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, func, select, update

from workflow_core.clock import stamp, unstamp
from workflow_core.store import canonical
from workflow_core.store.database import Row, Tx
from workflow_core.store.ids import uuid7
from workflow_core.store.statement import Statement
from workflow_core.store.tables import outbox

CLAIM = timedelta(minutes=5)
"""For how long a claimed item is nobody else's."""

MOST_ATTEMPTS = 8
LATER = timedelta(minutes=15)
"""After how long what waits for something else is looked at again."""
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)

Kind = Literal["message", "effect"]


@dataclass(frozen=True)
class Posted:
    """One item of the outbox; ``attempts`` counts the one it is claimed for."""

    id: str
    kind: str
    case_id: str | None
    payload: Any
    dedup: str
    at: datetime
    due_at: datetime
    attempts: int
    last_error: str | None


_PUT = Statement.upsert(lambda insert: insert(outbox).on_conflict_do_nothing(index_elements=["dedup"]).returning(outbox.c.id))
_DUE = Statement(
    select(outbox)
    .where(outbox.c.state == "waiting", outbox.c.next_at <= bindparam("now"), outbox.c.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(outbox.c.next_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CHANGE = Statement(update(outbox).where(outbox.c.id == bindparam("of"), outbox.c.state == "waiting"))
_REVIVE = Statement(update(outbox).where(outbox.c.id == bindparam("of"), outbox.c.state == "dead"))
_ONE = Statement(select(outbox).where(outbox.c.id == bindparam("of")))
_DEAD = Statement(select(outbox).where(outbox.c.state == "dead", outbox.c.id > bindparam("after")).order_by(outbox.c.id).limit(bindparam("most")))
_SENDERS = Statement(select(outbox.c.case_id).where(outbox.c.state == "waiting", outbox.c.kind == "effect").distinct())
_OF = Statement(select(outbox).where(outbox.c.state == "waiting", outbox.c.kind == "effect", outbox.c.case_id.in_(bindparam("cases", expanding=True))))
_COUNT = Statement(select(outbox.c.state, func.count().label("number")).where(outbox.c.state != "sent").group_by(outbox.c.state))


def put(tx: Tx, kind: Kind, dedup: str, payload: Mapping[str, Any], at: datetime, *, due_at: datetime | None = None, case_id: str | None = None) -> str | None:
    """Put an item in; it leaves when the transaction commits, and not at all when it is undone.

    :param dedup: what makes it the same item when it is put in again: ``<case>/<event>/<effect>``.
    :param due_at: when it fell due, and not to be delivered before; at once when left out.
    :return: its id; None when it was there already.
    """
    row = {
        "id": uuid7(),
        "at": stamp(at),
        "due_at": stamp(due_at or at),
        "kind": kind,
        "case_id": case_id,
        "payload": canonical.dump(payload),
        "dedup": dedup,
        "next_at": stamp(due_at or at),
    }
    return row["id"] if tx.one(_PUT, row) is not None else None


def claim(tx: Tx, now: datetime, *, most: int = 50, kinds: tuple[Kind, ...] = ("message", "effect")) -> list[Posted]:
    """Take what is due, oldest first. Commit this, deliver, then say :func:`sent` or :func:`failed` in another transaction.

    Several machines may claim at once: each gets others.
    """
    found = tx.rows(_DUE, {"now": stamp(now), "kinds": list(kinds), "most": most})
    until = stamp(now + CLAIM)
    tx.many(_CHANGE, [{"of": row.id, "next_at": until, "attempts": row.attempts + 1} for row in found])
    return [_posted(row, row.attempts + 1) for row in found]


def get(tx: Tx, item: str) -> Posted | None:
    """One item; None where there is none."""
    row = tx.one(_ONE, {"of": item})
    return None if row is None else _posted(row, row.attempts)


def sent(tx: Tx, item: str) -> bool:
    """Mark as delivered; False when another had done it: then undo what was done in this transaction."""
    return tx.execute(_CHANGE, {"of": item, "state": "sent"}) == 1


def all_sent(tx: Tx, items: Sequence[str]) -> None:
    """Mark many messages as delivered, in one go."""
    tx.many(_CHANGE, [{"of": item, "state": "sent"} for item in items])


def failed(tx: Tx, item: str, error: str, now: datetime, *, for_good: bool = False) -> bool:
    """Write down why it could not be delivered. It is tried again after a pause that doubles; after eight attempts it is dead.

    :param error: why, without personal data.
    :param for_good: no attempt will ever succeed: dead at once.
    :return: whether it is dead now.
    """
    row = tx.one(_ONE, {"of": item})
    if row is None or row.state != "waiting":
        return False
    dead = for_good or row.attempts >= MOST_ATTEMPTS
    pause = min(_FIRST_PAUSE * 2 ** max(row.attempts - 1, 0), _LONGEST_PAUSE)
    tx.execute(_CHANGE, {"of": item, "state": "dead" if dead else "waiting", "last_error": error, "next_at": stamp(now + pause)})
    return dead


def postponed(tx: Tx, item: str, why: str, now: datetime, *, claimed: bool) -> None:
    """Leave an item for later without spending an attempt: what it waits for is not its own fault, and may take days.

    :param claimed: whether an attempt was counted when it was taken; that one is given back.
    """
    row = tx.one(_ONE, {"of": item})
    if row is not None and row.state == "waiting":
        tx.execute(_CHANGE, {"of": item, "last_error": why, "next_at": stamp(now + LATER), "attempts": max(row.attempts - int(claimed), 0)})


def dead(tx: Tx, *, after: str = "", most: int = 100) -> list[Posted]:
    """The dead letters, oldest first, a page at a time.

    :param after: the id of the last one of the page before.
    """
    return [_posted(row, row.attempts) for row in tx.rows(_DEAD, {"after": after, "most": most})]


def revive(tx: Tx, item: str, now: datetime) -> bool:
    """Try a dead letter again from the start; False when it is not dead."""
    return tx.execute(_REVIVE, {"of": item, "state": "waiting", "attempts": 0, "next_at": stamp(now)}) == 1


def of_cases(tx: Tx, cases: Sequence[str]) -> list[Posted]:
    """The effects on others that these cases have sent, and that wait."""
    return [_posted(row, row.attempts) for row in tx.rows(_OF, {"cases": list(cases)})]


def senders(tx: Tx) -> frozenset[str]:
    """The cases whose effects on others wait."""
    return frozenset(row["case_id"] for row in tx.rows(_SENDERS) if row["case_id"] is not None)


def counts(tx: Tx) -> dict[str, int]:
    """How many are waiting and how many are dead."""
    return {"waiting": 0, "dead": 0} | {row.state: row.number for row in tx.rows(_COUNT)}


def _posted(row: Row, attempts: int) -> Posted:
    return Posted(
        id=row.id,
        kind=row.kind,
        case_id=row.case_id,
        payload=canonical.load(row.payload),
        dedup=row.dedup,
        at=unstamp(row.at),
        due_at=unstamp(row.due_at),
        attempts=attempts,
        last_error=row.last_error,
    )
