"""``care plugin``: what is installed, what failed and why, and what is wrong with a program's definition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import output
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option, program_name
from careflow_cli.session import Session, pass_session
from workflow_core.errors import NotFound, Refused
from workflow_core.i18n import N_, translate
from workflow_core.nearest import nearest

if TYPE_CHECKING:
    from workflow_core.checks import Finding
    from workflow_core.definition import Program
    from workflow_core.registry import Registry

group = Group("plugin", help="Plugins: what is installed, what failed, what is wrong with one.")


@group.command("list")
@json_option
@pass_session
def listing(session: Session, as_json: bool) -> None:
    """List the plugins: loaded, or failed with the reason."""
    session.details = True
    registry = session.registry
    if as_json:
        output.document({"plugins": [*(one.as_dict() for one in registry.plugins.values()), *(one.as_dict() for one in registry.failed.values())]})
        return
    rows: list[list[output.Cell]] = [
        [plugin.name, output.Mark(translate("loaded"), "green"), plugin.origin, ", ".join(program.name for program in plugin.programs)]
        for plugin in registry.plugins.values()
    ]
    rows += [[failed.name, output.Mark(translate("failed")), failed.origin, failed.text()] for failed in registry.failed.values()]
    output.table([N_("Plugin"), N_("State"), N_("From"), N_("Programs, or the reason")], rows, empty=N_("No plugin is installed."))
    for failed in registry.failed.values():
        if failed.hint:
            output.tell(N_("{plugin}: {hint}"), plugin=failed.name, hint=failed.advice())


@group.command("check")
@argument("name", help="a program, a plugin, or the file of one that is not installed")
@option("--strict", is_flag=True, help="warnings count as errors")
@json_option
@pass_session
def check(session: Session, name: str, strict: bool, as_json: bool) -> None:
    """Check a program's definition, and tell everything that is wrong with it at once."""
    from workflow_core.checks import check as check_program
    from workflow_core.engine.paper_templates import look

    session.details = True
    registry = session.registry
    if name.endswith(".py"):
        from workflow_core.registry import Registry

        registry = Registry.discover(paths=[Path(name)], entry_points=False)
        name = Path(name).stem
    programs = _programs(registry, name)
    found = [(program, finding) for program in programs for finding in check_program(program, look(registry))]
    errors = sum(finding.severity == "error" for _, finding in found)
    if as_json:
        problems = [{"program": program.name, **finding.as_dict()} for program, finding in found]
        output.document({"programs": [program.name for program in programs], "errors": errors, "warnings": len(found) - errors, "problems": problems})
    else:
        _show(programs, found, errors)
    if errors or (strict and found):
        click.get_current_context().exit(1)


def _programs(registry: Registry, name: str) -> list[Program[Any]]:
    """The programs meant by the name of one, or of a plugin.

    :raises Refused: the plugin failed before it could be checked.
    """
    wanted = program_name(name)
    for key, failed in registry.failed.items():
        if program_name(key) == wanted or program_name(failed.name) == wanted:
            raise Refused("plugin_failed", N_("the plugin {plugin} failed: {reason}"), hint=failed.advice() or "", plugin=failed.name, reason=failed.text())
    if wanted in registry.programs:
        return [registry.programs[wanted]]
    for key, plugin in registry.plugins.items():
        if program_name(key) == wanted:
            return list(plugin.programs)
    meant = nearest(wanted, [*registry.programs, *registry.plugins])
    hint = N_("did you mean {meant}?") if meant else N_("see: care plugin list")
    raise NotFound("program_unknown", N_("there is no program {name}"), hint=hint, name=name, meant=meant)


def _show(programs: list[Program[Any]], found: list[tuple[Program[Any], Finding]], errors: int) -> None:
    for program, finding in found:
        mark = click.style(translate("error"), fg="red") if finding.severity == "error" else click.style(translate("warning"), fg="yellow")
        place = f"{program.name}.{finding.place}" if finding.place and finding.place != program.name else program.name
        click.echo(f"{mark}  {place}: {finding.text()}  [{finding.code}]")
        if finding.hint:
            click.echo(f"       → {finding.advice()}")
    names = ", ".join(program.name for program in programs)
    if found:
        output.say(N_("{programs}: {errors} errors, {warnings} warnings."), programs=names, errors=errors, warnings=len(found) - errors)
    else:
        output.say(N_("{programs}: nothing is wrong."), programs=names)
