"""When the clock last had its turn, how late it was, and when the last copy of the office was made: kept in the office itself, for all its machines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from workflow_core.clock import stamp, unstamp
from workflow_core.store import access
from workflow_core.store.database import Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case

LATE = timedelta(days=1)
"""A clock that had no turn for so long is told to whoever looks."""

_STALE = timedelta(hours=1)
_BEAT, _LAG, _BACKUP = "last_tick", "last_tick_lag", "last_backup"
_WAITS_SINCE = Statement(select(func.min(case.c.wake_at)).where(case.c.wake_at <= bindparam("now")))


@dataclass(frozen=True)
class Pulse:
    """The clock's last turn.

    :param at: when; None: it never had one. :param lag: how long what it found due had waited, the longest of it.
    :param waits_since: since when something waits for it now.
    """

    at: datetime | None
    lag: timedelta
    waits_since: datetime | None

    def late(self, now: datetime) -> bool:
        """Whether something waits, and has had no turn, for over a day."""
        return self.waits_since is not None and now - self.waits_since > LATE and (self.at is None or now - self.at > LATE)


def beat(tx: Tx, at: datetime, lag: timedelta) -> None:
    """Write down a turn of the clock.

    :param lag: how long what was due had waited, the longest of it.
    """
    access.set_setting(tx, _BEAT, stamp(at))
    access.set_setting(tx, _LAG, str(int(lag.total_seconds())))


def stale(tx: Tx, now: datetime) -> bool:
    """Whether the last turn that was written down is an hour old, so that a turn in which nothing was due has to be written too."""
    at = access.setting_of(tx, _BEAT)
    return at is None or abs(now - unstamp(at)) > _STALE


def pulse(tx: Tx, now: datetime) -> Pulse:
    """The clock's last turn, and what waits for the next one."""
    at, since = access.setting_of(tx, _BEAT), tx.value(_WAITS_SINCE, {"now": stamp(now)})
    lag = timedelta(seconds=int(access.setting_of(tx, _LAG) or 0))
    return Pulse(None if at is None else unstamp(at), lag, None if since is None else unstamp(since))


def last_turn(tx: Tx) -> datetime | None:
    """When the clock last had its turn; None: never."""
    at = access.setting_of(tx, _BEAT)
    return None if at is None else unstamp(at)


def copied(tx: Tx, at: datetime) -> None:
    """Write down that a copy of the office was made, and found whole."""
    access.set_setting(tx, _BACKUP, stamp(at))


def last_copy(tx: Tx) -> datetime | None:
    """When the last copy of the office was made; None: never."""
    at = access.setting_of(tx, _BACKUP)
    return None if at is None else unstamp(at)
