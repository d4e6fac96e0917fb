"""Copies of an office: whole, private, read back, kept so many; and the way back, which never harms what is there unasked."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from careflow_cli.main import run
from tests.office.conftest import SERVER_OF_TESTS, House
from workflow_core.errors import CareError, Conflict, Damaged, Misused
from workflow_core.office import Office, backup_archive, backup_restore
from workflow_core.office.backup import Copy, backup
from workflow_core.office.backup_restore import restore
from workflow_core.registry import Registry
from workflow_core.store import backup as rows
from workflow_core.store import journal_reading, migrate
from workflow_core.store.database import Database, Tx
from workflow_core.store.ids import uuid7
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, case, event, journal


def content(house: House | Database) -> list[dict[str, Any]]:
    """The cases and their events."""
    db = house.db if isinstance(house, House) else house
    with db.read() as tx:
        return [dict(row) for core in (select(case).order_by(case.c.ref), select(event).order_by(event.c.case_id, event.c.n)) for row in tx.rows(core)]


def opened(folder: Path, house: House) -> House:
    """The office in a folder, with the house's clock and programs."""
    office = Office.open(folder)
    office.clock, office.registry = house.clock, house.office.registry
    return House(office, house.clock, house.actor, house.children)


def refused(kind: type[CareError], code: str, do: Callable[[], object]) -> CareError:
    with pytest.raises(kind) as told:
        do()
    assert told.value.code == code
    assert told.value.hint
    return told.value


@pytest.fixture
def made(sqlite_house: House, tmp_path: Path) -> Copy:
    """A copy of the office on SQLite, in a folder of its own."""
    (sqlite_house.office.papers / "notice.html").write_text("限期返校通知书", encoding="utf-8")
    (sqlite_house.office.papers / "notice.html").chmod(0o600)
    return backup(sqlite_house.office, sqlite_house.actor, tmp_path / "copies")


def test_a_copy_is_one_private_file_that_names_all_it_holds(made: Copy) -> None:
    """Ordinary programs can open it; its manifest stands first."""
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    with tarfile.open(made.path) as archive:
        names = archive.getnames()
        said = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert names == ["manifest.json", *(one["name"] for one in said["files"])]
    assert {"database/office.sqlite", "files/care.toml", "files/papers/notice.html"} == set(names) - {"manifest.json", "files/papers/messages.jsonl"}
    assert (said["rows"]["case"], said["database"], said["format"]) == (2, "sqlite", 1)
    assert not list(made.path.parent.glob(".unfinished-*"))


def test_an_office_comes_back_as_it_was(sqlite_house: House, made: Copy, tmp_path: Path) -> None:
    """Cases, chains and papers; it is found sound, and its journal says where it came from."""
    before = content(sqlite_house)
    done = restore(made.path, tmp_path / "again")
    again = opened(done.folder, sqlite_house)
    assert content(again) == before
    assert again.examine().findings == []
    assert (done.folder / "papers/notice.html").read_text("utf-8") == "限期返校通知书"
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in done.folder.rglob("*")} == {0}
    with again.db.read() as tx:
        kinds = [row.kind for row in tx.rows(Statement(select(journal.c.kind).order_by(journal.c.at)))]
    assert kinds[-1] == "restored"
    assert "backed_up" not in kinds
    again.open()
    again.office.close()


def test_who_restored_an_office_is_named(sqlite_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its journal: the account that is meant, or the system with the machine's user beside it."""
    with sqlite_house.db.write() as tx:
        tx.execute(Statement(insert(account)), {"account_id": uuid7(), "login": "may", "os_user": "may.li", "created_at": "2026-01-01T00:00:00.000000Z"})
    copy = backup(sqlite_house.office, sqlite_house.actor, tmp_path / "copies")
    told = {}
    for login, user in ((None, "may.li"), (None, "may"), ("may", "root")):  # a login that is called like the user may be somebody else's
        monkeypatch.setattr(backup_restore, "os_login", lambda user=user: user)
        again = opened(restore(copy.path, tmp_path / f"again-{login}-{user}", login=login).folder, sqlite_house)
        with again.db.read() as tx:
            (entry,) = journal_reading.latest(tx, kind="restored")
        told[login, user] = (entry["actor"], entry["says"].get("os_user"))
        again.office.close()
    assert told == {(None, "may.li"): ("may", None), (None, "may"): ("system", "may"), ("may", "root"): ("may", None)}


def test_an_office_on_postgresql_comes_back_as_it_was(house: House, empty_database: Database, care_cluster: Any, tmp_path: Path) -> None:
    """Into an empty database, which has to be named."""
    if empty_database.dialect_name == "sqlite":
        copy = backup(house.office, house.actor, tmp_path / "copies")
        error = refused(Misused, "database_not_needed", lambda: restore(copy.path, tmp_path / "again", database="postgresql:///x"))
        assert error.exit_code == 2
        return
    before = content(house)
    copy = backup(house.office, house.actor, tmp_path / "copies")
    assert (copy.manifest.database, copy.loaded) == ("postgresql", True)
    refused(Misused, "database_needed", lambda: restore(copy.path, tmp_path / "again"))
    refused(Damaged, "database_not_empty", lambda: restore(copy.path, tmp_path / "again", database=house.db.address))
    assert not (tmp_path / "again").exists()
    name = care_cluster.make("template0")
    again = opened(restore(copy.path, tmp_path / "again", database=care_cluster.address(name)).folder, house)
    assert content(again) == before
    assert {one.problem.code for one in again.examine().findings} <= SERVER_OF_TESTS
    again.office.close()
    care_cluster.drop(name)


def test_nothing_of_a_copy_lies_open_while_it_is_made(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed leaves no file that others may read, in no folder."""
    seen: dict[str, int] = {}
    folder, counts = sqlite_house.office.folder, rows.counts

    def counted(tx: Tx) -> dict[str, int]:
        seen.update({path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in folder.rglob("*")})
        return counts(tx)

    monkeypatch.setattr(rows, "counts", counted)
    backup(sqlite_house.office, sqlite_house.actor)
    assert "trial.sqlite" in seen
    assert {name for name, others in seen.items() if others} == set()


def test_it_is_made_while_others_write(sqlite_house: House, tmp_path: Path) -> None:
    """Every copy holds whole steps only, and the writers never wait for it in vain."""
    stop, errors = threading.Event(), []

    def write() -> None:
        try:
            while not stop.is_set():
                sqlite_house.open()
        except Exception as error:
            errors.append(error)
            raise

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [backup(sqlite_house.office, sqlite_house.actor, tmp_path / "copies") for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    assert errors == []
    held = [copy.manifest.rows["case"] for copy in copies]
    assert held == sorted(held)
    assert held[0] < held[-1]
    for n, copy in enumerate(copies):
        again = opened(restore(copy.path, tmp_path / f"again-{n}").folder, sqlite_house)
        assert again.codes() == set()
        again.office.close()


def test_a_live_office_is_never_replaced_unasked(sqlite_house: House, made: Copy) -> None:
    """Nor is a folder with anything in it; and nothing was changed."""
    folder = sqlite_house.office.folder
    sqlite_house.open()
    before = content(sqlite_house)
    assert refused(Conflict, "office_exists", lambda: restore(made.path, folder)).exit_code == 4
    refused(Misused, "folder_not_empty", lambda: restore(made.path, made.path.parent))
    assert content(sqlite_house) == before


def test_asked_for_it_takes_the_place_of_what_is_there_which_is_kept(sqlite_house: House, made: Copy) -> None:
    """Whoever has the office open sees the copy's content with the next look; what was there can be had back."""
    folder = sqlite_house.office.folder
    then = content(sqlite_house)
    late = sqlite_house.open()
    (sqlite_house.office.papers / "notice.html").write_text("changed since", encoding="utf-8")
    done = restore(made.path, folder, over=True)
    assert content(sqlite_house) == then
    assert (folder / "papers/notice.html").read_text("utf-8") == "限期返校通知书"
    assert done.aside is not None
    assert (done.aside / "papers/notice.html").read_text("utf-8") == "changed since"
    assert done.before is not None
    assert sqlite_house.office.engine.open(sqlite_house.actor, "errands", sqlite_house.child(), {"title": "again"}).ref == late
    restore(done.before, folder, over=True)
    assert sqlite_house.office.engine.show(sqlite_house.actor, late).row.ref == late
    assert sqlite_house.codes() == set()


def test_a_damaged_office_is_replaced_and_kept_aside(sqlite_house: House, made: Copy) -> None:
    """What cannot even be opened is moved, not lost."""
    then = content(sqlite_house)
    sqlite_house.office.close()
    folder = sqlite_house.office.folder
    (folder / "office.sqlite").write_bytes(b"this is no database" * 1000)
    done = restore(made.path, folder, over=True)
    assert done.before is None
    assert done.aside is not None
    assert (done.aside / "office.sqlite").read_bytes().startswith(b"this is no database")
    assert content(sqlite_house) == then
    assert sqlite_house.codes() == set()


def test_another_office_is_not_put_over_this_one(house_at: Callable[..., House], made: Copy) -> None:
    """Children of two townships must not be mixed up by a wrong file's name."""
    other = house_at(None, name="other")
    before = content(other)
    refused(Misused, "other_office", lambda: restore(made.path, other.office.folder, over=True))
    assert content(other) == before


def repacked(made: Copy, target: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> Path:
    """A copy with another content, whose archive itself is sound."""
    with tarfile.open(made.path) as archive:
        files = {info.name: archive.extractfile(info).read() for info in archive if info.isreg()}  # type: ignore[union-attr]
    said = json.loads(files.pop("manifest.json"))
    change(said, files)
    with tarfile.open(target, "w:gz") as archive:
        for name, data in {"manifest.json": json.dumps(said).encode(), **files}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, BytesIO(data))
    return target


def test_a_copy_cannot_write_outside_its_folder(made: Copy, tmp_path: Path) -> None:
    """A name that climbs out, or one that the manifest does not have, is refused."""

    def climb(said: dict[str, Any], files: dict[str, bytes]) -> None:
        files["files/../../evil"] = files["files/care.toml"]
        said["files"].append({**next(one for one in said["files"] if one["name"] == "files/care.toml"), "name": "files/../../evil"})

    def unnamed(_: dict[str, Any], files: dict[str, bytes]) -> None:
        files["files/extra"] = b"x"

    for n, change in enumerate((climb, unnamed)):
        file = repacked(made, tmp_path / f"changed-{n}.tar.gz", change)
        refused(Damaged, "copy_damaged", partial(restore, file, tmp_path / "again"))
    assert not list(tmp_path.rglob("evil"))


def test_a_copy_of_a_newer_careflow_is_told_as_such(made: Copy, tmp_path: Path) -> None:
    """Rather than half understood."""
    file = repacked(made, tmp_path / "newer.tar.gz", lambda said, _: said.update(format=99))
    refused(Misused, "copy_too_new", lambda: restore(file, tmp_path / "again"))


def test_a_copy_whose_content_is_damaged_does_not_count(sqlite_house: House, tmp_path: Path) -> None:
    """It is kept to be looked into, throws nothing away, and the office's journal does not say that there is a copy."""
    good = [backup(sqlite_house.office, sqlite_house.actor, tmp_path / "copies") for _ in range(2)]
    sqlite_house.sql("UPDATE event_payload SET payload = '{}' WHERE n = 1")
    told = refused(Damaged, "copy_not_whole", lambda: backup(sqlite_house.office, sqlite_house.actor, tmp_path / "copies", keep=1))
    assert {one.code for one in told.problems} == {"payload_changed"}
    assert all(one.path.exists() for one in good)
    kept = Path(told.context["file"])
    assert kept.name.endswith("-damaged.tar.gz")
    refused(Damaged, "copy_not_whole", lambda: restore(kept, tmp_path / "again"))
    assert not (tmp_path / "again").exists()


def test_so_many_are_kept_and_only_our_own_are_thrown_away(sqlite_house: House, house_at: Callable[..., House], tmp_path: Path) -> None:
    """The newest of this office; another office's, and files that are no copies, stay."""
    folder = tmp_path / "copies"
    theirs = backup((other := house_at(None, name="other")).office, other.actor, folder)
    (folder / "care-office-20200101T000000Z.tar.gz").write_bytes(b"not one of ours")
    copies = [backup(sqlite_house.office, sqlite_house.actor, folder, keep=2) for _ in range(4)]
    left = {backup_archive.read_manifest(path).made_at for path in folder.glob("care-*T*Z*.tar.gz") if path.name != "care-office-20200101T000000Z.tar.gz"}
    assert left - {theirs.manifest.made_at} == {copy.manifest.made_at for copy in copies[2:]}  # a freed name may be taken again
    assert [len(copy.removed) for copy in copies] == [0, 0, 1, 1]
    assert theirs.path.exists()
    assert (folder / "care-office-20200101T000000Z.tar.gz").exists()


def test_copies_are_not_copied_into_copies(sqlite_house: House) -> None:
    """Also where they are kept within the office's own folder."""
    first = backup(sqlite_house.office, sqlite_house.actor)
    second = backup(sqlite_house.office, sqlite_house.actor)
    assert first.path.parent == sqlite_house.office.folder / "backups"
    assert [one.name for one in second.manifest.files if "backups" in one.name or "care-" in one.name] == []
    assert sqlite_house.codes() == set()


def test_a_folder_that_cannot_be_written_is_told(sqlite_house: House, tmp_path: Path) -> None:
    """With the reason, before anything is read."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    told = refused(Misused, "copy_unwritable", lambda: backup(sqlite_house.office, sqlite_house.actor, tmp_path / "file" / "copies"))
    assert told.context["reason"]


def test_the_journal_and_the_status_tell_of_the_last_copy(sqlite_house: House, made: Copy) -> None:
    """Whoever administers the office sees when it was last copied, and by whom."""
    assert made.noted
    with sqlite_house.db.read() as tx:
        (entry,) = tx.rows(Statement(select(journal.c.actor).where(journal.c.kind == "backed_up")))
    assert entry.actor == sqlite_house.actor.login


def test_tables_are_migrated_with_a_copy_made_first(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """An interrupted step leaves the office as it was, with a copy beside it; run again, it is carried through."""
    home = tmp_path / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", home, ignore=shutil.ignore_patterns("__pycache__"))
    steps = sorted(path.stem[:4] for path in (home / "versions").glob("[0-9]*.py"))
    following = f"{int(steps[-1]) + 1:04}"
    (home / "versions" / f"{following}_another.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\nimport os\n"
        f"revision, down_revision, branch_labels, depends_on = {following!r}, {steps[-1]!r}, None, None\n"
        "def upgrade():\n    op.create_table('extra', sa.Column('n', sa.Integer, primary_key=True))\n"
        "    if os.environ.get('CARE_TEST_BREAK'):\n        raise KeyboardInterrupt\n"
        "def downgrade():\n    op.drop_table('extra')\n",
        encoding="utf-8",
    )
    from workflow_core.store import schema

    before = content(house)
    house.office.close()
    monkeypatch.setattr(migrate, "_HOME", home)
    for module in (migrate, schema):
        monkeypatch.setattr(module, "HEAD", following)
    monkeypatch.setattr(schema, "KNOWN", (*steps, following))
    words = ["--office", str(house.office.folder), "office", "migrate", "--copy-to", str(tmp_path / "copies"), "--json"]
    monkeypatch.setenv("CARE_TEST_BREAK", "1")
    assert run(words) == 130
    assert len(list((tmp_path / "copies").iterdir())) == 1
    monkeypatch.delenv("CARE_TEST_BREAK")
    capfd.readouterr()
    assert run(words) == 0
    said = json.loads(capfd.readouterr().out)
    assert said["steps"] == [following]
    assert backup_archive.read_manifest(Path(said["copy"])).revision == steps[-1]
    assert content(house) == before
    assert run(words) == 0
    assert json.loads(capfd.readouterr().out) == {"steps": [], "copy": None}


def test_whether_programs_fit_the_open_cases_is_said(sqlite_house: House) -> None:
    """Installed, gone, or changed without a new version."""
    from dataclasses import replace

    from tests.engine.errand import PROGRAM
    from workflow_core.definition import Stage
    from workflow_core.office.upgrade import fits

    def states(*programs: Any) -> list[tuple[str, int, bool, int]]:
        sqlite_house.office.registry = Registry.of(*programs)
        with sqlite_house.db.read() as tx:
            return [(one.state, one.cases, bool(one.hint()), len(one.stages)) for one in fits(sqlite_house.office, tx)]

    workflow = replace(PROGRAM.workflows[0], stages=[*PROGRAM.workflows[0].stages, Stage("more", "More", final=True)])
    other = replace(PROGRAM, workflows=[workflow])
    assert states(PROGRAM) == [("fits", 2, False, 0)]
    assert states() == [("missing", 2, True, 0)]
    assert states(other) == [("changed", 2, True, 0)]
    assert states(replace(other, version=2)) == [("newer", 2, True, 0)]


def test_the_commands_copy_and_bring_back(sqlite_house: House, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With one JSON document each; a live office asks for --over, and then for a yes."""
    folder = str(sqlite_house.office.folder)
    assert run(["--office", folder, "office", "backup", str(tmp_path / "copies"), "--keep", "3", "--json"]) == 0
    said = json.loads(capfd.readouterr().out)
    assert (said["cases"], said["noted"]) == (2, True)
    assert run(["office", "restore", said["file"], "--to", str(tmp_path / "again"), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["cases"] == 2
    assert run(["--office", folder, "office", "restore", said["file"]]) == 4
    assert run(["--office", folder, "office", "restore", said["file"], "--over", "--yes"]) == 0
    assert run(["--office", folder, "office", "upgrade-check"]) == 1  # the errands are not installed in this process
    capfd.readouterr()


def test_an_unfinished_copy_of_a_dead_process_is_swept_away(sqlite_house: House, tmp_path: Path) -> None:
    """A day later; a fresh one may be somebody's who is at it."""
    folder = tmp_path / "copies"
    for name, age in ((".unfinished-old", timedelta(days=2)), (".unfinished-new", timedelta())):
        (folder / name).mkdir(parents=True)
        then = (folder / name).stat().st_mtime - age.total_seconds()
        os.utime(folder / name, (then, then))
    backup(sqlite_house.office, sqlite_house.actor, folder)
    assert [path.name for path in folder.glob(".unfinished-*")] == [".unfinished-new"]


def test_the_copied_database_is_one_file_that_any_sqlite_opens(made: Copy, tmp_path: Path) -> None:
    """Without careflow: the last way out."""
    with tarfile.open(made.path) as archive:
        (tmp_path / "plain.sqlite").write_bytes(archive.extractfile("database/office.sqlite").read())  # type: ignore[union-attr]
    plain = sqlite3.connect(tmp_path / "plain.sqlite")
    assert plain.execute('SELECT count(*) FROM "case"').fetchone() == (2,)
    assert plain.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    plain.close()
