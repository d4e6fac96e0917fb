"""``care program``: where each program runs, and its policy there."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from careflow_cli import completion, output
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import DAY, dry_run_option, json_option, program_name
from careflow_cli.completion import DIVISION
from careflow_cli.given import given, given_options
from careflow_cli.program_show import diagram, show, table
from careflow_cli.program_upgrade import upgrade
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Refused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.definition import Program
    from workflow_core.records.enabling import Changed
    from workflow_core.registry import Registry

group = Group("program", help="Programs: where they run, and their policy.")
group.add_command(show)
group.add_command(upgrade)
group.add_command(table)
group.add_command(diagram)
policy = Group("policy", help="What a township sets for itself: show it, set it.")
group.add_command(policy)

name_argument = argument("name", shell_complete=completion.programs, help="the program: dropout_return")
township_option = option("--township", "--county", "division", required=True, type=DIVISION, metavar="CODE", help="where: a township, or a whole county")
since_option = option("--since", type=DAY, metavar="DATE", help="from this day on; else from now")


def _day(since: Any) -> date | None:
    return since.date() if since is not None else None


@group.command("list")
@json_option
@pass_session
def listing(session: Session, as_json: bool) -> None:
    """List the installed programs, and in how many divisions each is enabled."""
    from workflow_core.records import enabling

    with session.db.read() as tx:
        standing = enabling.status(tx, session.now_instant, scopes=session.actor.divisions())
    enabled = {name: [one.division for one in standing if one.program == name and one.state == "enabled"] for name in session.registry.programs}
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "title": translate(program.title),
            "version": program.version,
            "workflows": [workflow.name for workflow in program.workflows],
            "imports": [one.name for one in program.imports],
            "enabled_in": enabled[name],
        }
        for name, program in session.registry.programs.items()
    ]
    if as_json:
        output.document({"programs": found})
        return
    rows: list[list[output.Cell]] = [[one["name"], one["title"], one["version"], ", ".join(one["enabled_in"])] for one in found]
    output.table([N_("Program"), N_("Title"), N_("Version"), N_("Enabled in")], rows, empty=N_("No program is installed; see: care plugin list"))


@group.command("enable")
@name_argument
@township_option
@since_option
@json_option
@pass_session
def enable(session: Session, name: str, division: str, since: Any, as_json: bool) -> None:
    """Let a program run in a township or county."""
    from workflow_core.records import enabling

    session.must_own()
    program = session.registry.program(program_name(name))
    _demand_soundness(program, session.registry)
    with session.db.write() as tx:
        changed = enabling.enable(tx, program, division, actor=session.actor, now=session.now_instant, since=_day(since))
        if session.db.dialect_name == "postgresql":  # a desk of a server office opens cases, and stores no definition
            session.office.pin(tx, program)
    _show(changed, N_("{program} is enabled in {division} from {since} on."), as_json=as_json)


def _demand_soundness(program: Program[Any], registry: Registry) -> None:
    """A program with errors would strand its cases: it is not enabled anywhere.

    :raises Refused: ``program_unsound``, with each error.
    """
    from workflow_core.checks import check
    from workflow_core.engine.paper_templates import look

    errors = [finding for finding in check(program, look(registry)) if finding.severity == "error"]
    if errors:
        hint = N_("tell whoever maintains it; see: care plugin check {program}")
        raise Refused("program_unsound", N_("the program {program} has errors"), hint=hint, problems=errors, program=program.name)


@group.command("disable")
@name_argument
@township_option
@since_option
@dry_run_option
@json_option
@pass_session
def disable(session: Session, name: str, division: str, since: Any, dry_run: bool, as_json: bool) -> None:
    """Stop new cases of a program in a township or county. Open ones drain; they are listed."""
    from workflow_core.records import enabling

    session.must_own()
    with session.db.write() as tx:
        changed = enabling.disable(tx, program_name(name), division, actor=session.actor, now=session.now_instant, since=_day(since), dry_run=dry_run)
    if dry_run and not as_json:
        output.tell(N_("This was a trial: nothing was written."))
    _show(changed, N_("{program} is disabled in {division} from {since} on."), as_json=as_json)


def _show(changed: Changed, headline: str, *, as_json: bool) -> None:
    stood = changed.before
    if as_json:
        output.document(
            {
                "program": stood.program,
                "division": stood.division,
                "changed": changed.changed,
                "since": changed.since,
                "later": [{"since": since, "state": state} for since, state in changed.later],
                "apart": list(changed.apart),
                "open_cases": changed.open_cases,
                "stranded": [{"division": one.division, "workflow": one.workflow, "stage": one.stage, "cases": one.cases} for one in changed.stranded],
            }
        )
        return
    if not changed.changed:
        output.say(N_("It stood so already; nothing was written."))
    since_when = changed.since if changed.changed or stood.since is None else stood.since
    output.say(headline, program=stood.program, division=stood.division, since=output.moment(since_when))
    for code in changed.apart:
        output.say(N_("  {division} has a word of its own, which stands."), division=code)
    for since, state in changed.later:
        output.say(N_("  From {since} on it is {state} again."), since=output.moment(since), state=translate(state))
    if changed.stranded:
        output.say(N_("{count} open cases go on until they are closed:"), count=changed.open_cases)
        rows: list[list[output.Cell]] = [[one.division, one.workflow, one.stage, one.cases] for one in changed.stranded]
        output.table([N_("Division"), N_("Workflow"), N_("Stage"), N_("Cases")], rows)


@group.command("status")
@argument("name", required=False, shell_complete=completion.programs, help="only this program")
@option("--on", "on", type=DAY, metavar="DATE", help="on this day; else now")
@json_option
@pass_session
def status(session: Session, name: str | None, on: Any, as_json: bool) -> None:
    """Tell where programs are enabled and disabled."""
    from workflow_core.clock import day_begins
    from workflow_core.records import divisions, enabling

    at = day_begins(on.date()) if on is not None else session.now_instant
    with session.db.read() as tx:
        found = enabling.status(tx, at, program=program_name(name) if name else None, scopes=session.actor.divisions())
        names = {one.division: divisions.full_name(tx, one.division) for one in found}
    if as_json:
        output.document({"programs": [{"program": one.program, "division": one.division, "state": one.state, "since": one.since} for one in found]})
        return
    rows: list[list[output.Cell]] = [
        [
            one.program,
            one.division,
            names[one.division],
            output.Mark(translate(one.state), "green" if one.state == "enabled" else "red"),
            output.moment(one.since),
        ]
        for one in found
    ]
    output.table(
        [N_("Program"), N_("Code"), N_("Division"), N_("State"), N_("Since")],
        rows,
        empty=N_("No program runs anywhere yet: care program enable NAME --township CODE"),
    )


@policy.command("show")
@name_argument
@township_option
@option("--on", "on", type=DAY, metavar="DATE", help="on this day; else today")
@option("--differences", is_flag=True, help="only what is not the program's default")
@json_option
@pass_session
def policy_show(session: Session, name: str, division: str, on: Any, differences: bool, as_json: bool) -> None:
    """Show the policy in force in a division, beside the program's default."""
    from workflow_core.inputs import show
    from workflow_core.records import policies

    program = session.registry.program(program_name(name))
    with session.db.read() as tx:
        shown = policies.policy_show(tx, program, division, on.date() if on is not None else session.today)
    lines = shown.differences() if differences else shown.lines
    if as_json:
        fields = [
            {"name": one.name, "value": one.value, "default": one.default, "inherited": one.inherited, "from": one.from_division or None} for one in lines
        ]
        output.document({"program": shown.program, "division": shown.division, "policy": fields})
        return
    rows: list[list[output.Cell]] = [
        [
            one.name,
            translate(one.label),
            output.Mark(show(one.value), "yellow") if one.differs_from_default else show(one.value),
            show(one.default),
            one.from_division or translate("the program"),
        ]
        for one in lines
    ]
    output.table([N_("Field"), N_("What it is"), N_("In force"), N_("Default"), N_("Said by")], rows, empty=N_("Everything is the program's default."))


@policy.command("set")
@name_argument
@township_option
@since_option
@given_options
@option("--unset", multiple=True, metavar="FIELD", help="say nothing about this field any more: it is inherited again")
@dry_run_option
@json_option
@pass_session
def policy_set(
    session: Session,
    name: str,
    division: str,
    since: Any,
    sets: tuple[str, ...],
    source: Path | None,
    unset: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Set fields of the policy of a division. A deadline that runs already is not moved by it."""
    from workflow_core.inputs import show
    from workflow_core.records import policies

    session.must_own()
    program = session.registry.program(program_name(name))
    values = given(sets, source)
    with session.db.write() as tx:
        change = policies.policy_set(
            tx, program, division, values, unset=unset, actor=session.actor, now=session.now_instant, since=_day(since), dry_run=dry_run
        )
    if as_json:
        changed = {name: {"before": old, "after": new} for name, (old, new) in change.changed.items()}
        output.document({"program": program.name, "division": change.shown.division, "changed": changed, "since": change.since, "dry_run": dry_run})
        return
    if dry_run:
        output.tell(N_("This was a trial: nothing was written."))
    labels = {line.name: translate(line.label) for line in change.shown.lines}
    rows: list[list[output.Cell]] = [[name, labels[name], show(old), show(new)] for name, (old, new) in change.changed.items()]
    output.table([N_("Field"), N_("What it is"), N_("Before"), N_("Now")], rows, empty=N_("It stood so already; nothing was written."))
    for later in change.later:
        output.tell(N_("From {since} on another policy of this division holds."), since=output.moment(later))


# the states of a program, said where they are shown
_STATES = (N_("enabled"), N_("disabled"))
