"""The clock's turn: cases at which something fell due, in bounded batches, each in a transaction of its own, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.delivering import deliver
from workflow_core.engine.outcome import TickReport
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.errors import CareError, Conflict
from workflow_core.store import desk

BATCH = 200
"""So many cases are looked up at once."""
PER_COMMIT = 50
"""So many cases are written in one transaction, so that nobody at a desk waits long."""


def tick(runtime: Runtime, *, limit: int | None = None) -> TickReport:
    """Let time do its work up to now.

    A case that cannot be looked at (its program is gone, a guard's calendar is missing) is told in the report and tried again at the next tick;
    the others go on.

    :param limit: look at so many cases at most; None for all.
    """
    report = TickReport()
    now = runtime.clock.now()
    tried: list[str] = []
    while limit is None or report.cases < limit:
        with runtime.db.read() as tx:
            batch = desk.due_cases(tx, now, BATCH if limit is None else min(BATCH, limit - report.cases), tried)
        if not batch:
            break
        for start in range(0, len(batch), PER_COMMIT):
            _some(runtime, [dict(row) for row in batch[start : start + PER_COMMIT]], now, report, tried)
        if len(tried) > 5000:
            break
    with runtime.db.read() as tx:
        report.left = desk.due_left(tx, now)
    while True:
        sent, failed = deliver(runtime, most=BATCH)
        report.sent += sent
        report.failed += failed
        if sent + failed < BATCH:
            return report


def _some(runtime: Runtime, rows: list[dict[str, Any]], now: datetime, report: TickReport, tried: list[str]) -> None:
    """A few cases in one transaction; where that fails, each by itself, so that one bad case holds up no other."""
    part = TickReport()
    try:
        with runtime.committing(), runtime.db.write():
            for row in rows:
                _one(runtime, row, now, part)
    except CareError:
        part = TickReport()
        for row in rows:
            try:
                with runtime.committing(), runtime.db.write():
                    _one(runtime, row, now, part)
            except Conflict:
                continue  # somebody works on it this very moment: the next tick looks again
            except CareError as error:
                tried.append(row["case_id"])
                part.problems.append({"case": row["ref"], "code": error.code, "message": error.text()})
    report.cases += len(rows)
    for name in ("steps", "missed", "late", "fired"):
        setattr(report, name, getattr(report, name) + getattr(part, name))
    report.problems += part.problems


def _one(runtime: Runtime, row: dict[str, Any], now: datetime, part: TickReport) -> None:
    with runtime.db.read() as tx:
        work = runtime.work(tx, row["ref"], SYSTEM_ACTOR, case_id=row["case_id"])
        told = catch_up(work, now)
        runtime.ask_vetoes(work)
        runtime.save(tx, work, now)
    part.steps += told.steps
    part.missed += told.missed
    part.late += told.late
    part.fired += told.fired
