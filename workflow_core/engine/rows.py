"""Between the tables' rows and a case in memory: the only place that knows both."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from sys import intern
from typing import Any

from workflow_core.clock import stamp, unstamp
from workflow_core.definition import Workflow
from workflow_core.engine.state import CaseState, Changes, Entry, EventRow, PaperRow, Result, TaskRow, TimerRow
from workflow_core.engine.versions import MOVED, MOVED_BACK
from workflow_core.inputs import decode, encode
from workflow_core.store import cases
from workflow_core.store.canonical import dump
from workflow_core.store.database import Row
from workflow_core.store.ids import uuid7
from workflow_core.store.tables.columns import NO_DUE


def state_of(loaded: cases.Loaded, workflow: Workflow[Any, Any] | None) -> CaseState:
    """A case in memory from its rows. Words that many cases share are kept once: a plan may be made from a hundred thousand.

    :param workflow: None where its definition is not there any more: the record is then as it is stored.
    """
    row = loaded.case
    state = CaseState(
        case_id=row["case_id"],
        ref=row["ref"],
        program=intern(row["program"]),
        workflow=intern(row["workflow"]),
        definition=intern(row["definition"]),
        stage=intern(row["stage"]),
        stage_since=unstamp(row["stage_since"]),
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        whole_id=None if row["whole_id"] is None else intern(row["whole_id"]),
        division=intern(row["division"]),
        place_id=row["place_id"],
        assignee=row["assignee"],
        key=row["key"],
        outcome=row["outcome"],
        record=json.loads(row["record"]) if workflow is None else decode(workflow.record, json.loads(row["record"])),
        version=row["version"],
        opened_at=unstamp(row["opened_at"]),
        closed_at=_instant(row["closed_at"]),
        suspended_at=_instant(row["suspended_at"]),
        wake_at=_instant(row["wake_at"]),
        read_wake=_instant(row["wake_at"]),
        read_version=row["version"],
        head=loaded.head,
        last_at=unstamp(loaded.last_at),
    )
    state.tasks = {one["n"]: task_of(one) for one in loaded.tasks}
    state.timers = {one["n"]: timer_of(one) for one in loaded.timers}
    state.papers = {one["n"]: paper_of(one) for one in loaded.papers}
    before: list[list[Entry]] = []
    for entry in loaded.entries:
        at = unstamp(entry["at"])
        if entry["kind"] in (MOVED, MOVED_BACK):
            state.entries = _through_versions(state.entries, entry, before)
            continue
        state.entries.append(Entry(entry["n"], intern(entry["to_stage"]), at))
        given = json.loads(entry["payload"] or "{}").get("given") if entry["transition"] else None
        if given is not None:
            state.taken.append(Result(entry["n"], entry["transition"], at, entry["actor"], given))
    return state


def _through_versions(entries: list[Entry], moved: Row, before: list[list[Entry]]) -> list[Entry]:
    """The entries by the stages' names in the version that a case was taken to: the stays in them go on. ``before`` keeps them for the way back."""
    if moved["kind"] == MOVED_BACK:
        return before.pop() if before else entries
    before.append(entries)
    named: Mapping[str, str] = json.loads(moved["payload"] or "{}").get("stages", {})
    found = [Entry(one.n, named.get(one.stage, one.stage), one.at) for one in entries]
    if found and found[-1].stage != moved["to_stage"]:  # what was written then is erased
        found[-1] = Entry(found[-1].n, moved["to_stage"], found[-1].at)
    return found


def written_of(state: CaseState, changes: Changes, recorded_at: datetime, code_version: str, known: Callable[[str, int], bool]) -> cases.Written:
    """What the store must write for a change.

    :param known: whether a row of ``task`` or ``timer`` with that number was there when the case was read.
    """
    open_due = [row.due for row in state.open_tasks() if row.due is not None]
    written = cases.Written(
        case_id=state.case_id,
        case={
            "ref": state.ref,
            "program": state.program,
            "workflow": state.workflow,
            "definition": state.definition,
            "stage": state.stage,
            "stage_since": stamp(state.stage_since),
            "subject_kind": state.subject_kind,
            "subject_id": state.subject_id,
            "whole_id": state.whole_id,
            "division": state.division,
            "place_id": state.place_id,
            "assignee": state.assignee,
            "key": state.key,
            "wake_at": _stamped(state.wake_at),
            "due": min(open_due).isoformat() if open_due else None,
            "outcome": state.outcome,
            "record": dump(state.record if isinstance(state.record, dict) else encode(state.record)),
            "version": state.version,
            "opened_at": stamp(state.opened_at),
            "closed_at": _stamped(state.closed_at),
            "suspended_at": _stamped(state.suspended_at),
        },
        read_version=state.read_version,
        read_wake=_stamped(state.read_wake),
        head=state.head,
        events=[_event(one, recorded_at, code_version) for one in changes.events],
        attachments=[{**one, "at": stamp(one["at"])} for one in changes.attachments],
    )
    for row in changes.tasks.values():
        (written.changed_tasks if known("task", row.n) else written.new_tasks).append(task_row(row))
        if row.state == "open":
            written.waiting += waiting_rows(state, row)
    for paper in changes.papers.values():
        (written.changed_papers if known("paper", paper.n) else written.papers).append(paper_row(paper))
    for timer in changes.timers.values():
        (written.changed_timers if known("timer", timer.n) else written.new_timers).append(timer_row(timer))
    written.referrals = [
        {
            "referral_id": uuid7(),
            "program": one["program"],
            "division": state.division,
            "subject_kind": state.subject_kind,
            "subject_id": state.subject_id,
            "reason": one["reason"],
            "urgent": int(one["urgent"]),
            "reply_task": one["reply"],
            "state": "waiting",
            "asked_at": stamp(one["at"]),
            "asked_by": changes.events[-1].actor,
        }
        for one in changes.referrals
    ]
    written.observations = [
        {
            "person_id": state.subject_id,
            "name": one["name"],
            "value": dump(plain(one["value"])),
            "unit": one["unit"] or None,
            "about": one.get("about") or None,
            "happened": one["on"].isoformat(),
            "program": state.program,
            "recorded_at": stamp(one["at"]),
            "recorded_by": one["actor"],
        }
        for one in changes.observations
    ]
    return written


def waiting_rows(state: CaseState, row: TaskRow) -> list[dict[str, Any]]:
    """The desk rows of one open task: one for each role that may do it."""
    due = NO_DUE if row.due is None else row.due.isoformat()
    return [
        {"n": row.n, "role": role, "division": state.division, "due": due, "place_id": state.place_id, "assignee": row.assignee}
        for role in dict.fromkeys(row.doers)
    ]


def timer_row(row: TimerRow) -> dict[str, Any]:
    """A timer as the table has it."""
    return {
        "n": row.n,
        "name": row.name,
        "due_at": _stamped(row.due_at),
        "state": row.state,
        "entered": str(row.entered),
        "anchor": row.anchor or None,
        "fired": row.fired,
    }


def timer_of(row: Mapping[str, Any]) -> TimerRow:
    """A timer in memory from its row."""
    return TimerRow(row["n"], intern(row["name"]), int(row["entered"]), intern(row["state"]), _instant(row["due_at"]), row["anchor"] or "", row["fired"])


def task_of(row: Mapping[str, Any]) -> TaskRow:
    """A task in memory from its row."""
    return TaskRow(
        n=row["n"],
        name=row["name"],
        title=row["title"],
        kind=row["kind"],
        stage=row["stage"],
        entered=row["entered"],
        doers=_names(row["doers"]),
        opened_at=unstamp(row["opened_at"]),
        state=row["state"],
        track=row["track"],
        occurrence=row["occurrence"],
        about=row["about"] or "",
        due=_day(row["due"]),
        anchor=row["anchor"] or "",
        window_from=_day(row["window_from"]),
        closed_at=_instant(row["closed_at"]),
        closed_by=row["closed_by"],
        happened=_day(row["happened"]),
        input=None if row["input"] is None else json.loads(row["input"]),
        assignee=row["assignee"],
        claimed_by=row["claimed_by"],
        reason=row["reason"],
        reminders=row["reminders"],
        late_done=bool(row["late_done"]),
        origin=row["origin"] or "",
        covers=row["covers"],
        slot=_instant(row["slot"]),
    )


@lru_cache(maxsize=1024)
def _names(stored: str) -> tuple[str, ...]:
    """Roles as they are stored with a task: a program has few lists of them."""
    return tuple(json.loads(stored))


@lru_cache(maxsize=1024)
def _stored(names: tuple[str, ...]) -> str:
    return dump(list(names))


def task_row(row: TaskRow) -> dict[str, Any]:
    """A task as the table has it."""
    return {
        "n": row.n,
        "name": row.name,
        "title": row.title,
        "state": row.state,
        "kind": row.kind,
        "track": row.track,
        "occurrence": row.occurrence,
        "doers": _stored(row.doers),
        "about": row.about or None,
        "due": _iso(row.due),
        "anchor": row.anchor or None,
        "opened_at": stamp(row.opened_at),
        "window_from": _iso(row.window_from),
        "closed_at": _stamped(row.closed_at),
        "closed_by": row.closed_by,
        "happened": _iso(row.happened),
        "input": None if row.input is None else dump(row.input),
        "assignee": row.assignee,
        "claimed_by": row.claimed_by,
        "reason": row.reason,
        "reminders": row.reminders,
        "late_done": int(row.late_done),
        "stage": row.stage,
        "entered": row.entered,
        "origin": row.origin or None,
        "covers": row.covers,
        "slot": _stamped(row.slot),
    }


def paper_of(row: Mapping[str, Any]) -> PaperRow:
    """A paper in memory from its row, without what was filled in."""
    return PaperRow(
        n=row["n"],
        name=row["name"],
        title=row["title"],
        state=row["state"],
        drafted_at=unstamp(row["drafted_at"]),
        drafted_by=row["drafted_by"],
        number=row["number_text"] or "",
        issuer=row["issuer"],
        year=row["year"],
        serial=row["number"],
        template=row["template"],
        content=row["content"],
        sealed=row["sealed"],
        signed_at=_instant(row["signed_at"]),
        signed_by=row["signed_by"],
        served_on=_day(row["served_on"]),
        receipt=None if row["receipt"] is None else json.loads(row["receipt"]),
        scan=row["scan"],
        answered_on=_day(row["answered_on"]),
        answer=row["answer"],
        voided_at=_instant(row["voided_at"]),
        void_reason=row["void_reason"],
    )


def paper_row(row: PaperRow) -> dict[str, Any]:
    """A paper as the table has it."""
    filled = {} if row.fields is None else {"fields": dump(row.fields)}  # what was signed is written once, and never again
    return {
        "n": row.n,
        "name": row.name,
        "title": row.title,
        "state": row.state,
        "drafted_at": stamp(row.drafted_at),
        "drafted_by": row.drafted_by,
        "number_text": row.number or None,
        "issuer": row.issuer,
        "year": row.year,
        "number": row.serial,
        "template": row.template,
        "content": row.content,
        "sealed": row.sealed,
        "signed_at": _stamped(row.signed_at),
        "signed_by": row.signed_by,
        "served_on": _iso(row.served_on),
        "receipt": None if row.receipt is None else dump(row.receipt),
        "scan": row.scan,
        "answered_on": _iso(row.answered_on),
        "answer": row.answer,
        "voided_at": _stamped(row.voided_at),
        "void_reason": row.void_reason,
        **filled,
    }


def _event(row: EventRow, recorded_at: datetime, code_version: str) -> dict[str, Any]:
    return {
        "n": row.n,
        "at": stamp(row.at),
        "recorded_at": stamp(recorded_at),
        "actor": row.actor,
        "on_behalf": row.on_behalf,
        "kind": row.kind,
        "transition": row.transition,
        "from_stage": row.from_stage,
        "to_stage": row.to_stage,
        "code_version": code_version,
        "payload": plain(row.payload),
    }


_AS_IT_IS = frozenset({str, int, float, bool})


def plain(value: Any) -> Any:
    """A value as JSON has it: dates, choices and forms in the form they are stored in."""
    if value is None or type(value) in _AS_IT_IS:
        return value
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return encode(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    return value


def _stamped(value: datetime | None) -> str | None:
    return None if value is None else stamp(value)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else unstamp(text)


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
