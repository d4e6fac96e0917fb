"""Events of cases and entries of the journal, in one order of time: for whoever looks back, and for what leaves the office as a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from workflow_core.clock import stamp
from workflow_core.store import canonical
from workflow_core.store.database import Row, Tx
from workflow_core.store.journal import REGISTERS
from workflow_core.store.journal_reading import once
from workflow_core.store.tables import case, event, journal, journal_payload, person


@dataclass(frozen=True)
class Sought:
    """What is looked for; what is left out does not matter.

    :param since: recorded at this instant or later. :param until: before this one.
    :param actor: a login. :param kind: ``advanced``, ``revealed``, … :param program: events of this program's cases only.
    :param person: the id of a person: entries about it, and the events of cases that it is the subject of.
    :param case: the reference of a case: its events, and entries that are about it.
    """

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    kind: str | None = None
    program: str | None = None
    person: str | None = None
    case: str | None = None


def search(tx: Tx, sought: Sought, *, limit: int | None = None) -> list[dict[str, Any]]:
    """What was found, newest first: ``at`` (recorded), ``actor``, ``kind``, ``case`` (its reference, or None) with ``program`` and ``workflow``, ``person`` (a
    reference, or None), ``says``, ``chain``, ``n``, ``digest``.

    What an event says stays in its case, where it is shown field by field to those who may see it; here it tells its transition and its stages. So do
    entries of registers. What is about a person stands twice in the journal; it is given once.

    :param limit: at most so many, the newest; None: all.
    """
    events = [_of_event(row) for row in tx.rows(_newest(_events(sought), (event.c.recorded_at, event.c.case_id, event.c.n), limit))]
    wanted = None if limit is None else limit * 2
    found_entries = [] if sought.program is not None else once(tx.rows(_newest(_entries(sought), (journal.c.at, journal.c.stream, journal.c.n), wanted)))
    entries = [_of_entry(row) for row in found_entries]
    found = sorted([*events, *entries], key=lambda one: (one["at"], one["chain"], one["n"]), reverse=True)
    return found if limit is None else found[:limit]


def knows(tx: Tx, ref: str) -> bool:
    """Whether a case has this reference."""
    return tx.value(select(case.c.ref).where(case.c.ref == ref)) is not None


def _events(sought: Sought) -> Select[Any]:
    columns = ("recorded_at", "actor", "kind", "transition", "from_stage", "to_stage", "case_id", "n", "digest")
    named = (*(event.c[name] for name in columns), case.c.ref, case.c.program, case.c.workflow, person.c.ref.label("person"))
    wanted = select(*named).join_from(event, case, case.c.case_id == event.c.case_id)
    wanted = wanted.outerjoin(person, person.c.person_id == case.c.subject_id)
    about = ((case.c.program, sought.program), (case.c.subject_id, sought.person), (case.c.ref, sought.case))
    return _where(wanted, sought, event, event.c.recorded_at, about)


def _entries(sought: Sought) -> Select[Any]:
    columns = ("stream", "n", "at", "actor", "kind", "subject", "digest")
    named = (*(journal.c[name] for name in columns), journal_payload.c.payload, case.c.ref, case.c.program, case.c.workflow, person.c.ref.label("person"))
    wanted = select(*named).outerjoin_from(journal, journal_payload, (journal_payload.c.stream == journal.c.stream) & (journal_payload.c.n == journal.c.n))
    wanted = wanted.outerjoin(case, case.c.case_id == journal.c.subject).outerjoin(person, person.c.person_id == journal.c.subject)
    return _where(wanted, sought, journal, journal.c.at, ((journal.c.subject, sought.person), (case.c.ref, sought.case)))


def _where(wanted: Select[Any], sought: Sought, table: Any, at: Any, about: tuple[tuple[Any, str | None], ...]) -> Select[Any]:
    for column, value in ((table.c.actor, sought.actor), (table.c.kind, sought.kind), *about):
        if value is not None:
            wanted = wanted.where(column == value)
    if sought.since is not None:
        wanted = wanted.where(at >= stamp(sought.since))
    if sought.until is not None:
        wanted = wanted.where(at < stamp(sought.until))
    return wanted


def _newest(wanted: Select[Any], by: tuple[Any, ...], limit: int | None) -> Select[Any]:
    wanted = wanted.order_by(*(one.desc() for one in by))
    return wanted if limit is None else wanted.limit(limit)


def _of_event(row: Row) -> dict[str, Any]:
    says = {name: row[name] for name in ("transition", "from_stage", "to_stage") if row[name]}
    about = {"case": row.ref, "program": row.program, "workflow": row.workflow, "person": row.person, "says": says}
    return {"at": row.recorded_at, "actor": row.actor, "kind": row.kind, **about, "chain": f"case/{row.case_id}", "n": row.n, "digest": row.digest}


def _of_entry(row: Row) -> dict[str, Any]:
    hidden = row.payload is None or row.stream.startswith(REGISTERS)
    about = {"case": row.ref, "program": row.program, "workflow": row.workflow, "person": row.person}
    says = {} if hidden else canonical.load(row.payload)
    return {"at": row.at, "actor": row.actor, "kind": row.kind, **about, "says": says, "chain": row.stream, "n": row.n, "digest": row.digest}
