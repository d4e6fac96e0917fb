"""One open case is handed over to another township, or to whoever else works in a division, while the child's file stays where it is.

Offered by those who oversee it, accepted or refused with a reason by those who oversee the other division. Until then the other side is told of the case's
reference, program, workflow and stage and of the child's masked name, as they were when it was offered, and sees nothing of the case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workflow_core.access import masking
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date, unstamp
from workflow_core.definition import STAYS, SUPERVISOR
from workflow_core.engine.advancing import DIVISIONS, not_enabled
from workflow_core.engine.answers_due import MOST_LISTED, seats_of
from workflow_core.engine.moving import Fate, Move, hand_over, must_stay
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.tasking import need_reason
from workflow_core.engine.transferring import ATTEMPTS, demand, sits
from workflow_core.engine.work import Work
from workflow_core.errors import Conflict, NotFound, NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.records import enabling, transfers
from workflow_core.records.transfers import CASE_GONE, answers, asks, township_of
from workflow_core.store import cases, facts, journal
from workflow_core.store import transfers as rows
from workflow_core.store.again import again
from workflow_core.store.canonical import dump
from workflow_core.store.database import Row, Tx

GIVEN = N_("The case that was handed over was accepted: care case transfer list --all")
REFUSED = N_("The case that was handed over was refused: care case transfer list --all")


@dataclass(frozen=True)
class CaseTransfer:
    """A case that is handed over, as a list shows it.

    :param state: ``waiting``, ``accepted``, ``refused``, ``withdrawn``, ``lapsed``. :param mine: whether it waits for the answer of this account.
    :param stage: as it stood when it was offered, :param stage_title: what that is called. :param name: the child's, masked; empty for a case about nobody.
    :param days: how many days it has waited; :param late: whether these are more than the office allows.
    """

    ref: str
    state: str
    mine: bool
    case: str
    program: str
    workflow: str
    stage: str
    stage_title: str
    name: str
    from_division: str
    to_division: str
    reason: str
    asked_at: str
    asked_by: str
    days: int
    late: bool
    answer: str | None
    answered_at: str | None
    answered_by: str | None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class CaseTransferred:
    """An accepted one, and what became of the case and of each of its parts."""

    transfer: CaseTransfer
    cases: tuple[Fate, ...]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"transfer": self.transfer.as_dict(), "cases": [one.as_dict() for one in self.cases]}


def offer(runtime: Runtime, actor: Actor, ref: str, to: str, reason: str) -> CaseTransfer:
    """Offer an open case to another township, or to whoever else works in a division; offered twice it is the same offer. Its open parts go along.

    :param to: the code of the division that is to take it.
    :raises NotFound: ``case_unknown``, ``division_unknown``. :raises NotPermitted: ``not_permitted``.
    :raises Refused: ``case_closed``, ``same_township``, ``moved_stays``, ``part_stays``, ``case_of_division``, ``not_enabled``, ``case_offered``.
    :raises Misused: the reason is missing.
    """
    need_reason(reason)
    now = runtime.clock.now()

    def step() -> CaseTransfer:
        with runtime.db.write() as tx:
            work = runtime.work(tx, ref, actor)
            state = work.state
            demand(actor, state.division)
            _must_fit(tx, work, facts.division(tx, to).code, now)
            waiting = rows.offered_case(tx, state.case_id)
            if waiting is not None and not _stands(waiting):
                rows.answer(tx, waiting["ref"], "lapsed", CASE_GONE, actor.login, now)
                waiting = None
            if waiting is not None and waiting["to_division"] != to:
                hint = N_("take that back first: care case transfer withdraw {offer} --reason …")
                raise Refused("case_offered", N_("{ref} is offered elsewhere already: {offer}"), hint=hint, ref=state.ref, offer=waiting["ref"])
            if waiting is not None:
                return _shown(runtime, actor, waiting)
            about = facts.name_of(tx, state.subject_id)[1] if state.subject_id and state.subject_kind in ("child", "volunteer") else None
            shown = {"case": state.ref, "program": state.program, "workflow": state.workflow, "stage": state.stage, "name": masking.name(about) or ""}
            told = {"case_id": state.case_id, "division": state.division, "shown": dump(shown)}
            made = _read(tx, transfers.offer_case(tx, actor.login, now, told, to_division=to, reason=reason.strip()))
            _note(tx, actor, made, "transfer_offered", now, reason=reason.strip())
            return _shown(runtime, actor, made)

    return again(runtime.db, step)


def listed(runtime: Runtime, actor: Actor, *, every: bool = False) -> list[CaseTransfer]:
    """The cases that are handed over to this account's divisions, and from them, the oldest first.

    :param every: also those that were answered.
    """
    with runtime.db.read() as tx:
        return [_shown(runtime, actor, row) for row in rows.listed(tx, seats_of(actor), open_only=not every, limit=MOST_LISTED, cases=True)]


def accept(runtime: Runtime, actor: Actor, ref: str) -> CaseTransferred:
    """Take a case over: it moves with its open parts, all at once or not at all; then the offer still waits. Of two who accept it at once, one does.

    A part whose workflow stays where it began is left there, and told.

    :raises NotFound: ``transfer_unknown``. :raises NotPermitted: ``not_yours_to_answer``. :raises Refused: ``case_gone``, and whatever speaks against it.
    :raises Conflict: ``transfer_answered``; ``case_changed``: somebody works on the case at this moment.
    """
    for attempt in range(ATTEMPTS):
        try:
            return again(runtime.db, lambda: _accept(runtime, actor, ref))
        except Conflict as error:
            if attempt == ATTEMPTS - 1 or error.code != "case_changed":
                raise
    raise AssertionError("unreachable")  # pragma: no cover


def refuse(runtime: Runtime, actor: Actor, ref: str, reason: str) -> CaseTransfer:
    """Refuse a case that is handed over, with a reason that those who offered it read.

    :raises NotFound: ``transfer_unknown``. :raises NotPermitted: ``not_yours_to_answer``. :raises Conflict: ``transfer_answered``.
    """
    need_reason(reason)
    return again(runtime.db, lambda: _close(runtime, actor, ref, "refused", reason.strip()))


def withdraw(runtime: Runtime, actor: Actor, ref: str, reason: str) -> CaseTransfer:
    """Take back an offer of one's own township before it is answered.

    :raises NotFound: ``transfer_unknown``. :raises NotPermitted: ``not_permitted``. :raises Conflict: ``transfer_answered``.
    """
    need_reason(reason)
    return again(runtime.db, lambda: _close(runtime, actor, ref, "withdrawn", reason.strip()))


# -- What they are made of


def _accept(runtime: Runtime, actor: Actor, ref: str) -> CaseTransferred:
    now = runtime.clock.now()
    with runtime.committing(), runtime.db.write() as tx:
        row = _answerable(tx, actor, ref)
        _answer(tx, actor, row, "accepted", None, now)
        row = _read(tx, row["ref"])  # at a desk the case is in sight from here on
        if row["lies_in"] != row["from_division"] or row["closed_at"] is not None:
            hint = N_("refuse it, so that nobody waits for it: care case transfer refuse {ref} --reason …")
            raise Refused("case_gone", N_("the case of {ref} was closed, or lies elsewhere by now"), hint=hint, ref=row["ref"])
        work = runtime.work(tx, row["case"], SYSTEM_ACTOR, case_id=row["case_id"])
        _must_fit(tx, work, row["to_division"], now)
        old, new = (facts.division(tx, row[one]) for one in ("from_division", "to_division"))
        move = Move("", old.code, old.name, new.code, new.name, None, row["ref"], row["reason"])
        fates = [hand_over(runtime, tx, actor, row["case_id"], move, now)]
        fates += _parts(runtime, tx, actor, row["case_id"], move, now)
        _note(tx, actor, row, "transfer_accepted", now, cases={one.ref: one.became for one in fates})
        transfers.tell(tx, SUPERVISOR, asks(row), row["ref"], GIVEN, "answered", now)
        return CaseTransferred(_shown(runtime, actor, _read(tx, row["ref"])), tuple(fates))


def _parts(runtime: Runtime, tx: Tx, actor: Actor, whole: str, move: Move, now: datetime) -> Iterable[Fate]:
    for part in rows.parts(tx, whole):
        if township_of(part["division"]) != township_of(move.old):
            continue
        loaded = cases.load(tx, case_id=part["case_id"])
        if loaded is None:
            raise cases.changed(part["ref"])
        workflow = runtime.registry.workflow(loaded.case["program"], loaded.case["workflow"])
        if workflow.moved is STAYS:
            why = must_stay()
            yield Fate(part["ref"], loaded.case["program"], loaded.case["workflow"], "stayed", loaded.case["stage"], (why.text(),))
            continue
        yield hand_over(runtime, tx, actor, part["case_id"], replace(move, old=part["division"]), now)
        yield from _parts(runtime, tx, actor, part["case_id"], move, now)


def _must_fit(tx: Tx, work: Work, to: str, now: datetime) -> None:
    """Refuse a case that is not handed over at all, or not there."""
    state = work.state
    if not state.is_open:
        raise Refused("case_closed", N_("the case is closed"), hint=N_("reopen it first: `care case reopen {ref}`"), ref=state.ref)
    if state.subject_kind in DIVISIONS:
        raise Refused("case_of_division", N_("{ref} is about the division itself, and stays there"), ref=state.ref)
    if work.workflow.moved is STAYS:
        raise must_stay()
    if state.whole_id is not None:
        (whole,) = cases.refs(tx, [state.whole_id]).values()
        raise Refused("part_stays", N_("it is a part of {whole}, which stays"), hint=N_("hand the whole over: care case transfer offer {whole} …"), whole=whole)
    if township_of(state.division) == township_of(to):
        raise Refused("same_township", N_("{ref} lies in that township already"), hint=N_("see: care case show {ref}"), ref=state.ref)
    if not enabling.in_force(tx, state.program, to, civil_date(now)):
        raise not_enabled(state.program, to)


def _close(runtime: Runtime, actor: Actor, ref: str, state: str, reason: str) -> CaseTransfer:
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        row = _answerable(tx, actor, ref) if state == "refused" else _own(tx, actor, ref)
        _answer(tx, actor, row, state, reason, now)
        _note(tx, actor, row, "transfer_refused" if state == "refused" else "transfer_withdrawn", now, reason=reason)
        if state == "refused":
            transfers.tell(tx, SUPERVISOR, asks(row), row["ref"], REFUSED, "answered", now)
        return _shown(runtime, actor, _read(tx, row["ref"]))


def _note(tx: Tx, actor: Actor, row: Row, kind: str, now: datetime, *, reason: str = "", **more: Any) -> None:
    """Written down with whoever does it; with the reason where the entry can be found again by the child when that is erased."""
    said = {"transfer": row["ref"], "case": _told(row)["case"], "from": row["from_division"], "to": row["to_division"], **more}
    if reason and row["about"]:
        said["reason"] = reason
    journal.append(tx, journal.account_stream(actor.account_id or actor.login, now), actor.login, kind, said, now, subject=row["about"])


def _answer(tx: Tx, actor: Actor, row: Row, state: str, text: str | None, now: datetime) -> None:
    if not rows.answer(tx, row["ref"], state, text, actor.login, now):
        raise Conflict("transfer_answered", N_("{ref} was answered already"), hint=N_("see: care case transfer list --all"), ref=row["ref"])


def _read(tx: Tx, ref: str) -> Row:
    row = rows.by_ref(tx, ref)
    if row is None:
        raise RuntimeError("the transfer is there: it was just read, or written")
    return row


def _found(tx: Tx, actor: Actor, ref: str) -> Row:
    row = rows.by_ref(tx, ref.strip().upper())
    if row is None or row["case_id"] is None or not (sits(actor, row["from_division"]) or sits(actor, row["to_division"])):
        raise NotFound("transfer_unknown", N_("there is no transfer {ref}"), hint=N_("see: care case transfer list"), ref=ref)
    return row


def _answerable(tx: Tx, actor: Actor, ref: str) -> Row:
    row = _found(tx, actor, ref)
    if not sits(actor, answers(row)):
        message, hint = N_("{ref} is for the other township to answer"), N_("take back what your own has begun: care case transfer withdraw {ref} --reason …")
        raise NotPermitted("not_yours_to_answer", message, hint=hint, ref=row["ref"])
    return row


def _own(tx: Tx, actor: Actor, ref: str) -> Row:
    row = _found(tx, actor, ref)
    demand(actor, asks(row))
    return row


def _stands(row: Row) -> bool:
    """Whether the case is still open where it was offered; at a desk that does not see it: as far as is known."""
    return row["case"] is None or (row["closed_at"] is None and row["lies_in"] == row["from_division"])


def _stage_title(runtime: Runtime, told: dict[str, str]) -> str:
    program = runtime.registry.programs.get(told["program"])
    found = next((one for one in program.workflows if one.name == told["workflow"]), None) if program is not None else None
    return next((one.title for one in found.stages if one.name == told["stage"]), told["stage"]) if found is not None else told["stage"]


def _told(row: Row) -> dict[str, str]:
    """What was told of the case when it was offered."""
    empty = dict.fromkeys(("case", "program", "workflow", "stage", "name"), "")
    return {**empty, **(json.loads(row["shown"]) if row["shown"] else {"case": row["case"] or ""})}


def _shown(runtime: Runtime, actor: Actor, row: Row) -> CaseTransfer:
    now = runtime.clock.now()
    open_ = row["state"] == "waiting" and _stands(row)
    until = now if open_ or row["answered_at"] is None else unstamp(row["answered_at"])
    days = (civil_date(until) - civil_date(unstamp(row["asked_at"]))).days
    mine, told = open_ and sits(actor, answers(row)), _told(row)

    def said(words: str | None) -> str | None:
        return words if mine or words is None else masking.words(words, [row["name"]])

    return CaseTransfer(
        ref=row["ref"],
        state=row["state"] if open_ or row["state"] != "waiting" else "lapsed",
        mine=mine,
        **told,
        stage_title=_stage_title(runtime, told),
        from_division=row["from_division"],
        to_division=row["to_division"],
        reason=said(row["reason"]) or "",
        asked_at=row["asked_at"],
        asked_by=row["asked_by"],
        days=days,
        late=open_ and days >= runtime.transfer_days,
        answer=said(row["answer"]),
        answered_at=row["answered_at"],
        answered_by=row["answered_by"],
    )
