"""Erasures as they were asked for, answered and carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from workflow_core.clock import stamp
from workflow_core.store import canonical
from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import erasure, journal, journal_payload, person

HANDED_OUT = ("access_log_told", "access_report_told", "exported", "petition_printed", "revealed")
"""The kinds of the journal's entries of what left the office."""

_ADD = Statement(insert(erasure))
_ALL = select(erasure).order_by(erasure.c.erasure_id)
_OF = Statement(_ALL.where(erasure.c.ref == bindparam("ref")))
_AT = Statement(_ALL.where(erasure.c.state == "done", erasure.c.answered_at == bindparam("at")))
_OPEN = Statement(_ALL.where(erasure.c.state == "asked"))
_UNCLEAN = Statement(_ALL.where(erasure.c.state == "done", erasure.c.cleaned_at.is_(None)))
_ANSWER = Statement(update(erasure).where(erasure.c.erasure_id == bindparam("of"), erasure.c.state == "asked"))
_CLEANED = Statement(
    update(erasure).where(erasure.c.erasure_id.in_(bindparam("these", expanding=True)), erasure.c.cleaned_at.is_(None)).values(cleaned_at=bindparam("at"))
)
_PERSON = Statement(
    select(person.c.person_id, person.c.ref, person.c.division, person.c.erased_at, person.c.created_at).where(person.c.ref == bindparam("ref"))
)
_HANDED = Statement(
    select(journal.c.at, journal.c.actor, journal.c.kind, journal_payload.c.payload)
    .outerjoin_from(journal, journal_payload, (journal_payload.c.stream == journal.c.stream) & (journal_payload.c.n == journal.c.n))
    .where(journal.c.stream.in_(bindparam("streams", expanding=True)), journal.c.kind.in_(HANDED_OUT))
    .order_by(journal.c.at)
)
_COPIES = Statement(
    select(journal.c.at, journal.c.actor, journal.c.kind, journal_payload.c.payload)
    .outerjoin_from(journal, journal_payload, (journal_payload.c.stream == journal.c.stream) & (journal_payload.c.n == journal.c.n))
    .where(journal.c.at >= bindparam("since"), journal.c.kind == "backed_up")
    .order_by(journal.c.at)
)


def person_of(tx: Tx, ref: str) -> Row | None:
    """Who bears a reference, erased or not: ``person_id, ref, division, erased_at, created_at``."""
    return tx.one(_PERSON, {"ref": ref})


def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Keep what was asked for."""
    tx.execute(_ADD, row)


def of(tx: Tx, ref: str) -> list[Row]:
    """The erasures of one file, oldest first."""
    return tx.rows(_OF, {"ref": ref})


def at(tx: Tx, instant: str) -> list[Row]:
    """Those that were carried out at an instant: what was erased bears it."""
    return tx.rows(_AT, {"at": instant})


def asked(tx: Tx) -> list[Row]:
    """Those that wait for a second person."""
    return tx.rows(_OPEN)


def unclean(tx: Tx) -> list[Row]:
    """Those that are carried out, and whose words may still stand in the free room of the database's files."""
    return tx.rows(_UNCLEAN)


def answer(tx: Tx, erasure_id: str, state: str, *, by: str, now: datetime, told: Mapping[str, Any] | None = None) -> bool:
    """Answer one; False where somebody else was faster."""
    said = {"state": state, "answered_at": stamp(now), "answered_by": by, "told": canonical.dump(told or {})}
    return tx.execute(_ANSWER, {"of": erasure_id, **said}) == 1


def cleaned(tx: Tx, these: Sequence[str], now: datetime) -> None:
    """Note that the files were written anew since these were carried out."""
    if these:
        tx.execute(_CLEANED, {"these": list(these), "at": stamp(now)})


def handed_out(tx: Tx, people: tuple[str, ...], since: str) -> tuple[list[Row], list[Row]]:
    """What left the office: the entries of what was handed out of these people, and of copies that were made since."""
    return tx.rows(_HANDED, {"streams": [f"person/{one}" for one in people]}), tx.rows(_COPIES, {"since": since})
