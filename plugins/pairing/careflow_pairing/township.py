"""The match of a township or a county: the snapshot as the matching wants it, and what it decides as proposals.

Pure. A proposal that is not approved yet is free to be made otherwise by the next match; what is approved stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from careflow_pairing.forms import ChangeInput, MatchInput, Nearness, PairRecord, Vetting
from careflow_pairing.ledgers import PROXY
from careflow_pairing.matching import Explanation, Kept, Matching, Need, Proxy, Rules, explain, match
from careflow_pairing.matching.rules import how_near, unable, unfit, waiting
from careflow_pairing.policy import Policy
from careflow_pairing.rules import NeedCase, PairCase, ProxyCase
from careflow_pairing.stages import DECLINED, PROPOSED
from workflow_core import Case, Consent, Desk, Effect, Fire, On, Open, Summary, Transition

Snapshot: TypeAlias = tuple[Sequence[NeedCase], Sequence[ProxyCase], Sequence[PairCase]]
WHY = {
    Nearness.KIN: "a relative on file",
    Nearness.VILLAGE: "the same village",
    Nearness.TOWNSHIP: "the same township",
}


class Town:
    """A township's snapshot in the matching's own words.

    :param policy: of the division that is matched; in a county each township has its own.
    :param pairs: every pair that is not over, and those that were declined: nobody is proposed twice to the same child.
    """

    def __init__(self, policy: Policy, on: date, needs: Sequence[NeedCase], proxies: Sequence[ProxyCase], pairs: Sequence[PairCase], consent: Consent) -> None:
        first = {one.division.code[:9]: one for one in [*needs, *proxies]}
        self.rules = replace(_rules(policy, on), towns={code: _rules(one.policy, on) for code, one in first.items()})
        self.need_cases = {one.ref: one for one in needs}
        self.proxy_cases = {one.ref: one for one in proxies}
        by_child = {one.child.ref: one.ref for one in needs}
        self.open_proposals: dict[str, PairCase] = {}
        turned_down: dict[str, set[str]] = {}
        self.kept: list[Kept] = []
        for pair in pairs:
            proxy = _proxy_of(pair)
            need = by_child.get(pair.child.ref, pair.child.ref)
            if pair.stage == DECLINED:
                turned_down.setdefault(need, set()).add(proxy)
            elif pair.stage == PROPOSED and not pair.record.approved:
                self.open_proposals[need] = pair
            else:
                self.kept.append(Kept(need=need, proxy=proxy, household=pair.record.household))
        volunteers = {one.volunteer.ref: one.ref for one in proxies}
        self.needs = [_need(one, on, volunteers, turned_down.get(one.ref, ()), consent) for one in needs]
        self.proxies = [_proxy(one) for one in proxies]

    def match(self) -> Matching:
        """The best match."""
        return match(self.needs, self.proxies, self.rules, self.kept)

    def explain(self, child: str, matching: Matching) -> Explanation:
        """Why a child has this proxy parent, or none.

        :param child: the reference of the child or of its need.
        :raises KeyError: it does not wait here.
        """
        refs = {one.child.ref: ref for ref, one in self.need_cases.items()}
        return explain(refs.get(child, child), matching, self.needs, self.proxies, self.rules, self.kept)

    def why_not(self, need: str, proxy: str) -> str | None:
        """Which hard rule these two would break, as a code; None where none. Places are the engine's to count.

        :param need: its reference. :param proxy: the reference of its case.
        """
        child, grown_up = self._two(need, proxy)
        return waiting(child, {one.need for one in self.kept}) or unable(grown_up, self.rules) or unfit(child, grown_up, self.rules)

    def nearness(self, need: str, proxy: str) -> Nearness:
        """How near two are, by their references."""
        return how_near(*self._two(need, proxy))

    def _two(self, need: str, proxy: str) -> tuple[Need, Proxy]:
        return next(one for one in self.needs if one.ref == need), next(one for one in self.proxies if one.ref == proxy)


def _rules(policy: Policy, on: date) -> Rules:
    return Rules(
        on=on, revet_months=policy.revet_months, households=policy.households, girls_same_sex=policy.girls_same_sex, adolescent_from=policy.adolescent_from
    )  # fmt: skip


def _need(case: NeedCase, on: date, volunteers: dict[str, str], turned_down: Iterable[str], consent: Consent) -> Need:
    child, record = case.child, case.record
    return Need(
        ref=case.ref,
        township=case.division.code[:9],
        village=child.village,
        priority=record.priority,
        again=record.again,
        sex=child.sex,
        age=child.age(on),
        household=record.household,
        consented=case.consented(consent),
        kin=frozenset(volunteers[one] for one in child.related if one in volunteers and one not in child.parents),
        parents=frozenset(volunteers[one] for one in child.parents if one in volunteers),
        turned_down=frozenset(turned_down),
    )


def _proxy(case: ProxyCase) -> Proxy:
    record = case.record
    return Proxy(
        ref=case.ref,
        township=case.division.code[:9],
        village=case.volunteer.village,
        capacity=record.capacity,
        sex=case.volunteer.sex,
        vetted_on=record.vetted_on if record.vetting is Vetting.CLEAR else None,
        barred=record.exclusion is not None or record.vetting is Vetting.BARRED,
        near_only=record.near_only,
    )


def _proxy_of(pair: PairCase) -> str:
    from careflow_pairing.forms import ProxyRecord

    return pair.linked(ProxyRecord).ref


def propose(
    desk: Desk[Policy],
    needs: Sequence[NeedCase],
    proxies: Sequence[ProxyCase],
    pairs: Sequence[PairCase],
    asked: MatchInput,
    *,
    consent: Consent,
    withdraw: Transition[Any, Any, Any],
) -> Iterable[Effect]:
    """What a match decides: proposals that no longer are the best are withdrawn first, then the new ones are opened."""
    town = Town(desk.policy, asked.on or desk.today, needs, proxies, pairs, consent)
    found = town.match()
    yield Summary(told(town, found))
    wanted = {pair.need: pair for pair in found.pairs}
    for need, proposal in sorted(town.open_proposals.items()):
        if need not in wanted or wanted[need].proxy != _proxy_of(proposal):
            yield On(proposal, [Fire(withdraw)])
    for pair in found.pairs:
        there = town.open_proposals.get(pair.need)
        if there is None or _proxy_of(there) != pair.proxy:
            yield _proposal(town.need_cases[pair.need], town.proxy_cases[pair.proxy], pair.nearness)


def _proposal(need: NeedCase, proxy: ProxyCase, near: Nearness) -> Open:
    household = need.record.household if need.policy.households else ""
    record = PairRecord(nearness=near, why=WHY[near], household=household or need.ref)
    return Open(record, subject=need.child, whole=need, parties={PROXY: proxy})


def told(town: Town, found: Matching) -> dict[str, Any]:
    """What a match tells about itself: numbers, and the pairs by reference."""
    children = {ref: case.child.ref for ref, case in town.need_cases.items()}
    return {
        "able_volunteers": found.able_volunteers,
        "seats": found.seats,
        "paired": found.paired,
        "by_priority": {str(tier): count for tier, count in found.by_priority.items()},
        "same_village": found.same_village,
        "waiting": sum(why != "already_paired" for why in found.left.values()),
        "pairs": [
            {
                "child": children[one.need],
                "need": one.need,
                "proxy": one.proxy,
                "nearness": one.nearness.name,
                "tier": one.tier,
                "same_village": one.same_village,
            }
            for one in found.pairs
        ],
    }


def change(
    desk: Desk[Policy],
    needs: Sequence[NeedCase],
    proxies: Sequence[ProxyCase],
    pairs: Sequence[PairCase],
    asked: ChangeInput,
    *,
    consent: Consent,
    withdraw: Transition[Any, Any, Any],
) -> Iterable[Effect]:
    """Another proxy parent than the one proposed, by hand: the hard rules hold as they do for the match. Where they do not allow it, the plan tells ``why``."""
    town = Town(desk.policy, desk.today, needs, proxies, pairs, consent)
    need = next((one for one in needs if asked.need in (one.ref, one.child.ref)), None)
    proxy = next((one for one in proxies if asked.proxy in (one.ref, one.volunteer.ref)), None)
    if need is None or proxy is None:
        yield Summary({"why": "child_unknown" if need is None else "proxy_unknown"})
        return
    why = town.why_not(need.ref, proxy.ref)
    if why is not None:
        yield Summary({"why": why})
        return
    there = town.open_proposals.get(need.ref)
    if there is not None:
        yield On(there, [Fire(withdraw)])
    yield _proposal(need, proxy, town.nearness(need.ref, proxy.ref))


def places_free(case: Case[Any, Policy]) -> int:
    """How many places a proxy parent has left."""
    from careflow_pairing.stages import HOLDING

    return max(0, int(case.record.capacity) - case.count(PairRecord, *HOLDING))


__all__ = ["Town", "change", "places_free", "propose", "told"]
