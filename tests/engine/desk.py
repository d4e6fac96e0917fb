"""Desks in processes of their own. Run as a program it reads jobs, a line each, and answers each with a line: what came of it at every desk.

It has imported everything once; each desk is forked off it, with a connection of its own.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.engine.camping import BY_PLACE
from tests.engine.conftest import actor
from tests.engine.outing import PROGRAM as OUTINGS
from tests.engine.small import OTHER, WAITING, M, small
from workflow_core import PER_DIVISION, Change, Escalate, Limit, SetField, Task, Timer, days, hookimpl
from workflow_core.clock import FixedClock, unstamp
from workflow_core.definition import SCHOOL, SUPERVISOR
from workflow_core.engine import Engine
from workflow_core.errors import CareError
from workflow_core.registry import Registry
from workflow_core.store.database import Database

STILL = Timer("still", WAITING, due=days(2), do=[Escalate(SUPERVISOR, "It is silent"), SetField(M.rounds, lambda case: case.record.rounds + 1)])
ROOM = Limit("room", "There is no room", size=1, per=PER_DIVISION, held_in=[OTHER])
PROGRAM = small(Task("call", "Call", by=SCHOOL), timers=[STILL], limits=[ROOM])


class Pause:
    """A plugin that is slow to answer: the engine asks it between reading and writing."""

    def __init__(self, wait: Callable[[], None]) -> None:
        self.wait = wait
        self.waited = False

    @hookimpl
    def careflow_veto(self, change: Change) -> None:
        if not self.waited:
            self.waited = True
            self.wait()


def work(job: dict[str, Any], how: dict[str, Any], wait: Callable[[], None]) -> dict[str, Any]:
    """Do one thing; what came of it."""
    plugins = [Pause(wait)] if job["pause"] == "read" else []
    registry, clock = Registry.of(PROGRAM, BY_PLACE, OUTINGS, plugins=plugins), FixedClock(unstamp(job["instant"]))
    engine = Engine(Database(job["address"]), registry, clock, training=False, papers=Path(job["folder"]))
    if job["pause"] == "before":
        wait()
    given, verb = how.pop("given", []), how.pop("verb", job["verb"])
    try:
        outcome = engine.tick() if verb == "tick" else getattr(engine, verb)(actor("teacher", "school"), *given, **how)
        return {"won": True, **outcome.as_dict()}
    except CareError as error:
        return {"won": False, "code": error.code, "exit": error.exit_code}


def desk(job: dict[str, Any], how: dict[str, Any]) -> tuple[int, int, int]:
    """Fork off a desk: where it says that it is ready and then what came of it, where it is told to go, and its process."""
    says, said = os.pipe()
    told, tells = os.pipe()
    process = os.fork()
    if process:
        os.close(said)
        os.close(told)
        return says, tells, process

    def wait() -> None:
        os.write(said, b"r")
        os.read(told, 1)

    try:
        os.write(said, json.dumps(work(job, how, wait)).encode())
    finally:
        os._exit(0)


def run(job: dict[str, Any]) -> list[dict[str, Any]]:
    """Do a job at several desks, all let go at the same moment."""
    desks = [desk(job, how) for how in job["each"]]
    ready = [os.read(says, 1) for says, _, _ in desks]
    for _, tells, _ in desks:
        os.write(tells, b"g")
    found = []
    for (says, tells, process), first in zip(desks, ready, strict=True):
        with os.fdopen(says, "rb") as pipe:
            text = first.removeprefix(b"r") + pipe.read()
        os.close(tells)
        os.waitpid(process, 0)
        found.append(json.loads(text or '{"won": false, "code": "died"}'))
    return found


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
