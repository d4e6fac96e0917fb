"""Who has all that is asked for, and stands still because a limit is full, goes on when a place of it is given back: right after that commit.

Such a limit has no line (``Waiting``): an automatic transition leads into it, and nothing stood against it but that there was no room. The clock would find
it too, on its next day. Asked are the cases of the same whole, subject or division; where a limit counts by none of these, it is left to the clock.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from workflow_core.definition import AUTOMATIC, PER_DIVISION, PER_SUBJECT, PER_WHOLE, Limit, Program, Workflow
from workflow_core.engine import among
from workflow_core.engine.committing import Place
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.settling import look_at
from workflow_core.engine.work import SYSTEM_LOGIN, Work
from workflow_core.engine.world import World
from workflow_core.errors import CareError
from workflow_core.store import among as rows
from workflow_core.store import faults

MOST = 200
"""So many that stand still are looked at, those who have stood longest; the others are left to the clock."""
_BY = {PER_WHOLE: "whole_id", PER_SUBJECT: "subject_id", PER_DIVISION: "division"}


@lru_cache(maxsize=512)
def of(workflow: Workflow[Any, Any]) -> dict[str, tuple[str, ...]]:
    """The limits into which a case of a workflow moves by itself, by name: the stages from which it does."""
    found = {}
    for limit in workflow.limits:
        into = [one for one in workflow.transitions if AUTOMATIC in one.doers and one.target in limit.held_in]
        stages = sorted({stage.name for one in into for stage in one.sources if stage not in limit.held_in})
        if stages and limit.keys[0] in _BY:
            found[limit.name] = tuple(stages)
    return found


def let_on(runtime: Runtime, place: Place) -> None:
    """Let those go on that only waited for this place, who has stood longest first, until it is taken."""
    program = runtime.registry.program(place[0])
    for workflow in program.workflows:
        stages = of(workflow).get(place[1])
        limit = next((one for one in workflow.limits if one.name == place[1]), None)
        if stages and limit is not None:
            for ref in _complete(runtime, program, workflow, limit, place, stages):
                try:
                    look_at(runtime, ref)
                except CareError as error:  # somebody else changes it this very moment, or it cannot be read: the clock looks again, and tells
                    if faults.of_the_office(error):
                        raise


def _complete(runtime: Runtime, program: Program[Any], workflow: Workflow[Any, Any], limit: Limit, place: Place, stages: tuple[str, ...]) -> list[str]:
    """The cases that would move by themselves now, and would take this place."""
    now, found = runtime.clock.now(), []
    with runtime.db.read() as tx:
        world = World(tx, runtime.registry)
        standing = rows.standing(tx, program.name, workflow.name, stages, _BY[limit.keys[0]], place[2].split("|")[0], MOST)
        among.views(world, program, [row["case_id"] for row in standing], now)
        for row in standing:
            own, state = world.neighbours.states[row["case_id"]]
            work = Work(program, own, state, world, actor=SYSTEM_LOGIN)
            try:
                way = work.automatic(now) if work.key_of(limit, now) == place[2] else None
            except CareError:
                continue  # a guard of the program fails: the clock tells of it
            if way is not None and way.target in limit.held_in:
                found.append(str(row["ref"]))
    return found
