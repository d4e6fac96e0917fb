"""What is written beside a case, in the same transaction: places that are counted, cases it opens, its parties, its letters, whom the clock looks at."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from workflow_core.clock import stamp
from workflow_core.definition.upgrades import former_limits
from workflow_core.engine import freed, lines
from workflow_core.engine.among import looks_at, parts_of
from workflow_core.engine.committing import Place
from workflow_core.engine.work import SYSTEM_LOGIN, Work
from workflow_core.errors import Refused
from workflow_core.i18n import N_, Label
from workflow_core.store import among, cases, holds
from workflow_core.store.database import Tx

if TYPE_CHECKING:
    from workflow_core.engine.runtime import Runtime


def before(runtime: Runtime, tx: Tx, work: Work, now: datetime) -> list[Work]:
    """Before a case is written: have the clock look at those that wait for it, open in memory what it opens, take the places it needs.

    :returns: the cases that it opens, for ``after``.
    """
    state, moved = work.state, any(one.to_stage is not None for one in work.changes.events)
    if state.whole_id is not None and any(one.kind == "reopened" for one in work.changes.events):
        _whole_open(tx, state.whole_id)
    if moved and looks_at(work.program, work.workflow):
        among.wake(tx, among.linked(tx, state.case_id, state.whole_id), now)  # first: whoever counts parts holds the whole before its places
    if moved and state.whole_id is not None and any(one.actor != SYSTEM_LOGIN for one in work.changes.events):
        _as_seen(tx, work, state.whole_id)
    opened: list[Work] = []
    if work.changes.opens:
        from workflow_core.engine.opening import carry_out

        opened = carry_out(runtime, tx, work, now)
    take_places(tx, work)
    return opened


def after(runtime: Runtime, tx: Tx, work: Work, opened: list[Work], now: datetime) -> list[str]:
    """After a case is written: its parties, what it opened, its letters; and once more that no part is left open in a whole that was closed.

    :returns: the letters, to be carried out after the commit.
    """
    state = work.state
    if state.read_version == 0 and state.parties:
        rows = [{"n": one.n, "name": one.name, "kind": one.kind, "party_id": one.party_id, "since": stamp(now)} for one in state.parties]
        among.add_parties(tx, state.case_id, rows)
    work.world.forget_cases()
    if work.changes.entries:
        from workflow_core.engine.register_writing import write_step

        write_step(tx, work, now)
    lines.stand(tx, work)
    for one in opened:
        runtime.ask_vetoes(one)
        runtime.save(tx, one, now)
    if not state.is_open and parts_of(work.program, work.workflow):
        _none_left(tx, work)
    if not work.changes.letters:
        return []
    from workflow_core.engine.letters import post

    return post(tx, work, now)


def given_back(work: Work) -> list[Place]:
    """The places that a change gave back, and for which cases of this workflow may wait, in line or because there was no room."""
    if not work.changes.release:
        return []
    names = {*(limit.name for limit in lines.of(work.workflow)), *freed.of(work.workflow)}
    return [(work.program.name, name, key) for name, key in work.changes.release if name in names]


def _as_seen(tx: Tx, work: Work, whole_id: str) -> None:
    """What somebody does in a part may hang on the stage of its whole: that is the one that was seen, and stays so until the transaction ends."""
    _, seen = work.world.neighbours.states.get(whole_id, (None, None))
    held = None if seen is None else among.lock(tx, whole_id)
    if held is not None and seen is not None and held["stage"] != seen.stage and held["version"] != seen.read_version:
        raise cases.changed(work.state.ref)


def _whole_open(tx: Tx, whole_id: str) -> None:
    """A part is not opened again in a whole that is closed; the whole is held until the transaction ends."""
    held = among.lock(tx, whole_id)
    if held is not None and held["closed_at"] is not None:
        (whole,) = among.by_ids(tx, [whole_id])
        message, hint = N_("{whole} is closed: nothing can become a part of it"), N_("reopen it first: care case reopen {whole}")
        raise Refused("whole_closed", message, hint=hint, whole=whole["ref"])


def _none_left(tx: Tx, work: Work) -> None:
    """The guard has looked before; a part may have been opened between that and now."""
    closing = next((one for one in reversed(work.changes.events) if one.transition is not None), None)
    seen_to = [one for each in work.workflow.transitions if closing is not None and each.name == closing.transition for one in each.for_parts]
    own = {one.name for one in parts_of(work.program, work.workflow) if not any(transition in one.transitions for transition in seen_to)}
    if any(row["n"] > row["closed"] and row["workflow"] in own for row in among.counts(tx, work.state.case_id)):
        raise cases.changed(work.state.ref)


def take_places(tx: Tx, work: Work) -> None:
    """Give back and take the places of limits.

    :raises Refused: ``limit_full``, ``already_open``. :raises Conflict: ``case_changed``.
    """
    program, case_id = work.program.name, work.state.case_id
    for name, key in sorted(work.changes.release):
        holds.release(tx, program, name, key, case_id)
    for name, key, size, reason, once in sorted(work.changes.take):
        kept = (name, key) in work.changes.kept
        if (not kept and _former(tx, work, name, key, once) > 0 and _over(tx, work, name, key, size, once)) or not holds.take(
            tx, program, name, key, case_id, size, once, kept=kept
        ):
            here = cases.load(tx, case_id=case_id)
            if here is not None and here.case["version"] != work.state.read_version:
                raise cases.changed(work.state.ref)  # the place is taken by this very case: somebody else has moved it
            raise _full(tx, work, name, key, reason)


def try_places(tx: Tx, work: Work) -> None:
    """Say in a dry run whether there is room, without taking it."""
    for name, key, size, reason, once in work.changes.take:
        if (name, key) not in work.changes.kept and _over(tx, work, name, key, size, once):
            raise _full(tx, work, name, key, reason)


def _over(tx: Tx, work: Work, name: str, key: str, size: int, once: str) -> bool:
    """Whether there is no room, with the places that cases which wait for an upgrade hold under the limit's former name."""
    program = work.program.name
    if holds.has(tx, program, name, key, work.state.case_id) or (once and holds.shared(tx, program, name, key, once)):
        return False
    return holds.used(tx, program, name, key) + _former(tx, work, name, key, once) >= size


def _former(tx: Tx, work: Work, name: str, key: str, once: str) -> int:
    """How many places are taken under a limit's former name; one that is shared by that word is no further one."""
    found = 0
    for old in sorted(former_limits(work.program, name)) if work.program.upgrades else ():
        there = holds.used(tx, work.program.name, old, key)
        found += there - int(there > 0 and bool(once) and holds.shared(tx, work.program.name, old, key, once))
    return found


def _full(tx: Tx, work: Work, name: str, key: str, reason: str) -> Refused:
    code = "already_open" if name.startswith("open:") or key == work.state.subject_id else "limit_full"
    holder = ""
    if code == "already_open":
        names = (name, *sorted(former_limits(work.program, name)))
        ids = [one for each in names for one in holds.holders(tx, work.program.name, each, key)]
        found = cases.load(tx, case_id=ids[0]) if ids else None
        holder = found.case["ref"] if found is not None else ""
    hint = N_("see: care case show {holder}") if holder else N_("it is told again when a place is free")
    return Refused(code, N_("{reason}"), hint=hint, reason=Label(reason), holder=holder)
