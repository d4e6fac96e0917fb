"""What lies with an account by name, or bears its name: looked up when its owner leaves."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select
from sqlalchemy import case as sql_case

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, document, grant_request, plan, task, transfer, waiting

_CASES = Statement(
    select(case.c.case_id, case.c.ref, case.c.program, case.c.division, case.c.place_id)
    .where(
        or_(
            case.c.case_id.in_(select(waiting.c.case_id).where(waiting.c.assignee == bindparam("login"))),
            (case.c.assignee == bindparam("login")) & case.c.closed_at.is_(None),
        )
    )
    .order_by(case.c.ref)
)
_CLAIMED = Statement(
    select(case.c.ref, task.c.n, task.c.title, task.c.assignee, case.c.program, case.c.division, case.c.place_id)
    .join_from(task, case, case.c.case_id == task.c.case_id)
    .where(
        task.c.claimed_by == bindparam("login"),
        task.c.assignee != bindparam("login"),
        task.c.state == "open",
        case.c.case_id.in_(select(waiting.c.case_id).where(waiting.c.assignee.is_not(None))),
    )
    .order_by(case.c.ref, task.c.n)
)
_DRAFTS = Statement(
    select(case.c.ref, document.c.n, document.c.title, case.c.program, case.c.division, case.c.place_id)
    .join_from(document, case, case.c.case_id == document.c.case_id)
    .where(document.c.drafted_by == bindparam("login"), document.c.state == "draft", case.c.closed_at.is_(None))
    .order_by(case.c.ref, document.c.n)
)
_PLANS = Statement(
    select(plan.c.ref, plan.c.batch, plan.c.program, plan.c.division)
    .where(plan.c.by == bindparam("login"), or_(plan.c.state == "planned", plan.c.state == "running"))
    .order_by(plan.c.ref)
)
_TRANSFERS = Statement(
    select(transfer.c.ref, sql_case((transfer.c.kind == "ask", transfer.c.to_division), else_=transfer.c.from_division).label("division"))
    .where(transfer.c.asked_by == bindparam("login"), transfer.c.state == "waiting")
    .order_by(transfer.c.ref)
)
_RIGHTS = Statement(
    select(grant_request.c.ref, grant_request.c.role)
    .where(grant_request.c.state == "waiting", or_(grant_request.c.asked_by == bindparam("login"), grant_request.c.login == bindparam("login")))
    .order_by(grant_request.c.ref)
)


def cases_of(tx: Tx, login: str) -> list[Row]:
    """The cases in which a task lies on an account's desk by name, or that are laid on it as a whole: ``case_id, ref, program, division, place_id``."""
    return tx.rows(_CASES, {"login": login})


def claimed_of(tx: Tx, login: str) -> list[Row]:
    """The open tasks that it took as a deputy and that lie with whom it stood in for: ``ref, n, title, assignee``, and where the case lies."""
    return tx.rows(_CLAIMED, {"login": login})


def drafts_of(tx: Tx, login: str) -> list[Row]:
    """The papers of open cases that it drafted and nobody has signed: ``ref, n, title``, and where the case lies."""
    return tx.rows(_DRAFTS, {"login": login})


def plans_of(tx: Tx, login: str) -> list[Row]:
    """The plans of batches that it made and that are not carried out to their end."""
    return tx.rows(_PLANS, {"login": login})


def transfers_of(tx: Tx, login: str) -> list[Row]:
    """The transfers that it began and nobody has answered; ``division`` is the one that began."""
    return tx.rows(_TRANSFERS, {"login": login})


def rights_of(tx: Tx, login: str) -> list[Row]:
    """The rights that it asked for, or that were asked for it, and nobody has granted."""
    return tx.rows(_RIGHTS, {"login": login})
