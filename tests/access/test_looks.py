"""Who looked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workflow_core.access import Actor, looks
from workflow_core.errors import Misused
from workflow_core.store import journal
from workflow_core.store.database import Database

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
MAY = Actor("may", (), training=False, account_id="a1")


def test_looking_is_recorded_for_the_account_and_for_the_person(database: Database) -> None:
    """An opening, a reveal and an export of two people: three entries under the account's day, three and one with the people."""
    with database.write() as tx:
        looks.opened(tx, MAY, "p1", now=NOW)
        looks.revealed(tx, MAY, "p1", ["phone"], purpose="call the guardian", now=NOW)
        looks.exported(tx, MAY, "children", ["p1", "p2", "p1"], ["name", "phone"], purpose="census", now=NOW)
        result = journal.verify_all(tx)
        assert (result.streams, result.entries, result.findings) == (3, 7, [])
        assert journal.append(tx, journal.person_stream("p2"), "may", "file_opened", {}, NOW) == 2


@pytest.mark.parametrize("purpose", ["", "  "])
def test_unmasking_needs_a_purpose(database: Database, purpose: str) -> None:
    """Without one nothing is recorded, and so nothing may be shown."""
    with database.write() as tx:
        with pytest.raises(Misused):
            looks.revealed(tx, MAY, "p1", ["phone"], purpose=purpose, now=NOW)
        with pytest.raises(Misused):
            looks.exported(tx, MAY, "children", ["p1"], ["name"], purpose=purpose, now=NOW)
        looks.exported(tx, MAY, "children", ["p1"], ["name"], purpose=purpose, now=NOW, masked=True)
        assert journal.verify_all(tx).entries == 2
