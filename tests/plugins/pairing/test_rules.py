"""The rules that can be told from a record, the policy and an entry alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from careflow_pairing.forms import Danger, Exclusion, FamilyAnswer, Nearness, PairRecord, ProxyRecord, Talk, Vetting, VettingResult, Visit
from careflow_pairing.policy import Policy
from careflow_pairing.rules import (
    child_was_heard,
    cleared,
    is_barred,
    is_cleared,
    nearness,
    not_ahead,
    of_age,
    saw_danger,
    tier,
    vetting_ends,
    vetting_not_ahead,
)  # fmt: skip
from workflow_core import Child, Deny

TODAY = date(2026, 10, 12)
VETTED = ProxyRecord(vetting=Vetting.CLEAR, vetted_on=date(2026, 3, 1))


@dataclass
class StillCase:
    """A case on 12 October 2026, as far as these rules look."""

    record: Any = field(default_factory=PairRecord)
    policy: Policy = field(default_factory=Policy)
    today: date = TODAY
    born_on: date | None = date(2013, 1, 5)

    @property
    def child(self) -> Child:
        return Child("P-1", self.born_on, None, False, "", 7, "", None, "", (), "")


def case(**about: Any) -> Any:
    return StillCase(**about)


def code(answer: Deny | None) -> str | None:
    return answer.code if answer else None


@pytest.mark.parametrize(
    ("vetted_on", "months", "ends"),
    [
        (date(2025, 10, 12), 12, date(2026, 10, 12)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 12, 31), 1, date(2026, 1, 31)),
        (date(2025, 11, 30), 1, date(2025, 12, 30)),
    ],
)
def test_a_vetting_ends_to_the_day(vetted_on: date, months: int, ends: date) -> None:
    """So many months after its day; where the month has no such day, on its last one."""
    assert vetting_ends(vetted_on, months) == ends


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"vetted_on": date(2025, 10, 13)}, None),
        ({"vetted_on": date(2025, 10, 12)}, "vetting_lapsed"),
        ({"vetted_on": None}, "not_vetted"),
        ({"vetting": None}, "not_vetted"),
        ({"vetting": Vetting.BARRED}, "barred"),
        ({"exclusion": Exclusion.HABIT}, "excluded"),
    ],
)
def test_who_may_be_brought_together_with_a_child(changes: dict[str, Any], why: str | None) -> None:
    """Queried, without a hit, not twelve months ago, and none of the four cases of art. 22."""
    proxy = replace(VETTED, **changes)
    assert code(cleared(proxy, Policy(), TODAY)) == why
    assert code(is_cleared(case(record=proxy))) == why


def test_a_township_may_ask_for_a_vetting_more_often() -> None:
    """The policy's months count."""
    assert code(cleared(VETTED, Policy(revet_months=6), TODAY)) == "vetting_lapsed"


@pytest.mark.parametrize(("changes", "barred"), [({}, False), ({"vetting": Vetting.BARRED}, True), ({"exclusion": Exclusion.NEGLECT}, True)])
def test_a_hit_or_an_exclusion_bars(changes: dict[str, Any], barred: bool) -> None:
    """Nothing else does: who has not been vetted is not barred."""
    assert (is_barred(case(record=replace(VETTED, **changes))) is None) is barred


@pytest.mark.parametrize(
    ("kin", "wanted"),
    [("relative", 1), ("other", 1), ("sibling", 1), ("", 1), ("grandparent", 2), ("father", 3), ("mother", 3), ("parent", 3)],
)
def test_the_tier_follows_the_guardian(kin: str, wanted: int) -> None:
    """Relatives and others before grandparents before a parent."""
    assert tier(kin) == wanted


@pytest.mark.parametrize(
    ("child", "proxy", "kin", "wanted"),
    [
        ("甲村", "甲村", False, Nearness.VILLAGE),
        ("甲村", "乙村", False, Nearness.TOWNSHIP),
        ("", "", False, Nearness.TOWNSHIP),
        ("甲村", "甲村", True, Nearness.KIN),
        ("甲村", "乙村", True, Nearness.KIN),
    ],
)
def test_nearness(child: str, proxy: str, kin: bool, wanted: Nearness) -> None:
    """A relation on file goes before the village; two villages that nobody knows are not the same."""
    assert nearness(child, proxy, kin=kin) is wanted


@pytest.mark.parametrize(
    ("born_on", "why"),
    [(date(2010, 10, 12), None), (date(2010, 10, 13), "not_of_age"), (None, "age_unknown")],
)
def test_a_pair_ends_with_the_birthday(born_on: date | None, why: str | None) -> None:
    """On the day, not the day before."""
    assert code(of_age(case(born_on=born_on))) == why


@pytest.mark.parametrize(
    ("born_on", "agreed", "why"),
    [
        (date(2018, 10, 11), True, None),
        (date(2018, 10, 11), None, "child_not_heard"),
        (date(2018, 10, 11), False, "child_refused"),
        (date(2018, 10, 12), None, None),
        (date(2018, 10, 12), False, "child_refused"),
        (None, None, "child_not_heard"),
    ],
)
def test_the_child_is_heard_from_eight_years_on(born_on: date | None, agreed: bool | None, why: str | None) -> None:
    """On the day of the answer; and a younger child's no is a no."""
    answer = FamilyAnswer(answered_on=date(2026, 10, 11), child_agreed=agreed)
    assert code(child_was_heard(case(born_on=born_on), answer)) == why


def test_nothing_is_entered_ahead_of_its_day() -> None:
    """Talks and queries; today is not ahead."""
    late = VettingResult(result=Vetting.CLEAR, query_number="查1", vetted_on=date(2026, 10, 13), authority="公安局")
    assert code(vetting_not_ahead(case(), late)) == "vetted_in_future"
    assert vetting_not_ahead(case(), replace(late, vetted_on=TODAY)) is None
    assert code(not_ahead(case(), Talk(talked_on=date(2026, 10, 13), topics="学习"))) == "in_future"
    assert not_ahead(case(), Talk(talked_on=TODAY, topics="学习")) is None


def test_danger_is_danger_only_when_it_is_said() -> None:
    """A doubt is looked into; danger is reported at once."""
    visit = Visit(visited_on=TODAY, seen="好")
    assert [saw_danger(replace(visit, danger=one)) for one in Danger] == [False, False, True]
