"""The rows of deputies: who stands in for whom, from when until when."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, or_, select, update

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import deputy

_OPEN = select(deputy).where(deputy.c.ended_at.is_(None), deputy.c.until > bindparam("at")).order_by(deputy.c.since, deputy.c.deputy_id)
_OF = Statement(_OPEN.where(or_(deputy.c.login == bindparam("who"), deputy.c.deputy == bindparam("who"))))
_ONE = Statement(select(deputy).where(deputy.c.deputy_id == bindparam("which")))
_ADD = Statement(insert(deputy))
_END = Statement(update(deputy).where(deputy.c.deputy_id == bindparam("which")).values(ended_at=bindparam("when"), ended_by=bindparam("who")))


def of(tx: Tx, login: str, at: str) -> list[Row]:
    """The deputyships of a login, as the one who is away or as the one who stands in, that are not over at an instant."""
    return tx.rows(_OF, {"who": login, "at": at})


def one(tx: Tx, deputy_id: str) -> Row | None:
    """A deputyship by its id."""
    return tx.one(_ONE, {"which": deputy_id})


def add(tx: Tx, row: dict[str, str | None]) -> None:
    """A new deputyship: deputy_id, login, deputy, since, until, by, at."""
    tx.execute(_ADD, row)


def end(tx: Tx, deputy_id: str, at: str, by: str) -> None:
    """It is over before its time."""
    tx.execute(_END, {"which": deputy_id, "when": at, "who": by})
