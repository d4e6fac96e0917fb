"""The commands of the health check beside those that every program has: one child at the desk, and pictures."""

from __future__ import annotations

import json
from typing import Any

import click

from careflow_healthcheck.drawing import COMMANDS as DRAWING

PROGRAM = "healthcheck"

commands = click.Group(PROGRAM, help="Free health checks: a round a term, judged by the national standards, followed up.")
for command in DRAWING:
    commands.add_command(command)


def _session() -> Any:
    """What stands before the command: the office, its engine, who acts."""
    return click.get_current_context().find_root().obj


@commands.command("record")
@click.argument("child", metavar="REF")
@click.option("--height", "height_cm", metavar="CM", help="in centimetres: 142.5")
@click.option("--weight", "weight_kg", metavar="KG", help="in kilograms: 34.2")
@click.option("--pressure", metavar="SYS/DIA", help="systolic and diastolic pressure: 102/60")
@click.option("--vision-left", metavar="N", help="naked vision, left, on the 5.0 scale")
@click.option("--vision-right", metavar="N", help="naked vision, right, on the 5.0 scale")
@click.option("--on", "measured_on", metavar="DATE", help="the day it was measured; left out: today")
@click.option("--device", metavar="NAME", help="the device it was measured with")
@click.option("--injury", is_flag=True, help="signs of injury: reported at once")
@click.option("--remark", metavar="TEXT", help="what else is to be known")
@click.option("--round", "whole", metavar="REF", help="the round; left out: the one that is open there, else a new one of today")
@click.option("--consent-on-file", metavar="VERSION", help="attest that the guardian's signed consent to this version of the notice lies in the office")
@click.option("--json", "as_json", is_flag=True, help="answer with one JSON document")
def record(child: str, pressure: str | None, whole: str | None, consent_on_file: str | None, as_json: bool, injury: bool, **values: str | None) -> None:
    """Measure one child at the desk. It is judged at once, as a row of a sheet would be."""
    session = _session()
    given: dict[str, object] = {name: value for name, value in values.items() if value is not None}
    if injury:
        given["injury"] = True
    if pressure is not None:
        upper, slash, lower = pressure.partition("/")
        if not slash:
            raise click.UsageError("--pressure is written 102/60")
        given |= {"systolic": upper, "diastolic": lower}
    report = session.engine.enter_row(session.actor, PROGRAM, child, given, whole=whole, consent_on_file=consent_on_file)
    said = report.as_dict()
    (found,) = said["results"]
    if as_json:
        click.echo(json.dumps({**{name: value for name, value in found.items() if name != "row"}, "problems": said["problems"]}, ensure_ascii=False))
        return
    for problem in said["problems"]:
        click.echo(f"{problem['message']}: {problem['hint']}", err=True)
    click.echo(" ".join(f"{name}={'-' if value is None else value}" for name, value in found.items() if name != "row"))
