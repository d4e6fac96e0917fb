"""``care <program> import``: the command that each sheet of a program gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from careflow_cli import sheet_report
from careflow_cli.clicks import Argument, Command, Option
from careflow_cli.completion import DIVISION
from careflow_cli.session import Session
from workflow_core.definition import Import, Program
from workflow_core.i18n import N_


def consent_on_file_option() -> Option:
    """The option by which an account attests that signed consents lie in the office."""
    meaning = N_("attest that the guardians' signed consents to this version of the notice lie in the office; it is kept, with who said it")
    return Option(["--consent-on-file"], metavar="VERSION", help=meaning)


def import_command(program: Program[Any], what: Import[Any], name: str) -> click.Command:
    """The command that feeds one sheet of a program in.

    :param name: of the command: ``import``, or ``import-volunteers`` where the program has several sheets.
    """

    def feed(
        file: Path, township: str, dry_run: bool, problems: Path | None, as_json: bool, consent_on_file: str | None = None, whole: str | None = None
    ) -> None:
        session = click.get_current_context().ensure_object(Session)
        with sheet_report.counting() as progress:
            report = session.engine.run_import(
                session.actor,
                program.name,
                file,
                division=township,
                name=what.name,
                dry_run=dry_run,
                problems=problems,
                consent_on_file=consent_on_file,
                whole=whole,
                progress=progress,
            )
        sheet_report.show(report, as_json=as_json, problems=problems, hint=N_("What waits now: care inbox"))

    path = click.Path(path_type=Path, dir_okay=False)
    options: list[click.Parameter] = [
        Argument(["file"], type=path, help=N_("the sheet: .xlsx, or .csv in UTF-8 or GB18030")),
        Option(["--township"], required=True, type=DIVISION, metavar="CODE", help=N_("whose sheet it is: the township's code")),
        Option(["--dry-run"], is_flag=True, help=N_("say what would happen, and write nothing")),
        Option(["--problems"], type=path, metavar="FILE", help=N_("a sheet of the refused rows: correct it and feed it in again")),
        Option(["--json", "as_json"], is_flag=True, help=N_("answer with one JSON document")),
    ]
    if what.consent is not None:
        options.insert(4, consent_on_file_option())
    if what.within is not None:
        word = program.workflow_of(what.within).name
        meaning = N_("the case that the rows are parts of; left out: the one that is open here")
        options.insert(2, Option([f"--{word.replace('_', '-')}", "whole"], metavar="REF", help=meaning))
    return Command(name, callback=feed, params=options, help=what.title, short_help=what.title)
