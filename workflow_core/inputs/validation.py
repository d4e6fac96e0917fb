"""Raw input to a form: text as people type it, cells of a sheet, JSON.

``reading.py`` turns what people write into values. Plain fields that are right need no more. Where something is wrong, a field holds several values or a
form of its own, pydantic walks the form (``models.py``, imported then), checks types and bounds and collects what is wrong.
No message repeats what was typed: it may be personal.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast

from workflow_core.definition import CaseRef, FormField, form_fields
from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_, Label, translate
from workflow_core.inputs.codec import shape_of
from workflow_core.inputs.fields import choices_of
from workflow_core.inputs.reading import Unreadable, blank, reader_of

T = TypeVar("T")

_TELLING: dict[str, tuple[str, str, str]] = {
    # what pydantic says: our code, our message, our hint
    "missing": ("required_missing", N_("{label} is missing"), ""),
    "greater_than_equal": ("too_small", N_("{label} must be at least {least}"), ""),
    "less_than_equal": ("too_large", N_("{label} must be at most {most}"), ""),
    "finite_number": ("number_invalid", N_("{label}: this is no number"), N_("write digits: 12 or 12.5")),
}
_OTHERWISE = ("value_invalid", N_("{label}: this cannot be read"), N_("see what the field takes with --help"))


def validate(cls: type[T], raw: Mapping[str, object], *, required: bool = True, school_year: int | None = None, place: str = "") -> T:
    """A form from raw input; all that is wrong is told at once.

    Keys are field names, or labels in English or the reader's language. A value may be text as people type it, a sheet's cell or JSON. Nothing
    said (None, blank text, no key) is the field's default.

    :param cls: the form.
    :param required: whether a required field that is not given is an error; else it becomes None.
    :param school_year: the calendar year in which the school year begins that a date without a year (9月14日) is of.
    :param place: what the fields belong to; told before each field's name.
    :raises Misused: ``input_invalid``, with a problem for each field.
    """
    problems: list[Problem] = []
    given, _ = _keyed(cls, raw, None, place, problems)
    values = _check(cls, given, school_year, place, problems)
    for name, field in form_fields(cls).items():
        if name in given and name not in values:
            continue  # what was said is wrong and has been told
        if name not in values:
            if field.required and not shape_of(field.type).optional and required:
                problems.append(_problem("missing", field, {}, _at(place, name)))
            values[name] = None if field.required else field.default
    _raise(problems)
    return cls(**values)


def validate_some(
    cls: type[Any], raw: Mapping[str, object], *, only: Iterable[str] | None = None, school_year: int | None = None, place: str = ""
) -> dict[str, Any]:
    """Only the fields that were given, by name: a correction, a policy's differences, what a task fills in.

    Nothing said for an optional field empties it; for a field with a default it is the default again.

    :param only: the fields that may be given; all where None.
    :raises Misused: ``input_invalid``, with a problem for each field.
    """
    problems: list[Problem] = []
    given, said = _keyed(cls, raw, None if only is None else frozenset(only), place, problems)
    values = _check(cls, given, school_year, place, problems)
    fields = form_fields(cls)
    for name in said - given.keys():
        field = fields[name]
        if shape_of(field.type).optional:
            values[name] = None
        elif field.required:
            problems.append(_problem("missing", field, {}, _at(place, name)))
        else:
            values[name] = field.default
    _raise(problems)
    return values


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise Misused("input_invalid", N_("{count} of the values given cannot be taken"), problems=problems, count=len(problems))


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


# ------------------------------------------------------------------ which field is meant


def _keyed(cls: type[Any], raw: Mapping[str, object], only: frozenset[str] | None, place: str, problems: list[Problem]) -> tuple[dict[str, object], set[str]]:
    """What was given by field name, blanks left out; and all names that were said, blanks among them."""
    given: dict[str, object] = {}
    said: set[str] = set()
    fields = form_fields(cls)
    names = {} if raw.keys() <= fields.keys() else _names(cls)  # labels are looked at where a name does not do
    for key, value in raw.items():
        name = key if key in fields else names.get(_folded(str(key)))
        if name is None or (only is not None and name not in only):
            allowed = [one for one in fields if only is None or one in only]
            names = names or _names(cls)
            close = difflib.get_close_matches(_folded(str(key)), [one for one, of in names.items() if of in allowed], n=1, cutoff=0.6)
            hint = N_("did you mean {close}?") if close else N_("the fields are: {fields}")
            values = {"close": names[close[0]]} if close else {"fields": ", ".join(allowed)}
            problems.append(Problem("field_unknown", N_("there is no such field"), _at(place, str(key)), hint, values))
        elif name in said:
            problems.append(Problem("field_twice", N_("this field was given twice"), _at(place, name)))
        else:
            said.add(name)
            if not blank(value):
                given[name] = value
    return given, said


def _folded(key: str) -> str:
    return key.strip().replace("-", "_").casefold()


def _names(cls: type[Any]) -> dict[str, str]:
    """Every way to name a field: its name first, then its labels."""
    fields = form_fields(cls)
    found = {_folded(name): name for name in fields}
    for name, field in fields.items():
        for label in (field.asked.label, translate(field.asked.label)):
            found.setdefault(_folded(label), name)
    return found


# ------------------------------------------------------------------ what was given


class _NotPlain(Exception):
    """Not a plain value that is right: pydantic is to say what it is."""


def _check(cls: type[Any], given: dict[str, object], school_year: int | None, place: str, problems: list[Problem]) -> dict[str, Any]:
    """The values of the fields that are right; what is wrong goes to ``problems``."""
    if not given:
        return {}
    try:
        plain = _plain(cast(Hashable, cls))
        return {name: plain[name](value, school_year) for name, value in given.items()}
    except (_NotPlain, Unreadable):
        return _check_by_model(cls, given, school_year, place, problems)


def _check_by_model(cls: type[Any], given: dict[str, object], school_year: int | None, place: str, problems: list[Problem]) -> dict[str, Any]:
    from workflow_core.inputs.models import values_of

    values, wrong = values_of(cls, given, school_year)
    if values is not None:
        return values
    faulty = set()
    for kind, path, about in wrong:
        faulty.add(path[0])
        problems.append(_problem(kind, _field(cls, path), about, _at(place, ".".join(path))))
    right = {name: value for name, value in given.items() if name not in faulty}
    return _check(cls, right, school_year, place, []) if right else {}


_NUMBERS = (int, float, Decimal)
_EXACT = (*_NUMBERS, str, bool, date, datetime, time)


@cache
def _plain(cls: Any) -> dict[str, Callable[[object, int | None], Any]]:
    """For each field how a plain value of it is read; it raises ``_NotPlain`` or ``Unreadable`` at anything but one that is right."""
    return {name: _reading(field) for name, field in form_fields(cls).items()}


def _reading(field: FormField) -> Callable[[object, int | None], Any]:
    shape, asked = shape_of(field.type), field.asked
    read = None if shape.many is not None else reader_of(shape.base, asked.unit)
    wanted = str if shape.base is CaseRef else shape.base
    exact, number = wanted in _EXACT, wanted in _NUMBERS
    bounded = not choices_of(shape.base) and (asked.ge is not None or asked.le is not None)
    if read is None or (bounded and not number):
        return _never
    least, most = (asked.ge, asked.le) if bounded else (None, None)

    def plain(value: object, school_year: int | None) -> Any:
        found: Any = read(value, school_year)
        if exact and type(found) is not wanted:
            raise _NotPlain
        if number and not ((least is None or found >= least) and (most is None or found <= most) and abs(found) < _ENDLESS):
            raise _NotPlain
        return found

    return plain


_ENDLESS = float("inf")


def _never(_: object, __: int | None) -> Any:
    raise _NotPlain


def _field(cls: type[Any], path: list[str]) -> FormField:
    """The field at the end of a path; a number in it is a place in a list."""
    fields = form_fields(cls)
    found = fields[path[0]]
    for step in path[1:]:
        base = shape_of(found.type).base
        if step.isdigit() or not isinstance(base, type):
            continue
        found = form_fields(base).get(step, found)
    return found


def _problem(kind: str, field: FormField, about: Mapping[str, Any], place: str) -> Problem:
    code, message, hint = _TELLING.get(kind, _OTHERWISE)
    values: dict[str, Any] = {"label": Label(field.asked.label)}
    if kind.startswith("careflow_"):
        code, message, hint = kind.removeprefix("careflow_"), str(about["message"]), str(about["hint"])
        values |= about["values"]
    elif "ge" in about:
        values["least"] = about["ge"]
    elif "le" in about:
        values["most"] = about["le"]
    return Problem(code, message, place, hint, values)
