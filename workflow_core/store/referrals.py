"""What cases asked of other programs, and the answers, in and out of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, false, func, or_, select, update

from workflow_core.clock import stamp
from workflow_core.store.database import Row, Tx
from workflow_core.store.people import SCOPE_END
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, person, referral

_TO = case.alias("to")
_NUMBERED = select(
    referral, func.row_number().over(partition_by=referral.c.from_case, order_by=referral.c.referral_id).label("number")
).subquery("numbered")  # fmt: skip
_WITH_CASE = select(
    _NUMBERED,
    case.c.ref,
    case.c.place_id,
    _TO.c.ref.label("to_ref"),
    _TO.c.closed_at.label("to_closed"),
    person.c.ref.label("subject"),
    person.c.name.label("subject_name"),
).select_from(
    _NUMBERED.join(case, case.c.case_id == _NUMBERED.c.from_case)
    .outerjoin(_TO, _TO.c.case_id == _NUMBERED.c.to_case)
    .outerjoin(person, person.c.person_id == _NUMBERED.c.subject_id)
)
_ONE = Statement(_WITH_CASE.where(case.c.ref == bindparam("ref"), _NUMBERED.c.number == bindparam("n")))
_ANSWER = Statement(
    update(referral)
    .where(referral.c.referral_id == bindparam("of"), referral.c.state == bindparam("was"))
    .values({name: bindparam(name) for name in ("state", "answer", "to_case", "answered_at", "answered_by")})
)
_READDRESS = Statement(
    update(referral).where(referral.c.from_case == bindparam("case_id"), referral.c.state.in_(["waiting", "accepted"])).values(division=bindparam("now_in"))
)


def readdress(tx: Tx, case_id: str, division: str) -> None:
    """What a case asked, and is not answered, is asked where the case is now."""
    tx.execute(_READDRESS, {"case_id": case_id, "now_in": division})


def listed(tx: Tx, divisions: Sequence[str], *, open_only: bool, limit: int) -> list[Row]:
    """Referrals in the subtrees of these divisions, the urgent and the oldest first: the columns of the table, ``number`` within the case that asks,
    its ``ref`` and ``place_id``, ``to_ref`` and when that was closed (``to_closed``), ``subject``, ``subject_name``."""
    column = _NUMBERED.c.division
    wanted = _WITH_CASE.where(or_(false(), *((column >= code) & (column < code + SCOPE_END) if code else column.is_not(None) for code in divisions)))
    if open_only:
        wanted = wanted.where(_NUMBERED.c.state.in_(["waiting", "accepted"]))
    return tx.rows(wanted.order_by(_NUMBERED.c.urgent.desc(), _NUMBERED.c.asked_at, _NUMBERED.c.referral_id).limit(limit))


def one(tx: Tx, ref: str, n: int) -> Row | None:
    """The n-th referral of a case, as ``listed`` has them."""
    return tx.one(_ONE, {"ref": ref, "n": n})


def answer(tx: Tx, row: Row, state: str, *, text: str | None, to_case: str | None, by: str, now: datetime) -> bool:
    """Answer one; False where somebody has answered it since it was read."""
    said = {"state": state, "answer": text, "to_case": to_case, "answered_at": stamp(now), "answered_by": by}
    return tx.execute(_ANSWER, {"of": row["referral_id"], "was": row["state"], **said}) == 1
