"""The other end of ``Refer``: what waits for a program is taken up by those who open its cases, and answered; the answer opens the task that waits for it.

Where the program does not run, the referral waits, and those who oversee the township see it and may answer it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from workflow_core.access import masking
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.engine.answers_due import MOST_LISTED, is_late, may_answer, takers
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.reconcile import open_row, reconcile
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.tasking import need_reason
from workflow_core.errors import Conflict, NotFound, NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.records import enabling
from workflow_core.store import cases, referrals
from workflow_core.store.again import again
from workflow_core.store.database import Row, Tx


@dataclass(frozen=True)
class Referred:
    """A referral as a list shows it.

    :param ref: the case that asks, and the number of the referral there: ``DR-26-00417.r1``. :param mine: whether this account may answer it.
    :param late: whether it wants its answer: see ``answers_due.is_late``.
    :param runs: whether the program runs there today. :param to_case: the case in which it is taken care of, once it is accepted.
    """

    ref: str
    program: str
    runs: bool
    mine: bool
    division: str
    subject: str | None
    subject_name: str | None
    reason: str
    urgent: bool
    state: str
    to_case: str | None
    answer: str | None
    asked_at: str
    asked_by: str
    late: bool

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return dict(self.__dict__)


def listed(runtime: Runtime, actor: Actor, *, every: bool = False) -> list[Referred]:
    """The referrals that this account may answer, or that cases ask which it sees; the urgent and the oldest first.

    :param every: also those that are declined or closed.
    """
    with runtime.db.read() as tx:
        found = referrals.listed(tx, actor.divisions(), open_only=not every, limit=MOST_LISTED)
        return [_shown(runtime, tx, actor, row) for row in found if may_answer(runtime, actor, row) or _sees(actor, row)]


def accept(runtime: Runtime, actor: Actor, ref: str, case: str) -> Referred:
    """Take a referral up: it is taken care of in that case, which is of the program that was asked, and about the same child.

    :raises NotFound: ``referral_unknown``, ``case_unknown``. :raises NotPermitted: ``not_permitted``.
    :raises Refused: ``other_program``, ``other_child``; ``referral_answered``. :raises Conflict: ``referral_taken``.
    """
    return again(runtime.db, lambda: _answer(runtime, actor, ref, "accepted", None, case))


def decline(runtime: Runtime, actor: Actor, ref: str, reason: str) -> Referred:
    """Say that it is not taken care of, and why; who has asked gets the task that waits for the answer.

    :raises NotFound: ``referral_unknown``. :raises NotPermitted: ``not_permitted``. :raises Refused: ``referral_answered``.
    """
    need_reason(reason)
    return again(runtime.db, lambda: _answer(runtime, actor, ref, "declined", reason.strip(), None))


def close(runtime: Runtime, actor: Actor, ref: str, answer: str) -> Referred:
    """Say what came of it; who has asked gets the task that waits for the answer.

    :raises NotFound: ``referral_unknown``. :raises NotPermitted: ``not_permitted``. :raises Refused: ``referral_answered``.
    """
    need_reason(answer)
    return again(runtime.db, lambda: _answer(runtime, actor, ref, "closed", answer.strip(), None))


def _answer(runtime: Runtime, actor: Actor, ref: str, state: str, text: str | None, case: str | None) -> Referred:
    clock = runtime.clock.now()
    with runtime.committing(), runtime.db.write() as tx:
        row = _found(runtime, tx, actor, ref)
        if row["state"] not in (("waiting",) if state == "accepted" else ("waiting", "accepted")):
            raise Refused("referral_answered", N_("{ref} is answered already"), hint=N_("see: care case referral list --all"), ref=ref)
        to_case = row["to_case"] if case is None else _into(runtime, tx, actor, row, case)
        if not referrals.answer(tx, row, state, text=text, to_case=to_case, by=actor.login, now=clock):
            raise Conflict("referral_taken", N_("{ref} was answered by somebody else in the meantime"), hint=N_("see: care case referral list --all"), ref=ref)
        work = runtime.work(tx, row["ref"], SYSTEM_ACTOR, case_id=row["from_case"])
        work.done_by(actor)
        now = max(clock, work.last_at)
        catch_up(work, now)
        said = {"program": row["program"], "answer": text, "case": case}
        if state == "accepted":
            work.begin("referral_accepted", now, **said)
        elif state == "declined":
            work.begin("referral_declined", now, **said)
        else:
            work.begin("referral_closed", now, **said)
        reply = next((task for task in work.workflow.all_tasks() if task.name == row["reply_task"]), None)
        if state != "accepted" and reply is not None and work.state.is_open:
            open_row(work, reply, now, kind="reply", origin=f"refer:{row['program']}")
        reconcile(work, now)
        work.follow(now)
        runtime.ask_vetoes(work)
        runtime.save(tx, work, clock)
        return _shown(runtime, tx, actor, _found(runtime, tx, actor, ref))


def _into(runtime: Runtime, tx: Tx, actor: Actor, row: Row, case: str) -> str:
    there = cases.load(tx, ref=case)
    if there is None or not runtime.sees_case(tx, actor, there.case):
        raise NotFound("case_unknown", N_("there is no case {ref}"), hint=N_("see: care case list"), ref=case)
    if there.case["program"] != row["program"]:
        hint = N_("open one of the program that was asked, or name it: care case list --program {program}")
        raise Refused("other_program", N_("{case} is no case of {program}"), hint=hint, case=case, program=row["program"])
    if there.case["subject_id"] != row["subject_id"]:
        raise Refused("other_child", N_("{case} is about somebody else"), hint=N_("see: care case referral list"), case=case)
    return str(there.case["case_id"])


def _found(runtime: Runtime, tx: Tx, actor: Actor, ref: str) -> Row:
    case, _, n = ref.strip().upper().rpartition(".R")
    row = referrals.one(tx, case, int(n)) if case and n.isdigit() else None
    if row is None or not (may_answer(runtime, actor, row) or _sees(actor, row)):
        raise NotFound("referral_unknown", N_("there is no referral {ref}"), hint=N_("see: care case referral list"), ref=ref)
    if not may_answer(runtime, actor, row):
        roles = ", ".join(role.name for role in takers(runtime, row["program"]))
        raise NotPermitted("not_permitted", N_("this account may not do that here"), hint=N_("who may: {roles}"), roles=roles)
    return row


def _sees(actor: Actor, row: Row) -> bool:
    """Whether the case that asks may be seen; its program is told by its reference alone, so any grant there counts."""
    return actor.sees(division=row["division"], place_id=row["place_id"])


def _shown(runtime: Runtime, tx: Tx, actor: Actor, row: Row) -> Referred:
    takes = may_answer(runtime, actor, row)

    def said(words: str | None) -> str | None:
        return words if takes or words is None else masking.words(words, [row["subject_name"]])

    return Referred(
        ref=f"{row['ref']}.r{row['number']}",
        program=row["program"],
        runs=row["program"] in runtime.registry.programs and enabling.in_force(tx, row["program"], row["division"], civil_date(runtime.clock.now())),
        mine=row["state"] in ("waiting", "accepted") and takes,
        division=row["division"],
        subject=row["subject"],
        subject_name=masking.name(row["subject_name"]),
        reason=said(row["reason"]) or "",
        urgent=bool(row["urgent"]),
        state=row["state"],
        to_case=row["to_ref"],
        answer=said(row["answer"]),
        asked_at=row["asked_at"],
        asked_by=row["asked_by"],
        late=is_late(row, runtime.clock.now() - timedelta(days=runtime.transfer_days)),
    )
