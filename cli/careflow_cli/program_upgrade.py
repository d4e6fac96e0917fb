"""``care program upgrade``: open cases taken to the installed version of their program, looked at first, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from careflow_cli import completion, output
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import answer_refused, dry_run_option, json_option, program_name
from careflow_cli.many import progress
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine.upgrade_case import Becoming
    from workflow_core.engine.upgrading import Upgraded

ON_A_SCREEN = 50
"""So many cases a screen lists one by one."""
_TASKS = {
    "kept": N_("stays: {names}"),
    "renamed": N_("is now: {names}"),
    "opened": N_("new: {names}"),
    "dropped": N_("dropped: {names}"),
    "closed": N_("no longer to do: {names}"),
}
_PAPERS = {"kept": N_("stays: {names}"), "renamed": N_("is now: {names}"), "dropped": N_("void: {names}")}
_TIMERS = {
    "overdue": N_("goes off at once: {names}"),
    "kept": N_("stays: {names}"),
    "moved": N_("counted anew: {names}"),
    "set": N_("new: {names}"),
    "stopped": N_("gone: {names}"),
}


@click.command("upgrade", cls=Command)
@argument("name", shell_complete=completion.programs, help="the program: dropout_return")
@option("--undo", "back", is_flag=True, help="take cases back whose last step was the upgrade")
@option("--case", "case", metavar="REF", help="this case alone, also where it is closed")
@option("--all", "every", is_flag=True, help="list every case on the screen, not only the first fifty")
@dry_run_option
@json_option
@pass_session
def upgrade(session: Session, name: str, back: bool, case: str | None, every: bool, dry_run: bool, as_json: bool) -> None:
    """Take the open cases of a program to the version that is installed.

    Look first, with --dry-run: what each case would become, and which has no place. It may be stopped at any time: each case is moved or not moved, and
    the same command goes on with the rest. What has no place stays as it is; it can be read, and nothing can be done with it. --undo takes a case back for
    as long as nothing has been done in it since."""
    from workflow_core.engine.upgrade_undo import undo
    from workflow_core.engine.upgrading import upgrade as move

    session.must_own()
    runtime, program = session.engine.runtime, program_name(name)
    with _counting() as tell:
        done = (undo if back else move)(runtime, session.actor, program, case=case, dry_run=dry_run, progress=tell)
    if as_json:
        output.document(done.as_dict())
    else:
        _show(done, back=back, most=None if every else ON_A_SCREEN)
    answer_refused(done.left)


@contextmanager
def _counting() -> Iterator[Callable[[int, int], None]]:
    """Shows how far it has come; when it is stopped, says that nothing is half done."""
    with ExitStack() as bars:
        shown: list[Callable[[], None]] = []

        def tell(_: int, of: int) -> None:
            if not shown:
                shown.append(bars.enter_context(progress(of)))
            shown[0]()

        try:
            yield tell
        except KeyboardInterrupt:
            output.tell(N_("Stopped. Each case has moved or has not moved; the same command goes on with the rest."))
            raise


def _show(done: Upgraded, *, back: bool, most: int | None) -> None:
    if done.dry_run:
        output.tell(N_("This was a trial; nothing was written."))
    if not done.cases:
        output.say(
            N_("Nothing to take back: no case's last step was an upgrade.") if back else N_("Every open case runs on version {version}."), version=done.version
        )
        return
    rows: list[list[output.Cell]] = [[flow, stage, to or output.Mark(translate("no place")), n] for flow, stage, to, n in done.counts()]
    output.table([N_("Workflow"), N_("Stage"), N_("Becomes"), N_("Cases")], rows)
    found: list[list[output.Cell]] = [[version, one.place, one.text(), one.advice()] for version, one in done.findings]
    output.table([N_("From version"), N_("Where"), N_("What is wrong with the upgrade"), N_("What to do")], found)
    if done.dry_run and not back:
        _each([one for one in done.cases if one.problem is None], most)
    stuck: list[list[output.Cell]] = [[one.ref, "; ".join(one.problem["reasons"]), one.problem["hint"]] for one in done.cases if one.problem is not None]
    output.table([N_("Has no place"), N_("Why"), N_("What to do")], stuck[:most])
    said = {
        (True, False): N_("{done} of {all} cases would move to version {version}."),
        (False, False): N_("{done} of {all} cases moved to version {version}."),
        (True, True): N_("{done} of {all} cases would be taken back."),
        (False, True): N_("{done} of {all} cases were taken back."),
    }[done.dry_run, back]
    output.say(said, done=done.done, all=len(done.cases), version=done.version)


def _each(cases: Sequence[Becoming], most: int | None) -> None:
    rows: list[list[output.Cell]] = [
        [
            one.ref, f"{one.stage} → {one.to}" if one.stage != one.to else one.to, _told(one.tasks, _TASKS), _told(one.timers, _TIMERS),
            _told(one.papers, _PAPERS), ", ".join(one.record),
        ]
        for one in cases[:most]
    ]  # fmt: skip
    heads = [N_("Case"), N_("Stage"), N_("Tasks"), N_("Timers"), N_("Papers"), N_("Record: what differs")]
    output.table(heads, rows)
    if len(rows) < len(cases):
        output.tell(N_("… and {n} more: --all lists them, --json tells all of each"), n=len(cases) - len(rows))


def _told(found: Mapping[str, Sequence[str]], words: Mapping[str, str]) -> str:
    return "; ".join(translate(words[how], names=", ".join(found[how])) for how in words if how in found)
