"""The lists that papers print: the table of pairs (结对表), the assistance roster (帮扶花名册), who may be commended. For work, never for the public."""

from __future__ import annotations

from careflow_pairing.forms import PairRecord, ProxyRecord
from careflow_pairing.rules import PairCase, ProxyCase
from careflow_pairing.stages import APPROVED, HOLDING, LIVING
from workflow_core import Column, Listing, Party, ref

X, R = ref(ProxyRecord), ref(PairRecord)
PROXY = Party("proxy", "Proxy parent", of=ProxyRecord)
"""The proxy parent's own case, tied to each pair."""


def village(case: PairCase) -> str:
    """Where the child lives."""
    return case.child.village


def school(case: PairCase) -> str:
    """Where the child learns."""
    return case.child.school


def grade(case: PairCase) -> int | None:
    """Its grade."""
    return case.child.grade


def occupation(case: ProxyCase) -> str:
    """What the proxy parent does, as the person's file has it."""
    return case.volunteer.occupation


def workplace(case: ProxyCase) -> str:
    """Where."""
    return case.volunteer.workplace


NEARNESS, SIGNED_ON = Column("Nearness", R.nearness), Column("Card signed on", R.signed_on)

PAIRS = Listing(
    "pairs", "Table of pairs", of=PairRecord, stages=HOLDING, sort=[R.signed_on],
    columns=[Column("Village", village), Column("Proxy parent", PROXY), NEARNESS, Column("Family agreed on", R.accepted_by_family), SIGNED_ON],
)  # fmt: skip
ROSTER = Listing(
    "roster", "Assistance roster", of=PairRecord, stages=LIVING, sort=[R.signed_on],
    columns=[
        Column("Village", village), Column("School", school), Column("Grade", grade), Column("Proxy parent", PROXY), NEARNESS, SIGNED_ON,
        Column("Reported to the county on", R.reported_on),
    ],
)  # fmt: skip
HONOURS = Listing(
    "honours", "Proxy parents who may be commended", of=ProxyRecord, stages=[APPROVED], sort=[X.vetted_on],
    columns=[Column("Occupation", occupation), Column("Workplace", workplace), Column("Vetted on", X.vetted_on)],
)  # fmt: skip
