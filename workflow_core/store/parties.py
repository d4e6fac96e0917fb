"""The people behind the parties of cases: of a party that is a case, the person whom that case is about."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, or_, select

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, party, person, volunteer

_PEOPLE = Statement(
    select(person, volunteer.c.occupation, volunteer.c.workplace)
    .select_from(person.outerjoin(volunteer, volunteer.c.person_id == person.c.person_id))
    .where(person.c.person_id.in_(bindparam("people", expanding=True)))
)
_SUBJECT = Statement(select(case.c.subject_id).where(case.c.case_id == bindparam("case_id")))
_other = case.alias("other")
_NAMES = Statement(
    select(party.c.case_id, party.c.name, person.c.name.label("person"))
    .select_from(
        party.outerjoin(_other, (_other.c.case_id == party.c.party_id) & (party.c.kind == "case")).join(
            person, or_(person.c.person_id == party.c.party_id, person.c.person_id == _other.c.subject_id)
        )
    )
    .where(party.c.case_id.in_(bindparam("ids", expanding=True)), party.c.until.is_(None))
    .order_by(party.c.case_id, party.c.n)
)


def people(tx: Tx, ids: Collection[str]) -> dict[str, Row]:
    """People by id, with what is known of those who are volunteers."""
    return {row["person_id"]: row for row in tx.rows(_PEOPLE, {"people": sorted(ids)})} if ids else {}


def subject(tx: Tx, case_id: str) -> str:
    """Whom a case is about; empty where it is about nobody."""
    return tx.value(_SUBJECT, {"case_id": case_id}) or ""


def names(tx: Tx, ids: Collection[str]) -> dict[tuple[str, str], str]:
    """The names of the parties of many cases, by case and party's name; of several under one name, the first."""
    found: dict[tuple[str, str], str] = {}
    for row in tx.rows(_NAMES, {"ids": sorted(ids)}) if ids else ():
        found.setdefault((row["case_id"], row["name"]), row["person"])
    return found
