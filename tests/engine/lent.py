"""A program in two versions: two stages are renamed, one is split, a task is dropped and one renamed, a timer is new, a field is added and one is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflow_core import (
    CHILD,
    SCHOOL,
    SUPERVISOR,
    Choice,
    Escalate,
    Every,
    Limit,
    OldCase,
    Program,
    Stage,
    Task,
    Timer,
    Transition,
    Upgrade,
    Workflow,
    ask,
    days,
    form,
    ref,
    weeks,
)  # fmt: skip

END = Stage("back", "Brought back", final=True, outcome="back")


@form
class Rules:
    """What a township sets."""

    weeks: int = ask("Weeks", default=2, ge=1)


class Wear(Choice):
    """How a book looks."""

    NEW = "As new"
    TORN = "Torn"


@form
class Look:
    """What is written down."""

    on: date = ask("On")
    wear: Wear = ask("Wear")


# ------------------------------------------------------------------ version 1


@form
class Lent:
    """The record of version 1."""

    title: str = ask("Book")
    wear: Wear = ask("Wear", default=Wear.NEW)
    lent_on: date | None = ask("Lent on", default=None)


WAITING, OUT, LATE = Stage("waiting", "Asked for"), Stage("out", "Lent"), Stage("late", "Late")
FETCH = Task("fetch", "Fetch it", by=SCHOOL)
STAMP = Task("stamp", "Stamp it", by=SCHOOL, required=False)
PEEK = Task("peek", "Look at it", by=SCHOOL, form=Look, happened=ref(Look).on, schedule=Every(weeks(1)))
CALL = Task("call", "Call the parents", by=SUPERVISOR, due=days(3), late=[Escalate(SUPERVISOR, "nobody called")])
GIVE = Transition("give", "Hand out", source=WAITING, target=OUT, by=SCHOOL)
REMIND = Transition("remind", "Remind", source=OUT, target=LATE, by=SUPERVISOR)
RETURN = Transition("return", "Take back", source=(WAITING, OUT, LATE), target=END, by=SCHOOL)
LENT = Workflow(
    "lent", "Lent", prefix="LB", subject=CHILD, record=Lent, policy=Rules, initial=WAITING, stages=[WAITING, OUT, LATE, END],
    transitions=[GIVE, REMIND, RETURN], tasks={WAITING: [FETCH, STAMP], OUT: [PEEK], LATE: [CALL]},
    timers=[Timer("long", OUT, due=weeks(6), do=[Escalate(SUPERVISOR, "out for long")]), Timer("asked", WAITING, due=days(20), fire=RETURN)],
    limits=[Limit("shelf", "the shelf is empty", size=50, per="division", held_in=[OUT, LATE])],
    open_by=[SCHOOL], edit_by=[SCHOOL], reopen_to=WAITING,
)  # fmt: skip
V1 = Program("books", "Books", version=1, policy=Rules, workflows=[LENT])

# ------------------------------------------------------------------ version 2


@form
class Loan:
    """The record of version 2."""

    title: str = ask("Book")
    torn: bool = ask("Torn", default=False)
    lent_on: date | None = ask("Lent on", default=None)
    shelf: str = ask("Shelf", default="")


WISHED, READING, LOOKED_AFTER, OVERDUE = (
    Stage("wished", "Wished for"),
    Stage("reading", "With the child"),
    Stage("looked_after", "With the child, looked after"),
    Stage("overdue", "Overdue"),
)
BRING = Task("bring", "Bring it", by=SCHOOL)
CHECK = Task("check", "Look at it", by=(SCHOOL, SUPERVISOR), form=Look, happened=ref(Look).on, schedule=Every(weeks(1)))
TALK = Task("call", "Call the family", by=SUPERVISOR, due=days(5), late=[Escalate(SUPERVISOR, "nobody called")])
TELL = Task("tell", "Tell the teacher", by=SCHOOL, due=days(7))
GIVE_2 = Transition("give", "Hand out", source=WISHED, target=READING, by=SCHOOL)
CARE = Transition("care", "Look after it", source=READING, target=LOOKED_AFTER, by=SCHOOL)
REMIND_2 = Transition("remind", "Remind", source=(READING, LOOKED_AFTER), target=OVERDUE, by=SUPERVISOR)
RETURN_2 = Transition("return", "Take back", source=(WISHED, READING, LOOKED_AFTER, OVERDUE), target=END, by=SCHOOL)


def with_whom(case: OldCase) -> Stage:
    """Torn books are looked after."""
    return LOOKED_AFTER if case.record["wear"] == "TORN" else READING


def loan_of(record: Mapping[str, Any]) -> Loan:
    """The record, with the wear as yes or no."""
    day = record["lent_on"]
    return Loan(title=record["title"], torn=record["wear"] == "TORN", lent_on=None if day is None else date.fromisoformat(day), shelf="A")


SHELVES = Limit("shelves", "the shelves are empty", size=50, per="division", held_in=[READING, LOOKED_AFTER, OVERDUE])
LOAN = Workflow(
    "loan", "Loan", prefix="LB", subject=CHILD, record=Loan, policy=Rules, initial=WISHED, stages=[WISHED, READING, LOOKED_AFTER, OVERDUE, END],
    transitions=[GIVE_2, CARE, REMIND_2, RETURN_2], tasks={WISHED: [BRING], (READING, LOOKED_AFTER): [CHECK], LOOKED_AFTER: [TELL], OVERDUE: [TALK]},
    timers=[
        Timer("long", (READING, LOOKED_AFTER), due=weeks(8), do=[Escalate(SUPERVISOR, "out for long")]),
        Timer("asked", WISHED, due=days(25), fire=RETURN_2),
        Timer("still", OVERDUE, due=days(30), do=[Escalate(SUPERVISOR, "still out")]),
    ],
    limits=[SHELVES],
    open_by=[SCHOOL], edit_by=[SCHOOL], reopen_to=WISHED,
)  # fmt: skip
UPGRADE = Upgrade(
    LOAN, since=1, was="lent", stages={"waiting": WISHED, "out": with_whom, "late": OVERDUE}, tasks={"fetch": BRING, "stamp": None, "peek": CHECK},
    limits={"shelf": SHELVES}, record=loan_of,
)  # fmt: skip
V2 = Program("books", "Books", version=2, policy=Rules, workflows=[LOAN], previous=[V1], upgrades=[UPGRADE])
