"""Cases taken back to the version they came from, from what the upgrade's own event has kept: that needs neither version's code.

Only a case that nobody, and no time, has moved on since: what was done under the new version is not undone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor
from workflow_core.clock import unstamp
from workflow_core.engine import bulk
from workflow_core.engine.bare import Bare
from workflow_core.engine.rows import paper_of, paper_row, task_of, task_row, timer_of, timer_row
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.upgrade_case import Becoming
from workflow_core.engine.upgrading import PER_COMMIT, Progress, Upgraded, told
from workflow_core.engine.versions import MOVED
from workflow_core.errors import CareError, NotFound, Refused
from workflow_core.i18n import N_
from workflow_core.store import cases, faults, holds, lines, upgrades
from workflow_core.store.again import again
from workflow_core.store.database import Row, Tx


def undo(runtime: Runtime, actor: Actor, program: str, *, case: str | None = None, dry_run: bool = False, progress: Progress | None = None) -> Upgraded:
    """Take cases back whose last step was the upgrade.

    :param case: this one alone.
    :param dry_run: say what would become of each, with its places and what vetoes it; nothing is written.
    :raises NotPermitted: ``not_permitted``. :raises Refused: ``moved_on``: that case has taken a next step, or was never moved.
    """
    actor.require(ADMIN.name, division=WHOLE_OFFICE, doing=N_("move cases to another version of their program"))
    owner = runtime.registry.program(program)
    with runtime.db.read() as tx:
        rows = upgrades.moved(tx, owner.name, MOVED)
        if case is not None:
            there = cases.load(tx, ref=case)
            if there is None or there.case["program"] != owner.name:
                raise NotFound("case_unknown", N_("there is no case {ref}"), hint=N_("see: care case list"), ref=case)
            rows = [row for row in rows if row["ref"] == case]
            if not rows:
                raise Refused(
                    "moved_on", N_("the last step of {ref} was no upgrade: what came after it stays"), hint=N_("see: care case history {ref}"), ref=case
                )
    with runtime.db.read() as tx:
        blocked = _split(tx, rows, case)
    above = {row["case_id"]: row["whole_id"] for row in rows}
    rows.sort(key=lambda row: _depth(above, row["case_id"]))  # wholes before parts; by reference among each
    found: list[Becoming] = []

    def step(row: Row) -> Becoming | None:
        return again(runtime.db, lambda: _taken_back(runtime, actor, row, blocked))

    if dry_run:
        with runtime.db.read() as tx:
            for n, row in enumerate(rows, 1):
                try:
                    made = _as_it_was(runtime, tx, actor, row, blocked)
                    if made is not None:
                        runtime.ask_vetoes(made[0])
                        _places_free(tx, made[0], made[2])
                        found.append(made[1])
                except CareError as error:
                    if faults.of_the_office(error):
                        raise
                    found.append(told(row, error))
                if progress is not None:
                    progress(n, len(rows))
        return Upgraded(owner.name, owner.version, True, tuple(found))
    for row, answer in bulk.each(runtime, rows, step, per_commit=PER_COMMIT):
        if answer is not None:
            found.append(told(row, answer) if isinstance(answer, CareError) else answer)
        if progress is not None:
            progress(len(found), len(rows))
    return Upgraded(owner.name, owner.version, False, tuple(found))


def _depth(above: Mapping[str, str | None], case: str) -> int:
    """Of how many wholes, one in the other, a case is a part."""
    depth, whole = 0, above[case]
    while whole is not None:
        depth, whole = depth + 1, above.get(whole)
    return depth


def _split(tx: Tx, rows: list[Row], case: str | None) -> dict[str, Refused]:
    """By a case's id why it stays: a whole that some part of it cannot follow, and the parts of a whole that stays. None reads stages of another version."""
    back, blocked = {row["case_id"] for row in rows}, {}
    for row in rows:
        for part in upgrades.parts(tx, row["case_id"]):
            if part["case_id"] not in back and part["definition"] == row["definition"]:
                message = N_("its part {part} would stay")
                hint = N_("take all of them back: leave --case out") if case is not None else N_("it has taken a next step: see care case history {part}")
                blocked[row["case_id"]] = Refused("parts_moved_on", message, hint=hint, part=part["ref"])
                break
    for row in rows:
        whole = None if row["whole_id"] is None else upgrades.standing(tx, row["whole_id"])
        if whole is not None and whole["definition"] == row["definition"] and (row["whole_id"] not in back or row["whole_id"] in blocked):
            blocked[row["case_id"]] = _whole_stays(whole["ref"])
    return blocked


def _whole_stays(whole: str) -> Refused:
    return Refused("whole_stays", N_("its whole {whole} would stay"), hint=N_("a whole and its parts are taken back together"), whole=whole)


def _taken_back(runtime: Runtime, actor: Actor, row: Row, blocked: Mapping[str, Refused]) -> Becoming | None:
    """Take one case back; None where somebody else was faster."""
    with runtime.committing(), runtime.db.write() as tx:
        made = _as_it_was(runtime, tx, actor, row, blocked)
        if made is None:
            return None
        whole = None if row["whole_id"] is None else upgrades.standing(tx, row["whole_id"])
        if whole is not None and whole["definition"] == row["definition"]:
            raise _whole_stays(whole["ref"])  # it was to go first, and was refused just now
        bare, becomes, kept = made
        _places_back(tx, bare, kept)
        lines.stand(tx, bare.state.case_id, kept["lines"])
        bare.save(runtime, tx, runtime.clock.now())
        return becomes


def _as_it_was(runtime: Runtime, tx: Tx, actor: Actor, row: Row, blocked: Mapping[str, Refused]) -> tuple[Bare, Becoming, Mapping[str, Any]] | None:
    """A case as it was, in memory; what becomes of it; and what the upgrade had kept. None where its last step is no upgrade any more.

    :raises Refused: ``parts_moved_on``, ``whole_stays``; ``erased``.
    """
    here = cases.load(tx, case_id=row["case_id"])
    last = None if here is None or not here.entries else here.entries[-1]
    if here is None or last is None or last["kind"] != MOVED or last["n"] != here.case["version"]:
        return None
    if row["case_id"] in blocked:
        raise blocked[row["case_id"]]
    if last["payload"] is None:
        raise Refused("erased", N_("what the case was before is erased"))
    says = json.loads(last["payload"])
    bare = Bare(here, actor=actor.login)
    state, kept = bare.state, says["undo"]
    versions = {"version": says["was_version"], "was_version": says["version"], "definition": state.definition}
    event = bare.begin("upgrade_undone", runtime.clock.now(), **versions, workflow=state.workflow if "workflow" in says else None)
    event.from_stage, event.to_stage = state.stage, last["from_stage"]
    becomes = Becoming(state.ref, state.workflow, state.stage, last["from_stage"])
    state.definition = says["definition"]
    state.workflow, state.stage = says.get("workflow", state.workflow), last["from_stage"]
    state.record = state.record if kept["record"] is None else kept["record"]
    state.wake_at = None if kept["wake_at"] is None else unstamp(kept["wake_at"])
    _rows_back(bare, kept, event.at)
    return bare, becomes, kept


def _rows_back(bare: Bare, kept: Mapping[str, Any], at: Any) -> None:
    """Rows as they were; those that the upgrade opened are taken back."""
    state, changes = bare.state, bare.changes
    for n, old in kept["tasks"].items():
        task = task_of({**task_row(state.tasks[int(n)]), **old})
        state.tasks[task.n] = changes.tasks[task.n] = task
    for n, old in kept["timers"].items():
        timer = timer_of({**timer_row(state.timers[int(n)]), **old})
        state.timers[timer.n] = changes.timers[timer.n] = timer
    for n, old in kept["papers"].items():
        paper = paper_of({**paper_row(state.papers[int(n)]), **old})
        state.papers[paper.n] = changes.papers[paper.n] = paper
    for n in kept["new_tasks"]:
        row = state.tasks[n]
        row.state, row.closed_at = "undone", at
        changes.tasks[n] = row
    for n in kept["new_timers"]:
        state.timers[n].state = "stopped"
        changes.timers[n] = state.timers[n]


def _places_back(tx: Tx, bare: Bare, kept: Mapping[str, Any]) -> None:
    """Places as they were.

    :raises Refused: ``limit_full``: somebody else has one by now.
    """
    state = bare.state
    for name, key in sorted(kept["taken"]):
        holds.release(tx, state.program, name, key, state.case_id)
    for name, key, once, size in sorted(kept["released"], key=lambda one: one[:2]):
        if not holds.take(tx, state.program, name, key, state.case_id, size, once or ""):
            raise Refused("limit_full", N_("the place that it had is taken by now ({limit})"), limit=name)


def _places_free(tx: Tx, bare: Bare, kept: Mapping[str, Any]) -> None:
    """The same in a trial: whether each place that it had is free, without taking it.

    :raises Refused: ``limit_full``.
    """
    program = bare.state.program
    for name, key, once, size in kept["released"]:
        if not (once and holds.shared(tx, program, name, key, once)) and holds.used(tx, program, name, key) >= size:
            raise Refused("limit_full", N_("the place that it had is taken by now ({limit})"), limit=name)
