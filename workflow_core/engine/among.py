"""Cases among cases, as one of them sees the others: its whole, its parts, its parties, and the cases in which it is a party.

Reading alone; ``opening`` opens others, ``letters`` acts on them. One query answers how many stand where, kept for as long as the transaction's
``World`` is, so that guards may ask again and again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from workflow_core.definition import AUTOMATIC, Kind, Party, Program, Stage, Transition, Workflow, path_of
from workflow_core.engine.rows import state_of
from workflow_core.engine.state import CaseState, PartyRow
from workflow_core.engine.view import CaseView
from workflow_core.engine.world import World
from workflow_core.errors import Refused
from workflow_core.i18n import N_
from workflow_core.store import among, cases, upgrades
from workflow_core.store.database import Row, Tx

Counted = dict[tuple[str, str], tuple[int, int]]
"""By workflow and stage: how many cases stand there, and how many of them are closed."""


@dataclass
class Neighbours:
    """What one transaction has read of the cases around those it works on.

    :param counted: by case, its parts and the cases in which it is a party; :param states: cases by id, as they were read or stand in memory.
    """

    counted: dict[str, Counted] = field(default_factory=dict)
    named: dict[str, Counted] = field(default_factory=dict)
    states: dict[str, tuple[Workflow[Any, Any], CaseState]] = field(default_factory=dict)


def program_of(world: World, state: CaseState) -> Program[Any]:
    """The program that a case belongs to."""
    return world.program(state.program)


@lru_cache(maxsize=512)
def parts_of(program: Program[Any], workflow: Workflow[Any, Any]) -> tuple[Workflow[Any, Any], ...]:
    """The workflows whose cases are parts of this one's."""
    return tuple(one for one in program.workflows if one.part_of is not None and one.part_of is workflow.record)


@lru_cache(maxsize=512)
def naming(program: Program[Any], workflow: Workflow[Any, Any]) -> tuple[Workflow[Any, Any], ...]:
    """The workflows in whose cases one of this workflow's may be a party."""
    return tuple(one for one in program.workflows if any(party.of is workflow.record for party in one.parties))


@lru_cache(maxsize=512)
def looks_at(program: Program[Any], workflow: Workflow[Any, Any]) -> bool:
    """Whether a case that moves by itself may wait for what becomes of this workflow's cases: for its parts, its parties, those that name it."""
    around = [one for one in program.workflows if one.record is workflow.part_of or workflow in parts_of(program, one)]
    around += naming(program, workflow)
    around += [one for one in program.workflows if any(party.of is one.record for party in workflow.parties)]
    if any(callable(task.each) and path_of(task.each) is None for one in around for task in one.all_tasks()):
        return True  # for whom a task is asked may be a matter of where these stand
    return any(AUTOMATIC in transition.doers for one in around for transition in one.transitions)


def load_parties(tx: Tx, state: CaseState) -> None:
    """Reads who the parties of a case are."""
    state.parties = [PartyRow(row["n"], row["name"], row["kind"], row["party_id"]) for row in among.parties(tx, state.case_id)]


def counted(world: World, state: CaseState) -> Counted:
    """How many parts a case has, by workflow and stage."""
    known = world.neighbours.counted
    if state.case_id not in known:
        _all_moved(world, state, parts=True)
        known[state.case_id] = _as_counted(among.counts(world.tx, state.case_id))
    return known[state.case_id]


def counted_naming(world: World, state: CaseState) -> Counted:
    """In how many cases this one is a party, by workflow and stage."""
    known = world.neighbours.named
    if state.case_id not in known:
        _all_moved(world, state, parts=False)
        known[state.case_id] = _as_counted(among.named_counts(world.tx, [state.case_id]))
    return known[state.case_id]


def count(world: World, workflow: Workflow[Any, Any], state: CaseState, record: type[Any], stages: Sequence[Stage]) -> int:
    """How many parts with that record (or cases with it in which this one is a party) stand in these stages; are open, where none are named."""
    other, found = _related(world, workflow, state, record)
    names = {stage.name for stage in stages}
    return sum(
        (n - closed) if not names else n if stage in names else 0
        for around in found
        for (workflow_name, stage), (n, closed) in around.items()
        if workflow_name == other.name
    )


def open_parts(world: World, workflow: Workflow[Any, Any], state: CaseState, but: Sequence[Transition[Any, Any, Any]] = ()) -> int:
    """How many parts of a case are open, not counting those of workflows to which one of these transitions belongs."""
    own = {one.name for one in parts_of(program_of(world, state), workflow) if not any(transition in one.transitions for transition in but)}
    if not own:
        return 0
    return sum(n - closed for (name, _), (n, closed) in counted(world, state).items() if name in own)


def cases_with(world: World, workflow: Workflow[Any, Any], state: CaseState, record: type[Any], stages: Sequence[Stage]) -> list[Row]:
    """The rows of the cases that ``count`` counts, by reference."""
    other, _ = _related(world, workflow, state, record, counting=False)
    found = {}
    if other.part_of is workflow.record:
        found = {row["ref"]: row for row in among.parts(world.tx, state.case_id, other.name)}
    if any(party.of is workflow.record for party in other.parties):
        found.update({row["ref"]: row for row in among.naming(world.tx, [state.case_id], state.program, other.name)})
    names = {stage.name for stage in stages}
    return [row for _, row in sorted(found.items()) if (row["stage"] in names if names else row["closed_at"] is None)]


def views(world: World, program: Program[Any], ids: Sequence[str], at: datetime) -> list[CaseView]:
    """Cases as guards see them, in the order of their ids; all of them are read in a few queries."""
    known = world.neighbours.states
    missing = [one for one in ids if one not in known]
    for loaded in cases.load_many(world.tx, missing):
        if loaded.case["definition"] in world.left_behind(program.name):
            if world.as_moved is None:
                raise not_moved(loaded.case["ref"])
            known[loaded.case["case_id"]] = world.as_moved(loaded)
            continue
        workflow = program.workflow(loaded.case["workflow"])
        known[loaded.case["case_id"]] = (workflow, state_of(loaded, workflow))
    asking = {one: known[one][1] for one in missing if one in known and known[one][0].parties}
    for row in among.parties_of(world.tx, list(asking)) if asking else ():
        asking[row["case_id"]].parties.append(PartyRow(row["n"], row["name"], row["kind"], row["party_id"]))
    if len(missing) > 1:
        world.read_entries([one for one in missing if one in known and known[one][0].registers])
        _read_ahead(world, program, [known[one] for one in missing if one in known], at)
    return [CaseView(known[one][0], known[one][1], world, at) for one in ids if one in known]


def _read_ahead(world: World, program: Program[Any], found: Sequence[tuple[Workflow[Any, Any], CaseState]], at: datetime) -> None:
    """What many cases are asked of those around them, in a few queries for all: wholes, parties that are cases, and how many parts stand where."""
    near = world.neighbours
    ids = {state.whole_id for _, state in found if state.whole_id is not None}
    ids |= {row.party_id for _, state in found for row in state.parties if row.kind == "case"}
    views(world, program, sorted(ids - near.states.keys()), at)
    for known, asks, read in ((near.counted, parts_of, among.counts_of), (near.named, naming, among.named_counts_of)):
        if world.left_behind(program.name):
            return  # each is counted by itself, and looks whether those around it wait for an upgrade
        wanted = [state.case_id for workflow, state in found if state.case_id not in known and asks(program, workflow)]
        known.update({one: {} for one in wanted})
        for row in read(world.tx, wanted) if wanted else ():
            known[row["case_id"]][row["workflow"], row["stage"]] = (int(row["n"]), int(row["closed"]))


def linked(world: World, workflow: Workflow[Any, Any], state: CaseState, record: type[Any], at: datetime) -> CaseView:
    """The whole, or the party, with that record.

    :raises LookupError: there is none.
    """
    ids = [state.whole_id] if workflow.part_of is record and state.whole_id is not None else []
    ids += [row.party_id for row in state.parties if any(party.name == row.name and party.of is record for party in workflow.parties)]
    found = views(world, program_of(world, state), ids[:1], at)
    if not found:
        raise LookupError(f"no case with the record {record.__name__} is linked to this one")
    return found[0]


def party(world: World, workflow: Workflow[Any, Any], state: CaseState, of: Party[Any], at: datetime) -> Any:
    """Who that party is: the person; of a case its record. None where nobody is."""
    row = next((one for one in state.parties if one.name == of.name), None)
    if row is None:
        return None
    if not isinstance(of.of, Kind):
        found = views(world, program_of(world, state), [row.party_id], at)
        return found[0].record if found else None
    return world.somebody(of.of.name, row.party_id)


def members(world: World, workflow: Workflow[Any, Any], state: CaseState, of: Party[Any], at: datetime) -> dict[str, Any]:
    """All who are that party, by reference: people; of cases what they are as guards see them."""
    ids = [row.party_id for row in state.parties if row.name == of.name]
    if not isinstance(of.of, Kind):
        return {one.ref: one for one in views(world, program_of(world, state), ids, at)}
    people = [world.somebody(of.of.name, one) for one in ids]
    return {getattr(one, "ref", None) or one.code: one for one in people}


def _related(
    world: World, workflow: Workflow[Any, Any], state: CaseState, record: type[Any], *, counting: bool = True
) -> tuple[Workflow[Any, Any], list[Counted]]:
    program = program_of(world, state)
    other = program.workflow_of(record)
    part, names = other.part_of is workflow.record, any(party.of is workflow.record for party in other.parties)
    if not part and not names:
        raise LookupError(f"a case with the record {record.__name__} is no part of this one, and does not name it")
    if not counting:
        return other, []
    return other, [*([counted(world, state)] if part else []), *([counted_naming(world, state)] if names else [])]


def _all_moved(world: World, state: CaseState, *, parts: bool) -> None:
    """Nothing is counted among cases that wait for an upgrade: the stages they stand in have the names of another version."""
    behind = world.left_behind(state.program)
    lagging = upgrades.lagging(world.tx, state.case_id, sorted(behind), parts=parts) if behind else None
    if lagging is not None:
        raise not_moved(lagging)


def not_moved(ref: str) -> Refused:
    """The error for what would be asked of a case that waits for an upgrade."""
    message, hint = N_("{ref} runs on another version of its program"), N_("an admin moves the cases: care program upgrade NAME")
    return Refused("neighbour_not_moved", message, hint=hint, ref=ref)


def _as_counted(rows: Sequence[Row]) -> Counted:
    return {(row["workflow"], row["stage"]): (int(row["n"]), int(row["closed"])) for row in rows}
