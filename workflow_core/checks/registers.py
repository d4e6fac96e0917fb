"""Registers: what closes an entry, and what is entered by an effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.scope import Scope
from workflow_core.checks.types import field_of
from workflow_core.definition import Enter, Register, Workflow, path_of
from workflow_core.inputs.codec import shape_of


def check_registers(scope: Scope) -> Iterator[Finding]:
    """All of ``codes_registers``; the references of a register are looked at with the others."""
    for register in scope.workflow.registers:
        yield from _open(scope, register)
    for placed in scope.effects:
        if isinstance(placed.effect, Enter):
            yield from _entered(placed.place, placed.effect, list(scope.program.workflows) if placed.on_other else [scope.workflow])


def _open(scope: Scope, register: Register[Any]) -> Iterator[Finding]:
    if register.open_until is None and (register.due is not None or register.late or register.closed):
        yield found("register_never_closed", scope.at(register))
    elif bool(register.late) != (register.due is not None):
        yield found("register_late_never", scope.at(register))
    until = path_of(register.open_until)
    field = field_of(until) if until is not None else None
    if field is not None and (field.default is not None or not shape_of(field.type).optional):
        yield found("closing_field_filled", scope.at(register), field=repr(until))


def _entered(place: str, effect: Enter, workflows: list[Workflow[Any, Any]]) -> Iterator[Finding]:
    register, path = effect.register, path_of(effect.row)
    known = [one for workflow in workflows for one in workflow.registers]
    if not any(register is one for one in known):
        yield misspelt("register_unlisted", place, register.name, [one.name for one in known], name=register.name)
    whole = path is not None and path.careflow_of is register.row and not path.careflow_name
    if not (whole or isinstance(effect.row, register.row) or (path is None and callable(effect.row))):
        given = type(effect.row).__name__ if path is None else repr(path)
        yield found("row_of_other_form", place, name=register.name, given=given, wanted=register.row.__name__)
