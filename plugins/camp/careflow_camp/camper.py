"""One child at one camp: nominated, drawn, offered a seat, confirmed with consent and health statement, there, back home.

A seat that is given back goes to the next in line by itself. Whoever leaves the site has a tutor's note; whoever is absent without one is missing: the leader
is alarmed at once, and after the policy's minutes it is reported (未成年人保护法 art. 11). The guardian consents in writing (个人信息保护法 art. 31).
"""

from __future__ import annotations

# isort: off
from collections import Counter
from datetime import date, datetime, timedelta

from careflow_camp import forms
from careflow_camp.facts import CAMPED, READS, UNSETTLED
from careflow_camp.forms import Camper, Edition, WithdrawReason
from careflow_camp.papers import BADGE, CAMPER_PAPERS, CONSENT_FORM, LETTER
from careflow_camp.policy import Policy
from careflow_camp.registers import INCIDENTS, went_missing
from careflow_camp.roles import LEADER, TUTOR
from careflow_camp.rules import OFFICE, CamperCase, has_begun, has_come_before, is_left_behind, is_old_enough, not_ahead, not_later
from careflow_camp.stages import (
    ARRIVED, CAMPER_STAGES, COMPLETED, CONFIRMED, DRAWN, INELIGIBLE, MISSING, NOMINATED, NOMINATING, NO_SEAT, OFFERED, OFF_SITE, OPEN, POOL, PRESENT, READY,
    RUNNING, SENT_HOME, WAITING, WITHDRAWN,
)  # fmt: skip
from workflow_core import (
    AUTOMATIC, CHILD, COUNTY_OFFICE, EDUCATION, GUARDIANS, PER_SUBJECT, PER_WHOLE, SCHOOL, SYSTEM, WHOLE,
    CloseTask, Consent, Deny, Draft, Enter, Escalate, Fire, Limit, Notify,
    Observe, On, OpenTask, Refer, SetField, Task, Timer, Transition, Waiting, Warn, When, Workflow,
    after, consented, days, deny, earliest, filled, hours, is_, minutes, ref, warn, weeks,
)  # fmt: skip

C, E, P = ref(Camper), ref(Edition), ref(Policy)
HL, EM, LV = ref(forms.Health), ref(forms.Emergency), ref(forms.Leave)
GIVING = (DRAWN, READY, RUNNING)
"""An edition in one of these gives its seats away."""

# ------------------------------------------------------------------------------------------------------------------------------------ guards


def nominations_open(case: CamperCase) -> Deny | None:
    """Nobody comes into the pool once the list is frozen."""
    stage = case.linked(Edition).stage
    return None if stage == NOMINATING else deny("nominations are closed", hint="see: care case show {ref}", code="nominations_closed", ref=case.ref)


def left_behind(case: CamperCase) -> Deny | None:
    """Registered as left-behind."""
    return is_left_behind(case.child)


def old_enough(case: CamperCase) -> Deny | None:
    """From the policy's grade on."""
    return is_old_enough(case.child, case.policy)


def first_time(case: CamperCase) -> Deny | None:
    """原则上不予参加: ADMIT_ANYWAY is the way round it, by the county and with a reason."""
    return has_come_before([one.value for one in case.observed(CAMPED)])


def of_its_school(case: CamperCase) -> Deny | None:
    """A child counts for the school that is on its file."""
    if case.record.school == case.child.school:
        return None
    return deny("the child is not at this school", hint="nominate it for the school on its file", code="other_school")


def still_before(case: CamperCase) -> Deny | None:
    """Who is on the way withdraws before the camp; from then on it is sent home, or has not come."""
    return deny("the camp has begun", hint="take 'no_show' or 'send_home' instead", code="camp_begun") if has_begun(case) else None


def begun(case: CamperCase) -> Deny | None:
    """Nobody arrives at a camp that is not under way."""
    under_way = case.linked(Edition).stage == RUNNING
    return (
        None if under_way else deny("the camp has not begun", hint="its leader begins it: care case advance {ref} begin", code="not_begun", ref=_edition(case))
    )


def _edition(case: CamperCase) -> str:
    return case.linked(Edition).ref


def finding_looked_at(case: CamperCase, said: forms.Health) -> Deny | Warn | None:
    """What a health check has found and nobody has settled is looked at by whoever calls the child fit."""
    known = case.observed(UNSETTLED)
    if not said.fit or not known or not known[-1].value:
        return None
    return warn("a health check has found something on {day} that is not settled", hint="ask school or doctor; if it may go all the same: --confirm and why",
                code="finding_open", day=known[-1].on)  # fmt: skip


def asked_before(case: CamperCase, said: forms.Whereabouts) -> Deny | None:
    """The family was asked before it is written down."""
    return deny("this time is still to come", hint="enter it when the family was asked", code="time_in_future") if said.asked_at > case.now else None


def has_group(case: CamperCase) -> Deny | None:
    """Whoever is on the site is on somebody's roll."""
    if case.record.group is not None:
        return None
    return deny("it is in no group", hint="make the groups: care camp groups {ref}", code="no_group", ref=_edition(case))


def back_within_camp(case: CamperCase, leave: forms.Leave) -> Deny | None:
    """A note is of somebody who has left, and ends after that, within the policy's hours, and before the camp is over."""
    if leave.left_at > case.now:
        return deny("this time is still to come", hint="enter it when the child leaves", code="time_in_future")
    if leave.back_by <= leave.left_at:
        return deny("it ends before it begins", hint="correct one of the two times", code="times_reversed")
    most = case.policy.leave_hours
    if leave.back_by - leave.left_at > timedelta(hours=most):
        return deny("a note is for {hours} hours at most", hint="who stays away longer is taken home: send_home", code="note_too_long", hours=most)
    last = case.record.ends_on
    if last is not None and leave.back_by.astimezone(OFFICE).date() > last:
        return deny("the camp ends on {day}", hint="who does not come back before is taken home: send_home", code="note_beyond_camp", day=last)
    return None


# ------------------------------------------------------------------------------------------------------------------------------------ seats


def may_nominate(case: CamperCase) -> int:
    """Seats and reserve of the child's school."""
    line = forms.line_of(case.linked(Edition).record.allotment, case.record.school)
    return 0 if line is None else line.seats + line.reserve


def seats_of_school(case: CamperCase) -> int:
    """Seats of the child's school; none before the draw is carried out to its end, and none when the camp is over."""
    edition = case.linked(Edition)
    line = forms.line_of(edition.record.allotment, case.record.school) if edition.stage in GIVING else None
    return 0 if line is None else line.seats


def seats_in_all(case: CamperCase) -> int:
    """What the site has beds for."""
    return case.linked(Edition).record.seats


def answer_by(case: CamperCase) -> date:
    """By when the guardian answers: some days, and never later than the day before the camp; on the first day itself the same day."""
    return min(case.today + timedelta(days=case.policy.answer_days), _last_day_before(case))


def ready_by(case: CamperCase) -> date:
    """By when all is there: some days before the camp; of a late offer with the answer."""
    first = case.record.starts_on
    return answer_by(case) if first is None else max(answer_by(case), first - timedelta(days=case.policy.consent_days))


def _last_day_before(case: CamperCase) -> date:
    first = case.record.starts_on or case.today + timedelta(days=case.policy.answer_days)
    return max(case.today, first - timedelta(days=1))


def moment(case: CamperCase) -> datetime:
    """Now."""
    return case.now


def from_now_on(case: CamperCase) -> datetime | None:
    """From when a child is waited for that is confirmed while the camp is under way; else nothing is known yet."""
    return case.now if case.linked(Edition).stage == RUNNING else None


def group_for(case: CamperCase) -> int | None:
    """Where a brother or sister is, if that group has room; else the smallest, of equal ones the first. Before groups are made the one it has, if any."""
    edition = case.linked(Edition)
    numbers = [one.number for one in edition.record.groups]
    if case.record.group is not None or not numbers:
        return case.record.group
    others = [one for one in edition.parts(Camper, CONFIRMED, *PRESENT) if one.ref != case.ref]
    full, related = Counter(one.record.group for one in others), {*case.child.related}
    beside = {one.record.group for one in others if related & {*one.child.related}} if related else set()
    return min(numbers, key=lambda number: (number not in beside or full[number] >= case.policy.group_size, full[number], number))


def _tutor(case: CamperCase) -> forms.Group | None:
    return next((one for one in case.linked(Edition).record.groups if one.number == case.record.group), None)


def tutor_of(case: CamperCase) -> str:
    """Who leads its group."""
    one = _tutor(case)
    return case.record.tutor if one is None else one.tutor


def phone_of(case: CamperCase) -> str:
    """And that one's telephone."""
    one = _tutor(case)
    return case.record.tutor_phone if one is None else one.phone


def once_more(case: CamperCase) -> int:
    """How often it was missing by now."""
    return case.record.times_missing + 1


def year_of_camp(case: CamperCase) -> int:
    """What next year's nomination reads."""
    return (case.record.starts_on or case.today).year


def because(why: WithdrawReason) -> SetField:
    """Why a child does not come."""
    return SetField(C.withdrawn, why)


# ------------------------------------------------------------------------------------------------------------------------------------ transitions

ADMIT = Transition(
    "admit", "Into the pool", source=NOMINATED, target=POOL, by=AUTOMATIC, guards=[left_behind, old_enough, first_time, of_its_school, nominations_open]
)
ADMIT_ANYWAY = Transition(
    "admit_anyway", "Into the pool all the same", source=NOMINATED, target=POOL, by=COUNTY_OFFICE, form=forms.Override,
    guards=[left_behind, old_enough, of_its_school, nominations_open], do=[SetField(C.why_again, ref(forms.Override).why)],
)  # fmt: skip
REFUSE = Transition("refuse", "Not eligible", source=NOMINATED, target=INELIGIBLE, by=(SYSTEM, EDUCATION))
TAKE_BACK = Transition(
    "take_back", "Nomination withdrawn", source=(NOMINATED, POOL), target=WITHDRAWN, by=(SCHOOL, EDUCATION), form=forms.Withdrawal, guards=[nominations_open],
    do=[SetField(C.withdrawn, ref(forms.Withdrawal).why)],
)  # fmt: skip
LINE_UP = Transition("line_up", "Drawn", source=POOL, target=WAITING, by=SYSTEM)
NOTICE_VERSION = "2026-1"
"""Of what the guardians are told: the form prints it, the consent demands it."""
OFFER = Transition(
    "offer", "A seat is offered", source=WAITING, target=OFFERED, by=SYSTEM,
    do=[
        SetField(C.answer_by, answer_by), SetField(C.ready_by, ready_by), SetField(C.notice, NOTICE_VERSION), Draft(CONSENT_FORM),
        Notify(SCHOOL, "A seat at the camp is offered to a child of this school"),
        Notify(GUARDIANS, "A seat at the camp is offered; the school asks for the consent"),
    ],
)  # fmt: skip
STEP_BACK = Transition("step_back", "Consent withdrawn", source=(OFFERED, CONFIRMED), target=WITHDRAWN, by=SYSTEM, do=[because(WithdrawReason.NO_CONSENT)])
SAY_NO = Transition("say_no", "Consent refused", source=(WAITING, OFFERED), target=WITHDRAWN, by=SYSTEM, do=[because(WithdrawReason.NO_CONSENT)])
FETCH_HOME = Task(
    "fetch_home", "The consent is withdrawn: have the child fetched home", by=LEADER, due=days(0), help="when it is fetched: care case advance REF send_home",
    late=[Escalate(COUNTY_OFFICE, "A consent to the camp is withdrawn, and the child is still there", urgent=True)],
)  # fmt: skip
CONSENT = Consent(
    "camp", "Going to the camp", notice=NOTICE_VERSION, since=OFFERED, withdrawn=STEP_BACK, refused=SAY_NO,
    stays=[OpenTask(FETCH_HOME), Notify(LEADER, "The consent is withdrawn: have the child fetched home", urgent=True)],
)  # fmt: skip
"""For this camp: what was said before the seat was offered is of another. A child on the site is watched over until it is fetched; it never rests there."""
CONFIRM = Transition(
    "confirm", "Confirm", source=OFFERED, target=CONFIRMED, by=AUTOMATIC, guards=[consented(CONSENT), is_(C.fit, True), filled(C.emergency_name)],
    do=[
        SetField(C.group, group_for), SetField(C.tutor, tutor_of), SetField(C.tutor_phone, phone_of), SetField(C.expected_at, from_now_on), Draft(LETTER),
        When(filled(C.group), [Draft(BADGE), Notify(LEADER, "A child is confirmed after the groups were made: it has a group now")]),
        Notify(GUARDIANS, "The seat at the camp is confirmed"),
    ],
)  # fmt: skip
UNFIT = Transition(
    "unfit", "Not fit to go", source=(OFFERED, CONFIRMED), target=WITHDRAWN, by=AUTOMATIC, guards=[is_(C.fit, False)], do=[because(WithdrawReason.UNFIT)]
)
LAPSE = Transition(
    "lapse", "No answer in time", source=OFFERED, target=WITHDRAWN, by=SYSTEM, do=[Notify(SCHOOL, "The seat of a child of this school has gone to the next")]
)
WITHDRAW = Transition(
    "withdraw", "Withdraw", source=(WAITING, OFFERED, CONFIRMED), target=WITHDRAWN, by=(SCHOOL, LEADER), form=forms.Withdrawal, guards=[still_before],
    do=[SetField(C.withdrawn, ref(forms.Withdrawal).why)],
)  # fmt: skip
NO_SHOW = Transition(
    "no_show", "Did not come", source=CONFIRMED, target=WITHDRAWN, by=(LEADER, TUTOR, SYSTEM), guards=[begun], do=[because(WithdrawReason.NO_SHOW)]
)
WHERE_IS = Task(
    "where_is", "Not seen: call the family, and say whether the child comes", by=(LEADER, TUTOR), form=forms.Whereabouts, checks=[asked_before],
    happened=ref(forms.Whereabouts).asked_at, due=days(0), do=[When(is_(ref(forms.Whereabouts).comes, False), [Fire(NO_SHOW)])],
    late=[Escalate(COUNTY_OFFICE, "Nobody knows whether a camper is on its way", urgent=True)],
    help="when it is there: care case advance REF arrive; a child that does not come gives its seat to the next", required=False,
)  # fmt: skip
ARRIVE = Transition("arrive", "Arrived", source=CONFIRMED, target=ARRIVED, by=(TUTOR, LEADER), guards=[begun, has_group], do=[CloseTask(WHERE_IS)])
GO_OUT = Transition(
    "go_out", "Leaves the site, with a note", source=ARRIVED, target=OFF_SITE, by=(TUTOR, LEADER), form=forms.Leave, checks=[back_within_camp],
    do=[SetField(C.back_by, LV.back_by)],
)  # fmt: skip
COME_BACK = Transition(
    "come_back", "Back on the site", source=OFF_SITE, target=ARRIVED, by=(TUTOR, LEADER), form=forms.Return, checks=[not_later],
    do=[SetField(C.back_by, None)],
)  # fmt: skip
MISS = Transition("miss", "Missing", source=(ARRIVED, OFF_SITE), target=MISSING, by=(TUTOR, LEADER))
FOUND = Transition("found", "Found again", source=MISSING, target=ARRIVED, by=(TUTOR, LEADER), form=forms.Return, checks=[not_later])
SEND_HOME = Transition("send_home", "Taken home before the end", source=(ARRIVED, OFF_SITE), target=SENT_HOME, by=LEADER, form=forms.GoingHome)
"""Not of a missing child: it is found first, or the alarm would end with nobody having seen it."""
COMPLETE = Transition("complete", "Completed", source=ARRIVED, target=COMPLETED, by=SYSTEM, do=[Observe(CAMPED, year_of_camp)])
RUN_OUT = Transition("run_out", "The list has ended", source=(POOL, WAITING), target=NO_SEAT, by=SYSTEM)
CANCEL = Transition(
    "cancel", "The camp does not take place", source=(NOMINATED, POOL, WAITING, OFFERED, CONFIRMED), target=WITHDRAWN, by=SYSTEM,
    do=[because(WithdrawReason.OTHER), Notify(GUARDIANS, "The camp does not take place")],
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------------------------------------ tasks

ASK_CONSENT = Task(
    "ask_consent", "Ask the guardian for the consent", by=SCHOOL, due=after(C.answer_by, days(0)),
    late=[Notify(SCHOOL, "A guardian has not answered about the camp")], help="record the answer: care consent give, or care consent refuse", required=False,
)  # fmt: skip
HEALTH = Task(
    "health", "Health statement", by=SCHOOL, form=forms.Health, checks=[not_ahead, finding_looked_at], due=after(C.ready_by, days(0)), happened=HL.stated_on,
    do=[SetField(C.fit, HL.fit), SetField(C.allergies, HL.allergies), SetField(C.medicine, HL.medicine)],
    late=[Escalate(LEADER, "A camper's health statement is not there")],
)  # fmt: skip
CONTACT = Task(
    "contact", "Emergency contact", by=SCHOOL, form=forms.Emergency, due=after(C.ready_by, days(0)),
    do=[
        SetField(C.emergency_name, EM.name), SetField(C.emergency_phone, EM.phone), SetField(C.emergency_kin, EM.kin),
        When(filled(EM.performance), [SetField(C.performance, EM.performance)]), When(filled(EM.size), [SetField(C.size, EM.size)]),
    ],
    late=[Escalate(LEADER, "A camper's emergency contact is not there")],
)  # fmt: skip
SEARCH = Task(
    "search", "Look for the child, call the guardian and the police", by=(LEADER, TUTOR), due=days(0), help="when it is there: the transition 'found'"
)

UNSEEN = Escalate(LEADER, "A camper is expected, and was not seen", urgent=True)
STILL_MISSING = Escalate(LEADER, "A camper is missing", urgent=True)
NOT_SEEN = earliest(after(C.expected_at, minutes(P.unseen_minutes)), after(C.starts_on, hours(12)))
"""Some minutes after the camp has begun; at noon of the first day also where nobody has begun it."""
GONE = [
    SetField(C.times_missing, once_more), STILL_MISSING, Notify(TUTOR, "A camper is missing", urgent=True), On(WHOLE, [Enter(INCIDENTS, went_missing)]),
]  # fmt: skip
CAMPER = Workflow(
    "camper", "Camper", prefix="CM", subject=CHILD, record=Camper, policy=Policy, initial=NOMINATED, part_of=Edition, stages=CAMPER_STAGES,
    transitions=[
        ADMIT, ADMIT_ANYWAY, REFUSE, TAKE_BACK, LINE_UP, OFFER, STEP_BACK, SAY_NO, CONFIRM, UNFIT, LAPSE, WITHDRAW, ARRIVE, NO_SHOW, GO_OUT, COME_BACK, MISS,
        FOUND, SEND_HOME, COMPLETE, RUN_OUT, CANCEL,
    ],
    tasks={OFFERED: [ASK_CONSENT], (OFFERED, CONFIRMED): [HEALTH, CONTACT], MISSING: [SEARCH]},
    enter={MISSING: GONE},
    timers=[
        Timer("undecided", NOMINATED, due=weeks(1), again=weeks(1), do=[Escalate(COUNTY_OFFICE, "A former camper is nominated again: admit it all the same?")]),
        Timer("in_pool", (POOL, WAITING), due=weeks(8), again=weeks(8), do=[Escalate(EDUCATION, "A child has long been waiting for a camp")]),
        Timer("no_consent", OFFERED, due=after(C.answer_by, days(1)), unless=consented(CONSENT), do=[Fire(LAPSE, set=[because(WithdrawReason.NO_CONSENT)])]),
        Timer("not_ready", OFFERED, due=after(C.ready_by, days(1)), do=[Fire(LAPSE, set=[because(WithdrawReason.NO_ANSWER)])]),
        Timer("not_seen", CONFIRMED, due=NOT_SEEN, again=hours(2), do=[UNSEEN, OpenTask(WHERE_IS)]),
        Timer("not_back", OFF_SITE, due=after(C.back_by, minutes(P.alarm_minutes)), fire=MISS),
        Timer("report", MISSING, due=minutes(P.report_minutes), do=[
            Refer("protection", "A child is missing from a camp", urgent=True), Escalate(COUNTY_OFFICE, "A camper is missing", urgent=True),
        ]),
        Timer("not_over", ARRIVED, due=after(C.ends_on, days(2)), again=days(2), do=[Escalate(LEADER, "A camp is over by its days, and is not finished")]),
    ],
    limits=[
        Limit("once", "this child is nominated in another edition", size=1, per=PER_SUBJECT, held_in=OPEN),
        Limit("nominations", "the school has nominated all it may", size=may_nominate, per=(PER_WHOLE, C.school), held_in=(NOMINATED, POOL, WAITING)),
        Limit(
            "seats", "no seat is left for this school", size=seats_of_school, per=(PER_WHOLE, C.school), held_in=(OFFERED, CONFIRMED, *PRESENT),
            waiting=Waiting(WAITING, C.place, OFFER),
        ),
        Limit("beds", "the camp is full", size=seats_in_all, per=PER_WHOLE, held_in=(CONFIRMED, *PRESENT)),
    ],
    consents=[CONSENT], reads=READS, papers=CAMPER_PAPERS, open_by=[SYSTEM], edit_by=[LEADER, SCHOOL], seen_by=[SCHOOL, EDUCATION, LEADER, TUTOR],
)  # fmt: skip
"""Opened by the schools' sheet, or by one row of it at a desk (``sheets``): both are held to the same."""
