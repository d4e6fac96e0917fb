"""What is made or changed as a whole, killed in the middle: an office, its tables, a copy of it, its return, a signature."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Library, database_of
from tests.faults.forge import TESTS_SERVER, Forge, Ground, later
from workflow_core.office.backup import checked
from workflow_core.store import migrate
from workflow_core.store.schema import revision

RUNS = int(os.environ.get("CARE_FAULT_RUNS", "24"))
PER = max(1, RUNS // 12)
GroundAt = Callable[[Library, str], Ground]


def chances(*about: object) -> random.Random:
    return random.Random(" ".join(map(str, about)))


@pytest.mark.parametrize("n", range(PER))
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_making_of_an_office(kind: str, n: int, forge: Forge, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Said again, it is made: what an interruption left is known for that, and nothing has to be cleared away by hand."""
    (tmp_path / "divisions.csv").write_text("code,name\n99,示范省\n9901,示范市\n990101,青溪县\n", encoding="utf-8")
    ground = Ground(tmp_path / "office", forge)
    words = ["office", "init", "--training", "--divisions", tmp_path / "divisions.csv"]
    if kind == "postgresql":
        cluster: Any = request.getfixturevalue("care_cluster")
        name = cluster.make("template0")
        words += ["--database", cluster.address(name)]
    rnd = chances("init", kind, n)
    for time in range(2):
        at: dict[str, Any] = {"kill_at": rnd.randint(1, 70)} if rnd.random() < 0.6 else {"kill_after": rnd.uniform(0, 0.5)}
        ran = ground.care(*words, **at)
        assert ran.killed or ran.code == 0 or (time == 1 and ran.code == 4), (at, ran.err)
    ran = ground.care(*words)
    assert ran.code == 0 or (ran.code, "already" in ran.err) == (4, True), ran.err
    ground.must_be_whole()
    if kind == "postgresql":
        cluster.drop(name)


@pytest.fixture(scope="session")
def step(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A next version of the tables: one more table, and every case's row written again."""
    home = tmp_path_factory.mktemp("migrations") / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", home, ignore=shutil.ignore_patterns("__pycache__"))
    last = sorted(path.stem[:4] for path in (home / "versions").glob("[0-9]*.py"))[-1]
    following = f"{int(last) + 1:04}"
    (home / "versions" / f"{following}_more.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision, branch_labels, depends_on = {following!r}, {last!r}, None, None\n"
        "def upgrade():\n    op.create_table('more', sa.Column('n', sa.Integer, primary_key=True))\n"
        "    op.execute(sa.text('UPDATE \"case\" SET assignee = ref'))\n"
        "    op.execute(sa.text('INSERT INTO more SELECT 1'))\n"
        "def downgrade():\n    op.execute(sa.text('UPDATE \"case\" SET assignee = NULL'))\n    op.drop_table('more')\n",
        encoding="utf-8",
    )
    return {"migrations": str(home), "following": following}


@pytest.mark.parametrize("n", range(PER))
def test_the_change_of_the_tables(library: Library, ground_at: GroundAt, step: dict[str, Any], n: int, tmp_path: Path) -> None:
    """They are the old ones or the new ones, never between; run again it is carried through; the copy made before can be taken back."""
    ground = ground_at(library, "tick")
    with database_of(ground) as bare:
        old = revision(bare)
    rnd = chances("migrate", library.kind, n)
    words = ["office", "migrate", "--copy-to", str(tmp_path)]
    at: dict[str, Any] = {"kill_at": rnd.randint(1, 120)} if rnd.random() < 0.5 else {"kill_after": rnd.uniform(0, 1.0)}
    ran = ground.care(*words, **step, **at)
    assert ran.killed or ran.code == 0, ran.err
    with database_of(ground) as db, db.connect() as connection:
        now = revision(db)
        touched = connection.exec_driver_sql('SELECT count(*) FROM "case" WHERE assignee = ref').scalar_one()
        cases = connection.exec_driver_sql('SELECT count(*) FROM "case"').scalar_one()
    assert now in (old, step["following"])
    assert touched == (cases if now == step["following"] else 0)
    if now == old:
        ground.must_be_whole()
    ran = ground.care(*words, **step)
    assert ran.code == 0, ran.err
    with database_of(ground) as db:
        assert revision(db) == step["following"]
    for copy in tmp_path.glob("care-*.tar.gz"):
        assert not checked(copy, tmp_path / f"look-{copy.name}").damaged


@pytest.mark.parametrize("n", range(PER))
def test_the_copying_of_an_office(library: Library, ground_at: GroundAt, n: int, tmp_path: Path) -> None:
    """A file that has a copy's name is a whole copy; the office never notices."""
    ground = ground_at(library, "tick")
    before = ground.content()
    rnd = chances("backup", library.kind, n)
    for _ in range(3):
        at: dict[str, Any] = {"kill_at": rnd.randint(1, 110)} if rnd.random() < 0.5 else {"kill_after": rnd.uniform(0, 1.5)}
        ran = ground.care("office", "backup", tmp_path / "copies", "--keep", "2", **at)
        assert ran.killed or ran.code == 0, ran.err
    for number, copy in enumerate((tmp_path / "copies").glob("care-*.tar.gz")):
        assert not checked(copy, tmp_path / f"look-{number}").damaged
    assert ground.care("office", "backup", tmp_path / "copies", "--keep", "2").code == 0
    assert ground.content() == before
    ground.must_be_whole()


@pytest.mark.parametrize("n", range(PER))
@pytest.mark.parametrize("over", [False, True])
def test_the_return_of_an_office(sqlite_library: Library, ground_at: GroundAt, over: bool, n: int, tmp_path: Path) -> None:
    """Into a new folder: all of it, or no office. Over a live one: the old content or the copy's; said again, the copy's."""
    ground = ground_at(sqlite_library, "tick")
    copy = ground.care("office", "backup", tmp_path / "copies", "--json").json["file"]
    then = ground.content()
    ground.done("tick", now=later(weeks=6))
    since = ground.content()
    target = Ground(ground.folder if over else tmp_path / "again", ground.forge)
    words = ["office", "restore", copy, "--to", target.folder, *(["--over", "--yes"] if over else [])]
    rnd = chances("restore", over, n)
    at: dict[str, Any] = {"kill_at": rnd.randint(1, 400)} if rnd.random() < 0.5 else {"kill_after": rnd.uniform(0, 2.0)}
    ran = ground.forge.run(*words, **at)
    assert ran.killed or ran.code == 0, ran.err
    if over:
        assert target.content() in (then, since)
        target.must_be_whole("tick_late", "letters_late", now=later(weeks=6))  # the copy's clock and its letters have waited since
    elif target.folder.exists():
        assert target.content() == then
    if over or not target.folder.exists():
        again = ground.forge.run(*words)
        assert again.code == 0, again.err
    assert target.content() == then
    target.must_be_whole()


@pytest.mark.parametrize("n", range(PER))
def test_the_signing_of_papers(library: Library, ground_at: GroundAt, n: int) -> None:
    """No number is burnt, none given twice: after any death the numbers run without a gap, and a signed paper is kept."""
    ground = ground_at(library, "advance")
    rnd = chances("sign", library.kind, n)
    for number in range(1, 6):
        paper = ground.done("document", "draft", f"DR-26-{number:05}", "persuasion_letter", "--json").json["paper"]["ref"]
        at: dict[str, Any] = {"kill_at": rnd.randint(1, 105)} if rnd.random() < 0.7 else {"kill_after": rnd.uniform(0, 0.4)}
        ran = ground.care("document", "sign", paper, **at)
        assert ran.killed or ran.code == 0, ran.err
        ran = ground.care("document", "sign", paper)
        assert ran.code in (0, 1), ran.err  # 1: it was signed before the death
    ground.must_be_whole()
    with database_of(ground) as db, db.connect() as connection:
        found = connection.exec_driver_sql("SELECT number FROM document WHERE name = 'persuasion_letter' ORDER BY number").fetchall()
    assert [number for (number,) in found] == [1, 2, 3, 4, 5]


def test_a_copy_is_told_from_what_the_tests_server_is_told_of(library: Library, ground_at: GroundAt) -> None:
    """What the tests overlook in a check-up is one thing, and a warning."""
    ran = ground_at(library, "tick").care("office", "doctor", "--json")
    assert {one["code"] for one in json.loads(ran.out)["findings"]} <= TESTS_SERVER
    assert ran.code in (0, 1)
