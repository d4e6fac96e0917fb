"""What becomes of a child's open cases when its file goes to another township: each goes along, ends, or stays, as its workflow says.

All of them in the transaction that moves the file. What cannot go stays whole where it is, with the reason in its history and in the answer: no case is
lost between two townships, and none keeps a child from moving.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import STAYS, Fire
from workflow_core.engine.advancing import not_enabled
from workflow_core.engine.bare import Bare
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.effects import apply
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.rows import written_of
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime, not_suspended
from workflow_core.engine.versions import code_version
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.errors import CareError, Conflict, Refused
from workflow_core.i18n import N_
from workflow_core.store import cases, desk, faults, referrals
from workflow_core.store.database import Row, Tx

Became = Literal["went", "stayed", "ended"]


@dataclass(frozen=True)
class Fate:
    """What became of one case.

    :param became: ``went``: it is the new township's; ``ended``: closed in the old one; ``stayed``: it stays open there. :param stage: where it stands.
    :param reasons: why it stayed; :param hint: what helps.
    """

    ref: str
    program: str
    workflow: str
    became: Became
    stage: str
    reasons: tuple[str, ...] = ()
    hint: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**self.__dict__, "reasons": list(self.reasons)}


@dataclass(frozen=True)
class Move:
    """A child's way from one township to another.

    :param person_id: the child; :param old: the township's code, :param old_name: what it is called. :param new: the division that keeps the file from now
        on, :param new_name: what that is called; :param school: the id of the
        school that stays the child's, if one does.
    :param transfer: its reference, and :param reason: what was said for it: for the histories.
    """

    person_id: str
    old: str
    old_name: str
    new: str
    new_name: str
    school: str | None
    transfer: str
    reason: str

    def said(self, division: str) -> dict[str, Any]:
        """What the history of a case keeps of it.

        :param division: where the case was.
        """
        places = {"from_division": division, "from_name": self.old_name, "to_division": self.new, "to_name": self.new_name}
        return {"transfer": self.transfer, "reason": self.reason, **places}


def carry(runtime: Runtime, tx: Tx, actor: Actor, move: Move, now: datetime) -> list[Fate]:
    """Take a child's open cases in its old township along, end them, or leave them there; wholes before their parts.

    :param tx: the writing transaction in which the file was moved. :raises Conflict: ``case_changed``: nothing of all this may be committed.
    """
    rows = desk.cases(tx, divisions=[move.old], subject_id=move.person_id, open_only=True, limit=None)
    rows.sort(key=lambda row: (row["whole_id"] is not None, row["ref"]))
    gone: set[str] = set()
    fates = []
    for row in rows:
        try:
            with runtime.committing(), tx.savepoint():
                fate = _moved(runtime, tx, actor, row, move, gone, now)
        except Conflict:
            raise
        except CareError as error:
            if faults.of_the_office(error):
                raise
            fate = _stays(runtime, tx, actor, row, move, error, now)
        if fate.became == "went":
            gone.add(row["case_id"])
        fates.append(fate)
    return fates


def _moved(runtime: Runtime, tx: Tx, actor: Actor, row: Row, move: Move, gone: set[str], now: datetime) -> Fate:
    """Move one case.

    :raises CareError: why it stays where it is.
    """
    work = runtime.work(tx, row["ref"], SYSTEM_ACTOR, case_id=row["case_id"], world=World(tx, runtime.registry))
    work.done_by(actor)
    at = max(now, work.last_at)
    catch_up(work, at)
    work.follow(at)
    if not work.state.is_open:  # the clock has ended it before it could move
        _save(runtime, tx, work, now)
        return _fate(work, "ended")
    moved = work.workflow.moved
    if moved is STAYS:
        raise must_stay()
    if moved is None and row["whole_id"] is not None and row["whole_id"] not in gone:
        (whole,) = cases.refs(tx, [row["whole_id"]]).values()
        raise Refused("part_stays", N_("it is a part of {whole}, which stays"), hint=N_("see: care case show {whole}"), whole=whole)
    if isinstance(moved, Fire):
        _end(work, moved, move, at)
    else:
        _go(work, move, at)
    _save(runtime, tx, work, now)
    if isinstance(moved, Fire):
        return _ended(work)
    referrals.readdress(tx, row["case_id"], move.new)
    return _fate(work, "went")


def hand_over(runtime: Runtime, tx: Tx, actor: Actor, case_id: str, move: Move, now: datetime) -> Fate:
    """Move one case by itself, with its child's file left where it is.

    :raises CareError: why it cannot move; then nothing of all this may be committed. :raises Conflict: ``case_changed``.
    """
    work = runtime.work(tx, "", SYSTEM_ACTOR, case_id=case_id, world=World(tx, runtime.registry))
    work.done_by(actor)
    at = max(now, work.last_at)
    catch_up(work, at)
    work.follow(at)
    state = work.state
    if not state.is_open:  # the clock would have ended it before
        raise Refused("case_closed", N_("the case is closed"), hint=N_("see: care case transfer list"), ref=state.ref)
    _go(work, replace(move, person_id=state.subject_id or "", school=state.place_id), at, alone=True)
    _save(runtime, tx, work, now)
    referrals.readdress(tx, case_id, move.new)
    return _fate(work, "went")


def must_stay() -> Refused:
    """The error for a case whose workflow says that it ends where it began."""
    return Refused("moved_stays", N_("cases of this kind stay with the township in which they are"))


def _save(runtime: Runtime, tx: Tx, work: Work, now: datetime) -> None:
    runtime.ask_vetoes(work)
    runtime.save(tx, work, now)


def _go(work: Work, move: Move, at: datetime, *, alone: bool = False) -> None:
    """A step after which the case is the new township's: its desks and its counted places are there. Dates that are set stay.

    :param alone: the case is handed over by itself, and no child moves.
    """
    state = work.state
    if not work.world.runs(state.program, move.new, civil_date(at)):
        raise not_enabled(state.program, move.new)
    held = [(name, key) for name, key, _, _, stages, _ in work.limits(at) if state.stage in stages]
    said = move.said(state.division) | ({"alone": True} if alone else {})
    state.division, state.place_id, state.assignee = move.new, move.school, None
    work.begin("transferred", at, **said)  # under the policy of the new township, which holds from here on
    for name, key in held:
        work.let_go(name, key)
    for name, key, size, text, stages, once in work.limits(at):
        if state.stage in stages:
            work.hold(name, key, size, text, once)
    for row in state.open_tasks():
        row.assignee = row.claimed_by = None  # whoever had it on the desk does not see it any more
        work.touch(row)
    reconcile(work, at)
    work.follow(at)


def _end(work: Work, fire: Fire, move: Move, at: datetime) -> None:
    """A step that closes the case where it is, by the transition that its workflow names for it."""
    not_suspended(work)
    work.begin("ended_at_transfer", at, **move.said(work.state.division))
    work.must_fire = True
    apply(work, [fire], at, origin=f"transfer:{move.transfer}")
    work.must_fire = False
    reconcile(work, at)
    work.follow(at)


def _stays(runtime: Runtime, tx: Tx, actor: Actor, row: Row, move: Move, why: CareError, now: datetime) -> Fate:
    """A step that says why the case stays; nothing of its program runs, so that it can be written whatever has failed there."""
    loaded = cases.load(tx, case_id=row["case_id"])
    if loaded is None:
        raise cases.changed(row["ref"])
    reasons = tuple(dict.fromkeys(one.text() for one in why.problems)) or (why.text(),)
    hint = why.advice() or next((one.advice() for one in why.problems if one.advice()), "")
    where = {name: loaded.case[name] for name in ("division", "place_id", "program")}
    bare = Bare(loaded, actor=actor.login, on_behalf=actor.stead(**where))
    bare.begin("kept_at_transfer", now, **move.said(row["division"]), reasons=list(reasons), code=why.code)
    code = code_version(runtime.registry, bare.state.program)
    cases.write(tx, written_of(bare.state, bare.changes, now, code, lambda kind, n: (kind, n) in bare.known))
    runtime.tell(bare)
    return Fate(row["ref"], row["program"], row["workflow"], "stayed", row["stage"], reasons, hint)


def _ended(work: Work) -> Fate:
    """A transition that leads to no end leaves the case open where it is."""
    return _fate(work, "stayed" if work.state.is_open else "ended")


def _fate(work: Work, became: Became) -> Fate:
    state = work.state
    return Fate(state.ref, state.program, state.workflow, became, state.stage)
