"""Options that many commands have, each said once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click

from careflow_cli import completion
from careflow_cli.clicks import Option, option
from careflow_cli.completion import DIVISION
from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate

json_option = option("--json", "as_json", is_flag=True, help="answer with one JSON document")
dry_run_option = option("--dry-run", is_flag=True, help="say what would happen, and write nothing")
program_option = option("--program", metavar="NAME", shell_complete=completion.programs, help="only this program")
township_option = option("--township", type=DIVISION, metavar="CODE", help="the township's code, or any other division's")
whose_township_option = option("--township", required=True, type=DIVISION, metavar="CODE", help="whose children: the township's code")


class _Reason(Option):
    """A reason, which must be given; where it is not, told as the engine tells it."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """The reason, or the refusal that asks for one."""
        try:
            return super().process_value(ctx, value)
        except click.MissingParameter as error:
            raise Misused("reason_missing", N_("this needs a reason, which is kept"), hint=N_("add --reason")) from error


reason_option = click.option("--reason", cls=_Reason, required=True, metavar="TEXT", help="why; it is kept with the event")
confirm_option = option("--confirm", default="", metavar="REASON", help="go on in spite of a warning; the reason is kept")


class DayType(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """A date, in every form in which a sheet may have it."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The beginning of the day.

        :raises click.BadParameter: it is none, or could be one of two.
        """
        from workflow_core.records import values

        found = value if isinstance(value, date) else values.civil_day(str(value))
        if not isinstance(found, date):
            wanted = translate("{value} is no date; write it like 2026-10-21", value=value)
            raise click.BadParameter(wanted, ctx, param)
        return datetime(found.year, found.month, found.day)


DAY = DayType()
"""A date: 2026-10-21, 2026/10/21, 20261021, 2026年10月21日."""


on_behalf_option = option("--on-behalf", metavar="REF", help="for whom it is done, where a volunteer is asked: P-000123; left out, for whoever is asked")


def program_name(typed: str) -> str:
    """A program's name as it is stored: hyphens are as good as underscores."""
    return typed.strip().replace("-", "_")


def answer_refused(refused: int) -> None:
    """Ends the command with exit code 1 where something was refused."""
    if refused:
        click.get_current_context().exit(1)


def fields_said(said: Sequence[str]) -> list[str]:
    """Names of fields that an option was given: several times, or by comma."""
    return [one.strip().replace("-", "_") for each in said for one in each.replace("、", ",").split(",") if one.strip()]
