"""The way back from a copy: into a new folder, or, when asked in so many words, over the office that is there."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_core.clock import SystemClock
from workflow_core.errors import CareError, Conflict, Damaged, Misused
from workflow_core.i18n import N_
from workflow_core.office import backup_archive as archive
from workflow_core.office.backup import COPIES, DUMP, FILES, SQLITE, UNFINISHED, Copy, checked, copy_of, examined
from workflow_core.office.settings import CONFIG, DATABASE, PAPERS, Settings, os_login, read

if TYPE_CHECKING:
    from workflow_core.office.doctor import Checkup

ASIDE = "before-restore-"
"""How the folder begins in which what was there is kept."""


@dataclass(frozen=True)
class Restored:
    """An office that was taken from a copy.

    :param before: the copy that was made of what was there; None where nothing was, or it could not be copied.
    :param aside: the folder to which files were moved that the copy has otherwise; None where none were.
    """

    folder: Path
    manifest: archive.Manifest
    before: Path | None = None
    aside: Path | None = None


def restore(file: Path, to: Path, *, over: bool = False, database: str | None = None, login: str | None = None) -> Restored:
    """Take an office from a copy. The copy is checked before anything is touched, and the office after it.

    :param to: a folder that is empty or not there. :param over: or that of the office that the copy was made of: what is there is copied first.
    :param database: for a copy of an office on PostgreSQL: the address of an empty database.
    :param login: in a training office the account (``--as``) that restores; else, and where None, whoever the machine's user is.
    :raises Conflict: ``office_exists``. :raises Misused: ``folder_not_empty``, ``copy_unreadable``, ``copy_too_new``, ``database_needed``, ``other_office``.
    :raises Damaged: ``copy_damaged``, ``copy_not_whole``, ``restore_failed``, ``pg_tools_missing``, ``database_not_empty``.
    """
    there = _see_what_is_there(to, over=over)
    manifest = archive.read_manifest(file)
    if manifest.database == "postgresql" and database is None:
        hint = N_("make an empty one (createdb NAME) and name it: --database postgresql://host/NAME")
        raise Misused("database_needed", N_("this copy is of an office on PostgreSQL"), hint=hint)
    if manifest.database == "sqlite" and database is not None:
        raise Misused("database_not_needed", N_("this copy is of an office on SQLite"), hint=N_("leave --database out"))
    with _workshop(to) as work:
        _must_be_whole(checked(file, work / "copy"), file)
        copied = work / "copy"
        if there is None:
            _into_new(work, to, manifest, database)
            before, aside = None, None
        else:
            before, aside = _over(copied, to, there, manifest, database)
    settings = read(to)
    _must_be_whole(examined(settings.address(to), manifest), file)
    _note(settings.address(to), file, manifest, login if settings.training else None)
    return Restored(to, manifest, before, aside)


def _see_what_is_there(to: Path, *, over: bool) -> Settings | None:
    """The settings of the office that is there already."""
    try:
        if (to / CONFIG).exists():
            if not over:
                hint = N_("name another folder: --to DIR; or, to put the copy in this one's place: --over")
                raise Conflict("office_exists", N_("there is an office in {folder} already"), hint=hint, folder=str(to))
            return read(to)
        if to.exists() and (not to.is_dir() or any(to.iterdir())):
            raise Misused("folder_not_empty", N_("{folder} is not empty"), hint=N_("an office needs a folder of its own"), folder=str(to))
    except OSError as error:
        raise _failed(error) from None
    return None


def _must_be_whole(found: Checkup, file: Path) -> None:
    wrong = [one.problem for one in found.findings if one.severity == "damage"]
    if wrong:
        hint = N_("take an older copy; nothing but what is told here was changed")
        raise Damaged("copy_not_whole", N_("what {file} holds is damaged"), hint=hint, problems=wrong[:20], file=file.name)


def _into_new(work: Path, to: Path, manifest: archive.Manifest, database: str | None) -> None:
    """Built beside it, and put in its place in one go: whatever interrupts this leaves no half of an office."""
    from workflow_core.store import backup as rows

    copied, made = work / "copy", work / "office"
    try:
        archive.private_folder(made / PAPERS)
        settings = _settings(copied, database)
        if manifest.database == "sqlite":
            _move(copied / SQLITE, made / settings.database)
        else:
            rows.load_postgresql(copied / DUMP, settings.database)
        config = _config(copied, settings)
        for path in _files(copied):
            _move(path, made / path.relative_to(copied / FILES))
        _write(made / CONFIG, config)
        made.replace(to)
    except OSError as error:
        raise _failed(error) from None


def _over(copied: Path, to: Path, there: Settings, manifest: archive.Manifest, database: str | None) -> tuple[Path | None, Path | None]:
    """What is there is copied, or where it cannot be, moved aside; then the copy's content takes its place."""
    from workflow_core.store import backup as rows

    aside = to / f"{ASIDE}{SystemClock().now():%Y%m%dT%H%M%SZ}"
    before = _copy_before(to, there, manifest)
    settings = _settings(copied, database)
    try:
        if manifest.database == "sqlite":
            _put_database(copied / SQLITE, to / settings.database, aside)
        else:
            rows.load_postgresql(copied / DUMP, settings.database)
        for path in _files(copied):
            name = path.relative_to(copied / FILES)
            wanted = _config(copied, settings).encode() if name.as_posix() == CONFIG else None
            if (to / name).is_file() and archive.digest_of(to / name) != archive.digest_of(path):
                _move(to / name, aside / name)
            if wanted is not None:
                _write(to / name, wanted.decode())
            else:
                _move(path, to / name)
    except OSError as error:
        raise _failed(error) from None
    return (None if before is None else before.path), (aside if aside.exists() else None)


def _copy_before(to: Path, there: Settings, manifest: archive.Manifest) -> Copy | None:
    try:
        before = copy_of(to, there, to / COPIES)
    except Damaged:
        return None  # it is for this that a copy is taken: what is damaged is moved aside, not copied
    if before.manifest.office != manifest.office:
        hint = N_("restore it into a folder of its own: --to DIR")
        raise Misused("other_office", N_("this copy is of another office than the one in {folder}"), hint=hint, folder=str(to))
    return before


def _put_database(new: Path, old: Path, aside: Path) -> None:
    """In a transaction of the database that is there, so that whoever has it open goes on with the new content; a damaged file is moved aside."""
    from workflow_core.store import backup as rows

    if old.exists():
        try:
            rows.pour_sqlite(new, old)
            return
        except Damaged as error:
            if error.code != "office_damaged":
                raise
        for beside in ("", "-wal", "-shm"):
            if old.with_name(old.name + beside).exists():
                _move(old.with_name(old.name + beside), aside / (old.name + beside))
    _move(new, old)


def _files(copied: Path) -> Iterator[Path]:
    return (path for path in sorted((copied / FILES).rglob("*")) if path.is_file())


def _settings(copied: Path, database: str | None) -> Settings:
    """The copy's settings; a database that lay outside its folder now lies within."""
    settings = read(copied / FILES)
    if database is not None:
        return replace(settings, database=database)
    if "://" in settings.database or Path(settings.database).name != settings.database:
        return replace(settings, database=DATABASE)
    return settings


def _config(copied: Path, settings: Settings) -> str:
    """The copy's own file, with its remarks, where it says what is wanted."""
    kept = (copied / FILES / CONFIG).read_text(encoding="utf-8")
    if read(copied / FILES) == settings:
        return kept
    line = next(one for one in settings.text().splitlines() if one.startswith("database"))
    changed, n = re.subn(r"(?m)^\s*database\s*=.*$", lambda _: line, kept)
    return changed if n else f"{kept.rstrip()}\n{line}\n"


def _move(source: Path, target: Path) -> None:
    archive.private_folder(target.parent)
    source.replace(target)


def _write(path: Path, content: str) -> None:
    """In one go: the whole new file, or the old one."""
    handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


@contextmanager
def _workshop(to: Path) -> Iterator[Path]:
    """On the same disk as the office, so that files can be moved there in one go."""
    home = to if (to / CONFIG).exists() else to.absolute().parent
    try:
        archive.private_folder(home)
        work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=home))
    except OSError as error:
        raise _failed(error) from None
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _note(address: str, file: Path, manifest: archive.Manifest, login: str | None) -> None:
    """The restored office's journal tells where it was taken from, and by whom: an account that is there and not closed, else the machine's user."""
    from workflow_core.store import access, journal
    from workflow_core.store.schema import open_database

    now = SystemClock().now()
    try:
        db = open_database(address)
    except CareError:
        return  # of an older version: it is brought up to date first, and care office migrate says so
    try:
        with db.write() as tx:
            named = None if login is None else access.by_login(tx, login)
            known = named or access.by_os_user(tx, os_login())  # as who acts is known: a login of that name may be somebody else's
            said = {"file": file.name, "made_at": manifest.made_at.isoformat()}
            if known is None or known["closed_at"] is not None:
                actor = ("system", "system")
                said["os_user"] = os_login()
            else:
                actor = (known["account_id"], known["login"])
            journal.append(tx, journal.account_stream(actor[0], now), actor[1], "restored", said, now)
    finally:
        db.dispose()


def _failed(error: OSError) -> Damaged:
    reason = error.strerror or type(error).__name__
    hint = N_("make room on the disk, or name a folder of your own, and run it again; nothing is lost: the copy is as it was")
    return Damaged("restore_failed", N_("the office could not be restored ({reason})"), hint=hint, reason=reason)
