"""``care child transfer``: a child moves to another township; the file is offered or asked for, and answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from careflow_cli import ask as asking
from careflow_cli import output
from careflow_cli.child_words import cells
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option, reason_option
from careflow_cli.completion import DIVISION
from careflow_cli.given import given, given_options
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine.moving import Fate
    from workflow_core.engine.transferring import Transfer

transfer = Group("transfer", help="A child moves to another township: offer the file or ask for it, accept or refuse.")
ref_argument = argument("transfer", metavar="ID", help="the transfer, as the list shows it: T-000012")

STATES = {
    "waiting": N_("waits"),
    "accepted": N_("accepted"),
    "refused": N_("refused"),
    "withdrawn": N_("withdrawn"),
    "lapsed": N_("lapsed"),
}
KINDS = {"ask": N_("asked for"), "offer": N_("offered")}
BECAME = {"went": N_("went along"), "stayed": N_("stays"), "ended": N_("ended")}


@transfer.command("offer")
@argument("child", metavar="REF", help="the child's reference, as lists show it: C-000123")
@option("--to", required=True, type=DIVISION, metavar="CODE", help="the township that is to take the file")
@reason_option
@json_option
@pass_session
def offer(session: Session, child: str, to: str, reason: str, as_json: bool) -> None:
    """Offer a child's file to the township it moves to. Nothing moves until that one accepts."""
    _told(session, session.engine.offer_transfer(session.actor, child, to, reason), N_("{ref}: the file is offered to {to}."), as_json=as_json)


@transfer.command("ask")
@option("--to", "--township", "to", required=True, type=DIVISION, metavar="CODE", help="your township, which is to keep the file")
@given_options
@reason_option
@json_option
@pass_session
def ask(session: Session, to: str, sets: tuple[str, ...], source: Path | None, reason: str, as_json: bool) -> None:
    """Ask the township that keeps a child's file for it. Name and ID number are asked for, or given; you see no more than that before it is accepted."""
    from careflow_cli.child_form import KnownChild

    values = given(sets, source)
    if asking.at_a_terminal():
        values = asking.complete(asking.questions(KnownChild), values)
    said = cells(values)
    known = {name: str(said.get(name) or "") for name in ("name", "national_id")}
    made = session.engine.ask_transfer(session.actor, known["national_id"], known["name"], to, reason)
    _told(session, made, N_("{ref}: the file is asked for."), as_json=as_json)


@transfer.command("list")
@option("--all", "every", is_flag=True, help="also those that were answered")
@json_option
@pass_session
def listed(session: Session, every: bool, as_json: bool) -> None:
    """What waits for your answer, and what you wait for."""
    found = session.engine.transfers(session.actor, every=every)
    if as_json:
        output.document({"transfers": [one.as_dict() for one in found]})
        return
    mine = [one for one in found if one.mine]
    _list(session, mine, N_("For you to answer:"), N_("No transfer waits for your answer."))
    rest = [one for one in found if not one.mine]
    if rest:
        _list(session, rest, N_("Of others, and answered:") if every else N_("Others are to answer:"), "")
    if mine:
        output.tell(N_("Answer: care child transfer accept ID, or refuse ID --reason …"))


@transfer.command("accept")
@ref_argument
@json_option
@pass_session
def accept(session: Session, transfer: str, as_json: bool) -> None:
    """Accept a transfer: the file moves, and what becomes of each open case is told."""
    done = session.engine.accept_transfer(session.actor, transfer)
    if as_json:
        output.document(done.as_dict())
        return
    output.say(N_("{ref}: the file is kept by {to} now."), ref=done.transfer.ref, to=session.division_name(done.transfer.to_division))
    fates(session, done.cases)


@transfer.command("refuse")
@ref_argument
@reason_option
@json_option
@pass_session
def refuse(session: Session, transfer: str, reason: str, as_json: bool) -> None:
    """Refuse a transfer, with a reason that the other township reads."""
    _told(session, session.engine.refuse_transfer(session.actor, transfer, reason), N_("{ref}: refused. The file stays where it is."), as_json=as_json)


@transfer.command("withdraw")
@ref_argument
@reason_option
@json_option
@pass_session
def withdraw(session: Session, transfer: str, reason: str, as_json: bool) -> None:
    """Take back what your township has asked or offered, before it is answered."""
    _told(session, session.engine.withdraw_transfer(session.actor, transfer, reason), N_("{ref}: withdrawn."), as_json=as_json)


def _told(session: Session, made: Transfer, headline: str, *, as_json: bool) -> None:
    if as_json:
        output.document({"transfer": made.as_dict()})
    else:
        output.say(headline, ref=made.ref, to=session.division_name(made.to_division))


def _list(session: Session, found: Sequence[Transfer], headline: str, empty: str) -> None:
    if found:
        output.say(headline)
    lines: list[list[output.Cell]] = []
    for one in found:
        days = translate("{n} days", n=one.days)
        since: output.Cell = output.Mark(days) if one.late else days
        way = f"{session.division_name(one.from_division)} → {session.division_name(one.to_division)}"
        state = f"{translate(KINDS[one.kind])}, {translate(STATES[one.state])}" + (f": {translate(one.answer)}" if one.answer else "")
        lines.append([one.ref, f"{one.child or ''} {one.name}".strip(), one.national_id, way, state, since, one.reason])
    heads = [N_("Transfer"), N_("Child"), N_("ID number"), N_("From and to"), N_("State"), N_("Waited"), N_("Reason")]
    output.table(heads, lines, empty=empty)


def fates(session: Session, cases: Sequence[Fate]) -> None:
    """What became of each case, as a table."""

    def line(one: Fate) -> list[output.Cell]:
        why = "; ".join(filter(None, [*one.reasons, one.hint]))
        return [one.ref, session.program_title(one.program), translate(BECAME[one.became]), why]

    heads = [N_("Case"), N_("Program"), N_("What became of it"), N_("Why")]
    output.table(heads, [line(one) for one in cases], empty=N_("No case was open there."))
