"""What can be told from the records, the policy and an entry alone: guards, and whether an entry can be true. Pure functions."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any, TypeAlias

from careflow_pairing.forms import Danger, Dated, FamilyAnswer, Nearness, NeedRecord, Noticing, PairRecord, ProxyRecord, Vetting
from careflow_pairing.policy import Policy
from workflow_core import Case, Deny, deny

ProxyCase: TypeAlias = Case[ProxyRecord, Policy]
NeedCase: TypeAlias = Case[NeedRecord, Policy]
PairCase: TypeAlias = Case[PairRecord, Policy]

HEARD_FROM = 8
"""From this age a child is heard and must agree: 民法典 art. 19, 未成年人保护法 art. 22."""

_TIERS = {"grandparent": 2, "father": 3, "mother": 3, "parent": 3}

# ------------------------------------------------------------------ the proxy parent


def vetting_ends(vetted_on: date, months: int) -> date:
    """The first day on which a query no longer counts: so many months after its day, in a shorter month its last day (民法典 art. 202).

    :param months: 12, as 未成年人保护法 art. 62 has it, or less.
    """
    year, month = divmod(vetted_on.year * 12 + vetted_on.month - 1 + months, 12)
    return date(year, month + 1, min(vetted_on.day, monthrange(year, month + 1)[1]))


def cleared(proxy: ProxyRecord, policy: Policy, today: date) -> Deny | None:
    """Whether somebody may be brought together with a child today: queried, without a hit, not a year ago, and none of the four cases of art. 22."""
    if proxy.exclusion is not None:
        return deny("excluded by art. 22 of 未成年人保护法", code="excluded")
    if proxy.vetting is Vetting.BARRED:
        return deny("the query had a hit: barred", code="barred")
    if proxy.vetting is None or proxy.vetted_on is None:
        return deny("not vetted", hint="ask the police or the procuratorate, and do the task 'vet'", code="not_vetted")
    ends = vetting_ends(proxy.vetted_on, policy.revet_months)
    if today >= ends:
        return deny("the vetting ran out on {day}", hint="ask again, and do the task 'vet'", code="vetting_lapsed", day=ends)
    return None


def is_cleared(case: ProxyCase) -> Deny | None:
    """``cleared``, as the guard of a proxy parent's own case."""
    return cleared(case.record, case.policy, case.today)


def is_barred(case: ProxyCase) -> Deny | None:
    """A hit, or one of the four cases of art. 22."""
    hit = case.record.vetting is Vetting.BARRED or case.record.exclusion is not None
    return None if hit else deny("nothing bars this person", code="not_barred")


# ------------------------------------------------------------------ the child


def tier(guardian_kin: str) -> int:
    """How urgent a child's need is: 1 where neither a parent nor a grandparent looks after it, 2 for grandparents, 3 for a parent.

    :param guardian_kin: as the child's file has it; empty where nobody is on file: nobody is known to look after the child, so nothing is lost by caring first.
    """
    return _TIERS.get(guardian_kin, 1)


def nearness(child_village: str, proxy_village: str, *, kin: bool) -> Nearness:
    """How near they are: kin by a relation on file, never by name; villages of one township that have the same name.

    :param kin: whether a relation is on file.
    """
    if kin:
        return Nearness.KIN
    return Nearness.VILLAGE if child_village and child_village == proxy_village else Nearness.TOWNSHIP


def of_age(case: PairCase) -> Deny | None:
    """The pair ends at the age that the policy has."""
    age, ends = case.child.age(case.today), case.policy.end_age
    if age is None:
        return deny("the date of birth is not on file", hint="complete the child's file", code="age_unknown")
    return None if age >= ends else deny("the child is {age}; a pair ends at {ends}", code="not_of_age", age=age, ends=ends)


# ------------------------------------------------------------------ entries


def not_ahead(case: Case[Any, Policy], entered: Dated) -> Deny | None:
    """Nothing is written down before it has happened."""
    return deny("{day} is still to come", hint="enter what has happened", code="in_future", day=entered.day) if entered.day > case.today else None


def vetting_not_ahead(case: Case[Any, Policy], entered: Dated) -> Deny | None:
    """A query is answered after it was made. Its code is that of the volunteers' sheet."""
    if entered.day <= case.today:
        return None
    return deny("the day of the query, {day}, is still to come", hint="correct the date", code="vetted_in_future", day=entered.day)


def child_was_heard(case: PairCase, answer: FamilyAnswer) -> Deny | None:
    """From eight years on the child itself agrees, or there is no pair. Of a child whose age is not known it is asked too."""
    age = case.child.age(answer.answered_on)
    if age is not None and age < HEARD_FROM and answer.child_agreed is not False:
        return None
    if answer.child_agreed is None:
        return deny("the child has not been asked", hint="ask the child, and say 'child_agreed'", code="child_not_heard")
    return None if answer.child_agreed else deny("the child does not agree", hint="reject the proposal", code="child_refused")


def saw_danger(entered: Noticing) -> bool:
    """Whether it must be reported at once (未成年人保护法 art. 11)."""
    return entered.danger is Danger.DANGER
