"""Calendar periods, and the windows in which a recurring task is wanted. Pure functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from workflow_core.clock import civil_date, day_begins, unstamp

TermsOf: TypeAlias = Callable[[date], tuple[date, date, str]]
"""The term a day lies in: first day, last day, name; outside a term, the stretch between two terms. Raises ``calendar_missing``."""


def period_of(name: str, day: date, terms: TermsOf) -> tuple[date, date]:
    """The calendar period a day lies in: its first day, and the first day after it."""
    if name == "day":
        return day, day + timedelta(days=1)
    if name == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=7)
    if name == "term":
        first, last, _ = terms(day)
        return first, last + timedelta(days=1)
    length = {"month": 1, "quarter": 3, "year": 12}[name]
    start = (day.month - 1) // length * length
    return date(day.year, start + 1, 1), (date(day.year + 1, 1, 1) if start + length == 12 else date(day.year, start + length + 1, 1))


def wanted_in(times: int, first: date, end: date, since: date, partial: str) -> int:
    """How many are wanted in the period ``[first, end)`` of a stay that began on ``since``: a share, rounded half up, where it began inside."""
    if since <= first or partial == "full":
        return times
    if partial == "none":
        return 0
    covered = Decimal((end - since).days) / Decimal((end - first).days)
    return int((times * covered).quantize(Decimal(1), ROUND_HALF_UP))


def civil_time(stored: str | None) -> str | None:
    """An instant as it is stored, as people here say it: ``2026-07-05T07:00``."""
    if stored is None:
        return None
    instant = unstamp(stored)
    day = civil_date(instant)
    minutes = int((instant - day_begins(day)).total_seconds()) // 60
    return f"{day.isoformat()}T{minutes // 60:02d}:{minutes % 60:02d}"
