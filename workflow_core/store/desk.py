"""The lists of cases and the queue of the clock, and small look-ups beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, false, func, or_, select

from workflow_core.clock import stamp, unstamp
from workflow_core.store.database import Row, Tx
from workflow_core.store.own_cases import NAMED, is_person
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, attachment, case, document, person, waiting
from workflow_core.store.tables import blob as blob_table
from workflow_core.store.tables import division as division_table
from workflow_core.store.tables import party as party_table

_DUE_CASES = Statement(
    select(case.c.case_id, case.c.ref, case.c.wake_at)
    .where(case.c.wake_at.is_not(None), case.c.wake_at <= bindparam("now"), case.c.case_id.not_in(bindparam("but", expanding=True)))
    .where(case.c.definition.not_in(bindparam("waiting", expanding=True)))
    .order_by(case.c.wake_at, case.c.case_id)
    .limit(bindparam("most"))
)
_TAKE_DUE = Statement(
    select(case.c.case_id, case.c.wake_at)
    .where(case.c.case_id.in_(bindparam("cases", expanding=True)), case.c.wake_at <= bindparam("now"))
    .with_for_update(skip_locked=True)
)
_LEFT = Statement(select(func.count()).select_from(case).where(case.c.wake_at.is_not(None), case.c.wake_at <= bindparam("now")))
_ACCOUNT = Statement(select(account.c.login).where(account.c.login == bindparam("login"), account.c.closed_at.is_(None)))
_KEEP_OPEN = Statement(select(account.c.closed_at).where(account.c.login == bindparam("login")).with_for_update(read=True))
_ASSIGNED = Statement(
    select(case.c.ref, waiting.c.n)
    .select_from(waiting.join(case, case.c.case_id == waiting.c.case_id))
    .where(waiting.c.assignee == bindparam("login"))
    .order_by(case.c.ref, waiting.c.n)
)
_LIES_ON = Statement(select(waiting.c.n).where(waiting.c.assignee == bindparam("login"), waiting.c.case_id == bindparam("case_id")).limit(1))
_BLOB = Statement.upsert(lambda into: into(blob_table).on_conflict_do_nothing(index_elements=["digest"]))
_BLOB_OF = Statement(select(blob_table.c.content).where(blob_table.c.digest == bindparam("digest")))
_FILES = Statement(
    select(attachment.c.digest)
    .where(attachment.c.case_id == bindparam("case_id"))
    .union(select(document.c.scan.label("digest")).where(document.c.case_id == bindparam("case_id"), document.c.scan.is_not(None)))
)
_OPEN_OF = Statement(
    select(case.c.ref, case.c.case_id, case.c.workflow, case.c.stage)
    .where(case.c.subject_id == bindparam("subject_id"), case.c.program == bindparam("program"), case.c.closed_at.is_(None))
    .order_by(case.c.case_id)
)
_OF_SUBJECT = Statement(select(case.c.ref).where(case.c.subject_id == bindparam("subject_id")).order_by(case.c.case_id))
_LATEST_KEYS = Statement(
    select(case.c.division, func.max(case.c.key).label("key"))
    .where(case.c.program == bindparam("program"), case.c.workflow == bindparam("workflow"), case.c.key.like(bindparam("like")))
    .group_by(case.c.division)
)
_WITHOUT_KEY = Statement(
    select(case.c.opened_at).where(
        case.c.program == bindparam("program"), case.c.workflow == bindparam("workflow"), case.c.division == bindparam("division"), case.c.key == ""
    )
)
_OPEN_IN = (
    select(func.count()).select_from(case).where(case.c.program == bindparam("program"), case.c.closed_at.is_(None))
)  # fmt: skip


def due_cases(tx: Tx, now: datetime, most: int, but: Sequence[str] = (), waiting: Sequence[str] = ()) -> list[Row]:
    """The cases at which the clock must look, the longest waiting first; ``but`` those ids, and those that run on the definitions in ``waiting``."""
    return tx.rows(_DUE_CASES, {"now": stamp(now), "most": most, "but": list(but), "waiting": list(waiting)})


def take_due(tx: Tx, now: datetime, cases: Sequence[str]) -> list[Row]:
    """Those of the cases that are still due and that no other transaction has at hand; they are this one's until it ends."""
    return tx.rows(_TAKE_DUE, {"cases": list(cases), "now": stamp(now)})


def due_left(tx: Tx, now: datetime) -> int:
    """How many cases the clock still has to look at."""
    return int(tx.value(_LEFT, {"now": stamp(now)}))


def account_there(tx: Tx, login: str) -> bool:
    """Whether there is such an account."""
    return tx.one(_ACCOUNT, {"login": login}) is not None


def keep_open(tx: Tx, login: str) -> bool:
    """See that an account is not closed before the transaction ends; False where it is closed already."""
    found = tx.one(_KEEP_OPEN, {"login": login})
    return found is None or found["closed_at"] is None


def assigned(tx: Tx, login: str) -> list[str]:
    """The references of the open tasks on one account's desk."""
    return list(dict.fromkeys(f"{row['ref']}.{row['n']}" for row in tx.rows(_ASSIGNED, {"login": login})))


def lies_on(tx: Tx, case_id: str, login: str) -> bool:
    """Whether something of a case that waits is laid on one account's desk: then it is one of its own cases."""
    return tx.one(_LIES_ON, {"login": login, "case_id": case_id}) is not None


def keep_blob(tx: Tx, digest: str, content: bytes, at: datetime) -> None:
    """Store bytes under their digest, unless they are there."""
    tx.execute(_BLOB, {"digest": digest, "size": len(content), "content": content, "at": stamp(at)})


def files_kept(tx: Tx, case_id: str) -> set[str]:
    """The digests of the files that were put in beside a case, the scans of receipts among them."""
    return {row["digest"] for row in tx.rows(_FILES, {"case_id": case_id})}


def blob(tx: Tx, digest: str) -> bytes | None:
    """The bytes of a digest; None where there are none."""
    found = tx.value(_BLOB_OF, {"digest": digest})
    return None if found is None else bytes(found)


def open_cases_of(tx: Tx, subject_id: str, program: str) -> list[Row]:
    """The open cases of one program about somebody, oldest first."""
    return tx.rows(_OPEN_OF, {"subject_id": subject_id, "program": program})


def cases_of(tx: Tx, subject_id: str) -> list[str]:
    """The references of all cases about somebody, oldest first."""
    return [row["ref"] for row in tx.rows(_OF_SUBJECT, {"subject_id": subject_id})]


def latest_keys(tx: Tx, program: str, workflow: str, prefix: str) -> dict[str, str]:
    """Of each division the greatest key with a prefix among a workflow's cases, open or closed."""
    rows = tx.rows(_LATEST_KEYS, {"program": program, "workflow": workflow, "like": f"{prefix}%"})
    return {row["division"]: row["key"] for row in rows}


def opened_without_key(tx: Tx, program: str, workflow: str, division: str) -> list[datetime]:
    """When each case of a workflow was opened in a division that has no key, open or closed: by hand, or with a sheet."""
    return [unstamp(row["opened_at"]) for row in tx.rows(_WITHOUT_KEY, {"program": program, "workflow": workflow, "division": division})]


def divisions_of_level(tx: Tx, level: str, codes: Sequence[str]) -> list[str]:
    """The divisions of a level that lie in one of these, or are one of them."""
    return [
        row["code"]
        for row in tx.rows(
            select(division_table.c.code).where(division_table.c.level == level, _below(division_table.c.code, codes)).order_by(division_table.c.code)
        )
    ]


def open_count(tx: Tx, program: str, division: str) -> int:
    """How many cases of a program are open in a division and below it."""
    return int(tx.value(_OPEN_IN.where(_below(case.c.division, [division])), {"program": program}))


def cases(
    tx: Tx,
    *,
    divisions: Sequence[str] | None,
    places: Sequence[str] = (),
    own_of: str | None = None,
    party: str | None = None,
    program: str | None = None,
    workflow: str | None = None,
    stage: str | None = None,
    division: str | None = None,
    subject_id: str | None = None,
    whole_id: str | None = None,
    stages: Sequence[tuple[str, str, str]] | None = None,
    open_only: bool = False,
    limit: int | None = 200,
    after: str = "",
) -> list[Row]:
    """Cases by what is asked of them, by reference.

    Each has its subject's reference and name (``subject``, ``subject_name``), and which division keeps that one's file today (``kept_in``).

    :param stages: only in one of these: program, workflow, stage.
    :param own_of: a login: with those of which something lies on its desk. :param party: a person's id: with those in which that one is a party.
    :param divisions: code prefixes in scope; None for all. :param after: the reference after which the page begins.
    """
    query: Select[Any] = (
        select(case, person.c.ref.label("subject"), person.c.name.label("subject_name"), person.c.division.label("kept_in"))
        .select_from(case.outerjoin(person, person.c.person_id == case.c.subject_id))
        .where(case.c.ref > after)
        .order_by(case.c.ref)
    )
    if divisions is not None:
        scope = [_below(case.c.division, divisions)]
        if places:
            scope.append(case.c.place_id.in_(list(places)))
        if own_of is not None:
            scope.append(case.c.case_id.in_(select(waiting.c.case_id).where(waiting.c.assignee == own_of)))
        if party is not None:
            scope.append(case.c.case_id.in_(select(party_table.c.case_id).select_from(NAMED).where(is_person(party))))
        query = query.where(or_(*scope))
    asked = {case.c.program: program, case.c.workflow: workflow, case.c.stage: stage, case.c.subject_id: subject_id, case.c.whole_id: whole_id}
    for column, value in asked.items():
        if value is not None:
            query = query.where(column == value)
    if stages is not None:
        query = query.where(or_(false(), *(and_(case.c.program == one, case.c.workflow == other, case.c.stage == name) for one, other, name in stages)))
    if division is not None:
        query = query.where(_below(case.c.division, [division]))
    if open_only:
        query = query.where(case.c.closed_at.is_(None))
    return tx.rows(query if limit is None else query.limit(limit))


def _below(column: Any, codes: Sequence[str]) -> Any:
    """The subtree of each code: codes are prefixes of what lies below them, and letters sort after digits in every collation."""
    return or_(false(), *(and_(column >= code, column < f"{code}z") if code else column.is_not(None) for code in codes))
