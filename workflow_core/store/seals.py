"""The seal of a day: one digest over where every chain stood, so that a whole case cannot vanish, nor a chain be written anew from its start.

A chain proves itself from its first record to its last; it cannot prove that it was there. Therefore, when a civil day is over, its *heads* are kept: of
each chain that was written to on that day the number and digest of its last record. The day's digest covers them and the digest of the day before:

    sha256("<digest of the day before>\\n<day>\\n" and then, for each head in the order of its bytes, "<chain> <number> <digest>\\n")

Whoever keeps the digest of one day elsewhere (printed, in a letter, in another office) holds a proof of everything up to that day.
A chain is named ``case/<id>``, or by its stream of the journal.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, func, insert, literal, select

from workflow_core.clock import civil_date, day_begins, stamp, unstamp
from workflow_core.errors import Problem
from workflow_core.i18n import N_
from workflow_core.store import pulse
from workflow_core.store.chain import GENESIS
from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, event, journal, seal, seal_head

SETTLED = timedelta(hours=1)
"""A day is sealed so long after its midnight: a transaction that began before it has ended by then."""

MOST_DAYS = 50
"""So many days are sealed in one transaction, after a time without a clock."""

SHORTEST = 16
"""So many characters of a digest are enough to be held against it."""

_CASE = "case/"
_DAY = timedelta(days=1)
_CASE_OF = func.substr(seal_head.c.chain, len(_CASE) + 1)

_LAST = Statement(select(func.max(seal.c.day)))
_DIGEST = Statement(select(seal.c.digest).where(seal.c.day == bindparam("of")))
_FIRST_EVENT = Statement(select(func.min(event.c.recorded_at)))
_FIRST_ENTRY = Statement(select(func.min(journal.c.at)))
_SEAL = Statement(insert(seal))
_HEAD = Statement(insert(seal_head))


def _heads(table: Any, chain: Any, at: Any) -> Statement:
    """Where each chain of a table stood after the records of a span of time: chain, n, digest."""
    last = select(chain.label("chain"), func.max(table.c.n).label("n")).where(at >= bindparam("since"), at < bindparam("until")).group_by(chain).subquery()
    return Statement(select(last.c.chain, last.c.n, table.c.digest).join_from(last, table, (chain == last.c.chain) & (table.c.n == last.c.n)))


_EVENT_HEADS = _heads(event, event.c.case_id, event.c.recorded_at)
_ENTRY_HEADS = _heads(journal, journal.c.stream, journal.c.at)

_SEALS = Statement(select(seal).order_by(seal.c.day))
_COUNT = Statement(select(func.count()).select_from(seal))
_SEALED = Statement(
    select(seal_head.c.day, seal_head.c.chain, seal_head.c.n, seal_head.c.digest, case.c.ref, func.coalesce(event.c.digest, journal.c.digest).label("live"))
    .outerjoin_from(seal_head, case, case.c.case_id == _CASE_OF)
    .outerjoin(event, (event.c.case_id == _CASE_OF) & (event.c.n == seal_head.c.n))
    .outerjoin(journal, (journal.c.stream == seal_head.c.chain) & (journal.c.n == seal_head.c.n))
    .order_by(seal_head.c.day, seal_head.c.chain)
)
"""Every head that was sealed, with the digest that its record has now."""


def _unsealed(table: Any, chain: Any, sealed_as: Any, at: Any) -> Statement:
    """The first record of each chain that is dated within the sealed days, and was not there when they were sealed."""
    covered = select(seal_head.c.n).where(seal_head.c.chain == sealed_as, seal_head.c.n >= table.c.n).exists()
    return Statement(select(chain.label("chain"), func.min(table.c.n).label("n")).where(at < bindparam("until"), ~covered).group_by(chain).order_by(chain))


_LATE_EVENTS = _unsealed(event, event.c.case_id, literal(_CASE) + event.c.case_id, event.c.recorded_at)
_LATE_ENTRIES = _unsealed(journal, journal.c.stream, journal.c.stream, journal.c.at)
_REF = Statement(select(case.c.ref).where(case.c.case_id == bindparam("of")))


def next_day(tx: Tx, now: datetime) -> date | None:
    """The day that is to be sealed next; None: it is not over yet, or nothing was ever written.

    :param now: the office's instant.
    """
    last = tx.value(_LAST)
    if last is not None:
        day = date.fromisoformat(last) + _DAY
    else:
        first = min((at for at in (tx.value(_FIRST_EVENT), tx.value(_FIRST_ENTRY)) if at is not None), default=None)
        if first is None:
            return None
        day = civil_date(unstamp(first))
    return day if day < civil_date(now - SETTLED) else None


def seal_days(tx: Tx, now: datetime) -> int:
    """Seal the days that are over, :data:`MOST_DAYS` at most; a day on which nothing was written too, so that a missing one is seen.

    :return: how many were sealed.
    :raises AlreadyThere: another machine sealed the same day at this moment; then none of these is.
    """
    sealed = 0
    while sealed < MOST_DAYS and (day := next_day(tx, now)) is not None:
        last = tx.value(_LAST)
        between = {"since": stamp(day_begins(day)), "until": stamp(day_begins(day + _DAY))}
        heads = [{"chain": f"{_CASE}{row.chain}", "n": row.n, "digest": row.digest} for row in tx.rows(_EVENT_HEADS, between)]
        heads += [{"chain": row.chain, "n": row.n, "digest": row.digest} for row in tx.rows(_ENTRY_HEADS, between)]
        heads.sort(key=lambda head: head["chain"].encode())
        previous = GENESIS if last is None else tx.value(_DIGEST, {"of": last})
        digest = digest_of(previous, day.isoformat(), heads)
        tx.execute(_SEAL, {"day": day.isoformat(), "chains": len(heads), "previous": previous, "digest": digest, "at": stamp(now)})
        tx.many(_HEAD, [{"day": day.isoformat(), **head} for head in heads])
        sealed += 1
    return sealed


def digest_of(previous: str, day: str, heads: Iterator[Mapping[str, Any]] | list[dict[str, Any]]) -> str:
    """The digest of a day, as the head of this file says.

    :param day: ISO; :param heads: chain, n and digest of each, in the order of the chains' bytes.
    """
    whole = sha256(f"{previous}\n{day}\n".encode())
    for head in heads:
        whole.update(f"{head['chain']} {head['n']} {head['digest']}\n".encode())
    return whole.hexdigest()


def seals(tx: Tx, *, since: date | None = None, until: date | None = None) -> list[Row]:
    """The sealed days, oldest first: day, chains, previous, digest, at.

    :param since: the first day; :param until: the last.
    """
    return [
        row for row in tx.rows(_SEALS) if (since is None or row.day >= since.isoformat()) and (until is None or row.day <= until.isoformat())
    ]  # a row a day: few


def count(tx: Tx) -> int:
    """How many days are sealed."""
    return int(tx.value(_COUNT))


def verify_seals(tx: Tx, kept: Mapping[str, str] | None = None) -> Iterator[Problem]:
    """Tell whatever does not agree with the seals: the first bad record of each chain, in the order of the days.

    :param kept: digests that were kept elsewhere, by day; each may be shortened to its first :data:`SHORTEST` characters.
    """
    days = {row.day: row for row in tx.rows(_SEALS)}
    wrong: set[str] = set()
    full = set()
    for day, heads in itertools.groupby(tx.stream(_SEALED), key=lambda row: row.day):
        full.add(day)
        yield from _verify_heads(day, days.get(day), heads, wrong)
    for day, one in days.items():
        if day not in full:
            yield from _verify_heads(day, one, iter(()), wrong)
    yield from _verify_row_of_days(list(days.values()))
    for day, digest in sorted((kept or {}).items()):
        if day not in days:
            yield Problem("seal_missing", N_("The seal of this day is missing."), place=day)
        elif not days[day].digest.startswith(digest.lower()):
            yield Problem("seal_differs", N_("The seal of this day is another than the one that was kept."), place=day)


def _verify_heads(day: str, sealed: Row | None, heads: Iterator[Row], wrong: set[str]) -> Iterator[Problem]:
    """One day's heads, against their records and the day's digest; ``wrong`` takes the chains that were told."""
    whole, chains = sha256(f"{'' if sealed is None else sealed.previous}\n{day}\n".encode()), 0
    for head in heads:
        chains += 1
        whole.update(f"{head.chain} {head.n} {head.digest}\n".encode())
        if head.live != head.digest and head.chain not in wrong:
            wrong.add(head.chain)
            where = f"{head.ref or head.chain} {head.n}"
            if head.live is None:
                yield Problem("sealed_gone", N_("This record was there when {day} was sealed, and is gone."), place=where, values={"day": day})
            else:
                yield Problem("sealed_changed", N_("This record is another than when {day} was sealed."), place=where, values={"day": day})
    if sealed is None:
        yield Problem("seal_missing", N_("The seal of this day is missing."), place=day)
    elif whole.hexdigest() != sealed.digest or chains != sealed.chains:
        yield Problem("seal_changed", N_("The seal of this day, or what it was put under, was changed afterwards."), place=day)


def _verify_row_of_days(days: list[Row]) -> Iterator[Problem]:
    """That each day follows the one before it."""
    before: Row | None = None
    for one in days:
        if before is None:
            follows = one.previous == GENESIS
        else:
            follows = one.previous == before.digest and date.fromisoformat(one.day) == date.fromisoformat(before.day) + _DAY
        if not follows:
            yield Problem("seal_broken", N_("This seal does not follow from the day before it: a day is missing, or was changed."), place=one.day)
        before = one


def unsealed_day(tx: Tx) -> Iterator[Problem]:
    """Tell the first day that was over at the clock's last turn and bears no seal: the last seals can be taken away, and nothing follows that would tell.

    That is no damage by itself: the turn may have been interrupted before it sealed.
    """
    turn = pulse.last_turn(tx)
    day = None if turn is None else next_day(tx, turn)
    if turn is not None and day is not None:
        message = N_("The clock has had a turn after this day, on {turn}, and the day bears no seal: the turn was interrupted, or the seal was taken away.")
        yield Problem("seal_gone", message, place=day.isoformat(), values={"turn": civil_date(turn).isoformat()})


def late_records(tx: Tx) -> Iterator[Problem]:
    """Tell the first record of each chain that bears a date within the sealed days, and was not there when they were sealed.

    That is no damage by itself: somebody may have worked while the clock was set back. A case that was put in afterwards under an earlier date looks the same.
    """
    last = tx.value(_LAST)
    if last is None:
        return
    until = {"until": stamp(day_begins(date.fromisoformat(last) + _DAY))}
    message = N_("This record bears a date before the last seal, and was not there then: it was put in afterwards, or the clock was set back.")
    for row in tx.rows(_LATE_EVENTS, until):
        yield Problem("not_sealed", message, place=f"{tx.value(_REF, {'of': row.chain}) or _CASE + row.chain} {row.n}")
    for row in tx.rows(_LATE_ENTRIES, until):
        yield Problem("not_sealed", message, place=f"{row.chain} {row.n}")
