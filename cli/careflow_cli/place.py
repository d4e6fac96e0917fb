"""``care place``: schools, clinics, homes and desks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import output
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option
from careflow_cli.completion import DIVISION
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflow_core.records.places import PlaceFile

group = Group("place", help="Places: schools, clinics, homes, desks.")

ref_argument = argument("place", metavar="REF", help="the place, as lists show it: PL-0001")
_KINDS = {"school": N_("School"), "clinic": N_("Clinic"), "home": N_("Children's home"), "desk": N_("Desk")}


@group.command("list")
@argument("text", required=False, default="", help="any part of the name; left out: all")
@option("--kind", type=click.Choice(list(_KINDS)), help="only places of this kind")
@option("--limit", type=click.IntRange(1), default=200, show_default=True, help="at most so many")
@json_option
@pass_session
def listing(session: Session, text: str, kind: str | None, limit: int, as_json: bool) -> None:
    """List places by any part of their name."""
    from workflow_core.records import places

    with session.db.read() as tx:
        found = places.find(tx, text, kind=kind, scope=session.actor.divisions(), limit=limit)
    _show(session, found, as_json=as_json)


@group.command("add")
@argument("name", help="the name in full")
@option("--kind", type=click.Choice(list(_KINDS)), required=True, help="what it is")
@option("--township", type=DIVISION, metavar="CODE", required=True, help="where it is: a township, or a county for its desks")
@json_option
@pass_session
def add(session: Session, name: str, kind: str, township: str, as_json: bool) -> None:
    """Add a place. One of that name in the same division is there already."""
    from workflow_core.records import places

    session.must_work(township, N_("keep the list of places"))
    with session.db.write() as tx:
        made = places.add(tx, session.actor.login, session.now_instant, kind=kind, name=name, division=township, scope=session.actor.divisions())
    _show(session, [made], as_json=as_json)


@group.command("edit")
@ref_argument
@option("--name", metavar="TEXT", help="the name in full")
@option("--code", metavar="TEXT", help="the official code of a school or clinic")
@option("--address", metavar="TEXT", help="where it is")
@option("--phone", metavar="TEXT", help="its telephone")
@option("--close", "closed", is_flag=True, help="it is no more: it leaves the lists")
@json_option
@pass_session
def edit(session: Session, place: str, name: str | None, code: str | None, address: str | None, phone: str | None, closed: bool, as_json: bool) -> None:
    """Correct what is known of a place, or close it."""
    from workflow_core.records import places

    scope = session.actor.divisions()
    said: dict[str, Any] = {"name": name, "code": code, "address": address, "phone": phone}
    if not closed and not any(value is not None for value in said.values()):
        raise click.UsageError(translate("nothing is given: say what is to be corrected, or --close"))
    with session.db.write() as tx:
        session.must_work(places.get(tx, place, scope=scope).division, N_("keep the list of places"))
        changed = places.change(tx, session.actor.login, session.now_instant, place, closed=closed, scope=scope, **said)
    _show(session, [changed], as_json=as_json)


def _show(session: Session, found: Sequence[PlaceFile], *, as_json: bool) -> None:
    if as_json:
        output.document({"places": [{name: value for name, value in asdict(one).items() if name != "place_id"} for one in found]})
        return
    rows: list[list[output.Cell]] = [
        [one.ref, one.name, translate(_KINDS.get(one.kind, one.kind)), session.division_name(one.division), one.code, one.address, one.phone] for one in found
    ]
    heads = [N_("Place"), N_("Name"), N_("Kind"), N_("Division"), N_("Code"), N_("Address"), N_("Telephone")]
    output.table(heads, rows, empty=N_("Nothing was found."))
