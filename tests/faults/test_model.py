"""The engine and a simple oracle side by side: random commands, time, crashes at any statement, and writers who overtake each other."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from tests.engine.conftest import START, TOWNSHIP, Town, make_town
from workflow_core import (
    CHILD,
    PER_DIVISION,
    SCHOOL,
    SUPERVISOR,
    Change,
    Deny,
    Escalate,
    Limit,
    Notify,
    Program,
    Stage,
    Task,
    Timer,
    Transition,
    Workflow,
    after,
    ask,
    days,
    done,
    form,
    hookimpl,
)
from workflow_core.clock import civil_date, day_begins
from workflow_core.engine import Engine
from workflow_core.errors import CareError, Conflict
from workflow_core.office.doctor import Checkup, examine_rows
from workflow_core.store import holds
from workflow_core.store.database import Database, Tx
from workflow_core.store.tables import outbox

EXAMPLES = max(8, int(os.environ.get("CARE_FAULT_RUNS", "24")) // 3)
SEATS, RING_AFTER, DUE_AFTER = 1, 5, 3


@form
class Thing:
    """The record."""

    title: str = ask("What it is")


@form
class Policy:
    """Nothing is set."""

    size: int = ask("Size", default=1)


NEW, WORK = Stage("new", "New"), Stage("work", "At work")
DONE, DROPPED = Stage("done", "Done", final=True), Stage("dropped", "Dropped", final=True)
DO = Task("do", "Do it", by=SCHOOL, due=days(DUE_AFTER), late=[Escalate(SUPERVISOR, "It was not done")])
WORKFLOW = Workflow(
    "thing",
    "Thing",
    prefix="TH",
    subject=CHILD,
    record=Thing,
    policy=Policy,
    initial=NEW,
    stages=[NEW, WORK, DONE, DROPPED],
    transitions=[
        Transition("begin", "Begin", source=NEW, target=WORK, by=SCHOOL),
        Transition("end", "End", source=WORK, target=DONE, by=SCHOOL, guards=[done(DO)]),
        Transition("drop", "Drop", source=(NEW, WORK), target=DROPPED, by=SCHOOL),
    ],
    tasks={WORK: [DO]},
    timers=[Timer("ring", NEW, due=after(NEW, days(RING_AFTER)), do=[Notify(SUPERVISOR, "It waits to be begun")])],
    limits=[Limit("seats", "All seats are taken", size=SEATS, per=PER_DIVISION, held_in=[WORK])],
    open_by=[SCHOOL],
    edit_by=[SCHOOL],
)
PROGRAM = Program("things", "Things", version=1, policy=Policy, workflows=[WORKFLOW])


class Meddler:
    """A plugin in whose veto another desk does something: between the reading and the writing of the first."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], None] | None = None

    @hookimpl
    def careflow_veto(self, change: Change) -> Deny | None:
        todo, self.meanwhile = self.meanwhile, None
        if todo is not None:
            todo()
        return None


class Crash(Exception):
    """The process ends here, as far as the database can tell."""


@contextmanager
def crashing(at: int | None) -> Iterator[None]:
    """The k-th statement from here on is the last one."""
    if at is None:
        yield
        return
    counter = itertools.count(1)
    kept = Tx._send, Tx.many

    def send(tx: Tx, *given: Any, **named: Any) -> Any:
        if next(counter) >= at:
            raise Crash
        return kept[0](tx, *given, **named)

    def many(tx: Tx, *given: Any, **named: Any) -> Any:
        if next(counter) >= at:
            raise Crash
        return kept[1](tx, *given, **named)

    Tx._send, Tx.many = send, many  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        Tx._send, Tx.many = kept  # type: ignore[method-assign]


@dataclass
class Told:
    """What the oracle knows of one case."""

    child: str
    stage: str
    since: datetime
    last_at: datetime
    version: int = 1
    task: str = ""
    suspended: datetime | None = None
    due: datetime = START
    rings: datetime | None = None

    @property
    def open(self) -> bool:
        return self.stage in ("new", "work")


@dataclass
class Oracle:
    """How things should stand: a dictionary, and the rules said once more in a few lines."""

    cases: dict[str, Told] = field(default_factory=dict)
    messages: int = 0

    def catch_up(self, case: Told, now: datetime) -> None:
        """The timer of a new case, and the lateness of its task."""
        if not case.open or case.suspended is not None:
            return
        if case.stage == "new" and case.rings is not None and case.rings <= now:
            self._step(case, case.rings)
            case.rings = None
            self.messages += 1
        if case.stage == "work" and case.task == "open" and case.due <= now:
            self._step(case, case.due)
            case.task = "late"
            self.messages += 1

    def _step(self, case: Told, at: datetime) -> None:
        case.version += 1
        case.last_at = max(case.last_at, at)

    def open(self, ref: str, child: str, now: datetime) -> None:
        self.cases[ref] = Told(child, "new", now, now, rings=_day(now, RING_AFTER))

    def may(self, ref: str, what: str) -> bool:
        """Whether a command goes through, after time has caught up."""
        case = self.cases[ref]
        if what == "resume":
            return case.suspended is not None
        if not case.open or case.suspended is not None:
            return False
        if what == "begin":
            return case.stage == "new" and sum(one.stage == "work" for one in self.cases.values()) < SEATS
        if what == "end":
            return case.stage == "work" and case.task == "done"
        if what == "do":
            return case.stage == "work" and case.task in ("open", "late")
        return True

    def act(self, ref: str, what: str, clock: datetime) -> bool:
        """Do it, if it goes through."""
        case = self.cases[ref]
        trial = Told(**case.__dict__)
        kept, self.cases[ref] = case, trial
        before = self.messages
        now = max(clock, case.last_at)
        self.catch_up(trial, now)
        if not self.may(ref, what):
            self.cases[ref], self.messages = kept, before
            return False
        self._step(trial, now)
        if what == "begin":
            trial.stage, trial.task, trial.due, trial.rings = "work", "open", _day(now, DUE_AFTER + 1), None
        elif what in ("end", "drop"):
            trial.stage = "done" if what == "end" else "dropped"
        elif what == "do":
            trial.task = "done"
        elif what == "suspend":
            trial.suspended = now
        elif what == "resume":
            rested = civil_date(now) - civil_date(trial.suspended or now)
            trial.suspended = None
            trial.due += rested
            trial.rings = None if trial.rings is None else trial.rings + rested
        return True


def _day(at: datetime, more: int) -> datetime:
    return day_begins(civil_date(at) + timedelta(days=more))


COMMANDS = ("begin", "end", "drop", "do", "suspend", "resume", "note")
WHAT = some.sampled_from((*COMMANDS, "begin", "begin", "do", "do", "end"))  # the way to the end is long enough
WHICH = some.integers(0, 7)
CRASH = some.one_of(some.none(), some.integers(1, 60))


class Model(RuleBasedStateMachine):
    """Drives both, and compares."""

    database: Callable[[], str]
    folder: Path

    @initialize()
    def begin(self) -> None:
        self.address = type(self).database()
        self.meddler = Meddler()
        self.town: Town = make_town(Database(self.address), self.folder, PROGRAM, plugins=[self.meddler])
        self.town.clock.instant += timedelta(days=30)
        self.oracle = Oracle()
        self.children = [self.town.child() for _ in range(3)]
        self.requests = itertools.count()

    @property
    def engine(self) -> Engine:
        return self.town.engine

    @property
    def now(self) -> datetime:
        return self.town.clock.instant

    def ref(self, which: int) -> str:
        return list(self.oracle.cases)[which % len(self.oracle.cases)]

    def do(self, ref: str, what: str) -> None:
        """One command of the engine."""
        teacher = self.town.teacher
        if what in ("begin", "end", "drop"):
            self.engine.advance(teacher, ref, what)
        elif what == "do":
            open_ones = [one["ref"] for one in self.engine.show(teacher, ref).tasks if one["task"] == "do"]
            self.engine.do_task(teacher, open_ones[0] if open_ones else f"{ref}.1", {})
        elif what == "note":
            self.engine.note(teacher, ref, "seen")
        else:
            getattr(self.engine, what)(teacher, ref, "it has to be")

    @rule(child=some.integers(0, 2), crash=CRASH)
    def open(self, child: int, crash: int | None) -> None:
        """Opening, with a request that is sent again after a crash: one case, whatever happened."""
        who, request = self.children[child], f"request-{next(self.requests)}"
        free = not any(one.child == who and one.open for one in self.oracle.cases.values())

        def send() -> str:
            return self.engine.open(self.town.teacher, "things", who, {"title": "a thing"}, request=request).ref

        first, second, refused = "", "", 0
        with crashing(crash), suppress(Crash):
            try:
                first = send()
            except CareError:
                refused += 1
        try:
            second = send()
        except CareError:
            refused += 1
        assert bool(refused) != free
        if free:
            assert first in ("", second)
            self.oracle.open(second, who, self.now)

    @precondition(lambda self: self.oracle.cases)
    @rule(which=WHICH, what=WHAT, crash=CRASH)
    def act(self, which: int, what: str, crash: int | None) -> None:
        """A command; one that crashed left nothing."""
        ref = self.ref(which)
        with crashing(crash):
            try:
                self.do(ref, what)
                went = True
            except Crash:
                return
            except CareError:
                went = False
        if what == "note":
            went = went and self._noted(ref)
            return
        assert went == self.oracle.act(ref, what, self.now), (ref, what)

    def _noted(self, ref: str) -> bool:
        case = self.oracle.cases[ref]
        self.oracle.catch_up(case, max(self.now, case.last_at))
        case.version += 1
        case.last_at = max(case.last_at, self.now)
        return True

    @precondition(lambda self: self.oracle.cases)
    @rule(which=WHICH, first=some.sampled_from(COMMANDS[:4]), second=some.sampled_from(COMMANDS[:4]))
    def overtake(self, which: int, first: str, second: str) -> None:
        """Between one desk's reading and writing another changes the case: the second stands, the first is told, nothing is mixed."""
        ref = self.ref(which)
        overtaken: list[bool] = []

        def meanwhile() -> None:
            try:
                self.do(ref, second)
                overtaken.append(True)
            except CareError:
                overtaken.append(False)

        self.meddler.meanwhile = meanwhile
        try:
            self.do(ref, first)
            went, conflict = True, False
        except CareError as error:
            went, conflict = False, isinstance(error, Conflict)
        self.meddler.meanwhile = None
        if overtaken:
            assert overtaken[0] == self.oracle.act(ref, second, self.now), (first, second)
            if overtaken[0]:
                assert conflict, (first, second)
                return
        assert went == self.oracle.act(ref, first, self.now), (first, second)

    @rule(span=some.integers(1, 6))
    def wait(self, span: int) -> None:
        """Days pass; the clock has no turn by itself."""
        self.town.clock.instant += timedelta(days=span)

    @rule()
    def set_back(self) -> None:
        """Somebody sets the machine's clock wrong."""
        self.town.clock.instant -= timedelta(days=1)

    @rule(crash=CRASH)
    def tick(self, crash: int | None) -> None:
        """The clock's turn, also after one that died in the middle."""
        with crashing(crash), suppress(Crash):
            self.engine.tick()
        assert self.engine.tick().problems == []
        for case in self.oracle.cases.values():
            self.oracle.catch_up(case, self.now)

    @rule()
    def restart(self) -> None:
        """Everything in memory is gone."""
        old = self.town
        old.db.dispose()
        db = Database(self.address)
        self.town.db = db
        self.town.engine = Engine(db, self.town.engine.runtime.registry, self.town.clock, training=False, papers=self.folder)

    @invariant()
    def same(self) -> None:
        """Every case stands where the oracle says, at its version; places and messages are counted alike."""
        if not hasattr(self, "oracle"):
            return
        for ref, told in self.oracle.cases.items():
            shown = self.engine.show(self.town.teacher, ref)
            assert (shown.row.stage, shown.row.version) == (told.stage, told.version), ref
            found = {row["state"] for row in shown.tasks if row["task"] == "do"}
            wanted = {"": set(), "open": {"open"}, "late": {"open"}, "done": {"done"}}[told.task]
            assert found == ({"closed"} if not told.open and told.task in ("open", "late") else wanted), (ref, told)
        with self.town.db.read() as tx:
            working = sum(one.stage == "work" for one in self.oracle.cases.values())
            assert holds.used(tx, "things", "seats", TOWNSHIP) == working
            assert tx.value(select(func.count()).select_from(outbox)) == self.oracle.messages

    def teardown(self) -> None:
        """At the end the whole office is looked over."""
        if hasattr(self, "town"):
            self.town.verify()
            found = examine_rows(self.town.db, Checkup())
            assert [one.as_dict() for one in found.findings if one.severity == "damage"] == []
            self.town.db.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_engine_and_oracle_agree(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """After any sequence of commands, crashes, rivals and days."""
    numbers = itertools.count()

    def fresh() -> str:
        if kind == "sqlite":
            path = tmp_path / f"office-{next(numbers)}.sqlite"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return str(path)
        emptied: Callable[[], str] = request.getfixturevalue("emptied")
        return emptied()

    class Here(Model):
        database = staticmethod(fresh)
        folder = tmp_path / "papers"

    run_state_machine_as_test(Here, settings=settings(max_examples=EXAMPLES, stateful_step_count=30, deadline=None))
