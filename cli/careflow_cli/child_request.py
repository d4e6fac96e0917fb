"""``care child request``: what a child, or whoever may speak for it, asks about its data: received, decided, answered in writing."""

from __future__ import annotations

from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import output
from careflow_cli.child_keep import ref_argument
from careflow_cli.child_report import STYLE, printed_into, write_page
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import DAY, json_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, speaking, translate

if TYPE_CHECKING:
    from workflow_core.engine.petitions import Petition

group = Group("request", help="What children and guardians ask about their data: to see, copy, correct, add, erase. Each waits until it is answered.")
request_argument = argument("request", metavar="REF", help="the request's reference, as lists show it: Q-000012")


@group.command("receive")
@ref_argument
@option("--kind", required=True, type=click.Choice(("see", "copy", "correct", "add", "erase")), help="what is asked for")
@option("--by", "said_by", required=True, metavar="TEXT", help="who asked, and as what: the mother; the child itself")
@option("--what", required=True, metavar="TEXT", help="what is wanted, in their words")
@option("--on", type=DAY, metavar="DAY", help="the day it came; else today")
@json_option
@pass_session
def receive(session: Session, child: str, kind: str, said_by: str, what: str, on: datetime | None, as_json: bool) -> None:
    """Take up a request; it waits in the inbox of those who work there, with the day until which it is to be answered."""
    from workflow_core.engine import petitions

    made = petitions.receive(session.engine.runtime, session.actor, child, kind, said_by=said_by, what=what, on=on.date() if on else None)
    if as_json:
        output.document({"request": made.as_dict()})
    else:
        output.say(N_("{ref} waits for an answer until {day}: care child request answer {ref}"), ref=made.ref, day=output.day(made.due))


@group.command("list")
@option("--all", "every", is_flag=True, help="also those that are answered")
@json_option
@pass_session
def listed(session: Session, every: bool, as_json: bool) -> None:
    """List what waits for an answer, by the day until which it is due."""
    from workflow_core.engine import petitions

    found = petitions.listed(session.engine.runtime, session.actor, every=every)
    if as_json:
        output.document({"requests": [one.as_dict() for one in found]})
        return
    rows: list[list[output.Cell]] = []
    for one in found:
        due: output.Cell = output.Mark(output.day(one.due)) if one.late else output.day(one.due)
        kind, state = translate(petitions.KINDS[one.kind]), translate(petitions.STATES[one.state])
        rows.append([one.ref, one.child, kind, one.said_by, one.what, output.day(one.received_on), due, state])
    heads = [N_("Request"), N_("Child"), N_("Asks for"), N_("By"), N_("What"), N_("Received"), N_("Due"), N_("State")]
    output.table(heads, rows, empty=N_("Nothing waits here."))


@group.command("answer")
@request_argument
@option("--grant", "state", flag_value="granted", help="it was done; --reason says what")
@option("--refuse", "state", flag_value="refused", help="it is not done; --reason says why, by law. By somebody else than received it")
@option(
    "--withdrawn", "state", flag_value="withdrawn", help="those who asked no longer want it; --reason says how they said so. By somebody else than received it"
)
@option("--reason", default="", metavar="TEXT", help="what was done, why not, or how it was withdrawn: it is kept, and printed in the answer")
@option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="print the answer at once: an .html, .txt or .pdf file")
@json_option
@pass_session
def answer(session: Session, request: str, state: str | None, reason: str, file: Path | None, as_json: bool) -> None:
    """Answer a request. What is granted is done first: care child edit, access-report, erase; this changes no file."""
    from workflow_core.engine import petitions

    if state is None:
        raise click.UsageError(translate("say how it is answered: --grant, --refuse or --withdrawn"))
    printed_into(file)
    made = petitions.answer(session.engine.runtime, session.actor, request, state, reason)
    written = file if state != "withdrawn" else None
    if written is not None:
        write_page(_page(session, request), written)
    if as_json:
        output.document({"request": made.as_dict()})
    elif written is not None:
        output.say(N_("{ref} is answered. The answer is in {file}."), ref=made.ref, file=written)
    elif state == "withdrawn":
        output.say(N_("{ref} is withdrawn: nothing is to be printed."), ref=made.ref)
    else:
        output.say(N_("{ref} is answered. Print the answer: care child request print {ref} --to FILE"), ref=made.ref)


@group.command("print")
@request_argument
@option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="an .html, .txt or .pdf file; else the text is shown")
@json_option
@pass_session
def print_answer(session: Session, request: str, file: Path | None, as_json: bool) -> None:
    """Print the answer, in Chinese, for those who asked: what was done, or why it was refused. That it was printed is written down."""
    from workflow_core.documents.page import to_text

    printed_into(file)
    page = _page(session, request)
    if file is None and not as_json:
        click.echo(to_text(page), nl=False)
        return
    if file is not None:
        write_page(page, file)
    if as_json:
        output.document({"text": to_text(page)} if file is None else {"file": str(file)})
    else:
        output.say(N_("The answer is in {file}."), file=file)


def _page(session: Session, ref: str) -> str:
    from workflow_core.documents.page import locked
    from workflow_core.engine import petitions

    found, name, division = petitions.to_print(session.engine.runtime, session.actor, ref)
    with speaking("zh_CN"):
        return locked(_answer(found, name, session.division_name(division)))


def _answer(found: Petition, name: str, division: str) -> str:
    from workflow_core.engine.petitions import KINDS

    title = translate(N_("Answer to a request about personal data"))
    facts: list[tuple[str, Any]] = [
        (N_("Request"), found.ref),
        (N_("Child"), f"{name} ({found.child})"),
        (N_("Asked by"), found.said_by),
        (N_("Received"), output.day(found.received_on)),
        (N_("Asks for"), translate(KINDS[found.kind])),
        (N_("What"), found.what),
        (N_("Decision"), translate(N_("It is granted.")) if found.state == "granted" else translate(N_("It is refused."))),
        (N_("What was done") if found.state == "granted" else N_("Reason"), found.answer),
        (N_("Answered"), output.day(found.answered_on) if found.answered_on else ""),
    ]
    rows = "\n".join(f"<tr><th>{escape(translate(head))}</th><td>{escape(str(value or ''))}</td></tr>" for head, value in facts)
    more = N_("Whoever does not agree may complain to the authorities, or go to court (个人信息保护法 art. 50, 65).")
    tail = f"<p>{escape(translate(more))}</p>" if found.state == "refused" else ""
    sign = f"<p>{escape(division)}</p><p>{escape(translate(N_('(seal)')))}</p>"
    head = f'<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>'
    body = f"<h1>{escape(title)}</h1>\n<table>\n{rows}\n</table>\n{tail}\n{sign}"
    return f'<!DOCTYPE html>\n<html lang="zh-CN">\n{head}\n<body>\n{body}\n</body>\n</html>\n'
