"""The rows of the calendar: their statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import calendar

_LEVELS = 6
_BETWEEN = select(calendar.c.division, calendar.c.day, calendar.c.working, calendar.c.school, calendar.c.term, calendar.c.name).where(
    calendar.c.division.in_([bindparam(f"division{n}") for n in range(_LEVELS)]), calendar.c.day >= bindparam("first"), calendar.c.day <= bindparam("last")
)
_DAYS = Statement(_BETWEEN)
_ONE = Statement(_BETWEEN.limit(1))
_CLEAR = Statement(delete(calendar).where(calendar.c.division == bindparam("of"), calendar.c.day >= bindparam("first"), calendar.c.day <= bindparam("last")))
_INSERT = Statement(insert(calendar))
_YEARS = Statement(
    select(calendar.c.division, func.substr(calendar.c.day, 1, 4).label("year"), func.count().label("days"))
    .group_by(calendar.c.division, "year")  # by its label: PostgreSQL takes two expressions with parameters for different ones
    .order_by(calendar.c.division, "year")
)


def days(tx: Tx, divisions: Iterable[str], first: str, last: str) -> list[Row]:
    """The days of at most six divisions, from the first to the last."""
    return tx.rows(_DAYS, _asked(divisions, first, last))


def holds(tx: Tx, divisions: Iterable[str], first: str, last: str) -> bool:
    """Whether any day of these divisions, from the first to the last, is known."""
    return tx.one(_ONE, _asked(divisions, first, last)) is not None


def _asked(divisions: Iterable[str], first: str, last: str) -> dict[str, str]:
    wanted = [*divisions]
    wanted += [wanted[-1]] * (_LEVELS - len(wanted))
    return {"first": first, "last": last, **{f"division{n}": division for n, division in enumerate(wanted)}}


def replace(tx: Tx, division: str, first: str, last: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """New days for a division instead of those from the first to the last."""
    tx.execute(_CLEAR, {"of": division, "first": first, "last": last})
    tx.many(_INSERT, list(rows))


def years(tx: Tx) -> list[Row]:
    """Which years there are: division, year, days."""
    return tx.rows(_YEARS)
