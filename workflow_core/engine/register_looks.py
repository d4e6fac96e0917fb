"""What was entered in registers, for people: by those who may see it, personal fields masked unless a purpose is given, and each look recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflow_core.access import looks, masking
from workflow_core.access.grants import Actor
from workflow_core.definition import Register
from workflow_core.definition.snapshot import fields_of, snapshot
from workflow_core.engine.doers import roles_of
from workflow_core.engine.entries import find_register, matters
from workflow_core.engine.hiding import eyes_on, people_in
from workflow_core.engine.reading import Titles, titles_of
from workflow_core.engine.runtime import Runtime, not_permitted
from workflow_core.store import cases, journal, registers
from workflow_core.store.canonical import load
from workflow_core.store.database import Row, Tx


@dataclass(frozen=True)
class EntriesShown:
    """A register of a case, as a screen shows it.

    :param titles: what its fields and choices are called. :param entries: as they were written, each with ``n``, ``of``, ``kind``,
        ``at``, ``by``, ``happened``, ``row`` (masked), ``reason``, ``open``, ``due``, ``erased``, and whether it still ``holds``.
    """

    ref: str
    register: str
    title: str
    titles: Titles
    entries: tuple[dict[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"ref": self.ref, "register": self.register, "entries": list(self.entries)}


def entries(
    runtime: Runtime, actor: Actor, ref: str, register: str, *, open_only: bool = False, unmasked: bool = False, purpose: str = ""
) -> EntriesShown:  # fmt: skip
    """Every entry of a register, oldest first, those that were corrected or struck out among them. The journal keeps who read it, and why.

    :param open_only: only the latest of each matter that stands open. :param unmasked: personal fields whole, to who acts in the case or is named by the
        register to read it; needs a purpose, which is kept.
    :raises NotFound: ``case_unknown``, ``register_unknown``. :raises NotPermitted: ``not_permitted``. :raises Misused: ``purpose_missing``.
    """
    if unmasked:
        looks.said(purpose)
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        work = runtime.work(tx, ref, actor)
        what, state = find_register(work.workflow, register), work.state
        if not may_see(actor, what, _place(state)):
            raise not_permitted(tuple(what.seen_by))
        rows = [row for row in work.world.entries(state.case_id) if row["register"] == what.name]
        unmasked = unmasked and (bool(what.seen_by) or _acts(runtime, tx, actor, state.case_id))  # as in a ledger
        own = () if unmasked else people_in(tx, {name: getattr(state, name) for name in ("case_id", "subject_id", "subject_kind")})
        shown = tuple(_shown(rows, what, roles_at(actor, what, _place(state)), unmasked=unmasked, names=own))
        says = {"case": state.ref, "register": what.name, "masked": not unmasked, "purpose": purpose.strip()}
        stream = journal.account_stream(actor.account_id or actor.login, now)
        journal.append(tx, stream, actor.login, "register_read", says, now, subject=state.subject_id)
    titles = titles_of(snapshot(work.program), work.workflow.name)
    return EntriesShown(state.ref, what.name, what.title, titles, tuple(one for one in shown if (one["open"] and one["holds"]) or not open_only))


def _acts(runtime: Runtime, tx: Tx, actor: Actor, case_id: str) -> bool:
    loaded = cases.load(tx, case_id=case_id)
    return loaded is not None and eyes_on(runtime, tx, actor, loaded.case).acts


def may_see(actor: Actor, register: Register[Any], place: Mapping[str, Any]) -> bool:
    """Whether somebody who sees the case may see what was entered there. :param place: ``division``, ``place_id``, ``program``."""
    return not register.seen_by or any(actor.may(who.name, **place) for who in roles_of(tuple(register.seen_by)))


def roles_at(actor: Actor, register: Register[Any], place: Mapping[str, Any]) -> frozenset[str]:
    """Those roles of somebody, in that place, for which alone a field of the row may be seen."""
    named = {role for field in _along(fields_of(register.row)) for role in field["seen_by"]}
    return frozenset(one for one in named if actor.may(one, **place))


def masked(
    register: Register[Any], said: Mapping[str, Any], roles: frozenset[str], *, unmasked: bool = False, names: Collection[str] = ()
) -> dict[str, Any]:  # fmt: skip
    """A row as it may be shown: a personal field, and one that only other roles may see, is three stars; in other words these names are masked."""

    def seen(fields: Sequence[Mapping[str, Any]], held: Mapping[str, Any]) -> dict[str, Any]:
        return {one["name"]: shown(one, held.get(one["name"])) for one in fields}

    def shown(field: Mapping[str, Any], value: Any) -> Any:
        if value in (None, "", []):
            return value
        if (field["personal"] and not unmasked) or (field["seen_by"] and roles.isdisjoint(field["seen_by"])):
            return masking.free_text("*")
        within = field.get("fields", ())
        if within and isinstance(value, Mapping):
            return seen(within, value)
        if within and isinstance(value, list):
            return [seen(within, one) if isinstance(one, Mapping) else one for one in value]
        return value if unmasked else masking.words_within(value, names)

    return seen(fields_of(register.row), said)


def _along(fields: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Fields, and those of the forms within."""
    for one in fields:
        yield one
        yield from _along(one.get("fields", ()))


def in_history(runtime: Runtime, tx: Tx, actor: Actor, row: Row) -> list[dict[str, Any]]:
    """The entries of a case's registers as its history tells them, personal fields masked; those alone that one may see."""
    place, known = _place(row), _registers(runtime, row)
    told: list[dict[str, Any]] = []
    if not known:
        return told
    names = people_in(tx, row)
    for one in registers.of_cases(tx, [row["case_id"]])[row["case_id"]]:
        register = known.get(one["register"])
        if register is None or not may_see(actor, register, place):
            continue
        said = {} if one["payload"] is None else load(one["payload"])
        given = masked(register, said.get("row", {}), roles_at(actor, register, place), names=names)
        reason = masking.words_within(said.get("reason"), names)
        says = {"register": register.name, "entry": one["n"], "of": one["of"], "given": given, "reason": reason}
        told.append(
            {
                "n": one["n"], "at": one["recorded_at"], "recorded_at": one["recorded_at"], "actor": one["recorded_by"], "on_behalf": None,
                "kind": f"entry_{one['kind']}", "transition": None, "from": None, "to": None, "erased": one["erased_at"] is not None,
                "says": {} if one["payload"] is None else {name: value for name, value in says.items() if value is not None},
            }
        )  # fmt: skip
    return told


def among_events(events: list[dict[str, Any]], entered: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of a case in their order, each entry before what follows from it and what was written after it."""
    told, waiting = [], sorted(entered, key=lambda one: str(one["recorded_at"]))
    for event in events:
        while waiting and (waiting[0]["recorded_at"] < event["recorded_at"] or _follows(event, waiting)):
            told.append(waiting.pop(0))
        told.append(event)
    return [*told, *waiting]


def _follows(event: Mapping[str, Any], entered: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an event is what follows from one of these entries."""
    says = event["says"]
    return event["kind"] in ("entry_followed", "entry_late") and any(
        one["says"].get("register") == says["register"] and one["n"] == says["entry"] for one in entered
    )


def summary(runtime: Runtime, tx: Tx, actor: Actor, row: Row) -> tuple[dict[str, Any], ...]:
    """The registers of a case that one may see: how many matters stand in each, and how many of them are open."""
    known = _registers(runtime, row)
    if not known:
        return ()
    rows = registers.of_cases(tx, [row["case_id"]])[row["case_id"]]
    found = []
    for register in known.values():
        if may_see(actor, register, _place(row)):
            standing = [one for one in matters(rows, register) if not one.struck]
            is_open = sum(one.is_open for one in standing) if register.open_until is not None else None
            found.append({"register": register.name, "title": register.title, "entries": len(standing), "open": is_open})
    return tuple(found)


def _registers(runtime: Runtime, row: Row) -> dict[str, Register[Any]]:
    """The registers of a case by name; none where its program is not installed."""
    program = runtime.registry.programs.get(row["program"])
    workflows = () if program is None else program.workflows
    return {one.name: one for workflow in workflows if workflow.name == row["workflow"] for one in workflow.registers}


def _place(row: Any) -> dict[str, Any]:
    said = row if isinstance(row, Mapping) else {name: getattr(row, name) for name in ("division", "place_id", "program")}
    return {name: said[name] for name in ("division", "place_id", "program")}


def _shown(
    rows: Sequence[Row], register: Register[Any], roles: frozenset[str], *, unmasked: bool, names: Collection[str]
) -> Iterable[dict[str, Any]]:  # fmt: skip
    last = {row["of"]: row["n"] for row in rows}
    first = {row["n"]: row for row in rows}
    for row in rows:
        said = {} if row["payload"] is None else load(row["payload"])
        holds = last[row["of"]] == row["n"]
        began = first[row["of"]]
        yield {
            "n": row["n"], "of": row["of"], "kind": row["kind"], "at": row["recorded_at"], "by": row["recorded_by"], "happened": row["happened"],
            "row": masked(register, said.get("row", {}), roles, unmasked=unmasked, names=names) if said else {},
            "reason": said.get("reason", "") if unmasked else masking.words(said.get("reason") or "", names),
            "open": began["open"] is not None, "due": began["due"] if holds else None, "holds": holds and row["kind"] != "struck",
            "erased": row["erased_at"] is not None,
        }  # fmt: skip
