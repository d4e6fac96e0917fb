"""The way from an older version of a program to the installed one: for each workflow what its stages, tasks and records become."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow_core.checks import Finding, check_upgrade
from workflow_core.checks.upgrades import tried
from workflow_core.definition import Document, OldCase, Program, Stage, Task, Timer, Workflow
from workflow_core.definition.upgrades import upgrade_of
from workflow_core.engine.rows import state_of
from workflow_core.engine.state import CaseState, Entry
from workflow_core.errors import Damaged, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.inputs import decode
from workflow_core.inputs.fitting import misfits
from workflow_core.store import cases, definitions
from workflow_core.store.database import Tx


@dataclass(frozen=True)
class Route:
    """The way of one workflow's cases.

    :param old: the workflow as the older version's snapshot has it; :param version: that version.
    :param tasks: by the older name what the map says; a task that is not named keeps its name; so with ``papers`` and ``timers``.
    """

    program: Program[Any]
    workflow: Workflow[Any, Any]
    version: int
    old: Mapping[str, Any]
    stages: Mapping[str, Stage | Callable[[OldCase], Stage]]
    tasks: Mapping[str, Task[Any] | None]
    record: Callable[[Mapping[str, Any]], Any] | None
    papers: Mapping[str, Document | None] = field(default_factory=dict)
    timers: Mapping[str, Timer | None] = field(default_factory=dict)

    def stage(self, case: OldCase) -> Stage:
        """Where a case of the older version stands now.

        :raises Refused: ``upgrade_fails``: the program's function does; ``upgrade_final``: it would close an open case, or open a closed one.
        """
        target = self._stage(case)
        ends = next((one["final"] for one in self.old["stages"] if one["name"] == case.stage), target.final)
        if target.final != ends:
            message = N_("the upgrade leads from {stage} to {target}, and only one of the two ends a case")
            raise Refused("upgrade_final", message, hint=N_("tell whoever maintains the program"), stage=case.stage, target=target.name)
        return target

    def _stage(self, case: OldCase) -> Stage:
        found = self.stages.get(case.stage)
        if found is None:
            return self.workflow.stage(case.stage)
        if isinstance(found, Stage):
            return found
        which = found
        answer, error = tried(lambda: which(case))
        if error or answer not in self.workflow.stages:
            raise _fails(error or f"{getattr(answer, 'name', type(answer).__name__)}")
        target: Stage = answer
        return target

    def read(self, record: Mapping[str, Any]) -> Any:
        """The record as this version has it.

        :raises Refused: ``upgrade_fails``; ``upgrade_record``: it holds what its fields do not allow, with each of them; no value is told.
        """
        make = self.record
        made, error = tried(lambda: decode(self.workflow.record, record) if make is None else make(record))
        if error or not isinstance(made, self.workflow.record):
            raise _fails(error or type(made).__name__)
        wrong = list(misfits(made))
        if wrong:
            fields = ", ".join(one.place for one in wrong)
            message, hint = (
                N_("the record does not fit this version: {fields}"),
                N_("correct it under the older version, or tell whoever maintains the program"),
            )
            raise Refused("upgrade_record", message, hint=hint, problems=wrong, fields=fields)
        return made


def _fails(error: str) -> Refused:
    return Refused("upgrade_fails", N_("the program's upgrade fails for this case: {error}"), hint=N_("tell whoever maintains the program"), error=error)


class Routes:
    """The ways from whatever definitions cases still run on."""

    def __init__(self, tx: Tx, program: Program[Any], digests: frozenset[str]) -> None:
        self.program = program
        self.problems: dict[str, list[Finding]] = {}
        self._snapshots: dict[str, Mapping[str, Any]] = {}
        self._versions: dict[str, int] = {}
        for digest in sorted(digests):
            kept = definitions.get(tx, digest)
            if kept is None:
                raise Damaged("definition_missing", N_("the definition that cases run on is not in the office"), hint=N_("run `care office doctor`"))
            self._snapshots[digest] = json.loads(kept["snapshot"])
            self._versions[digest] = kept["version"]
            self.problems[digest] = list(check_upgrade(program, self._snapshots[digest]))

    def of(self, digest: str, workflow: str) -> Route:
        """The way of a workflow's cases that run on that definition.

        :raises Refused: ``upgrade_older``; ``definition_changed``; ``upgrade_unsound``: with everything that has no place.
        """
        program, version = self.program, self._versions[digest]
        if version > program.version:
            message, hint = N_("the case runs on version {old}, which is newer than what is installed"), N_("install version {old} or newer")
            raise Refused("upgrade_older", message, hint=hint, old=version)
        if version == program.version:
            message, hint = N_("the program {program} was changed without a new version while cases are open"), N_("raise its version, or put the old one back")
            raise Refused("definition_changed", message, hint=hint, program=program.name)
        new, upgrade = upgrade_of(program, workflow, version)
        place = program.name if new is None else new.name
        wrong: list[Problem] = [one for one in self.problems[digest] if one.severity == "error" and one.place == place]
        if wrong or new is None:
            hint = N_("tell whoever maintains the program: the hints of each say what it lacks")
            raise Refused("upgrade_unsound", N_("the upgrade from version {old} does not fit"), hint=hint, problems=wrong, old=version)
        old = next(one for one in self._snapshots[digest]["workflows"] if one["name"] == workflow)
        if upgrade is None:
            return Route(program, new, version, old, {}, {}, None)
        return Route(program, new, version, old, upgrade.stages, upgrade.tasks, upgrade.record, upgrade.papers, upgrade.timers)

    def version(self, digest: str) -> int:
        """The version of a definition."""
        return self._versions[digest]


@dataclass(frozen=True)
class Translated:
    """A case in the words of the installed version, with nothing reckoned yet.

    :param stages: the older names of the stages it has been in, and what they are called now, where that differs.
    :param was: as it was: the stage, the record, and its entries.
    """

    state: CaseState
    stages: Mapping[str, str]
    was: CaseState


def translated(loaded: cases.Loaded, route: Route, now: datetime) -> Translated:
    """A case of the older version in the words of this one: workflow, stage, entries, record.

    :raises Refused: ``upgrade_fails``.
    """
    was, state = state_of(loaded, None), state_of(loaded, None)
    done = frozenset(row.name for row in was.tasks.values() if row.state == "done")
    named: dict[str, str] = {}
    for name in dict.fromkeys([*(one.stage for one in was.entries), was.stage]):
        since = max((one.at for one in was.entries if one.stage == name), default=was.stage_since)
        named[name] = route.stage(OldCase(name, since, was.record, was.opened_at, now, done)).name
    state.workflow, state.stage = route.workflow.name, named[was.stage]
    state.entries = [Entry(one.n, named[one.stage], one.at) for one in was.entries]
    state.record = route.read(was.record)
    return Translated(state, {old: new for old, new in named.items() if old != new}, was)
