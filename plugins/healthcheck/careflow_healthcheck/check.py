"""One child's check: listed, consent, measured and judged, then filed, or followed up until it is settled or lost with a reason.

What was found is told in plain words to the parents, to the entrusted guardian where they are not reached, else by the village's child director at
home. One high reading is no high pressure: it is read again on other days (WS/T 610-2018). Signs of injury are reported at once (未成年人保护法 art. 11),
whatever becomes of the check.
"""

from __future__ import annotations

# isort: off
from dataclasses import replace
from datetime import date
from functools import lru_cache

from careflow_healthcheck import forms
from careflow_healthcheck.entries import measured, pressure_read, sittings, unjudged
from careflow_healthcheck.facts import BY_FIELD, READS, UNSETTLED, earlier
from careflow_healthcheck.findings import Pressure, PressureCourse, Sex
from careflow_healthcheck.forms import CheckRecord, Measurement, Reading, RoundRecord, Told
from careflow_healthcheck.judging import Findings, flagged, judge, pressure_course
from careflow_healthcheck.papers import CHECK_PAPERS, REFERRAL, RESULT
from careflow_healthcheck.policy import Policy
from careflow_healthcheck.rules import (
    Check, needs_referral, no_referral, nobody_reached, not_ahead, not_before_check, nothing_found, plausible, possible, pressure_closed, pressure_open,
    reading_possible, somebody_told, something_found, treatment_over,
)  # fmt: skip
from careflow_healthcheck.stages import (
    ABSENT, CHECK_STAGES, CONSENTED, FILED, FOLLOWED, FOUND, JUDGED, LISTED, LOST, MISSED, RECHECKING, REFUSED, SETTLED, TO_MEASURE, TO_REFER,
)  # fmt: skip
from workflow_core import (
    AUTOMATIC, CHILD, CHILD_DIRECTOR, CLINIC, COUNTY_OFFICE, PER_SUBJECT, PER_WHOLE, SCHOOL, SUPERVISOR, SYSTEM,
    Consent, Deny, Draft, Escalate, Every, Limit, Notify, Observe, Refer, SetField, Task, Timer, Transition, When, Workflow,
    after, consented, days, deny, done, filled, is_, ref, weeks,
)  # fmt: skip

K, P, M = ref(CheckRecord), ref(Policy), ref(Measurement)
RD, TP, RF, TR, DC = ref(Reading), ref(forms.TellParents), ref(forms.Referral), ref(forms.Treatment), ref(forms.Decision)

# ------------------------------------------------------------------------------------------------------------------------------------ judging


@lru_cache(maxsize=4096)
def _found(entered: Measurement, born_on: date | None, sex: str | None) -> Findings:
    return judge(measured(entered), born_on, sex, entered.measured_on)


def judged(case: Check) -> CheckRecord:
    """The record with what the standards say of the measurement, and what is on file of earlier ones."""
    entered = case.last(MEASURE)
    if entered is None:
        return case.record
    child = case.child
    found = _found(entered, child.born_on, child.sex)
    return replace(
        case.record,
        school=child.school,
        grade=child.grade,
        sex=None if child.sex is None else Sex[child.sex.upper()],
        measured_on=entered.measured_on,
        bmi=found.bmi,
        weight=found.weight,
        growth=found.growth,
        pressure=found.pressure,
        pressure_course=course(case),
        vision=found.vision,
        myopia=found.myopia,
        spine=found.spine,
        unjudged=unjudged(found),
        flagged=flagged(found),
        injury=entered.injury,
        earlier=earlier(case.observed, entered.measured_on),
    )


def course(case: Check) -> PressureCourse | None:
    """What all days on which the pressure was read say together; None where the first reading was not high, and nobody looks again."""
    read = sittings(case.last(MEASURE), case.results(RECHECK), case.child)
    if not read or read[0].found is not Pressure.HIGH:
        return None
    return pressure_course(read, case.policy.apart_days)


def systolic_read(case: Check) -> float:
    """Of the sitting at hand, not of its first reading: the mean of the two that are closest (WS/T 610-2018)."""
    return pressure_read(case.results(RECHECK)[-1])[0]


def diastolic_read(case: Check) -> float:
    """The lower one of it."""
    return pressure_read(case.results(RECHECK)[-1])[1]


# ------------------------------------------------------------------------------------------------------------------------------------ guards


def was_measured(case: Check) -> Deny | None:
    """There is something to judge."""
    return None if case.results(MEASURE) else deny("the child is not measured yet", hint="do the task 'measure'", code="not_measured")


def another_day(case: Check, reading: Reading) -> Deny | None:
    """WS/T 610-2018: on different days, one to two weeks apart. What comes earlier would not count, so it is not taken."""
    before = [one.on for one in sittings(case.last(MEASURE), case.results(RECHECK), case.child)]
    wanted = case.policy.apart_days
    apart = (reading.read_on - max(before)).days if before else wanted
    if apart >= wanted:
        return None
    return deny("only {days} days after the last reading; {wanted} are wanted", hint="read it again on a later day", code="too_soon", days=apart, wanted=wanted)


def confirmed_later(case: Check) -> Deny | None:
    """The pressure was confirmed after the referral: the hospital has not been asked about it."""
    referred, readings = case.last(REFER), case.results(RECHECK)
    if case.record.pressure_course is PressureCourse.CONFIRMED and readings and (referred is None or readings[-1].read_on > referred.referred_on):
        return None
    return deny("nothing new was found since the referral", code="nothing_new")


def sought_long_enough(case: Check) -> Deny | None:
    """Nobody is given up before the parents were sought, or asked about the treatment as often as the township wants."""
    since = case.entered(FOLLOWED)
    wanted = case.policy.reminders * case.policy.remind_weeks
    if case.record.told is Told.NOBODY or (since is not None and (case.today - since).days >= 7 * wanted):
        return None
    return deny("a family is asked for {wanted} weeks before it is given up", hint="ask again: the task 'treat'", code="given_up_early", wanted=wanted)


def refused_by(case: Check, said: forms.Refusal) -> Deny | None:
    """A no of the future is none."""
    return not_ahead(case, said)


# ------------------------------------------------------------------------------------------------------------------------------------ consent

DECLINE = Transition(
    "decline", "Consent refused", source=TO_MEASURE, target=REFUSED, by=(SCHOOL, CHILD_DIRECTOR, SUPERVISOR), form=forms.Refusal, checks=[refused_by]
)
WITHDRAW: Transition[CheckRecord, Policy, None] = Transition("withdraw", "Consent withdrawn", source=TO_MEASURE, target=REFUSED, by=SYSTEM)
SAY_NO: Transition[CheckRecord, Policy, None] = Transition("say_no", "Consent refused", source=TO_MEASURE, target=REFUSED, by=SYSTEM)
CONSENT = Consent("healthcheck", "Free health check", notice="2026-1", withdrawn=WITHDRAW, refused=SAY_NO)

# ------------------------------------------------------------------------------------------------------------------------------------ tasks

ASK_CONSENT = Task(
    "ask_consent", "Hand out the notice and ask the guardian", by=(SCHOOL, CHILD_DIRECTOR), due=days(P.consent_days),
    late=[Notify(SCHOOL, "A guardian has not answered about the health check")],
    help="record the answer: care consent give, or care consent refuse",
)  # fmt: skip
MEASURE = Task(
    "measure", "Measure", by=(CLINIC, SCHOOL), form=Measurement, checks=[possible, plausible], happened=M.measured_on,
    do=[
        *(When(filled(getattr(M, name)), [Observe(fact, getattr(M, name), on=M.measured_on, about=M.device)]) for name, fact in BY_FIELD.items()),
        When(is_(M.injury, True), [SetField(K.injury, True), Refer("protection", "Signs of injury at a health check", urgent=True)]),
    ],
)  # fmt: skip
TELL = Task(
    "tell", "Tell the parents", by=SCHOOL, form=forms.TellParents, checks=[not_ahead, not_before_check], due=days(P.tell_days), happened=TP.told_on,
    do=[SetField(K.told, TP.told)], late=[Escalate(SUPERVISOR, "Parents have not been told what a health check found")],
    help="in plain words, to the parents alone; where nobody answers, say so: then the entrusted guardian is asked",
)  # fmt: skip
TELL_CARER = Task(
    "tell_carer", "Tell the entrusted guardian", by=(SCHOOL, CHILD_DIRECTOR), form=forms.TellParents, checks=[not_ahead, not_before_check],
    needs=[TELL], only_if=nobody_reached, due=days(3), happened=TP.told_on, do=[SetField(K.told, TP.told)],
    late=[Escalate(SUPERVISOR, "Nobody at home knows what a health check found")],
)  # fmt: skip
TELL_HOME = Task(
    "tell_home", "Visit the home and tell whoever cares for the child", by=CHILD_DIRECTOR, form=forms.TellParents, checks=[not_ahead, not_before_check],
    needs=[TELL_CARER], only_if=nobody_reached, due=days(3), happened=TP.told_on, do=[SetField(K.told, TP.told)],
    late=[Escalate(SUPERVISOR, "Nobody at home knows what a health check found")],
)  # fmt: skip
RECHECK = Task(
    "recheck", "Read the blood pressure on another day", by=(CLINIC, SCHOOL), form=Reading, checks=[not_ahead, another_day, reading_possible],
    schedule=Every(days(P.apart_days)), only_if=pressure_open, happened=RD.read_on, required=False,
    do=[
        Observe(BY_FIELD["systolic"], systolic_read, on=RD.read_on, about=RD.device),
        Observe(BY_FIELD["diastolic"], diastolic_read, on=RD.read_on, about=RD.device),
        SetField(K.pressure_course, course),
    ],
    late=[Notify(SCHOOL, "A blood pressure is to be read again")],
    help="ten minutes of sitting first; three readings",
)  # fmt: skip
REFER = Task(
    "refer", "Hand over the letter to the hospital", by=(SCHOOL, CLINIC), form=forms.Referral, checks=[not_ahead, not_before_check],
    due=days(P.refer_days), happened=RF.referred_on, late=[Escalate(SUPERVISOR, "A child has not been referred after a health check")],
)  # fmt: skip
AID_ANSWERED = Task(
    "aid_answered", "Tell the family what the aid programme answered", by=CHILD_DIRECTOR, due=days(7),
    late=[Escalate(SUPERVISOR, "A family does not know whether it gets help to pay")],
)  # fmt: skip
TREAT = Task(
    "treat", "Ask how the treatment goes", by=(SCHOOL, CHILD_DIRECTOR), form=forms.Treatment, checks=[not_ahead, not_before_check],
    schedule=Every(weeks(P.remind_weeks)), happened=TR.seen_on,
    do=[
        SetField(K.treatment, TR.treated),
        When(is_(TR.needy, True), [SetField(K.needy, True), Refer("aid", "The family needs help to pay for a treatment", reply=AID_ANSWERED)]),
    ],
    late=[Escalate(SUPERVISOR, "Nobody has asked how a child's treatment goes")],
)  # fmt: skip
# ------------------------------------------------------------------------------------------------------------------------------------ transitions

AGREE = Transition("agree", "Consent given", source=LISTED, target=CONSENTED, by=AUTOMATIC, guards=[consented(CONSENT)])
MISS_DAY = Transition("absent", "Absent on the day", source=CONSENTED, target=ABSENT, by=(CLINIC, SCHOOL))
TO_JUDGE = Transition("judge", "Measured", source=(CONSENTED, ABSENT), target=JUDGED, by=AUTOMATIC, guards=[was_measured], do=[SetField(K, judged)])
FILE_IT = Transition("file", "File", source=JUDGED, target=FILED, by=AUTOMATIC, guards=[nothing_found])
"""The result paper of a child that is well is drafted for the asking, or with all of a round's in one print."""
FLAG = Transition("flag", "Follow up", source=JUDGED, target=FOUND, by=AUTOMATIC, guards=[something_found], do=[Observe(UNSETTLED, True), Draft(RESULT)])
LOOK_AGAIN = Transition(
    "look_again", "Read the pressure again", source=FOUND, target=RECHECKING, by=AUTOMATIC, guards=[somebody_told, no_referral, pressure_open]
)
REFER_IT = Transition("to_refer", "To a hospital", source=(FOUND, RECHECKING), target=TO_REFER, by=AUTOMATIC, guards=[somebody_told, needs_referral])
CLEARED = Transition(
    "cleared", "Pressure not high", source=(FOUND, RECHECKING), target=SETTLED, by=AUTOMATIC, guards=[somebody_told, no_referral, pressure_closed],
    do=[Observe(UNSETTLED, False)],
)  # fmt: skip
FOLLOW = Transition("follow", "Referred", source=TO_REFER, target=FOLLOWED, by=AUTOMATIC, guards=[done(REFER)])
REFER_AGAIN = Transition("refer_again", "To a hospital for the pressure too", source=FOLLOWED, target=TO_REFER, by=AUTOMATIC, guards=[confirmed_later])
SETTLE = Transition(
    "settle", "Settled", source=FOLLOWED, target=SETTLED, by=AUTOMATIC, guards=[treatment_over, pressure_closed], do=[Observe(UNSETTLED, False)]
)
LOSE = Transition(
    "lose", "Give up, with a reason", source=(FOUND, RECHECKING, TO_REFER, FOLLOWED), target=LOST, by=SUPERVISOR, guards=[sought_long_enough],
    form=forms.Decision, checks=[not_ahead, not_before_check],
)  # fmt: skip
MISS: Transition[CheckRecord, Policy, None] = Transition("miss", "Round is over", source=TO_MEASURE, target=MISSED, by=SYSTEM)
SEEN_WAITING = Escalate(SUPERVISOR, "A finding of a health check is not followed up")

CHECK = Workflow(
    "check", "Health check", prefix="HC", subject=CHILD, record=CheckRecord, policy=Policy, initial=LISTED, part_of=RoundRecord, stages=CHECK_STAGES,
    transitions=[
        AGREE, DECLINE, WITHDRAW, SAY_NO, MISS_DAY, TO_JUDGE, FILE_IT, FLAG, LOOK_AGAIN, REFER_IT, CLEARED, FOLLOW, REFER_AGAIN, SETTLE, LOSE, MISS,
    ],
    tasks={
        LISTED: [ASK_CONSENT], (CONSENTED, ABSENT): [MEASURE], FOUND: [TELL, TELL_CARER, TELL_HOME],
        (FOUND, RECHECKING, TO_REFER, FOLLOWED): [RECHECK], TO_REFER: [REFER], FOLLOWED: [TREAT],
    },
    timers=[
        Timer("not_measured", (CONSENTED, ABSENT), due=weeks(6), again=weeks(2), do=[Escalate(CLINIC, "A child on the roster is not measured")]),
        Timer("not_judged", JUDGED, due=days(3), do=[SEEN_WAITING]),
        Timer("not_told", FOUND, due=after(FOUND, weeks(4)), again=weeks(1), do=[SEEN_WAITING]),
        Timer("not_read", RECHECKING, due=after(RECHECK, weeks(4)), again=weeks(1), do=[SEEN_WAITING]),
        Timer("not_referred", TO_REFER, due=after(TO_REFER, weeks(3)), again=weeks(1), do=[SEEN_WAITING]),
        Timer("silent", FOLLOWED, due=after(TREAT, weeks(8)), again=weeks(2), do=[SEEN_WAITING]),
    ],
    enter={TO_REFER: [Draft(REFERRAL)]},
    limits=[
        Limit(
            "once_a_round", "The child stands on this round's list already", size=1, per=(PER_WHOLE, PER_SUBJECT),
            held_in=[stage for stage in CHECK_STAGES if not stage.final],
        ),
    ],
    consents=[CONSENT], reads=READS, papers=CHECK_PAPERS, open_by=[SCHOOL, CLINIC, SUPERVISOR], edit_by=[CLINIC, SUPERVISOR],
    seen_by=[CHILD_DIRECTOR, COUNTY_OFFICE], reopen_to=FOUND,
)  # fmt: skip
