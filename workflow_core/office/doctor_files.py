"""The office's folder: who may read it, whether it is there, on what kind of disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from workflow_core.errors import Problem
from workflow_core.i18n import N_
from workflow_core.office.settings import PAPERS, Settings
from workflow_core.office.shutting import OTHERS, disk_of

_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph"}
_LEAST_BYTES = 200 * 1024 * 1024
MOST_FILES = 100_000
"""So many files are looked at."""


def files(folder: Path, settings: Settings) -> Iterator[Problem]:
    """What is wrong with the folder and the files in it."""
    yield from _open_to_others(folder)
    yield from _not_ours(folder)
    if "://" not in settings.database:
        path = folder / settings.database
        if not path.exists():
            yield Problem("file_missing", N_("the database's file is not there"), place=settings.database)
        if disk_of(folder) in _NETWORK:
            yield Problem("network_disk", N_("the database lies on a network disk, whose locks cannot be trusted"), place=str(folder))
        yield from _room(folder, path.stat().st_size if path.exists() else 0)
    else:
        yield from _room(folder, 0)
    if not (folder / PAPERS).is_dir():
        yield Problem("file_missing", N_("the folder of papers is not there"), place=PAPERS)


def _walk(folder: Path) -> Iterator[Path]:
    yield folder
    for n, path in enumerate(folder.rglob("*")):
        if n >= MOST_FILES:
            return
        yield path


def _open_to_others(folder: Path) -> Iterator[Problem]:
    """Others cannot pass a closed folder, but a copy of what is in it keeps the files' own rights."""
    for path in _walk(folder):
        if not path.is_symlink() and path.stat().st_mode & OTHERS:
            yield Problem("open_to_others", N_("others on this machine may look into it"), place=_name(path, folder))


def _not_ours(folder: Path) -> Iterator[Problem]:
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        return
    for path in _walk(folder):
        if path.lstat().st_uid != os.geteuid():
            yield Problem("not_ours", N_("it belongs to another user of the machine"), place=_name(path, folder))


def _name(path: Path, folder: Path) -> str:
    return "." if path == folder else path.relative_to(folder).as_posix()


def _room(folder: Path, size: int) -> Iterator[Problem]:
    free, wanted = shutil.disk_usage(folder).free, max(2 * size, _LEAST_BYTES)
    if free < wanted:
        values = {"free": free // 1024 // 1024, "wanted": wanted // 1024 // 1024}
        yield Problem("disk_nearly_full", N_("{free} MiB are free, {wanted} MiB should be"), place=str(folder), values=values)
