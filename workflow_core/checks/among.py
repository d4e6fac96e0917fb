"""Cases among cases: wholes, parts and parties that there are, and effects that the other case's workflow knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.scope import Scope
from workflow_core.checks.types import base_of, field_of
from workflow_core.definition import (
    CaseRef,
    CloseTask,
    Do,
    Effect,
    Fire,
    Kind,
    NoneIn,
    On,
    Open,
    OpenTask,
    Program,
    SetField,
    Target,
    When,
    Workflow,
    path_of,
)
from workflow_core.i18n import N_

DIVISIONS = ("village", "township", "county")


def check_among(scope: Scope) -> Iterator[Finding]:
    """All of ``codes_among``."""
    yield from _part_of(scope)
    for placed in scope.effects:
        if isinstance(placed.effect, On):
            yield from _on(scope, placed.place, placed.effect)
        elif isinstance(placed.effect, Open):
            yield from _open(scope, placed.place, placed.effect, placed.on_other)
    for transition in scope.transitions:
        for one in transition.for_parts:
            closes = any(one in other.transitions for other in parts_of(scope.program, scope.workflow)) and one.target.final
            if not (closes and transition.target.final):
                yield found("parts_become_other", scope.at(transition), name=one.name)
    for function in scope.functions:
        if isinstance(function.function, NoneIn) and not function.on_other:
            other = _with_record(scope.program, function.function.record)
            if other is None or not (_is_part(other, scope.workflow) or _names(other, scope.workflow)):
                yield found("counts_elsewhere", function.place, record=function.function.record.__name__)


def _part_of(scope: Scope) -> Iterator[Finding]:
    record = scope.workflow.part_of
    if record is not None and (record is scope.workflow.record or _with_record(scope.program, record) is None):
        records = [one.record.__name__ for one in scope.program.workflows if one is not scope.workflow]
        yield misspelt("part_of_unknown", scope.at("part_of"), record.__name__, records, record=record.__name__)


def _on(scope: Scope, place: str, effect: On) -> Iterator[Finding]:
    others = targets(scope, effect)
    if others is None:
        return
    if not others:
        target = effect.target
        told = f"{target.which} {target.record.__name__ if target.record else ''}".strip() if isinstance(target, Target) else repr(target)
        yield found("target_unknown", place, target=told)
        return
    yield from _inside(place, effect.do, others)


def targets(scope: Scope, effect: On) -> list[Workflow[Any, Any]] | None:
    """The workflows of the cases that an effect is meant for; none where there are no such cases, None where it cannot be known from the file."""
    program, here, target = scope.program, scope.workflow, effect.target
    if isinstance(target, Target):
        if target.which == "whole":
            whole = None if here.part_of is None else _with_record(program, here.part_of)
            return [] if whole is None else [whole]
        other = None if target.record is None else _with_record(program, target.record)
        if other is None:
            return []
        if target.which == "parts":
            return [other] if _is_part(other, here) else []
        return [other] if any(one is target.party for one in other.parties) and _may_be(target, here) else []
    path = path_of(target)
    if path is None:
        return None
    field = field_of(path)
    if field is None:
        return None  # told by the references
    return list(program.workflows) if base_of(field.type) is CaseRef else []


def _may_be(target: Target, here: Workflow[Any, Any]) -> bool:
    of = None if target.party is None else target.party.of
    return (here.subject is not None and of == here.subject) if isinstance(of, Kind) else of is here.record


def _inside(place: str, effects: Sequence[Effect], others: Sequence[Workflow[Any, Any]]) -> Iterator[Finding]:
    names = ", ".join(one.name for one in others)
    for effect in effects:
        if isinstance(effect, When):
            yield from _inside(place, [*effect.do, *effect.otherwise], others)
        elif isinstance(effect, Fire) and not any(effect.transition in one.transitions for one in others):
            yield found("effect_of_other_workflow", place, kind=N_("transition"), name=effect.transition.name, workflow=names)
        elif isinstance(effect, SetField) and not any(_of(effect, one) for one in others):
            yield found("effect_of_other_workflow", place, kind=N_("field"), name=repr(effect.field), workflow=names)
        elif isinstance(effect, (OpenTask, CloseTask, Do)) and not any(effect.task in one.all_tasks() for one in others):
            yield found("effect_of_other_workflow", place, kind=N_("task"), name=effect.task.name, workflow=names)


def _of(effect: SetField, workflow: Workflow[Any, Any]) -> bool:
    path = path_of(effect.field)
    return path is None or path.careflow_of is workflow.record


def _open(scope: Scope, place: str, effect: Open, on_other: bool) -> Iterator[Finding]:
    other = _with_record(scope.program, type(effect.record))
    if other is None:
        return  # told as opens_elsewhere
    for party in effect.parties:
        if not any(one is party for one in other.parties):
            yield misspelt("party_of_other", place, party.name, [one.name for one in other.parties], party=party.name, workflow=other.name)
    if on_other or effect.subject is not None or other.subject is None or other.subject_later or other.subject.name in DIVISIONS:
        return
    if scope.workflow.subject is None or scope.workflow.subject.name != other.subject.name:
        yield found("opens_nobody", place, workflow=other.name)


def parts_of(program: Program[Any], whole: Workflow[Any, Any]) -> list[Workflow[Any, Any]]:
    """The workflows whose cases are parts of that one's."""
    return [one for one in program.workflows if _is_part(one, whole)]


def _is_part(other: Workflow[Any, Any], whole: Workflow[Any, Any]) -> bool:
    return other.part_of is not None and other.part_of is whole.record and other is not whole


def _names(other: Workflow[Any, Any], here: Workflow[Any, Any]) -> bool:
    return any(party.of is here.record for party in other.parties)


def _with_record(program: Program[Any], record: type[Any]) -> Workflow[Any, Any] | None:
    return next((one for one in program.workflows if one.record is record), None)
