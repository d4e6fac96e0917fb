"""A calendar: the days of one county, which closes for its market fair and has school terms of its own.

It is asked for the years that the office has not imported; what is imported comes first. Where it answers None, the next plugin is asked; where nobody
knows, the year counts as missing, and nothing is guessed.
"""

from __future__ import annotations

from datetime import date, timedelta

from workflow_core import CalendarDay, hookimpl

COUNTY = "990101"
CLOSED = {
    "元旦": (date(2029, 1, 1), date(2029, 1, 1)),
    "春节": (date(2029, 2, 12), date(2029, 2, 19)),
    "劳动节": (date(2029, 5, 1), date(2029, 5, 3)),
    "物资交流会": (date(2029, 6, 20), date(2029, 6, 21)),  # the county's own market fair
    "国庆节": (date(2029, 10, 1), date(2029, 10, 7)),
}
MADE_UP = [date(2029, 2, 10), date(2029, 10, 13)]
"""Saturdays on which the county works for a holiday."""
TERMS = {"2029-spring": (date(2029, 3, 1), date(2029, 7, 6)), "2029-autumn": (date(2029, 9, 3), date(2029, 12, 31))}


def within(day: date, spans: dict[str, tuple[date, date]]) -> str:
    """The name of the span that the day lies in, both ends included; empty where it lies in none."""
    return next((name for name, (first, last) in spans.items() if first <= day <= last), "")


def a_day(day: date) -> CalendarDay:
    """What one day is."""
    holiday, term = within(day, CLOSED), within(day, TERMS)
    working = day in MADE_UP or (day.weekday() < 5 and not holiday)
    return CalendarDay(day, working=working, school=working and bool(term), term=term, name=holiday)


@hookimpl
def careflow_calendar(division: str, year: int) -> list[CalendarDay] | None:
    """All days of the year, for the county and what lies in it."""
    if not division.startswith(COUNTY) or year != 2029:
        return None
    first = date(year, 1, 1)
    return [a_day(first + timedelta(days=n)) for n in range((date(year + 1, 1, 1) - first).days)]
