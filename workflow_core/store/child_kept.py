"""What is kept of a child, by kind and number: for the child and its family, who may ask."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import attachment, case, document, event, observation, person, register_entry, task

_OF = {
    "events": (event, event.c.n > 0),
    "tasks": (task, task.c.input.is_not(None)),
    "papers": (document, document.c.state != "void"),
    "files": (attachment, attachment.c.removed_at.is_(None)),
    "entries": (register_entry, register_entry.c.n > 0),
}
_COUNTS = [
    select(func.count()).select_from(table).where(table.c.case_id == case.c.case_id, which).correlate(case).scalar_subquery().label(name)
    for name, (table, which) in _OF.items()
]
_CASES = Statement(select(case, *_COUNTS).where(case.c.subject_id == bindparam("person")).order_by(case.c.opened_at, case.c.ref))
_OBSERVED = Statement(
    select(*(observation.c[name] for name in ("name", "value", "unit", "happened", "program")))
    .where(observation.c.person_id == bindparam("person"))
    .order_by(observation.c.happened, observation.c.n)
)
_NAMED = Statement(select(person.c.name).where(func.length(person.c.name) > 1, bindparam("text", type_=person.c.name.type).contains(person.c.name)).distinct())


def named_in(tx: Tx, text: str) -> list[str]:
    """The names of people on file that stand in a text, the longest first; at a desk of a server office, where names are masked, none."""
    return sorted((row["name"] for row in tx.rows(_NAMED, {"text": text})), key=lambda name: (-len(name), name)) if text else []


def cases(tx: Tx, person_id: str) -> list[Row]:
    """The cases about a child, the oldest first: the columns of the table, and how many ``events, tasks, papers, files, entries`` each has."""
    return tx.rows(_CASES, {"person": person_id})


def observed(tx: Tx, person_id: str) -> list[Row]:
    """What was observed of a child, the oldest first: ``name, value, unit, happened, program``."""
    return tx.rows(_OBSERVED, {"person": person_id})
