"""Raw input to a form: text as people type it, cells of a sheet, JSON. The only home of pydantic here; imported on use.

pydantic walks the form, checks types and bounds and collects what is wrong; ``reading.py`` turns what people write into values before that.
No message repeats what was typed: it may be personal.
"""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, cast, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, create_model
from pydantic_core import PydanticCustomError

from workflow_core.definition import CaseRef, FormField, form_fields
from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_, Label, translate
from workflow_core.inputs.codec import Shape, shape_of
from workflow_core.inputs.fields import choices_of
from workflow_core.inputs.reading import Unreadable, pieces, reader_of

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


# ------------------------------------------------------------------ what pydantic checks


def _check(cls: type[Any], given: dict[str, object], school_year: int | None, place: str, problems: list[Problem]) -> dict[str, Any]:
    """The values of the fields that are right; what is wrong goes to ``problems``."""
    if not given:
        return {}
    context = {"school_year": school_year}
    try:
        model = _model(cls).model_validate(given, context=context)
    except ValidationError as wrong:
        faulty = set()
        for error in wrong.errors(include_url=False, include_input=False):
            path = [str(step) for step in error["loc"] if not str(step).startswith(("function-", "tagged-", "nullable"))]
            faulty.add(path[0])
            problems.append(_problem(error["type"], _field(cls, path), error.get("ctx") or {}, _at(place, ".".join(path))))
        right = {name: value for name, value in given.items() if name not in faulty}
        return _check(cls, right, school_year, place, []) if right else {}
    return {name: getattr(model, name) for name in given}


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


def _model(cls: type[Any]) -> type[BaseModel]:
    """A model that checks any part of a form: which fields must be there is the caller's to say."""
    return _made(cast(Hashable, cls))


@cache
def _made(cls: Any) -> type[BaseModel]:
    fields: dict[str, Any] = {name: (_checked(field), None) for name, field in form_fields(cls).items()}
    return cast("type[BaseModel]", create_model(cls.__name__, __config__=ConfigDict(extra="forbid", arbitrary_types_allowed=True), **fields))


def _checked(field: FormField) -> Any:
    shape = shape_of(field.type)
    one = _one(shape, field)
    if shape.many is None:
        return one
    return Annotated[shape.many[one, ...] if shape.many is tuple else shape.many[one], BeforeValidator(_several(shape))]


def _one(shape: Shape, field: FormField) -> Any:
    base = shape.base
    read = reader_of(base, field.asked.unit)
    if read is None:  # a form in a form
        return Annotated[_model(base), BeforeValidator(_object), AfterValidator(_whole(base))]
    target: Any = str if base is CaseRef else base
    bounds: dict[str, Any] = {name: bound for name, bound in (("ge", field.asked.ge), ("le", field.asked.le)) if bound is not None}
    if get_origin(base) is Literal or choices_of(base):
        bounds = {}

    def before(value: object, info: ValidationInfo) -> object:
        context = info.context or {}
        return _told(lambda: read(value, context.get("school_year")))

    return Annotated[target, Field(**bounds), BeforeValidator(before)]


def _several(shape: Shape) -> Any:
    def split(value: object) -> object:
        return _told(lambda: pieces(value, shape.base))

    return split


def _told(read: Any) -> object:
    try:
        return read()
    except Unreadable as wrong:
        raise PydanticCustomError(
            f"careflow_{wrong.code}",
            "unreadable",
            {"message": wrong.message, "hint": wrong.hint, "values": wrong.values},
        ) from None


def _object(value: object) -> object:
    def read() -> object:
        if isinstance(value, Mapping):
            return {key: one for key, one in value.items() if not _blank(one)}
        if hasattr(value, "__dataclass_fields__"):
            return {name: one for name in value.__dataclass_fields__ if (one := getattr(value, name)) is not None}
        raise Unreadable("form_invalid", N_("{label}: an object with fields is wanted"))

    return _told(read)


def _whole(base: type[Any]) -> Any:
    def make(model: BaseModel) -> Any:
        values: dict[str, Any] = {}
        for name, field in form_fields(base).items():
            if name in model.model_fields_set:
                values[name] = getattr(model, name)
            elif field.required and not shape_of(field.type).optional:
                raise PydanticCustomError(
                    "careflow_required_missing",
                    "missing",
                    {"message": N_("{inner} is missing"), "hint": "", "values": {"inner": Label(field.asked.label)}},
                )
            else:
                values[name] = None if field.required else field.default
        return base(**values)

    return make
