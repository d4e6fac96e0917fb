"""Entering into registers: by a person at a desk, by an effect in a step, and what follows from an entry.

An entry is written in a short transaction of its own that holds the register and not the case, so that any number of desks may enter while others
change the case. What follows from it (``do``, ``closed``, ``late``) leaves with the commit as a letter to the case itself, and is a step like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_args

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date, stamp, unstamp
from workflow_core.definition import AUTOMATIC, CaseRef, Effect, Register, form_fields, path_of
from workflow_core.engine import asking, machine
from workflow_core.engine.due import reckon
from workflow_core.engine.entries import Matter, NewEntry, find_register, happened, is_filled, matters, slot_of, standing
from workflow_core.engine.keeping import must_be_open
from workflow_core.engine.runtime import Runtime, not_suspended
from workflow_core.engine.work import Work
from workflow_core.errors import Misused, NotFound, Problem, Refused
from workflow_core.i18n import N_, Label
from workflow_core.inputs import encode, validate, validate_some
from workflow_core.inputs.codec import shape_of
from workflow_core.store import among, outbox, registers
from workflow_core.store.again import again
from workflow_core.store.database import Tx


@dataclass(frozen=True)
class Entered:
    """What became of an entry.

    :param n: its number in the register. :param of: the number of the first entry of its matter.
    :param kind: ``entered``, ``closed``, ``corrected``, ``struck``. :param is_open: the matter stands open, until ``due`` where there is one.
    """

    ref: str
    register: str
    title: str
    n: int
    of: int
    kind: str
    is_open: bool
    due: datetime | None
    dry_run: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        due = None if self.due is None else stamp(self.due)
        return {
            "ref": self.ref, "register": self.register, "n": self.n, "of": self.of, "kind": self.kind, "open": self.is_open, "due": due, "dry_run": self.dry_run
        }  # fmt: skip


@dataclass(frozen=True)
class Which:
    """Which earlier entry a new one is about, by number, and why. At most one of the three.

    :param closes: it stands open and is closed. :param corrects: it was wrong. :param strikes: it should not be there at all.
    """

    closes: int | None = None
    corrects: int | None = None
    strikes: int | None = None
    reason: str = ""

    @property
    def kind(self) -> str:
        """What the new entry is."""
        return "closed" if self.closes is not None else "corrected" if self.corrects is not None else "struck" if self.strikes is not None else "entered"

    @property
    def n(self) -> int | None:
        """The number of the earlier entry."""
        return next((one for one in (self.closes, self.corrects, self.strikes) if one is not None), None)


class _Undo(Exception):
    """Leaves a dry run's transaction without its changes."""


def enter(
    runtime: Runtime,
    actor: Actor,
    ref: str,
    register: str,
    given: Mapping[str, object],
    *,
    closes: int | None = None,
    corrects: int | None = None,
    strikes: int | None = None,
    reason: str = "",
    confirm: str = "",
    dry_run: bool = False,
) -> Entered:
    """Write an entry into a register of a case. The case's version stays as it is.

    :param given: fields of the register's row; of one that closes or corrects, what differs from the earlier entry.
    :param closes, corrects, strikes: the number of an earlier entry. :param reason: why it is corrected or struck out; it is kept.
    :raises NotFound: ``case_unknown``, ``register_unknown``, ``entry_unknown``.
    :raises NotPermitted: ``not_permitted``. :raises Misused: ``input_invalid``, ``reason_missing``, ``entry_not_one``.
    :raises Refused: ``entry_open``: its like stands open; ``entry_not_open``, ``entry_struck``, ``happened_in_future``, ``denied``, ``confirm_needed``,
        ``case_closed``, ``suspended``.
    """
    which = Which(closes, corrects, strikes, reason.strip())
    if sum(one is not None for one in (closes, corrects, strikes)) > 1:
        raise Misused("entry_not_one", N_("an entry closes one, corrects one, or strikes one out: not several of these"), hint=N_("give one of them"))
    done: list[Entered] = []

    def write() -> None:
        done.clear()
        with runtime.committing(), runtime.db.write() as tx:
            desk = Desk.at(runtime, tx, actor, ref, register, which)
            done.append(replace(desk.take(given, which, confirm), dry_run=dry_run))
            if dry_run:
                raise _Undo

    try:
        again(runtime.db, write)
    except _Undo:
        pass
    return done[0]


class Desk:
    """A register of one case, held until the transaction ends, for somebody who may enter into it."""

    def __init__(self, runtime: Runtime, tx: Tx, work: Work, register: Register[Any], now: datetime) -> None:
        self.runtime, self.tx, self.work, self.register, self.now = runtime, tx, work, register, now
        self.year = asking.school_year(civil_date(now))
        self.found = self._matters()

    @classmethod
    def at(cls, runtime: Runtime, tx: Tx, actor: Actor, ref: str, name: str, which: Which) -> Desk:
        """The desk; see ``enter`` for what is raised."""
        work = runtime.work(tx, ref, actor)
        register = find_register(work.workflow, name)
        runtime.demand(actor, register.doers, work.state)
        if which.corrects is None and which.strikes is None:  # what is wrong is put right in a closed case, too
            must_be_open(work)
            not_suspended(work)
        registers.hold(tx, work.state.case_id, register.name)
        return cls(runtime, tx, work, register, runtime.clock.now())

    def take(self, given: Mapping[str, object], which: Which, confirm: str = "") -> Entered:
        """Check an entry and write it; all that is wrong is told at once."""
        of = self._meant(which)
        row = self._row(given, of, which)
        new = judged(self.work, self.register, self.found, row, self.now, self.work.actor, kind=which.kind, of=of, reason=which.reason)
        if new.kind != "struck":
            self._settle(new, confirm)
        n = write(self.tx, self.work, new, self.now)
        self._follow(new, n)
        self.work.world.forget_entries(self.work.state.case_id)
        self.found = self._matters()
        first = n if new.of is None else new.of
        return Entered(self.work.state.ref, self.register.name, self.register.title, n, first, new.kind, new.is_open, new.due)

    def _matters(self) -> list[Matter]:
        return matters(self.work.world.entries(self.work.state.case_id), self.register)

    def _meant(self, which: Which) -> Matter | None:
        if which.n is None:
            return None
        values = {"ref": self.work.state.ref, "register": self.register.name, "n": which.n}
        rows = self.work.world.entries(self.work.state.case_id)
        first = next((row["of"] for row in rows if row["register"] == self.register.name and row["n"] == which.n), None)
        if first is None:
            hint = N_("see: care case entries {ref} {register}")
            raise NotFound("entry_unknown", N_("{register} has no entry {n}"), hint=hint, **values)
        if which.kind != "closed" and not which.reason:
            raise Misused("reason_missing", N_("this needs a reason, which is kept"), hint=N_("add --reason"))
        found = next(one for one in self.found if one.n == first)
        if found.struck:
            raise Refused("entry_struck", N_("the entry {n} was struck out"), hint=N_("enter it anew"), **values)
        if found.said is None:
            raise Refused("entry_erased", N_("what the entry {n} said was erased"), hint=N_("enter it anew"), **values)
        return found

    def _row(self, given: Mapping[str, object], of: Matter | None, which: Which) -> Any:
        """The row: of an entry that follows an earlier one, what that said with what is given now."""
        form = self.register.row
        if which.kind == "struck":
            return validate(form, of.said or {} if of is not None else {}, school_year=self.year)
        try:
            said = validate_some(form, given, school_year=self.year)
        except Misused:
            if of is None:
                validate(form, given, school_year=self.year)  # tells what is missing, too
            raise
        if of is None:
            of = self._closed_by(said)
        row: Any = validate(form, given, school_year=self.year) if of is None else validate(form, {**(of.said or {}), **_encoded(form, said)})
        wrong = self._names(row) + _lost(self.work, row)
        if wrong:
            raise Misused("input_invalid", N_("the input is not right"), hint=N_("nothing was written: correct it and give it again"), problems=wrong)
        return row

    def _closed_by(self, said: Mapping[str, Any]) -> Matter | None:
        """The open matter that these fields close, by the values of ``one_open_per``."""
        until = path_of(self.register.open_until)
        keys = [path.careflow_name for path in map(path_of, self.register.keys) if path is not None]
        if until is None or not keys or said.get(until.careflow_name) is None or not all(said.get(one) is not None for one in keys):
            return None
        return standing(self.found, slot_of(self.register, _Said(said)) or "")

    def _names(self, row: Any) -> list[Problem]:
        """What is wrong with the cases that the row names."""
        wanted: list[tuple[str, Any, str]] = []
        for name, field in form_fields(self.register.row).items():
            if shape_of(field.type).base is CaseRef:
                value = getattr(row, name)
                refs = [] if value is None else list(value) if isinstance(value, (tuple, list, frozenset)) else [value]
                wanted += [(name, field, ref) for ref in refs]
        known = registers.named(self.tx, [ref for _, _, ref in wanted])
        here = self.work.state
        problems = []
        for name, field, ref in wanted:
            other = known.get(ref)
            records = [one for one in _records(field.type) if isinstance(one, type)]
            flows = [one for one in self.work.program.workflows if one.record in records] or list(self.work.program.workflows)
            fits = other is not None and other["program"] == here.program and any(one.name == other["workflow"] for one in flows)
            part = fits and other is not None and any(one.name == other["workflow"] and one.part_of is self.work.workflow.record for one in flows)
            if not fits or (part and other is not None and other["whole_id"] != here.case_id):
                hint = N_("see: care case list --whole {case}")
                problems.append(Problem("case_not_here", N_("{label}: there is no such case here"), name, hint, {"label": Label(field.asked.label), "case": here.ref}))
        return problems

    def _settle(self, new: NewEntry, confirm: str) -> None:
        """Ask the checks, and whether it has happened yet."""
        if new.happened[:10] > (civil_date(self.now).isoformat() if len(new.happened) == 10 else stamp(self.now)[:10]) or (
            len(new.happened) > 10 and new.happened > stamp(self.now)
        ):
            raise Refused("happened_in_future", N_("that day is still to come"), hint=N_("give the day it happened"))
        view = self.work.view(self.now, new.row)
        said = [machine.ask_guard(_asked(check, new.row), view) for check in self.register.checks]
        asking.settle(self.work, [one for one in said if one is not None], confirm)

    def _follow(self, new: NewEntry, n: int) -> None:
        """Have the case do what follows, right after the commit; and look at what moves by itself."""
        which = [name for name, effects in (("do", self.register.do), ("closed", self.register.closed)) if effects and name == _WHICH.get(new.kind)]
        state = self.work.state
        for name in which:
            item = post(self.tx, self.work, new.register, name, n, n if new.of is None else new.of, new.at, self.now)
            self.runtime.left.letters += [item] if item is not None else []
        if state.is_open and any(AUTOMATIC in one.doers for one in self.work.workflow.transitions):
            among.wake(self.tx, [state.case_id], self.now)


_WHICH = {"entered": "do", "closed": "closed"}


class _Said:
    """Fields by name, where a row is not whole yet."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.__dict__.update(said)


def _asked(check: Any, row: Any) -> Any:
    def ask(case: Any) -> Any:
        return check(case, row)

    ask.__name__ = getattr(check, "__name__", "check")
    return ask


def _encoded(form: type[Any], said: Mapping[str, Any]) -> dict[str, Any]:
    from workflow_core.inputs import encode_value

    return {name: encode_value(form, name, value) for name, value in said.items()}


def _records(annotation: Any) -> Sequence[Any]:
    """The record classes that a field of ``CaseRef[…]`` names, however deep."""
    inner = get_args(annotation)
    return [one for part in inner for one in ([part, *_records(part)])]


def _lost(work: Work, row: Any) -> list[Problem]:
    return asking.files_not_kept(work, encode(row))


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
    values = {"register": register.name, "ref": work.state.ref, "n": 0 if of is None else of.n}
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
    from workflow_core.clock import day_begins

    began = unstamp(when) if len(when) > 10 else day_begins(datetime.fromisoformat(when).date())
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


def post(tx: Tx, work: Work, register: Register[Any], which: str, n: int, of: int, at: datetime, now: datetime) -> str | None:
    """Put into the outbox what follows from an entry; the letter's id."""
    state = work.state
    payload = {
        "case": state.ref, "from": state.case_id, "event": 0, "program": work.program.name, "to": state.case_id, "to_ref": state.ref, "hops": 0,
        "register": register.name, "entry": n, "of": of, "which": which, "at": stamp(at),
    }  # fmt: skip
    return outbox.put(tx, "effect", f"{state.case_id}/{register.name}/{n}/{which}", payload, now, case_id=state.case_id)


def follow(runtime: Runtime, tx: Tx, said: Mapping[str, Any]) -> None:
    """Carry out what follows from an entry, as a step of its case; nothing where the case, or what was late, is closed by now."""
    from workflow_core.engine.clockwork import catch_up
    from workflow_core.engine.effects import apply
    from workflow_core.engine.entries import row_of
    from workflow_core.engine.reconcile import reconcile
    from workflow_core.engine.runtime import SYSTEM_ACTOR
    from workflow_core.engine.work import SYSTEM_LOGIN

    work = runtime.work(tx, said["to_ref"], SYSTEM_ACTOR, case_id=said["to"])
    register, late = find_register(work.workflow, said["register"]), said["which"] == "late"
    found = next((one for one in matters(work.world.entries(work.state.case_id), register) if one.n == said["of"]), None)
    if found is None or found.said is None or found.struck or not work.state.is_open or (late and not found.is_open):
        return
    not_suspended(work)
    at = max(unstamp(said["at"]), work.last_at)
    catch_up(work, at)
    work.begin("entry_late" if late else "entry_followed", at, actor=SYSTEM_LOGIN, register=register.name, entry=said["entry"])
    effects: Sequence[Effect] = getattr(register, said["which"])
    row = row_of(register, found)
    for effect in effects:
        work.given = row  # a transition that one of them fires has an input of its own
        apply(work, [effect], at, origin=f"entry:{register.name}/{said['of']}/{said['which']}")
    work.given = None
    reconcile(work, at)
    work.follow(at)
    runtime.ask_vetoes(work)
    runtime.save(tx, work, runtime.clock.now())


def notice_late(runtime: Runtime, *, most: int = 200) -> int:
    """Have each case do what is to be done about what stands open past its time: once, and dated by when it fell due.

    :returns: how many were found.
    """
    now, done = runtime.clock.now(), 0
    while True:
        with runtime.db.read() as tx:
            rows = registers.late(tx, now, most)
        for row in rows:
            again(runtime.db, lambda row=row: _notice(runtime, row, now))  # type: ignore[misc]
        done += len(rows)
        if len(rows) < most:
            return done


def _notice(runtime: Runtime, row: Mapping[str, Any], now: datetime) -> None:
    from workflow_core.engine.runtime import SYSTEM_ACTOR

    with runtime.committing(), runtime.db.write() as tx:
        if not registers.noticed(tx, row["case_id"], row["register"], row["n"]):
            return
        program = runtime.registry.programs.get(row["program"])
        workflow = next((one for one in program.workflows if one.name == row["workflow"]), None) if program is not None else None
        register = next((one for one in workflow.registers if one.name == row["register"]), None) if workflow is not None else None
        if register is None or not register.late:
            return
        work = runtime.work(tx, row["ref"], SYSTEM_ACTOR, case_id=row["case_id"])
        item = post(tx, work, register, "late", row["n"], row["n"], unstamp(row["due"]), now)
        runtime.left.letters += [item] if item is not None else []
