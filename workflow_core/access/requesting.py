"""Asking to see more than one's role shows, and the answers of those who answer for it; and the access in an emergency, looked at afterwards.

Another person answers: a supervisor or the county's office who sees all that is asked for there, or an administrator of that division, who could grant the
whole role. Nobody answers his own request, nor that of whom he stands in for; a role that somebody is only lent answers nothing. What is approved holds
for so many files until an instant (``approval.py``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from workflow_core.access import approval, looks, sight
from workflow_core.access.approval import Approval
from workflow_core.access.grants import ADMIN, Actor
from workflow_core.clock import stamp
from workflow_core.definition import COUNTY_OFFICE, SUPERVISOR
from workflow_core.errors import Conflict, Misused, NotFound, NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.store import approvals as rows
from workflow_core.store import cases, journal, people
from workflow_core.store import divisions as places
from workflow_core.store.database import Tx
from workflow_core.store.server.session import owner_needed

APPROVERS = (SUPERVISOR.name, COUNTY_OFFICE.name)
"""Who approves beside the administrators: whoever answers for the files of a township, or of the county."""
USUAL, LONGEST = timedelta(days=7), timedelta(days=90)
"""How long an approval holds, where nothing is said, and at most."""
EMERGENCY = timedelta(hours=12)
"""How long the access in an emergency holds: until somebody who may decide is at work again."""
LOOKS = 20
"""So often one file, or one case, may be opened under one approval."""
MOST_ROWS = 100_000
NEWS = timedelta(days=7)
"""So long whoever asked is told of the answer."""


def request(
    tx: Tx,
    actor: Actor,
    now: datetime,
    *,
    child: str | None = None,
    case: str | None = None,
    division: str | None = None,
    count: int | None = None,
    fields: Sequence[str] = (),
    purpose: str,
    until: datetime | None = None,
) -> Approval:
    """Asks to see a child's file, a case, or all files of a division; the same that waits already is not asked for twice.

    :param count: of a division: how many files may be shown under it. :param fields: what shall be seen whole beside what the role shows; masked otherwise.
    :param until: the first instant at which it shall hold no longer.
    :raises Misused: ``access_what``: not one of the three, or a division without a count; ``access_until``; ``fields_unknown``; ``purpose_missing``,
        ``purpose_short``.
    :raises NotFound: ``child_unknown``, ``case_unknown``, ``division_unknown``. :raises NotPermitted: ``not_permitted``: without any role there is no work
        for which it could be needed; ``desk_owner_needed``: at a desk, which shows nothing of a whole division elsewhere.
    :raises Conflict: ``access_there``: an approval that allows it holds already.
    """
    _must_work(actor)
    said = looks.said(purpose)
    one_thing = sum(one is not None for one in (child, case, division)) == 1
    if not one_thing or (count is not None) != (division is not None) or not 1 <= (1 if count is None else count) <= MOST_ROWS:
        hint = N_("one of: --child REF; --case REF; --division CODE --rows N")
        raise Misused("access_what", N_("say what shall be seen: one child, one case, or how many files of a division"), hint=hint)
    if fields:
        sight.known(fields)
    end = until or now + USUAL
    if not now < end <= now + LONGEST:
        hint = N_("a day from today on, at most {days} days ahead")
        raise Misused("access_until", N_("it cannot end on that day"), hint=hint, days=LONGEST.days)
    what: dict[str, Any] = {"kind": "child" if child else "case" if case else "division", "person_id": None, "case_id": None, "division": None}
    if child is not None:
        what["person_id"] = _child(tx, child)
    elif case is not None:
        what["case_id"] = _case(tx, case)
    elif division is not None:
        what["division"] = _division(tx, division)
        if tx.desk and not any(division.startswith(code) for code in actor.divisions()):
            raise owner_needed(
                N_("a desk shows single files and cases that lie elsewhere; all files of another division are handed out by those who keep them")
            )
    wanted = sorted(set(fields))
    for one in (approval.read(row, now) for row in rows.of_login(tx, actor.login)):
        if {name: getattr(one, name) for name in what} == what and set(wanted) <= set(one.fields) and (count or 0) <= one.left:
            if one.state == "waiting":
                return one
            if one.state == "approved":
                hint = N_("it allows {left} more; see: care access list")
                raise Conflict("access_there", N_("{ref} allows that already"), hint=hint, ref=one.ref, left=one.left)
    made = {**what, "fields": json.dumps(wanted), "rows": count or LOOKS, "purpose": said, "state": "waiting", "until": stamp(end)}
    return _insert_access(tx, actor, now, made, "access_asked")


def emergency(tx: Tx, actor: Actor, now: datetime, child: str, reason: str) -> Approval:
    """Opens a child's file at once, for hours, masked as the actor's role says; whoever answers for it looks at it afterwards (:func:`review`).

    :raises NotFound: ``child_unknown``. :raises NotPermitted: ``not_permitted``. :raises Misused: ``purpose_missing``, ``purpose_short``.
    """
    _must_work(actor)
    what = {"kind": "emergency", "person_id": _child(tx, child), "case_id": None, "division": None, "fields": "[]", "rows": LOOKS}
    for one in (approval.read(row, now) for row in rows.holding(tx, actor.login, now)):
        if one.kind == "emergency" and one.person_id == what["person_id"]:
            return one
    made = {**what, "purpose": looks.said(reason), "state": "approved", "until": stamp(now + EMERGENCY)}
    return _insert_access(tx, actor, now, made, "emergency_access")


def approve(tx: Tx, actor: Actor, now: datetime, ref: str, note: str = "") -> Approval:
    """Allows what somebody asked for.

    :raises NotFound: ``access_unknown``. :raises NotPermitted: ``four_eyes``: one's own, or of whom one stands in for; ``not_permitted``.
    :raises Refused: ``access_answered``.
    """
    return _answer(tx, actor, now, ref, "approved", note)


def refuse(tx: Tx, actor: Actor, now: datetime, ref: str, reason: str) -> Approval:
    """Refuses it, with a reason that whoever asked reads.

    :raises NotFound: ``access_unknown``. :raises NotPermitted: ``four_eyes``, ``not_permitted``. :raises Refused: ``access_answered``.
    """
    return _answer(tx, actor, now, ref, "refused", reason)


def end(tx: Tx, actor: Actor, now: datetime, ref: str) -> Approval:
    """Ends an approval, or takes a request back, before its time: whoever asked, or whoever may answer it.

    :raises NotFound: ``access_unknown``. :raises Refused: ``access_over``: it has ended.
    """
    one = find(tx, actor, now, ref)
    if not rows.end(tx, one.ref, now) or one.state not in ("waiting", "approved"):
        raise Refused("access_over", N_("{ref} has ended already"), hint=N_("see: care access list --all"), ref=one.ref)
    _journal_access(tx, actor, now, one, "access_ended", {})
    return find(tx, actor, now, ref)


def lapse(tx: Tx, actor: Actor, now: datetime, login: str) -> tuple[str, ...]:
    """What an account asked for ends with the account, whether it waits or holds; the references."""
    found = [one for one in mine(tx, login, now) if one.state in ("waiting", "approved") and rows.end(tx, one.ref, now)]
    for one in found:
        _journal_access(tx, actor, now, one, "access_ended", {"asked_by": login})
    return tuple(one.ref for one in found)


def review(tx: Tx, actor: Actor, now: datetime, ref: str, text: str) -> Approval:
    """Looks at an access in an emergency afterwards, and says whether it was right.

    :raises NotFound: ``access_unknown``. :raises NotPermitted: ``four_eyes``, ``not_permitted``. :raises Misused: ``purpose_missing``, ``purpose_short``.
    :raises Refused: ``access_reviewed``: there is nothing to look at, or somebody did.
    """
    one = find(tx, actor, now, ref)
    passed = _must_answer(actor, one)
    said = looks.said(text)
    if not rows.review(tx, one.ref, said, actor.login, now):
        raise Refused("access_reviewed", N_("{ref} is no emergency that waits to be looked at"), hint=N_("see: care access list"), ref=one.ref)
    _journal_access(tx, actor, now, one, "access_reviewed", {"review": said, **passed})
    return find(tx, actor, now, ref)


def find(tx: Tx, actor: Actor, now: datetime, ref: str) -> Approval:
    """One that the actor asked for, or may answer.

    :raises NotFound: ``access_unknown``.
    """
    row = rows.by_ref(tx, ref.strip().upper())
    one = None if row is None else approval.read(row, now)
    if one is None or not (one.login == actor.login or may_answer(actor, one) or _oversees(actor, one)):
        raise NotFound("access_unknown", N_("there is no request {ref}"), hint=N_("see: care access list"), ref=ref)
    return one


def mine(tx: Tx, login: str, now: datetime) -> list[Approval]:
    """What an account asked for, the newest first."""
    return [approval.read(row, now) for row in rows.of_login(tx, login)]


def answered(tx: Tx, login: str, now: datetime) -> list[Approval]:
    """What an account asked for and somebody approved or refused within :data:`NEWS`, the newest first."""
    return [one for one in mine(tx, login, now) if one.answered_since(now - NEWS)]


def for_me(tx: Tx, actor: Actor, now: datetime, *, every: bool = False) -> list[Approval]:
    """What of others waits for the actor: requests to answer, emergencies to look at; the newest first.

    :param every: also what was answered and has ended.
    """
    scopes = sorted({grant.scope for grant in actor.grants if grant.scope_kind == "division" and grant.role in (*APPROVERS, ADMIN.name)})
    if actor.every_role:
        scopes = list(actor.divisions())
    found = [approval.read(row, now) for row in rows.in_divisions(tx, scopes, now=None if every else now)] if scopes else []
    return [one for one in found if may_answer(actor, one) or (every and _oversees(actor, one))]


def may_answer(actor: Actor, one: Approval) -> bool:
    """Whether it is for an actor to answer a request: he holds the right there in his own name, and it is not his own, nor that of whom he stands in for."""
    if actor.every_role and actor.sees(division=one.lies):
        return True
    return one.login not in (actor.login, *actor.stands_for) and _oversees(actor, one)


def _oversees(actor: Actor, one: Approval) -> bool:
    """Whether he holds the right in his own name: what a deputy is lent is for the work, and is no second pair of eyes."""
    held = [g for g in actor.grants if g.scope_kind == "division" and one.lies.startswith(g.scope) and g.stands_for is None]
    if any(grant.role == ADMIN.name and grant.program is None for grant in held):
        return True
    roles = {g.role for g in held if g.role in APPROVERS and (g.program is None or one.kind != "case" or g.program == one.program)}
    seen = frozenset[str]().union(*(sight.SIGHTS[role].of("many" if one.kind == "division" else "one") for role in roles))
    return bool(roles) and set(one.fields) <= seen


def _must_answer(actor: Actor, one: Approval) -> dict[str, str]:
    if one.login == actor.login and not actor.every_role:
        hint = N_("another supervisor, the county's office, or an administrator of that division does")
        raise NotPermitted("four_eyes", N_("{ref} is yours: another person must look at it"), hint=hint, ref=one.ref)
    if one.login in actor.stands_for and not actor.every_role:
        hint = N_("another supervisor, the county's office, or an administrator of that division does")
        message = N_("{ref} was asked for by {login}, for whom you stand in: another person must look at it")
        raise NotPermitted("four_eyes", message, hint=hint, ref=one.ref, login=one.login)
    if not may_answer(actor, one):
        hint = N_("whoever sees all of that there, or an administrator of that division, may")
        raise NotPermitted("not_permitted", N_("you may not answer {ref}"), hint=hint, ref=one.ref)
    return {"eyes": "training"} if one.login == actor.login else {}


def _answer(tx: Tx, actor: Actor, now: datetime, ref: str, state: str, text: str) -> Approval:
    one = find(tx, actor, now, ref)
    passed = _must_answer(actor, one)
    if one.state != "waiting" or not rows.answer(tx, one.ref, state, text.strip(), actor.login, now):
        raise Refused("access_answered", N_("{ref} does not wait for an answer any more"), hint=N_("see: care access list --all"), ref=one.ref)
    _journal_access(tx, actor, now, one, f"access_{state}", {"answer": text.strip(), "asked_by": one.login, **passed})
    return find(tx, actor, now, ref)


def _must_work(actor: Actor) -> None:
    if not approval.works(actor):
        raise NotPermitted("not_permitted", N_("you may not ask for access"), hint=N_("it needs a role anywhere; see what you hold: care account show"))


def _child(tx: Tx, ref: str) -> str:
    row = people.child_by_ref(tx, ref.strip().upper())
    while row is not None and row["merged_into"] is not None:
        row = people.child_by_id(tx, row["merged_into"])
    found = row["person_id"] if row is not None else rows.behind(tx, ref.strip().upper()).get("person_id")
    if found is None:
        raise NotFound("child_unknown", N_("there is no child {ref} on file"), hint=N_("look for it: care child find TEXT"), ref=ref)
    return str(found)


def _case(tx: Tx, ref: str) -> str:
    loaded = cases.load(tx, ref=ref.strip().upper())
    found = loaded.case["case_id"] if loaded is not None else rows.behind(tx, ref.strip().upper()).get("case_id")
    if found is None:
        raise NotFound("case_unknown", N_("there is no case {ref}"), hint=N_("see: care case list"), ref=ref)
    return str(found)


def _division(tx: Tx, code: str) -> str:
    if places.one(tx, code) is None:
        raise NotFound("division_unknown", N_("there is no division {text}"), hint=N_("look for it: care division find NAME"), text=code)
    return code


def _insert_access(tx: Tx, actor: Actor, now: datetime, row: dict[str, Any], kind: str) -> Approval:
    ref = rows.insert_request(tx, {**row, "login": actor.login, "asked_at": stamp(now)})
    found = rows.by_ref(tx, ref)
    if found is None:
        raise RuntimeError("a request that was written is not there")
    one = approval.read(found, now)
    said = {"kind": one.kind, "division": one.division, "case": one.case, "fields": list(one.fields), "rows": one.rows, "until": stamp(one.until)}
    _journal_access(tx, actor, now, one, kind, {**{name: value for name, value in said.items() if value}, "purpose": one.purpose})
    return one


def _journal_access(tx: Tx, actor: Actor, now: datetime, one: Approval, kind: str, says: dict[str, Any]) -> None:
    if tx.desk:  # the office's database has written it down
        return
    streams = [journal.account_stream(actor.account_id or actor.login, now)] + ([journal.person_stream(one.person_id)] if one.person_id else [])
    for stream in streams:
        journal.append(tx, stream, actor.login, kind, {"access": one.ref, **says}, now, subject=one.person_id or one.case_id)
