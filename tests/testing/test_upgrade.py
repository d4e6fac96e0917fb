"""A scenario in which another version of a program is installed while cases are open."""

from __future__ import annotations

from dataclasses import replace

from tests.testing.tutoring import BEGUN, PROGRAM, TUTORING
from workflow_core import Stage, Upgrade
from workflow_core.testing import NewScenario

STARTED = Stage("started", "Started")
FROM_BEGUN = [replace(one, source=tuple(STARTED if stage == BEGUN else stage for stage in one.sources)) for one in TUTORING.transitions]
SECOND = replace(
    TUTORING,
    initial=STARTED,
    stages=[STARTED, *TUTORING.stages[1:]],
    transitions=FROM_BEGUN,
    tasks={STARTED: TUTORING.tasks[BEGUN]},
    timers=[],
    limits=[],
)
V2 = replace(
    PROGRAM, version=2, workflows=[SECOND], upgrades=[Upgrade(SECOND, since=1, stages={"begun": STARTED}, limits={"one_open": None}, timers={"silent": None})]
)


def test_a_case_is_moved_to_another_version_and_back(scenario: NewScenario) -> None:
    """It stands where the map says, lives on there, and goes back while nothing has happened since."""
    world = scenario(PROGRAM)
    case = world.open(TUTORING)
    world.install(V2)
    [became] = world.upgrade(V2)
    assert (became.stage, became.to, became.problem) == ("begun", "started", None)
    assert case.stage is STARTED
    [back] = world.upgrade(V2, undo=True)
    assert back.problem is None
    world.install(PROGRAM)
    assert world.life(case.ref).shown.row.stage == "begun"
