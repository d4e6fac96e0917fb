"""Judging the rows of a roster."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_core.records.layout import understand
from workflow_core.records.roster import CODES, ChildOnFile, Judge, Judged, Key
from workflow_core.records.roster_rows import ROSTER, RosterReader
from workflow_core.records.sheets import Row, Table, read_book
from workflow_core.records.values import Cell, check_digit

DATA = Path(__file__).resolve().parent.parent / "data"
TODAY = date(2026, 10, 21)
HERE, ELSEWHERE = "990101100", "990101101"
BORN = date(2019, 8, 23)


class Files:
    """Children on file, in memory."""

    def __init__(self, *children: ChildOnFile) -> None:
        self.children = children

    def by_number(self, numbers: Collection[str]) -> Mapping[str, ChildOnFile]:
        return {child.national_id: child for child in self.children if child.national_id in numbers and child.national_id}

    def by_key(self, keys: Collection[Key], *, unnumbered: bool) -> Mapping[Key, Sequence[ChildOnFile]]:
        found: dict[Key, list[ChildOnFile]] = {}
        for child in self.children:
            if child.born_on is not None and child.division == HERE and not (unnumbered and child.national_id) and (child.name, child.born_on) in keys:
                found.setdefault((child.name, child.born_on), []).append(child)
        return found


def child(name: str, national_id: str | None = None, *, born_on: date = BORN, division: str = HERE, in_scope: bool = True, **more: Any) -> ChildOnFile:
    return ChildOnFile("id", "C-000001", 1, name, national_id, born_on, division, in_scope, **more)


def number(born: str = "20190823", sequence: str = "688", region: str = "432801") -> str:
    first = region + born + sequence
    return first + check_digit(first)


def judge(rows: Sequence[Sequence[Cell]], *on_file: ChildOnFile, titles: Sequence[str] = ("name", "born_on", "national_id"), chunk: int = 100) -> list[Judged]:
    """Judges rows given by the named fields, a chunk at a time."""
    table = Table("s", {name: at for at, name in enumerate(titles)}, tuple(titles), (), 2, lambda: iter(()))
    reader = RosterReader(table, today=TODAY, regions={"432801"})
    judging, found = Judge(HERE), []
    read = [reader.read(Row(n, list(cells))) for n, cells in enumerate(rows, 2)]
    for at in range(0, len(read), chunk):
        judged = judging.look(read[at : at + chunk], Files(*on_file))
        judging.keep(judged)
        found += judged
    return found


def outcome(judged: Sequence[Judged]) -> list[tuple[str, str]]:
    return [(one.verdict, one.code) for one in judged]


# ------------------------------------------------------------------ a real roster


@pytest.fixture(scope="module")
def real() -> tuple[list[Judged], dict[str, Any]]:
    path = DATA / "roster-gaoqiao.xlsx"
    judging, found = Judge(HERE), []
    for table in read_book(path, ROSTER).tables:
        reader = RosterReader(table, today=TODAY, above=("青溪县", "高桥镇"))
        rows = [reader.read(row) for row in table.rows()]
        for at in range(0, len(rows), 300):
            judged = judging.look(rows[at : at + 300], Files())
            judging.keep(judged)
            found += judged
    return found, json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))


def test_every_row_of_a_real_roster_gets_its_verdict(real: tuple[list[Judged], dict[str, Any]]) -> None:
    """960 rows in two sheets, 60 of them unusual."""
    judged, expected = real
    unusual = {(one.row.sheet, one.row.row): (one.verdict, one.code) for one in judged if one.code}
    assert unusual == {(row["sheet"], row["row"]): (row["verdict"], row["why"]) for row in expected["unusual"]}
    tally = {verdict: sum(one.verdict == verdict for one in judged) for verdict in expected["tally"]}
    assert (len(judged), tally) == (expected["rows"], expected["tally"])


def test_every_child_of_a_real_roster_is_read_right(real: tuple[list[Judged], dict[str, Any]]) -> None:
    """Name, sex, birth date, village, school, grade, guardian and phone of 900 children."""
    judged, expected = real
    read = {one.row.national_id: one.row for one in judged if one.verdict == "imported"}
    for wanted in expected["children"]:
        row = read[wanted["national_id"]]
        born = row.born_on.isoformat() if row.born_on else None
        got = {"name": row.name, "national_id": row.national_id, "born_on": born} | {name: row.values.get(name) for name in wanted if name in row.values}
        assert got == wanted


def test_a_real_roster_s_headings_are_all_understood() -> None:
    """Nothing is listed as unknown, the sheet of instructions is named."""
    book = read_book(DATA / "roster-gaoqiao.xlsx", ROSTER)
    assert [table.unknown for table in book.tables] == [(), ()]
    assert [(sheet.sheet, sheet.reason) for sheet in book.skipped] == [("填表说明", "no_table")]


@pytest.mark.parametrize("heading", ["就读学校及班级", "学校、班级", "所在学校和年级", "学校/年级班级", "就读学校", "School and class"])
def test_school_and_class_in_one_cell_are_taken_apart(heading: str) -> None:
    """Under any heading for the two, and in the school's own column."""
    found = understand(ROSTER, ("姓名", "身份证号", heading))
    table = Table("s", found.fields, found.titles, (), 2, lambda: iter(()))
    said = RosterReader(table, today=TODAY).read(Row(2, ["甲", number(), "高桥镇中心小学三年级（2）班"])).values
    assert (said["school"], said["grade"], said["class_name"]) == ("高桥镇中心小学", 3, "2")


# ------------------------------------------------------------------ one rule at a time


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("", "2019-08-23", number()), "name_missing"),
        (("无", "2014.2.30", "123"), "name_missing"),
        (("甲", "2014.2.30", number()), "birth_date_invalid"),
        (("甲", "", ""), "birth_date_invalid"),
        (("甲", "2031-02-03", ""), "birth_date_in_future"),
        (("甲", "2019-08-23", 432801201908236885.0), "id_precision_lost"),
        (("甲", "2019-08-23", "4.3E+17"), "id_precision_lost"),
        (("甲", "2019-08-23", "4328012019082368"), "id_length"),
        (("甲", "2019-08-24", number()[:-1] + "A"), "id_check_digit"),
        (("甲", "2019-08-24", number()), "birth_date_differs_from_id"),
        (("甲", "2019-03-01", number("20190230")), "birth_date_differs_from_id"),
        (("甲", "", number("20190230")), "birth_date_differs_from_id"),
    ],
)
def test_a_faulty_row_is_rejected_with_its_worst_fault(row: tuple[Cell, ...], code: str) -> None:
    """In the order of CODES."""
    assert outcome(judge([row])) == [("rejected", code)]


def test_all_faults_of_a_row_are_kept_the_worst_first() -> None:
    """The sheet of refused rows tells them all."""
    (one,) = judge([("", "2031-02-03", "43280120190823")])
    assert [fault.code for fault in one.faults] == ["name_missing", "birth_date_in_future", "id_length"]


def test_the_order_of_codes_is_the_one_agreed() -> None:
    """Worst first; held_elsewhere is told of rows that have no fault of their own."""
    codes = [code for code in CODES if code != "held_elsewhere"]
    assert codes == [
        *("name_missing", "birth_date_invalid", "birth_date_in_future", "id_precision_lost", "id_length", "id_check_digit"),
        *("birth_date_differs_from_id", "id_belongs_to_another_name", "same_child_again", "id_missing"),
    ]


def test_the_first_good_row_wins_and_a_rejected_row_claims_nothing() -> None:
    """A number in a rejected row is still free."""
    rows = [("甲", "2019-08-24", number()), ("乙", "2019-08-23", number()), ("甲", "2019-08-23", number()), ("乙 ", "20190823", number())]
    expected = [("rejected", "birth_date_differs_from_id"), ("imported", ""), ("rejected", "id_belongs_to_another_name"), ("duplicate", "same_child_again")]
    assert outcome(judge(rows)) == expected
    assert outcome(judge(rows, chunk=1)) == expected


def test_without_a_number_name_and_birth_date_are_the_child() -> None:
    """Whichever of the two rows has the number, the second is the same child."""
    bare, full = ("甲", "2019-08-23", ""), ("甲", "2019-08-23", number())
    assert outcome(judge([full, bare])) == [("imported", ""), ("duplicate", "same_child_again")]
    assert outcome(judge([bare, full])) == [("imported", "id_missing"), ("duplicate", "same_child_again")]
    assert outcome(judge([bare, bare])) == [("imported", "id_missing"), ("duplicate", "same_child_again")]
    assert outcome(judge([full, ("甲", "2019-08-23", number(sequence="690"))])) == [("imported", ""), ("imported", "")]


def test_a_child_on_file_is_updated_or_unchanged() -> None:
    """An empty cell takes nothing away; a warning's verdict is what became of the row."""
    known = child("甲", number(), values={"sex": "female", "village": "甲村", "note": "x"})
    titles = ("name", "born_on", "national_id", "address", "note")
    same, moved = ("甲", "2019-08-23", number(), "甲村1组", ""), ("甲", "2019-08-23", number(), "乙村1组", "")
    known_address = child("甲", number(), values={"sex": "female", "village": "甲村", "address": "甲村1组", "note": "x"})
    assert outcome(judge([same], known_address, titles=titles)) == [("unchanged", "")]
    (one,) = judge([moved], known, titles=titles)
    assert (one.verdict, one.changes["village"], "note" in one.changes) == ("updated", "乙村", False)
    assert outcome(judge([("甲", "2019-08-23", "未办")], child("甲", number()))) == [("unchanged", "id_missing")]
    assert outcome(judge([("甲", "2019-08-23", number())], child("乙", number()))) == [("rejected", "id_belongs_to_another_name")]


def test_a_number_settles_a_file_that_had_none() -> None:
    """Name, birth date and township are the same child; the number and the identity are filled in."""
    (one,) = judge([("甲", "2019-08-23", number())], child("甲", provisional=True))
    assert (one.verdict, one.changes["national_id"], one.changes["provisional"]) == ("updated", number(), False)


def test_of_several_alike_on_file_none_is_changed() -> None:
    """Without a number nobody knows which of the two it is."""
    twins = (child("甲", number()), child("甲", number(sequence="690")))
    assert outcome(judge([("甲", "2019-08-23", "")], *twins)) == [("unchanged", "id_missing")]
    assert outcome(judge([("甲", "2019-08-23", number(sequence="692"))], *twins)) == [("imported", "")]


def test_a_child_in_a_township_out_of_scope_is_held_elsewhere() -> None:
    """Nothing of its file leaves the judging."""
    (one,) = judge([("甲", "2019-08-23", number())], child("甲", number(), division=ELSEWHERE, in_scope=False))
    assert (one.verdict, one.code, one.on_file) == ("rejected", "held_elsewhere", None)


def test_region_and_sex_are_lines_of_the_summary() -> None:
    """Never a problem of the row; the number's sex is taken."""
    table = Table("s", {"name": 0, "national_id": 1, "sex": 2}, (), (), 2, lambda: iter(()))
    reader, judging = RosterReader(table, today=TODAY, regions=set()), Judge(HERE)
    judging.keep(judging.look([reader.read(Row(2, ["甲", number(), "男"]))], Files()))
    assert dict(judging.notes) == {"region_unknown": 1, "sex_differs": 1}
    assert reader.read(Row(2, ["甲", number(), "男"])).values["sex"] == "female"


def test_looking_twice_changes_nothing() -> None:
    """A chunk whose commit failed can be judged anew."""
    table = Table("s", {"name": 0, "national_id": 1}, (), (), 2, lambda: iter(()))
    reader, judging = RosterReader(table, today=TODAY), Judge(HERE)
    rows = [reader.read(Row(n, ["甲", number()])) for n in (2, 3)]
    assert outcome(judging.look(rows, Files())) == outcome(judging.look(rows, Files())) == [("imported", ""), ("duplicate", "same_child_again")]


NAMES = st.sampled_from(["甲", "乙", "", "甲 "])
NUMBERS = st.sampled_from([number(), number(sequence="690"), "", "无", "123", 4.3e17])
DAYS = st.sampled_from(["2019-08-23", "20190823", "2014.2.30", "", "2031-01-01"])


@given(st.lists(st.tuples(NAMES, DAYS, NUMBERS), max_size=12), st.integers(1, 12))
def test_chunks_never_change_a_verdict(rows: list[tuple[Cell, ...]], chunk: int) -> None:
    """The verdicts are those of one chunk, and no number is taken twice."""
    whole = judge(rows)
    assert outcome(judge(rows, chunk=chunk)) == outcome(whole)
    taken = [one.row.national_id for one in whole if one.verdict == "imported" and one.row.national_id]
    assert len(taken) == len(set(taken))


@given(st.lists(st.one_of(st.text(), st.floats(), st.none(), st.booleans(), st.dates()), min_size=len(ROSTER.columns), max_size=len(ROSTER.columns)))
def test_no_row_makes_the_reader_raise(cells: list[Cell]) -> None:
    """Whatever stands in the cells, the row gets a verdict."""
    (one,) = judge([cells], titles=[column.name for column in ROSTER.columns])
    assert one.verdict in ("imported", "rejected")
