"""A match's snapshot takes a few statements for hundreds of cases, not a few for each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import TOWNSHIP
from tests.plugins.pairing import people
from tests.plugins.pairing.conftest import Term
from workflow_core.store.database import Tx


def test_a_snapshot_takes_as_many_statements_for_many_as_for_few(term: Term, monkeypatch: pytest.MonkeyPatch) -> None:
    """Children, volunteers, proposals, consents and relations are read together."""
    sent = 0
    send = Tx._send

    def counted(self: Tx, *given: Any) -> Any:
        nonlocal sent
        sent += 1
        return send(self, *given)

    monkeypatch.setattr(Tx, "_send", counted)

    def planned(first: int, count: int) -> tuple[int, int]:
        nonlocal sent
        term.volunteers(*(people.volunteer(n, capacity=1) for n in range(first, first + count)))
        term.queue(*term.children(*people.children(count, first)))
        term.match()
        sent = 0
        return term.engine.plan(term.clerk, "pairing", "match", {}, division=TOWNSHIP, dry_run=True).summary["paired"], sent

    few, for_few = planned(0, 3)
    many, for_many = planned(3, 37)
    assert (few, many) == (3, 40)
    assert for_many <= for_few + 2
