"""``care case``: open, look, explain. What changes a case stands in ``case_step`` and ``case_care``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from careflow_cli import ask, completion, output, story, titles
from careflow_cli.case_care import attach, edit, identify, note, override, reopen, resume, suspend
from careflow_cli.case_close import close
from careflow_cli.case_enter import enter, entries
from careflow_cli.case_referral import referral
from careflow_cli.case_step import advance
from careflow_cli.case_transfer import transfer
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import dry_run_option, json_option, program_name, program_option, township_option
from careflow_cli.completion import DIVISION
from careflow_cli.given import given, given_options
from careflow_cli.outcome import show_outcome
from careflow_cli.session import Session, pass_session
from workflow_core.errors import NotFound, Refused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.definition import Deny
    from workflow_core.engine import Answer, CaseShown, TaskAnswer

DIVISIONS = ("village", "township", "county")
"""What a case can be about that has a code, and no file."""
ON_A_SCREEN = 200
"""So many cases a screen lists where nothing is said."""

group = Group("case", help="Cases: open, look, advance, explain, correct.")
for command in (advance, enter, entries, note, attach, suspend, resume, reopen, override, close, edit, identify, referral, transfer):
    group.add_command(command)

case_argument = argument("case", metavar="REF", help="the case, as lists show it")


@group.command("open")
@argument("workflow", shell_complete=completion.workflows, help="the program, or program.workflow where it has several")
@argument("subject", required=False, help="what it is about, as its workflow asks: a child's, a volunteer's or a place's reference, or a division")
@given_options
@option("--township", "--division", "division", type=DIVISION, metavar="CODE", help="where; else where the subject is on file")
@option("--key", default="", metavar="WORD", help="tells several cases of one subject apart")
@option("--whole", metavar="REF", help="the case that it becomes a part of")
@option("--party", "parties", multiple=True, metavar="NAME=REF", help="who, or which case, is tied to it; may be said several times")
@option("--request", metavar="KEY", help="a word for this request: said again, nothing is opened twice")
@dry_run_option
@json_option
@pass_session
def open_case(
    session: Session,
    workflow: str,
    subject: str | None,
    sets: tuple[str, ...],
    source: Path | None,
    division: str | None,
    key: str,
    whole: str | None,
    parties: tuple[str, ...],
    request: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Open a case about a child, a volunteer, a place (its reference) or a division (its code or name), as its workflow asks. What is missing is asked."""
    name = program_name(workflow)
    values = given(sets, source)
    if ask.at_a_terminal():
        values = ask.complete(ask.questions(session.workflow(name).record), values, check=True)
    kind = session.workflow(name).subject
    if kind is not None and kind.name in DIVISIONS and (subject or division):
        subject = session.division_code(subject or division or "")  # by its name too; --township alone says the same
    how = {"division": division, "key": key, "whole": whole, "parties": _named(parties), "dry_run": dry_run, "request": request}
    outcome = session.engine.open(session.actor, name, subject, values, **how)
    show_outcome(outcome, as_json=as_json)


def _named(parties: tuple[str, ...]) -> dict[str, object]:
    """References by the party's name; of a party that is said twice, both."""
    found: dict[str, list[str]] = {}
    for one in parties:
        name, equals, ref = one.partition("=")
        if not (name and equals and ref):
            raise click.UsageError(translate("a party is said as NAME=REF, not {said}", said=one))
        found.setdefault(name, []).append(ref)
    return {name: refs[0] if len(refs) == 1 else refs for name, refs in found.items()}


@group.command("list")
@program_option
@option("--workflow", metavar="NAME", help="only this workflow of the program")
@option("--stage", metavar="NAME", help="only cases that stand here")
@township_option
@option("--subject", metavar="REF", help="only cases about this child")
@option("--whole", metavar="REF", help="only parts of this case")
@option("--flagged", is_flag=True, help="only cases in which something was found that is to be followed up")
@option("--all", "closed_too", is_flag=True, help="closed cases too")
@option("--limit", type=click.IntRange(1), help="at most so many; left out: 200 on a screen, all with --json")
@option("--after", default="", metavar="REF", help="go on after this case")
@json_option
@pass_session
def listing(
    session: Session,
    program: str | None,
    workflow: str | None,
    stage: str | None,
    township: str | None,
    subject: str | None,
    whole: str | None,
    flagged: bool,
    closed_too: bool,
    limit: int | None,
    after: str,
    as_json: bool,
) -> None:
    """List cases: open ones, by reference."""
    most = limit or (None if as_json else ON_A_SCREEN)
    found = session.engine.cases(
        session.actor,
        program=program_name(program) if program else None,
        workflow=workflow,
        stage=stage,
        division=township,
        subject=subject,
        whole=whole,
        flagged=flagged,
        open_only=not closed_too and stage is None,
        limit=most,
        after=after,
    )
    if as_json:
        output.document({"cases": [row.as_dict() for row in found]})
        return
    rows: list[list[output.Cell]] = []
    for row in found:
        due = output.due_text(row.due, session.today)
        state = f" ({translate('suspended')})" if row.suspended else ""
        place = translate(row.stage_title) + state
        opened = output.moment(row.opened_at)[:10]
        what, where = session.program_title(row.program), session.division_name(row.division)
        rows.append([row.ref, what, place, titles.subject(row.subject, row.subject_name), where, opened, output.Mark(due) if row.overdue else due])
    heads = [N_("Case"), N_("Program"), N_("Stage"), N_("Child"), N_("Division"), N_("Opened"), N_("Next due")]
    output.table(heads, rows, empty=N_("There is no such case."))
    if len(found) == most:
        output.tell(N_("There may be more: --after {ref}"), ref=found[-1].ref)


@group.command("show")
@case_argument
@json_option
@pass_session
def show(session: Session, case: str, as_json: bool) -> None:
    """Show a case: where it stands, what it knows, what is to be done."""
    shown = session.engine.show(session.actor, case)
    if as_json:
        output.document({"case": shown.as_dict()})
        return
    _show(shown, session)


def _parts(shown: CaseShown) -> list[str]:
    """How many parts stand where, a line each."""
    names = shown.titles.others
    called = [(one["workflow"], f"{one['workflow']}.{one['stage']}", one["count"]) for one in shown.parts]
    return [f"{translate(names.get(workflow, workflow))}, {translate(names.get(stage, stage))}: {count}" for workflow, stage, count in called]


def _show(shown: CaseShown, session: Session) -> None:
    row = shown.row
    state = translate("suspended") if row.suspended else translate("closed") if row.closed else ""
    output.facts(
        [
            (N_("Case"), row.ref),
            (N_("Program"), translate(shown.titles.program) or row.program),
            (N_("Stage"), translate(row.stage_title) + (f" ({state})" if state else "")),
            (N_("About"), titles.subject(row.subject, row.subject_name)),
            *([(N_("Part of"), shown.whole)] if shown.whole else []),
            *((one["title"], titles.subject(one["ref"], one["name"]) or one["ref"]) for one in shown.parties),
            *([(N_("Parts"), "\n".join(_parts(shown)))] if shown.parts else []),
            (N_("Division"), f"{session.division_name(row.division)} ({row.division})"),
            (N_("Opened"), output.moment(row.opened_at)),
            (N_("Version"), row.version),
            (N_("Known"), "\n".join(titles.answers(shown.record, shown.titles))),
        ]
    )
    if shown.erased is not None:
        message = N_("Whom it was about was erased on {on}: {asked_by} asked for it, {answered_by} approved it. The case counts, and says nothing any more.")
        short = N_("Whom it was about was erased on {on}. The case counts, and says nothing any more.")
        output.say(message if "asked_by" in shown.erased else short, **shown.erased)
    if shown.readable_only:
        output.tell(
            N_("It waits for an upgrade of its program: the case can be read, and not changed.")
            if row.program in session.registry.programs
            else N_("Its program is not installed: the case can be read, and not changed.")
        )
    from careflow_cli.task import show_tasks

    waiting = [one for one in shown.tasks if one["state"] == "open"]
    if waiting:
        click.echo()
        show_tasks(waiting, session.today)
    if shown.registers:
        click.echo()
        kept: list[list[output.Cell]] = [
            [one["register"], translate(one["title"]), str(one["entries"]), "" if one["open"] is None else str(one["open"])] for one in shown.registers
        ]
        output.table([N_("Register"), N_("Title"), N_("Entries"), N_("Open")], kept)
    if shown.papers:
        click.echo()
        papers: list[list[output.Cell]] = [
            [one["ref"], translate(one["title"]), titles.state(one["state"]), one["number"], one["served_on"]] for one in shown.papers
        ]
        output.table([N_("Reference"), N_("Paper"), N_("State"), N_("Number"), N_("Served on")], papers)


@group.command("history")
@case_argument
@json_option
@pass_session
def history(session: Session, case: str, as_json: bool) -> None:
    """Tell a case's story: when, who, what, and why."""
    events, called = session.engine.history(session.actor, case)
    if as_json:
        output.document({"events": events})
    else:
        story.tell(events, called)


@group.command("why")
@case_argument
@argument("transition", metavar="[WAY|TASK]", required=False, help="only this way, or this task: what it waits for, and who may do it")
@json_option
@pass_session
def why(session: Session, case: str, transition: str | None, as_json: bool) -> None:
    """Tell which ways are open to a case, and of each other one every reason why not; or what a task waits for."""
    case, _, number = case.partition(".")
    if transition is None and number:  # a task's reference, as the inbox shows it
        transition = number
    try:
        found = session.engine.why(session.actor, case, transition)
    except (NotFound, Refused) as error:
        tasks = session.engine.why_task(session.actor, case, transition) if transition and error.code in ("transition_unknown", "wrong_stage") else []
        if not tasks:
            raise
        _tell_tasks(tasks, as_json=as_json)
        return
    if as_json:
        output.document({"transitions": [answer.as_dict() for answer in found]})
        return
    if not found:
        output.say(N_("No way leads on from here: the case is closed."))
    for answer in found:
        _explain(answer)


def _tell_tasks(found: list[TaskAnswer], *, as_json: bool) -> None:
    if as_json:
        output.document({"tasks": [answer.as_dict() for answer in found]})
        return
    for answer in found:
        _head(answer.allowed, translate(answer.title), answer.ref, answer.reasons)
        _who_may(answer.roles, permitted=answer.permitted)


def _head(is_open: bool, title: str, name: str, reasons: Iterable[Deny]) -> None:
    mark, colour = (translate("open"), "green") if is_open else (translate("not open"), "red")
    click.echo(f"{click.style(mark, fg=colour)}  {click.style(title, bold=True)}  ({name})")
    for reason in reasons:
        output.say(N_("  · {reason}"), reason=reason.text())
        if reason.hint:
            output.say(N_("    → {hint}"), hint=reason.advice())


def _explain(answer: Answer) -> None:
    title = translate("{title} → {target}", title=translate(answer.title), target=translate(answer.target_title))
    _head(answer.allowed or (answer.automatic and not answer.reasons), title, answer.transition, answer.reasons)
    if answer.automatic:
        output.say(N_("  It is taken by itself as soon as nothing speaks against it."))
    elif not answer.roles:
        output.say(N_("  Nobody takes it by hand: a timer or another case does."))
    else:
        _who_may(answer.roles, permitted=answer.permitted)


def _who_may(roles: tuple[str, ...], *, permitted: bool) -> None:
    output.say(N_("  Who may: {roles}.") if permitted else N_("  Who may: {roles}. You may not."), roles=titles.roles(roles))
