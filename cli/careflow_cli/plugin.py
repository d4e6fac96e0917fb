"""``care plugin``: what is installed, what failed and why, and what is wrong with a program's definition."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import output
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option, program_name
from careflow_cli.plugin_new import new
from careflow_cli.plugin_simulate import simulate
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused, NotFound
from workflow_core.i18n import N_, translate
from workflow_core.nearest import nearest

if TYPE_CHECKING:
    from workflow_core.checks import Finding
    from workflow_core.definition import Program

group = Group("plugin", help="Plugins: what is installed, what failed, what is wrong with one.")
group.add_command(new)

group.add_command(simulate)


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
@argument("names", nargs=-1, required=True, help="programs, plugins, or files of some that are not installed")
@option("--strict", is_flag=True, help="warnings count as errors")
@json_option
@pass_session
def check(session: Session, names: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Check definitions of programs, and tell everything that is wrong with them at once."""
    session.details = True
    looked = Looked()
    for name in dict.fromkeys(_program_of(name) for name in names):
        _look_at(session, name, looked)
    looked.together()
    errors = sum(finding.severity == "error" for _, finding in looked.found)
    if as_json:
        problems = [{"program": name, **finding.as_dict()} for name, finding in looked.found]
        output.document({"programs": list(looked.programs), "errors": errors, "warnings": len(looked.found) - errors, "problems": problems})
    else:
        _show(looked, errors)
    if errors or (strict and looked.found):
        click.get_current_context().exit(1)


@dataclass
class Looked:
    """What has been looked at, and what is wrong with it.

    :param programs: by name, those that are checked; :param beside: those that are installed beside them.
    :param found: each with the name of the program or plugin.
    """

    programs: dict[str, Program[Any]] = field(default_factory=dict)
    beside: dict[str, Program[Any]] = field(default_factory=dict)
    found: list[tuple[str, Finding]] = field(default_factory=list)
    plugins: list[str] = field(default_factory=list)

    def together(self) -> None:
        """What the programs do to each other, and to those that are installed."""
        from workflow_core.checks import check_together

        known = {**self.beside, **self.programs}
        circles = check_together(known.values())
        self.found += [(program.name, one) for program, one in circles if set(str(one.values["programs"]).split(" → ")) & set(self.programs)]


def _program_of(name: str) -> str:
    """The file of the program that a file belongs to: a template, or a module beside ``program.py`` in a package; else the name as it is."""
    path = Path(name)
    if path.name == "program.py" or path.suffix not in (".py", ".j2") or not path.is_file():
        return name
    above = [path.parent] if path.suffix == ".py" else [path.parent, path.parent.parent]
    found = next((one / "program.py" for one in above if (one / "program.py").is_file() and (one / "__init__.py").is_file()), None)
    return name if found is None else str(found)


def _look_at(session: Session, name: str, looked: Looked) -> None:
    """Look at one program, plugin or file.

    :raises NotFound: ``program_unknown``.

    :raises Misused: ``file_missing``.
    """
    from workflow_core.checks import Finding, check_files
    from workflow_core.checks import check as check_program
    from workflow_core.engine.paper_templates import look
    from workflow_core.registry import Registry

    files: list[Path] = []
    if name.endswith(".py"):
        files = [Path(name)]
        if not files[0].is_file():
            raise Misused("file_missing", N_("there is no file {file}"), hint=N_("check the path"), file=name)
        registry = Registry.discover(paths=files, entry_points=False)
        name = files[0].stem
    else:
        registry = session.registry
        looked.beside.update(registry.programs)
    wanted = program_name(name)
    failed = [one for key, one in registry.failed.items() if files or wanted in (program_name(key), program_name(one.name))]
    if failed:
        looked.plugins += [one.name for one in failed]
        looked.found += [(one.name, Finding(one.code, one.message, one.name, one.hint, dict(one.values))) for one in failed]
        return
    plugins = list(registry.plugins.values()) if files else [one for key, one in registry.plugins.items() if program_name(key) == wanted]
    programs = [registry.programs[wanted]] if wanted in registry.programs and not files else [one for plugin in plugins for one in plugin.programs]
    if not programs and not plugins:
        meant = nearest(wanted, [*registry.programs, *registry.plugins])
        hint = N_("did you mean {meant}?") if meant else N_("see: care plugin list")
        raise NotFound("program_unknown", N_("there is no program {name}"), hint=hint, name=name, meant=meant)
    for program in programs:
        looked.programs[program.name] = program
        looked.found += [(program.name, one) for one in check_program(program, look(registry))]
    if not programs:  # channels, a calendar, an observer: what goes away is all that can be told of them
        sources = files or [path for plugin in plugins if plugin.folder is not None for path in sorted(plugin.folder.glob("*.py"))]
        looked.plugins.append(name)
        looked.found += [(name, one) for one in check_files(sources, name)]


def _show(looked: Looked, errors: int) -> None:
    for name, finding in looked.found:
        mark = click.style(translate("error"), fg="red") if finding.severity == "error" else click.style(translate("warning"), fg="yellow")
        place = f"{name}.{finding.place}" if finding.place and finding.place != name else name
        click.echo(f"{mark}  {place}: {finding.text()}  [{finding.code}]")
        if finding.hint:
            click.echo(f"       → {finding.advice()}")
    names = ", ".join(dict.fromkeys((*looked.programs, *looked.plugins)))
    if looked.found:
        output.say(N_("{programs}: {errors} errors, {warnings} warnings."), programs=names, errors=errors, warnings=len(looked.found) - errors)
    else:
        output.say(N_("{programs}: nothing is wrong."), programs=names)
