"""Tables out of .xlsx and .csv files as people make them.

Title rows, one- and two-level headings, subtotals, blank rows, footers, repeated headings and cells merged over several rows are dealt with here; a
row is known by the sheet's own number, from 1. Rows are streamed: a table holds its headings, and reads its rows when asked.

    book = read_book(path, ROSTER)
    for table in book.tables:
        name = table.fields["name"]
        for number, cells in table.rows():
            print(table.sheet, number, cells[name])
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_
from workflow_core.records.layout import OURS, Headings, Layout, understand
from workflow_core.records.sheet_files import RawSheet, open_sheets
from workflow_core.records.values import Cell, text

SCANNED = 40
"""Headings are looked for in that many rows from the top of a sheet."""

_SUM = (
    r"(?:本页|本班|本校|全校|全镇|全乡|全村|分)?(?:合计|小计|总计|共计|累计|总数|平均|平均值|人数合计)(?![\u4e00-\u9fff])"
    r"|.{0,12}(?:合计|总计|共计|[级班校学村镇]小计)\Z|(?:grand|sub)?[ -]?total\b|average\b"
)
_FOOT = (
    r"(?:审核|审批|审查|填表|填报|制表|经办|负责|校长|园长|班主任|复核|核对|核实|统计|联系|单位|学校|村委|盖章|签字|签名|备注|附注|注|说明|填表说明|日期|制作)"
    r"[\u4e00-\u9fff()]{0,8}[:(]"
)
_NOT_DATA = re.compile(f"{_SUM}|{_FOOT}", re.IGNORECASE)
_FIRST_SIGNS = frozenset("本全分合小总共累平人审填制经负校园班复核统联单学村盖签备附注说日※gGsStTaA- \u3000\t\n")
_LAST_SIGNS = frozenset("计 \u3000")
_LONG = 16  # a lone cell with more signs than a name has


class Row(NamedTuple):
    """One row of data: the sheet's own number, from 1, and the cells by column index; as many cells as the table has columns."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """One table of a file.

    :param sheet: the sheet's name; for a CSV file the file's name without its ending.
    :param fields: column index by field name of the layout.
    :param titles: the flat title of every column.
    :param unknown: titles that mean none of the layout's fields.
    :param first_row: the number of the first row below the headings.
    """

    sheet: str
    fields: dict[str, int]
    titles: tuple[str, ...]
    unknown: tuple[str, ...]
    first_row: int
    _rows: Callable[[], Iterator[Row]]

    def rows(self) -> Iterator[Row]:
        """The rows of data, from the top; may be called again."""
        return self._rows()


@dataclass(frozen=True)
class Skipped:
    """A sheet without a table.

    :param reason: ``empty``, ``hidden``, ``no_table`` (nothing like the headings), ``headings_missing`` (some of them, but not those needed).
    :param missing: the titles that are needed and not there.
    """

    sheet: str
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """A file, read: its tables and the sheets that hold none."""

    file: str
    tables: tuple[Table, ...]
    skipped: tuple[Skipped, ...]


def read_book(path: str | Path, layout: Layout) -> Book:
    """Finds the tables of a file.

    :param path: an .xlsx (also .xlsm, .xls, .ods) or .csv file; a CSV file in UTF-8 or GB18030.
    :param layout: which columns to look for.
    :raises Misused: ``file_missing``, ``file_unreadable``, ``sheet_locked``, ``sheet_damaged``, ``not_a_sheet``, ``sheet_too_large``; ``no_table`` when
        no sheet has the headings that are needed.
    """
    file = Path(path)
    tables: list[Table] = []
    skipped: list[Skipped] = []
    for sheet in open_sheets(file):
        found = Skipped(sheet.name, "hidden") if sheet.hidden else find_table(sheet, layout)
        if isinstance(found, Table):
            tables.append(found)
        else:
            skipped.append(found)
    if not tables:
        raise _no_table(file, layout, skipped)
    return Book(file.name, tuple(tables), tuple(skipped))


def find_table(sheet: RawSheet, layout: Layout) -> Table | Skipped:
    """Finds the table of one sheet: the row, or pair of rows, in which most of the layout's headings are recognised."""
    top: list[list[Cell]] = []
    for row in sheet.rows():
        top.append(row)
        if len(top) > SCANNED:
            break
    if not any(_filled(cell) for row in top for cell in row):
        return Skipped(sheet.name, "empty")
    best: tuple[Headings, int, int] | None = None
    nearest: Headings | None = None
    for at in range(min(len(top), SCANNED)):
        one = understand(layout, top[at])
        levels = 1
        if at + 1 < len(top):
            two = understand(layout, top[at], top[at + 1])
            if len(two.fields) > len(one.fields):
                one, levels = two, 2
        if nearest is None or len(one.fields) > len(nearest.fields):
            nearest = one
        enough = len(one.fields) >= min(2, len(layout.columns)) and not layout.missing(tuple(one.fields))
        # of two that are as good the lower one with fewer rows: else a page's title would pass for the upper heading of every column
        if enough and (best is None or (len(one.fields), -levels) > (len(best[0].fields), -best[2])):
            best = (one, at, levels)
    if best is None:
        present = tuple(nearest.fields) if nearest is not None else ()
        return Skipped(sheet.name, "headings_missing" if len(present) > 1 else "no_table", layout.missing(present))
    headings, at, levels = best
    heading_rows = top[at : at + levels]
    first = at + levels

    def rows() -> Iterator[Row]:
        return _data_rows(sheet, first, heading_rows, tuple(headings.fields.values()))

    width = max((i + 1 for i, title in enumerate(headings.titles) if title), default=0)
    return Table(sheet.name, headings.fields, headings.titles[:width], headings.unknown, first + 1, rows)


def _filled(cell: Cell) -> bool:
    return cell is not None and cell != "" and not (isinstance(cell, str) and not cell.strip())


def _data_rows(sheet: RawSheet, first: int, headings: Sequence[list[Cell]], mapped: tuple[int, ...]) -> Iterator[Row]:
    """Leaves out what is no data: blank rows, repeated headings, subtotals, footers."""
    below: Iterable[list[Cell]] = sheet.rows(first)
    if sheet.merges:
        below = _unmerged(below, first, sheet.merges)
    width = max(mapped) + 1
    for number, cells in enumerate(below, first + 1):
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        for at in mapped:
            cell = cells[at]
            if cell != "" and cell is not None and not (isinstance(cell, str) and cell.isspace()):
                break
        else:
            continue
        lead = cells[0]
        if lead == "" or lead is None:
            lead = next((cell for cell in cells if _filled(cell)), "")
        if isinstance(lead, str) and (lead[0] in _FIRST_SIGNS or lead[-1] in _LAST_SIGNS or len(lead) > _LONG) and _no_data(lead, cells):
            continue
        if cells in headings:
            continue
        yield Row(number, cells)


def _no_data(lead: str, cells: Sequence[Cell]) -> bool:
    shown = text(lead)
    if shown.startswith(OURS):  # what careflow wrote below a list that it handed out
        return True
    if _NOT_DATA.match("".join(shown.split())) or _NOT_DATA.match(shown):
        return True
    return len(shown) > _LONG and sum(map(_filled, cells)) == 1


def _unmerged(rows: Iterable[list[Cell]], first: int, merges: Sequence[tuple[int, int, int, int]]) -> Iterator[list[Cell]]:
    """Repeats the value of a cell merged over several rows in each of them."""
    starting: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, _right in merges:
        if bottom > top and top >= first:
            starting.setdefault(top, []).append((left, bottom))
    if not starting:
        yield from rows
        return
    running: dict[int, tuple[Cell, int]] = {}
    for at, row in enumerate(rows, first):
        if running:
            for column, (value, bottom) in list(running.items()):
                if at > bottom:
                    del running[column]
                elif column < len(row):
                    row[column] = value
        for column, bottom in starting.get(at, ()):
            if column < len(row):
                running[column] = (row[column], bottom)
        yield row


def _no_table(file: Path, layout: Layout, skipped: Sequence[Skipped]) -> Misused:
    needed = ", ".join(layout.missing(()))
    problems = [
        Problem(
            sheet.reason,
            {
                "empty": N_("the sheet is empty"),
                "hidden": N_("the sheet is hidden, and hidden sheets are not read"),
                "headings_missing": N_("headings are missing: {missing}"),
            }.get(sheet.reason, N_("the sheet has no such table")),
            place=sheet.sheet,
            values={"missing": ", ".join(sheet.missing)},
        )
        for sheet in skipped
    ]
    return Misused(
        "no_table",
        N_("no sheet of {file} holds the table that is wanted"),
        hint=N_("the first rows must hold the headings: {needed}"),
        problems=problems,
        file=file.name,
        needed=needed,
    )
