"""Places that are free are given to the first in line: by the clock at each of its turns, and right after the commit of the step that gave one back.

Level-triggered: it looks at how many places there are and who stands in line, not at what just happened. A place's count is locked while it is given away,
so that of two who do so at once one waits for the other; a case moves once, since whoever writes it compares its version.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from workflow_core.clock import civil_date
from workflow_core.definition import Deny, Escalate, Limit, Program, Workflow
from workflow_core.engine import among, lines, machine
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.committing import Place
from workflow_core.engine.effects import apply
from workflow_core.engine.freed import let_on
from workflow_core.engine.letters import overseer, reasons_of
from workflow_core.engine.outcome import TickReport
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.versions import left_behind
from workflow_core.engine.work import SYSTEM_LOGIN, Work
from workflow_core.engine.world import World
from workflow_core.errors import CareError, Conflict, Damaged
from workflow_core.i18n import N_, translate
from workflow_core.store import cases, faults, holds
from workflow_core.store import lines as rows
from workflow_core.store.again import again
from workflow_core.store.database import Tx

_log = logging.getLogger(__name__)

PER_COMMIT = 50
"""So many in line are asked in one transaction, so that no desk waits long for the count."""
MOST_PASSED = 200
"""So many are passed over at one place in one go; who stands behind them is asked at the clock's next turn."""
AT_ONCE = 500
"""Of so many places the first in line are read at once."""
ATTEMPTS = 3
"""So often a place is given away anew when somebody else changes the first in line; then it is left to the clock."""
PASSED_OVER = N_("A place is free, and this case cannot have it: the next in line gets it")
FAILED = N_("the program failed: {error}")


class Said(Enum):
    """What became of one in line."""

    TAKEN = "taken"
    PASSED = "passed"
    MOVED = "moved"
    NO_ROOM = "no room"


@dataclass
class Filled:
    """What came of a place: how many got one, how many were passed over, who could not even be read."""

    taken: int = 0
    passed: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)
    more: bool = False


def fill_on(runtime: Runtime, places: Sequence[Place]) -> None:
    """Give away places that were just given back. Never raises: what cannot be done now is left to the clock."""
    for place in places:
        try:
            if _line_of(runtime, place) is not None:
                fill(runtime, place)
            let_on(runtime, place)
        except CareError as error:
            if faults.of_the_office(error):
                return  # the next would meet it too
        except Exception:
            _log.exception("a place of %s could not be given away", place[1])


def fill_all(runtime: Runtime, report: TickReport, stop: Callable[[], bool] = lambda: False) -> None:
    """Give away all places that are free, of every limit for which anybody waits; for the clock."""
    for place in places_with_room(runtime):
        if stop():
            return
        try:
            filled = fill(runtime, place)
        except CareError as error:
            if faults.of_the_office(error):
                raise
            if not isinstance(error, Conflict):  # else somebody works on it this very moment: the next turn looks again
                report.problems.append({"case": "", "code": error.code, "message": error.text()})
            continue
        report.steps += filled.taken
        report.problems += filled.problems


def places_with_room(runtime: Runtime) -> Iterator[Place]:
    """The places that are free for the first of those who wait for them. Where that cannot be said (a function of the program fails), it is tried.

    A line in which a case waits for an upgrade stands still: who is first is not known.
    """
    waited: list[tuple[Program[Any], Workflow[Any, Any], Limit, Place]] = []
    with runtime.db.read() as tx:
        for program in runtime.registry.programs.values():
            behind = left_behind(tx, program)
            for workflow in program.workflows:
                for limit in lines.of(workflow):
                    keys = [key for key in rows.keys(tx, program.name, limit.name) if lines.not_moved(tx, program, limit.name, key, behind) is None]
                    waited += [(program, workflow, limit, (program.name, limit.name, key)) for key in keys]
    for start in range(0, len(waited), AT_ONCE):
        with runtime.db.read() as tx:
            free = _free(runtime, tx, waited[start : start + AT_ONCE], runtime.clock.now())
        yield from free


def _free(runtime: Runtime, tx: Tx, some: Sequence[tuple[Program[Any], Workflow[Any, Any], Limit, Place]], now: datetime) -> list[Place]:
    today, world, found = civil_date(now), World(tx, runtime.registry), []
    heads = {place: head for _, _, _, place in some for head in rows.first(tx, *place, today, 1)}
    for program in {id(one): one for one, _, _, _ in some}.values():
        among.views(world, program, [heads[place] for owner, _, _, place in some if owner is program and place in heads], now)
    for program, workflow, limit, place in some:
        _, state = world.neighbours.states.get(heads.get(place, ""), (None, None))
        if state is None or limit.waiting is None:
            continue
        try:
            full = {name for name, _, _ in Work(program, workflow, state, world, actor=SYSTEM_LOGIN).without_room(limit.waiting.fire.target, now)}
        except CareError:
            full = set()
        if not full & {one.name for one in _for_all(workflow, limit)}:
            found.append(place)
    return found


def fill(runtime: Runtime, place: Place) -> Filled:
    """Give away what is free of one place, to the first in line, until there is no room or nobody is left to be asked today.

    :raises Conflict: somebody else changed the first in line again and again.
    """
    total = Filled(more=True)
    program = runtime.registry.program(place[0])
    found = _line_of(runtime, place)
    if found is None:
        return Filled()
    workflow, limit = found
    ordered = not lines.by_function(limit)
    while total.more and total.passed < MOST_PASSED:
        part = _anew(runtime, lambda done=ordered: _some(runtime, program, workflow, limit, place, ordered=done))  # type: ignore[misc]
        ordered = True
        total = Filled(total.taken + part.taken, total.passed + part.passed, total.problems + part.problems, part.more)
    return total


def _line_of(runtime: Runtime, place: Place) -> tuple[Workflow[Any, Any], Limit] | None:
    """The limit of a place, with its workflow, if anybody can stand in line for it."""
    workflows = runtime.registry.program(place[0]).workflows
    return next(((workflow, limit) for workflow in workflows for limit in lines.of(workflow) if limit.name == place[1]), None)


def _anew(runtime: Runtime, step: Callable[[], Filled]) -> Filled:
    for attempt in range(ATTEMPTS):
        try:
            return again(runtime.db, step)
        except Conflict as error:
            if attempt == ATTEMPTS - 1 or error.code == "office_busy":
                raise
    raise AssertionError("unreachable")


def _some(runtime: Runtime, program: Program[Any], workflow: Workflow[Any, Any], limit: Limit, place: Place, *, ordered: bool) -> Filled:
    """The next few in line, in one transaction."""
    filled = Filled()
    with runtime.committing(), runtime.db.write() as tx:
        now = runtime.clock.now()
        today, world = civil_date(now), World(tx, runtime.registry)
        if lines.made_up_by(tx, program.all_batches(), workflow, place, limit) is not None or lines.not_moved(tx, program, *place[1:]) is not None:
            return filled
        _lock(tx, world, program, workflow, limit, place, now)
        if not ordered:
            _rerank(tx, world, program, limit, place, now)
        asked = rows.first(tx, *place, today, PER_COMMIT)
        for case_id in asked:
            said = _offer(runtime, tx, case_id, limit, now, world, filled)
            if said is Said.NO_ROOM:
                return filled
            filled.taken += said is Said.TAKEN
            filled.passed += said is Said.PASSED
        filled.more = len(asked) == PER_COMMIT
    return filled


def _lock(tx: Tx, world: World, program: Program[Any], workflow: Workflow[Any, Any], limit: Limit, place: Place, now: datetime) -> None:
    """Hold the counts of all that the first in line would take, in the order in which every step takes them, until the transaction ends."""
    taken = {place[1:]}
    for case_id in rows.first(tx, *place, civil_date(now), 1):
        among.views(world, program, [case_id], now)
        state = world.neighbours.states[case_id][1]
        work = Work(program, workflow, state, world, actor=SYSTEM_LOGIN)
        for one in _for_all(workflow, limit):
            key = work.key_of(one, now)
            if key is not None:
                taken.add((one.name, key))
    for name, key in sorted(taken):
        holds.lock(tx, program.name, name, key)
    world.forget_cases()


def _for_all(workflow: Workflow[Any, Any], limit: Limit) -> list[Limit]:
    """The limits that count whoever gets the place and that have one count for all in this line: where one of them is full, there is no room for anybody."""
    if limit.waiting is None:
        return []
    target, stage, keys = limit.waiting.fire.target, limit.waiting.stage, [repr(one) for one in limit.keys]
    return [one for one in workflow.limits if target in one.held_in and stage not in one.held_in and {repr(key) for key in one.keys} <= set(keys)]


def _rerank(tx: Tx, world: World, program: Program[Any], limit: Limit, place: Place, now: datetime) -> None:
    """Put a line in order whose order is a function: what it looks at may have changed without the case."""
    stood = {row["case_id"]: row["rank"] for row in rows.everybody(tx, *place)}
    ids = list(stood)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        among.views(world, program, some, now)
        for case_id in some:
            own, state = world.neighbours.states[case_id]
            to = lines.rank_of(Work(program, own, state, world, actor=SYSTEM_LOGIN), limit, now)
            if to != stood[case_id]:
                rows.rerank(tx, case_id, limit.name, to)
        world.forget_cases()


def _offer(runtime: Runtime, tx: Tx, case_id: str, limit: Limit, now: datetime, world: World, filled: Filled) -> Said:
    """Fire the transition for one in line; who cannot have the place is told of, and keeps standing."""
    before = runtime.left.mark()
    try:
        with tx.savepoint():
            work = runtime.work(tx, case_id, SYSTEM_ACTOR, case_id=case_id, world=world)
            said, denied = _give(runtime, tx, work, limit, now)
        if said is not Said.PASSED:
            return said
        reasons: list[dict[str, Any]] = [{"message": one.reason, "values": dict(one.values)} for one in denied]
        code = denied[0].code
    except Conflict:
        raise
    except CareError as error:
        if faults.of_the_office(error):
            raise
        reasons, code = reasons_of(error), error.problems[0].code if error.problems else error.code
    except Exception as error:  # a program's code may fail in any way: its case is passed over, the others go on, and the log has the trace
        _log.exception("a place could not be given to %s", case_id)
        reasons, code = reasons_of(Damaged("program_failed", FAILED, error=type(error).__name__)), "program_failed"
    runtime.left.forget_since(before)
    world.forget_cases()
    try:
        with tx.savepoint():
            _pass_over(runtime, tx, case_id, limit, now, world, reasons, code)
    except Conflict:
        raise
    except CareError as error:
        if faults.of_the_office(error):
            raise
        ref = cases.refs(tx, [case_id]).get(case_id, case_id)  # not even that can be written into it
        filled.problems.append({"case": ref, "code": code, "message": "; ".join(translate(one["message"], **one["values"]) for one in reasons)})
        runtime.left.forget_since(before)
    rows.tried(tx, case_id, limit.name, civil_date(now))
    return Said.PASSED


def _give(runtime: Runtime, tx: Tx, work: Work, limit: Limit, now: datetime) -> tuple[Said, Sequence[Deny]]:
    waiting = limit.waiting
    at = max(now, work.last_at)
    catch_up(work, at)
    here = waiting is not None and work.state.stage == waiting.stage.name and work.state.is_open and work.state.suspended_at is None
    said, denied = Said.MOVED, list[Deny]()
    if waiting is not None and here:
        full = list(work.without_room(waiting.fire.target, at))
        for_all = {one.name for one in _for_all(work.workflow, limit)}
        tried = machine.attempt(work.workflow, waiting.fire.name, work.view(at), among=[waiting.fire])
        if any(name in for_all for name, _, _ in full):
            said = Said.NO_ROOM
        elif full or tried.taken is None:
            said = Said.PASSED
            denied = [*(Deny(reason, code="limit_full") for _, _, reason in full), *(one for many in tried.denials.values() for one in many)]
        else:
            work.take(waiting.fire, at, actor=SYSTEM_LOGIN)
            work.follow(at)
            said = Said.TAKEN
    if work.changes.events:
        runtime.ask_vetoes(work)
        runtime.save(tx, work, now)
    return said, denied


def _pass_over(
    runtime: Runtime, tx: Tx, case_id: str, limit: Limit, now: datetime, world: World, reasons: list[dict[str, Any]], code: str
) -> None:  # fmt: skip
    """Write down in a case why it cannot have the place, and lay that on a desk; once, for as long as it lies there."""
    work = runtime.work(tx, case_id, SYSTEM_ACTOR, case_id=case_id, world=world)
    origin = f"line:{limit.name}"
    if limit.waiting is None or any(row.origin == f"{origin}:{PASSED_OVER}" for row in work.state.open_tasks()):
        return
    at = max(now, work.last_at)
    work.begin("passed_over", at, actor=SYSTEM_LOGIN, limit=limit.name, fires=limit.waiting.fire.name, code=code, reasons=reasons)
    apply(work, [Escalate(overseer(work.state.division), PASSED_OVER)], at, origin=origin)
    reconcile(work, at)
    runtime.save(tx, work, now)
