"""Asking for a child's file that another township keeps, and offering one to it: the question, which shows nothing of the file.

What an accepted transfer moves, its cases among them, is the engine's (``engine/transferring.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from workflow_core.clock import stamp
from workflow_core.definition import COUNTY_OFFICE, SUPERVISOR, SYSTEM, Role
from workflow_core.errors import NotFound, Refused
from workflow_core.i18n import N_
from workflow_core.records.child_file import Scope, in_scope
from workflow_core.store import journal, outbox, sequences
from workflow_core.store import people as rows
from workflow_core.store import transfers as transfer_rows
from workflow_core.store.database import Tx
from workflow_core.store.ids import uuid7

ASKED = N_("Another township asks for a child's file: care child transfer list")
OFFERED = N_("Another township offers a child's file: care child transfer list")
CASE_OFFERED = N_("Another township hands a case over: care case transfer list")
CASE_SILENT = N_("A case that is handed over still waits for an answer: care case transfer list")
CASE_GONE = N_("the case was closed, or lies elsewhere by now")
SILENT = N_("The transfer of a child's file still waits for an answer: care child transfer list")
MOST = 200
"""So many are told again in one transaction."""


def township_of(division: str) -> str:
    """The code of the township that a division is, or lies in."""
    return division[:9]


def asks(row: Mapping[str, Any]) -> str:
    """The division that began a transfer."""
    return str(row["to_division"] if row["kind"] == "ask" else row["from_division"])


def answers(row: Mapping[str, Any]) -> str:
    """The division that is to answer it."""
    return str(row["from_division"] if row["kind"] == "ask" else row["to_division"])


def request(tx: Tx, actor: str, now: datetime, *, national_id: str, name: str, to_division: str, reason: str, scope: Scope = None) -> str:
    """Asks the township that keeps a child's file for its transfer; the request's reference (T-000012), also of one that was asked before and waits.

    The asker must know both number and name: nobody learns by asking who is on file.

    :raises NotFound: ``child_unknown``: no child of that number and name, or one that lies in scope already.
    :raises Refused: ``transfer_offered``: the township that keeps the file has offered it, and waits for the answer.
    """
    if tx.desk:  # which sees no such file: the office's database asks for it
        told = transfer_rows.ask_for_file(tx, national_id, name, to_division, reason, now)
        if told.get("kind") == "offer":
            raise _offered(told["ref"])
        if not told:
            raise _unknown()
        return told["ref"]
    found = [row for row in rows.children_by_number(tx, [national_id]) if row["name_key"] == name]
    if not found or in_scope(found[0]["division"], scope) or township_of(found[0]["division"]) == township_of(to_division):
        raise _unknown()
    child = found[0]
    waiting = transfer_rows.waiting(tx, child["person_id"], to_division)
    if waiting is not None and waiting["kind"] == "offer":
        raise _offered(waiting["ref"])
    if waiting is not None:
        return str(waiting["ref"])
    return _begin(tx, actor, now, "ask", child, to_division, reason)


def _unknown() -> NotFound:
    hint = N_("name and number must both be as on file; a child that you see yourself is offered: care child transfer offer REF --to CODE")
    return NotFound("child_unknown", N_("there is no such child on file elsewhere"), hint=hint)


def _offered(ref: str) -> Refused:
    return Refused("transfer_offered", N_("that file is offered already: {ref}"), hint=N_("take it: care child transfer accept {ref}"), ref=ref)


def offer(tx: Tx, actor: str, now: datetime, child: Mapping[str, Any], *, to_division: str, reason: str) -> str:
    """Offers a child's file to another township; the offer's reference, also of one that was made before and waits.

    :param child: its ``person_id`` and ``division``.
    :raises Refused: ``transfer_asked``: that township has asked for the file, and waits for the answer.
    """
    waiting = transfer_rows.waiting(tx, child["person_id"], to_division)
    if waiting is not None and waiting["kind"] == "ask":
        message, hint = N_("that township has asked for the file already: {ref}"), N_("answer it: care child transfer accept {ref}")
        raise Refused("transfer_asked", message, hint=hint, ref=waiting["ref"])
    if waiting is not None:
        return str(waiting["ref"])
    return _begin(tx, actor, now, "offer", child, to_division, reason)


def offer_case(tx: Tx, actor: str, now: datetime, case: Mapping[str, Any], *, to_division: str, reason: str) -> str:
    """Offers one case to another township, or to whoever else works in a division; the offer's reference.

    :param case: its ``case_id`` and ``division``, and ``shown``: JSON, what the other side is told of it before it accepts.
    """
    row = _row(tx, actor, now, "offer", case["division"], to_division, reason)
    transfer_rows.insert_transfer(tx, {**row, "case_id": case["case_id"], "shown": case["shown"]})
    tell(tx, SUPERVISOR, answers(row), row["ref"], CASE_OFFERED, "begun", now)
    return str(row["ref"])


def _begin(tx: Tx, actor: str, now: datetime, kind: str, child: Mapping[str, Any], to_division: str, reason: str) -> str:
    person_id = child["person_id"]
    row = _row(tx, actor, now, kind, township_of(child["division"]), to_division, reason)
    transfer_rows.insert_transfer(tx, {**row, "person_id": person_id})
    about = {"transfer": row["ref"], "from": row["from_division"], "to": to_division, "reason": reason}
    journal.append(tx, journal.person_stream(person_id), actor, "transfer_asked" if kind == "ask" else "transfer_offered", about, now, subject=person_id)
    tell(tx, SUPERVISOR, answers(row), row["ref"], ASKED if kind == "ask" else OFFERED, "begun", now)
    return str(row["ref"])


def _row(tx: Tx, actor: str, now: datetime, kind: str, from_division: str, to_division: str, reason: str) -> dict[str, Any]:
    return {
        "transfer_id": uuid7(),
        "ref": f"T-{sequences.take(tx, 'office', 'ref/transfer', 0):06}",
        "kind": kind,
        "from_division": from_division,
        "to_division": to_division,
        "reason": reason,
        "asked_at": stamp(now),
        "asked_by": actor,
        "told_at": stamp(now),
    }


def tell(tx: Tx, role: Role, division: str, ref: str, message: str, occasion: str, now: datetime) -> None:
    """Send a message about a transfer to whoever holds a role in a division; it names nobody."""
    about = {"to": role.name, "message": message, "urgent": False, "division": division, "case": ref}
    outbox.put(tx, "message", f"transfer/{ref}/{occasion}/{role.name}", about, now)


def tell_again(tx: Tx, now: datetime, days: int) -> int:
    """Tell those again who have left a transfer unanswered for so many days, and from the second time on the county, too; how many transfers.

    A case that was closed since, or lies elsewhere, is offered no more: that is written down."""
    count = 0
    for row in transfer_rows.silent(tx, now - timedelta(days=days), MOST):
        if not transfer_rows.told(tx, row, now):
            continue  # another machine has just done it
        count += 1
        if not row["stands"]:
            transfer_rows.answer(tx, row["ref"], "lapsed", CASE_GONE, SYSTEM.name, now)
            continue
        for role in (SUPERVISOR,) if row["reminders"] == 0 else (SUPERVISOR, COUNTY_OFFICE):
            tell(tx, role, answers(row), row["ref"], CASE_SILENT if row["case_id"] else SILENT, f"again{row['reminders'] + 1}", now)
    return count
