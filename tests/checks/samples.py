"""For each code of the checks a small program that is wrong in that one way, and its mended twin.

A sample is a function of ``mended``; ``wrong`` files it under its code. All of them are changes of one sound program, a loan of books.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from workflow_core import (
    CHILD,
    SCHOOL,
    SUPERVISOR,
    Case,
    Choice,
    Effect,
    Escalate,
    Fact,
    Program,
    Stage,
    Task,
    Timer,
    Transition,
    Workflow,
    ask,
    days,
    form,
    ref,
    weeks,
)
from workflow_core.checks import Finding, check, check_together

Made = Program[Any] | list[Program[Any]]
Sample = Callable[[bool], Made]
SAMPLES: list[tuple[str, Sample]] = []


def wrong(code: str) -> Callable[[Sample], Sample]:
    def file(sample: Sample) -> Sample:
        SAMPLES.append((code, sample))
        return sample

    return file


def findings(made: Made) -> list[Finding]:
    """What is told of a sample: of a program, or of several that run beside each other."""
    several = made if isinstance(made, list) else [made]
    return [one for program in several for one in check(program)] + [one for _, one in check_together(several)]


class Wear(Choice):
    NEW = "As new"
    TORN = "Torn"


class Shelf(Choice):
    UPPER = "Upper"
    LOWER = "Lower"


@form
class Loan:
    book: str = ask("Book", default="")
    lent_on: date | None = ask("Lent on", default=None)
    wear: Wear = ask("Wear", default=Wear.NEW)
    renewals: int = ask("Renewals", default=0, ge=0)


@form
class Policy:
    days_lent: int = ask("Days a book is lent", default=14, ge=1)


@form
class Giving:
    book: str = ask("Book", default="")


@form
class Look:
    looked_on: date = ask("Looked on")
    wear: Wear = ask("Wear")


@form
class Parting:
    parted_on: date = ask("Parted on")


L, P, K = ref(Loan), ref(Policy), ref(Look)
LoanCase = Case[Loan, Policy]

LENT, LATE, BACK = Stage("lent", "Lent"), Stage("late", "Late"), Stage("back", "Back", final=True)
OTHER = Stage("other", "Another")
RETURN = Transition("return", "Brought back", source=(LENT, LATE), target=BACK, by=SCHOOL)
REMIND = Transition("remind", "Late", source=LENT, target=LATE, by=SUPERVISOR)
SILENT = Timer("silent", (LENT, LATE), due=weeks(P.days_lent), do=[Escalate(SUPERVISOR, "A book is out")])
LOOK = Task("look", "Look at the book", by=SCHOOL, form=Look, happened=K.looked_on)
READ = Fact("books.read", "Books read", type=int)


def loan(**changes: Any) -> Workflow[Any, Any]:
    whole: dict[str, Any] = {
        "prefix": "LN", "subject": CHILD, "record": Loan, "policy": Policy, "initial": LENT, "stages": [LENT, LATE, BACK], "transitions": [REMIND, RETURN],
        "timers": [SILENT], "tasks": {LENT: [LOOK]}, "open_by": [SCHOOL],
    }  # fmt: skip
    return Workflow("loan", "Loan", **(whole | changes))


def program(*workflows: Workflow[Any, Any], **changes: Any) -> Program[Any]:
    whole: dict[str, Any] = {"version": 1, "policy": Policy, "workflows": list(workflows) or [loan()]}
    return Program("reading", "Reading corner", **(whole | changes))


def giving(**changes: Any) -> Workflow[Any, Any]:
    """A second workflow, for what belongs to another one."""
    kept, gone = Stage("kept", "Kept"), Stage("gone", "Gone", final=True)
    give = Transition("give", "Give away", source=kept, target=gone, by=SCHOOL)
    dust = Task("dust", "Dust", by=SCHOOL, due=days(3), late=[Escalate(SUPERVISOR, "Dusty")])
    whole: dict[str, Any] = {
        "prefix": "GV", "subject": None, "record": Giving, "policy": Policy, "initial": kept, "stages": [kept, gone], "transitions": [give],
        "tasks": {kept: [dust]}, "open_by": [SCHOOL],
    }  # fmt: skip
    return Workflow("giving", "Giving", **(whole | changes))


def entering(*effects: Effect, **changes: Any) -> Program[Any]:
    return program(loan(enter={LATE: list(effects)}, **changes))


def waiting(stage: Stage) -> Timer:
    return Timer(f"wait_{stage.name}", stage, due=weeks(2), do=SILENT.do)


@form
class Given:
    days_lent: int = ask("Days", default=3)
