"""Children's files one at a time: add, find, show, edit, and who is tied to a child.

Every function takes an open transaction, the login of who acts, and the instant; it never commits. Whether the actor's role may do it is the caller's
question; what lies out of ``scope`` does not exist here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from workflow_core.access import sight
from workflow_core.clock import civil_date
from workflow_core.errors import Conflict, Misused, NotFound, Problem, Refused
from workflow_core.i18n import N_, Label
from workflow_core.nearest import nearest
from workflow_core.records import divisions, values
from workflow_core.records.child_batch import FileBatch, one_at_a_time
from workflow_core.records.child_file import KINDS, TIE_FIELDS, TITLES, ChildFile, FilesOnHand, Scope, Tie, in_scope, read_files, read_tie
from workflow_core.records.gone import erased
from workflow_core.records.roster import CODES, Judge
from workflow_core.records.roster_rows import ROSTER, RosterReader, RosterRow
from workflow_core.records.sheets import Row, Table
from workflow_core.records.transfers import township_of
from workflow_core.records.values import Cell
from workflow_core.store import desk
from workflow_core.store import people as rows
from workflow_core.store.database import Tx
from workflow_core.store.server import session

FIELDS = tuple(column.name for column in ROSTER.columns)
"""What can be said of a child, by field: as text in any of the forms that a roster may use."""

STATUSES = ("active", "moved", "of_age", "died")

_UNREADABLE = {
    "sex_unknown": ("sex", N_("this is neither male nor female")),
    "grade_unknown": ("grade", N_("this is no grade from 1 to 9")),
    "phone_unreadable": ("phone", N_("this is no phone number")),
    "kinship_unknown": ("guardian_kin", N_("this is no kinship that is known")),
    "left_behind_unknown": ("left_behind", N_("this does not say who is away")),
    "hardship_unknown": ("hardship", N_("this is neither yes nor no")),
    "boards_unknown": ("boards", N_("this is neither yes nor no")),
}

# ------------------------------------------------------------------ reading


def get(tx: Tx, ref: str, *, scope: Scope = None, places: Collection[str] = ()) -> ChildFile:
    """A child's file by its reference; where it was merged into another, that one.

    :param places: ids of schools whose children may be seen too.
    :raises NotFound: ``child_unknown``; out of scope looks the same. :raises Refused: ``child_erased``.
    """
    row = rows.child_by_ref(tx, ref.strip().upper())
    while row is not None and row["merged_into"] is not None:
        row = rows.child_by_id(tx, row["merged_into"])
    if row is None or not (in_scope(row["division"], scope) or row["school"] in places):
        if row is None and (gone := erased(tx, ref, scope=scope)) is not None:
            raise gone
        raise NotFound("child_unknown", N_("there is no child {ref} on file"), hint=N_("look for it: care child find TEXT"), ref=ref)
    return read_files(tx, [row])[0]


def find(tx: Tx, text: str, *, scope: Scope = None, places: Collection[str] = (), limit: int = 50) -> list[ChildFile]:
    """Children by any part of a name, their own or of a guardian or parent, by reference, by an ID number or a guardian's phone; by name.

    Of a number the whole, the last four digits, the first four of an ID number or the birth date in it: what is shown of it anyhow.

    :raises Misused: ``search_empty``.
    """
    part = values.name(text)
    if not part:
        raise Misused(
            "search_empty",
            N_("what shall be looked for?"),
            hint=N_("any part of a name or of a guardian's; a whole number or telephone, or its last four digits"),
        )
    digits = "".join(sign for sign in part if sign.isdigit() or sign in "xX")
    return read_files(tx, rows.search(tx, part, digits=digits, scope=scope, places=tuple(places), limit=limit))


def ties_ever(tx: Tx, file: ChildFile) -> list[Tie]:
    """Everybody who is or was tied to a child, oldest first."""
    return [read_tie(row) for row in rows.relations(tx, [file.person_id], ended=True).get(file.person_id, [])]


# ------------------------------------------------------------------ adding


def add(
    tx: Tx, actor: str, now: datetime, fields: Mapping[str, Cell], *, division: str, scope: Scope = None, provisional: bool = False, origin: str = "by hand"
) -> ChildFile:
    """Makes a child's file.

    :param fields: by the names of :data:`FIELDS`, as people write them; needs a name, and a birth date or an ID number.
    :param division: the code of the township (or of a village in it).
    :param provisional: the identity is open: a name is enough.
    :param origin: where it comes from, for the journal.
    :raises Misused: ``child_invalid``, with every fault.
    :raises Refused: ``child_on_file``, with the reference; ``id_belongs_to_another_name``; ``held_elsewhere``.
    :raises NotFound: ``division_unknown``.
    """
    line = divisions.line(tx, division)
    if not line or line[-1].code != division or not in_scope(division, scope):
        raise NotFound("division_unknown", N_("there is no division {text}"), hint=N_("look for it: care division find NAME"), text=division)
    row = _read(fields, today=civil_date(now), above=tuple(one.name for one in line))
    if provisional and values.text(fields.get("born_on")) == "":
        row.faults = [fault for fault in row.faults if fault.code != "birth_date_invalid"]
    _tell("child_invalid", N_("the child cannot be added"), _problems(row))
    one_at_a_time(tx, division[:9])
    (judged,) = Judge(division).look([row], FilesOnHand(tx, division, scope))
    if judged.on_file is not None:
        raise Refused(
            "child_on_file",
            N_("this child is on file already: {ref}"),
            hint=N_("change the file: care child edit {ref}"),
            ref=judged.on_file.ref,
        )
    if judged.verdict == "rejected":
        raise Refused(judged.code, CODES[judged.code].message, hint=CODES[judged.code].hint)
    batch = FileBatch(tx, actor, now, division)
    person_id = batch.add(
        name=row.name, national_id=row.national_id, born_on=row.born_on, values=row.values, origin={"origin": origin}, provisional=provisional
    )
    return get(tx, batch.flush()[person_id])


def _read(fields: Mapping[str, Cell], *, today: date, above: tuple[str, ...] = ()) -> RosterRow:
    """Fields as a row of a roster that has just these columns."""
    unknown = [name for name in fields if name not in FIELDS]
    if unknown:
        problems = []
        for name in unknown:
            close = nearest(name, FIELDS)
            hint = N_("did you mean {close}?") if close else N_("the fields are: {known}")
            problems.append(Problem("field_unknown", N_("a child's file has no such field"), name, hint, {"close": close or "", "known": ", ".join(FIELDS)}))
        _tell("child_invalid", N_("the child's file has no such field"), problems)
    given = {"name": "", **fields}
    table = Table("", {name: at for at, name in enumerate(given)}, tuple(given), (), 1, lambda: iter(()))
    return RosterReader(table, today=today, above=above).read(Row(1, list(given.values())))


def _problems(row: RosterRow) -> list[Problem]:
    return [Problem(fault.code, CODES[fault.code].message, fault.field, CODES[fault.code].hint) for fault in row.faults] + _unreadable(row)


def _unreadable(row: RosterRow) -> list[Problem]:
    return [Problem(note, _UNREADABLE[note][1], _UNREADABLE[note][0]) for note in dict.fromkeys(row.notes) if note in _UNREADABLE]


def _tell(code: str, message: str, problems: Sequence[Problem]) -> None:
    if problems:
        raise Misused(code, message, hint=N_("nothing was written"), problems=problems)


# ------------------------------------------------------------------ editing


def edit(
    tx: Tx,
    actor: str,
    now: datetime,
    ref: str,
    fields: Mapping[str, Cell],
    *,
    reason: str = "",
    version: int | None = None,
    division: str | None = None,
    status: str | None = None,
    settled: bool = False,
    scope: Scope = None,
    places: Collection[str] = (),
) -> ChildFile:
    """Changes a child's file; an empty value takes the field out. What is as it was changes nothing.

    :param fields: by the names of :data:`FIELDS`, as people write them.
    :param reason: kept in the person's journal beside before and after.
    :param version: the version the change was made from.
    :param division: moves the file to another division; both must be in scope.
    :param status: one of :data:`STATUSES`.
    :param settled: the identity is no longer open.
    :raises Misused: ``child_invalid``, with every fault.
    :raises Refused: ``id_belongs_to_another``; ``transfer_needed``: open cases would be left behind in the old township.
    :raises Conflict: ``file_changed``: the file is not of that version any more.
    :raises NotFound: ``child_unknown``, ``division_unknown``.
    """
    file = get(tx, ref, scope=scope, places=places)
    if version is not None and version != file.version:
        raise Conflict("file_changed", N_("{ref} was changed by somebody else in the meantime"), hint=N_("look at it again, then repeat"), ref=file.ref)
    line = divisions.line(tx, division or file.division)
    if division is not None and (not line or line[-1].code != division or not in_scope(division, scope)):
        raise NotFound("division_unknown", N_("there is no division {text}"), hint=N_("look for it: care division find NAME"), text=division)
    file = _opened(tx, file, reason)
    changes = _changes(file, fields, civil_date(now), tuple(one.name for one in line))
    if status is not None and status not in STATUSES:
        problem = Problem("status_unknown", N_("a status is one of: {known}"), "status", values={"known": ", ".join(STATUSES)})
        _tell("child_invalid", N_("the file cannot be changed so"), [problem])
    if status is not None and status != file.status:
        changes["status"] = status
    if division is not None and division != file.division:
        _need_transfer(tx, file, division)
        changes["division"] = division
    if settled and file.provisional:
        changes["provisional"] = False
    number = changes.get("national_id")
    if number is not None:
        holder = rows.number_holder(tx, number)
        if holder is not None and holder["person_id"] != file.person_id:
            raise Refused("id_belongs_to_another", N_("this ID number is on another file"), hint=N_("is it the same child? care child merge joins two files"))
    if changes:
        batch = FileBatch(tx, actor, now, (division or file.division)[:9])
        batch.change(file, changes, origin={"origin": "by hand", "reason": reason})
        batch.flush()
    return get(tx, file.ref)


def _opened(tx: Tx, file: ChildFile, reason: str) -> ChildFile:
    """A file that is about to be corrected, with what this login may see whole: at a desk of a server office that is asked for, and written down."""
    if not tx.desk:
        return file
    session.look(tx, sight.FIELDS, f"correct the file: {reason}", person_id=file.person_id, most=True)
    return get(tx, file.ref)


def _need_transfer(tx: Tx, file: ChildFile, division: str) -> None:
    """What goes on about the child may not be left behind in a township that has nothing more to do with it."""
    old = township_of(file.division)
    if township_of(division) != old and desk.cases(tx, divisions=[old], subject_id=file.person_id, open_only=True, limit=1):
        message, hint = N_("{ref} has open cases there, which must move with the file"), N_("care child transfer offer {ref} --to {to} --reason …")
        raise Refused("transfer_needed", message, hint=hint, ref=file.ref, to=township_of(division))


def _changes(file: ChildFile, fields: Mapping[str, Cell], today: date, above: tuple[str, ...]) -> dict[str, Any]:
    given: dict[str, Cell] = {"name": file.name, "born_on": file.born_on, "national_id": file.national_id or "", **fields}
    row = _read(given, today=today, above=above)
    if file.born_on is None and "born_on" not in fields and row.national_id is None:
        row.faults = [fault for fault in row.faults if fault.code != "birth_date_invalid"]  # it was not known before either
    _tell("child_invalid", N_("the file cannot be changed so"), _problems(row))
    known = file.values()
    empty = {name for name in fields if values.text(fields[name]) == "" and name not in ("name", "born_on")}
    changes: dict[str, Any] = {name: None for name in empty if name != "national_id" and (name in known or name == "address")}
    if "address" in empty:
        changes["village"] = None
    changes |= {name: value for name, value in row.values.items() if known.get(name) != value}
    if row.name != file.name:
        changes["name"] = row.name
    if row.born_on != file.born_on:
        changes["born_on"] = row.born_on
    if row.national_id != file.national_id:
        changes["national_id"] = row.national_id
    return changes


# ------------------------------------------------------------------ who is tied to a child


def relate(
    tx: Tx,
    actor: str,
    now: datetime,
    ref: str,
    kind: str,
    *,
    name: str,
    phone: str = "",
    kin: str = "",
    workplace: str = "",
    reason: str = "",
    scope: Scope = None,
    places: Collection[str] = (),
) -> ChildFile:
    """Ties a guardian, father or mother to a child. Of another name than today's, the tie to that one ends today.

    :raises Misused: ``relation_unknown``; ``child_invalid``.
    :raises NotFound: ``child_unknown``.
    """
    _need_kind(kind)
    file = get(tx, ref, scope=scope, places=places)
    given = {kind: name, f"{kind}_phone": phone}
    if kind == "guardian":
        given["guardian_kin"] = kin
    else:
        given[f"{kind}_workplace"] = workplace
    row = _read({field: value for field, value in given.items() if value}, today=civil_date(now))
    problems = _unreadable(row)  # who the child is, is not at stake here
    if not row.values.get(kind):
        problems.append(Problem("name_missing", N_("the name is missing"), kind))
    _tell("child_invalid", N_("nobody can be tied to the child so"), problems)
    if workplace:
        row.values[f"{kind}_workplace"] = values.text(workplace)
    known = (file := _opened(tx, file, reason)).values()
    changes = {field: value for field, value in row.values.items() if field in TIE_FIELDS[kind] and known.get(field) != value}
    if changes:
        batch = FileBatch(tx, actor, now, file.division[:9])
        batch.change(file, changes, said=row.values, origin={"origin": "by hand", "reason": reason}, kind="related")
        batch.flush()
    return get(tx, file.ref)


def unrelate(tx: Tx, actor: str, now: datetime, ref: str, kind: str, *, reason: str = "", scope: Scope = None, places: Collection[str] = ()) -> ChildFile:
    """Ends the tie to today's guardian, father or mother.

    :raises Misused: ``relation_unknown``.
    :raises NotFound: ``child_unknown``; ``relation_missing``: nobody is tied so.
    """
    _need_kind(kind)
    file = get(tx, ref, scope=scope, places=places)
    if file.tie(kind) is None:
        raise NotFound("relation_missing", N_("{ref} has no {kind} on file"), ref=file.ref, kind=Label(TITLES[kind]))
    file = _opened(tx, file, reason)
    batch = FileBatch(tx, actor, now, file.division[:9])
    batch.change(file, dict.fromkeys(TIE_FIELDS[kind]), origin={"origin": "by hand", "reason": reason}, kind="relation_ended")
    batch.flush()
    return get(tx, file.ref)


def _need_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Misused("relation_unknown", N_("a relation is one of: {kinds}"), kinds=", ".join(KINDS))
