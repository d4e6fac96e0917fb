"""Deputies: who stands in for somebody who is away, from a day to a day.

A deputy holds, as long as the absent one is away, what that one holds, as grants of his own that say in whose stead; so whatever asks for a grant, the
database's own locks among it, need know nothing of deputies. An administrator's right is nobody's to lend: the second administrator is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from workflow_core.access.approving import lapse
from workflow_core.access.granted import account_of, grant_of, record
from workflow_core.access.granting import end, lend, may_take
from workflow_core.access.grants import ADMIN, Actor
from workflow_core.clock import stamp, unstamp
from workflow_core.errors import Conflict, Misused, NotFound, NotPermitted, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.store import access as rows
from workflow_core.store import deputies as deputy_rows
from workflow_core.store.database import Row, Tx
from workflow_core.store.ids import uuid7

LONGEST = timedelta(days=184)
"""Longer than half a year nobody is away: who takes over for good is granted the role."""


@dataclass(frozen=True)
class Deputyship:
    """Who stands in for whom.

    :param login: who is away. :param until: the first instant at which it is over.
    :param waits: the requests that a second pair of eyes must grant first: rights in a whole county, and all where the deputy named himself.
    """

    deputy_id: str
    login: str
    deputy: str
    since: datetime
    until: datetime
    by: str
    waits: tuple[str, ...] = ()


def deputy(tx: Tx, login: str, to: str, *, actor: Actor, now: datetime, since: datetime | None = None, until: datetime | None = None) -> Deputyship:
    """Names who stands in for an account while it is away.

    Whoever goes away names his deputy himself; else an administrator of all that he holds.

    :param since: from when; now where None. :param until: the first instant at which it is over: there must be one.
    :raises Misused: ``deputy_invalid``, with every fault. :raises NotFound: ``account_unknown``.
    :raises NotPermitted: ``not_permitted``.
    :raises Conflict: ``deputy_overlaps``.
    :raises Refused: ``deputy_circular``, ``deputy_away``, ``deputy_stands_in``, ``deputy_of_nothing``, ``account_closed``.
    """
    if actor.login != login and not actor.divisions(ADMIN.name):
        raise _not_his(login)  # before anybody is told which accounts there are
    begins = since or now
    problems = _problems(login, to, begins, until, now)
    absent, other = account_of(tx, login, actor), account_of(tx, to, actor)
    if problems or until is None:
        raise Misused("deputy_invalid", N_("nobody can stand in so"), problems=problems)
    for one in (absent, other):
        if one["closed_at"] is not None:
            raise Refused("account_closed", N_("the account {login} is closed"), hint=N_("an administrator can add another"), login=one["login"])
    held = [row for row in rows.not_ended(tx, login, stamp(now)) if row["stands_for"] is None and row["role"] != ADMIN.name]
    _must_be_his(tx, actor, login, held, now)
    _must_be_free(tx, login, to, begins, until, now)
    if not held:
        message, hint = N_("{login} holds no role in which anybody could stand in"), N_("see: care account show {login}")
        raise Refused("deputy_of_nothing", message, hint=hint, login=login)
    row = {"deputy_id": uuid7(), "login": login, "deputy": to, "since": stamp(begins), "until": stamp(until), "by": actor.login, "at": stamp(now)}
    deputy_rows.add(tx, {**row})
    said = {name: str(row[name]) for name in ("login", "deputy", "since", "until")}
    record(tx, actor, "deputy_named", dict(said), now, absent["account_id"])
    written = deputy_rows.one(tx, row["deputy_id"])
    waits = [lend(tx, actor, written, one["grant_id"], grant_of(one), now) for one in held] if written is not None else []
    return Deputyship(row["deputy_id"], login, to, begins, until, actor.login, tuple(filter(None, waits)))


def _problems(login: str, to: str, since: datetime, until: datetime | None, now: datetime) -> list[Problem]:
    problems = []
    if login == to:
        problems.append(Problem("deputy_himself", N_("nobody stands in for himself"), "to", N_("name a colleague")))
    if since < now:
        problems.append(Problem("begins_in_the_past", N_("nobody is given a right for the past"), "from", N_("leave --from out: it holds from now on")))
    if until is None:
        problems.append(Problem("deputy_without_end", N_("a deputy is named for a time: say until when"), "until", N_("add --until DATE, the last day")))
    elif until <= since:
        problems.append(Problem("ends_before_it_begins", N_("it ends before it begins"), "until"))
    elif until - since > LONGEST:
        hint = N_("who takes over for good is granted the role: care account grant {login} ROLE")
        message = N_("longer than {days} days nobody stands in")
        problems.append(Problem("deputy_too_long", message, "until", hint, {"days": LONGEST.days, "login": to}))
    return problems


def _must_be_his(tx: Tx, actor: Actor, login: str, held: list[Row], now: datetime) -> None:
    if login == actor.login:
        return
    if not actor.divisions(ADMIN.name) or not all(may_take(tx, actor, row, now) for row in held):
        raise _not_his(login)


def _not_his(login: str) -> NotPermitted:
    message, hint = N_("you may not say who stands in for {login}"), N_("{login} may, and an administrator of all that {login} holds")
    return NotPermitted("not_permitted", message, hint=hint, login=login)


def _stood_for(tx: Tx, actor: Actor, now: datetime) -> set[str]:
    return {row["login"] for row in deputy_rows.of(tx, actor.login, stamp(now)) if row["deputy"] == actor.login}


def _must_be_free(tx: Tx, login: str, to: str, since: datetime, until: datetime, now: datetime) -> None:
    """Nobody has two deputies at a time, and nobody who is away stands in for another: what he was lent would lie."""
    for row in _meanwhile(tx, login, since, until, now):
        if row["login"] == login:
            raise Conflict(
                "deputy_overlaps",
                N_("{login} has a deputy in that time already: {other}"),
                hint=N_("end that first: care account deputy {login} --end"),
                other=row["deputy"],
                login=login,
            )
        if row["login"] == to:
            raise _circular(login, to)
        raise Refused(
            "deputy_stands_in",
            N_("{login} stands in for {other} in that time, whose work would lie"),
            hint=N_("name another for {other} first: care account deputy {other} --end"),
            other=row["login"],
            login=login,
        )
    for row in _meanwhile(tx, to, since, until, now):
        if row["login"] == to:
            if row["deputy"] == login:
                raise _circular(login, to)
            raise Refused(
                "deputy_away", N_("{to} is away himself in that time"), hint=N_("name somebody who is there: care account list"), to=to
            )  # fmt: skip


def _circular(login: str, to: str) -> Refused:
    return Refused(
        "deputy_circular", N_("{login} and {to} would stand in for each other"), hint=N_("name somebody else: care account list"), login=login, to=to
    )


def _meanwhile(tx: Tx, login: str, since: datetime, until: datetime, now: datetime) -> list[Row]:
    return [row for row in deputy_rows.of(tx, login, stamp(now)) if row["since"] < stamp(until) and row["until"] > stamp(since)]


def deputy_end(tx: Tx, login: str, *, actor: Actor, now: datetime, to: str | None = None) -> list[Deputyship]:
    """Ends the standing in for an account before its time: by who was away, by the deputy, or by an administrator.

    :param to: only this deputy's.
    :raises NotFound: ``account_unknown``, ``deputy_unknown``. :raises NotPermitted: ``not_permitted``.
    """
    if actor.login != login and not actor.divisions(ADMIN.name) and login not in _stood_for(tx, actor, now):
        raise _not_his(login)
    account_of(tx, login, actor)
    found = [row for row in deputy_rows.of(tx, login, stamp(now)) if row["login"] == login and to in (None, row["deputy"])]
    if not found:
        raise NotFound("deputy_unknown", N_("nobody stands in for {login}"), hint=N_("see: care account show {login}"), login=login)
    for row in found:
        if actor.login != row["deputy"]:
            held = [one for one in rows.not_ended(tx, login, stamp(now)) if one["stands_for"] is None and one["role"] != ADMIN.name]
            _must_be_his(tx, actor, login, held, now)
        _end(tx, actor, row, now)
    return [_of(row) for row in found]


def over(tx: Tx, actor: Actor, login: str, now: datetime) -> None:
    """Ends all standing in for an account, and by it: it is closed."""
    for row in deputy_rows.of(tx, login, stamp(now)):
        _end(tx, actor, row, now)


def _end(tx: Tx, actor: Actor, row: Row, now: datetime) -> None:
    deputy_rows.end(tx, row["deputy_id"], stamp(now), actor.login)
    absent, other = account_of(tx, row["login"], actor), account_of(tx, row["deputy"], actor)
    record(tx, actor, "deputy_ended", {"login": row["login"], "deputy": row["deputy"]}, now, absent["account_id"])
    lapse(tx, actor, now, deputy_id=row["deputy_id"])
    for lent in rows.of_deputy(tx, row["deputy_id"], stamp(now)):
        end(tx, actor, lent, other["account_id"], now)


def deputies_of(tx: Tx, login: str, now: datetime) -> tuple[Deputyship, ...]:
    """Who stands in for an account, and for whom it stands in, now or later."""
    return tuple(_of(row) for row in deputy_rows.of(tx, login, stamp(now)))


def _of(row: Row) -> Deputyship:
    return Deputyship(row["deputy_id"], row["login"], row["deputy"], unstamp(row["since"]), unstamp(row["until"]), row["by"])
