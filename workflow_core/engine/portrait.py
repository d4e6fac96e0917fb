"""A program told to those who work with it, in the reader's language: each stage with what it is, who acts, by when, what comes next, which papers there are,
and what happens when nobody acts. Read from the definition alone: neither an office nor a case is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workflow_core.definition import AUTOMATIC, SYSTEM, Document, Effect, Program, Stage, Task, Timer, Transition, Workflow
from workflow_core.engine import portrait_beside, words
from workflow_core.engine.portrait_beside import Part
from workflow_core.i18n import N_, translate


@dataclass(frozen=True)
class Job:
    """A task of a stage.

    :param due: by when; :param often: how often, empty for once; :param late: what happens when it is not done in time.
    """

    name: str
    title: str
    who: str
    due: str
    often: str
    required: bool
    help: str
    late: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """A transition that leaves a stage.

    :param by_person: whether a person takes it; :param guards: what is asked before, in words; :param papers: what it drafts.
    """

    name: str
    title: str
    to: str
    to_title: str
    who: str
    by_person: bool
    guards: tuple[str, ...]
    papers: tuple[str, ...]


@dataclass(frozen=True)
class Ring:
    """A timer of a stage: when, how often again, and what it does."""

    name: str
    when: str
    again: str
    does: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A paper.

    :param signed_by: empty where nobody signs it; :param served: it is served with a receipt.
    """

    name: str
    title: str
    signed_by: str
    served: bool


@dataclass(frozen=True)
class StagePage:
    """A stage."""

    name: str
    title: str
    final: bool
    first: bool
    jobs: tuple[Job, ...]
    ways: tuple[Way, ...]
    rings: tuple[Ring, ...]
    papers: tuple[Sheet, ...]


@dataclass(frozen=True)
class WorkflowPage:
    """A workflow: whom its cases are about, who opens them, its stages, and beside them its registers and limits."""

    name: str
    title: str
    prefix: str
    opened_by: str
    stages: tuple[StagePage, ...]
    beside: tuple[Part, ...] = ()


@dataclass(frozen=True)
class ProgramPage:
    """A program with its workflows; and beside them its routines, sheets and batches."""

    name: str
    title: str
    version: int
    workflows: tuple[WorkflowPage, ...]
    beside: tuple[Part, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)


def portray(program: Program[Any], only: Workflow[Any, Any] | None = None) -> ProgramPage:
    """A program in words.

    :param only: this workflow alone.
    """
    pages = [_workflow(program, one) for one in program.workflows if only is None or one is only]
    return ProgramPage(program.name, translate(program.title), program.version, tuple(pages), portrait_beside.of_program(program) if only is None else ())


def _workflow(program: Program[Any], workflow: Workflow[Any, Any]) -> WorkflowPage:
    opened_by = words.who(workflow.open_by) or translate(N_("other cases and the clock"))
    stages = tuple(_stage(program, workflow, one) for one in workflow.stages)
    return WorkflowPage(workflow.name, translate(workflow.title), workflow.prefix, opened_by, stages, portrait_beside.of_workflow(program, workflow))


def _stage(program: Program[Any], workflow: Workflow[Any, Any], stage: Stage) -> StagePage:
    tasks = workflow.tasks_in(stage)
    timers = [one for one in workflow.timers if stage in one.stages]
    leaving = [one for one in workflow.transitions if stage in one.sources]
    coming = [one for one in workflow.transitions if one.target is stage or one.target == stage]
    effects: list[Effect] = [*workflow.enter.get(stage, ())]
    effects += [effect for one in coming for effect in one.do]
    effects += [effect for task in tasks for effect in (*task.do, *task.late)]
    effects += [effect for timer in timers for effect in timer.do]
    return StagePage(
        stage.name,
        translate(stage.title),
        stage.final,
        stage == workflow.initial,
        tuple(_job(program, workflow, one) for one in tasks),
        tuple(_way(workflow, one) for one in leaving),
        tuple(_ring(program, workflow, one) for one in timers),
        tuple(_sheet(one) for one in _each_once(words.drafted(effects))),
    )


def _job(program: Program[Any], workflow: Workflow[Any, Any], task: Task[Any]) -> Job:
    policy = workflow.policy
    due = words.due(task.due, policy)
    return Job(
        task.name,
        translate(task.title),
        words.who(task.doers),
        due,
        words.schedules(task, policy),
        task.required,
        translate(task.help) if task.help else "",
        tuple(words.effects(task.late, program)),
    )


def _way(workflow: Workflow[Any, Any], one: Transition[Any, Any, Any]) -> Way:
    guards = [line for guard in one.guards for line in words.guard(guard)]
    by_person = any(who not in (SYSTEM, AUTOMATIC) for who in one.doers)
    if by_person:
        guards += [line for guard in workflow.always for line in words.guard(guard)]
    papers = [translate(paper.title) for paper in _each_once(words.drafted([*one.do, *workflow.enter.get(one.target, ())]))]
    return Way(
        one.name,
        translate(one.title),
        one.target.name,
        translate(one.target.title),
        words.who(one.doers),
        by_person,
        tuple(dict.fromkeys(guards)),
        tuple(papers),
    )


def _ring(program: Program[Any], workflow: Workflow[Any, Any], timer: Timer) -> Ring:
    policy = workflow.policy
    does = [*([translate(N_("goes on: {transition}"), transition=translate(timer.fire.title))] if timer.fire is not None else [])]
    does += words.effects(timer.do, program)
    again = words.again(timer.again, policy) if timer.again is not None else ""
    return Ring(timer.name, words.due(timer.due, policy, of_timer=True), again, tuple(does))


def _sheet(paper: Document) -> Sheet:
    signer = "" if paper.signed_by is None or paper.draft_only else translate(paper.signed_by.title)
    return Sheet(paper.name, translate(paper.title), signer, paper.served_with_receipt)


def _each_once(papers: Iterable[Document]) -> Sequence[Document]:
    return tuple({one.name: one for one in papers}.values())
