"""Time, passed in. Instants are UTC; a *date* is the office's civil date (Asia/Shanghai)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Protocol

_AHEAD = timedelta(hours=8)
OFFICE_ZONE = timezone(_AHEAD, "Asia/Shanghai")
"""China's civil time: one zone, and no summer time since 1991, so no time-zone data is needed."""


class Clock(Protocol):
    """Tells the time. The engine never asks the machine itself."""

    def now(self) -> datetime:
        """The instant, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands where it is put: a training office's ``--now``, and tests."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


def civil_date(instant: datetime) -> date:
    """The office's date at that instant."""
    if instant.tzinfo is UTC:  # asked for at every turn, and nearly always of an instant in UTC
        return (instant + _AHEAD).date()
    return instant.astimezone(OFFICE_ZONE).date()


@lru_cache(maxsize=4096)
def day_begins(day: date) -> datetime:
    """The instant, in UTC, at which that date begins in the office."""
    return datetime.combine(day, time(), OFFICE_ZONE).astimezone(UTC)


def stamp(instant: datetime) -> str:
    """An instant as it is stored: ISO 8601, UTC, microseconds, fixed width, so that text order is time order."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="microseconds")[:26] + "Z"


def unstamp(text: str) -> datetime:
    """The instant that ``stamp`` wrote."""
    return datetime.fromisoformat(text)
