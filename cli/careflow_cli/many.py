"""Steps of many cases: each in a transaction of its own, the good ones kept, the refused ones listed with their reasons."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from careflow_cli import output
from careflow_cli.common import answer_refused, program_name
from workflow_core.errors import CareError, Misused, NotFound, Problem
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from careflow_cli.session import Session

KEYS = ("stage", "workflow", "township")
PAGE = 500


@dataclass(frozen=True)
class Selection:
    """Which cases are meant."""

    program: str
    stage: str | None = None
    workflow: str | None = None
    township: str | None = None


def selection(where: Sequence[str], *, program: str | None, township: str | None) -> Selection:
    """Which cases ``--where`` means.

    :raises Misused: a key is not known, or no program is named: a step of every case of an office is never meant.
    """
    found: dict[str, str] = {"township": township} if township else {}
    problems = []
    for word in where:
        key, equals, value = word.partition("=")
        if key not in KEYS or not equals or not value:
            problems.append(Problem("where_invalid", "it is no condition", word, "write stage=NAME, workflow=NAME or township=CODE"))
        found[key] = value
    if program is None:
        problems.append(Problem("program_missing", "the program is not named", "--program", "name it: --program NAME"))
    if problems:
        raise Misused("where_invalid", "which cases are meant cannot be read", problems=problems)
    return Selection(program_name(program or ""), **{key: value for key, value in found.items() if key in KEYS})


@dataclass
class Tally:
    """What became of many.

    :param refused: reference and error of each that was refused.
    """

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, CareError]] = field(default_factory=list)


def _nothing() -> None:
    pass


@contextmanager
def progress(total: int) -> Iterator[Callable[[], None]]:
    """Shows on a terminal how far the work has come."""
    if total < 10 or not sys.stderr.isatty():
        yield _nothing
        return
    with click.progressbar(length=total, file=sys.stderr, show_pos=True) as bar:

        def one_more() -> None:
            bar.update(1)

        yield one_more


Step: TypeAlias = Callable[[str], object]


def one_by_one(refs: Iterable[str], step: Step) -> Iterator[tuple[str, object]]:
    """Does the step for each in a commit of its own: with each reference what the step answered, or its error."""
    for ref in refs:
        try:
            yield ref, step(ref)
        except CareError as error:
            if error.exit_code == 6 or error.code == "office_busy":  # the next would meet it too, after as long a wait
                raise
            yield ref, error


def carry_out(refs: Iterable[str], step: Step, *, each: Callable[[list[str], Step], Iterator[tuple[str, object]]] = one_by_one) -> Tally:
    """Does the step for each; what is refused is kept with its error, and the rest goes on.

    :param each: ``Engine.each``, where several may share a commit.
    """
    tally = Tally()
    listed = list(refs)
    with progress(len(listed)) as one_more:
        for ref, answer in each(listed, step):
            if isinstance(answer, CareError):
                tally.refused.append((ref, answer))
            else:
                tally.done.append(ref)
            one_more()
    return tally


def found_refs(session: Session, wanted: Selection, *, open_only: bool = True) -> list[str]:
    """The references of all cases that are meant, read page by page before the first is changed.

    :raises NotFound: ``stage_unknown``: there are none, and the program has no such stage.
    """
    refs: list[str] = []
    division = session.division_code(wanted.township) if wanted.township else None
    while True:
        page = session.engine.cases(
            session.actor,
            program=wanted.program,
            workflow=wanted.workflow,
            stage=wanted.stage,
            division=division,
            open_only=open_only,
            limit=PAGE,
            after=refs[-1] if refs else "",
        )
        refs += [row.ref for row in page]
        if len(page) < PAGE:
            break
    if not refs:
        _known_stage(session, wanted)
    return refs


def _known_stage(session: Session, wanted: Selection) -> None:
    """Nothing was found: perhaps the stage is misspelt."""
    program = session.registry.programs.get(wanted.program)
    if program is None or wanted.stage is None:
        return
    names = {stage.name: None for one in program.workflows if wanted.workflow in (None, one.name) for stage in one.stages}
    if wanted.stage not in names:
        from workflow_core.nearest import nearest

        meant = nearest(wanted.stage, names)
        hint = "did you mean {meant}?" if meant else "it has: {names}"
        raise NotFound("stage_unknown", "there is no stage {stage}", hint=hint, stage=wanted.stage, meant=meant, names=", ".join(names))


def advance_many(
    session: Session,
    transition: str,
    wanted: Selection,
    values: Mapping[str, object],
    *,
    confirm: str,
    problems: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Takes the transition of every case that is meant, and tells of each that was refused."""

    def step(ref: str) -> object:
        return session.engine.advance(session.actor, ref, transition, values, confirm=confirm, dry_run=dry_run)

    refs = found_refs(session, wanted)
    tally = carry_out(refs, step) if dry_run else carry_out(refs, step, each=session.engine.each)
    report(tally, N_("advanced {done} of {all}"), dry_run=dry_run, problems=problems, as_json=as_json)


def reasons(error: CareError) -> list[str]:
    """Every reason of a refusal, in the reader's language."""
    return [problem.text() for problem in error.problems] or [error.text()]


def hints(error: CareError) -> list[str]:
    """What to do about a refusal, in the reader's language: each hint once."""
    told = [problem.advice() for problem in error.problems]
    return list(dict.fromkeys(filter(None, told or [error.advice()]))) or list(filter(None, [error.advice()]))


def report(tally: Tally, headline: str, *, dry_run: bool, problems: Path | None, as_json: bool) -> None:
    """Shows what became of many, writes the refused ones to a sheet, and answers exit code 1 where there are any."""
    if problems is not None and tally.refused:
        _write(problems, tally)
    if as_json:
        refused: list[dict[str, Any]] = [{"ref": ref, **error.as_dict()} for ref, error in tally.refused]
        output.document({"done": tally.done, "refused": refused, "dry_run": dry_run})
    else:
        if dry_run:
            output.tell(N_("This was a trial; nothing was written."))
        output.say(headline, done=len(tally.done), all=len(tally.done) + len(tally.refused))
        lines: list[list[output.Cell]] = [[ref, "; ".join(reasons(error)), "; ".join(hints(error))] for ref, error in tally.refused]
        output.table([N_("Refused"), N_("Why"), N_("What to do")], lines)
        if problems is not None and tally.refused:
            output.say(N_("The refused ones are in {file}."), file=problems)
    answer_refused(len(tally.refused))


def _write(file: Path, tally: Tally) -> None:
    from workflow_core.records.sheet_writer import OutSheet, write_book

    rows = [[ref, error.code, "; ".join(reasons(error)), "; ".join(hints(error))] for ref, error in tally.refused]
    titles = [translate(title) for title in (N_("Case"), N_("Code"), N_("What is wrong"), N_("What to do"))]
    write_book(file, [OutSheet(translate("Refused"), titles, rows, notes=3)])
