"""Forms: what can be stored, what a policy must have, and labels that are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, is_dataclass
from enum import Enum
from typing import Any

from workflow_core.checks.finding import Finding, found
from workflow_core.checks.scope import scopes
from workflow_core.checks.types import base_of
from workflow_core.definition import FormField, Program, Timer, form_fields
from workflow_core.inputs.codec import shape_of


def check_forms(program: Program[Any]) -> Iterator[Finding]:
    """``field_type``, ``choice_alias``, ``default_out_of_range``, ``policy_without_default``."""
    for field in form_fields(program.policy).values():
        if field.required:
            yield found("policy_without_default", f"policy.{field.name}", field=field.name)
    told: set[Any] = set()
    for place, form in all_forms(program):
        yield from _form(place, form, told)


def all_forms(program: Program[Any]) -> Iterator[tuple[str, type[Any]]]:
    """Every form of the program, with a place; one may come several times."""
    yield "policy", program.policy
    for scope in scopes(program):
        yield scope.at("record"), scope.workflow.record
        for part in scope.parts:
            if not isinstance(part, Timer) and part.form is not None:
                yield scope.at(part), part.form
        for register in scope.workflow.registers:
            yield scope.at(register.name), register.row
    for one in program.imports:
        yield one.name, one.row


def _form(place: str, form: type[Any], told: set[Any]) -> Iterator[Finding]:
    if form in told:
        return
    told.add(form)
    for field in form_fields(form).values():
        where = f"{place}.{field.name}"
        try:
            shape_of(field.type)
        except TypeError:
            yield found("field_type", where, field=field.name, type=field.type.__name__ if isinstance(field.type, type) else str(field.type))
            continue
        if _out_of_range(field):
            yield found("default_out_of_range", where, field=field.name)
        base = base_of(field.type)
        if isinstance(base, type) and issubclass(base, Enum) and base not in told:
            told.add(base)
            yield from _aliases(where, base)
        elif isinstance(base, type) and is_dataclass(base) and not base.__module__.startswith("workflow_core."):
            yield from _form(where, base, told)


def _out_of_range(field: FormField) -> bool:
    if field.default is MISSING or not isinstance(field.default, int | float):
        return False
    ge, le = field.asked.ge, field.asked.le
    return (ge is not None and field.default < ge) or (le is not None and field.default > le)


def _aliases(place: str, choice: type[Enum]) -> Iterator[Finding]:
    for member in choice:
        names = [name for name, one in choice.__members__.items() if one is member]
        if len(names) > 1:
            yield found("choice_alias", place, choice=choice.__name__, members=", ".join(names))
