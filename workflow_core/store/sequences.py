"""Numbers without gaps: of papers, of references."""

from __future__ import annotations

from sqlalchemy import bindparam

from workflow_core.store.database import Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import sequence

_TAKE = Statement.upsert(
    lambda insert: (
        insert(sequence)
        .on_conflict_do_update(index_elements=["issuer", "kind", "year"], set_={"next": sequence.c.next + bindparam("count")})
        .returning(sequence.c.next)
    )
)


def take(tx: Tx, issuer: str, kind: str, year: int, count: int = 1) -> int:
    """Take the next numbers, from 1 each year; they are given back when the transaction is undone, so that no gap comes to be.

    Who wants numbers of the same kind waits for this transaction's end: take them late, and many at once in bulk.

    :param issuer: who numbers: a division's code, ``office``.
    :param kind: what is numbered: a document's name, ``ref/DR``.
    :param count: how many, at least 1.
    :return: the first of them; the others follow.
    """
    if count < 1:
        raise ValueError("count: at least 1")
    following: int = tx.value(_TAKE, {"issuer": issuer, "kind": kind, "year": year, "next": count + 1, "count": count})
    return following - count
