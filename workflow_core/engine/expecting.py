"""What should stand beside a case by its program's definition: the places it holds, and when the clock must look at it. For the office's check-up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workflow_core.engine import lines
from workflow_core.engine.reconcile import next_wake
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.errors import CareError
from workflow_core.store import doctor
from workflow_core.store import lines as line_rows

if TYPE_CHECKING:
    from workflow_core.store.database import Row, Tx

_PER_WORLD = 500
"""So many cases share what was read of policies and calendars."""


@dataclass(frozen=True)
class Expected:
    """What one case should have.

    :param holds: program, limit, key of each place it should hold; :param held: of each it holds.
    :param lines: the limits in whose lines it should stand and does not, or not so; or stands and should not.
    :param wake: the earliest instant at which time alone changes it, from now; None: never, or not known.
    :param ringing: when its first timer rings.
    :param ended: the final stage in which it stands although it is open; empty where it stands well.
    :param error: the code of why it cannot be read; empty: it can.
    """

    case_id: str
    ref: str
    program: str
    holds: frozenset[tuple[str, str, str]] = frozenset()
    held: frozenset[tuple[str, str, str]] = frozenset()
    lines: frozenset[str] = frozenset()
    wake_at: str | None = None
    wake: datetime | None = None
    ringing: datetime | None = None
    ended: str = ""
    error: str = ""


def expectations(runtime: Runtime, tx: Tx, now: datetime) -> Iterator[Expected]:
    """Every case that is open or holds a place, with what it should have; cases whose program is not installed are left out."""
    world = World(tx, runtime.registry)
    for n, row in enumerate(doctor.live(tx)):
        if row.program not in runtime.registry.programs:
            continue
        if n % _PER_WORLD == 0:
            world = World(tx, runtime.registry)
        try:
            with tx.savepoint():  # a page of the database may be unreadable: what can be read of the others is
                made = _expected(runtime, tx, row, world, now)
            yield made
        except CareError as error:
            yield Expected(row.case_id, row.ref, row.program, error=error.code)
        except Exception as error:  # a damaged row, or a program's own fault: told, and the others are looked at
            yield Expected(row.case_id, row.ref, row.program, error=type(error).__name__)


def _expected(runtime: Runtime, tx: Tx, row: Row, world: World, now: datetime) -> Expected:
    work = runtime.work(tx, row.ref, SYSTEM_ACTOR, case_id=row.case_id, world=world)
    state, program = work.state, work.program.name
    holds = frozenset((program, name, key) for name, key, _, _, stages, _ in work.limits(now) if state.stage in stages)
    waiting = [timer.due_at for timer in state.timers.values() if timer.state == "waiting" and timer.due_at is not None]
    at_rest = not state.is_open or state.suspended_at is not None
    return Expected(
        row.case_id,
        row.ref,
        program,
        holds,
        frozenset(doctor.held_by(tx, row.case_id)),
        _astray(tx, work),
        row.wake_at,
        next_wake(work, now),
        None if at_rest else min(waiting, default=None),
        state.stage if state.is_open and work.workflow.stage(state.stage).final else "",
    )


def _astray(tx: Tx, work: Work) -> frozenset[str]:
    moving = {limit.name for limit in lines.of(work.workflow) if lines.by_function(limit)}  # their order is made anew whenever it is looked at
    names = ("limit_name", "program", "key", "rank", "since")
    wanted = [{name: one[name] for name in names if name != "rank" or one["limit_name"] not in moving} for one in lines.wanted(work)]
    stands = [{name: one[name] for name in names if name != "rank" or one["limit_name"] not in moving} for one in line_rows.of(tx, work.state.case_id)]
    return frozenset(one["limit_name"] for one in (*wanted, *stands) if one not in wanted or one not in stands)


def stand_anew(runtime: Runtime, tx: Tx, case_id: str) -> None:
    """Put a case into the lines it should stand in."""
    work = runtime.work(tx, case_id, SYSTEM_ACTOR, case_id=case_id)
    line_rows.stand(tx, case_id, lines.wanted(work))
