"""What personal data is used for and on what basis: purposes said, consents listed where they are asked, a way out when they are withdrawn."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from workflow_core.checks.effects import asks
from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.scope import Scope, references, scopes
from workflow_core.checks.types import base_of, field_of
from workflow_core.definition import Child, Consented, FieldPath, Import, Person, Program

_NOT_PERSONAL = frozenset({"ref", "provisional", "parents"})
"""What is read of a child without telling anything of it; parents are told with ``related``."""


def check_uses(program: Program[Any]) -> Iterator[Finding]:
    """``use_without_purpose``, ``use_unsaid``."""
    for use in program.uses:
        if not use.purpose.strip():
            yield found("use_without_purpose", "uses", field=repr(use.field))
    said = {path.careflow_name for use in program.uses for path in references(use.field)} | _NOT_PERSONAL
    for place, name in _reads(program):
        if name not in said:
            said |= {name}
            yield found("use_unsaid", place, field=f"Child.{name}")


def _reads(program: Program[Any]) -> Iterator[tuple[str, str]]:
    """Where a program reads which field of a child's file: by reference, or as ``case.child.…`` in a function that it hands over."""
    known = {one.name for one in fields(Child)}
    for scope in scopes(program):
        about = [(scope.at(one.name), one) for one in (*scope.parts, *scope.workflow.limits, *scope.workflow.registers)]
        placed: list[tuple[str, object]] = [*about, *((one.place, one.effect) for one in scope.effects)]
        placed += ((one.place, one.function) for one in scope.functions)
        for place, one in placed:
            yield from ((place, path.careflow_name) for path in references(one) if path.careflow_of in (Person, Child) and path.careflow_name in known)
        for function in scope.functions:
            yield from ((function.place, name) for name in _names_after_child(function.function) if name in known)
    for listing in program.listings:
        for path in references([list(listing.columns), list(listing.group_by), list(listing.sort)]):
            if path.careflow_of in (Person, Child) and path.careflow_name in known:
                yield listing.name, path.careflow_name


def _names_after_child(function: object) -> Iterator[str]:
    """The names that a function's code reads of something called ``child``."""
    code = getattr(function, "__code__", None)
    if code is None or "child" not in code.co_names:
        return
    before = ""
    for one in dis.get_instructions(code):
        if one.opname.startswith("LOAD_"):
            if before == "child":
                yield str(one.argval)
            before = str(one.argval) if one.opname in ("LOAD_ATTR", "LOAD_METHOD", "LOAD_FAST") else ""


def check_consents(scope: Scope) -> Iterator[Finding]:
    """``consent_unlisted``, ``consent_without_child``, ``duplicate_name``; of its transition ``transition_unlisted``, ``fired_unfilled``."""
    listed = scope.workflow.consents
    for function in scope.functions:
        guard = function.function
        if isinstance(guard, Consented) and not function.on_other and not any(guard.consent is one for one in listed):
            yield misspelt("consent_unlisted", function.place, guard.consent.name, [one.name for one in listed], name=guard.consent.name)
    if listed and (scope.workflow.subject is None or scope.workflow.subject.name != "child"):
        yield found("consent_without_child", scope.at(listed[0].name), name=listed[0].name)
    others = [one for workflow in scope.program.workflows for one in workflow.consents]
    for consent in listed:
        place = scope.at(consent.name)
        if any(other is not consent and other.name == consent.name for other in others):
            yield found("duplicate_name", place, kind="consent", name=consent.name)
        homes = [workflow for workflow in scope.program.workflows if any(consent is one for one in workflow.consents)]
        for way in (consent.withdrawn, consent.refused):
            if way is None:
                continue
            if not any(way is one for workflow in homes for one in workflow.transitions):
                yield found("transition_unlisted", place, name=way.name)
            elif asks(way):
                yield found("fired_unfilled", place, name=way.name)


def check_import_consents(program: Program[Any]) -> Iterator[Finding]:
    """``consent_unlisted`` and ``consent_column`` of imports."""
    listed = [consent for workflow in program.workflows for consent in workflow.consents]
    for one in program.imports:
        if one.consent is not None and not any(one.consent is consent for consent in listed):
            yield misspelt("consent_unlisted", one.name, one.consent.name, [consent.name for consent in listed], name=one.consent.name)
        if one.refuses is not None and not _says_yes_or_no(one):
            yield found("consent_column", one.name, field=repr(one.refuses))


def _says_yes_or_no(one: Import[Any]) -> bool:
    path: Any = one.refuses
    field = field_of(path) if isinstance(path, FieldPath) else None
    return one.consent is not None and field is not None and path.careflow_of is one.row and base_of(field.type) is bool
