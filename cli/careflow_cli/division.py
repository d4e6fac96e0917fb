"""``care division``: the administrative divisions of the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from careflow_cli import output
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option
from careflow_cli.completion import DIVISION
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflow_core.definition import Division

group = Group("division", help="Administrative divisions, from province to village.")

# the levels, said where they are shown
_LEVELS = (N_("province"), N_("city"), N_("county"), N_("township"), N_("village"))


@group.command("list")
@argument("code", required=False, default="", type=DIVISION, help="what lies directly in this division; else the widest of all")
@json_option
@pass_session
def listing(session: Session, code: str, as_json: bool) -> None:
    """List what lies in a division."""
    from workflow_core.records import divisions

    with session.db.read() as tx:
        found = divisions.below(tx, divisions.get(tx, code).code if code else "")
    _show(found, as_json=as_json)


@group.command("find")
@argument("text", help="a code, or any part of a name")
@option("--in", "inside", default="", type=DIVISION, metavar="CODE", help="only in this division")
@option("--limit", type=click.IntRange(1), default=50, show_default=True, help="at most so many")
@json_option
@pass_session
def find(session: Session, text: str, inside: str, limit: int, as_json: bool) -> None:
    """Find divisions by code or by any part of their name."""
    from workflow_core.records import divisions

    with session.db.read() as tx:
        found = divisions.find(tx, text, inside=inside, limit=limit)
    _show(found, as_json=as_json)


def _show(found: Sequence[Division], *, as_json: bool) -> None:
    if as_json:
        output.document({"divisions": [{"code": one.code, "name": one.name, "level": one.level} for one in found]})
    else:
        rows: list[list[output.Cell]] = [[one.code, one.name, translate(one.level)] for one in found]
        output.table([N_("Code"), N_("Division"), N_("Level")], rows, empty=N_("Nothing was found."))
