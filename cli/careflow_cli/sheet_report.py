"""What an import of a sheet came to: counts, then each row that was not taken as it was."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from careflow_cli import output
from careflow_cli.common import answer_refused
from workflow_core.i18n import N_, translate

_COUNTS = {
    "rows": N_("rows"),
    "imported": N_("imported"),
    "opened": N_("cases opened"),
    "changed": N_("cases brought up to date"),
    "updated": N_("updated"),
    "unchanged": N_("unchanged"),
    "attested": N_("consents attested"),
    "duplicates": N_("doubled"),
    "rejected": N_("refused"),
}
_VERDICTS = {
    "rejected": N_("refused"),
    "duplicate": N_("doubled"),
    "imported": N_("imported"),
    "updated": N_("updated"),
    "unchanged": N_("unchanged"),
    "opened": N_("opened"),
    "changed": N_("brought up to date"),
}
_SKIPPED = {
    "empty": N_("the sheet is empty"),
    "hidden": N_("the sheet is hidden"),
    "no_table": N_("there is no such table in it"),
    "headings_missing": N_("it lacks headings that are needed"),
}
MOST_SHOWN = 40
"""So many rows are listed on a terminal; the sheet of refused rows has them all."""


@contextmanager
def counting() -> Iterator[Callable[[int], None]]:
    """Shows on a terminal how many rows are done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return

    def show(rows: int) -> None:
        click.echo("\r" + translate("{rows} rows", rows=rows), nl=False, err=True)

    yield show
    click.echo("\r\x1b[2K", nl=False, err=True)


def show(report: Any, *, as_json: bool, problems: Path | None, hint: str = "") -> None:
    """Shows an import's report, and answers exit code 1 where a row was refused.

    :param report: of a roster or of a program's sheet.
    :param problems: where the refused rows were written.
    :param hint: a msgid: what to do next, where nothing was refused.
    """
    found: dict[str, Any] = report.as_dict()
    if as_json:
        output.document(found)
    else:
        _show(found, problems, hint)
    answer_refused(found["rejected"])


def _show(found: Mapping[str, Any], problems: Path | None, hint: str) -> None:
    if found["dry_run"]:
        output.tell(N_("This was a trial: nothing was written."))
    elif not found.get("stored", True):
        output.say(N_("Nothing was stored: all rows were wanted, or none."))
    output.tally({title: found[name] for name, title in _COUNTS.items() if name in found})
    listed: Sequence[Mapping[str, Any]] = found["problems"]
    rows: list[list[output.Cell]] = [
        [one["sheet"], one["row"], translate(_VERDICTS.get(one["verdict"], one["verdict"])), one["message"], one["hint"]] for one in listed[:MOST_SHOWN]
    ]
    output.table([N_("Sheet"), N_("Row"), N_("Verdict"), N_("Why"), N_("What to do")], rows)
    if len(listed) > MOST_SHOWN:
        output.say(N_("… and {more} more: --problems FILE.xlsx has every refused row"), more=len(listed) - MOST_SHOWN)
    for line in found.get("summary", ()):
        output.say(N_("Note: {text}"), text=line["message"])
    for sheet, heads in found["unknown_headings"].items():
        output.say(N_("Not read in {sheet}: {headings}"), sheet=sheet, headings=", ".join(heads))
    for sheet, reason in found["skipped_sheets"].items():
        output.say(N_("Passed over {sheet}: {reason}"), sheet=sheet, reason=translate(_SKIPPED.get(reason, reason)))
    if found.get("transfers_requested"):
        output.say(N_("Transfers asked for: {count}."), count=found["transfers_requested"])
    if found["rejected"] and problems is not None:
        output.say(N_("The refused rows are in {file}: correct them and feed it in again."), file=problems)
    elif not found["rejected"] and hint and not found["dry_run"]:
        output.say(hint)
