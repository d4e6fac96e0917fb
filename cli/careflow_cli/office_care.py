"""``care office doctor``, ``backup``, ``restore``, ``migrate``, ``upgrade-check``, ``schedule``: keeping an office, and keeping it going."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from careflow_cli import output
from careflow_cli.clicks import Command, Group, argument, option
from careflow_cli.common import json_option
from careflow_cli.office_keep import retention
from careflow_cli.session import Session, pass_session
from workflow_core.errors import Damaged, Misused, Refused
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from datetime import timedelta

    from workflow_core.office.doctor import Checkup
    from workflow_core.store.pulse import Pulse
    from workflow_core.store.server.making import Installed

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


def join(group: Group) -> None:
    """Adds these commands to the noun."""
    for command in (doctor, backup, restore, migrate, upgrade_check, retention, schedule):
        group.add_command(command)


def turn(ticked: Pulse) -> str:
    """When the clock last had its turn, and how late it was."""
    if ticked.at is None:
        return translate("none yet: care tick, or by itself: care office schedule --install")
    return translate("{at}, {lag} after what was due", at=output.moment(ticked.at), lag=span(ticked.lag))


def span(length: timedelta) -> str:
    """A length of time as people say it."""
    seconds = int(length.total_seconds())
    if seconds < 120:
        return translate("{n} seconds", n=seconds)
    if seconds < 2 * 3600:
        return translate("{n} minutes", n=seconds // 60)
    if seconds < 2 * 86400:
        return translate("{n} hours", n=seconds // 3600)
    return translate("{n} days", n=seconds // 86400)


@click.command("doctor", cls=Command)
@option("--repair", is_flag=True, help="shut the folder to others; make anew what can be derived: the inbox, due dates in lists, when the clock looks")
@json_option
@pass_session
def doctor(session: Session, repair: bool, as_json: bool) -> None:
    """Look whether everything in the office is as it must be, and say what to do where it is not. Changes nothing.

    Answers 0 where all is well, 1 where something wants attention, 6 where something is damaged."""
    from workflow_core.office.doctor import examine

    office, shut = session.office, 0
    if repair:
        from workflow_core.office.shutting import shut as close_to_others

        shut = close_to_others(office.folder, office.settings)
    try:
        session.must_be_admin(N_("look over the whole office"))
        session.must_own()
    except (Damaged, Refused):
        if repair:
            raise  # who asks cannot be known; looking is for whoever may read the folder
    found = examine(office)
    if repair:
        from workflow_core.office.doctor_repair import repair as mend

        found = mend(office, session.actor, found, shut=shut)
    if as_json:
        output.document(found.as_dict())
    else:
        _show(found)
    if found.exit_code:
        click.get_current_context().exit(found.exit_code)


def _show(found: Checkup) -> None:
    if found.repaired:
        output.say(N_("Made anew: {what}"), what=", ".join(f"{name} {n}" for name, n in found.repaired.items()))
    for name, title in found.checks.items():
        of_it = [one for one in found.findings if one.check == name]
        worst = "damaged" if any(one.severity == "damage" for one in of_it) else "look" if of_it else "not" if name in found.notes else "fine"
        marks = {"damaged": N_("DAMAGED"), "look": N_("look here"), "not": N_("not looked at"), "fine": N_("fine")}
        click.echo(f"{translate(title)}: {translate(marks[worst])}")
        if name in found.notes:
            click.echo(f"  {found.notes[name]}")
        told: dict[str, str] = {}
        for one in of_it:
            place = f"{one.problem.place}: " if one.problem.place else ""
            click.echo(f"  - {place}{one.problem.text()}")
            told[one.problem.code] = one.advice()
        for advice in dict.fromkeys(told.values()):
            click.echo(f"    → {advice}")
    more = sum(found.counts.values()) - len(found.findings)
    if more:
        output.say(N_("{count} more of these were found."), count=more)
    if not found.findings:
        output.say(N_("All is well."))


@click.command("backup", cls=Command)
@argument("folder", type=FOLDER, required=False, metavar="[DIR]", help="where to, best on another disk; else backups in the office's folder")
@option("--keep", type=click.IntRange(1), metavar="N", help="throw away older copies of this office there but the last N")
@json_option
@pass_session
def backup(session: Session, folder: Path | None, keep: int | None, as_json: bool) -> None:
    """Copy the whole office into one file, while others work; the file is read back and looked over before it counts.

    It holds every child's file in the clear: keep it as you keep the office."""
    from workflow_core.office.backup import backup as make

    session.must_be_admin(N_("copy the office"))
    session.must_own()
    made = make(session.office, session.actor, folder, keep=keep)
    if as_json:
        said = {"file": str(made.path), "size": made.size, "cases": made.manifest.rows.get("case", 0), "removed": [str(path) for path in made.removed]}
        output.document({**said, "made_at": made.manifest.made_at, "noted": made.noted, "loaded": made.loaded})
        return
    values = {"file": made.path, "size": f"{made.size / 1024 / 1024:.1f}", "cases": made.manifest.rows.get("case", 0)}
    output.say(N_("Copied into {file}: {size} MiB, {cases} cases; it was read back and is whole."), **values)
    if not made.loaded:
        output.tell(N_("It was read, not loaded: the office's user may make no database on its server. Try care office restore into a spare one now and then."))
    for path in made.removed:
        output.say(N_("Thrown away: {file}"), file=path)
    if not made.noted:
        output.tell(N_("The office's journal could not be told of it; see: care office doctor"))
    if folder is None:
        output.tell(N_("It lies on the office's own disk: keep another elsewhere, care office backup DIR"))


@click.command("restore", cls=Command)
@argument("file", type=FILE, help="a file made by care office backup")
@option("--to", type=FOLDER, metavar="DIR", help="a new folder; else the office's folder, as --office names it")
@option("--over", is_flag=True, help="in the place of the office that is there; it is copied first")
@option("--database", metavar="URL", help="for a copy of an office on PostgreSQL: the address of an empty database")
@option("--yes", is_flag=True, help="do not ask again")
@json_option
@pass_session
def restore(session: Session, file: Path, to: Path | None, over: bool, database: str | None, yes: bool, as_json: bool) -> None:
    """Take an office from a copy. The copy is looked over before anything is touched, and the office after it."""
    from workflow_core.office.backup_restore import restore as take

    home = to or session.named_folder() or session.found_folder()
    if home is None:
        raise Misused("folder_missing", N_("where to?"), hint=N_("name a new folder: --to DIR"))
    if over:
        _may_be_replaced(session, home)
        if not yes:
            click.confirm(translate("What was entered into {folder} since the copy was made will be gone from it. Go on?", folder=home), abort=True, err=True)
    done = take(file, home, over=over, database=database, login=session.login)
    if as_json:
        said = {"folder": str(done.folder), "made_at": done.manifest.made_at, "cases": done.manifest.rows.get("case", 0)}
        output.document({**said, "before": str(done.before or "") or None, "aside": str(done.aside or "") or None})
        return
    values = {"folder": done.folder, "at": output.moment(done.manifest.made_at), "cases": done.manifest.rows.get("case", 0)}
    output.say(N_("{folder} is the office as it was at {at}: {cases} cases; it was looked over and is whole."), **values)
    if done.before is not None:
        output.say(N_("What was there is in {file}."), file=done.before)
    if done.aside is not None:
        output.say(N_("Files that were other than the copy's are in {folder}."), folder=done.aside)


def _may_be_replaced(session: Session, home: Path) -> None:
    """An administrator of the office that is there; of one that cannot be opened, whoever may write its folder."""
    there = Session(home, session.now, session.login, session.plugins)
    try:
        there.must_be_admin(N_("put a copy in the office's place"))
        there.must_own()
    except Damaged:
        return
    finally:
        if "office" in there.__dict__:
            there.office.close()


@click.command("migrate", cls=Command)
@option("--copy-to", type=FOLDER, metavar="DIR", help="where the copy goes that is made first; else backups in the office's folder")
@option("--no-copy", is_flag=True, help="make no copy first")
@json_option
@pass_session
def migrate(session: Session, copy_to: Path | None, no_copy: bool, as_json: bool) -> None:
    """Bring the tables of the database to this version. A copy is made first; where it is interrupted, nothing is changed: run it again."""
    from workflow_core.office.backup_migrate import migrate as bring

    done = bring(session.office, copy_to, copies=not no_copy)
    if as_json:
        output.document({"steps": list(done.steps), "copy": str(done.copy or "") or None})
        return
    if done.copy is not None:
        output.say(N_("The office as it was is in {file}."), file=done.copy)
    if done.steps:
        output.say(N_("Done: {steps}"), steps=", ".join(done.steps))
    else:
        output.say(N_("The tables are up to date."))
    tell_guarded(done.guarded)


def tell_guarded(guarded: Installed | None) -> None:
    """What came of the server office."""
    if guarded is None or not (guarded.made or guarded.wanted):
        return
    if guarded.made:
        output.say(
            N_("The database keeps each desk to its own now. Accounts with a login of their own on the server: {logins}"),
            logins=", ".join(guarded.logins) or "-",
        )
    for login in guarded.taken:
        output.tell(N_("{login} has no role of its own: the server has another role of that name."), login=login)
    if guarded.wanted:
        output.tell(N_("Every desk that reaches this database reads and writes all of it. To change that, the server's administrator runs:"))
        for line in guarded.wanted:
            output.tell("  {line};", line=line)
        output.tell(N_("Then: care office migrate"))


@click.command("upgrade-check", cls=Command)
@json_option
@pass_session
def upgrade_check(session: Session, as_json: bool) -> None:
    """Say whether the installed programs fit the cases that are open: before and after installing a new version."""
    from workflow_core.office.upgrade import fits

    session.must_be_admin(N_("look over the whole office"))
    with session.db.read() as tx:
        found = fits(session.office, tx)
    if as_json:
        output.document({"fits": all(one.state == "fits" for one in found), "programs": [one.as_dict() for one in found]})
    else:
        rows: list[list[output.Cell]] = [
            [
                one.program,
                one.version,
                one.installed,
                one.cases,
                one.said() if one.state == "fits" else output.Mark(one.said()),
                ", ".join(one.stages),
                one.hint(),
            ]
            for one in found
        ]
        titles = [N_("Program"), N_("Cases' version"), N_("Installed"), N_("Open cases"), N_("So"), N_("Stages that are gone"), N_("What to do")]
        output.table(titles, rows, empty=N_("No case is open."))
    if any(one.state != "fits" for one in found):
        click.get_current_context().exit(1)


@click.command("schedule", cls=Command)
@option("--install", "wanted", flag_value="install", help="set it up for your login on this machine")
@option("--print", "wanted", flag_value="print", help="print the files or the line, to be set up by hand")
@option("--remove", "wanted", flag_value="remove", help="take it away again")
@option("--every", "minutes", type=click.IntRange(1, 1440), default=15, show_default=True, metavar="MINUTES", help="how often the clock has its turn")
@option("--with", "means", type=click.Choice(["systemd", "cron"]), help="by which means; else systemd where it runs, else cron")
@json_option
@pass_session
def schedule(session: Session, wanted: str | None, minutes: int, means: str | None, as_json: bool) -> None:
    """Let the clock have its turn by itself, by a timer of systemd or a line of cron. Without an option it says what it would do."""
    from workflow_core.office import schedule as plans

    plan = plans.plan(session.office.folder, minutes, means=means)
    if wanted == "install":
        plans.install(plan)
    elif wanted == "remove":
        plans.remove(plan)
    if as_json:
        output.document({**plan.as_dict(), "done": wanted or "nothing"})
        return
    if wanted == "install":
        output.say(N_("From now on the clock has its turn every {minutes} minutes, by {means}."), minutes=minutes, means=plan.means)
    elif wanted == "remove":
        output.say(N_("The clock no longer has its turn by itself."))
        return
    elif wanted is None:
        output.say(N_("This would be set up by {means} with --install:"), means=plan.means)
    for path, content in plan.files.items():
        click.echo(f"# {path}\n{content}")
    if plan.line:
        click.echo(plan.line)
    for words in plan.commands:
        click.echo(" ".join(words))
    for advice in plan.advice:
        output.tell(advice, login=plan.login)
