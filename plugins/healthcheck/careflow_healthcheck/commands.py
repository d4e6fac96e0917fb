"""Commands of this program beside the import of its sheet."""

from __future__ import annotations

import click

from careflow_healthcheck.drawing import COMMANDS as DRAWING

commands = click.Group("healthcheck", help="Free health checks: a round a term, judged by the national standards.")
for command in DRAWING:
    commands.add_command(command)
