"""The two ages of the standards. They are rounded differently: weight and growth go by completed half-years, pressure by years rounded half up."""

from __future__ import annotations

from datetime import date


def completed_months(born_on: date, on: date) -> int:
    """Whole months lived on that day. A month is complete on the day of birth of the next; where that month has no such day, on the first of the one after.

    :raises ValueError: the day lies before the birth.
    """
    if on < born_on:
        raise ValueError("a child is not measured before its birth")
    return (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)


def half_years(born_on: date, on: date) -> int:
    """Completed half-years, the age of WS/T 586-2018 and WS/T 456-2014: born on 2000-09-25, a child is 9.5 (19 half-years) on 2010-09-24, 10.0 the day after,
    and 10.5 from 2011-03-25 on (the example of WS/T 586-2018).

    :raises ValueError: the day lies before the birth.
    """
    return completed_months(born_on, on) // 6


def pressure_years(born_on: date, on: date) -> int:
    """Years rounded half up from completed months, the age of WS/T 610-2018: from six years and six months on a child is 7.

    :raises ValueError: the day lies before the birth.
    """
    return (completed_months(born_on, on) + 6) // 12
