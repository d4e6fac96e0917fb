"""``care document sign`` and ``serve``: the steps of a paper that have effect outside the office."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from careflow_cli import many, output
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import DAY, answer_refused, confirm_option, json_option
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate


@click.command("sign", cls=Command)
@argument("papers", nargs=-1, required=True, metavar="PAPER…", help="the papers: DR-26-00417.p2, or by name DR-26-00417.return_notice")
@confirm_option
@json_option
@pass_session
def sign(session: Session, papers: tuple[str, ...], confirm: str, as_json: bool) -> None:
    """Sign papers: each gets its number, and is kept as it is from now on. Of several each is signed by itself; the refused ones are listed."""
    from careflow_cli.document import exact, show_papers

    signed: list[str] = []

    def one(paper: str) -> None:
        ref = exact(session, paper, ("draft",))
        session.engine.sign(session.actor, ref, confirm=confirm)
        signed.append(ref)

    tally = many.Tally()
    if len(papers) == 1:
        one(papers[0])
    else:
        tally = many.carry_out(dict.fromkeys(papers), one)
    shown = [session.engine.paper(session.actor, ref) for ref in signed]
    if as_json:
        output.document({"papers": [paper.as_dict() for paper in shown], "refused": [{"ref": ref, **error.as_dict()} for ref, error in tally.refused]})
    else:
        show_papers(shown)
        output.table([N_("Refused"), N_("Why")], [[ref, "; ".join(many.reasons(error))] for ref, error in tally.refused])
        if shown:
            output.tell(N_("Print: care document print {refs}"), refs=" ".join(signed))
    answer_refused(len(tally.refused))


@click.command("serve", cls=Command)
@argument("paper", metavar="PAPER", help="the paper: DR-26-00417.p2, or by its name DR-26-00417.return_notice")
@option("--on", "day", required=True, type=DAY, metavar="DATE", help="the day of delivery, as the receipt has it: the days allowed run from the day after")
@option("--at", metavar="TIME", default="", help="the hour, as written on the receipt")
@option("--place", metavar="TEXT", default="", help="where it was delivered")
@option("--by", "servers", multiple=True, metavar="NAME", help="who delivered it; may be said several times")
@option("--received-by", metavar="NAME", default="", help="who signed for it")
@option("--relation", metavar="TEXT", default="", help="what the receiver is to the addressee, where it is another")
@option("--refused", is_flag=True, help="it was refused: then --why and two witnesses")
@option("--why", metavar="TEXT", default="", help="why it was refused")
@option("--witness", "witnesses", multiple=True, metavar="NAME", help="who saw the refusal; said for each of the two")
@option("--scan", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="the receipt, scanned: it is kept with the paper")
@option("--reason", metavar="TEXT", default="", help="to correct a receipt that was entered before: why")
@json_option
@pass_session
def serve(
    session: Session,
    paper: str,
    day: datetime,
    at: str,
    place: str,
    servers: tuple[str, ...],
    received_by: str,
    relation: str,
    refused: bool,
    why: str,
    witnesses: tuple[str, ...],
    scan: Path | None,
    reason: str,
    as_json: bool,
) -> None:
    """Enter the receipt of a paper (送达回证): what counts from its service runs from that day. Entered again with a reason, it corrects the first."""
    from careflow_cli.document import exact
    from workflow_core.documents.papers import Receipt

    ref = exact(session, paper, ("signed", "served", "answered") if reason.strip() else ("signed", "served"))
    receipt = Receipt(
        day.date(), place, received_by=received_by, relation=relation, at=at, servers=servers, refused=refused, why_refused=why, witnesses=witnesses
    )
    session.engine.serve(session.actor, ref, receipt, reason=reason, scan=scan)
    served = session.engine.paper(session.actor, ref)
    if as_json:
        output.document({"paper": served.as_dict()})
    else:
        output.say(N_("{ref} was served on {day}: {title}"), ref=served.ref, day=served.served_on, title=translate(served.title))
