"""What township and county look at: pairs by township and stage, pairs that have fallen silent, places that are free."""

from __future__ import annotations

from typing import Any

from careflow_pairing.contacts import last_contact
from careflow_pairing.forms import PairRecord, ProxyRecord
from careflow_pairing.ledgers import PROXY
from careflow_pairing.policy import Policy
from careflow_pairing.rules import PairCase, ProxyCase, cleared, vetting_ends
from careflow_pairing.stages import ACTIVE, APPROVED, HOLDING, LIVING, PAUSED
from workflow_core import Case, Column, Listing, Stage, ref

R, X = ref(PairRecord), ref(ProxyRecord)


def township(case: Case[Any, Policy]) -> str:
    """The division a pair belongs to."""
    return case.division.name


def stage(case: PairCase) -> Stage:
    """Where it stands."""
    return case.stage


def silent_for(case: PairCase) -> int:
    """Days since the last talk, visit or call; since the pair became active where there was none."""
    last = last_contact(case) or case.entered(ACTIVE)
    return (case.today - last).days if last is not None else 0


def volunteer(case: ProxyCase) -> str:
    """The volunteer's reference."""
    return case.volunteer.ref


def free(case: ProxyCase) -> int:
    """Places a proxy parent has left; none where he may not be matched today."""
    if case.stage != APPROVED or cleared(case.record, case.policy, case.today) is not None:
        return 0
    return max(0, case.record.capacity - case.count(PairRecord, *HOLDING))


def until(case: ProxyCase) -> object:
    """The first day on which the vetting no longer counts."""
    on = case.record.vetted_on
    return None if on is None else vetting_ends(on, case.policy.revet_months)


PROGRESS = Listing("progress", "Pairs by township and stage", of=PairRecord, count=True, group_by=[township, stage])
SILENT = Listing(
    "silent", "Last contact of each pair", of=PairRecord, stages=LIVING, sort=[silent_for],
    columns=[Column("Township", township), Column("Proxy parent", PROXY), Column("Last contact", last_contact), Column("Days silent", silent_for)],
)  # fmt: skip
CAPACITY = Listing(
    "capacity", "Free places", of=ProxyRecord, stages=[APPROVED, PAUSED], sort=[free],
    columns=[
        Column("Volunteer", volunteer), Column("Township", township), Column("Children at most", X.capacity), Column("Free places", free),
        Column("No longer vetted from", until),
    ],
)  # fmt: skip
COUNTY = (PROGRESS, SILENT, CAPACITY)
