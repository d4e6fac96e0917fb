"""``care case transfer``: one open case is handed to another township or agency, while the child's file stays where it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from careflow_cli import output
from careflow_cli.child_transfer import STATES, fates, ref_argument
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option, reason_option
from careflow_cli.completion import DIVISION
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine.case_transfers import CaseTransfer

transfer = Group("transfer", help="Hand one open case to another township or agency: offer it, accept or refuse. The child's file stays.")


@transfer.command("offer")
@argument("case", metavar="REF", help="the case, as lists show it")
@option("--to", required=True, type=DIVISION, metavar="CODE", help="the township, or another division, that is to take the case")
@reason_option
@json_option
@pass_session
def offer(session: Session, case: str, to: str, reason: str, as_json: bool) -> None:
    """Offer a case to another township or agency. Nothing moves until that one accepts; a part goes with its whole."""
    _told(session, session.engine.offer_case(session.actor, case, to, reason), N_("{ref}: {case} is offered to {to}."), as_json=as_json)


@transfer.command("list")
@option("--all", "every", is_flag=True, help="also those that were answered")
@json_option
@pass_session
def listed(session: Session, every: bool, as_json: bool) -> None:
    """Which cases wait for your answer, and for which you wait."""
    found = session.engine.case_transfers(session.actor, every=every)
    if as_json:
        output.document({"transfers": [one.as_dict() for one in found]})
        return
    mine = [one for one in found if one.mine]
    _list(session, mine, N_("For you to answer:"), N_("No case waits for your answer."))
    rest = [one for one in found if not one.mine]
    if rest:
        _list(session, rest, N_("Of others, and answered:") if every else N_("Others are to answer:"), "")
    if mine:
        output.tell(N_("Answer: care case transfer accept ID, or refuse ID --reason …"))


@transfer.command("accept")
@ref_argument
@json_option
@pass_session
def accept(session: Session, transfer: str, as_json: bool) -> None:
    """Accept a case: it moves with its open parts, or, where something speaks against it, stays and goes on waiting for your answer."""
    done = session.engine.accept_case(session.actor, transfer)
    if as_json:
        output.document(done.as_dict())
        return
    to = session.division_name(done.transfer.to_division)
    output.say(N_("{ref}: {case} is with {to} now. The child's file stays where it is kept."), ref=done.transfer.ref, case=done.transfer.case, to=to)
    if len(done.cases) > 1:
        fates(session, done.cases)


@transfer.command("refuse")
@ref_argument
@reason_option
@json_option
@pass_session
def refuse(session: Session, transfer: str, reason: str, as_json: bool) -> None:
    """Refuse a case, with a reason that the other side reads."""
    _told(session, session.engine.refuse_case(session.actor, transfer, reason), N_("{ref}: refused. The case stays where it is."), as_json=as_json)


@transfer.command("withdraw")
@ref_argument
@reason_option
@json_option
@pass_session
def withdraw(session: Session, transfer: str, reason: str, as_json: bool) -> None:
    """Take back what your township has offered, before it is answered."""
    _told(session, session.engine.withdraw_case(session.actor, transfer, reason), N_("{ref}: withdrawn."), as_json=as_json)


def _told(session: Session, made: CaseTransfer, headline: str, *, as_json: bool) -> None:
    if as_json:
        output.document({"transfer": made.as_dict()})
    else:
        output.say(headline, ref=made.ref, case=made.case, to=session.division_name(made.to_division))


def _list(session: Session, found: Sequence[CaseTransfer], headline: str, empty: str) -> None:
    if found:
        output.say(headline)
    lines: list[list[output.Cell]] = []
    for one in found:
        days = translate("{n} days", n=one.days)
        since: output.Cell = output.Mark(days) if one.late else days
        way = f"{session.division_name(one.from_division)} → {session.division_name(one.to_division)}"
        state = translate(STATES[one.state]) + (f": {translate(one.answer)}" if one.answer else "")
        lines.append([one.ref, one.case, session.program_title(one.program), translate(one.stage_title), one.name, way, state, since, one.reason])
    heads = [N_("Transfer"), N_("Case"), N_("Program"), N_("Stage"), N_("Child"), N_("From and to"), N_("State"), N_("Waited"), N_("Reason")]
    output.table(heads, lines, empty=empty)
