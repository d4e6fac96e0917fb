"""``care account``: accounts and the roles they hold. Giving and taking is in account_rights.py, leave and leaving in account_leave.py."""

from __future__ import annotations

from careflow_cli import account_leave, account_password, account_rights, output, titles
from careflow_cli.account_words import last_day, login_argument, place_names, plain_account, tell_of_access, where
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option
from careflow_cli.session import Session, pass_session
from workflow_core.clock import stamp
from workflow_core.i18n import N_, translate

group = Group("account", help="Accounts and the roles they hold.")
account_rights.join(group)
account_leave.join(group)
group.add_command(account_password.password)


@group.command("add")
@login_argument
@option("--name", default="", metavar="TEXT", help="who it is, for lists")
@option("--user", "os_user", metavar="NAME", help="the machine's user, where it is not the login")
@option("--volunteer", metavar="REF", help="the volunteer whose account it is: he may do what his own cases ask of him")
@option("--clock", is_flag=True, help="on a server office: the login that care tick runs with")
@json_option
@pass_session
def add(session: Session, login: str, name: str, os_user: str | None, volunteer: str | None, clock: bool, as_json: bool) -> None:
    """Add an account. It may do nothing until it is granted a role."""
    from workflow_core.access.accounts import account_add

    session.must_own()
    with session.db.write() as tx:
        made = account_add(tx, login, actor=session.actor, now=session.now_instant, name=name, os_user=os_user, volunteer=volunteer, clock=clock)
    if as_json:
        output.document({"account": plain_account(made)})
    elif clock:
        output.say(N_("{login} was added. The clock's folder: care office join DIR --database postgresql://{login}@host/name"), login=login)
    elif volunteer:
        output.say(N_("{login} was added. It may do what its own cases ask of {volunteer}; for that it needs no role."), login=login, volunteer=made.volunteer)
    else:
        output.say(N_("{login} was added. Give it a role: care account grant {login} ROLE --township CODE"), login=login)


@group.command("list")
@json_option
@pass_session
def listing(session: Session, as_json: bool) -> None:
    """List the accounts and what they hold."""
    from workflow_core.access.accounts import ending, listed

    with session.db.read() as tx:
        found = listed(tx, actor=session.actor, now=session.now_instant)
        soon = ending(tx, actor=session.actor, now=session.now_instant)
    if as_json:
        soonest = [{"login": login, "role": held.role, "scope": held.scope, "program": held.program, "until": held.until} for login, held in soon]
        output.document({"accounts": [plain_account(one) for one in found], "ending": soonest})
        return
    rows: list[list[output.Cell]] = []
    for one in found:
        held = titles.listed(dict.fromkeys(titles.role(granted.grant.role) for granted in one.grants if granted.grant.stands_for is None))
        rows.append([one.login, one.name, one.os_user, held, translate("closed") if one.closed_at else ""])
    output.table([N_("Account"), N_("Name"), N_("User"), N_("Roles"), N_("State")], rows, empty=N_("Nothing was found."))
    for login, ends in soon:
        output.tell(N_("{login} is {role} to {day} only."), login=login, role=titles.role(ends.role), day=last_day(ends.until))


@group.command("show")
@argument("login", required=False, help="the account; left out: your own")
@json_option
@pass_session
def show(session: Session, login: str | None, as_json: bool) -> None:
    """Show an account and each role it holds: where, for which program, until when."""
    from workflow_core.access.accounts import show as look

    with session.db.read() as tx:
        found = look(tx, login or session.actor.login, actor=session.actor, now=session.now_instant)
        names = place_names(tx, found)
    if as_json:
        output.document({"account": plain_account(found)})
        return
    facts = [(N_("Account"), found.login), (N_("Name"), found.name), (N_("User"), found.os_user), (N_("Volunteer"), found.volunteer)]
    closed = [(N_("Closed since"), output.moment(found.closed_at))] if found.closed_at else []
    output.facts([*facts, (N_("Since"), output.moment(found.created_at)), *closed])
    if session.actor.login == found.login and session.actor.every_role:
        output.say(N_("In this training office it holds every role, unless --as names another account."))
    rows: list[list[output.Cell]] = [
        [titles.role(held.role), names.get(held.scope) or where(held), held.program, output.moment(held.since), last_day(held.until), one.by]
        for one in found.grants
        if (held := one.grant).stands_for is None
    ]
    output.table([N_("Role"), N_("Where"), N_("Program"), N_("Since"), N_("Until"), N_("Given by")], rows)
    tell_of_access(session, found.login)
    for stood in found.deputies:
        said = N_("Away: {deputy} stands in from {since} to {day}") if stood.login == found.login else N_("Stands in for {login} from {since} to {day}")
        day = last_day(stamp(stood.until))
        output.say(said, login=stood.login, deputy=stood.deputy, since=output.moment(stood.since)[:10], day=day)
