"""What leaves the store of a child: one file opened, a list exported. Who looked is written down.

Personal data is masked. For a purpose that is kept each sees whole what his roles need (``access/sight.py``), or what another person approved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workflow_core.access import approval, looks, masking, sight
from workflow_core.access.approval import Approval
from workflow_core.access.grants import Actor
from workflow_core.errors import NotFound, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.records import children, divisions, values
from workflow_core.records.child_file import ChildFile, in_scope, read_files
from workflow_core.store import own_cases
from workflow_core.store import people as rows
from workflow_core.store.access import place_of
from workflow_core.store.database import Tx
from workflow_core.store.server import session

EXPORTED = (
    ("ref", N_("Reference")),
    ("name", N_("Name")),
    ("national_id", N_("ID number")),
    ("sex", N_("Sex")),
    ("born_on", N_("Birth date")),
    ("village", N_("Village")),
    ("school", N_("School")),
    ("grade", N_("Grade")),
    ("guardian", N_("Guardian")),
    ("guardian_phone", N_("Guardian's phone")),
)
"""The columns of an export: field and title (a msgid)."""

BULK_ROWS = 50
"""So many files leave the office unmasked without another person's approval; an office may say otherwise in its care.toml (``bulk_rows``)."""


@dataclass(frozen=True)
class Seen:
    """A child's file in somebody's sight.

    :param whole: the fields that he may see whole, for a purpose. :param party: he sees what a party needs of it, and no more of it.
    :param approval: without which he would not see it at all. :param more: of approvals, what they show beside ``whole``.
    """

    file: ChildFile
    whole: frozenset[str]
    party: bool = False
    approval: Approval | None = None
    more: tuple[Approval, ...] = ()

    def told(self, shown: Collection[str] = ()) -> dict[str, Any]:
        """Everything in the file that he may read, masked but for these fields."""
        told = masking.masked(self.file.whole(), but=shown)
        return _as_party(told, shown) if self.party else told

    def asked(self, fields: Collection[str]) -> list[Approval]:
        """The approvals that are counted down when he sees these fields whole: that without which he sees nothing, and those of the fields."""
        taken = [] if self.approval is None else [self.approval]
        for field in sorted(set(fields) - self.whole):
            if not any(field in one.fields for one in taken):
                taken += [one for one in self.more if field in one.fields][:1]
        return taken


def seen(tx: Tx, actor: Actor, now: datetime, ref: str) -> Seen:
    """A child's file, with how much of it somebody may see: by his roles, as a party of an open case about it, by approval.

    :raises NotFound: ``child_unknown``; out of sight looks the same.
    """
    try:
        file = children.get(tx, ref)
    except (NotFound, Refused):  # whoever may not see the township is not told that anybody was erased there
        return Seen(get(tx, actor, ref), frozenset())
    mine = sight.whole(actor, "one", division=file.division, place_id=file.school_id)
    approvals = approval.of_person(approval.held(tx, actor, now), file.person_id, file.division) if actor.account_id else []
    if in_scope(file.division, actor.divisions()) or file.school_id in actor.places():
        return Seen(file, mine, more=tuple(approvals))
    login = actor.login if actor.owns() else ""
    if (actor.person_id or login) and own_cases.is_party(tx, file.person_id, person_id=actor.person_id, login=login):
        return Seen(file, sight.SIGHTS[sight.PARTY].one, party=True, more=tuple(approvals))
    if approvals:
        emergency = any(one.kind == "emergency" for one in approvals)
        return Seen(file, sight.most(actor, "one") if emergency else frozenset(), approval=approvals[0], more=tuple(approvals))
    return Seen(get(tx, actor, ref), frozenset())


def get(tx: Tx, actor: Actor, ref: str) -> ChildFile:
    """A child's file in the actor's sight, for a step that does not show it.

    :raises NotFound: ``child_unknown``.
    """
    return children.get(tx, ref, scope=actor.divisions(), places=actor.places())


def find(tx: Tx, actor: Actor, text: str, *, limit: int = 50, now: datetime | None = None) -> list[dict[str, Any]]:
    """The children in sight that a text fits, as :meth:`ChildFile.public`, masked. Those of one's own cases are found by a name or the reference.

    :param now: also those that lie in a division which somebody approved; they are counted down, so the transaction must write where there is such a one.
    :raises Misused: ``search_empty``.
    """
    scope, places = actor.divisions(), actor.places()
    approved = [one for one in approval.held(tx, actor, now) if one.division is not None and not in_scope(one.division, scope)] if now else []
    further = tuple(one.division for one in approved if one.division is not None)
    found = children.find(tx, text, scope=(*scope, *further), places=places, limit=limit)
    for one in approved:
        taken = [file for file in found if not in_scope(file.division, scope) and file.division.startswith(one.division or "") and file.school_id not in places]
        found = [file for file in found if file not in taken[one.left :]]
        if now is not None:
            approval.spend(tx, one, len(taken[: one.left]), now)
    shown = [masking.masked(file.public()) for file in found]
    if len(shown) < limit:
        known = {file.person_id for file in found}
        mine = [file for file in _of_own_cases(tx, actor, text) if file.person_id not in known]
        shown += [_as_party(masking.masked(file.public())) for file in mine[: limit - len(shown)]]
    return shown


def _of_own_cases(tx: Tx, actor: Actor, text: str) -> list[ChildFile]:
    """The children of the open cases to which somebody is a party, or of which something lies with him, that a name or a reference fits."""
    login = actor.login if actor.owns() else ""
    if not actor.person_id and not login:
        return []
    ids, part = own_cases.children_of(tx, person_id=actor.person_id, login=login), values.name(text)
    if tx.desk and ids:  # what a desk reads is masked: its database looks
        there = set(session.find_text(tx, part, ""))
        ids = [one for one in ids if one in there]
    files = read_files(tx, [row for row in (rows.child_by_id(tx, one) for one in ids) if row is not None and row["merged_into"] is None])
    return [file for file in files if tx.desk or _fits(file, part)]


def _fits(file: ChildFile, part: str) -> bool:
    guardian = file.tie("guardian")
    names = [file.name, guardian.name if guardian else ""]
    return file.ref == part.upper() or any(part in values.name(name) for name in names)


def _as_party(told: dict[str, Any], shown: Collection[str] = ()) -> dict[str, Any]:
    """What a party reads of a file, and what of it somebody approved."""
    return {name: value if name in sight.PARTY_SHOWN or name in shown else None for name, value in told.items()}


def show(tx: Tx, actor: Actor, now: datetime, ref: str, *, unmasked: bool = False, purpose: str = "") -> dict[str, Any]:
    """Opens a child's file: everything in it (:meth:`ChildFile.whole`), and writes down who did; the transaction must write.

    :param unmasked: with those names, numbers and phones as they are that the actor may see whole; needs a purpose.
    :raises NotFound: ``child_unknown``.
    :raises Misused: ``purpose_missing``, ``purpose_short``. :raises NotPermitted: ``not_seen_whole``: he may see none of them.
    :raises Refused: ``access_used_up``.
    """
    looked = seen(tx, actor, now, ref)
    if not unmasked:
        _spend(tx, looked, (), now)
        looks.opened(tx, actor, looked.file.person_id, now=now, access=looked.approval.ref if looked.approval else "")
        return looked.told()
    looks.said(purpose)
    may = looked.whole | {field for one in looked.more for field in one.fields}
    whole = looked.file.whole()
    if not may:
        raise sight.not_whole(sorted(name for name in sight.FIELDS if whole.get(name)), looked.file.ref)
    return _reveal(tx, actor, now, looked, [name for name in sight.FIELDS if name in may and whole.get(name)], purpose)


def reveal(tx: Tx, actor: Actor, now: datetime, ref: str, fields: Sequence[str], *, purpose: str) -> dict[str, Any]:
    """Shows fields of a child's file as they are: exactly these, and who asked for them and why is written down; the transaction must write.

    :param fields: of :data:`workflow_core.access.sight.FIELDS`. :return: ``ref``, and each field by name; None where the file does not know it.
    :raises NotFound: ``child_unknown``. :raises Misused: ``fields_unknown``, ``purpose_missing``, ``purpose_short``.
    :raises NotPermitted: ``not_seen_whole``: no role of the actor's may see one of them. :raises Refused: ``access_used_up``.
    """
    sight.known(fields)
    looks.said(purpose)
    looked = seen(tx, actor, now, ref)
    may = looked.whole | {field for one in looked.more for field in one.fields}
    hidden = [field for field in dict.fromkeys(fields) if field not in may]
    if hidden:
        raise sight.not_whole(hidden, looked.file.ref, approved={one.ref: one.fields for one in looked.more})
    told = _reveal(tx, actor, now, looked, list(dict.fromkeys(fields)), purpose)
    return {"ref": told["ref"], **{field: told.get(field) for field in dict.fromkeys(fields)}}


def _reveal(tx: Tx, actor: Actor, now: datetime, looked: Seen, fields: Sequence[str], purpose: str) -> dict[str, Any]:
    if tx.desk:  # where the database itself masks, it is asked first, and keeps a record of its own
        session.look(tx, fields, looks.said(purpose), person_id=looked.file.person_id)
        looked = replace(looked, file=children.get(tx, looked.file.ref))
    refs = _spend(tx, looked, fields, now)
    looks.revealed(tx, actor, looked.file.person_id, fields, purpose=purpose, now=now, access=", ".join(refs))
    return looked.told(fields)


def _spend(tx: Tx, looked: Seen, fields: Collection[str], now: datetime) -> list[str]:
    taken = looked.asked(fields)
    for one in taken:
        approval.spend(tx, one, 1, now)
    return [one.ref for one in taken]


def export(
    tx: Tx,
    actor: Actor,
    now: datetime,
    *,
    division: str | None = None,
    school: str | None = None,
    grade: int | None = None,
    status: str | None = "active",
    unmasked: bool = False,
    purpose: str = "",
    bulk: int = BULK_ROWS,
) -> Iterator[dict[str, Any]]:
    """The children in sight as rows with the fields of :data:`EXPORTED`, by reference; the transaction must write.

    The export is written down before the first row is given out. Unmasked, each row shows those fields whole that the actor may see so of that child in a
    list; for more than ``bulk`` children within 24 hours that needs an approval of the division, which is counted down.

    :param division: only these: a division's code; it may be wider than what the actor sees.
    :param school: only these: a school's reference.
    :raises NotFound: ``division_unknown``: nothing of it is in sight.
    :raises Misused: ``purpose_missing``, ``purpose_short``. :raises NotPermitted: ``not_seen_whole``.
    :raises Refused: ``bulk_not_approved``, ``access_used_up``.
    """
    if unmasked:
        looks.said(purpose)
    scope, places = actor.divisions(), actor.places()
    approved: Approval | None = None
    if division is not None:
        divisions.get(tx, division)
        inside = in_scope(division, scope)
        if not inside:
            approved = next((one for one in approval.held(tx, actor, now) if one.division is not None and division.startswith(one.division)), None)
        scope = (division,) if inside or approved else tuple(code for code in scope if code.startswith(division))
        if not scope and not places:
            raise NotFound("division_unknown", N_("there is no division {text}"), hint=N_("look for it: care division find NAME"), text=division)

    def chosen() -> Iterator[list[Any]]:
        for found in rows.listed(tx, scope=scope, places=places, school=school, grade=grade, status=status):
            yield [row for row in found if division is None or row["division"].startswith(division)]

    listed = [row for found in chosen() for row in found]
    eyes = counted = ""
    if unmasked and approved is None:
        approved, eyes = many(tx, actor, now, division or "", [row["person_id"] for row in listed], len(listed), bulk)
    more = frozenset(approved.fields) if approved else frozenset[str]()

    def shown(row: Any) -> frozenset[str]:
        own = sight.whole(actor, "many", division=row["division"], place_id=row["school"]) if unmasked else frozenset[str]()
        return own | more if unmasked else own

    fields = [name for name, _ in EXPORTED]
    whole = frozenset[str]().union(*(shown(row) for row in listed)) if unmasked else frozenset[str]()
    if unmasked and listed and not whole:
        raise sight.not_whole([name for name in sight.FIELDS if name in fields], kind="many")
    if unmasked:  # at a desk the database opens them, and only what may be handed out
        wanted = {name for name, _ in EXPORTED} & sight.most(actor, "many")
        counted = session.look_many(tx, wanted, looks.said(purpose), [row["person_id"] for row in listed])
    if approved is not None and not counted:
        approval.spend(tx, approved, len(listed), now)
    people, access = [row["person_id"] for row in listed], approved.ref if approved else ""
    told = [name for name in fields if not unmasked or name not in sight.FIELDS or name in whole]
    looks.exported(tx, actor, "children", people, told, purpose=purpose, now=now, masked=not unmasked, access=access, eyes=eyes)

    def lines() -> Iterator[dict[str, Any]]:
        for found in chosen():
            for row, file in zip(found, read_files(tx, found), strict=True):
                yield masking.masked(file.public(), but=shown(row))

    return lines()


def many(tx: Tx, actor: Actor, now: datetime, division: str, people: Sequence[str], count: int, bulk: int) -> tuple[Approval | None, str]:
    """The approval under which so many files may leave the office unmasked, where they are too many without one: at once, or in several parts within a day.

    :param people: whom the rows are about, by id; :param count: how many rows.
    :return: the approval; None and ``training`` where a training office's maker, who is alone there, passes without.
    :raises Refused: ``bulk_not_approved``.
    """
    total = max(count, looks.within_a_day(tx, actor, people, now)) if actor.account_id else count
    if total <= bulk:
        return None, ""
    return (None, "training") if actor.every_role else (need_bulk(tx, actor, now, division, count, bulk, total), "")


def need_bulk(tx: Tx, actor: Actor, now: datetime, division: str, count: int, bulk: int, total: int) -> Approval:
    """The approval under which so many files of a division may leave the office unmasked.

    :param total: how many it are with those of the last 24 hours.

    :param division: ``""`` for all that is in sight: then an approval of each division of the actor's scope is meant, and of where
        his schools lie, and only one that covers them all counts.
    :raises Refused: ``bulk_not_approved``.
    """
    held = approval.held(tx, actor, now)
    of_places = (found["division"] for found in (place_of(tx, one) for one in actor.places()) if found is not None)
    places = [division] if division else sorted({*actor.divisions(), *of_places})
    for one in held:
        if places and approval.of_bulk([one], places[0], count) and all(code.startswith(one.division or "") for code in places):
            return one
    there = [Problem("approved", N_("{ref} allows {left} more"), one.ref, "", {"ref": one.ref, "left": one.left}) for one in held if one.kind == "division"]
    at_once, in_parts = (
        N_("{count} unmasked rows at once need another person's approval; up to {bulk} do not"),
        N_("{count} unmasked rows need another person's approval: with those of the last 24 hours they are {total}; up to {bulk} do not"),
    )
    raise Refused(
        "bulk_not_approved",
        at_once if total <= count else in_parts,
        hint=N_("ask for it: care access request --division {division} --rows {count} --purpose …; or hand them out masked"),
        problems=there,
        division=division or "CODE",
        count=count,
        total=total,
        bulk=bulk,
    )
