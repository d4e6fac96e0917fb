"""A case that tells what of it was read: what a program's function computes for a ledger is for those eyes alone that may read what it was computed from.

A function of the case is asked with whole values, so that it answers what it would answer anybody; what it read on the way that is personal, or for some
eyes only, is noted, and whoever may not read that sees three stars in its place. A form hands its values out through a subclass of its own, which takes
notes; nothing else of it differs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, cast, get_args

from workflow_core.definition import Party, Stage
from workflow_core.definition.fields import form_fields
from workflow_core.engine.view import CaseView

Mark = tuple[bool, tuple[str, ...]]
"""What a form says of a field that was read: whether it is personal, and the roles that alone see it."""

_READ: ContextVar[set[Mark] | None] = ContextVar("careflow_read", default=None)
_EMPTY: tuple[Any, ...] = (None, "", (), [], {})


@contextmanager
def noting() -> Iterator[set[Mark]]:
    """Around the asking of a function: what of watched forms is read meanwhile."""
    noted: set[Mark] = set()
    token = _READ.set(noted)
    try:
        yield noted
    finally:
        _READ.reset(token)


def watched(view: CaseView) -> CaseView:
    """The same case; whatever is read of its forms, and of those of the cases around it, is noted."""
    seen = copy(view)
    seen.__class__ = _Watched
    return seen


def of_all(value: Any) -> set[Mark]:
    """What a form says of all that stands in it, where a whole one is shown."""
    if isinstance(value, (tuple, list)):
        return set().union(*map(of_all, value))
    if not is_dataclass(value) or isinstance(value, type):
        return set()
    noted: set[Mark] = set()
    for name, field in form_fields(_plain(type(value))).items():
        there = value.__dict__.get(name) if isinstance(value, _Form) else getattr(value, name)
        noted |= {_mark(field.asked)} if _marked(field.asked) and there not in _EMPTY else set()
        noted |= of_all(there)
    return noted


class _Watched(CaseView):
    """A case that hands out watched forms."""

    @property
    def record(self) -> Any:
        return _form(super().record)

    def results(self, of: Any, *, since: Any = None) -> Sequence[Any]:
        return [_form(one) for one in super().results(of, since=since)]

    def last(self, of: Any, *, since: Any = None, key: object = None) -> Any:
        return _form(super().last(of, since=since, key=key))

    def entries(self, register: Any, *, open_only: bool = False, since: Any = None) -> Sequence[Any]:
        return [_form(one) for one in super().entries(register, open_only=open_only, since=since)]

    def with_given(self, given: object) -> CaseView:
        return super().with_given(_form(given))

    def linked(self, record: type[Any]) -> CaseView:
        return watched(super().linked(record))

    def parts(self, record: type[Any], *stages: Stage) -> Sequence[CaseView]:
        return [watched(one) for one in super().parts(record, *stages)]

    def members(self, party: Party[Any]) -> dict[str, Any]:
        return {ref: watched(one) if isinstance(one, CaseView) else one for ref, one in super().members(party).items()}

    def party(self, party: Party[Any]) -> Any:
        return _form(super().party(party))

    def _holder(self, of: type[Any]) -> Any:
        return _form(super()._holder(of))


class _Form:
    """What every watched form is beside its own class."""


class _Noted:
    """A field of which notes are taken."""

    def __init__(self, name: str, mark: Mark | None) -> None:
        self._name, self._mark = name, mark

    def __get__(self, one: Any, of: type[Any] | None = None) -> Any:
        if one is None:
            return self
        value = one.__dict__[self._name]
        noted = _READ.get()
        if noted is not None and self._mark is not None and value not in _EMPTY:
            noted.add(self._mark)
        return _form(value)

    def __set__(self, one: Any, value: Any) -> None:
        one.__dict__[self._name] = value


def _form(value: Any) -> Any:
    """The same value; a form as one that takes notes, where it has anything to note."""
    if isinstance(value, tuple):
        return tuple(map(_form, value)) if any(is_dataclass(one) for one in value) else value
    if isinstance(value, (type, _Form)) or not is_dataclass(value):
        return value
    of = _noting_class(cast(Hashable, type(value)))
    if of is None:
        return value
    made = object.__new__(of)
    for field in fields(value):
        object.__setattr__(made, field.name, getattr(value, field.name))
    return made


@cache
def _noting_class(of: Any) -> type[Any] | None:
    noted: Mapping[str, Any] = {
        name: _Noted(name, _mark(field.asked) if _marked(field.asked) else None)
        for name, field in form_fields(of).items()
        if _marked(field.asked) or any(map(_has_marks, _forms_in(field.type)))
    }
    return type(of.__name__, (_Form, of), dict(noted)) if noted else None


def _has_marks(of: type[Any]) -> bool:
    return any(_marked(field.asked) or any(map(_has_marks, _forms_in(field.type))) for field in form_fields(of).values())


def _forms_in(hint: Any) -> list[type[Any]]:
    found = [hint] if isinstance(hint, type) and is_dataclass(hint) else []
    return found + [one for inner in get_args(hint) for one in _forms_in(inner)]


def _plain(of: type[Any]) -> type[Any]:
    return of.__mro__[2] if issubclass(of, _Form) else of


def _marked(asked: Any) -> bool:
    return bool(asked.personal or asked.seen_by)


def _mark(asked: Any) -> Mark:
    return bool(asked.personal), tuple(role.name for role in asked.seen_by)
