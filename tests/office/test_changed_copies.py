"""A copy that is not as it was written is no copy, wherever it was changed."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from tests.office.conftest import House
from workflow_core.errors import CareError, Misused
from workflow_core.office.backup import backup
from workflow_core.office.backup_restore import restore


def test_a_copy_that_was_changed_is_refused_before_anything_is_touched(sqlite_house: House, tmp_path: Path) -> None:
    """Cut off anywhere, changed anywhere, no archive at all, or of a newer version."""
    made = backup(sqlite_house.office, sqlite_house.actor, tmp_path / "copies")
    whole = made.path.read_bytes()
    broken = tmp_path / made.path.name
    for content in (whole[: len(whole) // 2], whole[:10], b"", whole[:-40], b"PK\x03\x04" + whole[4:]):
        broken.write_bytes(content)
        with pytest.raises(Misused, match="is no copy of an office"):
            restore(broken, tmp_path / "again")
    for at in range(200, len(whole) - 8, len(whole) // 15):
        changed = whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
        if same(changed, whole):
            continue
        broken.write_bytes(changed)
        with pytest.raises(CareError) as told:
            restore(broken, tmp_path / "again")
        assert told.value.code in {"copy_unreadable", "copy_damaged", "copy_not_whole"}
    with pytest.raises(Misused, match="is no copy of an office"):
        restore(tmp_path / "nowhere.tar.gz", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def same(changed: bytes, whole: bytes) -> bool:
    """Whether a packed file says the same in another way: some bytes may point to one or another run of the same bytes before them."""
    with suppress(EOFError, OSError, zlib.error):
        return gzip.decompress(changed) == gzip.decompress(whole)
    return False
