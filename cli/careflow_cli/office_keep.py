"""``care office retention``: how long what is kept, and who is on file past it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from careflow_cli import output
from careflow_cli.clicks import Command, option
from careflow_cli.common import json_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.office.retention import Kept


@click.command("retention", cls=Command)
@option("--times", is_flag=True, help="how long the closed cases of each program are kept, and on what ground")
@option("--set", "which", metavar="PROGRAM", help="keep this program's cases, or PROGRAM.WORKFLOW's, for so long; with --months and --reason")
@option("--months", type=click.IntRange(1), metavar="N", help="for so many months after a case's end; never less than a law demands")
@option("--reason", default="", metavar="TEXT", help="with --set: the law, or who decided it; it is kept")
@json_option
@pass_session
def retention(session: Session, times: bool, which: str | None, months: int | None, reason: str, as_json: bool) -> None:
    """List the children and volunteers who are on file past the time for which they may be kept. Nothing is erased by itself: care child erase REF.

    Somebody is listed when all his cases are over, and the time of each is; a child without a case when it is of age, a volunteer when he has left."""
    from workflow_core.office import retention as keeping

    session.must_be_admin(N_("see to what is kept, and for how long"))
    if which is not None:
        if months is None:
            raise click.UsageError(translate("say for how long: --months N"))
        with session.db.write() as tx:
            kept = [keeping.set_time(tx, session.registry, session.actor, session.now_instant, which, months, reason=reason)]
        _show_times(kept, as_json=as_json)
        return
    with session.db.read() as tx:
        kept = keeping.times(tx, session.registry)
        found = [] if times else list(keeping.past(tx, session.registry, session.now_instant))
    if times:
        _show_times(kept, as_json=as_json)
        return
    if as_json:
        output.document({"past": [one.as_dict() for one in found]})
        return
    rows: list[list[output.Cell]] = [
        [
            one.ref,
            session.division_name(one.division),
            output.day(one.since),
            ", ".join(f"{name} {count}" for name, count in one.cases.items()),
            translate(N_("weigh it: the file is active") if one.ref.startswith("P-") else N_("weigh it: it is under age and active")) if one.needed else "",
        ]
        for one in found
    ]
    output.table([N_("Who"), N_("Division"), N_("Since"), N_("Closed cases"), N_("Note")], rows, empty=N_("Nobody is on file past the time."))
    if rows:
        output.tell(N_("What would go: care child erase REF --dry-run; ask for it: care child erase REF --reason … (of volunteers: care volunteer erase)"))


def _show_times(kept: list[Kept], *, as_json: bool) -> None:
    if as_json:
        output.document({"times": [one.as_dict() for one in kept]})
        return
    rows: list[list[output.Cell]] = [
        [f"{one.program}.{one.workflow}" if one.workflow else one.program, one.months, one.own, one.least or "", translate(one.because)] for one in kept
    ]
    output.table([N_("Program"), N_("Months"), N_("Of its own"), N_("At the least"), N_("Because")], rows)
