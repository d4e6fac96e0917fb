"""Calling the roll: when, who may be named, and what becomes of whoever is not there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from careflow_camp import forms
from careflow_camp.camper import MISS, STILL_MISSING, UNSEEN, WHERE_IS
from careflow_camp.forms import Camper, Edition
from careflow_camp.policy import Policy
from careflow_camp.roles import LEADER, TUTOR
from careflow_camp.rules import OFFICE, CamperCase, EditionCase
from careflow_camp.stages import ARRIVED, CAMPER_STAGES, CONFIRMED, MISSING, OFF_SITE
from workflow_core import AnyTime, Daily, Deny, Escalate, Fire, Notify, On, OpenTask, Task, When, deny, minutes, ref

E, P, RC, LR = ref(Edition), ref(Policy), ref(forms.RollCall), ref(forms.LateRoll)
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
    hint = "call the roll now; one that was missed is entered as late, with a reason: care camp roll-call {ref} --group N --at TIME --late WHY"
    return deny("the roll call at hand began at {time}", hint=hint, code="not_this_call", time=f"{began:%H:%M}", ref=case.ref)


def of_this_camp(case: EditionCase, said: forms.RollCall) -> Deny | None:
    """Absent is who is expected or has arrived, and has no note: anybody else is told of, before an alarm goes out for nothing."""
    return _known(case, said.absent)


def _known(case: EditionCase, absent: Iterable[object]) -> Deny | None:
    stands = {one.ref: one.stage for one in case.parts(Camper, CONFIRMED, ARRIVED, OFF_SITE, MISSING)}
    for one in absent:
        ref = str(getattr(one, "ref", one))
        stage = stands.get(ref)
        if stage == OFF_SITE:
            return deny("{camper} is off the site with a note", hint="leave it out: the clock looks when it is to be back", code="has_note", camper=ref)
        if stage is None:
            return deny("{camper} is not at this camp", hint="see: care case list --whole {ref} --all", code="not_of_this_camp", camper=ref, ref=case.ref)
    return None


def was_missed(case: EditionCase, said: forms.LateRoll) -> Deny | None:
    """What is entered late is over: the group was there, its roll was to be called then, and nobody has entered it."""
    numbers = [one.number for one in case.record.groups]
    if said.group not in numbers:
        every = ", ".join(map(str, numbers))
        return deny("there is no group {n}", hint="the groups: {all}", code="no_such_group", n=said.group, all=every)
    began = call_at_hand(said.called_at)
    if said.called_at > case.now or began >= call_at_hand(case.now):
        hint = "enter it as such: care camp roll-call {ref} --group {n}"
        return deny("this roll call is not over yet", hint=hint, code="not_late", ref=case.ref, n=said.group)
    if not case.record.starts_on <= began.date() <= case.record.ends_on:
        hint = "roll is called at seven, noon and eight, from the first day to the last"
        return deny("no roll was to be called then", hint=hint, code="no_call_then")
    in_time = sum(call_at_hand(one.called_at) == began for one in case.results(ROLL_CALL))
    late = any(one.group == said.group and call_at_hand(one.called_at) == began for one in case.results(LATE_ROLL))
    if late or in_time >= len(numbers):
        hint = "see: care case history {ref}"
        return deny("the roll of group {n} was called already at {time}", hint=hint, code="called_already", n=said.group, time=f"{began:%H:%M}", ref=case.ref)
    return None


def known_then(case: EditionCase, said: forms.LateRoll) -> Deny | None:
    """Absent and not seen since is who may be missing now; seen since is anybody of this camp."""
    of_it = {one.ref for one in case.parts(Camper, *CAMPER_STAGES)}
    strange = [ref for one in said.seen_since if (ref := str(getattr(one, "ref", one))) not in of_it]
    if strange:
        hint = "see: care case list --whole {ref} --all"
        return deny("{camper} is not at this camp", hint=hint, code="not_of_this_camp", camper=strange[0], ref=case.ref)
    return _known(case, said.absent)


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
LATE_ROLL = Task(
    "late_roll_call", "A roll call that was missed, entered late", by=(TUTOR, LEADER), form=forms.LateRoll, checks=[was_missed, known_then], schedule=AnyTime(),
    happened=LR.called_at, do=[On(LR.absent, ABSENT, refused=[NOT_ENTERED]), Notify(LEADER, "A roll call was entered late")], required=False,
    help="care camp roll-call EDITION --group N --at TIME --late WHY",
)  # fmt: skip
"""The row that was missed stays so; this one stands beside it, with its reason. Whoever was not seen since is looked for as at any other call."""
