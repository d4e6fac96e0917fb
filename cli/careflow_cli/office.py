"""``care office``: make an office, look at it, bring it up to date; its calendar."""

from __future__ import annotations

from pathlib import Path

import click

from careflow_cli import office_care, output
from careflow_cli.clicks import Group, argument, option
from careflow_cli.common import json_option
from careflow_cli.completion import DIVISION
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Misused
from workflow_core.i18n import N_, translate

group = Group("office", help="The office: make it, look at it, its calendar.")
calendar = Group("calendar", help="Working days, school days and terms.")
group.add_command(calendar)
office_care.join(group)

FILE = click.Path(path_type=Path, dir_okay=False)


@group.command("init")
@option("--training", is_flag=True, help="a training office: invented people, and the time and the actor may be told")
@option("--divisions", type=FILE, metavar="FILE", help="the administrative divisions: a CSV file code,name")
@option("--database", metavar="URL", help="postgresql://host/name of an empty database; else a file in the office's folder")
@json_option
@pass_session
def init(session: Session, training: bool, divisions: Path | None, database: str | None, as_json: bool) -> None:
    """Make an office in the folder that --office names, or in the one you are in. Who makes it is its administrator."""
    from workflow_core.office import init as make

    folder = session.named_folder() or Path.cwd()
    made = make(folder, training=training, divisions=divisions, database=database, now=session.now, login=session.login)
    if as_json:
        output.document(
            {"folder": str(made.folder), "login": made.login, "training": made.training, "divisions": made.divisions, "calendar": list(made.calendar)}
        )
        return
    kind = (
        N_("A training office was made in {folder}; {login} holds every role in it.")
        if training
        else N_("An office was made in {folder}; {login} is its administrator.")
    )
    output.say(kind, folder=made.folder, login=made.login)
    output.say(N_("{count} divisions."), count=made.divisions)
    office_care.tell_guarded(made.guarded)
    if made.calendar:
        output.say(N_("An invented calendar for {first} to {last}."), first=made.calendar[0], last=made.calendar[-1])
    else:
        output.say(N_("Next: care office calendar import FILE, care account add LOGIN, care program enable NAME --township CODE"))


@group.command("join")
@argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="the folder to work from: empty, or not there yet")
@option("--database", required=True, metavar="URL", help="postgresql://LOGIN@host/name of an office that is there; a password is never part of it")
@json_option
def join(folder: Path, database: str, as_json: bool) -> None:
    """Make the folder of one desk of an office on a server: it holds the address of the office, and nothing of what is in it."""
    from workflow_core.office.joining import join as make

    made = make(folder, database)
    if as_json:
        output.document({"folder": str(made.folder), "login": made.login, "training": made.training, "desk": made.desk})
        return
    output.say(N_("{folder} is a desk of that office; you are {login} there."), folder=made.folder, login=made.login)
    if not made.desk:
        output.tell(N_("This login owns the office's tables: the database keeps nothing from it. A desk logs in with an account's own role."))


@group.command("status")
@json_option
@pass_session
def status(session: Session, as_json: bool) -> None:
    """Look at the office: its database, calendar, programs, and what waits to be delivered."""
    from workflow_core.records import calendar as days
    from workflow_core.records import enabling
    from workflow_core.store import divisions, outbox
    from workflow_core.store.pulse import last_copy, pulse
    from workflow_core.store.schema import revision

    office = session.office
    with session.db.read() as tx:
        counted = divisions.count(tx)
        years = days.coverage(tx)
        letters = outbox.counts(tx)
        ticked, copy = pulse(tx, session.now_instant), last_copy(tx)
        running = enabling.status(tx, session.now_instant, scopes=session.actor.divisions())
    found = {
        "folder": str(office.folder),
        "training": office.training,
        "database": office.db.dialect_name,
        "revision": revision(office.db),
        "now": session.now_instant,
        "login": session.actor.login,
        "divisions": counted,
        "calendar": [{"division": code, "year": year, "days": n} for code, year, n in years],
        "programs": [{"program": one.program, "division": one.division, "state": one.state} for one in running],
        "failed_plugins": sorted(session.registry.failed),
        "messages": letters,
        "last_tick": ticked.at,
        "last_tick_lag": int(ticked.lag.total_seconds()),
        "last_copy": copy,
    }
    if as_json:
        output.document(found)
        return
    output.facts(
        [
            (N_("Office"), f"{office.folder}" + (f" ({translate('training')})" if office.training else "")),
            (N_("Database"), f"{found['database']} ({found['revision']})"),
            (N_("Now"), output.moment(session.now_instant)),
            (N_("You are"), found["login"]),
            (N_("Divisions"), counted),
            (N_("Calendar"), ", ".join(f"{year} {code}".strip() for code, year, _ in years) or translate("none: care office calendar import FILE")),
            (N_("Programs"), "\n".join(f"{one.program}: {one.division} {translate(one.state)}" for one in running)),
            (N_("Failed plugins"), ", ".join(sorted(session.registry.failed))),
            (N_("Messages"), translate("{waiting} wait, {dead} could not be delivered", **letters)),
            (N_("Last tick"), office_care.turn(ticked)),
            (N_("Last copy"), output.moment(copy) or translate("none: care office backup DIR")),
        ]
    )


@calendar.command("import")
@argument("file", type=FILE, help="a CSV file from,to,kind,name; the kinds are term, holiday and makeup")
@option("--division", default="", type=DIVISION, metavar="CODE", help="whose calendar it is; else the whole office's")
@json_option
@pass_session
def calendar_import(session: Session, file: Path, division: str, as_json: bool) -> None:
    """Take in the terms, holidays and make-up days of whole years."""
    from workflow_core.records import calendar as days
    from workflow_core.records import calendar_file, divisions

    session.must_own()
    try:
        content = file.read_bytes()
    except OSError:
        raise Misused("file_missing", N_("there is no file {file}"), hint=N_("check the path"), file=file.name) from None
    entries = calendar_file.parse(content)
    with session.db.write() as tx:
        code = divisions.get(tx, division).code if division else ""
        taken = days.take(tx, code, entries, actor=session.actor, now=session.now_instant)
    if as_json:
        output.document({"years": list(taken.years), "days": taken.days, "partial": list(taken.partial)})
        return
    output.say(N_("{days} days of {years} were taken in."), days=taken.days, years=", ".join(map(str, taken.years)))
    for year in taken.partial:
        output.tell(N_("{year} is not whole in the file, and was left as it was."), year=year)


@calendar.command("show")
@argument("year", type=int, required=False, help="this year day by day; else which years there are")
@option("--division", default="", type=DIVISION, metavar="CODE", help="as it holds in this division")
@json_option
@pass_session
def calendar_show(session: Session, year: int | None, division: str, as_json: bool) -> None:
    """Show which years there are, or the days of one that are no plain working days."""
    if year is None:
        _years(session, as_json=as_json)
    else:
        _year(session, year, division, as_json=as_json)


def _years(session: Session, *, as_json: bool) -> None:
    from workflow_core.records import calendar as days

    with session.db.read() as tx:
        found = days.coverage(tx)
    if as_json:
        output.document({"years": [{"division": code, "year": year, "days": n} for code, year, n in found]})
    else:
        rows: list[list[output.Cell]] = [[str(year), code or translate("the whole office"), n] for code, year, n in found]
        output.table([N_("Year"), N_("Division"), N_("Days")], rows, empty=N_("There is no calendar yet: care office calendar import FILE"))


def _year(session: Session, year: int, division: str, *, as_json: bool) -> None:
    from datetime import date, timedelta

    from workflow_core.records import calendar as days

    with session.db.read() as tx:
        known = days.load(tx, division, ask=session.registry.calendar)
        first = date(year, 1, 1)
        found = [(day, known.day(day)) for n in range((date(year + 1, 1, 1) - first).days) for day in [first + timedelta(days=n)]]
    if as_json:
        listed = [{"day": day, "working": one.working, "school": one.school, "term": one.term or None, "name": one.name or None} for day, one in found]
        output.document({"days": listed})
        return
    rows: list[list[output.Cell]] = [
        [day.isoformat(), one.name, translate("working day") if one.working else translate("off"), one.term]
        for day, one in found
        if one.name or one.working != (day.weekday() < 5)
    ]
    output.table([N_("Day"), N_("What"), N_("Offices"), N_("Term")], rows)
    output.say(N_("{working} working days, {school} school days."), working=sum(one.working for _, one in found), school=sum(one.school for _, one in found))
