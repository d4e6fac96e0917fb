"""``care volunteer``: the files of those who offer to help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from careflow_cli import ask, output
from careflow_cli.child_erase import erase_volunteer
from careflow_cli.child_words import cells, shown
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option, reason_option, township_option, whose_township_option
from careflow_cli.given import given, given_options
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_

if TYPE_CHECKING:
    from workflow_core.records.volunteers import VolunteerFile

group = Group("volunteer", help="Volunteers: who offers to help. Whether they are vetted stands with each program's cases.")
group.add_command(erase_volunteer)
ref_argument = argument("volunteer", metavar="REF", help="the volunteer's reference, as lists show it: P-000123")

TITLES = {
    "ref": N_("Volunteer"),
    "name": N_("Name"),
    "national_id": N_("ID number"),
    "sex": N_("Sex"),
    "born_on": N_("Birth date"),
    "age": N_("Age"),
    "phone": N_("Telephone"),
    "division": N_("Division"),
    "village": N_("Village"),
    "occupation": N_("Occupation"),
    "workplace": N_("Place of work"),
    "status": N_("Status"),
    "note": N_("Note"),
    "version": N_("Version"),
}


@group.command("add")
@whose_township_option
@given_options
@json_option
@pass_session
def add(session: Session, township: str, sets: tuple[str, ...], source: Path | None, as_json: bool) -> None:
    """Put a volunteer on file. What it needs is given, or asked at the terminal."""
    from workflow_core.records import volunteers

    values = given(sets, source)
    if ask.at_a_terminal():
        from careflow_cli.volunteer_form import NewVolunteer

        values = ask.complete(ask.questions(NewVolunteer), values)
    session.must_work(township, N_("put a volunteer on file"))
    with session.db.write() as tx:
        made = volunteers.add(tx, session.actor.login, session.now_instant, cells(values), division=township, scope=session.actor.divisions())
    _told(made, N_("{ref} is on file now."), as_json=as_json)


@group.command("list")
@township_option
@option("--text", default="", metavar="TEXT", help="a part of the name, or the whole number")
@option("--all", "every", is_flag=True, help="also who rests or has left")
@json_option
@pass_session
def listed(session: Session, township: str | None, text: str, every: bool, as_json: bool) -> None:
    """List volunteers, masked."""
    from workflow_core.records import volunteers

    with session.db.read() as tx:
        found = volunteers.listed(tx, session.actor, division=township, text=text, status=None if every else "active")
    if as_json:
        output.document({"volunteers": found})
        return
    names = ("ref", "name", "sex", "village", "occupation", "phone", "status")
    rows: list[list[output.Cell]] = [[shown(name, one[name]) for name in names] for one in found]
    output.table([TITLES[name] for name in names], rows, empty=N_("Nobody was found."))


@group.command("show")
@ref_argument
@option("--unmasked", is_flag=True, help="with full names, numbers and phones; needs --purpose, and is written down")
@option("--purpose", default="", metavar="TEXT", help="why it is needed unmasked; it is kept in the journal")
@json_option
@pass_session
def show(session: Session, volunteer: str, unmasked: bool, purpose: str, as_json: bool) -> None:
    """Show a volunteer's file. That you looked is written down."""
    from workflow_core.records import volunteers

    with session.db.write() as tx:
        found = volunteers.show(tx, session.actor, session.now_instant, volunteer, unmasked=unmasked, purpose=purpose)
    if as_json:
        output.document({"volunteer": found})
        return
    found = {**found, "division": session.division_name(found["division"])}
    output.facts([(title, shown(name, found.get(name))) for name, title in TITLES.items()])


@group.command("edit")
@ref_argument
@given_options
@option("--status", metavar="WORD", help="active, resting or left")
@option("--expect", type=int, metavar="N", help="only if the file is still at this version")
@reason_option
@json_option
@pass_session
def edit(
    session: Session, volunteer: str, sets: tuple[str, ...], source: Path | None, status: str | None, expect: int | None, reason: str, as_json: bool
) -> None:
    """Correct a volunteer's file. An empty value takes a field out; what was there before is kept."""
    from workflow_core.records import volunteers

    values = given(sets, source)
    if not (values or status):
        raise click.UsageError(ask.nothing_given())
    scope = session.actor.divisions()
    with session.db.write() as tx:
        session.must_work(volunteers.get(tx, volunteer, scope=scope).division, N_("change a volunteer's file"))
        changed = volunteers.edit(
            tx, session.actor.login, session.now_instant, volunteer, cells(values), reason=reason, version=expect, status=status, scope=scope
        )
    _told(changed, N_("{ref} is at version {version} now."), as_json=as_json)


def _told(file: VolunteerFile, headline: str, *, as_json: bool) -> None:
    if as_json:
        output.document({"volunteer": {"ref": file.ref, "version": file.version}})
    else:
        output.say(headline, ref=file.ref, version=file.version)
