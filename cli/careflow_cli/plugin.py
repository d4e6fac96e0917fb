"""``care plugin``: what is installed, what failed and why, and what is wrong with a program's definition."""

from __future__ import annotations

from careflow_cli import output
from careflow_cli.clicks import Group
from careflow_cli.common import json_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

group = Group("plugin", help="Plugins: what is installed, what failed, what is wrong with one.")


@group.command("list")
@json_option
@pass_session
def listing(session: Session, as_json: bool) -> None:
    """List the plugins: loaded, or failed with the reason."""
    registry = session.registry
    if as_json:
        output.document({"plugins": [one.as_dict() for one in (*registry.plugins.values(), *registry.failed.values())]})
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
