"""``care message``: what waits in the outbox, and the dead letters."""

from __future__ import annotations

import click

from careflow_cli import output
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import answer_refused, json_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

group = Group("message", help="Messages that could not be delivered.")


@group.command("list")
@option("--limit", type=click.IntRange(1), default=100, show_default=True, help="at most so many")
@json_option
@pass_session
def listing(session: Session, limit: int, as_json: bool) -> None:
    """List the dead letters: what was tried again and again, and could not be delivered."""
    from workflow_core.store import outbox

    session.must_be_admin(N_("look into the outbox"))
    with session.db.read() as tx:
        counts, dead = outbox.counts(tx), outbox.dead(tx, most=limit)
    if as_json:
        letters = [
            {"id": one.id, "kind": one.kind, "at": one.at, "attempts": one.attempts, "last_error": one.last_error, "case": _case(one.payload)} for one in dead
        ]
        output.document({"waiting": counts["waiting"], "dead": counts["dead"], "messages": letters})
        return
    output.say(N_("{waiting} wait, {dead} could not be delivered."), waiting=counts["waiting"], dead=counts["dead"])
    rows: list[list[output.Cell]] = [[one.id, output.moment(one.at), _case(one.payload), one.attempts, one.last_error] for one in dead]
    output.table([N_("Letter"), N_("Written"), N_("Case"), N_("Tried"), N_("Last error")], rows)
    if dead:
        output.tell(N_("To try them again: care message retry --all"))


def _case(payload: object) -> str | None:
    return str(payload["case"]) if isinstance(payload, dict) and payload.get("case") else None


@group.command("retry")
@argument("letters", nargs=-1, metavar="[LETTER]...", help="the letters, as care message list shows them")
@option("--all", "every", is_flag=True, help="all that are dead")
@json_option
@pass_session
def retry(session: Session, letters: tuple[str, ...], every: bool, as_json: bool) -> None:
    """Try dead letters again, and deliver what waits."""
    from workflow_core.store import outbox

    session.must_own()
    if not letters and not every:
        raise click.UsageError(translate("which letters? Name them, or say --all"))
    session.must_be_admin(N_("look into the outbox"))
    with session.db.write() as tx:
        wanted = list(letters) or [one.id for one in outbox.dead(tx, most=10_000)]
        unknown = [one for one in wanted if not outbox.revive(tx, one, session.now_instant)]
    sent, failed = session.engine.deliver()
    if as_json:
        output.document({"retried": len(wanted) - len(unknown), "unknown": unknown, "sent": sent, "failed": failed})
    else:
        output.say(N_("{count} are tried again: {sent} sent, {failed} failed."), count=len(wanted) - len(unknown), sent=sent, failed=failed)
        for one in unknown:
            output.tell(N_("{letter} is no dead letter."), letter=one)
    answer_refused(len(unknown) + failed)
