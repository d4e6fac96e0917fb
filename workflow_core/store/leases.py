"""Leases: of several machines, one does the work; when it dies, another takes over at the lease's end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, update

from workflow_core.clock import stamp
from workflow_core.store.database import Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import lease


def _when_free(made: Any) -> Any:
    mine_or_over = (lease.c.until <= bindparam("now")) | (lease.c.holder == made.excluded.holder)
    taken = {"holder": made.excluded.holder, "until": made.excluded.until}
    return made.on_conflict_do_update(index_elements=["name"], set_=taken, where=mine_or_over).returning(lease.c.name)


_TAKE = Statement.upsert(lambda insert: _when_free(insert(lease)))
_RENEW = Statement(update(lease).where(lease.c.name == bindparam("of"), lease.c.holder == bindparam("by")))
_RELEASE = Statement(delete(lease).where(lease.c.name == bindparam("of"), lease.c.holder == bindparam("by")))


def take(tx: Tx, name: str, holder: str, now: datetime, span: timedelta) -> bool:
    """Take a lease that is free, has run out, or is the holder's already.

    :param holder: who, unlike anybody else: host, process and a random part.
    :return: whether the holder has it now, until ``now + span``.
    """
    return tx.one(_TAKE, {"name": name, "holder": holder, "until": stamp(now + span), "now": stamp(now)}) is not None


def renew(tx: Tx, name: str, holder: str, now: datetime, span: timedelta) -> bool:
    """Keep a lease for longer; False when somebody else has taken it meanwhile, and the work must stop."""
    return tx.execute(_RENEW, {"of": name, "by": holder, "until": stamp(now + span)}) == 1


def release(tx: Tx, name: str, holder: str) -> bool:
    """Give a lease back; False when it was no longer the holder's."""
    return tx.execute(_RELEASE, {"of": name, "by": holder}) == 1
