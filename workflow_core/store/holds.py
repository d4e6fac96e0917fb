"""What must hold across cases: seats, a volunteer's capacity, one open case per child.

One counted row per limit and key, raised only while there is room, in the transaction of the case that takes it. Under READ COMMITTED the
second writer waits for the first and then sees its count: of eight who want the last seat, one gets it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import hold, hold_item

_KEY = ("program", "limit_name", "key")
_THIS_ITEM = tuple(hold_item.c[name] == bindparam(name) for name in _KEY)
_THIS_HOLD = tuple(hold.c[name] == bindparam(f"of_{name}") for name in _KEY)


def _while_there_is_room(made: Any) -> Any:
    raised = {"used": hold.c.used + 1, "size": made.excluded.size}
    return made.on_conflict_do_update(index_elements=list(_KEY), set_=raised, where=hold.c.used < made.excluded.size).returning(hold.c.used)


def _whatever_there_is(made: Any) -> Any:
    return made.on_conflict_do_update(index_elements=list(_KEY), set_={"used": hold.c.used + 1, "size": made.excluded.size}).returning(hold.c.used)


_HAS = Statement(select(hold_item.c.case_id).where(*_THIS_ITEM, hold_item.c.case_id == bindparam("case_id")))
_TAKE = Statement.upsert(lambda insert: _while_there_is_room(insert(hold)))
_KEEP = Statement.upsert(lambda insert: _whatever_there_is(insert(hold)))
_ADD = Statement(insert(hold_item))
_DROP = Statement(delete(hold_item).where(*_THIS_ITEM, hold_item.c.case_id == bindparam("case_id")).returning(hold_item.c.once))
_HELD = Statement(select(*(hold_item.c[name] for name in _KEY)).where(hold_item.c.case_id == bindparam("case_id")))
_LOCK = Statement.upsert(lambda insert: insert(hold).on_conflict_do_update(index_elements=list(_KEY), set_={"used": hold.c.used}).returning(hold.c.used))
_TOGETHER = Statement(select(hold_item.c.case_id).where(*_THIS_ITEM, hold_item.c.once == bindparam("once")).limit(1))
_LOWER = Statement(update(hold).where(*_THIS_HOLD).values(used=hold.c.used - 1))
_USED = Statement(select(hold.c.used).where(*_THIS_HOLD))
_HOLDERS = Statement(select(hold_item.c.case_id).where(*_THIS_ITEM).order_by(hold_item.c.case_id))


def take(tx: Tx, program: str, limit: str, key: str, case_id: str, size: int, once: str = "", *, kept: bool = False) -> bool:
    """Take one place for a case. A case that has it already keeps it, and is counted once.

    Who takes several in one transaction takes them in sorted order, so that two of them never wait for each other.

    :param size: how many places there are now; a size lowered below what is used takes nothing away.
    :param once: a word: cases with the same one take one place together (the children of one household).
    :param kept: it has the place already, under the limit's former name: it is not asked whether there is room.
    :return: whether there was room.
    """
    item = {"program": program, "limit_name": limit, "key": key, "case_id": case_id}
    if tx.one(_HAS, item) is not None:
        return True
    place = {"program": program, "limit_name": limit, "key": key}
    if once:
        tx.one(_LOCK, {**place, "used": 0, "size": size})  # who counts together must not count at the same moment
        if tx.one(_TOGETHER, {**place, "once": once}) is not None:
            tx.execute(_ADD, {**item, "once": once})
            return True
    if (size < 1 and not kept) or tx.one(_KEEP if kept else _TAKE, {**place, "used": 1, "size": size}) is None:
        return False
    tx.execute(_ADD, {**item, "once": once or None})
    return True


def lock(tx: Tx, program: str, limit: str, key: str) -> None:
    """Hold a count until the transaction ends: nobody else takes a place of it, or gives one back, meanwhile."""
    tx.one(_LOCK, {"program": program, "limit_name": limit, "key": key, "used": 0, "size": 0})


def release(tx: Tx, program: str, limit: str, key: str, case_id: str) -> bool:
    """Give a case's place back; False when it had none."""
    place = {"program": program, "limit_name": limit, "key": key}
    dropped = tx.one(_DROP, {**place, "case_id": case_id})
    if dropped is None:
        return False
    if dropped["once"] is not None:
        tx.one(_LOCK, {**place, "used": 0, "size": 0})
        if tx.one(_TOGETHER, {**place, "once": dropped["once"]}) is not None:
            return True  # the others keep the place that they share
    tx.execute(_LOWER, {"of_program": program, "of_limit_name": limit, "of_key": key})
    return True


def release_all(tx: Tx, case_id: str) -> int:
    """Give back all that a case holds, as when it closes; how many they were."""
    held: list[Row] = tx.rows(_HELD, {"case_id": case_id})
    for program, limit, key in sorted((row.program, row.limit_name, row.key) for row in held):
        release(tx, program, limit, key, case_id)
    return len(held)


def has(tx: Tx, program: str, limit: str, key: str, case_id: str) -> bool:
    """Whether a case holds that place."""
    return tx.one(_HAS, {"program": program, "limit_name": limit, "key": key, "case_id": case_id}) is not None


def used(tx: Tx, program: str, limit: str, key: str) -> int:
    """How many places are taken."""
    return tx.value(_USED, {"of_program": program, "of_limit_name": limit, "of_key": key}) or 0


def shared(tx: Tx, program: str, limit: str, key: str, once: str) -> bool:
    """Whether a place is taken already under that word."""
    return tx.one(_TOGETHER, {"program": program, "limit_name": limit, "key": key, "once": once}) is not None


def holders(tx: Tx, program: str, limit: str, key: str) -> list[str]:
    """The cases that hold a place, oldest first."""
    return [row.case_id for row in tx.rows(_HOLDERS, {"program": program, "limit_name": limit, "key": key})]
