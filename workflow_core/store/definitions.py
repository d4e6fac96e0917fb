"""The definitions that cases are pinned to, so that they can be read with their program gone; and requests that may come twice."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, insert, select

from workflow_core.store.canonical import dump
from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import definition, request

_PUT = Statement.upsert(lambda into: into(definition).on_conflict_do_nothing(index_elements=["digest"]))
_GET = Statement(select(definition).where(definition.c.digest == bindparam("digest")))
_THERE = Statement(select(definition.c.digest).where(definition.c.digest == bindparam("digest")))
_REQUEST = Statement(select(request).where(request.c.key == bindparam("key")))
_REMEMBER = Statement(insert(request))


def keep(tx: Tx, digest: str, program: str, version: int, structure: str, snapshot: Any, at: str) -> None:
    """Store a definition, unless it is there."""
    if tx.one(_THERE, {"digest": digest}) is not None:  # nearly always, and the whole of it is long to write out
        return
    tx.execute(_PUT, {"digest": digest, "program": program, "version": version, "structure": structure, "snapshot": dump(snapshot), "at": at})


def get(tx: Tx, digest: str) -> Row | None:
    """A stored definition."""
    return tx.one(_GET, {"digest": digest})


def earlier_request(tx: Tx, key: str) -> Row | None:
    """What came under an idempotency key before."""
    return tx.one(_REQUEST, {"key": key})


def remember_request(tx: Tx, key: str, actor: str, digest: str, result: Any, at: str) -> None:
    """Keep what came under an idempotency key, and what was answered."""
    tx.execute(_REMEMBER, {"key": key, "actor": actor, "digest": digest, "result": dump(result), "at": at})
