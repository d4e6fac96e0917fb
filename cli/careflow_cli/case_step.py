"""``care case advance``: one case, or many of one kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from careflow_cli import ask, many
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import confirm_option, dry_run_option, json_option, on_behalf_option, program_option, township_option
from careflow_cli.files import handed_in
from careflow_cli.given import given, given_options
from careflow_cli.outcome import show_outcome
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import translate

if TYPE_CHECKING:
    from workflow_core.engine import Outcome


@click.command("advance", cls=Command)
@argument("case", metavar="REF", help="the case, as lists show it; left out with --where")
@argument("transition", required=False, help="the way to take; see: care case why REF")
@given_options
@confirm_option
@option("--expect", type=int, metavar="N", help="only if the case is still at this version")
@option("--where", "where", multiple=True, metavar="KEY=VALUE", help="many at once: stage=…, workflow=…; may be said several times")
@program_option
@township_option
@option("--problems", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="with --where: a sheet of the refused ones, with the reasons")
@on_behalf_option
@dry_run_option
@json_option
@pass_session
def advance(
    session: Session,
    case: str,
    transition: str | None,
    sets: tuple[str, ...],
    source: Path | None,
    confirm: str,
    expect: int | None,
    where: tuple[str, ...],
    program: str | None,
    township: str | None,
    problems: Path | None,
    on_behalf: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take a case a step further: care case advance REF TRANSITION. With --where, many: care case advance TRANSITION --program NAME --where stage=NAME."""
    values = given(sets, source)
    if where:
        if transition is not None:
            raise click.UsageError(translate("with --where only the transition is named"))
        wanted = many.selection(where, program=program, township=township)
        many.advance_many(session, case, wanted, values, confirm=confirm, problems=problems, dry_run=dry_run, as_json=as_json)
        return
    if transition is None:
        raise click.UsageError(translate("the transition is missing; see which are open with: care case why {case}", case=case))
    if ask.at_a_terminal():
        values = _asked(session, case, transition, values)

    def go(reason: str) -> Outcome:
        def step(answers: Mapping[str, object], trial: bool, files: int) -> Outcome:
            version = None if expect is None else expect + files  # each file that was put in is an event of its own
            how = {"confirm": reason, "expect": version, "dry_run": trial, "on_behalf": on_behalf}
            return session.engine.advance(session.actor, case, transition, answers, **how)

        return handed_in(session, case, lambda: session.engine.asks(session.actor, case, transition=transition), values, step, dry_run=dry_run)

    outcome = ask.confirmed(go, confirm)
    show_outcome(outcome, as_json=as_json)


def _asked(session: Session, ref: str, transition: str, values: dict[str, object]) -> dict[str, object]:
    """What the transition's form asks, where nothing stands in its way already: nobody types a form for a refusal."""
    if not all(answer.allowed for answer in session.engine.why(session.actor, ref, transition)):
        return values
    return ask.complete(ask.asked(session.engine.asks(session.actor, ref, transition=transition)), values, check=True)
