"""What a form asks, as prompts, help texts and sheets need it."""

from __future__ import annotations

from dataclasses import MISSING, dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, TypeAlias, get_args, get_origin

from workflow_core.definition import Attachment, CaseRef, form_fields
from workflow_core.i18n import translate
from workflow_core.inputs.codec import shape_of

FieldKind: TypeAlias = Literal["text", "whole", "number", "amount", "yes_no", "date", "instant", "time", "choice", "attachment", "case", "form"]

_KINDS: dict[Any, FieldKind] = {
    str: "text",
    int: "whole",
    float: "number",
    Decimal: "amount",
    bool: "yes_no",
    date: "date",
    datetime: "instant",
    time: "time",
    Attachment: "attachment",
    CaseRef: "case",
}


@dataclass(frozen=True)
class FieldInfo:
    """One field, in the reader's language.

    :param name: the key of ``--set``, of JSON and of the stored record.
    :param label: what the person is asked.
    :param kind: what is typed: ``whole`` is a whole number, ``amount`` an amount in yuan, ``instant`` a date and a time.
    :param many: several values.
    :param choices: (member's name, label) of each choice, in their order.
    :param required: nothing said is an error; else ``default`` holds.
    :param headings: further headings under which a sheet may bring it.
    """

    name: str
    label: str
    kind: FieldKind
    many: bool
    optional: bool
    required: bool
    default: object
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    unit: str = ""
    ge: float | Decimal | None = None
    le: float | Decimal | None = None
    personal: bool = False
    headings: tuple[str, ...] = ()


def choices_of(base: Any) -> tuple[tuple[str, str], ...]:
    """The (name, label) pairs of a closed list; empty for any other type."""
    if isinstance(base, type) and issubclass(base, Enum):
        return tuple((member.name, translate(str(member.value))) for member in base)
    if get_origin(base) is Literal:
        return tuple((str(one), translate(str(one))) for one in get_args(base))
    return ()


def fields_for(cls: type[Any]) -> tuple[FieldInfo, ...]:
    """The fields of a form, in their order.

    :raises TypeError: ``cls`` is no form, or has a field of a type that no form can hold.
    """
    found = []
    for name, field in form_fields(cls).items():
        base, many, optional = shape_of(field.type)
        choices = choices_of(base)
        kind = _KINDS.get(base) or ("choice" if choices else "form")
        asked = field.asked
        found.append(
            FieldInfo(
                name=name,
                label=translate(asked.label),
                kind=kind,
                many=many is not None,
                optional=optional,
                required=field.required,
                default=None if field.default is MISSING else field.default,
                choices=choices,
                help=translate(asked.help),
                unit=translate(asked.unit),
                ge=asked.ge,
                le=asked.le,
                personal=asked.personal,
                headings=asked.also,
            )
        )
    return tuple(found)
