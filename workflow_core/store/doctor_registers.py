"""Whether the registers of cases are what their chains say: every entry is in its place, says what was sealed, and nothing stands open that is closed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, func, select

from workflow_core.errors import Problem
from workflow_core.i18n import N_
from workflow_core.store.canonical import load
from workflow_core.store.database import Tx
from workflow_core.store.journal import REGISTERS
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, journal, journal_payload, register_entry, register_open

_SAME = and_(journal.c.stream == register_entry.c.stream, journal.c.n == register_entry.c.n)
_ALL = Statement(
    select(
        *(case.c.ref, journal.c.stream, journal.c.n.label("sealed"), journal.c.at, journal.c.actor, journal.c.kind.label("called")),
        *(register_entry.c[name] for name in ("register", "n", "of", "kind", "happened", "recorded_at", "recorded_by")),
        journal_payload.c.payload,
    )
    .select_from(
        journal.outerjoin(register_entry, _SAME)
        .outerjoin(journal_payload, and_(journal_payload.c.stream == journal.c.stream, journal_payload.c.n == journal.c.n))
        .outerjoin(case, case.c.case_id == register_entry.c.case_id)
    )
    .where(journal.c.stream.like(f"{REGISTERS}%"))
    .order_by(journal.c.stream, journal.c.n)
)
_LAST = (
    select(func.max(register_entry.c.n))
    .where(register_entry.c.case_id == register_open.c.case_id, register_entry.c.register == register_open.c.register, register_entry.c.of == register_open.c.n)
    .correlate(register_open)
    .scalar_subquery()
)
_STRAY = Statement(
    select(case.c.ref, register_open.c.register, register_open.c.n)
    .join_from(register_open, case, case.c.case_id == register_open.c.case_id)
    .join(
        register_entry,
        and_(register_entry.c.case_id == register_open.c.case_id, register_entry.c.register == register_open.c.register, register_entry.c.n == _LAST),
    )
    .where(register_entry.c.kind.in_(["closed", "struck"]))
    .order_by(case.c.ref, register_open.c.register, register_open.c.n)
)


def entries(tx: Tx) -> Iterator[Problem]:
    """Entries that are gone, or are not as they were sealed; what stands open although it is closed."""
    for row in tx.stream(_ALL):
        if row["n"] is None:
            yield Problem("entry_missing", N_("an entry of a register is not in its place"), place=f"{row['stream']} {row['sealed']}")
            continue
        said = load(row["payload"]) if row["payload"] is not None else {}
        sealed = (f"entry_{row['kind']}", row["recorded_at"], row["recorded_by"])
        told = (said.get("kind", row["kind"]), said.get("of") or row["n"], said.get("happened", row["happened"]))
        erased = row["payload"] is None
        if sealed != (row["called"], row["at"], row["actor"]) or (not erased and told != (row["kind"], row["of"], row["happened"])):
            yield Problem("entry_differs", N_("an entry of a register is not where its chain has it"), place=f"{row['ref']} {row['register']} {row['n']}")
    for row in tx.rows(_STRAY):
        yield Problem("entry_stands_open", N_("an entry stands open that was closed"), place=f"{row['ref']} {row['register']} {row['n']}")
