"""Offices in which a story has been told up to a point, on each database, to be copied and harmed.

``CARE_FAULT_RUNS`` says how many processes are killed in all: 24 where it is not set, 500 by ``make faults``.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.engine.errand import PROGRAM as ERRANDS_PROGRAM
from tests.faults.forge import NOW, TOWNSHIP, Forge, Ground, copied, later
from tests.faults.programs import READERS_PROGRAM
from workflow_core import Program
from workflow_core.access.consents import Saying
from workflow_core.access.grants import Actor
from workflow_core.office import Office
from workflow_core.records import enabling
from workflow_core.records.values import check_digit
from workflow_core.store.database import Database
from workflow_core.store.tables import child, person

CHILDREN = 36
CASES = 14
ERRANDS = 20
READERS = 6
"""Of each child: some hundred in all, more than go into one commit."""
CLUB = "CB-26-00001"
CLOCK = re.compile(r"T\d\d:\d\d:\d\d[.\d]*Z?")


@dataclass(frozen=True)
class Chapter:
    """One step of the story: the command, and when it is given.

    :param again: whether it is given once more, ten minutes later: for messages whose claim a dead process held.
    :param ticks: whether the clock has its turn afterwards, at the same time. :param timeless: whether what it does may be dated by that later turn.
    :param instead_of: the chapter where it begins, where the story does not go on from it.
    """

    name: str
    words: tuple[str, ...]
    now: datetime = NOW
    again: bool = False
    ticks: bool = False
    timeless: bool = False
    instead_of: str = ""


STORY = (
    Chapter("roster", ("child", "import", "{home}/roster.csv", "--township", TOWNSHIP)),
    Chapter("absences", ("dropout-return", "import", "{home}/absences.csv", "--township", TOWNSHIP)),
    Chapter("advance", ("case", "advance", "start", "--program", "errands", "--where", "stage=new")),
    Chapter("tick", ("tick",), later(weeks=6), again=True),
    Chapter("batch", ("batch", "run", "PLAN-26-00001"), later(weeks=6, hours=1)),
    Chapter("letters", ("case", "advance", CLUB, "pause", "--set", "why=rain"), later(weeks=6, hours=2), ticks=True),
    Chapter("left", ("tick",), later(weeks=6, hours=2), again=True, timeless=True, instead_of="letters"),
    Chapter("withdrawn", ("consent", "withdraw", "C-000001", "reading", "--by", "guardian"), later(weeks=6, hours=3), ticks=True),
)


@dataclass
class Library:
    """The story on one database: an office before each chapter, and what it holds after it.

    :param before: by chapter, the folder. :param after: by chapter, the content.
    """

    kind: str
    home: Path
    forge: Forge
    cluster: Any = None
    before: dict[str, Path] = field(default_factory=dict)
    after: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    databases: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def ground(self, chapter: str) -> Ground:
        """A fresh office before a chapter."""
        self.made += 1
        folder = copied(self.before[chapter], self.home / f"ground-{self.made}")
        if self.kind == "sqlite":
            return Ground(folder, self.forge, drop=lambda: shutil.rmtree(folder, ignore_errors=True))
        name = self.cluster.make(self.databases[chapter])
        config = folder / "care.toml"
        old = self.cluster.address(self.databases[chapter])
        config.write_text(config.read_text("utf-8").replace(old, self.cluster.address(name)), encoding="utf-8")

        def drop() -> None:
            self.cluster.drop(name)
            shutil.rmtree(folder, ignore_errors=True)

        return Ground(folder, self.forge, drop=drop)

    def words(self, chapter: Chapter) -> list[str]:
        return [word.format(home=self.home) for word in chapter.words]

    def play(self, ground: Ground, chapter: Chapter) -> None:
        """A chapter without any fault, to its end."""
        ground.done(*self.words(chapter), now=chapter.now)
        self.close(ground, chapter)

    def close(self, ground: Ground, chapter: Chapter) -> None:
        """What belongs to a chapter after its command."""
        if chapter.ticks:
            ground.done("tick", now=chapter.now)
        if chapter.again:
            ground.done(*self.words(chapter), now=chapter.now.replace(minute=10))

    def content(self, ground: Ground, chapter: Chapter) -> dict[str, list[str]]:
        """What an office holds after a chapter."""
        found = ground.content()
        return {name: sorted(CLOCK.sub("T", row) for row in rows) for name, rows in found.items()} if chapter.timeless else found


def _number(n: int) -> str:
    first = f"432801201304{n % 28 + 1:02}{n:03}"
    return first + check_digit(first)


def _files(home: Path) -> None:
    (home / "divisions.csv").write_text("code,name\n99,示范省\n9901,示范市\n990101,青溪县\n990101100,高桥镇\n", encoding="utf-8")
    rows = [f"虚构{n},,,{_number(n)},裴坝村2组,高桥镇初级中学,七年级,监护{n},爷爷,1330000{n:04}" for n in range(1, CHILDREN + 1)]
    head = "姓名,性别,出生日期,身份证号码,家庭住址,就读学校,年级,监护人,与儿童关系,联系电话"
    (home / "roster.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    absent = [f"虚构{n},{_number(n)},高桥镇初级中学,丁老师,2026-09-{n:02}" for n in range(1, CASES + 1)]
    (home / "absences.csv").write_text("\n".join(["姓名,身份证号,就读学校,班主任,最后到校日期", *absent]) + "\n", encoding="utf-8")


@contextmanager
def _at_work(ground: Ground, now: datetime, program: Program[Any]) -> Iterator[tuple[Office, Actor, list[str]]]:
    """The office with a program enabled, whoever works in it, and its children."""
    office = ground.opened(now)
    with office.db.write() as tx:
        actor = office.actor(tx)
        enabling.enable(tx, program, "990101", actor=actor, now=now)
        refs = [row.ref for row in tx.rows(select(person.c.ref).join(child, child.c.person_id == person.c.person_id).order_by(person.c.ref))]
    yield office, actor, refs
    office.close()


def _errands(ground: Ground, now: datetime) -> None:
    """Errands of the first children, in a program that has nothing but its file."""
    with _at_work(ground, now, ERRANDS_PROGRAM) as (office, actor, refs):
        for ref in refs[:ERRANDS]:
            office.engine.open(actor, "errands", ref, {"title": "fetch the books"})


def _readers(ground: Ground, now: datetime) -> None:
    """A club whose guardians have consented, and the plan of who is admitted."""
    with _at_work(ground, now, READERS_PROGRAM) as (office, actor, refs):
        club = office.engine.open(actor, "readers.club", TOWNSHIP, {}).ref
        assert club == CLUB
        said = Saying(on=now.date(), by="guardian", notice="2026-1", child="agrees", paper=True)
        for ref in refs:
            office.engine.give_consent(actor, ref, "reading", said)

        def ask(who: tuple[str, str]) -> None:
            office.engine.open(actor, "readers.reader", who[0], {}, whole=club, key=who[1])

        wanted = [(ref, f"book {n}") for n in range(READERS) for ref in refs]
        assert [one for _, one in office.engine.each(wanted, ask) if one is not None] == []
        office.engine.plan(actor, "readers", "admit", division=TOWNSHIP)


def _left_behind(ground: Ground, now: datetime) -> None:
    """The club pauses, and the process dies before any of its members hears of it."""
    with pytest.MonkeyPatch.context() as patched, _at_work(ground, now, READERS_PROGRAM) as (office, actor, _):
        patched.setattr("workflow_core.engine.letters.deliver_on", lambda *_: 0)
        office.engine.advance(actor, CLUB, "pause", {"why": "rain"})


BEFORE: dict[str, Callable[[Ground, datetime], None]] = {"advance": _errands, "batch": _readers, "left": _left_behind}


def _told(library: Library) -> Library:
    _files(library.home)
    folder = library.home / "story"
    address: tuple[str, ...] = ()
    if library.kind == "postgresql":
        name = library.cluster.make("template0")
        address = ("--database", library.cluster.address(name))
    ground = Ground(folder, library.forge)
    ground.done("office", "init", "--training", "--divisions", library.home / "divisions.csv", *address)
    assert ground.care("program", "enable", "dropout_return", "--township", "990101").code == 0
    for chapter in STORY:
        if chapter.instead_of:
            here = library.ground(chapter.instead_of)
            _chapter(library, here, chapter)
            here.drop()
        else:
            _chapter(library, ground, chapter)
    ground.must_be_whole(now=STORY[-1].now)
    return library


def _chapter(library: Library, ground: Ground, chapter: Chapter) -> None:
    """One chapter, told once: what was there before it, how long it took, and what is there after it."""
    if chapter.name in BEFORE:
        BEFORE[chapter.name](ground, chapter.now)
    library.before[chapter.name] = copied(ground.folder, library.home / f"before-{chapter.name}")
    if library.kind == "postgresql":
        with database_of(ground) as db:
            name = db.where.rpartition("/")[2]
        library.databases[chapter.name] = library.cluster.make(name)
        old, new = library.cluster.address(name), library.cluster.address(library.databases[chapter.name])
        config = library.before[chapter.name] / "care.toml"
        config.write_text(config.read_text("utf-8").replace(old, new), encoding="utf-8")
    begun = time.monotonic()
    ran = ground.done(*library.words(chapter), now=chapter.now)
    library.calls[chapter.name], library.seconds[chapter.name] = ran.calls, time.monotonic() - begun
    library.close(ground, chapter)
    library.after[chapter.name] = library.content(ground, chapter)


@pytest.fixture(scope="session")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """A worker that has everything imported."""
    made = Forge(tmp_path_factory.mktemp("forge"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def second_forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """Another one, for what happens at the same time."""
    made = Forge(tmp_path_factory.mktemp("second-forge"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory, forge: Forge) -> Callable[[str, Any], Library]:
    """The story, told once on each database."""
    told: dict[str, Library] = {}

    def library(kind: str, cluster: Any = None) -> Library:
        if kind not in told:
            told[kind] = _told(Library(kind, tmp_path_factory.mktemp(f"library-{kind}"), forge, cluster))
        return told[kind]

    return library


@pytest.fixture(params=["sqlite", "postgresql"])
def library(request: pytest.FixtureRequest, libraries: Callable[[str, Any], Library]) -> Library:
    """The story on each database."""
    return libraries(request.param, request.getfixturevalue("care_cluster") if request.param == "postgresql" else None)


@pytest.fixture
def sqlite_library(libraries: Callable[[str, Any], Library]) -> Library:
    """The story on SQLite."""
    return libraries("sqlite", None)


@pytest.fixture
def postgresql_library(libraries: Callable[[str, Any], Library], care_cluster: Any) -> Library:
    """The story on PostgreSQL."""
    return libraries("postgresql", care_cluster)


@pytest.fixture
def ground_at(request: pytest.FixtureRequest) -> Iterator[Callable[[Library, str], Ground]]:
    """Makes an office before a chapter, and takes it away after the test."""
    made: list[Ground] = []

    def make(library: Library, chapter: str) -> Ground:
        made.append(library.ground(chapter))
        return made[-1]

    yield make
    for one in made:
        one.drop()


@contextmanager
def database_of(ground: Ground) -> Iterator[Database]:
    """The bare database of a ground."""
    from workflow_core.office.settings import read

    db = Database(read(ground.folder).address(ground.folder))
    try:
        yield db
    finally:
        db.dispose()
