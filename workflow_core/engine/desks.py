"""What a program may ask outside any case: while a sheet's row is taken, or while a batch is planned for a division."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from workflow_core.clock import civil_date
from workflow_core.definition import Child, Division, Fact, Observed, Program, Stage, Volunteer, Workflow
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.view import CaseView
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.store import among, desk


class RowDesk:
    """Implements ``Desk`` for one row of a sheet.

    :param kind: what the row is about: ``child``, ``volunteer``.
    :param works: the cases that were asked for, by reference, to be changed afterwards.
    """

    def __init__(self, runtime: Runtime, world: World, program: Program[Any], division: str, kind: str, person_id: str | None, now: datetime) -> None:
        self._runtime, self._world, self._program, self._division, self._now = runtime, world, program, division, now
        self._kind, self._person_id = kind, person_id
        self.works: dict[str, Work] = {}
        self.within: Work | None = None

    @property
    def policy(self) -> Any:
        return self._world.policy(self._program.name, self._division, self._now)

    @property
    def today(self) -> date:
        return civil_date(self._now)

    @property
    def division(self) -> Division:
        return self._world.division(self._division)

    @property
    def child(self) -> Child:
        return self._world.child(self._about("child"))

    @property
    def volunteer(self) -> Volunteer:
        return self._world.volunteer(self._about("volunteer"))

    def whole(self, record: type[Any]) -> CaseView | None:
        if self.within is None or self.within.workflow.record is not record:
            return None
        return self.within.view(self._now)

    def case(self, record: type[Any], *stages: Stage) -> CaseView | None:
        workflow = self._program.workflow_of(record)
        if self._person_id is None:
            return None
        if self.within is not None and workflow.part_of is self.within.workflow.record:
            return self._part(workflow, stages)
        for row in desk.open_cases_of(self._world.tx, self._person_id, self._program.name):
            if row["workflow"] == workflow.name and (not stages or any(stage.name == row["stage"] for stage in stages)):
                if row["ref"] not in self.works:
                    self.works[row["ref"]] = self._runtime.work(self._world.tx, row["ref"], SYSTEM_ACTOR)
                return self.works[row["ref"]].view(self._now)
        return None

    def _part(self, workflow: Workflow[Any, Any], stages: Sequence[Stage]) -> CaseView | None:
        """The subject's part of the whole, the latest."""
        whole = self.within.state.case_id if self.within is not None else None
        rows = among.parts_about(self._world.tx, self._person_id or "", self._program.name, workflow.name, whole or "")
        for row in reversed(rows):
            if not stages or any(stage.name == row["stage"] for stage in stages):
                if row["ref"] not in self.works:
                    self.works[row["ref"]] = self._runtime.work(self._world.tx, row["ref"], SYSTEM_ACTOR)
                return self.works[row["ref"]].view(self._now)
        return None

    def observed(self, fact: Fact[Any], *, since: date | None = None) -> Sequence[Observed[Any]]:
        return [] if self._person_id is None else self._world.observed(self._person_id, fact, since)

    def _about(self, kind: str) -> str:
        if self._kind != kind or self._person_id is None:
            raise LookupError(f"this desk is not about a {kind}")
        return self._person_id
