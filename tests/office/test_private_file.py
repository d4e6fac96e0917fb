"""Files that hold children's data."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from workflow_core.errors import Misused
from workflow_core.private_file import write_private


def test_what_was_there_is_replaced_and_private(tmp_path: Path) -> None:
    """Whoever could read the old one cannot read the new one."""
    file = tmp_path / "list.csv"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o644)
    write_private(file, b"new")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"new", 0o600)


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    """As /dev/stdout and /dev/null are: an administrator's account could put a file in their place."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_private(pipe, b"page")
    reader.join(timeout=30)
    assert (read, pipe.is_fifo()) == ([b"page"], True)


def test_a_folder_is_refused_with_a_hint(tmp_path: Path) -> None:
    """Nothing is put in its place."""
    with pytest.raises(Misused) as refused:
        write_private(tmp_path, b"page")
    assert refused.value.code == "file_unwritable"


def test_each_folder_that_is_missing_is_made_private(tmp_path: Path) -> None:
    """Not the last of them alone."""
    write_private(tmp_path / "templates" / "program" / "page.html", b"a page")
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "templates", tmp_path / "templates" / "program")] == [0o700, 0o700]
