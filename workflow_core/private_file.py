"""Writes a file that only its owner may read, whole or not at all: papers and lists hold children's data."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from workflow_core.errors import Misused
from workflow_core.i18n import N_


def write_private(file: Path, content: bytes) -> None:
    """Write a file; one that is there is replaced; a device or a pipe is written to. Folders that are missing are made, private too.

    :raises Misused: ``file_unwritable``.
    """
    made: str | None = None
    try:
        if file.exists() and not file.is_file():  # a device, a pipe: written to, never replaced
            file.write_bytes(content)
            return
        private_folder(file.parent)
        handle, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # 0600
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(made).replace(file)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = N_("check the folder, and that nobody has the file open")
        raise Misused("file_unwritable", N_("{file} cannot be written: {reason}"), hint=hint, file=file.name, reason=reason) from None
    finally:
        if made is not None:
            Path(made).unlink(missing_ok=True)


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner may look into, and each one above it that is missing: ``mkdir`` makes those for everybody."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
