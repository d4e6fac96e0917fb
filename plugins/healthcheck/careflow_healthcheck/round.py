"""A round of a township: one each term. The roster is frozen, the day set, children are measured; what was found is reviewed, reported, followed up."""

from __future__ import annotations

# isort: off
from collections.abc import Iterable
from typing import Any, TypeAlias

from careflow_healthcheck import forms
from careflow_healthcheck.check import MISS
from careflow_healthcheck.forms import CheckRecord, Rate, RoundRecord
from careflow_healthcheck.ledgers import ROSTER
from careflow_healthcheck.papers import ROUND_REPORT, roster_paper
from careflow_healthcheck.policy import Policy
from careflow_healthcheck.rates import round_rates
from careflow_healthcheck.rules import not_ahead, planned
from careflow_healthcheck.stages import (
    CHECK_STAGES, CLOSED, FROZEN, MEASURED, PLANNED, REPORTED, RESULTS_IN, REVIEWED, ROUND_STAGES, SCHEDULED, TO_MEASURE, UNDER_WAY,
)  # fmt: skip
from workflow_core import (
    AUTOMATIC, CHILD, CLINIC, COUNTY_OFFICE, SCHOOL, SUPERVISOR, TERM, TOWNSHIP,
    Batch, Case, Child, Deny, Draft, Escalate, Fire, On, Open, Routine, RunBatch, SetField, Task, Timer, Transition, Workflow,
    after, days, deny, done, filled, none_in, parts, ref, weeks,
)  # fmt: skip

R, P, K = ref(RoundRecord), ref(Policy), ref(CheckRecord)
TOLD_TO_CHECKS = (SetField(K.planned_on, R.held_on), SetField(K.place, R.place), SetField(K.clinic, R.clinic), SetField(K.notice, R.notice))
"""What the papers of a check tell of its round."""
ROSTER_PAPER = roster_paper([ROSTER])
Round: TypeAlias = Case[RoundRecord, Policy]

# ------------------------------------------------------------------ the roster


def on_the_list(child: Child, policy: Policy) -> bool:
    """Left-behind children; and all girls where the township checks them (local practice: 女孩、留守儿童)."""
    return child.left_behind not in ("", "none") or (policy.girls_too and child.sex == "female")


def roster(case: Round, children: Iterable[Child]) -> list[Open]:
    """A check for every child that belongs on the list, once a round."""
    listed = (child for child in children if on_the_list(child, case.policy))
    return [Open(planned(case.record, child), subject=child, whole=case) for child in listed]


LIST_CHILDREN: Batch[Any] = Batch("roster", "List the children", of=RoundRecord, over=CHILD, plan=roster, may=[CheckRecord])

# ------------------------------------------------------------------ guards


def somebody_measured(case: Round) -> Deny | None:
    """The first result shows that the round is under way."""
    return None if case.count(CheckRecord, *MEASURED) else deny("nobody is measured yet", code="nobody_measured")


def rates(case: Round) -> tuple[Rate, ...]:
    """Found of those judged, by school, sex and grade, as of the report."""
    return round_rates(one.record for one in case.parts(CheckRecord, *CHECK_STAGES))


# ------------------------------------------------------------------ the four ones (四个一), and the lesson

COUNSEL = Task(
    "counsel", "Advice face to face", by=(CLINIC, SCHOOL), form=forms.Service, checks=[not_ahead], due=days(P.report_days),
    happened=ref(forms.Service).done_on, late=[Escalate(SUPERVISOR, "A round's advice face to face is still to be given")],
)  # fmt: skip
LESSON = Task(
    "lesson", "Lesson on puberty", by=SCHOOL, form=forms.Lesson, checks=[not_ahead], due=days(P.report_days), happened=ref(forms.Lesson).held_on,
    late=[Escalate(SUPERVISOR, "A term's lesson on puberty is still to be held")], help="from the grade that the policy names on, once a term",
)  # fmt: skip
LEAFLET = Task(
    "leaflet", "Hand out the leaflet", by=(SCHOOL, CLINIC), form=forms.Service, checks=[not_ahead], due=days(P.report_days),
    happened=ref(forms.Service).done_on, late=[Escalate(SUPERVISOR, "A round's leaflet is still to be handed out")],
)  # fmt: skip
REVIEW = Task(
    "review", "Look the results through", by=(CLINIC, SUPERVISOR), form=forms.Review, checks=[not_ahead], due=days(7),
    happened=ref(forms.Review).reviewed_on, do=[SetField(R.remark, ref(forms.Review).remark)],
    late=[Escalate(SUPERVISOR, "Nobody has looked a round's results through")],
)  # fmt: skip

# ------------------------------------------------------------------ transitions

FREEZE = Transition("freeze", "Freeze the roster", source=PLANNED, target=FROZEN, by=SUPERVISOR, do=[RunBatch(LIST_CHILDREN)])
SCHEDULE = Transition(
    "schedule", "Set the day", source=FROZEN, target=SCHEDULED, by=(SUPERVISOR, CLINIC), fills=(R.held_on, R.make_up_on, R.place, R.clinic, R.doctor, R.notice),
    do=[Draft(ROSTER_PAPER), On(parts(CheckRecord, *TO_MEASURE), TOLD_TO_CHECKS)],
)  # fmt: skip
START = Transition("start", "Start", source=SCHEDULED, target=UNDER_WAY, by=(CLINIC, SUPERVISOR), guards=[filled(R.held_on)])
BEGUN = Transition("begun", "Begun", source=(PLANNED, FROZEN, SCHEDULED), target=UNDER_WAY, by=AUTOMATIC, guards=[somebody_measured])
ENTER = Transition(
    "enter", "All results are in", source=UNDER_WAY, target=RESULTS_IN, by=(CLINIC, SUPERVISOR), guards=[none_in(CheckRecord, *TO_MEASURE), somebody_measured]
)
STOP_WAITING = Transition(
    "stop_waiting", "No more make-ups", source=UNDER_WAY, target=RESULTS_IN, by=(CLINIC, SUPERVISOR), do=[On(parts(CheckRecord, *TO_MEASURE), [Fire(MISS)])]
)
REVIEWED_IT = Transition("reviewed", "Reviewed", source=RESULTS_IN, target=REVIEWED, by=AUTOMATIC, guards=[done(REVIEW)])
REPORT = Transition("report", "Report", source=REVIEWED, target=REPORTED, by=SUPERVISOR, do=[SetField(R.rates, rates), Draft(ROUND_REPORT)])
CLOSE = Transition("close", "Close", source=REPORTED, target=CLOSED, by=SUPERVISOR)

WAITING = Escalate(SUPERVISOR, "A round of health checks stands still")
MAKE_UPS_OVER = Escalate(SUPERVISOR, "The time for make-up checks is over")
ROUND = Workflow(
    "round", "Round of health checks", prefix="HR", subject=TOWNSHIP, record=RoundRecord, policy=Policy, initial=PLANNED, stages=ROUND_STAGES,
    transitions=[FREEZE, SCHEDULE, START, BEGUN, ENTER, STOP_WAITING, REVIEWED_IT, REPORT, CLOSE],
    tasks={(UNDER_WAY, RESULTS_IN, REVIEWED, REPORTED): [COUNSEL, LESSON, LEAFLET], RESULTS_IN: [REVIEW]},
    timers=[
        Timer("not_begun", (PLANNED, FROZEN, SCHEDULED), due=days(60), again=weeks(2), do=[WAITING]),
        Timer("make_ups_over", UNDER_WAY, due=after(R.held_on, days(P.make_up_days)), again=weeks(1), do=[MAKE_UPS_OVER]),
        Timer("not_reported", (RESULTS_IN, REVIEWED), due=days(P.report_days), again=weeks(1), do=[WAITING]),
        Timer("not_closed", REPORTED, due=weeks(26), again=weeks(4), do=[WAITING]),
    ],
    papers=[ROSTER_PAPER, ROUND_REPORT], open_by=[SUPERVISOR, CLINIC], edit_by=[SUPERVISOR, CLINIC], seen_by=[SCHOOL, COUNTY_OFFICE],
)  # fmt: skip
TERMLY = Routine("termly", "A round each term", opens=ROUND, per=TERM, at=TOWNSHIP)
