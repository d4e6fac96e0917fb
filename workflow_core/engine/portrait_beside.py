"""What a program's page tells beside the stages: registers, limits with their lines, routines, sheets and batches, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workflow_core.definition import Consent, Limit, On, Program, Register, Workflow
from workflow_core.engine import words
from workflow_core.i18n import N_, translate


@dataclass(frozen=True)
class Part:
    """Something beside the stages: a heading, and a line for each thing under it."""

    title: str
    lines: tuple[str, ...]


def of_workflow(program: Program[Any], workflow: Workflow[Any, Any]) -> tuple[Part, ...]:
    """The registers of a workflow, and what is counted across its cases."""
    return _filled(
        (N_("Registers"), (_register(program, workflow, one) for one in workflow.registers)),
        (N_("What is limited"), (_limit(workflow, one) for one in workflow.limits)),
        (N_("When another case refuses what this one asks of it"), _refusals(program, workflow)),
        (N_("When a consent is refused or withdrawn"), (_consent(program, one) for one in workflow.consents if one.refused or one.withdrawn or one.stays)),
    )


def of_program(program: Program[Any]) -> tuple[Part, ...]:
    """What a program opens by the calendar, the sheets it reads, and its decisions over many cases."""
    routines = (
        translate(N_("{routine}: opens the case {workflow} once in each {period}"), routine=translate(one.title), workflow=translate(one.opens.title),
                  period=words.period(one.per))
        for one in program.routines
    )  # fmt: skip
    sheets = (_with(translate(one.title), words.who(one.by)) for one in program.imports)
    batches = (_with(translate(one.title), words.who(one.by)) for one in program.all_batches())
    return _filled((N_("By the calendar"), routines), (N_("Sheets"), sheets), (N_("Decisions over many cases"), batches))


def _register(program: Program[Any], workflow: Workflow[Any, Any], one: Register[Any]) -> str:
    doers = one.by if isinstance(one.by, (list, tuple)) else (one.by,)
    due = words.due(one.due, workflow.policy)
    late = [translate(N_("late: {what}"), what=what) for what in words.effects(one.late, program)]
    return _with(translate(one.title), words.who(doers), *([due] if due else []), *late)


def _limit(workflow: Workflow[Any, Any], one: Limit) -> str:
    held = words.joined(translate(stage.title) for stage in one.held_in)
    said = translate(N_("{reason}: counted in {stages}"), reason=translate(one.reason), stages=held)
    if isinstance(one.size, int):
        said += translate(N_("; {more}"), more=translate(N_("at most {n}"), n=one.size))
    if one.waiting is not None:
        line = translate(N_("whoever waits in {stage} is next: {way}"), stage=translate(one.waiting.stage.title), way=translate(one.waiting.fire.title))
        said += translate(N_("; {more}"), more=line)
    return said


def _refusals(program: Program[Any], workflow: Workflow[Any, Any]) -> list[str]:
    """What a program itself does then, beside what is written down and laid on a desk always."""
    return words.effects([one for effect in workflow.all_effects() if isinstance(effect, On) for one in effect.refused], program)


def _consent(program: Program[Any], one: Consent) -> str:
    """What becomes of a case when it is refused or withdrawn, also in a stage that never rests."""
    said: list[str] = []
    for way, what in ((one.refused, N_("refused: {way}")), (one.withdrawn, N_("withdrawn: {way}"))):
        said += [] if way is None else [translate(what, way=translate(way.title))]
    said += [translate(N_("withdrawn in a stage that never rests: {what}"), what=line) for line in words.effects(one.stays, program)]
    return _with(translate(one.title), "", *said)


def _with(title: str, who: str, *more: str) -> str:
    said = translate(N_("{task}: {who}"), task=title, who=who) if who else title
    return said + "".join(translate(N_("; {more}"), more=one) for one in more)


def _filled(*parts: tuple[str, Iterable[str]]) -> tuple[Part, ...]:
    made = (Part(translate(title), tuple(lines)) for title, lines in parts)
    return tuple(one for one in made if one.lines)
