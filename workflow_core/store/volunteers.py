"""Volunteers in and out of the tables: a person with what is known of it as a volunteer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, true, update

from workflow_core.store.database import Row, Tx
from workflow_core.store.people import SCOPE_END
from workflow_core.store.server import session
from workflow_core.store.statement import Statement
from workflow_core.store.tables import child, person, volunteer

PERSON_COLUMNS = ("person_id", "ref", "name", "name_key", "national_id", "sex", "born_on", "phone", "division", "village", "version")
VOLUNTEER_COLUMNS = ("person_id", "status", "occupation", "workplace", "note")

_ALL = (
    select(*(person.c[name] for name in PERSON_COLUMNS), *(volunteer.c[name] for name in VOLUNTEER_COLUMNS if name != "person_id"))
    .select_from(person.join(volunteer, volunteer.c.person_id == person.c.person_id))
    .where(person.c.merged_into.is_(None))
)
_BY_REF = Statement(_ALL.where(person.c.ref == bindparam("ref")))
_BY_ID = Statement(_ALL.where(person.c.person_id.in_(bindparam("people", expanding=True))))
_BY_NUMBER = Statement(_ALL.where(person.c.national_id.in_(bindparam("numbers", expanding=True))))
_ANYBODY = (
    select(*(person.c[name] for name in PERSON_COLUMNS), child.c.person_id.label("is_child"))
    .select_from(person.outerjoin(child, child.c.person_id == person.c.person_id))
    .where(person.c.merged_into.is_(None))
)
_HOLDERS = Statement(_ANYBODY.where(person.c.national_id.in_(bindparam("numbers", expanding=True))))
_HOLDERS_BY_ID = Statement(_ANYBODY.where(person.c.person_id.in_(bindparam("ids", expanding=True))))
_ADD_PERSON = Statement(insert(person))
_ADD = Statement(insert(volunteer))
_CHANGE_PERSON = Statement(update(person).where(person.c.person_id == bindparam("the_person"), person.c.version == bindparam("read_version")))
_CHANGE = Statement(update(volunteer).where(volunteer.c.person_id == bindparam("the_person")))


def by_ref(tx: Tx, ref: str) -> Row | None:
    """A volunteer by reference (P-000123)."""
    return tx.one(_BY_REF, {"ref": ref})


def by_ids(tx: Tx, people: Collection[str]) -> dict[str, Row]:
    """Volunteers by person's id."""
    return {row["person_id"]: row for row in tx.rows(_BY_ID, {"people": sorted(people)})} if people else {}


def by_number(tx: Tx, numbers: Collection[str]) -> dict[str, Row]:
    """The volunteers who have these ID numbers, wherever they are kept, by number."""
    if tx.desk and numbers:
        said = dict(session.find(tx, "national_id", numbers))
        return {said[row["person_id"]]: Row({**row, "national_id": said[row["person_id"]]}) for row in by_ids(tx, said).values()}
    return {row["national_id"]: row for row in tx.rows(_BY_NUMBER, {"numbers": sorted(numbers)})} if numbers else {}


def holders(tx: Tx, numbers: Collection[str], names: Collection[str] = ()) -> dict[str, Row]:
    """Whoever has these ID numbers, volunteer or not, by number; ``is_child`` is filled where it is a child's file.

    :param names: with which they will be compared: at a desk, which sees masks, ``name_key`` is whole where it is one of them.
    """
    if tx.desk and numbers:
        said, named = dict(session.find(tx, "national_id", numbers)), dict(session.find(tx, "name_key", names)) if names else {}
        rows = tx.rows(_HOLDERS_BY_ID, {"ids": sorted(said)}) if said else []
        known = [Row({**row, "national_id": said[row["person_id"]], "name_key": named.get(row["person_id"], row["name_key"])}) for row in rows]
        return {row["national_id"]: row for row in known}
    return {row["national_id"]: row for row in tx.rows(_HOLDERS, {"numbers": sorted(numbers)})} if numbers else {}


def listed(tx: Tx, *, scope: Sequence[str] | None, text: str = "", status: str | None = None, limit: int | None = None) -> list[Row]:
    """Volunteers in scope by reference.

    :param scope: codes of divisions whose subtrees may be seen; None for the whole office.
    :param text: a part of the name (at a desk, which sees masks, the whole name), or the whole reference or ID number.
    """
    wanted = _ALL.order_by(person.c.ref)
    if scope is not None and "" not in scope:
        wanted = wanted.where(or_(~true(), *(((person.c.division >= code) & (person.c.division < code + SCOPE_END)) for code in scope)))
    if text:
        like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        known = [one for by, value in (("name_key", text), ("national_id", text.upper())) for one, _ in session.find(tx, by, [value])] if tx.desk else []
        told = [person.c.name_key.like(like, escape="\\"), person.c.ref == text.upper(), person.c.national_id == text.upper()]
        wanted = wanted.where(or_(*told, person.c.person_id.in_(known)) if known else or_(*told))
    if status is not None:
        wanted = wanted.where(volunteer.c.status == status)
    return tx.rows(wanted if limit is None else wanted.limit(limit))


def add(tx: Tx, volunteer_row: Mapping[str, Any], person_row: Mapping[str, Any] | None = None) -> None:
    """Write a new volunteer; with the person where that is new, too."""
    if person_row is not None:
        tx.execute(_ADD_PERSON, person_row)
    tx.execute(_ADD, volunteer_row)


def change(tx: Tx, person_id: str, read_version: int, of_person: Mapping[str, Any], of_volunteer: Mapping[str, Any]) -> bool:
    """Write changed columns; False where the person's file is not at that version any more."""
    values = {**of_person, "version": read_version + 1}
    if tx.execute(_CHANGE_PERSON, {**values, "the_person": person_id, "read_version": read_version}) != 1:
        return False
    if of_volunteer:
        tx.execute(_CHANGE, {**of_volunteer, "the_person": person_id})
    return True
