"""Tasks and the inbox from a terminal, and from a sheet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from careflow_cli.task_sheet import filled_rows
from tests.cli.helping import TOWNSHIP, Care
from workflow_core.errors import Misused
from workflow_core.records.sheet_files import open_sheets
from workflow_core.records.sheet_writer import OutSheet, write_book

REF = "DR-26-00001"
LATE = "2026-11-30T09:00"
GONE = ("--set", "checked_on=2026-10-21", "--set", "finding=GONE")


def test_the_inbox_shows_what_waits(cases: Care) -> None:
    """One row a task, with what it is and by when."""
    found = cases("inbox", "--json").json["tasks"]
    assert [one["ref"] for one in found] == ["DR-26-00001.1", "DR-26-00002.1", "DR-26-00003.1"]
    assert set(found[0]) >= {"ref", "case", "title", "due", "overdue"}
    shown = cases("inbox").out
    assert "Check with parents and other schools" in shown
    assert "C-000001" in shown


def test_what_is_overdue_comes_first_and_is_marked(cases: Care) -> None:
    """Six weeks without a step lie on the supervisor's desk."""
    cases("--now", LATE, "tick")
    found = cases("--now", LATE, "inbox", "--role", "child-supervisor", "--township", TOWNSHIP, "--json").json["tasks"]
    assert found[0]["overdue"] is True
    assert [one["due"] or "9" for one in found] == sorted(one["due"] or "9" for one in found)
    shown = cases("--now", LATE, "inbox", "--role", "child_supervisor").out
    assert "days late)" in shown
    assert "(reminded 5 times)" in shown


def test_a_task_about_no_child_tells_where_it_is(cases: Care) -> None:
    """The township's monthly list lies in the inbox with the township's name."""
    cases("--now", LATE, "tick")
    shown = cases("--now", LATE, "inbox").out
    assert re.search(r"^DM-26-0000\d\.\d .*高桥镇", shown, re.M)
    assert "About" in shown.splitlines()[0]


def test_an_empty_inbox_says_so(office: Care) -> None:
    """No heading stands over nothing."""
    assert office("inbox").out == "Nothing waits here.\n"


def test_an_unknown_role_tells_the_nearest(cases: Care) -> None:
    """A misspelt role is no empty inbox."""
    assert "did you mean school?" in cases("inbox", "--role", "scool", code=2).err


def test_a_cut_list_says_that_there_is_more(cases: Care) -> None:
    """Nobody takes the first page for all."""
    assert "--limit" in cases("inbox", "--limit", "2").err


def test_a_task_is_shown_with_what_it_asks(cases: Care) -> None:
    """Whose it is, by when, which fields; a case's tasks are listed."""
    shown = cases("task", "show", f"{REF}.1").out
    assert "What was found" in shown
    assert "Left school" in shown
    assert cases("task", "list", REF, "--json").json["tasks"][0]["state"] == "open"
    assert f"{REF}.1" in cases("task", "list", REF).out
    assert len(cases("task", "list", "--json").json["tasks"]) == 3
    assert cases("task", "show", f"{REF}.99", "--json", code=5).json["error"]["code"] == "task_unknown"


def test_a_task_is_done_corrected_and_taken_back(cases: Care) -> None:
    """What was entered can be set right; the history keeps both."""
    cases("task", "done", f"{REF}.1", *GONE)
    cases("task", "correct", f"{REF}.1", "--set", "finding=UNKNOWN", "--reason", "misread")
    assert cases("task", "show", f"{REF}.1", "--json").json["task"]["given"]["finding"] == "UNKNOWN"
    cases("task", "undo", f"{REF}.1", "--reason", "wrong child")
    shown = cases("case", "history", REF).out
    assert "Corrected: Check with parents" in shown
    assert "Taken back, it waits again" in shown
    assert "nothing is given" in cases("task", "correct", f"{REF}.1", "--reason", "x", code=2).err


def test_a_trial_does_nothing(cases: Care) -> None:
    """``--dry-run`` tells what would follow."""
    assert "trial" in cases("task", "done", f"{REF}.1", *GONE, "--dry-run").err
    assert cases("task", "show", f"{REF}.1", "--json").json["task"]["state"] == "open"


def test_a_task_is_skipped_with_a_reason(cases: Care) -> None:
    """Without one it is wrong usage."""
    assert cases("task", "skip", f"{REF}.1", "--json", code=2).json["error"]["code"] == "reason_missing"
    cases("task", "skip", f"{REF}.1", "--reason", "the family moved")
    assert "the family moved" in cases("case", "history", REF).out


def test_tasks_are_laid_on_people_and_handed_over(cases: Care) -> None:
    """Claimed, assigned by name, and all of one desk given to another."""
    for login in ("li", "wang"):
        cases("account", "add", login)
        cases("account", "grant", login, "school", "--township", TOWNSHIP)
    assert cases("--as", "li", "task", "claim", f"{REF}.1", "--json").json["lies_with"] == "li"
    cases("task", "assign", "DR-26-00002.1", "--to", "li")
    assert len(cases("--as", "li", "inbox", "--mine", "--json").json["tasks"]) == 2
    cases("task", "assign", "DR-26-00003.1", "--to", "li")
    cases("task", "assign", "DR-26-00003.1", "--back")
    assert "--back" in cases("task", "assign", "DR-26-00003.1", code=2).err
    assert cases("task", "hand-over", "--of", "li", "--to", "wang", "--json").json["handed_over"] == ["DR-26-00001.1", "DR-26-00002.1"]
    assert "0 tasks went from li to wang" in cases("task", "hand-over", "--of", "li", "--to", "wang").out


def test_a_task_of_its_own_is_added_and_done(cases: Care) -> None:
    """What no program foresaw waits like anything else."""
    assert "write it like" in cases("task", "add", REF, "Ask", "--role", "school", "--due", "next week", code=2).err
    cases("task", "add", REF, "Ask the grandmother", "--role", "school", "--due", "2026年10月25日")
    found: dict[str, Any] = next(one for one in cases("inbox", "--json").json["tasks"] if one["title"] == "Ask the grandmother")
    assert found["due"] == "2026-10-25"
    cases("task", "done", found["ref"], "--set", "note=she knows nothing")
    assert "Done: Ask the grandmother" in cases("case", "history", REF).out


def test_which_task_is_asked_where_none_is_named(cases: Care) -> None:
    """A task, or a sheet of many."""
    assert "which task?" in cases("task", "done", code=2).err


def test_a_tick_reports_and_does_nothing_twice(cases: Care) -> None:
    """What was done is counted; the same instant again finds nothing."""
    assert cases("--now", LATE, "tick", "--json").json["cases"] == 3
    again = cases("--now", LATE, "tick", "--json").json
    assert (again["steps"], again["sent"]) == (0, 0)
    assert "Cases looked at" in cases("--now", LATE, "tick").out


# ------------------------------------------------------------------ the inbox's sheet


def fill(file: Path, answers: dict[str, dict[str, str]]) -> None:
    """Writes answers into an inbox's sheet, by task and column."""
    sheets = []
    for sheet in open_sheets(file):
        heads, *rows = [list(row) for row in sheet.rows()]
        for row in rows:
            for head, said in answers.get(str(row[0]), {}).items():
                row[heads.index(head)] = said
        sheets.append(OutSheet(sheet.name, [str(head) for head in heads], rows))
    write_book(file, sheets)


@pytest.fixture
def sheet(cases: Care, tmp_path: Path) -> Path:
    """The inbox as a sheet: the first row is right, the second is not, the third says nothing."""
    file = tmp_path / "inbox.xlsx"
    cases("inbox", "--export", file)
    found = {"Checked on": "2026-10-21", "What was found": "Left school"}
    fill(file, {"DR-26-00001.1": found, "DR-26-00002.1": {"What was found": "Nobody knows"}})
    return file


def test_a_sheet_is_taken_back(cases: Care, sheet: Path) -> None:
    """Filled rows are done; wrong ones go to a sheet beside it with all that is wrong; empty ones wait on."""
    ran = cases("task", "done", "--from", sheet, "--json", code=1)
    assert ran.json["done"] == ["DR-26-00001.1"]
    assert [(one["ref"], one["row"]) for one in ran.json["refused"]] == [("DR-26-00002.1", 3)]
    assert {problem["place"] for problem in ran.json["refused"][0]["problems"]} == {"checked_on", "finding"}
    assert cases("task", "show", "DR-26-00003.1", "--json").json["task"]["state"] == "open"


def test_an_inbox_that_leaves_the_office_says_so(cases: Care, sheet: Path) -> None:
    """Who took it out and the digest of each page stand in its last line, and in the journal; what was filled in is taken back all the same."""
    said = cases("journal", "show", "--kind", "handed_out", "--json").json["entries"][0]["says"]
    lines = [str(cell) for page in open_sheets(sheet) for cells in page.rows() for cell in cells if str(cell).startswith("※Handed")]
    assert (said["what"], said["rows"], len(lines)) == ("inbox", 3, 1)
    assert said["digest"] in lines[0]


def test_the_refused_rows_are_corrected_and_handed_in_again(cases: Care, sheet: Path) -> None:
    """The sheet of refused rows is an inbox's sheet itself."""
    refused = Path(cases("task", "done", "--from", sheet, "--json", code=1).json["problems_file"])
    fill(refused, {"DR-26-00002.1": {"Checked on": "2026-10-21", "What was found": "Left school"}})
    assert "Tasks done: 1, done already: 0, rows refused: 0" in cases("task", "done", "--from", refused).out


def test_the_same_sheet_again_changes_nothing(cases: Care, sheet: Path) -> None:
    """What was entered is not entered twice."""
    cases("task", "done", "--from", sheet, code=1)
    version = cases("case", "show", REF, "--json").json["case"]["version"]
    again = cases("task", "done", "--from", sheet, "--json", code=1).json
    assert (again["done"], again["already_done"]) == ([], ["DR-26-00001.1"])
    assert cases("case", "show", REF, "--json").json["case"]["version"] == version


def test_the_same_sheet_of_somebody_else_changes_nothing(cases: Care, sheet: Path) -> None:
    """Who hands in what a colleague handed in before is told that it is done, not that a key is taken."""
    cases("task", "done", "--from", sheet, code=1)
    cases("account", "add", "li", "--name", "李老师")
    cases("account", "grant", "li", "school", "--township", TOWNSHIP)
    assert cases("--as", "li", "task", "done", "--from", sheet, "--json", code=1).json["already_done"] == ["DR-26-00001.1"]


def test_a_row_that_says_otherwise_is_refused_with_what_to_do(cases: Care, sheet: Path) -> None:
    """Of a task that is done the hint names how to look at it and how to correct it."""
    cases("task", "done", "--from", sheet, code=1)
    fill(sheet, {"DR-26-00001.1": {"What was found": "At school"}})
    refused = cases("task", "done", "--from", sheet, "--json", code=1).json["refused"]
    assert "care task correct DR-26-00001.1" in refused[0]["hint"]


def test_a_sheet_is_tried_first(cases: Care, sheet: Path) -> None:
    """``--dry-run`` judges every row and writes nothing."""
    cases("task", "done", "--from", sheet, "--dry-run", code=1)
    assert cases("task", "show", f"{REF}.1", "--json").json["task"]["state"] == "open"


def test_a_task_that_asks_nothing_is_done_by_yes_or_a_note(cases: Care, tmp_path: Path) -> None:
    """Escalations and tasks of their own have a column to say so."""
    cases("task", "add", REF, "Ask the grandmother", "--role", "school")
    file = tmp_path / "inbox.xlsx"
    found = next(one["ref"] for one in cases("inbox", "--json").json["tasks"] if one["title"] == "Ask the grandmother")
    cases("inbox", "--export", file)
    fill(file, {found: {"Done": "yes", "Note": "she knows nothing"}})
    cases("task", "done", "--from", file)
    assert cases("task", "show", found, "--json").json["task"]["given"] == {"note": "she knows nothing"}


def test_another_sheet_is_no_inbox(tmp_path: Path) -> None:
    """A sheet without a column of tasks is refused as such."""
    file = tmp_path / "roster.csv"
    file.write_text("姓名\n赵一\n", encoding="utf-8")
    with pytest.raises(Misused, match="no sheet of tasks"):
        filled_rows(file)


def test_a_file_is_handed_in_by_its_path(cases: Care, tmp_path: Path) -> None:
    """It is put beside the case, and the answer tells its name; of what is refused nothing stays behind, and a trial writes nothing."""
    scan = tmp_path / "scan.txt"
    scan.write_text("moved away", encoding="utf-8")
    elsewhere = ("--set", "finding=TRANSFERRED", "--set", f"evidence={scan}")
    before = len(cases("case", "history", REF, "--json").json["events"])
    cases("task", "done", f"{REF}.1", *elsewhere, code=2)
    cases("task", "done", f"{REF}.1", "--set", "checked_on=2026-10-21", *elsewhere, "--dry-run")
    assert len(cases("case", "history", REF, "--json").json["events"]) == before
    cases("task", "done", f"{REF}.1", "--set", "checked_on=2026-10-21", *elsewhere)
    assert [one["kind"] for one in cases("case", "history", REF, "--json").json["events"]][before:][:2] == ["attached", "task_done"]
    assert "scan.txt" in cases("task", "show", f"{REF}.1").out


def test_a_path_without_a_file_is_refused(cases: Care) -> None:
    """And the hint says what is wanted."""
    ran = cases("task", "done", f"{REF}.1", *GONE, "--set", "evidence=nowhere.jpg", code=2)
    assert "give the path of a file" in ran.err
