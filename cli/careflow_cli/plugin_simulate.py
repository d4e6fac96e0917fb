"""``care plugin simulate``: many lives of a program by chance, before the first child's case is opened in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import output
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import json_option, program_name
from careflow_cli.many import progress
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused, NotFound, Refused
from workflow_core.i18n import N_, translate
from workflow_core.registry import Registry

if TYPE_CHECKING:
    from workflow_core.definition import Program, Workflow
    from workflow_core.testing.simulate_report import SimulationResult

OWN, NONE = "own", "none"
OWN_FILE = "odds.toml"


class Simulate(Command):
    """The command, whose help ends with what a file of odds may say."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """A file of odds, section by section, as its reader's docstring has it."""
        from workflow_core.testing.simulate_odds import EXAMPLE

        with formatter.section(translate(N_("A file of odds"))):
            for line in EXAMPLE.splitlines():
                formatter.write(f"{'':>{formatter.current_indent}}{line}".rstrip() + "\n")


@click.command("simulate", cls=Simulate)
@argument("name", help="a program, one of its workflows (PROGRAM.WORKFLOW), or the file of one that is not installed")
@option("--cases", type=click.IntRange(min=1), default=1000, show_default=True, help="how many cases are lived")
@option("--seed", type=int, default=0, show_default=True, help="the same number, the same result")
@option("--weeks", type=click.IntRange(min=1), default=52, show_default=True, help="for how long each case is looked at")
@option(
    "--odds",
    metavar="FILE",
    help="what is known of durations and odds, in TOML; own: odds.toml beside the program, if it is there; none: all by chance",
)
@option("--chart", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="draw the work of each week and how long cases take, as SVG")
@option("--jobs", type=click.IntRange(min=1), help="in how many processes; else in as many as there are processors")
@json_option
@pass_session
def simulate(session: Session, name: str, cases: int, seed: int, weeks: int, odds: str | None, chart: Path | None, jobs: int | None, as_json: bool) -> None:
    """Live many cases of a program by chance, and tell what never happened, where cases stay for ever, how much there is to do and how long it takes.

    Guards, effects, deadlines and timers are the program's own, carried out by the engine in memory; nothing is written, and no office is needed. What is not
    said in a file of odds is left to chance: how soon somebody acts, what he writes down, which way he takes. The exit code is 1 where cases are caught for
    ever, or a fault of the program stopped them.
    """
    from workflow_core.testing.simulate import simulate_lives as run
    from workflow_core.testing.simulate_chart import chart as draw
    from workflow_core.testing.simulate_odds import read_odds
    from workflow_core.testing.simulate_report import GRAVE

    program, workflow = _meant(session, name)
    if odds is None and _beside(program).is_file():
        odds = OWN
    known = None if odds in (None, NONE) else read_odds(_own_odds(program) if odds == OWN else Path(str(odds)), program)
    with progress(cases) as one_more:
        report = run(program, workflow, cases=cases, seed=seed, weeks=weeks, odds=known, jobs=jobs, told=one_more)
    if chart is not None:
        output.file(chart, draw(report, _titles(program)).encode())
    if as_json:
        output.document(report.as_dict())
    else:
        _show(report, workflow, _titles(program))
        if chart is not None:
            output.tell(N_("{file} is written."), file=str(chart))
    if any(one.code in GRAVE for one in report.problems):
        click.get_current_context().exit(1)


def _meant(session: Session, name: str) -> tuple[Program[Any], Workflow[Any, Any]]:
    """The program and its workflow: the one that is named, else the first that somebody opens.

    :raises NotFound: ``program_unknown``, ``workflow_unknown``.

    :raises Misused: ``file_missing``.
    :raises Refused: ``plugin_failed``: the file could not be loaded.
    """
    if name.endswith(".py"):
        program, part = _of_file(Path(name)), ""
        registry = Registry.of(program)
    else:
        wanted, _, part = name.partition(".")
        registry = session.registry
        program = registry.program(program_name(wanted))
    if part:
        return program, registry.workflow(program.name, program_name(part))
    return program, next((one for one in program.workflows if one.open_by), program.workflows[0])


def _of_file(path: Path) -> Program[Any]:
    if not path.is_file():
        raise Misused("file_missing", N_("there is no file {file}"), hint=N_("check the path"), file=str(path))
    registry = Registry.discover(paths=[path], entry_points=False)
    for failed in registry.failed.values():
        raise Refused("plugin_failed", N_("the plugin {plugin} failed: {reason}"), hint=failed.advice() or "", plugin=failed.name, reason=failed.text())
    for program in registry.programs.values():
        return program
    raise NotFound("program_unknown", N_("there is no program {name}"), hint=N_("see: care plugin list"), name=path.stem)


def _own_odds(program: Program[Any]) -> Path:
    """The file of odds that lies beside the module of the program.

    :raises Misused: ``file_missing``.
    """
    found = _beside(program)
    if not found.is_file():
        raise Misused("file_missing", N_("there is no file {file}"), hint=N_("see: care plugin simulate --help"), file=OWN_FILE)
    return found


def _beside(program: Program[Any]) -> Path:
    """Where the file of odds that a program ships would lie."""
    import sys

    module = sys.modules.get(program.policy.__module__)
    return Path(getattr(module, "__file__", None) or "").parent / OWN_FILE


def _titles(program: Program[Any]) -> dict[str, str]:
    from workflow_core.definition import STANDARD_ROLES

    found = {one.name: one.title for workflow in program.workflows for one in workflow.parties}
    return found | {one.name: one.title for one in (*STANDARD_ROLES, *program.roles)}


def _show(report: SimulationResult, workflow: Workflow[Any, Any], titles: dict[str, str]) -> None:
    from workflow_core.testing.simulate_report import GRAVE, percentile

    output.say(N_("{workflow}: {cases} cases, each looked at for {weeks} weeks (seed {seed})"), workflow=translate(workflow.title), cases=report.cases,
               weeks=report.weeks, seed=report.seed)  # fmt: skip
    click.echo()
    rows: list[list[output.Cell]] = []
    for stage in workflow.stages:
        days = report.stays.get(stage.name, [])
        here = report.ends[stage.name] if stage.final else report.open[stage.name]
        rows.append(
            [translate(stage.title), len(days), here or None, None if stage.final else percentile(days, 50), None if stage.final else percentile(days, 90)]
        )
    output.table([N_("Stage"), N_("Came in"), N_("At the end here"), N_("Days there, half of them"), N_("Days there, nine of ten")], rows)
    click.echo()
    work: list[list[output.Cell]] = []
    for role, weeks in sorted(report.work.items(), key=lambda one: -one[1].total()):
        busiest = max(weeks, key=lambda week: (weeks[week], -week))
        work.append([translate(titles.get(role, role)), f"{weeks.total() / report.cases:.1f}", f"{weeks[0] / report.cases:.2f}", busiest + 1])
    output.table([N_("Who"), N_("Things done in a case"), N_("in its first week"), N_("Busiest week")], work)
    if report.days:
        click.echo()
        output.say(N_("{n} cases ended; half of them within {median} days, nine of ten within {p90} days."), n=len(report.days),
                   median=percentile(report.days, 50), p90=percentile(report.days, 90))  # fmt: skip
    click.echo()
    for one in report.problems:
        grave = one.code in GRAVE
        mark = click.style(translate("error"), fg="red") if grave else click.style(translate("warning"), fg="yellow")
        click.echo(f"{mark}  {one.place + ': ' if one.place else ''}{one.text()}  [{one.code}]")
        if one.hint:
            click.echo(f"       → {one.advice()}")
    if report.sound:
        output.say(N_("All that the program foresees was seen to happen, and no case was caught."))
