"""``commands.md``: every command with its arguments and options."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from careflow_cli import main as front
from careflow_cli.session import Session
from tools.references.markdown import cell, document, table, tick

ROOT = Path(__file__).resolve().parents[2]
INTRO = """\
Everything that `care` understands; `care NOUN VERB --help` says the same in the terminal, in your language. The words before the noun (`--office`,
`--as`, …) stand right after `care`. A command with `--json` writes one JSON document to its standard output, and everything else to the other one;
how it ended is its [exit code](settings.md#exit-codes)."""


def our_programs() -> list[str]:
    """The commands of the programs that live in this repository, whatever else is installed."""
    return sorted(path.parent.name.replace("_", "-") for path in ROOT.glob("plugins/*/pyproject.toml"))


def commands() -> Iterator[tuple[tuple[str, ...], click.Command, click.Context]]:
    """Every command below ``care`` with its words, in the order of the help."""
    os.environ["CARE_LANG"] = "en"
    top = click.Context(front.care, info_name="care", obj=Session(), color=False)
    yield ("care",), front.care, top
    for name in [*front.NOUNS, *our_programs()]:
        found = front.care.get_command(top, name)
        if found is None:
            raise SystemExit(f"there is no command {name}: is its plugin installed?")
        yield from _below(("care", name), found, top)


def _below(words: tuple[str, ...], command: click.Command, parent: click.Context) -> Iterator[tuple[tuple[str, ...], click.Command, click.Context]]:
    context = click.Context(command, info_name=words[-1], parent=parent)
    yield words, command, context
    if isinstance(command, click.Group):
        for name in sorted(command.list_commands(context)):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _below((*words, name), inner, context)


def page() -> str:
    """The page."""
    parts = []
    index = []
    for words, command, context in commands():
        depth = "##" if len(words) <= 2 else "###"
        name = " ".join(words)
        if len(words) == 2:
            anchor = name.replace(" ", "-")
            index.append((f"[`{name}`](#{anchor})", _help(command).split("\n")[0]))
        parts.append(f"{depth} {name}\n\n" + "\n\n".join(_about(name, command, context)))
    return document("Commands", INTRO, table(["command", "what it is for"], index), *parts)


def _about(name: str, command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"`{' '.join([name, *command.collect_usage_pieces(context)])}`"
    if _help(command):
        yield _help(command)
    arguments = [(tick(one.make_metavar(context)), _meaning(one)) for one in command.params if isinstance(one, click.Argument)]
    if arguments:
        yield table(["argument", "meaning"], arguments)
    options = [(_written(one, context), _meaning(one)) for one in command.params if isinstance(one, click.Option) and not one.hidden]
    if options:
        yield table(["option", "meaning"], options)


def _help(command: click.Command) -> str:
    said = (command.help or "").partition("\f")[0].strip()
    return "\n\n".join(" ".join(part.split()) for part in said.split("\n\n"))


def _written(option: click.Option, context: click.Context) -> str:
    names = " / ".join(", ".join(names) for names in (option.opts, option.secondary_opts) if names)
    return tick(names if option.is_flag or option.count else f"{names} {option.make_metavar(context)}")


def _meaning(param: click.Parameter) -> str:
    said = getattr(param, "meaning", "") or getattr(param, "help", "") or ""
    more = []
    if isinstance(param, click.Option):
        if param.required:
            more.append("needed")
        if param.multiple and "several times" not in said:
            more.append("may be repeated")
        if param.show_default and isinstance(param.default, (str, int)):
            more.append(f"else {param.default}")
    return cell(said + (f" ({'; '.join(more)})" if more else ""))
