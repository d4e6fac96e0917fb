"""The tables of an office, for SQLite and PostgreSQL alike.

Types are portable, so that both databases hold the same text:

- an id is UUIDv7 text; an instant is what :func:`workflow_core.clock.stamp` writes; a date is ISO text; JSON is compact text
- a flag is a small integer, 0 or 1
- text compares byte by byte on both (PostgreSQL's collation ``C``), so that lists sort alike and a subtree of divisions is a range of codes

Every row of a case is keyed ``(case_id, n)``. Defaults are the database's own: statements are sent compiled, past any default in Python.
Constraints get their names from one convention; a migration can then name what it drops.
"""

from __future__ import annotations

from workflow_core.store.tables.cases import (
    access_request,
    attachment,
    blob,
    case,
    document,
    event,
    event_payload,
    hold,
    hold_item,
    lease,
    line,
    party,
    plan,
    plan_item,
    referral,
    register_entry,
    register_open,
    sequence,
    task,
    timer,
    transfer,
    waiting,
)
from workflow_core.store.tables.columns import METADATA, NO_DUE
from workflow_core.store.tables.office import (
    account,
    definition,
    deputy,
    enablement,
    grant,
    grant_request,
    journal,
    journal_head,
    journal_payload,
    outbox,
    policy,
    request,
    seal,
    seal_head,
    setting,
)
from workflow_core.store.tables.people import calendar, child, consent, division, erasure, observation, person, petition, place, relation, volunteer

__all__ = [
    "METADATA",
    "NO_DUE",
    "access_request",
    "account",
    "attachment",
    "blob",
    "calendar",
    "case",
    "child",
    "consent",
    "definition",
    "deputy",
    "division",
    "document",
    "enablement",
    "erasure",
    "event",
    "event_payload",
    "grant",
    "grant_request",
    "hold",
    "hold_item",
    "journal",
    "journal_head",
    "journal_payload",
    "lease",
    "line",
    "observation",
    "outbox",
    "party",
    "person",
    "petition",
    "place",
    "plan",
    "plan_item",
    "policy",
    "referral",
    "register_entry",
    "register_open",
    "relation",
    "request",
    "seal",
    "seal_head",
    "sequence",
    "setting",
    "task",
    "timer",
    "transfer",
    "volunteer",
    "waiting",
]
