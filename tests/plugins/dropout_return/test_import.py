"""A school's absence sheet, as messy as real ones, into cases: through the engine's front door."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from careflow_dropout_return.program import PROGRAM
from tests.engine.conftest import TOWNSHIP, Town, actor, make_town
from tests.plugins.dropout_return.conftest import PHOTO, PICTURE, WEDNESDAY
from workflow_core.engine.importing import run_import
from workflow_core.records import children
from workflow_core.records.imports import import_roster
from workflow_core.store.database import Database

DATA = Path(__file__).resolve().parents[2] / "data"
SCHOOL = actor("teacher", "school")


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Town:
    """A township on 21 October 2026, its roster on file."""
    town = make_town(database, tmp_path, PROGRAM)
    town.clock.instant = WEDNESDAY
    import_roster(database, "teacher", WEDNESDAY, DATA / "roster-gaoqiao.xlsx", township=TOWNSHIP)
    return town


def feed(town: Town) -> Any:
    """The sheet goes in."""
    return run_import(town.engine.runtime, SCHOOL, "dropout_return", DATA / "absences-gaoqiao.xlsx", division=TOWNSHIP)


def test_each_child_gets_one_case_and_the_sheet_may_come_again(town: Town) -> None:
    """24 children on file and one that is not make 25 cases; the doubled row is told, and a second feeding opens nothing."""
    first, again = feed(town), feed(town)
    assert (first.opened, again.opened) == (25, 0)
    assert sorted(problem.code for problem in first.problems) == ["child_provisional", "same_child_again"]
    cases = town.engine.cases(SCHOOL, program="dropout_return")
    assert (len(cases), {row.stage for row in cases}) == (25, {"suspected"})


def test_what_the_sheet_says_is_in_the_case(town: Town) -> None:
    """The last day in four ways of writing it, the teacher, and the cause as presumed: confirmed is nothing yet."""
    feed(town)
    records = [town.engine.show(SCHOOL, row.ref).record for row in town.engine.cases(SCHOOL, program="dropout_return")]
    assert Counter(record["presumed_cause"] for record in records) == {"POVERTY": 9, "MOVED": 6, "WORK": 4, None: 4, "AVERSION": 2}
    assert {record["cause"] for record in records} == {None}
    assert {record["last_attended"] for record in records} == {"2026-09-07", "2026-09-08", "2026-09-10", "2026-09-14", "2026-09-16"}
    assert sum(not record["teacher"] for record in records) == 1


def test_an_old_sheet_does_not_open_a_closed_matter(town: Town) -> None:
    """A child excused stays excused when the sheet of that month comes once more."""
    feed(town)
    ref = town.engine.cases(SCHOOL, program="dropout_return")[0].ref
    day = town.today.isoformat()
    town.engine.do_task(SCHOOL, f"{ref}.verify", {"checked_on": day, "finding": "TRANSFERRED", "proof": "roll no. 7"})
    town.engine.advance(SCHOOL, ref, "excuse", {"decided_on": day, "why": "moved with the parents"})
    assert feed(town).opened == 0


def test_a_leave_excuses_until_it_ends(town: Town) -> None:
    """While it lasts, the sheet opens nothing; the child that does not come back from it is found by the same sheet."""
    feed(town)
    ref = town.engine.cases(SCHOOL, program="dropout_return")[0].ref
    day, until = town.today.isoformat(), (town.today + timedelta(days=20)).isoformat()
    leave = {"kind": "BREAK", "begins_on": day, "ends_on": until, "decided_by": "高桥镇人民政府", "decided_on": day, "number": "7", "evidence": PHOTO}
    town.engine.attach(SCHOOL, ref, PICTURE)
    town.engine.do_task(SCHOOL, f"{ref}.leave", leave)
    town.engine.do_task(SCHOOL, f"{ref}.verify", {"checked_on": day, "finding": "ON_LEAVE"})
    town.engine.advance(SCHOOL, ref, "excuse", {"decided_on": day, "why": "on leave"})
    town.wait(days=20)
    assert feed(town).opened == 0
    town.wait(days=1)
    assert feed(town).opened == 1


def test_six_silent_weeks_are_overdue_on_the_townships_desk(town: Town) -> None:
    """Nobody takes a step: every one of the 25 is heard."""
    feed(town)
    town.wait(days=40)
    supervisor = actor("supervisor", "child_supervisor")
    overdue = [row for row in town.engine.inbox(supervisor, role="child_supervisor", township=TOWNSHIP) if row.overdue]
    assert len({row.case for row in overdue if row.case.startswith("DR-")}) == 25


def test_a_program_that_crashes_on_a_row_refuses_that_row(database: Database, tmp_path: Path) -> None:
    """A bug in a program's import is told row by row, and takes neither the import nor the office down."""

    def crash(desk: Any, row: Any) -> Any:
        raise ZeroDivisionError

    broken = replace(PROGRAM, imports=[replace(PROGRAM.imports[0], take=crash)])
    town = make_town(database, tmp_path, broken)
    town.clock.instant = WEDNESDAY
    report = feed(town)
    assert (report.opened, Counter(problem.code for problem in report.problems)) == (0, {"take_failed": 25, "same_child_again": 1})


def test_a_file_that_is_completed_settles_who_the_child_is(town: Town) -> None:
    """The task to find out who the child is closes by itself once its file is no longer provisional."""
    refs = feed(town).refs
    (ref,) = [ref for ref in refs if any(task["kind"] == "adhoc" for task in town.engine.show(SCHOOL, ref).tasks)]
    subject = town.engine.show(SCHOOL, ref).row.subject
    assert subject is not None
    with town.db.write() as tx:
        children.edit(tx, "teacher", town.clock.now(), subject, {}, reason="seen in the household register", settled=True)
    town.engine.settle([subject])
    (after,) = [task for task in town.engine.show(SCHOOL, ref).tasks if task["kind"] == "adhoc"]
    assert (after["state"], after["by"]) == ("done", "system")


def test_a_known_number_under_another_name_is_refused(town: Town, tmp_path: Path) -> None:
    """Nobody is taken for somebody else: the row is refused, and no case is opened."""
    sheet = tmp_path / "absences.csv"
    sheet.write_text("姓名,身份证号,就读学校,最后到校日期\n甲乙丙,43280120121206128X,高桥镇初级中学,2026-09-16\n", "utf-8")
    report = run_import(town.engine.runtime, SCHOOL, "dropout_return", sheet, division=TOWNSHIP)
    assert (report.opened, [(one.row, one.code) for one in report.problems]) == (0, [(2, "name_differs")])
