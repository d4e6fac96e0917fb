"""The match of a township, or of a county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from careflow_pairing.matching.people import Kept, Matching, Need, Pair, Proxy, Rules
from careflow_pairing.matching.rules import how_near, unable, waiting
from careflow_pairing.matching.solver import solve
from careflow_pairing.matching.units import Unit, groups, places, places_left, units


def match(needs: Sequence[Need], proxies: Sequence[Proxy], rules: Rules, kept: Sequence[Kept] = ()) -> Matching:
    """The best match there is. It does not depend on the order in which anybody is given.

    Hard: places, vetting of less than a year, nobody barred, consent, the same township or a relative, and what the policy adds. Best, in this order: as
    many children as there are places; who is queued again; tier 1 before 2 before 3; as many near pairs (a relative, or the same village) as can be; the
    front of the line, and nobody's second place before everybody's first, both by reference.

    :param kept: the pairs there are; their places are taken.
    :raises ValueError: two needs, or two proxy parents, have one reference.
    """
    if len({one.ref for one in needs}) < len(needs) or len({one.ref for one in proxies}) < len(proxies):
        raise ValueError("a reference is there twice")
    able = [one for one in proxies if unable(one, rules) is None]
    free = places_left(able, kept, rules)
    paired = {one.need for one in kept}
    left = {one.ref: why for one in needs if (why := waiting(one, paired))}
    line = units([one for one in needs if one.ref not in left], rules)
    found: list[Pair] = []
    line = _join(line, able, kept, rules, found, left)
    named = frozenset(ref for unit in line for one in unit.members for ref in one.kin | one.parents | one.turned_down)
    kinds = places(able, free, named, rules)
    for unit, proxy in solve(groups(line, rules), kinds, rules):
        found += [_pair(one, proxy, unit.tier) for one in unit.members]
    _why_not(line, {one.need for one in found}, able, rules, left)
    return Matching(able_volunteers=len(able), seats=sum(free.values()), pairs=tuple(sorted(found, key=lambda one: one.need)), left=left)


def _pair(need: Need, proxy: Proxy, tier: int) -> Pair:
    same = bool(need.village) and (need.township, need.village) == (proxy.township, proxy.village)
    return Pair(need=need.ref, proxy=proxy.ref, nearness=how_near(need, proxy), tier=tier, same_village=same)


def _join(line: Sequence[Unit], able: Sequence[Proxy], kept: Sequence[Kept], rules: Rules, found: list[Pair], left: dict[str, str]) -> list[Unit]:
    """Where households stay together, who has a sibling with a proxy parent goes there, on the same place, or waits."""
    by_ref = {one.ref: one for one in able}
    with_whom: dict[str, set[str]] = {}
    for one in kept:
        with_whom.setdefault(one.household, set()).add(one.proxy)
    rest = []
    for unit in line:
        household = unit.members[0].household
        if not household or household not in with_whom or not rules.of(unit.members[0].township).households:
            rest.append(unit)
            continue
        fit = [by_ref[ref] for ref in sorted(with_whom[household]) if ref in by_ref and not unit.forbids(by_ref[ref], rules)]
        if fit:
            found += [_pair(one, fit[0], unit.tier) for one in unit.members]
        else:
            left.update({one.ref: "sibling_elsewhere" for one in unit.members})
    return rest


def _why_not(line: Sequence[Unit], placed: set[str], able: Sequence[Proxy], rules: Rules, left: dict[str, str]) -> None:
    """Who is left had nobody, or everybody's places went to others."""
    by_township: dict[str, list[Proxy]] = {}
    by_ref: Mapping[str, Proxy] = {one.ref: one for one in able}
    for one in able:
        by_township.setdefault(one.township, []).append(one)
    for unit in line:
        if unit.members[0].ref not in placed:
            first = unit.members[0]
            reach = [*by_township.get(first.township, ()), *(by_ref[ref] for one in unit.members for ref in one.kin if ref in by_ref)]
            why = "nobody_possible" if all(unit.forbids(one, rules) for one in reach) else "no_place"
            left.update({one.ref: why for one in unit.members})
