"""What hangs on a paper: whether it is signed and served, and until when it gives the family time. Pure functions.

Only a paper of this round counts. After a relapse the case may stand in the same stage again; a receipt from before it did starts no clock.
"""

from __future__ import annotations

from datetime import date, timedelta

from careflow_dropout_return.forms import DeadlineCheck, Served, WrittenReport
from careflow_dropout_return.papers import LETTER, NOTICE, ORDER, REPORT
from careflow_dropout_return.rules import Dropout
from careflow_dropout_return.stages import NOTICED, ORDERED, PERSUADING, REPORTING
from workflow_core import Deny, Document, Stage, deny

RUNNING: dict[Stage, tuple[Document, Stage]] = {PERSUADING: (LETTER, PERSUADING), NOTICED: (NOTICE, NOTICED), ORDERED: (ORDER, NOTICED)}
"""Which paper runs in which stage, and since when it can have been served: a penalty enters `ordered` once more, without a new order."""


def days_of(case: Dropout) -> int:
    """How many days the paper of this stage allows."""
    policy = case.policy
    return {PERSUADING: policy.letter_days, NOTICED: policy.notice_days, ORDERED: policy.order_days}[case.stage]


def signed_on(case: Dropout, paper: Document, since: Stage) -> date | None:
    """When the paper of this round was signed."""
    issued, begun = case.paper(paper), case.entered(since)
    day = issued.signed_on if issued else None
    return None if day is None or (begun is not None and day < begun) else day


def served_on(case: Dropout) -> date | None:
    """When the paper of this stage was received, in this round. None until its receipt is entered."""
    paper, since = RUNNING[case.stage]
    issued, begun = case.paper(paper), case.entered(since)
    day = issued.served_on if issued else None
    return None if day is None or (begun is not None and day < begun) else day


def last_day(case: Dropout) -> date | None:
    """The last day that the paper of this stage allows: the day of receipt is not counted (民法典 art. 201). None until the receipt is entered."""
    begun = served_on(case)
    return None if begun is None else begun + timedelta(days=days_of(case))


def served(case: Dropout) -> Deny | None:
    """The receipt starts the clock, not the signature."""
    if served_on(case):
        return None
    return deny(
        "the paper has not been served", hint="have it signed and served, then enter its receipt: `care document serve {paper}`",
        code="not_served", paper=f"{case.ref}.{RUNNING[case.stage][0].name}",
    )  # fmt: skip


def unserved(case: Dropout) -> Deny | None:
    """Without a receipt no time runs out."""
    return deny("the paper has been served", code="served") if served_on(case) else None


def letter_waits(case: Dropout) -> Deny | None:
    """There is a letter of the school, and it has not been served."""
    return unserved(case) if case.paper(LETTER) else deny("there is no letter", code="not_drafted")


def ran_out(case: Dropout) -> Deny | None:
    """The last day runs to its end (民法典 art. 202)."""
    last = last_day(case)
    if last is None or case.today > last:
        return served(case)
    return deny("the time allowed runs until {day}", hint="wait for that day to end", code="time_left", day=last)


def receipt_is_in(case: Dropout, _: Served) -> Deny | None:
    """Serving a paper is done when its receipt is there, not when somebody says so."""
    return served(case)


def on_last_day(case: Dropout, check: DeadlineCheck) -> Deny | None:
    """Whether a paper was followed is seen when its time is up, not before."""
    last = last_day(case)
    if last is None or check.checked_on >= last:
        return None
    return deny(
        "the time allowed runs until {day}", hint="look again on that day; if the child is back before, take the step 'return'", code="time_left", day=last,
    )  # fmt: skip


def report_is_signed(case: Dropout, sent: WrittenReport) -> Deny | None:
    """First the draft, then the signature, then the post."""
    if case.stage != REPORTING:
        return deny("the report is not drafted yet", hint="take the step 'report': it drafts the paper", code="not_drafted")
    signed, paper = signed_on(case, REPORT, REPORTING), f"{case.ref}.{REPORT.name}"
    if signed is None:
        return deny("the report is not signed", hint="sign it first: `care document sign {paper}`", code="not_signed", paper=paper)
    if sent.sent_on < signed:
        return deny("{day} lies before the report was signed, on {signed}", hint="correct the date", code="before_signing", day=sent.sent_on, signed=signed)
    return None
