"""A case that says what it is told, for guards and checks, which are pure; and a case that is lived in a town, through the engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from careflow_dropout_return.forms import DropoutRecord
from careflow_dropout_return.policy import Policy
from careflow_dropout_return.program import PROGRAM
from careflow_dropout_return.stages import SUSPECTED
from tests.engine.conftest import TOWNSHIP, Town, actor, make_town
from workflow_core import Child, Issued, Stage
from workflow_core.clock import stamp
from workflow_core.documents.papers import Receipt
from workflow_core.engine import CaseShown
from workflow_core.engine.keeping import read_file
from workflow_core.store import tables
from workflow_core.store.database import Database
from workflow_core.store.ids import uuid7
from workflow_core.store.statement import Statement


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
    papers: dict[str, Issued] = field(default_factory=dict)
    ref: str = "DR-26-00001"

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

    def paper(self, document: Any) -> Issued | None:
        return self.papers.get(document.name)

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
    "deputy": "education_bureau",
    "county": "county_office",
}


PICTURE = Path(str(files("careflow_cli.demo") / "sheets" / "in-class.png"))
PHOTO = {"digest": read_file(PICTURE)[0], "name": PICTURE.name}


def go_to_school(town: Town, child: str) -> None:
    """Puts a child on a school's roll, so that there is a school to sign its papers, and into a family to which they go."""
    now = stamp(town.clock.instant)
    with town.db.write() as tx:
        school = {"place_id": "school-1", "ref": "S-0001", "kind": "school", "name": "高桥镇初级中学", "name_key": "高桥镇初级中学", "division": TOWNSHIP}
        tx.execute(Statement(insert(tables.place)), {**school, "created_at": now, "updated_at": now})
        whose = tables.child.c.person_id.in_(tables.person.select().with_only_columns(tables.person.c.person_id).where(tables.person.c.ref == child))
        tx.execute(Statement(update(tables.child).where(whose).values(school="school-1")))
        child_id = tx.value(select(tables.person.c.person_id).where(tables.person.c.ref == child))
        father = {"person_id": uuid7(), "ref": f"P-{child}", "name": "张大", "name_key": "张大", "division": TOWNSHIP, "created_at": now, "updated_at": now}
        tx.execute(Statement(insert(tables.person)), father)
        tie = {"relation_id": uuid7(), "person_id": child_id, "other_id": father["person_id"], "kind": "guardian", "kin": "father"}
        tx.execute(Statement(insert(tables.relation)), tie)


class Life:
    """One case of dropout return in a town, with the people who care for it; it begins on Wednesday, 21 October 2026."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.people = {name: actor(name, role) for name, role in PEOPLE.items()}
        town.clock.instant = WEDNESDAY
        child = town.child()
        go_to_school(town, child)
        self.ref = town.engine.open(self.people["school"], "dropout_return", child, {"last_attended": "2026-09-16"}).ref

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
        """Somebody does a task of the case, by its name; a photograph is put in first."""
        self.hand_in(who, given)
        self.town.engine.do_task(self.people[who], f"{self.ref}.{task}", given)

    def step(self, who: str, transition: str, **given: object) -> None:
        """Somebody takes a transition; a photograph is put in first."""
        self.hand_in(who, given)
        self.town.engine.advance(self.people[who], self.ref, transition, given)

    def hand_in(self, who: str, given: Mapping[str, object]) -> None:
        """Puts the photograph in beside the case, where somebody names it."""
        if PHOTO in given.values():
            self.town.engine.attach(self.people[who], self.ref, PICTURE)

    def wait(self, days: int, *, every: int | None = None) -> None:
        """Lets days pass; the clock has its turn at the end, or every so many days."""
        for _ in range(0, days, every or days):
            self.town.wait(days=every or days)

    def desk(self, who: str, *, overdue: bool = False) -> list[str]:
        """The titles of what waits for somebody about this case, oldest due first; papers to be signed are told by ``to_sign``."""
        rows = self.town.engine.inbox(self.people[who], role=PEOPLE[who])
        return [row.title for row in rows if row.case == self.ref and row.kind != "paper" and (row.overdue or not overdue)]

    def to_sign(self, who: str) -> list[str]:
        """The papers of this case that wait for somebody's signature."""
        rows = self.town.engine.inbox(self.people[who], role=PEOPLE[who])
        return [row.name.removeprefix("sign-") for row in rows if row.case == self.ref and row.kind == "paper"]

    def sign(self, who: str, paper: str) -> None:
        """Somebody signs the latest draft of a paper."""
        self.town.engine.sign(self.people[who], f"{self.ref}.{paper}")

    def serve(self, who: str, paper: str, on: date | None = None, *, reason: str = "", **said: Any) -> None:
        """Somebody enters the receipt of a paper: received by the father, today, where nothing else is said."""
        told = {"place": "at home", "received_by": "" if said.get("refused") else "the father", "servers": ("somebody",), **said}
        self.town.engine.serve(self.people[who], f"{self.ref}.{paper}", Receipt(on or self.today, **told), reason=reason)

    def due(self, task: str) -> str | None:
        """By when the latest occurrence of a task is due."""
        due: str | None = [one["due"] for one in self.shown.tasks if one["task"] == task][-1]
        return due

    def states(self, task: str) -> list[str]:
        """How the occurrences of a task stand."""
        return [one["state"] for one in self.shown.tasks if one["task"] == task]

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
        self.sign("school", "written_report")
        self.do("school", "written_report", sent_on=self.today)
        self.do("supervisor", "talk", talked_on=self.today, met="the father", result="he thinks about it")
        self.step("supervisor", "notice")

    def order(self) -> None:
        """The notice ran out, and the bureau's order is drafted."""
        self.notice()
        self.sign("supervisor", "return_notice")
        self.serve("supervisor", "return_notice")
        self.wait(8)
        self.step("bureau", "order")

    def sue(self) -> None:
        """The order ran out, and the county has decided to go to court."""
        self.order()
        self.sign("deputy", "return_order")
        self.serve("bureau", "return_order")
        self.wait(16)
        self.step("county", "to_court", decided_on=self.today, why="every step was in vain")

    def come_back(self, *, proved: bool = True) -> None:
        """The child is back in class."""
        self.step("school", "return", returned_on=self.today, **({"evidence": PHOTO} if proved else {}))


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
