"""A town for the engine's tests: an office with one township, a program, a clock that moves, and people with roles."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import insert, select

from tests.engine.errand import PROGRAM
from workflow_core import Program
from workflow_core.access.grants import Actor, Grant
from workflow_core.clock import FixedClock, stamp
from workflow_core.engine import Engine, InboxRow, Outcome
from workflow_core.records import enabling
from workflow_core.registry import Registry
from workflow_core.store import journal
from workflow_core.store.database import Database
from workflow_core.store.ids import uuid7
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, calendar, case, child, division, event, hold, hold_item, person, task, waiting

ROOT = Path(__file__).parents[2]
Desks: TypeAlias = Callable[..., list[dict[str, Any]]]
TOWNSHIP = "990101100"
START = datetime(2026, 9, 1, 1, tzinfo=UTC)
TERMS = [("2026-autumn", "2026-09-01", "2027-01-22"), ("2027-spring", "2027-02-22", "2027-07-09"), ("2027-autumn", "2027-09-01", "2028-01-21")]
ROLES = ("child_director", "child_supervisor", "school", "county_office", "education_bureau")


def actor(login: str, *roles: str, scope: str = TOWNSHIP, training: bool = False) -> Actor:
    """An account with roles in a division."""
    return Actor(login, tuple(Grant(role, "division", scope, None, "2020-01-01", None) for role in roles), training, account_id=login)


@dataclass
class Town:
    """An office in which the engine is tried."""

    db: Database
    clock: FixedClock
    engine: Engine
    teacher: Actor
    supervisor: Actor
    admin: Actor
    children: int = 0

    @property
    def today(self) -> date:
        """The office's date."""
        return (self.clock.instant + timedelta(hours=8)).date()

    def child(self, division_code: str = TOWNSHIP) -> str:
        """A new child's reference."""
        self.children += 1
        ref, person_id, now = f"C-{self.children:06d}", uuid7(), stamp(self.clock.instant)
        with self.db.write() as tx:
            row = {"person_id": person_id, "ref": ref, "name": "张三", "name_key": "张三", "born_on": "2014-05-01", "division": division_code}
            tx.execute(Statement(insert(person)), {**row, "created_at": now, "updated_at": now})
            tx.execute(Statement(insert(child)), {"person_id": person_id, "provisional": 0})
        return ref

    def open(self, **record: Any) -> str:
        """A new errand's reference."""
        return self.engine.open(self.teacher, "errands", self.child(), {"title": "fetch the books", **record}).ref

    def running(self, **record: Any) -> str:
        """A new errand that was started."""
        ref = self.open(**record)
        self.advance(ref, "start")
        return ref

    def start(self, workflow: str = "small", **record: Any) -> str:
        """A new case of a small program."""
        return self.engine.open(self.teacher, workflow, self.child(), {"title": "a matter", **record}).ref

    def watched(self) -> str:
        """A new errand that is watched."""
        ref = self.running()
        self.do(f"{ref}.prepare", mood="GOOD")
        self.advance(ref, "watch")
        return ref

    def advance(self, ref: str, transition: str, **given: Any) -> Outcome:
        """The teacher takes a transition."""
        return self.engine.advance(self.teacher, ref, transition, given)

    def do(self, task: str, **given: Any) -> Outcome:
        """The teacher does a task."""
        return self.engine.do_task(self.teacher, task, given)

    def wait(self, *, days: int = 0, tick: bool = True) -> None:
        """Lets days pass; at the end the clock has its turn."""
        self.clock.instant += timedelta(days=days)
        if tick:
            assert self.engine.tick().problems == []

    def stage(self, ref: str) -> str:
        """Where a case stands."""
        return self.engine.show(self.teacher, ref).row.stage

    def tasks(self, ref: str, state: str = "open") -> list[str]:
        """The names of a case's tasks in a state."""
        return [one["task"] for one in self.rows(ref) if one["state"] == state]

    def rows(self, ref: str, name: str | None = None) -> list[dict[str, Any]]:
        """A case's tasks, or those of one name."""
        return [one for one in self.engine.show(self.teacher, ref).tasks if name in (None, one["task"])]

    def states(self, ref: str, name: str) -> list[str]:
        """How the occurrences of one task stand, oldest first."""
        return [one["state"] for one in self.rows(ref, name)]

    def due(self, ref: str, name: str) -> str | None:
        """By when the open one of a name is due."""
        (found,) = [one["due"] for one in self.rows(ref, name) if one["state"] == "open"]
        due: str | None = found
        return due

    def events(self, ref: str) -> list[dict[str, Any]]:
        """A case's history."""
        return self.engine.history(self.teacher, ref)[0]

    def inbox(self, who: Actor, **which: Any) -> list[InboxRow]:
        """What waits for somebody."""
        return self.engine.inbox(who, **which)

    def kinds(self, ref: str) -> list[str]:
        """What happened to a case."""
        return [one["kind"] for one in self.events(ref)]

    def verify(self) -> None:
        """What holds after everything: whole chains, no gap and no step back in a history, a desk for each open task, places that are held counted."""
        with self.db.read() as tx:
            assert list(journal.verify_all(tx).findings) == []
            for one in tx.rows(select(case)):
                told = tx.rows(select(event.c.n, event.c.at).where(event.c.case_id == one.case_id).order_by(event.c.n))
                assert [row.n for row in told] == list(range(1, one.version + 1))
                assert [row.at for row in told] == sorted(row.at for row in told)
                assert not (one.closed_at and one.wake_at)
            doing = {(row.case_id, row.n, role) for row in tx.rows(select(task).where(task.c.state == "open")) for role in json.loads(row.doers)}
            assert {(row.case_id, row.n, row.role) for row in tx.rows(select(waiting))} == doing
            places = {(row.program, row.limit_name, row.key, row.once or row.case_id) for row in tx.rows(select(hold_item))}
            items = Counter(place[:3] for place in places)
            assert {(row.program, row.limit_name, row.key): row.used for row in tx.rows(select(hold)) if row.used} == items


def term_of(day: date) -> str | None:
    """The school term of a day, as the calendar keeps it."""
    return next(("|".join(term) for term in TERMS if term[1] <= day.isoformat() <= term[2]), None)


def make_town(db: Database, folder: Path, *programs: Program[Any], training: bool = False, plugins: Sequence[object] = ()) -> Town:
    """A town in an empty database, with the programs enabled."""
    registry = Registry.of(*programs, plugins=plugins)
    clock = FixedClock(START)
    engine = Engine(db, registry, clock, training=training, papers=folder)
    admin = actor("boss", "admin", scope="", training=training)
    with db.write() as tx:
        codes = [("99", "示范省", "province", None), ("9901", "示范市", "city", "99"), ("990101", "青溪县", "county", "9901")]
        codes += [(TOWNSHIP, "高桥镇", "township", "990101"), ("990101101", "柳林乡", "township", "990101")]
        for code, name, level, parent in codes:
            tx.execute(Statement(insert(division)), {"code": code, "name": name, "level": level, "parent": parent})
        first = date(2026, 8, 1)
        tx.many(
            Statement(insert(calendar)),
            [
                {"division": "", "day": day.isoformat(), "working": int(day.weekday() < 5), "school": int(day.weekday() < 5), "term": term_of(day)}
                for day in (first + timedelta(days=n) for n in range(700))
            ],
        )
        for login in ("boss", "teacher", "supervisor"):
            tx.execute(Statement(insert(account)), {"account_id": login, "login": login, "created_at": stamp(START)})
        for program in programs:
            enabling.enable(tx, program, "990101", actor=admin, now=START)
    return Town(db, clock, engine, actor("teacher", "school", training=training), actor("supervisor", "child_supervisor", training=training), admin)


@pytest.fixture
def town_of(database: Database, tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Makes a town with these programs, on each database, and verifies it when the test is over."""
    towns: list[Town] = []

    def make(*programs: Program[Any], training: bool = False, plugins: Sequence[object] = ()) -> Town:
        towns.append(make_town(database, tmp_path, *programs, training=training, plugins=plugins))
        return towns[-1]

    yield make
    for made in towns:
        made.verify()


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    """A town with the errands program, on each database."""
    return town_of(PROGRAM)


@pytest.fixture(scope="module")
def hall() -> Iterator[Callable[[str], str]]:
    """The process that forks off desks."""
    with subprocess.Popen([sys.executable, "-m", "tests.engine.desk"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        into, out = process.stdin, process.stdout
        assert into is not None
        assert out is not None

        def ask(line: str) -> str:
            print(line, file=into, flush=True)
            return out.readline()

        yield ask
        into.close()


@pytest.fixture
def desks(town: Town, hall: Callable[[str], str], database_address: str, tmp_path: Path) -> Desks:
    """Do these things in as many processes, all let go at the same moment."""

    def run(verb: str, each: Sequence[dict[str, Any]], *, pause: str = "before") -> list[dict[str, Any]]:
        where = {"address": database_address, "folder": str(tmp_path), "instant": stamp(town.clock.instant)}
        said: list[dict[str, Any]] = json.loads(hall(json.dumps({**where, "verb": verb, "each": each, "pause": pause})))
        return said

    return run
