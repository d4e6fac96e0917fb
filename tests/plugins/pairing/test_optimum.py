"""The match is the best there is: beside every other match there could be, on small cases."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careflow_pairing.forms import Nearness
from careflow_pairing.matching import Kept, Matching, Need, Proxy, Rules, match

ON = date(2026, 10, 12)
TOWNS, VILLAGES = ("东", "西"), ("甲村", "乙村", "")
REFS = ("V-1", "V-2", "V-3", "V-4")

NEEDS = st.lists(
    st.builds(
        Need,
        ref=st.just(""),
        township=st.sampled_from(("东", "东", "西")),
        village=st.sampled_from(VILLAGES),
        priority=st.integers(1, 3),
        again=st.sampled_from((False, False, True)),
        sex=st.sampled_from(("male", "female", None)),
        age=st.sampled_from((7, 9, 10, 14, None)),
        household=st.sampled_from(("", "", "张家", "李家")),
        consented=st.sampled_from((True, True, True, False)),
        kin=st.frozensets(st.sampled_from(REFS), max_size=1),
        parents=st.frozensets(st.sampled_from(REFS), max_size=1),
        turned_down=st.frozensets(st.sampled_from(REFS), max_size=1),
    ),
    max_size=5,
).map(lambda some: [replace(one, ref=f"N-{n}") for n, one in enumerate(some)])
PROXIES = st.lists(
    st.builds(
        Proxy,
        ref=st.just(""),
        township=st.sampled_from(("东", "东", "西")),
        village=st.sampled_from(VILLAGES),
        capacity=st.integers(1, 3),
        sex=st.sampled_from(("male", "female", None)),
        vetted_on=st.sampled_from((date(2026, 3, 1), date(2026, 3, 1), date(2025, 10, 13), date(2025, 10, 12), None)),
        barred=st.sampled_from((False, False, False, True)),
        near_only=st.sampled_from((False, False, False, True)),
    ),
    max_size=4,
).map(lambda some: [replace(one, ref=REFS[n]) for n, one in enumerate(some)])
RULES = st.builds(Rules, on=st.just(ON), households=st.booleans(), girls_same_sex=st.booleans())


@dataclass(frozen=True)
class Town:
    """A case, and all that could be done with it; the rules are told here a second time, and differently."""

    needs: Sequence[Need]
    proxies: Sequence[Proxy]
    rules: Rules

    def may(self, need: Need, proxy: Proxy) -> bool:
        """Whether these two may be a pair."""
        known = not proxy.barred and proxy.vetted_on is not None and proxy.vetted_on > date(2025, 10, 12)
        reach = need.township == proxy.township or proxy.ref in need.kin
        girl = self.rules.girls_same_sex and need.sex == "female" and (need.age or 99) > 9
        wanted = not proxy.near_only or self.near(need, proxy)
        return known and reach and need.consented and proxy.ref not in need.turned_down | need.parents and wanted and not (girl and proxy.sex != "female")

    @staticmethod
    def near(need: Need, proxy: Proxy) -> bool:
        """A relative, or the same village of the same township."""
        return proxy.ref in need.kin or (need.village != "" and (need.township, need.village) == (proxy.township, proxy.village))

    def units(self) -> list[list[Need]]:
        """Those who go together."""
        found: dict[str, list[Need]] = {}
        for need in self.needs:
            if need.consented:
                found.setdefault(need.household if self.rules.households and need.household else need.ref, []).append(need)
        return list(found.values())

    def worth(self, chosen: Sequence[tuple[list[Need], Proxy]]) -> tuple[int, ...]:
        """What a match is worth: the more, the better, from left to right."""
        ranks = [(not any(one.again for one in unit), min(one.priority for one in unit)) for unit, _ in chosen]
        count = [sum(len(unit) for (unit, _), mine in zip(chosen, ranks, strict=True) if mine == rank) for rank in product((False, True), (1, 2, 3))]
        return (sum(count), *count, sum(self.near(one, proxy) for unit, proxy in chosen for one in unit))

    def line(self, need: str) -> tuple[object, ...]:
        """The place in line of a child."""
        one = next(one for one in self.needs if one.ref == need)
        return (not one.again, one.priority, one.ref)

    def in_front(self, chosen: Sequence[tuple[list[Need], Proxy]]) -> int:
        """How far in front those are who have somebody near."""
        return sum(6 - (one.priority - 1 + 3 * (not one.again)) for (one,), proxy in chosen if self.near(one, proxy))

    def all(self) -> Iterator[list[tuple[list[Need], Proxy]]]:
        """Every match that the rules allow."""
        units = self.units()
        ways = [[None, *(proxy for proxy in self.proxies if all(self.may(one, proxy) for one in unit))] for unit in units]
        for way in product(*ways):
            chosen = [(unit, proxy) for unit, proxy in zip(units, way, strict=True) if proxy is not None]
            if all(sum(other is proxy for _, other in chosen) <= proxy.capacity for proxy in self.proxies):
                yield chosen

    def chosen(self, found: Matching) -> list[tuple[list[Need], Proxy]]:
        """An answer in the same words."""
        whom = {pair.need: pair.proxy for pair in found.pairs}
        by_ref = {proxy.ref: proxy for proxy in self.proxies}
        for unit in self.units():
            assert len({whom.get(one.ref) for one in unit}) == 1, "a household stays together"
        return [(unit, by_ref[whom[unit[0].ref]]) for unit in self.units() if unit[0].ref in whom]


def seats(chosen: Sequence[tuple[list[Need], Proxy]]) -> list[tuple[int, str]]:
    """Which places are taken: the first of somebody, the second …"""
    loads: dict[str, int] = {}
    for _, proxy in chosen:
        loads[proxy.ref] = loads.get(proxy.ref, 0) + 1
    return sorted((number, ref) for ref, load in loads.items() for number in range(load))


@settings(max_examples=400, deadline=None)
@given(NEEDS, PROXIES, RULES)
def test_no_other_match_is_better(needs: list[Need], proxies: list[Proxy], rules: Rules) -> None:
    """As many children as can be, then the ranks, then the near pairs; and nothing that a rule forbids."""
    town = Town(needs, proxies, rules)
    ours = town.chosen(match(needs, proxies, rules))
    assert all(town.may(one, proxy) for unit, proxy in ours for one in unit)
    assert all(sum(other is proxy for _, other in ours) <= proxy.capacity for proxy in proxies)
    assert town.worth(ours) == max(map(town.worth, town.all()))


@settings(max_examples=300, deadline=None)
@given(NEEDS, PROXIES, RULES)
def test_among_equals_the_front_of_the_line_wins(needs: list[Need], proxies: list[Proxy], rules: Rules) -> None:
    """Of all matches that are worth as much, none has an earlier child for a later one, a first place for a second, or nearer places for those in front."""
    town = Town(needs, proxies, replace(rules, households=False))
    found = match(needs, proxies, town.rules)
    ours = town.chosen(found)
    best = [other for other in town.all() if town.worth(other) == town.worth(ours)]
    lines = [sorted(town.line(unit[0].ref) for unit, _ in other) for other in best]
    assert sorted(town.line(pair.need) for pair in found.pairs) == min(lines)
    assert seats(ours) == min(map(seats, best))
    alike = [other for other, line in zip(best, lines, strict=True) if line == min(lines) and seats(other) == seats(ours)]
    assert town.in_front(ours) == max(map(town.in_front, alike))


@settings(max_examples=150, deadline=None)
@given(NEEDS, PROXIES, RULES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(needs: list[Need], proxies: list[Proxy], rules: Rules, chance: random.Random) -> None:
    """Whoever sorts the sheet differently gets the same pairs."""
    found = match(needs, proxies, rules)
    assert match(chance.sample(needs, len(needs)), chance.sample(proxies, len(proxies)), rules) == found


@settings(max_examples=150, deadline=None)
@given(NEEDS, PROXIES, RULES, st.sets(st.integers(0, 4)))
def test_what_was_approved_stays(needs: list[Need], proxies: list[Proxy], rules: Rules, numbers: set[int]) -> None:
    """Matched again with some pairs kept: their children are not matched, their places are taken, and the rest is worth as much as before."""
    before = match(needs, proxies, rules)
    household = {one.ref: one.household for one in needs}
    keep = [pair for n, pair in enumerate(before.pairs) if n in numbers or (rules.households and household[pair.need])]
    kept = [Kept(need=pair.need, proxy=pair.proxy, household=household[pair.need]) for pair in keep]
    after = match(needs, proxies, rules, kept)
    assert not {pair.need for pair in after.pairs} & {one.need for one in kept}
    assert sum(before.by_priority.values()) == after.paired + len(kept)
    near = sum(pair.nearness is not Nearness.TOWNSHIP for pair in keep)
    assert (after.near + near, before.by_priority) == (
        before.near,
        {tier: after.by_priority[tier] + sum(pair.tier == tier for pair in keep) for tier in (1, 2, 3)},
    )


@settings(max_examples=100, deadline=None)
@given(NEEDS, PROXIES, RULES)
def test_everybody_has_a_pair_or_a_reason(needs: list[Need], proxies: list[Proxy], rules: Rules) -> None:
    """Nobody is dropped in silence."""
    found = match(needs, proxies, rules)
    assert {pair.need for pair in found.pairs} | set(found.left) == {one.ref for one in needs}
    assert not {pair.need for pair in found.pairs} & set(found.left)


def a_county(seed: int) -> tuple[list[Need], list[Proxy]]:
    """Three hundred children and a hundred volunteers in three townships, some of them relatives across the borders."""
    chance = random.Random(seed)
    village = [f"{name}村" for name in "甲乙丙丁戊"]
    proxies = [
        Proxy(
            ref=f"V-{n:03d}", township=chance.choice("东西南"), village=chance.choice(village), capacity=chance.randint(1, 3),
            sex=chance.choice(("male", "female")), vetted_on=date(2026, 3, 1), near_only=chance.random() < 0.1,
        )
        for n in range(100)
    ]  # fmt: skip
    needs = [
        Need(
            ref=f"N-{n:03d}", township=chance.choice("东西南"), village=chance.choice(village), priority=chance.randint(1, 3), again=chance.random() < 0.05,
            sex=chance.choice(("male", "female")), age=chance.randint(6, 15), kin=frozenset(chance.sample([one.ref for one in proxies], chance.random() < 0.1)),
            turned_down=frozenset(chance.sample([one.ref for one in proxies], 3 * (chance.random() < 0.1))),
        )
        for n in range(300)
    ]  # fmt: skip
    return needs, proxies


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("girls", [False, True])
def test_a_county_reaches_what_another_solver_reaches(seed: int, girls: bool) -> None:
    """The same children, and as many near pairs, as the assignment that is worth the most by one number for each child and place."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    needs, proxies = a_county(seed)
    town = Town(needs, proxies, Rules(on=ON, girls_same_sex=girls))
    line = sorted(needs, key=lambda one: town.line(one.ref))
    seats = [proxy for proxy in proxies for _ in range(proxy.capacity)]
    count = len(line)
    worth = np.zeros((count, len(seats)))
    for place, one in enumerate(line):
        rank = 6 - (one.priority - 1 + 3 * (not one.again))
        for number, proxy in enumerate(seats):
            if town.may(one, proxy):
                worth[place, number] = (rank * (count + 1) + town.near(one, proxy)) * count * count + count - place
    rows, columns = linear_sum_assignment(worth, maximize=True)
    theirs = {line[row].ref for row, column in zip(rows, columns, strict=True) if worth[row, column]}
    found = match(needs, proxies, town.rules)
    assert {pair.need for pair in found.pairs} == theirs
    assert town.worth(town.chosen(found))[-1] == sum(
        town.near(line[row], seats[column]) for row, column in zip(rows, columns, strict=True) if worth[row, column]
    )
