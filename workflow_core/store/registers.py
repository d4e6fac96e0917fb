"""Entries of registers: where they stand, and what stands open. What each says lies in the journal, in a stream of the register's own.

An entry is written without touching its case's row: those who write to one register of one case wait for each other for the length of a short
transaction, and nobody is refused because somebody else was at the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select, update

from workflow_core.clock import stamp
from workflow_core.store import journal
from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, journal_payload, register_entry, register_open

_KEY = ("case_id", "register", "n")
_SAME = and_(*(register_open.c[name] == register_entry.c[name] for name in _KEY))
_ENTRIES = (
    select(
        *(*register_entry.c, journal_payload.c.payload, journal_payload.c.erased_at),
        *(register_open.c.slot.label("open"), register_open.c.due, register_open.c.late_done),
    )
    .select_from(
        register_entry.outerjoin(
            journal_payload, and_(journal_payload.c.stream == register_entry.c.stream, journal_payload.c.n == register_entry.c.n)
        ).outerjoin(register_open, _SAME)
    )
    .order_by(register_entry.c.case_id, register_entry.c.register, register_entry.c.n)
)  # fmt: skip
_OF_CASES = Statement(_ENTRIES.where(register_entry.c.case_id.in_(bindparam("ids", expanding=True))))
_NAMED = Statement(
    select(case.c.ref, case.c.program, case.c.workflow, case.c.whole_id).where(case.c.ref.in_(bindparam("refs", expanding=True)))
)  # fmt: skip
_ENTER = Statement(insert(register_entry))
_STAND = Statement(insert(register_open))
_CLOSE = Statement(delete(register_open).where(*(register_open.c[name] == bindparam(f"of_{name}") for name in _KEY)))
_LATE = Statement(
    select(*(register_open.c[name] for name in _KEY), register_open.c.due, case.c.ref, case.c.program, case.c.workflow)
    .join_from(register_open, case, case.c.case_id == register_open.c.case_id)
    .where(
        register_open.c.due.is_not(None),
        register_open.c.late_done == 0,
        register_open.c.due <= bindparam("now"),
        case.c.closed_at.is_(None),
        case.c.suspended_at.is_(None),
    )
    .order_by(register_open.c.due, *(register_open.c[name] for name in _KEY))
    .limit(bindparam("most"))
    .offset(bindparam("past"))
)
_NOTICED = Statement(
    update(register_open)
    .where(*(register_open.c[name] == bindparam(f"of_{name}") for name in _KEY), register_open.c.late_done == 0)
    .values(late_done=1)
)  # fmt: skip


def hold(tx: Tx, case_id: str, register: str) -> None:
    """Have a register of a case to oneself until the transaction ends; who holds several takes them by name."""
    journal.hold(tx, journal.register_stream(case_id, register))


def of_cases(tx: Tx, ids: Sequence[str]) -> dict[str, list[Row]]:
    """All entries of cases, by case, in the order in which they were written; ``payload`` is None where it was erased.

    ``open`` is not None for the first entry of a matter that stands open; ``due`` by when it must be closed.
    """
    found: dict[str, list[Row]] = {one: [] for one in ids}
    for start in range(0, len(ids), 500):
        for row in tx.rows(_OF_CASES, {"ids": list(ids[start : start + 500])}):
            found[row["case_id"]].append(row)
    return found


def named(tx: Tx, refs: Sequence[str]) -> dict[str, Row]:
    """The cases that an entry names, by reference: ``program``, ``workflow``, ``whole_id``."""
    return {row["ref"]: row for row in tx.rows(_NAMED, {"refs": list(refs)})} if refs else {}


def enter(tx: Tx, case_id: str, register: str, row: Mapping[str, Any], says: Mapping[str, Any], *, actor: str, now: datetime, subject: str | None) -> int:
    """Write one entry at the end of a register. It must be held.

    :param row: ``of`` (None for the first of a matter), ``kind``, ``happened``, ``slot``. :param says: what is sealed with the entry.
    :returns: its number.
    """
    stream = journal.register_stream(case_id, register)
    kind = row["kind"]
    told = {**says, "kind": kind, "of": row["of"], "happened": row["happened"]}
    n = journal.append(tx, stream, actor, f"entry_{kind}", told, now, subject=subject)
    written = {**row, "of": n if row["of"] is None else row["of"]}
    tx.execute(_ENTER, {"case_id": case_id, "register": register, "n": n, "stream": stream, **written, "recorded_at": stamp(now), "recorded_by": actor})
    return n


def stand_open(tx: Tx, case_id: str, register: str, n: int, slot: str | None, due: datetime | None, *, late_done: bool = False) -> None:
    """Let a matter stand open."""
    row = {"case_id": case_id, "register": register, "n": n, "slot": slot if slot is not None else f"#{n}"}
    tx.execute(_STAND, {**row, "due": None if due is None else stamp(due), "late_done": int(late_done)})


def close(tx: Tx, case_id: str, register: str, n: int) -> bool:
    """Let a matter no longer stand open; False when it did not."""
    return tx.execute(_CLOSE, {"of_case_id": case_id, "of_register": register, "of_n": n}) == 1


def late(tx: Tx, now: datetime, most: int, past: int = 0) -> list[Row]:
    """What stands open past its time and was not noticed yet, of cases that are open and not suspended: the earliest first.

    :param past: so many of the earliest are left out: those that could not be noticed just now.
    """
    return tx.rows(_LATE, {"now": stamp(now), "most": most, "past": past})


def noticed(tx: Tx, case_id: str, register: str, n: int) -> bool:
    """Mark it as noticed; False when another had done it."""
    return tx.execute(_NOTICED, {"of_case_id": case_id, "of_register": register, "of_n": n}) == 1
