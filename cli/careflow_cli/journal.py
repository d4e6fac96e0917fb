"""``care journal``: the proof that nothing was changed behind the office's back, and who looked at what."""

from __future__ import annotations

import re

import click

from careflow_cli import output
from careflow_cli.clicks import Group, option
from careflow_cli.common import json_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

group = Group("journal", help="The journal of who looked and what was changed.")


@group.command("verify")
@json_option
@pass_session
def verify(session: Session, as_json: bool) -> None:
    """Check the chain of every case and of every stream of the journal."""
    from workflow_core.store.journal import verify_all

    with session.db.read() as tx:
        found = verify_all(tx)
    if as_json:
        output.document(
            {
                "cases": found.cases,
                "events": found.events,
                "streams": found.streams,
                "entries": found.entries,
                "found": found.found,
                "problems": [problem.as_dict() for problem in found.findings],
            }
        )
    else:
        said = {"cases": found.cases, "events": found.events, "streams": found.streams, "entries": found.entries}
        output.say(N_("{events} events of {cases} cases, {entries} entries of {streams} streams: looked at, one by one."), **said)
        if found.found:
            output.say(N_("{count} of them are not as they were written."), count=found.found)
            output.table([N_("Where"), N_("Code"), N_("What is wrong")], [[one.place, one.code, one.text()] for one in found.findings])
        else:
            output.say(N_("Everything is as it was written."))
    if found.found:
        click.get_current_context().exit(6)


@group.command("show")
@option("--actor", metavar="LOGIN", help="only what this account did")
@option("--subject", metavar="REF", help="only what was done to this child's file")
@option("--kind", metavar="NAME", help="only this kind of entry")
@option("--limit", type=click.IntRange(1), default=100, show_default=True, help="at most so many, the latest")
@json_option
@pass_session
def show(session: Session, actor: str | None, subject: str | None, kind: str | None, limit: int, as_json: bool) -> None:
    """Show the latest entries of the journal, people masked. For administrators."""
    from workflow_core.access import masking
    from workflow_core.records import child_views
    from workflow_core.store import journal_reading

    session.must_be_admin(N_("read the journal"))
    with session.db.read() as tx:
        about = child_views.get(tx, session.actor, subject).person_id if subject else None
        entries = masking.masked_within(journal_reading.latest(tx, actor=actor, subject=about, kind=kind, limit=limit))
    if as_json:
        output.document({"entries": entries})
        return
    rows: list[list[output.Cell]] = [[output.moment(one["at"]), one["actor"], one["kind"].replace("_", " "), _about(one)] for one in entries]
    output.table([N_("When"), N_("Who"), N_("What"), N_("About")], rows, empty=N_("Nothing was found."))


def _about(entry: dict[str, object]) -> str:
    says = entry.get("says")
    return ", ".join(f"{name}={_shown(value)}" for name, value in says.items() if value not in (None, "", [])) if isinstance(says, dict) else ""


def _shown(value: object) -> str:
    return output.moment(value) if isinstance(value, str) and _INSTANT.fullmatch(value) else str(value)
