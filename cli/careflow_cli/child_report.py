"""``care child access-report``: what is kept of a child, as a page in Chinese for those who may speak for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import output, titles
from careflow_cli.access import NOTHING_TOLD
from careflow_cli.child_keep import ref_argument
from careflow_cli.child_words import TITLES, shown
from careflow_cli.clicks import Command, option
from careflow_cli.common import json_option
from careflow_cli.consent_words import BASIS, STANDING
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused
from workflow_core.i18n import N_, speaking, translate

if TYPE_CHECKING:
    from workflow_core.engine.child_report import ChildReport

KINDS = (".html", ".txt", ".pdf")
"""The endings of files that it is printed into."""
STYLE = (
    "@page{size:A4;margin:20mm}body{font:11pt/1.6 'FangSong','Noto Serif CJK SC','SimSun',serif;max-width:180mm;margin:0 auto;padding:1em}"
    "h1{font-size:18pt;text-align:center}h2{font-size:13pt;margin:1em 0 .3em}table{border-collapse:collapse;width:100%}"
    "th,td{border:.75pt solid #000;padding:2pt 4pt;text-align:left;overflow-wrap:anywhere}thead{display:table-header-group}tr{break-inside:avoid}"
    ".n{white-space:nowrap}"
)
_WHOLE = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?|\b[A-Z]{1,4}-(?:\d\d-)?\d{4,}\b")
"""Days, instants and references: none is broken in the middle."""
_HOW = N_(
    "You may ask for a correction, an addition, a copy, or that it be erased (未成年人网络保护条例 art. 34). "
    "Where that is refused, you are told why in writing."
)
_MORE = N_("More cases lie with others, who answer for them: {n}.")


@click.command("access-report", cls=Command)
@ref_argument
@option("--purpose", default="", metavar="TEXT", help="who asked for it, and as what: it is kept")
@option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="an .html, .txt or .pdf file; else the text is shown")
@json_option
@pass_session
def access_report(session: Session, child: str, purpose: str, file: Path | None, as_json: bool) -> None:
    """Print, in Chinese, what is kept of a child: which kinds, by which programs, on what basis, how long, and who looked.

    For the child, and whoever may speak for it. Not what was written in cases, nor who reported something, nor protection work."""
    from workflow_core.documents.page import locked, to_text
    from workflow_core.engine import child_report

    printed_into(file)
    found = child_report.draw_up(session.engine.runtime, session.actor, child, purpose=purpose)
    if file is None and as_json:
        output.document({"report": found.as_dict()})
        return
    with speaking("zh_CN"):
        page = locked(_page(session, found))
    if file is None:
        click.echo(to_text(page), nl=False)
        return
    write_page(page, file)
    if as_json:
        output.document({"report": found.as_dict(), "file": str(file)})
    else:
        output.say(N_("The report is in {file}."), file=file)


def printed_into(file: Path | None) -> None:
    """See that a page can be printed into such a file.

    :raises Misused: ``print_kind``.
    """
    if file is not None and file.suffix.lower() not in KINDS:
        hint = N_("end the file with one of: {kinds}")
        raise Misused("print_kind", N_("papers are not printed into {kind}"), hint=hint, kind=file.suffix, kinds=", ".join(KINDS))


def write_page(page: str, file: Path) -> None:
    """Print a page into a file that nobody else can read, of the kind that its name says."""
    from workflow_core.documents.page import to_text
    from workflow_core.private_file import write_private

    content = page.encode()
    if file.suffix.lower() == ".pdf":
        from workflow_core.documents.pdf import to_pdf

        content = to_pdf(page)
    elif file.suffix.lower() == ".txt":
        content = to_text(page).encode()
    write_private(file, content)


def _page(session: Session, found: ChildReport) -> str:
    title = translate(N_("What is kept of {ref}"), ref=found.ref)
    parts = [f"<h1>{escape(title)}</h1>", f"<p>{escape(translate(N_('Drawn up on {day}.'), day=output.day(found.on)))}</p>"]
    parts += [_table(N_("The file"), (N_("Field"), N_("What it says")), _file(session, found))]
    ties = [[translate(TITLES[one["kind"]]), one["name"], one["since"], one["until"]] for one in found.ties]
    parts += [_table(N_("Who is or was tied to the child"), (N_("As"), N_("Name"), N_("Since"), N_("Until")), ties)]
    parts += [
        _table(
            N_("The cases about the child"), (N_("Case"), N_("Program"), N_("Stage"), N_("Time"), N_("What it knows"), N_("How much")), _cases(session, found)
        )
    ]
    if found.elsewhere:
        parts.append(f"<p>{escape(translate(_MORE, n=found.elsewhere))}</p>")
    uses = [[session.program_title(one["program"]), translate(TITLES.get(one["field"], one["field"])), translate(one["purpose"])] for one in found.uses]
    parts += [_table(N_("What programs read of the file, and what for"), (N_("Program"), N_("Field"), N_("What for")), uses)]
    consents = [
        [session.program_title(one["program"]), translate(one["title"]), translate(BASIS[one["basis"]]), translate(STANDING[one["standing"]]), one["on"]]
        for one in found.consents
    ]
    parts += [_table(N_("On what basis"), (N_("Program"), N_("What for"), N_("Basis"), N_("It stands so"), N_("On")), consents)]
    observed = [
        [translate(one["name"]), f"{one['value']} {one['unit'] or ''}".strip(), one["on"], session.program_title(one["program"] or "")]
        for one in found.observed
    ]
    parts += [_table(N_("What was observed"), (N_("What"), N_("Value"), N_("On"), N_("Program")), observed)]
    looks = _table(N_("Who looked"), (N_("When"), N_("Who"), N_("What"), N_("What for")), _looks(session, found))
    parts += [looks or f"<h2>{escape(translate('Who looked'))}</h2>\n<p>{escape(translate(NOTHING_TOLD))}</p>"]
    parts.append(f"<p>{escape(translate(_HOW))}</p>")
    head = f'<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>'
    return f'<!DOCTYPE html>\n<html lang="zh-CN">\n{head}\n<body>\n' + "\n".join(parts) + "\n</body>\n</html>\n"


def _file(session: Session, found: ChildReport) -> Iterable[Sequence[Any]]:
    file = {**found.file, "division": session.division_name(found.file["division"])}
    return [[translate(title), shown(name, file[name])] for name, title in TITLES.items() if file.get(name) not in (None, "", [], False) and name != "version"]


def _cases(session: Session, found: ChildReport) -> Iterable[Sequence[Any]]:
    counted = {"events": N_("events"), "tasks": N_("tasks"), "papers": N_("papers"), "files": N_("stored files"), "entries": N_("entries")}
    for one in found.cases:
        time = f"{one['opened']} – {one['closed'] or ''}"
        if one["until"] is not None:
            time += " " + translate(N_("(kept until {day})"), day=one["until"])
        much = titles.listed(f"{one[name]} {translate(title)}" for name, title in counted.items() if one[name])
        yield one["ref"], session.program_title(one["program"]), translate(one["stage"]), time, titles.listed(translate(kind) for kind in one["kinds"]), much


def _looks(session: Session, found: ChildReport) -> Iterable[Sequence[Any]]:
    for one in found.looks:
        who = titles.role(one.role) if one.role else translate(N_("a person with an account here"))
        where = f" ({session.division_name(one.division)})" if one.division else ""
        fields = titles.listed(translate(TITLES.get(field, field)) for field in one.fields)
        yield output.moment(one.at), who + where, translate(one.words, fields=fields, program=session.program_title(one.program)), one.why


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    def cells(tag: str, of: Iterable[Any]) -> str:
        return "".join(f"<{tag}>{'' if one is None else _WHOLE.sub(_unbroken, escape(str(one)))}</{tag}>" for one in of)

    lines = [f"<tr>{cells('td', row)}</tr>" for row in rows]
    if not lines:
        return ""
    head = f"<thead><tr>{cells('th', map(translate, heads))}</tr></thead>"
    return f"<h2>{escape(translate(title))}</h2>\n<table>{head}\n" + "\n".join(lines) + "\n</table>"


def _unbroken(found: re.Match[str]) -> str:
    return f'<span class="n">{found[0]}</span>'
