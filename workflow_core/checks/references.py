"""References to fields: each names a field that exists, that means something where it is used, and that is of the type needed there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.scope import Scope, is_function, of_type, references, scopes
from workflow_core.checks.types import base_of, field_of, known_forms, subject_forms
from workflow_core.definition import (
    Amend,
    Child,
    Daily,
    Every,
    FieldPath,
    Is,
    Kind,
    Listing,
    Moment,
    On,
    Per,
    Person,
    Program,
    Register,
    SetField,
    Span,
    Task,
    Timer,
    Volunteer,
    When,
    form_fields,
    path_of,
)
from workflow_core.inputs.codec import shape_of


def check_references(scope: Scope) -> Iterator[Finding]:
    """``reference_unknown``, ``foreign_field``, ``field_of_other_type``, ``value_of_other_type``."""
    here = known_forms(scope)
    anywhere = here.union(*(known_forms(other) for other in scopes(scope.program)))
    for part in scope.parts:
        place = scope.at(part)
        due = part.due if isinstance(part, Task | Timer) else None
        for path in references(due):
            # A task's due date that nobody can know has a code of its own.
            yield from _path(place, path, None if isinstance(part, Task) else here)
        yield from _moments(place, due)
        yield from _lengths(place, [getattr(part, "schedules", ()), getattr(part, "again", None), due])
        for path in references([getattr(part, "schedules", ()), getattr(part, "again", None)]):
            yield from _path(place, path, here)
        for path in references(getattr(part, "each", None)):
            yield from _path(place, path, here)
        for day in (bound for one in of_type(getattr(part, "schedules", ()), Daily) for bound in (one.first, one.last)):
            yield from _typed(place, day, (date,), "date") if isinstance(day, FieldPath) else ()
        for one in of_type(getattr(part, "schedules", ()), Every | Per):
            yield from _number(place, one.times)
        for path in references(list(getattr(part, "fills", ()))):
            yield from _path(place, path, frozenset({scope.workflow.record}))
        for path in references(getattr(part, "happened", None)):
            yield from _path(place, path, None)
    for limit in scope.workflow.limits:
        for path in references([list(limit.keys), limit.counts_once]):
            yield from _path(scope.at(limit.name), path, here)
        for path in references([] if limit.waiting is None else list(limit.waiting.orders)):
            yield from _path(scope.at(limit.name), path, frozenset({scope.workflow.record}))
        for path in references(limit.size):
            yield from _path(scope.at(limit.name), path, here)
            yield from _number(scope.at(limit.name), path)
    for register in scope.workflow.registers:
        place = scope.at(register.name)
        for path in references([register.happened, register.open_until, list(register.keys)]):
            yield from _path(place, path, frozenset({register.row}))
        happened = path_of(register.happened)
        if happened is not None:
            yield from _typed(place, happened, (date,), "date")
        for path in references(register.due):
            yield from _path(place, path, here)
        yield from _moments(place, register.due)
        yield from _lengths(place, register.due)
    for placed in scope.effects:
        yield from _effect(scope, placed.place, placed.effect, anywhere if placed.on_other else here, placed.on_other)
    for function in scope.functions:
        for path in references(function.function):
            yield from _path(function.place, path, anywhere if function.on_other else here)
        if isinstance(function.function, Is):
            yield from _values(function.place, function.function.field, function.function.values)


def check_listings(program: Program[Any]) -> Iterator[Finding]:
    """The references of listings and of the reasons for reading personal fields."""
    for listing in program.listings:
        known = _of_listing(program, listing)
        for path in references([list(listing.columns), list(listing.group_by), list(listing.sort)]):
            yield from _path(listing.name, path, known)
    for use in program.uses:
        for path in references(use.field):
            yield from _path("uses", path, frozenset({Person, Child, Volunteer}))


def _of_listing(program: Program[Any], listing: Listing) -> frozenset[type[Any]]:
    if isinstance(listing.of, Kind):
        return frozenset(subject_forms(listing.of))
    if isinstance(listing.of, Register):
        return frozenset().union(*(known_forms(scope) for scope in scopes(program) if listing.of in scope.workflow.registers))
    return frozenset().union(*(known_forms(scope) for scope in scopes(program) if scope.workflow.record is listing.of))


def _effect(scope: Scope, place: str, effect: object, known: frozenset[type[Any]], on_other: bool) -> Iterator[Finding]:
    if isinstance(effect, On | When):
        return  # what is inside is looked at by itself, with its guard
    records = frozenset(one.record for one in scope.program.workflows) if on_other else frozenset({scope.workflow.record})
    if isinstance(effect, SetField):
        for path in references(effect.field):
            yield from _path(place, path, records)
        for path in references(effect.value):
            yield from _path(place, path, known)
        yield from _values(place, effect.field, [effect.value])
    elif isinstance(effect, Amend):
        for path in references(effect.field):
            yield from _path(place, path, frozenset(subject_forms(scope.workflow.subject)))
        for path in references(effect.value):
            yield from _path(place, path, known)
        yield from _values(place, effect.field, [effect.value])
    else:
        for path in references(effect):
            yield from _path(place, path, known)


def _path(place: str, path: FieldPath, known: frozenset[type[Any]] | None) -> Iterator[Finding]:
    """The field exists; and its form is one of those known here, if that is asked."""
    if known is not None and path.careflow_of not in known:
        yield found("foreign_field", place, field=repr(path))
    elif not path.careflow_name:
        return  # a form as a whole: the input at hand
    elif field_of(path) is None:
        fields = list(form_fields(path.careflow_of))
        yield misspelt(
            "reference_unknown", place, path.careflow_name, fields, form=path.careflow_of.__name__, field=path.careflow_name, fields=", ".join(fields)
        )


def _moments(place: str, due: object) -> Iterator[Finding]:
    for moment in of_type(due, Moment):
        if isinstance(moment.anchor, FieldPath):
            yield from _typed(place, moment.anchor, (date,), "date")


def _lengths(place: str, spans: object) -> Iterator[Finding]:
    for span in of_type(spans, Span):
        yield from _number(place, span.n)


def _number(place: str, value: object) -> Iterator[Finding]:
    if isinstance(value, FieldPath):
        yield from _typed(place, value, (int, float, Decimal), "number")


def _typed(place: str, path: FieldPath, wanted: tuple[type[Any], ...], called: str) -> Iterator[Finding]:
    field = field_of(path)
    base = base_of(field.type) if field is not None else None
    if isinstance(base, type) and (base is bool or not issubclass(base, wanted)):
        yield found("field_of_other_type", place, field=repr(path), given=base.__name__, wanted=called)


def _values(place: str, field: object, values: Any) -> Iterator[Finding]:
    """Whether values fit a field: mypy sees most of this, but takes one Choice for another, and None where something must be said."""
    known = field_of(field) if isinstance(field, FieldPath) else None
    if known is None:
        return
    for value in values:
        given = field_of(value) if isinstance(value, FieldPath) else None
        wrong = not _same_base(known.type, given.type) if given is not None else not (is_function(value) or _fits(value, known.type))
        if isinstance(value, FieldPath) and given is None:
            continue  # told already
        if wrong:
            told = repr(value) if isinstance(value, FieldPath) else str(value) if isinstance(value, Enum) else type(value).__name__
            yield found("value_of_other_type", place, field=repr(field), wanted=_said(known.type), given=told)


def _fits(value: object, annotation: Any) -> bool:
    try:
        shape = shape_of(annotation)
    except TypeError:
        return True
    if value is None:
        return shape.optional
    if shape.many is not None:
        return isinstance(value, shape.many)
    if get_origin(shape.base) is Literal:
        return value in get_args(shape.base)
    if not isinstance(shape.base, type):
        return True
    if shape.base in (float, Decimal) and isinstance(value, int):
        return not isinstance(value, bool)
    return isinstance(value, shape.base) and not (isinstance(value, bool) and shape.base is int)


def _same_base(one: Any, other: Any) -> bool:
    here, there = base_of(one), base_of(other)
    return not (isinstance(here, type) and isinstance(there, type)) or issubclass(there, here)


def _said(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
