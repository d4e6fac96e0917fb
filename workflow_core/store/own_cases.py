"""Whose cases are whose: the cases in which a person is a party, by himself or as whom another case is about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select

from workflow_core.store.database import Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, party, person, waiting

_BEHIND = case.alias("behind")
NAMED = party.outerjoin(_BEHIND, _BEHIND.c.case_id == party.c.party_id)
"""A party, and the case that it is, where it is one."""


def is_person(person_id: Any) -> ColumnElement[bool]:
    """The condition that a party of ``NAMED`` is that person, or a case about that person, today."""
    return (party.c.until.is_(None)) & or_(party.c.party_id == person_id, _BEHIND.c.subject_id == person_id)


_NAMES = Statement(select(party.c.name).select_from(NAMED).where(party.c.case_id == bindparam("case_id"), is_person(bindparam("person_id"))).distinct())
_PEOPLE = Statement(
    select(party.c.name, person.c.ref)
    .select_from(NAMED.join(person, or_(person.c.person_id == party.c.party_id, person.c.person_id == _BEHIND.c.subject_id)))
    .where(party.c.case_id == bindparam("case_id"), party.c.until.is_(None))
    .order_by(party.c.n)
)


def names_of(tx: Tx, case_id: str, person_id: str) -> frozenset[str]:
    """As which parties a person stands in a case."""
    return frozenset(row["name"] for row in tx.rows(_NAMES, {"case_id": case_id, "person_id": person_id}))


def people_of(tx: Tx, case_id: str) -> dict[str, str]:
    """The references of the people who are, or stand behind, a case's parties, by the party's name."""
    found: dict[str, str] = {}
    for row in tx.rows(_PEOPLE, {"case_id": case_id}):
        found.setdefault(row["name"], row["ref"])
    return found


_MINE = (
    case.c.closed_at.is_(None),
    or_(
        case.c.case_id.in_(select(waiting.c.case_id).where(waiting.c.assignee == bindparam("login"))),
        case.c.case_id.in_(select(party.c.case_id).select_from(NAMED).where(is_person(bindparam("person_id")))),
    ),
)
_ABOUT = Statement(select(case.c.case_id).where(case.c.subject_id == bindparam("child"), *_MINE).limit(1))
_CHILDREN = Statement(select(case.c.subject_id).where(case.c.subject_kind == "child", *_MINE).distinct().order_by(case.c.subject_id))


def is_party(tx: Tx, child: str, *, person_id: str, login: str) -> bool:
    """Whether an open case is about a person in which another one is a party.

    :param child: the id of whom the case is about. :param person_id: of the party; empty for nobody. :param login: of an account on whose desk something
        of the case lies; empty for nobody's.
    """
    return tx.value(_ABOUT, {"child": child, "person_id": person_id or None, "login": login or None}) is not None


def children_of(tx: Tx, *, person_id: str, login: str) -> list[str]:
    """The ids of the children whose open cases they are, as ``is_party`` says."""
    return [str(row["subject_id"]) for row in tx.rows(_CHILDREN, {"person_id": person_id or None, "login": login or None}) if row["subject_id"]]
