"""What waits on desks, the earliest due first, read as far as somebody looks: its cost does not grow with what lies behind that.

Each role in each division has its tasks in order in an index. A desk that spans several is a merge of these lanes, each read a little at a time, so that
nothing is sorted and nothing is counted, however many tasks wait in the office.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from heapq import merge
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select

from workflow_core.store.database import Row, Tx
from workflow_core.store.own_cases import NAMED, is_person
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, party, task, waiting
from workflow_core.store.tables import person as somebody

MOST_LANES = 60
"""In more divisions than this, a scope is taken to be a good part of the office: then the role's tasks are read in order, and those elsewhere passed over."""

_CHUNK, _LARGEST = 40, 400
_ORDER = ("due", "case_id", "n")
_ROWS = (
    select(
        waiting.c.case_id,
        waiting.c.n,
        waiting.c.role,
        waiting.c.division,
        waiting.c.due,
        waiting.c.assignee,
        task.c.name,
        task.c.title,
        task.c.reminders,
        task.c.kind,
        task.c.about,
        task.c.slot,
        case.c.ref,
        case.c.program,
        case.c.place_id,
        somebody.c.ref.label("subject"),
        somebody.c.name.label("subject_name"),
    )
    .select_from(
        waiting.join(task, and_(task.c.case_id == waiting.c.case_id, task.c.n == waiting.c.n))
        .join(case, case.c.case_id == waiting.c.case_id)
        .outerjoin(somebody, somebody.c.person_id == case.c.subject_id)
    )
    .where(or_(case.c.suspended_at.is_(None), task.c.origin.like("consent:%")))  # a case at rest asks nothing but what is to become of it
)
_SHARED = _ROWS.where(waiting.c.role == bindparam("role")).order_by(waiting.c.due, waiting.c.case_id, waiting.c.n)
_OWN = Statement(_ROWS.where(waiting.c.assignee == bindparam("login")).order_by(waiting.c.due, waiting.c.case_id, waiting.c.n))
_PERSON = Statement(
    _ROWS.where(
        exists(select(party.c.n).select_from(NAMED).where(party.c.case_id == waiting.c.case_id, party.c.name == waiting.c.role, is_person(bindparam("person"))))
    ).order_by(waiting.c.due, waiting.c.case_id, waiting.c.n)
)
_OFFICE = Statement(_SHARED)
_DIVISION = Statement(_SHARED.where(waiting.c.division == bindparam("division")))
_PLACE = Statement(_SHARED.where(waiting.c.place_id == bindparam("place")))
# Hidden in a function, the division tempts no database to take the index on it, and to sort.
_WIDE = Statement(_SHARED.where(func.coalesce(waiting.c.division, "") >= bindparam("first"), func.coalesce(waiting.c.division, "") < bindparam("last")))
_FIRST_DIVISION = Statement(
    select(func.min(waiting.c.division)).where(
        waiting.c.role == bindparam("role"), waiting.c.division >= bindparam("first"), waiting.c.division < bindparam("last")
    )
)
_NEXT_DIVISION = Statement(
    select(func.min(waiting.c.division)).where(
        waiting.c.role == bindparam("role"), waiting.c.division > bindparam("first"), waiting.c.division < bindparam("last")
    )
)


def read(
    tx: Tx,
    *,
    shared: Sequence[tuple[str, str]] = (),
    at_places: Sequence[tuple[str, str]] = (),
    logins: Sequence[str] = (),
    person: str | None = None,
    most: int = _CHUNK,
) -> Generator[Row, None, None]:
    """What waits, the earliest due first; a row for each role that may do a task, those of one task one after the other.

    Read it inside the transaction, and close it when enough was seen.

    :param shared: a role and the code of a division, whose subtree is meant; the empty code is the whole office.
    :param at_places: a role and the id of a school or clinic.
    :param logins: whose own tasks come with it. :param person: the id of the person whose tasks as a party come with it.
    :param most: so many are wanted, as far as is known.
    """
    asked = list(_lanes(tx, shared, at_places, logins, person))
    chunk = min(max(_CHUNK, most // max(len(asked), 1) + 1), _LARGEST)  # of one lane all that is wanted, of many a little each
    lanes = [tx.stream(statement, params, chunk=chunk) for statement, params in asked]
    before: tuple[Any, ...] | None = None
    roles: set[str] = set()
    try:
        for row in merge(*lanes, key=_place_in_order):
            here = _place_in_order(row)
            if here != before:
                before, roles = here, set()
            if row["role"] not in roles:  # what lies on two lanes is told once
                roles.add(row["role"])
                yield row
    finally:
        for lane in lanes:
            lane.close()


def _place_in_order(row: Row) -> tuple[Any, ...]:
    return tuple([row[name] for name in _ORDER])


def _lanes(
    tx: Tx, shared: Sequence[tuple[str, str]], at_places: Sequence[tuple[str, str]], logins: Sequence[str], person: str | None
) -> Iterator[tuple[Statement, dict[str, str]]]:
    if person is not None:
        yield _PERSON, {"person": person}
    yield from ((_OWN, {"login": login}) for login in logins)
    for role, code in dict.fromkeys(shared):
        divisions = _divisions(tx, role, code) if code else None
        if divisions is None:
            yield (_WIDE, {"role": role, "first": code, "last": f"{code}z"}) if code else (_OFFICE, {"role": role})
        else:
            yield from ((_DIVISION, {"role": role, "division": one}) for one in divisions)
    yield from ((_PLACE, {"role": role, "place": place}) for role, place in dict.fromkeys(at_places))


def _divisions(tx: Tx, role: str, code: str) -> list[str] | None:
    """The divisions of a subtree in which something waits for a role; None where they are very many.

    The codes of a subtree are those that begin with its own, and a letter sorts after all digits.
    """
    found: list[str] = []
    one = tx.value(_FIRST_DIVISION, {"role": role, "first": code, "last": f"{code}z"})
    while one is not None:
        if len(found) == MOST_LANES:
            return None
        found.append(one)
        one = tx.value(_NEXT_DIVISION, {"role": role, "first": one, "last": f"{code}z"})
    return found
