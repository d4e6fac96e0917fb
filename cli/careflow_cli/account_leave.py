"""``care account deputy``, ``hand-over``, ``close``: who is away, and who leaves."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from careflow_cli import ask, output, titles
from careflow_cli.account_words import begins, ends, last_day, login_argument, plain_account, plain_deputy
from careflow_cli.clicks import Command, Group, option
from careflow_cli.common import DAY, dry_run_option, json_option
from careflow_cli.session import Session, pass_session
from workflow_core.clock import stamp
from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine.leaving import Laid


def join(group: Group) -> None:
    """Adds these commands to the noun."""
    for command in (deputy, hand_over, close):
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

    session.must_own()
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
        output.say(N_("One of the roles waits for another administrator: {ref}. He grants it with: care account approve {ref}"), ref=ref)


@click.command("hand-over", cls=Command)
@login_argument
@option("--to", required=True, metavar="LOGIN", help="who takes it over")
@option("--close", "closing", is_flag=True, help="close the account afterwards: its roles end")
@dry_run_option
@json_option
@pass_session
def hand_over(session: Session, login: str, to: str, closing: bool, dry_run: bool, as_json: bool) -> None:
    """Hand over all that lies with an account by name, when somebody leaves; the list says what became of each.

    What the other may not do goes back to where everybody with the role finds it. It may be done again."""
    session.must_own()
    done = session.engine.hand_over_all(session.actor, login, to, close=closing, dry_run=dry_run)
    if as_json:
        output.document(done.as_dict())
        return
    rows: list[list[output.Cell]] = [[translate(_KINDS[one.kind]), one.ref, _called(one), titles.roles(one.roles), _became(one, to)] for one in done.items]
    output.table([N_("Kind"), N_("Which"), N_("What"), N_("For"), N_("Goes to")], rows, empty=N_("Nothing lies there by name."))
    if dry_run:
        output.tell(N_("Nothing was written."))
        return
    if done.items:
        said = {"taken": done.count("taken"), "role": done.count("role"), "giver": login, "taker": to}
        output.say(N_("{giver} handed over to {taker}: {taken}; back to where everybody with the role finds it: {role}."), **said)
    if done.elsewhere:
        output.tell(
            N_("Something of {login} lies in {n} cases that are not yours to touch: an administrator of the whole office hands it over."),
            login=login,
            n=done.elsewhere,
        )
    if done.closed:
        output.say(N_("{login} is closed."), login=login)
    elif not done.count("left") and not done.elsewhere:
        output.tell(N_("The account is still open. To close it: care account hand-over {login} --to {to} --close"), login=login, to=to)


_KINDS = {
    "task": N_("task"),
    "case": N_("case"),
    "paper": N_("draft"),
    "plan": N_("plan"),
    "transfer": N_("transfer"),
    "right": N_("right asked for"),
    "deputy": N_("deputy"),
}


def _called(one: Laid) -> str:
    if one.kind == "deputy":
        return last_day(one.title)
    return titles.role(one.title) if one.kind == "right" else translate(one.title) if one.title else ""


def _became(one: Laid, to: str) -> str:
    if one.became == "taken":
        return to
    if one.became == "left":
        return translate("stays: {why}", why=one.reason)
    if one.became == "other":
        return translate("stays with {login}, in whose stead it was taken", login=one.reason)
    return translate("ends with the account") if one.became == "ends" else translate("everybody with the role")


@click.command("close", cls=Command)
@login_argument
@option("--yes", is_flag=True, help="do not ask again where it is your own")
@json_option
@pass_session
def close(session: Session, login: str, yes: bool, as_json: bool) -> None:
    """Close an account: all its roles end. Hand over its work first: care account hand-over."""
    from workflow_core.access.accounts import account_close
    from workflow_core.store import lying

    session.must_own()
    if login == session.actor.login and not yes:
        _ask_of_his_own(login)
    with session.db.write() as tx:
        closed = account_close(tx, login, actor=session.actor, now=session.now_instant)
        lies = bool(lying.cases_of(tx, login))
    if as_json:
        output.document({"account": plain_account(closed)})
        return
    output.say(N_("{login} is closed."), login=login)
    if lies:
        output.tell(N_("Work still lies there by name. Hand it over: care account hand-over {login} --to LOGIN"), login=login)


def _ask_of_his_own(login: str) -> None:
    """Asks whether somebody's own account shall be closed.

    :raises Misused: ``own_account_unconfirmed``: nobody can be asked.
    """
    if not ask.at_a_terminal():
        hint = N_("if it shall be: care account close {login} --yes")
        raise Misused("own_account_unconfirmed", N_("{login} is your own account: closed, it lets you in no more"), hint=hint, login=login)
    click.confirm(translate("{login} is your own account: closed, it lets you in no more. Go on?", login=login), abort=True, err=True)
