"""A file of counts: each line a name and a number, as a spreadsheet saves it (CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

from careflow_camp.seats.asked import SeatsRefused, whole
from workflow_core import Deny, deny

_UNREADABLE = deny("the file is no table of text", hint="save it as CSV: name, count", code="counts_unreadable")


class Counted(NamedTuple):
    """One line. The cell is still as the file has it: ``allot`` reads it, and tells every one that it cannot."""

    name: str
    cell: str


def read_counts(data: bytes) -> list[Counted]:
    """The lines of a CSV file: name, count. A first line whose second cell is no number is the heading; empty lines are passed over.

    :param data: the file's bytes: UTF-8, with or without a mark, or GB18030, as older spreadsheets save it.
    :raises SeatsRefused: it is no text, or lines have other than two cells: each of them.
    """
    rows = _rows(data)
    if rows and len(rows[0][1]) == 2 and whole(rows[0][1][1]) is None and not any(sign.isdigit() for sign in rows[0][1][1]):
        rows = rows[1:]
    why: list[Deny] = [
        deny("line {n} has {cells} cells", hint="each line: a school's name, a comma, the number of its children", code="line_not_two", n=n, cells=len(row))
        for n, row in rows
        if len(row) != 2
    ]
    if why:
        raise SeatsRefused(why)
    return [Counted(row[0], row[1]) for _, row in rows]


def with_lines(why: Sequence[Deny], data: bytes) -> list[Deny]:
    """The same reasons; of a name that is there several times with the numbers of its lines, as the file counts them."""
    where: dict[str, list[int]] = {}
    for n, row in _rows(data):
        where.setdefault(row[0], []).append(n)
    found = []
    for one in why:
        lines = where.get(str(one.values.get("name", "")), [])
        if one.code == "school_twice" and len(lines) > 1:
            said = {**one.values, "lines": ", ".join(map(str, lines))}
            one = deny("{name} is there {n} times: lines {lines}", hint="one line for each school: add the numbers up", code=one.code, **said)
        found.append(one)
    return found


def _rows(data: bytes) -> list[tuple[int, list[str]]]:
    """The lines that say anything, with their numbers.

    :raises SeatsRefused: it is no table of text.
    """
    try:
        lines = [(n, [cell.strip() for cell in row]) for n, row in enumerate(csv.reader(io.StringIO(_text(data), newline="")), 1)]
    except csv.Error:  # a cell without end
        raise SeatsRefused([_UNREADABLE]) from None
    return [(n, _filled(row)) for n, row in lines if any(row)]


def _filled(row: list[str]) -> list[str]:
    """Without the empty cells behind the second: a spreadsheet saves a comma for each column that anybody ever touched."""
    while len(row) > 2 and not row[-1]:
        row = row[:-1]
    return row


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SeatsRefused([_UNREADABLE])
