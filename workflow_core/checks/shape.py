"""Whether everything is of the kind that belongs in its place. What mypy --strict sees before, this sees for those who do not run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date, time
from typing import Any, NamedTuple

from workflow_core.checks.finding import Finding, found
from workflow_core.checks.scope import is_function
from workflow_core.definition import (
    Amend,
    Batch,
    CloseTask,
    Column,
    Consent,
    Do,
    Document,
    Draft,
    Earliest,
    Effect,
    Enter,
    Escalate,
    Fact,
    FieldPath,
    Fire,
    Import,
    Kind,
    Limit,
    Listing,
    Moment,
    Moved,
    NoneIn,
    Notify,
    Observe,
    On,
    Open,
    OpenTask,
    Paper,
    Party,
    Period,
    Program,
    Refer,
    Register,
    Relative,
    Role,
    RunBatch,
    SetField,
    Span,
    Stage,
    Target,
    Task,
    Timer,
    Transition,
    Upgrade,
    Use,
    Waiting,
    When,
    Workflow,
    form_fields,
)
from workflow_core.definition.time import AnyTime, Daily, Every, Once, Per


class Wanted(NamedTuple):
    """What belongs into a field: one, several (in a list or tuple), or a mapping of such."""

    name: str
    fits: Callable[[Any], bool]
    many: bool = False
    optional: bool = False
    least: int = 0


def _kind(*types: type[Any], many: bool = False, optional: bool = False) -> Wanted:
    names = {FieldPath: "ref(…).field"}
    return Wanted(" / ".join(names.get(one, one.__name__) for one in types), lambda value: isinstance(value, types), many, optional)


def _is_over(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and _is_form(value[0]) and all(isinstance(one, Stage) for one in value[1])


def _is_form(value: Any) -> bool:
    return isinstance(value, type) and is_dataclass(value)


FORM, FUNCTION = Wanted("@form", _is_form), Wanted("def", is_function)
FORM_OR_NONE, FUNCTIONS = FORM._replace(optional=True), FUNCTION._replace(many=True)
STAGES, EFFECTS, TASKS, WHO = _kind(Stage, many=True), _kind(Effect, many=True), _kind(Task, many=True), _kind(Role, Party, many=True)
YES_OR_NO, FIELD = _kind(bool), _kind(FieldPath)
HOW_MANY = Wanted("int / ref(…).field / def", lambda value: isinstance(value, int | FieldPath) or is_function(value))
ANCHOR = Wanted(
    "ref(…).field / Stage / Task / Paper / Period",
    lambda value: (
        isinstance(value, FieldPath | Stage | Task | Paper | Period | date)
        or (isinstance(value, tuple) and bool(value) and all(isinstance(one, Task) for one in value))
    ),
)
NUMBERS, DAY = _kind(int, many=True)._replace(least=1), _kind(date, FieldPath, optional=True)
TEXT, NUMBER, FIELDS = _kind(str), _kind(int), _kind(FieldPath, many=True)
VALUES = Wanted("ref(…).field / def", lambda value: isinstance(value, FieldPath) or is_function(value), many=True)
BASIS = Wanted("consent / statutory_duty / emergency", lambda value: value in ("consent", "statutory_duty", "emergency"))
DUE = _kind(Span, Moment, Earliest)
FORM_PARTS = {
    "name": TEXT, "title": TEXT, "doers": WHO, "form": FORM_OR_NONE, "fills": FIELDS, "checks": FUNCTIONS, "do": EFFECTS,
    "four_eyes": _kind(Task, Transition, many=True),
}  # fmt: skip

SHAPES: dict[type[Any], dict[str, Wanted]] = {
    Program: {
        "name": TEXT, "title": TEXT, "version": NUMBER, "api": NUMBER, "policy": FORM, "workflows": _kind(Workflow, many=True),
        "imports": _kind(Import, many=True), "batches": _kind(Batch, many=True),
        "listings": _kind(Listing, many=True), "roles": _kind(Role, many=True), "uses": _kind(Use, many=True), "previous": _kind(Program, many=True),
        "upgrades": _kind(Upgrade, many=True),
    },
    Upgrade: {"workflow": _kind(Workflow), "since": NUMBER, "was": TEXT, "record": FUNCTION._replace(optional=True)},
    Workflow: {
        "name": TEXT, "title": TEXT, "prefix": TEXT, "subject_later": YES_OR_NO,
        "subject": _kind(Kind, optional=True), "record": FORM, "policy": FORM, "initial": _kind(Stage),
        "stages": STAGES, "transitions": _kind(Transition, many=True), "timers": _kind(Timer, many=True), "limits": _kind(Limit, many=True),
        "parties": _kind(Party, many=True), "registers": _kind(Register, many=True), "reads": _kind(Fact, many=True), "always": FUNCTIONS,
        "papers": _kind(Document, many=True), "consents": _kind(Consent, many=True),
        "open_by": WHO, "edit_by": WHO, "seen_by": WHO, "reopen_to": _kind(Stage, optional=True), "part_of": FORM_OR_NONE,
        "moved": _kind(Moved, Fire, optional=True),
    },
    Transition: {**FORM_PARTS, "sources": STAGES._replace(least=1), "target": _kind(Stage), "guards": FUNCTIONS, "for_parts": _kind(Transition, many=True)},
    Task: {
        **FORM_PARTS, "schedules": _kind(Once, Every, Per, Daily, AnyTime, many=True)._replace(least=1), "required": YES_OR_NO, "help": TEXT,
        "due": DUE._replace(optional=True), "late": EFFECTS,
        "happened": _kind(FieldPath, optional=True), "needs": TASKS, "only_if": FUNCTION._replace(optional=True),
        "each": Wanted("ref(…).field / Party / def", lambda value: isinstance(value, FieldPath | Party) or is_function(value), optional=True),
    },
    Timer: {
        "name": TEXT, "stages": STAGES._replace(least=1), "due": DUE,
        "again": _kind(Span, optional=True), "fire": _kind(Transition, optional=True), "do": EFFECTS,
        "unless": Wanted("Task / def", lambda value: isinstance(value, Task) or is_function(value), optional=True),
    },
    Limit: {
        "name": TEXT, "reason": TEXT, "size": HOW_MANY, "keys": _kind(str, Party, FieldPath, many=True)._replace(least=1),
        "held_in": STAGES, "counts_once": _kind(FieldPath, optional=True), "waiting": _kind(Waiting, optional=True),
    },
    Waiting: {"stage": _kind(Stage), "orders": VALUES._replace(least=1), "fire": _kind(Transition)},
    Register: {"name": TEXT, "title": TEXT, "row": FORM, "doers": WHO, "seen_by": WHO, "happened": _kind(FieldPath, optional=True), "checks": FUNCTIONS,
               "open_until": _kind(FieldPath, optional=True), "due": DUE._replace(optional=True), "keys": FIELDS, "do": EFFECTS, "closed": EFFECTS,
               "late": EFFECTS},
    Enter: {"register": _kind(Register)},
    Listing: {"name": TEXT, "title": TEXT, "of": Wanted("@form / Kind / Register", lambda value: isinstance(value, Kind | Register) or _is_form(value)),
              "stages": STAGES, "columns": _kind(Column, many=True), "count": YES_OR_NO, "group_by": VALUES, "sort": VALUES},
    Column: {"title": TEXT, "value": Wanted("ref(…).field / def / Party(…)", lambda value: isinstance(value, (FieldPath, Party)) or is_function(value))},
    Import: {"name": TEXT, "title": TEXT, "row": FORM, "subject": _kind(Kind), "take": FUNCTION, "by": WHO, "into": FORM_OR_NONE, "create_subject": YES_OR_NO,
             "consent": _kind(Consent, optional=True), "refuses": _kind(FieldPath, optional=True),
             "within": FORM_OR_NONE, "stages": STAGES, "begin": FUNCTION._replace(optional=True), "again": YES_OR_NO,
             "answer": FUNCTION._replace(optional=True), "counts": TEXT},
    Consent: {
        "name": TEXT,
        "title": TEXT,
        "notice": TEXT,
        "child_from": NUMBER,
        "basis": BASIS,
        "withdrawn": _kind(Transition, optional=True),
        "refused": _kind(Transition, optional=True),
    },
    Use: {"field": FIELD, "purpose": TEXT},
    Batch: {
        "name": TEXT, "title": TEXT, "plan": FUNCTION, "of": FORM_OR_NONE, "by": WHO, "form": FORM_OR_NONE,
        "may": _kind(Transition, Task, Document, type, many=True), "then": _kind(Transition, optional=True), "settled": YES_OR_NO,
        "over": Wanted("[(@form, [Stage])] / Kind", lambda value: isinstance(value, Kind) or all(_is_over(one) for one in value)),
    },
    RunBatch: {"batch": _kind(Batch)},
    OpenTask: {"task": _kind(Task)}, CloseTask: {"task": _kind(Task)}, Do: {"task": _kind(Task)},
    Draft: {"document": _kind(Document)},
    Document: {
        "name": TEXT, "title": TEXT, "template": TEXT, "number": _kind(str, optional=True), "signed_by": _kind(Role, Party, optional=True),
        "served_with_receipt": YES_OR_NO, "lists": _kind(Listing, many=True), "days": _kind(int, FieldPath, optional=True), "copies": _kind(str, many=True),
        "four_eyes": YES_OR_NO, "draft_only": YES_OR_NO, "public": YES_OR_NO, "guards": FUNCTIONS,
    },
    Notify: {"to": _kind(Role, Party, Relative), "message": TEXT, "urgent": YES_OR_NO},
    Escalate: {"to": _kind(Role), "reason": TEXT, "urgent": YES_OR_NO, "due": _kind(Span)},
    Refer: {"program": TEXT, "reason": TEXT, "urgent": YES_OR_NO, "reply": _kind(Task, optional=True)},
    Observe: {"fact": _kind(Fact), "on": _kind(date, FieldPath, optional=True)},
    SetField: {"field": FIELD}, Amend: {"field": FIELD},
    Span: {"n": _kind(int, float, FieldPath)},
    Moment: {"anchor": ANCHOR, "span": _kind(Span)},
    Earliest: {"of": _kind(Span, Moment, many=True)._replace(least=1)},
    Every: {"span": _kind(Span), "times": HOW_MANY._replace(optional=True)},
    Daily: {"at": _kind(time, many=True)._replace(least=1), "on": NUMBERS, "first": DAY, "last": DAY},
    Per: {"period": _kind(Period), "times": HOW_MANY, "by_day": _kind(int, optional=True)},
    Open: {
        "record": Wanted("@form(…)", lambda value: is_dataclass(value) and not isinstance(value, type)), "stage": _kind(Stage, optional=True), "key": TEXT,
        "child": YES_OR_NO, "parties": Wanted("{Party: …}", lambda value: isinstance(value, Mapping) and all(isinstance(one, Party) for one in value)),
    },
    Fire: {"transition": _kind(Transition), "set": _kind(SetField, many=True)},
    NoneIn: {"record": FORM, "stages": STAGES},
    When: {"guard": FUNCTION, "do": EFFECTS, "otherwise": EFFECTS},
    On: {"do": EFFECTS, "refused": EFFECTS},
    Target: {"which": TEXT, "record": FORM_OR_NONE, "stages": STAGES, "party": _kind(Party, optional=True)},
}  # fmt: skip
"""What belongs into the fields of each part. A part that is not in the table has nothing that a check relies on."""


def check_shape(program: Program[Any]) -> Iterator[Finding]:
    """``wrong_kind`` and ``form_unreadable``, for everything that is reached from the program."""
    yield from _look(program, _text(program.name, "program"), set())


def _readable(place: str, form: type[Any]) -> Iterator[Finding]:
    try:
        form_fields(form)
    except Exception as error:  # annotations are the author's code: evaluating them may raise anything
        yield found("form_unreadable", place, form=form.__name__, error=f"{type(error).__name__}: {error}")


def _text(name: object, other: str) -> str:
    return name if isinstance(name, str) else other


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
        if wanted.many and len(value) < wanted.least:
            yield _wrong(place, name, None, f"[{wanted.name}]")
        for one in value if wanted.many else [value]:
            if not wanted.fits(one):
                yield _wrong(place, name, one, wanted.name)
            elif wanted.fits is _is_form:
                yield from _readable(place, one)
            else:
                yield from _look(one, _place(place, part, one), seen)
    if isinstance(part, Program):
        for one in part.upgrades if isinstance(part.upgrades, list | tuple) else ():
            yield from _upgrade(one, _text(part.name, "program"))
    if isinstance(part, Workflow):
        yield from _mapping(place, part, "tasks", Task, seen)
        yield from _mapping(place, part, "enter", Effect, seen)


def _upgrade(upgrade: Any, place: str) -> Iterator[Finding]:
    if not isinstance(upgrade, Upgrade):
        return  # told already
    for name, wanted in (("stages", "Stage / def"), ("tasks", "Task / None")):
        value = getattr(upgrade, name)
        if not isinstance(value, Mapping):
            yield _wrong(place, name, value, f"{{str: {wanted}}}")
            continue
        for old, new in value.items():
            if not isinstance(old, str):
                yield _wrong(place, name, old, "str")
            fits = isinstance(new, Stage) or is_function(new) if name == "stages" else new is None or isinstance(new, Task)
            if not fits:
                yield _wrong(place, name, new, wanted)


def _mapping(place: str, workflow: Workflow[Any, Any], name: str, of: type[Any], seen: set[int]) -> Iterator[Finding]:
    value = getattr(workflow, name)
    if not isinstance(value, Mapping):
        yield _wrong(place, name, value, f"{{Stage: [{of.__name__}]}}")
        return
    for key, many in value.items():
        for stage in key if isinstance(key, tuple) else (key,):
            if not isinstance(stage, Stage):
                yield _wrong(place, name, stage, "Stage")
        for one in many if isinstance(many, list | tuple) else [many]:
            if isinstance(one, of):
                yield from _look(one, _place(place, workflow, one), seen)
            else:
                yield _wrong(place, name, one, of.__name__)


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
        field={"doers": "by", "sources": "source", "schedules": "schedule", "stages": "stage", "orders": "order"}.get(field, field),
        given=given,
        wanted=wanted,
    )
