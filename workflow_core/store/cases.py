"""Cases in and out of the tables. Every change of a case passes through ``write``: its row by compare-and-set, and all that goes with it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Text, and_, bindparam, delete, func, insert, null, or_, select, update
from sqlalchemy import case as either

from workflow_core.errors import Conflict
from workflow_core.i18n import N_
from workflow_core.store import chain
from workflow_core.store.database import Row, Tx
from workflow_core.store.server import session
from workflow_core.store.statement import Statement
from workflow_core.store.tables import attachment, case, document, event, event_payload, observation, referral, task, timer, waiting

_WITH_HEAD = select(case, event.c.digest.label("head"), event.c.at.label("last_at")).select_from(
    case.outerjoin(event, and_(event.c.case_id == case.c.case_id, event.c.n == case.c.version))
)
_BY_REF = Statement(_WITH_HEAD.where(case.c.ref == bindparam("ref")))
_BY_ID = Statement(_WITH_HEAD.where(case.c.case_id == bindparam("case_id")))
_REFS = Statement(select(case.c.case_id, case.c.ref).where(case.c.case_id.in_(bindparam("ids", expanding=True))))
_BY_IDS = Statement(_WITH_HEAD.where(case.c.case_id.in_(bindparam("ids", expanding=True)), case.c.erased_at.is_(None)))
_ALL_TASKS = select(task).order_by(task.c.case_id, task.c.n)
_ALL_TIMERS = select(timer).order_by(timer.c.case_id, timer.c.n)
_ALL_PAPERS = select(*(column for column in document.c if column.name != "fields")).order_by(document.c.case_id, document.c.n)
_ALL_ENTRIES = (
    select(
        *(event.c[name] for name in ("case_id", "n", "at", "kind", "from_stage", "to_stage", "transition", "actor")),
        event_payload.c.payload,
    )
    .select_from(event.outerjoin(event_payload, and_(event.c.case_id == event_payload.c.case_id, event.c.n == event_payload.c.n)))
    .where(event.c.to_stage.is_not(None))
    .order_by(event.c.case_id, event.c.n)
)
_PARTS = tuple(
    (Statement(rows.where(table.c.case_id == bindparam("case_id"))), Statement(rows.where(table.c.case_id.in_(bindparam("ids", expanding=True)))))
    for rows, table in ((_ALL_TASKS, task), (_ALL_TIMERS, timer), (_ALL_PAPERS, document), (_ALL_ENTRIES, event))
)
"""A case's tasks, timers, papers and entries: of one case, and of many."""
_FILLED_IN = Statement(select(document.c.fields).where(document.c.case_id == bindparam("case_id"), document.c.n == bindparam("n")))
_EVENTS = Statement(
    select(event, event_payload.c.payload, event_payload.c.erased_at)
    .select_from(event.outerjoin(event_payload, and_(event.c.case_id == event_payload.c.case_id, event.c.n == event_payload.c.n)))
    .where(event.c.case_id == bindparam("case_id"))
    .order_by(event.c.n)
)
_INSERT_CASE = Statement(insert(case))
_INSERT_EVENT = Statement(insert(event))
_INSERT_PAYLOAD = Statement(insert(event_payload))
_INSERT_TASK = Statement(insert(task))
_INSERT_WAITING = Statement(insert(waiting))
_INSERT_TIMER = Statement(insert(timer))
_INSERT_PAPER = Statement(insert(document))
_UPDATE_PAPER = Statement(update(document).where(document.c.case_id == bindparam("the_case"), document.c.n == bindparam("the_n")))
_INSERT_REFERRAL = Statement(insert(referral))
_INSERT_OBSERVATION = Statement(insert(observation))
_INSERT_ATTACHMENT = Statement(insert(attachment))
_CLEAR_WAITING = Statement(delete(waiting).where(waiting.c.case_id == bindparam("case_id"), waiting.c.n == bindparam("n")))
_LAST_OBSERVATION = Statement(select(func.coalesce(func.max(observation.c.n), 0)).where(observation.c.person_id == bindparam("person_id")))
_LAST_ATTACHMENT = Statement(select(func.coalesce(func.max(attachment.c.n), 0)).where(attachment.c.case_id == bindparam("case_id")))

_CASE_COLUMNS = (
    "stage", "stage_since", "subject_kind", "subject_id", "division", "place_id", "assignee", "wake_at", "due", "outcome", "record", "closed_at",
    "suspended_at", "definition", "workflow",
)  # fmt: skip
_WAKE_AT, _READ_WAKE = bindparam("wake_at", type_=Text()), bindparam("read_wake", type_=Text())
# Another case may have had the clock look here since this one was read, which is no new version of it: the earlier of the two instants stays.
_EARLIER = either(
    (case.c.wake_at.is_not_distinct_from(_READ_WAKE), _WAKE_AT),
    (and_(_WAKE_AT.is_not(None), case.c.wake_at > _WAKE_AT), _WAKE_AT),
    else_=case.c.wake_at,
)
# A case that is closed, or rests, is not looked at, whoever has asked for it meanwhile.
_AT_REST = or_(*(bindparam(name, type_=Text()).is_not(None) for name in ("closed_at", "suspended_at")))
_UPDATE_CASE = Statement(
    update(case)
    .where(case.c.case_id == bindparam("the_case"), case.c.version == bindparam("read_version"))
    .values({**{name: bindparam(name) for name in (*_CASE_COLUMNS, "version") if name != "wake_at"}, "wake_at": either((_AT_REST, null()), else_=_EARLIER)})
)
_WAKE = Statement(update(case).where(case.c.case_id == bindparam("the_case"), case.c.version == bindparam("read_version")).values(wake_at=_EARLIER))
_TASK_COLUMNS = (
    "name", "title", "state", "kind", "track", "occurrence", "doers", "about", "due", "anchor", "opened_at", "window_from", "closed_at", "closed_by",
    "happened", "input", "assignee", "claimed_by", "reason", "reminders", "late_done", "stage", "entered", "origin", "covers", "slot",
)  # fmt: skip
_UPDATE_TASK = Statement(
    update(task)
    .where(task.c.case_id == bindparam("the_case"), task.c.n == bindparam("the_n"))
    .values({**{name: bindparam(name) for name in _TASK_COLUMNS}, "version": task.c.version + 1})
)
_UPDATE_TIMER = Statement(
    update(timer)
    .where(timer.c.case_id == bindparam("the_case"), timer.c.n == bindparam("the_n"))
    .values({name: bindparam(name) for name in ("name", "due_at", "state", "entered", "anchor", "fired")})
)


@dataclass
class Loaded:
    """A case and the rows that go with it, as they stand in the tables.

    :param head: the digest of its last event; :param last_at: that event's instant.
    """

    case: Row
    tasks: list[Row]
    timers: list[Row]
    papers: list[Row]
    entries: list[Row]
    head: str
    last_at: str


@dataclass
class Written:
    """What one change writes. Dicts have the columns' names; ``case_id`` is filled in.

    :param case: the case row's new values; the whole row for a new case.
    :param read_version: the version it was read with; 0 for a new case. :param read_wake: when, as it was read, the clock was to look at it.
    :param events: dicts with ``n, at, recorded_at, actor, on_behalf, kind, transition, from_stage, to_stage, code_version`` and ``payload``.
    :param new_tasks, changed_tasks: the latter by ``n``; ``waiting``: the desk rows of all of them that are open.
    """

    case_id: str
    case: dict[str, Any]
    read_version: int
    head: str
    read_wake: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    new_tasks: list[dict[str, Any]] = field(default_factory=list)
    changed_tasks: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    new_timers: list[dict[str, Any]] = field(default_factory=list)
    changed_timers: list[dict[str, Any]] = field(default_factory=list)
    papers: list[dict[str, Any]] = field(default_factory=list)
    changed_papers: list[dict[str, Any]] = field(default_factory=list)
    referrals: list[dict[str, Any]] = field(default_factory=list)
    observations: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)


def load(tx: Tx, *, ref: str | None = None, case_id: str | None = None) -> Loaded | None:
    """A case by its reference or its id; None where there is none."""
    found = tx.one(_BY_REF, {"ref": ref}) if ref is not None else tx.one(_BY_ID, {"case_id": case_id})
    if found is None:
        return None
    key = {"case_id": found["case_id"]}
    return _loaded(found, [tx.rows(one, key) for one, _ in _PARTS])


def _loaded(found: Row, parts: Sequence[list[Row]]) -> Loaded:
    head, last_at = found.pop("head") or chain.GENESIS, found.pop("last_at") or found["opened_at"]
    tasks, timers, papers, entries = parts
    return Loaded(found, tasks, timers, papers, entries, head, last_at)


def load_many(tx: Tx, ids: Sequence[str], *, chunk: int = 500) -> Iterator[Loaded]:
    """Many cases by id, each with its rows, in five queries for a chunk of them; by reference within a chunk. Those that are not there, or say nothing since
    whom they were about is erased, are left out."""
    for start in range(0, len(ids), chunk):
        some = {"ids": list(ids[start : start + chunk])}
        found = tx.rows(_BY_IDS, some)
        rows = [_by_case(tx.rows(many, some)) for _, many in _PARTS]
        for one in found:
            yield _loaded(one, [each.get(one["case_id"], []) for each in rows])


def _by_case(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["case_id"], []).append(row)
    return found


def events(tx: Tx, case_id: str) -> list[Row]:
    """All events of a case with their payloads, oldest first."""
    return tx.rows(_EVENTS, {"case_id": case_id})


def refs(tx: Tx, ids: Sequence[str]) -> dict[str, str]:
    """The references of cases by their ids."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), 500):
        found |= {row["case_id"]: row["ref"] for row in tx.rows(_REFS, {"ids": list(ids[start : start + 500])})}
    return found


def filled_in(tx: Tx, case_id: str, n: int) -> str:
    """What was filled in when a paper was signed, as JSON."""
    found: str = tx.value(_FILLED_IN, {"case_id": case_id, "n": n}) or "{}"
    return found


def write(tx: Tx, written: Written) -> str:
    """Write one change, whole.

    :returns: the digest of the last event.
    :raises Conflict: ``case_changed``: somebody else changed the case since it was read; nothing was written.
    """
    key = {"case_id": written.case_id}
    if written.read_version == 0:
        tx.execute(_INSERT_CASE, {**key, **written.case})
    else:
        values = {name: written.case[name] for name in (*_CASE_COLUMNS, "version")}
        if tx.execute(_UPDATE_CASE, {**values, "the_case": written.case_id, "read_version": written.read_version, "read_wake": written.read_wake}) != 1:
            raise changed(written.case["ref"])
    head = _write_events(tx, written)
    tx.many(_INSERT_TASK, [{**key, **row} for row in written.new_tasks])
    tx.many(_UPDATE_TASK, [_keyed(written.case_id, row) for row in written.changed_tasks])
    tx.many(_CLEAR_WAITING, [{**key, "n": row["n"]} for row in written.changed_tasks])
    tx.many(_INSERT_WAITING, [{**key, **row} for row in written.waiting])
    tx.many(_INSERT_TIMER, [{**key, **row} for row in written.new_timers])
    tx.many(_UPDATE_TIMER, [_keyed(written.case_id, row) for row in written.changed_timers])
    tx.many(_INSERT_PAPER, [{**key, **row} for row in written.papers])
    for row in written.changed_papers:
        tx.execute(_UPDATE_PAPER, _keyed(written.case_id, row))
    tx.many(_INSERT_REFERRAL, [{"from_case": written.case_id, **row} for row in written.referrals])
    _write_observations(tx, written)
    if written.attachments:
        last = int(tx.value(_LAST_ATTACHMENT, key))
        tx.many(_INSERT_ATTACHMENT, [{**key, "n": last + n, **row} for n, row in enumerate(written.attachments, 1)])
    return head


def wake(
    tx: Tx, case_id: str, read_version: int, wake_at: str | None, timers: Sequence[Mapping[str, Any]] = (), *, read_wake: str | None
) -> None:  # fmt: skip
    """Set when the clock must look again, where nothing else changed: no event, no new version.

    A case that somebody changed meanwhile is left as he left it.
    """
    written = tx.execute(_WAKE, {"the_case": case_id, "read_version": read_version, "wake_at": wake_at, "read_wake": read_wake})
    if written == 1 and (not tx.desk or session.is_clock(tx)):  # a desk leaves a case's timers to the clock, which looks no later than it would have
        tx.many(_UPDATE_TIMER, [_keyed(case_id, row) for row in timers])


def changed(ref: str) -> Conflict:
    """The error for a case that is not as it was read."""
    return Conflict(
        "case_changed",
        N_("{ref} was changed by somebody else in the meantime"),
        hint=N_("nothing was written: look at it again, then repeat what is still needed"),
        ref=ref,
    )


def _write_events(tx: Tx, written: Written) -> str:
    head, rows, payloads = written.head, [], []
    for one in written.events:
        row = {"case_id": written.case_id, **{name: value for name, value in one.items() if name != "payload"}}
        sealed = chain.seal(chain.CASE, row, one["payload"], head)
        rows.append(sealed.row)
        payloads.append({"case_id": written.case_id, "n": one["n"], "salt": sealed.salt, "payload": sealed.payload})
        head = sealed.digest
    tx.many(_INSERT_EVENT, rows)
    tx.many(_INSERT_PAYLOAD, payloads)
    return head


def _write_observations(tx: Tx, written: Written) -> None:
    if not written.observations:
        return
    person = written.observations[0]["person_id"]
    last = int(tx.value(_LAST_OBSERVATION, {"person_id": person}))
    tx.many(_INSERT_OBSERVATION, [{**row, "case_id": written.case_id, "n": last + n} for n, row in enumerate(written.observations, 1)])


def _keyed(case_id: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"the_case": case_id, "the_n": row["n"], **{name: value for name, value in row.items() if name != "n"}}
