"""Rosters and lists: the groups, who is insured, the list of the draw, who has been to a camp to its end. For work, never for the public."""

from __future__ import annotations

from dataclasses import replace

from careflow_camp.forms import Camper
from careflow_camp.policy import Policy
from careflow_camp.stages import ARRIVED, COMPLETED, CONFIRMED, MISSING, NO_SEAT, NOMINATED, OFF_SITE, OFFERED, OPEN, POOL, SENT_HOME, WAITING, WITHDRAWN
from workflow_core import Case, Child, Column, Listing, Stage, ref

C, B = ref(Camper), ref(Child)
COMING = (CONFIRMED, ARRIVED, OFF_SITE, MISSING)
EVER_LISTED = (POOL, WAITING, OFFERED, *COMING, COMPLETED, WITHDRAWN, SENT_HOME, NO_SEAT)
"""Where somebody on the frozen list can be by now."""

NOMINEES = Listing(
    "nominees", "Nominations by school", of=Camper, stages=[NOMINATED, POOL], sort=[C.school],
    columns=[Column("School", C.school), Column("Grade", B.grade), Column("Tier of need", C.tier), Column("Took part before", C.again)],
)  # fmt: skip
DRAWN_LIST = Listing(
    "drawn", "List of the draw", of=Camper, stages=[WAITING, OFFERED, *COMING, COMPLETED, SENT_HOME], sort=[C.place],
    columns=[Column("Place in the draw", C.place), Column("School", C.school), Column("Tier of need", C.tier), Column("Lot", C.lot)],
)  # fmt: skip
ON_OFFER = Listing(
    "on_offer", "Seats offered, consent and health to be brought in", of=Camper, stages=[OFFERED], sort=[C.answer_by, C.school],
    columns=[Column("School", C.school), Column("Consent by", C.answer_by), Column("Fit to go", C.fit), Column("Emergency contact", C.emergency_name)],
)  # fmt: skip
GROUP_LIST = Listing(
    "groups", "Groups", of=Camper, stages=COMING, sort=[C.group, C.school],
    columns=[
        Column("Group", C.group), Column("Tutor", C.tutor), Column("School", C.school), Column("Sex", B.sex), Column("Grade", B.grade),
        Column("Allergies", C.allergies), Column("Illnesses and medicine", C.medicine), Column("Emergency contact", C.emergency_name),
        Column("Telephone of the emergency contact", C.emergency_phone),
    ],
)  # fmt: skip
ROLL = Listing("roll", "Roll call", of=Camper, stages=COMING, sort=[C.group], columns=[Column("Group", C.group), Column("Tutor", C.tutor)])
"""No more than a roll call needs: the sheet lies about."""
INSURED = Listing(
    "insured", "Insurance list", of=Camper, stages=COMING, sort=[C.school],
    columns=[Column("School", C.school), Column("Sex", B.sex), Column("Birth date", B.born_on)],
)  # fmt: skip
PERFORMANCES = Listing(
    "performances", "Performances", of=Camper, stages=COMING, sort=[C.group], columns=[Column("Group", C.group), Column("Performance", C.performance)]
)
COMPLETED_LIST = Listing(
    "completed", "Completed", of=Camper, stages=[COMPLETED], sort=[C.school], columns=[Column("School", C.school), Column("Group", C.group)]
)


def stage(case: Case[Camper, Policy]) -> Stage:
    """Where a camper stands."""
    return case.stage


BY_SCHOOL = Listing("by_school", "Campers by school and stage", of=Camper, stages=OPEN, group_by=[C.school, stage], count=True)


def listed_tier(case: Case[Camper, Policy]) -> int | None:
    """The tier of whoever is on the frozen list; nothing of who left before it was frozen."""
    return case.record.tier if case.record.place is not None or case.stage == POOL else None


FROZEN_PRINTED = Listing("frozen", "Frozen list", of=Camper, stages=EVER_LISTED, columns=[Column("Tier of need", listed_tier)])
ORDER_PRINTED = Listing(
    "order", "Order of the draw", of=Camper, stages=EVER_LISTED, sort=[C.place],
    columns=[Column("Place in the draw", C.place), Column("Tier of need", C.tier), Column("Lot", C.lot)],
)  # fmt: skip
"""Both for what is published: a template prints the references and these columns, never the name."""
AT_THIS_CAMP, ON_THE_ROLL = (*COMING, COMPLETED, SENT_HOME), (*COMING, COMPLETED)
"""Who stands on an edition's papers, also when it is over; who was sent home is on no roll any more."""
GROUPS_PRINTED, ROLL_PRINTED = replace(GROUP_LIST, stages=AT_THIS_CAMP), replace(ROLL, stages=ON_THE_ROLL)
INSURED_PRINTED = replace(INSURED, stages=AT_THIS_CAMP)
LEDGERS = (NOMINEES, DRAWN_LIST, ON_OFFER, GROUP_LIST, ROLL, INSURED, PERFORMANCES, COMPLETED_LIST, BY_SCHOOL)
