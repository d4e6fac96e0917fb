"""``care listing``: a program's ledgers on the screen, as a sheet, as a page."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from careflow_cli import handout, output
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option, program_name, township_option
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine.listing import Listed

group = Group("listing", help="Ledgers of a program: on the screen, as a sheet, as a page.")


@group.command("list")
@argument("program", required=False, metavar="[PROGRAM]", help="only this program's")
@json_option
@pass_session
def listing(session: Session, program: str | None, as_json: bool) -> None:
    """List the ledgers that programs keep."""
    programs = [session.registry.program(program_name(program))] if program else [one for _, one in sorted(session.registry.programs.items())]
    found = [(one.name, ledger.name, ledger.title) for one in programs for ledger in one.listings]
    if as_json:
        output.document({"listings": [{"program": owner, "listing": name, "title": title} for owner, name, title in found]})
        return
    rows: list[list[output.Cell]] = [[owner, name, translate(title)] for owner, name, title in found]
    output.table([N_("Program"), N_("Name"), N_("Ledger")], rows, empty=N_("No program keeps a ledger."))


@group.command("show")
@argument("program", metavar="PROGRAM", help="the program")
@argument("name", metavar="NAME", help="the ledger, as care listing list shows it")
@township_option
@option("--unmasked", is_flag=True, help="with whole names; needs a purpose, which is kept")
@option("--purpose", metavar="TEXT", default="", help="what it is for; it is kept")
@option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="into an .xlsx, .csv or .html file, readable by you only")
@json_option
@pass_session
def show(session: Session, program: str, name: str, township: str | None, unmasked: bool, purpose: str, file: Path | None, as_json: bool) -> None:
    """Draw up a ledger of all that you may see. Names are masked unless you say why you need them; who drew it up is recorded."""
    if file is not None and file.suffix.lower() not in (".xlsx", ".csv", ".html"):
        hint = N_("end the file with one of: {kinds}")
        raise Misused("listing_kind", N_("a ledger is not written into {kind}"), hint=hint, kind=file.suffix, kinds=".xlsx, .csv, .html")
    drawn = session.engine.listing(session.actor, program_name(program), name.strip().replace("-", "_"), division=township, unmasked=unmasked, purpose=purpose)
    mark = handout.handed_out(session, f"{program_name(program)}.{drawn.name}", drawn.rows, purpose) if file is not None or as_json else None
    if file is not None and mark is not None:
        _write(drawn, file, session.today.isoformat(), mark.line())
    if mark is not None and as_json:
        output.document({**drawn.as_dict(), "file": None if file is None else str(file), "handed_out": mark.as_dict()})
    elif file is not None:
        output.say(N_("Rows in {file}: {count}"), count=drawn.count, file=file)
    else:
        output.table(drawn.columns, drawn.rows, empty=N_("Nobody stands in this ledger."))


def _write(drawn: Listed, file: Path, day: str, mark: str) -> None:
    if file.suffix.lower() != ".html":
        from workflow_core.records.sheet_writer import OutSheet, write_book

        write_book(file, [OutSheet(drawn.title, drawn.columns, drawn.rows, watermark=mark)])
        return
    from workflow_core.documents.page import POLICY
    from workflow_core.private_file import write_private

    heads = "".join(f"<th>{escape(one)}</th>" for one in drawn.columns)
    lines = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in drawn.rows)
    write_private(
        file,
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>{POLICY}<meta charset="utf-8">\n<title>{escape(drawn.title)}</title>\n<style>{_STYLE}</style></head>\n'
        f"<body>\n<h1>{escape(drawn.title)}</h1>\n<p>{escape(day)}</p>\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}\n</tbody>\n"
        f'<tfoot><tr><td colspan="{len(drawn.columns)}">{escape(mark)}</td></tr></tfoot>\n</table>\n'
        "</body>\n</html>\n".encode(),
    )


_STYLE = (
    "@page { size: A4 landscape; margin: 20mm } body { font-family: FangSong, 仿宋, 'Noto Serif CJK SC', serif; font-size: 12pt } h1 { text-align: center;"
    " font-size: 18pt } p { text-align: right } table { border-collapse: collapse; width: 100% } thead { display: table-header-group }"
    " tfoot { display: table-footer-group; font-size: 8pt; color: #555 } tfoot td { border: 0; word-break: break-all }"
    " th, td { border: 0.5pt solid #000; padding: 2pt 4pt } tr { break-inside: avoid }"
)
