"""``care account deputy``, ``hand-over``, ``close``: who is away, and who leaves."""

from __future__ import annotations

from datetime import datetime

import click

from careflow_cli import output
from careflow_cli.account_words import begins, ends, last_day, login_argument, plain_account, plain_deputy
from careflow_cli.clicks import Command, Group, option
from careflow_cli.common import DAY, json_option
from careflow_cli.session import Session, pass_session
from workflow_core.clock import stamp
from workflow_core.i18n import N_, translate


def join(group: Group) -> None:
    """Adds these commands to the noun."""
    for command in (deputy, close):
        group.add_command(command)


@click.command("deputy", cls=Command)
@login_argument
@option("--to", metavar="LOGIN", help="who stands in")
@option("--from", "since", type=DAY, metavar="DATE", help="the first day; left out: from now on")
@option("--until", type=DAY, metavar="DATE", help="the last day; half a year at most")
@option("--end", "over", is_flag=True, help="end it before its time")
@json_option
@pass_session
def deputy(session: Session, login: str, to: str | None, since: datetime | None, until: datetime | None, over: bool, as_json: bool) -> None:
    """Say who stands in for an account while it is away: he may do what the absent one may, but for an administrator's work.

    Whoever goes away says it himself, else an administrator. What the deputy does in another's stead is written down so; it ends by itself."""
    from workflow_core.access.accounts import deputy as name
    from workflow_core.access.accounts import deputy_end

    if over:
        if since is not None or until is not None:
            raise click.UsageError(translate("--end goes with neither --from nor --until"))
        with session.db.write() as tx:
            ended = deputy_end(tx, login, actor=session.actor, now=session.now_instant, to=to)
        if as_json:
            output.document({"ended": [plain_deputy(one) for one in ended]})
            return
        for one in ended:
            output.say(N_("{deputy} stands in for {login} no longer."), deputy=one.deputy, login=login)
        return
    if to is None:
        raise click.UsageError(translate("say --to LOGIN, or --end"))
    with session.db.write() as tx:
        made = name(tx, login, to, actor=session.actor, now=session.now_instant, since=begins(since, session.now_instant), until=ends(until))
    if as_json:
        output.document({"deputy": plain_deputy(made), "waits": list(made.waits)})
        return
    day = last_day(stamp(made.until))
    output.say(N_("{deputy} stands in for {login} from {since} to {day}."), deputy=to, login=login, since=output.moment(made.since)[:10], day=day)
    for ref in made.waits:
        output.say(N_("A role in a whole county waits for an administrator: {ref}. He grants it with: care account approve {ref}"), ref=ref)


@click.command("close", cls=Command)
@login_argument
@json_option
@pass_session
def close(session: Session, login: str, as_json: bool) -> None:
    """Close an account: all its roles end. Hand over its work first: care account hand-over."""
    from workflow_core.access.accounts import account_close

    with session.db.write() as tx:
        closed = account_close(tx, login, actor=session.actor, now=session.now_instant)
    if as_json:
        output.document({"account": plain_account(closed)})
    else:
        output.say(N_("{login} is closed."), login=login)
