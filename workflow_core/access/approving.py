"""The second pair of eyes: granting or refusing what another administrator asked for, a right to give or one to take."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from workflow_core.access.eyes import SILENCE, Request, concerns, looks, request_of, third
from workflow_core.access.granted import Given, Granted, account_of, contains, grant_of, may_grant, not_yours, record
from workflow_core.access.granting import end, give, may_take
from workflow_core.access.grants import Actor, Grant
from workflow_core.clock import civil_date, stamp
from workflow_core.errors import Misused, NotFound, NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.store import access as rows
from workflow_core.store import deputies as deputy_rows
from workflow_core.store import grant_requests
from workflow_core.store.database import Row, Tx


def approve(tx: Tx, ref: str, *, actor: Actor, now: datetime) -> Given:
    """Grants what another asked for. Whoever shall lose a right may agree to that, too; who asked does it alone where nobody has said anything for two weeks.

    :raises NotFound: ``request_unknown``: there is none, or none that the actor may know of.
    :raises NotPermitted: ``four_eyes``: the actor asked for it himself, stands in for whoever did, or would get what no administrator asked for;
        ``not_permitted``: he is no administrator of all of it.
    :raises Refused: ``request_answered``; ``request_lapsed``: who asked may not give or take it any more, an account was closed, or its time is over;
        ``last_admin``.
    """
    row, asked = _found(tx, ref, actor, now)
    if asked.take:
        return _taken(tx, asked, actor, now)
    if asked.yours and not actor.every_role:
        raise NotPermitted(
            "four_eyes",
            N_("{ref} was asked for by you: another administrator grants it"),
            hint=N_("who else is one: care account list; to take it back: care account refuse {ref}"),
            ref=ref,
        )
    if asked.barred and not actor.every_role:
        raise _barred(asked)
    if not looks(tx, actor.grants, asked.grant, now):
        raise not_yours(asked.grant.role, asked.grant.scope)
    _must_hold_still(tx, row, asked, now)
    account = account_of(tx, asked.login, actor)
    _answered(tx, ref, "granted", actor, now, None)
    alone = asked.yours or asked.barred
    said = {"request": ref, "asked_by": asked.asked_by, **({"eyes": "training"} if alone else {})}
    for held in rows.not_ended(tx, asked.login, stamp(now)):
        if row["deputy_id"] is None and held["stands_for"] is None and contains(grant_of(held), asked.grant):
            return Given(False, ())
    made = give(tx, actor, asked.login, account["account_id"], asked.grant, now, said=said, deputy_id=row["deputy_id"], source=row["source"])
    return Given(True, (made,), eyes="training" if alone else "")


def _barred(asked: Request) -> NotPermitted:
    return NotPermitted(
        "four_eyes",
        N_("{ref} is for you, or was asked for by {login}, for whom you stand in: another administrator grants it"),
        hint=N_("who else is one: care account list"),
        ref=asked.ref,
        login=asked.asked_by,
    )


def _taken(tx: Tx, asked: Request, actor: Actor, now: datetime) -> Given:
    """Takes the right that another asked to be taken."""
    silence = asked.yours and asked.alone_from <= now
    if asked.yours and not silence and not actor.every_role:
        raise NotPermitted(
            "four_eyes",
            N_("{ref} was asked for by you: {login} may agree, and every other administrator of all of it"),
            hint=N_("where nobody has answered for {days} days you do it alone: again from {day} on"),
            ref=asked.ref,
            login=asked.login,
            days=SILENCE.days,
            day=civil_date(asked.alone_from).isoformat(),
        )
    if asked.barred and not actor.every_role:
        raise _barred(asked)
    held = [one for one in rows.not_ended(tx, asked.login, stamp(now)) if one["stands_for"] is None and _meant(grant_of(one), asked.grant)]
    by, whose = rows.by_login(tx, asked.asked_by), account_of(tx, asked.login, actor)
    asker = Actor(asked.asked_by, tuple(grant_of(one) for one in rows.held(tx, asked.asked_by, stamp(now))), training=False)
    if not held or by is None or by["closed_at"] is not None or not all(may_take(tx, asker, one, now) for one in held):
        raise _lapsed(asked)
    how = "training" if actor.every_role and (asked.barred or (asked.yours and not silence)) else "silence" if silence else ""
    said = {"request": asked.ref, "asked_by": asked.asked_by, **({"eyes": how} if how else {})}
    _answered(tx, asked.ref, "granted", actor, now, None)
    ended: list[Granted] = [end(tx, actor, one, whose["account_id"], now, said=said) for one in held]
    return Given(True, tuple(ended), eyes=how)


def _meant(held: Grant, asked: Grant) -> bool:
    return (held.role, held.scope_kind, held.scope, held.program) == (asked.role, asked.scope_kind, asked.scope, asked.program)


def refuse(tx: Tx, ref: str, *, actor: Actor, now: datetime, reason: str = "") -> Request:
    """Refuses what another asked for, with the reason; whoever asked takes it back himself, without.

    Whoever shall lose a right refuses that where there is nobody else who could answer: so of two neither is removed against his will.

    :raises Misused: ``reason_missing``. :raises NotFound: ``request_unknown``. :raises Refused: ``request_answered``.
    :raises NotPermitted: ``not_permitted``: another administrator decides whether one loses a right.
    """
    _, asked = _found(tx, ref, actor, now)
    if asked.take and asked.login == actor.login and (who := third(tx, asked, now)):
        message, hint = N_("{ref} is about your own right: another administrator decides"), N_("say it to them: {who}")
        raise NotPermitted("not_permitted", message, hint=hint, ref=ref, who=", ".join(who))
    if not asked.yours and not reason.strip():
        raise Misused("reason_missing", N_("this needs a reason, which is kept"), hint=N_("add --reason"))
    state = "withdrawn" if asked.yours else "refused"
    _answered(tx, ref, state, actor, now, reason.strip() or None)
    account = account_of(tx, asked.login, actor)
    said = {"request": ref, "login": asked.login, "role": asked.grant.role, "asked_by": asked.asked_by, "state": state, "reason": reason.strip() or None}
    said = {**said, "take": "yes"} if asked.take else said
    record(tx, actor, "role_refused", said, now, account["account_id"])
    return replace(asked, state=state, answered_by=actor.login, answer=reason.strip())


def lapse(tx: Tx, actor: Actor, now: datetime, *, login: str = "", deputy_id: str = "") -> tuple[str, ...]:
    """What waits for or from an account that is closed, or for a deputyship that is over, is over too; the references."""
    gone: list[str] = []
    for row in grant_requests.waiting(tx):
        if (login and login in (row["login"], row["asked_by"])) or (deputy_id and row["deputy_id"] == deputy_id):
            grant_requests.answer(tx, row["ref"], "lapsed", actor.login, stamp(now), None)
            account = account_of(tx, row["login"], actor)
            said = {"request": row["ref"], "login": row["login"], "role": row["role"], "asked_by": row["asked_by"], "state": "lapsed"}
            record(tx, actor, "role_refused", said, now, account["account_id"])
            gone.append(row["ref"])
    return tuple(gone)


def _found(tx: Tx, ref: str, actor: Actor, now: datetime) -> tuple[Row, Request]:
    row = grant_requests.one(tx, ref)
    asked = None if row is None else request_of(tx, row, actor, now)
    if row is None or asked is None or not concerns(tx, actor, asked, now):
        raise NotFound("request_unknown", N_("there is no request {ref} that you could answer"), hint=N_("see: care account waiting"), ref=ref)
    if asked.state != "waiting":
        raise _over(ref)
    return row, asked


def _over(ref: str) -> Refused:
    return Refused("request_answered", N_("{ref} was answered already"), hint=N_("see what waits: care account waiting"), ref=ref)


def _answered(tx: Tx, ref: str, state: str, actor: Actor, now: datetime, answer: str | None) -> None:
    if not grant_requests.answer(tx, ref, state, actor.login, stamp(now), answer):
        raise _over(ref)


def _must_hold_still(tx: Tx, row: Row, asked: Request, now: datetime) -> None:
    """What was true when it was asked must be true still: nothing is given that nobody could give now."""
    accounts = [rows.by_login(tx, login) for login in (asked.login, asked.asked_by)]
    held = [grant_of(one) for one in rows.held(tx, asked.asked_by, stamp(now))]
    over = any(one is None or one["closed_at"] is not None for one in accounts)
    over = over or (asked.grant.until is not None and asked.grant.until <= asked.grant.since)
    if row["deputy_id"] is not None:
        over = over or not _stands(tx, row, now)
        held += [grant_of(one) for one in rows.held(tx, asked.grant.stands_for or "", stamp(now)) if asked.asked_by == asked.grant.stands_for]
    if over or not may_grant(tx, held, replace(asked.grant, stands_for=None)):
        raise _lapsed(asked)


def _lapsed(asked: Request) -> Refused:
    return Refused(
        "request_lapsed",
        N_("{ref} cannot be granted any more: an account was closed, its time is over, or {login} may not give or take it now"),
        hint=N_("refuse it: care account refuse {ref} --reason …; then ask anew"),
        ref=asked.ref,
        login=asked.asked_by,
    )


def _stands(tx: Tx, row: Row, now: datetime) -> bool:
    """Whether the deputyship and the grant it follows are not over."""
    deputyship = deputy_rows.one(tx, row["deputy_id"])
    if deputyship is None or deputyship["ended_at"] is not None or deputyship["until"] <= stamp(now):
        return False
    return any(one["grant_id"] == row["source"] for one in rows.not_ended(tx, deputyship["login"], stamp(now)))
