"""A program as JSON: what cases are pinned to, so that they can be read, printed and closed when the program is gone or has moved on.

Two digests are taken of it: of all of it, and of the structure alone, which may not change without a new version number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from workflow_core.definition.fields import CaseRef, FieldPath, FormField, form_fields, path_of
from workflow_core.definition.parts import Consent, Document, Limit, Listing, Register, Stage, Task, Timer, Transition
from workflow_core.definition.people import Kind, Party
from workflow_core.definition.program import Program, Workflow

FORMAT = 1
"""The version of the snapshot's own shape."""


@cache
def snapshot(program: Program[Any]) -> Mapping[str, Any]:
    """The program as JSON's own types; equal programs give equal snapshots.

    ::

        {"format": 1, "name", "title", "version", "policy": FORM, "roles": [{"name", "title"}],
         "workflows": [{"name", "title", "prefix", "subject", "record": FORM, "initial", "reopen_to",
                        "stages": [{"name", "title", "final", "outcome"}],
                        "tasks": [{"name", "title", "by", "stages", "form": FORM | None, "fills", "happened", "required"}],
                        "transitions": [{"name", "title", "by", "sources", "target", "form", "fills"}],
                        "timers": [{"name", "stages", "fires"}], "limits": [{"name", "stages", "waiting": {"stage", "fires"} where there is a line}],
                        "consents": [{"name", "title", "notice", "child_from", "basis", "withdrawn", "refused" where there is one}] where there are any,
                        "documents": [{"name", "title", "template", "number"}],
                        "registers": [{"name", "title", "row": FORM}], "parties": [{"name", "title", "many", "of"}],
                        "part_of": the whole's record, where it is a part}],
         "batches": [{"name", "title", "form": FORM | None}], "imports": [{"name", "title", "row": FORM}], "listings": [{"name", "title"}]}

    FORM is ``{"name", "fields": [{"name", "type", "label", "unit", "required", "personal", "seen_by", "choices": {"POVERTY": "Poverty"},
    "fields": […] of a form inside}]}``. The value is kept; do not change it.
    """
    return {
        "format": FORMAT,
        "name": program.name,
        "title": program.title,
        "version": program.version,
        "policy": _form(program.policy),
        "roles": [{"name": role.name, "title": role.title} for role in program.roles],
        "workflows": [_workflow(workflow) for workflow in program.workflows],
        "batches": [{"name": one.name, "title": one.title, "form": _form(one.form)} for one in program.all_batches()],
        "imports": [{"name": one.name, "title": one.title, "row": _form(one.row)} for one in program.imports],
        "listings": [_named(one) for one in program.listings],
    }


@cache
def snapshot_digest(program: Program[Any]) -> str:
    """The digest of all of it (SHA-256, hexadecimal): changes with a label, too."""
    return _digest(snapshot(program))


@cache
def structure_digest(program: Program[Any]) -> str:
    """The digest of the structure: names, where transitions lead and come from, where tasks wait, the names, types and choices of fields.

    Titles, labels, roles, the order of things and what runs (guards, effects, due dates) are not in it.
    """
    return _digest(_structure(snapshot(program)))


_NOT_STRUCTURE = frozenset(
    {"format", "version", "title", "label", "unit", "by", "roles", "personal", "seen_by", "outcome", "template", "number", "notice"}
    | {"batches", "imports", "listings"}
)


def _structure(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        if key == "choices":
            return sorted(value)
        return {name: _structure(part, name) for name, part in value.items() if name not in _NOT_STRUCTURE}
    if isinstance(value, list):
        return sorted((_structure(part) for part in value), key=_text)
    return value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(value: Any) -> str:
    return sha256(_text(value).encode()).hexdigest()


def _workflow(workflow: Workflow[Any, Any]) -> dict[str, Any]:
    waits: dict[int, list[str]] = {}
    for stage in workflow.stages:
        for task in workflow.tasks_in(stage):
            waits.setdefault(id(task), []).append(stage.name)
    return {
        "name": workflow.name,
        "title": workflow.title,
        "prefix": workflow.prefix,
        "subject": workflow.subject.name if workflow.subject else None,
        **({"part_of": workflow.part_of.__name__} if workflow.part_of else {}),
        "record": _form(workflow.record),
        "initial": workflow.initial.name,
        "reopen_to": workflow.reopen_to.name if workflow.reopen_to else None,
        "stages": [{"name": stage.name, "title": stage.title, "final": stage.final, "outcome": stage.outcome} for stage in workflow.stages],
        "tasks": [_task(task, waits.get(id(task), [])) for task in workflow.all_tasks()],
        "transitions": [_transition(transition) for transition in workflow.transitions],
        "timers": [_timer(timer) for timer in workflow.timers],
        "limits": [_limit(limit) for limit in workflow.limits],
        "documents": [_document(document) for document in workflow.documents()],
        "registers": [{**_named(register), "row": _form(register.row)} for register in workflow.registers],
        "parties": [{"name": party.name, "title": party.title, "many": party.many, "of": _party_of(party)} for party in workflow.parties],
        **({"consents": [_consent(one) for one in workflow.consents]} if workflow.consents else {}),
    }


def _task(task: Task[Any], stages: list[str]) -> dict[str, Any]:
    happened = path_of(task.happened)
    return {
        **_named(task),
        "by": [who.name for who in task.doers],
        "stages": stages,
        "form": _form(task.form),
        "fills": _paths(task.fills),
        "happened": happened.careflow_name if happened is not None else None,
        "required": task.required,
    }


def _transition(transition: Transition[Any, Any, Any]) -> dict[str, Any]:
    return {
        **_named(transition),
        "by": [who.name for who in transition.doers],
        "sources": _stages(transition.sources),
        "target": transition.target.name,
        **({"parts_become": [one.name for one in transition.for_parts]} if transition.for_parts else {}),
        "form": _form(transition.form),
        "fills": _paths(transition.fills),
    }


def _timer(timer: Timer) -> dict[str, Any]:
    return {"name": timer.name, "stages": _stages(timer.stages), "fires": timer.fire.name if timer.fire else None}


def _limit(limit: Limit) -> dict[str, Any]:
    waiting = limit.waiting
    line = {} if waiting is None else {"waiting": {"stage": waiting.stage.name, "fires": waiting.fire.name}}
    return {"name": limit.name, "stages": _stages(limit.held_in), **line}


def _consent(consent: Consent) -> dict[str, Any]:
    told = {"notice": consent.notice, "child_from": consent.child_from, "basis": consent.basis}
    if consent.refused is not None:
        told["refused"] = consent.refused.name
    return {**_named(consent), **told, "withdrawn": consent.withdrawn.name if consent.withdrawn is not None else None}


def _document(document: Document) -> dict[str, Any]:
    return {**_named(document), "template": document.template, "number": document.number}


def _party_of(party: Party[Any]) -> str:
    return party.of.name if isinstance(party.of, Kind) else party.of.__name__


def _named(part: Consent | Task[Any] | Transition[Any, Any, Any] | Document | Register[Any] | Listing) -> dict[str, Any]:
    return {"name": part.name, "title": part.title}


def _stages(stages: Iterable[Stage]) -> list[str]:
    return [stage.name for stage in stages]


def _paths(fields: Iterable[object]) -> list[str]:
    return [field.careflow_name for field in fields if isinstance(field, FieldPath)]


def _form(of: type[Any] | None) -> dict[str, Any] | None:
    if of is None or not is_dataclass(of):
        return None
    return {"name": of.__name__, "fields": _fields(of, ())}


def fields_of(of: type[Any]) -> list[dict[str, Any]]:
    """The fields of a form as a snapshot has them, those of the forms within it among them."""
    return _fields(of, ())


def _fields(of: type[Any], outer: tuple[type[Any], ...]) -> list[dict[str, Any]]:
    return [_field(field, (*outer, of)) for field in form_fields(of).values()]


def _field(field: FormField, outer: tuple[type[Any], ...]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": field.name,
        "type": type_name(field.type),
        "label": field.asked.label,
        "unit": field.asked.unit,
        "required": field.required,
        "personal": field.asked.personal,
        "seen_by": [role.name for role in field.asked.seen_by],
    }
    for inner in _types_in(field.type):
        if isinstance(inner, type) and issubclass(inner, Enum):
            found["choices"] = {member.name: str(member.value) for member in inner}
        elif is_dataclass(inner) and isinstance(inner, type) and inner not in outer and not inner.__module__.startswith("workflow_core."):
            found["fields"] = _fields(inner, outer)
    return found


def _types_in(annotation: Any) -> Iterable[Any]:
    inside = get_args(annotation)
    if not inside or get_origin(annotation) is CaseRef:
        return [annotation]
    return [one for part in inside for one in _types_in(part)]


def type_name(annotation: Any) -> str:
    """A field's type as it is written down: ``date?`` where it may be None, ``tuple[Visit]``, ``Cause``; the same in every Python."""
    if annotation in (None, NoneType):
        return "None"
    origin, inside = get_origin(annotation), [one for one in get_args(annotation) if one is not Ellipsis]
    if origin in (Union, UnionType):
        names = sorted(type_name(one) for one in inside if one is not NoneType)
        return " | ".join(names) + ("?" if NoneType in inside else "")
    if origin is not None:
        return f"{getattr(origin, '__name__', origin)}[{', '.join(map(type_name, inside))}]"
    return annotation.__name__ if isinstance(annotation, type) else repr(annotation)
