"""``care case enter`` and ``care case entries``: the registers of a case."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import ask, output
from careflow_cli import titles as called
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import answer_refused, confirm_option, dry_run_option, json_option
from careflow_cli.files import handed_in
from careflow_cli.given import given
from careflow_cli.session import Session, pass_session
from workflow_core.clock import OFFICE_ZONE
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine.register_looks import EntriesShown
    from workflow_core.engine.register_sheets import EntryReport
    from workflow_core.engine.registering import Entered

MOST_SHOWN = 20
"""So many refused rows a screen lists."""
_KINDS = {"entered": N_("entered"), "closed": N_("closed"), "corrected": N_("corrected"), "struck": N_("struck out")}
_DONE = {
    "entered": N_("{title}: entered as number {n}"),
    "closed": N_("{title}: number {of} is closed, by number {n}"),
    "corrected": N_("{title}: number {of} is corrected, by number {n}"),
    "struck": N_("{title}: number {of} is struck out, by number {n}"),
}


@click.command("enter", cls=Command)
@argument("case", metavar="REF", help="the case, as lists show it")
@argument("register", metavar="REGISTER", help="the register, as care case show lists it")
@option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="one field of the entry; may be said several times")
@option(
    "--from", "source", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="one entry from a .json file, or a sheet with one in each row"
)
@option("--closes", type=click.IntRange(1), metavar="N", help="it closes this entry; what it leaves out is as it was there")
@option("--corrects", type=click.IntRange(1), metavar="N", help="it corrects this entry, which is kept; needs a reason")
@option("--strikes", type=click.IntRange(1), metavar="N", help="it strikes this entry out, which is kept; needs a reason")
@option("--reason", default="", metavar="TEXT", help="why it is corrected or struck out; it is kept with the entry")
@option("--problems", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="with a sheet: where the refused rows go, with the reasons")
@confirm_option
@dry_run_option
@json_option
@pass_session
def enter(
    session: Session,
    case: str,
    register: str,
    sets: tuple[str, ...],
    source: Path | None,
    closes: int | None,
    corrects: int | None,
    strikes: int | None,
    reason: str,
    problems: Path | None,
    confirm: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Enter into a register of a case; a sheet gives a verdict for each row. Entries stay: a wrong one is corrected by another."""
    earlier = {"closes": closes, "corrects": corrects, "strikes": strikes}
    follows = any(one is not None for one in earlier.values())
    if source is not None and source.suffix.lower() != ".json":
        if sets or follows or reason or confirm:
            raise click.UsageError(translate("a sheet has all that is entered: leave out --set, --closes, --corrects, --strikes, --reason and --confirm"))
        report = session.engine.enter_sheet(session.actor, case, register, source, dry_run=dry_run, problems=problems)
        _show_report(report, problems, as_json=as_json)
        answer_refused(report.rejected)
        return
    values: Mapping[str, object] = given(sets, source)
    row = session.engine.register_row(session.actor, case, register)
    if ask.at_a_terminal() and not follows:
        values = ask.complete(ask.questions(row), dict(values), check=True)

    def go(why: str) -> Entered:
        def step(answers: Mapping[str, object], trial: bool, _: int) -> Entered:
            how: dict[str, Any] = {**earlier, "reason": reason, "confirm": why, "dry_run": trial}
            return session.engine.enter(session.actor, case, register, answers, **how)

        return handed_in(session, case, lambda: {name: (row, name) for name in _fields(row)}, values, step, dry_run=dry_run)

    done = ask.confirmed(go, confirm)
    if as_json:
        output.document(done.as_dict())
        return
    output.say(_DONE[done.kind], title=translate(done.title), n=done.n, of=done.of)
    if done.due is not None:
        output.say(N_("  It stands open, until {due}."), due=_moment(done.due))
    elif done.is_open:
        output.say(N_("  It stands open."))
    if dry_run:
        output.say(N_("Nothing was written: this was a dry run."))


@click.command("entries", cls=Command)
@argument("case", metavar="REF", help="the case, as lists show it")
@argument("register", metavar="REGISTER", help="the register, as care case show lists it")
@option("--open", "open_only", is_flag=True, help="only what stands open")
@option("--unmasked", is_flag=True, help="with personal fields whole; needs a purpose, which is kept")
@option("--purpose", metavar="TEXT", default="", help="what it is for; it is kept")
@json_option
@pass_session
def entries(session: Session, case: str, register: str, open_only: bool, unmasked: bool, purpose: str, as_json: bool) -> None:
    """Show what was entered in a register of a case. Personal fields are masked unless you say why you need them; who read it is recorded."""
    shown = session.engine.entries(session.actor, case, register, open_only=open_only, unmasked=unmasked, purpose=purpose)
    if as_json:
        output.document(shown.as_dict())
        return
    _table(shown)


def _fields(row: type[Any]) -> list[str]:
    from workflow_core.definition import form_fields

    return list(form_fields(row))


def _moment(value: Any) -> str:
    return str(value.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M"))


def _table(shown: EntriesShown) -> None:
    rows: list[list[output.Cell]] = []
    for one in shown.entries:
        kind = translate(_KINDS[one["kind"]]) + (f" → {one['of']}" if one["of"] != one["n"] else "")
        state = "" if one["holds"] else translate("no longer holds")
        if one["holds"] and one["open"]:
            state = translate("open, until {due}", due=output.moment(one["due"])) if one["due"] else translate("open")
        said = "\n".join(called.answers(one["row"], shown.titles, shown.register)) if not one["erased"] else translate("What was written here was erased")
        rows.append([str(one["n"]), output.moment(one["at"]), one["by"], kind, said, one["reason"], state])
    heads = [N_("No."), N_("When"), N_("Who"), N_("What"), N_("Entry"), N_("Why"), N_("State")]
    output.table(heads, rows, empty=N_("Nothing was entered."))


def _show_report(report: EntryReport, problems: Path | None, *, as_json: bool) -> None:
    if as_json:
        output.document(report.as_dict())
        return
    said = {name: getattr(report, name) for name in ("rows", "entered", "closed", "unchanged", "rejected")}
    output.say(N_("{rows} rows: {entered} entered, {closed} closed, {unchanged} entered before, {rejected} refused."), **said)
    refused = [one for one in report.problems if one.verdict == "rejected"]
    if refused:
        lines: list[list[output.Cell]] = [[one.sheet, str(one.row), one.message, one.hint] for one in refused[:MOST_SHOWN]]
        output.table([N_("Sheet"), N_("Row"), N_("Problem"), N_("What to do")], lines)
    if len(refused) > MOST_SHOWN:
        output.say(N_("… and {more} more: --problems FILE.xlsx has every refused row"), more=len(refused) - MOST_SHOWN)
    for sheet, heads in report.unknown.items():
        output.say(N_("Not read in {sheet}: {headings}"), sheet=sheet, headings=", ".join(heads))
    if report.rejected and problems is not None:
        output.say(N_("The refused rows are in {file}: correct them and feed it in again."), file=problems)
    if report.dry_run:
        output.say(N_("Nothing was written: this was a dry run."))
