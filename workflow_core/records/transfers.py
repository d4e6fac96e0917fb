"""Asking for a child's file that another township keeps: the question, which shows nothing of the file."""

from __future__ import annotations

from datetime import datetime

from workflow_core.clock import stamp
from workflow_core.errors import NotFound
from workflow_core.i18n import N_
from workflow_core.records.child_file import Scope, in_scope
from workflow_core.store import journal
from workflow_core.store import people as rows
from workflow_core.store import transfers as transfer_rows
from workflow_core.store.database import Tx
from workflow_core.store.ids import uuid7


def request(tx: Tx, actor: str, now: datetime, *, national_id: str, name: str, to_division: str, reason: str, scope: Scope = None) -> str:
    """Asks the township that keeps a child's file for its transfer; the request's id, also of one that was asked before and waits.

    The asker must know both number and name: nobody learns by asking who is on file.

    :raises NotFound: ``child_unknown``: no child of that number and name, or one that lies in scope already.
    """
    found = [row for row in rows.children_by_number(tx, [national_id]) if row["name_key"] == name]
    if not found or in_scope(found[0]["division"], scope):
        raise NotFound("child_unknown", N_("there is no such child on file elsewhere"))
    child = found[0]
    waiting = transfer_rows.waiting(tx, child["person_id"], to_division)
    if waiting is not None:
        return waiting
    transfer_id = uuid7()
    transfer_rows.insert_transfer(
        tx,
        {
            "transfer_id": transfer_id,
            "person_id": child["person_id"],
            "from_division": child["division"],
            "to_division": to_division,
            "reason": reason,
            "asked_at": stamp(now),
            "asked_by": actor,
        },
    )
    journal.append(
        tx, journal.person_stream(child["person_id"]), actor, "transfer_asked", {"to": to_division, "reason": reason}, now, subject=child["person_id"]
    )
    return transfer_id
