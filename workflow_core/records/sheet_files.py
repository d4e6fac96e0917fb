"""Opens .xlsx and .csv files: bytes in, rows of cells out; whatever is wrong with a file is said as :class:`~workflow_core.errors.Misused`."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_core.errors import Misused
from workflow_core.i18n import N_
from workflow_core.records.values import Cell

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

LARGEST = 2 * 1024**3
"""A file that unpacks to more bytes than this is refused before it is unpacked."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_QUOTED = re.compile(r"\A'(?=[=+\-@＝＋－＠\t\r\n\d])")  # how a CSV file keeps a number or a sign from being taken for something else
_SAVE_AS = N_("open it in your spreadsheet program and save it as .xlsx")


@dataclass(frozen=True)
class RawSheet:
    """One sheet as it is.

    :param merges: merged ranges as (top, left, bottom, right), from 0, ends included.
    :param source: gives the rows anew, from a row index (0 is row 1).
    """

    name: str
    hidden: bool
    merges: tuple[tuple[int, int, int, int], ...]
    source: Callable[[int], Iterator[list[Cell]]]

    def rows(self, first: int = 0) -> Iterator[list[Cell]]:
        """The rows from that index on; row ``first`` of the result is row ``first + 1`` of the sheet."""
        return self.source(first)


def open_sheets(path: Path) -> list[RawSheet]:
    """Opens a file by what it holds, not by its ending.

    :raises Misused: ``file_missing``, ``file_unreadable``, ``sheet_locked``, ``sheet_damaged``, ``not_a_sheet``, ``sheet_too_large``.
    """
    try:
        with path.open("rb") as handle:
            head = handle.read(4096)
    except FileNotFoundError:
        raise Misused("file_missing", N_("there is no file {file}"), hint=N_("check the path"), file=path.name) from None
    except OSError as problem:
        raise Misused(
            "file_unreadable",
            N_("{file} cannot be read: {reason}"),
            hint=N_("check that it is a file and that you may read it"),
            file=path.name,
            reason=problem.strerror or type(problem).__name__,
        ) from None
    if head.startswith((_ZIP, _OLE)):
        return _workbook(path, head)
    if not head:
        raise Misused("not_a_sheet", N_("{file} is empty"), hint=_SAVE_AS, file=path.name)
    return [_csv(path, head)]


# ------------------------------------------------------------------ workbooks


def _workbook(path: Path, head: bytes) -> list[RawSheet]:
    from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

    if head.startswith(_ZIP):
        _looks_like_a_workbook(path)
    content = path.read_bytes()
    if head.startswith(_OLE) and _ENCRYPTED in content:
        raise _locked(path)
    try:
        book = load_workbook(io.BytesIO(content))
        kinds = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        return [_sheet(path, book.get_sheet_by_name(meta.name), meta.visible != SheetVisibleEnum.Visible) for meta in kinds]
    except PasswordError:
        raise _locked(path) from None
    except (CalamineError, OSError, ValueError) as problem:
        raise _damaged(path) from problem
    except BaseException as problem:
        if type(problem).__name__ == "PanicException":  # the reader is compiled code, and gives up this way on some broken files
            raise _damaged(path) from problem
        raise


def _looks_like_a_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename: info.file_size for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError):
        raise _damaged(path) from None
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        raise Misused("not_a_sheet", N_("{file} is not a sheet"), hint=N_("give an .xlsx or .csv file"), file=path.name)
    if sum(names.values()) > LARGEST:
        raise Misused("sheet_too_large", N_("{file} is too large"), hint=N_("split it into several files"), file=path.name)


def _sheet(path: Path, sheet: CalamineSheet, hidden: bool) -> RawSheet:
    merges = tuple((top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ())

    def rows(first: int) -> Iterator[list[Cell]]:
        if sheet.start is None:
            return iter(())
        found: Iterator[Any] = islice(sheet.iter_rows(), first, None)  # blank rows above the data are among them, blank columns before it are not
        left: list[Cell] = [""] * sheet.start[1]
        return (left + row for row in found) if left else found

    return RawSheet(sheet.name, hidden, merges, rows)


def _locked(path: Path) -> Misused:
    return Misused("sheet_locked", N_("{file} is protected by a password"), hint=N_("remove the password and save it again"), file=path.name)


def _damaged(path: Path) -> Misused:
    return Misused("sheet_damaged", N_("{file} is damaged and cannot be read"), hint=_SAVE_AS, file=path.name)


# ------------------------------------------------------------------ CSV


def _csv(path: Path, head: bytes) -> RawSheet:
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise Misused("sheet_too_large", N_("{file} is too large"), hint=N_("split it into several files"), file=path.name)
    decoded = _decoded(path, content)
    if decoded.lstrip()[:5].lower() in ("<html", "<!doc", "<?xml", "<tabl", "<meta"):
        raise Misused("not_a_sheet", N_("{file} is a web page with the name of a sheet"), hint=_SAVE_AS, file=path.name)
    first_lines = decoded[:4096]
    delimiter = max(",\t;", key=first_lines.count)

    quoted = "'" in decoded

    def rows(first: int) -> Iterator[list[Cell]]:
        try:
            for at, record in enumerate(csv.reader(io.StringIO(decoded, newline=""), delimiter=delimiter)):
                if at >= first:
                    cells: list[Any] = [_QUOTED.sub("", cell) for cell in record] if quoted else record
                    yield cells
        except csv.Error:
            raise _damaged(path) from None

    return RawSheet(path.stem, False, (), rows)


def _decoded(path: Path, content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, else GB18030, which is what Chinese spreadsheet programs write."""
    for bom, encoding in _BOMS.items():
        if content.startswith(bom):
            encodings: tuple[str, ...] = (encoding,)
            break
    else:
        encodings = ("utf-8", "gb18030")
        if b"\x00" in content:
            raise Misused("not_a_sheet", N_("{file} is not a sheet"), hint=N_("give an .xlsx or .csv file"), file=path.name)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Misused("not_a_sheet", N_("{file} is neither UTF-8 nor GB18030 text"), hint=_SAVE_AS, file=path.name)
