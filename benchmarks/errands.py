"""A small program to measure with: a case goes to and fro between two stages, with a form, guards, a task in each, and a place that is counted."""

from __future__ import annotations

from datetime import date

from workflow_core import (
    CHILD,
    PER_DIVISION,
    SCHOOL,
    SUPERVISOR,
    Case,
    Deny,
    Limit,
    Program,
    Stage,
    Task,
    Transition,
    Workflow,
    ask,
    days,
    deny,
    form,
    hookimpl,
)


@form
class Matter:
    """The record."""

    title: str = ask("What it is about")
    wanted_on: date | None = ask("Wanted on", default=None)
    rounds: int = ask("Rounds", default=0)


@form
class Rules:
    """What a township sets."""

    patience: int = ask("Days of patience", default=10)


@form
class Talk:
    """What is written down with a step."""

    met: str = ask("Who was met")
    said: str = ask("What was said")


def has_title(case: Case[Matter, Rules]) -> Deny | None:
    """The matter has a name."""
    return None if case.record.title else deny("it has no title")


def patient(case: Case[Matter, Rules]) -> Deny | None:
    """The township has not run out of patience: a guard that asks for the policy."""
    return None if case.policy.patience > 0 else deny("there is no patience left")


NEAR = Stage("near", "Near")
FAR = Stage("far", "Far")
DONE = Stage("done", "Done", final=True, outcome="done")
CALL = Task("call", "Call", by=(SCHOOL, SUPERVISOR), due=days(5))
VISIT = Task("visit", "Visit", by=SCHOOL, due=days(7))
GO = Transition("go", "Go", source=NEAR, target=FAR, by=SCHOOL, form=Talk, guards=[has_title, patient])
BACK = Transition("back", "Back", source=FAR, target=NEAR, by=SCHOOL, form=Talk, guards=[has_title, patient])
STOP = Transition("stop", "Stop", source=(NEAR, FAR), target=DONE, by=SUPERVISOR, guards=[has_title])
FULL = Limit("far", "Too many are far away", size=1_000_000, per=PER_DIVISION, held_in=[FAR])

ERRANDS = Workflow(
    "errand",
    "Errand",
    prefix="ER",
    subject=CHILD,
    record=Matter,
    policy=Rules,
    initial=NEAR,
    stages=[NEAR, FAR, DONE],
    transitions=[GO, BACK, STOP],
    tasks={NEAR: [CALL], FAR: [VISIT]},
    limits=[FULL],
    open_by=[SCHOOL],
    edit_by=[SCHOOL],
)
PROGRAM = Program("errands", "Errands", version=1, policy=Rules, workflows=[ERRANDS])
GIVEN = {"met": "the grandmother, at the village's shop", "said": "she will bring the child to the bus on Monday morning"}


@hookimpl
def careflow_programs() -> list[Program[Rules]]:
    return [PROGRAM]
