"""A sheet of entries for one register: a verdict for each row, good rows kept, the refused ones written out with all that is wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.definition import form_fields, path_of
from workflow_core.engine.entries import find_register
from workflow_core.engine.import_rows import RowProblem, write_refused
from workflow_core.engine.registering import Desk, Which
from workflow_core.engine.runtime import Runtime
from workflow_core.errors import CareError, Problem
from workflow_core.i18n import N_, translate
from workflow_core.inputs.reading import blank
from workflow_core.records.layout import Column, Layout
from workflow_core.records.sheet_writer import RefusedRow
from workflow_core.records.sheets import Row, Table, read_book
from workflow_core.store import faults
from workflow_core.store.again import again

CHUNK = 100
"""Rows per commit: few enough that no other desk waits long for the register."""


@dataclass
class EntryReport:
    """What a sheet of entries did, or with ``dry_run`` would do.

    :param entered: new matters; :param closed: open ones that were closed; :param unchanged: rows that say what stands there already.
    :param numbers: the numbers of the entries written. :param unknown: headings that mean nothing, by sheet; :param skipped: sheets without a table.
    """

    file: str
    register: str
    rows: int = 0
    entered: int = 0
    closed: int = 0
    unchanged: int = 0
    rejected: int = 0
    numbers: list[int] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    dry_run: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        counted = {name: getattr(self, name) for name in ("rows", "entered", "closed", "unchanged", "rejected")}
        return {
            "register": self.register, **counted, "entries": self.numbers, "problems": [one.as_dict() for one in self.problems],
            "unknown_headings": {sheet: list(titles) for sheet, titles in self.unknown.items()}, "skipped_sheets": self.skipped, "dry_run": self.dry_run,
        }  # fmt: skip


class _Undo(Exception):
    """Leaves a dry run's transaction without its changes."""


def enter_sheet(
    runtime: Runtime, actor: Actor, ref: str, register: str, path: str | Path, *, dry_run: bool = False, problems: str | Path | None = None
) -> EntryReport:  # fmt: skip
    """Enter the rows of a sheet, in their order: a good row is kept whatever its neighbours say. Feeding the same sheet in again changes nothing.

    A row that fills ``open_until`` and names the same as an open entry closes that.

    :param problems: where to write the refused rows, to be corrected and fed in again.
    :raises CareError: as ``registering.enter`` for what no row can help; ``no_table`` and others where the file cannot be read.
    """
    with runtime.db.read() as tx:
        form = find_register(runtime.work(tx, ref, actor).workflow, register).row
    fields = form_fields(form)
    needed = tuple((name,) for name, one in fields.items() if one.required)
    book = read_book(path, Layout(tuple(Column(name, one.asked.label, one.asked.also) for name, one in fields.items()), needed[:1]))
    report = EntryReport(book.file, register, dry_run=dry_run)
    report.unknown = {table.sheet: table.unknown for table in book.tables if table.unknown}
    report.skipped = {sheet.sheet: sheet.reason for sheet in book.skipped}
    refused: dict[str, list[RefusedRow]] = {}
    rows = [(table, row) for table in book.tables for row in table.rows()]
    size = max(len(rows), 1) if dry_run else CHUNK  # what a dry run has tried is undone at its end, and rows may depend on those above
    for start in range(0, max(len(rows), 1), size):
        _chunk(runtime, actor, ref, register, rows[start : start + size], report, refused, undo=dry_run)
    if problems is not None and refused:
        write_refused(problems, book, refused)
    return report


def _chunk(
    runtime: Runtime,
    actor: Actor,
    ref: str,
    register: str,
    rows: list[tuple[Table, Row]],
    report: EntryReport,
    refused: dict[str, list[RefusedRow]],
    *,
    undo: bool,
) -> None:
    taken: list[tuple[str, int, Table, Row, list[Problem]]] = []

    def write() -> None:
        taken.clear()
        with runtime.committing(), runtime.db.write() as tx:
            desk = Desk.at(runtime, tx, actor, ref, register, Which())
            for table, row in rows:
                sent = len(runtime.left.letters)
                try:
                    with tx.savepoint():
                        verdict, n = _take(desk, _given(table, row))
                except CareError as error:
                    tx.still_there()  # a connection that is lost is no fault of the row
                    if faults.of_the_office(error):
                        raise
                    del runtime.left.letters[sent:]
                    desk.look_again()
                    wrong = list(error.problems) or [Problem(error.code, error.message, hint=error.hint, values=error.context)]
                    taken.append(("rejected", 0, table, row, wrong))
                else:
                    taken.append((verdict, n, table, row, []))
            if undo:
                raise _Undo

    with contextlib.suppress(_Undo):
        again(runtime.db, write)
    for verdict, n, table, row, wrong in taken:
        report.rows += 1
        setattr(report, verdict, getattr(report, verdict) + 1)
        report.numbers += [n] if verdict in ("entered", "closed") else []
        for one in wrong:
            report.problems.append(RowProblem(table.sheet, row.number, verdict, one.code, one.place, one.text(), one.advice()))
        if wrong:
            told = RefusedRow(row.number, row.cells, [one.text() for one in wrong], [one.advice() for one in wrong])
            refused.setdefault(table.sheet, []).append(told)
        elif verdict == "unchanged":
            report.problems.append(RowProblem(table.sheet, row.number, verdict, "entered_already", "", translate(N_("it was entered already")), ""))


def _given(table: Table, row: Row) -> dict[str, Any]:
    return {name: row.cells[at] for name, at in table.fields.items() if not blank(row.cells[at])}


def _take(desk: Desk, given: Mapping[str, object]) -> tuple[str, int]:
    if _stands(desk, given):
        return "unchanged", 0
    done = desk.take(given, Which())
    return done.kind, done.n


def _stands(desk: Desk, given: Mapping[str, object]) -> bool:
    """Whether a matter says just this already; also with more, where the row leaves that out because it closes an open one."""
    try:
        said = desk.read(given)
    except CareError:
        return False
    until = path_of(desk.register.open_until)
    asked = [name for name, one in form_fields(desk.register.row).items() if one.required]
    if not (all(name in said for name in asked) or (until is not None and said.get(until.careflow_name) is not None)):
        return False
    return any(not one.struck and one.said is not None and all(one.said.get(name) == value for name, value in said.items()) for one in desk.found)
