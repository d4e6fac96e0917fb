"""Small programs, each made for one test: two stages between which one goes to and fro, and an end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from workflow_core import CHILD, SCHOOL, SUPERVISOR, Case, Effect, Limit, Program, Stage, Task, Timer, Transition, Workflow, ask, form, ref


@form
class Matter:
    """The record."""

    title: str = ask("What it is about")
    wanted_on: date | None = ask("Wanted on", default=None)
    ready: bool = ask("Ready", default=False)
    rounds: int = ask("Rounds", default=0)


@form
class Rules:
    """What a township sets."""

    days: int = ask("Days", default=5, ge=0)
    times: int = ask("Times", default=2, ge=0)


@form
class Visit:
    """What is written down."""

    on: date = ask("On")
    said: str = ask("Said", default="")


M, R, V = ref(Matter), ref(Rules), ref(Visit)
Small = Case[Matter, Rules]

WAITING = Stage("waiting", "Waiting")
OTHER = Stage("other", "Other")
END = Stage("end", "End", final=True, outcome="done")
GO = Transition("go", "Go", source=WAITING, target=OTHER, by=SCHOOL)
BACK = Transition("back", "Back", source=OTHER, target=WAITING, by=SCHOOL)
STOP = Transition("stop", "Stop", source=(WAITING, OTHER), target=END, by=SCHOOL)


def small(
    *tasks: Task[Any],
    other: Sequence[Task[Any]] = (),
    both: Sequence[Task[Any]] = (),
    timers: Sequence[Timer] = (),
    transitions: Sequence[Transition[Any, Any, Any]] = (),
    limits: Sequence[Limit] = (),
    enter: Mapping[Stage, Sequence[Effect]] | None = None,
    stages: Sequence[Stage] = (),
    name: str = "small",
    title: str = "Small",
    version: int = 1,
) -> Program[Rules]:
    """A program with these tasks in its first stage, those in its other, and those in both."""
    workflow = Workflow(
        "matter",
        title,
        prefix=name[:2].upper(),
        subject=CHILD,
        record=Matter,
        policy=Rules,
        initial=WAITING,
        stages=[WAITING, OTHER, *stages, END],
        transitions=[GO, BACK, STOP, *transitions],
        tasks={WAITING: list(tasks), OTHER: list(other), (WAITING, OTHER): list(both)},
        timers=timers,
        limits=limits,
        enter=enter or {},
        open_by=[SCHOOL],
        edit_by=[SCHOOL, SUPERVISOR],
        reopen_to=WAITING,
    )
    return Program(name, title, version=version, policy=Rules, workflows=[workflow])
