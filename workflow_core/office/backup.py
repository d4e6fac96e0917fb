"""A copy of an office: database, papers, settings and templates as of one instant, in one file, read back before it counts."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_core.clock import SystemClock
from workflow_core.errors import CareError, Damaged, Misused
from workflow_core.i18n import N_
from workflow_core.office import backup_archive as archive
from workflow_core.office.settings import CONFIG, Settings

if TYPE_CHECKING:
    from workflow_core.access import Actor
    from workflow_core.office.doctor import Checkup
    from workflow_core.office.office import Office

COPIES = "backups"
"""The folder of copies, within the office's, where no other is named."""

SQLITE, DUMP = "database/office.sqlite", "database/office.dump"
FILES = "files/"
UNFINISHED = ".unfinished-"
_STALE_SECONDS = 86_400
_GOOD = re.compile(r"care-.+-\d{8}T\d{6}Z(-\d+)?\.tar\.gz")
_BESIDE = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Copy:
    """A copy that was made and read back.

    :param removed: older copies of this office that were thrown away for it.
    :param noted: whether the office's journal could be told.
    :param loaded: whether it was loaded into a database of its own and looked over there; False where none could be made, and all of it was read.
    """

    path: Path
    size: int
    manifest: archive.Manifest
    removed: tuple[Path, ...] = ()
    noted: bool = False
    loaded: bool = True


def backup(office: Office, actor: Actor, folder: Path | None = None, *, keep: int | None = None) -> Copy:
    """Make a copy of an office that may be in use, read it back, and write into the journal that it was made.

    :param folder: where to; ``backups`` in the office's folder where None. :param keep: so many copies of this office are kept there.
    :raises Misused: ``copy_unwritable``. :raises Damaged: ``copy_not_whole``, ``copy_failed``, ``pg_tools_missing``, and those of the database.
    """
    made = copy_of(office.folder, office.settings, folder, keep=keep)
    from workflow_core.store import journal, pulse

    now = office.clock.now()
    try:
        with office.db.write() as tx:
            said = {"file": made.path.name, "cases": made.manifest.rows.get("case", 0)}
            journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "backed_up", said, now)
            pulse.copied(tx, now)
    except CareError:
        return made  # a full disk or a read-only database must not spoil a good copy
    return replace(made, noted=True)


def copy_of(home: Path, settings: Settings, folder: Path | None = None, *, keep: int | None = None) -> Copy:
    """Make a copy, whatever version its tables are of; see :func:`backup`."""
    target = folder or home / COPIES
    with _workshop(target) as work:
        made_at = SystemClock().now()
        manifest, sources = _gathered(home, settings, target, work, made_at)
        packed = work / "packed"
        try:
            archive.write(packed, manifest, sources)
        except OSError as error:
            raise _failed(error) from None
        whole = checked(packed, work / "read-back")
        loaded = manifest.database == "sqlite" or _loaded(work / "read-back" / DUMP, settings.address(home), manifest, whole)
        stem = f"care-{_slug(home)}-{made_at:%Y%m%dT%H%M%SZ}"
        if whole.damaged:
            kept = _placed(packed, target, f"{stem}-damaged")
            hint = N_("{file} was kept to be looked into; see what is wrong: care office doctor")
            problems = [one.problem for one in whole.findings if one.severity == "damage"]
            raise Damaged("copy_not_whole", N_("a copy was made, and what it holds is damaged"), hint=hint, problems=problems[:20], file=str(kept))
        path = _placed(packed, target, stem)
    removed = _thrown_away(target, manifest, path, keep) if keep is not None else ()
    return Copy(path, path.stat().st_size, manifest, removed, loaded=loaded)


def checked(packed: Path, into: Path) -> Checkup:
    """Take a copy apart into a folder, open its database, and look at all of it.

    :raises Misused: ``copy_unreadable``. :raises Damaged: ``copy_damaged``.
    """
    from workflow_core.office.doctor import Checkup
    from workflow_core.store import backup as rows

    try:
        into.mkdir(mode=0o700)
        manifest = archive.unpack(packed, into)
    except OSError as error:
        raise _failed(error) from None
    if manifest.database == "sqlite":
        return examined(str(into / SQLITE), manifest)
    found = Checkup()
    _same_rows(found, manifest, rows.dumped_counts(into / DUMP))
    return found


def _loaded(dump: Path, address: str, manifest: archive.Manifest, whole: Checkup) -> bool:
    """Load a dump into a database of its own, and look that over too; whether one could be made."""
    from workflow_core.store import backup as rows
    from workflow_core.store.backup_scratch import scratch

    with scratch(address, manifest.made_at) as other:
        if other is None:
            return False
        rows.load_postgresql(dump, other)
        whole.findings += examined(other, manifest).findings
    return True


def examined(address: str, manifest: archive.Manifest) -> Checkup:
    """Look at a copy's database, restored or taken apart: its rows, and whether they are as many as were copied."""
    from workflow_core.office.doctor import Checkup, examine_pages, examine_rows
    from workflow_core.store import backup as rows
    from workflow_core.store.database import Database
    from workflow_core.store.schema import HEAD

    db = Database(address)
    try:
        found = Checkup()
        if manifest.revision == HEAD:
            examine_rows(db, found)
        else:
            examine_pages(db, found)
        with db.read() as tx:
            _same_rows(found, manifest, rows.counts(tx))
        return found
    finally:
        db.dispose()


def _same_rows(found: Checkup, manifest: archive.Manifest, rows: dict[str, int]) -> None:
    from workflow_core.errors import Problem

    for table, wanted in manifest.rows.items():
        if rows.get(table, 0) != wanted:
            values = {"wanted": wanted, "found": rows.get(table, 0)}
            found.add("rows", Problem("rows_missing", N_("{wanted} rows were copied, {found} are there"), place=table, values=values))


def _gathered(home: Path, settings: Settings, target: Path, work: Path, made_at: datetime) -> tuple[archive.Manifest, dict[str, Path]]:
    """The database first, the files after it: so every paper that the database names is there."""
    from workflow_core.store import backup as rows
    from workflow_core.store.database import Database
    from workflow_core.store.schema import revision

    db = Database(settings.address(home))
    try:
        step = revision(db)
        if step is None:
            raise Damaged("office_empty", N_("There is no office in this database: {where}"), hint=N_("Make one: care office init"), where=db.where)
        if db.dialect_name == "sqlite":
            name, held = SQLITE, work / "office.sqlite"
            rows.copy_sqlite(Path(db.where), held)
            counted = _counted(held)
        else:
            name, held = DUMP, work / "office.dump"
            counted = rows.dump_postgresql(db, held)
        with db.read() as tx:
            office = rows.office_number(tx)
    except OSError as error:
        raise _failed(error) from None
    finally:
        db.dispose()
    sources = {name: held, **{FILES + path.relative_to(home).as_posix(): path for path in _files(home, settings, target)}}
    stored = tuple(archive.Stored(one, *archive.digest_of(path)) for one, path in sources.items())
    kind = "sqlite" if name == SQLITE else "postgresql"
    return archive.Manifest(office, made_at, version("careflow"), kind, step, settings.training, counted, stored), sources


def _counted(path: Path) -> dict[str, int]:
    from workflow_core.store import backup as rows
    from workflow_core.store.database import Database

    trial = path.with_name("trial.sqlite")
    trial.touch(mode=0o600)  # before anything stands in it: a killed process leaves it
    shutil.copyfile(path, trial)  # opening it writes into it
    db = Database(trial)
    try:
        with db.read() as tx:
            return rows.counts(tx)
    finally:
        db.dispose()
        for beside in _BESIDE:
            trial.with_name(trial.name + beside).unlink(missing_ok=True)


def _files(home: Path, settings: Settings, target: Path) -> Iterator[Path]:
    """Settings, papers, templates: every file of the folder but the database's own, copies, and what is being made."""
    database = None if "://" in settings.database else home / settings.database
    own = set() if database is None else {database.with_name(database.name + beside) for beside in _BESIDE}
    copies = {target.resolve(), (home / COPIES).resolve()} - {home.resolve()}
    for path in sorted(home.rglob("*")):
        inside = {path.resolve(), *path.resolve().parents}
        if path.is_symlink() or not path.is_file() or path in own or inside & copies:
            continue
        unwanted = any(name.startswith((UNFINISHED, "before-restore-")) for name in path.relative_to(home).parts)
        if not unwanted and not (path.name.startswith("care-") and path.name.endswith(archive.SUFFIX)):
            yield path


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """A folder of our own beside the copies; what a dead process left there for over a day goes with it."""
    try:
        archive.private_folder(target)
        for left in target.glob(f"{UNFINISHED}*"):
            if SystemClock().now().timestamp() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=target))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = N_("choose a folder of your own: care office backup DIR")
        raise Misused("copy_unwritable", N_("no copy can be made in {folder} ({reason})"), hint=hint, folder=str(target), reason=reason) from None
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _placed(packed: Path, target: Path, stem: str) -> Path:
    """Give a finished copy its name, for good: nothing is overwritten, and it is on the disk before anybody is told."""
    n = 1
    while True:
        path = target / f"{stem}{'' if n == 1 else f'-{n}'}{archive.SUFFIX}"
        try:
            os.link(packed, path)
            break
        except FileExistsError:
            n += 1
        except OSError:  # a disk without links
            if path.exists():
                n += 1
                continue
            packed.replace(path)
            break
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return path


def _thrown_away(target: Path, manifest: archive.Manifest, newest: Path, keep: int) -> tuple[Path, ...]:
    """Older copies of this office but the last so many. A file that cannot be read, or is another office's, is left."""
    found: list[tuple[Any, Path]] = []
    for path in target.glob(f"care-*{archive.SUFFIX}"):
        if path == newest or not _GOOD.fullmatch(path.name):
            continue
        try:
            other = archive.read_manifest(path)
        except CareError:
            continue
        if other.office == manifest.office:
            found.append((other.made_at, path))
    gone = [path for _, path in sorted(found, reverse=True)[max(keep, 1) - 1 :]]
    for path in gone:
        path.unlink(missing_ok=True)
    return tuple(gone)


def _slug(home: Path) -> str:
    return re.sub(r"[^\w-]+", "-", home.resolve().name).strip("-") or CONFIG.partition(".")[0]


def _failed(error: OSError) -> Damaged:
    reason = error.strerror or type(error).__name__
    return Damaged("copy_failed", N_("the copy could not be written ({reason})"), hint=N_("make room on the disk, or name another folder"), reason=reason)
