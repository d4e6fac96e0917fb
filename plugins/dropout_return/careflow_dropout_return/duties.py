"""Duties of the calendar: each township's monthly list, due by the 28th; each county's quarterly review of the ledgers.

Local practice (四个一): a report every month, a review every quarter. Nothing to report is reported too (报零), so the case of a month is there whether a child
left or not. The paper is drafted when its time comes, and shows the ledgers as they stand on the day it is signed.
"""

from __future__ import annotations

# isort: off
from typing import Any, TypeAlias

from careflow_dropout_return import forms
from careflow_dropout_return.forms import MonthlyRecord, ReviewRecord
from careflow_dropout_return.ledgers import DROPOUT_LEDGER, LEDGERS, SUSPECTED_LEDGER
from careflow_dropout_return.policy import Policy
from careflow_dropout_return.rules import not_ahead
from workflow_core import (
    AUTOMATIC, COUNTY, COUNTY_OFFICE, EDUCATION, MONTH, QUARTER, SUPERVISOR, TOWNSHIP,
    Case, Deny, Document, Draft, Escalate, Fire, Role, Routine, Stage, Task, Timer, Transition, When,
    Workflow, after, days, deny, ref, weeks,
)  # fmt: skip

Duty: TypeAlias = Case[Any, Policy]


def ledger_papers(signed_by: Role) -> list[Document]:
    """The three ledgers as papers, which the office drafts when it wants them."""
    return [Document(one.name, one.title, template="ledger.html.j2", signed_by=signed_by, lists=LEDGERS) for one in LEDGERS]


def unsigned(case: Duty, paper: Document) -> Deny | None:
    """What was not signed has not been said by anybody."""
    issued = case.paper(paper)
    if issued is not None and issued.signed_on is not None:
        return None
    return deny("{paper} is not signed", hint="sign it first: `care document sign {paper}`", code="not_signed", paper=f"{case.ref}.{paper.name}")


# ------------------------------------------------------------------ the monthly list, of a township

MONTHLY_REPORT = Document(
    "monthly_report", "Monthly list of dropouts", template="monthly_report.html.j2", signed_by=SUPERVISOR, lists=(SUSPECTED_LEDGER, DROPOUT_LEDGER),
)  # fmt: skip
COLLECTING = Stage("collecting", "Being drawn up")
SENT = Stage("sent", "Sent", final=True, outcome="sent")


def list_is_signed(case: Duty) -> Deny | None:
    """The supervisor signs the list before it goes out."""
    return unsigned(case, MONTHLY_REPORT)


def may_be_sent(case: Duty, sent: forms.Sending) -> Deny | None:
    """The same, asked of the task; and nothing goes out before its signature."""
    issued = case.paper(MONTHLY_REPORT)
    if issued is None or issued.signed_on is None:
        return list_is_signed(case)
    if sent.sent_on >= issued.signed_on:
        return None
    return deny("{day} lies before the list was signed, on {signed}", hint="correct the date", code="before_signing", day=sent.sent_on, signed=issued.signed_on)


def no_list_yet(case: Duty) -> Deny | None:
    """One list a month."""
    return deny("the list is drafted", code="drafted") if case.paper(MONTHLY_REPORT) else None


SEND = Transition("send", "Send the list", source=COLLECTING, target=SENT, by=SUPERVISOR, guards=[list_is_signed])
SEND_LIST = Task(
    "send_list", "Sign and send the monthly list", by=SUPERVISOR, form=forms.Sending, checks=[may_be_sent, not_ahead], due=after(MONTH, days(28)),
    happened=ref(forms.Sending).sent_on, do=[Fire(SEND)], late=[Escalate(EDUCATION, "A township's monthly list is late")],
    help="to the county's education bureau, by the 28th; nothing to report is reported too",
)  # fmt: skip
MONTHLY_LIST = Workflow(
    "monthly_list", "Monthly list", prefix="DM", subject=TOWNSHIP, record=MonthlyRecord, policy=Policy, initial=COLLECTING, stages=[COLLECTING, SENT],
    transitions=[SEND], tasks={COLLECTING: [SEND_LIST]},
    timers=[
        Timer("list_drafted", COLLECTING, due=after(MONTH, days(25)), do=[When(no_list_yet, [Draft(MONTHLY_REPORT)])]),
        Timer("list_missing", COLLECTING, due=after(MONTH, days(33)), again=weeks(1), do=[Escalate(COUNTY_OFFICE, "A township has sent no monthly list")]),
    ],
    papers=[MONTHLY_REPORT, *ledger_papers(SUPERVISOR)], edit_by=[SUPERVISOR], seen_by=[EDUCATION, COUNTY_OFFICE],
)  # fmt: skip

# ------------------------------------------------------------------ the quarterly review, of a county

QUARTERLY_REPORT = Document(
    "quarterly_review", "Quarterly review of the ledgers", template="quarterly_review.html.j2", signed_by=EDUCATION, lists=LEDGERS,
)  # fmt: skip
REVIEWING = Stage("reviewing", "Under review")
REVIEWED = Stage("reviewed", "Reviewed", final=True, outcome="reviewed")


def review_is_signed(case: Duty) -> Deny | None:
    """The bureau signs what it found."""
    return unsigned(case, QUARTERLY_REPORT)


def agrees_with_some(case: Duty, found: forms.Review) -> Deny | None:
    """No more can agree than were looked at."""
    if found.agreed <= found.looked_at:
        return None
    return deny(
        "{agreed} agree, but only {looked_at} were looked at", hint="correct the two numbers",
        code="more_agree", agreed=found.agreed, looked_at=found.looked_at,
    )  # fmt: skip


REVIEW = Task(
    "review", "Look at families and schools", by=(EDUCATION, COUNTY_OFFICE), form=forms.Review, checks=[not_ahead, agrees_with_some],
    due=after(QUARTER, days(75)), happened=ref(forms.Review).reviewed_on, do=[Draft(QUARTERLY_REPORT)],
    late=[Escalate(COUNTY_OFFICE, "Nobody has reviewed the ledgers this quarter")],
    help="visit a sample of families and schools, and compare with the ledgers",
)  # fmt: skip
CLOSE = Transition("close", "Close the review", source=REVIEWING, target=REVIEWED, by=AUTOMATIC, guards=[review_is_signed])
QUARTERLY_REVIEW = Workflow(
    "quarterly_review", "Quarterly review", prefix="DQ", subject=COUNTY, record=ReviewRecord, policy=Policy, initial=REVIEWING,
    stages=[REVIEWING, REVIEWED], transitions=[CLOSE], tasks={REVIEWING: [REVIEW]},
    timers=[
        Timer("review_open", REVIEWING, due=after(QUARTER, days(95)), again=weeks(2), do=[Escalate(COUNTY_OFFICE, "A quarterly review is still open")]),
    ],
    papers=ledger_papers(EDUCATION), edit_by=[EDUCATION, COUNTY_OFFICE], seen_by=[SUPERVISOR],
)  # fmt: skip

ROUTINES = (
    Routine("monthly", "Monthly list", opens=MONTHLY_LIST, per=MONTH, at=TOWNSHIP),
    Routine("quarterly", "Quarterly review", opens=QUARTERLY_REVIEW, per=QUARTER, at=COUNTY),
)
