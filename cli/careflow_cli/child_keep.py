"""What changes a child's file by hand: made, corrected, tied to people, put into another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from careflow_cli import ask, output, titles
from careflow_cli.child_words import cells
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import json_option, reason_option, whose_township_option
from careflow_cli.completion import DIVISION
from careflow_cli.given import given, given_options
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.records.child_file import ChildFile

ref_argument = argument("child", metavar="REF", help="the child's reference, as lists show it: C-000123")


@click.command("add", cls=Command)
@whose_township_option
@given_options
@option("--provisional", is_flag=True, help="who the child is, is still open: a name is enough")
@json_option
@pass_session
def add(session: Session, township: str, sets: tuple[str, ...], source: Path | None, provisional: bool, as_json: bool) -> None:
    """Make a child's file. What it needs is given, or asked at the terminal."""
    from workflow_core.records import children

    values = given(sets, source)
    if ask.at_a_terminal():
        from careflow_cli.child_form import NewChild

        values = ask.complete(ask.questions(NewChild), values)
    session.must_work(township, N_("make a child's file"))
    with session.db.write() as tx:
        made = children.add(
            tx,
            session.actor.login,
            session.now_instant,
            cells(values),
            division=township,
            scope=session.actor.divisions(),
            provisional=provisional,
        )
    _changed(made, N_("{ref} is on file now."), as_json=as_json)


@click.command("edit", cls=Command)
@ref_argument
@given_options
@option("--township", type=DIVISION, metavar="CODE", help="move the file to this township")
@option("--status", metavar="WORD", help="active, moved, of_age or died")
@option("--settled", is_flag=True, help="who the child is, is no longer open")
@option("--expect", type=int, metavar="N", help="only if the file is still at this version")
@reason_option
@json_option
@pass_session
def edit(
    session: Session,
    child: str,
    sets: tuple[str, ...],
    source: Path | None,
    township: str | None,
    status: str | None,
    settled: bool,
    expect: int | None,
    reason: str,
    as_json: bool,
) -> None:
    """Correct a child's file. An empty value takes a field out; what was there before is kept."""
    from workflow_core.records import children

    values = given(sets, source)
    if not (values or township or status or settled):
        raise click.UsageError(ask.nothing_given())
    with session.db.write() as tx:
        scope, places = session.actor.divisions(), session.actor.places()
        session.must_work(children.get(tx, child, scope=scope, places=places).division, N_("change a child's file"))
        changed = children.edit(
            tx,
            session.actor.login,
            session.now_instant,
            child,
            cells(values),
            reason=reason,
            version=expect,
            division=township,
            status=status,
            settled=settled,
            scope=scope,
            places=places,
        )
    if not changed.provisional:
        session.engine.settle([changed.ref])
    _changed(changed, N_("{ref} is at version {version} now."), as_json=as_json)


@click.command("relate", cls=Command)
@ref_argument
@argument("kind", type=click.Choice(["guardian", "father", "mother"]), help="who it is to the child")
@option("--name", metavar="TEXT", help="the person's name; left out: the tie ends today")
@option("--phone", default="", metavar="TEXT", help="the person's telephone")
@option("--kin", default="", metavar="TEXT", help="of a guardian: grandparent, relative …")
@option("--workplace", default="", metavar="TEXT", help="of a parent: where they work")
@reason_option
@json_option
@pass_session
def relate(session: Session, child: str, kind: str, name: str | None, phone: str, kin: str, workplace: str, reason: str, as_json: bool) -> None:
    """Say who a child's guardian, father or mother is from today on; who it was stays on file."""
    from workflow_core.records import children

    with session.db.write() as tx:
        actor, now, scope, places = session.actor, session.now_instant, session.actor.divisions(), session.actor.places()
        session.must_work(children.get(tx, child, scope=scope, places=places).division, N_("change a child's file"))
        if name is None:
            changed = children.unrelate(tx, actor.login, now, child, kind, reason=reason, scope=scope, places=places)
        else:
            said = {"name": name, "phone": phone, "kin": kin, "workplace": workplace, "reason": reason}
            changed = children.relate(tx, actor.login, now, child, kind, **said, scope=scope, places=places)
    _changed(changed, N_("{ref} is at version {version} now."), as_json=as_json)


@click.command("merge", cls=Command)
@argument("child", metavar="REF", help="the file that goes: the provisional one, or the one made by mistake")
@option("--into", required=True, metavar="REF", help="the file that stays; it takes over what it does not know")
@option("--yes", is_flag=True, help="do not ask; without it a terminal is asked, and elsewhere nothing is done")
@reason_option
@json_option
@pass_session
def merge(session: Session, child: str, into: str, yes: bool, reason: str, as_json: bool) -> None:
    """Put one file of a child into another of the same child, with its cases. It cannot be undone."""
    from workflow_core.records import child_views, merging

    session.must_own()
    with session.db.read() as tx:
        gone, kept = child_views.get(tx, session.actor, child), child_views.get(tx, session.actor, into)
        moved = merging.ties(tx, gone.ref, scope=session.actor.divisions())
    session.must_work(gone.division, N_("merge files"))
    session.must_work(kept.division, N_("merge files"))
    if not yes:
        _ask_merge(gone.ref, kept.ref, moved)

    with session.engine.runtime.committing(), session.db.write() as tx:
        merged = merging.merge(
            tx,
            session.actor.login,
            session.now_instant,
            gone.ref,
            kept.ref,
            reason=reason,
            move_cases=lambda _, cases, stays: session.tie_cases(cases, stays, reason),
            scope=session.actor.divisions(),
            places=session.actor.places(),
        )
    session.engine.settle([merged.file.ref])
    if as_json:
        output.document({"child": {"ref": merged.file.ref, "version": merged.file.version}, "moved": merged.moved})
    else:
        output.say(N_("{gone} went into {kept}: {what}."), gone=gone.ref, kept=merged.file.ref, what=_counted(merged.moved))


def _ask_merge(gone: str, kept: str, moved: dict[str, int]) -> None:
    """Asks whether the files shall be merged.

    :raises Misused: nobody can be asked (``merge_unconfirmed``).
    """
    if not ask.at_a_terminal():
        raise Misused("merge_unconfirmed", N_("a merge cannot be undone"), hint=N_("look at both files first, then say --yes"))
    said = translate("{gone} goes into {kept} for good, with {what}. Go on?", gone=gone, kept=kept, what=_counted(moved))
    click.confirm(said, abort=True, err=True)


_MOVED = {
    "relations": N_("relations"),
    "tied_to": N_("ties to others"),
    "parties": N_("parts in cases"),
    "referrals": N_("referrals"),
    "transfers": N_("transfers"),
    "access_requests": N_("requests for access"),
    "petitions": N_("requests about its data"),
    "given_consents": N_("consents given"),
    "observations": N_("observations"),
    "consents": N_("consents"),
    "cases": N_("cases"),
}


def _counted(moved: dict[str, int]) -> str:
    return titles.listed(f"{count} {translate(_MOVED.get(name, name))}" for name, count in moved.items()) or translate("nothing else")


def _changed(file: ChildFile, headline: str, *, as_json: bool) -> None:
    if as_json:
        output.document({"child": {"ref": file.ref, "version": file.version, "provisional": file.provisional}})
    else:
        output.say(headline, ref=file.ref, version=file.version)
