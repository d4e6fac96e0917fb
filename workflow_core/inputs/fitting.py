"""Whether a form that a program made holds what its fields allow. Standard library only: it is asked of every record that an upgrade makes."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, cast, get_args, get_origin

from workflow_core.definition import Attachment, CaseRef, FormField, form_fields
from workflow_core.errors import Problem
from workflow_core.i18n import N_, Label
from workflow_core.inputs.codec import Shape, shape_of
from workflow_core.inputs.fields import choices_of

MISSING = N_("{label} is missing")
WRONG = N_("{label}: this is no value of the field")
TOO_SMALL, TOO_LARGE = N_("{label} must be at least {least}"), N_("{label} must be at most {most}")


def misfits(form: object, *, bounds: bool = True, place: str = "") -> Iterator[Problem]:
    """Each field of a form that holds what it does not allow: nothing where something must be, a value of another type, one out of bounds.

    No value is told: it may be personal.

    :param bounds: whether ``ge`` and ``le`` are looked at. :param place: the form's own place, told before each field's name.
    """
    for name, field, shape in _shapes(cast(Hashable, type(form))):
        where, value = f"{place}.{name}" if place else name, getattr(form, name)
        label = {"label": Label(field.asked.label)}
        if value is None:
            if not shape.optional:
                yield Problem("required_missing", MISSING, where, "", label)
        elif shape.many is None:
            yield from _one(field, shape, value, where, label, bounds)
        elif not isinstance(value, shape.many):
            yield Problem("value_invalid", WRONG, where, "", label)
        else:
            for one in value:
                yield from _one(field, shape, one, where, label, bounds)


@cache
def _shapes(cls: Any) -> tuple[tuple[str, FormField, Shape], ...]:
    return tuple((name, field, shape_of(field.type)) for name, field in form_fields(cls).items())


def _one(field: FormField, shape: Shape, value: Any, where: str, label: dict[str, Any], bounds: bool) -> Iterator[Problem]:
    base, asked = shape.base, field.asked
    if not _is(value, base):
        yield Problem("value_invalid", WRONG, where, "", label)
    elif is_dataclass(base) and base is not Attachment:
        yield from misfits(value, bounds=bounds, place=where)
    elif bounds and not choices_of(base) and base is not CaseRef:
        if asked.ge is not None and value < asked.ge:
            yield Problem("too_small", TOO_SMALL, where, "", {**label, "least": asked.ge})
        if asked.le is not None and value > asked.le:
            yield Problem("too_large", TOO_LARGE, where, "", {**label, "most": asked.le})


def _is(value: Any, base: Any) -> bool:
    """Whether a value is of the type that a field asks for; yes/no is no number, and an instant no date."""
    if get_origin(base) is Literal:
        return value in get_args(base)
    if base is CaseRef:
        return isinstance(value, (str, CaseRef))
    if base is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, base) and (base in (bool, datetime) or not isinstance(value, (bool, datetime)))
