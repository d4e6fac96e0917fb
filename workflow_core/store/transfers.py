"""Requests for the transfer of a child's file, in and out of the tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, insert, select

from workflow_core.store.database import Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import transfer

_WAITING = Statement(
    select(transfer.c.transfer_id).where(
        transfer.c.person_id == bindparam("person_id"), transfer.c.to_division == bindparam("to_division"), transfer.c.state == "asked"
    )
)
_INSERT = Statement(insert(transfer))


def waiting(tx: Tx, person_id: str, to_division: str) -> str | None:
    """The id of the request for this file by this township that nobody has answered."""
    found: str | None = tx.value(_WAITING, {"person_id": person_id, "to_division": to_division})
    return found


def insert_transfer(tx: Tx, row: dict[str, Any]) -> None:
    """Write a request."""
    tx.execute(_INSERT, row)
