"""What is tied to a person's file, and how it moves to another file of the same person."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Table, bindparam, func, select, update

from workflow_core.store.database import Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import access_request, case, consent, observation, party, person, petition, referral, relation, transfer

_KEYED: Mapping[str, tuple[Table, str]] = {
    "relations": (relation, "person_id"),
    "tied_to": (relation, "other_id"),
    "parties": (party, "party_id"),
    "referrals": (referral, "subject_id"),
    "transfers": (transfer, "person_id"),
    "access_requests": (access_request, "person_id"),
    "petitions": (petition, "person_id"),
    "given_consents": (consent, "given_by"),
}
_NUMBERED: Mapping[str, Table] = {"observations": observation, "consents": consent}
_COUNT = {name: Statement(select(func.count()).select_from(table).where(table.c[column] == bindparam("person"))) for name, (table, column) in _KEYED.items()}
_COUNT |= {name: Statement(select(func.count()).select_from(table).where(table.c.person_id == bindparam("person"))) for name, table in _NUMBERED.items()}
_MOVE = {
    name: Statement(update(table).where(table.c[column] == bindparam("person")).values({column: bindparam("into")})) for name, (table, column) in _KEYED.items()
}
_LAST = {name: Statement(select(func.coalesce(func.max(table.c.n), 0)).where(table.c.person_id == bindparam("person"))) for name, table in _NUMBERED.items()}
_MOVE_NUMBERED = {
    name: Statement(update(table).where(table.c.person_id == bindparam("person")).values({"person_id": bindparam("into"), "n": table.c.n + bindparam("after")}))
    for name, table in _NUMBERED.items()
}
_CORRECTS = Statement(
    update(observation)
    .where(observation.c.person_id == bindparam("person"), observation.c.corrects.is_not(None))
    .values(corrects=observation.c.corrects + bindparam("after"))
)
_SAID = Statement(select(consent.c.n).where(consent.c.person_id == bindparam("person")).order_by(consent.c.recorded_at, consent.c.n))
_NUMBER = Statement(update(consent).where(consent.c.person_id == bindparam("person"), consent.c.n == bindparam("old")).values(n=bindparam("new")))
_MOVE_RELATION = Statement(
    update(relation)
    .where(relation.c.person_id == bindparam("person"), relation.c.kind == bindparam("of_kind"), relation.c.until.is_(None))
    .values(person_id=bindparam("into"))
)
_CASES = Statement(select(case.c.ref).where(case.c.subject_id == bindparam("person")).order_by(case.c.case_id))
_GIVE_UP = Statement(
    update(person)
    .where(person.c.person_id == bindparam("the_person"), person.c.version == bindparam("read_version"))
    .values(national_id=None, merged_into=bindparam("into"), updated_at=bindparam("updated_at"), version=person.c.version + 1)
)


def ties(tx: Tx, person_id: str) -> dict[str, int]:
    """How many rows of each kind are tied to a person; cases are not among them (:func:`cases_about`)."""
    return {name: int(tx.value(statement, {"person": person_id})) for name, statement in _COUNT.items()}


def cases_about(tx: Tx, person_id: str) -> list[str]:
    """The references of the cases about a person, the oldest first."""
    return [row["ref"] for row in tx.rows(_CASES, {"person": person_id})]


def move_ties(tx: Tx, person_id: str, into: str, *, kinds: Collection[str]) -> None:
    """Tie to another file whatever is tied to this one, save its cases; of its guardians and parents of today only those ``kinds``.

    The other kinds the other file knows itself; who was tied to this one before stays with it.
    """
    for name, statement in _MOVE.items():
        if name != "relations":
            tx.execute(statement, {"person": person_id, "into": into})
    for kind in kinds:
        tx.execute(_MOVE_RELATION, {"person": person_id, "into": into, "of_kind": kind})
    for name, statement in _MOVE_NUMBERED.items():
        after = int(tx.value(_LAST[name], {"person": into}))
        if name == "observations":
            tx.execute(_CORRECTS, {"person": person_id, "after": after})
        tx.execute(statement, {"person": person_id, "into": into, "after": after})
    _renumber(tx, into)


def _renumber(tx: Tx, person_id: str) -> None:
    """Put what was consented to, refused and withdrawn in the order in which it was recorded: of one day the last decides, in whichever file it stood."""
    held = [row["n"] for row in tx.rows(_SAID, {"person": person_id})]
    numbers = sorted(held)
    moved = [(old, new) for old, new in zip(held, numbers, strict=True) if old != new]
    for first, second in (([old for old, _ in moved], [-new for _, new in moved]), ([-new for _, new in moved], [new for _, new in moved])):
        for old, new in zip(first, second, strict=True):
            tx.execute(_NUMBER, {"person": person_id, "old": old, "new": new})


def give_up(tx: Tx, person_id: str, into: str, *, read_version: int, updated_at: str) -> bool:
    """Close a file in favour of another: it keeps no number and points to the other; False when its version is no longer the one read."""
    return tx.execute(_GIVE_UP, {"the_person": person_id, "read_version": read_version, "into": into, "updated_at": updated_at}) == 1
