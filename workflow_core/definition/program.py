"""A workflow, an import, a program: what a plugin hands over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from workflow_core.definition.batches import Batch, RunBatch
from workflow_core.definition.case import Case, Deny, Desk, Warn
from workflow_core.definition.effects import Effect, Fire, On, Open
from workflow_core.definition.keeping import KEEP, Keep
from workflow_core.definition.moving import Moved
from workflow_core.definition.parts import Consent, Document, Fact, Limit, Listing, Register, Stage, Task, Timer, Transition
from workflow_core.definition.people import Division, Kind, Party, Role, Who
from workflow_core.definition.time import Period

if TYPE_CHECKING:
    from workflow_core.definition.upgrades import Upgrade

V = TypeVar("V")
RW = TypeVar("RW")
PW = TypeVar("PW")

API_VERSION = 1
"""The version of the definitions that this engine speaks. A program that wants a newer one is listed as failed, not run."""


@dataclass(frozen=True, eq=False)
class Workflow(Generic[RW, PW]):
    """One state machine of a program.

    :param prefix: of its cases' references (``DR`` in ``DR-26-00417``); capital letters, unique in an office.
    :param subject: what a case is about; None for nothing.
    :param record: the form that each case carries; :param policy: the program's policy.
    :param tasks: which tasks wait in which stage, or in which group of stages (moving inside a group lets them go on).
    :param enter: effects on entering a stage.
    :param limits: what must hold across cases.
    :param always: guards of every transition that a person takes, and of what a person makes of the record by opening or correcting a case.
    :param consents: the purposes that its cases rest on; what is withdrawn stops them.
    :param open_by: who may open a case; :param edit_by: who may correct its record; :param seen_by: who may read it beside all who may act in it.
    :param papers: papers that no effect drafts, and people may.
    :param reopen_to: where a closed case goes when it is reopened; None: never.
    :param subject_later: may be opened about somebody who is not known yet.
    :param keep: how long its closed cases are kept, where that is another time than the program's.
    :param moved: what becomes of an open case when the child it is about moves to another township: ``GOES``, ``STAYS``, or ``Fire(T)`` with a transition
        that ends it. Left out: it goes along; a part of a case that does not go stays with it.
    """

    name: str
    title: str
    _: KW_ONLY
    prefix: str
    subject: Kind[Any] | None
    record: type[RW]
    policy: type[PW]
    initial: Stage
    stages: Sequence[Stage]
    transitions: Sequence[Transition[RW, PW, Any]]
    tasks: Mapping[Stage | tuple[Stage, ...], Sequence[Task[Any]]] = field(default_factory=dict)
    timers: Sequence[Timer] = ()
    enter: Mapping[Stage, Sequence[Effect]] = field(default_factory=dict)
    part_of: type[Any] | None = None
    parties: Sequence[Party[Any]] = ()
    limits: Sequence[Limit] = ()
    always: Sequence[Callable[[Case[RW, PW]], Deny | None]] = ()
    consents: Sequence[Consent] = ()
    registers: Sequence[Register[Any]] = ()
    papers: Sequence[Document] = ()
    reads: Sequence[Fact[Any]] = ()
    open_by: Sequence[Who] = ()
    edit_by: Sequence[Who] = ()
    seen_by: Sequence[Who] = ()
    reopen_to: Stage | None = None
    subject_later: bool = False
    moved: Moved | Fire | None = None
    keep: Keep | None = None

    def stage(self, name: str) -> Stage:
        """The stage of that name.

        :raises KeyError: there is none.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)

    def open_stages(self) -> frozenset[str]:
        """The names of the stages in which a case is open."""
        return self._open_stages

    def tasks_in(self, stage: Stage) -> tuple[Task[Any], ...]:
        """The tasks that wait in a stage."""
        return self._tasks_by_stage.get(stage.name, ())

    def all_tasks(self) -> tuple[Task[Any], ...]:
        """Every task that is named anywhere in the workflow, each once, in order: under stages, and in effects."""
        return self._tasks

    @cached_property
    def _open_stages(self) -> frozenset[str]:
        return frozenset(stage.name for stage in self.stages if not stage.final)

    @cached_property
    def _tasks_by_stage(self) -> dict[str, tuple[Task[Any], ...]]:  # as those below
        names = {stage.name for stages in self.tasks for stage in several_stages(stages)}
        return {
            name: tuple(task for stages, tasks in self.tasks.items() if any(stage.name == name for stage in several_stages(stages)) for task in tasks)
            for name in names
        }

    @cached_property
    def _tasks(self) -> tuple[Task[Any], ...]:  # asked for at every step of every case, and always the same
        found: dict[int, Task[Any]] = {id(task): task for tasks in self.tasks.values() for task in tasks}
        for effect in self.all_effects(on_others=False):
            for named in (getattr(effect, "task", None), getattr(effect, "reply", None)):
                if isinstance(named, Task):
                    found.setdefault(id(named), named)
        return tuple(found.values())

    def all_effects(self, *, on_others: bool = True) -> tuple[Effect, ...]:
        """Every effect of the workflow, those inside ``When`` among them, and those on other cases (``On``) unless ``on_others`` is false."""
        return self._effects if on_others else self._own_effects

    @cached_property
    def _effects(self) -> tuple[Effect, ...]:
        return self._effects_of(on_others=True)

    @cached_property
    def _own_effects(self) -> tuple[Effect, ...]:
        return self._effects_of(on_others=False)

    def _effects_of(self, *, on_others: bool) -> tuple[Effect, ...]:
        roots: list[Effect] = [effect for effects in self.enter.values() for effect in effects]
        for transition in self.transitions:
            roots += transition.do
        for timer in self.timers:
            roots += timer.do
        for tasks in self.tasks.values():
            for task in tasks:
                roots += [*task.do, *task.late]
        for register in self.registers:
            roots += register.effects
        for consent in self.consents:
            roots += consent.stays
        found: dict[int, Effect] = {}
        while roots:
            effect = roots.pop(0)
            if id(effect) in found:
                continue
            found[id(effect)] = effect
            if isinstance(effect, On):
                roots += effect.refused
                if not on_others:
                    continue
            for inner in (getattr(effect, "do", ()), getattr(effect, "otherwise", ())):
                roots += inner
            for named in (getattr(effect, "task", None), getattr(effect, "reply", None)):
                if isinstance(named, Task):
                    roots += [*named.do, *named.late]
        return tuple(found.values())

    def documents(self) -> tuple[Document, ...]:
        """The papers of the workflow, each once: those that effects draft, and those that people may."""
        drafted = (getattr(effect, "document", None) for effect in self.all_effects())
        papers = [paper for paper in (*drafted, *self.papers) if isinstance(paper, Document)]
        return tuple({paper.name: paper for paper in papers}.values())


def several_stages(one_or_more: Stage | tuple[Stage, ...]) -> tuple[Stage, ...]:
    """A stage, or a group of them, always as a tuple."""
    return one_or_more if isinstance(one_or_more, tuple) else (one_or_more,)


@dataclass(frozen=True, eq=False)
class Import(Generic[V]):
    """A sheet of a program. The engine reads it, finds each row's subject by number and name, validates the row, and asks ``take`` what follows.

    Gives ``--dry-run``, a verdict per row, the sheet of refused rows, and safe repetition.

    :param row: the form of a row; a field's label and its ``also`` are the headings looked for.
    :param take: pure; answers effects for the row, or ``deny(…)``; among the effects a ``warn(…)`` is told, and stops nothing.
    :param create_subject: somebody not on file gets a provisional file instead of a refusal.
    :param into: the record class of the workflow whose cases the rows open.
    :param consent: what the rows rest on: a row of a child without it is refused (``consent_missing``), unless ``--consent-on-file VERSION`` attests that the
        signed papers lie in the office; then a record is kept for each child of a row that is taken.
    :param refuses: the row's field, a ``bool | None``, that says yes or no for this child: a no is kept as a refusal, and the row is refused
        (``consent_refused``) whatever was attested.
    :param within: the record of the whole that the rows' cases are parts of: the one that is named when the sheet is fed in (``--<workflow> REF``), else the
        latest that is open in the division, or in the one above it; ``desk.whole`` is it, and ``desk.case`` finds the subject's part of it, open or closed.
    :param stages: one that is not named must stand in one of these, rather in an earlier one; left out: in any.
    :param begin: opens such a whole with the first row that is taken, where there is none; without it the rows are refused (``whole_missing``).
    :param again: several rows may be about one: ``take`` judges, and sees what the rows above have done.
    :param answer: pure; what is told of each row that was taken, from its case as it stands then, under ``results``.
    :param counts: the word under which the rows that were taken are counted (``measured``).
    """

    name: str
    title: str
    _: KW_ONLY
    row: type[V]
    subject: Kind[Any]
    take: Callable[[Desk[Any], V], Iterable[Effect | Warn] | Deny]
    by: Sequence[Who]
    into: type[Any] | None = None
    create_subject: bool = False
    consent: Consent | None = None
    refuses: bool | None = None
    within: type[Any] | None = None
    stages: Sequence[Stage] = ()
    begin: Callable[[Desk[Any]], Open] | None = None
    again: bool = False
    answer: Callable[[Case[Any, Any]], Mapping[str, object]] | None = None
    counts: str = ""


@dataclass(frozen=True, eq=False)
class Routine:
    """A duty of the calendar: opens a case in every division of a level where the program is enabled, once in each period.

    A case of that workflow that somebody, or a sheet, opened there in a period is that period's: no second one is opened; holidays are no term.
    A late clock opens what it missed, each dated by the beginning of its period.

    :param opens: the workflow; its record's fields all have defaults, and it is about the division.
    :param per: the period; :param at: the level of the divisions (``TOWNSHIP``, ``COUNTY``).
    """

    name: str
    title: str
    _: KW_ONLY
    opens: Workflow[Any, Any]
    per: Period
    at: Kind[Division]


@dataclass(frozen=True, eq=False)
class Use:
    """Why this program reads a personal field of the store; without it the field is masked even for the program."""

    field: object
    purpose: str


@dataclass(frozen=True, eq=False)
class Program(Generic[PW]):
    """A care program: what a plugin's ``careflow_programs`` hook hands over.

    :param name: an identifier (``dropout_return``), unique in an office.
    :param version: raised with every change of structure or of a field's type.
    :param policy: the form of what a township sets for itself; every field has a default.
    :param batches: decisions over many cases; those that an effect runs need not be named again.
    :param roles: roles beside the standard ones.
    :param keep: how long its closed cases are kept: ``Keep(years(3), because=N_("…"))``; ``KEEP`` where it does not say.
    :param protection: its cases protect children from somebody, perhaps of their own family: who looked at them is not told to the family
        (``care access log``).
    :param previous: older versions, kept so that ``care plugin check`` can try the upgrades on them; no case runs on them.
    :param upgrades: what becomes of cases that run on an older version.
    :param api: the version of the definitions it is written for.
    """

    name: str
    title: str
    _: KW_ONLY
    version: int
    policy: type[PW]
    workflows: Sequence[Workflow[Any, PW]]
    batches: Sequence[Batch[Any]] = ()
    imports: Sequence[Import[Any]] = ()
    routines: Sequence[Routine] = ()
    listings: Sequence[Listing] = ()
    uses: Sequence[Use] = ()
    roles: Sequence[Role] = ()
    keep: Keep = KEEP
    protection: bool = False
    previous: Sequence[Program[Any]] = ()
    upgrades: Sequence[Upgrade[Any]] = ()
    api: int = API_VERSION

    def workflow(self, name: str) -> Workflow[Any, PW]:
        """The workflow of that name.

        :raises KeyError: there is none.
        """
        for workflow in self.workflows:
            if workflow.name == name:
                return workflow
        raise KeyError(name)

    def all_batches(self) -> tuple[Batch[Any], ...]:
        """Every batch, each once: those the program lists, and those that effects run."""
        run = [effect.batch for workflow in self.workflows for effect in workflow.all_effects() if isinstance(effect, RunBatch)]
        return tuple({id(one): one for one in (*self.batches, *run)}.values())

    def workflow_of(self, record: type[Any]) -> Workflow[Any, PW]:
        """The workflow whose cases carry that record.

        :raises KeyError: there is none.
        """
        for workflow in self.workflows:
            if workflow.record is record:
                return workflow
        raise KeyError(record.__name__)
