"""What children, and those who may speak for them, ask about their data: in and out of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, false, func, insert, or_, select, update

from workflow_core.clock import stamp
from workflow_core.store.database import Row, Tx
from workflow_core.store.people import SCOPE_END
from workflow_core.store.statement import Statement
from workflow_core.store.tables import erasure, person, petition

_WITH_CHILD = select(petition, person.c.ref.label("child"), person.c.name, person.c.division, person.c.erased_at).select_from(
    petition.join(person, person.c.person_id == petition.c.person_id)
)
_ADD = Statement(insert(petition))
_BY_REF = Statement(_WITH_CHILD.where(petition.c.ref == bindparam("ref")))
_ANSWER = Statement(
    update(petition)
    .where(petition.c.ref == bindparam("of"), petition.c.state == "waiting")
    .values({name: bindparam(name) for name in ("state", "answer", "answered_at", "answered_by")})
)
_PROMISED = Statement(
    _WITH_CHILD.where(
        petition.c.kind == "erase",
        petition.c.state == "granted",
        person.c.erased_at.is_(None),
        ~select(erasure.c.erasure_id).where(erasure.c.person_id == petition.c.person_id, erasure.c.state == "asked").exists(),
    ).order_by(petition.c.ref)
)


def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Write a new one."""
    tx.execute(_ADD, row)


def by_ref(tx: Tx, ref: str) -> Row | None:
    """One, with the child's ``child`` (reference), ``name``, ``division``, ``erased_at``."""
    return tx.one(_BY_REF, {"ref": ref})


def listed(tx: Tx, divisions: Sequence[str], *, open_only: bool, limit: int) -> list[Row]:
    """Those about children of these subtrees, as ``by_ref`` has them, by the day until which they are to be answered."""
    wanted = _WITH_CHILD.where(_within(divisions))
    if open_only:
        wanted = wanted.where(petition.c.state == "waiting")
    return tx.rows(wanted.order_by(petition.c.due, petition.c.ref).limit(limit))


def waiting(tx: Tx, divisions: Sequence[str], today: str) -> tuple[int, int]:
    """How many wait for an answer in these subtrees, and of how many the day is over."""
    late = func.count().filter(petition.c.due < today)
    asked = select(func.count().label("n"), late.label("late")).select_from(petition.join(person, person.c.person_id == petition.c.person_id))
    (row,) = tx.rows(asked.where(petition.c.state == "waiting", _within(divisions)))
    return int(row["n"]), int(row["late"])


def promised(tx: Tx) -> list[Row]:
    """The erasures that were granted to families, and neither carried out nor asked for: as ``by_ref`` has them."""
    return tx.rows(_PROMISED)


def answer(tx: Tx, ref: str, state: str, text: str, by: str, now: datetime) -> bool:
    """Answer one; False where somebody has answered it already."""
    return tx.execute(_ANSWER, {"of": ref, "state": state, "answer": text, "answered_at": stamp(now), "answered_by": by}) == 1


def _within(divisions: Sequence[str]) -> Any:
    return or_(false(), *((person.c.division >= code) & (person.c.division < code + SCOPE_END) if code else person.c.ref.is_not(None) for code in divisions))
