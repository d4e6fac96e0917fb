"""Whether everything is of the kind that belongs in its place. What mypy --strict sees before, this sees for those who do not run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, NamedTuple

from workflow_core.checks.finding import Finding, found
from workflow_core.checks.scope import is_function
from workflow_core.definition import (
    CloseTask,
    Column,
    Do,
    Document,
    Draft,
    Earliest,
    Effect,
    Escalate,
    Fact,
    FieldPath,
    Fire,
    Import,
    Kind,
    Limit,
    Listing,
    Moment,
    Notify,
    Observe,
    On,
    OpenTask,
    Party,
    Program,
    Refer,
    Register,
    Relative,
    Role,
    Span,
    Stage,
    Task,
    Timer,
    Transition,
    Use,
    When,
    Workflow,
)
from workflow_core.definition.time import AnyTime, Every, Once, Per


class Wanted(NamedTuple):
    """What belongs into a field: one, several (in a list or tuple), or a mapping of such."""

    name: str
    fits: Callable[[Any], bool]
    many: bool = False
    optional: bool = False


def _kind(*types: type[Any], many: bool = False, optional: bool = False) -> Wanted:
    return Wanted(" / ".join(one.__name__ for one in types), lambda value: isinstance(value, types), many, optional)


def _is_form(value: Any) -> bool:
    return isinstance(value, type) and is_dataclass(value)


FORM, FUNCTION = Wanted("@form", _is_form), Wanted("def", is_function)
FORM_OR_NONE, FUNCTIONS = FORM._replace(optional=True), FUNCTION._replace(many=True)
STAGES, EFFECTS, TASKS, WHO = _kind(Stage, many=True), _kind(Effect, many=True), _kind(Task, many=True), _kind(Role, Party, many=True)
TEXT, NUMBER, FIELDS = _kind(str), _kind(int), _kind(FieldPath, many=True)
DUE = _kind(Span, Moment, Earliest)
FORM_PARTS = {
    "name": TEXT, "title": TEXT, "doers": WHO, "form": FORM_OR_NONE, "fills": FIELDS, "checks": FUNCTIONS, "do": EFFECTS,
    "four_eyes": _kind(Task, Transition, many=True),
}  # fmt: skip

SHAPES: dict[type[Any], dict[str, Wanted]] = {
    Program: {
        "name": TEXT, "title": TEXT, "version": NUMBER, "policy": FORM, "workflows": _kind(Workflow, many=True), "imports": _kind(Import, many=True),
        "listings": _kind(Listing, many=True), "roles": _kind(Role, many=True), "uses": _kind(Use, many=True), "previous": _kind(Program, many=True),
    },
    Workflow: {
        "name": TEXT, "title": TEXT, "prefix": TEXT, "subject": _kind(Kind, optional=True), "record": FORM, "policy": FORM, "initial": _kind(Stage),
        "stages": STAGES, "transitions": _kind(Transition, many=True), "timers": _kind(Timer, many=True), "limits": _kind(Limit, many=True),
        "parties": _kind(Party, many=True), "registers": _kind(Register, many=True), "reads": _kind(Fact, many=True), "always": FUNCTIONS,
        "open_by": WHO, "edit_by": WHO, "seen_by": WHO, "reopen_to": _kind(Stage, optional=True), "part_of": FORM_OR_NONE,
    },
    Transition: {**FORM_PARTS, "sources": STAGES, "target": _kind(Stage), "guards": FUNCTIONS},
    Task: {
        **FORM_PARTS, "schedules": _kind(Once, Every, Per, AnyTime, many=True), "due": DUE._replace(optional=True), "late": EFFECTS,
        "happened": _kind(FieldPath, optional=True), "needs": TASKS, "only_if": FUNCTION._replace(optional=True),
    },
    Timer: {
        "name": TEXT, "stages": STAGES, "due": DUE, "again": _kind(Span, optional=True), "fire": _kind(Transition, optional=True), "do": EFFECTS,
        "unless": Wanted("Task / def", lambda value: isinstance(value, Task) or is_function(value), optional=True),
    },
    Limit: {
        "name": TEXT, "reason": TEXT, "size": Wanted("int / def", lambda value: isinstance(value, int | FieldPath) or is_function(value)), "per": TEXT,
        "held_in": STAGES,
    },
    Register: {"name": TEXT, "title": TEXT, "row": FORM, "doers": WHO},
    Listing: {"name": TEXT, "title": TEXT, "of": Wanted("@form / Kind", lambda value: isinstance(value, Kind) or _is_form(value)), "stages": STAGES,
              "columns": _kind(Column, many=True)},
    Import: {"name": TEXT, "title": TEXT, "row": FORM, "subject": _kind(Kind), "take": FUNCTION, "by": WHO, "into": FORM_OR_NONE},
    Use: {"field": _kind(FieldPath), "purpose": TEXT},
    OpenTask: {"task": _kind(Task)}, CloseTask: {"task": _kind(Task)}, Do: {"task": _kind(Task)},
    Draft: {"document": _kind(Document)},
    Notify: {"to": _kind(Role, Party, Relative), "message": TEXT},
    Escalate: {"to": _kind(Role), "reason": TEXT, "due": _kind(Span)},
    Refer: {"program": TEXT, "reason": TEXT, "reply": _kind(Task, optional=True)},
    Observe: {"fact": _kind(Fact)},
    Fire: {"transition": _kind(Transition)},
    When: {"guard": FUNCTION, "do": EFFECTS, "otherwise": EFFECTS},
    On: {"do": EFFECTS},
}  # fmt: skip
"""What belongs into the fields of each part. A part that is not in the table has nothing that a check relies on."""


def check_shape(program: Program[Any]) -> Iterator[Finding]:
    """``wrong_kind``, for everything that is reached from the program."""
    yield from _look(program, program.name, set())


def _look(part: Any, place: str, seen: set[int]) -> Iterator[Finding]:
    if id(part) in seen:
        return
    seen.add(id(part))
    shape = SHAPES.get(type(part))
    if shape is None:
        return
    for name, wanted in shape.items():
        value = getattr(part, name)
        if value is None and wanted.optional:
            continue
        if wanted.many and not isinstance(value, list | tuple):
            yield _wrong(place, name, value, f"[{wanted.name}]")
            continue
        for one in value if wanted.many else [value]:
            if not wanted.fits(one):
                yield _wrong(place, name, one, wanted.name)
            else:
                yield from _look(one, _place(place, part, one), seen)
    if isinstance(part, Workflow):
        yield from _mapping(part, "tasks", part.tasks, Task, seen)
        yield from _mapping(part, "enter", part.enter, Effect, seen)


def _mapping(workflow: Workflow[Any, Any], name: str, value: object, of: type[Any], seen: set[int]) -> Iterator[Finding]:
    if not isinstance(value, Mapping):
        yield _wrong(workflow.name, name, value, f"{{Stage: [{of.__name__}]}}")
        return
    for key, many in value.items():
        for stage in key if isinstance(key, tuple) else (key,):
            if not isinstance(stage, Stage):
                yield _wrong(workflow.name, name, stage, "Stage")
        for one in many if isinstance(many, list | tuple) else [many]:
            if isinstance(one, of):
                yield from _look(one, _place(workflow.name, workflow, one), seen)
            else:
                yield _wrong(workflow.name, name, one, of.__name__)


def _place(place: str, outer: object, part: object) -> str:
    name = getattr(part, "name", None)
    if not isinstance(name, str) or isinstance(part, Workflow):
        return name if isinstance(name, str) else place
    return f"{place}.{name}" if isinstance(outer, Workflow) else name if isinstance(outer, Program) else place


def _wrong(place: str, field: str, value: object, wanted: str) -> Finding:
    given = value.__name__ if isinstance(value, type) else type(value).__name__
    return found(
        "wrong_kind",
        place,
        field={"doers": "by", "sources": "source", "schedules": "schedule", "stages": "stage"}.get(field, field),
        given=given,
        wanted=wanted,
    )
