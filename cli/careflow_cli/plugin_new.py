"""``care plugin new``: a whole distribution to begin with, whose tests are green."""

from __future__ import annotations

from pathlib import Path

import click

from careflow_cli import output
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import json_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate


@click.command("new", cls=Command)
@argument("name", metavar="NAME", help="what the program is called: home_visit")
@option("--folder", metavar="DIR", type=click.Path(path_type=Path), help="the folder to make; careflow-NAME beside you where it is left out")
@option("--chinese", default="", metavar="TITLE", help="what it is called in Chinese")
@json_option
@pass_session
def new(session: Session, name: str, folder: Path | None, chinese: str, as_json: bool) -> None:
    """Write a new program: a distribution with one workflow, a paper, Chinese texts and tests that are green.

    It is checked at once. Change it step by step, and look each time: `care plugin check`.
    """
    from careflow_cli import scaffold
    from careflow_cli.main import NOUNS

    registry = session.registry
    taken = {one.replace("-", "_") for one in (*registry.programs, *registry.plugins, *registry.failed, *NOUNS)}
    prefixes = {workflow.prefix for program in registry.programs.values() for workflow in program.workflows}
    what = scaffold.naming(name, chinese, taken=taken, prefixes=prefixes)
    home = folder or Path(f"careflow-{what.command}")
    written = scaffold.write(what, home)
    program = f"careflow_{what.name}/program.py"
    steps = [f"cd {home}", f"care plugin check {program}", "python -m pytest"]
    if as_json:
        output.document({"name": what.name, "folder": str(home), "files": written, "next": steps})
        return
    output.say(N_("The program {name} was written to {folder}:"), name=what.name, folder=home)
    for one in written:
        means = scaffold.CATALOGUE if one.endswith(".po") else scaffold.TELLING.get(one.rpartition("/")[2], "")
        click.echo(f"  {one}" + (f"  ({translate(means)})" if means else ""))
    output.say(N_("Next:"))
    for step in steps:
        click.echo(f"  {step}")
