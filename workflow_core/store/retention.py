"""What is on file, and since when its cases are over: for whoever must say what is past its time."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy import case as either

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, case, child, party, person, relation, setting, volunteer

_CASES = case.alias("cases")
PREFIX = "keep/"
"""How the settings begin that say how long the office keeps a program's cases."""

_STATUS = func.coalesce(child.c.status, volunteer.c.status).label("status")
_OPEN = select(party.c.party_id).join_from(party, _CASES, _CASES.c.case_id == party.c.case_id)
_NEEDED = or_(
    _OPEN.where(party.c.party_id == person.c.person_id, party.c.until.is_(None), _CASES.c.closed_at.is_(None)).exists(),
    select(relation.c.other_id).where(relation.c.other_id == person.c.person_id).exists(),
    person.c.person_id.in_(select(account.c.person_id).where(account.c.person_id.is_not(None), account.c.closed_at.is_(None))),
)
"""Whose file others need: a party of an open case, a guardian, somebody with an account."""

_ENDED = Statement(
    select(
        *(person.c[name] for name in ("person_id", "ref", "division", "born_on")),
        _STATUS,
        volunteer.c.person_id.label("volunteer"),
        case.c.program,
        case.c.workflow,
        func.count().label("cases"),
        func.min(case.c.closed_at).label("first"),
        func.max(case.c.closed_at).label("last"),
        func.sum(either((case.c.closed_at.is_(None), 1), else_=0)).label("open"),
    )
    .select_from(
        case.join(person, person.c.person_id == case.c.subject_id)
        .outerjoin(child, child.c.person_id == person.c.person_id)
        .outerjoin(volunteer, volunteer.c.person_id == person.c.person_id)
    )
    .where(person.c.merged_into.is_(None), or_(child.c.person_id.is_not(None), volunteer.c.person_id.is_not(None)), ~_NEEDED)
    .group_by(
        *(person.c[name] for name in ("person_id", "ref", "division", "born_on")),
        child.c.status,
        volunteer.c.status,
        volunteer.c.person_id,
        case.c.program,
        case.c.workflow,
    )
    .order_by(person.c.ref, case.c.program, case.c.workflow)
)
_NONE = ~select(case.c.ref).where(case.c.subject_id == person.c.person_id).exists()
_born = func.coalesce(person.c.born_on, func.substr(person.c.created_at, 1, 10))
"""Of a child whose birth date nobody knows: born when its file was made, at the latest."""
_WITHOUT = Statement(
    select(*(person.c[name] for name in ("person_id", "ref", "division")), _born.label("born_on"), child.c.status)
    .select_from(person.join(child, child.c.person_id == person.c.person_id))
    .where(person.c.merged_into.is_(None), _born <= bindparam("born_by"), _NONE, ~_NEEDED)
    .order_by(person.c.ref)
)
_LEFT = Statement(
    select(*(person.c[name] for name in ("person_id", "ref", "division", "updated_at")))
    .select_from(person.join(volunteer, volunteer.c.person_id == person.c.person_id))
    .where(person.c.merged_into.is_(None), volunteer.c.status == "left", _NONE, ~_NEEDED)
    .order_by(person.c.ref)
)
_SET = Statement(select(setting.c.key, setting.c.value).where(setting.c.key.like(f"{PREFIX}%")))


def ended(tx: Tx) -> Iterator[Row]:
    """Of each child and volunteer with cases, program by program.

    Columns: ``person_id, ref, division, born_on, status, volunteer`` (its id; None of a child), ``program, workflow, cases, first, last, open``.
    """
    return tx.stream(_ENDED)


def without_cases(tx: Tx, born_by: str) -> list[Row]:
    """Children without any case who were born by that day, and whose files nobody needs: ``person_id, ref, division, born_on, status``."""
    return tx.rows(_WITHOUT, {"born_by": born_by})


def left(tx: Tx) -> list[Row]:
    """Volunteers without any case who have left, and whose files nobody needs: ``person_id, ref, division, updated_at``."""
    return tx.rows(_LEFT)


def lengthened(tx: Tx) -> dict[str, int]:
    """What the office set: months, by program or ``program.workflow``."""
    return {row.key.removeprefix(PREFIX): int(row.value) for row in tx.rows(_SET)}
