"""People in and out of the tables: children, those tied to them, and where they go to school."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, insert, or_, select, true, update

from workflow_core.store.database import Row, Tx
from workflow_core.store.server import session
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, child, division, person, place, relation

SCOPE_END = ":"
"""The sign after the digits: the codes of a subtree lie between its code and its code with this sign."""

PERSON_COLUMNS = (
    *("person_id", "ref", "name", "name_key", "national_id", "sex", "born_on", "phone", "division", "village", "address", "ethnicity"),
    *("created_at", "updated_at"),
)
CHILD_COLUMNS = ("person_id", "provisional", "school", "grade", "class_name", "boards", "left_behind", "hardship", "status", "note")

# ------------------------------------------------------------------ reading

_CHILDREN = (
    select(
        *(person.c[name] for name in PERSON_COLUMNS),
        person.c.version,
        person.c.merged_into,
        *(child.c[name] for name in CHILD_COLUMNS if name != "person_id"),
        place.c.name.label("school_name"),
        place.c.name_key.label("school_key"),
        place.c.ref.label("school_ref"),
    )
    .select_from(person.join(child, child.c.person_id == person.c.person_id).outerjoin(place, place.c.place_id == child.c.school))
    .where(true())
)
_BY_REF = Statement(_CHILDREN.where(person.c.ref == bindparam("ref")))
_BY_ID = Statement(_CHILDREN.where(person.c.person_id == bindparam("person_id")))
_BY_IDS = Statement(_CHILDREN.where(person.c.person_id.in_(bindparam("ids", expanding=True))))
_BY_NUMBER = Statement(_CHILDREN.where(person.c.national_id.in_(bindparam("numbers", expanding=True)), person.c.merged_into.is_(None)))
_KEYED = _CHILDREN.where(
    person.c.name_key.in_(bindparam("names", expanding=True)),
    person.c.born_on.in_(bindparam("days", expanding=True)),
    person.c.division >= bindparam("first"),
    person.c.division < bindparam("last"),
    person.c.merged_into.is_(None),
)
_BY_KEY = Statement(_KEYED)
# Not IS NULL: the index on numbers would be taken, and holds every adult there.
_BY_KEY_UNNUMBERED = Statement(_KEYED.where(func.coalesce(person.c.national_id, "") == ""))
_BY_NAME = Statement(
    _CHILDREN.where(
        person.c.name_key == bindparam("name_key"),
        person.c.division >= bindparam("first"),
        person.c.division < bindparam("last"),
        person.c.merged_into.is_(None),
    ).order_by(person.c.ref)
)
_NUMBER_HOLDER = Statement(select(person.c.person_id, person.c.ref).where(person.c.national_id == bindparam("national_id")))

_OTHER = person.alias("other")
_RELATIONS = (
    select(
        *(relation.c[name] for name in ("relation_id", "person_id", "other_id", "kind", "kin", "since", "until", "workplace")),
        _OTHER.c.name.label("name"),
        _OTHER.c.name_key.label("name_key"),
        _OTHER.c.phone.label("phone"),
        _OTHER.c.ref.label("ref"),
    )
    .select_from(relation.join(_OTHER, _OTHER.c.person_id == relation.c.other_id))
    .where(relation.c.person_id.in_(bindparam("people", expanding=True)))
)
_RELATIONS_NOW = Statement(_RELATIONS.where(relation.c.until.is_(None)))
_RELATIONS_EVER = Statement(_RELATIONS)
_TIES_TO = Statement(
    select(relation.c.other_id, func.count().label("ties")).where(relation.c.other_id.in_(bindparam("people", expanding=True))).group_by(relation.c.other_id)
)
_BY_PHONE = Statement(
    # The division is compared afterwards: in the condition it would tempt the database to walk the whole township instead of the index on phones.
    select(person.c.person_id, person.c.name_key, person.c.phone, person.c.division).where(
        person.c.phone.in_(bindparam("phones", expanding=True)),
        person.c.merged_into.is_(None),
        ~exists(select(child.c.person_id).where(child.c.person_id == person.c.person_id)),
    )
)
_COUNTIES = Statement(select(division.c.code).where(func.length(division.c.code) == 6))
_PERSON = Statement(select(person.c.person_id, person.c.ref, person.c.version, person.c.division).where(person.c.person_id == bindparam("person_id")))
_ACCOUNT = Statement(select(account.c.account_id).where(account.c.login == bindparam("login")))


def _known(tx: Tx, by: str, values: Collection[str]) -> list[Row]:
    """At a desk: the files in sight that have one of these values, which whoever asks knows already; the rest of each is masked."""
    said = dict(session.find(tx, by, values))
    rows = tx.rows(_BY_IDS, {"ids": sorted(said)}) if said else []
    shown = {by, "name"} if by == "name_key" else {by}
    return [Row({**row, **dict.fromkeys(shown, said[row["person_id"]])}) for row in rows]


def child_by_ref(tx: Tx, ref: str) -> Row | None:
    """A child's file by its reference, also one that was merged into another (``merged_into``)."""
    return tx.one(_BY_REF, {"ref": ref})


def child_by_id(tx: Tx, person_id: str) -> Row | None:
    """A child's file by its id."""
    return tx.one(_BY_ID, {"person_id": person_id})


def children_by_number(tx: Tx, numbers: Collection[str]) -> list[Row]:
    """The files of the children who have one of these numbers, wherever they are kept."""
    if tx.desk and numbers:  # which sees masks: it is told whose number it is, of those in sight
        return _known(tx, "national_id", numbers)
    return tx.rows(_BY_NUMBER, {"numbers": sorted(numbers)}) if numbers else []


def children_by_key(tx: Tx, keys: Collection[tuple[str, str]], township: str, *, unnumbered: bool = False) -> list[Row]:
    """The files in a division's subtree whose name and birth date (ISO) are one of these pairs; with ``unnumbered`` only those without a number."""
    if not keys:
        return []
    names, days = sorted({name for name, _ in keys}), sorted({day for _, day in keys})
    if tx.desk:
        known = [row for row in _known(tx, "name_key", names) if row["division"].startswith(township) and not (unnumbered and row["national_id"])]
        return [row for row in known if (row["name_key"], row["born_on"]) in keys]
    found = tx.rows(_BY_KEY_UNNUMBERED if unnumbered else _BY_KEY, {"names": names, "days": days, "first": township, "last": township + SCOPE_END})
    return [row for row in found if (row["name_key"], row["born_on"]) in keys]


def children_by_name(tx: Tx, name_key: str, township: str) -> list[Row]:
    """The files of that very name in a division's subtree."""
    if tx.desk:
        return [row for row in _known(tx, "name_key", [name_key]) if row["division"].startswith(township)]
    return tx.rows(_BY_NAME, {"name_key": name_key, "first": township, "last": township + SCOPE_END})


def number_holder(tx: Tx, national_id: str) -> Row | None:
    """Who has this number: ``person_id``, ``ref``; a child or anybody else."""
    if tx.desk:
        return next((row for row in session.people(tx, "national_id", [national_id])), None)
    return tx.one(_NUMBER_HOLDER, {"national_id": national_id})


def relations(tx: Tx, people: Collection[str], *, ended: bool = False) -> dict[str, list[Row]]:
    """Who is tied to these children, by child: the relation with the other's ``name``, ``phone`` and ``ref``; with ``ended`` also what was."""
    found: dict[str, list[Row]] = {}
    rows = tx.rows(_RELATIONS_EVER if ended else _RELATIONS_NOW, {"people": sorted(people)}) if people else []
    for row in sorted(rows, key=lambda row: str(row["relation_id"])):
        found.setdefault(row["person_id"], []).append(row)
    return found


def ties_to(tx: Tx, people: Collection[str]) -> dict[str, int]:
    """In how many relations, ended ones too, each of these persons stands as guardian or parent."""
    return {row["other_id"]: int(row["ties"]) for row in tx.rows(_TIES_TO, {"people": sorted(people)})} if people else {}


def adults_by_phone(tx: Tx, phones: Collection[str], township: str) -> dict[tuple[str, str], str]:
    """The persons of a township who are no child and have one of these phones: their ids by name and phone."""
    if not phones:
        return {}
    if tx.desk:
        return session.adults_by_phone(tx, phones, township)
    found = tx.rows(_BY_PHONE, {"phones": sorted(phones)})
    return {(row["name_key"], row["phone"]): row["person_id"] for row in found if row["division"] == township}


def counties(tx: Tx) -> frozenset[str]:
    """The codes of all counties that are known."""
    return frozenset(row["code"] for row in tx.rows(_COUNTIES))


def person_by_id(tx: Tx, person_id: str) -> Row | None:
    """Anybody on file, by id: ``person_id, ref, version, division``."""
    return tx.one(_PERSON, {"person_id": person_id})


def account_id(tx: Tx, login: str) -> str:
    """The account's id; the login itself where the office has no such account (a library's caller)."""
    return tx.value(_ACCOUNT, {"login": login}) or login


# ------------------------------------------------------------------ searching


_WHOLE_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")
_WHOLE_REF = re.compile(r"[Cc]-[0-9]{6,}")


def _in_scope(scope: Sequence[str] | None) -> ColumnElement[bool]:
    if scope is None or "" in scope:
        return true()
    return or_(*(and_(person.c.division >= code, person.c.division < code + SCOPE_END) for code in scope)) if scope else ~true()


def _part(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _shown_of_number(digits: str) -> list[str]:
    """The patterns of ID numbers in which these digits stand where everybody reads them: as ``access/masking.py`` shows a number, and the birth date in it."""
    if len(digits) == 4:
        return [f"{digits}{'_' * 8}%", f"{'_' * 8}%{digits}"]
    return [f"{'_' * 6}{digits}{'_' * 4}"] if len(digits) == 8 else []


def _seen(scope: Sequence[str] | None, places: Sequence[str]) -> ColumnElement[bool]:
    return or_(_in_scope(scope), child.c.school.in_(places)) if places else _in_scope(scope)


def search(tx: Tx, text: str, *, digits: str, scope: Sequence[str] | None, places: Sequence[str] = (), limit: int) -> list[Row]:
    """Children in scope by any part of their own name or of a guardian's or parent's, by their reference, and by a number or phone as far as it is shown.

    Of a number the whole, or those signs that its mask shows: else whoever tries part after part would have the rest of it, and nothing of it would be kept.

    :param text: normalised as names are.
    :param digits: the digits in it: a whole number or phone; four, by which an ID number begins or ends, or a telephone ends; eight, a birth date.
    :param places: ids of schools whose children may be seen too.
    """
    whole = _WHOLE_NUMBER.fullmatch(text)
    if (whole is not None and not tx.desk) or _WHOLE_REF.fullmatch(text):  # nobody's name has such a part, so that an index answers
        exactly = person.c.ref == text.upper() if whole is None else person.c.national_id == text.upper()
        return tx.rows(_CHILDREN.where(exactly, _seen(scope, places), person.c.merged_into.is_(None)))
    if tx.desk:
        ids = session.find_text(tx, text, digits)
        return tx.rows(_CHILDREN.where(person.c.person_id.in_(ids), _seen(scope, places)).order_by(person.c.ref).limit(limit)) if ids else []
    like = _part(text)
    mine: list[ColumnElement[bool]] = [person.c.name_key.like(like, escape="\\"), person.c.ref == text.upper()]
    theirs: list[ColumnElement[bool]] = [_OTHER.c.name_key.like(like, escape="\\")]
    if len(digits) >= 4:
        mine += [person.c.national_id == digits.upper(), *(person.c.national_id.like(one) for one in _shown_of_number(digits.upper()))]
        theirs += [_OTHER.c.phone == digits, *([_OTHER.c.phone.like(f"{'_' * 7}%{digits}")] if len(digits) == 4 else [])]
    tied = (
        select(relation.c.person_id)
        .select_from(relation.join(_OTHER, _OTHER.c.person_id == relation.c.other_id))
        .where(relation.c.until.is_(None), or_(*theirs), true() if places else _alias_scope(scope))
    )
    wanted = _CHILDREN.where(_seen(scope, places), person.c.merged_into.is_(None), or_(*mine, person.c.person_id.in_(tied)))
    return tx.rows(wanted.order_by(person.c.name_key, person.c.ref).limit(limit))


def _alias_scope(scope: Sequence[str] | None) -> ColumnElement[bool]:
    """Guardians are kept in their child's township, which narrows the search among them."""
    if scope is None or "" in scope or not scope:
        return true()
    return or_(*(and_(_OTHER.c.division >= code, _OTHER.c.division < code + SCOPE_END) for code in scope))


def listed(
    tx: Tx,
    *,
    scope: Sequence[str] | None,
    places: Sequence[str] = (),
    school: str | None = None,
    grade: int | None = None,
    status: str | None = "active",
    chunk: int = 500,
) -> Iterator[list[Row]]:
    """Children in scope by reference, a chunk at a time, so that a province fits in memory.

    :param school: a school's reference.
    """
    wanted = _CHILDREN.where(_seen(scope, places), person.c.merged_into.is_(None))
    if school is not None:
        wanted = wanted.where(place.c.ref == school)
    if grade is not None:
        wanted = wanted.where(child.c.grade == grade)
    if status is not None:
        wanted = wanted.where(child.c.status == status)
    after = ""
    while True:
        rows = tx.rows(wanted.where(person.c.ref > after).order_by(person.c.ref).limit(chunk))
        if rows:
            yield rows
        if len(rows) < chunk:
            return
        after = rows[-1]["ref"]


# ------------------------------------------------------------------ writing

_INSERT_PERSON = Statement(insert(person))
_INSERT_CHILD = Statement(insert(child))
_INSERT_RELATION = Statement(insert(relation))
_PERSON_CHANGES = ("name", "name_key", "national_id", "sex", "born_on", "division", "village", "address", "ethnicity", "updated_at")
_UPDATE_PERSON = Statement(
    update(person)
    .where(person.c.person_id == bindparam("the_person"), person.c.version == bindparam("read_version"))
    .values({**{name: bindparam(name) for name in _PERSON_CHANGES}, "version": person.c.version + 1})
)
_UPDATE_CHILD = Statement(
    update(child).where(child.c.person_id == bindparam("the_person")).values({name: bindparam(name) for name in CHILD_COLUMNS if name != "person_id"})
)
_CORRECT_ADULT = Statement(
    update(person)
    .where(person.c.person_id == bindparam("the_person"))
    .values(name=bindparam("name"), name_key=bindparam("name_key"), phone=bindparam("phone"), updated_at=bindparam("updated_at"), version=person.c.version + 1)
)
_CHANGE_RELATION = Statement(
    update(relation)
    .where(relation.c.relation_id == bindparam("the_relation"))
    .values(other_id=bindparam("other_id"), kin=bindparam("kin"), workplace=bindparam("workplace"), until=bindparam("until"))
)


def insert_people(tx: Tx, people: Iterable[dict[str, Any]], children: Iterable[dict[str, Any]], relations: Iterable[dict[str, Any]]) -> None:
    """Write new files: ``people`` with :data:`PERSON_COLUMNS`, ``children`` with :data:`CHILD_COLUMNS`, ``relations`` with all columns.

    :raises AlreadyThere: ``uq_person_national_id``: somebody else has just written that number.
    """
    tx.many(_INSERT_PERSON, list(people))
    tx.many(_INSERT_CHILD, list(children))
    tx.many(_INSERT_RELATION, list(relations))


def update_people(tx: Tx, people: Sequence[dict[str, Any]], children: Sequence[dict[str, Any]]) -> bool:
    """Write changed files, each if its version is still the one it was read with (``the_person``, ``read_version``); False when one was not."""
    written = tx.many(_UPDATE_PERSON, people)
    tx.many(_UPDATE_CHILD, children)
    return written == len(people)


def correct_adults(tx: Tx, people: Sequence[dict[str, Any]]) -> None:
    """Write names and phones of guardians and parents (``the_person``, ``name``, ``name_key``, ``phone``, ``updated_at``)."""
    tx.many(_CORRECT_ADULT, people)


def change_relations(tx: Tx, relations: Sequence[dict[str, Any]]) -> None:
    """Write relations anew (``the_relation``, ``other_id``, ``kin``, ``workplace``, ``until``)."""
    tx.many(_CHANGE_RELATION, relations)
