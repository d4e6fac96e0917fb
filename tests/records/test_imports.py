"""A roster into the office, on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from workflow_core.errors import Misused, NotFound
from workflow_core.records import children
from workflow_core.records.child_file import read_files
from workflow_core.records.imports import ImportReport, import_roster
from workflow_core.records.sheet_writer import OutSheet, write_book
from workflow_core.records.values import Cell, check_digit
from workflow_core.store import journal
from workflow_core.store import people as rows
from workflow_core.store.database import Database

ROSTER = Path(__file__).resolve().parent.parent / "data" / "roster-gaoqiao.xlsx"
HERE, NEXT = "990101100", "990101101"
TITLES = (
    "姓名",
    "出生日期",
    "身份证号码",
    "家庭住址",
    "就读学校",
    "年级",
    "母亲姓名",
    "母亲联系电话",
    "监护人姓名",
    "与儿童关系",
    "监护人联系电话",
    "是否困难",
)


def number(born: str = "20150804", sequence: str = "321") -> str:
    first = "432801" + born + sequence
    return first + check_digit(first)


def row(name: str = "甲一", national_id: Cell = "", **more: Cell) -> list[Cell]:
    """A row with the columns of TITLES."""
    given = {
        "家庭住址": "裴坝村2组",
        "就读学校": "高桥镇中心小学",
        "年级": "六年级",
        "母亲姓名": "乙一",
        "母亲联系电话": "13300000001",
        "监护人姓名": "丙一",
        "与儿童关系": "祖父母",
        "监护人联系电话": "133-0000-0002",
        "是否困难": "否",
    }
    return [name, "2015-08-04", national_id or number(), *({**given, **more}[title] for title in TITLES[3:])]


def sheet(folder: Path, *lines: Sequence[Cell], name: str = "r.xlsx") -> Path:
    path = folder / name
    write_book(path, [OutSheet("名册", TITLES, lines)])
    return path


def tally(report: ImportReport) -> dict[str, int]:
    found = {name: getattr(report, name) for name in ("imported", "updated", "unchanged", "duplicates", "rejected")}
    return {name: count for name, count in found.items() if count}


def everybody(db: Database, scope: Sequence[str] | None = None) -> list[dict[str, Any]]:
    with db.read() as tx:
        return [file.whole() for found in rows.listed(tx, scope=scope) for file in read_files(tx, found)]


def test_a_real_roster_is_stored_as_expected_and_again_changes_nothing(office: Database, now: datetime) -> None:
    """960 rows; 916 children on file; a second import finds every one of them unchanged."""
    expected = json.loads(ROSTER.with_suffix(".expected.json").read_text(encoding="utf-8"))
    first = import_roster(office, "me", now, ROSTER, township=HERE)
    assert {(p.sheet, p.row): (p.verdict, p.code) for p in first.problems} == {(u["sheet"], u["row"]): (u["verdict"], u["why"]) for u in expected["unusual"]}
    assert (first.rows, first.imported, first.duplicates, first.rejected) == (960, 916, 11, 33)
    assert [line["code"] for line in first.summary()] == ["region_unknown"]
    on_file = {child["national_id"]: child for child in everybody(office) if child["national_id"]}
    assert [{name: on_file[child["national_id"]][name] for name in child} for child in expected["children"]] == expected["children"]
    again = import_roster(office, "me", now, ROSTER, township=HERE)
    assert tally(again) == {"unchanged": 916, "duplicates": 11, "rejected": 33}
    with office.read() as tx:
        checked = journal.verify_all(tx)
    assert (checked.entries, checked.found) == (917, 0)


@pytest.mark.parametrize("chunk", [1, 2, 7])
def test_where_a_commit_falls_changes_no_verdict(office: Database, now: datetime, tmp_path: Path, chunk: int) -> None:
    """What an earlier chunk stored is still a row of this sheet."""
    lines = [row(), row(), row("乙二"), row("丙", "无"), row("丙", "无"), row("丁", "123"), row("丙", number(sequence="333")), row(national_id="")]
    report = import_roster(office, "me", now, sheet(tmp_path, *lines), township=HERE, chunk=chunk)
    codes = [(p.row, p.verdict, p.code) for p in report.problems]
    assert codes == [
        (3, "duplicate", "same_child_again"),
        (4, "rejected", "id_belongs_to_another_name"),
        (5, "imported", "id_missing"),
        (6, "duplicate", "same_child_again"),
        (7, "rejected", "id_length"),
        (8, "duplicate", "same_child_again"),
        (9, "duplicate", "same_child_again"),
    ]
    assert len(everybody(office)) == 2


def test_a_changed_row_updates_the_file_and_the_journal_tells_what(office: Database, now: datetime, tmp_path: Path) -> None:
    """Before and after are in the child's own stream; an empty cell takes nothing away."""
    import_roster(office, "me", now, sheet(tmp_path, row()), township=HERE)
    moved = row(家庭住址="深磨村1组", 年级="", 监护人联系电话="13300000009", 是否困难="是")
    assert tally(import_roster(office, "me", now, sheet(tmp_path, moved), township=HERE)) == {"updated": 1}
    (child,) = everybody(office)
    assert (child["village"], child["grade"], child["guardian_phone"], child["hardship"], child["version"]) == ("深磨村", 6, "13300000009", ["hardship"], 2)
    assert tally(import_roster(office, "me", now, sheet(tmp_path, moved), township=HERE)) == {"unchanged": 1}


def test_a_new_guardian_ends_the_tie_to_the_old_one(office: Database, now: datetime, tmp_path: Path) -> None:
    """The old tie stays on file with its end."""
    import_roster(office, "me", now, sheet(tmp_path, row()), township=HERE)
    import_roster(office, "me", now, sheet(tmp_path, row(监护人姓名="丁一", 与儿童关系="亲戚")), township=HERE)
    with office.read() as tx:
        (file,) = children.find(tx, "甲一")
        ties = [(tie.name, tie.kin, tie.until) for tie in children.ties_ever(tx, file) if tie.kind == "guardian"]
    assert ties == [("丙一", "grandparent", "2026-10-21"), ("丁一", "relative", None)]


def test_brothers_and_sisters_share_their_mother_and_sheets_that_disagree_settle(office: Database, now: datetime, tmp_path: Path) -> None:
    """One mother, one person; when one row brings a new phone, the other child's file is not changed, and a second import is quiet."""
    first, second = row(), row("甲二", number(sequence="343"))
    import_roster(office, "me", now, sheet(tmp_path, first, second), township=HERE)
    with office.read() as tx:
        mothers = {tie.ref for file in children.find(tx, "乙一") for tie in file.ties if tie.kind == "mother"}
    assert len(mothers) == 1
    apart = sheet(tmp_path, row(母亲联系电话="13300000008"), second)
    assert tally(import_roster(office, "me", now, apart, township=HERE)) == {"updated": 1, "unchanged": 1}
    assert tally(import_roster(office, "me", now, apart, township=HERE)) == {"unchanged": 2}


def test_a_guardian_who_is_the_mother_is_one_person(office: Database, now: datetime, tmp_path: Path) -> None:
    """Unless the two phones differ; either way a second import is quiet."""
    same = row(监护人姓名="乙一", 与儿童关系="母亲", 监护人联系电话="")
    apart = row("甲二", number(sequence="343"), 监护人姓名="乙一", 与儿童关系="母亲", 监护人联系电话="13300000007")
    path = sheet(tmp_path, same, apart)
    import_roster(office, "me", now, path, township=HERE)
    assert tally(import_roster(office, "me", now, path, township=HERE)) == {"unchanged": 2}
    with office.read() as tx:
        people = [len({tie.ref for tie in file.ties}) for file in children.find(tx, "甲")]
    assert people == [1, 2]


def test_a_roster_settles_a_provisional_file(office: Database, now: datetime, tmp_path: Path) -> None:
    """The file that was opened with a name and a birth date gets its number, and its identity is no longer open."""
    with office.write() as tx:
        made = children.add(tx, "me", now, {"name": "甲一", "born_on": "2015-8-4"}, division=HERE, provisional=True)
    assert tally(import_roster(office, "me", now, sheet(tmp_path, row()), township=HERE)) == {"updated": 1}
    with office.read() as tx:
        file = children.get(tx, made.ref)
    assert (file.national_id, file.provisional, file.school) == (number(), False, "高桥镇中心小学")


def test_a_dry_run_stores_nothing_and_tells_the_same(office: Database, now: datetime) -> None:
    """Also in many chunks."""
    trial = import_roster(office, "me", now, ROSTER, township=HERE, dry_run=True, chunk=50)
    assert everybody(office) == []
    real = import_roster(office, "me", now, ROSTER, township=HERE)
    assert replace(trial, dry_run=False, stored=True) == real


def test_all_or_nothing_undoes_all_for_one_rejected_row(office: Database, now: datetime, tmp_path: Path) -> None:
    """And stores all when every row is good."""
    report = import_roster(office, "me", now, sheet(tmp_path, row(), row("乙", "123")), township=HERE, all_or_nothing=True, chunk=1)
    assert (tally(report), report.stored, everybody(office)) == ({"rejected": 1}, False, [])
    report = import_roster(office, "me", now, sheet(tmp_path, row()), township=HERE, all_or_nothing=True)
    assert (tally(report), report.stored, len(everybody(office))) == ({"imported": 1}, True, 1)


def test_a_child_kept_elsewhere_is_not_shown_and_can_be_asked_for(office: Database, now: datetime, tmp_path: Path) -> None:
    """Out of scope: rejected with nothing of its file; one waiting request, however often it is asked."""
    import_roster(office, "them", now, sheet(tmp_path, row()), township=NEXT)
    mine = sheet(tmp_path, row(家庭住址="别处村1组"))
    report = import_roster(office, "me", now, mine, township=HERE, scope=[HERE])
    assert [(p.verdict, p.code) for p in report.problems] == [("rejected", "held_elsewhere")]
    for _ in range(2):
        assert import_roster(office, "me", now, mine, township=HERE, scope=[HERE], request_transfers=True).requested == 1
    (child,) = everybody(office)
    assert (child["division"], child["village"], child["version"]) == (NEXT, "裴坝村", 1)


def test_a_child_of_another_township_in_scope_is_updated_and_stays_there(office: Database, now: datetime, tmp_path: Path) -> None:
    """Moving a file is a transfer; the summary says how many there are."""
    import_roster(office, "me", now, sheet(tmp_path, row()), township=NEXT)
    report = import_roster(office, "me", now, sheet(tmp_path, row(年级="七年级")), township=HERE)
    assert (tally(report), dict(report.notes)["other_township"]) == ({"updated": 1}, 1)
    assert [(child["division"], child["grade"]) for child in everybody(office)] == [(NEXT, 7)]


@pytest.mark.parametrize("name", ["refused.xlsx", "refused.csv"])
def test_the_sheet_of_refused_rows_can_be_corrected_and_fed_in_again(office: Database, now: datetime, tmp_path: Path, name: str) -> None:
    """It has the original columns and all faults of each row; fed in unchanged the same rows are refused for the same reasons."""
    refused = tmp_path / name
    first = import_roster(office, "me", now, ROSTER, township=HERE, problems=refused)
    again = import_roster(office, "me", now, refused, township=HERE)
    assert (again.rows, again.unknown) == (33, {})
    assert sorted(p.code for p in again.problems) == sorted(p.code for p in first.problems if p.verdict == "rejected")


def test_no_sheet_of_refused_rows_where_none_is_refused(office: Database, now: datetime, tmp_path: Path) -> None:
    """An empty sheet would only be opened in vain."""
    import_roster(office, "me", now, sheet(tmp_path, row()), township=HERE, problems=tmp_path / "p.xlsx")
    assert not (tmp_path / "p.xlsx").exists()


def test_an_unknown_township_or_one_out_of_scope_is_not_found(office: Database, now: datetime) -> None:
    """Before a row is read into the office."""
    for township, scope in (("990101999", None), (NEXT, [HERE])):
        with pytest.raises(NotFound, match="no division"):
            import_roster(office, "me", now, ROSTER, township=township, scope=scope)


def test_a_file_that_is_no_roster_is_told_what_it_lacks(office: Database, now: datetime, tmp_path: Path) -> None:
    """Each sheet with what it lacks."""
    write_book(tmp_path / "x.xlsx", [OutSheet("汇总", ("学校", "年级", "人数"), [("一小", "三年级", 4)])])
    with pytest.raises(Misused) as caught:
        import_roster(office, "me", now, tmp_path / "x.xlsx", township=HERE)
    assert (caught.value.code, [(p.place, p.code) for p in caught.value.problems]) == ("no_table", [("汇总", "headings_missing")])


def test_no_personal_data_in_a_report(office: Database, now: datetime, tmp_path: Path) -> None:
    """Rows are named by sheet and number."""
    report = import_roster(office, "me", now, sheet(tmp_path, row(), row(), row("乙", "123")), township=HERE)
    said = json.dumps(report.as_dict(), ensure_ascii=False)
    assert not [word for word in ("甲一", number(), "乙一", "13300000001", "裴坝") if word in said]


@pytest.mark.parametrize("bare", [False, True])
def test_two_desks_that_import_the_same_roster_make_no_child_twice(office: Database, now: datetime, tmp_path: Path, bare: bool) -> None:
    """Each chunk that comes second is judged against what the other desk wrote, also where no number holds the two apart."""
    both = threading.Barrier(2)
    path = sheet(tmp_path, *(row(f"甲{n}", "无") for n in range(916))) if bare else ROSTER

    def desk(login: str) -> ImportReport:
        both.wait()
        return import_roster(office, login, now, path, township=HERE, chunk=40)

    with ThreadPoolExecutor(2) as desks:
        reports = list(desks.map(desk, ["one", "two"]))
    assert sum(report.imported for report in reports) == 916
    assert [report.imported + report.unchanged for report in reports] == [916, 916]
    with office.read() as tx:
        assert journal.verify_all(tx).found == 0
