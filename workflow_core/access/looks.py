"""Who looked: the opening of a file, the unmasking of a field and every export are written down, under the account's day and in the person's stream.

Lists are not recorded: they show nothing that is not masked.
(未成年人网络保护条例 art. 36: staff access to minors' data is approved and logged.)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.errors import Misused
from workflow_core.i18n import N_
from workflow_core.store import journal, journal_bulk
from workflow_core.store.database import Tx

_CHUNK = 500


def opened(tx: Tx, actor: Actor, person_id: str, *, now: datetime, case_id: str | None = None) -> None:
    """Records that somebody opened a person's file.

    :param case_id: the case through which it was opened.
    """
    _both(tx, actor, person_id, "file_opened", {"case": case_id} if case_id else {}, now)


def revealed(tx: Tx, actor: Actor, person_id: str, fields: Iterable[str], *, purpose: str, now: datetime) -> None:
    """Records that fields of a person's file were shown unmasked.

    :raises Misused: ``purpose_missing``.
    """
    _both(tx, actor, person_id, "revealed", {"fields": sorted(fields), "purpose": _said(purpose)}, now)


def exported(tx: Tx, actor: Actor, what: str, person_ids: Iterable[str], fields: Iterable[str], *, purpose: str, now: datetime, masked: bool = False) -> None:
    """Records that a list left the office, for the account once and for each person.

    :param what: the listing's name, or ``children``.
    :param purpose: why; may be empty only for a masked list.
    :raises Misused: ``purpose_missing``.
    """
    people = sorted(set(person_ids))
    why = purpose.strip() if masked else _said(purpose)
    payload: dict[str, Any] = {"what": what, "fields": sorted(fields), "purpose": why, "masked": masked}
    journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "exported", {**payload, "people": len(people)}, now)
    for start in range(0, len(people), _CHUNK):
        entries = [journal_bulk.Entry(journal.person_stream(one), "exported", payload, one) for one in people[start : start + _CHUNK]]
        journal_bulk.append_many(tx, actor.login, entries, now)


def journal_exported(tx: Tx, actor: Actor, lines: int, *, purpose: str, now: datetime) -> None:
    """Records that a part of the journal left the office.

    :raises Misused: ``purpose_missing``.
    """
    if not purpose.strip():
        raise Misused("purpose_missing", N_("what is it handed out for?"), hint=N_("say it with --purpose; it is kept"))
    payload: dict[str, Any] = {"what": "journal", "purpose": purpose.strip(), "lines": lines, "masked": True}
    journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "exported", payload, now)


def _said(purpose: str) -> str:
    if not purpose.strip():
        raise Misused("purpose_missing", N_("why is it needed unmasked?"), hint=N_("say it with --purpose; it is kept"))
    return purpose.strip()


def _both(tx: Tx, actor: Actor, person_id: str, kind: str, payload: dict[str, Any], now: datetime) -> None:
    for stream in (journal.account_stream(actor.account_id, now), journal.person_stream(person_id)):
        journal.append(tx, stream, actor.login, kind, payload, now, subject=person_id)
