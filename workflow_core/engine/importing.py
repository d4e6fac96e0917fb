"""A program's sheet into cases: each row's child found by number and name, the row checked, and what the program says of it carried out.

A row is taken whole or refused whole; a refused row holds up no other. Feeding the same sheet in again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import Deny, Effect, Import, On, Open, Program, Warn, Workflow
from workflow_core.engine import advancing, machine
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.desks import RowDesk
from workflow_core.engine.effects import apply
from workflow_core.engine.import_consents import Declined, RowConsents
from workflow_core.engine.import_marks import back, mark
from workflow_core.engine.import_rows import ImportReport, ReadRow, RowProblem, layout_of, read_rows, row_problem, write_refused
from workflow_core.engine.import_subjects import Subjects, subjects_of
from workflow_core.engine.import_wholes import Whole
from workflow_core.engine.opening import hold_whole, party_rows
from workflow_core.engine.reading import list_cases
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.rows import plain
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime, not_permitted
from workflow_core.engine.state import IDENTITY, CaseState
from workflow_core.engine.tasking import add_row
from workflow_core.engine.view import CaseView
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.errors import CareError, Damaged, NotFound, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.nearest import nearest
from workflow_core.records import enabling
from workflow_core.records.sheet_writer import RefusedRow
from workflow_core.records.sheets import read_book
from workflow_core.store import faults
from workflow_core.store.again import again
from workflow_core.store.database import Tx
from workflow_core.store.server import session

CHUNK = 100
"""Rows per commit: few enough that no other desk waits long."""
IDENTITY_OPEN = N_("Settle who this child is: complete the file, or tie the case to the right one")


class _Undo(Exception):
    """Leaves a dry run's transaction without its changes."""


@dataclass
class ImportRun:
    """One import on its way."""

    runtime: Runtime
    actor: Actor
    program: Program[Any]
    what: Import[Any]
    division: str
    now: datetime
    report: ImportReport
    subjects: Subjects
    refused: dict[str, list[RefusedRow]] = field(default_factory=dict)
    consents: RowConsents = field(kw_only=True)
    whole: Whole = field(kw_only=True)
    opened: list[str] = field(default_factory=list)

    def chunk(self, tx: Tx, rows: Sequence[ReadRow]) -> None:
        """Takes a chunk of rows, each in a savepoint of its own."""
        numbers = {row.number for row in rows if row.number is not None}
        if tx.desk and numbers:  # of a server office: names are compared that the database masks
            self.opened.append(session.look_rows(tx, {"name"}, f"take in a sheet: {self.report.file}", {"numbers": sorted(numbers)}))
        known = self.subjects.known(tx, numbers)
        world = World(tx, self.runtime.registry)
        self.consents.read_ahead(world, known.values())
        for row in rows:
            world.forget_cases()  # what the row above wrote, or was undone with it
            self.report.rows += 1
            problem = self._refusal(row, known.get(row.number or ""))
            if problem is not None:
                self._refuse(row, "duplicate" if problem.code == self.subjects.again else "rejected", [problem])
                continue
            try:
                with tx.savepoint():
                    verdict, notes, attested = self.take(tx, world, row, known.get(row.number or ""))
                self.whole.settle(taken=True)
            except Declined as no:
                self.whole.settle(taken=False)
                with tx.savepoint():
                    self.consents.keep_no(tx, world, no)
                self._refuse(row, "rejected", [row_problem("consent_refused", "")])
                continue
            except CareError as error:
                self.whole.settle(taken=False)
                tx.still_there()  # a connection that is lost is no fault of the row
                if faults.of_the_office(error):
                    raise
                self._refuse(row, "rejected", list(error.problems) or [Problem(error.code, error.message, hint=error.hint, values=error.context)])
                continue
            setattr(self.report, verdict, getattr(self.report, verdict) + 1)
            if attested:
                self.report.attested = (self.report.attested or 0) + 1
            for note in notes:
                self.tell(row, verdict, note)

    def _refusal(self, row: ReadRow, on_file: Any) -> Problem | None:
        return row.faults[0] if row.faults else self.subjects.refusal(row, on_file)

    def take(self, tx: Tx, world: World, row: ReadRow, on_file: Any) -> tuple[str, list[Problem], bool]:
        """Takes one row, in the caller's savepoint: the report's count it belongs to, what is told of it, and whether a consent was attested with it.

        :raises CareError: why it is refused. :raises Declined: it says no itself.
        """
        notes: list[Problem] = []
        origin = {"file": self.report.file, "sheet": row.sheet, "row": row.row.number}
        on_file, provisional = self.subjects.found(tx, row, on_file, create=self.what.create_subject, origin=origin)
        attested = self.consents.settle(tx, world, row.form, on_file, provisional=provisional)
        at_desk = RowDesk(self.runtime, world, self.program, self.division, self.what.subject.name, on_file["person_id"], self.now)
        at_desk.within = within = self.whole.at(tx, at_desk)
        if within is not None:  # the rows' cases ask for it again and again
            world.neighbours.states[within.state.case_id] = (within.workflow, within.state)
        said = self._asked(at_desk, row)
        if isinstance(said, Deny):
            raise Refused("denied", N_("the program refuses the row"), problems=[_problem(said)])
        notes += [_problem(one) for one in said if isinstance(one, Warn)]
        verdict, about = self._carry_out(tx, world, [one for one in said if isinstance(one, Effect)], at_desk, on_file["ref"], provisional)
        if about is not None and self.what.answer is not None:
            self.report.results.append({"row": row.row.number, **plain(machine.ask_function(self.what.answer, about.view(self.now)))})
        if provisional:
            notes.append(row_problem("child_provisional", "national_id"))
        return verdict, notes, attested

    def _asked(self, at_desk: RowDesk, row: ReadRow) -> list[Effect | Warn] | Deny:
        """What the program says of a row. Where its code crashes, this row is refused and the others go on."""
        try:
            said = self.what.take(at_desk, row.form)
            return said if isinstance(said, Deny) else list(said)
        except CareError:
            raise
        except Exception as error:  # a third party's code: whatever it raises is a no, told as such
            message, hint = N_("the program failed on this row: {error}"), N_("tell whoever maintains the program")
            raise Refused("take_failed", message, hint=hint, error=type(error).__name__) from error

    def _carry_out(self, tx: Tx, world: World, effects: Sequence[Effect], at_desk: RowDesk, subject: str, provisional: bool) -> tuple[str, Work | None]:
        """Carry out what the program said of a row; the report's count that it belongs to, and the case."""
        verdict = "unchanged"
        opened: Work | None = None
        about: Work | None = None
        for effect in effects:
            if isinstance(effect, Open):
                opened = about = self._open(tx, world, effect, subject, at_desk.within)
                verdict = "opened"
            elif isinstance(effect, On):
                view = effect.target
                if isinstance(view, CaseView):
                    about = self._changing(at_desk, view)
                    self._change(tx, about, effect.do)
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
        return verdict, about

    def _changing(self, at_desk: RowDesk, view: CaseView) -> Work:
        """The case that a row changes: the subject's, or the whole."""
        if at_desk.within is not None and at_desk.within.state.ref == view.ref:
            self.whole.changed()
            return at_desk.within
        return at_desk.works[view.ref]

    def _open(self, tx: Tx, world: World, effect: Open, subject: str, within: Work | None) -> Work:
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
            whole=self._whole_of(tx, effect, workflow, within),
            parties=party_rows(tx, workflow, effect.parties),
            world=world,
        )

    def _whole_of(self, tx: Tx, effect: Open, workflow: Workflow[Any, Any], within: Work | None) -> CaseState | None:
        """The whole that a case opened by a row is a part of."""
        if isinstance(effect.whole, CaseView):
            whole: CaseState | None = self.runtime.work(tx, effect.whole.ref, SYSTEM_ACTOR).state
        else:
            part = within is not None and effect.child and workflow.part_of is within.workflow.record
            whole = within.state if within is not None and part else None
        if whole is not None:
            hold_whole(tx, whole)
        return whole

    def _change(self, tx: Tx, work: Work, effects: Sequence[Effect]) -> None:
        work.done_by(self.actor)
        catch_up(work, self.now)
        work.begin("imported", self.now, file=self.report.file)
        apply(work, effects, self.now)
        reconcile(work, self.now)
        work.follow(self.now)
        self.runtime.ask_vetoes(work)
        self.runtime.save(tx, work, self.now)

    def _refuse(self, row: ReadRow, verdict: str, problems: Sequence[Problem]) -> None:
        name = "duplicates" if verdict == "duplicate" else "rejected"
        setattr(self.report, name, getattr(self.report, name) + 1)
        self.tell(row, verdict, problems[0])
        if verdict == "rejected":
            faults = [one.text() for one in problems]
            self.refused.setdefault(row.sheet, []).append(RefusedRow(row.row.number, row.row.cells, faults, [one.advice() for one in problems]))

    def tell(self, row: ReadRow, verdict: str, problem: Problem) -> None:
        """Writes something into the report."""
        self.report.problems.append(RowProblem(row.sheet, row.row.number, verdict, problem.code, problem.place, problem.text(), problem.advice()))


def _problem(said: Deny) -> Problem:
    return Problem(said.code, said.reason, hint=said.hint, values=dict(said.values))


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
    consent_on_file: str | None = None,
    whole: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Feed a program's sheet in.

    :param division: the code of the township whose sheet it is.
    :param name: which of the program's imports, where it has several.
    :param problems: where to write the refused rows, to be corrected and fed in again.
    :param consent_on_file: the version of the notice, where the account attests that the guardians' signed consents lie in the office.
    :param whole: the reference of the case that the rows' cases become parts of, where the sheet is of such.
    :param progress: is told the number of rows done so far.
    :raises Refused: ``not_enabled``: the program does not run there, nor has it an open case; ``notice_old``, ``notice_other``: consents to that
        version do not count.
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
        runs = enabling.in_force(tx, program, division, civil_date(now))
    if not runs and not list_cases(runtime, actor, program=program, division=division, open_only=True, limit=1):  # else rows may still tell these something
        raise advancing.not_enabled(program, division)
    book = read_book(path, layout_of(what))
    report = ImportReport(book.file, dry_run=dry_run)
    report.unknown = {table.sheet: table.unknown for table in book.tables if table.unknown}
    report.skipped = {sheet.sheet: sheet.reason for sheet in book.skipped}
    consents = RowConsents(runtime, actor, owner.name, what, consent_on_file, now, report)
    consents.begin()
    report.counts = what.counts
    subjects = subjects_of(what.subject.name, actor, owner.name, division, now, repeats=what.again)
    within = Whole(runtime, actor, owner, what, division, now, named=whole)
    with runtime.db.read() as tx:
        within.find(tx)
    run = ImportRun(runtime, actor, owner, what, division, now, report, subjects, consents=consents, whole=within)
    rows = read_rows(book.tables, what, now)
    try:
        while found := list(islice(rows, CHUNK)):
            _write(run, found, undo=dry_run)
            if progress is not None:
                progress(report.rows)
    except _Undo:
        within.undone()
        _rest_of_dry_run(run, rows)
    finally:
        for until in run.opened:
            session.shut(runtime.db, until)
    consents.end()
    if not dry_run:
        within.go_on()
    if problems is not None and run.refused:
        write_refused(problems, book, run.refused)
    return report


def _write(run: ImportRun, rows: Sequence[ReadRow], *, undo: bool) -> None:
    """Take a chunk in a transaction of its own, anew where the database threw that away in favour of another's."""
    before = mark(run)

    def take() -> None:
        back(run, before)
        with run.runtime.committing(), run.runtime.db.write() as tx:
            run.chunk(tx, rows)
            if undo:
                raise _Undo

    again(run.runtime.db, take)


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


def _rest_of_dry_run(run: ImportRun, rows: Iterator[ReadRow]) -> None:
    """Judge what is left, a chunk at a time, each undone: a dry run writes nothing, so later chunks see the office as it is."""
    while found := list(islice(rows, CHUNK)):
        try:
            _write(run, found, undo=True)
        except _Undo:
            run.whole.undone()
