"""A ledger of a county takes a few statements for each so many cases, not a few for each case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.engine.conftest import make_town
from tests.letters.desk import Desk, make_desk
from workflow_core.engine.listing import CHUNK
from workflow_core.store.database import Database, Tx
from workflow_core.store.ids import uuid7
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, document, event, event_payload, task, timer

TABLES = (case, event, event_payload, task, timer, document)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk whose cases may be copied: what the copies' histories say is not looked into afterwards."""
    return make_desk(lambda program, training: make_town(database, tmp_path, program, training=training), tmp_path)


def multiply(desk: Desk, ref: str, times: int) -> None:
    """So many copies of a case, with all that lies below it."""
    with desk.town.db.write() as tx:
        (case_id,) = [row["case_id"] for row in tx.rows(select(case.c.case_id).where(case.c.ref == ref))]
        ids = [(uuid7(), f"LT-26-1{n:04d}") for n in range(times)]
        for table in TABLES:
            rows = tx.rows(select(table).where(table.c.case_id == case_id))
            copies = [{**row, "case_id": one} for one, _ in ids for row in rows]
            for n, copy in enumerate(copies):
                copy |= {"ref": ids[n][1]} if table is case else {"number": 1000 + n} if table is document else {}
            tx.many(Statement(insert(table)), copies)


def test_a_ledger_of_a_thousand_cases_takes_few_statements(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as one of a single case, and six for each further chunk; every case is in it, with what it holds."""
    desk.signed()
    ref = desk.served()
    sent = 0
    send = Tx._send

    def counted(self: Tx, *given: Any) -> Any:
        nonlocal sent
        sent += 1
        return send(self, *given)

    monkeypatch.setattr(Tx, "_send", counted)

    def drawn_up() -> tuple[int, int]:
        nonlocal sent
        sent = 0
        return len(desk.engine.listing(desk.town.teacher, "letters", "open_letters").rows), sent

    few, for_few = drawn_up()
    multiply(desk, ref, 1000)
    many, for_many = drawn_up()
    assert (few, many) == (2, 1002)
    assert for_many - for_few <= 7 * (many // CHUNK)


def test_a_ledger_of_many_says_of_each_what_it_says_of_one(desk: Desk) -> None:
    """Read together or alone, a case has the same cells."""
    refs = [desk.served(), desk.sent()]
    (alone,) = desk.engine.listing(desk.town.teacher, "letters", "open_letters", unmasked=True, purpose="compare").rows[:1]
    multiply(desk, refs[0], CHUNK)
    desk.engine.runtime.bulk_rows = CHUNK + 2
    rows = desk.engine.listing(desk.town.teacher, "letters", "open_letters", unmasked=True, purpose="compare").rows
    assert len(rows) == CHUNK + 2
    assert {row[1:] for row in rows} == {alone[1:]}
