"""A roster into the office: every row judged, the good ones stored in commits of a few hundred, the others written to a sheet to be corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from workflow_core.access import sight
from workflow_core.clock import civil_date
from workflow_core.errors import CareError, Conflict, NotFound
from workflow_core.i18n import N_, translate
from workflow_core.records import divisions, transfers
from workflow_core.records.child_batch import FileBatch, one_at_a_time
from workflow_core.records.child_file import KINDS, FilesOnHand, Scope, in_scope
from workflow_core.records.roster import CODES, NOTES, Judge, Judged
from workflow_core.records.roster_rows import ROSTER, RosterReader, RosterRow
from workflow_core.records.sheet_kinds import OtherSheet, must_be_roster
from workflow_core.records.sheet_writer import RefusedRow, refused_sheet, write_book
from workflow_core.records.sheets import Book, Table, read_book
from workflow_core.store import journal
from workflow_core.store import people as rows
from workflow_core.store.database import Database, Tx
from workflow_core.store.server import session

CHUNK = 300
"""Rows per commit: few enough that no other desk waits long."""
ATTEMPTS = 4
"""How often a chunk is judged anew when somebody else was faster."""


@dataclass(frozen=True)
class RowProblem:
    """What one row's verdict is, and why.

    :param field: the field it is about, by its name in code.
    """

    sheet: str
    row: int
    verdict: str
    code: str
    field: str

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        code = CODES[self.code]
        return {
            "sheet": self.sheet,
            "row": self.row,
            "verdict": self.verdict,
            "code": self.code,
            "field": self.field,
            "message": translate(code.message),
            "hint": translate(code.hint),
        }


@dataclass
class ImportReport:
    """What an import did, or with ``dry_run`` would do.

    :param stored: whether anything was meant to be stored: False for a dry run, and where ``all_or_nothing`` found a rejected row.
    :param unknown: headings that mean nothing to the roster, by sheet.
    :param skipped: sheets without a table, with the reason (``empty``, ``hidden``, ``no_table``, ``headings_missing``).
    :param notes: lines of the summary, by code.
    :param requested: how many transfers were asked for.
    :param settled: the references of provisional files that were completed.
    """

    file: str
    rows: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    rejected: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    requested: int = 0
    settled: list[str] = field(default_factory=list)
    dry_run: bool = False
    stored: bool = True

    def count(self, judged: Sequence[Judged]) -> None:
        """Takes a chunk into account."""
        for one in judged:
            self.rows += 1
            name = _COUNTED[one.verdict]
            setattr(self, name, getattr(self, name) + 1)
            if one.code:
                self.problems.append(RowProblem(one.row.sheet, one.row.row, one.verdict, one.code, one.about))

    def summary(self) -> list[dict[str, Any]]:
        """The lines of the summary: ``code``, ``count``, ``message``."""
        return [{"code": code, "count": count, "message": translate(NOTES[code], count=count)} for code, count in sorted(self.notes.items())]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        counted = {name: getattr(self, name) for name in ("rows", "imported", "updated", "unchanged", "duplicates", "rejected")}
        return {
            **counted,
            "problems": [problem.as_dict() for problem in self.problems],
            "summary": self.summary(),
            "unknown_headings": {sheet: list(titles) for sheet, titles in self.unknown.items()},
            "skipped_sheets": self.skipped,
            "transfers_requested": self.requested,
            "dry_run": self.dry_run,
            "stored": self.stored,
        }


_COUNTED = {"imported": "imported", "updated": "updated", "unchanged": "unchanged", "duplicate": "duplicates", "rejected": "rejected"}


class _NothingStored(Exception):
    """Undoes an all-or-nothing import in which a row was rejected."""


@dataclass
class _Run:
    """One import on its way.

    :param refused: what goes to the sheet of refused rows, by sheet.
    """

    actor: str
    now: datetime
    township: str
    scope: Scope
    judge: Judge
    report: ImportReport
    request_transfers: bool
    refused: dict[str, list[Judged]] = field(default_factory=dict)
    until: str = ""

    def chunk(self, tx: Tx, read: Sequence[RosterRow]) -> list[Judged]:
        """Judges a chunk, and stores it where the transaction writes."""
        if tx.desk:
            self.until = session.look_rows(tx, sight.FIELDS, f"take in a roster: {self.report.file}", _named(read), instead=self.until)
        if tx.writes:
            one_at_a_time(tx, self.township)
        hand = FilesOnHand(tx, self.township, self.scope)
        judged = self.judge.look(read, hand)
        if tx.writes:
            batch = FileBatch(tx, self.actor, self.now, self.township)
            for one in judged:
                origin = {"file": self.report.file, "sheet": one.row.sheet, "row": one.row.row}
                if one.verdict == "imported":
                    batch.add(name=one.row.name, national_id=one.row.national_id, born_on=one.row.born_on, values=one.row.values, origin=origin)
                elif one.verdict == "updated" and one.on_file is not None:
                    batch.change(hand.files[one.on_file.person_id], one.changes, said=one.row.values, origin=origin)
            batch.flush()
            if self.request_transfers:
                self._ask(tx, judged)
        return judged

    def keep(self, judged: list[Judged]) -> None:
        """Takes note of a chunk that is committed."""
        self.judge.keep(judged)
        self.report.count(judged)
        for one in judged:
            if one.on_file is not None and one.changes.get("provisional") is False and not self.report.dry_run:
                self.report.settled.append(one.on_file.ref)
            if one.verdict == "rejected":
                self.refused.setdefault(one.row.sheet, []).append(one)

    def _ask(self, tx: Tx, judged: Sequence[Judged]) -> None:
        for one in judged:
            if one.code == "held_elsewhere" and one.row.national_id is not None:
                transfers.request(
                    tx, self.actor, self.now, national_id=one.row.national_id, name=one.row.name, to_division=self.township, reason="roster", scope=self.scope
                )
                self.report.requested += 1


def import_roster(
    db: Database,
    actor: str,
    now: datetime,
    path: str | Path,
    *,
    township: str,
    scope: Scope = None,
    dry_run: bool = False,
    all_or_nothing: bool = False,
    problems: str | Path | None = None,
    request_transfers: bool = False,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
    others: Mapping[str, OtherSheet] | None = None,
) -> ImportReport:
    """Imports a roster of children. Doing it twice changes nothing the second time.

    :param township: the code of the township whose children these are.
    :param scope: what the actor may see; a child kept elsewhere is ``held_elsewhere``.
    :param dry_run: judges every row and stores nothing.
    :param all_or_nothing: one transaction; a single rejected row undoes it.
    :param problems: where to write the refused rows (.xlsx or .csv), to be corrected and fed in again; nothing is written when there are none.
    :param request_transfers: asks for the transfer of every child that is held elsewhere.
    :param progress: is told the number of rows done so far.
    :param others: the sheets of the programs at hand, of which this must be none; None takes whatever names children.
    :raises Misused: the file cannot be read, or holds no roster (``sheet_of_another_kind``, ``not_a_roster``).
    :raises NotFound: ``division_unknown``.
    :raises Conflict: other desks were faster several times in a row; what was committed before stays.
    """
    book = read_book(path, ROSTER)
    if others is not None:
        must_be_roster(book, others)
    with db.read() as tx:
        line = divisions.line(tx, township)
        if not line or line[-1].code != township or not in_scope(township, scope):
            raise NotFound("division_unknown", N_("there is no division {text}"), hint=N_("look for it: care division find NAME"), text=township)
        regions = rows.counties(tx)
    report = ImportReport(book.file, dry_run=dry_run, stored=not dry_run)
    report.unknown = {table.sheet: table.unknown for table in book.tables if table.unknown}
    report.skipped = {sheet.sheet: sheet.reason for sheet in book.skipped}
    run = _Run(actor, now, township, scope, Judge(township), report, request_transfers)
    readers = [RosterReader(table, today=civil_date(now), regions=regions, above=tuple(one.name for one in line)) for table in book.tables]
    chunks = _chunks(_rows(book.tables, readers), chunk)
    try:
        if dry_run:
            with db.read() as tx:
                for read in chunks:
                    run.keep(run.chunk(tx, read))
                    _tell(progress, report)
        elif all_or_nothing:
            _whole(db, run, chunks, progress)
        else:
            for read in chunks:
                run.keep(_committed(db, run, read))
                _tell(progress, report)
    finally:
        session.shut(db, run.until)
    report.notes = Counter(dict(run.judge.notes))
    if report.stored and (report.imported or report.updated):
        _note_in_journal(db, run)
    if problems is not None and run.refused:
        write_refused(problems, book, run.refused)
    return report


def _named(read: Sequence[RosterRow]) -> dict[str, Any]:
    """Whom rows name: a desk of a server office opens these files and no others."""
    said = [(row.values.get(f"{kind}_phone"), row.values.get(kind)) for row in read for kind in KINDS]
    return {
        "numbers": sorted({row.national_id for row in read if row.national_id}),
        "named": sorted({(row.name, row.born_on.isoformat()) for row in read if row.name and row.born_on}),
        "phones": sorted({(phone, name) for phone, name in said if phone and name}),
    }


def _rows(tables: Sequence[Table], readers: Sequence[RosterReader]) -> Iterator[RosterRow]:
    for table, reader in zip(tables, readers, strict=True):
        for row in table.rows():
            yield reader.read(row)


def _chunks(read: Iterator[RosterRow], size: int) -> Iterator[list[RosterRow]]:
    while found := list(islice(read, size)):
        yield found


def _tell(progress: Callable[[int], None] | None, report: ImportReport) -> None:
    if progress is not None:
        progress(report.rows)


def _committed(db: Database, run: _Run, read: Sequence[RosterRow]) -> list[Judged]:
    """A chunk in a transaction of its own; where another desk was faster it is judged anew against what that desk wrote."""
    for attempt in range(1, ATTEMPTS + 1):
        asked = run.report.requested
        try:
            with db.write() as tx:
                return run.chunk(tx, read)
        except Conflict:
            run.report.requested = asked
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("the loop ends by returning or raising")


def _whole(db: Database, run: _Run, chunks: Iterator[list[RosterRow]], progress: Callable[[int], None] | None) -> None:
    report = run.report
    try:
        with db.write() as tx:
            for read in chunks:
                run.keep(run.chunk(tx, read))
                _tell(progress, report)
            if report.rejected:
                raise _NothingStored
    except _NothingStored:
        report.stored = False
        report.imported = report.updated = report.requested = 0
        report.settled.clear()


def _note_in_journal(db: Database, run: _Run) -> None:
    report = run.report
    with db.write() as tx:
        stream = journal.account_stream(rows.account_id(tx, run.actor), run.now)
        counted = {name: getattr(report, name) for name in ("rows", "imported", "updated", "unchanged", "duplicates", "rejected")}
        journal.append(tx, stream, run.actor, "roster_imported", {"file": report.file, "township": run.township, **counted}, run.now)


def write_refused(path: str | Path, book: Book, refused: dict[str, list[Judged]]) -> None:
    """Writes the refused rows: each sheet's own columns, then what is wrong with each row and what to do."""
    sheets = []
    for table in book.tables:
        found = refused.get(table.sheet)
        if found:
            lines = [
                RefusedRow(
                    one.row.row,
                    one.row.cells,
                    [translate(CODES[fault.code].message) for fault in one.faults],
                    [translate(CODES[fault.code].hint) for fault in one.faults],
                )
                for one in found
            ]
            sheets.append(refused_sheet(table.sheet, table.titles, lines))
    write_book(path, sheets)


def failed(report: ImportReport) -> CareError | None:
    """What the command line ends with: None where every row was taken (exit 0), else the refusal (exit 1)."""
    from workflow_core.errors import Refused

    if not report.rejected:
        return None
    return Refused(
        "rows_rejected", N_("rows refused: {rejected} of {rows}"), hint=N_("correct them and import again"), rejected=report.rejected, rows=report.rows
    )
