"""One camp: announced, its seats allotted, nominated for, drawn in a way that anybody can check, held, reported.

The draw is beyond suspicion because nobody can know its outcome: before nominations close, the SHA-256 of a secret is published; closing freezes the list and
publishes its SHA-256; the draw joins the secret with a public value that came out after that. It is made once, and can be made again by anybody (``draw``).
Who works at the camp was asked about before (未成年人保护法 art. 62). There is no fee.
"""

from __future__ import annotations

# isort: off
from dataclasses import replace
from datetime import date, timedelta

from careflow_camp import forms
from careflow_camp.camper import CANCEL, COMPLETE, LAPSE, REFUSE, RUN_OUT, answer_by, moment, ready_by
from careflow_camp.forms import Camper, Edition, SchoolResult
from careflow_camp.passing import SEATS_GO_ON, none_stands_free
from careflow_camp.papers import (
    CLOSING_REPORT, DRAW_ANNOUNCED, EDITION_PAPERS, GROUPS_PAPER, INSURANCE, LETTER, LIST_ANNOUNCED, NOTICE, ROLL_SHEET,
)  # fmt: skip
from careflow_camp.deciding import (
    BEFORE_CLOSING, COMMIT, DRAW_DONE, LIST_FROZEN, SEATS_ALLOTTED, before_its_day, closable, committed, every_seat, list_published, value_to_come,
)  # fmt: skip
from careflow_camp.plans import FREEZE
from careflow_camp.policy import Policy
from careflow_camp.registers import INCIDENTS, KIT, incidents, unsettled
from careflow_camp.roles import LEADER, TUTOR
from careflow_camp.roll import LATE_ROLL, ROLL_CALL
from careflow_camp.rules import EditionCase, dates_in_order, not_ahead, tutors_cleared
from careflow_camp.stages import (
    ALLOTTED, ANNOUNCED, ARRIVED, BEFORE_CAMP, BEFORE_FROZEN, CAMPER_STAGES, CANCELLED, CLOSED, COMPLETED, CONFIRMED, DRAFT, DRAWN, EDITION_STAGES, FROZEN,
    MISSING, NOMINATED, NOMINATING, OFFERED, OFF_SITE, OPEN, OVER, POOL, READY, RUNNING, SENT_HOME, WAITING,
)  # fmt: skip
from workflow_core import (
    COUNTY, COUNTY_OFFICE, EDUCATION, SCHOOL, SYSTEM,
    AnyTime, Deny, Draft, Escalate, Fire, Notify, On, RunBatch, SetField, Task, Timer, Transition, Warn, When, Workflow,
    after, before, days, deny, done, filled, hours, none_in, parts, ref, warn, weeks,
)  # fmt: skip

E, C, P = ref(Edition), ref(Camper), ref(Policy)
ND, AN, HC, SC, RH = ref(forms.NewDates), ref(forms.Announcement), ref(forms.HostCall), ref(forms.StaffCheck), ref(forms.Rehearsal)
MOVABLE = (ANNOUNCED, ALLOTTED, NOMINATING, FROZEN, DRAWN, READY)
"""The camp is announced and has not begun: its days may move."""

# ------------------------------------------------------------------------------------------------------------------------------------ guards


def in_order(case: EditionCase) -> Deny | None:
    """Its days stand in order, whoever enters them."""
    return dates_in_order(case.record)


def moved_in_order(case: EditionCase, said: forms.NewDates) -> Deny | None:
    """The same of other days; and they are still to come. Of a camp under way only the last day moves."""
    if case.stage == RUNNING:
        if said.starts_on != case.record.starts_on:
            hint = "only its last day, site and telephone may change now"
            return deny("the camp has begun on {day}", hint=hint, code="camp_begun", day=case.record.starts_on)
        return dates_in_order(replace(case.record, ends_on=said.ends_on)) or not_over(said.ends_on, case.today)
    return dates_in_order(replace(case.record, starts_on=said.starts_on, ends_on=said.ends_on)) or not_over(said.starts_on, case.today)


def not_over(day: date, today: date) -> Deny | None:
    """A camp is announced for days that are still to come."""
    return deny("{day} is over", hint="say a day that is still to come", code="day_over", day=day) if day < today else None


def to_come(case: EditionCase) -> Deny | None:
    """Its first day is still to come."""
    return not_over(case.record.starts_on, case.today)


def still_to_come(case: EditionCase) -> Deny | None:
    """The same on the day that a draft is opened: a later day may find it late, and does not hold up its end."""
    return to_come(case) if case.stage == DRAFT and case.entered(DRAFT) in (None, case.today) else None


def tutors(case: EditionCase) -> Deny | None:
    """Every group has a tutor who was asked about, and may be near the children until the camp is over."""
    return tutors_cleared(case.record.groups, case.record.ends_on, case.today)


def somebody_listed(case: EditionCase) -> Deny | None:
    """There is somebody to draw for."""
    return None if case.count(Camper, POOL) else deny("nobody is in the pool", hint="see: care case list --whole {ref} --all", code="list_empty", ref=case.ref)


def in_groups(case: EditionCase) -> Deny | None:
    """Every camper has a group, and every group a tutor."""
    without = sum(one.record.group is None for one in case.parts(Camper, CONFIRMED))
    if case.record.groups and not without:
        return None
    return deny("{n} campers are in no group", hint="make the groups: care camp groups {ref}", code="no_groups", n=without or case.count(Camper, CONFIRMED),
                ref=case.ref)  # fmt: skip


def settled(case: EditionCase) -> Warn | None:
    """Seats that are still on offer."""
    n = case.count(Camper, OFFERED)
    if not n:
        return None
    hint = "wait; or go on with --confirm and why: they may still be confirmed"
    return warn("{n} seats are offered and not confirmed yet", hint=hint, code="still_offered", n=n)


def papers_signed(case: EditionCase) -> Warn | None:
    """What was published bears a signature: the notice, the frozen list, the draw; and whoever comes has a letter."""
    unsigned = [one.name for one in (NOTICE, LIST_ANNOUNCED, DRAW_ANNOUNCED) if (paper := case.paper(one)) is None or paper.signed_on is None]
    letters = [one.paper(LETTER) for one in case.parts(Camper, CONFIRMED)]
    without = sum(letter is None or letter.signed_on is None for letter in letters)
    if not unsigned and not without:
        return None
    hint = "sign them: care document list {ref}; if it is to go on all the same: --confirm and why"
    return warn("not signed yet: {papers}; admission letters: {n}", hint=hint, code="papers_unsigned", papers=", ".join(unsigned) or "—", n=without,
                ref=case.ref)  # fmt: skip


def first_day(case: EditionCase) -> Deny | None:
    """A camp begins on its first day."""
    on = case.record.starts_on
    return None if case.today >= on else deny("the camp begins on {day}", hint="or move it: the task 'reschedule'", code="too_early", day=on)


def last_day(case: EditionCase) -> Deny | None:
    """A camp is over on its last day at the earliest; sooner it is cut short, with a reason."""
    on = case.record.ends_on
    return None if case.today >= on else warn("the camp ends on {day}", hint="if it is cut short: --confirm and why", code="too_early", day=on)


def everybody_home(case: EditionCase) -> Deny | None:
    """Nobody is off site or missing, and everybody expected has come or not."""
    away, unseen = case.count(Camper, OFF_SITE, MISSING), case.count(Camper, CONFIRMED)
    if not away and not unseen:
        return None
    return deny("{away} campers are off site or missing, {unseen} were not seen", hint="see: care case list --whole {ref}", code="not_everybody", away=away,
                unseen=unseen, ref=case.ref)  # fmt: skip


# ------------------------------------------------------------------------------------------------------------------------------------ figures


def results(case: EditionCase) -> tuple[SchoolResult, ...]:
    """What became of each school's nominations."""
    found = {line.school: [line.seats, 0, 0, 0] for line in case.record.allotment}
    for one in case.parts(Camper, *CAMPER_STAGES):
        line = found.setdefault(one.record.school, [0, 0, 0, 0])
        line[1] += 1
        line[2] += one.stage in (ARRIVED, COMPLETED, SENT_HOME)
        line[3] += one.stage == COMPLETED
    return tuple(
        SchoolResult(school=name, seats=line[0], nominated=line[1], came=line[2], completed=line[3]) for name, line in sorted(found.items()) if any(line)
    )


def days_of(case: EditionCase) -> tuple[date, ...]:
    """Each day, for the sheets of the roll calls."""
    first, last = case.record.starts_on, case.record.ends_on
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


# ------------------------------------------------------------------------------------------------------------------------------------ tasks

RESCHEDULE = Task(
    "reschedule", "Other days, or another site", by=(EDUCATION, LEADER), form=forms.NewDates, checks=[moved_in_order], schedule=AnyTime(),
    do=[
        SetField(E.starts_on, ND.starts_on), SetField(E.ends_on, ND.ends_on),
        *(When(filled(getattr(ND, name)), [SetField(getattr(E, name), getattr(ND, name))]) for name in ("site", "address", "gathering", "hotline")),
        SetField(E.days, days_of),
        On(parts(Camper, *OPEN), [
            SetField(C.starts_on, E.starts_on), SetField(C.ends_on, E.ends_on), SetField(C.site, E.site), SetField(C.address, E.address),
            SetField(C.gathering, E.gathering), SetField(C.hotline, E.hotline),
        ]),
        On(parts(Camper, OFFERED), [SetField(C.answer_by, answer_by), SetField(C.ready_by, ready_by)]),
        Notify(SCHOOL, "The camp has other days, or another site"), Notify(LEADER, "The camp has other days, or another site"),
    ],
    help="what is counted back from the first day moves with it",
)  # fmt: skip
SEND_NOTICE = Task(
    "send_notice", "Send the notice", by=EDUCATION, form=forms.Announcement, checks=[not_ahead], due=before(E.starts_on, days(P.notice_days)),
    happened=AN.sent_on, late=[Escalate(EDUCATION, "The notice of the camp is not sent")],
)  # fmt: skip
CALL_HOST = Task(
    "call_host", "Call the host", by=LEADER, form=forms.HostCall, checks=[not_ahead], due=before(E.starts_on, days(P.host_days)), happened=HC.called_on,
    late=[Escalate(LEADER, "Nobody has called the host of the camp")],
)  # fmt: skip
CHECK_STAFF = Task(
    "check_staff", "Ask about everybody who works at the camp", by=LEADER, form=forms.StaffCheck, checks=[not_ahead],
    due=before(E.starts_on, days(P.host_days)), happened=SC.checked_on, late=[Escalate(COUNTY_OFFICE, "Who works at the camp has not been asked about")],
    help="未成年人保护法 art. 62: nobody with a hit works there",
)  # fmt: skip
REHEARSE = Task(
    "rehearse", "Rehearse", by=LEADER, form=forms.Rehearsal, checks=[not_ahead], due=before(E.starts_on, days(P.rehearsal_days)), happened=RH.held_on,
    late=[Escalate(LEADER, "The camp was not rehearsed")], required=False,
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------------------------------------ transitions

ANNOUNCE = Transition("announce", "Announce", source=DRAFT, target=ANNOUNCED, by=EDUCATION, guards=[to_come])
OPEN_UP = Transition(
    "open", "Open nominations", source=ALLOTTED, target=NOMINATING, by=EDUCATION, guards=[to_come, every_seat, value_to_come],
    do=[Notify(SCHOOL, "Nominations for the camp are open")],
)  # fmt: skip
CLOSE_NOMINATIONS = Transition(
    "close_nominations", "Close nominations, freeze the list", source=NOMINATING, target=FROZEN, by=(EDUCATION, SYSTEM),
    guards=[committed, value_to_come, somebody_listed, before_its_day],
    do=[On(parts(Camper, NOMINATED), [Fire(REFUSE)]), RunBatch(FREEZE)],
)  # fmt: skip
GET_READY = Transition(
    "ready", "Ready", source=DRAWN, target=READY, by=LEADER, guards=[in_groups, tutors, settled, papers_signed],
    do=[SetField(E.days, days_of), Draft(GROUPS_PAPER), Draft(ROLL_SHEET), Draft(INSURANCE)],
)  # fmt: skip
BEGIN = Transition(
    "begin", "Begin", source=READY, target=RUNNING, by=LEADER, guards=[first_day, tutors, done(CHECK_STAFF)],
    do=[On(parts(Camper, CONFIRMED), [SetField(C.expected_at, moment)])],
)  # fmt: skip
FINISH = Transition(
    "finish", "Finish", source=RUNNING, target=OVER, by=LEADER, guards=[last_day, everybody_home],
    do=[On(parts(Camper, ARRIVED), [Fire(COMPLETE)]), On(parts(Camper, POOL, WAITING), [Fire(RUN_OUT)]), On(parts(Camper, OFFERED), [Fire(LAPSE)])],
)  # fmt: skip
CLOSE = Transition(
    "close", "Close and report", source=OVER, target=CLOSED, by=LEADER, form=forms.ClosingRemark, guards=[none_in(Camper)],
    do=[
        SetField(E.results, results), SetField(E.incidents, incidents), SetField(E.unsettled, unsettled),
        SetField(E.remark, ref(forms.ClosingRemark).remark), Draft(CLOSING_REPORT),
    ],
)  # fmt: skip
CALL_OFF = Transition("call_off", "Call off", source=BEFORE_FROZEN, target=CANCELLED, by=EDUCATION, form=forms.Cancellation, parts_become=CANCEL)
CALL_OFF_LATE = Transition(
    "call_off_late", "Call off although the list is frozen", source=tuple(one for one in BEFORE_CAMP if one not in BEFORE_FROZEN), target=CANCELLED,
    by=COUNTY_OFFICE, form=forms.Cancellation, parts_become=CANCEL,
    do=[Notify(who, "The camp was called off by the county office after its list was frozen") for who in (SCHOOL, EDUCATION, LEADER)],
)  # fmt: skip
"""Whoever dislikes what was frozen or drawn does not call it off to begin anew: the county does, with a reason, and everybody is told."""

# ------------------------------------------------------------------------------------------------------------------------------------ the workflow

WAITING_TO_CLOSE = Escalate(EDUCATION, "Nominations should be closed, and no secret is promised, or the public value is out already")
NOT_BEGUN = Escalate(LEADER, "The camp has begun by its days, and not here", urgent=True)
STANDS_STILL = Escalate(EDUCATION, "A camp stands still")
EDITION = Workflow(
    "edition", "Camp", prefix="ED", subject=COUNTY, record=Edition, policy=Policy, initial=DRAFT, stages=EDITION_STAGES,
    transitions=[ANNOUNCE, SEATS_ALLOTTED, OPEN_UP, CLOSE_NOMINATIONS, DRAW_DONE, GET_READY, BEGIN, FINISH, CLOSE, CALL_OFF, CALL_OFF_LATE],
    tasks={
        BEFORE_CLOSING: [COMMIT, SEND_NOTICE], FROZEN: [LIST_FROZEN], (*MOVABLE, RUNNING): [RESCHEDULE],
        (FROZEN, DRAWN, READY): [CALL_HOST, CHECK_STAFF, REHEARSE],
        RUNNING: [ROLL_CALL], (RUNNING, OVER): [LATE_ROLL],
    },
    timers=[
        Timer("still_draft", DRAFT, due=weeks(4), again=weeks(4), do=[STANDS_STILL]),
        Timer("not_opened", (ANNOUNCED, ALLOTTED), due=before(E.starts_on, days(P.notice_days)), again=weeks(1), do=[STANDS_STILL]),
        Timer("closing", NOMINATING, due=after(E.nominate_by, days(1)), again=days(1), do=[When(closable, [Fire(CLOSE_NOMINATIONS)], [WAITING_TO_CLOSE])]),
        Timer("not_closed", NOMINATING, due=before(E.starts_on, days(P.consent_days)), again=days(1), do=[STANDS_STILL]),
        Timer("not_frozen", FROZEN, due=days(1), again=days(1), unless=list_published, do=[RunBatch(FREEZE)]),
        Timer("not_drawn", FROZEN, due=days(3), again=days(3), do=[Escalate(EDUCATION, "The list is frozen, and nothing is drawn")]),
        Timer("list_ends", (DRAWN, READY, RUNNING), due=after(E.starts_on, days(P.list_days)), do=[On(parts(Camper, POOL, WAITING), [Fire(RUN_OUT)])]),
        Timer("seats_free", (DRAWN, READY, RUNNING), due=hours(12), again=hours(12), unless=none_stands_free, do=[SEATS_GO_ON]),
        Timer("not_ready", DRAWN, due=before(E.starts_on, days(1)), again=days(1), do=[Escalate(LEADER, "The camp is about to begin, and is not ready")]),
        Timer("not_begun", READY, due=after(E.starts_on, hours(12)), again=days(1), do=[NOT_BEGUN]),
        Timer("not_finished", RUNNING, due=after(E.ends_on, days(1)), again=days(1), do=[Escalate(LEADER, "A camp is over by its days, and is not finished")]),
        Timer("not_reported", OVER, due=days(P.report_days), again=weeks(1), do=[Escalate(LEADER, "A camp's closing report is missing")]),
    ],
    always=[in_order, still_to_come], registers=[KIT, INCIDENTS], papers=EDITION_PAPERS, open_by=[EDUCATION], edit_by=[EDUCATION, LEADER],
    seen_by=[SCHOOL, COUNTY_OFFICE, LEADER, TUTOR],
)  # fmt: skip
