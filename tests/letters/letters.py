"""Letters: a notice that is numbered, signed and served, and what hangs on its service; and papers that are otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

from workflow_core import (
    CHILD,
    SCHOOL,
    SUPERVISOR,
    Column,
    Document,
    Draft,
    Escalate,
    Listing,
    Program,
    Stage,
    Task,
    Timer,
    Transition,
    Workflow,
    after,
    ask,
    days,
    form,
    hookimpl,
    ref,
)


@form
class Matter:
    """The record."""

    title: str = ask("What it is about")
    since: date | None = ask("Since", default=None)


@form
class Rules:
    """What a township sets."""

    days: int = ask("Days", default=7, ge=1)


M, R = ref(Matter), ref(Rules)
NOTICE = Document(
    "notice",
    "Notice",
    template="notice.html.j2",
    number="{township}告〔{year}〕{n}号",
    signed_by=SUPERVISOR,
    served_with_receipt=True,
    days=R.days,
    copies=["存根", "送达"],
)
SLIP = Document("slip", "Slip", template="slip.html.j2", signed_by=SUPERVISOR, four_eyes=True)
CLAIM = Document("claim", "Claim", template="slip.html.j2", draft_only=True)
REPORT = Document("report", "Report", template="slip.html.j2", number="{school}〔{year}〕{n}号", signed_by=SCHOOL)
OPEN, SENT, END = Stage("open", "Open"), Stage("sent", "Sent"), Stage("end", "End", final=True, outcome="done")
LATER = after(NOTICE.served, days(R.days))
FOLLOW = Task("follow", "Follow up", by=SCHOOL, due=LATER, late=[Escalate(SUPERVISOR, "Nobody followed up")])
SEND = Transition("send", "Send", source=OPEN, target=SENT, by=SUPERVISOR, do=[Draft(NOTICE)])
CLOSE = Transition("close", "Close", source=(OPEN, SENT), target=END, by=SCHOOL)
LETTERS = Workflow(
    "letter",
    "Letter",
    prefix="LT",
    subject=CHILD,
    record=Matter,
    policy=Rules,
    initial=OPEN,
    stages=[OPEN, SENT, END],
    transitions=[SEND, CLOSE],
    tasks={SENT: [FOLLOW]},
    timers=[
        Timer("asleep", OPEN, due=days(30), do=[Escalate(SUPERVISOR, "A letter sleeps")]),
        Timer("over", SENT, due=LATER, do=[Escalate(SUPERVISOR, "The days are over")]),
    ],
    papers=[NOTICE, SLIP, CLAIM, REPORT],
    open_by=[SCHOOL],
    edit_by=[SCHOOL, SUPERVISOR],
    reopen_to=OPEN,
)
LEDGER = Listing("open_letters", "Open letters", of=Matter, stages=[OPEN, SENT], columns=[Column("Subject", M.title), Column("Since", M.since)])
PROGRAM = Program("letters", "Letters", version=1, policy=Rules, workflows=[LETTERS], listings=[LEDGER])


@hookimpl
def careflow_programs() -> list[Program[Any]]:
    """What this file brings."""
    return [PROGRAM]
