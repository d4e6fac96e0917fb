"""One case on its way to the installed version of its program: in one event, which also says how it was, for as long as nobody has taken a next step."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow_core.clock import civil_date, stamp
from workflow_core.definition import Task
from workflow_core.definition.upgrades import former_limits, paper_now
from workflow_core.engine.among import load_parties
from workflow_core.engine.doers import names_of
from workflow_core.engine.drafts import void_draft
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.rows import paper_row, task_row, timer_row
from workflow_core.engine.state import CaseState, PaperRow, TaskRow, TimerRow
from workflow_core.engine.stays import stages_of, stay
from workflow_core.engine.upgrade_routes import Route, Translated
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.errors import Refused
from workflow_core.i18n import N_
from workflow_core.inputs import encode
from workflow_core.store import lines, upgrades
from workflow_core.store.database import Tx

NO_SUCH_PAPER = N_("the new version of the program has no such paper")
EMPTY: tuple[Any, ...] = (None, "", [])
"""What a new field may hold without its being told."""
LINE = ("limit_name", "program", "key", "rank", "since")
ANEW = "anew"
"""An anchor that no timer has: it is counted anew."""


@dataclass(frozen=True)
class Becoming:
    """What becomes of one case.

    :param tasks: those that wait: ``kept``, ``renamed`` (old → new), ``dropped``, ``closed``, ``opened``; :param timers: ``kept``, ``set``, ``moved``,
        ``stopped``, ``overdue``: those that go off at once. :param record: the fields of the record that differ.
    :param papers: those not yet served: ``kept``, ``renamed`` (old → new), ``dropped``.
    :param problem: why it has no place: ``code``, ``reasons``, ``hint``; None: it has one.
    """

    ref: str
    workflow: str
    stage: str
    to: str = ""
    tasks: dict[str, list[str]] = field(default_factory=dict)
    timers: dict[str, list[str]] = field(default_factory=dict)
    record: tuple[str, ...] = ()
    papers: dict[str, list[str]] = field(default_factory=dict)
    problem: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**self.__dict__, "record": list(self.record)}


@dataclass
class _Before:
    tasks: dict[int, TaskRow]
    timers: dict[int, TimerRow]
    papers: dict[int, PaperRow]

    @classmethod
    def of(cls, state: CaseState) -> _Before:
        return cls(_copies(state.tasks), _copies(state.timers), _copies(state.papers))


def _copies(rows: dict[int, Any]) -> dict[int, Any]:
    return {n: copy(row) for n, row in rows.items()}


def move(tx: Tx, world: World, moving: Translated, route: Route, pinned: str, *, actor: str, now: datetime) -> tuple[Work, Becoming]:
    """Take a case to the installed version, in memory: one event, tasks and timers as that version asks, places counted as it counts.

    :param moving: the case in that version's words; :param pinned: the digest of its definition; :param actor: the login of who acts.
    """
    state, was = moving.state, moving.was
    before, old_definition = _Before.of(state), state.definition
    state.definition = pinned
    if route.workflow.parties:
        load_parties(tx, state)
    work = Work(route.program, route.workflow, state, world, actor=actor)
    event = work.begin(
        "upgraded", now, version=route.program.version, was_version=route.version, definition=old_definition,
        workflow=was.workflow if was.workflow != state.workflow else None, stages=dict(moving.stages),
    )  # fmt: skip
    event.from_stage, event.to_stage = was.stage, state.stage
    at, fields = event.at, _record(work, was)
    _tasks(work, moving, route, at)
    _papers(work, route, at)
    if state.is_open:
        _timers(work, moving, route)
        reconcile(work, at)
    released, taken = _places(tx, work, at)
    stood = [{name: row[name] for name in LINE} for row in lines.of(tx, state.case_id)]
    _forget_unchanged(work, before)
    event.payload["undo"] = {
        "record": was.record if was.record != encode(state.record) else None,
        "wake_at": None if was.wake_at is None else stamp(was.wake_at),
        "tasks": {str(n): _differs(task_row(row), task_row(state.tasks[n])) for n, row in before.tasks.items() if n in work.changes.tasks},
        "timers": {str(n): _differs(timer_row(row), timer_row(state.timers[n])) for n, row in before.timers.items() if n in work.changes.timers},
        "papers": {str(n): _differs(paper_row(row), paper_row(state.papers[n])) for n, row in before.papers.items() if n in work.changes.papers},
        "new_tasks": [n for n in work.changes.tasks if n not in before.tasks],
        "new_timers": [n for n in work.changes.timers if n not in before.timers],
        "released": released,
        "taken": taken,
        "lines": stood,
    }
    return work, _becoming(work, was, before, route, fields)


def _record(work: Work, was: CaseState) -> tuple[str, ...]:
    """The fields of the record that differ; the event keeps what they held, and hold."""
    old, new = was.record, encode(work.state.record)
    changed = tuple(name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name) and (name in old or new.get(name) not in EMPTY))
    if changed:
        work.event.payload["before"] = {name: old.get(name) for name in changed}
        work.event.payload["after"] = {name: new.get(name) for name in changed}
    return changed


def _tasks(work: Work, moving: Translated, route: Route, at: datetime) -> None:
    """Rename, drop and refresh the rows of tasks; those of the stay at hand belong to the same stay under its new name."""
    state, known = work.state, {task.name: task for task in work.workflow.all_tasks()}
    waits = {one["name"]: one["stages"] for one in route.old["tasks"]}
    began = {name: entry.n for name, stages in waits.items() if (entry := stay(moving.was, stages)) is not None}
    for row in list(state.tasks.values()):
        old = row.name
        if row.state == "open":
            row.stage = moving.stages.get(row.stage, row.stage)
            work.touch(row)
            if row.origin.startswith("late:") and (after := route.tasks.get(row.origin.removeprefix("late:"))) is not None:
                row.origin = f"late:{after.name}"
        if row.kind not in ("task", "reply"):
            continue
        task = route.tasks[old] if old in route.tasks else known.get(old)
        if task is None or (row.state == "open" and row.track >= len(task.schedules)):
            if row.state == "open":
                work.close_row(row, "closed", at)
                work.did("task_closed", task=old, n=row.n)
            continue
        _as_defined(work, row, task)
        entry = stay(state, stages_of(work.workflow, task))
        if entry is not None and entry.n != row.entered and (row.state == "open" or row.entered == began.get(old)):
            row.entered = entry.n
            work.touch(row)


def _as_defined(work: Work, row: TaskRow, task: Task[Any]) -> None:
    """A row under its task's name; one that waits also with its title, on the desks of those who may do it now."""
    if row.name != task.name:
        row.name = task.name
        work.touch(row)
    if row.state == "open":
        doers = names_of(task.doers)
        if not set(row.doers) <= set(doers):  # who has claimed it, or was given it, may not be among them: back onto the desk of all who are
            row.assignee = row.claimed_by = None
        row.title, row.doers = task.title, doers
        work.touch(row)


def _papers(work: Work, route: Route, at: datetime) -> None:
    """Drafts go by their new name; those of papers that this version does not have are void. A signed paper keeps the name that it was sealed under.

    :raises Refused: ``paper_open``: a signed one could neither be served nor voided any more.
    """
    known = {document.name: document for document in work.workflow.documents()}
    for paper in list(work.state.papers.values()):
        now = route.papers[paper.name] if paper.name in route.papers else known.get(paper_now(work.program, work.workflow, paper.name))
        if paper.state == "draft" and now is None:
            void_draft(work, paper, NO_SUCH_PAPER, at)
        elif paper.state == "draft" and now is not None and now.name != paper.name:
            for row in work.state.open_tasks():
                if row.origin == f"paper:{paper.n}":
                    row.name, row.title = f"sign-{now.name}", now.title
                    work.touch(row)
            paper.name, paper.title = now.name, now.title
            work.changes.papers[paper.n] = paper
        elif paper.state == "signed" and now is None:
            message = N_("the paper p{n} ({paper}) is signed, and the new version has no such paper")
            raise Refused("paper_open", message, hint=N_("serve or void it under the older version, or name it in the upgrade"), n=paper.n, paper=paper.name)


def _timers(work: Work, moving: Translated, route: Route) -> None:
    """Timers of the same name, or that the map leads to one, go on in the same stay; those that have not rung are counted anew, as this version counts."""
    state = work.state
    for row in state.timers.values():
        if (new := route.timers.get(row.name)) is not None and new.name != row.name:
            row.name = new.name
            work.changes.timers[row.n] = row
    stages: dict[str, set[str]] = {}
    for one in route.old["timers"]:
        mapped = route.timers.get(one["name"])
        stages.setdefault(one["name"] if mapped is None else mapped.name, set()).update(one["stages"])
    for timer in work.workflow.timers:
        entry = stay(state, {stage.name for stage in timer.stages})
        before = stay(moving.was, stages.get(timer.name, ()))
        if entry is None:
            continue
        for row in state.timers.values():
            if row.name == timer.name and before is not None and row.entered == before.n:
                row.entered = entry.n
                work.changes.timers[row.n] = row
                if row.state == "waiting" and not row.fired and state.suspended_at is None:
                    row.anchor = ANEW


def _places(tx: Tx, work: Work, at: datetime) -> tuple[list[list[Any]], list[list[str]]]:
    """Give back the places that this version does not count, and take those it does: what was given back, and what is taken."""
    if not work.state.is_open:
        return [], []
    held = {(row["limit_name"], row["key"]): row for row in upgrades.held(tx, work.state.case_id)}
    wanted = {one[:2]: one for one in work.limits(at) if work.state.stage in one[4]}
    released, taken = [place for place in held if place not in wanted], [place for place in wanted if place not in held]
    work.changes.release += released
    work.changes.kept |= {(name, key) for name, key in taken if any((old, key) in held for old in former_limits(work.program, name))}
    work.changes.take += [(name, key, size, reason, once) for place in taken for name, key, size, reason, _, once in [wanted[place]]]
    return [[*place, held[place]["once"], held[place]["size"]] for place in released], [list(place) for place in taken]


def _forget_unchanged(work: Work, before: _Before) -> None:
    """Rows that came out as they were are not written."""
    both: tuple[tuple[dict[int, Any], dict[int, Any]], ...] = ((work.changes.tasks, before.tasks), (work.changes.timers, before.timers))
    for changes, rows in both:
        for n in [n for n, row in changes.items() if rows.get(n) == row]:
            del changes[n]


def _differs(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in old.items() if new.get(name) != value}


def _becoming(work: Work, was: CaseState, before: _Before, route: Route, fields: tuple[str, ...]) -> Becoming:
    state = work.state
    tasks: dict[str, list[str]] = {}
    for n, row in before.tasks.items():
        if row.state == "open":
            now = state.tasks[n]
            if now.state == "open":
                name, how = (row.name, "kept") if now.name == row.name else (f"{row.name} → {now.name}", "renamed")
            else:
                name, how = row.name, "dropped" if row.name in route.tasks and route.tasks[row.name] is None else "closed"
            tasks.setdefault(how, []).append(name)
    for n, row in work.changes.tasks.items():
        if n not in before.tasks and row.state == "open":
            tasks.setdefault("opened", []).append(row.name)
    timers: dict[str, list[str]] = {}
    for n, now_timer in state.timers.items():
        old = before.timers.get(n)
        waits, waited = now_timer.state == "waiting", old is not None and old.state == "waiting"
        if waits or waited:
            same = old is not None and old.due_at == now_timer.due_at
            over = waits and now_timer.due_at is not None and now_timer.due_at <= work.event.at
            how = "stopped" if not waits else "overdue" if over else "kept" if waited and same else "moved" if waited else "set"
            due = "" if now_timer.due_at is None or not waits else f" {civil_date(now_timer.due_at).isoformat()}"
            timers.setdefault(how, []).append(f"{now_timer.name}{due}")
    return Becoming(state.ref, state.workflow, was.stage, state.stage, tasks, timers, fields, _papers_become(work, before))


def _papers_become(work: Work, before: _Before) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for n, row in before.papers.items():
        if row.state in ("draft", "signed"):
            now = paper_now(work.program, work.workflow, work.state.papers[n].name)
            how = "dropped" if work.state.papers[n].state == "void" else "kept" if now == row.name else "renamed"
            found.setdefault(how, []).append(f"{row.name} → {now}" if how == "renamed" else row.name)
    return found
