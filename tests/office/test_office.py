"""Making and opening an office."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from workflow_core import office
from workflow_core.clock import OFFICE_ZONE, SystemClock
from workflow_core.errors import CareError, Conflict, Damaged, Misused, NotPermitted
from workflow_core.office import Office, parse_now
from workflow_core.records import calendar, divisions
from workflow_core.store import journal
from workflow_core.store.database import Database
from workflow_core.store.schema import revision

NOW = datetime(2026, 10, 21, 9, tzinfo=OFFICE_ZONE)
TOWN = "990101100"


@pytest.fixture
def places(tmp_path: Path) -> Path:
    path = tmp_path / "divisions.csv"
    path.write_text("code,name\n99,示范省\n9901,示范市\n990101,青溪县\n990101100,高桥镇\n", encoding="utf-8")
    return path


@pytest.fixture
def trained(tmp_path: Path, places: Path) -> Path:
    """A training office on SQLite."""
    return office.init(tmp_path / "office", training=True, divisions=places, now=NOW).folder


def refused(kind: type[CareError], code: str, folder: Path, **options: object) -> CareError:
    with pytest.raises(kind) as told:
        office.init(folder, **options)  # type: ignore[arg-type]
    assert told.value.code == code
    return told.value


def test_a_training_office_is_ready_to_work_in(empty_database: Database, tmp_path: Path, places: Path) -> None:
    """It has its divisions and a calendar, and its maker takes every role; on either database."""
    made = office.init(tmp_path / "office", training=True, divisions=places, database=empty_database.address, now=NOW)
    assert (made.divisions, made.calendar) == (4, (2025, 2026, 2027, 2028))
    opened = Office.open(made.folder, now=NOW)
    with opened.db.read() as tx:
        actor = opened.actor(tx)
        assert actor.may("admin", division="")
        assert actor.may("court", division=TOWN, program="reading")
        assert divisions.get(tx, TOWN).name == "高桥镇"
        assert calendar.load(tx, TOWN).is_school_day(date(2026, 10, 21))
        assert journal.verify_all(tx).findings == []
    opened.close()


def test_a_real_office_makes_its_caller_administrator_and_nothing_more(tmp_path: Path, places: Path) -> None:
    """No other role, no invented calendar."""
    made = office.init(tmp_path / "office", divisions=places)
    assert (made.training, made.calendar, made.login) == (False, (), office.os_login())
    opened = Office.open(made.folder)
    with opened.db.read() as tx:
        assert [grant.role for grant in opened.actor(tx).grants] == ["admin"]
        assert not opened.actor(tx).may("school", division=TOWN, program="reading")
        assert calendar.coverage(tx) == []
    opened.close()


def test_only_its_owner_can_read_an_office(trained: Path) -> None:
    """Folders 0700, files 0600, whatever the umask leaves open."""
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [trained, *trained.iterdir()]}
    assert modes == {"office": 0o700, "papers": 0o700, "office.sqlite": 0o600, "care.toml": 0o600}


def test_an_office_is_never_overwritten(trained: Path, tmp_path: Path, places: Path) -> None:
    """Neither an office nor a folder with anything in it."""
    before = (trained / "care.toml").read_bytes()
    refused(Conflict, "office_exists", trained, training=True)
    assert (trained / "care.toml").read_bytes() == before
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x")
    refused(Misused, "folder_not_empty", tmp_path / "full")
    refused(Misused, "folder_not_empty", places)


def test_a_database_that_holds_an_office_is_left_alone(empty_database: Database, tmp_path: Path) -> None:
    """A second office in the same database is refused, and its folder is gone again."""
    office.init(tmp_path / "one", database=empty_database.address)
    refused(Conflict, "office_exists", tmp_path / "two", database=empty_database.address)
    assert not (tmp_path / "two").exists()
    assert revision(empty_database) is not None


def test_a_failure_leaves_nothing_behind(empty_database: Database, tmp_path: Path) -> None:
    """A wrong file of divisions is told line by line before anything is made; one that fits nowhere undoes what was made."""
    bad = tmp_path / "bad.csv"
    bad.write_text("code,name\n9.9E+11,x\n990101,\n")
    told = refused(Misused, "divisions_invalid", tmp_path / "office", divisions=bad)
    assert len(told.problems) == 2
    bad.write_text("code,name\n99,示范省\n880101,某县\n")
    refused(Misused, "divisions_invalid", tmp_path / "a" / "office", divisions=bad, database=empty_database.address)
    refused(Misused, "divisions_invalid", tmp_path / "a" / "office", divisions=bad)
    assert not (tmp_path / "a").exists()
    assert office.init(tmp_path / "office", database=empty_database.address).divisions == 0


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"divisions": Path("nowhere.csv")}, "file_missing"),
        ({"database": "postgresql://may:secret@localhost/office"}, "database_invalid"),
        ({"database": "postgresql://may@localhost/office?password=secret"}, "database_invalid"),
        ({"database": "mysql://localhost/office"}, "database_address"),
        ({"now": NOW}, "now_refused"),
        ({"login": "may"}, "as_refused"),
    ],
)
def test_what_cannot_be_made_is_told(tmp_path: Path, options: dict[str, object], code: str) -> None:
    """Each with a code, and nothing is left behind; a password is never repeated."""
    told = refused(Misused, code, tmp_path / "office", **options)
    assert "secret" not in str(told.as_dict())
    assert not (tmp_path / "office").exists()


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The folder is gone again."""
    refused(Damaged, "office_unreachable", tmp_path / "office", database=f"postgresql:///office?host={tmp_path}")
    assert not (tmp_path / "office").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Below a file there is no folder."""
    (tmp_path / "file").write_text("x")
    refused(Misused, "folder_unwritable", tmp_path / "file" / "office")


def test_a_folder_without_an_office_is_told(tmp_path: Path) -> None:
    """With the command that makes one."""
    with pytest.raises(Misused) as told:
        Office.open(tmp_path)
    assert told.value.code == "office_missing"
    assert "office init" in told.value.advice()


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"training = maybe", ["not_toml"]),
        (b"\xff\xfe", ["not_toml"]),
        (b"trainning = true\ndatabase = 7", ["setting_unknown", "setting_invalid"]),
        (b'training = 1\ndatabase = "postgresql://a:secret@b/c"', ["setting_invalid", "database_password"]),
        (b'database = ""', ["database_empty"]),
    ],
)
def test_damaged_settings_are_told(tmp_path: Path, content: bytes, codes: list[str]) -> None:
    """All that is wrong with care.toml at once."""
    (tmp_path / "care.toml").write_bytes(content)
    with pytest.raises(Damaged) as told:
        Office.open(tmp_path)
    assert [problem.code for problem in told.value.problems] == codes
    assert "secret" not in str(told.value.as_dict())


def test_a_real_office_cannot_be_told_time_or_actor(tmp_path: Path) -> None:
    """Neither by the options nor by editing care.toml."""
    folder = office.init(tmp_path / "office").folder
    for options in ({"now": NOW}, {"login": "may"}):
        with pytest.raises(Misused):
            Office.open(folder, **options)
    assert isinstance(Office.open(folder).clock, SystemClock)
    config = folder / "care.toml"
    config.write_text(config.read_text().replace("training = false", "training = true"))
    with pytest.raises(Damaged) as told:
        _ = Office.open(folder, now=NOW).db
    assert told.value.code == "settings_differ"


def test_a_training_office_is_told_time_and_actor(trained: Path) -> None:
    """The clock stands where it is put; whoever is named must have an account."""
    opened = Office.open(trained, now=NOW, login="may")
    assert opened.clock.now() == NOW
    with opened.db.read() as tx, pytest.raises(NotPermitted) as told:
        opened.actor(tx)
    assert told.value.code == "login_unknown"
    opened.close()


def test_a_missing_database_is_told(trained: Path) -> None:
    """And not made anew in silence."""
    (trained / "office.sqlite").unlink()
    with pytest.raises(Damaged) as told:
        _ = Office.open(trained).db
    assert told.value.code == "office_unreachable"


def test_the_time_is_read_as_the_offices(tmp_path: Path) -> None:
    """Without a zone it is the office's; anything else is told."""
    assert parse_now("2026-10-21T09:00") == NOW
    assert parse_now("2026-10-21T01:00:00+00:00") == NOW
    with pytest.raises(Misused):
        parse_now("tomorrow")


def test_the_user_is_the_processs_and_not_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that anybody can set makes nobody else of him."""
    before = office.os_login()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert office.os_login() == before


def test_opening_an_office_loads_no_program_machinery(trained: Path) -> None:
    """Neither the state machine, nor templates, nor the checking of input, nor migrations are imported by looking up who acts."""
    script = (
        "import sys\n"
        "from workflow_core.office import Office\n"
        f"office = Office.open({str(trained)!r})\n"
        "assert 'sqlalchemy' not in sys.modules\n"
        "with office.db.read() as tx: office.actor(tx)\n"
        "print(sorted({'transitions', 'jinja2', 'pydantic', 'alembic', 'click'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    assert done.stdout.strip() == "[]"


def test_programs_are_found_when_they_are_asked_for(trained: Path, tmp_path: Path) -> None:
    """A broken file named to be tried out is listed and stops nothing."""
    broken = tmp_path / "broken.py"
    broken.write_text("raise RuntimeError")
    opened = Office.open(trained, plugins=[broken])
    assert len(opened.registry.failed) == 1
    assert opened.engine is opened.engine
    opened.close()


def test_an_office_of_this_version_needs_no_upgrade(trained: Path) -> None:
    """Upgrading it takes no step."""
    assert Office.open(trained).upgrade() == []
