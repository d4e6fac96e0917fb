"""The stored decisions of batches: what was planned, and how far it has been carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, false, func, insert, or_, select, update

from workflow_core.clock import stamp
from workflow_core.store import canonical, sequences
from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, plan, plan_item

OPEN = ("planned", "running")
"""States of a plan of which something may still be carried out."""
LEFT_AFTER = timedelta(hours=1)
"""A plan that was made so long ago, and is not carried out to its end, is nobody's work at hand any more."""
AT_ONCE = 1000
"""So many decisions are written at once."""

_ADD = Statement(insert(plan))
_ADD_ITEM = Statement(insert(plan_item))
_BY_REF = Statement(select(plan).where(plan.c.ref == bindparam("ref")))
_BY_ID = Statement(select(plan).where(plan.c.plan_id == bindparam("plan_id")))
_LATEST = Statement(
    select(plan)
    .where(
        plan.c.program == bindparam("program"),
        plan.c.batch == bindparam("batch"),
        plan.c.division == bindparam("division"),
        func.coalesce(plan.c.whole_id, "") == bindparam("whole"),
        plan.c.input == bindparam("input"),
        plan.c.state.in_(OPEN),
    )
    .order_by(plan.c.ref.desc())
)
_LEFT = Statement(select(plan.c.ref, plan.c.at).where(plan.c.state == "running", plan.c.at < bindparam("before")).order_by(plan.c.ref))
_ITEMS = Statement(select(plan_item).where(plan_item.c.plan_id == bindparam("plan_id")).order_by(plan_item.c.n))
_WAITING = Statement(
    select(plan_item)
    .where(plan_item.c.plan_id == bindparam("plan_id"), plan_item.c.state == "planned", plan_item.c.n > bindparam("after"))
    .order_by(plan_item.c.n)
    .limit(bindparam("most"))
)
_COUNTS = Statement(select(plan_item.c.state, func.count().label("number")).where(plan_item.c.plan_id == bindparam("plan_id")).group_by(plan_item.c.state))
_THIS = and_(plan_item.c.plan_id == bindparam("the_plan"), plan_item.c.n == bindparam("the_n"))
_CLAIM = Statement(update(plan_item).where(_THIS, plan_item.c.state == "planned").values(state="done"))
_CASE = Statement(update(plan_item).where(_THIS).values(case_id=bindparam("case_id")))
_REFUSE = Statement(update(plan_item).where(_THIS, plan_item.c.state != "refused").values(state="refused", refusal=bindparam("refusal")))
_BLANK = Statement(update(plan).where(plan.c.plan_id == bindparam("the_plan")).values(input=bindparam("input")))
_RETRY = Statement(update(plan_item).where(plan_item.c.plan_id == bindparam("the_plan"), plan_item.c.state == "refused").values(state="planned", refusal=None))
_STATE = Statement(
    update(plan).where(plan.c.plan_id == bindparam("the_plan"), plan.c.state.in_(bindparam("among", expanding=True))).values(state=bindparam("state"))
)
_CARRIED_OUT = Statement(
    update(plan)
    .where(plan.c.plan_id == bindparam("the_plan"))
    .values(
        carried_out=select(func.count())
        .select_from(plan_item)
        .where(plan_item.c.plan_id == bindparam("the_plan"), plan_item.c.state == "done")
        .scalar_subquery()
    )
)
_SEEN = Statement(
    select(case.c.case_id, case.c.ref, case.c.workflow, case.c.stage, case.c.record, case.c.subject_id, case.c.closed_at, case.c.suspended_at).where(
        case.c.ref.in_(bindparam("refs", expanding=True))
    )
)


def add(tx: Tx, row: Mapping[str, Any], items: Sequence[tuple[str, Mapping[str, Any]]], now: datetime, *, plan_id: str) -> None:
    """Store a plan with its decisions.

    :param row: ``program, batch, division, whole_id, input, summary, digest, by``. :param items: of each its key and its decision.
    :param plan_id: its key.
    """
    ref = f"PLAN-{now.year % 100:02}-{sequences.take(tx, 'office', 'ref/PLAN', now.year):05}"
    said = {name: canonical.dump(row[name]) for name in ("input", "summary")}
    tx.execute(_ADD, {**row, **said, "plan_id": plan_id, "ref": ref, "at": stamp(now)})
    for start in range(0, len(items), AT_ONCE):
        some = enumerate(items[start : start + AT_ONCE], start + 1)
        tx.many(_ADD_ITEM, [{"plan_id": plan_id, "n": n, "key": key, "decision": canonical.dump(decision)} for n, (key, decision) in some])


def by_ref(tx: Tx, ref: str) -> Row | None:
    """A plan by its reference (PLAN-26-00012)."""
    return _read(tx.one(_BY_REF, {"ref": ref}))


def by_id(tx: Tx, plan_id: str) -> Row | None:
    """A plan by its id."""
    return _read(tx.one(_BY_ID, {"plan_id": plan_id}))


def unfinished(tx: Tx, program: str, batch: str, division: str, whole_id: str | None, given: Mapping[str, Any]) -> Row | None:
    """The latest plan of a batch for a division (and a case), with that input, that is not carried out and not dropped."""
    wanted = {"program": program, "batch": batch, "division": division, "whole": whole_id or "", "input": canonical.dump(given)}
    return _read(tx.one(_LATEST, wanted))


def listed(tx: Tx, *, divisions: Sequence[str] | None, program: str | None = None, open_only: bool = False, limit: int = 100) -> list[Row]:
    """Plans, the latest first.

    :param divisions: code prefixes in scope; None for all.
    """
    query = select(plan).order_by(plan.c.ref.desc()).limit(limit)
    if divisions is not None and "" not in divisions:
        query = query.where(or_(false(), *(and_(plan.c.division >= code, plan.c.division < f"{code}z") for code in divisions)))
    if program is not None:
        query = query.where(plan.c.program == program)
    if open_only:
        query = query.where(plan.c.state.in_(OPEN))
    return [found for row in tx.rows(query) if (found := _read(row)) is not None]


def left(tx: Tx, before: datetime) -> list[Row]:
    """Plans that are begun and not carried out to their end, of those made before an instant: ``ref, at``."""
    return tx.rows(_LEFT, {"before": stamp(before)})


def items(tx: Tx, plan_id: str) -> list[Row]:
    """Every decision of a plan: ``n, key, decision, state, refusal, case_id``."""
    return [_item(row) for row in tx.rows(_ITEMS, {"plan_id": plan_id})]


def waiting(tx: Tx, plan_id: str, *, after: int, most: int) -> list[Row]:
    """The next decisions that are still to be carried out, in their order."""
    return [_item(row) for row in tx.rows(_WAITING, {"plan_id": plan_id, "after": after, "most": most})]


def counts(tx: Tx, plan_id: str) -> dict[str, int]:
    """How many decisions are ``planned``, ``done``, ``refused``."""
    return {"planned": 0, "done": 0, "refused": 0} | {row["state"]: int(row["number"]) for row in tx.rows(_COUNTS, {"plan_id": plan_id})}


def claim(tx: Tx, plan_id: str, n: int) -> bool:
    """Take one decision to carry it out in this transaction; False where somebody has carried it out, or has it at hand."""
    return tx.execute(_CLAIM, {"the_plan": plan_id, "the_n": n}) == 1


def did(tx: Tx, plan_id: str, n: int, case_id: str) -> None:
    """Note which case a decision opened or changed."""
    tx.execute(_CASE, {"the_plan": plan_id, "the_n": n, "case_id": case_id})


def refuse(tx: Tx, plan_id: str, n: int, refusal: Mapping[str, Any]) -> None:
    """Note why a decision was not carried out."""
    tx.execute(_REFUSE, {"the_plan": plan_id, "the_n": n, "refusal": canonical.dump(refusal)})


def try_again(tx: Tx, plan_id: str) -> None:
    """What was refused is to be carried out once more."""
    tx.execute(_RETRY, {"the_plan": plan_id})


def turn(tx: Tx, plan_id: str, state: str, among: Sequence[str]) -> bool:
    """Bring a plan into a state from one of these; False where it is in none of them.

    What a plan that is dropped was asked with is kept no longer: it may be a secret.
    """
    tx.execute(_CARRIED_OUT, {"the_plan": plan_id})
    turned = tx.execute(_STATE, {"the_plan": plan_id, "state": state, "among": list(among)}) == 1
    if turned and state == "dropped":
        tx.execute(_BLANK, {"the_plan": plan_id, "input": canonical.dump({})})
    return turned


def as_they_stand(tx: Tx, refs: Sequence[str]) -> list[Row]:
    """Cases as a plan has seen them, or as they are now: what a decision rests on."""
    return tx.rows(_SEEN, {"refs": sorted(set(refs))}) if refs else []


def _read(row: Row | None) -> Row | None:
    if row is not None:
        row["input"], row["summary"] = canonical.load(row["input"]), canonical.load(row["summary"])
    return row


def _item(row: Row) -> Row:
    row["decision"] = canonical.load(row["decision"])
    row["refusal"] = None if row["refusal"] is None else canonical.load(row["refusal"])
    return row
