"""What an absence sheet's row comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import pytest

from careflow_dropout_return.forms import Cause, DropoutRecord
from careflow_dropout_return.policy import Policy
from careflow_dropout_return.sheets import ABSENCES, AbsenceRow, take_row, weekdays
from workflow_core import Deny, Desk, Effect, Observed, On, Open, SetField


@dataclass
class KnownCase:
    record: DropoutRecord


@dataclass
class StillDesk:
    """A township's desk on 21 October 2026."""

    open_case: KnownCase | None = None
    settled: Sequence[date] = ()
    policy: Policy = field(default_factory=Policy)
    today: date = date(2026, 10, 21)

    def case(self, record: type[Any], *stages: Any) -> Any:
        return self.open_case

    def observed(self, fact: Any, *, since: date | None = None) -> Sequence[Observed[date]]:
        return [Observed(day, self.today) for day in self.settled]


def taken(row: AbsenceRow, desk: StillDesk | None = None) -> list[Effect]:
    found = take_row(cast(Desk[Policy], desk or StillDesk()), row)
    assert not isinstance(found, Deny)
    return list(found)


def opened(row: AbsenceRow) -> DropoutRecord:
    [effect] = taken(row)
    assert isinstance(effect, Open)
    assert isinstance(effect.record, DropoutRecord)
    return effect.record


def refused(row: AbsenceRow) -> Deny:
    found = take_row(cast(Desk[Policy], StillDesk()), row)
    assert isinstance(found, Deny)
    return found


@pytest.mark.parametrize(
    ("word", "cause"),
    [
        ("家庭困难", Cause.POVERTY),
        (" 外出打工。", Cause.WORK),
        ("随父母外出", Cause.MOVED),
        ("厌学", Cause.AVERSION),
        ("不明", None),
        ("", None),
        ("听说结婚了", None),
    ],
)
def test_a_cause_is_taken_only_where_its_word_is_clear(word: str, cause: Cause | None) -> None:
    """A sentence is not guessed at; whatever is taken is presumed, and has to be confirmed."""
    record = opened(AbsenceRow(last_attended=date(2026, 9, 16), presumed_cause=word))
    assert (record.presumed_cause, record.cause) == (cause, None)


@pytest.mark.parametrize(("word", "reached"), [("是", True), ("否", False), ("", None)])
def test_an_empty_answer_is_no_answer(word: str, reached: bool | None) -> None:
    """Nobody wrote whether the parents were reached: that is not a no."""
    assert opened(AbsenceRow(last_attended=date(2026, 9, 16), parents_reached=word)).parents_reached is reached


@pytest.mark.parametrize(
    ("last", "today", "days"),
    [
        (date(2026, 10, 14), date(2026, 10, 21), 5),
        (date(2026, 10, 15), date(2026, 10, 21), 4),
        (date(2026, 10, 16), date(2026, 10, 18), 0),
        (date(2026, 10, 18), date(2026, 10, 19), 1),
        (date(2026, 9, 7), date(2026, 10, 21), 32),
        (date(2026, 10, 21), date(2026, 10, 21), 0),
    ],
)
def test_without_a_count_weekdays_are_counted(last: date, today: date, days: int) -> None:
    """The last day attended is not counted, today is."""
    assert weekdays(last, today) == days


def test_a_short_absence_is_not_yet_suspected() -> None:
    """Four weekdays of five; the refusal says how many."""
    said = refused(AbsenceRow(last_attended=date(2026, 10, 15)))
    assert (said.code, said.values) == ("not_yet_suspected", {"missed": 4, "limit": 5})


def test_the_schools_own_count_goes_first() -> None:
    """It knows the holidays: away for weeks by the calendar, and two school days missed."""
    assert refused(AbsenceRow(last_attended=date(2026, 9, 16), days_missed=2)).code == "not_yet_suspected"


def test_a_last_day_to_come_is_refused() -> None:
    """Nobody has attended tomorrow."""
    assert refused(AbsenceRow(last_attended=date(2026, 10, 22))).code == "in_future"


def test_the_same_row_again_changes_nothing() -> None:
    """A child with an open case gets no second one."""
    known = KnownCase(DropoutRecord(last_attended=date(2026, 9, 16), teacher="T"))
    assert taken(AbsenceRow(last_attended=date(2026, 9, 16), teacher="T"), StillDesk(known)) == []


def test_a_later_sheet_brings_an_open_case_up_to_date() -> None:
    """A later last day and another teacher are told to the case; the case stays the same."""
    known = KnownCase(DropoutRecord(last_attended=date(2026, 9, 16), teacher="T"))
    [effect] = taken(AbsenceRow(last_attended=date(2026, 10, 9), teacher="U"), StillDesk(known))
    assert isinstance(effect, On)
    assert effect.target is cast(Any, known)
    assert [one.value for one in effect.do if isinstance(one, SetField)] == ["U", date(2026, 10, 9), None]


def test_a_child_that_is_back_is_not_sent_away_by_a_sheet() -> None:
    """Its attendance is recorded by the task for that, which knows a relapse from a day missed."""
    back = KnownCase(DropoutRecord(last_attended=date(2026, 9, 16), returned_on=date(2026, 10, 12)))
    assert taken(AbsenceRow(last_attended=date(2026, 10, 13)), StillDesk(back)) == []


def test_an_old_sheet_does_not_open_a_settled_matter() -> None:
    """Up to the day that was settled there is nothing new; a later absence is."""
    desk = StillDesk(settled=[date(2026, 9, 16)])
    assert taken(AbsenceRow(last_attended=date(2026, 9, 16)), desk) == []
    assert len(taken(AbsenceRow(last_attended=date(2026, 9, 28)), desk)) == 1


def test_a_child_not_on_file_gets_a_provisional_file() -> None:
    """The sheet asks the engine for it; nobody is left out for want of papers."""
    assert ABSENCES.create_subject
