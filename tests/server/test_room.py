"""What PostgreSQL lets everybody do who may connect: it takes up room and time, and stops no copy."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.server.conftest import ServerOffice
from workflow_core.errors import Conflict
from workflow_core.store import migrate, turns
from workflow_core.store.database import Database


def test_a_large_object_of_a_clerk_stops_no_copy(server_office: ServerOffice, tmp_path: Path) -> None:
    """It is no part of the office and not in the copy, and the check-up tells whose it is."""
    with closing(server_office.raw("school")) as connection:
        connection.execute("SELECT lo_from_bytea(0, '\\x41')")
        connection.commit()
    server_office.care("owner", "office", "backup", tmp_path / "copies")
    told = server_office.care("owner", "office", "doctor", code=None).out
    assert "(1, of " in told
    assert server_office.login("school") in told


def test_who_holds_the_lock_of_a_migration_is_named(server_office: ServerOffice, owner_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for without end, nothing is changed, and the next time it goes."""
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.3)
    with closing(server_office.raw("school")) as connection:
        connection.execute("SELECT pg_advisory_lock(%s), pg_advisory_lock(%s)", [turns.MIGRATING, turns.MAKING])
        told = server_office.care("owner", "office", "migrate", "--no-copy", code=4)
        with pytest.raises(Conflict) as tables:
            migrate.upgrade(owner_db)
    assert server_office.login("school") in told.err
    assert str(tables.value.context["who"]).startswith(server_office.login("school"))
    server_office.care("owner", "office", "migrate", "--no-copy")
