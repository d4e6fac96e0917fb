"""Children whose files were completed: their open cases are looked at now, not when the clock has its next turn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.work import Work
from workflow_core.store import desk, facts, lines


def settle(runtime: Runtime, children: Iterable[str]) -> list[str]:
    """Look at the open cases of these children as the clock would: the task to find out who a child is closes where it is known now.

    :param children: references of files that were completed just now.
    :returns: the cases' references.
    """
    with runtime.db.read() as tx:
        found = [row["person_id"] for ref in children if (row := facts.subject(tx, ref)) is not None]
        its = [row for person_id in found for program in runtime.registry.programs for row in desk.open_cases_of(tx, person_id, program)]
    refs = [row["ref"] for row in its]
    with runtime.db.write() as tx:
        lines.ask_again(tx, [row["case_id"] for row in its])
    for ref in refs:
        look_at(runtime, ref)
    return refs


def look_at(runtime: Runtime, ref: str) -> None:
    """Look at a case as the clock would, now."""
    runtime.change(SYSTEM_ACTOR, ref, _look)


def _look(work: Work, now: datetime) -> None:
    if work.state.is_open and work.state.suspended_at is None:
        work.state.wake_at = now
        catch_up(work, now)
