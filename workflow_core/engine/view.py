"""A case as guards see it: read-only, and the same answer for the same version on the same day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from workflow_core.clock import civil_date, day_begins
from workflow_core.definition import (
    AnyTime,
    Child,
    Consent,
    Daily,
    Division,
    Document,
    Every,
    Fact,
    Issued,
    Observed,
    Paper,
    Party,
    Per,
    Period,
    Referral,
    Register,
    Since,
    Stage,
    Tally,
    Task,
    Timer,
    Transition,
    Volunteer,
    Workflow,
    path_of,
)
from workflow_core.engine import machine
from workflow_core.engine.entries import Matter, day_of, matters, row_of, slot_for
from workflow_core.engine.periods import period_of
from workflow_core.engine.state import SETTLED, CaseState, Changes, Entry, TaskRow
from workflow_core.engine.stays import last_entry, left_before, stages_of, stay
from workflow_core.engine.world import World
from workflow_core.inputs import decode


class CaseView:
    """Implements ``Case`` over the rows in memory; what lies outside them is read by the ``World`` when it is asked for.

    :param at: the instant of the step.
    :param given: the input at hand, for references to its fields.
    :param changes: what this change has written so far: what it observed and amended is seen at once.
    """

    def __init__(
        self, workflow: Workflow[Any, Any], state: CaseState, world: World, at: datetime, given: object = None, changes: Changes | None = None
    ) -> None:
        self._workflow = workflow
        self._state = state
        self._world = world
        self._at = at
        self._given = given
        self._changes = changes or Changes()
        self._counts_from: Entry | None = None
        self._papers_from: datetime | None = None

    @property
    def ref(self) -> str:
        return self._state.ref

    @property
    def workflow(self) -> Workflow[Any, Any]:
        """The case's workflow."""
        return self._workflow

    @property
    def record(self) -> Any:
        return self._state.record

    @property
    def policy(self) -> Any:
        return self._world.policy(self._state.program, self._state.division, self._at)

    @property
    def stage(self) -> Stage:
        return self._workflow.stage(self._state.stage)

    @property
    def now(self) -> datetime:
        return self._at

    @property
    def today(self) -> date:
        return civil_date(self._at)

    @property
    def child(self) -> Child:
        if self._state.subject_kind != "child" or self._state.subject_id is None:
            raise LookupError("this case is not about a child")
        child = self._world.child(self._state.subject_id)
        amended = {one["field"]: one["value"] for one in self._changes.amendments}
        return replace(child, **amended) if amended else child

    @property
    def volunteer(self) -> Volunteer:
        if self._state.subject_kind != "volunteer" or self._state.subject_id is None:
            raise LookupError("this case is not about a volunteer")
        return self._world.volunteer(self._state.subject_id)

    @property
    def division(self) -> Division:
        return self._world.division(self._state.division)

    def entered(self, stage: Stage) -> date | None:
        entry = last_entry(self._state, stage)
        return None if entry is None else civil_date(entry.at)

    def entered_at(self, stage: Stage) -> datetime | None:
        """When a stage was last entered, to the instant."""
        entry = last_entry(self._state, stage)
        return None if entry is None else entry.at

    def results(self, of: Task[Any] | Transition[Any, Any, Any] | Register[Any], *, since: Since = None) -> Sequence[Any]:
        if isinstance(of, Register):
            return self.entries(of, since=since)
        first, from_instant = self._since(since)
        if isinstance(of, Transition):
            taken = [one for one in self._state.taken if one.transition == of.name and one.at >= from_instant and civil_date(one.at) >= first]
            return [decode(of.form, one.input) for one in taken] if of.form is not None else []
        rows = [
            row
            for row in self._state.rows_of(of.name)
            if row.state == "done" and row.covers is None and _day(row) >= first and row.closed_at is not None and row.closed_at >= from_instant
        ]
        rows.sort(key=lambda row: (_day(row), row.n))
        return [decode(of.form, row.input or {}) for row in rows] if of.form is not None else []

    def last(self, of: Task[Any] | Transition[Any, Any, Any] | Register[Any], *, since: Since = None, key: object = None) -> Any:
        if key is not None:
            if not isinstance(of, Register):
                raise LookupError("only entries of a register are asked for by a key")
            wanted = slot_for(of, key)
            return next((row_of(of, one) for one in reversed(self.matters(of, since=since)) if one.slot == wanted), None)
        found = self.results(of, since=since)
        return found[-1] if found else None

    def entries(self, register: Register[Any], *, open_only: bool = False, since: Since = None) -> Sequence[Any]:
        return [row_of(register, one) for one in self.matters(register, since=since) if one.is_open or not open_only]

    def matters(self, register: Register[Any], *, since: Since = None) -> list[Matter]:
        """What stands in a register, oldest first, without what was struck out or erased."""
        if register not in self._workflow.registers:
            raise LookupError("this workflow has no such register")
        first, from_instant = self._since(since)
        found = matters(self._world.entries(self._state.case_id), register, self._changes.entries)
        return [one for one in found if not one.struck and one.said is not None and day_of(one) >= first and one.recorded_at >= from_instant]

    def with_given(self, given: object) -> CaseView:
        """The same case with another input at hand."""
        seen = copy(self)
        seen._given = given
        return seen

    def members(self, party: Party[Any]) -> dict[str, Any]:
        """Everybody who is that party, by reference."""
        from workflow_core.engine import among

        return among.members(self._world, self._workflow, self._state, party, self._at)

    def finished(self, task: Task[Any]) -> bool:
        from workflow_core.engine.each import has_left, items

        names = stages_of(self._workflow, task)
        began = stay(self._state, names) if names else None
        rows = [row for row in self._state.rows_of(task.name) if (began is None or row.entered == began.n) and not has_left(row)]
        if task.each is not None and began is not None:
            asked = items(self, task)
            rows = [row for row in rows if row.about in asked]
            return all(self._finished(task, [row for row in rows if row.about == about], began) for about in asked)
        return self._finished(task, rows, began if names else None)

    def _finished(self, task: Task[Any], rows: list[TaskRow], began: Entry | None) -> bool:
        if any(row.state == "open" for row in rows):
            return False
        settled = [row for row in rows if row.state in SETTLED]
        if began is None:
            return bool(settled)
        if task.only_if is not None and not rows:
            return machine.ask_guard(task.only_if, self) is not None
        return all(self._track_finished(task, track, rows) for track in range(len(task.schedules)))

    def _track_finished(self, task: Task[Any], track: int, rows: list[TaskRow]) -> bool:
        schedule = task.schedules[track]
        settled = sum(row.track == track and row.state in SETTLED for row in rows)
        if isinstance(schedule, AnyTime):
            return True
        if isinstance(schedule, Every):
            return settled >= self.times(schedule) if schedule.times is not None else settled > 0
        if isinstance(schedule, Daily) and schedule.last is not None:
            from workflow_core.engine.windows import next_slot

            return next_slot(schedule, self, self._at) is None
        return settled > 0

    def times(self, schedule: Every | Per) -> int:
        """How many a schedule wants: as written, what the policy says, or what its function says. Zero where an ``Every`` has no end."""
        if schedule.times is None:
            return 0
        if path_of(schedule.times) is not None:
            return int(self.value(schedule.times))
        return machine.ask_function(schedule.times, self) if callable(schedule.times) else int(schedule.times)

    def tally(self, task: Task[Any], period: Period, ago: int = 0) -> Tally:
        first, end = period_of(period.name, self.today, self.terms)
        for _ in range(ago):
            first, end = period_of(period.name, date.fromordinal(first.toordinal() - 1), self.terms)
        rows = [row for row in self._state.rows_of(task.name) if row.covers is None and first <= _day(row) < end]
        count = {state: sum(row.state == state for row in rows) for state in ("done", "missed", "skipped", "open")}
        asked = next((self.times(one) for one in task.schedules if isinstance(one, Per) and one.period.name == period.name), sum(count.values()))
        if task.each is not None:
            from workflow_core.engine.each import items

            asked *= len(items(self, task))
        return Tally(wanted=asked, done=count["done"], missed=count["missed"], skipped=count["skipped"])

    def paper(self, document: Document) -> Issued | None:
        return self._issued(document, None)

    def _issued(self, document: Document, since: datetime | None) -> Issued | None:
        names = self._world.paper_names(self._state.program, document.name)
        found = [one for one in self._state.papers.values() if one.name in names and one.state != "void"]
        if not found or (since is not None and found[-1].drafted_at < since):
            return None
        paper = found[-1]
        return Issued(paper.number, None if paper.signed_at is None else civil_date(paper.signed_at), paper.served_on)

    def observed(self, fact: Fact[Any], *, since: date | None = None) -> Sequence[Observed[Any]]:
        if self._state.subject_id is None:
            return []
        now = [Observed(one["value"], one["on"]) for one in self._changes.observations if one["name"] == fact.name and (since is None or one["on"] >= since)]
        return sorted([*self._world.observed(self._state.subject_id, fact, since), *now], key=lambda one: one.on)

    def referrals(self, program: str) -> Sequence[Referral]:
        return self._world.referrals(self._state.case_id, program)

    def count(self, record: type[Any], *stages: Stage) -> int:
        from workflow_core.engine import among

        return among.count(self._world, self._workflow, self._state, record, stages)

    def parts(self, record: type[Any], *stages: Stage) -> Sequence[CaseView]:
        from workflow_core.engine import among

        found = among.cases_with(self._world, self._workflow, self._state, record, stages)
        return among.views(self._world, self._world.program(self._state.program), [row["case_id"] for row in found], self._at)

    def open_parts(self, but: Sequence[Transition[Any, Any, Any]] = ()) -> int:
        """How many parts are open, but for those that one of these transitions sees to."""
        from workflow_core.engine import among

        return among.open_parts(self._world, self._workflow, self._state, but)

    def linked(self, record: type[Any]) -> CaseView:
        from workflow_core.engine import among

        return among.linked(self._world, self._workflow, self._state, record, self._at)

    def party(self, party: Party[Any]) -> Any:
        from workflow_core.engine import among

        return among.party(self._world, self._workflow, self._state, party, self._at)

    @property
    def case_id(self) -> str:
        """The case's id, for what is tied to it."""
        return self._state.case_id

    def consented(self, consent: Consent) -> bool:
        if self._state.subject_kind != "child" or self._state.subject_id is None:
            raise LookupError("this case is not about a child")
        since = None if consent.since is None else self.entered(consent.since)
        return self._world.consented(self._state.subject_id, self._state.program, consent, self.today, since=since)

    def value(self, field: Any) -> Any:
        path = path_of(field)
        if path is None:
            return field
        value = self._holder(path.careflow_of)
        for name in path.careflow_name.split(".") if path.careflow_name else []:
            value = None if value is None else getattr(value, name)
        return value

    def of_timer(self, timer: Timer, began: Entry) -> CaseView:
        """The same case as a timer sees it: what was done since its own stay began counts, in whichever of its stages the task waited."""
        seen = self._of({stage.name for stage in timer.stages})
        seen._counts_from = began
        return seen

    def of_task(self, task: Task[Any]) -> CaseView:
        """The same case as a task's deadline sees it."""
        return self._of(stages_of(self._workflow, task))

    def _of(self, names: Collection[str]) -> CaseView:
        seen = copy(self)
        seen._papers_from = left_before(self._state, names)
        return seen

    def last_done(self, task: Task[Any]) -> date | None:
        """The day the task last happened since the present stay began."""
        if self._counts_from is not None:
            first = civil_date(self._counts_from.at)
            return max((day for row in self._state.rows_of(task.name) if row.state == "done" and (day := _day(row)) >= first), default=None)
        began = stay(self._state, stages_of(self._workflow, task)) or (self._state.entries[-1] if self._state.entries else None)
        since = civil_date(began.at) if began is not None else date.min
        days = [_day(row) for row in self._state.rows_of(task.name) if row.state == "done" and (began is None or row.entered >= began.n)]
        return max((day for day in days if day >= since), default=None)

    def paper_moment(self, paper: Paper) -> date | None:
        """When the latest paper of that kind was signed or served. After a relapse an old one starts no clock, also when the new one is void.

        Of a task's or timer's stages, those papers count that were drafted since the case last left them.
        """
        issued = self._issued(paper.document, self._papers_from)
        if issued is None:
            return None
        return issued.signed_on if paper.event == "signed" else issued.served_on

    def terms(self, day: date) -> tuple[date, date, str]:
        """The term a day lies in."""
        return self._world.calendar(self._state.division).term_of(day)

    def _holder(self, of: type[Any]) -> Any:
        if isinstance(self._given, of):
            return self._given
        if of is self._workflow.policy:
            return self.policy
        if of is self._workflow.record:
            return self.record
        if of is Child:
            return self.child
        if of is Volunteer:
            return self.volunteer
        if of is self._workflow.part_of or any(party.of is of for party in self._workflow.parties):
            return self.linked(of).record
        latest = [row for row in self._state.tasks.values() if row.state == "done" and row.input is not None and self._form_of(row.name) is of]
        latest.sort(key=lambda row: (_day(row), row.n))
        return decode(of, latest[-1].input or {}) if latest else None

    def _form_of(self, name: str) -> type[Any] | None:
        return next((task.form for task in self._workflow.all_tasks() if task.name == name), None)

    def _since(self, since: Since) -> tuple[date, datetime]:
        start = day_begins(date(1970, 1, 2))
        if since is None:
            return date.min, start
        if isinstance(since, Stage):
            entry = last_entry(self._state, since)
            return (civil_date(entry.at), entry.at) if entry is not None else (date.max, start)
        return since, start


def _day(row: TaskRow) -> date:
    """The day a row counts for: when it happened, else when it was closed, else when it was due or opened. A missed one counts for the day it was due."""
    if row.happened is not None:
        return row.happened
    if row.state == "missed" and row.due is not None:
        return row.due
    return civil_date(row.closed_at) if row.closed_at is not None else (row.due or civil_date(row.opened_at))
