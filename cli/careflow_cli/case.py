"""``care case``: open, look, explain. What changes a case stands in ``case_step`` and ``case_care``."""

from __future__ import annotations

from pathlib import Path

import click

from careflow_cli import ask, completion, output, story
from careflow_cli.case_care import attach, edit, identify, note, override, reopen, resume, suspend
from careflow_cli.case_step import advance
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import dry_run_option, json_option, program_name, program_option, township_option
from careflow_cli.given import given, given_options
from careflow_cli.outcome import show_outcome
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

group = Group("case", help="Cases: open, look, advance, explain, correct.")


@group.command("open")
@argument("workflow", shell_complete=completion.workflows, help="the program, or program.workflow where it has several")
@argument("subject", required=False, help="whom it is about: a child's reference, as lists show it")
@given_options
@option("--division", metavar="CODE", shell_complete=completion.divisions, help="where; else where the subject is on file")
@option("--key", default="", metavar="WORD", help="tells several cases of one subject apart")
@dry_run_option
@json_option
@pass_session
def open_case(
    session: Session, workflow: str, subject: str | None, sets: tuple[str, ...], source: Path | None, division: str | None, key: str, dry_run: bool, as_json: bool
) -> None:
    """Open a case. What its record asks is given, or asked at the terminal."""
    name = program_name(workflow)
    values = ask.complete(ask.questions(session.workflow(name).record), given(sets, source))
    show_outcome(session.engine.open(session.actor, name, subject, values, division=division, key=key, dry_run=dry_run), as_json=as_json)


@group.command("list")
@program_option
@option("--workflow", metavar="NAME", help="only this workflow of the program")
@option("--stage", metavar="NAME", help="only cases that stand here")
@township_option
@option("--subject", metavar="REF", help="only cases about this child")
@option("--all", "closed_too", is_flag=True, help="closed cases too")
@option("--limit", type=click.IntRange(1), default=200, show_default=True, help="at most so many")
@option("--after", metavar="REF", help="go on after this case")
@json_option
@pass_session
def listing(
    session: Session,
    program: str | None,
    workflow: str | None,
    stage: str | None,
    township: str | None,
    subject: str | None,
    closed_too: bool,
    limit: int,
    after: str | None,
    as_json: bool,
) -> None:
    """List cases."""
    name = program_name(program) if program else None
    rows = session.engine.cases(
        session.actor, program=name, workflow=workflow, stage=stage, division=township, subject=subject, open_only=not closed_too, limit=limit, after=after
    )
