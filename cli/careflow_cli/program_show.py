"""``care program show``: what personal data a program uses, what for, and on what basis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from careflow_cli import completion, output
from careflow_cli.child_words import TITLES
from careflow_cli.clicks import Command, argument
from careflow_cli.common import json_option, program_name
from careflow_cli.session import Session, pass_session
from careflow_cli.titles import listed
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.definition import Program

_BASIS = {"consent": N_("consent"), "statutory_duty": N_("statutory duty"), "emergency": N_("emergency")}


@click.command("show", cls=Command)
@argument("name", shell_complete=completion.programs, help="the program's name")
@json_option
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Show what a program reads of a child and why, what it asks consent for, and which facts it shares with other programs."""
    program = session.registry.program(program_name(name))
    found = about(program)
    if as_json:
        output.document(found)
        return
    output.say(N_("{title} ({name}), version {version}"), title=found["title"], name=found["program"], version=found["version"])
    fields: list[list[output.Cell]] = [[translate(TITLES.get(one["field"].rpartition(".")[2], one["field"])), one["purpose"]] for one in found["uses"]]
    output.table([N_("Personal field"), N_("What for")], fields, empty=N_("It reads no personal field of a file."))
    rows: list[list[output.Cell]] = [
        [one["consent"], one["title"], translate(_BASIS[one["basis"]]), one["notice"], one["child_from"], listed(one["workflows"])] for one in found["consents"]
    ]
    heads = [N_("Consent"), N_("What for"), N_("Basis"), N_("Notice"), N_("The child is heard from"), N_("Cases")]
    output.table(heads, rows, empty=N_("It asks for no consent."))
    output.table([N_("Fact"), N_("Title")], [[one["fact"], one["title"]] for one in found["reads"]])


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
    }


def _field(field: Any) -> str:
    return f"{field.careflow_of.__name__.lower()}.{field.careflow_name}"
