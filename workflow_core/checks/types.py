"""What a reference names: its field, and which forms mean anything in a workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow_core.checks.scope import Scope
from workflow_core.definition import FieldPath, FormField, Kind, Timer, form_fields
from workflow_core.inputs.codec import shape_of


def subject_forms(kind: Kind[Any] | None) -> tuple[type[Any], ...]:
    """The classes under which a subject's file is referred to: ``Child``, and ``Person``, which a child is."""
    return tuple(one for one in kind.type.__mro__ if one is not object) if kind is not None else ()


def known_forms(scope: Scope) -> frozenset[type[Any]]:
    """The forms whose fields mean something in this workflow: record, policy, subject, the whole, the parties, and every form that is asked."""
    workflow = scope.workflow
    found: set[type[Any]] = {workflow.record, workflow.policy, *subject_forms(workflow.subject)}
    if workflow.part_of is not None:
        found.add(workflow.part_of)
    for party in workflow.parties:
        found.update(subject_forms(party.of) if isinstance(party.of, Kind) else [party.of])
    found.update(part.form for part in scope.parts if not isinstance(part, Timer) and part.form is not None)
    found.update(register.row for register in workflow.registers)
    return frozenset(found)


def field_of(path: FieldPath) -> FormField | None:
    """The field that a reference names, also inside a form of the form; None where there is none."""
    form: Any = path.careflow_of
    field: FormField | None = None
    for name in path.careflow_name.split("."):
        fields = _fields(form)
        field = fields.get(name)
        if field is None:
            return None
        form = base_of(field.type)
    return field


def _fields(form: Any) -> Mapping[str, FormField]:
    try:
        return form_fields(form)
    except (TypeError, NameError):
        return {}


def base_of(annotation: Any) -> Any:
    """The type of one value of a field: ``date`` of ``date | None``. The annotation itself where a form cannot hold it, which is told elsewhere."""
    try:
        return shape_of(annotation).base
    except TypeError:
        return annotation


def is_many(annotation: Any) -> bool:
    """Whether a field holds several values: ``tuple[date, ...]``."""
    try:
        return shape_of(annotation).many is not None
    except TypeError:
        return False
