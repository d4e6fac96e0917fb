"""The making of an office: folder, settings, database, divisions, first account; all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_core.clock import SystemClock
from workflow_core.errors import Conflict, Misused
from workflow_core.i18n import N_
from workflow_core.office.office import TRAINING, refuse_pretence
from workflow_core.office.settings import CONFIG, DATABASE, PAPERS, Settings, address_problems, os_login

if TYPE_CHECKING:
    from workflow_core.store.database import Database
    from workflow_core.store.server.making import Installed

_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600
_BESIDE = ("", "-wal", "-shm", "-journal")
UNFINISHED = ".unfinished-office"
"""The settings, until all the rest is there: without care.toml a folder is no office, and what an interruption left can be told from one."""


@dataclass(frozen=True)
class Made:
    """What was made.

    :param login: the administrator's; :param divisions: how many were taken in.
    :param calendar: the years of the invented calendar; none in a real office.
    """

    folder: Path
    login: str
    training: bool
    divisions: int
    calendar: tuple[int, ...]
    guarded: Installed | None = None
    """What came of the server office."""


def init(
    folder: Path | str,
    *,
    training: bool = False,
    divisions: Path | None = None,
    database: str | None = None,
    now: datetime | None = None,
    login: str | None = None,
) -> Made:
    """Makes an office in a folder that is empty or not there yet. Its maker becomes its administrator; in a training office he gets every role.

    :param divisions: a CSV file ``code,name``.
    :param database: ``postgresql://host/name`` of an empty database; a SQLite file in the folder where None.
    :param now: only for a training office: when it is made; :param login: and its maker's login.
    :raises Conflict: ``office_exists``: nothing is overwritten.
    :raises Misused: ``folder_not_empty``, ``folder_unwritable``, ``file_missing``, ``divisions_invalid``, ``database_invalid``, ``now_refused``,
        ``as_refused``.
    :raises Damaged: the database is not to be reached.
    """
    home = Path(folder)
    if not training:
        refuse_pretence(now, login)
    settings = Settings(training, database or DATABASE)
    wrong = address_problems(settings.database)
    if wrong:
        raise Misused("database_invalid", N_("this is no address for an office's database"), problems=wrong)
    resumed = _left_over(home, settings)
    if not resumed:
        _see_that_it_is_free(home)
    known = _read_divisions(divisions)
    maker = login or os_login()
    if resumed:
        _sweep(home, settings)
    with _undone_on_failure(home) as made_paths:
        _make_folders(home, made_paths)
        (home / UNFINISHED).write_text(settings.text(), encoding="utf-8")
        if "://" not in settings.database and not (home / settings.database).exists():
            _touch(home / settings.database, made_paths)
        taken, guarded = _fill(settings.address(home), settings, known, maker, now or SystemClock().now(), resumed=resumed)
        (home / UNFINISHED).replace(home / CONFIG)  # from here on it is an office
    return Made(home, maker, training, len(known), taken, guarded)


def _left_over(home: Path, settings: Settings) -> bool:
    """Whether a making that was interrupted by a power cut left the folder as it is: it never was an office, and nobody has worked in it."""
    try:
        if not (home / UNFINISHED).is_file() or (home / CONFIG).exists():
            return False
        ours = {UNFINISHED, PAPERS, *(settings.database + beside for beside in _BESIDE)}
        papers = home / PAPERS
        return {path.name for path in home.iterdir()} <= ours and not (papers.is_dir() and any(papers.iterdir()))
    except OSError as error:
        raise _unwritable(home, error) from None


def _sweep(home: Path, settings: Settings) -> None:
    if "://" not in settings.database:
        for beside in _BESIDE:
            (home / (settings.database + beside)).unlink(missing_ok=True)
    if (home / PAPERS).is_dir():
        (home / PAPERS).rmdir()
    (home / UNFINISHED).unlink()


def _see_that_it_is_free(home: Path) -> None:
    try:
        if (home / CONFIG).exists():
            raise Conflict(
                "office_exists", N_("there is an office in {folder} already"), hint=N_("choose another folder; nothing was changed"), folder=str(home)
            )
        if home.exists() and (not home.is_dir() or any(home.iterdir())):
            raise Misused("folder_not_empty", N_("{folder} is not empty"), hint=N_("an office needs a folder of its own"), folder=str(home))
    except OSError as error:
        raise _unwritable(home, error) from None


def _unwritable(home: Path, error: OSError) -> Misused:
    reason = error.strerror or type(error).__name__
    return Misused(
        "folder_unwritable", N_("an office cannot be made in {folder} ({reason})"), hint=N_("choose a folder of your own"), folder=str(home), reason=reason
    )


def _read_divisions(path: Path | None) -> dict[str, str]:
    from workflow_core.records.divisions import parse

    if path is None:
        return {}
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = N_("the file {file} cannot be read ({reason})")
        raise Misused("file_missing", message, hint=N_("a CSV file with the columns code,name is wanted"), file=str(path), reason=reason) from None
    return parse(content)


@contextmanager
def _undone_on_failure(home: Path) -> Iterator[list[Path]]:
    """What was made before a failure is taken away again, newest first."""
    made: list[Path] = []
    try:
        yield made
    except BaseException as error:
        for path in reversed(made):
            if path.is_dir():
                path.rmdir()
            else:
                for beside in _BESIDE:
                    path.with_name(path.name + beside).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(home, error) from None
        raise


def _make_folders(home: Path, made: list[Path]) -> None:
    missing = [home, *home.parents]
    for path in reversed([one for one in missing if not one.exists()]):
        path.mkdir(mode=_PRIVATE_FOLDER)
        made.append(path)
    home.chmod(_PRIVATE_FOLDER)
    _touch(home / UNFINISHED, made)
    (home / PAPERS).mkdir(mode=_PRIVATE_FOLDER)
    made.append(home / PAPERS)


def make_folder(home: Path, settings: Settings) -> None:
    """A folder with settings and nothing else, for an office that lies elsewhere; taken away again when it cannot be finished.

    :raises Misused: ``folder_not_empty``, ``folder_unwritable``. :raises Conflict: ``office_exists``.
    """
    _see_that_it_is_free(home)
    with _undone_on_failure(home) as made_paths:
        _make_folders(home, made_paths)
        (home / UNFINISHED).write_text(settings.text(), encoding="utf-8")
        (home / UNFINISHED).replace(home / CONFIG)


def _touch(path: Path, made: list[Path]) -> None:
    """An empty file that only its owner can read, from its first moment on."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE))
    made.append(path)


def _fill(address: str, settings: Settings, known: dict[str, str], maker: str, now: datetime, *, resumed: bool) -> tuple[tuple[int, ...], Installed]:
    """Tables and first rows; the years of the calendar, and what came of the server office."""
    from workflow_core.store import doctor, migrate, server
    from workflow_core.store.database import Database

    db = Database(address)
    try:
        if resumed and doctor.unused(db):
            migrate.downgrade(db, "base")
        migrate.create(db)
        try:
            years = _first_rows(db, settings, known, maker, now)
            return years, server.install(db)
        except BaseException:
            migrate.downgrade(db, "base")  # the tables were made here: the database is left as it was found
            raise
    finally:
        db.dispose()


def _first_rows(db: Database, settings: Settings, known: dict[str, str], maker: str, now: datetime) -> tuple[int, ...]:
    from workflow_core.access.accounts import first_account
    from workflow_core.access.grants import ADMIN
    from workflow_core.definition import STANDARD_ROLES
    from workflow_core.records import calendar, calendar_file, divisions
    from workflow_core.store import access

    roles = (ADMIN.name, *(role.name for role in STANDARD_ROLES)) if settings.training else (ADMIN.name,)
    with db.write() as tx:
        divisions.take(tx, known)
        access.set_setting(tx, TRAINING, str(int(settings.training)))
        actor = first_account(tx, maker, now=now, roles=roles, os_user=os_login())
        if not settings.training:
            return ()
        return calendar.take(tx, "", calendar_file.invented(), actor=actor, now=now).years
