"""Children's files and rosters from a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helping import TOWNSHIP, Care
from workflow_core.records.sheet_files import open_sheets

PURPOSE = ("--unmasked", "--purpose", "a home visit")


def test_a_roster_is_taken_in_once(office: Care, made: Path) -> None:
    """Counts for a script and for a person; again, nothing changes."""
    first = office("child", "import", made / "roster.csv", "--township", TOWNSHIP, "--json").json
    assert (first["rows"], first["imported"], first["problems"]) == (4, 4, [])
    assert "unchanged 4" in office("child", "import", made / "roster.csv", "--township", TOWNSHIP).out


def test_a_trial_stores_nobody(office: Care, made: Path) -> None:
    """``--dry-run`` judges every row and stores none."""
    assert "trial" in office("child", "import", made / "roster.csv", "--township", TOWNSHIP, "--dry-run").err
    assert office("child", "export", "--township", TOWNSHIP, "--json").json["children"] == []


@pytest.fixture
def bad(tmp_path: Path, made: Path) -> Path:
    """A roster in which one row of two is wrong."""
    lines = (made / "roster.csv").read_text("utf-8").splitlines()
    file = tmp_path / "bad.csv"
    file.write_text("\n".join([lines[0], lines[1], lines[2].replace("钱二", "")]) + "\n", encoding="utf-8")
    return file


def test_refused_rows_are_listed_and_written(office: Care, bad: Path, tmp_path: Path) -> None:
    """Exit code 1, the row with its reason, and a sheet that is corrected and fed in again."""
    out = tmp_path / "refused.xlsx"
    ran = office("child", "import", bad, "--township", TOWNSHIP, "--problems", out, code=1)
    assert "refused 1" in ran.out
    assert "the name is missing" in ran.out
    assert "correct them" in ran.out
    assert len(list(open_sheets(out)[0].rows())) == 2


def test_all_or_nothing_stores_nothing(office: Care, bad: Path) -> None:
    """One refused row holds back all."""
    assert office("child", "import", bad, "--township", TOWNSHIP, "--all-or-nothing", "--json", code=1).json["stored"] is False
    assert "Nothing was stored" in office("child", "import", bad, "--township", TOWNSHIP, "--all-or-nothing", code=1).out


def test_a_programs_sheet_has_a_command_of_its_own(cases: Care, made: Path) -> None:
    """``care <program> import``, though its plugin ships no command; again nothing is opened."""
    assert "import" in cases("dropout-return", "--help").out
    again = cases("dropout-return", "import", made / "absences.csv", "--township", TOWNSHIP, "--json").json
    assert (again["opened"], again["unchanged"]) == (0, 3)
    assert cases("dropout-return", "import-absences", made / "absences.csv", "--township", TOWNSHIP, "--dry-run", "--json").json["dry_run"] is True


def test_a_child_is_made_by_hand(office: Care) -> None:
    """Labels are as good as field names; every fault is told at once."""
    ran = office("child", "add", "--township", TOWNSHIP, "--set", "name=张三", "--set", "Birth date=x", "--set", "Sex=y", "--json", code=2)
    assert {one["code"] for one in ran.json["error"]["problems"]} >= {"sex_unknown"}
    made = office("child", "add", "--township", TOWNSHIP, "--set", "name=张三", "--set", "Birth date=2015-01-02", "--json").json["child"]
    assert office("child", "show", made["ref"], "--json").json["child"]["born_on"] == "2015-01-02"


def test_a_provisional_file_needs_a_name_only(office: Care) -> None:
    """Who it is may be open."""
    assert office("child", "add", "--township", TOWNSHIP, "--set", "name=张三", "--provisional", "--json").json["child"]["provisional"] is True


def test_a_child_is_found_masked(cases: Care) -> None:
    """By any part of a name or guardian; a list shows nobody in full."""
    shown = cases("child", "find", "赵").out
    assert "赵*" in shown
    assert "赵一" not in shown
    assert cases("child", "find", "赵大", "--json").json["children"][0]["ref"] == "C-000001"
    assert cases("child", "find", "nobody").out == "Nobody was found.\n"
    assert "as a whole" in cases("child", "find", "43280120").err
    for whole in ("43280120140501001X", "13399999999"):
        told = cases("child", "find", whole).err
        assert ("as a whole" in told, "ask there" in told) == (False, True)


def test_a_file_is_masked_unless_a_purpose_is_given(cases: Care) -> None:
    """The purpose is asked for, and goes to the journal."""
    assert "赵一" not in cases("child", "show", "C-000001").out
    assert cases("child", "show", "C-000001", "--unmasked", "--json", code=2).json["error"]["code"] == "purpose_missing"
    shown = cases("child", "show", "C-000001", *PURPOSE).out
    assert "赵一" in shown
    assert "Grandparent" in shown
    assert cases("journal", "show", "--kind", "revealed", "--json").json["entries"][0]["says"]["purpose"] == "a home visit"


def test_a_file_is_corrected(cases: Care) -> None:
    """A field is changed, another taken out; a stale version is a conflict."""
    cases("child", "edit", "C-000001", "--set", "grade=8", "--set", "guardian_phone=", "--reason", "a new school year")
    found = cases("child", "show", "C-000001", "--json").json["child"]
    assert (found["grade"], found["guardian_phone"]) == (8, None)
    assert cases("child", "edit", "C-000001", "--set", "grade=9", "--reason", "x", "--expect", "1", "--json", code=4).json["error"]["code"] == "file_changed"
    assert "nothing is given" in cases("child", "edit", "C-000001", "--reason", "x", code=2).err


def test_a_guardian_changes(cases: Care) -> None:
    """The new one is on file; without a name the tie ends."""
    cases("child", "relate", "C-000001", "guardian", "--name", "周大", "--kin", "姑姑", "--reason", "the grandfather died")
    assert cases("child", "show", "C-000001", *PURPOSE, "--json").json["child"]["guardian"] == "周大"
    cases("child", "relate", "C-000001", "guardian", "--reason", "nobody now")
    assert cases("child", "show", "C-000001", "--json").json["child"]["guardian"] is None


def test_two_files_of_one_child_become_one_with_its_cases(cases: Care) -> None:
    """It is asked before it is done; the first reference then finds the second file, and its case is about it."""
    made = cases("child", "add", "--township", TOWNSHIP, "--set", "name=孙三", "--provisional", "--json").json["child"]["ref"]
    ran = cases("child", "merge", "C-000003", "--into", made, "--reason", "the same child", "--json", code=2)
    assert ran.json["error"]["code"] == "merge_unconfirmed"
    assert cases("child", "merge", "C-000003", "--into", made, "--reason", "the same child", "--yes", "--json").json["moved"]["cases"] == 1
    assert cases("child", "show", "C-000003", "--json").json["child"]["ref"] == made
    assert cases("case", "show", "DR-26-00003", "--json").json["case"]["subject"] == made


def test_an_export_is_masked_unless_a_purpose_is_given(cases: Care, tmp_path: Path) -> None:
    """As a table, as JSON, as a sheet."""
    assert "赵一" not in cases("child", "export", "--township", TOWNSHIP).out
    found = cases("child", "export", "--township", TOWNSHIP, *PURPOSE, "--json").json["children"][0]
    assert (found["name"], found["sex"], found["grade"]) == ("赵一", "male", 7)
    file = tmp_path / "children.xlsx"
    cases("child", "export", "--township", TOWNSHIP, *PURPOSE, "--to", file)
    assert "赵一" in list(open_sheets(file)[0].rows())[1]


def test_who_has_no_role_does_not_touch_files(cases: Care) -> None:
    """An administrator administers; the work needs a role there."""
    cases("account", "add", "boss")
    cases("account", "grant", "boss", "admin", "--township", TOWNSHIP)
    for words in (("export", "--township", TOWNSHIP), ("add", "--township", TOWNSHIP, "--set", "name=张三")):
        assert cases("--as", "boss", "child", *words, "--json", code=3).json["error"]["code"] == "not_permitted"


def test_a_child_out_of_sight_does_not_exist(cases: Care) -> None:
    """Exit code 5, whether it exists or not."""
    cases("account", "add", "far")
    assert cases("--as", "far", "child", "show", "C-000001", "--json", code=5).json["error"]["code"] == "child_unknown"


def test_a_sheet_for_a_program_that_does_not_run_there_is_refused_once(office: Care, made: Path) -> None:
    """Not once for each row; and it says who can start it, and how."""
    told = office("dropout-return", "import", made / "absences.csv", "--township", TOWNSHIP, "--json", code=1).json["error"]
    assert told["code"] == "not_enabled"
    assert "care program enable dropout_return" in told["hint"]


def test_a_file_that_is_completed_settles_its_cases_at_once(cases: Care, tmp_path: Path) -> None:
    """The task to find out who a child is closes with the correction that says so."""
    file = tmp_path / "absences.csv"
    file.write_text("姓名,就读学校,最后到校日期\n周五,高桥镇初级中学,2026-09-16\n吴六,高桥镇初级中学,2026-09-16\n", encoding="utf-8")
    cases("dropout-return", "import", file, "--township", TOWNSHIP)

    def open_ones() -> list[str]:
        return sorted(one["subject"] for one in cases("inbox", "--json").json["tasks"] if one["title"].startswith("Settle who"))

    first, second = open_ones()
    cases("child", "edit", first, "--settled", "--reason", "seen in the register")
    assert open_ones() == [second]


def test_another_programs_sheet_is_no_roster(office: Care, made: Path) -> None:
    """It is refused with the command that takes it, and nothing is stored; said expressly, it is taken."""
    words = ("child", "import", made / "absences.csv", "--township", TOWNSHIP)
    told = office(*words, "--json", code=2).json["error"]
    assert told["code"] == "sheet_of_another_kind"
    assert "care dropout-return import absences.csv" in told["hint"]
    assert office("child", "export", "--township", TOWNSHIP, "--json").json["children"] == []
    assert office(*words, "--anyway", "--json").json["imported"] == 3


def test_a_sheet_without_what_makes_a_roster_is_refused(office: Care, tmp_path: Path) -> None:
    """Names, numbers and measures that nobody knows; with a guardian the same strange headings do not matter."""
    file = tmp_path / "measures.csv"
    file.write_text("姓名,身份证号,身高(cm),体重(kg),肺活量\n", encoding="utf-8")
    assert office("child", "import", file, "--township", TOWNSHIP, "--json", code=2).json["error"]["code"] == "not_a_roster"
    file.write_text("姓名,身份证号,监护人,身高(cm),体重(kg),肺活量\n", encoding="utf-8")
    office("child", "import", file, "--township", TOWNSHIP)
