"""A workflow laid open for the checks: everything in it with the place where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from types import UnionType
from typing import Any, Literal, NamedTuple, TypeAlias, TypeGuard

from workflow_core.definition import (
    AnyOf,
    CloseTask,
    Consent,
    Do,
    Document,
    Done,
    Effect,
    Enter,
    FieldPath,
    Fire,
    Moment,
    Observe,
    On,
    OpenTask,
    Paper,
    Program,
    Refer,
    Register,
    SetField,
    Stage,
    Task,
    Timer,
    Transition,
    When,
    Workflow,
    form_fields,
)
from workflow_core.definition.program import several_stages

Part: TypeAlias = Task[Any] | Transition[Any, Any, Any] | Timer | Stage | Register[Any] | Consent


class PlacedEffect(NamedTuple):
    """An effect, and where: the part that brings it about, whether it concerns another case (``On``), and its stages, where they are known."""

    place: str
    effect: Effect
    owner: Part
    on_other: bool


class PlacedFunction(NamedTuple):
    """A function of the case that the program hands over.

    :param kind: a ``guard`` answers None or a reason; a ``check`` also takes the input of ``form``; a ``value`` answers something else.
    :param on_other: it is asked about another case of the program.
    """

    place: str
    function: Callable[..., Any]
    kind: Literal["guard", "check", "value"]
    form: type[Any] | None
    on_other: bool


@dataclass(frozen=True, eq=False)
class Scope:
    """One workflow of a program."""

    program: Program[Any]
    workflow: Workflow[Any, Any]

    def at(self, part: Part | str) -> str:
        """The place of a part: ``workflow.part``."""
        return f"{self.workflow.name}.{part if isinstance(part, str) else part.name}"

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that are listed."""
        return tuple(self.workflow.stages)

    @cached_property
    def transitions(self) -> tuple[Transition[Any, Any, Any], ...]:
        """The transitions that are listed."""
        return tuple(self.workflow.transitions)

    @cached_property
    def waiting(self) -> dict[int, tuple[Stage, ...]]:
        """In which stages each task waits, by the task's id."""
        known: dict[int, tuple[Stage, ...]] = {}
        for stages, tasks in self.workflow.tasks.items():
            for task in tasks:
                known[id(task)] = (*known.get(id(task), ()), *several_stages(stages))
        return known

    @cached_property
    def opened(self) -> tuple[Task[Any], ...]:
        """The tasks that are ever opened here: under a stage, or by an effect; each once."""
        tasks = [task for waiting in self.workflow.tasks.values() for task in waiting]
        for placed in self.effects:
            if placed.on_other:
                continue
            if isinstance(placed.effect, OpenTask):
                tasks.append(placed.effect.task)
            elif isinstance(placed.effect, Refer) and placed.effect.reply is not None:
                tasks.append(placed.effect.reply)
        return tuple({id(task): task for task in tasks}.values())

    def opens(self, task: Task[Any]) -> bool:
        """Whether the task is one of this workflow's."""
        return any(task is one for one in self.opened)

    @cached_property
    def parts(self) -> tuple[Task[Any] | Transition[Any, Any, Any] | Timer, ...]:
        """Tasks, transitions and timers."""
        return (*self.workflow.all_tasks(), *self.transitions, *self.workflow.timers)

    @cached_property
    def effects(self) -> tuple[PlacedEffect, ...]:
        """Every effect, those inside ``When`` and ``On`` too."""
        found: list[PlacedEffect] = []
        for stage, entering in self.workflow.enter.items():
            found += self._laid_open(stage, entering, False)
        for part in self.parts:
            found += self._laid_open(part, part.do, False)
            if isinstance(part, Task):
                found += self._laid_open(part, part.late, False)
        for register in self.workflow.registers:
            found += self._laid_open(register, register.effects, False)
        for consent in self.workflow.consents:
            found += self._laid_open(consent, consent.stays, False)
        return tuple(found)

    def _laid_open(self, owner: Part, effects: Sequence[Effect], on_other: bool) -> Iterator[PlacedEffect]:
        for effect in effects:
            yield PlacedEffect(self.at(owner), effect, owner, on_other)
            if isinstance(effect, When):
                yield from self._laid_open(owner, [*effect.do, *effect.otherwise], on_other)
            elif isinstance(effect, On):
                yield from self._laid_open(owner, effect.do, True)
                yield from self._laid_open(owner, effect.refused, on_other)

    @cached_property
    def functions(self) -> tuple[PlacedFunction, ...]:
        """Every function of the case: guards, checks, computed values."""
        found = [PlacedFunction(self.workflow.name, one, "guard", None, False) for one in self.workflow.always]
        for part in self.parts:
            place = self.at(part)
            guards: list[Any] = []
            if isinstance(part, Transition):
                guards += part.guards
            elif isinstance(part, Task) and part.only_if is not None:
                guards.append(part.only_if)
            elif isinstance(part, Timer) and part.unless is not None and not isinstance(part.unless, Task):
                guards.append(part.unless)
            found += [PlacedFunction(place, one, "guard", None, False) for one in guards]
            if not isinstance(part, Timer):
                found += [PlacedFunction(place, one, "check", part.form, False) for one in part.checks]
                found += [PlacedFunction(place, one, "value", None, False) for one in _picks(part.form)]
            if isinstance(part, Task):
                counts = [getattr(every, "times", None) for every in part.schedules]
                found += [PlacedFunction(place, one, "value", None, False) for one in _functions([*counts, part.each])]
        for placed in self.effects:
            if isinstance(placed.effect, When):
                found.append(PlacedFunction(placed.place, placed.effect.guard, "guard", None, placed.on_other))
            elif isinstance(placed.effect, SetField | Enter):
                said = placed.effect.row if isinstance(placed.effect, Enter) else placed.effect.value
                found += [PlacedFunction(placed.place, one, "value", None, placed.on_other) for one in _functions([said])]
        found += [PlacedFunction(self.at(paper.name), one, "guard", None, False) for paper in self.workflow.documents() for one in paper.guards]
        for register in self.workflow.registers:
            found += [PlacedFunction(self.at(register), one, "check", register.row, False) for one in register.checks]
            found += [PlacedFunction(self.at(register), one, "value", None, False) for one in _picks(register.row)]
        for limit in self.workflow.limits:
            orders = () if limit.waiting is None else limit.waiting.orders
            found += [PlacedFunction(self.at(limit.name), one, "value", None, False) for one in _functions([limit.size, *orders])]
        return tuple(one for placed in found for one in _single(placed))

    @cached_property
    def papers(self) -> tuple[tuple[str, Document], ...]:
        """Every paper that is drafted, by an effect or by people, with its place."""
        drafted = [(placed.place, getattr(placed.effect, "document", None)) for placed in self.effects]
        drafted += [(self.workflow.name, paper) for paper in self.workflow.papers if not any(paper is one for _, one in drafted)]
        return tuple((place, paper) for place, paper in drafted if isinstance(paper, Document))

    @cached_property
    def anchors(self) -> tuple[tuple[str, object], ...]:
        """What due dates are counted from, each with its place; of several tasks each."""
        found: list[tuple[str, object]] = []
        for part in self.parts:
            for moment in of_type(getattr(part, "due", None), Moment):
                many = moment.anchor if isinstance(moment.anchor, tuple) else (moment.anchor,)
                found += [(self.at(part), one) for one in many]
        return tuple(found)

    @cached_property
    def spoken_of(self) -> tuple[tuple[str, Task[Any]], ...]:
        """Every task that is named without being opened by that: needed, awaited, counted from, closed, recorded."""
        found: list[tuple[str, Task[Any]]] = []
        for part in self.parts:
            named: list[object] = [*getattr(part, "needs", ()), *getattr(part, "four_eyes", ()), getattr(part, "unless", None)]
            found += [(self.at(part), one) for one in named if isinstance(one, Task)]
        found += [(place, one) for place, one in self.anchors if isinstance(one, Task)]
        for placed in self.effects:
            if isinstance(placed.effect, CloseTask | Do) and not placed.on_other:
                found.append((placed.place, placed.effect.task))
        for function in self.functions:
            if isinstance(function.function, Done) and not function.on_other:
                found += [(function.place, task) for task in function.function.tasks]
        return tuple(found)

    @cached_property
    def fired(self) -> tuple[tuple[str, Transition[Any, Any, Any], object, Part, bool], ...]:
        """Every transition that is fired: place, transition, input, by what, on another case."""
        found: list[tuple[str, Transition[Any, Any, Any], object, Part, bool]] = [
            (self.at(timer), timer.fire, None, timer, False) for timer in self.workflow.timers if timer.fire is not None
        ]
        found += [(self.at(owner), one, None, owner, True) for owner in self.transitions for one in owner.for_parts]
        lines = [(self.at(limit.name), limit.waiting) for limit in self.workflow.limits if limit.waiting is not None]
        found += [(place, line.fire, None, line.stage, False) for place, line in lines]
        if isinstance(self.workflow.moved, Fire):
            ends = self.workflow.moved
            found.append((self.workflow.name, ends.transition, ends.input, ends.transition, False))
        for placed in self.effects:
            if isinstance(placed.effect, Fire):
                found.append((placed.place, placed.effect.transition, placed.effect.input, placed.owner, placed.on_other))
        return tuple(found)

    @cached_property
    def facts(self) -> tuple[Any, ...]:
        """The facts that are read or written."""
        return (*self.workflow.reads, *(placed.effect.fact for placed in self.effects if isinstance(placed.effect, Observe)))


def scopes(program: Program[Any]) -> Iterator[Scope]:
    """The workflows of a program, laid open."""
    for workflow in program.workflows:
        yield Scope(program, workflow)


def is_function(value: object) -> TypeGuard[Callable[..., Any]]:
    """Whether it is a function of the case; a reference looks like one."""
    return callable(value) and not isinstance(value, FieldPath | type)


def _functions(values: Iterable[object]) -> list[Callable[..., Any]]:
    return [one for one in values if is_function(one)]


_LINKED = (Task, Transition, Timer, Stage, Document, Workflow, Program)


def references(value: object) -> Iterator[FieldPath]:
    """Every reference inside a value, not following the names of other parts."""
    if isinstance(value, FieldPath):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from references(one)
    elif is_dataclass(value) and not isinstance(value, (type, *_LINKED)):
        for field in fields(value):
            yield from references(getattr(value, field.name))


def of_type(value: object, wanted: type[Any] | UnionType) -> Iterator[Any]:
    """Everything of that type inside a value, not following the names of other parts."""
    if isinstance(value, wanted):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from of_type(one, wanted)
    elif is_dataclass(value) and not isinstance(value, (type, Paper, *_LINKED)):
        for field in fields(value):
            yield from of_type(getattr(value, field.name), wanted)


def _picks(form: type[Any] | None) -> list[Callable[..., Any]]:
    return [field.asked.pick for field in form_fields(form).values() if field.asked.pick is not None] if form is not None else []


def _single(placed: PlacedFunction) -> Iterator[PlacedFunction]:
    """The function itself, or those that ``any_of`` holds."""
    if isinstance(placed.function, AnyOf):
        for one in placed.function.guards:
            yield from _single(placed._replace(function=one))
    else:
        yield placed
