"""``care account``: accounts and the roles they hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import completion, output, titles
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import DAY, json_option, program_name, program_option
from careflow_cli.completion import DIVISION
from careflow_cli.session import Session, pass_session
from workflow_core.clock import day_begins, unstamp
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.access.accounts import Account, Given, Granted

group = Group("account", help="Accounts and the roles they hold.")

login_argument = argument("login", help="the account: a login")
role_argument = argument("role", help="child_director, child_supervisor, school, county_office, admin …")


@group.command("add")
@login_argument
@option("--name", default="", metavar="TEXT", help="who it is, for lists")
@option("--user", "os_user", metavar="NAME", help="the machine's user, where it is not the login")
@option("--volunteer", metavar="REF", help="the volunteer whose account it is: he may do what his own cases ask of him")
@json_option
@pass_session
def add(session: Session, login: str, name: str, os_user: str | None, volunteer: str | None, as_json: bool) -> None:
    """Add an account. It may do nothing until it is granted a role."""
    from workflow_core.access.accounts import account_add

    with session.db.write() as tx:
        made = account_add(tx, login, actor=session.actor, now=session.now_instant, name=name, os_user=os_user, volunteer=volunteer)
    if as_json:
        output.document({"account": _plain(made)})
    else:
        output.say(N_("{login} was added. Give it a role: care account grant {login} ROLE --township CODE"), login=login)


@group.command("grant")
@login_argument
@role_argument
@option("--township", "--division", "division", type=DIVISION, metavar="CODE", help="where: a township, a county; left out: the whole office")
@option("--place", metavar="REF", help="only for this school or clinic")
@option("--own", is_flag=True, help="only for cases that are laid on this account")
@program_option
@option("--until", type=DAY, metavar="DATE", help="the last day on which it holds")
@json_option
@pass_session
def grant(session: Session, login: str, role: str, division: str | None, place: str | None, own: bool, program: str | None, until: Any, as_json: bool) -> None:
    """Give an account a role in a division, at a place, or for its own cases."""
    from workflow_core.access import known_roles
    from workflow_core.access.accounts import grant as give

    if sum((division is not None, place is not None, own)) > 1:
        raise click.UsageError(translate("only one of --township, --place and --own"))
    kind: Any = "place" if place is not None else "own" if own else "division"
    roles = known_roles(one.roles for one in session.registry.programs.values())
    with session.db.write() as tx:
        given = give(
            tx,
            login,
            program_name(role),
            actor=session.actor,
            now=session.now_instant,
            scope=place or division or "",
            scope_kind=kind,
            program=program_name(program) if program else None,
            until=day_begins(until.date() + timedelta(days=1)) if until is not None else None,
            roles=roles,
        )
    _show_given(given, login, N_("{login} is {role} now."), as_json=as_json)


@group.command("revoke")
@login_argument
@role_argument
@option("--township", "--division", "--place", "scope", metavar="CODE", shell_complete=completion.divisions, help="which of several: a division or a place")
@program_option
@json_option
@pass_session
def revoke(session: Session, login: str, role: str, scope: str | None, program: str | None, as_json: bool) -> None:
    """Take a role back, at once."""
    from workflow_core.access.accounts import revoke as take

    with session.db.write() as tx:
        given = take(
            tx,
            login,
            program_name(role),
            actor=session.actor,
            now=session.now_instant,
            scope=scope,
            program=program_name(program) if program else None,
        )
    _show_given(given, login, N_("{login} is {role} no longer."), as_json=as_json)


@group.command("close")
@login_argument
@json_option
@pass_session
def close(session: Session, login: str, as_json: bool) -> None:
    """Close an account: all its roles end. Hand over its tasks first: care task hand-over."""
    from workflow_core.access.accounts import account_close

    with session.db.write() as tx:
        closed = account_close(tx, login, actor=session.actor, now=session.now_instant)
    if as_json:
        output.document({"account": _plain(closed)})
    else:
        output.say(N_("{login} is closed."), login=login)


@group.command("list")
@json_option
@pass_session
def listing(session: Session, as_json: bool) -> None:
    """List the accounts and what they hold."""
    from workflow_core.access.accounts import listed

    with session.db.read() as tx:
        found = listed(tx, actor=session.actor, now=session.now_instant)
    if as_json:
        output.document({"accounts": [_plain(one) for one in found]})
        return
    rows: list[list[output.Cell]] = []
    for one in found:
        held = titles.listed(dict.fromkeys(titles.role(granted.grant.role) for granted in one.grants))
        rows.append([one.login, one.name, one.os_user, held, translate("closed") if one.closed_at else ""])
    output.table([N_("Account"), N_("Name"), N_("User"), N_("Roles"), N_("State")], rows, empty=N_("Nothing was found."))


@group.command("show")
@argument("login", required=False, help="the account; left out: your own")
@json_option
@pass_session
def show(session: Session, login: str | None, as_json: bool) -> None:
    """Show an account and each role it holds: where, for which program, until when."""
    from workflow_core.access.accounts import show as look

    with session.db.read() as tx:
        found = look(tx, login or session.actor.login, actor=session.actor, now=session.now_instant)
    if as_json:
        output.document({"account": _plain(found)})
        return
    facts = [(N_("Account"), found.login), (N_("Name"), found.name), (N_("User"), found.os_user), (N_("Volunteer"), found.volunteer)]
    output.facts([*facts, (N_("Since"), output.moment(found.created_at))])
    if session.actor.login == found.login and session.actor.every_role:
        output.say(N_("In this training office it holds every role, unless --as names another account."))
    rows: list[list[output.Cell]] = [
        [titles.role(one.grant.role), _where(one), one.grant.program, output.moment(one.grant.since), _until(one), one.by] for one in found.grants
    ]
    output.table([N_("Role"), N_("Where"), N_("Program"), N_("Since"), N_("Until"), N_("Given by")], rows)


def _where(one: Granted) -> str:
    if one.grant.scope_kind == "own":
        return translate("own cases")
    return one.grant.scope or translate("the whole office")


def _until(one: Granted) -> str:
    return output.moment(unstamp(one.grant.until) - timedelta(seconds=1))[:10] if one.grant.until else ""


def _plain(account: Account) -> dict[str, Any]:
    return {
        "login": account.login,
        "name": account.name,
        "user": account.os_user,
        "volunteer": account.volunteer or None,
        "created_at": account.created_at,
        "closed_at": account.closed_at,
        "grants": [_grant(one) for one in account.grants],
    }


def _grant(one: Granted) -> dict[str, Any]:
    held = one.grant
    return {
        "role": held.role,
        "scope_kind": held.scope_kind,
        "scope": held.scope,
        "program": held.program,
        "since": held.since,
        "until": held.until,
        "by": one.by,
    }


def _show_given(given: Given, login: str, headline: str, *, as_json: bool) -> None:
    if as_json:
        output.document({"login": login, "changed": given.changed, "grants": [_grant(one) for one in given.granted]})
        return
    if not given.changed:
        output.say(N_("It stood so already; nothing was written."))
    for one in given.granted:
        output.say(headline, login=login, role=titles.role(one.grant.role))
