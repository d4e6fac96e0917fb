"""``care access``: to see more than one's role shows, with another person's approval; and who looked at a child's file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from careflow_cli import output, titles
from careflow_cli.child_words import TITLES
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import DAY, fields_said, json_option, reason_option
from careflow_cli.completion import DIVISION
from careflow_cli.session import Session, pass_session
from workflow_core.clock import day_begins
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.access.approval import Approval

group = Group("access", help="Access to more than your role shows: ask, approve, look back.")
ref_argument = argument("ref", metavar="ID", help="the request, as the list shows it: A-000012")

NOTHING_TOLD = N_("There is nothing that can be told here.")
"""Of an empty log; not that nobody looked: some looks are never told, and whether there are any is not either."""
STATES = {
    "waiting": N_("waits"),
    "lapsed": N_("lapsed"),
    "approved": N_("approved"),
    "refused": N_("refused"),
    "used_up": N_("used up"),
    "over": N_("over"),
    "ended": N_("ended"),
}


@group.command("request")
@option("--child", metavar="REF", help="one child's file: C-000123")
@option("--case", metavar="REF", help="one case, with its history: DR-26-00417")
@option("--division", type=DIVISION, metavar="CODE", help="all files of a division, up to --rows of them: in another township, or many at once")
@option("--rows", "count", type=int, metavar="N", help="with --division: how many files may be shown")
@option(
    "--fields",
    "--field",
    "fields",
    multiple=True,
    metavar="NAME",
    help="what you need to see whole: name,guardian_phone; say it again for more; left out, it stays as your role shows it",
)
@option("--purpose", metavar="TEXT", default="", help="what you need it for; whoever answers reads it, and it is kept")
@option("--until", type=DAY, metavar="DATE", help="the last day; left out: a week")
@json_option
@pass_session
def request(
    session: Session,
    child: str | None,
    case: str | None,
    division: str | None,
    count: int | None,
    fields: tuple[str, ...],
    purpose: str,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Ask to see what lies outside your scope, or more of it than your role shows. Another person answers; it holds for a time, and for so many files."""
    from workflow_core.access import requesting

    wanted = fields_said(fields)
    end = None if until is None else day_begins(until.date() + timedelta(days=1))
    with session.db.write() as tx:
        made = requesting.request(
            tx, session.actor, session.now_instant, child=child, case=case, division=division, count=count, fields=wanted, purpose=purpose, until=end
        )
    _told(made, N_("{ref}: asked for. It waits for somebody who answers for it there; see: care access list"), as_json=as_json)


@group.command("emergency")
@option("--child", required=True, metavar="REF", help="the child's file: C-000123")
@reason_option
@json_option
@pass_session
def emergency(session: Session, child: str, reason: str, as_json: bool) -> None:
    """Open a child's file outside your scope at once, for some hours. Whoever answers for it looks at that afterwards."""
    from workflow_core.access import requesting

    with session.db.write() as tx:
        made = requesting.emergency(tx, session.actor, session.now_instant, child, reason)
    _told(made, N_("{ref}: open until {until}. The supervisor there is told, and looks at it afterwards. Now: care child show {child}"), as_json=as_json)


@group.command("approve")
@ref_argument
@option("--note", default="", metavar="TEXT", help="what whoever asked should know")
@json_option
@pass_session
def approve(session: Session, ref: str, note: str, as_json: bool) -> None:
    """Allow what somebody asked for. Nobody answers his own request."""
    from workflow_core.access import requesting

    with session.db.write() as tx:
        made = requesting.approve(tx, session.actor, session.now_instant, ref, note)
    _told(made, N_("{ref}: approved until {until}, for {rows} files."), as_json=as_json)


@group.command("refuse")
@ref_argument
@reason_option
@json_option
@pass_session
def refuse(session: Session, ref: str, reason: str, as_json: bool) -> None:
    """Refuse it, with a reason that whoever asked reads."""
    from workflow_core.access import requesting

    with session.db.write() as tx:
        made = requesting.refuse(tx, session.actor, session.now_instant, ref, reason)
    _told(made, N_("{ref}: refused."), as_json=as_json)


@group.command("end")
@ref_argument
@json_option
@pass_session
def end(session: Session, ref: str, as_json: bool) -> None:
    """End an approval before its time, or take back what you asked for."""
    from workflow_core.access import requesting

    with session.db.write() as tx:
        made = requesting.end(tx, session.actor, session.now_instant, ref)
    _told(made, N_("{ref}: ended."), as_json=as_json)


@group.command("review")
@ref_argument
@reason_option
@json_option
@pass_session
def review(session: Session, ref: str, reason: str, as_json: bool) -> None:
    """Say afterwards of an access in an emergency whether it was right, and why."""
    from workflow_core.access import requesting

    with session.db.write() as tx:
        made = requesting.review(tx, session.actor, session.now_instant, ref, reason)
    _told(made, N_("{ref}: looked at."), as_json=as_json)


@group.command("list")
@option("--all", "every", is_flag=True, help="also what was answered and has ended")
@json_option
@pass_session
def listed(session: Session, every: bool, as_json: bool) -> None:
    """What waits for your answer, and what you asked for: what waits or holds, and what was answered in the last days."""
    from workflow_core.access import requesting

    now = session.now_instant
    with session.db.read() as tx:
        theirs = requesting.for_me(tx, session.actor, now, every=every)
        asked = requesting.mine(tx, session.actor.login, now)
        news = {one.ref for one in requesting.answered(tx, session.actor.login, now)}
    theirs = [one for one in theirs if one.login != session.actor.login or session.actor.every_role]
    shown = {one.ref for one in asked if every or one.state in ("waiting", "approved") or one.unreviewed or one.ref in news}
    mine = [one for one in asked if one.ref in shown - {two.ref for two in theirs}]
    if as_json:
        output.document({"for_you": [one.as_dict() for one in theirs], "yours": [one.as_dict() for one in mine]})
        return
    output.say(N_("For you to answer, or to look at:"))
    table(session, theirs, N_("Nothing waits for you."))
    if mine:
        output.say(N_("Asked for by you:"))
        table(session, mine, "")
    if any(one.state == "waiting" for one in theirs):
        output.tell(N_("Answer: care access approve ID, or refuse ID --reason …"))
    if any(one.unreviewed for one in theirs):
        output.tell(N_("Of an emergency: care access review ID --reason …"))


@group.command("log")
@option("--child", required=True, metavar="REF", help="the child's file: C-000123")
@json_option
@pass_session
def log(session: Session, child: str, as_json: bool) -> None:
    """Tell who looked at a child's file, when and why, in words for its guardian. Without who reported something, and without protection work."""
    from workflow_core.engine import looks_log

    ref, looked = looks_log.of_child(session.engine.runtime, session.actor, child)
    if as_json:
        output.document({"child": ref, "looks": [one.as_dict() for one in looked]})
        return
    rows: list[list[output.Cell]] = []
    for one in looked:
        who = titles.role(one.role) if one.role else translate("a person with an account here")
        place = f" ({session.division_name(one.division)})" if one.division else ""
        fields = titles.listed(translate(TITLES.get(field, field)) for field in one.fields)
        rows.append([output.moment(one.at), who + place, translate(one.words, fields=fields, program=session.program_title(one.program)), one.why])
    output.table([N_("When"), N_("Who"), N_("What"), N_("What for")], rows, empty=NOTHING_TOLD)


def about(session: Session, one: Approval) -> str:
    """What a request is about."""
    if one.division is not None:
        return translate("{rows} files of {division}", rows=one.rows, division=session.division_name(one.division))
    return one.child or one.case or ""


def table(session: Session, found: Sequence[Approval], empty: str) -> None:
    """Requests as a table."""
    rows: list[list[output.Cell]] = []
    for one in found:
        state = translate(STATES[one.state]) + (f", {translate('emergency, not looked at yet')}" if one.unreviewed else "")
        left = str(one.left) if one.state == "approved" else ""
        whole = titles.listed(translate(TITLES.get(field, field)) for field in one.fields)
        rows.append([one.ref, one.login, about(session, one), whole, one.purpose, state, output.moment(one.until), left, _said(one)])
    heads = [N_("Request"), N_("Who"), N_("About"), N_("Seen whole"), N_("What for"), N_("State"), N_("Until"), N_("Left")]
    said = any(row[-1] for row in rows)
    output.table([*heads, N_("Answer")] if said else heads, rows if said else [row[:-1] for row in rows], empty=empty)


def _said(one: Approval) -> str:
    """What was answered, and of an emergency what was said of it afterwards."""
    if one.kind == "emergency":
        return translate("looked at by {login}: {text}", login=one.reviewed_by, text=one.review or "-") if one.reviewed_by else ""
    return one.answer or ""


def _told(made: Approval, headline: str, *, as_json: bool) -> None:
    if as_json:
        output.document({"access": made.as_dict()})
    else:
        output.say(headline, ref=made.ref, until=output.moment(made.until), rows=made.rows, child=made.child or "")
