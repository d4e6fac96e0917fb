"""The office's calendar: working days, school days and terms. Looked up, never guessed: a day that is not in it is ``calendar_missing``.

A division's calendar is its own where it has one, else its county's, its city's, its province's, at last the whole office's (``""``), year by
year; after those, what a plugin's ``careflow_calendar`` hook knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeAlias

from workflow_core.access.grants import ADMIN, Actor
from workflow_core.definition import CalendarDay
from workflow_core.errors import Refused
from workflow_core.i18n import N_
from workflow_core.records.calendar_file import Entry, Plan, plan
from workflow_core.records.divisions import chain
from workflow_core.store import calendar as rows
from workflow_core.store import journal
from workflow_core.store.database import Row, Tx

_ONE = timedelta(days=1)


class Day(NamedTuple):
    """One day.

    :param term: the term it lies in, empty between terms.
    :param bounds: the term's first and last day, where the calendar says them.
    """

    working: bool
    school: bool
    term: str = ""
    name: str = ""
    bounds: tuple[date, date] | None = None


Ask: TypeAlias = Callable[[str, int], Sequence[CalendarDay] | None]
"""Division and year; what ``Registry.calendar`` answers."""


class Calendar:
    """Look-ups for one division. A month is read when a day of it is asked for: a deadline of a few days needs one or two of a year's twelve.

    :param fetch: the days of a year's month.
    """

    def __init__(self, division: str, fetch: Callable[[int, int], Mapping[date, Day]]) -> None:
        self.division = division
        self._fetch = fetch
        self._months: dict[tuple[int, int], Mapping[date, Day]] = {}

    def day(self, day: date) -> Day:
        """What is known of a day.

        :raises Refused: ``calendar_missing``.
        """
        found = self._found(day)
        if found is None:
            raise Refused(
                "calendar_missing",
                N_("the calendar of division {division} does not hold {day}"),
                hint=N_("import the year: care office calendar import FILE"),
                division=self.division or "*",
                day=day.isoformat(),
            )
        return found

    def _found(self, day: date) -> Day | None:
        key = (day.year, day.month)
        month = self._months.get(key)
        if month is None:
            month = self._months[key] = self._fetch(*key)
        return month.get(day)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work: make-up days do, holidays do not."""
        return self.day(day).working

    def is_school_day(self, day: date) -> bool:
        """Whether there are lessons."""
        return self.day(day).school

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after a day (before it, where n is below zero); the day itself for 0."""
        return self._count(day, n, self.is_working_day)

    def add_school_days(self, day: date, n: int) -> date:
        """The n-th school day after a day (before it, where n is below zero); the day itself for 0."""
        return self._count(day, n, self.is_school_day)

    def _count(self, day: date, n: int, counts: Callable[[date], bool]) -> date:
        step = _ONE if n > 0 else -_ONE
        left = abs(n)
        while left:
            day += step
            left -= counts(day)
        return day

    def term_of(self, day: date) -> tuple[date, date, str]:
        """First day, last day and name of the term; between two terms, of the stretch between them, without a name."""
        here = self.day(day)
        if here.bounds is not None:
            return (*here.bounds, here.term)
        return self._edge(day, -_ONE, here.term), self._edge(day, _ONE, here.term), here.term

    def _edge(self, day: date, step: timedelta, term: str) -> date:
        """The last day in a direction that lies in the same term, or in none."""
        while self.day(day + step).term == term:
            day += step
        return day


def of_days(division: str, days: Mapping[date, Day]) -> Calendar:
    """A calendar of days at hand."""
    months: dict[tuple[int, int], dict[date, Day]] = {}
    for day, what in days.items():
        months.setdefault((day.year, day.month), {})[day] = what
    return Calendar(division, lambda year, month: months.get((year, month), {}))


def load(tx: Tx, division: str, *, ask: Ask | None = None) -> Calendar:
    """The calendar that holds in a division; its months are read from the transaction as they are needed.

    :param ask: who else may know a year (``registry.calendar``).
    """
    above = chain(division)
    rank = {code: -n for n, code in enumerate(above)}

    asked: dict[int, dict[date, Day]] = {}

    def fetch(year: int, month: int) -> dict[date, Day]:
        found: dict[date, Day] = {}
        for row in sorted(rows.days(tx, above, f"{year}-{month:02d}-01", f"{year}-{month:02d}-31"), key=lambda row: rank[row["division"]]):
            found[date.fromisoformat(row["day"])] = _day(row)
        if found or ask is None or rows.holds(tx, above, f"{year}-01-01", f"{year}-12-31"):
            return found
        if year not in asked:
            asked[year] = {}
            for one in ask(division, year) or ():
                asked[year].setdefault(one.day, Day(one.working, one.school, one.term, one.name))
        return {day: what for day, what in asked[year].items() if day.month == month}

    return Calendar(division, fetch)


def _day(row: Row) -> Day:
    term, _, bounds = (row["term"] or "").partition("|")
    first, _, last = bounds.partition("|")
    return Day(bool(row["working"]), bool(row["school"]), term, row["name"] or "", (date.fromisoformat(first), date.fromisoformat(last)) if last else None)


# ------------------------------------------------------------------ taking a calendar in


@dataclass(frozen=True)
class Taken:
    """What an import of a calendar did.

    :param years: the years that were replaced; :param days: how many days were written.
    :param partial: years that the file touches without their National Day: they are not whole and were left as they were.
    """

    years: tuple[int, ...]
    days: int
    partial: tuple[int, ...]


def take(tx: Tx, division: str, entries: Iterable[Entry], *, actor: Actor, now: datetime) -> Taken:
    """Writes the years that the entries cover, instead of what the division had for them.

    :param division: whose calendar it is; ``""`` for the whole office.
    :param entries: of ``calendar_file.parse`` or ``calendar_file.invented``.
    :raises Misused: ``calendar_invalid``, with every wrong entry.
    :raises NotPermitted: the actor is no administrator there.
    """
    actor.require(ADMIN.name, division=division, doing=N_("import a calendar"))
    made: Plan = plan(entries)
    for year in made.years:
        days = [(day, what) for day, what in made.days.items() if day.year == year]
        rows.replace(tx, division, f"{year}-01-01", f"{year}-12-31", [_row(division, day, what) for day, what in days])
    journal.append(
        tx,
        journal.account_stream(actor.account_id, now),
        actor.login,
        "calendar_imported",
        {"division": division, "years": list(made.years)},
        now,
    )
    return Taken(made.years, len(made.days), made.partial)


def _row(division: str, day: date, what: CalendarDay) -> dict[str, object]:
    return {
        "division": division,
        "day": day.isoformat(),
        "working": int(what.working),
        "school": int(what.school),
        "term": what.term or None,
        "name": what.name or None,
    }


def coverage(tx: Tx) -> list[tuple[str, int, int]]:
    """Which years there are: division (``""`` the whole office), year, number of days."""
    return [(row["division"], int(row["year"]), row["days"]) for row in rows.years(tx)]
