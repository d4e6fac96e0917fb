"""A program that needs consent: books are lent, children's pictures are taken, and nobody need consent to being counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workflow_core import (
    AUTOMATIC,
    CHILD,
    SCHOOL,
    SUPERVISOR,
    SYSTEM,
    Child,
    Consent,
    Deny,
    Desk,
    Effect,
    Import,
    Open,
    Program,
    Stage,
    Task,
    Transition,
    Use,
    Workflow,
    ask,
    consented,
    days,
    deny,
    form,
    ref,
)


@form
class Loan:
    """The record."""

    title: str = ask("Book")


@form
class Picture:
    """The record of the other workflow."""

    title: str = ask("Picture")


@form
class Count:
    """The record of what rests on the law."""

    title: str = ask("Count")


@form
class Rules:
    """What a township sets."""

    days: int = ask("Days", default=5, ge=0)


@form
class Row:
    """A line of the sheet."""

    title: str = ask("Book")
    agrees: bool | None = ask("Agrees", default=None, also=("同意",))


ASKED, LENT, BACK = Stage("asked", "Asked"), Stage("lent", "Lent"), Stage("back", "Back", final=True, outcome="back")
LATE = Stage("late", "Late")
DROPPED = Stage("dropped", "Dropped", final=True, outcome="dropped")
SEEN, TAKEN = Stage("seen", "Seen"), Stage("taken", "Taken", final=True)
OPEN, CLOSED = Stage("open", "Open"), Stage("closed", "Closed", final=True)
STOP = Transition("stop", "The guardian withdrew", source=LENT, target=DROPPED, by=SYSTEM)
LENDING = Consent("lending", "Lending books to the child", notice="2026-2", withdrawn=STOP)
PICTURES = Consent("pictures", "Taking pictures of the child", notice="2026-1")
COUNTING = Consent("counting", "Counting the child", notice="2026-1", basis="statutory_duty")
LEND = Transition("lend", "Lend", source=ASKED, target=LENT, by=AUTOMATIC, guards=[consented(LENDING)])
REMIND = Transition("remind", "It is late", source=LENT, target=LATE, by=SCHOOL)
RETURN = Transition("return", "Bring back", source=(LENT, LATE), target=BACK, by=SCHOOL)
NEVER = Transition("never", "Not lent", source=ASKED, target=DROPPED, by=SCHOOL)
ASK = Task("ask", "Ask the guardian", by=SCHOOL, due=days(7))
LOOK = Task("look", "Look at the book", by=SCHOOL, required=False)
TAKE = Transition("take", "Take the picture", source=SEEN, target=TAKEN, by=SCHOOL, guards=[consented(PICTURES)])
SMILE = Task("smile", "Tell a joke", by=SCHOOL, only_if=consented(PICTURES), required=False)
CLOSE = Transition("close", "Close", source=OPEN, target=CLOSED, by=SCHOOL, guards=[consented(COUNTING)])

LOANS = Workflow(
    "loan",
    "Loan",
    prefix="LO",
    subject=CHILD,
    record=Loan,
    policy=Rules,
    initial=ASKED,
    stages=[ASKED, LENT, LATE, BACK, DROPPED],
    transitions=[LEND, REMIND, RETURN, NEVER, STOP],
    tasks={ASKED: [ASK], LENT: [LOOK]},
    consents=[LENDING],
    open_by=[SCHOOL],
    edit_by=[SCHOOL, SUPERVISOR],
)
PICTURING = Workflow(
    "picture",
    "Picture",
    prefix="PI",
    subject=CHILD,
    record=Picture,
    policy=Rules,
    initial=SEEN,
    stages=[SEEN, TAKEN],
    transitions=[TAKE],
    tasks={SEEN: [SMILE]},
    consents=[PICTURES],
    open_by=[SCHOOL],
    edit_by=[SCHOOL, SUPERVISOR],
)
COUNTS = Workflow(
    "count",
    "Count",
    prefix="CO",
    subject=CHILD,
    record=Count,
    policy=Rules,
    initial=OPEN,
    stages=[OPEN, CLOSED],
    transitions=[CLOSE],
    consents=[COUNTING],
    open_by=[SCHOOL],
)


def take(desk: Desk[Rules], row: Row) -> Iterable[Effect] | Deny:
    """A row lends a book."""
    if row.title == "forbidden":
        return deny("nobody reads that")
    return [Open(Loan(title=row.title))] if desk.case(Loan) is None else []


SHEET = Import("loans", "Loans", row=Row, subject=CHILD, take=take, by=[SCHOOL], into=Loan, consent=LENDING, refuses=ref(Row).agrees)
USES = [Use(ref(Child).born_on, "To know who may borrow alone")]
LIBRARY: Program[Any] = Program("library", "Library", version=1, policy=Rules, workflows=[LOANS, PICTURING, COUNTS], imports=[SHEET], uses=USES)
