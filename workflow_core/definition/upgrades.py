"""How open cases go from an older version of a program to the present one: a map of typed values, and pure functions where names are not enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from workflow_core.definition.parts import Document, Limit, Stage, Task, Timer
from workflow_core.definition.program import Program, Workflow

RW = TypeVar("RW")


@dataclass(frozen=True)
class OldCase:
    """A case as it stands under the older version, in JSON's own types: that version's forms are no longer there.

    :param stage: the name of the older version's stage; :param since: when it was entered.
    :param record: as it is stored: dates as ISO text, choices by their member's name.
    :param done: the names of the older version's tasks that were done in this case.
    """

    stage: str
    since: datetime
    record: Mapping[str, Any]
    opened_at: datetime
    now: datetime
    done: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Upgrade(Generic[RW]):
    """What becomes of a workflow's open cases that run on an older version. What the map does not name keeps its name.

    What is left out of the file has no value any more, so the older side is said by name; the newer side is this version's own stages and tasks.

    :param workflow: of this version.
    :param since: for cases of this version and later ones, up to another upgrade of the workflow with a later ``since``; straight to the present version.
    :param was: the workflow's name then, where it had another.
    :param stages: by the older name the stage, or a pure function of the case that says which one: that splits a stage.
    :param tasks: by the older name the task that it is now; None: dropped, what waits is closed.
    :param limits: by the older name the limit that counts the same places now: a case keeps its place, and until the last case has moved those of both
        names are counted together; None: they are no longer counted.
    :param papers: by the older name the paper that it is now: a signed one keeps the name it was sealed under, and is served, answered and voided as that;
        None: dropped, drafts are void.
    :param timers: by the older name the timer that it is now: one that has rung does not ring again; None: dropped.
    :param record: pure; makes the record from the older one. Left out: fields keep what they hold, new ones take their default.
    """

    workflow: Workflow[RW, Any]
    _: KW_ONLY
    since: int
    was: str = ""
    stages: Mapping[str, Stage | Callable[[OldCase], Stage]] = field(default_factory=dict)
    tasks: Mapping[str, Task[Any] | None] = field(default_factory=dict)
    limits: Mapping[str, Limit | None] = field(default_factory=dict)
    papers: Mapping[str, Document | None] = field(default_factory=dict)
    timers: Mapping[str, Timer | None] = field(default_factory=dict)
    record: Callable[[Mapping[str, Any]], RW] | None = None

    @property
    def old_name(self) -> str:
        """The workflow's name in the older version."""
        return self.was or self.workflow.name


def upgrade_of(program: Program[Any], workflow: str, version: int) -> tuple[Workflow[Any, Any] | None, Upgrade[Any] | None]:
    """Where cases of an older version's workflow go: the workflow of this version, None where there is none; and the map, where one is needed."""
    fitting = [one for one in program.upgrades if one.old_name == workflow and one.since <= version]
    if fitting:
        chosen = max(fitting, key=lambda one: one.since)
        return chosen.workflow, chosen
    return next((one for one in program.workflows if one.name == workflow), None), None


def former_limits(program: Program[Any], name: str) -> frozenset[str]:
    """The names under which cases that have not moved yet hold the places of a limit."""
    found = {old for one in program.upgrades for old, new in one.limits.items() if new is not None and new.name == name}
    found |= {f"open:{one.old_name}" for one in program.upgrades if name == f"open:{one.workflow.name}"}
    return frozenset(found - {name})


def paper_now(program: Program[Any], workflow: Workflow[Any, Any], name: str) -> str:
    """What a paper is called now that was sealed under that name in an older version."""
    if all(one.name != name for one in workflow.documents()):
        for one in program.upgrades:
            if one.workflow is workflow and (now := one.papers.get(name)) is not None:
                return now.name
    return name


def former_papers(program: Program[Any], name: str) -> frozenset[str]:
    """The names that a paper had in older versions."""
    return frozenset(old for one in program.upgrades for old, new in one.papers.items() if new is not None and new.name == name)


def series_of(program: Program[Any], name: str) -> str:
    """The name under which a paper's numbers are counted: its first one, so that no number is given twice when a paper gets another name."""
    for _ in program.upgrades:
        former = sorted(former_papers(program, name) - {name})
        if not former:
            break
        name = former[0]
    return name
