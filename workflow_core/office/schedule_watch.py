"""A process that gives the clock its turn again and again. Of several on one office one works and the others stand by, also on other machines."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from workflow_core.clock import SystemClock, stamp
from workflow_core.errors import CareError

if TYPE_CHECKING:
    from workflow_core.engine import TickReport
    from workflow_core.office.office import Office

LEASE = "tick"
LEAST_SPAN = timedelta(seconds=60)
"""A watcher that died is succeeded after this, or after three of its turns, whichever is longer."""
LONGEST_PAUSE = 300.0
_PASSING = frozenset({"office_busy", "office_unreachable", "office_unwritable", "already_there", "database_failed"})
"""What may be over at the next turn: a busy or restarted server, a full disk."""


@dataclass(frozen=True)
class Turn:
    """What became of one turn: it was taken, or it was another's, or it failed and is tried again."""

    at: datetime
    report: TickReport | None = None
    standby: bool = False
    error: CareError | None = None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``: one document a turn."""
        said: dict[str, Any] = {"at": stamp(self.at), "state": "failed" if self.error else "standby" if self.standby else "ticked"}
        if self.report is not None:
            said.update(self.report.as_dict())
        if self.error is not None:
            said["error"] = self.error.as_dict()
        return said


def watch(office: Office, every: float, stop: threading.Event, tell: Callable[[Turn], None], *, least_span: timedelta = LEAST_SPAN) -> None:
    """Give the clock its turn until told to stop; then the transaction at hand is finished, and the lease given back.

    :param every: seconds between two turns. :param tell: is told of each turn.
    :raises Damaged: something that waiting does not mend, like ``office_damaged`` or ``office_needs_migration``.
    """
    holder = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
    span = max(least_span, timedelta(seconds=3 * every))
    failures = 0
    try:
        while not stop.is_set():
            turn = _turn(office, holder, span, stop)
            tell(turn)
            failures = failures + 1 if turn.error is not None else 0
            pause = min(every, span.total_seconds() / 2) if turn.standby else every
            stop.wait(min(LONGEST_PAUSE, 2.0**failures) if failures else pause)
    finally:
        _let_go(office, holder)


def _turn(office: Office, holder: str, span: timedelta, stop: threading.Event) -> Turn:
    from workflow_core.store import leases

    now = SystemClock().now()
    held = [now]

    def interrupted() -> bool:
        """Between two transactions: whether to stop; a long turn keeps its lease, and ends when another has it."""
        if stop.is_set():
            return True
        if SystemClock().now() - held[0] < span / 3:
            return False
        held[0] = SystemClock().now()
        with office.db.write() as tx:
            return not leases.renew(tx, LEASE, holder, held[0], span)

    try:
        with office.db.write() as tx:
            mine = leases.take(tx, LEASE, holder, now, span)
        if not mine:
            return Turn(now, standby=True)
        return Turn(now, office.engine.tick(stop=interrupted))
    except CareError as error:
        if error.code not in _PASSING:
            raise
        return Turn(now, error=error)


def _let_go(office: Office, holder: str) -> None:
    """Another need not wait for the lease's end; where the office cannot be reached, it has to."""
    from workflow_core.store import leases

    try:
        with office.db.write() as tx:
            leases.release(tx, LEASE, holder)
    except CareError:
        return
