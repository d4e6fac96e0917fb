"""``care child``: children's files, and rosters in and out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from careflow_cli import handout, output, sheet_report
from careflow_cli.child_erase import erase
from careflow_cli.child_keep import add, edit, merge, ref_argument, relate
from careflow_cli.child_report import access_report
from careflow_cli.child_request import group as requests
from careflow_cli.child_reveal import purpose_option, reveal, unmasked_option
from careflow_cli.child_transfer import transfer
from careflow_cli.child_words import TITLES, shown
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import dry_run_option, json_option, whose_township_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.records.sheet_kinds import OtherSheet

group = Group("child", help="Children: one child, one file; rosters in and out.")
for command in (access_report, add, edit, erase, relate, merge, requests, reveal, transfer):
    group.add_command(command)

FILE = click.Path(path_type=Path, dir_okay=False)


@group.command("import")
@argument("file", type=FILE, help="the roster: .xlsx, or .csv in UTF-8 or GB18030")
@whose_township_option
@dry_run_option
@option("--all-or-nothing", is_flag=True, help="store nothing where a single row is refused")
@option("--problems", type=FILE, metavar="FILE", help="a sheet of the refused rows: correct it and feed it in again")
@option("--anyway", is_flag=True, help="take it though its headings look like another sheet's")
@option("--request-transfers", is_flag=True, help="ask for every child whose file another township keeps")
@json_option
@pass_session
def feed(
    session: Session,
    file: Path,
    township: str,
    dry_run: bool,
    all_or_nothing: bool,
    problems: Path | None,
    anyway: bool,
    request_transfers: bool,
    as_json: bool,
) -> None:
    """Take a roster in. Every row gets a verdict; a second time changes nothing."""
    from workflow_core.records.imports import import_roster

    session.must_work(township, N_("take a roster in"))
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
            others=None if anyway else _other_sheets(session),
        )
    session.engine.settle(report.settled)
    sheet_report.show(report, as_json=as_json, problems=problems, hint=N_("Find a child: care child find TEXT"))


def _other_sheets(session: Session) -> dict[str, OtherSheet]:
    """The sheets of the programs that are installed, by the command that takes each."""
    from careflow_cli.programs import sheet_command
    from workflow_core.records.sheet_kinds import OtherSheet

    found = {}
    for program, what, layout in session.engine.sheets():
        command = sheet_command(session.registry.program(program), what)
        found[command] = OtherSheet(what.title, command, layout)
    return found


WHOLE = (11, 18)
"""So many signs has a telephone, and an ID number: whoever typed them gave the whole of it."""


@group.command("find")
@argument("text", help="any part of a name or of a guardian's; a reference; an ID number or telephone, whole or its last four digits")
@option("--limit", type=click.IntRange(1), default=50, show_default=True, help="at most so many")
@json_option
@pass_session
def find(session: Session, text: str, limit: int, as_json: bool) -> None:
    """Find children by any part of a name or of a guardian's, or by a number or telephone: the whole of it, or its last four digits."""
    from workflow_core.records import child_views

    approved = any(one.division is not None for one in session.approved)
    with session.db.write() if approved else session.db.read() as tx:
        found = child_views.find(tx, session.actor, text, limit=limit, now=session.now_instant if approved else None)
    if as_json:
        output.document({"children": found})
        return
    names = ("ref", "name", "sex", "born_on", "village", "school", "grade", "guardian")
    rows: list[list[output.Cell]] = [[shown(name, one[name]) for name in names] for one in found]
    output.table([TITLES[name] for name in names], rows, empty=N_("Nobody was found."))
    if not found and len([sign for sign in text if sign.isdigit() or sign in "xX"]) in WHOLE:
        output.tell(N_("Nobody in your sight has this number. A file that lies elsewhere is not found: ask there."))
    elif not found and len([sign for sign in text if sign.isdigit()]) > 4:
        output.tell(N_("A number is looked for as a whole, or by its last four digits: nobody shall come by the rest of it by trying."))
    if len(found) == limit:
        output.tell(N_("There may be more: say more of the name, or --limit {more}"), more=limit * 5)


@group.command("show")
@ref_argument
@unmasked_option
@purpose_option
@json_option
@pass_session
def show(session: Session, child: str, unmasked: bool, purpose: str, as_json: bool) -> None:
    """Show a child's file. That you looked is written down; so is what you saw unmasked, and why."""
    from workflow_core.records import child_views

    with session.db.write() as tx:
        found = child_views.show(tx, session.actor, session.now_instant, child, unmasked=unmasked, purpose=purpose)
    if as_json:
        output.document({"child": found})
        return
    found = {**found, "division": session.division_name(found["division"])}
    output.facts([(title, shown(name, found.get(name))) for name, title in TITLES.items() if name != "provisional" or found["provisional"]])


@group.command("export")
@whose_township_option
@option("--school", metavar="REF", help="only this school's")
@option("--grade", type=click.IntRange(1, 9), help="only this grade")
@option("--all", "every", is_flag=True, help="also who moved away, is of age, or died")
@unmasked_option
@purpose_option
@option("--to", "file", type=FILE, metavar="FILE", help="write a sheet: .xlsx or .csv")
@json_option
@pass_session
def export(
    session: Session,
    township: str,
    school: str | None,
    grade: int | None,
    every: bool,
    unmasked: bool,
    purpose: str,
    file: Path | None,
    as_json: bool,
) -> None:
    """Hand out a list of children: masked, unless a purpose is given. What left the office is written down."""
    from workflow_core.records import child_views

    if not any(one.division is not None and township.startswith(one.division) for one in session.approved):
        session.must_work(township, N_("export children"), at_places=True, keeping=False)
    with session.db.write() as tx:
        rows = child_views.export(
            tx,
            session.actor,
            session.now_instant,
            division=township,
            school=school,
            grade=grade,
            status=None if every else "active",
            unmasked=unmasked,
            purpose=purpose,
            bulk=session.office.settings.bulk_rows,
        )
        found = list(rows)
    lines = [[shown(name, one[name]) for name, _ in child_views.EXPORTED] for one in found]
    mark = handout.handed_out(session, "children", lines, purpose) if file is not None or as_json else None
    if file is not None and mark is not None:
        from workflow_core.records.sheet_writer import OutSheet, write_book

        titles = [translate(title) for _, title in child_views.EXPORTED]
        write_book(file, [OutSheet(translate("Children"), titles, lines, watermark=mark.line())])
    if mark is not None and as_json:
        output.document({"children": found, "handed_out": mark.as_dict()})
    elif file is not None:
        output.say(N_("Children in {file}: {count}."), count=len(found), file=file)
    else:
        output.table([title for _, title in child_views.EXPORTED], [[*line] for line in lines], empty=N_("Nobody was found."))
