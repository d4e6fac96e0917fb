"""The other changes of a case: notes, attachments, suspension, reopening, a supervisor's override, corrections."""

from __future__ import annotations

from pathlib import Path

import click

from careflow_cli import ask
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import json_option, reason_option
from careflow_cli.given import given, given_options
from careflow_cli.outcome import show_outcome
from careflow_cli.session import Session, pass_session

case_argument = argument("case", metavar="REF", help="the case, as lists show it")


@click.command("note", cls=Command)
@case_argument
@argument("text", help="what is to be remembered")
@json_option
@pass_session
def note(session: Session, case: str, text: str, as_json: bool) -> None:
    """Write a note into a case's history."""
    show_outcome(session.engine.note(session.actor, case, text), as_json=as_json)


@click.command("attach", cls=Command)
@case_argument
@argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="a scan, a photo, a letter")
@option("--note", "said", default="", metavar="TEXT", help="what it shows")
@json_option
@pass_session
def attach(session: Session, case: str, file: Path, said: str, as_json: bool) -> None:
    """Put a file into a case. Its bytes are kept in the office, once."""
    show_outcome(session.engine.attach(session.actor, case, file, said), as_json=as_json)


@click.command("suspend", cls=Command)
@case_argument
@reason_option
@json_option
@pass_session
def suspend(session: Session, case: str, reason: str, as_json: bool) -> None:
    """Suspend a case: its deadlines stand still until it is resumed."""
    show_outcome(session.engine.suspend(session.actor, case, reason), as_json=as_json)


@click.command("resume", cls=Command)
@case_argument
@reason_option
@json_option
@pass_session
def resume(session: Session, case: str, reason: str, as_json: bool) -> None:
    """Let a suspended case go on; its deadlines move by as long as it stood still."""
    show_outcome(session.engine.resume(session.actor, case, reason), as_json=as_json)


@click.command("reopen", cls=Command)
@case_argument
@reason_option
@json_option
@pass_session
def reopen(session: Session, case: str, reason: str, as_json: bool) -> None:
    """Open a closed case again, where its program says so."""
    show_outcome(session.engine.reopen(session.actor, case, reason), as_json=as_json)


@click.command("override", cls=Command)
@case_argument
@option("--to", "stage", required=True, metavar="STAGE", help="the stage to put it into")
@reason_option
@json_option
@pass_session
def override(session: Session, case: str, stage: str, reason: str, as_json: bool) -> None:
    """Put a case into a stage past all guards. For supervisors; the reason is kept."""
    show_outcome(session.engine.override(session.actor, case, stage, reason), as_json=as_json)


@click.command("edit", cls=Command)
@case_argument
@given_options
@reason_option
@json_option
@pass_session
def edit(session: Session, case: str, sets: tuple[str, ...], source: Path | None, reason: str, as_json: bool) -> None:
    """Correct what a case's record says. What was there before stays in the history."""
    values = given(sets, source)
    if not values and ask.at_a_terminal():
        values = ask.complete(ask.questions(session.record_of(case)), {}, all_of_them=True)
    if not values:
        raise click.UsageError(ask.nothing_given())
    show_outcome(session.engine.edit(session.actor, case, values, reason), as_json=as_json)


@click.command("identify", cls=Command)
@case_argument
@argument("child", help="the child that it turned out to be about")
@reason_option
@json_option
@pass_session
def identify(session: Session, case: str, child: str, reason: str, as_json: bool) -> None:
    """Say whom a case is about, where its child's identity was open."""
    show_outcome(session.engine.identify(session.actor, case, child, reason), as_json=as_json)
