"""Children as they are matched: one by one, or household by household; and in groups that nothing in the rules tells apart.

Groups are what makes the problem small: the children of one village and tier are alike to every proxy parent of one village, so it is enough to decide how many
of them go there. Who of them goes is told by the line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from careflow_pairing.forms import Nearness
from careflow_pairing.matching.people import Kept, Need, Proxy, Rules
from careflow_pairing.matching.rules import how_near, unfit, wants_woman


@dataclass(frozen=True)
class Unit:
    """Those who go to one proxy parent and take one place: a child, or the children of a household.

    :param rank: 0 to 5: those who are queued again before all others, and among each of both the tiers.
    """

    members: tuple[Need, ...]
    tier: int
    rank: int

    @property
    def order(self) -> tuple[int, str]:
        """Its place in line."""
        return self.rank, self.members[0].ref

    def forbids(self, proxy: Proxy, rules: Rules) -> bool:
        """Whether any of them may not go there."""
        return any(unfit(one, proxy, rules) for one in self.members)

    def near(self, proxy: Proxy) -> int:
        """How many of them have a relative there, or somebody of their village."""
        return sum(how_near(one, proxy) is not Nearness.TOWNSHIP for one in self.members)


@dataclass(frozen=True)
class Places:
    """Places of proxy parents who are alike."""

    proxies: list[Proxy] = field(default_factory=list)
    free: list[int] = field(default_factory=list)

    def each(self) -> list[tuple[int, Proxy]]:
        """Each place as what number it is of its proxy parent, and who that is: nobody's second is taken before everybody's first."""
        found = [(number, proxy) for proxy, free in zip(self.proxies, self.free, strict=True) for number in range(free)]
        return sorted(found, key=lambda one: (one[0], one[1].ref))


def units(needs: Iterable[Need], rules: Rules) -> list[Unit]:
    """The units in line. With households, siblings are one, as needy as the neediest of them."""
    together: dict[Hashable, list[Need]] = defaultdict(list)
    for need in needs:
        together[("household", need.household) if rules.of(need.township).households and need.household else need.ref].append(need)
    found = []
    for members in together.values():
        members.sort(key=lambda one: one.ref)
        tier = min(one.priority for one in members)
        found.append(Unit(tuple(members), tier, tier - 1 + (0 if any(one.again for one in members) else 3)))
    return sorted(found, key=lambda one: one.order)


def groups(line: Iterable[Unit], rules: Rules) -> list[list[Unit]]:
    """Units that are alike, in line."""
    found: dict[Hashable, list[Unit]] = defaultdict(list)
    for unit in line:
        alike = tuple((one.township, one.village, wants_woman(one, rules), one.kin, one.parents, one.turned_down) for one in unit.members)
        found[unit.rank, alike].append(unit)
    return list(found.values())


def places(proxies: Iterable[Proxy], free: Mapping[str, int], named: frozenset[str], rules: Rules) -> list[Places]:
    """The places that are left, of proxy parents who are alike; whoever is named by a child is like nobody.

    :param free: places left, by reference.
    :param named: those who are somebody's relative, or were turned down by somebody.
    """
    found: dict[Hashable, Places] = defaultdict(Places)
    for proxy in sorted(proxies, key=lambda one: one.ref):
        if free[proxy.ref] > 0:
            sex = proxy.sex if rules.of(proxy.township).girls_same_sex else None
            one = found[proxy.ref if proxy.ref in named else (proxy.township, proxy.village, sex, proxy.near_only)]
            one.proxies.append(proxy)
            one.free.append(free[proxy.ref])
    return list(found.values())


def places_left(proxies: Iterable[Proxy], kept: Iterable[Kept], rules: Rules) -> dict[str, int]:
    """How many places each has left. Where households stay together, the children of one take one place."""
    taken: dict[str, set[Hashable]] = defaultdict(set)
    proxies = list(proxies)
    together = {proxy.ref for proxy in proxies if rules.of(proxy.township).households}
    for one in kept:
        taken[one.proxy].add(("household", one.household) if one.proxy in together and one.household else one.need)
    return {proxy.ref: max(proxy.capacity - len(taken[proxy.ref]), 0) for proxy in proxies}
