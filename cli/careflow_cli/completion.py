"""Completion for a shell: the script that asks ``care``, and what it answers for programs, divisions and cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

from careflow_cli.clicks import Command, argument
from careflow_cli.session import Session
from workflow_core.i18n import translate

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_WHERE = {
    "bash": "~/.local/share/bash-completion/completions/care",
    "zsh": "~/.zfunc/_care",
    "fish": "~/.config/fish/completions/care.fish",
}


@click.command("completion", cls=Command)
@argument("shell", type=click.Choice(sorted(_WHERE)), help="the shell it is for")
def completion(shell: str) -> None:
    """Completion of commands for a shell. The script is printed: programs, division codes and options complete with it."""
    from careflow_cli.main import care

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(translate("there is no completion for {shell}", shell=shell))
    click.echo(_source(kind, care))
    click.echo(translate("# keep it in {file}, and open a new shell", file=_WHERE[shell]), err=True)


def _source(kind: Any, root: click.Command) -> str:
    """The script; asked for in this way click does not look for the shell itself on this machine."""
    made = kind(root, {}, "care", "_CARE_COMPLETE")
    return str(made.source_template % made.source_vars())


def _items(found: Iterable[tuple[str, str]], typed: str) -> list[CompletionItem]:
    return [CompletionItem(value, help=said) for value, said in found if value.startswith(typed)]


def _quietly(look: Callable[[Session], Iterable[tuple[str, str]]]) -> Completer:
    """A completer that answers nothing where the office cannot be asked: a shell's TAB is no place for errors."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            return _items(look(ctx.find_object(Session) or Session()), incomplete)
        except Exception:
            return []

    return complete


def _programs(session: Session) -> Iterable[tuple[str, str]]:
    return [(name, translate(program.title)) for name, program in session.registry.programs.items()]


def _workflows(session: Session) -> Iterable[tuple[str, str]]:
    for name, program in session.registry.programs.items():
        opened = [workflow for workflow in program.workflows if workflow.open_by]
        if len(opened) == 1:
            yield name, translate(program.title)
        else:
            yield from ((f"{name}.{workflow.name}", translate(workflow.title)) for workflow in opened)


programs = _quietly(_programs)
workflows = _quietly(_workflows)


def _divisions(session: Session) -> Iterable[tuple[str, str]]:
    return session.division_names()


divisions = _quietly(_divisions)


class DivisionType(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """A division: its code as stored, from a code or a name as people write them."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code.

        :raises NotFound: there is no such division.
        :raises Misused: the name means several.
        """
        session = ctx.find_object(Session) if ctx is not None else None
        if not value or session is None or (ctx is not None and ctx.resilient_parsing):
            return str(value)
        return session.division_code(str(value))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The codes that begin so."""
        return divisions(ctx, param, incomplete)


DIVISION = DivisionType()
