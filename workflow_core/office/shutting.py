"""An office on SQLite is one trusted desk: whoever can read its file reads everything in it. So it is opened only while nobody else can."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from workflow_core.errors import NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.office.settings import CONFIG, PAPERS, Settings

OTHERS = 0o077
"""What the group and everybody else may do."""

_BESIDE = ("", "-wal", "-shm", "-journal")
_KEPT = (PAPERS, "backups", "templates")
_MODELESS = {"vfat", "exfat", "msdos", "ntfs", "ntfs3", "fuseblk", "9p", "drvfs", "cifs", "smb3", "smbfs", "vboxsf", "hfs", "iso9660"}
"""File systems that keep no permissions of their own: all files have those that they were mounted with."""


def exposed(folder: Path, settings: Settings) -> list[Path]:
    """What others on the machine may read, of that which an office on SQLite stands on: its folder, settings, database, and the folders in it.

    An office on PostgreSQL is read by several, and has its locks on the server. Where the system has no such permissions, nothing can be said.
    """
    if os.name != "posix" or "://" in settings.database:
        return []
    database = folder / settings.database
    looked = [folder, folder / CONFIG, *(database.with_name(database.name + beside) for beside in _BESIDE), *(folder / name for name in _KEPT)]
    return [path for path in looked if _open(path)]


def _open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False  # it is not there, or not ours to look at: who opens it is told


def refuse_exposed(folder: Path, settings: Settings) -> None:
    """Sees that nobody else can read the office.

    :raises Refused: ``office_exposed``, with the commands that shut it; ``office_disk_open``: the disk keeps no permissions.
    """
    found = exposed(folder, settings)
    if not found:
        return
    names = ", ".join(_name(path, folder) for path in found)
    kind = disk_of(folder)
    if kind in _MODELESS:
        raise Refused(
            "office_disk_open",
            N_("others on this machine can read the office, and its disk ({kind}) keeps no permissions that could shut it"),
            hint=N_("move the office to a disk of the system's own; or have this one mounted for you alone: uid={user},umask=077"),
            kind=kind,
            user=os.geteuid(),
        )
    raise Refused(
        "office_exposed",
        N_("others on this machine can read the office: {names}"),
        hint=N_("shut it: {command}; or with all that is in it: care office doctor --repair"),
        names=names,
        command=_command(found),
    )


def _command(found: list[Path]) -> str:
    """The exact commands for a terminal."""
    said = []
    for mode, paths in (("700", [one for one in found if one.is_dir()]), ("600", [one for one in found if not one.is_dir()])):
        if paths:
            said.append(f"chmod {mode} {' '.join(shlex.quote(str(path)) for path in paths)}")
    return " && ".join(said)


def shut(folder: Path, settings: Settings) -> int:
    """Takes from everybody else what they may do with the office's folder and all that is in it; how many files and folders were open.

    :raises NotPermitted: ``office_not_yours``: they belong to somebody else.
    """
    if os.name != "posix":
        return 0
    count = 0
    for path in _everything(folder, settings):
        try:
            mode = path.lstat().st_mode
            if mode & OTHERS:
                path.chmod(mode & 0o700)
                count += 1
        except FileNotFoundError:
            continue  # a file of the database's that is gone by now
        except OSError:
            message, hint = N_("{path} belongs to somebody else"), N_("as the machine's administrator: chown -R {user} {folder}")
            raise NotPermitted("office_not_yours", message, hint=hint, path=str(path), user=os.geteuid(), folder=shlex.quote(str(folder))) from None
    return count


def _everything(folder: Path, settings: Settings) -> Iterator[Path]:
    """The folder first, so that nobody comes in meanwhile; a link is left alone, since what it leads to is not in it."""
    yield folder
    if "://" not in settings.database:
        database = folder / settings.database
        yield from (path for beside in _BESIDE if not (path := database.with_name(database.name + beside)).is_symlink() and path.exists())
    yield from (path for path in folder.rglob("*") if not path.is_symlink())


def _name(path: Path, folder: Path) -> str:
    return f"{folder.resolve().name}/" if path == folder else os.path.relpath(path, folder)


def disk_of(folder: Path) -> str:
    """The kind of file system a folder lies on, where the machine says so."""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    home, best, kind = folder.resolve(), -1, ""
    for line in lines:
        parts = line.split()
        at = Path(parts[1].replace("\\040", " ")) if len(parts) > 2 else Path("-")
        if (at == home or at in home.parents) and len(at.parts) > best:
            best, kind = len(at.parts), parts[2]
    return kind
