"""The inbox as a sheet: one page for each kind of task, with a column for each answer; and the way back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from careflow_cli import ask, handout, output, titles
from careflow_cli.ask import Question
from careflow_cli.common import answer_refused
from careflow_cli.files import Asked, handed_in
from careflow_cli.inbox import whom
from careflow_cli.many import hints, progress, reasons
from workflow_core.errors import CareError, Misused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from careflow_cli.session import Session
    from workflow_core.engine import InboxRow, Outcome
    from workflow_core.records.values import Cell

OURS = "※"
"""Columns that begin so are careflow's own; they are passed over on the way back."""
_TASK, _DONE, _NOTE = N_("Task"), N_("Done"), N_("Note")


def write_inbox(session: Session, rows: Sequence[InboxRow], file: Path) -> None:
    """Writes the rows to a sheet that can be filled in and handed back; the last line of each page says who took it out, and the journal has its digest.

    :raises Misused: the file cannot be written, or is of another kind.
    """
    from workflow_core.records.sheet_writer import OutSheet, write_book

    pages: dict[tuple[str, str], list[InboxRow]] = {}
    for row in rows:
        pages.setdefault((row.program, row.title), []).append(row)
    sheets = []
    for (_, title), listed in pages.items():
        asked = _asked(session, listed[0])
        heads = [translate(_TASK), *(OURS + translate(head) for head in (N_("What"), N_("Child"), N_("Due"))), translate(_DONE), *(_heads(asked))]
        lines = [[row.ref, translate(row.title), whom(row, session), row.due] for row in listed]
        sheets.append(OutSheet(translate(title), heads, lines, watermark=handout.handed_out(session, "inbox", lines).line()))
    sheets.append(OutSheet(translate("How to fill it in"), [translate("Field"), translate("What may be written")], _legend(session, pages)))
    write_book(file, sheets)


def _asked(session: Session, row: InboxRow) -> list[Question]:
    return ask.asked(session.engine.asks(session.actor, row.case, task=row.ref))


def _heads(asked: Sequence[Question]) -> list[str]:
    """A column for each answer; a task that asks nothing takes a note."""
    return [question.field.label for question in asked] or [translate(_NOTE)]


def _legend(session: Session, pages: dict[tuple[str, str], list[InboxRow]]) -> Iterator[list[str]]:
    yield [translate(_DONE), translate("yes, for a task that asks nothing; filled answers say it too")]
    told = set()
    for (_, title), listed in pages.items():
        for question in _asked(session, listed[0]):
            said = takes(question)
            if (question.field.label, said) not in told:
                told.add((question.field.label, said))
                yield [f"{translate(title)}: {question.field.label}", said]


def takes(question: Question) -> str:
    """What a field takes, in a few words: its choices, its unit, how a date is written, and whether it may be left out."""
    field = question.field
    kinds = {
        "text": N_("text"),
        "whole": N_("a whole number"),
        "number": N_("a number"),
        "amount": N_("an amount in yuan"),
        "yes_no": N_("yes or no"),
        "date": N_("a date, like 2026-10-21"),
        "instant": N_("a date and a time, like 2026-10-21 09:00"),
        "time": N_("a time, like 07:30"),
        "case": N_("a case's reference"),
        "attachment": N_("the path of a file"),
        "form": N_("several values; from a .json file"),
    }
    said = titles.listed([label for _, label in field.choices]) if field.choices else translate(kinds[field.kind])
    notes = [field.unit] if field.unit else []
    notes += [translate("several, apart by commas")] if field.many else []
    notes += [] if field.required else [translate("may be left out")]
    notes += [field.help] if field.help else []
    return "; ".join([said, *notes])


@dataclass(frozen=True)
class Filled:
    """One row that was filled in.

    :param cells: the row as it is, by title; what is empty is left out. :param heads: all titles of its page.
    """

    sheet: str
    row: int
    ref: str
    answers: Mapping[str, Cell]
    cells: Mapping[str, Cell]
    heads: tuple[str, ...]

    @property
    def request(self) -> str:
        """The same for the same answers to the same task."""
        said = json.dumps([self.ref, sorted((head, str(cell)) for head, cell in self.answers.items())], ensure_ascii=False)
        return f"sheet/{sha256(said.encode()).hexdigest()}"


def filled_rows(file: Path) -> list[Filled]:
    """The rows of an inbox's sheet that say something.

    :raises Misused: it is none (``not_an_inbox``): no page has a column for the task.
    """
    from workflow_core.records.sheet_files import open_sheets

    found: list[Filled] = []
    known = False
    for sheet in open_sheets(file):
        heads: list[str] = []
        plain = False
        for number, cells in enumerate(sheet.rows(), 1):
            words = [str(cell).strip() if isinstance(cell, str) else cell for cell in cells]
            if not heads:
                if any(word in _both(_TASK) for word in words):
                    heads, known = [str(word or "") for word in words], True
                    plain = {head for head in heads if _is_answer(head)} <= set(_both(_NOTE))
                continue
            row = {head: word for head, word in zip(heads, words, strict=False) if head and word not in (None, "")}
            ref = str(next((row[head] for head in row if head in _both(_TASK)), ""))
            answers = {"note" if plain else head: word for head, word in row.items() if _is_answer(head)}
            if ref and (answers or _says_done(row)):
                found.append(Filled(sheet.name, number, ref, answers, row, tuple(heads)))
    if not known:
        raise Misused("not_an_inbox", "{file} is no sheet of tasks", hint="make one: care inbox --export FILE", file=file.name)
    return found


def _is_answer(head: str) -> bool:
    """Whether a column holds what a person answers."""
    return bool(head) and not head.startswith(OURS) and head not in (*_both(_TASK), *_both(_DONE))


def _both(word: str) -> tuple[str, str]:
    return word, translate(word)


def _says_done(row: Mapping[str, Cell]) -> bool:
    from workflow_core.records.words import yes_no

    said: Any = next((row[head] for head in row if head in _both(_DONE)), "")
    return yes_no(said) is True


def take_back(session: Session, file: Path, *, confirm: str, problems: Path | None, dry_run: bool, as_json: bool) -> None:
    """Enters every row that was filled in as done; the refused ones go to a sheet that can be corrected and handed in again.

    The sheet may be handed in twice: a row that was entered with the same answers before is told as done already and changes nothing; one with other
    answers is refused.
    """
    rows = filled_rows(file)
    done: list[str] = []
    already: list[str] = []
    refused: list[tuple[Filled, CareError]] = []
    with progress(len(rows)) as one_more:
        for row in rows:
            try:
                again = _enter(session, row, confirm, dry_run=dry_run)
            except CareError as error:
                if error.exit_code == 6 or error.code == "office_busy":  # the next would meet it too, after as long a wait
                    raise
                refused.append((row, error))
            else:
                (already if again else done).append(row.ref)
            one_more()
    where = problems or (file.with_name(f"{file.stem}-{translate('refused')}.xlsx") if refused else None)
    if refused and where is not None:
        _write_refused(where, refused)
    if as_json:
        listed = [{"sheet": row.sheet, "row": row.row, "ref": row.ref, **error.as_dict()} for row, error in refused]
        output.document({"done": done, "already_done": already, "refused": listed, "dry_run": dry_run, "problems_file": str(where) if refused else None})
    else:
        if dry_run:
            output.tell(N_("This was a trial: nothing was written."))
        said = N_("Tasks done: {done}, done already: {already}, rows refused: {refused}.")
        output.say(said, done=len(done), already=len(already), refused=len(refused))
        lines: list[list[output.Cell]] = [[row.sheet, row.row, row.ref, "; ".join(reasons(error)), "; ".join(hints(error))] for row, error in refused]
        output.table([N_("Page"), N_("Row"), N_("Task"), N_("Why"), N_("What to do")], lines)
        if refused:
            output.say(N_("The refused rows are in {file}: correct them and hand it in again."), file=where)
    answer_refused(len(refused))


def _enter(session: Session, row: Filled, confirm: str, *, dry_run: bool) -> bool:
    """Enters one row as done; whether it was so before, with nothing else to say of it."""

    def step(answers: Mapping[str, object], trial: bool, _: int) -> Outcome:
        return session.engine.do_task(session.actor, row.ref, answers, confirm=confirm, dry_run=trial, request=row.request)

    def asks() -> Asked:
        return session.engine.asks(session.actor, row.ref, task=row.ref)

    try:
        return handed_in(session, row.ref.rpartition(".")[0], asks, row.answers, step, dry_run=dry_run).again
    except CareError as error:
        same = error.code == "request_reused"  # the key is made of the answers: it was another account that handed them in
        if same or (error.code == "task_closed" and error.context.get("state") == "done" and not row.answers):
            return True
        raise


def _write_refused(file: Path, refused: Sequence[tuple[Filled, CareError]]) -> None:
    from workflow_core.records.sheet_writer import RefusedRow, refused_sheet, write_book

    pages: dict[str, list[tuple[Filled, CareError]]] = {}
    for row, error in refused:
        pages.setdefault(row.sheet, []).append((row, error))
    sheets = []
    for name, listed in pages.items():
        heads = [head for head in listed[0][0].heads if head and (not head.startswith(OURS) or head in _kept())]
        lines = [
            RefusedRow(
                row.row,
                [row.cells.get(head, "") for head in heads],
                reasons(error),
                hints(error),
            )
            for row, error in listed
        ]
        sheets.append(refused_sheet(name, heads, lines))
    write_book(file, sheets)


def _kept() -> set[str]:
    return {OURS + translate(head) for head in (N_("What"), N_("Child"), N_("Due"))}
