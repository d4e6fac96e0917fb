"""One at a time on PostgreSQL, without waiting forever: an advisory lock can be held by everybody who may connect, so whoever waits for one says for whom."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, text

from workflow_core.errors import Conflict
from workflow_core.i18n import N_

MIGRATING, MAKING = 7095130101, 7095130102
"""Any numbers, the same for all who migrate the tables, and for all who make the server office over them."""
WAIT_SECONDS = 10.0
"""So long the work of another is waited for."""
_TRY = text("SELECT pg_try_advisory_xact_lock(:number)")
_HOLDERS = text(
    "SELECT string_agg(DISTINCT coalesce(a.usename, '?') || ' (pid ' || l.pid || ')', ', ') FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (l.classid::bigint << 32) + l.objid::bigint = :number"
)


def take(connection: Connection, number: int) -> None:
    """Hold the lock until this transaction ends.

    :raises Conflict: ``held_by_others``: who holds it is named by his login.
    """
    until = time.monotonic() + WAIT_SECONDS
    given: dict[str, Any] = {"number": number}
    while not connection.execute(_TRY, given).scalar_one():
        if time.monotonic() > until:
            who = connection.execute(_HOLDERS, given).scalar_one() or "?"
            hint = N_("have them end it, or end it for them (SELECT pg_terminate_backend(PID)), then repeat this")
            raise Conflict("held_by_others", N_("others hold what this needs, and nothing was changed: {who}"), hint=hint, who=who)
        time.sleep(0.2)
