"""``care document template``: the templates of papers, a township's own among them."""

from __future__ import annotations

from pathlib import Path

import click

from careflow_cli import output, titles
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option, program_name
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

group = Group("template", help="Templates of papers: the program's, and your own in their place.")

file_argument = argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="named like the one it replaces: return_notice.html.j2")
owner_option = option("--program", metavar="NAME", help="whose template; needed where several programs have one of that name")
program_argument = argument("program", metavar="PROGRAM", help="the program")


@group.command("list")
@argument("program", required=False, metavar="[PROGRAM]", help="only this program's")
@json_option
@pass_session
def listing(session: Session, program: str | None, as_json: bool) -> None:
    """List the templates, and which are your own."""
    from workflow_core.engine import paper_templates

    found = paper_templates.templates(session.engine.runtime, program_name(program) if program else None)
    if as_json:
        output.document({"templates": [one.as_dict() for one in found]})
        return
    rows: list[list[output.Cell]] = []
    for one in found:
        whose = translate("your own") if one.own else translate("the program's")
        word = translate("your own") if one.word else ""
        rows.append([one.program, one.name, titles.listed(translate(title) for title in one.papers), whose, word])
    output.table([N_("Program"), N_("Template"), N_("Papers"), N_("Page"), N_("Word file")], rows, empty=N_("No program has papers."))


@group.command("check")
@file_argument
@owner_option
@json_option
@pass_session
def check(session: Session, file: Path, program: str | None, as_json: bool) -> None:
    """Check a template of your own: everything that is wrong, at once. Nothing is changed."""
    from workflow_core.engine import paper_templates

    owner, problems = paper_templates.check_template(session.engine.runtime, file, program_name(program) if program else None)
    if as_json:
        output.document({"program": owner, "template": file.name, "problems": [one.as_dict() for one in problems]})
    elif not problems:
        output.say(N_("{file} can be used: care document template accept {file}"), file=file)
    else:
        for one in problems:
            click.echo(f"{one.place}: {one.text()}" if one.place else one.text())
            if one.hint:
                click.echo(f"  → {one.advice()}")
    if problems:
        click.get_current_context().exit(1)


@group.command("accept")
@file_argument
@owner_option
@json_option
@pass_session
def accept(session: Session, file: Path, program: str | None, as_json: bool) -> None:
    """Put a template of your own in the place of the program's, once nothing is wrong with it. Papers that were signed stay as they are."""
    from workflow_core.engine import paper_templates

    target = paper_templates.accept_template(session.engine.runtime, session.actor, file, program_name(program) if program else None)
    if as_json:
        output.document({"template": file.name, "program": target.parent.name, "file": str(target)})
    else:
        output.say(N_("From now on {template} is your own: {file}"), template=file.name, file=target)


_HOLDS = {
    "text": N_("a text"), "number": N_("a number"), "yes_no": N_("yes or no"), "date": N_("a date"), "choice": N_("a choice"), "group": N_("a group"),
    "list": N_("a list"),
}  # fmt: skip
"""What a field holds, as people read it."""


@group.command("fields")
@program_argument
@option("--template", metavar="NAME", help="only what this template may name")
@json_option
@pass_session
def fields(session: Session, program: str, template: str | None, as_json: bool) -> None:
    """List the fields that a program's templates may name."""
    from workflow_core.engine import paper_templates

    found = paper_templates.template_fields(session.engine.runtime, program_name(program), template)
    if as_json:
        output.document({"fields": [one.as_dict() for one in found]})
        return
    rows: list[list[output.Cell]] = [[one.field, translate(one.label), translate(_HOLDS[one.holds]), translate("yes") if one.personal else ""] for one in found]
    output.table([N_("Field"), N_("What it is"), N_("Holds"), N_("Personal")], rows)
