"""Which cases run on another definition than the present one, and which may still be taken back to the one before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select

from workflow_core.clock import stamp
from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, definition, event, hold, hold_item, party

_OTHERS = Statement(select(definition.c.digest).where(definition.c.program == bindparam("program"), definition.c.structure != bindparam("structure")))
_WHOLE = case.alias("whole")
_PINNED = case.c.definition.in_(bindparam("digests", expanding=True))
_TO_MOVE = (
    select(case.c.case_id, case.c.ref, case.c.workflow, case.c.stage, case.c.definition, case.c.closed_at)
    .select_from(case.outerjoin(_WHOLE, _WHOLE.c.case_id == case.c.whole_id))
    .where(_PINNED, case.c.erased_at.is_(None))
    .order_by(case.c.ref)
)
_OPEN = Statement(_TO_MOVE.where(or_(case.c.closed_at.is_(None), and_(_WHOLE.c.case_id.is_not(None), _WHOLE.c.closed_at.is_(None)))))
_ONE = Statement(_TO_MOVE.where(case.c.ref == bindparam("ref")))
_DUE = Statement(
    select(func.count().label("cases"), func.min(case.c.ref).label("first")).where(_PINNED, case.c.wake_at.is_not(None), case.c.wake_at <= bindparam("now"))
)
_MOVED = Statement(
    select(case.c.case_id, case.c.ref, case.c.workflow, case.c.stage, case.c.definition, case.c.closed_at, case.c.whole_id)
    .select_from(case.join(event, and_(event.c.case_id == case.c.case_id, event.c.n == case.c.version)))
    .where(case.c.program == bindparam("program"), event.c.kind == bindparam("kind"))
    .order_by(case.c.ref)
)
_ALL_PARTS = Statement(select(case.c.case_id, case.c.ref, case.c.definition).where(case.c.whole_id == bindparam("case_id")).order_by(case.c.ref))
_STANDING = Statement(select(case.c.case_id, case.c.ref, case.c.definition).where(case.c.case_id == bindparam("case_id")))
_HELD = Statement(
    select(hold_item.c.limit_name, hold_item.c.key, hold_item.c.once, hold.c.size)
    .select_from(hold_item.join(hold, and_(hold.c.program == hold_item.c.program, hold.c.limit_name == hold_item.c.limit_name, hold.c.key == hold_item.c.key)))
    .where(hold_item.c.case_id == bindparam("case_id"))
)
_LAGGING = select(case.c.ref).where(_PINNED).order_by(case.c.ref).limit(1)
_PARTS = Statement(_LAGGING.where(case.c.whole_id == bindparam("case_id")))
_NAMING = Statement(
    _LAGGING.select_from(case.join(party, party.c.case_id == case.c.case_id)).where(party.c.party_id == bindparam("case_id"), party.c.until.is_(None))
)


def others(tx: Tx, program: str, structure: str) -> list[str]:
    """The digests of a program's stored definitions that have another structure than this one."""
    return [row["digest"] for row in tx.rows(_OTHERS, {"program": program, "structure": structure})]


def to_move(tx: Tx, digests: Sequence[str]) -> list[Row]:
    """The open cases that run on these definitions, and closed parts of open wholes, by reference: ``case_id, ref, workflow, stage, definition, closed_at``."""
    return tx.rows(_OPEN, {"digests": list(digests)}) if digests else []


def one_to_move(tx: Tx, digests: Sequence[str], ref: str) -> list[Row]:
    """The same of one case, open or closed; nothing where it runs on another definition."""
    return tx.rows(_ONE, {"digests": list(digests), "ref": ref}) if digests else []


def due(tx: Tx, digests: Sequence[str], now: datetime) -> tuple[int, str]:
    """How many cases that run on these definitions the clock should look at, and the reference of one."""
    row = tx.rows(_DUE, {"digests": list(digests), "now": stamp(now)})[0]
    return int(row["cases"]), row["first"] or ""


def moved(tx: Tx, program: str, kind: str) -> list[Row]:
    """The cases whose last event is of that kind, by reference."""
    return tx.rows(_MOVED, {"program": program, "kind": kind})


def parts(tx: Tx, case_id: str) -> list[Row]:
    """The parts of a case, open and closed, by reference: ``case_id, ref, definition``."""
    return tx.rows(_ALL_PARTS, {"case_id": case_id})


def standing(tx: Tx, case_id: str) -> Row | None:
    """One case: ``case_id, ref, definition``."""
    return tx.one(_STANDING, {"case_id": case_id})


def held(tx: Tx, case_id: str) -> list[Row]:
    """The places that a case holds: ``limit_name, key, once``, and how many there are of each."""
    return tx.rows(_HELD, {"case_id": case_id})


def lagging_parts(tx: Tx, case_id: str, digests: Sequence[str]) -> list[Row]:
    """The parts of a case that still run on one of these definitions: ``case_id, ref``."""
    return [row for row in parts(tx, case_id) if row["definition"] in digests]


def lagging(tx: Tx, case_id: str, digests: Sequence[str], *, parts: bool) -> str | None:
    """A part of a case (or a case in which it is a party) that still runs on one of these definitions: its reference."""
    row = tx.one(_PARTS if parts else _NAMING, {"case_id": case_id, "digests": list(digests)})
    return None if row is None else str(row["ref"])
