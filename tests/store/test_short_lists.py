"""A statement with a list answers the same however long the list is, one after the other."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, insert, select

from workflow_core.store.database import Database
from workflow_core.store.statement import SHORT, Statement
from workflow_core.store.tables import division

_PUT = Statement(insert(division))
_SOME = Statement(
    select(division.c.code).where(division.c.code.in_(bindparam("codes", expanding=True)), division.c.level == bindparam("level")).order_by(division.c.code)
)


@pytest.mark.parametrize("sizes", [(1, 2, 1), (SHORT, SHORT + 1, 1), (0, 1, 0)])
def test_short_and_long_lists_answer_alike(database: Database, sizes: tuple[int, ...]) -> None:
    """Written out once or anew: the same rows, and never those of the list before."""
    codes = [f"9{n}" for n in range(1, SHORT + 3)]
    with database.write() as tx:
        tx.many(_PUT, [{"code": code, "name": code, "level": "province", "parent": None} for code in codes])
        for start, size in enumerate(sizes):
            wanted = codes[start : start + size]
            assert [row["code"] for row in tx.rows(_SOME, {"codes": wanted, "level": "province"})] == wanted
            assert tx.rows(_SOME, {"codes": wanted, "level": "county"}) == []
