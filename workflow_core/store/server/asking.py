"""A desk's side of asking for access: what :mod:`workflow_core.store.server.guards_access` does for it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
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


def ask_for_file(tx: Tx, number: str, name: str, to: str, reason: str, now: datetime) -> Mapping[str, str]:
    """Ask the township that keeps the file of a child of that number and name for it: the transfer's ``ref`` and ``kind``, also of one that waits already;
    nothing where there is no such child elsewhere.

    :param number: as stored; so is ``name``. :param to: the code of the township that asks.
    """
    salt = secrets.token_hex(16)
    beside(tx, {"access": {"do": "seek", "about": "id/" + sha256(f"{salt}/{number}/{name}".encode()).hexdigest()}})
    asked = {"do": "transfer", "salt": salt, "number": number, "name": name, "to": to, "reason": reason, "at": stamp(now)}
    found: Mapping[str, str] = send(tx, [{"access": asked}])[0]
    return found


def take_back(tx: Tx, ref: str, reason: str, now: datetime) -> bool:
    """Take back what one's own township has asked for; False where it was answered."""
    return bool(send(tx, [{"access": {"do": "take_back", "ref": ref, "reason": reason, "at": stamp(now)}}])[0]["done"])


def named(tx: Tx, rows: Iterable[Row | None]) -> None:
    """Put into the rows of one's own requests which child's file, or case, they are about, where that is out of sight."""
    lacking = [row for row in rows if row is not None and row["child"] is None and row["case_ref"] is None and row["division"] is None]
    if lacking:
        known = send(tx, [{"access": {"do": "about"}}])[0]
        for row in lacking:
            row.update(known.get(row["ref"], {}))
