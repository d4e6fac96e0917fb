"""What guardians consented to, refused and withdrew, by child; only added to, never changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from workflow_core.clock import stamp
from workflow_core.store.database import Row, Tx
from workflow_core.store.people import SCOPE_END
from workflow_core.store.server import session
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, child, consent, person

_WHO = person.alias("who")
_OF = Statement(
    select(consent, _WHO.c.ref.label("given_ref"))
    .select_from(consent.outerjoin(_WHO, _WHO.c.person_id == consent.c.given_by))
    .where(consent.c.person_id.in_(bindparam("people", expanding=True)))
    .order_by(consent.c.person_id, consent.c.n)
)
_LAST = Statement(
    select(consent.c.person_id, func.max(consent.c.n).label("n"))
    .where(consent.c.person_id.in_(bindparam("people", expanding=True)))
    .group_by(consent.c.person_id)
)
_INSERT = Statement(insert(consent))
_CHILDREN = (
    select(
        person.c.person_id,
        person.c.ref,
        person.c.name,
        person.c.name_key,
        person.c.born_on,
        person.c.division,
        person.c.national_id,
        person.c.merged_into,
        child.c.school,
    )
    .select_from(person.join(child, child.c.person_id == person.c.person_id))
    .where(person.c.merged_into.is_(None))
)
_BY_REF = Statement(_CHILDREN.where(person.c.ref.in_(bindparam("refs", expanding=True))))
_BY_IDS = Statement(_CHILDREN.where(person.c.person_id.in_(bindparam("ids", expanding=True))))
_BY_NUMBER = Statement(_CHILDREN.where(person.c.national_id.in_(bindparam("numbers", expanding=True))))
_HAVING = Statement(
    _CHILDREN.where(
        person.c.division >= bindparam("first"),
        person.c.division < bindparam("last"),
        select(consent.c.n)
        .where(and_(consent.c.person_id == person.c.person_id, consent.c.program == bindparam("program"), consent.c.name == bindparam("name")))
        .exists(),
    ).order_by(person.c.ref)
)
_OPEN = Statement(
    select(case.c.case_id, case.c.ref, case.c.workflow, case.c.subject_id)
    .where(case.c.subject_id.in_(bindparam("people", expanding=True)), case.c.program == bindparam("program"), case.c.closed_at.is_(None))
    .order_by(case.c.case_id)
)
_WAKE = Statement(update(case).where(case.c.case_id == bindparam("the_case"), case.c.closed_at.is_(None)).values(wake_at=bindparam("at")))
_MOST = 500


def of(tx: Tx, people: Collection[str]) -> dict[str, list[Row]]:
    """All that was said for these children, by child, in the order in which it was recorded, with ``given_ref`` of who is on file; each of them has a list."""
    found: dict[str, list[Row]] = {one: [] for one in people}
    listed = sorted(found)
    for start in range(0, len(listed), _MOST):
        for row in tx.rows(_OF, {"people": listed[start : start + _MOST]}):
            found[row["person_id"]].append(row)
    return found


def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Record what was said; the columns of the table but ``n``, which is the child's next. Several rows of one child keep their order."""
    last: dict[str, int] = {}
    people = sorted({row["person_id"] for row in rows})
    for start in range(0, len(people), _MOST):
        last |= {row["person_id"]: int(row["n"]) for row in tx.rows(_LAST, {"people": people[start : start + _MOST]})}
    numbered = []
    for row in rows:
        last[row["person_id"]] = last.get(row["person_id"], 0) + 1
        numbered.append({**row, "n": last[row["person_id"]]})
    tx.many(_INSERT, numbered)


def children(tx: Tx, *, refs: Collection[str] = (), numbers: Collection[str] = ()) -> list[Row]:
    """Children by reference and by ID number: ``person_id, ref, name, name_key, born_on, division, national_id, school``."""
    found = tx.rows(_BY_REF, {"refs": sorted(refs)}) if refs else []
    if tx.desk and numbers:  # which sees masks: it is told whose number it is, of those in sight
        said = dict(session.find(tx, "national_id", numbers))
        known = tx.rows(_BY_IDS, {"ids": sorted(said)}) if said else []
        return [*found, *(Row({**row, "national_id": said[row["person_id"]]}) for row in known)]
    return [*found, *(tx.rows(_BY_NUMBER, {"numbers": sorted(numbers)}) if numbers else [])]


def children_with(tx: Tx, program: str, name: str, division: str) -> list[Row]:
    """The children of a division's subtree for whom anything was said of a purpose, by reference."""
    return tx.rows(_HAVING, {"program": program, "name": name, "first": division, "last": division + SCOPE_END})


def open_cases(tx: Tx, people: Collection[str], program: str) -> list[Row]:
    """The open cases of a program about these children, oldest first: ``case_id, ref, workflow, subject_id``."""
    return tx.rows(_OPEN, {"people": sorted(people), "program": program}) if people else []


def wake(tx: Tx, case_id: str, at: datetime) -> None:
    """Have the clock look at a case."""
    tx.execute(_WAKE, {"the_case": case_id, "at": stamp(at)})
