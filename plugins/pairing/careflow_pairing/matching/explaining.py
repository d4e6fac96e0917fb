"""Why this one: what a match says of one child when it is asked. Codes and numbers; references only of the child and of its own proxy parent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from careflow_pairing.forms import Nearness
from careflow_pairing.matching.people import Kept, Matching, Need, Proxy, Rules
from careflow_pairing.matching.rules import how_near, unable, unfit
from careflow_pairing.matching.units import places_left


@dataclass(frozen=True)
class Taken:
    """To whom places went."""

    tier: int
    places: int


@dataclass(frozen=True)
class Possible:
    """Proxy parents with whom the child may be, of one nearness.

    :param volunteers: how many of them.
    :param places: how many places they had left before the match.
    :param open: how many of these are left after it.
    :param taken: the other places, by the tier of the child who has it.
    """

    nearness: Nearness
    volunteers: int
    places: int
    open: int
    taken: tuple[Taken, ...]


@dataclass(frozen=True)
class Explanation:
    """Why a child has this proxy parent, or none.

    :param why: with a proxy parent ``kin``, ``same_village``, ``same_township``; else as in ``Matching.left``.
    :param tier: the priority that counted.
    :param again: queued again, before all others.
    :param possible: who was possible, the nearest first, the child's own proxy parent among them.
    :param barred: how many volunteers were not, by what barred them: ``not_vetted``, ``vetting_lapsed``, ``barred``, ``no_place_left`` (full before the match),
        ``other_township``, ``other_sex``, ``near_only``, ``own_parent``, ``turned_down``.
    """

    need: str
    proxy: str | None
    why: str
    tier: int
    again: bool
    possible: tuple[Possible, ...]
    barred: Mapping[str, int]


_WHY = {Nearness.KIN: "kin", Nearness.VILLAGE: "same_village", Nearness.TOWNSHIP: "same_township"}


def explain(child: str, matching: Matching, needs: Sequence[Need], proxies: Sequence[Proxy], rules: Rules, kept: Sequence[Kept] = ()) -> Explanation:
    """Why this one, who else was possible, what barred the others.

    :param child: the reference of one of the needs; the rest as it was given to ``match``, which answered ``matching``.
    :raises KeyError: no such need.
    """
    need = {one.ref: one for one in needs}[child]
    siblings = [one for one in needs if rules.of(need.township).households and need.household and one.household == need.household and one.consented]
    own = next((pair for pair in matching.pairs if pair.need == child), None)
    free = places_left(proxies, kept, rules)
    barred: Counter[str] = Counter()
    fit: dict[Nearness, list[Proxy]] = {}
    for proxy in proxies:
        why = unable(proxy, rules) or next((code for one in [need, *siblings] if (code := unfit(one, proxy, rules))), None)
        if why is None and free[proxy.ref] == 0 and not (own and own.proxy == proxy.ref):
            why = "no_place_left"
        if why:
            barred[why] += 1
        else:
            fit.setdefault(how_near(need, proxy), []).append(proxy)
    return Explanation(
        need=child,
        proxy=own.proxy if own else None,
        why=_WHY[own.nearness] if own else matching.left[child],
        tier=own.tier if own else need.priority,
        again=need.again,
        possible=tuple(_possible(near, fit[near], free, matching, needs, rules) for near in Nearness if near in fit),
        barred=dict(sorted(barred.items())),
    )


def _possible(near: Nearness, some: Sequence[Proxy], free: Mapping[str, int], matching: Matching, needs: Sequence[Need], rules: Rules) -> Possible:
    refs = {proxy.ref for proxy in some}
    household = {one.ref: one.household for one in needs if rules.of(one.township).households}
    units = {(pair.proxy, household.get(pair.need) or pair.need, pair.tier) for pair in matching.pairs if pair.proxy in refs}
    taken = Counter(tier for _, _, tier in units)
    places = sum(free[ref] for ref in refs)
    return Possible(near, len(some), places, max(places - taken.total(), 0), tuple(Taken(tier, taken[tier]) for tier in sorted(taken)))
