"""An office with two invented counties, and an instant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workflow_core.records import divisions
from workflow_core.store.database import Database

DIVISIONS = {
    "99": "示范省",
    "9901": "示范市",
    "990101": "青溪县",
    "990101100": "高桥镇",
    "990101101": "柳林乡",
    "990102": "云岭县",
    "990102100": "汾水镇",
}


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 10, 21, 1, tzinfo=UTC)


@pytest.fixture
def office(database: Database) -> Database:
    """A database with divisions, and nobody in it."""
    with database.write() as tx:
        divisions.take(tx, DIVISIONS)
    return database
