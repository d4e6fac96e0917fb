"""The hard rules of a match, each as a code: who may be matched at all, and who with whom. Nothing here is weighed against anything."""

from __future__ import annotations

from collections.abc import Container

from careflow_pairing.forms import Nearness
from careflow_pairing.matching.people import Need, Proxy, Rules
from careflow_pairing.rules import nearness, vetting_ends


def unable(proxy: Proxy, rules: Rules) -> str | None:
    """Why nobody may be matched with this one: ``barred``, ``not_vetted``, ``vetting_lapsed``; None where somebody may."""
    if proxy.barred:
        return "barred"
    if proxy.vetted_on is None:
        return "not_vetted"
    return "vetting_lapsed" if rules.on >= vetting_ends(proxy.vetted_on, rules.of(proxy.township).revet_months) else None


def waiting(need: Need, paired: Container[str]) -> str | None:
    """Why a child is not matched, whoever there is: ``already_paired``, ``no_consent``; None where it is.

    :param paired: the references of those who have a proxy parent.
    """
    if need.ref in paired:
        return "already_paired"
    return None if need.consented else "no_consent"


def unfit(need: Need, proxy: Proxy, rules: Rules) -> str | None:
    """Why these two may not be matched: ``own_parent``, ``turned_down``, ``other_township``, ``other_sex``, ``near_only``; None where they may."""
    if proxy.ref in need.parents:
        return "own_parent"
    if proxy.ref in need.turned_down:
        return "turned_down"
    if not in_reach(need, proxy):
        return "other_township"
    if wants_woman(need, rules) and proxy.sex != "female":
        return "other_sex"
    return "near_only" if proxy.near_only and how_near(need, proxy) is Nearness.TOWNSHIP else None


def in_reach(need: Need, proxy: Proxy) -> bool:
    """The same township, or a relative."""
    return need.township == proxy.township or proxy.ref in need.kin


def wants_woman(need: Need, rules: Rules) -> bool:
    """Adolescent girls do, where the township has set it; a girl whose age is not known too."""
    here = rules.of(need.township)
    return here.girls_same_sex and need.sex == "female" and (need.age is None or need.age >= here.adolescent_from)


def how_near(need: Need, proxy: Proxy) -> Nearness:
    """How near they are. Villages of two townships may have the same name: they are two."""
    return nearness(need.village, proxy.village if need.township == proxy.township else "", kin=proxy.ref in need.kin)
