"""A desk's side of asking for access: what :mod:`workflow_core.store.server.guards_access` does for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflow_core.clock import stamp
from workflow_core.store.server.session import beside, send

if TYPE_CHECKING:
    from workflow_core.store.database import Row, Tx


def behind(tx: Tx, ref: str) -> Mapping[str, str | None]:
    """The ids of the child and of the case behind a reference, wherever they lie: ``person_id``, ``case_id``; None where there is no such one.

    That it was asked for is written down and committed first, beside this transaction.

    :raises Refused: ``desk_too_many``: so many references were asked for within a day.
    """
    if not (ref.isascii() and ref.replace("-", "").isalnum() and len(ref) <= 40):  # no reference, and perhaps a name: nothing to be kept
        return {"person_id": None, "case_id": None}
    beside(tx, {"access": {"do": "seek", "about": ref}})
    found: Mapping[str, str | None] = send(tx, [{"access": {"do": "behind", "about": ref}}])[0]
    return found


def ask(tx: Tx, row: Mapping[str, Any]) -> str:
    """Write a request, or an emergency, with its entries in the journal; its reference.

    :param row: of ``access_request``: what is asked for, why, and until when.
    """
    names = ("kind", "person_id", "case_id", "division", "rows", "purpose", "until")
    asked = {"do": "ask", **{name: row[name] for name in names}, "fields": json.loads(row["fields"]), "at": row["asked_at"]}
    return str(send(tx, [{"access": asked}])[0]["ref"])


def answer(tx: Tx, ref: str, state: str, text: str, now: datetime) -> bool:
    """Answer a request, look back at an emergency, or end one, with the entries in the journal; False where somebody has done so already.

    :param state: ``approved``, ``refused``, ``reviewed`` or ``ended``.
    """
    return bool(send(tx, [{"access": {"do": "answer", "ref": ref, "state": state, "text": text, "at": stamp(now)}}])[0]["done"])


def named(tx: Tx, rows: Iterable[Row | None]) -> None:
    """Put into the rows of one's own requests which child's file, or case, they are about, where that is out of sight."""
    lacking = [row for row in rows if row is not None and row["child"] is None and row["case_ref"] is None and row["division"] is None]
    if lacking:
        known = send(tx, [{"access": {"do": "about"}}])[0]
        for row in lacking:
            row.update(known.get(row["ref"], {}))
