"""``care tick``: what the clock asks for."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from careflow_cli import output
from careflow_cli.clicks import Command, option
from careflow_cli.common import json_option
from careflow_cli.office_care import span
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine import TickReport
    from workflow_core.office.schedule_watch import Turn

_SAID = (
    ("cases", N_("Cases looked at")),
    ("opened", N_("Cases opened by the calendar")),
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
@option("--watch", is_flag=True, help="go on until stopped; of several on one office one works, and another takes over when it dies")
@option("--every", type=click.FloatRange(1, 86400), default=60, show_default=True, metavar="SECONDS", help="with --watch: between two turns")
@json_option
@pass_session
def tick(session: Session, limit: int | None, watch: bool, every: float, as_json: bool) -> None:
    """Do what the clock asks for: timers, recurring tasks, messages. Run it every night, or as often as you like; nothing happens twice."""
    if watch:
        if limit is not None:
            raise click.UsageError(translate("--limit and --watch do not go together"))
        _watch(session, every, as_json=as_json)
        return
    report = session.engine.tick(limit=limit)
    if as_json:
        output.document(report.as_dict())
    else:
        _show(report)
    if report.problems:
        click.get_current_context().exit(1)


def _show(report: TickReport) -> None:
    found = report.as_dict()
    facts = [(title, found[name]) for name, title in _SAID if found.get(name) or name == "cases"]
    output.facts([*facts, (N_("The longest wait of what was due"), span(timedelta(seconds=report.lag)) if report.cases else None)])
    output.table([N_("Case"), N_("Why")], [[one["case"], one["message"]] for one in report.problems])


def _watch(session: Session, every: float, *, as_json: bool) -> None:
    """Until the process is asked to end, as systemd, a terminal or a shutdown ask it."""
    from workflow_core.office.schedule_watch import watch

    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    stood_by = False

    def tell(turn: Turn) -> None:
        nonlocal stood_by
        if as_json:
            output.document(turn.as_dict())
        elif turn.error is not None:
            output.tell(N_("{at} {error}; it is tried again"), at=output.moment(turn.at), error=turn.error.text())
        elif turn.report is not None and (turn.report.cases or turn.report.sent or turn.report.failed):
            said = {**turn.report.as_dict(), "at": output.moment(turn.at), "lag": span(timedelta(seconds=turn.report.lag))}
            said["problems"] = len(turn.report.problems)
            output.say(N_("{at} {cases} cases, {steps} steps, {sent} messages, {problems} problems; the longest had waited {lag}"), **said)
        elif turn.standby and not stood_by:
            output.say(N_("{at} another process gives this office's clock its turn; this one stands by"), at=output.moment(turn.at))
        stood_by = turn.standby
        sys.stdout.flush()

    try:
        watch(session.office, every, stop, tell)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
