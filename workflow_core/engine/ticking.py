"""The clock's turn: cases at which something fell due, in bounded batches, each in a transaction of its own, once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from workflow_core.clock import unstamp
from workflow_core.engine import register_letters, routines
from workflow_core.engine.clockwork import MOST_STEPS, catch_up
from workflow_core.engine.delivering import deliver
from workflow_core.engine.filling import fill_all
from workflow_core.engine.letters import deliver_waiting
from workflow_core.engine.outcome import TickReport
from workflow_core.engine.plan_views import told_left
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.versions import waiting_for_upgrade
from workflow_core.engine.world import World
from workflow_core.errors import CareError, Conflict
from workflow_core.i18n import N_, translate
from workflow_core.store import desk, faults, pulse, seals
from workflow_core.store.again import again

_log = logging.getLogger(__name__)

FAILED = N_("the program failed: {error}")
BATCH = 200
"""So many cases are looked up at once."""
PER_COMMIT = 50
"""So many cases are written in one transaction, so that nobody at a desk waits long."""


def tick(runtime: Runtime, *, limit: int | None = None, stop: Callable[[], bool] = lambda: False) -> TickReport:
    """Let time do its work up to now. Several machines may do so at once: each takes cases that no other has at hand.

    A case that cannot be looked at (its program is gone, a guard's calendar is missing) is told in the report and tried again at the next tick;
    the others go on. Those that wait for an upgrade are told together, and not looked at: there may be thousands.

    :param limit: look at so many cases at most; None for all.
    :param stop: asked between transactions; True: what is left is left to the next tick.
    """
    report = TickReport()
    now = runtime.clock.now()
    report.opened, report.problems = routines.open_due(runtime, now)
    report.late, told = register_letters.notice_late(runtime)
    report.problems += told
    _remind(runtime)
    tried: list[str] = []
    with runtime.db.read() as tx:
        waiting, told = waiting_for_upgrade(tx, runtime.registry, now)
        report.problems += [*told, *told_left(tx, now)]
    while (limit is None or report.cases < limit) and not stop():
        with runtime.db.read() as tx:
            batch = desk.due_cases(tx, now, BATCH if limit is None else min(BATCH, limit - report.cases), tried, waiting)
        if not batch:
            break
        before = report.cases
        for start in range(0, len(batch), PER_COMMIT):
            if not stop():
                _some(runtime, [dict(row) for row in batch[start : start + PER_COMMIT]], now, report, tried)
        if len(tried) > 5000 or report.cases == before:  # another machine has all of these at hand
            break
    fill_all(runtime, report, stop)
    with runtime.db.read() as tx:
        report.left = desk.due_left(tx, now)
        stale = pulse.stale(tx, now)
    if report.cases or stale:
        again(runtime.db, lambda: _beat(runtime, now, timedelta(seconds=report.lag)))
    report.sealed = _seal(runtime, now)
    while True:
        carried, refused = deliver_waiting(runtime, most=BATCH)
        report.sent += carried
        report.failed += refused
        if carried + refused < BATCH or stop():
            break
    while True:
        sent, failed = deliver(runtime, most=BATCH)
        report.sent += sent
        report.failed += failed
        if sent + failed < BATCH or stop():
            return report


def _remind(runtime: Runtime) -> None:
    from workflow_core.engine.transferring import remind

    remind(runtime)


def _beat(runtime: Runtime, now: datetime, lag: timedelta) -> None:
    with runtime.db.write() as tx:
        pulse.beat(tx, now, lag)


def _seal(runtime: Runtime, now: datetime) -> int:
    """Put the days that are over under their seals; how many."""
    sealed = 0
    with runtime.db.read() as tx:
        day = seals.next_day(tx, now)
    while day is not None:
        try:
            sealed += again(runtime.db, lambda: _seal_some(runtime, now))
        except faults.AlreadyThere:
            return sealed  # another machine does it at this moment
        with runtime.db.read() as tx:
            day = seals.next_day(tx, now)
    return sealed


def _seal_some(runtime: Runtime, now: datetime) -> int:
    with runtime.db.write() as tx:
        return seals.seal_days(tx, now)


def _some(runtime: Runtime, rows: list[dict[str, Any]], now: datetime, report: TickReport, tried: list[str]) -> None:
    """A few cases in one transaction; where that fails, each by itself, so that one bad case holds up no other."""
    try:
        part = again(runtime.db, lambda: _together(runtime, rows, now))
    except Exception as error:  # each is tried again by itself, and told there
        if isinstance(error, CareError) and error.code != "office_busy" and faults.of_the_office(error):
            raise
        part = TickReport()
        for row in rows:
            problem = _alone(runtime, row, now, part)
            if problem is not None:
                tried.append(row["case_id"])
                part.cases += 1
                part.problems += problem
    _add(report, part)
    report.problems += part.problems


def _together(runtime: Runtime, rows: list[dict[str, Any]], now: datetime) -> TickReport:
    part = TickReport()
    with runtime.committing(), runtime.db.write() as tx:
        world = World(tx, runtime.registry)  # one for all: neighbours share policy and calendar
        mine = {row["case_id"]: row["wake_at"] for row in desk.take_due(tx, now, [row["case_id"] for row in rows])}
        for row in rows:
            if row["case_id"] not in mine:
                continue  # another machine has it at hand, or has done it by now
            work = runtime.work(tx, row["ref"], SYSTEM_ACTOR, case_id=row["case_id"], world=world)
            told = catch_up(work, now, most=MOST_STEPS)
            runtime.ask_vetoes(work)
            runtime.save(tx, work, now)
            waited = int((now - unstamp(mine[row["case_id"]])).total_seconds())
            _add(part, TickReport(1, steps=told.steps, missed=told.missed, late=told.late, fired=told.fired, lag=waited))
    return part


def _add(report: TickReport, part: TickReport) -> None:
    for name in ("cases", "steps", "missed", "late", "fired"):
        setattr(report, name, getattr(report, name) + getattr(part, name))
    report.lag = max(report.lag, part.lag)


def _alone(runtime: Runtime, row: dict[str, Any], now: datetime, part: TickReport) -> list[dict[str, str]] | None:
    """One case in a transaction of its own; None where it went well, else what is to be told of it."""
    try:
        own = again(runtime.db, lambda: _together(runtime, [row], now))
    except CareError as error:
        if faults.of_the_office(error):
            raise
        if isinstance(error, Conflict):
            return []  # somebody works on it this very moment: the next tick looks again
        return [{"case": row["ref"], "code": error.code, "message": error.text()}]
    except Exception as error:  # a program's code may fail in any way: its case waits, the others go on, and the log has the trace
        _log.exception("the clock could not look at %s", row["ref"])
        return [{"case": row["ref"], "code": "program_failed", "message": translate(FAILED, error=type(error).__name__)}]
    _add(part, own)
    return None
