"""Options that many commands have, each said once."""

from __future__ import annotations

import click

from careflow_cli import completion
from careflow_cli.clicks import option
from careflow_cli.completion import DIVISION

json_option = option("--json", "as_json", is_flag=True, help="answer with one JSON document")
dry_run_option = option("--dry-run", is_flag=True, help="say what would happen, and write nothing")
program_option = option("--program", metavar="NAME", shell_complete=completion.programs, help="only this program")
township_option = option("--township", type=DIVISION, metavar="CODE", help="the township's code, or any other division's")
whose_township_option = option("--township", required=True, type=DIVISION, metavar="CODE", help="whose children: the township's code")
reason_option = option("--reason", required=True, metavar="TEXT", help="why; it is kept with the event")
confirm_option = option("--confirm", default="", metavar="REASON", help="go on in spite of a warning; the reason is kept")


DAY = click.DateTime(["%Y-%m-%d"])
"""A date: 2026-10-21."""


def program_name(typed: str) -> str:
    """A program's name as it is stored: hyphens are as good as underscores."""
    return typed.strip().replace("-", "_")


def answer_refused(refused: int) -> None:
    """Ends the command with exit code 1 where something was refused."""
    if refused:
        click.get_current_context().exit(1)
