"""Entering into registers: by a person at a desk, by an effect in a step, and what follows from an entry.

An entry is written in a short transaction of its own that holds the register and not the case, so that any number of desks may enter while others
change the case. What follows from it (``do``, ``closed``, ``late``) leaves with the commit as a letter to the case itself, and is a step like any other.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_args

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date, stamp
from workflow_core.definition import AUTOMATIC, CaseRef, Register, form_fields, path_of
from workflow_core.engine import asking, machine
from workflow_core.engine.entries import Matter, NewEntry, find_register, matters, row_of, slot_of, standing
from workflow_core.engine.keeping import must_be_open
from workflow_core.engine.register_letters import post
from workflow_core.engine.register_writing import judged, write
from workflow_core.engine.runtime import Runtime, not_suspended
from workflow_core.engine.work import Work
from workflow_core.errors import Misused, NotFound, Problem, Refused
from workflow_core.i18n import N_, Label
from workflow_core.inputs import encode, encode_value, validate, validate_some
from workflow_core.inputs.codec import shape_of
from workflow_core.store import among, registers
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
            done.append(replace(desk.take(given, which, confirm, trial=dry_run), dry_run=dry_run))
            if dry_run:
                raise _Undo

    with contextlib.suppress(_Undo):
        again(runtime.db, write)
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

    def take(self, given: Mapping[str, object], which: Which, confirm: str = "", *, trial: bool = False) -> Entered:
        """Check an entry and write it; all that is wrong is told at once.

        :param trial: it is undone at the end: then a file that it names need not be kept yet.
        """
        of = self._meant(which)
        row = self._row(given, of, which, trial=trial)
        new = judged(self.work, self.register, self.found, row, self.now, self.work.actor, kind=which.kind, of=of, reason=which.reason)
        if new.kind != "struck":
            self._settle(new, confirm)
        n = write(self.tx, self.work, new, self.now)
        self._follow(new, n)
        self.look_again()
        first = n if new.of is None else new.of
        return Entered(self.work.state.ref, self.register.name, self.register.title, n, first, new.kind, new.is_open, new.due)

    def look_again(self) -> None:
        """Read what stands in the register anew: something was written, or undone."""
        self.work.world.forget_entries(self.work.state.case_id)
        self.found = self._matters()

    def read(self, given: Mapping[str, object]) -> dict[str, Any]:
        """What is given, as it would be stored.

        :raises Misused: ``input_invalid``.
        """
        return _encoded(self.register.row, validate_some(self.register.row, given, school_year=self.year))

    def _matters(self) -> list[Matter]:
        return matters(self.work.world.entries(self.work.state.case_id), self.register)

    def _meant(self, which: Which) -> Matter | None:
        if which.n is None:
            return None
        values: dict[str, Any] = {"ref": self.work.state.ref, "register": self.register.name, "n": which.n}
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

    def _row(self, given: Mapping[str, object], of: Matter | None, which: Which, *, trial: bool) -> Any:
        """The row: of an entry that follows an earlier one, what that said with what is given now."""
        form = self.register.row
        if which.kind == "struck" and of is not None:
            return row_of(self.register, of)
        try:
            said = validate_some(form, given, school_year=self.year)
        except Misused:
            if of is None:
                validate(form, given, school_year=self.year)  # tells what is missing, too
            raise
        if of is None:
            of = self._closed_by(said)
        row: Any = validate(form, given, school_year=self.year) if of is None else validate(form, {**(of.said or {}), **_encoded(form, said)})
        wrong = self._names(row) + ([] if trial else asking.files_not_kept(self.work, encode(row)))
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
                values = {"label": Label(field.asked.label), "case": here.ref}
                problems.append(Problem("case_not_here", N_("{label}: there is no such case here"), name, N_("see: care case list --whole {case}"), values))
        return problems

    def _settle(self, new: NewEntry, confirm: str) -> None:
        """Ask the checks, and whether it has happened yet."""
        if new.happened > (civil_date(self.now).isoformat() if len(new.happened) == 10 else stamp(self.now)):
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
    return {name: encode_value(form, name, value) for name, value in said.items()}


def _records(annotation: Any) -> Sequence[Any]:
    """The record classes that a field of ``CaseRef[…]`` names, however deep."""
    inner = get_args(annotation)
    return [one for part in inner for one in ([part, *_records(part)])]
