"""What a template may name: a documented tree of fields, and nothing else.

A ``Note`` says of a field what it is and whether it is personal; a tree of notes is what a program's templates are checked against. A ``Section`` is such a
tree with values in it, as a template meets it: it answers for the fields of its note, and refuses any other name. Values are kept as JSON's own types, so
that what a signed paper was made of can be stored beside it, and read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

from workflow_core.documents.dates import in_characters, in_figures
from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_
from workflow_core.nearest import nearest

Holds: TypeAlias = Literal["text", "number", "yes_no", "date", "choice", "group", "list"]


@dataclass(frozen=True, eq=False)
class Note:
    """What is known of one field.

    :param label: what it is, for people who write templates.
    :param holds: ``choice`` is stored as ``{"code": "POVERTY", "text": "家庭贫困"}``, ``date`` as ``2026-10-21``; a ``group`` has fields inside, a ``list`` is
        several groups, or several texts where nothing is inside.
    :param personal: names, numbers, addresses, free text about somebody: never in a paper for the public.
    """

    label: str
    holds: Holds = "text"
    personal: bool = False
    inside: Mapping[str, Note] = field(default_factory=dict)


Known: TypeAlias = Mapping[str, Note]
"""The fields that templates of one program may name, by name."""


class Day:
    """A date in a template: printed as 2026年10月21日; ``.characters`` is 二〇二六年十月二十一日."""

    __slots__ = ("_day",)

    FIELDS = ("figures", "characters", "iso", "year", "month", "day")

    def __init__(self, day: date) -> None:
        self._day = day

    def __str__(self) -> str:
        return in_figures(self._day)

    def take(self, name: str) -> str | int:
        """One of ``FIELDS``."""
        if name == "characters":
            return in_characters(self._day)
        if name == "iso":
            return self._day.isoformat()
        if name in ("year", "month", "day"):
            return int(getattr(self._day, name))
        return str(self)


class Chosen:
    """A choice in a template: printed by its label; ``.code`` is the member's name, to compare with."""

    __slots__ = ("_code", "_text")

    FIELDS = ("code", "text")

    def __init__(self, code: str, text: str) -> None:
        self._code = code
        self._text = text

    def __str__(self) -> str:
        return self._text

    def take(self, name: str) -> str:
        """One of ``FIELDS``."""
        return self._code if name == "code" else self._text


class Section:
    """A group of fields in a template. A field without a value is None; a name that is no field raises. False where nothing at all is known."""

    __slots__ = ("_inside", "_path", "_values")

    def __init__(self, inside: Known, values: Mapping[str, Any] | None, path: str = "") -> None:
        self._inside = inside
        self._values = values or {}
        self._path = path

    def __bool__(self) -> bool:
        return bool(self._values)

    def take(self, name: str) -> Any:
        """The value of a field.

        :raises Misused: ``field_unknown``.
        """
        path = f"{self._path}.{name}" if self._path else name
        note = self._inside.get(name)
        if note is None:
            wrong = unknown_field(path, self._inside)
            raise Misused(wrong.code, N_("the template names {field}, which is no field"), hint=wrong.hint, **wrong.values)
        return _held(note, self._values.get(name), path)


@dataclass(frozen=True, eq=False)
class PaperFields:
    """What one paper is made of.

    :param known: every field that may be named.
    :param values: their values, as JSON's own types; what is not there is None to a template, and prints as a blank to be filled in by hand.
    """

    known: Known
    values: Mapping[str, Any]

    def sections(self) -> dict[str, Any]:
        """The names that a template sees, each with its value.

        :raises Misused: ``field_unknown``: values hold something that is no field.
        """
        strange = [name for name in self.values if name not in self.known]
        if strange:
            wrong = unknown_field(strange[0], self.known)
            raise Misused(wrong.code, N_("{field} is no field of a paper"), hint=wrong.hint, **wrong.values)
        return {name: _held(note, self.values.get(name), name) for name, note in self.known.items()}


def _held(note: Note, value: Any, path: str) -> Any:
    if note.holds == "group":
        return Section(note.inside, value, path)
    if note.holds == "list":
        return tuple(Section(note.inside, one, path) if note.inside else str(one) for one in value or ())
    if value is None or value == "":
        return None
    if note.holds == "date":
        return Day(date.fromisoformat(value))
    if note.holds == "choice":
        return Chosen(value["code"], value["text"])
    if note.holds == "yes_no":
        return bool(value)
    return value if note.holds == "number" else str(value)


def find(known: Known, path: str) -> Note | None:
    """The note of a dotted path (``child.name``, ``every.visit.met``); None where there is no such field."""
    note: Note | None = None
    inside = known
    for name in path.split("."):
        note = inside.get(name) or _of_value(note, name)
        if note is None:
            return None
        inside = note.inside
    return note


def _of_value(note: Note | None, name: str) -> Note | None:
    """A part of a date or a choice: ``paper.signed_on.characters``."""
    parts = {"date": Day.FIELDS, "choice": Chosen.FIELDS}.get(note.holds, ()) if note is not None else ()
    return Note(name, personal=note.personal) if note is not None and name in parts else None


def unknown_field(path: str, known: Known, place: str = "") -> Problem:
    """The problem of a name that is no field; where it looks like one that is, the hint says so.

    :param known: the fields beside it, at its own depth.
    :param place: where it is named: ``return_notice.html.j2:12``.
    """
    word = path.rsplit(".", 1)[-1]
    meant = nearest(word, known)
    above = path[: len(path) - len(word)]
    hint = N_("did you mean {meant}?") if meant else N_("one of: {names}")
    names = ", ".join(f"{above}{name}" for name in list(known)[:40])
    values = {"field": path, "meant": f"{above}{meant}" if meant else "", "names": names}
    return Problem("field_unknown", N_("the template names {field}, which is no field"), place, hint, values)


def check_fields(used: Iterable[str], known: Known, place: str = "") -> list[Problem]:
    """Every name that is no field, each as ``field_unknown``."""
    problems = []
    for path in sorted(set(used)):
        inside, note, so_far = known, None, []
        for name in path.split("."):
            so_far.append(name)
            note = inside.get(name) or _of_value(note, name)
            if note is None:
                problems.append(unknown_field(".".join(so_far), inside, place))
                break
            inside = note.inside
    return problems


def personal_fields(used: Iterable[str], known: Known, handed: Iterable[str] = ()) -> list[str]:
    """Those of the names that hold personal data: they must not be in a paper for the public.

    :param handed: those that are handed on whole, with all that is inside them.
    """
    whole = set(handed)
    return [path for path in sorted({*used, *whole}) if _personal(known, path, whole=path in whole)]


def check_public(used: Iterable[str], known: Known, place: str = "", *, handed: Iterable[str] = ()) -> list[Problem]:
    """Every name that a paper for the public may not have, each as ``personal_in_public``.

    :param handed: those that are handed on whole, with all that is inside them.
    """
    used = list(used)
    hint = N_("leave the field out; or, where the paper is not posted, leave out public=True")
    return [
        Problem(
            "personal_in_public", N_("this paper is for the public, and the template names {field}, which is personal"), place, hint, {"field": path}
        )
        for path in personal_fields(used, known, [one for one in handed if one in used])
    ]  # fmt: skip


def _personal(known: Known, path: str, *, whole: bool) -> bool:
    names = path.split(".")
    notes = [note for depth in range(1, len(names) + 1) if (note := find(known, ".".join(names[:depth]))) is not None]
    return any(note.personal for note in notes) or (whole and len(notes) == len(names) and _holds_personal(notes[-1]))


def _holds_personal(note: Note) -> bool:
    return note.personal or any(_holds_personal(one) for one in note.inside.values())
