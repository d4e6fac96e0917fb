"""``care journal``: the proof that nothing was changed behind the office's back, and who looked at what."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careflow_cli import handout, journal_values, journal_words, output
from careflow_cli.clicks import Group, option
from careflow_cli.common import DAY, json_option, program_name
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused, NotFound, Problem, Refused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.store.database import Tx
    from workflow_core.store.journal_search import Sought

_DAY = re.compile(r"\d{4}-\d\d-\d\d")

group = Group("journal", help="The journal of who looked and what was changed.")

since_option = option("--from", "since", type=DAY, metavar="DATE", help="from this day on")
until_option = option("--until", "until", type=DAY, metavar="DATE", help="up to this day, and with it")
_SOUGHT: tuple[Callable[[Any], Any], ...] = (
    since_option,
    until_option,
    option("--actor", metavar="LOGIN", help="only what this account did"),
    option("--child", metavar="REF", help="only what is about this child: its file, and its cases"),
    option("--case", metavar="REF", help="only what was done in this case"),
    option("--program", metavar="NAME", help="only in cases of this program"),
    option("--kind", metavar="NAME", help="only this kind: advanced, revealed, exported, role_granted …"),
)


def sought_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is looked for."""
    for one in reversed(_SOUGHT):
        command = one(command)
    return command


@group.command("verify")
@option("--seal", "kept", multiple=True, metavar="DAY=DIGEST", help="a day's seal as it was printed, or its first 16 signs; may be said several times")
@json_option
@pass_session
def verify(session: Session, kept: Sequence[str], as_json: bool) -> None:
    """Check the chain of every case and of every stream of the journal, and the seals of the days; also against seals that you kept elsewhere."""
    from workflow_core.store.journal import verify_all

    held_against = _kept(kept)  # anybody with an account may: it tells counts, and nothing of anybody
    session.must_own()
    with session.db.read() as tx:
        found = verify_all(tx, held_against)
    if as_json:
        output.document(
            {
                "cases": found.cases,
                "events": found.events,
                "streams": found.streams,
                "entries": found.entries,
                "days": found.days,
                "found": found.found,
                "problems": [problem.as_dict() for problem in found.findings],
                "notes": [note.as_dict() for note in found.notes],
            }
        )
    else:
        said = {"cases": found.cases, "events": found.events, "streams": found.streams, "entries": found.entries}
        output.say(N_("{events} events of {cases} cases, {entries} entries of {streams} streams: looked at, one by one."), **said)
        if held_against:
            output.say(N_("Held against seals that were kept elsewhere: {count}."), count=len(held_against))
        if found.found:
            output.say(N_("{count} of them are not as they were written."), count=found.found)
            output.table([N_("Where"), N_("Code"), N_("What is wrong")], [[one.place, one.code, one.text()] for one in found.findings])
        else:
            output.say(N_("Everything is as it was written."))
        if found.notes:
            output.table([N_("Where"), N_("Worth a look")], [[one.place, one.text()] for one in found.notes])
    if found.found:
        click.get_current_context().exit(6)


def _kept(said: Sequence[str]) -> dict[str, str]:
    """Seals that somebody kept, by day.

    :raises Misused: ``seal_invalid``: some cannot be read; all of them are told.
    """
    from workflow_core.store.seals import SHORTEST

    found, problems = {}, []
    for one in said:
        day, _, digest = one.partition("=")
        if _DAY.fullmatch(day) and re.fullmatch(rf"[0-9a-fA-F]{{{SHORTEST},64}}", digest):
            found[day] = digest
        else:
            problems.append(
                Problem(
                    "seal_invalid", N_("it is no day with its digest"), one, N_("write it like 2026-10-21=3f5a09c1d2e4b687, as care journal seals shows it")
                )
            )
    if problems:
        raise Misused("seal_invalid", N_("some of the seals cannot be read"), problems=problems)
    return found


@group.command("seals")
@since_option
@until_option
@json_option
@pass_session
def seals(session: Session, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Show the seal of each day that is over. Print the last one and keep it elsewhere: nobody can change what is older unseen."""
    from workflow_core.store import seals as store

    session.must_be_admin(N_("read the journal"))
    session.must_own()
    with session.db.read() as tx:
        found = store.seals(tx, since=since.date() if since else None, until=until.date() if until else None)
    if as_json:
        output.document({"seals": [{name: row[name] for name in ("day", "chains", "digest", "at")} for row in found]})
        return
    rows: list[list[output.Cell]] = [[row.day, row.chains, row.digest] for row in found]
    output.table([N_("Day"), N_("Chains written to"), N_("Digest")], rows, empty=N_("No day is sealed yet: the clock does it the day after (care tick)."))
    if found:
        said = f"{found[-1].day}={found[-1].digest[: store.SHORTEST]}"
        output.say(N_("Keep the last one elsewhere; later: care journal verify --seal {seal}"), seal=said)


@group.command("search")
@sought_options
@option("--limit", type=click.IntRange(1), default=100, show_default=True, help="at most so many, the latest")
@json_option
@pass_session
def search(session: Session, /, limit: int, as_json: bool, **said: Any) -> None:
    """Search what was done: steps of cases, and who looked, printed, exported, granted; people masked. For administrators."""
    from workflow_core.access import masking
    from workflow_core.store import journal_search

    session.must_be_admin(N_("read the journal"))
    with session.db.read() as tx:
        found = masking.masked_within(journal_search.search(tx, _sought(session, tx, **said), limit=limit))
    if as_json:
        output.document({"found": found})
        return
    rows: list[list[output.Cell]] = [[output.moment(one["at"]), *_words(session, one)] for one in found]
    output.table([N_("When"), *_COLUMNS], rows, empty=N_("Nothing was found."))


@group.command("export")
@sought_options
@option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", required=True, help="an .xlsx or .csv file, readable by you only")
@option("--purpose", metavar="TEXT", default="", help="what it is for; it is kept")
@json_option
@pass_session
def export(session: Session, /, file: Path, purpose: str, as_json: bool, **said: Any) -> None:
    """Write what was done into a sheet, oldest first, people masked; its last line says by whom, when, what for, and the digest of the lines above."""
    from workflow_core.access import looks, masking
    from workflow_core.records.sheet_writer import OutSheet, write_book
    from workflow_core.store import journal_search

    session.must_be_admin(N_("read the journal"))
    with session.db.write() as tx:
        found = masking.masked_within(journal_search.search(tx, _sought(session, tx, **said)))[::-1]
        rows = [[one["at"], *_words(session, one), f"{one['chain']} {one['n']}", one["digest"]] for one in found]
        looks.journal_exported(tx, session.actor, len(rows), purpose=purpose, now=session.now_instant)
    mark = handout.handed_out(session, "journal", rows, purpose)
    titles = [translate(one) for one in (N_("When"), *_COLUMNS, N_("Record"), N_("Digest"))]
    write_book(file, [OutSheet(translate("Journal"), titles, rows, watermark=mark.line())])
    if as_json:
        output.document({"file": str(file), "count": len(rows), "digest": mark.digest})
    else:
        output.say(N_("Lines in {file}: {count}."), count=len(rows), file=file)


_COLUMNS = (N_("Who"), N_("What"), N_("Case"), N_("About"), N_("Details"))


def _words(session: Session, one: dict[str, Any]) -> list[str]:
    return [one["actor"], journal_words.kind(one["kind"]), one["case"] or "", one["person"] or "", journal_values.about(session, one)]


def _sought(session: Session, tx: Tx, **said: Any) -> Sought:
    """What the options mean.

    :raises NotFound: there is no such child or case.
    """
    from workflow_core.clock import day_begins
    from workflow_core.store.journal_search import Sought, knows

    since, until, child, ref, program = (said[name] for name in ("since", "until", "child", "case", "program"))
    if ref is not None and not knows(tx, ref.strip().upper()):
        raise NotFound("case_unknown", N_("there is no case {ref}"), hint=N_("see: care case list"), ref=ref)
    return Sought(
        since=day_begins(since.date()) if since else None,
        until=day_begins(until.date() + timedelta(days=1)) if until else None,
        actor=said["actor"],
        kind=journal_words.kind_named(said["kind"]) if said["kind"] else None,
        program=program_name(program) if program else None,
        person=_person(session, tx, child) if child else None,
        case=ref.strip().upper() if ref else None,
    )


def _person(session: Session, tx: Tx, ref: str) -> str:
    """Whom a reference means: a child on file, or one that was erased, of whom the reference stays.

    :raises NotFound: ``child_unknown``.
    """
    from workflow_core.records import child_views
    from workflow_core.store import erasures

    try:
        return child_views.get(tx, session.actor, ref).person_id
    except (NotFound, Refused):
        erased = erasures.person_of(tx, ref.strip().upper())
        if erased is None or erased.erased_at is None:
            raise
        return str(erased.person_id)


@group.command("show")
@option("--actor", metavar="LOGIN", help="only what this account did")
@option("--subject", metavar="REF", help="only what was done to this child's file")
@option("--kind", metavar="NAME", help="only this kind of entry")
@option("--limit", type=click.IntRange(1), default=100, show_default=True, help="at most so many, the latest")
@json_option
@pass_session
def show(session: Session, actor: str | None, subject: str | None, kind: str | None, limit: int, as_json: bool) -> None:
    """Show the latest entries of the journal, people masked. For administrators."""
    from workflow_core.access import masking
    from workflow_core.store import journal_reading

    session.must_be_admin(N_("read the journal"))
    wanted = journal_words.kind_named(kind) if kind else None
    with session.db.read() as tx:
        about = _person(session, tx, subject) if subject else None
        entries = masking.masked_within(journal_reading.latest(tx, actor=actor, subject=about, kind=wanted, limit=limit))
    if as_json:
        output.document({"entries": entries})
        return
    rows: list[list[output.Cell]] = [
        [output.moment(one["at"]), one["actor"], journal_words.kind(one["kind"]), one["person"] or "", journal_values.about(session, one)] for one in entries
    ]
    output.table([N_("When"), N_("Who"), N_("What"), N_("About"), N_("Details")], rows, empty=N_("Nothing was found."))
