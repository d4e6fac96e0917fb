"""The rows of divisions: their statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import division

PAST_DIGITS = ":"
"""The sign after ``9``: a subtree is ``code >= prefix AND code < prefix + ":"``."""

_COLUMNS = (division.c.code, division.c.name, division.c.level, division.c.parent)
_ALL = Statement(select(division.c.code, division.c.name, division.c.parent))
_ONE = Statement(select(*_COLUMNS).where(division.c.code == bindparam("code")))
_LINE = Statement(select(*_COLUMNS).where(division.c.code.in_([bindparam(f"code{n}") for n in range(5)])).order_by(func.length(division.c.code)))
_NAMED = Statement(
    select(*_COLUMNS)
    .where(division.c.name.like(bindparam("pattern"), escape="\\"), division.c.code >= bindparam("first"), division.c.code < bindparam("past"))
    .order_by(func.length(division.c.code), division.c.code)
    .limit(bindparam("limit"))
)
_NAMES = Statement(select(division.c.code, division.c.name).where(division.c.code >= bindparam("first"), division.c.code < bindparam("past")))
_BELOW = Statement(
    select(*_COLUMNS).where(or_(division.c.parent == bindparam("code"), (division.c.parent.is_(None)) & (bindparam("code") == ""))).order_by(division.c.code)
)
_INSERT = Statement(insert(division))
_RENAME = Statement(
    update(division)
    .where(division.c.code == bindparam("which"))
    .values(name=bindparam("new_name"), parent=bindparam("new_parent"), level=bindparam("new_level"))
)
_COUNT = Statement(select(func.count()).select_from(division))


def known(tx: Tx) -> dict[str, tuple[str, str | None]]:
    """Name and parent of every division, by code."""
    return {row["code"]: (row["name"], row["parent"]) for row in tx.stream(_ALL, chunk=5000)}


def one(tx: Tx, code: str) -> Row | None:
    """A division: code, name, level, parent."""
    return tx.one(_ONE, {"code": code})


def line(tx: Tx, codes: Iterable[str]) -> list[Row]:
    """The divisions of at most five codes, widest first; unknown codes are left out."""
    wanted = [*codes, "", "", "", "", ""][:5]
    return tx.rows(_LINE, {f"code{n}": code for n, code in enumerate(wanted)})


def named(tx: Tx, part: str, *, within: str, limit: int) -> list[Row]:
    """Divisions with this in their name, widest first."""
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return tx.rows(_NAMED, {"pattern": f"%{escaped}%", "first": within, "past": within + PAST_DIGITS, "limit": limit})


def names(tx: Tx, within: str) -> Iterator[Row]:
    """Code and name of every division in a subtree."""
    return tx.stream(_NAMES, {"first": within, "past": within + PAST_DIGITS}, chunk=5000)


def below(tx: Tx, code: str) -> list[Row]:
    """What lies directly in a division; the widest of all where the code is empty."""
    return tx.rows(_BELOW, {"code": code})


def add(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> int:
    """New divisions (code, name, parent, level), parents before what lies in them."""
    return tx.many(_INSERT, list(rows))


def change(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> int:
    """New names (which, new_name, new_parent, new_level)."""
    return tx.many(_RENAME, list(rows))


def count(tx: Tx) -> int:
    """How many divisions there are."""
    found: int = tx.value(_COUNT)
    return found
