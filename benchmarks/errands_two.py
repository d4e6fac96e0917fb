"""The errands in a second version: two stages are renamed, one is split, a task is dropped, a field is added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from benchmarks.errands import CALL, Rules, Talk
from workflow_core import CHILD, PER_DIVISION, SCHOOL, SUPERVISOR, Limit, OldCase, Program, Stage, Transition, Upgrade, Workflow, ask, form


@form
class Matter:
    """The record, with a field more."""

    title: str = ask("What it is about")
    wanted_on: date | None = ask("Wanted on", default=None)
    rounds: int = ask("Rounds", default=0)
    place: str = ask("Where to", default="")


HERE, AWAY, LONG_AWAY = Stage("here", "Here"), Stage("away", "Away"), Stage("long_away", "Long away")
ENDED = Stage("ended", "Ended", final=True, outcome="done")
GO = Transition("go", "Go", source=HERE, target=AWAY, by=SCHOOL, form=Talk)
STAY = Transition("stay", "Stay away", source=AWAY, target=LONG_AWAY, by=SCHOOL)
BACK = Transition("back", "Back", source=(AWAY, LONG_AWAY), target=HERE, by=SCHOOL, form=Talk)
STOP = Transition("stop", "Stop", source=(HERE, AWAY, LONG_AWAY), target=ENDED, by=SUPERVISOR)


def how_far(case: OldCase) -> Stage:
    """Every other one has been away for long."""
    return LONG_AWAY if len(case.record["title"]) % 2 else AWAY


def matter(record: Mapping[str, Any]) -> Matter:
    """The record, and where it is to be done."""
    wanted = record["wanted_on"]
    return Matter(title=record["title"], wanted_on=None if wanted is None else date.fromisoformat(wanted), rounds=record["rounds"], place="the county town")


ERRANDS = Workflow(
    "errand",
    "Errand",
    prefix="ER",
    subject=CHILD,
    record=Matter,
    policy=Rules,
    initial=HERE,
    stages=[HERE, AWAY, LONG_AWAY, ENDED],
    transitions=[GO, STAY, BACK, STOP],
    tasks={HERE: [CALL]},
    limits=[Limit("far", "Too many are far away", size=1_000_000, per=PER_DIVISION, held_in=[AWAY, LONG_AWAY])],
    open_by=[SCHOOL],
    edit_by=[SCHOOL],
)
UPGRADE = Upgrade(ERRANDS, since=1, stages={"near": HERE, "far": how_far, "done": ENDED}, tasks={"visit": None}, record=matter)
PROGRAM = Program("errands", "Errands", version=2, policy=Rules, workflows=[ERRANDS], upgrades=[UPGRADE])
