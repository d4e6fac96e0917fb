"""``care child``: children's files, and rosters in and out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import ask, completion, output, sheet_report, titles
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import dry_run_option, json_option, reason_option
from careflow_cli.given import given, given_options
from careflow_cli.session import Session, pass_session
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.records.child_file import ChildFile
    from workflow_core.records.values import Cell

group = Group("child", help="Children: one child, one file; rosters in and out.")

FILE = click.Path(path_type=Path, dir_okay=False)
ref_argument = argument("child", metavar="REF", help="the child's reference, as lists show it: C-000123")
township_option = option("--township", required=True, metavar="CODE", shell_complete=completion.divisions, help="whose children: the township's code")
unmasked_option = option("--unmasked", is_flag=True, help="with full names, numbers and phones; needs --purpose, and is written down")
purpose_option = option("--purpose", default="", metavar="TEXT", help="why it is needed unmasked; it is kept in the journal")

_TITLES = {
    "ref": N_("Child"),
    "name": N_("Name"),
    "national_id": N_("ID number"),
    "sex": N_("Sex"),
    "born_on": N_("Born"),
    "village": N_("Village"),
    "address": N_("Address"),
    "division": N_("Division"),
    "ethnicity": N_("Ethnic group"),
    "school": N_("School"),
    "grade": N_("Grade"),
    "class_name": N_("Class"),
    "boards": N_("Boards"),
    "left_behind": N_("Who is away"),
    "hardship": N_("Hardship"),
    "guardian": N_("Guardian"),
    "guardian_kin": N_("Guardian's kinship"),
    "guardian_phone": N_("Guardian's telephone"),
    "father": N_("Father"),
    "father_phone": N_("Father's telephone"),
    "father_workplace": N_("Where the father works"),
    "mother": N_("Mother"),
    "mother_phone": N_("Mother's telephone"),
    "mother_workplace": N_("Where the mother works"),
    "status": N_("Status"),
    "note": N_("Note"),
    "provisional": N_("Identity open"),
    "version": N_("Version"),
}
_WORDS = {
    "male": N_("male"),
    "female": N_("female"),
    "both_away": N_("both parents"),
    "father_away": N_("the father"),
    "mother_away": N_("the mother"),
    "one_away": N_("one parent"),
    "none": N_("nobody"),
    "active": N_("active"),
    "moved": N_("moved away"),
    "of_age": N_("of age"),
    "died": N_("died"),
    "father": N_("Father"),
    "mother": N_("Mother"),
    "parent": N_("Parent"),
    "grandparent": N_("Grandparent"),
    "sibling": N_("Brother or sister"),
    "relative": N_("Relative"),
    "other": N_("Other"),
    "hardship": N_("yes"),
}
_CHOSEN = ("sex", "left_behind", "status", "guardian_kin")


@group.command("import")
@argument("file", type=FILE, help="the roster: .xlsx, or .csv in UTF-8 or GB18030")
@township_option
@dry_run_option
@option("--all-or-nothing", is_flag=True, help="store nothing where a single row is refused")
@option("--problems", type=FILE, metavar="FILE", help="a sheet of the refused rows: correct it and feed it in again")
@option("--request-transfers", is_flag=True, help="ask for every child whose file another township keeps")
@json_option
@pass_session
def feed(
    session: Session, file: Path, township: str, dry_run: bool, all_or_nothing: bool, problems: Path | None, request_transfers: bool, as_json: bool
) -> None:
    """Take a roster in. Every row gets a verdict; a second time changes nothing."""
    from workflow_core.records.imports import import_roster

    session.must_work(township, N_("take a roster in"))
    with sheet_report.counting() as progress:
        report = import_roster(
            session.db,
            session.actor.login,
            session.now_instant,
            file,
            township=township,
            scope=session.actor.divisions(),
            dry_run=dry_run,
            all_or_nothing=all_or_nothing,
            problems=problems,
            request_transfers=request_transfers,
            progress=progress,
        )
    sheet_report.show(report, as_json=as_json, problems=problems, hint=N_("Find a child: care child find TEXT"))


@group.command("add")
@township_option
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
            _cells(values),
            division=township,
            scope=session.actor.divisions(),
            provisional=provisional,
        )
    _changed(made, N_("{ref} is on file now."), as_json=as_json)


@group.command("find")
@argument("text", help="any part of a name, ID number, reference, guardian or telephone")
@option("--limit", type=click.IntRange(1), default=50, show_default=True, help="at most so many")
@json_option
@pass_session
def find(session: Session, text: str, limit: int, as_json: bool) -> None:
    """Find children by any part of a name, a number, a guardian, a telephone."""
    from workflow_core.access.masking import masked
    from workflow_core.records import children

    with session.db.read() as tx:
        files = children.find(tx, text, scope=session.actor.divisions(), places=session.actor.places(), limit=limit)
    found = [masked(file.public()) for file in files]
    if as_json:
        output.document({"children": found})
        return
    names = ("ref", "name", "sex", "born_on", "village", "school", "grade", "guardian")
    rows: list[list[output.Cell]] = [[_shown(name, one[name]) for name in names] for one in found]
    output.table([_TITLES[name] for name in names], rows, empty=N_("Nobody was found."))
    if len(found) == limit:
        output.tell(N_("There may be more: say more of the name, or --limit {more}"), more=limit * 5)


@group.command("show")
@ref_argument
@unmasked_option
@purpose_option
@json_option
@pass_session
def show(session: Session, child: str, unmasked: bool, purpose: str, as_json: bool) -> None:
    """Show a child's file. That you looked is written down; so is what you saw unmasked, and why."""
    from workflow_core.access import looks
    from workflow_core.access.masking import MASKS, masked
    from workflow_core.records import children

    with session.db.write() as tx:
        file = children.get(tx, child, scope=session.actor.divisions(), places=session.actor.places())
        whole = file.whole()
        if unmasked:
            fields = [name for name in whole if name in MASKS]
            looks.revealed(tx, session.actor, file.person_id, fields, purpose=purpose, now=session.now_instant)
        else:
            looks.opened(tx, session.actor, file.person_id, now=session.now_instant)
    found = whole if unmasked else masked(whole)
    if as_json:
        output.document({"child": found})
        return
    output.facts([(title, _shown(name, found.get(name))) for name, title in _TITLES.items() if name != "provisional" or file.provisional])


@group.command("edit")
@ref_argument
@given_options
@option("--township", metavar="CODE", shell_complete=completion.divisions, help="move the file to this township")
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
            _cells(values),
            reason=reason,
            version=expect,
            division=township,
            status=status,
            settled=settled,
            scope=scope,
            places=places,
        )
    _changed(changed, N_("{ref} is at version {version} now."), as_json=as_json)


@group.command("relate")
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


def _cells(values: dict[str, object]) -> dict[str, Cell]:
    """Values of ``--set``, a sheet or JSON as cells; labels are as good as names."""
    names = {translate(title).casefold(): name for name, title in _TITLES.items()} | {title.casefold(): name for name, title in _TITLES.items()}
    found: dict[str, Any] = {names.get(name.casefold(), name.replace("-", "_")): value for name, value in values.items()}
    return found


def _shown(name: str, stored: object) -> str:
    """A field of a child's file as people read it."""
    if stored in (None, "", [], False):
        return ""
    if stored is True:
        return translate("yes")
    if name == "hardship" and isinstance(stored, list):
        return titles.listed(translate(_WORDS.get(str(one), str(one))) for one in stored)
    return translate(_WORDS.get(str(stored), str(stored))) if name in _CHOSEN else str(stored)


def _changed(file: ChildFile, headline: str, *, as_json: bool) -> None:
    if as_json:
        output.document({"child": {"ref": file.ref, "version": file.version, "provisional": file.provisional}})
    else:
        output.say(headline, ref=file.ref, version=file.version)
