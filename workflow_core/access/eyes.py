"""Two pairs of eyes: who must look at a right before it is given, or an administrator's before it is taken, and what waits for that.

An administrator's right, whatever holds in a whole county, and whatever somebody gives himself, is asked for by one and granted by another administrator of
all that it holds for. An office that has one administrator alone may make the second, and give himself what is narrower: until then nobody could look twice.

So that nobody makes himself the only one, an administrator's right is taken from another by two as well: by whoever asks for it and another administrator,
or the one who shall lose it. Where nobody says anything for two weeks, whoever asked takes it alone: an office whose other administrator is gone goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workflow_core.access.granted import COUNTY_DIGITS, administers, as_dict, broad, grant_of, record
from workflow_core.access.grants import ADMIN, Actor, Grant
from workflow_core.clock import stamp, unstamp
from workflow_core.store import access as rows
from workflow_core.store import deputies as deputy_rows
from workflow_core.store import grant_requests, sequences
from workflow_core.store.database import Row, Tx

SILENCE = timedelta(days=14)
"""So long whoever may answer has time to say something before an administrator's right is taken by one."""


@dataclass(frozen=True)
class Request:
    """A right that waits for a second pair of eyes.

    :param login: who is to have it, or to lose it where ``take``. :param state: ``waiting``, ``granted``, ``refused``, ``withdrawn``, ``lapsed``.
    :param yours: whether the account that looks asked for it, and so does not grant it.
    :param barred: whether its eyes are no second pair though it did not ask: it stands in for whoever did, or would get what no administrator asked for.
    """

    ref: str
    login: str
    grant: Grant
    state: str
    asked_by: str
    asked_at: datetime
    yours: bool = False
    answered_by: str = ""
    answer: str = ""
    barred: bool = False
    take: bool = False

    @property
    def alone_from(self) -> datetime:
        """From when on whoever asked takes a right alone, where nobody has answered."""
        return self.asked_at + SILENCE


def how(tx: Tx, actor: Actor, login: str, wanted: Grant, now: datetime) -> str:
    """Whose eyes a right needs that an actor may give: empty where his own are enough; ``two``; else why one pair passes: ``training``, ``alone``.

    ``alone`` makes an equal, or gives an administrator what is no wider than a township for himself, and only while there is nobody who could look.
    """
    himself = login == actor.login
    if not broad(wanted) and not himself:
        return ""
    if actor.every_role:
        return "training"
    if himself:
        passes = not broad(wanted) and looks(tx, actor.grants, wanted, now)
    else:
        passes = wanted.role == ADMIN.name and any(
            one.role == ADMIN.name and (one.scope_kind, one.scope, one.program) == ("division", wanted.scope, wanted.program) for one in actor.grants
        )
    return "alone" if passes and not others(tx, wanted, now, but=actor.login) else "two"


def taking(actor: Actor, login: str, held: Iterable[Row]) -> str:
    """Whose eyes it needs that an actor takes these grants from an account: empty where his own are enough; ``two``; ``training``.

    Two take an administrator's right from another: of a county or above, and of a township where the actor is no administrator of more than that.
    """
    if login == actor.login or not any(_of_an_equal(actor, grant_of(one)) for one in held):
        return ""
    return "training" if actor.every_role else "two"


def _of_an_equal(actor: Actor, held: Grant) -> bool:
    if held.role != ADMIN.name:
        return False
    wider = [one for one in actor.grants if one.role == ADMIN.name and one.scope_kind == "division" and one.program in (None, held.program)]
    above = any(held.scope.startswith(one.scope) and (one.scope, one.program) != (held.scope, held.program) for one in wider)
    return len(held.scope) <= COUNTY_DIGITS or not above


def third(tx: Tx, asked: Request, now: datetime) -> tuple[str, ...]:
    """Who could answer a request to take a right, beside whoever shall lose it."""
    return tuple(login for login in others(tx, asked.grant, now, but=asked.asked_by) if login != asked.login)


def others(tx: Tx, wanted: Grant, now: datetime, *, but: str) -> tuple[str, ...]:
    """The logins of the administrators who could grant it, but one."""
    held: dict[str, list[Grant]] = {}
    for row in rows.holders(tx, ADMIN.name, stamp(now)):
        if row["login"] != but:
            held.setdefault(row["login"], []).append(grant_of(row))
    return tuple(login for login, grants in held.items() if looks(tx, grants, wanted, now))


def looks(tx: Tx, grants: Iterable[Grant], wanted: Grant, now: datetime) -> bool:
    """Whether a holder of these grants can be the second pair of eyes: today's administrator of all its scope.

    How long it holds is bounded by what its asker may give: an administrator for a time looks at what lasts longer, too. Were he passed over, the other one
    would be the only one, and alone.
    """
    return administers(tx, grants, replace(wanted, since=stamp(now), until=stamp(now)))


def _from(wanted: Grant, now: datetime) -> Grant:
    """The same from now on at the earliest: what waited is not given for the past."""
    since = max(wanted.since, stamp(now))
    return Grant(wanted.role, wanted.scope_kind, wanted.scope, wanted.program, since, wanted.until, wanted.stands_for)


def ask(
    tx: Tx,
    actor: Actor,
    login: str,
    account_id: str,
    wanted: Grant,
    now: datetime,
    *,
    take: bool = False,
    deputy_id: str | None = None,
    source: str | None = None,
) -> tuple[str, bool]:
    """Writes down that a right is asked for, or that it be taken; its reference (G-000012), and whether that is new.

    What waits already is not asked for twice.
    """
    what = "take" if take else "give"
    for row in grant_requests.waiting(tx):
        if (row["what"], row["login"], row["source"]) == (what, login, source) and _same(_grant(tx, row), wanted):
            return str(row["ref"]), False
    ref = f"G-{sequences.take(tx, 'office', 'ref/grant', 0):06}"
    about = {name: value for name, value in as_dict(wanted).items() if name != "stands_for"}
    made = {"ref": ref, "what": what, "login": login, **about, "deputy_id": deputy_id, "source": source}
    grant_requests.add(tx, {**made, "asked_by": actor.login, "asked_at": stamp(now)})
    said = {"request": ref, "login": login, **as_dict(wanted)}
    record(tx, actor, "role_asked", {**said, "take": "yes"} if take else said, now, account_id)
    return ref, True


def _same(one: Grant, other: Grant) -> bool:
    return (one.role, one.scope_kind, one.scope, one.program, one.until) == (other.role, other.scope_kind, other.scope, other.program, other.until)


def waiting(tx: Tx, *, actor: Actor, now: datetime) -> list[Request]:
    """What waits for the actor's eyes, and what he asked for that waits for another's; the oldest first."""
    found = [request_of(tx, row, actor, now) for row in grant_requests.waiting(tx)]
    return [one for one in found if concerns(tx, actor, one, now)]


def concerns(tx: Tx, actor: Actor, asked: Request, now: datetime) -> bool:
    """Whether a request is the actor's to know of: he asked, can be the second pair of eyes, or shall lose the right."""
    return asked.yours or (asked.take and asked.login == actor.login) or looks(tx, actor.grants, asked.grant, now)


def request_of(tx: Tx, row: Row, actor: Actor, now: datetime) -> Request:
    """A row, as the actor sees it; what waits holds from now on at the earliest."""
    grant = _grant(tx, row)
    grant = _from(grant, now) if row["state"] == "waiting" else grant
    asked_at, by = unstamp(row["asked_at"]), row["asked_by"]
    yours = bool(by == actor.login)
    take, his = row["what"] == "take", row["login"] == actor.login
    barred = not yours and not (take and his) and (_deputy_of(tx, actor.login, by, now) or (his and not _asked_by_admin(tx, by, grant, now)))
    return Request(row["ref"], row["login"], grant, row["state"], by, asked_at, yours, row["answered_by"] or "", row["answer"] or "", barred, take)


def _deputy_of(tx: Tx, login: str, absent: str, now: datetime) -> bool:
    """Whether one stands in for the other at this instant."""
    return any(row["login"] == absent and row["since"] <= stamp(now) for row in deputy_rows.of(tx, login, stamp(now)))


def _asked_by_admin(tx: Tx, login: str, grant: Grant, now: datetime) -> bool:
    return looks(tx, [grant_of(row) for row in rows.held(tx, login, stamp(now))], grant, now)


def _grant(tx: Tx, row: Row) -> Grant:
    stands_for = None
    if row["deputy_id"] is not None:
        deputyship = deputy_rows.one(tx, row["deputy_id"])
        stands_for = None if deputyship is None else str(deputyship["login"])
    return Grant(row["role"], row["scope_kind"], row["scope"], row["program"], row["since"], row["until"], stands_for)
