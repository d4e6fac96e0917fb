"""Stays: how long a case has been, without a break, in the stages that a task or a timer belongs to. Pure functions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from workflow_core.definition import Stage, Task, Workflow
from workflow_core.engine.state import CaseState, Entry


@lru_cache(maxsize=4096)
def stages_of(workflow: Workflow[Any, Any], task: Task[Any]) -> frozenset[str]:
    """The names of the stages a task waits in."""
    names: set[str] = set()
    for stages, tasks in workflow.tasks.items():
        if any(one is task for one in tasks):
            names.update(stage.name for stage in (stages if isinstance(stages, tuple) else (stages,)))
    return frozenset(names)


def stay(state: CaseState, names: Collection[str]) -> Entry | None:
    """The entry with which the present stay in these stages began; None where the case is not in one of them."""
    began: Entry | None = None
    for entry in reversed(state.entries):
        if entry.stage not in names:
            break
        began = entry
    return began


def left_before(state: CaseState, names: Collection[str]) -> datetime | None:
    """When the case last left these stages, before its present stay in them began; None where it was not in them before."""
    before = list(state.entries)
    while before and before[-1].stage in names:
        before.pop()
    left: datetime | None = None
    for entry in reversed(before):
        if entry.stage in names:
            return left
        left = entry.at
    return None


def last_entry(state: CaseState, stage: Stage) -> Entry | None:
    """The latest entry into a stage."""
    return next((entry for entry in reversed(state.entries) if entry.stage == stage.name), None)
