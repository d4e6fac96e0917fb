"""The check-up: a sound office is found sound, and each way of being damaged is found, placed, and given a remedy that exists."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from careflow_cli.main import care, run
from tests.office.conftest import TOWNSHIP, House
from workflow_core.access.granting import grant
from workflow_core.clock import SystemClock, stamp
from workflow_core.office.backup import backup
from workflow_core.office.doctor import examine
from workflow_core.office.doctor_repair import repair
from workflow_core.office.doctor_words import REMEDIES, WARNINGS
from workflow_core.registry import Registry
from workflow_core.store.database import Database
from workflow_core.store.statement import Statement
from workflow_core.store.tables import journal

DAMAGES = {
    "row_orphaned": ["DELETE FROM event WHERE n = 1"],
    "chain_gap": ["DELETE FROM event_payload WHERE n = 1", "DELETE FROM event WHERE n = 1"],
    "chain_cut": ["DELETE FROM event_payload WHERE n > 1", "DELETE FROM event WHERE n > 1"],
    "chain_end": ["UPDATE journal_head SET digest = 'x'"],
    "record_changed": ["UPDATE event SET actor = 'somebody' WHERE n = 1"],
    "payload_changed": ["UPDATE event_payload SET payload = '{}' WHERE n = 1"],
    "payload_missing": ["DELETE FROM event_payload WHERE n = 1"],
    "stage_differs": ["UPDATE \"case\" SET stage = 'watched' WHERE stage = 'running'"],
    "end_open": ["UPDATE \"case\" SET stage = 'done' WHERE stage = 'running'"],
    "number_behind": ["UPDATE sequence SET next = 1 WHERE kind LIKE 'ref/%'"],
    "number_gap": ["UPDATE sequence SET next = next + 1 WHERE kind LIKE 'ref/%' AND year > 0"],
    "hold_count": ["UPDATE hold SET used = used + 1 WHERE limit_name = 'busy'"],
    "hold_missing": ["DELETE FROM hold_item WHERE limit_name = 'busy'", "UPDATE hold SET used = 0 WHERE limit_name = 'busy'"],
    "hold_stray": [
        "INSERT INTO hold_item (program, limit_name, key, case_id) "
        "SELECT program, limit_name, key, (SELECT case_id FROM \"case\" WHERE stage = 'new') FROM hold WHERE limit_name = 'busy'"
    ],
    "desk_differs": ["DELETE FROM waiting"],
    "desk_stray": ["UPDATE task SET state = 'done'"],
    "due_differs": ["UPDATE \"case\" SET due = '2031-01-01'"],
    "wake_differs": ["UPDATE \"case\" SET suspended_at = '2026-09-01T01:00:00.000000Z'"],
    "wake_lost": ['UPDATE "case" SET wake_at = NULL'],
    "wake_late": ["UPDATE \"case\" SET wake_at = '2031-01-01T00:00:00.000000Z' WHERE stage = 'running'"],
    "blob_changed": ["INSERT INTO blob (digest, size, content, at) VALUES ('ab', 1, CAST('2' AS {bytes}), '')"],
    "paper_missing": ["UPDATE document SET state = 'signed'"],
    "case_unreadable": ["UPDATE \"case\" SET record = '{}'"],
    "letters_dead": ["UPDATE outbox SET state = 'dead'"],
    "letters_late": ["UPDATE outbox SET next_at = '2026-08-01T01:00:00.000000Z'"],
    "calendar_missing": ["DELETE FROM calendar WHERE day >= '2027-03-01'"],
    "no_administrator": ["DELETE FROM grant_ WHERE role = 'admin'"],
    "clock_back": ["UPDATE event SET recorded_at = '2031-01-01T00:00:00.000000Z'"],
    "plan_left": [
        'INSERT INTO plan (plan_id, ref, program, batch, division, state, digest, "by", at) '
        "SELECT 'p1', 'PLAN-26-00001', 'errands', 'some', MIN(code), 'running', '', 'boss', '2026-08-01T01:00:00.000000Z' FROM division"
    ],
    "timer_late": ["UPDATE timer SET due_at = '2026-08-01T01:00:00.000000Z'"],
}
"""What is done to an office behind the engine's back, and the code that it must be found by."""


def test_a_sound_office_is_found_sound(house: House) -> None:
    """Every check is made, and none finds anything."""
    found = house.examine()
    assert [one.as_dict() for one in found.findings] == []
    assert len(found.checks) == 22


@pytest.mark.parametrize("code", DAMAGES)
def test_each_damage_is_found_and_placed(house: House, code: str) -> None:
    """Whatever was changed behind the engine's back is found by its own code, with its weight."""
    house.sql(*(one.replace("{bytes}", "BLOB" if house.db.dialect_name == "sqlite" else "bytea") for one in DAMAGES[code]))
    found = house.examine()
    of_it = [one for one in found.findings if one.problem.code == code]
    assert of_it, {one.problem.code for one in found.findings}
    assert {one.severity for one in of_it} == {"warning" if code in WARNINGS else "damage"}
    assert all(one.advice() for one in of_it)
    assert found.exit_code == (6 if found.damaged else 1)


def test_what_can_be_derived_is_made_anew_and_written_into_the_journal(house: House) -> None:
    """The inbox, due dates and the clock's queue are rebuilt; the rest of the office is as it was."""
    before = house.office.engine.inbox(house.actor)
    house.sql("DELETE FROM waiting", 'UPDATE "case" SET due = NULL, wake_at = NULL')
    found = repair(house.office, house.actor, house.examine())
    assert found.repaired["desks"] == 1
    assert not found.damaged
    assert house.office.engine.inbox(house.actor) == before
    assert house.office.engine.tick().problems == []
    assert house.codes() == set()
    with house.db.read() as tx:
        assert tx.rows(Statement(select(journal.c.kind).where(journal.c.kind == "repaired")))


def test_what_was_entered_is_never_made_up(house: House) -> None:
    """A damaged history is told and left: only a copy has it."""
    house.sql("UPDATE event_payload SET payload = '{}' WHERE n = 1")
    found = repair(house.office, house.actor, house.examine())
    assert found.repaired == {}
    assert house.codes() == {"payload_changed"}


def test_a_clock_without_turns_is_told(house: House) -> None:
    """After more than a day with something due, and no longer once it had its turn."""
    house.clock.instant += timedelta(days=12)
    (told,) = [one.problem.text() for one in house.examine().findings if one.problem.code == "tick_late"]
    assert told.endswith("it has never had its turn")
    house.office.engine.tick()
    assert house.codes() == set()


def test_a_plan_left_half_done_is_told_with_the_command_that_carries_it_on(house: House) -> None:
    """An hour after it was made, by its reference; not one that is under way, or done."""
    house.sql(*DAMAGES["plan_left"], f"UPDATE plan SET at = '{stamp(house.clock.instant)}'")
    assert house.codes() == set()
    house.clock.instant += timedelta(hours=1, minutes=1)
    (found,) = [one for one in house.examine().findings if one.problem.code == "plan_left"]
    assert (found.problem.place, "care batch run PLAN-26-00001" in found.advice()) == ("PLAN-26-00001", True)
    house.sql("UPDATE plan SET state = 'done'")
    assert "plan_left" not in house.codes()


def test_a_program_that_is_gone_is_told_once(house: House) -> None:
    """Its cases are counted, and not each called unreadable."""
    house.office.registry = Registry.of()
    found = house.examine()
    assert [(one.problem.code, one.problem.place, one.problem.values["cases"]) for one in found.findings] == [("program_missing", "errands", 2)]


def test_a_foreign_index_fault_of_postgresql_is_found(empty_database: Database, house: House) -> None:
    """Where amcheck is installed the indexes are read; where it is not, the check says so and is no finding."""
    if empty_database.dialect_name == "sqlite":
        assert "pages" not in house.examine().notes
        return
    assert "amcheck" in house.examine().notes["pages"]
    with house.db.connect() as connection:
        connection.execute(text("CREATE EXTENSION amcheck"))
        connection.commit()
    found = house.examine()
    assert "pages" not in found.notes
    assert found.findings == []
    house.sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_case_subject_id'::regclass")
    assert house.codes() == {"index_invalid"}


def test_a_file_with_damaged_pages_is_told_and_not_a_crash(sqlite_house: House) -> None:
    """A scratched disk: whatever page is hit, the answer is a finding."""
    sqlite_house.office.close()
    path = sqlite_house.office.folder / "office.sqlite"
    whole = path.read_bytes()
    for n in range(1, len(whole) // 4096, 7):
        path.write_bytes(whole[: n * 4096] + b"\xa5" * 4096 + whole[(n + 1) * 4096 :])
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        found = sqlite_house.examine()
        sqlite_house.office.close()
        assert found.exit_code == 6, n
    path.write_bytes(b"this is no database" * 1000)
    assert sqlite_house.codes() == {"office_damaged"}


def test_files_that_others_may_read_are_told(sqlite_house: House) -> None:
    """Each by its name; shutting them is the remedy."""
    (sqlite_house.office.papers / "letter.html").write_text("x", encoding="utf-8")
    (sqlite_house.office.papers / "letter.html").chmod(0o644)
    found = sqlite_house.examine()
    assert [(one.problem.code, one.problem.place) for one in found.findings] == [("open_to_others", "papers/letter.html")]
    assert str(sqlite_house.office.folder) in found.findings[0].advice()
    assert found.exit_code == 1


def test_an_office_that_is_not_there_any_more_is_told(sqlite_house: House) -> None:
    """Without its database's file, and without its folder of papers."""
    sqlite_house.office.close()
    (sqlite_house.office.folder / "office.sqlite").unlink()
    shutil.rmtree(sqlite_house.office.papers)
    found = sqlite_house.examine()
    assert {one.problem.place for one in found.findings if one.problem.code == "file_missing"} == {"office.sqlite", "papers"}
    assert found.exit_code == 6


def test_a_real_office_is_asked_for_copies(house_at: Callable[..., House]) -> None:
    """When it has had cases for over a week, and no copy, or an old one."""
    real = house_at(None, training=False)
    with real.db.write() as tx:
        grant(tx, real.actor.login, "school", scope=TOWNSHIP, actor=real.actor, now=real.clock.instant)
        real.actor = real.office.actor(tx)
    real.open()
    assert "no_copy" not in real.codes()
    real.clock.instant += timedelta(days=8)
    assert "no_copy" in real.codes()
    assert backup(real.office, real.actor).noted
    assert "no_copy" not in real.codes()
    real.clock.instant += timedelta(days=8)
    assert "no_copy" in real.codes()


def test_every_remedy_names_a_command_that_exists() -> None:
    """Each ``care …`` of a remedy is a command, with the options it is given."""
    for code, said in REMEDIES.items():
        for words in re.findall(r"care ((?:[a-z-]+ ?)+)", said):
            command = care
            for word in words.split():
                found = command.get_command(None, word) if hasattr(command, "get_command") else None  # type: ignore[arg-type]
                if found is None:
                    break
                command = found  # type: ignore[assignment]
            assert not hasattr(command, "get_command") or words.split()[-1] == command.name, (code, words)


def test_the_command_answers_with_its_exit_code(sqlite_house: House, capfd: pytest.CaptureFixture[str]) -> None:
    """0 where all is well, 6 where something is damaged; one document for a program."""
    folder, file = str(sqlite_house.office.folder), str(Path(__file__).with_name("errand_plugin.py"))
    words = ["--office", folder, "--now", "2026-09-01T10:00", "--plugin", file, "office", "doctor", "--json"]
    assert run(words) == 0, capfd.readouterr().out
    assert json.loads(capfd.readouterr().out)["clean"]
    sqlite_house.sql("DELETE FROM waiting")
    assert run(words) == 6
    said = json.loads(capfd.readouterr().out)["findings"]
    assert {(one["code"], one["severity"]) for one in said} == {("desk_differs", "damage")}
    assert run([*words[:-1], "--repair"]) == 0
    assert "All is well." in capfd.readouterr().out


def test_many_findings_of_one_kind_are_counted(house: House) -> None:
    """The first hundred are told, however many there are."""
    from workflow_core.errors import Problem
    from workflow_core.office.doctor import Checkup

    found = Checkup()
    for n in range(250):
        found.add("chains", Problem("chain_gap", "gap", place=str(n)))
    assert (len(found.findings), found.counts["chain_gap"]) == (100, 250)


def test_it_reads_as_of_one_instant(house: House) -> None:
    """A case that is opened between two of its checks is in neither."""
    from workflow_core.store import doctor, doctor_database

    with house.db.read() as tx:
        doctor_database.steady(tx)
        before = doctor.counts(tx)
        other = Database(house.db.address)
        house.office.__dict__.pop("engine", None)
        kept, house.office.__dict__["db"] = house.db, other
        house.open()
        assert doctor.counts(tx) == before
        house.office.__dict__["db"] = kept
        other.dispose()


def test_the_machine_clock_decides_nothing_in_a_sound_office(house: House) -> None:
    """The office's own clock is asked, so that a training office may be looked at in its own time."""
    assert house.clock.instant < SystemClock().now() or house.codes() == set()
    assert examine(house.office).checks["clock"]
