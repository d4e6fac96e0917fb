"""An office on SQLite is one trusted desk: it is opened only while nobody else on the machine can read it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from workflow_core.errors import Refused
from workflow_core.office import Office, init, shutting

PLACES = [(".", 0o750), (".", 0o701), ("office.sqlite", 0o640), ("care.toml", 0o604), ("papers", 0o755)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that was just made."""
    folder = tmp_path_factory.mktemp("desk") / "office"
    init(folder)
    return folder


def opened(folder: Path) -> str:
    """Opens the office's database; what it was opened as."""
    office = Office.open(folder)
    try:
        return office.db.dialect_name
    finally:
        office.close()


def test_a_new_office_is_its_makers_alone(made: Path) -> None:
    """The folder, what lies in it, and what SQLite puts beside its file while it is at work."""
    office = Office.open(made)
    with office.db.write():
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (made, *made.iterdir())}
    office.close()
    assert {mode & shutting.OTHERS for mode in modes.values()} == {0}
    assert {"office.sqlite", "office.sqlite-wal", "office.sqlite-shm", "papers", "care.toml"} <= modes.keys()


@pytest.mark.parametrize(("name", "mode"), PLACES)
def test_an_office_that_others_can_read_is_not_opened(made: Path, name: str, mode: int) -> None:
    """The refusal has the exact command; after it the office opens."""
    path = made / name
    before = stat.S_IMODE(path.stat().st_mode)
    path.chmod(mode)
    try:
        with pytest.raises(Refused) as told:
            opened(made)
        with pytest.raises(Refused):
            Office.open(made).upgrade()
    finally:
        path.chmod(before)
    assert told.value.code == "office_exposed"
    assert told.value.context["names"] == ("office/" if name == "." else name)
    assert told.value.context["command"] == f"chmod {'700' if path.is_dir() else '600'} {made / name}"
    assert opened(made) == "sqlite"


def test_shutting_takes_from_others_and_leaves_what_the_owner_may(made: Path, tmp_path: Path) -> None:
    """Whatever lies in the folder; a link is not followed."""
    outside = tmp_path / "outside.csv"
    outside.write_text("x")
    outside.chmod(0o644)
    (made / "papers" / "link.csv").symlink_to(outside)
    letter = made / "papers" / "letter.html"
    letter.write_text("x")
    letter.chmod(0o444)
    made.chmod(0o755)
    assert shutting.shut(made, Office.open(made).settings) == 2
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert stat.S_IMODE(letter.stat().st_mode) == 0o400
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
    assert shutting.shut(made, Office.open(made).settings) == 0
    assert opened(made) == "sqlite"


def test_a_disk_without_permissions_is_told_as_such(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No command could shut it there: the office moves, or the disk is mounted otherwise."""
    monkeypatch.setattr(shutting, "disk_of", lambda _: "exfat")
    made.chmod(0o755)
    try:
        with pytest.raises(Refused) as told:
            opened(made)
    finally:
        made.chmod(0o700)
    assert told.value.code == "office_disk_open"
    assert "umask=077" in told.value.advice()
