"""Raw input to a form: text as people type it, cells of a sheet, JSON. All that is wrong is told at once, each with its place.

``reading.py`` turns what people write into values, type by type; here fields are found, forms in forms and lists walked, and bounds looked at.
No message repeats what was typed: it may be personal.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from workflow_core.definition import FormField, form_fields
from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_, Label, translate
from workflow_core.inputs.codec import shape_of
from workflow_core.inputs.reading import Unreadable, pieces, reader_of

T = TypeVar("T")

_MISSING = N_("{label} is missing")
_CANNOT_BE_READ = Unreadable("value_invalid", N_("{label}: this cannot be read"), N_("see what the field takes with --help"))


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
                problems.append(_missing(field, _at(place, name)))
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
            problems.append(_missing(field, _at(place, name)))
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
            problems.append(Problem("unknown_field", N_("there is no such field"), _at(place, str(key)), hint, values))
        elif name in said:
            problems.append(Problem("field_twice", N_("this field was given twice"), _at(place, name)))
        else:
            said.add(name)
            if not _blank(value):
                given[name] = value
    return given, said


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


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


# ------------------------------------------------------------------ what each field holds


def _check(cls: type[Any], given: Mapping[str, object], school_year: int | None, place: str, problems: list[Problem]) -> dict[str, Any]:
    """The values of the fields that are right; what is wrong goes to ``problems``."""
    fields, values = form_fields(cls), {}
    for name, raw in given.items():
        before = len(problems)
        value = _several(fields[name], raw, school_year, _at(place, name), problems)
        if len(problems) == before:
            values[name] = value
    return values


def _several(field: FormField, raw: object, school_year: int | None, place: str, problems: list[Problem]) -> Any:
    """A field's value, one or several."""
    shape = shape_of(field.type)
    if shape.many is None:
        return _one(field, raw, school_year, place, problems)
    return shape.many([_one(field, part, school_year, f"{place}.{n}", problems) for n, part in enumerate(pieces(raw, shape.base))])


def _one(field: FormField, raw: object, school_year: int | None, place: str, problems: list[Problem]) -> Any:
    """One value; None where it is wrong, which has been told then."""
    base = shape_of(field.type).base
    read = _reader(base, field.asked.unit)
    try:
        if read is None:
            return _form(base, _object(raw), field, school_year, place, problems)
        value = read(raw, school_year)
        if base in _BOUNDED:
            _within(field, value)
    except Unreadable as wrong:
        problems.append(_problem(field, wrong, place))
    except (ValueError, ArithmeticError):  # a date that no calendar holds, and the like
        problems.append(_problem(field, _CANNOT_BE_READ, place))
    else:
        return value
    return None


_BOUNDED = (int, float, Decimal)
_reader = cache(reader_of)


def _within(field: FormField, value: Any) -> None:
    """See that a number lies within the field's bounds.

    :raises Unreadable: too_small, too_large.
    """
    least, most = field.asked.ge, field.asked.le
    if least is not None and value < least:
        raise Unreadable("too_small", N_("{label} must be at least {least}"), least=least)
    if most is not None and value > most:
        raise Unreadable("too_large", N_("{label} must be at most {most}"), most=most)


def _object(raw: object) -> dict[str, object]:
    """What was given for a form in a form, blanks left out."""
    if isinstance(raw, Mapping):
        return {str(name): one for name, one in raw.items() if not _blank(one)}
    if hasattr(raw, "__dataclass_fields__"):
        return {name: one for name in raw.__dataclass_fields__ if (one := getattr(raw, name)) is not None}
    raise Unreadable("form_invalid", N_("{label}: an object with fields is wanted"))


def _form(base: type[Any], given: Mapping[str, object], outer: FormField, school_year: int | None, place: str, problems: list[Problem]) -> Any:
    """A form in a form; its fields are named by their names alone."""
    before, fields = len(problems), form_fields(base)
    for name in given.keys() - fields.keys():
        problems.append(_problem(outer, _CANNOT_BE_READ, _at(place, name)))
    values = _check(base, {name: one for name, one in given.items() if name in fields}, school_year, place, problems)
    for name, field in fields.items():
        if name in given:
            continue
        if field.required and not shape_of(field.type).optional:
            problems.append(_missing(field, _at(place, name)))
        values[name] = None if field.required else field.default
    return base(**values) if len(problems) == before else None


def _missing(field: FormField, place: str) -> Problem:
    return Problem("required_missing", _MISSING, place, "", {"label": Label(field.asked.label)})


def _problem(field: FormField, wrong: Unreadable, place: str) -> Problem:
    return Problem(wrong.code, wrong.message, place, wrong.hint, {"label": Label(field.asked.label), **wrong.values})
