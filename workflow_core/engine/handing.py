"""Whose desk a task lies on: claimed, assigned, handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from workflow_core.access.grants import Actor
from workflow_core.engine.doers import stead_for
from workflow_core.engine.outcome import Outcome
from workflow_core.engine.runtime import OVERSEERS, Runtime
from workflow_core.engine.tasking import demand_doer, find_row, may_do, split_ref
from workflow_core.engine.work import Work
from workflow_core.errors import CareError, NotFound, NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.store import desk


def assign_task(runtime: Runtime, actor: Actor, ref: str, login: str | None) -> Outcome:
    """Lay a task on one account's desk (None: back on the role's). Those who may do it may, and those who oversee.

    :raises NotFound: ``account_unknown``.
    """
    return _lay(runtime, actor, ref, login, claim=False)


def claim_task(runtime: Runtime, actor: Actor, ref: str) -> Outcome:
    """Lay a task on one's own desk; a deputy whose own roles are not enough for it, on the desk of whom he stands in for: there it is found later.

    :raises Refused: ``task_taken``: it lies on somebody else's; that one can be told to hand it over.
    """
    return _lay(runtime, actor, ref, actor.login, claim=True)


def _lay(runtime: Runtime, actor: Actor, ref: str, login: str | None, *, claim: bool) -> Outcome:
    case, which = split_ref(ref)
    lies: str | None = None

    def act(work: Work, now: datetime) -> None:
        nonlocal lies
        row = find_row(work, which, now, late=False)
        if claim and row.assignee not in (None, login, *actor.stands_for):
            message, hint = N_("{login} has taken it already"), N_("agree with that colleague, then: `care task assign {ref} {me}`")
            raise Refused("task_taken", message, hint=hint, login=row.assignee, ref=f"{case}.{row.n}", me=login)
        if runtime.may(actor, OVERSEERS, work.state):
            runtime.stand(actor, OVERSEERS, work.state)
            if work.state.stead is not None and may_do(actor, work, row):  # a role of his own may be enough, though that of an overseer is lent
                work.state.stead = stead_for(actor, work, row)
        else:
            demand_doer(actor, work, row)
        whose = (work.state.stead or login) if claim else login
        if login is not None and login != actor.login and not desk.account_there(work.world.tx, login):
            raise _nobody(login)
        work.begin("task_assigned", now, task=row.name, n=row.n, to=whose)
        row.assignee = lies = whose
        work.changes.lays_on |= {whose} if whose is not None else set()
        row.claimed_by = login if login == actor.login else None
        work.touch(row)

    outcome = runtime.change(actor, case, act)
    return replace(outcome, lies_with=lies)


def hand_over(runtime: Runtime, actor: Actor, from_login: str, to_login: str) -> list[str]:
    """Lay all that waits on one account's desk on another's. What this account may not see stays where it is.

    :returns: the tasks' references.
    :raises NotPermitted: it sees some of them, and may move none.
    """
    with runtime.db.read() as tx:
        if not desk.account_there(tx, to_login):
            raise _nobody(to_login)
        refs = desk.assigned(tx, from_login)
    moved: list[str] = []
    refusal: CareError | None = None
    for ref in refs:
        try:
            assign_task(runtime, actor, ref, to_login)
            moved.append(ref)
        except NotFound:  # out of sight: whoever asks is not told that there is anything
            continue
        except NotPermitted as error:
            refusal = error
    if refusal is not None and not moved:
        raise refusal
    return moved


def _nobody(login: str) -> NotFound:
    return NotFound("account_unknown", N_("there is no account {login}"), hint=N_("see: care account list"), login=login)
