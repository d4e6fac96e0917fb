"""``care program show``, ``table`` and ``diagram``: a program told to those who work with it. No office is needed, only the program."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import completion, output
from careflow_cli.child_words import TITLES
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import json_option, program_name
from careflow_cli.consent_words import BASIS
from careflow_cli.session import Session, pass_session
from careflow_cli.titles import listed
from careflow_cli.width import wrap
from workflow_core.definition.keeping import Keep, in_months
from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.definition import Program, Workflow
    from workflow_core.engine.portrait_beside import Part

NARROWEST = 20
_NO_FIELD = N_("Its code names no personal field of a file that it reads; what a paper prints stands in its template.")


name_argument = argument("name", shell_complete=completion.programs, help="the program's name")
workflow_option = option("--workflow", "workflow_name", metavar="NAME", help="only this workflow of it")
out_option = option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="write it to this file")


@click.command("show", cls=Command)
@name_argument
@workflow_option
@option("--format", "how", type=click.Choice(["text", "markdown", "html"]), default="text", help="how the page is written", show_default=True)
@option("--data", "data_only", is_flag=True, help="only which personal data it uses, what for, and on what basis")
@out_option
@json_option
@pass_session
def show(session: Session, name: str, workflow_name: str | None, how: str, data_only: bool, out: Path | None, as_json: bool) -> None:
    """Show a program as a page for those who work with it, and what it reads of a child and why.

    Of each stage: what is to be done, by whom and until when, what comes next, which papers there are, and what happens when nobody acts. At the end which
    personal data the program uses, what it asks consent for, and which facts it shares with other programs.
    """
    from workflow_core.engine import portrait, portrait_page

    program = session.registry.program(program_name(name))
    found = about(program)
    page = portrait.portray(program, _workflow(session, program, workflow_name))
    if as_json:
        output.document(found if data_only else {**found, **{key: page.as_dict()[key] for key in ("workflows", "beside")}})
        return
    if how != "text" or out is not None:
        page = replace(page, workflows=() if data_only else page.workflows, beside=(*(() if data_only else page.beside), *_data_parts(found)))
        made = {"markdown": portrait_page.markdown, "html": portrait_page.html, "text": portrait_page.text}[how](page)
        _give(made, out)
        return
    output.say(N_("{title} ({name}), version {version}"), title=found["title"], name=found["program"], version=found["version"])
    if not data_only:
        click.echo()
        _echo_folded(portrait_page.text(page))
    _show_data(found)


@click.command("table", cls=Command)
@name_argument
@workflow_option
@out_option
@pass_session
def table(session: Session, name: str, workflow_name: str | None, out: Path | None) -> None:
    """Write a program as Markdown tables: each way out of each stage, who takes it, what is asked before, which papers it drafts."""
    from workflow_core.engine import portrait, portrait_page

    program = session.registry.program(program_name(name))
    _give(portrait_page.table(portrait.portray(program, _workflow(session, program, workflow_name))), out)


@click.command("diagram", cls=Command)
@name_argument
@workflow_option
@option("--format", "how", type=click.Choice(["mermaid", "svg", "dot"]), default="mermaid", help="how it is drawn; svg needs Graphviz", show_default=True)
@out_option
@pass_session
def diagram(session: Session, name: str, workflow_name: str | None, how: str, out: Path | None) -> None:
    """Draw a workflow: its stages, its ways with who takes them, dashed what the clock does, framed twice where a case is closed.

    Of a program with several workflows the one that --workflow names; else Mermaid draws all of them, one after the other.
    """
    from workflow_core.engine import diagram as pictures

    program = session.registry.program(program_name(name))
    chosen = _workflow(session, program, workflow_name)
    if chosen is None and how != "mermaid" and len(program.workflows) > 1:
        names = ", ".join(one.name for one in program.workflows)
        raise Misused("workflow_ambiguous", N_("{program} has several workflows"), hint=N_("name one of: {names}"), program=program.name, names=names)
    draw = {"mermaid": pictures.mermaid, "svg": pictures.svg, "dot": pictures.dot}[how]
    drawn = [draw(program, one) for one in ([chosen] if chosen is not None else program.workflows)]
    _give("\n".join(drawn), out)


def _workflow(session: Session, program: Program[Any], name: str | None) -> Workflow[Any, Any] | None:
    """The workflow that is named, with or without its program's name before it; None where none is."""
    return None if name is None else session.registry.workflow(program.name, program_name(name).removeprefix(f"{program.name}."))


def _echo_folded(said: str) -> None:
    """Prints a page; at a terminal its lines are folded under their beginnings."""
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in said.splitlines():
        inside = line.lstrip(" ·")
        indent = len(line) - len(inside)
        parts = wrap(inside, max(NARROWEST, columns - indent)) if columns and inside else [inside]
        click.echo(line[:indent] + parts[0])
        for part in parts[1:]:
            click.echo(" " * indent + part)


def _give(made: str, out: Path | None) -> None:
    if out is None:
        click.echo(made, nl=False)
        return
    output.file(out, made.encode())
    output.tell(N_("{file} is written."), file=str(out))


def _show_data(found: dict[str, Any]) -> None:
    fields: list[list[output.Cell]] = [[translate(TITLES.get(one["field"].rpartition(".")[2], one["field"])), one["purpose"]] for one in found["uses"]]
    output.table([N_("Personal field"), N_("What for")], fields, empty=_NO_FIELD)
    rows: list[list[output.Cell]] = [
        [one["consent"], one["title"], translate(BASIS[one["basis"]]), one["notice"], one["child_from"], listed(one["workflows"])] for one in found["consents"]
    ]
    heads = [N_("Consent"), N_("What for"), N_("Basis"), N_("Notice"), N_("The child is heard from"), N_("Cases")]
    output.table(heads, rows, empty=N_("It asks for no consent."))
    output.table([N_("Fact"), N_("Title")], [[one["fact"], one["title"]] for one in found["reads"]])
    kept: list[list[output.Cell]] = [[one["cases"], one["months"], one["least"] or "", one["because"]] for one in found["keeps"]]
    output.table([N_("Closed cases"), N_("Kept for months"), N_("At the least"), N_("Because")], kept)


def _data_parts(found: dict[str, Any]) -> list[Part]:
    """The same for a page that is kept: what is read and why, what consent is asked for, which facts are shared."""
    from workflow_core.engine.portrait_beside import Part

    fields = [f"{translate(TITLES.get(one['field'].rpartition('.')[2], one['field']))}: {one['purpose']}" for one in found["uses"]]
    consents = [f"{one['title']} ({translate(BASIS[one['basis']])}, {one['notice']}): {listed(one['workflows'])}" for one in found["consents"]]
    facts = [one["title"] for one in found["reads"]]
    keeps = [translate(N_("{cases}: {months} months ({because})"), **one) for one in found["keeps"]]
    parts = [
        (N_("Personal data, and what for"), fields or [translate(_NO_FIELD)]),
        (N_("Consents"), consents or [translate(N_("It asks for no consent."))]),
        (N_("Facts that it reads"), facts),
        (N_("How long closed cases are kept"), keeps),
    ]
    return [Part(translate(title), tuple(lines)) for title, lines in parts if lines]


def about(program: Program[Any]) -> dict[str, Any]:
    """What a program says of the personal data that it uses, in the reader's language."""
    consents: dict[str, dict[str, Any]] = {}
    facts: dict[str, dict[str, Any]] = {}
    for workflow in program.workflows:
        for one in workflow.consents:
            told = {"consent": one.name, "title": translate(one.title), "basis": one.basis, "notice": one.notice, "child_from": one.child_from, "workflows": []}
            consents.setdefault(one.name, told)["workflows"].append(translate(workflow.title))
        for fact in workflow.reads:
            facts.setdefault(fact.name, {"fact": fact.name, "title": translate(fact.title), "unit": fact.unit})
    return {
        "program": program.name,
        "title": translate(program.title),
        "version": program.version,
        "uses": [{"field": _field(one.field), "purpose": translate(one.purpose)} for one in program.uses],
        "consents": list(consents.values()),
        "reads": list(facts.values()),
        "keeps": [_keep(program.title, program.keep), *(_keep(one.title, one.keep) for one in program.workflows if one.keep is not None)],
    }


def _keep(title: str, keep: Keep) -> dict[str, Any]:
    least = None if keep.least is None else in_months(keep.least)
    return {"cases": translate(title), "months": in_months(keep.length), "least": least, "because": translate(keep.because)}


def _field(field: Any) -> str:
    return f"{field.careflow_of.__name__.lower()}.{field.careflow_name}"
