"""``care child erase``, ``care volunteer erase``: somebody is forgotten. One administrator asks, another one carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import ask, output, titles
from careflow_cli.child_keep import ref_argument
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import json_option
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.office.erasing import Erasure


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What both commands are given."""
    for one in reversed(
        (
            option("--reason", default="", metavar="TEXT", help="ask for it, and why; without a name: it is kept"),
            option("--approve", "step", flag_value="approve", help="carry out what another administrator asked for; it cannot be undone"),
            option("--withdraw", "step", flag_value="withdraw", help="take back, or refuse, what was asked for"),
            option("--clean", "step", flag_value="clean", help="write the database's files anew where that was not possible at once"),
            option("--also-elsewhere", metavar="WHICH", help="where the name may mean anything else: all, none, or marks with commas, as --dry-run shows them"),
            option("--dry-run", is_flag=True, help="say what would go, and what the office cannot reach; write nothing"),
            option("--yes", is_flag=True, help="do not ask; without it a terminal is asked, and elsewhere nothing is done"),
            json_option,
        )
    ):
        command = one(command)
    return command


@click.command("erase", cls=Command)
@ref_argument
@_options
@pass_session
def erase(session: Session, /, child: str, **said: Any) -> None:
    """Erase a child who is no longer needed on file, or who asks for it: file, cases, papers, journal. What counts stays, and says no name.

    One administrator asks with --reason, another one carries it out with --approve. Open cases must come to their end first.
    Copies of the office, and what was handed out, it cannot reach: they are listed with their dates."""
    _erase(session, child, **said)


@click.command("erase", cls=Command)
@argument("volunteer", metavar="REF", help="the volunteer's reference, as lists show it: P-000123")
@_options
@pass_session
def erase_volunteer(session: Session, /, volunteer: str, **said: Any) -> None:
    """Erase a volunteer who is no longer needed on file, or who asks for it: file, cases, papers, journal, in the same manner as a child.

    Who is tied to a child, or has an open account, is needed still: that is named."""
    _erase(session, volunteer, **said)


def _erase(session: Session, ref: str, *, reason: str, step: str | None, also_elsewhere: str | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    from workflow_core.office import erasing

    volunteer = ref.strip().upper().startswith("P-")
    session.must_be_admin(N_("erase a volunteer") if volunteer else N_("erase a child"))
    session.must_own(N_("an administrator does it from a folder with the login that owns the office's database, in his own name"))
    office, actor = session.office, session.actor
    elsewhere = None if also_elsewhere is None else [one.strip() for one in also_elsewhere.split(",") if one.strip()]
    if dry_run:
        found = erasing.attempt(office, actor, ref, elsewhere)
    elif step == "approve":
        if not yes:
            _ask(ref)
        found = erasing.approve(office, actor, ref, elsewhere)
    elif step == "withdraw":
        found = erasing.withdraw(office, actor, ref)
    elif step == "clean":
        erasing.clean(office)
        found = erasing.told(office, ref)
    elif reason:
        found = erasing.ask(office, actor, ref, reason)
    else:
        raise click.UsageError(translate("say what to do: --dry-run, --reason TEXT, --approve, --withdraw or --clean"))
    if as_json:
        output.document({"erasure": found.as_dict()})
    else:
        _show(found, erasing.kind_of(found.ref))


def _ask(child: str) -> None:
    """Asks whether it shall be carried out.

    :raises Misused: nobody can be asked (``erasure_unconfirmed``).
    """
    if not ask.at_a_terminal():
        raise Misused("erasure_unconfirmed", N_("an erasure cannot be undone"), hint=N_("look first: care child erase REF --dry-run; then say --yes"))
    click.confirm(translate("{ref} is erased for good. Go on?", ref=child), abort=True, err=True)


_SAID = {
    "asked": N_("The erasure of {ref} is asked for. Another administrator carries it out: care {kind} erase {ref} --approve"),
    "withdrawn": N_("{ref} stays on file: its erasure is withdrawn."),
    "done": N_("{ref} is erased."),
    "tried": N_("This would be erased of {ref}; nothing was written."),
}
_TAKEN = {
    "cases": N_("cases"),
    "events": N_("events"),
    "entries": N_("entries of the journal"),
    "tasks": N_("tasks"),
    "papers": N_("papers"),
    "attachments": N_("attachments"),
    "files": N_("stored files"),
    "messages": N_("messages"),
    "people": N_("people"),
    "relations": N_("relations"),
    "observations": N_("observations"),
    "consents": N_("consents"),
    "transfers": N_("transfers"),
    "referrals": N_("referrals"),
    "plans": N_("decisions of plans"),
    "requests": N_("answers kept for repeated requests"),
    "words": N_("places elsewhere"),
}

_PLACES = {
    "event_payload": N_("the history of cases"),
    "journal_payload": N_("the journal"),
    "erasure": N_("the reason that was given"),
    "plan": N_("plans"),
    "plan_item": N_("decisions of plans"),
    "outbox": N_("messages"),
    "request": N_("answers kept for repeated requests"),
    "child": N_("notes of other children"),
    "hold": N_("places of limits"),
}


def _show(found: Erasure, kind: str) -> None:
    output.say(_SAID[found.state], ref=found.ref, kind=kind)
    if found.taken:
        output.say(N_("What went: {what}."), what=titles.listed(f"{count} {translate(_TAKEN.get(name, name))}" for name, count in found.taken.items()))
    if found.elsewhere:
        output.say(
            N_("Named elsewhere, and taken out there: {where}."),
            where=titles.listed(f"{translate(_PLACES.get(place, place))} ({count})" for place, count in found.elsewhere.items()),
        )
    if found.unsure:
        output.say(N_("There the name may mean anything else; whether it goes there too is said with --also-elsewhere all, none, or the marks:"))
        output.table([N_("Mark"), N_("Where"), N_("What"), N_("Text")], [_unsure(one) for one in found.unsure])
    if found.unreached:
        output.say(N_("What the office cannot reach; somebody must see to it:"))
        output.table([N_("When"), N_("By"), N_("What")], _unreached(found.unreached))
    if found.state == "done" and not found.clean:
        output.tell(N_("The database's files still hold it: care {kind} erase {ref} --clean"), ref=found.ref, kind=kind)


def _unsure(one: Mapping[str, str]) -> list[output.Cell]:
    return [one["mark"], translate(_PLACES.get(one["where"], one["where"])), one["what"], one.get("around", "")]


def _unreached(found: Any) -> list[list[output.Cell]]:
    kinds = {
        "exported": N_("handed out: {what}"),
        "revealed": N_("shown in full: {what}"),
        "access_report_told": N_("the report of what is kept was printed"),
        "access_log_told": N_("it was told who had looked"),
        "petition_printed": N_("the answer to a request was printed"),
    }

    def listed(what: Any) -> str:
        return ", ".join(map(str, what)) if isinstance(what, list) else str(what or "")

    rows: list[list[output.Cell]] = [
        [output.moment(one["at"]), one["by"], translate(kinds[one["kind"]], what=listed(one["what"]))] for one in found.get("handed_out", ())
    ]
    rows += [
        [output.moment(one["at"]) if one["at"] else "", one["by"] or "", translate(N_("a copy of the office: {file}"), file=one["file"] or "?")]
        for one in found.get("copies", ())
    ]
    rows += [["", "", translate(N_("a file in the office's folder: {file}"), file=one)] for one in found.get("files", ())]
    rows += [["", "", translate(N_("an attachment of another case: {file}"), file=one)] for one in found.get("attachments", ())]
    return rows
