"""Dropout return (劝返复学): find the child who left school, bring it back, keep it there.

Read from top to bottom: guards, transitions, tasks, timers, the workflow, the program. Beside it lie what is written down (``forms``), what a township sets
(``policy``), what can be told from these two alone (``rules``), the stages (``stages``), the papers (``papers``) and what hangs on their service
(``service``), the visits (``persuasion``), the three ledgers (``ledgers``), monthly list and quarterly review (``duties``), the absence sheet (``sheets``).

The law: parents send the child to school (义务教育法 art. 5, 11); township and bureau prevent dropout, the village helps (13); nobody hires it (14);
who does not send it is criticised, advised and ordered to within a time limit (58). The school registers, persuades and reports in writing
(未成年人保护法 art. 28), the bureau orders (83), the village dissuades and tells the police of what is grave (118).
Nothing legal is issued by itself: a paper is a draft until a person signs it.
"""

from __future__ import annotations

# isort: off
from careflow_dropout_return import forms
from careflow_dropout_return.duties import MONTHLY_LIST, QUARTERLY_REVIEW, ROUTINES
from careflow_dropout_return.forms import Cause, DropoutRecord, Finding
from careflow_dropout_return.ledgers import LEDGERS
from careflow_dropout_return.papers import (
    CLEARING, LEAVE, LETTER, NOTICE, ORDER, PLEADING, POLICE_REPORT, REGISTRATION, REPORT, SUPPORT_REQUEST, TOWNSHIP_ORDER,
)  # fmt: skip
from careflow_dropout_return.persuasion import VISIT, persuasion_failed
from careflow_dropout_return.policy import Policy
from careflow_dropout_return.rules import (
    Dropout, away_long_enough, calls_for, cause_known, leave_has_days, not_ahead, not_before_leaving, not_before_stage, past_school_age, penalty_used, proven,
)  # fmt: skip
from careflow_dropout_return.service import letter_waits, on_last_day, ran_out, receipt_is_in, report_is_signed, served, unserved
from careflow_dropout_return.sheets import ABSENCES, LEAVE_UNTIL, SETTLED
from careflow_dropout_return.stages import (
    AGED_OUT, AWAY, CLEARED, EXCUSED, IN_COURT, MONITORED, NOTICED, ORDERED, PERSUADING, REGISTERED, REPORTING, SUSPECTED,
)  # fmt: skip
from workflow_core import (
    AUTOMATIC, CHILD, CHILD_DIRECTOR, COUNTY_OFFICE, EDUCATION, PER_SUBJECT, SCHOOL, SUPERVISOR,
    AnyTime, Child, Deny, Do, Draft, Escalate, Every, Fire, Limit, Notify, Observe, OpenTask, Program, Refer, SetField, Task, Timer,
    Transition, Use, When, Workflow, after, at, days, deny, hookimpl, is_, months, ref, school_days, weeks, working_days,
)  # fmt: skip

R, P, B = ref(DropoutRecord), ref(Policy), ref(Child)

# ------------------------------------------------------------------------------------------------------------------------------------ guards


def found(case: Dropout, *wanted: Finding) -> Deny | None:
    """The latest check found this, whether it was the week's own or one in between. A leave counts while it lasts."""
    checks = sorted([*case.results(VERIFY), *case.results(RECHECK)], key=lambda one: one.checked_on)
    if not checks:
        return deny("nobody has checked yet where the child is", hint="ask the parents and other schools, and do the task 'verify'", code="not_checked")
    if checks[-1].finding in wanted:
        return on_leave(case) if checks[-1].finding is Finding.ON_LEAVE else None
    if Finding.GONE in wanted:
        return deny("the last check did not find that the child left school", hint="if it has left by now, check again: the task 'verify'", code="not_gone")
    return deny(
        "the last check found the child neither at another school nor on approved leave", hint="if it is by now, check again: the task 'verify' or 'recheck'",
        code="not_excused",
    )  # fmt: skip


def on_leave(case: Dropout) -> Deny | None:
    """An approved leave is entered with its number and its scan, and it is not over."""
    leave = case.last(ENTER_LEAVE)
    if leave is not None and leave.ends_on >= case.today:
        return None
    return deny("no approved leave is on record that still runs", hint="enter the approval and its scan: the task 'leave'", code="no_leave")


def leave_is_entered(case: Dropout, check: forms.Verification) -> Deny | None:
    """First the approval, then the finding."""
    return on_leave(case) if check.finding is Finding.ON_LEAVE else None


def excused_by_leave(case: Dropout) -> Deny | None:
    """It is a leave that excuses, not another school."""
    return found(case, Finding.ON_LEAVE)


def found_gone(case: Dropout) -> Deny | None:
    """Asked of the parents and of other schools, the child has left."""
    return found(case, Finding.GONE)


def found_elsewhere(case: Dropout) -> Deny | None:
    """It learns elsewhere, or an office has approved its leave."""
    return found(case, Finding.TRANSFERRED, Finding.ON_LEAVE)


def to_be_registered(case: Dropout) -> Deny | None:
    """The school can register, so it must."""
    return found_gone(case) or away_long_enough(case)


def to_be_reported(case: Dropout) -> Deny | None:
    """The school can report, so it must."""
    return persuasion_failed(case) or cause_known(case)


def report_sent(case: Dropout) -> Deny | None:
    """未成年人保护法 art. 28: the township acts on the school's report."""
    sent = case.results(WRITE, since=REPORTING)
    return None if sent else deny("the school's written report has not been sent", hint="the school does the task 'written_report'", code="not_reported")


def parents_spoken_to(case: Dropout) -> Deny | None:
    """义务教育法 art. 58: criticism and advice come with the time limit."""
    spoken = case.results(TALK, since=REPORTING)
    return None if spoken else deny("the township has not talked with the parents", hint="do the task 'talk'", code="parents_not_spoken_to")


def relapsed(case: Dropout) -> Deny | None:
    """One look at the class's register shows that the child is gone again."""
    looks = [*case.results(WEEKLY, since=MONITORED), *case.results(MISSING, since=MONITORED)]
    in_week = any(look.days_missed >= case.policy.relapse_in_week for look in looks)
    in_month = any(look.days_missed >= case.policy.relapse_in_month for look in case.results(MONTHLY, since=MONITORED))
    return None if in_week or in_month else deny("no relapse is on record", code="no_relapse")


def evidence_of_return(case: Dropout) -> Deny | None:
    """What proves this return, entered with it or later."""
    back, later = case.last(RETURN, since=MONITORED), case.last(EVIDENCE, since=MONITORED)
    if (back is not None and back.evidence) or later is not None:
        return None
    return deny("nothing proves the return", hint="hand in a photograph or a page of the register: the task 'evidence'", code="no_evidence")


def no_evidence(case: Dropout) -> Deny | None:
    """It is still to be handed in."""
    return deny("the return is proved", code="has_evidence") if evidence_of_return(case) is None else None


def watched_through(case: Dropout) -> Deny | None:
    """All looks are done (or skipped with a reason: in the holidays), and none showed a relapse."""
    if relapsed(case) is None:
        return deny("the child is missing again", code="relapsed")
    if case.finished(WEEKLY) and case.finished(MONTHLY):
        return None
    seen = len(case.results(WEEKLY, since=MONITORED)) + len(case.results(MONTHLY, since=MONITORED))
    return deny(
        "{seen} of {wanted} looks at the attendance are on record", hint="it clears by itself after the last", code="still_watched",
        seen=seen, wanted=case.policy.weeks_watched + case.policy.months_watched,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------------------------------ transitions

CONFIRM = Transition(
    "confirm", "Register as dropout", source=SUSPECTED, target=REGISTERED, by=(SCHOOL, SUPERVISOR), guards=[found_gone, away_long_enough],
    do=[Draft(REGISTRATION), Notify(SUPERVISOR, "A dropout was registered")],
)  # fmt: skip
EXCUSE = Transition(
    "excuse", "Close: not a dropout", source=AWAY, target=EXCUSED, by=(SCHOOL, SUPERVISOR), form=forms.Decision, guards=[found_elsewhere], checks=[not_ahead],
    do=[
        # When a leave ends, a row with the same last day counts again; of another school it never does.
        When(excused_by_leave, [Observe(LEAVE_UNTIL, ref(forms.Leave).ends_on)], otherwise=[Observe(SETTLED, R.last_attended)]),
        Notify(SUPERVISOR, "A case was closed: not a dropout"),
    ],
)  # fmt: skip
PERSUADE = Transition(
    "persuade", "Begin persuasion", source=REGISTERED, target=PERSUADING, by=AUTOMATIC, guards=[cause_known], do=[Draft(LETTER)],
)  # fmt: skip
REPORT_IT = Transition(
    "report", "Report in writing", source=PERSUADING, target=REPORTING, by=(SCHOOL, SUPERVISOR), guards=[persuasion_failed, cause_known],
    do=[Draft(REPORT), Notify(EDUCATION, "A dropout is being reported in writing"), Notify(SUPERVISOR, "A dropout is being reported in writing")],
)  # fmt: skip
NOTIFY = Transition(
    "notice", "Give notice to the parents", source=REPORTING, target=NOTICED, by=SUPERVISOR, guards=[report_sent, parents_spoken_to],
    do=[Draft(NOTICE)],
)  # fmt: skip
ORDER_IT = Transition("order", "Order the return", source=NOTICED, target=ORDERED, by=EDUCATION, guards=[ran_out], do=[Draft(ORDER)])
TO_COURT = Transition(
    "to_court", "Go to court", source=ORDERED, target=IN_COURT, by=COUNTY_OFFICE, form=forms.Decision, guards=[ran_out], checks=[not_ahead],
    do=[Draft(PLEADING), Draft(SUPPORT_REQUEST)],
)  # fmt: skip
PENALTY = Transition(  # no paper: careflow has no text for a rule that is local
    "penalty", "Record the local penalty", source=ORDERED, target=ORDERED, by=EDUCATION, form=forms.Decision, guards=[penalty_used, ran_out],
    checks=[not_ahead],
)  # fmt: skip
PERSUADE_AGAIN = Transition(
    "persuade_again", "Go back to persuasion", source=(ORDERED, IN_COURT), target=PERSUADING, by=(EDUCATION, COUNTY_OFFICE), form=forms.Decision,
    checks=[not_ahead],
)  # fmt: skip
RETURN = Transition(
    "return", "Record the return", source=AWAY, target=MONITORED, by=(SCHOOL, SUPERVISOR), form=forms.Return, checks=[not_ahead, not_before_leaving],
    do=[SetField(R.returned_on, ref(forms.Return).returned_on), Notify(CHILD_DIRECTOR, "A child is back in class: look in on the family")],
)  # fmt: skip
RELAPSE = Transition(
    "relapse", "Missing again", source=MONITORED, target=PERSUADING, by=AUTOMATIC, guards=[relapsed],
    do=[
        SetField(R.episode, lambda case: case.record.episode + 1),
        SetField(R.last_attended, lambda case: case.record.returned_on or case.record.last_attended),  # on that day it was surely there
        SetField(R.returned_on, None),
        SetField(R.presumed_cause, R.cause),
        SetField(R.cause, None),  # it may be another this time
        Draft(LETTER),
        Notify(SUPERVISOR, "A child that had returned is missing again", urgent=True),
    ],
)  # fmt: skip
CLEAR = Transition(
    "clear", "Clear", source=MONITORED, target=CLEARED, by=AUTOMATIC, guards=[watched_through, evidence_of_return],
    do=[Draft(CLEARING), Observe(SETTLED, R.last_attended)],
)  # fmt: skip
OUTGROW = Transition(
    "age_out", "Close: past school age", source=AWAY, target=AGED_OUT, by=(EDUCATION, COUNTY_OFFICE), form=forms.Decision,
    guards=[past_school_age], checks=[not_ahead], do=[Observe(SETTLED, R.last_attended)],
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------------------------------------ tasks

VERIFY = Task(
    "verify", "Check with parents and other schools", by=(SCHOOL, CHILD_DIRECTOR, SUPERVISOR), form=forms.Verification,
    checks=[not_ahead, not_before_leaving, proven, leave_is_entered], schedule=Every(weeks(1)), due=school_days(P.verify_days),
    happened=ref(forms.Verification).checked_on,
    late=[Escalate(SUPERVISOR, "A suspected dropout has not been checked")],
)  # fmt: skip
RECHECK = Task(
    "recheck", "Check again where the child is", by=(SCHOOL, CHILD_DIRECTOR, SUPERVISOR), form=forms.Verification,
    checks=[not_ahead, not_before_leaving, proven, leave_is_entered], schedule=AnyTime(), happened=ref(forms.Verification).checked_on, required=False,
)  # fmt: skip
ENTER_LEAVE = Task(
    "leave", "Enter an approved leave", by=(SCHOOL, SUPERVISOR), form=forms.Leave, checks=[not_ahead, leave_has_days], schedule=AnyTime(),
    happened=ref(forms.Leave).decided_on, required=False, help="later enrolment or leave, approved by the township or the bureau (义务教育法 art. 11)",
)  # fmt: skip
REGISTER = Task(
    "register", "Register the dropout", by=(SCHOOL, SUPERVISOR), only_if=to_be_registered, due=school_days(P.register_days), do=[Fire(CONFIRM)],
    late=[Escalate(SUPERVISOR, "A proven dropout has not been registered")], help="done, it takes the step 'confirm'",
)  # fmt: skip
SUPPORT = Task(
    "support", "See what came of the referral", by=(SCHOOL, CHILD_DIRECTOR, SUPERVISOR), form=forms.Support, checks=[not_ahead], due=school_days(P.cause_days),
    happened=ref(forms.Support).learned_on, late=[Escalate(SUPERVISOR, "Nobody has looked at the answer to a referral")], required=False,
)  # fmt: skip
ADVISE = Task(
    "advise", "Advise the parents on leave", by=(SCHOOL, SUPERVISOR), form=forms.Talk, checks=[not_ahead], due=school_days(P.cause_days),
    happened=ref(forms.Talk).talked_on, late=[Escalate(SUPERVISOR, "Nobody has told the parents how to ask for leave")], required=False,
    help="parents ask, the township or the bureau approves; the form is drafted",
)  # fmt: skip
CAUSE = Task(
    "cause", "Confirm the cause", by=(SCHOOL, CHILD_DIRECTOR, SUPERVISOR), form=forms.Enquiry, checks=[not_ahead, not_before_leaving],
    only_if=is_(R.cause, None), due=school_days(P.cause_days), happened=ref(forms.Enquiry).enquired_on,
    late=[Escalate(SUPERVISOR, "The cause of a dropout has not been confirmed")],
    do=[
        SetField(R.cause, ref(forms.Enquiry).cause),
        SetField(R.destination, ref(forms.Enquiry).destination),
        When(calls_for("aid", Cause.POVERTY), [Refer("aid", "Left school for poverty", reply=SUPPORT)]),
        When(calls_for("pairing", Cause.UNCARED), [Refer("pairing", "Left school, and nobody looks after the child", reply=SUPPORT)]),
        When(is_(R.cause, Cause.HEALTH), [OpenTask(ADVISE), Draft(LEAVE)]),
        When(
            calls_for("protection", Cause.MARRIAGE, Cause.WORK),  # whoever learns of it reports it at once: 未成年人保护法 art. 11, 61; 义务教育法 art. 14
            [
                Refer("protection", "Early marriage or child labour", urgent=True, reply=SUPPORT),
                Escalate(SUPERVISOR, "Early marriage or child labour: report it to the police", urgent=True),
            ],
        ),
    ],
)  # fmt: skip
SERVE_LETTER = Task(
    "serve_letter", "Serve the school's letter", by=(SCHOOL, CHILD_DIRECTOR, SUPERVISOR), form=forms.Served, checks=[receipt_is_in], only_if=letter_waits,
    due=working_days(P.serve_days), late=[Escalate(SUPERVISOR, "The school's letter has not been served")], help="done by itself when its receipt is in",
)  # fmt: skip
FOLLOW_LETTER = Task(
    "follow_letter", "See whether the letter was followed", by=(SCHOOL, CHILD_DIRECTOR, SUPERVISOR), form=forms.DeadlineCheck, checks=[not_ahead, on_last_day],
    only_if=served, due=after(LETTER.served, days(P.letter_days)), happened=ref(forms.DeadlineCheck).checked_on,
    late=[Escalate(SUPERVISOR, "Nobody has looked whether the school's letter was followed")],
)  # fmt: skip
WRITE = Task(
    "written_report", "Send the written report", by=(SCHOOL, SUPERVISOR), form=forms.WrittenReport, checks=[report_is_signed, not_ahead],
    only_if=to_be_reported, due=working_days(P.report_days), happened=ref(forms.WrittenReport).sent_on,
    late=[Escalate(SUPERVISOR, "Persuasion has failed, and nothing was reported in writing")], help="to the education bureau and to the township",
)  # fmt: skip
TALK = Task(
    "talk", "Criticise and advise the parents", by=SUPERVISOR, form=forms.Talk, checks=[not_ahead, not_before_leaving], due=working_days(P.township_days),
    happened=ref(forms.Talk).talked_on, late=[Escalate(COUNTY_OFFICE, "The township has not talked with the parents")],
)  # fmt: skip
SERVE_NOTICE = Task(
    "serve_notice", "Serve the notice", by=(SUPERVISOR, CHILD_DIRECTOR), form=forms.Served, checks=[receipt_is_in], due=working_days(P.serve_days),
    late=[Escalate(COUNTY_OFFICE, "The township's notice has not been served")], help="done by itself when its receipt is in",
)  # fmt: skip
FOLLOW_NOTICE = Task(
    "follow_notice", "See whether the notice was followed", by=(SUPERVISOR, SCHOOL), form=forms.DeadlineCheck, checks=[not_ahead, on_last_day],
    only_if=served, due=after(NOTICE.served, days(P.notice_days)), happened=ref(forms.DeadlineCheck).checked_on,
    late=[Escalate(COUNTY_OFFICE, "Nobody has looked whether the notice was followed")],
)  # fmt: skip
SERVE_ORDER = Task(
    "serve_order", "Serve the order", by=(EDUCATION, SUPERVISOR), form=forms.Served, checks=[receipt_is_in], due=working_days(P.serve_days),
    late=[Escalate(COUNTY_OFFICE, "The bureau's order has not been served")], help="done by itself when its receipt is in",
)  # fmt: skip
FOLLOW_ORDER = Task(
    "follow_order", "See whether the order was followed", by=(EDUCATION, SUPERVISOR), form=forms.DeadlineCheck, checks=[not_ahead, on_last_day],
    only_if=served, due=after(ORDER.served, days(P.order_days)), happened=ref(forms.DeadlineCheck).checked_on,
    late=[Escalate(COUNTY_OFFICE, "Nobody has looked whether the order was followed")],
)  # fmt: skip
POLICE = Task(
    "police", "Dissuade the parents, and report to the police", by=(CHILD_DIRECTOR, SUPERVISOR), form=forms.Talk, checks=[not_ahead, not_before_leaving],
    schedule=AnyTime(), happened=ref(forms.Talk).talked_on, do=[Draft(POLICE_REPORT)], required=False,
    help="the village's committee decides whether it is grave enough (未成年人保护法 art. 118); the report is drafted",
)  # fmt: skip
COURT = Task(
    "court", "Ask where the matter stands at the court", by=(SUPERVISOR, EDUCATION, COUNTY_OFFICE), form=forms.CourtNews, checks=[not_ahead, not_before_stage],
    schedule=Every(months(1)), due=days(21), happened=ref(forms.CourtNews).asked_on, late=[Escalate(COUNTY_OFFICE, "Nobody has asked at the court this month")],
)  # fmt: skip
EVIDENCE = Task(
    "evidence", "Hand in the proof of the return", by=(SCHOOL, CHILD_DIRECTOR, SUPERVISOR), form=forms.Evidence, checks=[not_ahead], only_if=no_evidence,
    due=school_days(P.evidence_days), happened=ref(forms.Evidence).given_on, late=[Escalate(SUPERVISOR, "A return is not proved")],
)  # fmt: skip
WEEKLY = Task(
    "watch_weekly", "Attendance of the week", by=(SCHOOL, SUPERVISOR), form=forms.Attendance, checks=[not_ahead, not_before_leaving],
    schedule=Every(weeks(1), times=P.weeks_watched), due=days(5), happened=ref(forms.Attendance).looked_on,
    late=[Escalate(SUPERVISOR, "Nobody has looked at a returned child's attendance")],
)  # fmt: skip
MISSING = Task(
    "missing", "Report that the child is missing again", by=(SCHOOL, CHILD_DIRECTOR, SUPERVISOR), form=forms.Attendance,
    checks=[not_ahead, not_before_leaving], schedule=AnyTime(), happened=ref(forms.Attendance).looked_on, required=False,
)  # fmt: skip
MONTHLY = Task(
    "watch_monthly", "Attendance of the month", by=(SCHOOL, SUPERVISOR), form=forms.Attendance, checks=[not_ahead, not_before_leaving],
    schedule=Every(months(1), times=P.months_watched), due=days(25), happened=ref(forms.Attendance).looked_on, needs=[WEEKLY],
    late=[Escalate(SUPERVISOR, "Nobody has looked at a returned child's attendance")],
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------------------------------------ timers: silence is heard
# The supervisor hears of a village's and a school's silence; of the supervisor's own, the county and the bureau. What a paper allows runs from its service,
# and moves when the receipt's date is corrected; its receipt also does the task of serving it.

STILL, LEFT, WEEK = weeks(P.silence_weeks), weeks(P.abandoned_weeks), weeks(1)
TIMERS = [
    Timer("unchecked", SUSPECTED, due=after(VERIFY, STILL), again=WEEK, do=[Escalate(SUPERVISOR, "A suspected dropout lies still: check, register or excuse")]),
    Timer("unexplained", REGISTERED, due=STILL, again=WEEK, do=[Escalate(SUPERVISOR, "A registered dropout lies still: confirm the cause")]),
    Timer("silent", PERSUADING, due=after(VISIT, STILL), again=WEEK, do=[Escalate(SUPERVISOR, "No persuasion visit for weeks")]),
    Timer(
        "abandoned", (SUSPECTED, REGISTERED, PERSUADING), due=after((VERIFY, CAUSE, VISIT), LEFT), again=weeks(2),
        do=[Escalate(COUNTY_OFFICE, "A township leaves a dropout unattended")],
    ),
    Timer(
        "unreported", REPORTING, due=working_days(P.report_days), unless=report_sent, again=WEEK, do=[Escalate(EDUCATION, "A school's written report is late")],
    ),
    Timer(
        "unnoticed", REPORTING, due=after((WRITE, TALK), working_days(P.township_days)), again=WEEK,
        do=[Escalate(COUNTY_OFFICE, "The township has given no notice")],
    ),
    Timer(
        "notice_lies", NOTICED, due=STILL, unless=served, again=WEEK, do=[Escalate(COUNTY_OFFICE, "The township's notice still lies unserved")],
    ),
    Timer(
        "notice_over", NOTICED, due=after(NOTICE.served, days(P.notice_days)), unless=unserved, again=WEEK,
        do=[Escalate(EDUCATION, "The notice runs out: order the return if the child is not back")],
    ),
    Timer("order_lies", ORDERED, due=STILL, unless=served, again=WEEK, do=[Escalate(COUNTY_OFFICE, "The bureau's order still lies unserved")]),
    Timer(
        "order_over", ORDERED, due=after(ORDER.served, days(P.order_days)), unless=unserved, again=WEEK,
        do=[Escalate(COUNTY_OFFICE, "The order runs out: decide on the court if the child is not back")],
    ),
    Timer("letter_received", PERSUADING, due=at(LETTER.served), unless=SERVE_LETTER, do=[When(served, [Do(SERVE_LETTER, forms.Served())])]),
    Timer("notice_received", NOTICED, due=at(NOTICE.served), unless=SERVE_NOTICE, do=[When(served, [Do(SERVE_NOTICE, forms.Served())])]),
    Timer("order_received", ORDERED, due=at(ORDER.served), unless=SERVE_ORDER, do=[When(served, [Do(SERVE_ORDER, forms.Served())])]),
    Timer("court_silent", IN_COURT, due=after(COURT, weeks(6)), again=weeks(2), do=[Escalate(COUNTY_OFFICE, "No news from the court for weeks")]),
    Timer("unwatched", MONITORED, due=after((WEEKLY, MONTHLY), weeks(6)), again=weeks(2), do=[Escalate(SUPERVISOR, "A returned child is not watched")]),
]  # fmt: skip

# ------------------------------------------------------------------------------------------------------------------------------------ the workflow

DROPOUT = Workflow(
    "dropout", "Dropout case", prefix="DR", subject=CHILD, record=DropoutRecord, policy=Policy, initial=SUSPECTED,
    stages=[*AWAY, MONITORED, CLEARED, EXCUSED, AGED_OUT],
    transitions=[CONFIRM, EXCUSE, PERSUADE, REPORT_IT, NOTIFY, ORDER_IT, TO_COURT, PENALTY, PERSUADE_AGAIN, RETURN, RELAPSE, CLEAR, OUTGROW],
    tasks={
        SUSPECTED: [VERIFY, REGISTER],
        AWAY: [ENTER_LEAVE],
        (REGISTERED, PERSUADING): [CAUSE],
        AWAY[1:]: [RECHECK],
        (PERSUADING, REPORTING): [WRITE],  # opened by the last failed visit, so that its days run from there
        (PERSUADING, REPORTING, NOTICED, ORDERED): [VISIT],
        PERSUADING: [SERVE_LETTER, FOLLOW_LETTER],
        REPORTING: [TALK],
        NOTICED: [SERVE_NOTICE, FOLLOW_NOTICE],
        ORDERED: [SERVE_ORDER, FOLLOW_ORDER, POLICE],
        IN_COURT: [COURT],
        MONITORED: [WEEKLY, MONTHLY, MISSING, EVIDENCE],
    },
    timers=TIMERS, papers=[LETTER, LEAVE, POLICE_REPORT, SUPPORT_REQUEST, TOWNSHIP_ORDER],
    limits=[Limit("one_open", "This child already has an open dropout case", size=1, per=PER_SUBJECT, held_in=[*AWAY, MONITORED])],
    open_by=[SCHOOL, CHILD_DIRECTOR, SUPERVISOR], edit_by=[SCHOOL, SUPERVISOR], seen_by=[CHILD_DIRECTOR, EDUCATION, COUNTY_OFFICE], reopen_to=PERSUADING,
)  # fmt: skip

PROGRAM = Program(
    "dropout_return", "Dropout return", version=1, policy=Policy, workflows=[DROPOUT, MONTHLY_LIST, QUARTERLY_REVIEW],
    imports=[ABSENCES], routines=ROUTINES, listings=LEDGERS, uses=[
        Use(B.born_on, "To know when compulsory schooling is over"), Use(B.school, "which school checks and takes back"),
        Use(B.grade, "which class the child is to return to"), Use(B.village, "which village director visits"),
    ],
)  # fmt: skip


@hookimpl
def careflow_programs() -> list[Program[Policy]]:
    """What this plugin brings."""
    return [PROGRAM]
