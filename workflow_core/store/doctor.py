"""What must hold between the rows of an office, asked of all of them; and the rows that can be derived from others, made anew.

Each check reads in bounded memory and tells problems by reference, number or digest, never by a person's data.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, inspect, or_, select, update
from sqlalchemy import case as either

from workflow_core.clock import stamp
from workflow_core.errors import Problem
from workflow_core.i18n import N_
from workflow_core.store.database import Database, Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, blob, case, definition, document, event, hold, hold_item, outbox, person, task, timer, waiting
from workflow_core.store.tables.columns import NO_DUE

_SAME_TASK = and_(waiting.c.case_id == task.c.case_id, waiting.c.n == task.c.n)
_OPEN = and_(case.c.closed_at.is_(None), case.c.suspended_at.is_(None))
_WAITING = ("role", "division", "due", "place_id", "assignee")

_DESKS = (
    select(
        task.c.case_id,
        task.c.n,
        case.c.ref,
        task.c.doers,
        case.c.division.label("its_division"),
        task.c.due.label("its_due"),
        case.c.place_id.label("its_place"),
        task.c.assignee.label("its_assignee"),
        *(waiting.c[name] for name in _WAITING),
    )
    .select_from(task.join(case, case.c.case_id == task.c.case_id).outerjoin(waiting, _SAME_TASK))
    .where(task.c.state == "open")
    .order_by(task.c.case_id, task.c.n)
)
_ALL_DESKS = Statement(_DESKS)
_STRAY = Statement(
    select(waiting.c.case_id, waiting.c.n, func.coalesce(case.c.ref, waiting.c.case_id).label("ref"))
    .select_from(waiting.outerjoin(task, and_(_SAME_TASK, task.c.state == "open")).outerjoin(case, case.c.case_id == waiting.c.case_id))
    .where(task.c.n.is_(None))
)
_EARLIEST = select(func.min(task.c.due)).where(task.c.case_id == case.c.case_id, task.c.state == "open").correlate(case).scalar_subquery()
_DUE = Statement(select(case.c.case_id, case.c.ref).where(case.c.due.is_distinct_from(_EARLIEST)).order_by(case.c.ref))
_AWAKE = Statement(select(case.c.case_id, case.c.ref).where(case.c.wake_at.is_not(None), or_(case.c.closed_at.is_not(None), case.c.suspended_at.is_not(None))))
_LAST_STAGE = (
    select(event.c.to_stage)
    .where(event.c.case_id == case.c.case_id, event.c.to_stage.is_not(None))
    .order_by(event.c.n.desc())
    .limit(1)
    .correlate(case)
    .scalar_subquery()
)
_STAGES = Statement(select(case.c.ref).where(case.c.stage.is_distinct_from(_LAST_STAGE)).order_by(case.c.ref))
_ITEMS = (
    select(func.count(func.coalesce(hold_item.c.once, hold_item.c.case_id).distinct()))
    .select_from(hold_item)
    .where(hold_item.c.program == hold.c.program, hold_item.c.limit_name == hold.c.limit_name, hold_item.c.key == hold.c.key)
    .correlate(hold)
    .scalar_subquery()
)
_HOLDS = Statement(select(hold.c.program, hold.c.limit_name, hold.c.used, _ITEMS.label("items")).where(hold.c.used != _ITEMS))
_BLOBS = Statement(select(blob.c.digest, blob.c.size, blob.c.content))
_PAPERS = Statement(
    select(case.c.ref, document.c.n)
    .join_from(document, case, case.c.case_id == document.c.case_id)
    .where(document.c.state.in_(["signed", "served"]), document.c.content.is_(None), document.c.erased_at.is_(None))
)
_LATE_MESSAGES = Statement(select(func.count()).select_from(outbox).where(outbox.c.state == "waiting", outbox.c.next_at < bindparam("before")))
_LATE_CASES = Statement(select(func.count().label("number"), func.min(case.c.wake_at).label("since")).where(case.c.wake_at < bindparam("before")))
_LATE_TIMERS = Statement(
    select(case.c.ref, timer.c.name, timer.c.due_at)
    .join_from(timer, case, case.c.case_id == timer.c.case_id)
    .where(_OPEN, timer.c.state == "waiting", timer.c.due_at < bindparam("before"), or_(case.c.wake_at.is_(None), case.c.wake_at > timer.c.due_at))
    .order_by(case.c.ref)
)
_PINNED = Statement(
    select(
        case.c.program,
        case.c.workflow,
        case.c.stage,
        case.c.definition,
        definition.c.version,
        definition.c.structure,
        func.count().label("cases"),
        func.min(case.c.ref).label("first"),
    )
    .join_from(case, definition, definition.c.digest == case.c.definition)
    .where(case.c.closed_at.is_(None))
    .group_by(case.c.program, case.c.workflow, case.c.stage, case.c.definition, definition.c.version, definition.c.structure)
    .order_by(case.c.program, case.c.workflow, definition.c.version, case.c.stage)
)
_HOLDING = select(hold_item.c.case_id).where(hold_item.c.case_id == case.c.case_id).correlate(case).exists()
_LIVE = Statement(
    select(case.c.case_id, case.c.ref, case.c.program, case.c.wake_at, case.c.version).where(or_(case.c.closed_at.is_(None), _HOLDING)).order_by(case.c.case_id)
)
_HELD = Statement(select(hold_item.c.program, hold_item.c.limit_name, hold_item.c.key).where(hold_item.c.case_id == bindparam("of")))
_OLDEST = Statement(select(func.min(case.c.opened_at)))
_LATEST = Statement(select(func.max(event.c.recorded_at)))
_COUNTS = Statement(
    select(
        select(func.count()).select_from(case).scalar_subquery().label("cases"),
        select(func.count()).select_from(event).scalar_subquery().label("events"),
        select(func.sum(either((case.c.closed_at.is_(None), 1), else_=0))).select_from(case).scalar_subquery().label("open"),
    )
)

_CLEAR = Statement(delete(waiting).where(waiting.c.case_id == bindparam("of")))
_OPEN_TASKS = Statement(_DESKS.where(task.c.case_id == bindparam("of")))
_INSERT = Statement(insert(waiting))
_SET_DUE = Statement(update(case).where(case.c.case_id == bindparam("of")).values(due=_EARLIEST))
_SET_WAKE = Statement(update(case).where(case.c.case_id == bindparam("of")).values(wake_at=bindparam("at")))


def desks(tx: Tx) -> Iterator[tuple[str, Problem]]:
    """The rows of the inbox that differ from what the open tasks ask for: the case's id, and the problem."""
    for _, group in itertools.groupby(tx.stream(_ALL_DESKS), key=lambda row: (row.case_id, row.n)):
        rows = list(group)
        first = rows[0]
        found = {tuple(row[name] for name in _WAITING) for row in rows if row.role is not None}
        if found != {tuple(one[name] for name in _WAITING) for one in _wanted(first)}:
            yield first.case_id, Problem("desk_differs", N_("the task waits on other desks than it should, or on none"), place=f"{first.ref}.{first.n}")
    for row in tx.stream(_STRAY):
        yield row.case_id, Problem("desk_stray", N_("something waits on a desk that is no open task"), place=f"{row.ref}.{row.n}")


def _wanted(row: Row) -> list[dict[str, Any]]:
    due = row.its_due or NO_DUE
    same = {"n": row.n, "division": row.its_division, "due": due, "place_id": row.its_place, "assignee": row.its_assignee}
    return [{**same, "role": role} for role in dict.fromkeys(json.loads(row.doers))]


def due_dates(tx: Tx) -> Iterator[tuple[str, Problem]]:
    """Cases whose earliest due date is not that of their open tasks."""
    for row in tx.rows(_DUE):
        yield row.case_id, Problem("due_differs", N_("the due date in lists is not that of the open tasks"), place=row.ref)


def awake(tx: Tx) -> Iterator[tuple[str, Problem]]:
    """Cases at rest that the clock would look at."""
    for row in tx.rows(_AWAKE):
        yield row.case_id, Problem("wake_differs", N_("the clock would look at a case that is closed or suspended"), place=row.ref)


def stages(tx: Tx) -> Iterator[Problem]:
    """Cases that stand in another stage than their history says."""
    for row in tx.rows(_STAGES):
        yield Problem("stage_differs", N_("the case stands in another stage than its history says"), place=row.ref)


def holds(tx: Tx) -> Iterator[Problem]:
    """Limits whose count is not that of the cases that hold them."""
    for row in tx.rows(_HOLDS):
        values = {"used": row.used, "items": row["items"]}
        yield Problem("hold_count", N_("{used} places are counted, {items} cases hold one"), place=f"{row.program}/{row.limit_name}", values=values)


def blobs(tx: Tx) -> Iterator[Problem]:
    """Files and papers that are not what was stored under their digest."""
    for row in tx.stream(_BLOBS, chunk=1):  # one file may have 20 MiB
        content = bytes(row.content)
        if len(content) != row["size"] or sha256(content).hexdigest() != row.digest:
            yield Problem("blob_changed", N_("a stored file or paper is not what was stored"), place=row.digest[:16])


def papers(tx: Tx) -> Iterator[Problem]:
    """Signed papers of which nothing was kept."""
    for row in tx.rows(_PAPERS):
        yield Problem("paper_missing", N_("a signed paper was not kept"), place=f"{row.ref} {row.n}")


def late_messages(tx: Tx, before: datetime) -> int:
    """How many messages should have been tried again before that instant."""
    return int(tx.value(_LATE_MESSAGES, {"before": stamp(before)}))


def late_cases(tx: Tx, before: datetime) -> tuple[int, str | None]:
    """How many cases the clock should have looked at before that instant, and since when the longest waits."""
    row = tx.rows(_LATE_CASES, {"before": stamp(before)})[0]
    return int(row.number), row.since


def lost_timers(tx: Tx, before: datetime) -> Iterator[tuple[str, str]]:
    """Timers that should have rung before that instant, of cases that the clock would not look at for them: reference, timer."""
    for row in tx.rows(_LATE_TIMERS, {"before": stamp(before)}):
        yield row.ref, row.name


def pinned(tx: Tx) -> list[Row]:
    """What the open cases run on: program, workflow, stage, definition (digest), version, structure, cases, first (a reference)."""
    return tx.rows(_PINNED)


def live(tx: Tx) -> Iterator[Row]:
    """The cases that are open or hold a place: case_id, ref, program, wake_at, version."""
    return tx.stream(_LIVE)


def held_by(tx: Tx, case_id: str) -> set[tuple[str, str, str]]:
    """The places a case holds: program, limit, key."""
    return {(row.program, row.limit_name, row.key) for row in tx.rows(_HELD, {"of": case_id})}


def oldest_case(tx: Tx) -> str | None:
    """When the first case was opened."""
    found: str | None = tx.value(_OLDEST)
    return found


def latest_entry(tx: Tx) -> str | None:
    """When the machine's clock said the last event was written."""
    found: str | None = tx.value(_LATEST)
    return found


def counts(tx: Tx) -> dict[str, int]:
    """How many cases, open cases and events there are."""
    return {name: int(number or 0) for name, number in tx.rows(_COUNTS)[0].items()}


def unused(db: Database) -> bool:
    """Whether there are tables of this software, and nobody has ever worked with them: no person, no case, one account at most."""
    with db.read() as tx:
        if not inspect(tx.connection).has_table(case.name):
            return False
        numbers = [int(tx.value(select(func.count()).select_from(table))) for table in (case, person, account)]
    return numbers[0] == numbers[1] == 0 and numbers[2] <= 1


def mend_desks(tx: Tx, case_id: str) -> int:
    """Make a case's rows of the inbox anew from its open tasks; how many they are."""
    tx.execute(_CLEAR, {"of": case_id})
    by_task = {row.n: row for row in tx.rows(_OPEN_TASKS, {"of": case_id})}
    return tx.many(_INSERT, [{"case_id": case_id, **one} for row in by_task.values() for one in _wanted(row)])


def mend_due(tx: Tx, case_id: str) -> None:
    """Set a case's due date to the earliest of its open tasks."""
    tx.execute(_SET_DUE, {"of": case_id})


def mend_wake(tx: Tx, case_id: str, at: datetime | None) -> None:
    """Set when the clock must look at a case; None: never."""
    tx.execute(_SET_WAKE, {"of": case_id, "at": None if at is None else stamp(at)})
