"""What pydantic checks of a form, and what it finds wrong. Its only home here; imported where plain reading does not do."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cache
from typing import Annotated, Any, Literal, cast, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, create_model
from pydantic_core import PydanticCustomError

from workflow_core.definition import CaseRef, FormField, form_fields
from workflow_core.i18n import N_, Label
from workflow_core.inputs.codec import Shape, shape_of
from workflow_core.inputs.fields import choices_of
from workflow_core.inputs.reading import Unreadable, blank, pieces, reader_of


def values_of(
    cls: type[Any], given: Mapping[str, object], school_year: int | None
) -> tuple[dict[str, Any] | None, list[tuple[str, list[str], Mapping[str, Any]]]]:
    """The values that were given, by field name; or what is wrong.

    :param given: raw values, blanks left out.
    :returns: the values and nothing; or None and, for each fault, pydantic's kind of it, the path to the field, and what is known of it.
    """
    try:
        model = _model(cls).model_validate(given, context={"school_year": school_year})
    except ValidationError as wrong:
        return None, [(error["type"], _path(error["loc"]), error.get("ctx") or {}) for error in wrong.errors(include_url=False, include_input=False)]
    return {name: getattr(model, name) for name in given}, []


def _path(places: tuple[int | str, ...]) -> list[str]:
    return [str(step) for step in places if not str(step).startswith(("function-", "tagged-", "nullable"))]


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
            return {key: one for key, one in value.items() if not blank(one)}
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
