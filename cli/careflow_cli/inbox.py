"""``care inbox``: what waits for whoever asks, overdue first; on screen, as JSON, or as a sheet to be filled in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from careflow_cli import output, titles
from careflow_cli.clicks import Command, option
from careflow_cli.common import json_option, township_option
from careflow_cli.session import Session, pass_session
from workflow_core.clock import OFFICE_ZONE
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.engine import InboxRow


@click.command("inbox", cls=Command)
@option("--role", metavar="NAME", help="what waits for this role: child_director, child_supervisor, school …; else for every role you hold")
@township_option
@option("--mine", is_flag=True, help="only what is laid on you by name")
@option("--limit", type=click.IntRange(1), default=200, show_default=True, help="at most so many")
@option(
    "--export", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="write a sheet to be filled in and handed back: care task done --from"
)
@json_option
@pass_session
def inbox(session: Session, role: str | None, township: str | None, mine: bool, limit: int, export: Path | None, as_json: bool) -> None:
    """What waits for you, overdue first."""
    rows = session.engine.inbox(session.actor, role=role.replace("-", "_") if role else None, township=township, mine=mine, limit=limit)
    if export is not None:
        from careflow_cli.task_sheet import write_inbox

        write_inbox(session, rows, export)
    _tell_of_the_clock(session)
    _tell_of_dead_letters(session)
    elsewhere = _tell_of_plans(session)
    _tell_of_transfers(session)
    _tell_of_petitions(session)
    _tell_of_referrals(session)
    elsewhere |= _tell_of_rights(session)
    _tell_of_access(session)
    elsewhere |= _tell_of_erasures(session)
    if elsewhere and session.db.desk:
        output.tell(N_("A desk's login cannot do that: it is done in a folder made with the owner's address, by those who may log in with it."))
    if as_json:
        output.document({"tasks": [row.as_dict() for row in rows]})
        return
    show(rows, session)
    if len(rows) == limit:
        output.tell(N_("There may be more: --limit {more} shows them."), more=limit * 5)
    if export is not None:
        output.say(N_("Tasks in {file}: {count}. Fill in the answers, then: care task done --from {file}"), count=len(rows), file=export)


def _tell_of_the_clock(session: Session) -> None:
    """What is missing from an inbox because nobody let the clock have its turn."""
    from workflow_core.store.pulse import pulse

    with session.db.read() as tx:
        found = pulse(tx, session.now_instant)
    if found.late(session.now_instant):
        last = output.day(found.at.astimezone(OFFICE_ZONE).date()) if found.at else translate("never")
        output.tell(N_("The clock's last turn was over a day ago ({last}): what fell due since is not in here."), last=last)
        output.tell(N_("Run care tick, or let it run by itself: care office schedule"))


def _tell_of_dead_letters(session: Session) -> None:
    """To whoever can do something about it: that messages lie where nobody reads them."""
    from workflow_core.access import ADMIN, WHOLE_OFFICE
    from workflow_core.store import outbox

    if not session.actor.may(ADMIN.name, division=WHOLE_OFFICE):
        return
    with session.db.read() as tx:
        lie = bool(outbox.dead(tx, most=1))
    if lie:
        output.tell(N_("Messages could not be delivered. Which, and why: care message list"))


def _tell_of_plans(session: Session) -> bool:
    """To whoever may carry it on: that a decision over many is half carried out, and that what it fills stands still; whether anything was told."""
    from workflow_core.store import plans

    with session.db.read() as tx:
        if not plans.left(tx, session.now_instant - plans.LEFT_AFTER):
            return False
    from workflow_core.engine import plan_views

    found = plan_views.left(session.engine.runtime, session.actor)
    for plan in found:
        output.tell(N_("{plan} is begun and not carried out to its end: care batch run {plan}; or leave it: care batch drop {plan}"), plan=plan)
    return bool(found)


def _tell_of_transfers(session: Session) -> None:
    """To whoever is to answer: that children's files are asked for, or offered, and single cases handed over."""
    waiting, late = session.engine.transfers_waiting(session.actor)
    if late:
        output.tell(
            N_("Transfers of children's files wait for your answer: {n}, {late} of them for too long. See: care child transfer list"), n=waiting, late=late
        )
    elif waiting:
        output.tell(N_("Transfers of children's files wait for your answer: {n}. See: care child transfer list"), n=waiting)
    answered = session.engine.transfers_answered(session.actor)
    if answered:
        output.tell(N_("Transfers that your township began were answered in these days: {n}. See: care child transfer list --all"), n=answered)
    waiting, late = session.engine.case_transfers_waiting(session.actor)
    if late:
        output.tell(N_("Cases that are handed over wait for your answer: {n}, {late} of them for too long. See: care case transfer list"), n=waiting, late=late)
    elif waiting:
        output.tell(N_("Cases that are handed over wait for your answer: {n}. See: care case transfer list"), n=waiting)
    answered = session.engine.case_transfers_answered(session.actor)
    if answered:
        output.tell(N_("Cases that your township handed over were answered in these days: {n}. See: care case transfer list --all"), n=answered)


def _tell_of_petitions(session: Session) -> None:
    """To whoever works there: that children and guardians ask about their data, and are to be answered."""
    from workflow_core.engine import answers_due

    waiting, late = answers_due.requests_waiting(session.engine.runtime, session.actor)
    if late:
        output.tell(
            N_("Families ask about their data and wait for an answer: {n}, {late} of them for too long. See: care child request list"), n=waiting, late=late
        )
    elif waiting:
        output.tell(N_("Families ask about their data and wait for an answer: {n}. See: care child request list"), n=waiting)


def _tell_of_access(session: Session) -> None:
    """To whoever is to answer: that others ask to see more, and that somebody looked in an emergency; to whoever asked: that he was answered."""
    from workflow_core.access import requesting

    with session.db.read() as tx:
        found = requesting.for_me(tx, session.actor, session.now_instant)
        answered = requesting.answered(tx, session.actor.login, session.now_instant)
    looked = sum(one.unreviewed for one in found)
    if looked:
        output.tell(N_("In an emergency files were opened at once; look at it, and say whether it was right: {n}. See: care access list"), n=looked)
    if len(found) > looked:
        output.tell(N_("Others ask to see more than their role shows: {n}. See: care access list"), n=len(found) - looked)
    if answered:
        output.tell(N_("Your requests to see more were answered in these days: {n}. See: care access list --all"), n=len(answered))


def _tell_of_referrals(session: Session) -> None:
    """To whoever may take them up: that cases ask for help."""
    waiting, late, owed = session.engine.referrals_waiting(session.actor)
    if late:
        said = N_("Cases ask other programs for help, and nobody has taken it up: {n}, {late} of them for too long. See: care case referral list")
        output.tell(said, n=waiting, late=late)
    elif waiting:
        output.tell(N_("Cases ask other programs for help, and nobody has taken it up: {n}. See: care case referral list"), n=waiting)
    if owed:
        output.tell(N_("What was asked of a program was taken up, and still wants its answer: {n}. See: care case referral list"), n=owed)


def _tell_of_rights(session: Session) -> bool:
    """To an administrator: that rights wait for his eyes, and that some end soon; to everybody that his own do; whether the first two were told."""
    from workflow_core.access import ADMIN
    from workflow_core.access.granting import ENDS_SOON
    from workflow_core.clock import stamp

    actor, now = session.actor, session.now_instant
    admin = bool(actor.divisions(ADMIN.name))
    if not admin and not any(one.until is not None and one.until <= stamp(now + ENDS_SOON) for one in actor.grants):
        return False
    from workflow_core.access.accounts import ending, waiting

    with session.db.read() as tx:
        asked = (
            [one for one in waiting(tx, actor=actor, now=now) if not one.barred and (not one.yours or (one.take and one.alone_from <= now))] if admin else []
        )
        soon = ending(tx, actor=actor, now=now)
    if asked:
        output.tell(N_("Rights that another administrator asked for wait for you: {n}. See: care account waiting"), n=len(asked))
    if soon and admin:
        output.tell(N_("Roles end within {days} days: {n}. See: care account list"), days=ENDS_SOON.days, n=len(soon))
    elif soon:
        output.tell(N_("Roles of yours end within {days} days: {n}. See: care account show"), days=ENDS_SOON.days, n=len(soon))
    return admin and bool(asked or soon)


def _tell_of_erasures(session: Session) -> bool:
    """To an administrator: that somebody is to be erased, and a second person must carry it out; whether that was told."""
    from workflow_core.access import ADMIN, WHOLE_OFFICE
    from workflow_core.store import erasures

    if not session.actor.may(ADMIN.name, division=WHOLE_OFFICE):
        return False
    with session.db.read() as tx:
        waits = [row.ref for row in erasures.asked(tx)]
    if waits:
        output.tell(N_("Erasures wait for a second person: {refs}. See: care child erase REF --dry-run"), refs=", ".join(waits))
    return bool(waits)


def show(rows: Sequence[InboxRow], session: Session) -> None:
    """The rows as a table; a column that would say the same of every row is left out."""
    whose = len({role for row in rows for role in row.roles}) > 1
    laid = any(row.assignee for row in rows)
    stead = any(row.stead for row in rows)
    several = len({row.program for row in rows}) > 1
    about = N_("Child") if all(_of_child(row) for row in rows) else N_("About")
    heads = [N_("Task"), N_("What"), N_("Due"), about]
    heads += ([N_("For")] if whose else []) + ([N_("Laid on")] if laid else []) + ([N_("In place of")] if stead else []) + ([N_("Program")] if several else [])
    lines: list[list[output.Cell]] = []
    for row in rows:
        due = output.due_text(row.due, session.today)
        what = titles.task(row.title, row.kind, row.about, row.at) + _reminded(row)
        line: list[output.Cell] = [row.ref, what, output.Mark(due) if row.overdue else due, whom(row, session)]
        line += (
            ([titles.roles(row.roles)] if whose else [])
            + ([row.assignee] if laid else [])
            + ([row.stead] if stead else [])
            + ([session.program_title(row.program)] if several else [])
        )
        lines.append(line)
    output.table(heads, lines, empty=N_("Nothing waits here."))


def whom(row: InboxRow, session: Session) -> str:
    """Whom a task is about: the child; of a case about anybody or anything else also where it is."""
    said = titles.subject(row.subject, row.subject_name)
    return said if _of_child(row) else " ".join(filter(None, (said, session.division_name(row.division))))


def _of_child(row: InboxRow) -> bool:
    return row.subject is not None and row.subject.startswith("C-")


def _reminded(row: InboxRow) -> str:
    return " " + translate("(reminded {n} times)", n=row.reminders) if row.reminders else ""
