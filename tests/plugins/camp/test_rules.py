"""The rules that can be told from a record, the policy and an entry alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careflow_camp.forms import Camper, Edition, Group, Health, Return, SchoolSeats
from careflow_camp.policy import Policy
from careflow_camp.rules import (
    LAST_TIER,
    all_allotted,
    dates_in_order,
    has_begun,
    has_come_before,
    is_left_behind,
    is_old_enough,
    months_of,
    not_ahead,
    not_later,
    tier,
    tutors_cleared,
)  # fmt: skip
from workflow_core import Child, Deny

TODAY = date(2027, 7, 1)
NOW = datetime(2027, 7, 1, 4, 0, tzinfo=UTC)
POLICY = Policy()
EDITION = Edition(starts_on=date(2027, 7, 10), ends_on=date(2027, 7, 12), seats=60, nominate_by=date(2027, 6, 10), public_on=date(2027, 6, 13))
CHILD = Child("C-1", date(2017, 3, 4), "female", False, "甲小学", 4, "", None, "both_away", (), "grandparent")


@dataclass
class StillCase:
    """A case on 1 July 2027, as far as these rules look."""

    record: Any = field(default_factory=lambda: Camper(school="甲小学"))
    policy: Policy = POLICY
    today: date = TODAY
    now: datetime = NOW


def case(**about: Any) -> Any:
    return StillCase(**about)


def code(answer: Deny | None) -> str | None:
    if answer is None:
        return None
    assert answer.hint
    return answer.code


# ------------------------------------------------------------------ who may be nominated


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"left_behind": "one_away"}, None),
        ({"left_behind": "mother_away"}, None),
        ({"left_behind": "none"}, "not_left_behind"),
        ({"left_behind": ""}, "left_behind_unknown"),
        ({"provisional": True}, "not_registered"),
    ],
)
def test_only_registered_left_behind_children_are_nominated(changes: dict[str, Any], why: str | None) -> None:
    """What is not on file is completed first."""
    assert code(is_left_behind(replace(CHILD, **changes))) == why


@pytest.mark.parametrize(
    ("grade", "need", "why"), [(3, 3, None), (2, 3, "grade_too_low"), (9, 3, None), (None, 3, "grade_unknown"), (4, 5, "grade_too_low"), (1, 1, None)]
)
def test_from_the_policys_grade_on(grade: int | None, need: int, why: str | None) -> None:
    """Three, unless a county says otherwise."""
    assert code(is_old_enough(replace(CHILD, grade=grade), Policy(grade_from=need))) == why


def test_a_former_camper_needs_the_county() -> None:
    """The last year is named, and the way round it."""
    told = has_come_before([2024, 2026, 2025])
    assert told is not None
    assert (told.code, told.values["year"], "admit_anyway" in told.hint) == ("took_part_before", 2026, True)
    assert has_come_before([]) is None


# ------------------------------------------------------------------ who comes first


@pytest.mark.parametrize(
    ("hardship", "again", "away", "found"),
    [
        (("orphan",), False, 12, 1), (("hardship",), False, None, 2), (("hardship",), True, 6, 3), (("hardship",), True, 5, 4),
        ((), False, 6, 5), ((), False, 5, 6), ((), True, 240, 7), ((), True, None, 8),
    ],
)  # fmt: skip
def test_need_comes_before_novelty_and_novelty_before_absence(hardship: tuple[str, ...], again: bool, away: int | None, found: int) -> None:
    """Eight tiers, in this order."""
    assert tier(hardship, again, away, POLICY) == found


def test_the_readme_has_the_tiers() -> None:
    """Line by line as they are reckoned."""
    readme = (Path(__file__).resolve().parents[3] / "plugins/camp/README.md").read_text("utf-8")
    table = [[cell.strip() for cell in line.split("|")[1:-1]] for line in readme.splitlines() if line[:3].strip("| ").isdigit()]
    assert [int(number) for number, *_ in table] == list(range(1, LAST_TIER + 1))
    for number, hardship, newcomer, long_away in table:
        assert tier(("hardship",) if hardship else (), not newcomer, 6 if long_away else 5, POLICY) == int(number)


POLICIES = st.builds(Policy, hardship_first=st.booleans(), newcomers_first=st.booleans(), long_absence_months=st.integers(0, 24))
SITUATIONS = st.tuples(st.sampled_from([(), ("hardship",)]), st.booleans(), st.none() | st.integers(0, 240))


@given(POLICIES, SITUATIONS, SITUATIONS)
def test_what_a_county_leaves_out_reorders_nobody_else(policy: Policy, one: Any, other: Any) -> None:
    """Two children who differ only in what the policy does not ask for have one tier."""
    first, second = tier(one[0], one[1], one[2], policy), tier(other[0], other[1], other[2], policy)
    assert 1 <= first <= LAST_TIER
    alike = (
        (not policy.hardship_first or bool(one[0]) == bool(other[0]))
        and (not policy.newcomers_first or one[1] == other[1])
        and (not policy.long_absence_months or ((one[2] or 0) >= policy.long_absence_months) == ((other[2] or 0) >= policy.long_absence_months))
    )
    assert (first == second) is alike


@pytest.mark.parametrize(
    ("cell", "found"), [("", None), (" 18 ", 18), ("18个月", 18), ("6月", 6), ("0", 0), ("240", 240)]
)  # fmt: skip
def test_months_of_absence_are_read(cell: str, found: int | None) -> None:
    """As schools write them."""
    assert months_of(cell) == found


@pytest.mark.parametrize("cell", ["241", "-1", "1.5", "一年", "１２", "12年", "六个月"])
def test_months_that_are_no_number_are_told(cell: str) -> None:
    """And not guessed."""
    told = months_of(cell)
    assert isinstance(told, Deny)
    assert told.code == "months_not_read"


# ------------------------------------------------------------------ the edition


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"ends_on": date(2027, 7, 10)}, None),
        ({"ends_on": date(2027, 7, 9)}, "ends_before_start"),
        ({"nominate_by": date(2027, 7, 10)}, "closes_too_late"),
        ({"public_on": date(2027, 6, 10)}, "public_too_early"),
        ({"public_on": date(2027, 7, 10)}, "public_too_late"),
        ({"nominate_by": None, "public_on": None}, None),
    ],
)
def test_dates_are_in_order(changes: dict[str, Any], why: str | None) -> None:
    """Closing, public value, camp, end."""
    assert code(dates_in_order(replace(EDITION, **changes))) == why


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([("甲", 40), ("乙", 20)], None),
        ([("甲", 40)], "seats_left"),
        ([], "seats_left"),
        ([("甲", 40), ("乙", 21)], "seats_too_many"),
        ([("甲", 40), ("甲", 20)], "school_twice"),
    ],
)
def test_all_seats_are_allotted(lines: list[tuple[str, int]], why: str | None) -> None:
    """No more, no fewer, each school once."""
    assert code(all_allotted(replace(EDITION, allotment=tuple(SchoolSeats(school=school, seats=seats) for school, seats in lines)))) == why


GROUP = Group(number=1, tutor="t", vetted_on=date(2027, 3, 1), query_number="Q1")


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        ((GROUP,), None),
        ((), "no_groups"),
        ((GROUP, Group(number=2, tutor=" ")), "tutor_missing"),
        ((GROUP, Group(number=2, tutor="u")), "tutor_not_vetted"),
        ((replace(GROUP, vetted_on=date(2026, 7, 13)),), None),
        ((replace(GROUP, vetted_on=date(2026, 7, 12)),), "tutor_not_vetted"),
        ((replace(GROUP, vetted_on=date(2099, 1, 1)),), "tutor_not_vetted"),
        ((replace(GROUP, vetted_on=date(2027, 7, 2)),), "tutor_not_vetted"),
        ((replace(GROUP, query_number=" "),), "tutor_not_vetted"),
    ],
)
def test_no_tutor_is_without_a_vetting_of_the_year(groups: tuple[Group, ...], why: str | None) -> None:
    """Until the last day; on the day a year after it no longer counts."""
    assert code(tutors_cleared(groups, date(2027, 7, 12), TODAY)) == why


@pytest.mark.parametrize(
    ("vetted_on", "last_day", "why"),
    [
        (date(2027, 3, 1), date(2028, 2, 29), None),
        (date(2028, 2, 29), date(2029, 2, 27), None),
        (date(2028, 2, 29), date(2029, 2, 28), "tutor_not_vetted"),
    ],
)
def test_a_year_with_a_leap_day_is_a_year(vetted_on: date, last_day: date, why: str | None) -> None:
    """Counted by the calendar, not by 365 days."""
    assert code(tutors_cleared((replace(GROUP, vetted_on=vetted_on),), last_day, last_day)) == why


# ------------------------------------------------------------------ entries


@pytest.mark.parametrize(("starts_on", "begun"), [(None, False), (date(2027, 7, 2), False), (date(2027, 7, 1), True)])
def test_the_camp_begins_with_its_first_day(starts_on: date | None, begun: bool) -> None:
    """And not while its days are not known."""
    assert has_begun(case(record=Camper(school="甲小学", starts_on=starts_on))) is begun


@pytest.mark.parametrize(("day", "why"), [(TODAY, None), (date(2027, 7, 2), "in_future")])
def test_nothing_is_entered_before_it_happened(day: date, why: str | None) -> None:
    """To the day."""
    assert code(not_ahead(case(), Health(stated_on=day, fit=True))) == why


@pytest.mark.parametrize(("minute", "why"), [(0, None), (1, "time_in_future")])
def test_nobody_is_back_before_it_is(minute: int, why: str | None) -> None:
    """To the minute."""
    assert code(not_later(case(), Return(back_at=NOW.replace(minute=minute)))) == why
