"""Small programs with something wrong in them that only living them shows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from workflow_core import (
    SUPERVISOR,
    SYSTEM,
    TOWNSHIP,
    Case,
    CaseRef,
    Deny,
    Escalate,
    Fire,
    On,
    Program,
    SetField,
    Stage,
    Task,
    Timer,
    Transition,
    Workflow,
    ask,
    days,
    deny,
    done,
    form,
    ref,
    weeks,
)


@form
class Matter:
    """The record."""

    weight: int = ask("Weight", default=0)


@form
class Policy:
    """Nothing to set."""


@form
class Look:
    """What is seen."""

    weight: int = ask("Weight", ge=0, le=9)


@form
class Exact:
    """A record that chance does not find."""

    share: Decimal = ask("Share", ge=Decimal("0.11"), le=Decimal("0.14"))


@form
class Heavy:
    """A record that names another case."""

    weight: int = ask("Weight", default=0)
    beside: CaseRef[Matter] = ask("The case beside")


@form
class Naming:
    """Another case is named."""

    other: CaseRef[Matter] = ask("Which case")


def never(case: Case[Matter, Policy]) -> Deny | None:
    """Nothing ever satisfies it: a limit that was written down for grams, and is asked of kilograms."""
    return None if case.record.weight > 1000 else deny("it weighs {n} only", n=case.record.weight)


def just_right(case: Case[Matter, Policy]) -> Deny | None:
    """Asks for what only few cases have, and no step puts right."""
    return None if case.record.weight == 3 else deny("it weighs {n}", n=case.record.weight)


def long_enough(case: Case[Matter, Policy]) -> Deny | None:
    """Ten weeks must have passed."""
    return None if (case.today - (case.entered(NEW) or case.today)).days >= 70 else deny("it is too soon")


NEW, BOG, SHORE, MARSH, OVER = (
    Stage("new", "New"),
    Stage("bog", "In the bog"),
    Stage("shore", "On the shore"),
    Stage("marsh", "In the marsh"),
    Stage("over", "Over", final=True),
)
GO = Transition("go", "Go", source=NEW, target=OVER, by=SUPERVISOR)
SINK = Transition("sink", "Sink", source=NEW, target=BOG, by=SUPERVISOR)
CLIMB = Transition("climb", "Climb out", source=BOG, target=OVER, by=SUPERVISOR, guards=[never])
WEIGH = Task(
    "weigh", "Weigh it", by=SUPERVISOR, form=Look, due=days(3), do=[SetField(ref(Matter).weight, ref(Look).weight)], late=[Escalate(SUPERVISOR, "Not weighed")]
)
STILL = Timer("still", BOG, due=weeks(1), again=weeks(1), do=[Escalate(SUPERVISOR, "It lies in the bog")])
LATE = Timer("late", NEW, due=weeks(500), do=[Escalate(SUPERVISOR, "It is old")])


def program(
    *stages: Stage, ways: tuple[Transition[Any, Any, Any], ...], timers: tuple[Timer, ...] = (), tasks: Any = None, record: Any = Matter
) -> Program[Policy]:
    """A program of one workflow, with these stages between the first and the last."""
    workflow = Workflow(
        "matter", "Matter", prefix="MA", subject=TOWNSHIP, record=record, policy=Policy, initial=NEW, stages=[NEW, *stages, OVER], transitions=list(ways),
        timers=timers, tasks=tasks or {}, open_by=[SUPERVISOR],
    )  # fmt: skip
    return Program("matters", "Matters", version=1, policy=Policy, workflows=[workflow])


SOUND = program(
    BOG, ways=(SINK, Transition("rise", "Rise", source=BOG, target=OVER, by=SUPERVISOR, guards=[done(WEIGH)])), timers=(STILL,), tasks={BOG: [WEIGH]}
)
TRAP = program(BOG, ways=(GO, SINK, CLIMB), timers=(STILL, LATE), tasks={BOG: [WEIGH]})
LAND = Transition("land", "Land", source=NEW, target=SHORE, by=SUPERVISOR)
WADE = Transition("wade", "Wade", source=SHORE, target=MARSH, by=SUPERVISOR)
BACK = Transition("back", "Go back", source=MARSH, target=SHORE, by=SUPERVISOR)
HOME = Transition("home", "Go home", source=SHORE, target=OVER, by=SUPERVISOR, guards=[never])
ROUND = program(SHORE, MARSH, ways=(GO, LAND, WADE, BACK, HOME))
PASS = Transition("pass", "Let it pass", source=NEW, target=OVER, by=SUPERVISOR, guards=[just_right])
WATCH = Timer("watch", NEW, due=weeks(1), again=weeks(1), do=[Escalate(SUPERVISOR, "It is still here")])
NAMED = Transition("name", "Name another", source=NEW, target=OVER, by=SUPERVISOR, form=Naming, do=[On(ref(Naming).other, [Fire(GO)])])
NAMING = program(ways=(NAMED, GO), record=Heavy)
CANNOT_OPEN = program(ways=(GO,), record=Exact)
STUCK = program(ways=(PASS,))
UNFIRED = program(BOG, ways=(GO, SINK, Transition("drift", "Drift out", source=BOG, target=OVER, by=SYSTEM)))
BARRED = program(ways=(PASS,), timers=(WATCH,))
PROGRAM = TRAP
