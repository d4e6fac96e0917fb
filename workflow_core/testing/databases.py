"""The databases that scenarios run on: a SQLite file of their own each, or a PostgreSQL database that is emptied between them."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from workflow_core.access.grants import ADMIN, Actor, Grant
from workflow_core.store.database import Database

PROVINCE, CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE = "99", "9901", "990101", "990101100", "990101101", "990101100201"
DIVISIONS = {
    PROVINCE: "示范省",
    CITY: "示范市",
    COUNTY: "青溪县",
    TOWNSHIP: "高桥镇",
    VILLAGE: "兰草村",
    OTHER_TOWNSHIP: "柳林乡",
    "990102": "白水县",
    "990102100": "云台镇",
}
"""Where a scenario plays: invented places, under codes that no place has."""

ADMINISTRATOR = Actor("admin", (Grant(ADMIN.name, "division", "", None, "2020-01-01", None),), training=False, account_id="admin")
_FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)


@cache
def sqlite_bytes() -> bytes:
    """A SQLite file with an office in it, in which nothing has happened yet. Made once for a process: the migrations take a while."""
    from workflow_core.store.migrate import create

    with tempfile.TemporaryDirectory(prefix="care-kit-") as folder:
        path = Path(folder) / "office.sqlite"
        made = Database(path, create=True)
        create(made)
        furnish(made)
        made.dispose()
        return path.read_bytes()


def furnish(db: Database) -> None:
    """What every office has: divisions, an administrator, and the invented calendar of 2025 to 2028."""
    from workflow_core.access.accounts import first_account
    from workflow_core.records import calendar, calendar_file, divisions

    with db.write() as tx:
        divisions.take(tx, DIVISIONS)
        first_account(tx, ADMINISTRATOR.login, now=_FIRST_DAY)
        calendar.take(tx, "", calendar_file.invented(), actor=ADMINISTRATOR, now=_FIRST_DAY)
