"""``care tick``: what the clock asks for."""

from __future__ import annotations

import click

from careflow_cli import output
from careflow_cli.clicks import Command, option
from careflow_cli.common import json_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_

_SAID = (
    ("cases", N_("Cases looked at")),
    ("steps", N_("Steps taken by themselves")),
    ("missed", N_("Tasks missed")),
    ("late", N_("Tasks found overdue")),
    ("fired", N_("Timers that rang")),
    ("sent", N_("Messages sent")),
    ("failed", N_("Messages that failed")),
    ("left", N_("Cases left for the next tick")),
)


@click.command("tick", cls=Command)
@option("--limit", type=click.IntRange(1), help="look at so many cases at most; else at all that are due")
@json_option
@pass_session
def tick(session: Session, limit: int | None, as_json: bool) -> None:
    """Do what the clock asks for: timers, recurring tasks, messages. Run it every night, or as often as you like; nothing happens twice."""
    report = session.engine.tick(limit=limit)
    found = report.as_dict()
    if as_json:
        output.document(found)
    else:
        output.facts([(title, found[name]) for name, title in _SAID if found.get(name) or name == "cases"])
        output.table([N_("Case"), N_("Why")], [[one["case"], one["message"]] for one in report.problems])
    if report.problems:
        click.get_current_context().exit(1)
