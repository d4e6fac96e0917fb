"""Who looked: the opening of a file, the unmasking of a field and every export are written down, under the account's day and in the person's stream.

Lists are not recorded: they show nothing that is not masked.
(未成年人网络保护条例 art. 36: staff access to minors' data is approved and logged.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.errors import Misused
from workflow_core.i18n import N_
from workflow_core.store import journal, journal_bulk, journal_reading
from workflow_core.store.database import Tx

_CHUNK = 500
_LEAST = 4


def said(purpose: str) -> str:
    """A purpose as it is kept.

    :raises Misused: ``purpose_missing``; ``purpose_short``: it says nothing that could be told from another one later.
    """
    told = " ".join(purpose.split())
    if not told:
        raise Misused("purpose_missing", N_("why is it needed unmasked?"), hint=N_("say it with --purpose; it is kept"))
    signs = [sign for sign in told if sign.isalnum()]
    if sum(1 if sign.isascii() else 2 for sign in signs) < _LEAST or len(set(signs)) < 2:  # a sign of Chinese says as much as several letters
        hint = N_("in a few words, as the child's family may read it: to call the guardian about Friday's visit")
        raise Misused("purpose_short", N_("this is no purpose that anybody could follow later"), hint=hint)
    return told


def opened(tx: Tx, actor: Actor, person_id: str, *, now: datetime, case_id: str | None = None, access: str = "") -> None:
    """Records that somebody opened a person's file.

    :param case_id: the case through which it was opened. :param access: the reference of the approval by which he may.
    """
    _both(tx, actor, person_id, "file_opened", {name: one for name, one in (("case", case_id), ("access", access)) if one}, now)


def revealed(tx: Tx, actor: Actor, person_id: str, fields: Iterable[str], *, purpose: str, now: datetime, access: str = "") -> None:
    """Records that fields of a person's file were shown unmasked.

    :param access: the reference of the approval by which he may.
    :raises Misused: ``purpose_missing``, ``purpose_short``.
    """
    payload = {"fields": sorted(fields), "purpose": said(purpose)}
    if tx.desk:  # the office's database has written it down when it was asked for the values
        return
    _both(tx, actor, person_id, "revealed", {**payload, "access": access} if access else payload, now)


def exported(
    tx: Tx, actor: Actor, what: str, person_ids: Iterable[str], fields: Iterable[str], *, purpose: str, now: datetime, masked: bool = False, access: str = "",
    eyes: str = "",
) -> None:  # fmt: skip
    """Records that a list left the office, for the account once and for each person.

    :param what: the listing's name, or ``children``.
    :param purpose: why; may be empty only for a masked list. :param access: the reference of the approval by which he may.
    :param eyes: ``training`` where another person would have had to approve it in a real office.
    :raises Misused: ``purpose_missing``, ``purpose_short``.
    """
    people = sorted(set(person_ids))
    why = purpose.strip() if masked else said(purpose)
    passed = {name: said for name, said in (("access", access), ("eyes", eyes)) if said}
    payload: dict[str, Any] = {"what": what, "fields": sorted(fields), "purpose": why, "masked": masked, **passed}
    about = {"people": len(people), "whom": _whom(people)}
    journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "exported", {**payload, **about}, now)
    for start in range(0, len(people), _CHUNK):
        entries = [journal_bulk.Entry(journal.person_stream(one), "exported", payload, one) for one in people[start : start + _CHUNK]]
        journal_bulk.append_many(tx, actor.login, entries, now)


def within_a_day(tx: Tx, actor: Actor, person_ids: Iterable[str], now: datetime) -> int:
    """How many files an account has taken out unmasked within 24 hours in lists that nobody approved, these among them: else many would go in several parts.

    The same files taken out again count once; papers are not counted, which are made one by one.
    """
    people = sorted(set(person_ids))
    taken = {_whom(people): len(people)}
    since = now - timedelta(days=1)
    for stream in {journal.account_stream(actor.account_id, at) for at in (since, now)}:
        for told in journal_reading.said_since(tx, stream, "exported", since):
            if told.get("whom") and not told["masked"] and not told.get("access") and told["fields"] != ["paper"]:
                taken[told["whom"]] = int(told["people"])
    return sum(taken.values())


def _whom(people: Sequence[str]) -> str:
    """By which the same files are known again."""
    return sha256("\n".join(people).encode()).hexdigest()[:16]


def handed_out(tx: Tx, actor: Actor, what: str, rows: int, digest: str, *, purpose: str, now: datetime) -> None:
    """Records the digest of a list that leaves the office: a sheet that turns up later can be held against it."""
    payload = {"what": what, "rows": rows, "digest": digest, "purpose": " ".join(purpose.split())}
    journal.append(tx, journal.account_stream(actor.account_id or actor.login, now), actor.login, "handed_out", payload, now)


def journal_exported(tx: Tx, actor: Actor, lines: int, *, purpose: str, now: datetime) -> None:
    """Records that a part of the journal left the office.

    :raises Misused: ``purpose_missing``.
    """
    if not purpose.strip():
        raise Misused("purpose_missing", N_("what is it handed out for?"), hint=N_("say it with --purpose; it is kept"))
    payload: dict[str, Any] = {"what": "journal", "purpose": said(purpose), "lines": lines, "masked": True}
    journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "exported", payload, now)


def _both(tx: Tx, actor: Actor, person_id: str, kind: str, payload: dict[str, Any], now: datetime) -> None:
    for stream in (journal.account_stream(actor.account_id, now), journal.person_stream(person_id)):
        journal.append(tx, stream, actor.login, kind, payload, now, subject=person_id)
