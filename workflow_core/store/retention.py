"""What is on file, and since when its cases are over: for whoever must say what is past its time."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, func, select
from sqlalchemy import case as either

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, child, person, setting

PREFIX = "keep/"
"""How the settings begin that say how long the office keeps a program's cases."""

_ENDED = Statement(
    select(
        *(person.c[name] for name in ("person_id", "ref", "division", "born_on")),
        child.c.status,
        case.c.program,
        case.c.workflow,
        func.count().label("cases"),
        func.min(case.c.closed_at).label("first"),
        func.max(case.c.closed_at).label("last"),
        func.sum(either((case.c.closed_at.is_(None), 1), else_=0)).label("open"),
    )
    .select_from(case.join(person, person.c.person_id == case.c.subject_id).join(child, child.c.person_id == person.c.person_id))
    .where(person.c.merged_into.is_(None))
    .group_by(*(person.c[name] for name in ("person_id", "ref", "division", "born_on")), child.c.status, case.c.program, case.c.workflow)
    .order_by(person.c.ref, case.c.program, case.c.workflow)
)
_NONE = ~select(case.c.ref).where(case.c.subject_id == person.c.person_id).exists()
_WITHOUT = Statement(
    select(*(person.c[name] for name in ("person_id", "ref", "division", "born_on")), child.c.status)
    .select_from(person.join(child, child.c.person_id == person.c.person_id))
    .where(person.c.merged_into.is_(None), person.c.born_on <= bindparam("born_by"), _NONE)
    .order_by(person.c.ref)
)
_SET = Statement(select(setting.c.key, setting.c.value).where(setting.c.key.like(f"{PREFIX}%")))


def ended(tx: Tx) -> Iterator[Row]:
    """Of each child with cases, program by program: ``person_id, ref, division, born_on, status, program, workflow, cases, first, last, open``."""
    return tx.stream(_ENDED)


def without_cases(tx: Tx, born_by: str) -> list[Row]:
    """Children without any case who were born by that day: ``person_id, ref, division, born_on, status``."""
    return tx.rows(_WITHOUT, {"born_by": born_by})


def lengthened(tx: Tx) -> dict[str, int]:
    """What the office set: months, by program or ``program.workflow``."""
    return {row.key.removeprefix(PREFIX): int(row.value) for row in tx.rows(_SET)}
