"""Writes sheets: lists for people, and the rows an import refused, to be corrected and fed in again.

What is text is written as text, so that an ID number keeps its 18 digits; text that a spreadsheet program would take for a formula is made harmless.
A sheet of people is personal data: the file is readable by its owner only.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate
from workflow_core.records.layout import OURS
from workflow_core.records.values import Cell

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_BAD_IN_NAME = re.compile(r"[\[\]:*?/\\]")
_LONG_NUMBER = re.compile(r"\d{12,}\Z")


@dataclass(frozen=True)
class OutSheet:
    """One sheet to write.

    :param name: the sheet's name; shortened and made unique where the format wants it.
    :param titles: the heading row, already in the reader's language.
    :param rows: as many cells per row as there are titles, or fewer; may be an iterator.
    :param notes: how many of the last columns are careflow's own: they are shown in another colour.
    :param watermark: a last line, by whom and what for the sheet was handed out; it begins with ``※``, so that a reader passes over it.
    """

    name: str
    titles: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    notes: int = 0
    watermark: str = ""


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not taken.

    :param row: the sheet's own number, from 1.
    :param cells: the row as it was.
    :param faults: all that is wrong with it, in the reader's language, the worst first.
    :param hints: what to do about each, in the same order.
    """

    row: int
    cells: Sequence[Cell]
    faults: Sequence[str]
    hints: Sequence[str] = ()


def refused_sheet(name: str, titles: Sequence[str], rows: Iterable[RefusedRow]) -> OutSheet:
    """The refused rows of one sheet: the original columns, then where each row stood, its faults and what to do.

    The added columns begin with ``※``: a reader passes over them, so that the corrected sheet can be fed in as it is.
    """
    width = len(titles)

    def lines() -> Iterable[Sequence[Cell]]:
        for row in rows:
            cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
            yield [*cells, row.row, "; ".join(row.faults), "; ".join(dict.fromkeys(hint for hint in row.hints if hint))]

    added = [OURS + translate(title) for title in (N_("Row"), N_("What is wrong"), N_("What to do"))]
    return OutSheet(name, [*titles, *added], lines(), notes=len(added))


def write_book(path: str | Path, sheets: Sequence[OutSheet]) -> None:
    """Writes the sheets to an .xlsx or a .csv file, by its ending; a file that is there is replaced as a whole, or not at all.

    A CSV file holds one table: of several sheets the columns are put together by their titles.

    :raises Misused: ``file_kind`` for another ending, ``file_unwritable``.
    """
    file = Path(path)
    kind = file.suffix.lower()
    if kind not in (".xlsx", ".csv"):
        raise Misused("file_kind", N_("{file} is neither .xlsx nor .csv"), hint=N_("name the file with one of these endings"), file=file.name)
    try:
        handle, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=kind)
        os.close(handle)
    except OSError as problem:
        raise _unwritable(file, problem) from None
    try:
        if kind == ".xlsx":
            _write_xlsx(made, sheets)
        else:
            _write_csv(made, sheets)
        Path(made).replace(file)
    except OSError as problem:
        raise _unwritable(file, problem) from None
    finally:
        Path(made).unlink(missing_ok=True)


def _unwritable(file: Path, problem: OSError) -> Misused:
    reason = problem.strerror or type(problem).__name__
    hint = N_("check the folder, and that nobody has the file open")
    return Misused("file_unwritable", N_("{file} cannot be written: {reason}"), hint=hint, file=file.name, reason=reason)


# ------------------------------------------------------------------ .xlsx


def _write_xlsx(made: str, sheets: Sequence[OutSheet]) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(made, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        note_head = book.add_format({"bold": True, "bottom": 1, "font_color": "#C00000"})
        looks = {
            "text": book.add_format({"num_format": "@"}),
            "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "note": book.add_format({"num_format": "@", "font_color": "#C00000"}),
        }
        names: set[str] = set()
        for sheet in sheets or [OutSheet("Sheet1", (), ())]:
            page = book.add_worksheet(_sheet_name(sheet.name, names))
            page.freeze_panes(1, 0)
            noted = len(sheet.titles) - sheet.notes
            for column, title in enumerate(sheet.titles):
                page.set_column(column, column, 40 if column > noted else max(10.0, min(24.0, 2.2 * len(title))))
                page.write_string(0, column, title, note_head if column >= noted else head)
            last = 0
            for last, row in enumerate(sheet.rows, 1):
                for column, cell in enumerate(row):
                    _write_cell(page, last, column, cell, looks, column >= noted)
            if sheet.watermark:
                _write_cell(page, last + 1, 0, sheet.watermark, looks, True)


def _write_cell(page: Any, row: int, column: int, cell: Cell, looks: dict[str, Any], noted: bool) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        page.write_string(row, column, cell, looks["quoted" if cell.startswith(_FORMULA) else "note" if noted else "text"])
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, (int, float)):
        page.write_number(row, column, cell)
    elif isinstance(cell, date) and cell.year < 1900:
        page.write_string(row, column, cell.isoformat(), looks["text"])  # before the day numbers of a sheet begin
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, cell.replace(tzinfo=None), looks["instant"])
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, looks["date"])
    else:
        page.write_string(row, column, str(cell), looks["text"])


_NAME_ENDS = 31  # a sheet's name has no more signs than that


def _sheet_name(wanted: str, taken: set[str]) -> str:
    base = _BAD_IN_NAME.sub(" ", wanted).strip(" '") or "Sheet"
    name, n = _cut(base, _NAME_ENDS), 1
    while name.lower() in taken:
        n += 1
        name = f"{_cut(base, _NAME_ENDS - 1 - len(str(n)))} {n}"
    taken.add(name.lower())
    return name


def _cut(text: str, most: int) -> str:
    """A long name cut after a whole word, and marked as cut."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    if text[most - 1] != " " and kept.rfind(" ") > most // 2:
        kept = kept[: kept.rfind(" ")]
    return kept.rstrip(" ,;:，；：") + "…"


# ------------------------------------------------------------------ .csv


def _write_csv(made: str, sheets: Sequence[OutSheet]) -> None:
    titles = list(dict.fromkeys(title for notes in (False, True) for sheet in sheets for title in _part(sheet, notes)))
    with Path(made).open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([_csv_cell(title) for title in titles])
        for sheet in sheets:
            places = [titles.index(title) for title in sheet.titles]
            for row in sheet.rows:
                line = [""] * len(titles)
                for place, cell in zip(places, row, strict=False):
                    line[place] = _csv_cell(cell)
                writer.writerow(line)
            if sheet.watermark:
                writer.writerow([_csv_cell(sheet.watermark)])


def _part(sheet: OutSheet, notes: bool) -> Sequence[str]:
    cut = len(sheet.titles) - sheet.notes
    return sheet.titles[cut:] if notes else sheet.titles[:cut]


def _csv_cell(cell: Cell) -> str:
    """Text that would become a formula, or a number too long for one, gets an apostrophe before it, which a reader takes off again."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return "'" + cell if cell.startswith(_FORMULA) or _LONG_NUMBER.match(cell) else cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None).isoformat(" ", "seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
