"""The file that a copy of an office is kept in: a plain tar archive, its manifest first, which names every file with size and digest."""

from __future__ import annotations

import gzip
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

from workflow_core.clock import stamp, unstamp
from workflow_core.errors import Damaged, Misused
from workflow_core.i18n import N_

MANIFEST = "manifest.json"
FORMAT = 1
SUFFIX = ".tar.gz"
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Stored:
    """One file of a copy: its name in it, its size in bytes, the SHA-256 of its content."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a copy holds.

    :param office: the office's own number, by which copies of one office are told from another's.
    :param database: ``sqlite`` or ``postgresql``; :param revision: the step its tables stand at.
    :param rows: how many rows each table holds.
    """

    office: str
    made_at: datetime
    careflow: str
    database: str
    revision: str
    training: bool
    rows: dict[str, int]
    files: tuple[Stored, ...] = ()
    format: int = FORMAT
    name: str = field(default="", compare=False)

    def text(self) -> str:
        """As it is stored."""
        said = {**asdict(self), "made_at": stamp(self.made_at)}
        return json.dumps({name: value for name, value in said.items() if name != "name"}, ensure_ascii=False, indent=1, sort_keys=True)


def private_folder(path: Path) -> None:
    """A folder that only its owner may enter, and those above it that are missing."""
    for missing in reversed([one for one in (path, *path.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def digest_of(path: Path, size: int | None = None) -> tuple[int, str]:
    """Size and digest of a file, or of its first ``size`` bytes: a file that grows meanwhile is taken as it was."""
    with path.open("rb") as file:
        left = os.fstat(file.fileno()).st_size if size is None else size
        whole, made = left, sha256()
        while left and (piece := file.read(min(_PIECE, left))):
            made.update(piece)
            left -= len(piece)
    return whole - left, made.hexdigest()


def write(target: Path, manifest: Manifest, sources: dict[str, Path]) -> None:
    """Write an archive that only its owner can read, down to the disk.

    :param sources: where each file of the manifest is taken from.
    :raises OSError: the disk is full, or cannot be written.
    """
    handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as raw:
        with (
            gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3, filename="", mtime=int(manifest.made_at.timestamp())) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            content = manifest.text().encode()
            archive.addfile(_info(MANIFEST, len(content), manifest.made_at), BytesIO(content))
            for one in manifest.files:
                with sources[one.name].open("rb") as file:
                    archive.addfile(_info(one.name, one.size, manifest.made_at), file)
        raw.flush()
        os.fsync(raw.fileno())


def _info(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(at.timestamp())
    return info


def read_manifest(path: Path) -> Manifest:
    """The manifest of an archive, which stands first in it.

    :raises Misused: ``copy_unreadable``, ``copy_too_new``: it is none, or of a newer careflow.
    """
    with _opened(path) as (archive, _):
        return _manifest(path, archive)


def unpack(path: Path, target: Path) -> Manifest:
    """Take an archive apart into an empty folder, checking every digest: exactly what its manifest names, and nothing else.

    :raises Misused: ``copy_unreadable``. :raises Damaged: ``copy_damaged``, naming the first file that is not as it was written.
    """
    with _opened(path) as (archive, packed):
        manifest = _manifest(path, archive)
        wanted = {one.name: one for one in manifest.files}
        while (info := archive.next()) is not None:
            one, content = wanted.pop(info.name, None), archive.extractfile(info) if info.isreg() else None
            if one is None or content is None or not _safe(info.name) or _taken(content, target / info.name) != (one.size, one.sha256):
                raise _damaged(path, info.name)
        while packed.read(_PIECE):  # to the end, where its checksum stands
            pass
    if wanted:
        raise _damaged(path, min(wanted))
    return manifest


def _taken(content: IO[bytes], home: Path) -> tuple[int, str]:
    """Write a file down to the disk; its size and digest."""
    private_folder(home.parent)
    made, size = sha256(), 0
    with os.fdopen(os.open(home, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        while piece := content.read(_PIECE):
            made.update(piece)
            size += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return size, made.hexdigest()


def _safe(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\\" not in name


@contextmanager
def _opened(path: Path) -> Iterator[tuple[tarfile.TarFile, gzip.GzipFile]]:
    try:
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
            yield archive, packed
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
        raise _unreadable(path, type(error).__name__) from None
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from None


def _manifest(path: Path, archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    content = None if first is None or first.name != MANIFEST else archive.extractfile(first)
    if content is None:
        raise _unreadable(path)
    said: dict[str, Any] = json.loads(content.read(64 * _PIECE))
    if said.get("format", 0) > FORMAT:
        hint = N_("install the newer version on this machine too")
        raise Misused("copy_too_new", N_("{file} was made by a newer version of careflow"), hint=hint, file=path.name)
    try:
        files = tuple(Stored(**one) for one in said.pop("files"))
        return Manifest(**{**said, "files": files, "made_at": unstamp(said["made_at"]), "name": path.name})
    except (KeyError, TypeError):
        raise _unreadable(path) from None


def _unreadable(path: Path, reason: str = MANIFEST) -> Misused:
    hint = N_("a file made by care office backup is wanted, whole; take another one")
    return Misused("copy_unreadable", N_("{file} is no copy of an office, or not whole ({reason})"), hint=hint, file=path.name, reason=reason)


def _damaged(path: Path, name: str) -> Damaged:
    return Damaged("copy_damaged", N_("{file}: {name} is not as it was written"), hint=N_("take another copy"), file=path.name, name=name)
