"""The rows of a program's sheet: which columns are looked for, how a row is read, and what is told of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workflow_core.clock import civil_date
from workflow_core.definition import Import, form_fields
from workflow_core.engine import asking
from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_, translate
from workflow_core.inputs import validate
from workflow_core.records import values
from workflow_core.records.layout import Column, Layout
from workflow_core.records.roster_rows import ROSTER
from workflow_core.records.sheet_writer import RefusedRow, refused_sheet, write_book
from workflow_core.records.sheets import Book, Row, Table
from workflow_core.records.values import Fault
from workflow_core.records.volunteers import read_said

IDENTITY = ("name", "national_id", "born_on", "school")
"""The columns by which a row's child is found."""

VOLUNTEER_COLUMNS = (
    *(column for column in ROSTER.columns if column.name in ("name", "national_id", "sex", "born_on")),
    Column("phone", N_("Telephone"), ("手机", "手机号", "手机号码", "电话", "电话号码", "联系电话", "联系方式", "phone", "mobile", "telephone")),
    Column("village", N_("Village"), ("所在村", "村", "村别", "村名", "所在村组", "住址", "家庭住址", "地址", "现住址", "居住地", "address", "village")),
    Column("occupation", N_("Occupation"), ("身份", "类别", "人员类别", "职业", "志愿者类别", "occupation", "kind")),
    Column("workplace", N_("Place of work"), ("单位", "工作单位", "所在单位", "workplace", "unit", "employer")),
    Column("note", N_("Note"), ("备注", "说明", "remark", "remarks", "notes")),
)
"""The columns by which a row's volunteer is found, or put on file."""

MESSAGES = {
    "name_missing": (N_("the name is missing"), N_("write the child's full name")),
    "id_precision_lost": (N_("the sheet has rounded the number"), N_("format the column as text and type the number again")),
    "id_length": (N_("the number has not 18 signs"), N_("compare it with the household register")),
    "id_check_digit": (N_("the number's check digit is wrong"), N_("compare it with the household register")),
    "birth_date_differs_from_id": (N_("the date inside the number is impossible"), N_("compare it with the household register")),
    "name_differs": (N_("the number is on file under another name"), N_("find out which of the two is right")),
    "same_child_again": (N_("the child stands in a row above"), N_("one row is enough")),
    "child_provisional": (N_("not on file: a provisional file was made"), N_("settle who it is: it waits in the inbox")),
    "child_unknown": (N_("not on file"), N_("add the child first: `care child add`")),
    "volunteer_unknown": (N_("not on file"), N_("put the volunteer on file first: `care volunteer add`")),
    "same_volunteer_again": (N_("the volunteer stands in a row above"), N_("one row is enough")),
    "id_missing": (N_("the ID number is missing"), N_("without it nobody can be asked about: write it down")),
    "consent_missing": (
        N_("the guardian's consent is not on record"),
        N_("record it: `care consent give`; or, where the signed papers lie in the office, add --consent-on-file VERSION"),
    ),
    "consent_refused": (N_("the guardian does not consent"), N_("nothing of the row is stored; if he consents after all: `care consent give`")),
    "held_elsewhere": (N_("the child is on file outside what you may see"), N_("ask for its transfer: add --request-transfers to the import of a roster")),
}


@dataclass(frozen=True)
class RowProblem:
    """What became of a row out of the ordinary."""

    sheet: str
    row: int
    verdict: str
    code: str
    field: str
    message: str
    hint: str

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**self.__dict__, "message": translate(self.message), "hint": translate(self.hint)}


@dataclass
class ImportReport:
    """What an import did, or with ``dry_run`` would do.

    :param opened: cases opened; :param changed: cases told something new; :param unchanged: rows that brought nothing new.
    :param refs: the cases opened, by reference; :param unknown: headings that mean nothing, by sheet; :param skipped: sheets without a table.
    :param results: what the program tells of each row that was taken; :param counts: the word under which these are counted.
    :param attested: children for whom a signed consent was attested; None where the sheet rests on none.
    """

    file: str
    rows: int = 0
    opened: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    rejected: int = 0
    refs: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    dry_run: bool = False
    attested: int | None = None
    counts: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        counted: dict[str, Any] = {name: getattr(self, name) for name in ("rows", "opened", "changed", "unchanged", "duplicates", "rejected")}
        if self.counts:
            counted |= {self.counts: self.opened + self.changed, "results": self.results}
        return {
            **counted,
            "cases": self.refs,
            "problems": [one.as_dict() for one in self.problems],
            "unknown_headings": {sheet: list(titles) for sheet, titles in self.unknown.items()},
            "skipped_sheets": self.skipped,
            "dry_run": self.dry_run,
            **({} if self.attested is None else {"attested": self.attested}),
        }


@dataclass(frozen=True)
class ReadRow:
    """A row, read: who it is about, and what the program's form holds.

    :param said: of a volunteer: what the row says of the person.
    """

    sheet: str
    row: Row
    name: str
    number: str | None
    born_on: date | None
    school: str
    form: Any
    faults: tuple[Problem, ...]
    said: Mapping[str, Any] = field(default_factory=dict)


def layout_of(what: Import[Any]) -> Layout:
    """The table an import looks for: who the row is about, as in a roster, and the fields of its form.

    Where nobody new is put on file, a child is found by its number or its birth date: a sheet with neither column is refused whole.
    """
    own = form_fields(what.row)
    known = VOLUNTEER_COLUMNS if what.subject.name == "volunteer" else [column for column in ROSTER.columns if column.name in IDENTITY]
    identity = [column for column in known if column.name not in own]
    columns = [*identity, *(Column(name, one.asked.label, one.asked.also) for name, one in own.items())]
    found_by = () if what.create_subject or "national_id" in own else (("born_on", "national_id"),) if what.subject.name == "child" else ()
    needed = (("name",), *found_by, *((name,) for name, one in own.items() if one.required))
    return Layout(tuple(columns), needed)


def read_rows(tables: Collection[Table], what: Import[Any], now: datetime) -> Iterator[ReadRow]:
    """The rows of all tables, read; nothing is raised for a bad one."""
    year = asking.school_year(civil_date(now))
    for table in tables:
        for row in table.rows():
            yield _read(table, row, what, year)


def _read(table: Table, row: Row, what: Import[Any], year: int) -> ReadRow:
    def cell(name: str) -> Any:
        at = table.fields.get(name)
        return row.cells[at] if at is not None else None

    faults: list[Problem] = []
    name = values.name(cell("name"))
    if not name:
        faults.append(row_problem("name_missing", "name"))
    number = values.national_id(cell("national_id"))
    if isinstance(number, Fault):
        code = {values.ID_PRECISION_LOST: "id_precision_lost", values.ID_LENGTH: "id_length"}.get(number, "id_check_digit")
        faults.append(row_problem(code, "national_id"))
        number = None
    elif number is not None and values.born_in_id(number) is None:
        faults.append(row_problem("birth_date_differs_from_id", "national_id"))
    born = values.civil_day(cell("born_on"), year=year)
    said: dict[str, Any] = {}
    if what.subject.name == "volunteer":
        said, wrong = read_said({column.name: cell(column.name) for column in VOLUNTEER_COLUMNS})
        known = {fault.code for fault in faults}
        faults += [one for one in wrong if one.code not in known and one.place in ("national_id", "sex")]  # an odd telephone holds nobody up
    given = {field_name: cell(field_name) for field_name in form_fields(what.row) if _said(cell(field_name))}
    form = None
    try:
        form = validate(what.row, given, school_year=year)
    except Misused as error:
        faults += error.problems
    return ReadRow(
        sheet=table.sheet,
        row=row,
        name=name,
        number=number,
        born_on=born if isinstance(born, date) else None,
        school=values.text(cell("school")),
        form=form,
        faults=tuple(faults),
        said=said,
    )


def _said(cell: Any) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def row_problem(code: str, place: str) -> Problem:
    """One of the problems that every import knows."""
    message, hint = MESSAGES[code]
    return Problem(code, message, place=place, hint=hint)


def write_refused(path: str | Path, book: Book, refused: Mapping[str, list[RefusedRow]]) -> None:
    """Write the refused rows with all that is wrong with each, to be corrected and fed in again."""
    write_book(path, [refused_sheet(table.sheet, table.titles, refused[table.sheet]) for table in book.tables if table.sheet in refused])
