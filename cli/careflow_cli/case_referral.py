"""``care case referral``: what cases asked of other programs, taken up and answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from careflow_cli import output, titles
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option, reason_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine.referring import Referred

referral = Group("referral", help="What a case asked of another program: take it up, decline it, say what came of it.")
ref_argument = argument("referral", metavar="ID", help="the referral, as the list shows it: DR-26-00417.r1")

STATES = {"waiting": N_("waits"), "accepted": N_("taken up"), "declined": N_("declined"), "closed": N_("answered")}


@referral.command("list")
@option("--all", "every", is_flag=True, help="also those that were answered")
@json_option
@pass_session
def listed(session: Session, every: bool, as_json: bool) -> None:
    """What was asked of other programs, the urgent first."""
    found = session.engine.referrals(session.actor, every=every)
    if as_json:
        output.document({"referrals": [one.as_dict() for one in found]})
        return
    lines: list[list[output.Cell]] = []
    for one in found:
        state = translate(STATES[one.state]) + (f" ({one.to_case})" if one.to_case else "") + (f": {one.answer}" if one.answer else "")
        program = session.program_title(one.program) + ("" if one.runs else f" ({translate('does not run here')})")
        reason = output.Mark(translate(one.reason)) if one.urgent else translate(one.reason)
        day = output.moment(one.asked_at)[:10]
        lines.append(
            [
                one.ref,
                program,
                titles.subject(one.subject, one.subject_name),
                reason,
                state,
                output.Mark(day) if one.late else day,
                translate("yes") if one.mine else "",
            ]
        )
    heads = [N_("Referral"), N_("Asked of"), N_("About"), N_("Reason"), N_("State"), N_("Asked on"), N_("For you")]
    output.table(heads, lines, empty=N_("No referral waits."))


@referral.command("accept")
@ref_argument
@option("--case", "case", required=True, metavar="REF", help="the case in which it is taken care of: one of the program that was asked, about the same child")
@json_option
@pass_session
def accept(session: Session, referral: str, case: str, as_json: bool) -> None:
    """Take a referral up, in a case that is open or was just opened for it."""
    _told(session.engine.accept_referral(session.actor, referral, case), N_("{ref}: taken up in {case}."), as_json=as_json)


@referral.command("decline")
@ref_argument
@reason_option
@json_option
@pass_session
def decline(session: Session, referral: str, reason: str, as_json: bool) -> None:
    """Say that nothing is done about it, and why. Who has asked is told, and goes on."""
    _told(session.engine.decline_referral(session.actor, referral, reason), N_("{ref}: declined."), as_json=as_json)


@referral.command("close")
@ref_argument
@option("--answer", required=True, metavar="TEXT", help="what came of it; whoever has asked reads it")
@json_option
@pass_session
def close(session: Session, referral: str, answer: str, as_json: bool) -> None:
    """Say what came of it. Who has asked is told, and goes on."""
    _told(session.engine.close_referral(session.actor, referral, answer), N_("{ref}: answered."), as_json=as_json)


def _told(made: Referred, headline: str, *, as_json: bool) -> None:
    if as_json:
        output.document({"referral": made.as_dict()})
    else:
        output.say(headline, ref=made.ref, case=made.to_case or "")
