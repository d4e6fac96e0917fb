"""A program's sheet into cases: each row's child found by number and name, the row checked, and what the program says of it carried out.

A row is taken whole or refused whole; a refused row holds up no other. Feeding the same sheet in again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import Child, Deny, Effect, Fact, Import, Observed, On, Open, Program, Stage
from workflow_core.engine import advancing
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.effects import apply
from workflow_core.engine.import_rows import MESSAGES, ImportReport, ReadRow, RowProblem, layout_of, read_rows, row_problem, write_refused
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime, not_permitted
from workflow_core.engine.state import IDENTITY
from workflow_core.engine.tasking import add_row
from workflow_core.engine.view import CaseView
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.errors import CareError, Damaged, NotFound, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.nearest import nearest
from workflow_core.records import values
from workflow_core.records.child_batch import FileBatch
from workflow_core.records.sheet_writer import RefusedRow
from workflow_core.records.sheets import read_book
from workflow_core.store import desk, faults, people
from workflow_core.store.database import Tx

CHUNK = 100
"""Rows per commit: few enough that no other desk waits long."""
IDENTITY_OPEN = N_("Settle who this child is: complete the file, or tie the case to the right one")


class _Undo(Exception):
    """Leaves a dry run's transaction without its changes."""


class _Desk:
    """Implements ``Desk``: what ``take`` may ask while it looks at a row."""

    def __init__(self, runtime: Runtime, world: World, program: Program[Any], division: str, person_id: str, now: datetime) -> None:
        self._runtime, self._world, self._program, self._division, self._person_id, self._now = runtime, world, program, division, person_id, now
        self.works: dict[str, Work] = {}

    @property
    def policy(self) -> Any:
        return self._world.policy(self._program.name, self._division, self._now)

    @property
    def today(self) -> date:
        return civil_date(self._now)

    @property
    def child(self) -> Child:
        return self._world.child(self._person_id)

    def case(self, record: type[Any], *stages: Stage) -> CaseView | None:
        workflow = self._program.workflow_of(record)
        for row in desk.open_cases_of(self._world.tx, self._person_id, self._program.name):
            if row["workflow"] == workflow.name and (not stages or any(stage.name == row["stage"] for stage in stages)):
                if row["ref"] not in self.works:
                    self.works[row["ref"]] = self._runtime.work(self._world.tx, row["ref"], SYSTEM_ACTOR)
                return self.works[row["ref"]].view(self._now)
        return None

    def observed(self, fact: Fact[Any], *, since: date | None = None) -> Sequence[Observed[Any]]:
        return self._world.observed(self._person_id, fact, since)


@dataclass
class _Run:
    """One import on its way."""

    runtime: Runtime
    actor: Actor
    program: Program[Any]
    what: Import[Any]
    division: str
    now: datetime
    report: ImportReport
    seen: dict[str, str] = field(default_factory=dict)
    refused: dict[str, list[RefusedRow]] = field(default_factory=dict)

    def chunk(self, tx: Tx, rows: Sequence[ReadRow]) -> None:
        """Takes a chunk of rows, each in a savepoint of its own."""
        numbers = {row.number for row in rows if row.number is not None}
        known = {one["national_id"]: one for one in people.children_by_number(tx, numbers)} if numbers else {}
        world = World(tx, self.runtime.registry)
        for row in rows:
            self.report.rows += 1
            problem = self._refusal(row, known)
            if problem is not None:
                self._refuse(row, "duplicate" if problem.code == "same_child_again" else "rejected", [problem])
                continue
            try:
                with tx.savepoint():
                    verdict, notes = self._take(tx, world, row, known.get(row.number or ""))
            except CareError as error:
                tx.still_there()  # a connection that is lost is no fault of the row
                if faults.of_the_office(error):
                    raise
                self._refuse(row, "rejected", list(error.problems) or [Problem(error.code, error.message, hint=error.hint, values=error.context)])
                continue
            setattr(self.report, verdict, getattr(self.report, verdict) + 1)
            for note in notes:
                self._tell(row, verdict, note)

    def _refusal(self, row: ReadRow, known: Mapping[str, Any]) -> Problem | None:
        if row.faults:
            return row.faults[0]
        if row.number is None:
            key = f"{row.name}|{row.born_on or ''}|{row.school}"
            again = key in self.seen
            self.seen[key] = row.name
            return row_problem("same_child_again", "name") if again else None
        before = self.seen.get(row.number)
        on_file = known.get(row.number)
        if (before is not None and before != row.name) or (on_file is not None and on_file["name_key"] != row.name):
            return row_problem("name_differs", "name")
        if before is not None:
            return row_problem("same_child_again", "national_id")
        if on_file is not None and not self.actor.sees(division=on_file["division"], place_id=on_file["school"], program=self.program.name):
            return row_problem("held_elsewhere", "national_id")
        self.seen[row.number] = row.name
        return None

    def _take(self, tx: Tx, world: World, row: ReadRow, on_file: Any) -> tuple[str, list[Problem]]:
        notes: list[Problem] = []
        provisional = False
        if on_file is None:
            on_file = self._alike(tx, row)
        if on_file is None:
            if not self.what.create_subject:
                raise NotFound("child_unknown", MESSAGES["child_unknown"][0], hint=MESSAGES["child_unknown"][1])
            on_file, provisional = self._provisional(tx, row), True
        at_desk = _Desk(self.runtime, world, self.program, self.division, on_file["person_id"], self.now)
        said = self._asked(at_desk, row)
        if isinstance(said, Deny):
            problems = [Problem(said.code, said.reason, hint=said.hint, values=dict(said.values))]
            raise Refused("denied", N_("the program refuses the row"), problems=problems)
        verdict = self._carry_out(tx, world, said, at_desk, on_file["ref"], provisional)
        if provisional:
            notes.append(row_problem("child_provisional", "national_id"))
        return verdict, notes

    def _asked(self, at_desk: _Desk, row: ReadRow) -> list[Effect] | Deny:
        """What the program says of a row. Where its code crashes, this row is refused and the others go on."""
        try:
            said = self.what.take(at_desk, row.form)
            return said if isinstance(said, Deny) else list(said)
        except CareError:
            raise
        except Exception as error:  # a third party's code: whatever it raises is a no, told as such
            message, hint = N_("the program failed on this row: {error}"), N_("tell whoever maintains the program")
            raise Refused("take_failed", message, hint=hint, error=type(error).__name__) from error

    def _carry_out(self, tx: Tx, world: World, effects: Sequence[Effect], at_desk: _Desk, subject: str, provisional: bool) -> str:
        """Carry out what the program said of a row; the report's count that it belongs to."""
        verdict = "unchanged"
        opened: Work | None = None
        for effect in effects:
            if isinstance(effect, Open):
                opened = self._open(tx, effect, subject)
                verdict = "opened"
            elif isinstance(effect, On):
                view = effect.target
                if isinstance(view, CaseView):
                    self._change(tx, at_desk.works[view.ref], effect.do)
                    verdict = "opened" if verdict == "opened" else "changed"
            elif opened is not None:
                opened.begin("imported", self.now)
                apply(opened, [effect], self.now)
                reconcile(opened, self.now)
            else:
                raise Damaged("effect_not_here", N_("the import cannot carry out {effect} without a case"), effect=type(effect).__name__)
        if opened is not None:
            if provisional:
                due = civil_date(self.now).fromordinal(civil_date(self.now).toordinal() + 7)
                roles = tuple(who.name for who in opened.workflow.open_by)
                add_row(opened, self.now, title=IDENTITY_OPEN, roles=roles, due=due, origin=IDENTITY)
            opened.follow(self.now)
            self.runtime.ask_vetoes(opened)
            self.runtime.save(tx, opened, self.now)
            self.report.refs.append(opened.state.ref)
        return verdict

    def _open(self, tx: Tx, effect: Open, subject: str) -> Work:
        workflow = self.program.workflow_of(type(effect.record))
        name = f"{self.program.name}.{workflow.name}"
        division = None if workflow.subject is not None else self.division
        return advancing.new_work(
            self.runtime,
            tx,
            self.actor,
            name,
            subject if workflow.subject is not None else None,
            effect.record,
            division=division,
            key=effect.key,
            now=self.now,
            stage=effect.stage,
            asks_access=False,
        )

    def _change(self, tx: Tx, work: Work, effects: Sequence[Effect]) -> None:
        work.actor = self.actor.login
        catch_up(work, self.now)
        work.begin("imported", self.now, file=self.report.file)
        apply(work, effects, self.now)
        reconcile(work, self.now)
        work.follow(self.now)
        self.runtime.ask_vetoes(work)
        self.runtime.save(tx, work, self.now)

    def _alike(self, tx: Tx, row: ReadRow) -> Any:
        """The child on file that a row without a known number means, where there is exactly one."""
        if row.number is not None:
            return None
        if row.born_on is not None:
            found = people.children_by_key(tx, {(row.name, row.born_on.isoformat())}, self.division)
        else:  # a name alone is nobody for certain, but the provisional file this sheet made before is meant again
            found = [one for one in people.children_by_name(tx, row.name, self.division) if one["provisional"] and one["national_id"] is None]
            found = [one for one in found if (one["school_name"] or "") == row.school]
        return found[0] if len(found) == 1 else None

    def _provisional(self, tx: Tx, row: ReadRow) -> Any:
        batch = FileBatch(tx, self.actor.login, self.now, self.division)
        said = {"school": row.school} if row.school else {}
        if row.number is not None:
            said["sex"] = values.sex_in_id(row.number)
        born = row.born_on or (values.born_in_id(row.number) if row.number is not None else None)
        origin = {"file": self.report.file, "sheet": row.sheet, "row": row.row.number}
        person_id = batch.add(name=row.name, national_id=row.number, born_on=born, values=said, origin=origin, provisional=True)
        return {"person_id": person_id, "ref": batch.flush()[person_id]}

    def _refuse(self, row: ReadRow, verdict: str, problems: Sequence[Problem]) -> None:
        name = "duplicates" if verdict == "duplicate" else "rejected"
        setattr(self.report, name, getattr(self.report, name) + 1)
        self._tell(row, verdict, problems[0])
        if verdict == "rejected":
            faults = [one.text() for one in problems]
            self.refused.setdefault(row.sheet, []).append(RefusedRow(row.row.number, row.row.cells, faults, [one.advice() for one in problems]))

    def _tell(self, row: ReadRow, verdict: str, problem: Problem) -> None:
        self.report.problems.append(RowProblem(row.sheet, row.row.number, verdict, problem.code, problem.place, problem.text(), problem.advice()))


def run_import(
    runtime: Runtime,
    actor: Actor,
    program: str,
    path: str | Path,
    *,
    division: str,
    name: str | None = None,
    dry_run: bool = False,
    problems: str | Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Feed a program's sheet in.

    :param division: the code of the township whose sheet it is.
    :param name: which of the program's imports, where it has several.
    :param problems: where to write the refused rows, to be corrected and fed in again.
    :param progress: is told the number of rows done so far.
    :raises Misused: the file cannot be read, or holds no such table.
    :raises NotPermitted: none of the account's roles may.
    """
    owner = runtime.registry.program(program)
    what = find_import(owner, name)
    now = runtime.clock.now()
    if not any(actor.may(who.name, division=division, program=program) for who in what.by):
        raise not_permitted(tuple(what.by))
    with runtime.db.read() as tx:
        division = World(tx, runtime.registry).division(division).code
    book = read_book(path, layout_of(what))
    report = ImportReport(book.file, dry_run=dry_run)
    report.unknown = {table.sheet: table.unknown for table in book.tables if table.unknown}
    report.skipped = {sheet.sheet: sheet.reason for sheet in book.skipped}
    run = _Run(runtime, actor, owner, what, division, now, report)
    rows = read_rows(book.tables, what, now)
    try:
        while found := list(islice(rows, CHUNK)):
            with runtime.committing(), runtime.db.write() as tx:
                run.chunk(tx, found)
                if dry_run:
                    raise _Undo
            if progress is not None:
                progress(report.rows)
    except _Undo:
        _rest_of_dry_run(run, rows)
    if problems is not None and run.refused:
        write_refused(problems, book, run.refused)
    return report


def find_import(program: Program[Any], name: str | None) -> Import[Any]:
    """One of a program's imports.

    :raises NotFound: ``import_unknown``.
    """
    if name is None and len(program.imports) == 1:
        return program.imports[0]
    for one in program.imports:
        if one.name == name:
            return one
    names = [one.name for one in program.imports]
    meant = nearest(name or "", names)
    hint = N_("did you mean {meant}?") if meant else N_("it has: {names}")
    raise NotFound(
        "import_unknown", N_("{program} has no import {name}"), hint=hint, program=program.name, name=name or "", meant=meant, names=", ".join(names)
    )


def _rest_of_dry_run(run: _Run, rows: Iterator[ReadRow]) -> None:
    """Judge what is left, a chunk at a time, each undone: a dry run writes nothing, so later chunks see the office as it is."""
    while found := list(islice(rows, CHUNK)):
        try:
            with run.runtime.committing(), run.runtime.db.write() as tx:
                run.chunk(tx, found)
                raise _Undo
        except _Undo:
            continue
