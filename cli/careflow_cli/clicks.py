"""click's classes, so that help and names come in the reader's language, commands are imported when they are used, and a slip of the pen is understood."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from gettext import bindtextdomain, textdomain
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from careflow_cli.width import pad, width, wrap
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from collections.abc import Iterator

F = TypeVar("F", bound=Callable[..., Any])
_SAID_BY_CLICK = N_("required")
"""What click looks up by a variable, so that reading its source does not find it."""


def _paragraphs(text: str) -> str:
    """Each paragraph in the reader's language; a msgid is a paragraph on one line."""
    return "\n\n".join(translate(" ".join(part.split())) for part in text.split("\n\n"))


class Formatter(click.HelpFormatter):
    """Writes help with lines broken where a terminal's cells end, also in Chinese."""

    def write_text(self, text: str) -> None:
        """Writes paragraphs at the indentation at hand."""
        blank = " " * self.current_indent
        parts = [wrap(part, max(self.width - self.current_indent, 20)) for part in text.split("\n\n")]
        self.write("\n\n".join("\n".join(blank + line for line in lines) for lines in parts) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Writes a list of terms, each with what it means beside it."""
        listed = list(rows)
        first = min(max((width(term) for term, _ in listed), default=0), col_max) + col_spacing
        blank = " " * self.current_indent
        room = max(self.width - first - self.current_indent, 20)
        for term, meaning in listed:
            lines = wrap(meaning, room) if meaning else [""]
            if width(term) > first - col_spacing:
                self.write(f"{blank}{term}\n")
                term = ""
            for line in lines:
                self.write(f"{blank}{pad(term, first)}{line}".rstrip() + "\n")
                term = ""


class Context(click.Context):
    """A context that writes help with our formatter."""

    formatter_class = Formatter


class Option(click.Option):
    """An option whose help is a msgid."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option's row of the help."""
        said, self.help = self.help, translate(self.help) if self.help else None
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = said


class Argument(click.Argument):
    """An argument that says what it is."""

    def __init__(self, declared: Sequence[str], *, help: str = "", **attributes: Any) -> None:
        super().__init__(declared, **attributes)
        self.meaning = help

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """The argument's row of the help."""
        return self.make_metavar(ctx), translate(self.meaning) if self.meaning else ""


class Command(click.Command):
    """A command whose help, its docstring, is a msgid."""

    context_class = Context

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes what the command does."""
        _write_help(self, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence of the help."""
        return first_sentence(self)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, in the reader's language."""
        return _help_option(super().get_help_option(ctx))


class Group(click.Group):
    """A noun: commands that say what they do in the reader's language, and a guess at what was meant."""

    context_class = Context
    command_class = Command

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes what the noun is."""
        _write_help(self, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence of the help."""
        return first_sentence(self)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, in the reader's language."""
        return _help_option(super().get_help_option(ctx))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names.

        :raises click.UsageError: there is none; what was probably meant is said.
        """
        if args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        found = self.get_command(ctx, args[0])
        if found is None and not ctx.resilient_parsing:
            raise UnknownCommand(args[0], self.list_commands(ctx), ctx)
        return (args[0] if found else None), found, args[1:]


class UnknownCommand(click.UsageError):
    """There is no command of that name here."""

    def __init__(self, name: str, known: Sequence[str], ctx: click.Context) -> None:
        super().__init__(translate("there is no command {name!r}", name=name), ctx)
        plain = name.lower().replace("_", "-")
        self.possibilities = [plain] if plain in known else get_close_matches(plain, known, 3, 0.5)


@dataclass(frozen=True)
class Lazy:
    """A command that is imported when it is used.

    :param home: the module and the name in it: ``careflow_cli.case:group``.
    :param short_help: a msgid: its line in the list of commands, so that the list imports nothing.
    """

    home: str
    short_help: str

    def load(self) -> click.Command:
        """The command itself."""
        module, _, name = self.home.partition(":")
        return cast(click.Command, getattr(import_module(module), name))


class LazyGroup(Group):
    """A group whose commands are imported on use.

    :param lazy: the commands by name, in the order in which they are listed.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, Lazy], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.lazy = dict(lazy)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, without importing anything."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name in self.lazy:
            return self.lazy[cmd_name].load()
        return super().get_command(ctx, cmd_name)

    def rows(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Each command's name and short help."""
        return [(name, translate(one.short_help)) for name, one in self.lazy.items()]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands."""
        with formatter.section(translate("Commands")):
            formatter.write_dl(self.rows(ctx))


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """An option; ``help`` is a msgid."""
    return click.option(*names, cls=Option, **attributes)


def argument(*names: str, help: str = "", **attributes: Any) -> Callable[[F], F]:
    """An argument; ``help`` is a msgid."""
    return click.argument(*names, cls=Argument, help=help, **attributes)


def first_sentence(command: click.Command) -> str:
    """What a command's line in a list says, in the reader's language."""
    said = translate(command.short_help) if command.short_help else _paragraphs(command.help or "")
    said = " ".join(said.split("\n\n")[0].split())
    for end in ("。", ". "):
        said = said.partition(end)[0]
    return said.removesuffix(".")


def _write_help(command: click.Command, formatter: click.HelpFormatter) -> None:
    if command.help:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_paragraphs(command.help.partition("\f")[0].strip()))


def _help_option(found: click.Option | None) -> click.Option | None:
    if found is not None:
        found.help = translate("show this help and exit")
    return found


def adopt(command: click.Command) -> click.Command:
    """A plugin's command, which may be plain click, shown as ours are: its texts are msgids of its own catalogue."""
    command.context_class = Context
    if type(command) is click.Command:
        command.__class__ = Command
    for param in command.params:
        if type(param) is click.Option:
            param.__class__ = Option
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            adopt(inner)
    return command


@contextmanager
def speaking(chosen: str | None) -> Iterator[None]:
    """Everything said inside is said in that language (the environment's where None), click's own sentences among it.

    click asks the process for its language; what is changed for it is put back.
    """
    from workflow_core import i18n

    kept = {name: os.environ.get(name) for name in ("CARE_LANG", "LANGUAGE")}
    domain = textdomain()
    if chosen:
        os.environ["CARE_LANG"] = chosen
    os.environ["LANGUAGE"] = i18n.language()
    bindtextdomain("careflow", str(Path(i18n.__file__).parent / "locale"))
    textdomain("careflow")
    try:
        yield
    finally:
        textdomain(domain)
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
