"""Who stands in line for a place of a limit: one row per case and limit, in an index that has them in their order.

A row goes and comes with its case, in the same transaction; so whoever holds the place's count sees the line as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, tuple_, update

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, line, plan

_HERE = and_(line.c.program == bindparam("program"), line.c.limit_name == bindparam("limit"), line.c.key == bindparam("key"))
_IN_ORDER = (line.c.rank, line.c.since, line.c.case_id)
_LEAVE = Statement(delete(line).where(line.c.case_id == bindparam("of")))
_JOIN = Statement(insert(line))
_OF = Statement(select(line).where(line.c.case_id == bindparam("case_id")).order_by(line.c.limit_name))
_NEXT = Statement(
    select(line.c.case_id)
    .where(_HERE, or_(line.c.tried.is_(None), line.c.tried < bindparam("today")))
    .order_by(*_IN_ORDER)
    .limit(bindparam("most"))
)  # fmt: skip
_ALL = Statement(select(line.c.case_id, line.c.rank).where(_HERE).order_by(*_IN_ORDER))
_AHEAD = Statement(
    select(func.count()).select_from(line).where(_HERE, tuple_(*_IN_ORDER) < tuple_(bindparam("rank"), bindparam("since"), bindparam("case_id")))
)
_KEYS = Statement(
    select(line.c.key)
    .where(line.c.program == bindparam("program"), line.c.limit_name == bindparam("limit"), line.c.key > bindparam("after"))
    .order_by(line.c.key)
    .limit(1)
)
_THIS = and_(line.c.case_id == bindparam("of"), line.c.limit_name == bindparam("limit"))
_TRIED = Statement(update(line).where(_THIS).values(tried=bindparam("day")))
_RANK = Statement(update(line).where(_THIS).values(rank=bindparam("to")))
_ASK_AGAIN = Statement(update(line).where(line.c.case_id.in_(bindparam("ids", expanding=True))).values(tried=None))
_WHOLES = select(case.c.whole_id).select_from(line.join(case, case.c.case_id == line.c.case_id)).where(_HERE)
_RUNNING = Statement(
    select(plan.c.plan_id, plan.c.ref, plan.c.batch)
    .where(plan.c.program == bindparam("program"), plan.c.state == "running", or_(plan.c.whole_id.is_(None), plan.c.whole_id.in_(_WHOLES)))
    .order_by(plan.c.ref)
)
_BEHIND = Statement(
    select(case.c.ref)
    .select_from(line.join(case, case.c.case_id == line.c.case_id))
    .where(
        line.c.program == bindparam("program"), line.c.limit_name.in_(bindparam("limits", expanding=True)), line.c.key == bindparam("key"),
        case.c.definition.in_(bindparam("digests", expanding=True)),
    )
    .order_by(case.c.ref)
    .limit(1)
)  # fmt: skip


def stand(tx: Tx, case_id: str, rows: Sequence[Mapping[str, Any]], *, new: bool = False) -> None:
    """Put a case into these lines, and into no other; it is asked again.

    :param rows: ``limit_name, program, key, rank, since``. :param new: the case stands in none yet.
    """
    if not new:
        tx.execute(_LEAVE, {"of": case_id})
    for row in rows:
        tx.execute(_JOIN, {"case_id": case_id, **row, "tried": None})


def of(tx: Tx, case_id: str) -> list[Row]:
    """The lines that a case stands in."""
    return tx.rows(_OF, {"case_id": case_id})


def first(tx: Tx, program: str, limit: str, key: str, today: date, most: int) -> list[str]:
    """The ids of the first in line whom the place was not refused today, in their order."""
    return [row["case_id"] for row in tx.rows(_NEXT, {"program": program, "limit": limit, "key": key, "today": today.isoformat(), "most": most})]


def everybody(tx: Tx, program: str, limit: str, key: str) -> list[Row]:
    """All in line, in their order: ``case_id, rank``."""
    return tx.rows(_ALL, {"program": program, "limit": limit, "key": key})


def ahead(tx: Tx, row: Row) -> int:
    """How many stand before a row of ``of``."""
    return int(tx.value(_AHEAD, {"limit": row["limit_name"], **{name: row[name] for name in ("program", "key", "rank", "since", "case_id")}}) or 0)


def keys(tx: Tx, program: str, limit: str) -> list[str]:
    """The places of a limit for which anybody waits; each is one look into the index, however long its line is."""
    found: list[str] = []
    after = ""
    while (key := tx.value(_KEYS, {"program": program, "limit": limit, "after": after})) is not None:
        found.append(key)
        after = key
    return found


def tried(tx: Tx, case_id: str, limit: str, day: date) -> None:
    """Remember that a case was refused the place on a day."""
    tx.execute(_TRIED, {"of": case_id, "limit": limit, "day": day.isoformat()})


def rerank(tx: Tx, case_id: str, limit: str, rank: str) -> None:
    """Put a case where it belongs in a line."""
    tx.execute(_RANK, {"of": case_id, "limit": limit, "to": rank})


def ask_again(tx: Tx, ids: Sequence[str]) -> None:
    """Have these cases asked again, also those that were refused the place today."""
    if ids:
        tx.execute(_ASK_AGAIN, {"ids": list(ids)})


def running_plans(tx: Tx, program: str, limit: str, key: str) -> list[Row]:
    """The plans that are begun and not carried out to their end, for the whole of anybody in a line, or for none: ``plan_id, ref, batch``."""
    return tx.rows(_RUNNING, {"program": program, "limit": limit, "key": key})


def behind(tx: Tx, program: str, limits: Sequence[str], key: str, digests: Sequence[str]) -> str | None:
    """The reference of the first case in the lines of these limits that runs on one of these definitions."""
    rows = tx.rows(_BEHIND, {"program": program, "limits": list(limits), "key": key, "digests": list(digests)})
    return str(rows[0]["ref"]) if rows else None
