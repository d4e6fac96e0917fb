"""What people and programs hand in: forms to stored values and back, and raw input to forms.

``encode``, ``decode`` and ``show`` need the standard library only; ``validate`` and ``validate_some`` load pydantic where plain reading does not do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from workflow_core.inputs.codec import decode, decode_value, encode, encode_value, show
from workflow_core.inputs.fields import FieldInfo, fields_for

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

__all__ = ["FieldInfo", "decode", "decode_value", "encode", "encode_value", "fields_for", "show", "validate", "validate_some"]


def validate(cls: type[T], raw: Mapping[str, object], *, required: bool = True, school_year: int | None = None, place: str = "") -> T:
    """A form from what somebody typed, sent or put in a sheet; see :func:`workflow_core.inputs.validation.validate`."""
    from workflow_core.inputs import validation

    return validation.validate(cls, raw, required=required, school_year=school_year, place=place)


def validate_some(
    cls: type[Any], raw: Mapping[str, object], *, only: Iterable[str] | None = None, school_year: int | None = None, place: str = ""
) -> dict[str, Any]:
    """Only the fields that were given, checked; see :func:`workflow_core.inputs.validation.validate_some`."""
    from workflow_core.inputs import validation

    return validation.validate_some(cls, raw, only=only, school_year=school_year, place=place)
