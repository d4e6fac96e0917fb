"""An inbox is read by pages, and shows the same wherever a page ends."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select, update

from tests.engine.conftest import Town, actor
from workflow_core.store import inbox
from workflow_core.store.statement import Statement
from workflow_core.store.tables import waiting


@pytest.mark.parametrize("mine", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_end_anywhere(town: Town, monkeypatch: pytest.MonkeyPatch, size: int, mine: bool) -> None:
    """Every task is shown once, with all its roles, also one of whose roles a page begins or ends with."""
    both = actor("teacher", "school", "child_supervisor")
    for _ in range(2):
        town.watched()
    with town.db.write() as tx:
        tx.execute(Statement(update(waiting)), {"assignee": "teacher"})
        tx.many(Statement(insert(waiting)), [{**row, "role": "child_supervisor"} for row in tx.rows(select(waiting).where(waiting.c.n == 1))])
    whole = town.engine.inbox(both, mine=mine)
    assert {len(row.roles) for row in whole} == {1, 2}
    monkeypatch.setattr(inbox, "_LEAST", size)
    monkeypatch.setattr(inbox, "_LARGEST", size)
    assert [(row.ref, sorted(row.roles)) for row in town.engine.inbox(both, mine=mine)] == [(row.ref, sorted(row.roles)) for row in whole]
    with town.db.write() as tx:
        tx.execute(Statement(delete(waiting).where(waiting.c.role == "child_supervisor", waiting.c.n == 1)))
