"""A calendar as a file, and the invented one of training offices. Pure functions.

The file is CSV, UTF-8 or GB18030, with the columns ``from,to,kind,name``; a row is a stretch of days:

- ``term`` (学期): lessons from the first day to the last, named (``2026-autumn``)
- ``holiday`` (放假): nobody works and there are no lessons
- ``makeup`` (调休, 补班): a Saturday or Sunday on which offices work, and schools too within a term

``to`` may be left empty for a single day. Every other Monday to Friday is a working day, and within a term a school day. Since weekdays without a
row count as working days, a year is taken only when it is whole, and it counts as whole when the file has its National Day (1 October) as a holiday:
a term, or a New Year holiday, that reaches into the next year does not make that year.
"""

from __future__ import annotations

import csv
import difflib
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias, cast

from workflow_core.definition import CalendarDay
from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_
from workflow_core.records.values import civil_day

Kind: TypeAlias = Literal["term", "holiday", "makeup"]

_KINDS: dict[str, Kind] = {
    "term": "term", "semester": "term", "学期": "term",
    "holiday": "holiday", "放假": "holiday", "假期": "holiday", "节假日": "holiday", "休": "holiday",
    "makeup": "makeup", "make-up": "makeup", "调休": "makeup", "补班": "makeup", "上班": "makeup", "班": "makeup",
}  # fmt: skip
_HEADINGS = {"from": 0, "起": 0, "开始": 0, "开始日期": 0, "to": 1, "止": 1, "结束": 1, "结束日期": 1, "kind": 2, "类型": 2, "种类": 2, "name": 3, "名称": 3}
_ONE = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """A stretch of days, both ends included.

    :param line: where it stands in the file, for problems.
    """

    first: date
    last: date
    kind: Kind
    name: str = ""
    line: int = 0

    def days(self) -> Iterable[date]:
        """Each of its days."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class Plan:
    """The days that entries make.

    :param years: the years that are whole; ``days`` holds every day of them.
    :param partial: years that are touched, but lack their National Day.
    """

    years: tuple[int, ...]
    days: dict[date, CalendarDay]
    partial: tuple[int, ...]


def parse(content: bytes) -> list[Entry]:
    """The entries of a file.

    :raises Misused: ``calendar_invalid``, with every wrong line.
    """
    text = ""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    problems: list[Problem] = []
    entries: list[Entry] = []
    columns = [0, 1, 2, 3]
    for n, cells in enumerate(csv.reader(io.StringIO(text)), 1):
        words = [cell.strip() for cell in cells]
        if not any(words):
            continue
        if n == 1 and words[0].casefold() in _HEADINGS:
            named = {_HEADINGS[word.casefold()]: at for at, word in enumerate(words) if word.casefold() in _HEADINGS}
            columns = [named.get(at, 99) for at in range(4)]
            continue
        entry = _entry([words[at] if at < len(words) else "" for at in columns], n, problems)
        if entry is not None:
            entries.append(entry)
    if not entries and not problems:
        problems.append(Problem("file_empty", N_("there is no line in the calendar"), hint=N_("a CSV file with the columns from,to,kind,name is wanted")))
    _tell(problems)
    return entries


def _entry(cells: Sequence[str], line: int, problems: list[Problem]) -> Entry | None:
    first, last = civil_day(cells[0]), civil_day(cells[1] or cells[0])
    word = unicodedata.normalize("NFKC", cells[2]).casefold()
    kind = _KINDS.get(word)
    before = len(problems)
    if not isinstance(first, date) or not isinstance(last, date):
        problems.append(Problem("date_invalid", N_("there is no such date"), f"{line}", N_("write it like 2026-10-21")))
    elif last < first:
        problems.append(Problem("ends_before_it_begins", N_("it ends before it begins"), f"{line}"))
    elif (last - first).days > 366:
        problems.append(Problem("too_long", N_("it lasts more than a year"), f"{line}"))
    if kind is None:
        close = difflib.get_close_matches(word, _KINDS, n=1)
        hint = N_("did you mean {close}?") if close else N_("the kinds are term, holiday and makeup")
        problems.append(Problem("kind_unknown", N_("there is no such kind of day"), f"{line}", hint, {"close": close[0]} if close else {}))
    elif kind == "term" and not cells[3]:
        problems.append(Problem("name_missing", N_("a term needs a name"), f"{line}", N_("for example 2026-autumn")))
    if len(problems) > before:
        return None
    return Entry(cast(date, first), cast(date, last), cast(Kind, kind), cells[3].replace("|", "/"), line)


def _tell(problems: list[Problem]) -> None:
    if problems:
        message = N_("the calendar has {count} wrong lines; nothing was taken from it")
        raise Misused("calendar_invalid", message, problems=problems, count=len(problems))


def plan(entries: Iterable[Entry]) -> Plan:
    """What the entries mean, day by day.

    :raises Misused: ``calendar_invalid``: days that are said to be two things, a make-up day on a weekday, no whole year.
    """
    entries = list(entries)
    problems: list[Problem] = []
    terms, holidays, makeups = (_by_day(entries, kind, problems) for kind in ("term", "holiday", "makeup"))
    for day, entry in makeups.items():
        if day in holidays:
            problems.append(Problem("makeup_on_holiday", N_("{day} is a holiday too"), f"{entry.line}", values={"day": day.isoformat()}))
        elif day.weekday() < 5:
            problems.append(Problem("makeup_on_weekday", N_("{day} is a weekday: nothing is made up on it"), f"{entry.line}", values={"day": day.isoformat()}))
    touched = {day.year for day in (*terms, *holidays, *makeups)}
    years = sorted(year for year in touched if date(year, 10, 1) in holidays)
    if not years:
        problems.append(Problem("no_whole_year", N_("no year is whole: each needs its National Day, 1 October, as a holiday")))
    _tell(problems)
    days: dict[date, CalendarDay] = {}
    for year in years:
        day = date(year, 1, 1)
        while day.year == year:
            term, holiday = terms.get(day), holidays.get(day)
            working = day in makeups or (day.weekday() < 5 and holiday is None)
            name = (makeups.get(day) or holiday or _NO_ENTRY).name
            days[day] = CalendarDay(day, working=working, school=working and term is not None, term=_term(term), name=name)
            day += _ONE
    return Plan(tuple(years), days, tuple(sorted(touched - set(years))))


_NO_ENTRY = Entry(date.min, date.min, "holiday")


def _term(entry: Entry | None) -> str:
    """A term with its ends, so that they are known in a year that holds only a part of it."""
    return "" if entry is None else f"{entry.name}|{entry.first}|{entry.last}"


def _by_day(entries: Iterable[Entry], kind: str, problems: list[Problem]) -> dict[date, Entry]:
    found: dict[date, Entry] = {}
    for entry in entries:
        if entry.kind != kind:
            continue
        clash = next((day for day in entry.days() if day in found), None)
        if clash is not None:
            values = {"day": clash.isoformat(), "line": found[clash].line}
            problems.append(Problem("days_twice", N_("line {line} holds {day} too"), f"{entry.line}", values=values))
        found.update((day, entry) for day in entry.days())
    return found


# ------------------------------------------------------------------ the invented calendar

INVENTED_FROM, INVENTED_TO = 2025, 2028
"""The years of a training office's calendar."""

_NEW_YEAR = {2025: date(2025, 1, 29), 2026: date(2026, 2, 17), 2027: date(2027, 2, 6), 2028: date(2028, 1, 26), 2029: date(2029, 2, 13)}
_MOON = {2025: date(2025, 10, 6), 2026: date(2026, 9, 25), 2027: date(2027, 9, 15), 2028: date(2028, 10, 3)}


def invented() -> list[Entry]:
    """A calendar for training offices, 2025 to 2028: shaped like real ones, but nobody's. A real office imports its own."""
    entries = []
    for year in range(INVENTED_FROM - 1, INVENTED_TO + 1):
        entries.append(Entry(date(year, 9, 1), _friday(min(date(year + 1, 1, 24), _NEW_YEAR[year + 1] - timedelta(days=10))), "term", f"{year}-autumn"))
    for year in range(INVENTED_FROM, INVENTED_TO + 1):
        spring = _NEW_YEAR[year]
        begins = max(date(year, 2, 15), spring + timedelta(days=13))
        entries.append(Entry(begins + timedelta(days=-begins.weekday() % 7), _friday(date(year, 7, 8)), "term", f"{year}-spring"))
        entries.append(Entry(date(year, 1, 1), date(year, 1, 1), "holiday", "元旦"))
        entries.append(Entry(spring - _ONE, spring + timedelta(days=6), "holiday", "春节"))
        entries.append(Entry(date(year, 4, 4), date(year, 4, 5), "holiday", "清明节"))
        entries.append(Entry(date(year, 5, 1), date(year, 5, 3), "holiday", "劳动节"))
        entries.append(Entry(date(year, 6, 10), date(year, 6, 10), "holiday", "端午节"))
        entries.append(Entry(date(year, 10, 1), date(year, 10, 7), "holiday", "国庆节"))
        if not date(year, 10, 1) <= _MOON[year] <= date(year, 10, 7):
            entries.append(Entry(_MOON[year], _MOON[year], "holiday", "中秋节"))
        for first, last, name in ((spring - _ONE, spring + timedelta(days=6), "春节"), (date(year, 10, 1), date(year, 10, 7), "国庆节")):
            before = first - timedelta(days=(first.weekday() + 1) % 7 or 7)
            after = last + timedelta(days=(5 - last.weekday()) % 7 or 7)
            entries += [Entry(day, day, "makeup", f"{name}调休") for day in (before, after)]
    return entries


def _friday(day: date) -> date:
    """The Friday on or before a day."""
    return day - timedelta(days=(day.weekday() - 4) % 7)
