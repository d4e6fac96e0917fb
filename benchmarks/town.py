"""An office to measure in: a county of invented townships, children, and cases of a small program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.errands import GIVEN, PROGRAM
from workflow_core.access.grants import Actor, Grant
from workflow_core.clock import FixedClock, stamp
from workflow_core.engine import Engine
from workflow_core.records import enabling
from workflow_core.registry import Registry
from workflow_core.store.database import Database
from workflow_core.store.ids import uuid7
from workflow_core.store.migrate import create
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, calendar, child, division, person

COUNTY = "990101"
TOWNSHIP = "990101100"
START = datetime(2026, 9, 1, 1, tzinfo=UTC)


class Town:
    """An office with one account, and an engine over it.

    :param address: of a database; a SQLite file is made where there is none.
    """

    def __init__(self, address: str, folder: Path, *, create_it: bool = False) -> None:
        self.address = address
        self.db = Database(address, create=create_it)
        self.clock = FixedClock(START)
        self.program = PROGRAM
        self.registry = Registry.of(PROGRAM)
        self.engine = Engine(self.db, self.registry, self.clock, training=False, papers=folder)
        self.teacher = Actor("teacher", (Grant("school", "division", COUNTY, None, "2020-01-01", None),), False, account_id="teacher")
        self.boss = Actor("boss", (Grant("admin", "division", "", None, "2020-01-01", None),), False, account_id="boss")

    @classmethod
    def made(cls, address: str, folder: Path) -> Town:
        """A new office in an empty database."""
        town = cls(address, folder, create_it="://" not in address)
        create(town.db)
        with town.db.write() as tx:
            names = [("99", "示范省", "province", None), ("9901", "示范市", "city", "99"), (COUNTY, "青溪县", "county", "9901")]
            names += [(f"{COUNTY}{n}", f"第{n}镇", "township", COUNTY) for n in range(100, 110)]
            tx.many(Statement(insert(division)), [dict(zip(("code", "name", "level", "parent"), one, strict=True)) for one in names])
            first = date(2026, 8, 1)
            rows = [(first + timedelta(days=n)) for n in range(365)]
            tx.many(
                Statement(insert(calendar)),
                [{"division": "", "day": day.isoformat(), "working": int(day.weekday() < 5), "school": int(day.weekday() < 5), "term": None} for day in rows],
            )
            for login in ("boss", "teacher"):
                tx.execute(Statement(insert(account)), {"account_id": login, "login": login, "created_at": stamp(START)})
            enabling.enable(tx, PROGRAM, COUNTY, actor=town.boss, now=START)
        return town

    def children(self, number: int, first: int = 1) -> list[str]:
        """The references of so many new children."""
        refs = [f"C-{n:07d}" for n in range(first, first + number)]
        now = stamp(START)
        people: list[dict[str, Any]] = [
            {
                "person_id": uuid7(),
                "ref": ref,
                "name": "张三",
                "name_key": "张三",
                "born_on": "2014-05-01",
                "division": TOWNSHIP,
                "created_at": now,
                "updated_at": now,
            }
            for ref in refs
        ]
        with self.db.write() as tx:
            tx.many(Statement(insert(person)), people)
            tx.many(Statement(insert(child)), [{"person_id": one["person_id"], "provisional": 0} for one in people])
        return refs

    def open(self, children: Sequence[str]) -> list[str]:
        """The references of a new case for each child."""
        return [self.engine.open(self.teacher, "errands", ref, {"title": "fetch the books"}).ref for ref in children]

    def advance(self, refs: Sequence[str], transition: str) -> None:
        """Every case takes a transition, each in a transaction of its own; a minute passes with each."""
        for ref in refs:
            self.clock.instant += timedelta(minutes=1)
            self.engine.advance(self.teacher, ref, transition, GIVEN)

    def close(self) -> None:
        """Closes the database."""
        self.db.dispose()
