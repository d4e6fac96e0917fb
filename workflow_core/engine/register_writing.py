"""What an entry of a register is, among those that are there; and writing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from workflow_core.clock import day_begins, stamp, unstamp
from workflow_core.definition import Enter, Register, path_of
from workflow_core.engine.due import reckon
from workflow_core.engine.entries import Matter, NewEntry, happened, is_filled, matters, slot_of, standing
from workflow_core.engine.work import Work
from workflow_core.errors import Misused, Refused
from workflow_core.i18n import N_
from workflow_core.inputs import encode
from workflow_core.store import registers
from workflow_core.store.database import Tx


def judged(
    work: Work,
    register: Register[Any],
    found: Sequence[Matter],
    row: Any,
    at: datetime,
    by: str,
    *,
    kind: str = "entered",
    of: Matter | None = None,
    reason: str = "",
) -> NewEntry:
    """What an entry is, among those that are there: a new matter, the end of an open one, a correction.

    :raises Refused: ``entry_open``, ``entry_not_open``. :raises Misused: ``entry_not_closed``.
    """
    slot, filled = slot_of(register, row), is_filled(register, row)
    if of is None and filled and slot is not None:
        of = standing(found, slot)
        kind = kind if of is None else "closed"
    values: dict[str, Any] = {"register": register.name, "ref": work.state.ref, "n": 0 if of is None else of.n}
    if kind == "closed" and of is not None and not of.is_open:
        raise Refused("entry_not_open", N_("the entry {n} does not stand open"), hint=N_("see: care case entries {ref} {register}"), **values)
    if kind == "closed" and not filled:
        until = path_of(register.open_until)
        name = "" if until is None else until.careflow_name
        raise Misused("entry_not_closed", N_("it is not said by what the entry {n} is closed"), hint=N_("give the field {field}"), **values, field=name)
    stands = kind != "struck" and ((register.open_until is not None and not filled) or (register.open_until is None and slot is not None))
    if stands and slot is not None:
        other = standing(found, slot)
        if other is not None and (of is None or other.n != of.n):
            values["n"] = other.n or 0
            hint = N_("close it, or correct it: care case entries {ref} {register}")
            raise Refused("entry_open", N_("there is an open entry of the same already, number {n}"), hint=hint, **values)
    when = happened(register, row, at) if of is None or register.happened is not None else of.happened
    due = _due(work, register, row, when, at) if stands else None
    return NewEntry(register, kind, None if of is None else of.n, row, encode(row), when, slot, stands, due, reason, at, by)


def _due(work: Work, register: Register[Any], row: Any, when: str, at: datetime) -> datetime | None:
    if register.due is None:
        return None
    began = unstamp(when) if len(when) > 10 else day_begins(date.fromisoformat(when))
    view = work.view(at, row)
    found = reckon(register.due, began, view, lambda: work.world.calendar(work.state.division), view.terms)
    return None if found is None else found.at


def write(tx: Tx, work: Work, new: NewEntry, now: datetime) -> int:
    """Write an entry; its register must be held. Its number."""
    case_id, name = work.state.case_id, new.register.name
    says = {"row": new.said, **({"reason": new.reason} if new.reason else {}), **({"confirmed": True} if work.warnings else {})}
    row = {"of": new.of, "kind": new.kind, "happened": new.happened, "slot": new.slot}
    n = registers.enter(tx, case_id, name, row, says, actor=new.by, now=now, subject=work.state.subject_id)
    noticed = False
    if new.of is not None:
        before = next((one for one in work.world.entries(case_id) if one["register"] == name and one["n"] == new.of), None)
        due = None if new.due is None else stamp(new.due)
        noticed = before is not None and bool(before["late_done"]) and before["due"] == due
        registers.close(tx, case_id, name, new.of)
    if new.is_open:
        registers.stand_open(tx, case_id, name, n if new.of is None else new.of, new.slot, new.due, late_done=noticed)
    return n


def write_step(tx: Tx, work: Work, now: datetime) -> None:
    """Write what a step has entered, after its case: as it stands now, since others may have entered meanwhile."""
    waiting = sorted(work.changes.entries, key=lambda one: one.register.name)
    for new in waiting:
        registers.hold(tx, work.state.case_id, new.register.name)
        work.world.forget_entries(work.state.case_id)
        found = matters(work.world.entries(work.state.case_id), new.register)
        of = next((one for one in found if one.n == new.of), None) if new.of is not None else None
        write(tx, work, judged(work, new.register, found, new.row, new.at, new.by, kind=new.kind, of=of), now)
    if waiting:
        work.world.forget_entries(work.state.case_id)


def enter_in_step(work: Work, effect: Enter, row: Any, at: datetime) -> None:
    """Enter into a register in the step at hand; it is written with the step, and ``do`` (or ``closed``) is carried out in it.

    :raises Refused: ``entry_open``.
    """
    from workflow_core.engine.effects import apply

    register = effect.register
    found = matters(work.world.entries(work.state.case_id), register, work.changes.entries)
    new = judged(work, register, found, row, at, work.event.actor)
    work.changes.entries.append(new)
    work.did("entered", register=register.name)
    before = work.given
    for one in register.closed if new.kind == "closed" else register.do:
        work.given = row  # a transition that one of them fires has an input of its own
        apply(work, [one], at)
    work.given = before
