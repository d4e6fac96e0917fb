"""No room, no right to write, no lock, no server, no time: the office is whole, the person is told, and again makes it good."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import STORY, Chapter, Library, database_of
from tests.faults.forge import NOW, PLUGIN, Forge, Ground, Ran, differences, later

NOBODY = 65534
GroundAt = Callable[[Library, str], Ground]
BY_NAME = {one.name: one for one in STORY}


def told(ran: Ran, code: int, *words: str) -> None:
    """A person was told what happened and what to do, and not with a stack trace."""
    assert ran.code == code, (ran.code, ran.err, ran.out)
    assert "→" in ran.err
    assert "itself failed" not in ran.err, ran.err
    assert "Traceback" not in ran.err, ran.err
    for word in words:
        assert word in ran.err, ran.err


def completed(library: Library, ground: Ground, chapter: Chapter) -> None:
    """Whole as it is, and complete when it is done again."""
    ground.must_be_whole("tick_late", "letters_late", "plan_left", "disk_nearly_full", now=chapter.now)
    library.play(ground, chapter)
    ground.must_be_whole("disk_nearly_full", now=chapter.now)
    found = ground.content()
    assert found == library.after[chapter.name], differences(library.after[chapter.name], found)
    assert sorted(ground.letters()) == sorted(ground.sent())


# -- No room ---------------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 60_000, 250_000])
@pytest.mark.parametrize("chapter", ["roster", "absences", "tick"])
def test_a_file_that_may_not_grow(sqlite_library: Library, ground_at: GroundAt, chapter: str, room: int) -> None:
    """A quota, met at the beginning, in the middle, near the end."""
    ground = ground_at(sqlite_library, chapter)
    one = BY_NAME[chapter]
    ran = ground.care(*sqlite_library.words(one), now=one.now, largest_file=40_000 + room)
    if ran.code not in (0, 1):
        told(ran, 6, "cannot be written")
    completed(sqlite_library, ground, one)


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="care-disk-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


@pytest.mark.parametrize("left", [0, 50_000, 400_000])
@pytest.mark.parametrize("chapter", ["roster", "tick"])
def test_a_full_disk(sqlite_library: Library, ground_at: GroundAt, chapter: str, left: int) -> None:
    """Really full: with so many bytes left when the command begins. With room again all is well."""
    source, one = ground_at(sqlite_library, chapter), BY_NAME[chapter]
    with small_disk("24m") as disk:
        ground = Ground(disk / "office", source.forge)
        shutil.copytree(source.folder, ground.folder)
        free = shutil.disk_usage(disk).free
        (disk / "filler").write_bytes(b"\0" * max(0, free - left))
        ran = ground.care(*sqlite_library.words(one), now=one.now)
        if left == 0 or ran.code not in (0, 1):
            told(ran, 6)
        (disk / "filler").unlink()
        completed(sqlite_library, ground, one)


def test_a_copy_on_a_full_disk_is_refused_and_leaves_nothing(sqlite_library: Library, ground_at: GroundAt) -> None:
    """Neither half a copy nor the room it took; older copies are not thrown away for it."""
    ground = ground_at(sqlite_library, "tick")
    with small_disk("1200k") as disk:
        copies = disk / "copies"
        first = ground.care("office", "backup", copies)
        before = sorted(path.name for path in disk.rglob("*"))
        if first.code == 0:
            (disk / "filler").write_bytes(b"\0" * shutil.disk_usage(disk).free)
            told(ground.care("office", "backup", copies, "--keep", "1"), 6, "make room")
            (disk / "filler").unlink()
        else:
            told(first, 6, "make room")
        assert [path.name for path in disk.rglob(".unfinished-*")] == []
        assert [name for name in before if name.startswith("care-")] == sorted(path.name for path in disk.rglob("care-*"))
    ground.must_be_whole()


# -- No right --------------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_a_folder_that_may_only_be_read(sqlite_library: Library, ground_at: GroundAt, forge: Forge) -> None:
    """What cannot be written is told as that; nothing is changed."""
    source, one = ground_at(sqlite_library, "advance"), BY_NAME["advance"]
    home = Path(tempfile.mkdtemp(prefix="care-read-only-"))
    home.chmod(0o755)
    try:
        ground = Ground(home / "office", forge)
        shutil.copytree(source.folder, ground.folder)
        plugin = shutil.copy(PLUGIN, home)
        before = ground.content()
        for path in (ground.folder, *ground.folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
            path.chmod(0o500 if path.is_dir() else 0o400)
        words = ["--office", ground.folder, "--plugin", plugin, "--now", "2026-10-21T09:00", "--as", "root"]
        ran = forge.run(*words, *sqlite_library.words(one), uid=NOBODY)
        told(ran, 6)
        for path in (ground.folder, *ground.folder.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
            os.chown(path, 0, 0)
        assert ground.content() == before
        completed(sqlite_library, ground, one)
    finally:
        shutil.rmtree(home)


# -- No lock ---------------------------------------------------------------------------------------------------------------------------------------------


@contextmanager
def locked(ground: Ground, seconds: float | None = None) -> Iterator[None]:
    """Another program holds the database; for so long, or until the block ends."""
    over = threading.Event()
    held = threading.Event()

    def hold() -> None:
        with database_of(ground) as db, db.write() as tx:
            if db.dialect_name == "postgresql":
                tx.connection.exec_driver_sql('LOCK TABLE "case", person IN EXCLUSIVE MODE')
            held.set()
            over.wait(seconds or 60)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        yield
    finally:
        over.set()
        holder.join()


@pytest.mark.parametrize("chapter", ["roster", "absences", "advance", "tick", "batch"])
def test_a_database_that_stays_locked(library: Library, ground_at: GroundAt, chapter: str) -> None:
    """After the time a writer waits (here one second instead of thirty) it is told to try again; nothing was written."""
    ground, one = ground_at(library, chapter), BY_NAME[chapter]
    before = ground.content()
    with locked(ground):
        ran = ground.care(*library.words(one), now=one.now, busy=1)
    assert ran.code in (0, 1, 4), (ran.code, ran.err)
    if (library.kind, chapter) == ("postgresql", "tick"):  # the clock passes over what others have at hand, and letters leave
        assert ground.content()["case"] == before["case"]
    else:
        assert ran.code != 0
        assert "Try again" in ran.err + ran.out or "busy" in ran.err + ran.out
        after = ground.content()
        if (library.kind, chapter) == ("postgresql", "batch"):  # that it has begun is said before the first case is touched
            after["plan"], before["plan"] = [], []
        assert after == before
    completed(library, ground, one)


def test_a_database_that_is_locked_for_a_while_is_waited_for(library: Library, ground_at: GroundAt) -> None:
    """Nobody hears of it."""
    ground, one = ground_at(library, "absences"), BY_NAME["absences"]
    with locked(ground, 1.5):
        ran = ground.care(*library.words(one), now=one.now, busy=20)
    assert (ran.code, ran.err) == (0, "")
    completed(library, ground, one)


# -- No server -------------------------------------------------------------------------------------------------------------------------------------------


CUTS = max(3, int(os.environ.get("CARE_FAULT_RUNS", "24")) // 12)


@pytest.mark.parametrize("n", range(CUTS))
@pytest.mark.parametrize("chapter", ["roster", "absences", "advance", "tick"])
def test_a_connection_that_is_cut(postgresql_library: Library, ground_at: GroundAt, care_cluster: Any, chapter: str, n: int) -> None:
    """In the middle of a transaction: undone as a whole, told, and good at the next try."""
    import psycopg

    library, one = postgresql_library, BY_NAME[chapter]
    ground = ground_at(library, chapter)
    with database_of(ground) as db:
        name = db.where.rpartition("/")[2]
    rnd = random.Random(f"{chapter} {n}")
    cut: list[int] = []
    over = threading.Event()

    def cutter() -> None:
        question = f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}' AND application_name = 'careflow' AND xact_start IS NOT NULL"
        with psycopg.connect(care_cluster.address("postgres"), autocommit=True) as connection:
            time.sleep(rnd.uniform(0, library.seconds[chapter]))
            while not over.is_set() and not cut:
                for (pid,) in connection.execute(question.encode()).fetchall():
                    connection.execute(b"SELECT pg_terminate_backend(%s)", (pid,))
                    cut.append(pid)
                time.sleep(0.001)

    thread = threading.Thread(target=cutter)
    thread.start()
    ran = ground.care(*library.words(one), now=one.now)
    over.set()
    thread.join()
    if ran.code == 6:
        told(ran, 6, "cannot be reached")
    else:
        assert ran.code in (0, 1), (ran.code, ran.err)
    completed(library, ground, one)


def test_a_server_that_is_not_there(postgresql_library: Library, ground_at: GroundAt) -> None:
    """Told at once, with where it was looked for; and the check-up says it too."""
    ground = ground_at(postgresql_library, "tick")
    config = ground.folder / "care.toml"
    kept = config.read_text("utf-8")
    config.write_text(kept.replace("host=", "host=/nowhere"), encoding="utf-8")
    told(ground.care("inbox"), 6, "cannot be reached")
    ran = ground.care("office", "doctor")
    assert (ran.code, "cannot be reached" in ran.out) == (6, True)
    config.write_text(kept, encoding="utf-8")


# -- No time, or too much of it --------------------------------------------------------------------------------------------------------------------------


def test_a_clock_that_was_set_back(library: Library, ground_at: GroundAt) -> None:
    """Steps are dated like the one before them; nothing rings twice; the check-up says that the clock is wrong."""
    ground = ground_at(library, "tick")
    library.play(ground, BY_NAME["tick"])
    after = ground.content()
    ground.done("tick", now=later(weeks=2))
    assert ground.content() == after
    refs = [row["ref"] for row in ground.done("case", "list", "--json", now=later(weeks=2)).json["cases"]]
    assert ground.care("case", "note", refs[0], "--text", "set back", now=later(weeks=2)).code in (0, 2)
    events = ground.done("case", "history", refs[0], "--json", now=later(weeks=2)).json["events"]
    assert [one["at"] for one in events] == sorted(one["at"] for one in events)
    assert "clock_back" in {one.problem.code for one in ground.examine(later(weeks=2)).findings}
    ground.must_be_whole(now=BY_NAME["tick"].now)


HANGING = '''"""A plugin whose observer waits for a server that never answers."""
import time
from workflow_core import hookimpl

@hookimpl
def careflow_observe(change):
    time.sleep(600)
'''


def test_a_plugin_that_hangs(library: Library, ground_at: GroundAt, tmp_path: Path) -> None:
    """The desk waits for some seconds once, not for ever; what was changed stands."""
    ground, one = ground_at(library, "advance"), BY_NAME["advance"]
    (tmp_path / "hanging.py").write_text(HANGING, encoding="utf-8")
    begun = time.monotonic()
    words = ["--office", ground.folder, "--plugin", PLUGIN, "--plugin", tmp_path / "hanging.py", "--now", "2026-10-21T09:00"]
    ran = ground.forge.run(*words, *library.words(one), timeout=60)
    assert ran.code in (0, 1), ran.err  # 1: only so many errands may run at once
    assert time.monotonic() - begun < 45
    completed(library, ground, one)


# -- Two at once -----------------------------------------------------------------------------------------------------------------------------------------


def together(*commands: Callable[[], Ran]) -> list[Ran]:
    results: list[Ran] = []
    threads = [threading.Thread(target=lambda command=command: results.append(command())) for command in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_ticks_in_two_processes(library: Library, ground_at: GroundAt, second_forge: Forge) -> None:
    """Together they do what one does: each task, timer and message once."""
    ground, one = ground_at(library, "tick"), BY_NAME["tick"]
    other = Ground(ground.folder, second_forge)
    ran = together(lambda: ground.care("tick", now=one.now), lambda: other.care("tick", now=one.now))
    assert [each.code for each in ran] == [0, 0], [each.err for each in ran]
    completed(library, ground, one)


def test_two_imports_of_one_sheet_in_two_processes(library: Library, ground_at: GroundAt, second_forge: Forge) -> None:
    """One case for each child, whichever of the two opened it."""
    ground, one = ground_at(library, "absences"), BY_NAME["absences"]
    other = Ground(ground.folder, second_forge)
    ran = together(lambda: ground.care(*library.words(one)), lambda: other.care(*library.words(one)))
    assert {each.code for each in ran} <= {0, 1, 4}, [each.err for each in ran]
    library.play(ground, one)
    ground.must_be_whole()
    found = ground.content()
    assert len(found["case"]) == len(library.after["absences"]["case"])
    assert found["hold"] == library.after["absences"]["hold"]
    assert one.now.replace(minute=1) > NOW
