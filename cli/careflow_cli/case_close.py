"""``care case close``: the end of cases whose program is gone."""

from __future__ import annotations

import click

from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import json_option, reason_option
from careflow_cli.many import carry_out, report
from careflow_cli.outcome import show_outcome
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_


@click.command("close", cls=Command)
@argument("cases", nargs=-1, required=True, metavar="REF...", help="the cases, as lists show them")
@option("--to", "stage", default="", metavar="STAGE", help="in which of its final stages it ends; where there is one, that")
@reason_option
@json_option
@pass_session
def close(session: Session, cases: tuple[str, ...], stage: str, reason: str, as_json: bool) -> None:
    """Close cases whose program is gone, or that no upgrade has a place for. For administrators; the reason is kept.

    Nothing of the program runs: what waits goes off the desks, drafts are void, places are given back. A case whose program is there is closed by it."""
    from workflow_core.engine.closing import close as close_one

    if len(cases) == 1:
        show_outcome(close_one(session.engine.runtime, session.actor, cases[0], reason, stage=stage), as_json=as_json)
        return
    tally = carry_out(cases, lambda ref: close_one(session.engine.runtime, session.actor, ref, reason, stage=stage))
    report(tally, N_("closed {done} of {all}"), dry_run=False, problems=None, as_json=as_json)
