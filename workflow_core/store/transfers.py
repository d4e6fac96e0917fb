"""Transfers of children's files, and of single cases, between townships, in and out of the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, func, insert, or_, select, update

from workflow_core.clock import stamp
from workflow_core.store.database import Row, Tx
from workflow_core.store.people import SCOPE_END
from workflow_core.store.server import asking
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, person, transfer

# A child's file that left sight at a desk, since the transfer was answered, is told without its name.
_WITH_CHILD = select(
    transfer, person.c.ref.label("child"), person.c.name, person.c.national_id, person.c.division.label("kept_in"), person.c.person_id.label("about"),
    case.c.ref.label("case"), case.c.division.label("lies_in"), case.c.closed_at.label("closed_at"),
).select_from(
    transfer.outerjoin(case, case.c.case_id == transfer.c.case_id)
    .outerjoin(person, person.c.person_id == func.coalesce(transfer.c.person_id, case.c.subject_id))
)  # fmt: skip
# A case that was closed since, or lies elsewhere, is offered no more; at a desk that does not see it, the clock will say so.
_HANDED = case.alias("handed")
_STANDS = or_(
    transfer.c.case_id.is_(None),
    ~select(_HANDED.c.case_id)
    .where(_HANDED.c.case_id == transfer.c.case_id, or_(_HANDED.c.closed_at.is_not(None), _HANDED.c.division != transfer.c.from_division))
    .exists(),
)
_WAITING = Statement(
    select(transfer.c.ref, transfer.c.kind).where(
        transfer.c.person_id == bindparam("person_id"), transfer.c.to_division == bindparam("to_division"), transfer.c.state == "waiting"
    )
)
_OTHERS = Statement(
    select(transfer)
    .where(transfer.c.person_id == bindparam("person_id"), transfer.c.state == "waiting", transfer.c.ref != bindparam("but"))
    .order_by(transfer.c.ref)
)
_OF_CASE = Statement(_WITH_CHILD.where(transfer.c.case_id == bindparam("case_id"), transfer.c.state == "waiting"))
_PARTS = Statement(
    select(case.c.case_id, case.c.ref, case.c.division).where(case.c.whole_id == bindparam("whole"), case.c.closed_at.is_(None)).order_by(case.c.ref)
)
_INSERT = Statement(insert(transfer))
_BY_REF = Statement(_WITH_CHILD.where(transfer.c.ref == bindparam("ref")))
_ANSWER = Statement(
    update(transfer)
    .where(transfer.c.ref == bindparam("of"), transfer.c.state == "waiting")
    .values({name: bindparam(name) for name in ("state", "answer", "answered_at", "answered_by")})
)
_READDRESS = Statement(update(transfer).where(transfer.c.ref == bindparam("of"), transfer.c.state == "waiting").values(from_division=bindparam("keeper")))
_HOLD_PERSON = Statement(select(person.c.division).where(person.c.person_id == bindparam("person_id")).with_for_update())
_STILL = Statement(select(person.c.division).where(person.c.person_id == bindparam("person_id")).with_for_update(read=True))
_SILENT = Statement(
    select(transfer, _STANDS.label("stands"))
    .where(transfer.c.state == "waiting", transfer.c.told_at <= bindparam("since"))
    .order_by(transfer.c.told_at)
    .limit(bindparam("most"))
)
_TOLD = Statement(
    update(transfer)
    .where(transfer.c.ref == bindparam("of"), transfer.c.state == "waiting", transfer.c.told_at == bindparam("was"))
    .values(told_at=bindparam("now"), reminders=transfer.c.reminders + 1)
)


def waiting(tx: Tx, person_id: str, to_division: str) -> Row | None:
    """The transfer of this file to this division that nobody has answered: ``ref, kind``."""
    return tx.one(_WAITING, {"person_id": person_id, "to_division": to_division})


def ask_for_file(tx: Tx, number: str, name: str, to: str, reason: str, now: datetime) -> Mapping[str, str]:
    """At a desk: have the file asked for of a child that is out of sight; see :func:`workflow_core.store.server.asking.ask_for_file`."""
    return asking.ask_for_file(tx, number, name, to, reason, now)


def take_back(tx: Tx, row: Row, reason: str, now: datetime) -> bool | None:
    """At a desk: take back what was asked for of a file that is out of sight, with its entry in the journal; None where that is written as anywhere."""
    return asking.take_back(tx, row["ref"], reason, now) if tx.desk and row["kind"] == "ask" else None


def insert_transfer(tx: Tx, row: Mapping[str, Any]) -> None:
    """Write a new one."""
    tx.execute(_INSERT, row)


def by_ref(tx: Tx, ref: str) -> Row | None:
    """One with the child's ``child`` (reference), ``name``, ``national_id``, ``kept_in`` (division) and ``about`` (id); of a case also ``case`` (reference),
    ``lies_in`` and ``closed_at``. At a desk these are None where the child, or the case, is out of sight."""
    return tx.one(_BY_REF, {"ref": ref})


def offered_case(tx: Tx, case_id: str) -> Row | None:
    """The offer of a case that nobody has answered, as ``by_ref`` has it."""
    return tx.one(_OF_CASE, {"case_id": case_id})


def parts(tx: Tx, whole: str) -> list[Row]:
    """The open parts of a case: ``case_id, ref, division``."""
    return tx.rows(_PARTS, {"whole": whole})


def listed(tx: Tx, divisions: Sequence[str], *, open_only: bool, limit: int, cases: bool = False) -> list[Row]:
    """Those from or to the subtrees of these divisions, as ``by_ref`` has them, the oldest first.

    :param cases: those of single cases; else those of files.
    """
    wanted = _WITH_CHILD.where(or_(_within(transfer.c.from_division, divisions), _within(transfer.c.to_division, divisions)), _kind(cases))
    if open_only:
        wanted = wanted.where(transfer.c.state == "waiting", _STANDS)
    return tx.rows(wanted.order_by(transfer.c.asked_at, transfer.c.ref).limit(limit))


def to_answer(tx: Tx, divisions: Sequence[str], late_since: datetime, *, cases: bool = False) -> tuple[int, int]:
    """How many wait for an answer from these subtrees, and how many of them since before an instant; of single cases, or of files."""
    here = or_(
        and_(transfer.c.kind == "ask", _within(transfer.c.from_division, divisions)),
        and_(transfer.c.kind == "offer", _within(transfer.c.to_division, divisions)),
    )
    late = func.count().filter(transfer.c.asked_at <= stamp(late_since))
    (row,) = tx.rows(select(func.count().label("n"), late.label("late")).where(transfer.c.state == "waiting", here, _kind(cases), _STANDS))
    return int(row["n"]), int(row["late"])


def answered(tx: Tx, divisions: Sequence[str], since: datetime, *, cases: bool = False) -> int:
    """How many that these subtrees began were accepted or refused since an instant; of single cases, or of files."""
    begun = or_(
        and_(transfer.c.kind == "ask", _within(transfer.c.to_division, divisions)),
        and_(transfer.c.kind == "offer", _within(transfer.c.from_division, divisions)),
    )
    lately = (transfer.c.state.in_(["accepted", "refused"]), transfer.c.answered_at > stamp(since))
    return int(tx.value(select(func.count()).select_from(transfer).where(*lately, begun, _kind(cases))))


def answer(tx: Tx, ref: str, state: str, text: str | None, by: str, now: datetime) -> bool:
    """Answer one; False where somebody has answered it already."""
    return tx.execute(_ANSWER, {"of": ref, "state": state, "answer": text, "answered_at": stamp(now), "answered_by": by}) == 1


def others(tx: Tx, person_id: str, but: str) -> list[Row]:
    """What else waits for the same file."""
    return tx.rows(_OTHERS, {"person_id": person_id, "but": but})


def readdress(tx: Tx, ref: str, keeper: str) -> None:
    """Ask the division that keeps the file now."""
    tx.execute(_READDRESS, {"of": ref, "keeper": keeper})


def hold_person(tx: Tx, person_id: str) -> str:
    """Hold a person's file until the transaction ends; the division that keeps it."""
    return str(tx.value(_HOLD_PERSON, {"person_id": person_id}))


def kept_in(tx: Tx, person_id: str) -> str:
    """The division that keeps a person's file, and goes on keeping it until the transaction ends."""
    return str(tx.value(_STILL, {"person_id": person_id}))


def silent(tx: Tx, since: datetime, most: int) -> list[Row]:
    """Those that wait, and of which nobody was told since an instant; ``stands``: not of a case that was closed since, or lies elsewhere."""
    return tx.rows(_SILENT, {"since": stamp(since), "most": most})


def told(tx: Tx, row: Row, now: datetime) -> bool:
    """Note that one was told again; False where somebody else has just done it."""
    return tx.execute(_TOLD, {"of": row["ref"], "was": row["told_at"], "now": stamp(now)}) == 1


def _kind(cases: bool) -> ColumnElement[bool]:
    return transfer.c.case_id.is_not(None) if cases else transfer.c.case_id.is_(None)


def _within(column: Any, divisions: Sequence[str]) -> ColumnElement[bool]:
    return or_(false(), *(and_(column >= code, column < code + SCOPE_END) if code else column.is_not(None) for code in divisions))
