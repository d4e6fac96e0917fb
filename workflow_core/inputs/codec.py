"""Forms to JSON values and back, and values as people read them. Standard library only: this runs for every case that is loaded.

How a field of a form is stored:

- text, whole numbers, numbers, yes/no: as they are; an amount (``Decimal``): text
- a date: ``2026-10-21``; an instant: as :func:`workflow_core.clock.stamp` writes it; a time of day: ``07:30:00``
- a choice: its member's name; an attachment: ``{"digest", "name"}``; a case: its reference; a form in a form: an object; several: an array
"""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import MISSING, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar, Union, cast, get_args, get_origin

from workflow_core.clock import OFFICE_ZONE, stamp, unstamp
from workflow_core.definition import Attachment, CaseRef, form_fields
from workflow_core.errors import Damaged
from workflow_core.i18n import language, translate

T = TypeVar("T")
Turn: TypeAlias = Callable[[Any], Any]


class Shape(NamedTuple):
    """What a field's annotation says.

    :param base: the type of one value: ``str``, ``date``, a choice, a form …
    :param many: the collection it stands in (``tuple``, ``list`` or ``frozenset``); None for one value.
    :param optional: whether None is a value of it.
    """

    base: Any
    many: type[Any] | None
    optional: bool


@cache
def shape_of(hint: Any) -> Shape:
    """Takes an annotation apart.

    :raises TypeError: no form may have a field of that type.
    """
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        inner = [one for one in get_args(hint) if one is not types.NoneType]
        if len(inner) != 1 or len(inner) == len(get_args(hint)):
            raise TypeError(f"a field holds one type, or one type or None, not {hint!r}")
        hint, optional = inner[0], True
    origin = get_origin(hint)
    if origin in (tuple, list, frozenset, Sequence):
        items = [one for one in get_args(hint) if one is not Ellipsis]
        if len(items) != 1 or (origin is tuple and Ellipsis not in get_args(hint)):
            raise TypeError(f"several values are written tuple[T, ...], not {hint!r}")
        item = shape_of(items[0])
        if item.many is not None or item.optional:
            raise TypeError(f"several values hold plain values, not {items[0]!r}")
        return Shape(item.base, tuple if origin is Sequence else origin, optional)
    if origin is CaseRef:
        return Shape(CaseRef, None, optional)
    if origin is not Literal and hint not in _PLAIN and hint not in _TURNS and not (isinstance(hint, type) and (issubclass(hint, Enum) or is_dataclass(hint))):
        raise TypeError(f"a form cannot hold {hint!r}")
    return Shape(hint, None, optional)


def _attachment(stored: Mapping[str, str]) -> Attachment:
    return Attachment(stored["digest"], stored["name"])


_PLAIN = (str, int, float, bool, CaseRef)
_TURNS: dict[Any, tuple[Turn, Turn]] = {
    datetime: (stamp, unstamp),
    date: (date.isoformat, date.fromisoformat),
    time: (time.isoformat, time.fromisoformat),
    Decimal: (str, Decimal),
    Attachment: (lambda file: {"digest": file.digest, "name": file.name}, _attachment),
}


def _turns(hint: Any) -> tuple[Turn | None, Turn | None]:
    """How a field is written and read; None where the value is stored as it is."""
    base, many, _ = shape_of(hint)
    write: Turn | None
    read: Turn | None
    if base in _PLAIN or get_origin(base) is Literal:
        write = read = None
    elif base in _TURNS:
        write, read = _TURNS[base]
    elif issubclass(base, Enum):
        write, read = _name, base.__getitem__
    else:
        write, read = encode, _reader(base)
    if many is None:
        return write, read
    return _write_all(write, ordered=many is not frozenset), _read_all(read, many)


def _name(member: Enum) -> str:
    return member.name


def _reader(form: type[Any]) -> Turn:
    def read(stored: Mapping[str, object]) -> Any:
        return decode(form, stored)

    return read


def _write_all(one: Turn | None, *, ordered: bool) -> Turn:
    def write(values: Sequence[Any]) -> list[Any]:
        written = list(values) if one is None else [one(value) for value in values]
        return written if ordered else sorted(written)

    return write


def _read_all(one: Turn | None, many: type[Any]) -> Turn:
    def read(stored: Sequence[Any]) -> Any:
        return many(stored) if one is None else many([one(value) for value in stored])

    return read


@cache
def _writers(cls: Any) -> tuple[tuple[str, Turn | None], ...]:
    return tuple((name, _turns(field.type)[0]) for name, field in form_fields(cls).items())


@cache
def _readers(cls: Any) -> tuple[tuple[str, Turn | None, Any], ...]:
    return tuple((name, _turns(field.type)[1], field.default) for name, field in form_fields(cls).items())


def encode(form: object) -> dict[str, Any]:
    """A form as JSON values, by field name.

    :raises TypeError: ``form`` is no form, or has a field that cannot be stored.
    """
    found: dict[str, Any] = {}
    for name, write in _writers(cast(Hashable, type(form))):
        value = getattr(form, name)
        found[name] = value if write is None or value is None else write(value)
    return found


def encode_value(cls: type[Any], name: str, value: object) -> Any:
    """One field's value as ``encode`` writes it.

    :raises KeyError: the form has no such field.
    """
    write = dict(_writers(cast(Hashable, cls)))[name]
    return value if write is None or value is None else write(value)


def decode_value(hint: Any, stored: object) -> Any:
    """A single value of that type, as it was stored: a fact's.

    :raises Damaged: it cannot be read as one.
    """
    read = _turns(hint)[1]
    try:
        return stored if read is None or stored is None else read(stored)
    except (KeyError, TypeError, ValueError, ArithmeticError) as wrong:
        raise Damaged("value_damaged", "a stored value cannot be read as {type}", type=getattr(hint, "__name__", str(hint))) from wrong


def decode(cls: type[T], mapping: Mapping[str, object]) -> T:
    """The form that ``encode`` wrote. The data is trusted; a missing field takes its default, an unknown one is left out.

    :raises Damaged: a stored value cannot be read, or a required field is not there.
    """
    values: dict[str, Any] = {}
    for name, read, default in _readers(cast(Hashable, cls)):
        try:
            value = mapping[name]
        except KeyError:
            if default is MISSING:
                raise Damaged("record_incomplete", "a stored record lacks the field {field}", field=f"{cls.__name__}.{name}") from None
            values[name] = default
            continue
        try:
            values[name] = value if read is None or value is None else read(value)
        except (KeyError, TypeError, ValueError, ArithmeticError) as wrong:
            raise Damaged(
                "record_damaged",
                "a stored value of {field} cannot be read",
                hint="was a choice or a field's type changed without a new version of the program?",
                field=f"{cls.__name__}.{name}",
            ) from wrong
    return cls(**values)


def show(value: object) -> str:
    """A value as people read it, in their language; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return translate("yes") if value else translate("no")
    if isinstance(value, Enum):
        return translate(str(value.value))
    if isinstance(value, datetime):
        return value.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M") if value.tzinfo else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Attachment):
        return value.name
    apart = "、" if language() == "zh_CN" else ", "
    if isinstance(value, (set, frozenset)):
        return apart.join(sorted(show(one) for one in value))
    if isinstance(value, (tuple, list)):
        return apart.join(show(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = ((field.asked.label, getattr(value, name)) for name, field in form_fields(type(value)).items())
        return apart.join(f"{translate(label)}: {show(one)}" for label, one in parts if one not in (None, "", ()))
    return str(value)
