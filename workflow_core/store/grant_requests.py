"""The rows of rights that wait for a second pair of eyes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, insert, select, update

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import grant_request

_WAITING = Statement(select(grant_request).where(grant_request.c.state == "waiting").order_by(grant_request.c.ref))
_ONE = Statement(select(grant_request).where(grant_request.c.ref == bindparam("which")))
_ADD = Statement(insert(grant_request))
_ANSWER = Statement(
    update(grant_request)
    .where(grant_request.c.ref == bindparam("of"), grant_request.c.state == "waiting")
    .values({name: bindparam(name) for name in ("state", "answered_by", "answered_at", "answer")})
)


def waiting(tx: Tx) -> list[Row]:
    """All that nobody has answered, the oldest first."""
    return tx.rows(_WAITING)


def one(tx: Tx, ref: str) -> Row | None:
    """A request by its reference."""
    return tx.one(_ONE, {"which": ref})


def add(tx: Tx, row: dict[str, Any]) -> None:
    """A new request."""
    tx.execute(_ADD, row)


def answer(tx: Tx, ref: str, state: str, by: str, at: str, text: str | None) -> bool:
    """Answer a request; False where somebody else was faster."""
    return tx.execute(_ANSWER, {"of": ref, "state": state, "answered_by": by, "answered_at": at, "answer": text}) == 1
