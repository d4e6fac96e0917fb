"""Wrong and mended programs for what can be wrong with upgrades."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.checks.samples import BACK, LATE, LENT, LOOK, OTHER, REMIND, RETURN, Giving, Loan, Look, Parting, Wear, giving, loan, program, waiting, wrong
from workflow_core import SCHOOL, SUPERVISOR, VOLUNTEER, Limit, OldCase, Program, Stage, Task, Transition, Upgrade, Workflow, ask, form

OUT = Stage("out", "Out on loan")
"""What the older version called the stage in which a book is lent."""
PEEK = Task("peek", "Peek into the book", by=SCHOOL, form=Look)


def older(**changes: Any) -> Program[Any]:
    """Version 1: the first stage and the task have other names."""
    given = Transition("return", "Brought back", source=(OUT, LATE), target=BACK, by=SCHOOL)
    remind = Transition("remind", "Late", source=OUT, target=LATE, by=SUPERVISOR)
    whole: dict[str, Any] = {"initial": OUT, "stages": [OUT, LATE, BACK], "transitions": [remind, given], "tasks": {OUT: [PEEK]}, "timers": []}
    return program(loan(**(whole | changes)))


def newer(workflow: Workflow[Any, Any] | None = None, *, old: Program[Any] | None = None, more: Any = (), **how: Any) -> Program[Any]:
    """Version 2, with an upgrade from version 1."""
    new = workflow or loan()
    whole: dict[str, Any] = {"since": 1, "stages": {"out": LENT}, "tasks": {"peek": LOOK}}
    return program(new, version=2, previous=[old or older()], upgrades=[Upgrade(new, **(whole | how)), *more])


@wrong("upgrade_since")
def an_upgrade_from_the_future(mended: bool) -> Program[Any]:
    new = loan()
    return program(new, version=2, upgrades=[Upgrade(new, since=1 if mended else 2)])


@wrong("upgrade_twice")
def two_ways_at_once(mended: bool) -> Program[Any]:
    new = loan()
    return program(new, version=3, upgrades=[Upgrade(new, since=1), Upgrade(new, since=2 if mended else 1)])


@wrong("upgrade_target")
def a_stage_that_is_not_there(mended: bool) -> Program[Any]:
    return newer(stages={"out": LENT if mended else OTHER})


@wrong("upgrade_target")
def a_task_that_is_not_there(mended: bool) -> Program[Any]:
    return newer(tasks={"peek": LOOK if mended else PEEK})


@wrong("upgrade_target")
def a_workflow_of_nobody(mended: bool) -> Program[Any]:
    new = loan()
    return program(new, version=2, upgrades=[Upgrade(new if mended else giving(), since=1)])


def lent_or_late(case: OldCase) -> Stage:
    return LATE if case.record["renewals"] else LENT


def lent_or_lost(case: OldCase) -> Stage:
    return OTHER if case.record["renewals"] else LENT


@wrong("upgrade_target")
def a_function_that_leads_elsewhere(mended: bool) -> Program[Any]:
    return newer(stages={"out": lent_or_late if mended else lent_or_lost})


@wrong("upgrade_unknown")
def a_stage_that_never_was(mended: bool) -> Program[Any]:
    return newer(stages={"out": LENT} if mended else {"out": LENT, "outt": LENT})


@wrong("upgrade_unknown")
def a_task_that_never_was(mended: bool) -> Program[Any]:
    return newer(tasks={"peek": LOOK} if mended else {"peek": LOOK, "peak": None})


@wrong("upgrade_unknown")
def a_workflow_that_never_was(mended: bool) -> Program[Any]:
    parting = giving()
    new = loan()
    more = Upgrade(parting, since=1, was="giving" if mended else "gave")
    first = Upgrade(new, since=1, stages={"out": LENT}, tasks={"peek": LOOK})
    before = program(*older().workflows, giving())
    return program(new, parting, version=2, previous=[before], upgrades=[first, more])


@wrong("upgrade_no_place")
def a_stage_left_behind(mended: bool) -> Program[Any]:
    return newer(stages={"out": LENT} if mended else {})


@wrong("upgrade_no_place")
def a_task_left_behind(mended: bool) -> Program[Any]:
    return newer(tasks={"peek": None} if mended else {})


@wrong("upgrade_no_place")
def a_workflow_left_behind(mended: bool) -> Program[Any]:
    before = program(*older().workflows, giving())
    new, kept = loan(), [giving()] if mended else []
    return program(new, *kept, version=2, previous=[before], upgrades=[Upgrade(new, since=1, stages={"out": LENT}, tasks={"peek": LOOK})])


def counted(name: str, stage: Stage) -> Limit:
    return Limit(name, "too many", size=9, per="division", held_in=[stage])


@wrong("upgrade_no_place")
def places_left_behind(mended: bool) -> Program[Any]:
    shelf = counted("shelves", LENT)
    return newer(loan(limits=[shelf]), old=older(limits=[counted("shelf", OUT)]), limits={"shelf": shelf} if mended else {})


@wrong("upgrade_final")
def open_cases_would_be_closed(mended: bool) -> Program[Any]:
    return newer(stages={"out": LENT if mended else BACK})


@wrong("upgrade_subject")
def about_somebody_else(mended: bool) -> Program[Any]:
    return newer(old=older(subject=loan().subject if mended else VOLUNTEER))


def from_old(record: Mapping[str, Any]) -> Loan:
    return Loan(book=record["book"], wear=Wear.TORN if record["wear"] == "TORN" else Wear.NEW)


def only_when_new(record: Mapping[str, Any]) -> Loan:
    return Loan(book=record["book"], wear={"NEW": Wear.NEW}[record["wear"]])


def something_else(record: Mapping[str, Any]) -> Any:
    return Parting


@wrong("upgrade_fails")
def not_for_every_choice(mended: bool) -> Program[Any]:
    return newer(record=from_old if mended else only_when_new)


@wrong("upgrade_fails")
def another_record(mended: bool) -> Program[Any]:
    return newer(record=from_old if mended else something_else)


def by_day(case: OldCase) -> Stage:
    return LATE if case.record["lent_on"] > "2026" else LENT


def by_day_if_any(case: OldCase) -> Stage:
    return LATE if (case.record["lent_on"] or "") > "2026" else LENT


@wrong("upgrade_fails")
def a_split_not_for_every_record(mended: bool) -> Program[Any]:
    return newer(stages={"out": by_day_if_any if mended else by_day})


@form
class ShelfLoan:
    book: str = ask("Book", default="")
    shelf: str = ask("Shelf")


@form
class ShelfMark:
    book: str = ask("Book", default="")
    shelf: str = ask("Shelf", default="")


@wrong("upgrade_record")
def a_field_that_nobody_filled_in(mended: bool) -> Program[Any]:
    record = ShelfMark if mended else ShelfLoan
    new = loan(timers=[waiting(LENT), waiting(LATE)], tasks={}, transitions=[REMIND, RETURN], record=record)
    return newer(new, stages={"out": LENT}, tasks={"peek": None})


@wrong("upgrade_input")
def a_question_that_nobody_answered(mended: bool) -> Program[Any]:
    old = older(tasks={OUT: [Task("look", "Look", by=SCHOOL, form=Look if mended else Giving)]})
    return newer(old=old, tasks={})
