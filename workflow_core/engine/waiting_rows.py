"""What waits for somebody: the tasks of his roles and his own, and those of whom he stands in for, the earliest due first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from operator import itemgetter
from typing import Any

from workflow_core.access import masking
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.engine.outcome import InboxRow
from workflow_core.engine.periods import civil_time
from workflow_core.engine.runtime import Runtime
from workflow_core.errors import Misused
from workflow_core.i18n import N_
from workflow_core.nearest import nearest
from workflow_core.store import inbox as waiting
from workflow_core.store import own_cases
from workflow_core.store.database import Row
from workflow_core.store.tables.columns import NO_DUE


def inbox(runtime: Runtime, actor: Actor, *, role: str | None = None, township: str | None = None, mine: bool = False, limit: int = 200) -> list[InboxRow]:
    """What waits for this account: its roles' tasks and its own, and those of whom it stands in for, the earliest due first.

    :param role: this role's alone; :param township: in this division alone; :param mine: only what is laid on its own desk.
    :raises Misused: ``role_unknown``.
    """
    today = civil_date(runtime.clock.now())
    roles = () if mine else _inbox_roles(runtime, actor, role)
    shared = [(one, code) for one in roles for code in _narrowed(actor.divisions(one), township)]
    at_places = [(one, place) for one in roles for place in actor.places(one)]
    found: dict[str, InboxRow] = {}
    own = () if role is not None else (actor.login,) if mine else (actor.login, *actor.stands_for)
    person = (actor.person_id or None) if role is None else None
    rights, mine_or_theirs = _Rights(actor), frozenset((actor.login, *own))
    with runtime.db.read() as tx:
        for row in waiting.read(tx, shared=shared, at_places=at_places, logins=own, person=person, most=limit):
            if township is not None and not row["division"].startswith(township):  # of one's own, and of a school's
                continue
            ref = f"{row['ref']}.{row['n']}"
            may, stead = rights[_where(row)]
            if not may and row["assignee"] not in mine_or_theirs and not (person and row["role"] in own_cases.names_of(tx, row["case_id"], person)):
                continue
            if ref in found:
                found[ref] = _with_role(found[ref], row["role"], stead)
            elif len(found) == limit:
                break
            else:
                found[ref] = _inbox_row(ref, row, today, stead)
    return list(found.values())


def _narrowed(scopes: Sequence[str], township: str | None) -> tuple[str, ...]:
    """The divisions of a scope, or what of them lies in one division."""
    if township is None:
        return tuple(scopes)
    return (township,) if any(township.startswith(code) for code in scopes) else tuple(code for code in scopes if code.startswith(township))


_where = itemgetter("role", "division", "place_id", "program", "assignee")


class _Rights(dict[tuple[Any, ...], tuple[bool, str | None]]):
    """What somebody may in an inbox, and in whose stead: asked once for each role and place, not for each row.

    By role, division, place, program and assignee: whether the role holds there, and in whose stead the task waits for a deputy, as ``doers.stead_for`` has
    it of a case at hand.
    """

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self._actor = actor

    def __missing__(self, key: tuple[Any, ...]) -> tuple[bool, str | None]:
        role, division, place, program, assignee = key
        where = {"division": division, "place_id": place, "program": program}
        if assignee is not None and assignee in self._actor.stands_for:
            stead: str | None = str(assignee)
        else:
            stead = None if assignee == self._actor.login else self._actor.stead((role,), **where)
        known = self[key] = self._actor.may(role, **where), stead
        return known


def _inbox_row(ref: str, row: Row, today: date, stead: str | None) -> InboxRow:
    due = None if row["due"] == NO_DUE else date.fromisoformat(row["due"])
    return InboxRow(
        ref=ref,
        case=row["ref"],
        program=row["program"],
        name=row["name"],
        title=row["title"],
        due=due,
        overdue=due is not None and due < today,
        roles=(row["role"],),
        division=row["division"],
        assignee=row["assignee"],
        reminders=row["reminders"],
        kind=row["kind"],
        about=row["about"] or "",
        at=civil_time(row["slot"]),
        subject=row["subject"],
        subject_name=masking.name(row["subject_name"]),
        stead=stead,
    )


def _inbox_roles(runtime: Runtime, actor: Actor, role: str | None) -> Sequence[str]:
    names = runtime.roles()
    if role is not None:
        if role not in names:
            meant = nearest(role, names)
            hint = N_("did you mean {meant}?") if meant else N_("one of: {roles}")
            raise Misused("role_unknown", N_("there is no role {role}"), hint=hint, role=role, meant=meant, roles=", ".join(sorted(names)))
        return (role,)
    return sorted(names) if actor.every_role else sorted({grant.role for grant in actor.grants})


def _with_role(row: InboxRow, role: str, stead: str | None) -> InboxRow:
    return row if role in row.roles else replace(row, roles=(*row.roles, role), stead=row.stead and stead)
