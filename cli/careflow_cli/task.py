"""``care task``: do what waits, one by one or from a sheet; undo, correct, skip, claim, hand over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import ask, output, titles
from careflow_cli import inbox as desk
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import DAY, confirm_option, dry_run_option, json_option, on_behalf_option, program_name, reason_option, township_option
from careflow_cli.files import handed_in
from careflow_cli.given import given, given_options
from careflow_cli.outcome import show_outcome
from careflow_cli.session import Session, pass_session
from careflow_cli.task_sheet import takes
from workflow_core.errors import NotFound
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine import Outcome

group = Group("task", help="Tasks: do, skip, claim, hand over.")

task_argument = argument("task", metavar="REF", help="the task, as care inbox shows it: DR-26-00417.12")


@group.command("list")
@argument("case", required=False, metavar="[CASE]", help="the tasks of this case; else what waits for you")
@option("--role", metavar="NAME", help="what waits for this role")
@township_option
@option("--all", "closed_too", is_flag=True, help="of a case: also what is done, missed or skipped")
@json_option
@pass_session
def listing(session: Session, case: str | None, role: str | None, township: str | None, closed_too: bool, as_json: bool) -> None:
    """List the tasks of a case, or what waits for you."""
    if case is None:
        rows = session.engine.inbox(session.actor, role=program_name(role) if role else None, township=township)
        if as_json:
            output.document({"tasks": [row.as_dict() for row in rows]})
        else:
            desk.show(rows, session)
        return
    tasks = [one for one in session.engine.show(session.actor, case).tasks if closed_too or one["state"] == "open"]
    if as_json:
        output.document({"tasks": tasks})
    else:
        show_tasks(tasks, session.today)


def show_tasks(tasks: list[dict[str, Any]], today: date) -> None:
    """The tasks of a case as a table."""
    rows: list[list[output.Cell]] = []
    for one in tasks:
        due = output.due_text(one["due"], today) if one["state"] == "open" else one["due"]
        rows.append(
            [
                one["ref"],
                titles.task(one["title"], one["kind"], one["about"], one["at"]),
                titles.state(one["state"]),
                output.Mark(due) if one["overdue"] else due,
                titles.roles(one["roles"]),
                one["assignee"],
            ]
        )
    output.table([N_("Task"), N_("What"), N_("State"), N_("Due"), N_("For"), N_("Laid on")], rows, empty=N_("Nothing waits here."))


@group.command("show")
@task_argument
@json_option
@pass_session
def show(session: Session, task: str, as_json: bool) -> None:
    """Show a task: whose it is, by when, what it asks, and what was entered."""
    shown = session.engine.show(session.actor, task.rpartition(".")[0] or task)
    found = next((one for one in shown.tasks if one["ref"] == task or f"{shown.row.ref}.{one['task']}" == task), None)
    if found is None:
        raise NotFound("task_unknown", N_("there is no task {ref}"), hint=N_("see: care task list {case}"), ref=task, case=shown.row.ref)
    if as_json:
        output.document({"task": found})
        return
    output.facts(
        [
            (N_("Task"), f"{found['ref']}  {translate(found['title'])}"),
            (N_("State"), titles.state(found["state"])),
            (N_("Due"), output.due_text(found["due"], session.today) if found["state"] == "open" else found["due"]),
            (N_("For"), titles.roles(found["roles"])),
            (N_("Laid on"), found["assignee"]),
            (N_("Happened"), found["happened"]),
            (N_("By"), found["by"]),
            (N_("Why"), found["reason"]),
            (N_("Entered"), "\n".join(titles.answers(found["given"] or {}, shown.titles, found["task"]))),
        ]
    )
    if found["state"] == "open":
        asked = ask.asked(session.engine.asks(session.actor, shown.row.ref, task=found["ref"]))
        output.table([N_("Field"), N_("Question"), N_("What may be written")], [[one.field.name, one.field.label, takes(one)] for one in asked])


@group.command("done")
@argument("task", required=False, metavar="[REF]", help="the task, as care inbox shows it; left out with a sheet of many")
@given_options
@confirm_option
@option("--problems", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="with a sheet: where the refused rows go; else beside the sheet")
@on_behalf_option
@dry_run_option
@json_option
@pass_session
def done(
    session: Session,
    task: str | None,
    sets: tuple[str, ...],
    source: Path | None,
    confirm: str,
    problems: Path | None,
    on_behalf: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Enter that a task is done, with what it asks. Or hand back the inbox's sheet: care task done --from FILE."""
    if task is None:
        if source is None:
            raise click.UsageError(translate("which task? Name it as care inbox shows it, or hand back the inbox's sheet with --from FILE"))
        from careflow_cli.task_sheet import take_back

        take_back(session, source, confirm=confirm, problems=problems, dry_run=dry_run, as_json=as_json)
        return
    values = given(sets, source)
    if ask.at_a_terminal():
        values = ask.complete(ask.asked(session.engine.asks(session.actor, task, task=task)), values, check=True)

    def do(reason: str) -> Outcome:
        def step(answers: Mapping[str, object], trial: bool, _: int) -> Outcome:
            return session.engine.do_task(session.actor, task, answers, confirm=reason, dry_run=trial, on_behalf=on_behalf)

        case = task.rpartition(".")[0]
        return handed_in(session, case, lambda: session.engine.asks(session.actor, task, task=task), values, step, dry_run=dry_run)

    outcome = ask.confirmed(do, confirm)
    show_outcome(outcome, as_json=as_json)


@group.command("undo")
@task_argument
@reason_option
@json_option
@pass_session
def undo(session: Session, task: str, reason: str, as_json: bool) -> None:
    """Take back that a task was done: it waits again."""
    show_outcome(session.engine.undo_task(session.actor, task, reason), as_json=as_json)


@group.command("correct")
@task_argument
@given_options
@reason_option
@json_option
@pass_session
def correct(session: Session, task: str, sets: tuple[str, ...], source: Path | None, reason: str, as_json: bool) -> None:
    """Correct what was entered for a task that is done. What was there before stays in the history."""
    values = given(sets, source)
    if not values:
        raise click.UsageError(ask.nothing_given())
    show_outcome(session.engine.correct_task(session.actor, task, values, reason), as_json=as_json)


@group.command("skip")
@task_argument
@reason_option
@json_option
@pass_session
def skip(session: Session, task: str, reason: str, as_json: bool) -> None:
    """Skip a task; the reason is kept."""
    show_outcome(session.engine.skip_task(session.actor, task, reason), as_json=as_json)


@group.command("claim")
@task_argument
@json_option
@pass_session
def claim(session: Session, task: str, as_json: bool) -> None:
    """Take a task upon yourself, so that nobody else does it too."""
    outcome = session.engine.claim_task(session.actor, task)
    show_outcome(outcome, as_json=as_json)
    if not as_json and outcome.lies_with != session.actor.login:
        output.say(N_("It lies on the desk of {login}, in whose stead you took it."), login=outcome.lies_with)


@group.command("assign")
@task_argument
@option("--to", "login", metavar="LOGIN", help="whose it is from now on")
@option("--back", is_flag=True, help="nobody's by name any more: back on the role's desk")
@json_option
@pass_session
def assign(session: Session, task: str, login: str | None, back: bool, as_json: bool) -> None:
    """Lay a task on somebody by name."""
    if (login is None) is not back:
        raise click.UsageError(translate("say --to LOGIN, or --back"))
    show_outcome(session.engine.assign_task(session.actor, task, login), as_json=as_json)


@group.command("hand-over")
@option("--of", "giver", required=True, metavar="LOGIN", help="whose tasks")
@option("--to", "taker", required=True, metavar="LOGIN", help="who takes them")
@json_option
@pass_session
def hand_over(session: Session, giver: str, taker: str, as_json: bool) -> None:
    """Hand all that is laid on one account over to another."""
    moved = session.engine.hand_over(session.actor, giver, taker)
    if as_json:
        output.document({"handed_over": moved})
    else:
        output.say(N_("{count} tasks went from {giver} to {taker}."), count=len(moved), giver=giver, taker=taker)


@group.command("add")
@argument("case", metavar="CASE", help="the case, as lists show it")
@argument("title", help="what is to be done")
@option("--role", required=True, metavar="NAME", help="whose task it is: child_director, school …")
@option("--due", type=DAY, metavar="DATE", help="by when: 2026-10-21")
@json_option
@pass_session
def add(session: Session, case: str, title: str, role: str, due: Any, as_json: bool) -> None:
    """Add a task of its own to a case."""
    show_outcome(session.engine.add_task(session.actor, case, title, program_name(role), due.date() if due else None), as_json=as_json)
