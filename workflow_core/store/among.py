"""Cases among cases: a whole and its parts, a case's parties, and the cases in which somebody, or some case, is a party."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, func, insert, select, union, update

from workflow_core.clock import stamp
from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, outbox, party

_OPEN = case.c.closed_at.is_(None)
_NAMED = party.c.party_id.in_(bindparam("ids", expanding=True)) & party.c.until.is_(None)
_HERE = (case.c.case_id, case.c.ref, case.c.program, case.c.workflow, case.c.stage, case.c.division)

_PARTIES = Statement(select(party).where(party.c.case_id == bindparam("case_id"), party.c.until.is_(None)).order_by(party.c.n))
_PARTIES_OF = Statement(
    select(party).where(party.c.case_id.in_(bindparam("ids", expanding=True)), party.c.until.is_(None)).order_by(party.c.case_id, party.c.n)
)
_INSERT_PARTY = Statement(insert(party))
_COUNTS = Statement(
    select(case.c.workflow, case.c.stage, func.count().label("n"), func.count(case.c.closed_at).label("closed"))
    .where(case.c.whole_id == bindparam("case_id"))
    .group_by(case.c.workflow, case.c.stage)
)
_COUNTS_OF = Statement(
    select(case.c.whole_id.label("case_id"), case.c.workflow, case.c.stage, func.count().label("n"), func.count(case.c.closed_at).label("closed"))
    .where(case.c.whole_id.in_(bindparam("ids", expanding=True)))
    .group_by(case.c.whole_id, case.c.workflow, case.c.stage)
)
_NAMED_COUNTS_OF = Statement(
    select(party.c.party_id.label("case_id"), case.c.workflow, case.c.stage, func.count().label("n"), func.count(case.c.closed_at).label("closed"))
    .select_from(party.join(case, case.c.case_id == party.c.case_id))
    .where(_NAMED)
    .group_by(party.c.party_id, case.c.workflow, case.c.stage)
)
_NAMED_COUNTS = Statement(
    select(case.c.workflow, case.c.stage, func.count().label("n"), func.count(case.c.closed_at).label("closed"))
    .select_from(party.join(case, case.c.case_id == party.c.case_id))
    .where(_NAMED)
    .group_by(case.c.workflow, case.c.stage)
)
_PARTS = Statement(
    select(*_HERE, case.c.closed_at).where(case.c.whole_id == bindparam("case_id"), case.c.workflow == bindparam("workflow")).order_by(case.c.ref)
)
_NAMING = Statement(
    select(*_HERE, case.c.closed_at, party.c.name)
    .select_from(party.join(case, case.c.case_id == party.c.case_id))
    .where(_NAMED, case.c.workflow == bindparam("workflow"), case.c.program == bindparam("program"))
    .order_by(case.c.ref)
)
_BY_REFS = Statement(select(*_HERE).where(case.c.ref.in_(bindparam("refs", expanding=True))).order_by(case.c.ref))
_BY_IDS = Statement(select(*_HERE).where(case.c.case_id.in_(bindparam("ids", expanding=True))).order_by(case.c.ref))
_SAME = Statement(
    select(case.c.ref, case.c.closed_at)
    .where(
        case.c.program == bindparam("program"),
        case.c.workflow == bindparam("workflow"),
        func.coalesce(case.c.subject_id, "") == bindparam("subject"),
        func.coalesce(case.c.whole_id, "") == bindparam("whole"),
        case.c.key == bindparam("key"),
    )
    .order_by(case.c.ref)
)
_SAME_SUBJECT = Statement(
    select(case.c.ref, case.c.closed_at, case.c.whole_id)
    .where(
        case.c.subject_id == bindparam("subject"),
        case.c.program == bindparam("program"),
        case.c.workflow == bindparam("workflow"),
        case.c.key == bindparam("key"),
    )
    .order_by(case.c.ref)
)
_PARTS_ABOUT = Statement(
    select(case.c.ref, case.c.stage, case.c.whole_id)
    .where(case.c.subject_id == bindparam("subject"), case.c.program == bindparam("program"), case.c.workflow == bindparam("workflow"))
    .order_by(case.c.case_id)
)
_LOCK = Statement(
    select(case.c.closed_at, case.c.workflow, case.c.program, case.c.stage, case.c.version)
    .where(case.c.case_id == bindparam("case_id"))
    .with_for_update(key_share=True)
)
_WAKE = Statement(
    update(case)
    .where(case.c.case_id.in_(bindparam("ids", expanding=True)), _OPEN, case.c.suspended_at.is_(None))
    .values(wake_at=bindparam("wake_at", type_=Text()))
)
_LINKED = Statement(
    union(
        select(case.c.case_id).where(case.c.case_id == bindparam("whole_id"), _OPEN),
        select(case.c.case_id)
        .select_from(party.join(case, case.c.case_id == party.c.case_id))
        .where(party.c.party_id == bindparam("case_id"), party.c.until.is_(None), _OPEN),
        select(case.c.case_id)
        .select_from(party.join(case, case.c.case_id == party.c.party_id))
        .where(party.c.case_id == bindparam("case_id"), party.c.until.is_(None), _OPEN),
    )
)
_OPEN_IN_DIVISION = Statement(
    select(*_HERE)
    .where(case.c.program == bindparam("program"), case.c.workflow == bindparam("workflow"), case.c.division == bindparam("division"), _OPEN)
    .order_by(case.c.case_id.desc())
)
_STANDING = {
    column: Statement(
        select(case.c.case_id, case.c.ref)
        .where(
            case.c.program == bindparam("program"), case.c.workflow == bindparam("workflow"), case.c.stage.in_(bindparam("stages", expanding=True)),
            case.c[column] == bindparam("value"), case.c.suspended_at.is_(None), _OPEN,
        )
        .order_by(case.c.stage_since, case.c.case_id)
        .limit(bindparam("most"))
    )
    for column in ("whole_id", "subject_id", "division")
}  # fmt: skip
_LETTERS = Statement(
    select(outbox.c.id)
    .where(outbox.c.kind == "effect", outbox.c.state == "waiting", outbox.c.case_id == bindparam("case_id"))
    .order_by(outbox.c.id)
)  # fmt: skip


def parties(tx: Tx, case_id: str) -> list[Row]:
    """Who is a party of a case today."""
    return tx.rows(_PARTIES, {"case_id": case_id})


def parties_of(tx: Tx, ids: Sequence[str]) -> list[Row]:
    """The parties of many cases."""
    return tx.rows(_PARTIES_OF, {"ids": list(ids)})


def add_parties(tx: Tx, case_id: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write the parties of a new case: ``n, name, kind, party_id, since``."""
    tx.many(_INSERT_PARTY, [{"case_id": case_id, **row} for row in rows])


def counts(tx: Tx, case_id: str) -> list[Row]:
    """How many parts a case has: ``workflow, stage, n``, and ``closed`` among them."""
    return tx.rows(_COUNTS, {"case_id": case_id})


def named_counts(tx: Tx, ids: Sequence[str]) -> list[Row]:
    """In how many cases one of these ids is a party, as in ``counts``."""
    return tx.rows(_NAMED_COUNTS, {"ids": list(ids)})


def counts_of(tx: Tx, ids: Sequence[str]) -> list[Row]:
    """How many parts many cases have: as in ``counts``, with ``case_id``."""
    return tx.rows(_COUNTS_OF, {"ids": list(ids)})


def named_counts_of(tx: Tx, ids: Sequence[str]) -> list[Row]:
    """In how many cases each of many is a party: as in ``counts``, with ``case_id``."""
    return tx.rows(_NAMED_COUNTS_OF, {"ids": list(ids)})


def parts(tx: Tx, case_id: str, workflow: str) -> list[Row]:
    """The parts of a case that run a workflow, open and closed, by reference."""
    return tx.rows(_PARTS, {"case_id": case_id, "workflow": workflow})


def naming(tx: Tx, ids: Sequence[str], program: str, workflow: str) -> list[Row]:
    """The cases of a workflow in which one of these ids is a party; ``name``: as what."""
    return tx.rows(_NAMING, {"ids": list(ids), "program": program, "workflow": workflow})


def by_refs(tx: Tx, refs: Sequence[str]) -> list[Row]:
    """The cases with these references."""
    return tx.rows(_BY_REFS, {"refs": list(refs)}) if refs else []


def by_ids(tx: Tx, ids: Sequence[str]) -> list[Row]:
    """The cases with these ids."""
    return tx.rows(_BY_IDS, {"ids": list(ids)}) if ids else []


def standing(tx: Tx, program: str, workflow: str, stages: Sequence[str], by: str, value: str, most: int) -> list[Row]:
    """The open cases of a workflow that stand in these stages, who has stood longest first: ``case_id, ref``. None that is suspended.

    :param by: ``whole_id``, ``subject_id`` or ``division``; :param value: which.
    """
    return tx.rows(_STANDING[by], {"program": program, "workflow": workflow, "stages": list(stages), "value": value, "most": most})


def same(tx: Tx, program: str, workflow: str, subject_id: str | None, whole_id: str | None, key: str) -> list[Row]:
    """The cases of one workflow about one subject, under one key, that are parts of one whole (of none): ``ref``, ``closed_at``."""
    about = {"program": program, "workflow": workflow, "key": key}
    if subject_id is not None:  # there is an index for that, and a subject has few cases
        return [row for row in tx.rows(_SAME_SUBJECT, {**about, "subject": subject_id}) if row["whole_id"] == whole_id]
    return tx.rows(_SAME, {**about, "subject": "", "whole": whole_id or ""})


def parts_about(tx: Tx, subject_id: str, program: str, workflow: str, whole_id: str) -> list[Row]:
    """The parts of a whole that are about somebody, open and closed, oldest first: ``ref``, ``stage``."""
    rows = tx.rows(_PARTS_ABOUT, {"subject": subject_id, "program": program, "workflow": workflow})
    return [row for row in rows if row["whole_id"] == whole_id]  # a subject has few cases, a whole thousands of parts: not to be left to the database


def lock(tx: Tx, case_id: str) -> Row | None:
    """Hold a whole until this transaction ends, while a part is opened or the whole is closed: ``closed_at, workflow, program, stage, version``."""
    return tx.one(_LOCK, {"case_id": case_id})


def linked(tx: Tx, case_id: str, whole_id: str | None) -> list[str]:
    """The open cases that look at this one: its whole, the cases in which it is a party, and those that are its parties."""
    return sorted(row["case_id"] for row in tx.rows(_LINKED, {"case_id": case_id, "whole_id": whole_id or ""}))


def wake(tx: Tx, ids: Sequence[str], at: datetime) -> None:
    """Have the clock look at cases at once: no event, no new version. Who writes one of them meanwhile keeps this."""
    if ids:
        tx.execute(_WAKE, {"ids": list(ids), "wake_at": stamp(at)})


def open_in(tx: Tx, program: str, workflow: str, division: str) -> list[Row]:
    """The open cases of a workflow in one division, the latest first."""
    return tx.rows(_OPEN_IN_DIVISION, {"program": program, "workflow": workflow, "division": division})


def letters(tx: Tx, case_id: str) -> list[str]:
    """The effects on other cases that a case has sent and that are still to be carried out."""
    return [row["id"] for row in tx.rows(_LETTERS, {"case_id": case_id})]
