"""The engine and a simple oracle side by side: random commands, time, crashes at any statement, and writers who overtake each other."""

from __future__ import annotations

import copy
import itertools
import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, make_url, select

from tests.engine.conftest import START, TOWNSHIP, Town, actor, make_town
from tests.faults.oracle import PROGRAM, Oracle
from workflow_core import Change, Deny, hookimpl
from workflow_core.clock import FixedClock
from workflow_core.engine import Engine
from workflow_core.errors import CareError, Conflict
from workflow_core.office.doctor import Checkup, examine_rows
from workflow_core.registry import Registry
from workflow_core.store import holds
from workflow_core.store.database import Database, Tx
from workflow_core.store.tables import case, outbox

EXAMPLES = int(os.environ.get("CARE_FAULT_RUNS", "24"))
CHILDREN = 3


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


class Crash(BaseException):
    """The process ends here, as far as the database can tell."""


HAPPENED: Counter[str] = Counter()
"""How often what befell the engine in fact did: a model to which nothing happens proves nothing."""


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
            raise _crashed()
        return kept[0](tx, *given, **named)

    def many(tx: Tx, *given: Any, **named: Any) -> Any:
        if next(counter) >= at:
            raise _crashed()
        return kept[1](tx, *given, **named)

    Tx._send, Tx.many = send, many  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        Tx._send, Tx.many = kept  # type: ignore[method-assign]


def _crashed() -> Crash:
    HAPPENED["crashed"] += 1
    return Crash()


COMMANDS = ("begin", "end", "drop", "do", "suspend", "resume", "note")
WHAT = some.sampled_from((*COMMANDS, "begin", "begin", "do", "do", "end"))  # the way to the end is long enough
WHICH = some.integers(0, 7)
CRASH = some.one_of(some.none(), some.integers(1, 30))


class Model(RuleBasedStateMachine):
    """Drives both, and compares."""

    database: Callable[[], str]
    dropped: Callable[[str], None]
    folder: Path

    @initialize()
    def begin(self) -> None:
        self.address = type(self).database()
        self.meddler = Meddler()
        registry, clock, db = Registry.of(PROGRAM, plugins=[self.meddler]), FixedClock(START + timedelta(days=30)), Database(self.address)
        engine = Engine(db, registry, clock, training=False, papers=self.folder)
        self.town = Town(db, clock, engine, actor("teacher", "school"), actor("supervisor", "child_supervisor"), actor("boss", "admin", scope=""))
        self.oracle = Oracle()
        self.children = [f"C-{n:06d}" for n in range(1, CHILDREN + 1)]
        self.requests = itertools.count()
        self.open(0, None)

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
        assert went == self.oracle.act(ref, what, self.now), (ref, what)

    @precondition(lambda self: self.oracle.cases)
    @rule(which=WHICH, first=WHAT, second=WHAT)
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
                HAPPENED["overtaken"] += 1
                assert conflict, (first, second)
                return
        assert went == self.oracle.act(ref, first, self.now), (first, second)

    @precondition(lambda self: self.oracle.cases)
    @rule(one=some.tuples(WHICH, WHAT), other=some.tuples(WHICH, some.one_of(WHAT, some.just("tick"))))
    def race(self, one: tuple[int, str], other: tuple[int, str]) -> None:
        """Two at the same instant, on one case or two: as if one had come after the other, or the one that is told of a conflict not at all."""
        both = [(self.ref(which), what) for which, what in (one, other)]
        together = threading.Barrier(2)

        def send(ref: str, what: str) -> str:
            together.wait(10)
            try:
                self.engine.tick() if what == "tick" else self.do(ref, what)
            except Conflict:
                return "conflict"
            except CareError:
                return "refused"
            return "went"

        with ThreadPoolExecutor(2) as pool:
            said = [answer.result() for answer in [pool.submit(send, *each) for each in both]]
        assert self.engine.tick().problems == []  # a clock's turn leaves what others have at hand to the next
        HAPPENED["raced"] += 1
        HAPPENED["conflict"] += "conflict" in said
        for order in ((0, 1), (1, 0)):
            trial = copy.deepcopy(self.oracle)
            if all(said[n] == self._meant(trial, *both[n], said[n]) for n in order):
                trial.all_catch_up(self.now)
                if not self.differences(trial):
                    self.oracle = trial
                    return
        raise AssertionError(f"no order of {both} gives {said}")

    def _meant(self, oracle: Oracle, ref: str, what: str, said: str) -> str:
        if said == "conflict" or what == "tick":
            return said
        return "went" if oracle.act(ref, what, self.now) else "refused"

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
        self.oracle.all_catch_up(self.now)

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
        assert self.differences(self.oracle) == []

    def differences(self, oracle: Oracle) -> list[tuple[object, ...]]:
        """Where the office stands otherwise."""
        found: list[tuple[object, ...]] = []
        for ref, told in oracle.cases.items():
            shown = self.engine.show(self.town.teacher, ref)
            tasks = {row["state"] for row in shown.tasks if row["task"] == "do"}
            found.append((ref, (shown.row.stage, shown.row.version, tasks), (told.stage, told.version, told.tasks)))
        with self.town.db.read() as tx:
            found.append(("seats", holds.used(tx, "things", "seats", TOWNSHIP), sum(one.stage == "work" for one in oracle.cases.values())))
            found.append(("messages", tx.value(select(func.count()).select_from(outbox)), oracle.messages))
            found.append(("cases", tx.value(select(func.count()).select_from(case)), len(oracle.cases)))
        return [one for one in found if one[1] != one[2]]

    def teardown(self) -> None:
        """At the end the whole office is looked over."""
        if hasattr(self, "town"):
            self.town.verify()
            found = examine_rows(self.town.db, Checkup())
            assert [one.as_dict() for one in found.findings if one.severity == "damage"] == []
            self.town.db.dispose()
            type(self).dropped(self.address)


class Towns:
    """Copies of a town with some children, on one of the databases."""

    def __init__(self, kind: str, request: pytest.FixtureRequest, folder: Path) -> None:
        self.folder, self.made = folder, 0
        self.cluster: Any = request.getfixturevalue("care_cluster") if kind == "postgresql" else None
        if self.cluster is None:
            self.first = str(folder / "town.sqlite")
            shutil.copy(request.getfixturevalue("sqlite_template"), self.first)
        else:
            self.first = self.cluster.make("care_template")
        db = Database(self.first if self.cluster is None else self.cluster.address(self.first))
        town = make_town(db, folder, PROGRAM)
        for _ in range(CHILDREN):
            town.child()
        db.dispose()

    def another(self) -> str:
        """The address of one more."""
        self.made += 1
        if self.cluster is not None:
            return str(self.cluster.address(self.cluster.make(self.first)))
        shutil.copy(self.first, path := self.folder / f"town-{self.made}.sqlite")
        return str(path)

    def drop(self, address: str) -> None:
        """Take one away."""
        if self.cluster is None:
            Path(address).unlink()
        else:
            self.cluster.drop(make_url(address).database)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_engine_and_oracle_agree(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """After any sequence of commands, crashes, rivals and days."""
    towns = Towns(kind, request, tmp_path)

    class Here(Model):
        database = staticmethod(towns.another)
        dropped = staticmethod(towns.drop)
        folder = tmp_path / "papers"

    HAPPENED.clear()
    run_state_machine_as_test(Here, settings=settings(max_examples=EXAMPLES, stateful_step_count=30, deadline=None))
    assert HAPPENED["crashed"], "nothing was ever interrupted"
    assert HAPPENED["overtaken"], "nobody was ever overtaken"
    assert HAPPENED["raced"], "nothing was ever done at the same time"
