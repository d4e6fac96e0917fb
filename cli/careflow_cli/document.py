"""``care document``: a case's papers, drafted, listed, shown, answered, void. Signing, printing and templates stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from careflow_cli import output, titles
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import DAY, json_option, reason_option
from careflow_cli.document_print import print_papers
from careflow_cli.document_sign import serve, sign
from careflow_cli.document_template import group as templates
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine.paper_looks import PaperShown

group = Group("document", help="Papers that people sign: drafted, printed, signed, served, answered.")
for command in (print_papers, sign, serve, templates):
    group.add_command(command)

AGAIN = {
    "same": N_("it would come out the same"),
    "template": N_("it would come out otherwise: its template was changed since; what was signed is kept, and printed"),
    "careflow": N_("it would come out otherwise: careflow was changed since; what was signed is kept, and printed"),
}
case_argument = argument("case", metavar="CASE", help="the case, as lists show it")
paper_argument = argument("paper", metavar="PAPER", help="the paper: DR-26-00417.p2, or by its name DR-26-00417.return_notice")


@group.command("draft")
@case_argument
@argument("name", metavar="NAME", help="which of the program's papers: return_notice")
@json_option
@pass_session
def draft(session: Session, case: str, name: str, as_json: bool) -> None:
    """Draft a paper by hand. It has no number and no effect until somebody signs it."""
    outcome = session.engine.draft(session.actor, case, name)
    made = session.engine.papers(session.actor, outcome.ref)[-1]
    _say(made, N_("{ref} is drafted: {title}. Look at it: care document print {ref}"), as_json=as_json)


@group.command("list")
@case_argument
@json_option
@pass_session
def listing(session: Session, case: str, as_json: bool) -> None:
    """List the papers of a case, oldest first."""
    papers = session.engine.papers(session.actor, case)
    if as_json:
        output.document({"papers": [one.as_dict() for one in papers]})
        return
    show_papers(papers)


def show_papers(papers: Sequence[PaperShown]) -> None:
    """Papers as a table."""
    rows: list[list[output.Cell]] = [
        [one.ref, translate(one.title), titles.state(one.state), one.number, output.moment(_instant(one.signed_at))[:10], one.served_on] for one in papers
    ]
    output.table([N_("Reference"), N_("Paper"), N_("State"), N_("Number"), N_("Signed on"), N_("Served on")], rows, empty=N_("There is no paper here."))


@group.command("show")
@paper_argument
@json_option
@pass_session
def show(session: Session, paper: str, as_json: bool) -> None:
    """Show a paper: where it stands, its number, its receipt, and whether it is as it was signed. The look is recorded."""
    found = session.engine.paper(session.actor, paper)
    if as_json:
        output.document({"paper": found.as_dict()})
        return
    receipt = found.receipt or {}
    said = {None: "", True: N_("yes"), False: N_("NO: somebody has changed it. See: care office doctor")}[found.intact]
    sound = translate(said) if said else ""
    again = translate(AGAIN[found.made_again]) if found.made_again else ""
    output.facts(
        [
            (N_("Reference"), found.ref),
            (N_("Paper"), translate(found.title)),
            (N_("State"), titles.state(found.state)),
            (N_("Number"), found.number),
            (N_("Drafted"), _when(found.drafted_at, found.drafted_by)),
            (N_("Signed"), _when(found.signed_at, found.signed_by)),
            (N_("Served on"), " ".join(one for one in (found.served_on, receipt.get("at")) if one)),
            (N_("Place of delivery"), receipt.get("place")),
            (N_("Received by"), titles.listed(one for one in (receipt.get("received_by"), receipt.get("relation")) if one)),
            (N_("Delivered by"), titles.listed(receipt.get("servers") or ())),
            (N_("Refused, because"), receipt.get("why_refused")),
            (N_("Witnesses"), titles.listed(receipt.get("witnesses") or ())),
            (N_("Answered on"), found.answered_on),
            (N_("Answer"), found.answer),
            (N_("Void, because"), translate(found.void_reason or "")),
            (N_("As it was signed"), sound),
            (N_("Made again today"), again),
        ]
    )


@group.command("answer")
@paper_argument
@option("--text", required=True, metavar="TEXT", help="how it was answered")
@option("--on", "day", type=DAY, metavar="DATE", help="when the answer came; else today")
@json_option
@pass_session
def answer(session: Session, paper: str, text: str, day: datetime | None, as_json: bool) -> None:
    """Write down how a served paper was answered."""
    ref = exact(session, paper, ("served",))
    session.engine.answer(session.actor, ref, text, None if day is None else day.date())
    _say(session.engine.paper(session.actor, ref), N_("{ref}: the answer is on file."), as_json=as_json)


@group.command("void")
@paper_argument
@reason_option
@json_option
@pass_session
def void(session: Session, paper: str, reason: str, as_json: bool) -> None:
    """Void a paper (作废). Its number stays taken, and the page stays, marked."""
    ref = exact(session, paper, ("draft", "signed", "served", "answered"))
    session.engine.void(session.actor, ref, reason)
    _say(session.engine.paper(session.actor, ref), N_("{ref} is void: {title}. Its number, if it had one, stays taken."), as_json=as_json)


def exact(session: Session, paper: str, states: Sequence[str]) -> str:
    """A paper's own reference, from its case and name too: the latest in one of the states; as it was said where none is found."""
    case, _, name = paper.strip().rpartition(".")
    if not case or name.removeprefix("p").isdigit():
        return paper
    fit = [one.ref for one in session.engine.papers(session.actor, case) if one.name == name and one.state in states]
    return fit[-1] if fit else paper


def _say(paper: PaperShown, text: str, *, as_json: bool) -> None:
    if as_json:
        output.document({"paper": paper.as_dict()})
    else:
        output.say(text, ref=paper.ref, title=translate(paper.title))


def _instant(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)


def _when(at: str | None, by: str | None) -> str:
    who = translate("by itself") if by == "system" else by or ""
    return "" if at is None else f"{output.moment(_instant(at))}  {who}".rstrip()
