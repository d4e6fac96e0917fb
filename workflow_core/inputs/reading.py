"""What people write, as values: one pure function per type. What cannot be read raises :class:`Unreadable`, which never holds the text itself."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Literal, TypeAlias, get_args, get_origin

from workflow_core.clock import OFFICE_ZONE
from workflow_core.definition import Attachment, CaseRef
from workflow_core.i18n import N_, Label, translate
from workflow_core.records import values as cells
from workflow_core.records.words import yes_no

Reader: TypeAlias = Callable[[object, "int | None"], object]
"""A raw value, and the school year for dates without a year."""


class Unreadable(Exception):
    """A value that cannot be read.

    :param code: stable; :param message: a msgid in which ``{label}`` is the field; :param hint: a msgid.
    """

    def __init__(self, code: str, message: str, hint: str = "", **values: Any) -> None:
        super().__init__(code)
        self.code, self.message, self.hint, self.values = code, message, hint, values


def reader_of(base: Any, unit: str = "") -> Reader | None:
    """The reader of a type; None for a form.

    :param unit: a number's unit, which may be written behind it (``150 cm``).
    """
    if isinstance(base, type) and issubclass(base, Enum):
        return lambda value, _: choice(base, value)
    if get_origin(base) is Literal:
        return lambda value, _: _literal(base, value)
    if base in (int, float, Decimal):
        return lambda value, _: number(base, value, unit)
    return _READERS.get(base)


def blank(value: object) -> bool:
    """Whether nothing was said."""
    return value is None or (isinstance(value, str) and not value.strip())


def pieces(value: object, base: Any) -> list[object]:
    """Several values: a list as it is, text apart at ; 、 or a new line, else at commas."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if not isinstance(value, str):
        return [value]
    parts = [part for part in re.split(r"[;；、\n]", value) if part.strip()]
    found: list[object] = []
    for part in parts:
        whole = isinstance(base, type) and issubclass(base, Enum) and _member(base, part) is not None
        found += [part] if whole else [one for one in re.split(r"[,，]", part) if one.strip()]
    return found


# ------------------------------------------------------------------ each type


def _text(value: object, _: int | None) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (int, float, date, time)) and not isinstance(value, bool):
        return cells.text(value)
    raise Unreadable("text_invalid", N_("{label}: text is wanted"))


def _reference(value: object, _: int | None) -> str:
    if not isinstance(value, str):
        raise Unreadable("reference_invalid", N_("{label}: a reference is wanted"), N_("as lists show it, like AB-26-00417"))
    return unicodedata.normalize("NFKC", value).strip().upper()


_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?\Z")


ALSO = {"cm": ("厘米", "公分"), "kg": ("千克", "公斤"), "mmHg": ("毫米汞柱",), "°": ("度",), "yuan": ("元",)}
"""How people write units, whatever language the office speaks."""


def number(base: Any, value: object, unit: str = "") -> Any:
    """A whole number, a number or an amount; full-width digits, 1,200 and a unit behind it are fine.

    :raises Unreadable: number_invalid, not_whole.
    """
    wrong = Unreadable("number_invalid", N_("{label}: this is no number"), N_("write digits: 12 or 12.5"))
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise wrong
    written = "".join(unicodedata.normalize("NFKC", str(value)).split()) if isinstance(value, str) else str(value)
    for word in (unit, translate(unit), *ALSO.get(unit, ())):
        written = written.removesuffix("".join(word.split())) if word else written
    if base is Decimal:
        written = written.removesuffix("元").lstrip("¥")
    if _GROUPED.match(written):
        written = written.replace(",", "")
    try:
        found = Decimal(written)
    except InvalidOperation:
        raise wrong from None
    if not found.is_finite():
        raise wrong
    if base is int:
        if found != found.to_integral_value():
            raise Unreadable("not_whole", N_("{label}: a whole number is wanted"))
        return int(found)
    return float(found) if base is float else found


def _yes_no(value: object, _: int | None) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().casefold() in {translate("yes"), translate("no")}:
        return value.strip().casefold() == translate("yes")
    found = yes_no(value) if isinstance(value, (str, int, float)) else None
    if isinstance(found, bool):
        return found
    raise Unreadable("yes_no_unknown", N_("{label}: yes or no is wanted"))


def _date(value: object, school_year: int | None) -> date:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(OFFICE_ZONE).date()
    found = cells.civil_day(value, year=school_year) if isinstance(value, (str, int, float, date)) else None
    if isinstance(found, date):
        return found
    if found == cells.DATE_WITHOUT_YEAR:
        raise Unreadable("date_without_year", N_("{label}: the year is missing"), N_("write it like 2026-10-21"))
    if found != cells.DATE_INVALID:
        hint = N_("write year, month and day, like 2026-10-21, 2026/10/21, 20261021 or 2026年10月21日")
        raise Unreadable("date_form", N_("{label}: this cannot be read as one certain day"), hint)
    raise Unreadable("date_invalid", N_("{label}: there is no such date"), N_("write it like 2026-10-21"))


_CLOCK = re.compile(r"(\d{1,2})[:点时](\d{2})?(?::(\d{2}))?分?\Z")


def _time(value: object, _: int | None) -> time:
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    match = _CLOCK.match("".join(unicodedata.normalize("NFKC", value).split())) if isinstance(value, str) else None
    if match:
        hour, minute, second = (int(part or 0) for part in match.groups())
        if hour < 24 and minute < 60 and second < 60:
            return time(hour, minute, second)
    raise Unreadable("time_invalid", N_("{label}: there is no such time"), N_("write it like 07:30"))


def _instant(value: object, school_year: int | None) -> datetime:
    if isinstance(value, str):
        written = unicodedata.normalize("NFKC", value).strip()
        try:
            value = datetime.fromisoformat(written)
        except ValueError:
            day, _, clock = written.replace("T", " ").partition(" ")
            value = datetime.combine(_date(day, school_year), _time(clock, None) if clock else time())
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=OFFICE_ZONE)).astimezone(UTC)
    return datetime.combine(_date(value, school_year), time(), OFFICE_ZONE).astimezone(UTC)


def _attachment(value: object, _: int | None) -> Attachment:
    if isinstance(value, Attachment):
        return value
    if isinstance(value, Mapping):
        digest, name = value.get("digest"), value.get("name")
        if isinstance(digest, str) and isinstance(name, str) and re.fullmatch(r"[0-9a-f]{64}", digest):
            return Attachment(digest, name)
    raise Unreadable("attachment_invalid", N_("{label}: a file is wanted"), N_("give the path of a file that is there"))


def choice(base: type[Enum], value: object) -> Enum:
    """A member by its name (in any case), its English label, or its label in the reader's language.

    :raises Unreadable: choice_unknown, with the nearest choice.
    """
    if isinstance(value, base):
        return value
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        found = _member(base, cells.text(value))
        if found is not None:
            return found
        ways = _ways(base)
        close = difflib.get_close_matches(_fold(cells.text(value)), ways, n=1, cutoff=0.5)
        if close:
            raise Unreadable("choice_unknown", N_("{label}: this is none of the choices"), N_("did you mean {close}?"), close=Label(ways[close[0]].value))
    listed = ", ".join(translate(str(member.value)) for member in base)
    raise Unreadable("choice_unknown", N_("{label}: this is none of the choices"), N_("the choices are: {choices}"), choices=listed)


def _member(base: type[Enum], written: str) -> Enum | None:
    return _ways(base).get(_fold(written))


def _ways(base: type[Enum]) -> dict[str, Enum]:
    """Every way to write a member; a name goes before a label."""
    found = {_fold(member.name): member for member in base}
    for member in base:
        for label in (str(member.value), translate(str(member.value))):
            found.setdefault(_fold(label), member)
    return found


def _fold(written: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", written).casefold().replace("-", " ").replace("_", " ").split())


def _literal(base: Any, value: object) -> object:
    options = {_fold(way): one for one in get_args(base) for way in (translate(str(one)), str(one))}
    if isinstance(value, (str, int)) and _fold(str(value)) in options:
        return options[_fold(str(value))]
    listed = ", ".join(str(one) for one in get_args(base))
    raise Unreadable("choice_unknown", N_("{label}: this is none of the choices"), N_("the choices are: {choices}"), choices=listed)


_READERS: dict[Any, Reader] = {
    str: _text,
    CaseRef: _reference,
    bool: _yes_no,
    date: _date,
    datetime: _instant,
    time: _time,
    Attachment: _attachment,
}
