"""Volunteers' files: people who offer to help, found and made by ID number and name, with the same validation as children.

A file says who somebody is. Whether he may be near children is not in it: the query (未成年人保护法 art. 62) is asked for each program that needs it, and
kept with that program's case. Every function takes an open transaction, the login of who acts, and the instant; it never commits. What lies out of
``scope`` does not exist here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from workflow_core.access import looks, masking, sight
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date, stamp
from workflow_core.errors import Conflict, Misused, NotFound, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.nearest import nearest
from workflow_core.records import divisions, values, words
from workflow_core.records.child_file import in_scope
from workflow_core.records.gone import erased
from workflow_core.records.values import Cell, Fault
from workflow_core.store import journal, people, sequences
from workflow_core.store import volunteers as rows
from workflow_core.store.database import Row, Tx
from workflow_core.store.ids import uuid7
from workflow_core.store.server import session

Scope: TypeAlias = "Sequence[str] | None"

FIELDS = ("name", "national_id", "sex", "born_on", "phone", "village", "occupation", "workplace", "note")
"""What can be said of a volunteer, as text in any of the forms that a sheet may use."""
STATUSES = ("active", "resting", "left")
_OF_PERSON = ("name", "national_id", "sex", "born_on", "phone", "village", "division")

_FAULTS = {
    "name_missing": (N_("the name is missing"), N_("write the full name")),
    "id_missing": (N_("the ID number is missing"), N_("without it nobody can be asked about: write it down")),
    "id_precision_lost": (N_("the sheet has rounded the number"), N_("format the column as text and type the number again")),
    "id_length": (N_("the number has not 18 signs"), N_("compare it with the identity card")),
    "id_check_digit": (N_("the number's check digit is wrong"), N_("compare it with the identity card")),
    "birth_date_differs_from_id": (N_("the birth date is not the one inside the number"), N_("compare both with the identity card")),
    "sex_differs": (N_("the sex is not the one inside the number"), N_("compare both with the identity card")),
    "sex_unknown": (N_("this is neither male nor female"), N_("write male or female")),
    "birth_date_invalid": (N_("this is no date"), N_("write it as 1980-03-25")),
    "phone_unreadable": (N_("this is no telephone number"), N_("write its digits")),
}
_NUMBER_FAULTS = {values.ID_PRECISION_LOST: "id_precision_lost", values.ID_LENGTH: "id_length", values.ID_CHECK_DIGIT: "id_check_digit"}


@dataclass(frozen=True, slots=True)
class VolunteerFile:
    """One volunteer.

    :param ref: P-000123. :param division: the township's code; ``village`` is text.
    :param status: one of :data:`STATUSES`.
    """

    person_id: str
    ref: str
    version: int
    name: str
    national_id: str | None
    sex: str | None
    born_on: date | None
    phone: str | None
    division: str
    village: str | None
    occupation: str | None
    workplace: str | None
    note: str | None
    status: str

    def whole(self) -> dict[str, Any]:
        """Everything a screen shows, not masked."""
        names = ("ref", "name", "national_id", "sex", "phone", "division", "village", "occupation", "workplace", "note", "status", "version")
        return {**{name: getattr(self, name) for name in names}, "born_on": self.born_on.isoformat() if self.born_on else None}


def read_said(fields: Mapping[str, Cell], *, above: tuple[str, ...] = ()) -> tuple[dict[str, Any], list[Problem]]:
    """What was said of a volunteer, as values, and all that is wrong with it.

    :param fields: by the names of :data:`FIELDS`, as people write them. :param above: names of the divisions a village lies in, widest first.
    """
    said: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    number = values.national_id(fields.get("national_id"))
    if isinstance(number, Fault):
        wrong.append((_NUMBER_FAULTS[number], "national_id"))
    elif number is not None and values.born_in_id(number) is None:
        wrong.append(("birth_date_differs_from_id", "national_id"))
    elif number is not None:
        said |= {"national_id": number, "born_on": values.born_in_id(number), "sex": values.sex_in_id(number)}
    born, sex = values.civil_day(fields.get("born_on")), words.sex(fields.get("sex"))
    for name, value, unreadable, differs in (("born_on", born, "birth_date_invalid", "birth_date_differs_from_id"), ("sex", sex, "sex_unknown", "sex_differs")):
        if isinstance(value, Fault):
            wrong.append((unreadable, name))
        elif value is not None:
            if name in said and said[name] != value:
                wrong.append((differs, name))
            said.setdefault(name, value)
    phone = values.phone(fields.get("phone"))
    if isinstance(phone, Fault):
        wrong.append(("phone_unreadable", "phone"))
    said |= {
        "name": values.name(fields.get("name")),
        "phone": None if isinstance(phone, Fault) else phone,
        "village": values.village(fields.get("village"), above),
        **{name: values.text(fields.get(name)) for name in ("occupation", "workplace", "note")},
    }
    return {name: value for name, value in said.items() if value not in (None, "")}, [_problem(code, place) for code, place in wrong]


def _problem(code: str, place: str) -> Problem:
    message, hint = _FAULTS[code]
    return Problem(code, message, place, hint)


def add(tx: Tx, actor: str, now: datetime, fields: Mapping[str, Cell], *, division: str, scope: Scope = None, origin: str = "by hand") -> VolunteerFile:
    """Makes a volunteer's file. Somebody on file already, as a guardian for example, keeps that file and its reference.

    :param fields: by the names of :data:`FIELDS`; a name and an ID number are needed.
    :param division: the township's code.
    :raises Misused: ``volunteer_invalid``, with every fault.
    :raises Refused: ``volunteer_on_file``, ``name_differs``, ``held_elsewhere``, ``is_a_child``.
    :raises NotFound: ``division_unknown``.
    """
    line = divisions.line(tx, division)
    if not line or line[-1].code != division or not in_scope(division, scope):
        raise NotFound("division_unknown", N_("there is no division {text}"), hint=N_("look for it: care division find NAME"), text=division)
    _known_fields(fields)
    said, problems = read_said(fields, above=tuple(one.name for one in line))
    problems += [_problem(code, name) for name, code in (("name", "name_missing"), ("national_id", "id_missing")) if not _said_anything(fields, name)]
    if problems:
        raise Misused("volunteer_invalid", N_("the volunteer cannot be added"), hint=N_("nothing was written"), problems=problems)
    on_file = rows.by_number(tx, [said["national_id"]]).get(said["national_id"])
    if on_file is not None and in_scope(on_file["division"], scope):
        hint = N_("change the file: care volunteer edit {ref}")
        raise Refused("volunteer_on_file", N_("this volunteer is on file already: {ref}"), hint=hint, ref=on_file["ref"])
    return make(tx, actor, now, said, division=division, scope=scope, origin={"origin": origin})


def make(tx: Tx, actor: str, now: datetime, said: Mapping[str, Any], *, division: str, scope: Scope = None, origin: Mapping[str, Any]) -> VolunteerFile:
    """The file of somebody who is no volunteer yet, from values that were read (:func:`read_said`).

    Who has that number, or that very name and telephone as an adult of the township, is that person: a guardian who becomes a volunteer stays who he is.

    :raises Refused: ``name_differs``, ``held_elsewhere``, ``is_a_child``.
    """
    holder = rows.holders(tx, [said["national_id"]], [said["name"]]).get(said["national_id"])
    if holder is not None:
        _may_be(holder, said["name"], scope)
    known = holder["person_id"] if holder is not None else None
    if known is None and said.get("phone"):
        known = people.adults_by_phone(tx, {said["phone"]}, division[:9]).get((said["name"], said["phone"]))
    at = stamp(now)
    of_volunteer = {"status": "active", **{name: said.get(name) for name in ("occupation", "workplace", "note")}}
    plain = {**said, "born_on": said["born_on"].isoformat() if said.get("born_on") else None}
    of_person = {name: plain.get(name) for name in ("name", "national_id", "sex", "born_on", "phone", "village")}
    if known is None:
        known = uuid7()
        ref = f"P-{sequences.take(tx, 'office', 'ref/P', 0):06}"
        fresh = {**of_person, "person_id": known, "ref": ref, "name_key": said["name"], "division": division[:9], "created_at": at, "updated_at": at}
        rows.add(tx, {**of_volunteer, "person_id": known}, {**fresh, "address": None, "ethnicity": None})
    else:
        before = people.person_by_id(tx, known)
        kept = {name: value for name, value in of_person.items() if value is not None}
        rows.add(tx, {**of_volunteer, "person_id": known})
        if before is None or not rows.change(tx, known, before["version"], {**kept, "name_key": said["name"], "updated_at": at}, {}):
            raise _changed(ref=str(known))
    journal.append(
        tx, journal.person_stream(known), actor, "file_made", {"volunteer": True, "values": plain, "origin": dict(origin)}, now, subject=known
    )  # fmt: skip
    return by_id(tx, known)


def _may_be(holder: Row, name: str, scope: Scope) -> None:
    if not in_scope(holder["division"], scope):
        raise Refused("held_elsewhere", N_("this number is on file outside what you may see"), hint=N_("ask the county office whose volunteer it is"))
    if holder["is_child"]:
        raise Refused("is_a_child", N_("this is a child's file: a child cannot be a volunteer"), hint=N_("compare the number with the identity card"))
    if holder["name_key"] != name:
        raise Refused("name_differs", N_("the number is on file under another name"), hint=N_("find out which of the two is right"))


def edit(
    tx: Tx,
    actor: str,
    now: datetime,
    ref: str,
    fields: Mapping[str, Cell],
    *,
    reason: str,
    version: int | None = None,
    status: str | None = None,
    scope: Scope = None,
) -> VolunteerFile:
    """Changes a volunteer's file; an empty value takes a field out. What was there before is kept in the person's journal.

    :param status: one of :data:`STATUSES`.
    :raises Misused: ``volunteer_invalid``, with every fault. :raises NotFound: ``volunteer_unknown``.
    :raises Conflict: ``file_changed``. :raises Refused: ``id_belongs_to_another``.
    """
    file = get(tx, ref, scope=scope)
    if version is not None and version != file.version:
        raise _changed(file.ref)
    _known_fields(fields)
    if tx.desk:  # what is corrected, and what it said before, is seen whole, as far as this login may
        session.look(tx, sight.FIELDS, f"correct the file: {reason}", person_id=file.person_id, most=True)
        file = get(tx, ref, scope=scope)
    line = divisions.line(tx, file.division)
    said, problems = read_said({"name": file.name, "national_id": file.national_id, **fields}, above=tuple(one.name for one in line))
    problems += [_problem(code, name) for name, code in (("name", "name_missing"), ("national_id", "id_missing")) if name in fields and name not in said]
    if status is not None and status not in STATUSES:
        problems.append(Problem("status_unknown", N_("a status is one of: {known}"), "status", values={"known": ", ".join(STATUSES)}))
    if problems:
        raise Misused("volunteer_invalid", N_("the file cannot be changed so"), hint=N_("nothing was written"), problems=problems)
    wanted: dict[str, Any] = {name: said.get(name) for name in fields}
    if "national_id" in fields:
        wanted |= {"born_on": said["born_on"], "sex": said["sex"]}
        holder = rows.holders(tx, [said["national_id"]]).get(said["national_id"])
        if holder is not None and holder["person_id"] != file.person_id:
            raise Refused("id_belongs_to_another", N_("this ID number is on another file"), hint=N_("compare it with the identity card"))
    if status is not None:
        wanted["status"] = status
    changes = {name: value for name, value in wanted.items() if getattr(file, name) != value}
    if not changes:
        return file
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in changes.items()}
    of_person = {name: value for name, value in plain.items() if name in _OF_PERSON} | {"updated_at": stamp(now)}
    if "name" in changes:
        of_person["name_key"] = changes["name"]
    of_volunteer = {name: value for name, value in plain.items() if name not in _OF_PERSON}
    if not rows.change(tx, file.person_id, file.version, of_person, of_volunteer):
        raise _changed(file.ref)
    known = file.whole()
    told = {"changes": {name: [known[name], value] for name, value in plain.items()}, "origin": {"origin": "by hand", "reason": reason}}
    journal.append(tx, journal.person_stream(file.person_id), actor, "file_changed", told, now, subject=file.person_id)
    return by_id(tx, file.person_id)


def _changed(ref: str) -> Conflict:
    return Conflict("file_changed", N_("{ref} was changed by somebody else in the meantime"), hint=N_("look at it again, then repeat"), ref=ref)


def _known_fields(fields: Mapping[str, Cell]) -> None:
    problems = []
    for name in fields:
        if name not in FIELDS:
            close = nearest(name, FIELDS)
            hint = N_("did you mean {close}?") if close else N_("the fields are: {known}")
            said = {"close": close or "", "known": ", ".join(FIELDS)}
            problems.append(Problem("field_unknown", N_("a volunteer's file has no such field"), name, hint, said))
    if problems:
        raise Misused("volunteer_invalid", N_("a volunteer's file has no such field"), hint=N_("nothing was written"), problems=problems)


def _said_anything(fields: Mapping[str, Cell], name: str) -> bool:
    if name == "name":
        return bool(values.name(fields.get("name")))
    return values.national_id(fields.get(name)) is not None


# ------------------------------------------------------------------ looking


def get(tx: Tx, ref: str, *, scope: Scope = None) -> VolunteerFile:
    """A volunteer's file, for a step that does not show it.

    :raises NotFound: ``volunteer_unknown``: there is none, or it lies out of sight. :raises Refused: ``child_erased``.
    """
    row = rows.by_ref(tx, ref.strip().upper())
    if row is None or not in_scope(row["division"], scope):
        if row is None and (gone := erased(tx, ref, scope=scope)) is not None:
            raise gone
        raise NotFound("volunteer_unknown", N_("there is no volunteer {ref}"), hint=N_("see: care volunteer list"), ref=ref)
    return _file(row)


def by_id(tx: Tx, person_id: str) -> VolunteerFile:
    """A volunteer's file by the person's id.

    :raises NotFound: ``volunteer_unknown``.
    """
    row = rows.by_ids(tx, [person_id]).get(person_id)
    if row is None:
        raise NotFound("volunteer_unknown", N_("there is no such volunteer on file"))
    return _file(row)


def by_number(tx: Tx, numbers: Collection[str]) -> dict[str, VolunteerFile]:
    """The volunteers who have these ID numbers, wherever they are kept."""
    return {number: _file(row) for number, row in rows.by_number(tx, numbers).items()}


def listed(
    tx: Tx, actor: Actor, *, division: str | None = None, text: str = "", status: str | None = "active", limit: int | None = None
) -> list[dict[str, Any]]:
    """The volunteers in sight, masked, by reference.

    :param text: a part of the name, or the whole reference or ID number.
    """
    scope: Scope = actor.divisions()
    if division is not None:
        scope = (division,) if in_scope(division, scope) else tuple(code for code in scope or () if code.startswith(division))
    found = rows.listed(tx, scope=scope, text=values.name(text), status=status, limit=limit)
    return [masking.masked(_file(row).whole()) for row in found]


def show(tx: Tx, actor: Actor, now: datetime, ref: str, *, unmasked: bool = False, purpose: str = "") -> dict[str, Any]:
    """Opens a volunteer's file, and writes down who did; the transaction must write.

    :param unmasked: with what of name, number and telephone the actor may see whole; needs a purpose.
    :raises NotFound: ``volunteer_unknown``. :raises Misused: ``purpose_missing``, ``purpose_short``. :raises NotPermitted: ``not_seen_whole``.
    """
    file = get(tx, ref, scope=actor.divisions())
    whole = {**file.whole(), "age": _age(file, civil_date(now))}
    if not unmasked:
        looks.opened(tx, actor, file.person_id, now=now)
        return masking.masked(whole)
    looks.said(purpose)
    may = sight.whole(actor, "one", division=file.division)
    if not may:
        raise sight.not_whole([name for name in sight.FIELDS if whole.get(name)])
    looks.revealed(tx, actor, file.person_id, [name for name in sight.FIELDS if name in may and whole.get(name)], purpose=purpose, now=now)
    return masking.masked(whole, but=may)


def _age(file: VolunteerFile, today: date) -> int | None:
    born = file.born_on
    return None if born is None else today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _file(row: Row) -> VolunteerFile:
    own = {name: row[name] for name in VolunteerFile.__dataclass_fields__ if name != "born_on"}
    return VolunteerFile(**own, born_on=None if row["born_on"] is None else date.fromisoformat(row["born_on"]))
