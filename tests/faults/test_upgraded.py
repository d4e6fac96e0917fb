"""An upgrade killed at any point leaves each case moved or not moved, and the same command goes on with the rest; so does the way back."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.engine.lent import V1
from tests.faults.conftest import _files
from tests.faults.forge import NOW, Forge, Ground, copied, later
from workflow_core.office import Office
from workflow_core.records import enabling
from workflow_core.store import journal
from workflow_core.store.tables import case, child, event, person

HERE = Path(__file__).parent
FIRST, SECOND = HERE / "lent_first.py", HERE / "lent_second.py"
CASES = 230
"""More than go into one commit."""
FEW = 4
"""So few that the process can be killed at every call."""
RUNS = max(1, int(os.environ.get("CARE_FAULT_RUNS", "24")) // 12)
EVERY_CALL_FROM = 100
"""From so many runs on, as `make faults` asks for them, each call is killed at."""
SEED = int(os.environ.get("CARE_FAULT_SEED", "20261021"))
THEN = later(days=2)
UPGRADE, UNDO = ("program", "upgrade", "books"), ("program", "upgrade", "books", "--undo")
WAITING = {"tick_late", "program_differs"}


class Shelf:
    """An office with open cases of the first version in each of its stages, to be copied."""

    def __init__(self, kind: str, home: Path, forge: Forge, cluster: Any, cases: int) -> None:
        self.cases = cases
        self.kind, self.home, self.forge, self.cluster = kind, home, forge, cluster
        self.made = 0
        self.counted: dict[str, int] = {}
        _files(home)
        self.database = cluster.make("template0") if cluster is not None else ""
        address = ("--database", cluster.address(self.database)) if cluster is not None else ()
        self.first = Ground(home / "first", forge)
        self.first.done("office", "init", "--training", "--divisions", home / "divisions.csv", *address)
        self.first.done("child", "import", home / "roster.csv", "--township", "990101100")
        self._cases()

    def _cases(self) -> None:
        office = Office.open(self.first.folder, now=NOW, plugins=[FIRST])
        with office.db.write() as tx:
            actor = office.actor(tx)
            enabling.enable(tx, V1, "990101", actor=actor, now=NOW)
            refs = [row.ref for row in tx.rows(select(person.c.ref).join(child, child.c.person_id == person.c.person_id).order_by(person.c.ref))]

        def one(n: int) -> None:
            ref = office.engine.open(actor, "books", refs[n % len(refs)], {"title": f"book {n}", "wear": ("NEW", "TORN")[n % 2]}, key=str(n)).ref
            if n % 5 == 1:
                office.engine.advance(actor, ref, "give")
            if n % 20 == 1:
                office.engine.advance(actor, ref, "remind")

        assert [answer for _, answer in office.engine.each(range(self.cases), one) if answer is not None] == []
        office.close()

    def calls(self) -> dict[str, int]:
        """How many calls each way makes beside which a process may die."""
        if not self.counted:
            ground = self.ground()
            self.counted = {"there": care(ground, *UPGRADE).calls, "back": care(ground, *UNDO).calls}
            ground.drop()
        return self.counted

    def ground(self) -> Ground:
        """A fresh copy."""
        self.made += 1
        folder = copied(self.first.folder, self.home / f"ground-{self.made}")
        if self.cluster is None:
            return Ground(folder, self.forge, drop=lambda: shutil.rmtree(folder, ignore_errors=True))
        name = self.cluster.make(self.database)
        config = folder / "care.toml"
        config.write_text(config.read_text("utf-8").replace(self.cluster.address(self.database), self.cluster.address(name)), encoding="utf-8")

        def drop() -> None:
            self.cluster.drop(name)
            shutil.rmtree(folder, ignore_errors=True)

        return Ground(folder, self.forge, drop=drop)


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory, forge: Forge) -> Callable[[str, Any, int], Shelf]:
    made: dict[tuple[str, int], Shelf] = {}

    def shelf(kind: str, cluster: Any, cases: int) -> Shelf:
        if (kind, cases) not in made:
            made[kind, cases] = Shelf(kind, tmp_path_factory.mktemp(f"shelf-{kind}-{cases}"), forge, cluster, cases)
        return made[kind, cases]

    return shelf


def cluster_of(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("care_cluster") if request.param == "postgresql" else None


@pytest.fixture(params=["sqlite", "postgresql"])
def shelf(request: pytest.FixtureRequest, shelves: Callable[[str, Any, int], Shelf]) -> Shelf:
    """The office on each database."""
    return shelves(request.param, cluster_of(request), CASES)


@pytest.fixture(params=["sqlite", "postgresql"])
def short_shelf(request: pytest.FixtureRequest, shelves: Callable[[str, Any, int], Shelf]) -> Shelf:
    """The same with few cases."""
    return shelves(request.param, cluster_of(request), FEW)


@pytest.fixture
def ground(shelf: Shelf) -> Iterator[Ground]:
    """A copy of it, for one test."""
    made = shelf.ground()
    yield made
    made.drop()


def care(ground: Ground, *words: str, **befalls: Any) -> Any:
    at = THEN.strftime("%Y-%m-%dT%H:%M")
    return ground.forge.run("--office", ground.folder, "--plugin", SECOND, "--now", at, *words, **befalls)


def stands(ground: Ground) -> Counter[tuple[str, str]]:
    """How many cases stand in which stage of which workflow; on the way every chain is followed, and the whole office looked over."""
    from workflow_core.office.doctor import examine

    office = Office.open(ground.folder, now=THEN, plugins=[SECOND])
    try:
        with office.db.read() as tx:
            assert list(journal.verify_all(tx).findings) == []
            found = Counter((row.workflow, row.stage) for row in tx.rows(select(case.c.workflow, case.c.stage)))
        told = {one.problem.code for one in examine(office).findings} - {"office_unguarded", "setting_unsafe", "no_copy"}
        waits = any(workflow == "lent" for workflow, _ in found)
        assert told <= (WAITING if waits else {"tick_late"}), told
        return found
    finally:
        office.close()


def moved(ground: Ground) -> dict[str, int]:
    """How many events took a case from one version to another."""
    office = Office.open(ground.folder, now=THEN, plugins=[SECOND])
    try:
        with office.db.read() as tx:
            kinds = Counter(row.kind for row in tx.rows(select(event.c.kind)))
        return {kind: n for kind, n in kinds.items() if kind.startswith("upgrade")}
    finally:
        office.close()


OLD = Counter({("lent", "waiting"): 184, ("lent", "out"): 34, ("lent", "late"): 12})
NEW = Counter({("loan", "wished"): 184, ("loan", "reading"): 23, ("loan", "looked_after"): 11, ("loan", "overdue"): 12})


@pytest.mark.parametrize("n", range(RUNS))
@pytest.mark.parametrize("way", ["there", "back"])
def test_killed_anywhere_it_goes_on(ground: Ground, shelf: Shelf, way: str, n: int) -> None:
    """Up to three deaths in a row; in between every case is whole; at the end all have moved, once."""
    rnd = random.Random(f"{SEED} {shelf.kind} {way} {n}")
    words = UPGRADE if way == "there" else UNDO
    if way == "back":
        assert care(ground, *UPGRADE).code == 0
    for _ in range(rnd.choice((1, 2, 3))):
        ran = care(ground, *words, kill_at=rnd.randint(1, shelf.calls()[way] * 19 // 20))
        assert ran.killed or ran.code == 0, ran
        between = stands(ground)
        assert between.total() == CASES
    ran = care(ground, *words)
    assert ran.code == 0, ran
    assert stands(ground) == (NEW if way == "there" else OLD)
    assert moved(ground) == ({"upgraded": CASES} if way == "there" else {"upgraded": CASES, "upgrade_undone": CASES})


OLD_FEW = Counter({("lent", "waiting"): 3, ("lent", "late"): 1})
NEW_FEW = Counter({("loan", "wished"): 3, ("loan", "overdue"): 1})
AT_ALL = int(os.environ.get("CARE_FAULT_RUNS", "24")) >= EVERY_CALL_FROM
SHARES = 16
"""The calls are shared out among so many tests, which run beside each other."""


@pytest.mark.parametrize("share", range(SHARES if AT_ALL else 1))
@pytest.mark.parametrize("way", ["there", "back"])
def test_killed_at_every_call_few_cases_are_whole(short_shelf: Shelf, way: str, share: int) -> None:
    """Each call in turn where all are asked for, a few of them else; after each death the same command goes on to the end."""
    words = UPGRADE if way == "there" else UNDO
    calls = short_shelf.calls()[way]
    for kill_at in range(1 + share, calls + 1, SHARES) if AT_ALL else sorted(random.Random(f"{SEED} {way}").sample(range(1, calls + 1), 4)):
        ground = short_shelf.ground()
        try:
            if way == "back":
                assert care(ground, *UPGRADE).code == 0
            ran = care(ground, *words, kill_at=kill_at)
            assert ran.killed or ran.code == 0, (kill_at, ran)
            assert stands(ground) in (OLD_FEW, NEW_FEW), kill_at  # so few go in one commit: all, or none
            ran = care(ground, *words)
            assert ran.code == 0, (kill_at, ran)
            assert stands(ground) == (NEW_FEW if way == "there" else OLD_FEW), kill_at
            assert moved(ground) == ({"upgraded": FEW} if way == "there" else {"upgraded": FEW, "upgrade_undone": FEW}), kill_at
        finally:
            ground.drop()
