"""A case that says what it is told, for guards and checks, which are pure; and a case that is lived in a town, through the engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from careflow_dropout_return.forms import DropoutRecord
from careflow_dropout_return.policy import Policy
from careflow_dropout_return.program import PROGRAM, SUSPECTED
from tests.engine.conftest import Town, actor, make_town
from workflow_core import Child, Stage
from workflow_core.engine import CaseShown
from workflow_core.store.database import Database


@dataclass
class StillCase:
    """A case on 2 November 2026: a Monday."""

    record: DropoutRecord = field(default_factory=lambda: DropoutRecord(last_attended=date(2026, 9, 16)))
    policy: Policy = field(default_factory=Policy)
    today: date = date(2026, 11, 2)
    stage: Stage = SUSPECTED
    begun: dict[str, date] = field(default_factory=dict)
    written: dict[str, list[Any]] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    asked: dict[str, list[Any]] = field(default_factory=dict)
    born_on: date | None = date(2013, 1, 5)

    @property
    def child(self) -> Child:
        return Child("P-1", self.born_on, None, False, "", 7, "", None, "", (), "")

    def entered(self, stage: Stage) -> date | None:
        return self.begun.get(stage.name)

    def results(self, of: Any, *, since: Any = None) -> Sequence[Any]:
        return self.written.get(of.name, [])

    def last(self, of: Any, *, since: Any = None) -> Any:
        return next(reversed(self.written.get(of.name, [])), None)

    def finished(self, task: Any) -> bool:
        return task.name in self.done

    def referrals(self, program: str) -> Sequence[Any]:
        return self.asked.get(program, [])


@pytest.fixture
def still() -> Callable[..., Any]:
    """Makes such a case; ``Any``, since it is a whole case only as far as guards look."""
    return StillCase


WEDNESDAY = datetime(2026, 10, 21, 1, tzinfo=UTC)
PEOPLE = {
    "school": "school",
    "village": "child_director",
    "supervisor": "child_supervisor",
    "bureau": "education_bureau",
    "county": "county_office",
}


class Life:
    """One case of dropout return in a town, with the five people who care for it; it begins on Wednesday, 21 October 2026."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.people = {name: actor(name, role) for name, role in PEOPLE.items()}
        town.clock.instant = WEDNESDAY
        self.ref = town.engine.open(self.people["school"], "dropout_return", town.child(), {"last_attended": "2026-09-16"}).ref

    @property
    def today(self) -> date:
        return self.town.today

    @property
    def stage(self) -> str:
        return self.shown.row.stage

    @property
    def record(self) -> Mapping[str, Any]:
        return self.shown.record

    @property
    def shown(self) -> CaseShown:
        return self.town.engine.show(self.people["school"], self.ref)

    def do(self, who: str, task: str, **given: object) -> None:
        """Somebody does a task of the case, by its name."""
        self.town.engine.do_task(self.people[who], f"{self.ref}.{task}", given)

    def step(self, who: str, transition: str, **given: object) -> None:
        """Somebody takes a transition."""
        self.town.engine.advance(self.people[who], self.ref, transition, given)

    def wait(self, days: int, *, every: int | None = None) -> None:
        """Lets days pass; the clock has its turn at the end, or every so many days."""
        for _ in range(0, days, every or days):
            self.town.wait(days=every or days)

    def desk(self, who: str, *, overdue: bool = False) -> list[str]:
        """The titles of what waits for somebody about this case, oldest due first."""
        rows = self.town.engine.inbox(self.people[who], role=PEOPLE[who])
        return [row.title for row in rows if row.case == self.ref and (row.overdue or not overdue)]

    def story(self) -> list[dict[str, Any]]:
        """Every event."""
        return self.town.engine.history(self.people["school"], self.ref)[0]

    # -- Stretches of a life that several tests begin with

    def register(self) -> None:
        """Checked the same day, found gone, registered."""
        self.do("school", "verify", checked_on=self.today, finding="GONE")
        self.step("school", "confirm")

    def persuade(self, cause: str = "AVERSION") -> None:
        """Registered, and the cause is confirmed."""
        self.register()
        self.do("village", "cause", enquired_on=self.today, cause=cause, destination="")

    def visit(self, outcome: str = "REFUSED", **more: object) -> None:
        """One round of persuasion, today."""
        self.do("village", "visit", visited_on=self.today, met="the grandmother", outcome=outcome, **more)

    def fail(self) -> None:
        """Three rounds of persuasion, one a week, in vain."""
        self.visit()
        self.wait(7)
        self.visit()
        self.wait(7)
        self.visit()

    def report(self) -> None:
        """Persuaded in vain, and the report is drafted."""
        self.persuade()
        self.fail()
        self.step("school", "report")

    def notice(self) -> None:
        """Reported, the parents spoken to, and the township's notice drafted."""
        self.report()
        self.do("school", "written_report", sent_on=self.today, number="1")
        self.do("supervisor", "talk", talked_on=self.today, met="the father", result="he thinks about it")
        self.step("supervisor", "notice")

    def order(self) -> None:
        """The notice ran out, and the bureau's order is drafted."""
        self.notice()
        self.do("supervisor", "serve_notice", served_on=self.today, received_by="the father")
        self.wait(8)
        self.step("bureau", "order")

    def sue(self) -> None:
        """The order ran out, and the county has decided to go to court."""
        self.order()
        self.do("bureau", "serve_order", served_on=self.today, received_by="the father")
        self.wait(16)
        self.step("county", "to_court", decided_on=self.today, why="every step was in vain")

    def come_back(self) -> None:
        """The child is back in class."""
        self.step("school", "return", returned_on=self.today)


@pytest.fixture
def life(database: Database, tmp_path: Path) -> Life:
    """A case that has just been opened, on each database."""
    return Life(make_town(database, tmp_path, PROGRAM))


@pytest.fixture
def new_life(sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[[], Life]]:
    """Makes the same life again, each in an office of its own."""
    opened: list[Database] = []

    def make() -> Life:
        path = tmp_path / f"office{len(opened)}.sqlite"
        shutil.copy(sqlite_template, path)
        opened.append(Database(path))
        return Life(make_town(opened[-1], tmp_path, PROGRAM))

    yield make
    for one in opened:
        one.dispose()
