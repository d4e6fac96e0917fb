"""What is entered beside the stages: kit handed out, incidents."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from careflow_camp import forms
from careflow_camp.forms import Camper, IncidentRow
from careflow_camp.roles import LEADER, TUTOR
from careflow_camp.rules import EditionCase
from careflow_camp.stages import CAMPER_STAGES, CONFIRMED, PRESENT
from workflow_core import Deny, Notify, Register, deny, ref

KR, IR = ref(forms.KitRow), ref(forms.IncidentRow)


def handed_to_a_camper(case: EditionCase, said: forms.KitRow) -> Deny | None:
    """Things are handed to whoever comes to this camp, or is there; they come back from whoever was, by today."""
    to = str(getattr(said.camper, "ref", said.camper))
    if said.back_on is not None and said.back_on > case.today:
        return deny("{day} is still to come", hint="enter what has happened", code="in_future", day=said.back_on)
    if any(one.ref == to for one in case.parts(Camper, *(CAMPER_STAGES if said.back_on is not None else (CONFIRMED, *PRESENT)))):
        return None
    hint = "only who is confirmed or there gets something; see: care case list --whole {ref} --all"
    return deny("{camper} is not at this camp", hint=hint, code="not_of_this_camp", camper=to, ref=case.ref)


KIT = Register(
    "kit", "Kit handed out", row=forms.KitRow, by=(TUTOR, LEADER), one_open_per=(KR.camper, KR.item), checks=[handed_to_a_camper], open_until=KR.back_on,
)  # fmt: skip
"""What is kept stands open for good; what was lent is closed by the day it came back, and can be handed out again."""
INCIDENTS = Register(
    "incidents", "Incidents", row=forms.IncidentRow, by=(TUTOR, LEADER), happened=IR.at, do=[Notify(LEADER, "Something has happened at the camp", urgent=True)]
)
WENT_MISSING = "营员下落不明"
"""What stands in the register, as the people of the camp write it."""


def went_missing(case: EditionCase) -> IncidentRow:
    """The entry of a camper who is missing: of whoever was so more often than there are entries of it. What was done is written beside it by hand."""
    told = Counter(str(getattr(one.camper, "ref", one.camper)) for one in case.entries(INCIDENTS) if one.what == WENT_MISSING)
    refs = [one.ref for one in case.parts(Camper, *CAMPER_STAGES) if one.record.times_missing > told[one.ref]]
    return IncidentRow(at=case.now, what=WENT_MISSING, camper=cast(Any, refs[0]) if refs else None)


def incidents(case: EditionCase) -> int:
    """How many are on record."""
    return len(case.entries(INCIDENTS))


def unsettled(case: EditionCase) -> int:
    """How many of them do not say what was done."""
    return sum(not one.done.strip() for one in case.entries(INCIDENTS))
