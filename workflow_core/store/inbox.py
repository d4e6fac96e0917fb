"""What waits on desks, the earliest due first, read as far as somebody looks: its cost does not grow with what lies behind that.

Each role in each division has its tasks in order in an index. A desk that spans several is a merge of these lanes, each read a little at a time, so that
nothing is sorted and nothing is counted, however many tasks wait in the office.

A lane is read by pages, each a statement of its own that begins where the last one ended: PostgreSQL prepares such a statement once, and plans a cursor
anew each time, which under the policies of a desk takes longer than the rows.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from functools import lru_cache
from heapq import merge
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, literal_column, or_, select, tuple_

from workflow_core.store.database import Row, Tx
from workflow_core.store.own_cases import NAMED, is_person
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case, party, task, waiting
from workflow_core.store.tables import person as somebody

MOST_LANES = 60
"""In more divisions than this, a scope is taken to be a good part of the office: then the role's tasks are read in order, and those elsewhere passed over."""

_LEAST, _LARGEST = 40, 400
"""So many rows has a page."""
_IN_ORDER = (waiting.c.due, waiting.c.case_id, waiting.c.n)
_place_in_order = itemgetter("due", "case_id", "n")
_PAST = ("past_due", "past_case", "past_n")
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
_SHARED = _ROWS.where(waiting.c.role == bindparam("role"))
_LANES = {
    "office": _SHARED,
    # Hidden in a function, the division tempts no database to take the index on it, and to sort.
    "wide": _SHARED.where(func.coalesce(waiting.c.division, "") >= bindparam("first"), func.coalesce(waiting.c.division, "") < bindparam("last")),
    "division": _SHARED.where(waiting.c.division == bindparam("division")),
    "place": _SHARED.where(waiting.c.place_id == bindparam("place")),
    "own": _ROWS.where(waiting.c.assignee == bindparam("login")),
    "person": _ROWS.where(
        exists(select(party.c.n).select_from(NAMED).where(party.c.case_id == waiting.c.case_id, party.c.name == waiting.c.role, is_person(bindparam("person"))))
    ),
}


def _divisions_with_work() -> Statement:
    """The divisions of a subtree in which something waits for a role, each found by one look into the index."""
    here, next_one = waiting.alias("here"), waiting.alias("next_one")
    first = select(func.min(here.c.division).label("division")).where(
        here.c.role == bindparam("role"), here.c.division >= bindparam("first"), here.c.division < bindparam("last")
    )
    found = first.cte("found", recursive=True)
    after = select(func.min(next_one.c.division)).where(
        next_one.c.role == bindparam("role"), next_one.c.division > found.c.division, next_one.c.division < bindparam("last")
    )
    found = found.union_all(select(after.scalar_subquery()).where(found.c.division.is_not(None)))
    return Statement(select(found.c.division).where(found.c.division.is_not(None)).limit(literal_column(str(MOST_LANES + 1))))


_DIVISIONS = _divisions_with_work()


def read(
    tx: Tx,
    *,
    shared: Sequence[tuple[str, str]] = (),
    at_places: Sequence[tuple[str, str]] = (),
    logins: Sequence[str] = (),
    person: str | None = None,
    most: int = _LEAST,
) -> Generator[Row, None, None]:
    """What waits, the earliest due first; a row for each role that may do a task, those of one task one after the other.

    Read it inside the transaction, as far as is needed.

    :param shared: a role and the code of a division, whose subtree is meant; the empty code is the whole office.
    :param at_places: a role and the id of a school or clinic.
    :param logins: whose own tasks come with it. :param person: the id of the person whose tasks as a party come with it.
    :param most: so many are wanted, as far as is known.
    """
    asked = list(_lanes(tx, shared, at_places, logins, person))
    size = min(max(_LEAST, most // max(len(asked) - len(logins), 1) + 1), _LARGEST)  # of one lane all that is wanted, of many a little each
    lanes = [_pages(tx, lane, params, size) for lane, params in asked]
    before: tuple[Any, ...] | None = None
    roles: set[str] = set()
    for row in merge(*lanes, key=_place_in_order):
        here = _place_in_order(row)
        if here != before:
            before, roles = here, set()
        if row["role"] not in roles:  # what lies on two lanes, or ends a page and begins the next, is told once
            roles.add(row["role"])
            yield row


def _pages(tx: Tx, lane: str, params: dict[str, Any], size: int) -> Iterator[Row]:
    """The rows of a lane. A page begins with the task that ended the one before it: its rows for further roles may lie beyond."""
    rows = tx.rows(_page(lane, size, False), params)
    while True:
        yield from rows
        if len(rows) < size:
            return
        past = _place_in_order(rows[-1])
        if past == _place_in_order(rows[0]):  # one task with more roles than a page has rows
            size *= 2
        rows = tx.rows(_page(lane, size, True), {**params, **dict(zip(_PAST, past, strict=True))})


@lru_cache(maxsize=64)
def _page(lane: str, size: int, further: bool) -> Statement:
    """A page as a statement: with the number of rows written into it, by which PostgreSQL sees that a plan for any parameters will do."""
    asked = _LANES[lane].order_by(*_IN_ORDER).limit(literal_column(str(size)))
    return Statement(asked.where(tuple_(*_IN_ORDER) >= tuple_(*map(bindparam, _PAST))) if further else asked)


def _lanes(
    tx: Tx, shared: Sequence[tuple[str, str]], at_places: Sequence[tuple[str, str]], logins: Sequence[str], person: str | None
) -> Iterator[tuple[str, dict[str, str]]]:
    if person is not None:
        yield "person", {"person": person}
    yield from (("own", {"login": login}) for login in logins)
    for role, code in dict.fromkeys(shared):
        divisions = _divisions(tx, role, code) if code else None
        if divisions is None:
            yield ("wide", {"role": role, "first": code, "last": f"{code}z"}) if code else ("office", {"role": role})
        else:
            yield from (("division", {"role": role, "division": one}) for one in divisions)
    yield from (("place", {"role": role, "place": place}) for role, place in dict.fromkeys(at_places))


def _divisions(tx: Tx, role: str, code: str) -> list[str] | None:
    """The divisions of a subtree in which something waits for a role; None where they are very many.

    The codes of a subtree are those that begin with its own, and a letter sorts after all digits.
    """
    found = [row["division"] for row in tx.rows(_DIVISIONS, {"role": role, "first": code, "last": f"{code}z"})]
    return None if len(found) > MOST_LANES else found
