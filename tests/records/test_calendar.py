"""Working days, school days and terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from workflow_core.access import Actor, Grant
from workflow_core.definition import CalendarDay
from workflow_core.errors import Misused, NotPermitted, Refused
from workflow_core.records import calendar, calendar_file
from workflow_core.records.calendar_file import Entry
from workflow_core.store import journal
from workflow_core.store.database import Database

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
ADMIN = Actor("ruth", (Grant("admin", "division", "", None, "", None),), training=True, account_id="a1")
FILE = """from,to,kind,name
2025-09-01,2026-01-23,term,2025-autumn
2026-03-02,2026-07-03,term,2026-spring
2026年9月1日,2027/1/22,term,2026-autumn
2026-01-01,,holiday,元旦
2026-10-01,2026-10-07,holiday,国庆节
2026-10-10,,makeup,
2026-12-31,2027-01-02,holiday,元旦
"""


@pytest.fixture
def filled(database: Database) -> Database:
    """The office's calendar is the invented one; a county has one of its own for 2026."""
    with database.write() as tx:
        calendar.take(tx, "", calendar_file.invented(), actor=ADMIN, now=NOW)
        calendar.take(tx, "990101", calendar_file.parse(FILE.encode()), actor=ADMIN, now=NOW)
    return database


def made(text: str = FILE) -> calendar.Calendar:
    days = calendar_file.plan(calendar_file.parse(text.encode())).days
    return calendar.of_days("990101", {day: calendar.Day(what.working, what.school, what.term) for day, what in days.items()})


@pytest.mark.parametrize(
    ("day", "working", "school"),
    [
        (date(2026, 10, 21), True, True),
        (date(2026, 10, 17), False, False),
        (date(2026, 10, 1), False, False),
        (date(2026, 10, 10), True, True),
        (date(2026, 8, 3), True, False),
    ],
)
def test_days_are_what_the_file_says(day: date, working: bool, school: bool) -> None:
    """A weekday, a weekend, a holiday, a make-up Saturday, a weekday of the summer."""
    assert (made().is_working_day(day), made().is_school_day(day)) == (working, school)


def test_days_are_counted_over_holidays() -> None:
    """The day counted from is not counted; holidays are stepped over, make-up days are not; backwards too."""
    assert made().add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert made().add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert made().add_working_days(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert made().add_school_days(date(2026, 7, 3), 1) == date(2026, 9, 1)
    assert made().add_school_days(date(2026, 10, 21), 0) == date(2026, 10, 21)


def test_a_year_that_is_not_whole_is_left_out() -> None:
    """A term or a New Year holiday that reaches into a year without its National Day does not make that year."""
    plan = calendar_file.plan(calendar_file.parse(FILE.encode()))
    assert (plan.years, plan.partial) == ((2026,), (2025, 2027))


def test_a_day_outside_is_missing_and_never_guessed() -> None:
    """Asking or counting beyond the calendar is refused."""
    with pytest.raises(Refused) as told:
        made().is_working_day(date(2027, 1, 4))
    assert told.value.code == "calendar_missing"
    with pytest.raises(Refused):
        made().add_working_days(date(2026, 12, 30), 5)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("2026-02-30,,holiday,", "date_invalid"),
        ("2026-05-03,2026-05-01,holiday,", "ends_before_it_begins"),
        ("2026-05-01,,holliday,", "kind_unknown"),
        ("2026-08-01,2026-08-20,term,", "name_missing"),
        ("2026-05-01,2028-05-01,holiday,", "too_long"),
        ("2026-10-03,,makeup,", "makeup_on_holiday"),
        ("2026-10-14,,makeup,", "makeup_on_weekday"),
        ("2026-10-07,2026-10-08,holiday,", "days_twice"),
        ("2026-06-01,2026-09-02,term,summer", "days_twice"),
    ],
)
def test_a_wrong_line_is_told(line: str, code: str) -> None:
    """Each with its number and a code."""
    with pytest.raises(Misused) as told:
        made(FILE + line + "\n")
    assert [(problem.place, problem.code) for problem in told.value.problems] == [("9", code)]


def test_all_wrong_lines_are_told_at_once() -> None:
    """One import, every fault of the file."""
    with pytest.raises(Misused) as told:
        calendar_file.parse("from,to,kind,name\nsoon,,holiday,\n2026-05-01,,hollidays,\n".encode("gb18030"))
    assert [problem.code for problem in told.value.problems] == ["date_invalid", "kind_unknown"]
    assert told.value.problems[1].advice() == "did you mean holiday?"


@pytest.mark.parametrize(("content", "code"), [(b"", "file_empty"), ("from,to,kind,name\n2026-05-01,,holiday,劳动节\n".encode(), "no_whole_year")])
def test_a_file_without_a_year_is_refused(content: bytes, code: str) -> None:
    """Nothing in it, or no whole year."""
    with pytest.raises(Misused) as told:
        calendar_file.plan(calendar_file.parse(content))
    assert [problem.code for problem in told.value.problems] == [code]


def test_a_township_inherits_year_by_year(filled: Database) -> None:
    """2026 is its county's, 2027 the whole office's; another county has the office's for both."""
    with filled.read() as tx:
        own, other = calendar.load(tx, "990101100"), calendar.load(tx, "990102100")
        assert (own.is_working_day(date(2026, 2, 17)), other.is_working_day(date(2026, 2, 17))) == (True, False)
        assert not own.is_working_day(date(2027, 2, 8))
        with pytest.raises(Refused):
            own.is_working_day(date(2029, 1, 2))


def test_terms_and_the_stretches_between_them(filled: Database) -> None:
    """A term is known whole even where its calendar ends before it; between terms the stretch has no name."""
    with filled.read() as tx:
        own = calendar.load(tx, "990101100")
        assert own.term_of(date(2026, 10, 24)) == (date(2026, 9, 1), date(2027, 1, 22), "2026-autumn")
        assert own.term_of(date(2026, 8, 1)) == (date(2026, 7, 4), date(2026, 8, 31), "")
        assert calendar.load(tx, "").term_of(date(2028, 12, 1))[1] == date(2029, 1, 19)


def test_an_import_replaces_the_years_it_covers(filled: Database) -> None:
    """The old rows of the year are gone, other years stay; the same file again is harmless; the journal has each."""
    later = [entry for entry in calendar_file.parse(FILE.encode()) if entry.kind != "makeup"]
    with filled.write() as tx:
        taken = calendar.take(tx, "990101", later, actor=ADMIN, now=NOW)
        assert (taken.years, taken.days, taken.partial) == ((2026,), 365, (2025, 2027))
        assert not calendar.load(tx, "990101").is_working_day(date(2026, 10, 10))
        assert calendar.coverage(tx) == [("", 2025, 365), ("", 2026, 365), ("", 2027, 365), ("", 2028, 366), ("990101", 2026, 365)]
        assert journal.verify_all(tx).entries == 3


def test_only_an_administrator_imports_a_calendar(database: Database) -> None:
    """And only within the own scope: a county's administrator cannot set the whole office's days."""
    county = Actor("may", (Grant("admin", "division", "990101", None, "", None),), training=True, account_id="a2")
    with database.write() as tx, pytest.raises(NotPermitted):
        calendar.take(tx, "", calendar_file.invented(), actor=county, now=NOW)


def test_a_plugin_is_asked_for_what_the_office_lacks(filled: Database) -> None:
    """The office's own years come first; a year nobody knows is still missing."""
    asked = []

    def ask(division: str, year: int) -> Sequence[CalendarDay] | None:
        asked.append((division, year))
        return [CalendarDay(date(2030, 5, 6), working=True, school=False)] if year == 2030 else None

    with filled.read() as tx:
        own = calendar.load(tx, "990101100", ask=ask)
        assert own.is_working_day(date(2026, 10, 21))
        assert own.is_working_day(date(2030, 5, 6))
        with pytest.raises(Refused):
            own.is_working_day(date(2031, 5, 6))
    assert asked == [("990101100", 2030), ("990101100", 2031)]


def test_the_invented_calendar_looks_like_a_real_one() -> None:
    """Every year has terms in autumn and spring, and more than 180 school days; the entries are sound."""
    plan = calendar_file.plan(calendar_file.invented())
    assert plan.years == (2025, 2026, 2027, 2028)
    for year in plan.years:
        assert 180 < sum(what.school for day, what in plan.days.items() if day.year == year) < 200
        assert 245 < sum(what.working for day, what in plan.days.items() if day.year == year) < 255


def test_entries_know_their_days() -> None:
    """Both ends count."""
    assert len(list(Entry(date(2026, 10, 1), date(2026, 10, 7), "holiday").days())) == 7
