"""``care account grant``, ``revoke``, ``waiting``, ``approve``, ``refuse``: roles given and taken, where need be by two."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import completion, output, titles
from careflow_cli.account_words import begins, ends, last_day, login_argument, plain_grant, plain_granted, role_argument, where
from careflow_cli.clicks import Command, Group, argument, option
from careflow_cli.common import DAY, json_option, program_name, program_option
from careflow_cli.completion import DIVISION
from careflow_cli.session import Session, pass_session
from workflow_core.clock import stamp
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.access.accounts import Given, Request

request_argument = argument("ref", metavar="ID", help="the request, as care account waiting shows it: G-000012")


def join(group: Group) -> None:
    """Adds these commands to the noun."""
    for command in (grant, revoke, waiting, approve, refuse):
        group.add_command(command)


@click.command("grant", cls=Command)
@login_argument
@role_argument
@option("--township", "--division", "division", type=DIVISION, metavar="CODE", help="where: a township, a county; left out: the whole office")
@option("--place", metavar="REF", help="only for this school or clinic")
@option("--own", is_flag=True, help="only for cases that are laid on this account; with --township only for those that lie there")
@program_option
@option("--since", type=DAY, metavar="DATE", help="the first day on which it holds; left out: from now on")
@option("--until", type=DAY, metavar="DATE", help="the last day on which it holds")
@json_option
@pass_session
def grant(
    session: Session,
    login: str,
    role: str,
    division: str | None,
    place: str | None,
    own: bool,
    program: str | None,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Give an account a role in a division, at a place, or for its own cases.

    An administrator's role, and what holds in a whole county, another administrator must grant as well: it waits for him."""
    from workflow_core.access import known_roles
    from workflow_core.access.accounts import grant as give

    session.must_own()
    if place is not None and (division is not None or own):
        raise click.UsageError(translate("--place goes with neither --township nor --own"))
    kind: Any = "place" if place is not None else "own" if own else "division"
    programs = session.registry.programs
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
            since=begins(since, session.now_instant),
            until=ends(until),
            roles=known_roles(one.roles for one in programs.values()),
            programs=programs,
        )
        alone = bool(given.waits) and not _somebody_else(tx, session, given.waits)
    _show_given(given, login, N_("{login} is {role} now."), as_json=as_json, alone=alone, now=session.now_instant)


def _somebody_else(tx: Any, session: Session, ref: str) -> bool:
    """Whether there is anybody who can answer a request."""
    from workflow_core.access import eyes

    found = next(one for one in eyes.waiting(tx, actor=session.actor, now=session.now_instant) if one.ref == ref)
    return bool(eyes.others(tx, found.grant, session.now_instant, but=found.asked_by))


@click.command("revoke", cls=Command)
@login_argument
@role_argument
@option("--township", "--division", "--place", "scope", metavar="CODE", shell_complete=completion.divisions, help="which of several: a division or a place")
@program_option
@json_option
@pass_session
def revoke(session: Session, login: str, role: str, scope: str | None, program: str | None, as_json: bool) -> None:
    """Take a role back, at once.

    From another administrator nobody takes that role alone: it waits until a further one has agreed, or he himself."""
    from workflow_core.access.accounts import revoke as take

    session.must_own()
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
    _show_given(given, login, N_("{login} is {role} no longer."), as_json=as_json, taken=True)


@click.command("waiting", cls=Command)
@json_option
@pass_session
def waiting(session: Session, as_json: bool) -> None:
    """List the rights to give, or to take, that wait for a second administrator: for you, or for another where you asked."""
    from workflow_core.access.accounts import waiting as look

    with session.db.read() as tx:
        found = look(tx, actor=session.actor, now=session.now_instant)
    if as_json:
        output.document({"requests": [_plain(one) for one in found]})
        return
    rows: list[list[output.Cell]] = [
        [
            one.ref,
            translate("take") if one.take else translate("give"),
            one.login,
            titles.role(one.grant.role) + (" " + translate("(for {login})", login=one.grant.stands_for) if one.grant.stands_for else ""),
            where(one.grant),
            one.grant.program,
            last_day(one.grant.until),
            one.asked_by,
            output.moment(one.asked_at),
            translate("another") if one.yours or one.barred else translate("you"),
        ]
        for one in found
    ]
    heads = [N_("Request"), N_("What"), N_("Account"), N_("Role"), N_("Where"), N_("Program"), N_("Until"), N_("Asked by"), N_("Asked at"), N_("Waits for")]
    output.table(heads, rows, empty=N_("Nothing waits here."))


@click.command("approve", cls=Command)
@request_argument
@json_option
@pass_session
def approve(session: Session, ref: str, as_json: bool) -> None:
    """Grant what another administrator asked for: that somebody is given a right, or loses one."""
    from workflow_core.access.accounts import approve as agree
    from workflow_core.store import grant_requests

    session.must_own()
    with session.db.write() as tx:
        given = agree(tx, ref, actor=session.actor, now=session.now_instant)
        row = grant_requests.one(tx, ref)
    login = str(row["login"]) if row is not None else ""
    taken = row is not None and row["what"] == "take"
    headline = N_("{login} is {role} no longer.") if taken else N_("{login} is {role} now.")
    _show_given(given, login, headline, as_json=as_json, now=None if taken else session.now_instant, taken=taken)


@click.command("refuse", cls=Command)
@request_argument
@option("--reason", default="", metavar="TEXT", help="why; it is kept. Whoever asked takes it back without")
@json_option
@pass_session
def refuse(session: Session, ref: str, reason: str, as_json: bool) -> None:
    """Refuse what another administrator asked for; or take back what you asked for."""
    from workflow_core.access.accounts import refuse as deny

    session.must_own()
    with session.db.write() as tx:
        answered = deny(tx, ref, actor=session.actor, now=session.now_instant, reason=reason)
    if as_json:
        output.document({"request": _plain(answered)})
    elif answered.state == "withdrawn":
        output.say(N_("{ref} is taken back."), ref=ref)
    else:
        output.say(N_("{ref} is refused; {login} asked for it."), ref=ref, login=answered.asked_by)


def _plain(one: Request) -> dict[str, Any]:
    said = {
        "ref": one.ref,
        "what": "take" if one.take else "give",
        "login": one.login,
        **plain_grant(one.grant),
        "state": one.state,
        "asked_by": one.asked_by,
        "asked_at": one.asked_at,
    }
    return {**said, "yours": one.yours, "answered_by": one.answered_by or None, "answer": one.answer or None}


def _show_given(
    given: Given, login: str, headline: str, *, as_json: bool, alone: bool = False, now: datetime | None = None, taken: bool = False
) -> None:  # fmt: skip
    if as_json:
        said = {"login": login, "changed": given.changed, "grants": [plain_granted(one) for one in given.granted]}
        output.document({**said, "waits": given.waits or None, "eyes": given.eyes or None})
        return
    if given.waits and taken:
        from workflow_core.access.eyes import SILENCE

        output.say(N_("It waits for {login} himself, or another administrator: {ref}. Who agrees: care account approve {ref}"), login=login, ref=given.waits)
        output.say(N_("Where nobody has answered for {days} days you do it alone, by the same command."), days=SILENCE.days)
        return
    if given.waits:
        output.say(N_("It waits for another administrator: {ref}. He grants it with: care account approve {ref}"), ref=given.waits)
        if alone:
            output.tell(N_("There is nobody yet who could: make a second administrator, whom you may make alone: care account grant LOGIN admin"))
        return
    if not given.changed:
        output.say(N_("It stood so already; nothing was written."))
    for one in given.granted:
        later = now is not None and one.grant.since > stamp(now)
        words = N_("{login} is {role} from {day} on.") if later else headline
        output.say(words, login=login, role=titles.role(one.grant.role), day=output.moment(one.grant.since)[:10])
    if given.eyes == "alone" and any(one.grant.role != "admin" for one in given.granted):
        output.tell(N_("Nobody else has looked at that, since you are the only administrator; the journal says so."))
    elif given.eyes == "alone":
        output.tell(N_("Nobody else has looked at that, since you were the only administrator; the journal says so. From now on two look."))
    elif given.eyes == "silence":
        output.tell(N_("Nobody else has looked at that, since nobody has answered; the journal says so."))
    elif given.eyes == "training" and taken:
        output.tell(N_("In a real office another administrator would have to agree to that; the journal says that it was done in training."))
    elif given.eyes == "training":
        output.tell(N_("In a real office another administrator would have to grant that; the journal says that it was given in training."))
