"""Numbers and papers of an office: nothing is given twice, nothing is missing between, and what was signed is what is kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from sqlalchemy import and_, func, select

from workflow_core.errors import Problem
from workflow_core.i18n import N_
from workflow_core.store.canonical import load
from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, document, event, event_payload, sequence

_REFS = Statement(select(case.c.ref))
_NEXT = Statement(select(sequence.c.issuer, sequence.c.kind, sequence.c.year, sequence.c.next))
_NUMBERED = Statement(
    select(document.c.issuer, document.c.name, document.c.year, func.count().label("papers"), func.max(document.c.number).label("last"))
    .where(document.c.number.is_not(None))
    .group_by(document.c.issuer, document.c.name, document.c.year)
)
_SIGNED_EVENT = and_(event.c.case_id == document.c.case_id, event.c.kind == "paper_signed")
_SIGNED = Statement(
    select(
        case.c.ref,
        *(document.c[name] for name in ("case_id", "n", "name", "number_text", "signed_at", "signed_by", "fields", "template", "content", "sealed")),
        document.c.erased_at,
        event_payload.c.payload,
    )
    .select_from(
        document.join(case, case.c.case_id == document.c.case_id)
        .outerjoin(event, _SIGNED_EVENT)
        .outerjoin(event_payload, and_(event_payload.c.case_id == event.c.case_id, event_payload.c.n == event.c.n))
    )
    .where(document.c.sealed.is_not(None))
    .order_by(document.c.case_id, document.c.n)
)


def numbers(tx: Tx) -> Iterator[Problem]:
    """Numbers of cases and papers that would be given a second time, and numbers that were given and are nowhere.

    A paper whose name an upgrade has changed goes on with the numbers of its first one: the sequence ``paper/new=old`` says so.
    """
    given: dict[tuple[str, str, int], list[int]] = {}
    for row in tx.stream(_REFS):
        prefix, year, n = row.ref.rsplit("-", 2)
        count_and_last = given.setdefault(("office", f"ref/{prefix}", 2000 + int(year)), [0, 0])
        count_and_last[:] = count_and_last[0] + 1, max(count_and_last[1], int(n))
    following = {(row.issuer, row.kind, row.year): row.next for row in tx.rows(_NEXT)}
    series = {(issuer, kind.split("=")[0], year): f"paper/{kind.split('=')[1]}" for issuer, kind, year in following if "=" in kind}
    for row in tx.rows(_NUMBERED):
        own = f"paper/{row.name}"
        count_and_last = given.setdefault((row.issuer, series.get((row.issuer, own, row.year), own), row.year), [0, 0])
        count_and_last[:] = count_and_last[0] + row.papers, max(count_and_last[1], row.last)
    for at in sorted({*given, *(at for at in following if at[1].startswith("paper/") and "=" not in at[1])}):
        count, last = given.get(at, [0, 0])
        place = f"{at[0]} {at[1]} {at[2]}" if at[0] != "office" else f"{at[1]} {at[2]}"
        if following.get(at, 1) <= last:
            yield Problem("number_behind", N_("the next number to be given is taken already"), place=place)
        last = max(last, following.get(at, 1) - 1)
        if count < last:
            values = {"count": last - count, "last": last}
            yield Problem("number_gap", N_("of the numbers up to {last}, {count} were given and are nowhere"), place=place, values=values)


def signed(tx: Tx) -> Iterator[tuple[Row, str | None]]:
    """Every paper that was signed, its row, and the digest that the history holds of it; None where the history was erased, or a word of the paper.

    The row has ``ref, n, name, number_text, signed_at, signed_by, fields, template, content, sealed``.
    """
    for _, group in itertools.groupby(tx.stream(_SIGNED), key=lambda row: (row.case_id, row.n)):
        rows = list(group)
        said = [load(row.payload) for row in rows if row.payload]
        kept = [one.get("sealed") for one in said if one.get("n") == rows[0].n]
        yield rows[0], kept[-1] if kept and rows[0].erased_at is None else None
