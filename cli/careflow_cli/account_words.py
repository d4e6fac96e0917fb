"""What ``care account`` says of accounts and grants, on the screen and as JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from careflow_cli import output
from careflow_cli.clicks import argument
from workflow_core.clock import day_begins, unstamp
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from datetime import datetime

    from careflow_cli.session import Session
    from workflow_core.access import Grant
    from workflow_core.access.accounts import Account, Deputyship, Granted
    from workflow_core.store.database import Tx

login_argument = argument("login", help="the account: a login")
role_argument = argument("role", help="child_director, child_supervisor, school, county_office, admin …")


def where(held: Grant) -> str:
    """The scope of a grant."""
    if held.scope_kind == "own":
        return translate("own cases") + (f" {held.scope}" if held.scope else "")
    return held.scope or translate("the whole office")


def place_names(tx: Tx, account: Account) -> dict[str, str]:
    """The places for which an account holds roles, by id: reference and name."""
    from workflow_core.store import places

    ids = {one.grant.scope for one in account.grants if one.grant.scope_kind == "place"}
    found = ((one, places.by_id(tx, one)) for one in sorted(ids))
    return {one: f"{row['ref']} {row['name']}" for one, row in found if row is not None}


def last_day(until: str | None) -> str:
    """The last day on which something holds; empty where it has no end."""
    return output.moment(unstamp(until) - timedelta(seconds=1))[:10] if until else ""


def begins(day: datetime | None, session_now: datetime) -> datetime | None:
    """The instant from which a day that was typed counts: today from now on."""
    if day is None:
        return None
    from workflow_core.clock import civil_date

    return None if day.date() == civil_date(session_now) else day_begins(day.date())


def ends(day: datetime | None) -> datetime | None:
    """The first instant after a day that was typed as the last."""
    return None if day is None else day_begins(day.date() + timedelta(days=1))


def plain_account(account: Account) -> dict[str, Any]:
    """An account for ``--json``."""
    return {
        "login": account.login,
        "name": account.name,
        "user": account.os_user,
        "volunteer": account.volunteer or None,
        "created_at": account.created_at,
        "closed_at": account.closed_at,
        "grants": [plain_granted(one) for one in account.grants],
        "deputies": [plain_deputy(one) for one in account.deputies],
    }


def plain_grant(held: Grant) -> dict[str, Any]:
    """A grant for ``--json``."""
    return {
        "role": held.role,
        "scope_kind": held.scope_kind,
        "scope": held.scope,
        "program": held.program,
        "since": held.since,
        "until": held.until,
        "stands_for": held.stands_for,
    }


def plain_granted(one: Granted) -> dict[str, Any]:
    """A grant for ``--json``, with who gave it."""
    return {**plain_grant(one.grant), "by": one.by}


def plain_deputy(one: Deputyship) -> dict[str, Any]:
    """A deputyship for ``--json``."""
    return {"login": one.login, "deputy": one.deputy, "since": one.since, "until": one.until, "by": one.by}


def tell_of_access(session: Session, login: str) -> None:
    """What an account may see by another person's approval, beside its roles."""
    from careflow_cli.access import about
    from workflow_core.access import requesting

    with session.db.read() as tx:
        found = [one for one in requesting.mine(tx, login, session.now_instant) if one.state == "approved"]
    for one in found:
        said = {"ref": one.ref, "about": about(session, one), "until": output.moment(one.until), "left": one.left}
        output.say(N_("By approval {ref}: {about}, until {until}; {left} left"), **said)
