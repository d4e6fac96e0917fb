"""``care``: the words before the command, the list of commands, and what becomes of an error."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from careflow_cli import failure
from careflow_cli.clicks import Lazy, LazyGroup, option, speaking
from careflow_cli.session import Session
from workflow_core.errors import CareError, NotPermitted
from workflow_core.i18n import N_, translate

NOUNS = {
    "inbox": Lazy("careflow_cli.inbox:inbox", N_("What waits for you, overdue first")),
    "case": Lazy("careflow_cli.case:group", N_("Cases: open, look, advance, explain, correct")),
    "task": Lazy("careflow_cli.task:group", N_("Tasks: do, skip, claim, hand over")),
    "batch": Lazy("careflow_cli.batch:group", N_("Batches: one decision over many cases, planned first, carried out once")),
    "document": Lazy("careflow_cli.document:group", N_("Papers that people sign: drafted, printed, signed, served, answered")),
    "listing": Lazy("careflow_cli.listing:group", N_("Ledgers of a program: on the screen, as a sheet, as a page")),
    "child": Lazy("careflow_cli.child:group", N_("Children: one child, one file; rosters in and out")),
    "volunteer": Lazy("careflow_cli.volunteer:group", N_("Volunteers: who offers to help")),
    "consent": Lazy("careflow_cli.consent:group", N_("Consents: give, refuse, withdraw, attest, look")),
    "place": Lazy("careflow_cli.place:group", N_("Places: schools, clinics, homes, desks")),
    "tick": Lazy("careflow_cli.tick:tick", N_("Do what the clock asks for: timers, recurring tasks, messages")),
    "program": Lazy("careflow_cli.program:group", N_("Programs: where they run, and their policy")),
    "plugin": Lazy("careflow_cli.plugin:group", N_("Plugins: what is installed, what failed, what is wrong with one")),
    "access": Lazy("careflow_cli.access:group", N_("Access to more than your role shows: ask, approve, look back")),
    "account": Lazy("careflow_cli.account:group", N_("Accounts and the roles they hold")),
    "division": Lazy("careflow_cli.division:group", N_("Administrative divisions, from province to village")),
    "office": Lazy("careflow_cli.office:group", N_("The office: make it, look at it, its calendar")),
    "journal": Lazy("careflow_cli.journal:group", N_("The journal of who looked and what was changed")),
    "message": Lazy("careflow_cli.message:group", N_("Messages that could not be delivered")),
    "completion": Lazy("careflow_cli.completion:completion", N_("Completion of commands for a shell")),
}
"""The commands of careflow itself; each is imported when it is used."""


class Care(LazyGroup):
    """The list of commands: careflow's own, and one for each installed program."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the words before the command into a session.

        :raises Misused: ``--now`` is no time.
        """
        rest = super().parse_args(ctx, args)
        said: dict[str, Any] = ctx.params
        ctx.obj = Session(
            folder=said.get("office"),
            now=_instant(said["now"]) if said.get("now") else None,
            login=said.get("login"),
            plugins=tuple(said.get("plugin") or ()),
        )
        return rest

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our commands and the installed programs', by name."""
        from careflow_cli.programs import offers

        return [*super().list_commands(ctx), *(name for name in offers() if name not in self.lazy)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of ours; else a program's, for which its plugin is imported."""
        if cmd_name in self.lazy:
            return super().get_command(ctx, cmd_name)
        from careflow_cli.programs import program_group

        return program_group(cmd_name, ctx.obj if isinstance(ctx.obj, Session) else Session())

    def rows(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Our commands only; the programs stand in a list of their own."""
        return super().rows(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes our commands, then the programs'."""
        from careflow_cli.programs import offers

        super().format_commands(ctx, formatter)
        found = [(name, translate(one.summary)) for name, one in offers().items() if name not in self.lazy]
        if found:
            with formatter.section(translate("Programs")):
                formatter.write_dl(found)


def _instant(text: str) -> datetime:
    from workflow_core.office import parse_now

    return parse_now(text)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"careflow {version('careflow')}")
        ctx.exit()


@click.command(cls=Care, lazy=NOUNS)
@option("--office", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="the office's folder; else CARE_OFFICE, else the folder you are in")
@option("--now", metavar="TIME", help="training offices only: the time it is there, like 2026-10-21T09:00")
@option("--as", "login", metavar="LOGIN", help="training offices only: who acts")
@option("--plugin", type=click.Path(path_type=Path, dir_okay=False), multiple=True, metavar="FILE", help="a program's file to try out, not installed")
@option("--lang", type=click.Choice(["en", "zh_CN"]), help="the language to speak; else CARE_LANG, LANG")
@option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="show the version and exit")
def care(office: Path | None, now: str | None, login: str | None, plugin: Sequence[Path], lang: str | None) -> None:
    """Case work for children in distress: programs as plugins over one shared record store."""


def _word_after(args: Sequence[str], name: str) -> str | None:
    """The value of a word that must be known before anything else is read."""
    for n, word in enumerate(args):
        if word == "--":
            break
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
        if word == name and n + 1 < len(args):
            return args[n + 1]
    return None


def run(args: Sequence[str]) -> int:
    """Runs one command; answers its exit code. Nothing leaves as an exception."""
    as_json = "--json" in args
    language = _word_after(args, "--lang")
    with speaking(language if language in ("en", "zh_CN") else None):
        try:
            code = _run(list(args))
            sys.stdout.flush()
        except CareError as error:
            code = failure.refused(error, as_json=as_json)
        except (click.exceptions.Abort, KeyboardInterrupt, EOFError):
            code = failure.QUIET_BREAK
        except click.ClickException as error:
            code = failure.misused(error, as_json=as_json)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = failure.QUIET_PIPE
        except Exception as error:
            code = failure.broken(error, _folder(args), as_json=as_json)
        finally:
            failure.let_go()
    return code


def _run(args: list[str]) -> int:
    if "_CARE_COMPLETE" in os.environ:
        care.main(args, prog_name="care")
    try:
        with care.make_context("care", args) as ctx:
            try:
                care.invoke(ctx)
            except NotPermitted as error:
                from careflow_cli import denied

                denied.note(ctx, args, error)
                raise
            finally:
                _hang_up(ctx.find_object(Session))
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return 0


def _hang_up(session: Session | None) -> None:
    """Ends a connection to a server as it is meant to end; a file needs no farewell."""
    office = None if session is None else vars(session).get("office")
    if office is not None and "db" in vars(office) and office.db.dialect_name == "postgresql":
        office.close()


def _folder(args: Sequence[str]) -> Path | None:
    named = _word_after(args, "--office")
    return Session(Path(named) if named else None).found_folder()


def main() -> NoReturn:
    """The command ``care``.

    Most of a short command's time goes into importing libraries, whose objects stay to the end: collecting garbage among them, again and again and once
    more at the exit, finds none. So it is looked for seldom, and at the end no more.
    """
    gc.set_threshold(100_000, 50, 100)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and not stream.isatty():
            reconfigure(encoding="utf-8")
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = failure.QUIET_PIPE
    gc.freeze()
    sys.exit(code)
