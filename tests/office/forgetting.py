"""An office in which a child is erased, and what the tests of that share: where a word still stands, byte by byte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from workflow_core.access import looks
from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor, Grant
from workflow_core.office import erasing
from workflow_core.office.doctor import Checkup, examine_rows
from workflow_core.records import children
from workflow_core.registry import Registry
from workflow_core.store.database import Database
from workflow_core.testing.people import Invented
from workflow_core.testing.scenario import Scenario

FOUND = Registry.discover().programs
PROGRAMS = [FOUND[name] for name in ("camp", "dropout_return", "healthcheck", "pairing")]
WHOLE = (Grant(ADMIN.name, "division", WHOLE_OFFICE, None, "2020-01-01", None),)
FIRST, SECOND = (Actor(login, WHOLE, training=False, account_id=login) for login in ("admin-a", "admin-b"))
ANYBODY = Actor("anybody", WHOLE, training=True, every_role=True, account_id="anybody")
SERVER_OF_TESTS = {"office_unguarded", "setting_unsafe"}  # its tables are made for a test, without the gate of a server office


class OneChild(Scenario):
    """An office whose cases are all about one child; its guardian's phone is also its sibling's."""

    about: Invented | None = None

    def child(self, n: int | None = None, **said: Any) -> Invented:
        """The child."""
        return self.about or super().child(n, **said)


@dataclass
class Town:
    """An office in which a child is erased.

    :param data: the folder of the database's own files.
    """

    scenario: OneChild
    data: Path
    dump: Callable[[], bytes]

    @property
    def office(self) -> Any:
        """What an erasure needs of an office."""
        here = self.scenario
        return SimpleNamespace(db=here.db, clock=here.clock, folder=here.folder, training=False)

    @property
    def db(self) -> Database:
        """Its database."""
        return self.scenario.db

    def ask_and_erase(self, ref: str, elsewhere: tuple[str, ...] | None = ("all",)) -> erasing.Erasure:
        """One asks, another one carries it out, wherever the name stands."""
        erasing.ask(self.office, FIRST, ref, "the family asks for it")
        return erasing.approve(self.office, SECOND, ref, elsewhere)

    def holding(self, *words: str) -> dict[str, list[str]]:
        """Where each of the words stands: in which files of the office and of the database; those that stand nowhere are left out."""
        self.flush()
        files = [path for folder in {self.scenario.folder, self.data} for path in folder.rglob("*") if path.is_file() and "backups" not in path.parts]
        contents = {str(path): path.read_bytes() for path in files} | {"dump": self.dump()}
        found = {word: [name for name, content in contents.items() if word.encode() in content] for word in words}
        return {word: names for word, names in found.items() if names}

    def flush(self) -> None:
        """Have the server write its pages to its files."""
        if self.db.dialect_name != "sqlite":
            with self.db.connect() as bare:
                bare.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CHECKPOINT")

    def faults(self) -> list[str]:
        """What the check-up finds in the rows."""
        found = examine_rows(self.db, Checkup())
        return [f"{one.problem.code} {one.problem.place}" for one in found.findings if one.problem.code not in SERVER_OF_TESTS]


IN_TERM = date(2026, 10, 21)


def on_file(town: Town, n: int = 0, **said: Any) -> Invented:
    """An invented child, put on file."""
    return Scenario.child(town.scenario, n, **said)


def words_of(one: Invented) -> list[str]:
    """What says who a child is."""
    return [one.name, one.national_id, one.said["guardian"], one.said["guardian_phone"]]


def end(town: Town, ref: str, why: str) -> None:
    """Brings a case to its end, past its guards."""
    life = town.scenario.life(ref)
    if not life.closed:
        final = next(one for one in life.workflow.stages if one.final)
        town.scenario.engine.override(ANYBODY, ref, final.name, why)


def end_all(town: Town, child: Invented) -> None:
    """Brings all that is open about a child to its end."""
    for row in town.scenario.engine.cases(ANYBODY, subject=child.ref, open_only=True, limit=None):
        end(town, row.ref, f"{child.name} has moved away")
    town.scenario.tick()


def look(town: Town, child: Invented) -> None:
    """Somebody looks, and hands out."""
    with town.db.write() as tx:
        person_id = children.get(tx, child.ref).person_id
        looks.revealed(tx, ANYBODY, person_id, ["name"], purpose=f"a letter to {child.name}", now=town.scenario.now)
        looks.exported(tx, ANYBODY, "children", [person_id], ["name"], purpose=f"for {child.said['guardian']}", now=town.scenario.now)
