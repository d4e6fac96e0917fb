"""Rosters and lists: for the doctor on the day, for who follows up, and how many were found with what."""

from __future__ import annotations

from careflow_healthcheck.forms import CheckRecord
from careflow_healthcheck.stages import ABSENT, CONSENTED, FOLLOW_UP, LISTED
from workflow_core import Child, Column, Listing, ref

K, B = ref(CheckRecord), ref(Child)

ROSTER = Listing(
    "roster", "Roster for the doctor", of=CheckRecord, stages=[CONSENTED, ABSENT],
    columns=[Column("School", B.school), Column("Grade", B.grade), Column("Sex", B.sex), Column("Birth date", B.born_on)], sort=[B.school, B.grade],
)  # fmt: skip
TO_ASK = Listing(
    "to_ask", "Consents still to be asked for", of=CheckRecord, stages=[LISTED], columns=[Column("School", B.school), Column("Grade", B.grade)],
    sort=[B.school, B.grade],
)  # fmt: skip
FOLLOWING = Listing(
    "follow_up", "To be followed up", of=CheckRecord, stages=FOLLOW_UP,
    columns=[
        Column("School", K.school), Column("Grade", K.grade), Column("Weight", K.weight), Column("Growth", K.growth),
        Column("Blood pressure at this check", K.pressure), Column("Blood pressure over several days", K.pressure_course), Column("Vision", K.vision),
        Column("Who was told", K.told), Column("Treatment", K.treatment),
    ],
    sort=[K.school, K.grade],
)  # fmt: skip
BY_SCHOOL = Listing("by_school", "Findings by school", of=CheckRecord, group_by=[K.school, K.weight, K.growth, K.vision], count=True)
LEDGERS = (ROSTER, TO_ASK, FOLLOWING, BY_SCHOOL)
