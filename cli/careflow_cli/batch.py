"""``care batch``: one decision over many cases, planned, looked at, carried out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from careflow_cli import output
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import answer_refused, dry_run_option, json_option, program_name, program_option
from careflow_cli.completion import DIVISION
from careflow_cli.given import given, given_options
from careflow_cli.many import progress
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflow_core.engine.plan_views import Planned

group = Group("batch", help="Batches: one decision over many cases, planned first, carried out once.")
STATES = {"planned": N_("planned"), "running": N_("begun"), "done": N_("carried out"), "dropped": N_("dropped"), "refused": N_("refused")}
batch_argument = argument("batch", metavar="PROGRAM.BATCH", help="the batch: pairing.match; `care batch list` names them")
township_option = option("--township", type=DIVISION, metavar="CODE", help="whose cases: the township's code")
county_option = option("--county", type=DIVISION, metavar="CODE", help="a whole county's cases")
case_option = option("--case", "case", metavar="REF", help="the case that the batch is for, where it is for one")


def _named(text: str) -> tuple[str, str]:
    program, dot, name = text.strip().partition(".")
    if not dot or not name:
        raise Misused("batch_name", N_("{text} names no batch"), hint=N_("write PROGRAM.BATCH, as in `care batch list`"), text=text)
    return program_name(program), name.replace("-", "_")


def counting() -> Callable[[int], None]:
    """Tells on a terminal how many decisions have been carried out."""

    def tell(count: int) -> None:
        if count % 500 == 0:
            output.tell(N_("{count} decisions so far"), count=count)

    return tell


@group.command("plan")
@batch_argument
@township_option
@county_option
@case_option
@given_options
@dry_run_option
@json_option
@pass_session
def plan(
    session: Session,
    batch: str,
    township: str | None,
    county: str | None,
    case: str | None,
    sets: tuple[str, ...],
    source: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Plan a batch, and store the plan. Nothing is carried out yet."""
    program, name = _named(batch)
    made = session.engine.plan(session.actor, program, name, given(sets, source), division=township or county, case=case, dry_run=dry_run)
    _tell(made, as_json=as_json)


@group.command("run")
@argument("plan", metavar="PLAN", help="a plan to carry out, or to take up where it was left off: PLAN-26-00012; or PROGRAM.BATCH, to plan and run in one")
@township_option
@county_option
@case_option
@given_options
@dry_run_option
@json_option
@pass_session
def run(
    session: Session,
    plan: str,
    township: str | None,
    county: str | None,
    case: str | None,
    sets: tuple[str, ...],
    source: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Carry a plan out, each decision once. Left off half-way, it is taken up where it stands; what no longer fits is refused."""
    if plan.upper().startswith("PLAN-"):
        if dry_run:
            shown = session.engine.shown_plan(session.actor, plan)
            _tell(shown, as_json=as_json)
            return
        with progress(session.engine.shown_plan(session.actor, plan).counts["planned"]) as one_more:
            made = session.engine.run_plan(session.actor, plan, progress=lambda _: one_more())
    else:
        program, name = _named(plan)
        values = given(sets, source)
        if dry_run:
            made = session.engine.plan(session.actor, program, name, values, division=township or county, case=case, dry_run=True)
        else:
            made = session.engine.run_batch(session.actor, program, name, values, division=township or county, case=case, progress=counting())
    _tell(made, as_json=as_json)
    answer_refused(made.counts["refused"])


@group.command("list")
@program_option
@option("--open", "open_only", is_flag=True, help="only plans that are not carried out")
@json_option
@pass_session
def listed(session: Session, program: str | None, open_only: bool, as_json: bool) -> None:
    """List the batches there are, and the plans that were made."""
    name = program_name(program) if program else None
    offers = [(one.name, each) for one in session.registry.programs.values() for each in one.all_batches() if name in (None, one.name)]
    found = session.engine.plans(session.actor, program=name, open_only=open_only)
    if as_json:
        batches = [{"batch": f"{owner}.{one.name}", "title": translate(one.title), "by": [who.name for who in one.by]} for owner, one in offers]
        output.document({"batches": batches, "plans": [_without_items(one) for one in found]})
        return
    shown: list[list[output.Cell]] = [[f"{owner}.{one.name}", translate(one.title), ", ".join(who.name for who in one.by)] for owner, one in offers]
    output.table([N_("Batch"), N_("What it decides"), N_("Who may")], shown, empty=N_("No program has a batch."))
    rows: list[list[output.Cell]] = [
        [
            one.ref,
            f"{one.program}.{one.batch}",
            session.division_name(one.division),
            _state(one.state),
            sum(one.counts.values()),
            one.counts["done"],
            one.counts["refused"],
        ]
        for one in found
    ]
    if rows:
        output.table([N_("Plan"), N_("Batch"), N_("Division"), N_("State"), N_("Decisions"), N_("Carried out"), N_("Refused")], rows)


@group.command("show")
@argument("plan", metavar="PLAN", help="the plan's reference: PLAN-26-00012")
@json_option
@pass_session
def show(session: Session, plan: str, as_json: bool) -> None:
    """Show a plan: what it was made from, each decision, and what became of it."""
    _tell(session.engine.shown_plan(session.actor, plan), as_json=as_json)


@group.command("drop")
@argument("plan", metavar="PLAN", help="the plan's reference: PLAN-26-00012")
@json_option
@pass_session
def drop(session: Session, plan: str, as_json: bool) -> None:
    """Leave a plan: what is not carried out stays undone."""
    _tell(session.engine.drop_plan(session.actor, plan), as_json=as_json)


def _state(state: str) -> str:
    return translate(STATES.get(state, state))


def _without_items(planned: Planned) -> dict[str, Any]:
    return {name: value for name, value in planned.as_dict().items() if name not in ("items", "dry_run")}


def _tell(planned: Planned, *, as_json: bool) -> None:
    if as_json:
        output.document({"plan": planned.as_dict()})
        return
    if planned.dry_run:
        output.tell(N_("This was a trial; nothing was written."))
    output.facts(
        [
            (N_("Plan"), planned.ref),
            (N_("Batch"), f"{planned.program}.{planned.batch}"),
            (N_("State"), _state(planned.state)),
            *((name, len(value) if isinstance(value, (list, dict)) else value) for name, value in planned.input.items()),  # lists name people
            *((name, value) for name, value in planned.summary.items() if not isinstance(value, (list, dict))),
        ]
    )
    rows: list[list[output.Cell]] = [[one["key"], one["case"] or "", _state(one["state"]), _why(one)] for one in planned.items]
    output.table([N_("About"), N_("Case"), N_("State"), N_("Why not")], rows, empty=N_("There is nothing to decide."))
    if planned.state == "planned" and not planned.dry_run and planned.items:
        output.say(N_("Carry it out: care batch run {ref}"), ref=planned.ref)


def _why(item: Any) -> str:
    refusal = item["refusal"]
    return "; ".join(refusal["reasons"]) if refusal else ""
