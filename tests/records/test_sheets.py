"""Tables out of files as people make them, and sheets written."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflow_core.errors import Misused
from workflow_core.records.layout import Column, Layout, understand
from workflow_core.records.sheet_writer import OutSheet, RefusedRow, refused_sheet, write_book
from workflow_core.records.sheets import Table, read_book
from workflow_core.records.values import Cell

PEOPLE = Layout(
    (
        Column("name", "Name", ("姓名",)),
        Column("father", "Father", ("父亲/姓名",)),
        Column("phone", "Phone", ("监护人/联系电话", "联系电话")),
        Column("height", "Height", ("身高",)),
    ),
    needed=(("name",),),
)


def csv(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "t.csv"
    path.write_bytes(text.encode(encoding))
    return path


def only(path: Path, layout: Layout = PEOPLE) -> Table:
    (table,) = read_book(path, layout).tables
    return table


def taken(table: Table, field: str = "name") -> list[tuple[int, Cell]]:
    return [(row.number, row.cells[table.fields[field]]) for row in table.rows()]


# ------------------------------------------------------------------ headings


@pytest.mark.parametrize(
    ("titles", "fields"),
    [
        (("姓名", "身高"), {"name": 0, "height": 1}),
        (("Name", "HEIGHT"), {"name": 0, "height": 1}),
        (("*姓 名", "身高(cm)"), {"name": 0, "height": 1}),
        (("姓名:", "身高【必填】"), {"name": 0, "height": 1}),
        (("姓名", "父亲姓名", "监护人联系电话"), {"name": 0, "father": 1, "phone": 2}),
        (("姓名", "父亲 / 姓名"), {"name": 0, "father": 1}),
        (("ｎａｍｅ", "班主任"), {"name": 0}),
    ],
)
def test_headings_are_understood_by_meaning(titles: Sequence[str], fields: dict[str, int]) -> None:
    """In any dress: stars, colons, units, full-width signs, either language."""
    assert understand(PEOPLE, titles).fields == fields


def test_two_levels_of_headings_are_joined() -> None:
    """A merged upper heading stands over the blank cells to its right; a group that names nobody is left aside."""
    top, below = ("基本信息", "", "父亲", "", "监护人", ""), ("姓名", "身高", "姓名", "联系电话", "姓名", "联系电话")
    found = understand(PEOPLE, top, below)
    assert found.fields == {"name": 0, "height": 1, "father": 2, "phone": 5}
    assert found.unknown == ("父亲/联系电话", "监护人/姓名")


def test_a_second_column_of_the_same_meaning_is_listed() -> None:
    """The first wins; a running number is no data and not listed."""
    assert understand(PEOPLE, ("序号", "姓名", "Name", "民族")).unknown == ("Name", "民族")


# ------------------------------------------------------------------ rows


def test_what_is_no_data_is_left_out_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    """Titles, subtotals, blank and prefilled rows, repeated headings, footers."""
    text = "\n".join(
        [
            "高桥镇花名册,,",
            "填报单位:高桥小学,,",
            "序号,姓名,身高",
            "1,甲,130",
            "小计,1,",
            ",,",
            "2,乙,131",
            "3,,",
            "序号,姓名,身高",
            "4,,132",
            " 合 计 ,3,",
            "一年级合计,3,",
            "Total,3,",
            "审核人:某某,,2026年9月",
            "以上各栏请学校会同村委会如实填写并盖章后上报,,",
        ]
    )
    assert taken(only(csv(tmp_path, text))) == [(4, "甲"), (7, "乙"), (10, "")]


def test_names_that_begin_like_a_footer_are_names(tmp_path: Path) -> None:
    """A surname is no subtotal."""
    names = ["单雄", "全计", "平均安", "安总", "日月明"]
    assert [cell for _, cell in taken(only(csv(tmp_path, "姓名,身高\n" + "\n".join(f"{name},1" for name in names))))] == names


def test_a_csv_of_two_levels_has_no_merged_cells_and_is_read_all_the_same(tmp_path: Path) -> None:
    """The blank cells to the right of a group belong to it."""
    table = only(csv(tmp_path, "名册,,,\n姓名,父亲,,监护人\n,姓名,联系电话,联系电话\n甲,乙,1,2\n"))
    assert (table.fields, table.first_row, taken(table, "phone")) == ({"name": 0, "father": 1, "phone": 3}, 4, [(4, "2")])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_in_any_usual_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """With or without a mark; commas, tabs, semicolons; a quoted line break does not shift the numbers."""
    path = csv(tmp_path, f'姓名{delimiter}身高\n"甲\n一"{delimiter}130\n㐂{delimiter}131\n', encoding)
    assert taken(only(path)) == [(2, "甲\n一"), (3, "㐂")]


def test_cells_merged_over_several_rows_count_for_each(tmp_path: Path) -> None:
    """And a table that begins lower down and further right keeps the sheet's numbers."""
    path = tmp_path / "m.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("一")
        for column, title in enumerate(("姓名", "身高")):
            page.write(4, column + 2, title)
        for row, name in enumerate("甲乙丙", 5):
            page.write(row, 2, name)
        page.merge_range(5, 3, 6, 3, 140)
        page.write(7, 3, 150)
    table = only(path)
    assert taken(table, "height") == [(6, 140.0), (7, 140.0), (8, 150.0)]
    assert taken(table) == [(6, "甲"), (7, "乙"), (8, "丙")]


def test_sheets_without_a_table_are_named_with_the_reason(tmp_path: Path) -> None:
    """Empty, hidden, instructions, another kind of table."""
    path = tmp_path / "s.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        pages = {name: book.add_worksheet(name) for name in ("空", "说明", "旧", "统计", "名册")}
        pages["说明"].write(0, 0, "请如实填写")
        for name in ("旧", "名册"):
            pages[name].write_row(0, 0, ("姓名", "身高"))
            pages[name].write_row(1, 0, ("甲", 1))
        pages["旧"].hide()
        pages["统计"].write_row(0, 0, ("父亲姓名", "身高"))
        pages["名册"].activate()
    book_read = read_book(path, PEOPLE)
    assert [table.sheet for table in book_read.tables] == ["名册"]
    assert {sheet.sheet: (sheet.reason, sheet.missing) for sheet in book_read.skipped} == {
        "空": ("empty", ()),
        "说明": ("no_table", ("Name",)),
        "旧": ("hidden", ()),
        "统计": ("headings_missing", ("Name",)),
    }


# ------------------------------------------------------------------ files that are none


def test_a_file_that_cannot_be_read_is_misuse_with_a_hint(tmp_path: Path) -> None:
    """Missing, a folder, empty, corrupt, protected, a document, a web page, bytes, no table."""
    import zipfile

    def made(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    with zipfile.ZipFile(tmp_path / "d.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with zipfile.ZipFile(tmp_path / "broken.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<no")
    write_book(tmp_path / "ok.xlsx", [OutSheet("a", ("姓名", "身高"), [("甲", 1)])])
    whole = (tmp_path / "ok.xlsx").read_bytes()
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    wanted = {
        tmp_path / "missing.xlsx": "file_missing",
        tmp_path: "file_unreadable",
        made("empty.csv", b""): "not_a_sheet",
        made("cut.xlsx", whole[: len(whole) // 2]): "sheet_damaged",
        tmp_path / "broken.xlsx": "sheet_damaged",
        made("locked.xlsx", ole + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)): "sheet_locked",
        made("bad.xls", ole + bytes(3000)): "sheet_damaged",
        tmp_path / "d.docx": "not_a_sheet",
        made("page.xls", b"<html><table></table></html>"): "not_a_sheet",
        made("bytes.csv", bytes(range(256))): "not_a_sheet",
        made("gb.csv", b"\xff\xff\xff\xff"): "not_a_sheet",
        made("text.csv", "甲,乙".encode()): "no_table",
    }
    for path, code in wanted.items():
        with pytest.raises(Misused) as caught:
            read_book(path, PEOPLE)
        assert (caught.value.code, bool(caught.value.advice())) == (code, True), path.name


def test_a_sheet_is_known_by_what_it_holds_not_by_its_ending(tmp_path: Path) -> None:
    """A workbook named .csv, a text named .xlsx."""
    write_book(tmp_path / "w.xlsx", [OutSheet("a", ("姓名", "身高"), [("甲", 1)])])
    (tmp_path / "w.xlsx").rename(tmp_path / "w.csv")
    assert taken(only(tmp_path / "w.csv")) == [(2, "甲")]
    csv(tmp_path, "姓名,身高\n乙,2").rename(tmp_path / "t.xlsx")
    assert taken(only(tmp_path / "t.xlsx")) == [(2, "乙")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.xlsx"]))
def test_no_bytes_make_the_reader_crash(tmp_path: Path, content: bytes, name: str) -> None:
    """Whatever is in a file, it is a table or a misuse."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Misused) as caught:
        read_book(tmp_path / name, PEOPLE)
    assert caught.value.code in ("no_table", "not_a_sheet", "sheet_damaged")


# ------------------------------------------------------------------ writing


@pytest.mark.parametrize("name", ["o.xlsx", "o.csv"])
def test_what_is_written_as_text_comes_back_as_text(tmp_path: Path, name: str) -> None:
    """A number of 18 digits keeps them, and nothing becomes a formula."""
    cells = ["432801201908236885", "=1+1", "+86 133", "-5", "@x", "甲", "", "a,b\n\"c'"]
    write_book(tmp_path / name, [OutSheet("a", ("姓名", "身高"), [(cell, "x") for cell in cells])])
    assert [cell for _, cell in taken(only(tmp_path / name))] == cells


def test_no_formula_is_written_to_either_kind_of_file(tmp_path: Path) -> None:
    """A workbook has no formula cells; in a CSV file an apostrophe stands before the sign."""
    import zipfile

    sheet = OutSheet("a", ("=cmd",), [("=HYPERLINK(1)",), ("@SUM",)])
    write_book(tmp_path / "f.xlsx", [sheet])
    with zipfile.ZipFile(tmp_path / "f.xlsx") as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "HYPERLINK" in page
    write_book(tmp_path / "f.csv", [OutSheet("a", ("=cmd",), [("=HYPERLINK(1)",), ("@SUM",)])])
    assert (tmp_path / "f.csv").read_text("utf-8-sig").splitlines() == ["'=cmd", "'=HYPERLINK(1)", "'@SUM"]


def test_numbers_and_dates_stay_what_they_are(tmp_path: Path) -> None:
    """In a workbook."""
    cells: list[Cell] = [4.3e17, 3, True, date(2019, 8, 23), datetime(2026, 1, 2, 3, 4), None, date(1850, 1, 1)]
    write_book(tmp_path / "n.xlsx", [OutSheet("a", ("姓名", "身高"), [("x", cell) for cell in cells])])
    read = [cell for _, cell in taken(only(tmp_path / "n.xlsx"), "height")]
    assert read == [4.3e17, 3.0, True, date(2019, 8, 23), datetime(2026, 1, 2, 3, 4), "", "1850-01-01"]


@pytest.mark.parametrize("name", ["r.xlsx", "r.csv"])
def test_refused_rows_can_be_fed_in_again(tmp_path: Path, name: str) -> None:
    """Their own columns come first; the added ones are passed over, and several sheets keep their columns."""
    sheets = [
        refused_sheet("一", ("姓名", "父亲/姓名"), [RefusedRow(7, ["甲", "乙", "more"], ["one", "two"], ["do", "do"])]),
        refused_sheet("二", ("身高", "姓名"), [RefusedRow(3, ["130", "丙"], ["three"])]),
    ]
    write_book(tmp_path / name, sheets)
    book = read_book(tmp_path / name, PEOPLE)
    assert [cell for table in book.tables for _, cell in taken(table)] == ["甲", "丙"]
    assert [table.unknown for table in book.tables if table.unknown] == []
    said = [cell for table in book.tables for row in table.rows() for cell in row.cells]
    assert "one; two" in said
    assert "more" not in said


def test_a_written_file_is_its_owner_s_alone_and_whole_or_not_there(tmp_path: Path) -> None:
    """A row that cannot be had leaves the old file as it was, and no scrap beside it."""

    def rows() -> list[tuple[str]]:
        raise ValueError("no more")

    path = tmp_path / "w.xlsx"
    write_book(path, [OutSheet("a", ("姓名",), [])])
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ValueError, match="no more"):
        write_book(path, [OutSheet("a", ("姓名",), (row for row in rows()))])
    assert (path.read_bytes(), [file.name for file in tmp_path.iterdir()]) == (before, ["w.xlsx"])


def test_a_file_that_cannot_be_written_is_misuse(tmp_path: Path) -> None:
    """Another ending, a folder that is not there."""
    for path, code in ((tmp_path / "x.pdf", "file_kind"), (tmp_path / "no" / "x.csv", "file_unwritable")):
        with pytest.raises(Misused) as caught:
            write_book(path, [])
        assert caught.value.code == code


def test_names_of_sheets_are_made_to_fit(tmp_path: Path) -> None:
    """Too long, forbidden signs, the same twice."""
    write_book(tmp_path / "s.xlsx", [OutSheet(name, ("姓名", "身高"), [("甲", 1)]) for name in ("a/b" * 20, "a/b" * 20, "", "A b" * 20)])
    assert len(read_book(tmp_path / "s.xlsx", PEOPLE).tables) == 4


def test_a_long_name_of_a_sheet_is_cut_after_a_word(tmp_path: Path) -> None:
    """Two that begin alike stay apart."""
    path, name = tmp_path / "long.xlsx", "Settle who this child is: complete the file, or tie it"
    write_book(path, [OutSheet(name, ("姓名", "身高"), [["甲一", 120]]), OutSheet(name, ("姓名", "身高"), [["甲一", 120]])])
    assert [table.sheet for table in read_book(path, PEOPLE).tables] == ["Settle who this child is…", "Settle who this child is… 2"]


def test_a_pages_title_is_no_upper_heading(tmp_path: Path) -> None:
    """What a sheet does not know is told by its heading alone."""
    path = tmp_path / "titled.xlsx"
    write_book(path, [OutSheet("名册", ("花名册(2026年)", "", ""), [["姓名", "身高", "鞋码"], ["甲一", 120, 34]])])
    (table,) = read_book(path, PEOPLE).tables
    assert (table.unknown, table.titles[0], table.first_row) == (("鞋码",), "姓名", 3)
