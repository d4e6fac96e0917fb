"""``care child``: children's files, and rosters in and out."""

from __future__ import annotations

from pathlib import Path

import click

from careflow_cli import completion, sheet_report
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import dry_run_option, json_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_

group = Group("child", help="Children: one child, one file; rosters in and out.")

FILE = click.Path(path_type=Path, dir_okay=False)


@group.command("import")
@argument("file", type=FILE, help="the roster: .xlsx, or .csv in UTF-8 or GB18030")
@option("--township", required=True, metavar="CODE", shell_complete=completion.divisions, help="whose children these are: the township's code")
@dry_run_option
@option("--all-or-nothing", is_flag=True, help="store nothing where a single row is refused")
@option("--problems", type=FILE, metavar="FILE", help="a sheet of the refused rows: correct it and feed it in again")
@option("--request-transfers", is_flag=True, help="ask for every child whose file another township keeps")
@json_option
@pass_session
def feed(
    session: Session, file: Path, township: str, dry_run: bool, all_or_nothing: bool, problems: Path | None, request_transfers: bool, as_json: bool
) -> None:
    """Take a roster in. Every row gets a verdict; a second time changes nothing."""
    from workflow_core.records.imports import import_roster

    with sheet_report.counting() as progress:
        report = import_roster(
            session.db,
            session.actor.login,
            session.now_instant,
            file,
            township=township,
            scope=session.actor.divisions(),
            dry_run=dry_run,
            all_or_nothing=all_or_nothing,
            problems=problems,
            request_transfers=request_transfers,
            progress=progress,
        )
    sheet_report.show(report, as_json=as_json, problems=problems, hint=N_("Find a child: care child find TEXT"))
