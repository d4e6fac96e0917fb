"""Requests to see more than a role shows, and the answers: in and out of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, func, insert, or_, select, update

from workflow_core.clock import stamp
from workflow_core.store import sequences
from workflow_core.store.database import Row, Tx
from workflow_core.store.ids import uuid7
from workflow_core.store.people import SCOPE_END
from workflow_core.store.server import asking
from workflow_core.store.statement import Statement
from workflow_core.store.tables import access_request, case, child, person

LIES = func.coalesce(access_request.c.division, person.c.division, case.c.division)
"""The code of the division of what is asked for: where a child's file is kept today, where a case lies."""

_WHOLE = (
    select(
        access_request,
        person.c.ref.label("child"),
        case.c.ref.label("case_ref"),
        case.c.program.label("program"),
        case.c.place_id.label("place_id"),
        LIES.label("lies"),
        child.c.school.label("school"),
    )
    .select_from(access_request)
    .outerjoin(person, person.c.person_id == access_request.c.person_id)
    .outerjoin(child, child.c.person_id == access_request.c.person_id)
    .outerjoin(case, case.c.case_id == access_request.c.case_id)
)
_INSERT = Statement(insert(access_request))
_BY_REF = Statement(_WHOLE.where(access_request.c.ref == bindparam("ref")))
_OF_LOGIN = Statement(_WHOLE.where(access_request.c.login == bindparam("login")).order_by(access_request.c.asked_at.desc(), access_request.c.ref.desc()))
_HOLDING = Statement(
    _WHOLE.where(
        access_request.c.login == bindparam("login"),
        access_request.c.state == "approved",
        access_request.c.until > bindparam("at"),
        access_request.c.used < access_request.c.rows,
    ).order_by(access_request.c.ref)
)
_ANSWER = Statement(
    update(access_request)
    .where(access_request.c.ref == bindparam("of"), access_request.c.state == "waiting")
    .values({name: bindparam(f"new_{name}") for name in ("state", "answer", "answered_at", "answered_by")})
)
_END = Statement(
    update(access_request)
    .where(access_request.c.ref == bindparam("of"), access_request.c.state.in_(("waiting", "approved")))
    .values(state="ended", ended_at=bindparam("at"))
)
_REVIEW = Statement(
    update(access_request)
    .where(access_request.c.ref == bindparam("of"), access_request.c.kind == "emergency", access_request.c.reviewed_at.is_(None))
    .values(review=bindparam("text"), reviewed_at=bindparam("at"), reviewed_by=bindparam("by"))
)
_SPEND = Statement(
    update(access_request)
    .where(
        access_request.c.ref == bindparam("of"),
        access_request.c.state == "approved",
        access_request.c.until > bindparam("at"),
        access_request.c.used + bindparam("count") <= access_request.c.rows,
    )
    .values(used=access_request.c.used + bindparam("count"))
)


def insert_request(tx: Tx, row: Mapping[str, Any]) -> str:
    """Write a new one; its reference. At a desk the office's database makes it of what is asked for, with its entries in the journal.

    :param row: all but the id and the reference.
    """
    if tx.desk:
        return asking.ask(tx, row)
    ref = f"A-{sequences.take(tx, 'office', 'ref/access', 0):06}"
    tx.execute(_INSERT, {**row, "access_request_id": uuid7(), "ref": ref})
    return ref


def behind(tx: Tx, ref: str) -> Mapping[str, str | None]:
    """At a desk: whose file, or which case, a reference means, though it be out of sight (``person_id``, ``case_id``); nothing anywhere else."""
    return asking.behind(tx, ref) if tx.desk else {}


def by_ref(tx: Tx, ref: str) -> Row | None:
    """One with ``child``, ``case_ref`` (references), ``program``, ``place_id``, ``school`` and ``lies`` (a division's code)."""
    found = tx.one(_BY_REF, {"ref": ref})
    if tx.desk:
        asking.named(tx, [found])
    return found


def of_login(tx: Tx, login: str) -> list[Row]:
    """Those of an account, as ``by_ref`` has them, the newest first."""
    found = tx.rows(_OF_LOGIN, {"login": login})
    if tx.desk:
        asking.named(tx, found)
    return found


def holding(tx: Tx, login: str, now: datetime) -> list[Row]:
    """Those of an account under which something may be shown at an instant."""
    return tx.rows(_HOLDING, {"login": login, "at": stamp(now)})


def in_divisions(tx: Tx, divisions: Sequence[str], *, now: datetime | None = None, limit: int = 500) -> list[Row]:
    """Those about what lies in these subtrees, the newest first.

    :param now: only those that ask for something at that instant: an answer, or of an emergency somebody who looks at it.
    """
    wanted = _WHOLE.where(_within(divisions))
    if now is not None:
        waits = and_(access_request.c.state == "waiting", access_request.c.until > stamp(now))
        wanted = wanted.where(or_(waits, and_(access_request.c.kind == "emergency", access_request.c.reviewed_at.is_(None))))
    return tx.rows(wanted.order_by(access_request.c.asked_at.desc(), access_request.c.ref.desc()).limit(limit))


def answer(tx: Tx, ref: str, state: str, text: str, by: str, now: datetime) -> bool:
    """Answer one that waits; False where somebody has answered it already."""
    if tx.desk:
        return asking.answer(tx, ref, state, text, now)
    return tx.execute(_ANSWER, {"of": ref, "new_state": state, "new_answer": text, "new_answered_at": stamp(now), "new_answered_by": by}) == 1


def end(tx: Tx, ref: str, now: datetime) -> bool:
    """End one before its time; False where it has ended."""
    if tx.desk:
        return asking.answer(tx, ref, "ended", "", now)
    return tx.execute(_END, {"of": ref, "at": stamp(now)}) == 1


def review(tx: Tx, ref: str, text: str, by: str, now: datetime) -> bool:
    """Note what is said of an emergency afterwards; False where that was done already."""
    if tx.desk:
        return asking.answer(tx, ref, "reviewed", text, now)
    return tx.execute(_REVIEW, {"of": ref, "text": text, "by": by, "at": stamp(now)}) == 1


def spend(tx: Tx, ref: str, count: int, now: datetime) -> bool:
    """Count so many files down; False where so many are not left, or it has ended."""
    return tx.execute(_SPEND, {"of": ref, "count": count, "at": stamp(now)}) == 1


def _within(divisions: Sequence[str]) -> ColumnElement[bool]:
    return or_(false(), *(and_(code <= LIES, code + SCOPE_END > LIES) if code else LIES.is_not(None) for code in divisions))
