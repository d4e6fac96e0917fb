"""Functions of the case, judged by their annotations: mypy cannot see into ``When``, ``Timer`` and ``only_if``, where any case's guard fits."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Any, Protocol, TypeVar, Union, get_args, get_origin

from workflow_core.checks.finding import Finding, found
from workflow_core.checks.scope import PlacedFunction, Scope, is_function
from workflow_core.definition import Case, Consented, Deny, Desk, Done, Filled, Import, Is, NoneIn, Program, form_fields

UNKNOWN: Any = object()
"""No annotation, or one that cannot be resolved here: nothing is said about it."""
READY = (Is, Filled, Done, Consented, NoneIn)
"""Guards of our own, which fit every case; their fields and tasks are checked as such."""


def check_guards(scope: Scope) -> Iterator[Finding]:
    """``guard_signature``, ``guard_of_other_record``, ``guard_answers_bool``, ``check_without_form``, ``check_of_other_form``."""
    workflow = scope.workflow
    everywhere = tuple(one.record for one in scope.program.workflows)
    for placed in scope.functions:
        if not isinstance(placed.function, READY):
            records = everywhere if placed.on_other else (workflow.record,)
            yield from _function(placed, records, workflow.policy)


def check_columns(program: Program[Any]) -> Iterator[Finding]:
    """The functions in the columns of listings."""
    for listing in program.listings:
        for column in listing.columns:
            if isinstance(listing.of, type) and is_function(column.value):
                yield from _function(PlacedFunction(listing.name, column.value, "value", None, False), (listing.of,), program.policy)


def check_takes(program: Program[Any]) -> Iterator[Finding]:
    """The functions of imports: of a desk and a row."""
    for one in program.imports:
        yield from _take(program, one)


def _take(program: Program[Any], one: Import[Any]) -> Iterator[Finding]:
    fault = signature(one.name, one.take, 2, "desk, row")
    if fault is not None:
        yield fault
        return
    desk, row = _annotations(one.take)[:2]
    if get_origin(desk) is Desk and not _accepts(get_args(desk)[0], program.policy):
        yield found("guard_of_other_record", one.name, function=_name(one.take), given=_said(get_args(desk)[0]), wanted=program.policy.__name__)
    if not _accepts(row, one.row):
        yield found("check_of_other_form", one.name, function=_name(one.take), given=_said(row), wanted=one.row.__name__)


def _function(placed: PlacedFunction, records: tuple[type[Any], ...], policy: type[Any]) -> Iterator[Finding]:
    function, place = placed.function, placed.place
    fault = signature(place, function, 2 if placed.kind == "check" else 1, "case, input" if placed.kind == "check" else "case")
    if fault is not None:
        yield fault
        return
    case, *rest = _annotations(function)
    wanted = f"Case[{' | '.join(record.__name__ for record in records)}, {policy.__name__}]"
    if not _fits_case(case, records, policy):
        yield found("guard_of_other_record", place, function=_name(function), given=_said(case), wanted=wanted)
    if placed.kind == "check":
        if placed.form is None:
            yield found("check_without_form", place, function=_name(function))
        elif not _accepts(rest[0], placed.form):
            yield found("check_of_other_form", place, function=_name(function), given=_said(rest[0]), wanted=placed.form.__name__)
    if placed.kind != "value" and _answer_is_wrong(function):
        yield found("guard_answers_bool", place, function=_name(function), given=_said(_hint(function, "return")))


def signature(place: str, function: Callable[..., Any], n: int, wanted: str, *, yields: bool = False) -> Finding | None:
    """Whether a function can be called with so many values. :param wanted: what they are, for people. :param yields: it may answer one effect after another."""
    plain = not (inspect.iscoroutinefunction(function) or (inspect.isgeneratorfunction(function) and wanted.startswith("case") and not yields))
    try:
        inspect.signature(function).bind(*[None] * n)
    except TypeError:
        plain = False
    except (ValueError, NameError):  # a function written in C, or an annotation that Python cannot evaluate: nothing can be said
        return None
    return None if plain else found("guard_signature", place, function=_name(function), wanted=f"({wanted})")


def _annotations(function: Callable[..., Any]) -> list[Any]:
    names = [name for name, one in inspect.signature(function).parameters.items() if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    return [*(_hint(function, name) for name in names), UNKNOWN, UNKNOWN]


def _hint(function: Callable[..., Any], name: str) -> Any:
    """An annotation, resolved; ``UNKNOWN`` where there is none or it cannot be."""
    bare: Any = function.func if isinstance(function, functools.partial) else function
    if not inspect.isroutine(bare):
        bare = type(bare).__call__
    bare = inspect.unwrap(getattr(bare, "__func__", bare))
    try:
        said = bare.__annotations__.get(name, UNKNOWN)
        if not isinstance(said, str):
            return said
        closed = dict(zip(bare.__code__.co_freevars, (cell.cell_contents for cell in bare.__closure__ or ()), strict=False))
        return eval(said, bare.__globals__, closed)
    except (AttributeError, NameError, TypeError, ValueError):
        return UNKNOWN


def _fits_case(annotation: Any, records: tuple[type[Any], ...], policy: type[Any]) -> bool:
    if get_origin(annotation) is Case:
        record, its_policy = get_args(annotation)
        return any(_accepts(record, one) for one in records) and _accepts(its_policy, policy)
    if isinstance(annotation, type) and annotation is not Case and not _is_protocol(annotation):
        return annotation is object
    return True


def _accepts(annotation: Any, given: type[Any]) -> bool:
    """Whether a parameter annotated so takes an instance of that class; yes where it cannot be known."""
    if annotation is UNKNOWN or annotation is Any or isinstance(annotation, TypeVar):
        return True
    if get_origin(annotation) in (Union, UnionType):
        return any(_accepts(one, given) for one in get_args(annotation))
    if not isinstance(annotation, type):
        return True
    if _is_protocol(annotation):
        return all(hasattr(given, name) or name in form_fields(given) for name in _members(annotation))
    return issubclass(given, annotation)


def _is_protocol(annotation: Any) -> bool:
    return bool(getattr(annotation, "_is_protocol", False))


def _members(protocol: type[Any]) -> set[str]:
    own = [one for one in protocol.__mro__ if one not in (object, Protocol) and _is_protocol(one)]
    return {name for one in own for name in (*vars(one), *getattr(one, "__annotations__", {})) if not name.startswith("_")}


def _answer_is_wrong(function: Callable[..., Any]) -> bool:
    said = _hint(function, "return")
    parts = get_args(said) if get_origin(said) in (Union, UnionType) else (said,)
    return any(isinstance(one, type) and one not in (type(None), object) and not issubclass(one, Deny) for one in parts)


def _name(function: Callable[..., Any]) -> str:
    bare = function.func if isinstance(function, functools.partial) else function
    name: str = getattr(bare, "__qualname__", type(bare).__qualname__)
    return name.replace(".<locals>", "")


def _said(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation).replace("typing.", "").replace("workflow_core.definition.case.", "")
