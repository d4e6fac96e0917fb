"""Calling the roll: when, who may be named, and what becomes of whoever is not there."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from careflow_camp import forms
from careflow_camp.camper import MISS, STILL_MISSING, UNSEEN, WHERE_IS
from careflow_camp.forms import Camper, Edition
from careflow_camp.policy import Policy
from careflow_camp.roles import LEADER, TUTOR
from careflow_camp.rules import OFFICE, CamperCase, EditionCase
from careflow_camp.stages import ARRIVED, CONFIRMED, MISSING, OFF_SITE
from workflow_core import Daily, Deny, Escalate, Fire, On, OpenTask, Task, When, deny, minutes, ref

E, P, RC = ref(Edition), ref(Policy), ref(forms.RollCall)
TIMES = (time(7), time(12), time(20))
"""Morning, noon and night."""


def call_at_hand(now: datetime) -> datetime:
    """When the roll call began that is to be made at an instant: it lasts until the next one begins."""
    local = now.astimezone(OFFICE)
    days = (local.date() - timedelta(days=1), local.date())
    return max(at for day in days for one in TIMES if (at := datetime.combine(day, one, OFFICE)) <= local)


def of_this_call(case: EditionCase, said: forms.RollCall) -> Deny | None:
    """A roll is called before it is written down, and within its own time: nobody fills in an earlier one, or the next."""
    if said.called_at > case.now:
        return deny("this time is still to come", hint="enter it when the roll is called", code="time_in_future")
    began = call_at_hand(case.now)
    if said.called_at >= began:
        return None
    hint = "call the roll now; the one that was missed stays missed, and the leader was told"
    return deny("the roll call at hand began at {time}", hint=hint, code="not_this_call", time=f"{began:%H:%M}")


def of_this_camp(case: EditionCase, said: forms.RollCall) -> Deny | None:
    """Absent is who is expected or has arrived, and has no note: anybody else is told of, before an alarm goes out for nothing."""
    stands = {one.ref: one.stage for one in case.parts(Camper, CONFIRMED, ARRIVED, OFF_SITE, MISSING)}
    for one in said.absent:
        ref = str(getattr(one, "ref", one))
        stage = stands.get(ref)
        if stage == OFF_SITE:
            return deny("{camper} is off the site with a note", hint="leave it out: the clock looks when it is to be back", code="has_note", camper=ref)
        if stage is None:
            return deny("{camper} is not at this camp", hint="see: care case list --whole {ref}", code="not_of_this_camp", camper=ref, ref=case.ref)
    return None


def expected(case: CamperCase) -> Deny | None:
    """It is to come, and nobody has seen it yet."""
    return None if case.stage == CONFIRMED else deny("it has arrived", hint="see: care case show {ref}", code="arrived", ref=case.ref)


def missing_already(case: CamperCase) -> Deny | None:
    """Somebody has told of it before."""
    return None if case.stage == MISSING else deny("it is not missing", hint="see: care case show {ref}", code="not_missing", ref=case.ref)


NOT_ENTERED = Escalate(LEADER, "A camper was called absent, and could not be entered as missing: look for it now", urgent=True)
ABSENT = [When(expected, [UNSEEN, OpenTask(WHERE_IS)], [When(missing_already, [STILL_MISSING], [Fire(MISS)])])]
ROLL_CALL = Task(
    "roll_call", "Roll call", by=(TUTOR, LEADER), form=forms.RollCall, checks=[of_this_call, of_this_camp], each=E.groups,
    schedule=Daily(at=TIMES, first=E.starts_on, last=E.ends_on), due=minutes(P.roll_call_minutes), happened=RC.called_at,
    do=[On(RC.absent, ABSENT, refused=[NOT_ENTERED])], late=[Escalate(LEADER, "A roll call is missing", urgent=True)], help="on screen: care camp roll-call",
)  # fmt: skip
