"""The programs' commands: found by name without importing a plugin, and joined with the import of each of their sheets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli.clicks import Group, adopt
from careflow_cli.installed import Point, points
from workflow_core.errors import Refused
from workflow_core.i18n import N_, add_catalogue

if TYPE_CHECKING:
    from careflow_cli.session import Session
    from workflow_core.definition import Import, Program

COMMANDS = "careflow.commands"
PLUGINS = "careflow.plugins"


@dataclass(frozen=True)
class Offer:
    """What an installed distribution offers under one name of the command line.

    :param name: ``dropout-return``.
    :param summary: the distribution's one line about itself.
    :param commands: where its own commands are; None where it has none.
    """

    name: str
    summary: str
    commands: Point | None = None


def offers() -> dict[str, Offer]:
    """What is installed, by name, without importing any of it."""
    found: dict[str, Offer] = {}
    for one in _offered():
        known = found.get(one.name)
        found[one.name] = one if known is None else Offer(one.name, known.summary or one.summary, known.commands or one.commands)
    return dict(sorted(found.items()))


def _offered() -> Iterator[Offer]:
    for point in points(COMMANDS, PLUGINS):
        _texts_of(point)
        yield Offer(point.name.replace("_", "-"), point.summary, point if point.group == COMMANDS else None)


def _texts_of(point: Point) -> None:
    """Adds the catalogue of a plugin's package, without importing it, so that its summary is read in the reader's language."""
    package = point.value.partition(":")[0].partition(".")[0]
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return
    for home in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(home) / "locale").is_dir():
            add_catalogue(package, Path(home) / "locale")


def program_group(name: str, session: Session) -> Group | None:
    """The commands of one program: those its plugin ships, and one for each of its sheets; None where no program has that name.

    :raises Refused: its plugin failed (``plugin_failed``). Everything else goes on.
    """
    offered = offers().get(name)
    found = [program for program in session.registry.programs.values() if program.name.replace("_", "-") == name]
    if not found:
        _tell_failed(name, session)
    if not found and offered is None:
        return None
    group = Group(name, help=offered.summary if offered else found[0].title)
    if offered is not None and offered.commands is not None:
        _add_own(group, offered.commands)
    for program in found:
        _add_imports(group, program)
    return group


def _tell_failed(name: str, session: Session) -> None:
    for failed in session.registry.failed.values():
        if failed.name.replace("_", "-") == name:
            raise Refused("plugin_failed", "the plugin {plugin} failed: {reason}", hint="see: care plugin list", plugin=failed.name, reason=failed.text())


def _add_own(group: Group, point: Point) -> None:
    """Adds the commands that the entry point's object holds: a click group, None, or a module with one of them as ``commands``."""
    try:
        found: Any = _loaded(point)
    except (Exception, SystemExit) as error:
        message, hint = N_("the commands of {plugin} cannot be loaded: {reason}"), N_("see: care plugin list")
        raise Refused("plugin_failed", message, hint=hint, plugin=point.name, reason=type(error).__name__) from error
    if not isinstance(found, click.Group) and found is not None:
        found = getattr(found, "commands", None)
    if isinstance(found, click.Group):
        for name, command in found.commands.items():
            group.add_command(adopt(command), name)
        if found.help:
            group.help = found.help


def _loaded(point: Point) -> Any:
    module, _, name = point.value.partition(":")
    found = import_module(module.strip())
    for part in filter(None, name.strip().split(".")):
        found = getattr(found, part)
    return found


def sheet_command(program: Program[Any], what: Import[Any]) -> str:
    """The command that takes one sheet of a program, as it is typed."""
    return f"care {program.name.replace('_', '-')} {_import_names(program, what)[-1]}"


def _import_names(program: Program[Any], what: Import[Any]) -> list[str]:
    """The names of a sheet's command, the one that is shown last."""
    return [f"import-{what.name.replace('_', '-')}", *(["import"] if len(program.imports) == 1 else [])]


def _add_imports(group: Group, program: Any) -> None:
    from careflow_cli.sheet_import import import_command

    for one in program.imports:
        names = _import_names(program, one)
        for name in names:
            if name not in group.commands:
                command = import_command(program, one, name)
                command.hidden = name != names[-1]
                group.add_command(command, name)
