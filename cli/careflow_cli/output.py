"""What is printed: one JSON document, or tables and lines that a person reads. Plain where it goes to a file or another program."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from careflow_cli.width import pad, width, wrap
from workflow_core.clock import OFFICE_ZONE, unstamp
from workflow_core.i18n import translate


def document(found: object) -> None:
    """Writes the one JSON document of a command to standard output; indented for a person's eye where it is a terminal.

    Dates and instants are ISO 8601; an instant is UTC.
    """
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=indent, default=_plain) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value)


def say(text: str, /, **values: Any) -> None:
    """One line, translated, on standard output."""
    click.echo(translate(text, **values))


def tell(text: str, /, **values: Any) -> None:
    """One line beside the answer, translated, on standard error."""
    click.echo(translate(text, **values), err=True)


def file(path: Path, content: bytes) -> None:
    """Writes a file that only its owner may read, whole or not at all.

    :raises Misused: ``file_unwritable``.
    """
    from workflow_core.private_file import write_private

    write_private(path, content)


def day(value: date | str | None) -> str:
    """A date as people read it: 2026-10-21; empty for none."""
    if value is None:
        return ""
    return value if isinstance(value, str) else value.isoformat()


def moment(value: datetime | str | None) -> str:
    """An instant in the office's time: 2026-10-21 09:00; empty for none."""
    if not value:
        return ""
    instant = unstamp(value) if isinstance(value, str) else value
    return instant.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")


def due_text(due: date | str | None, today: date) -> str:
    """By when, and how long it has been overdue."""
    if not due:
        return ""
    when = date.fromisoformat(due[:10]) if isinstance(due, str) else due
    late = (today - when).days
    if late <= 0:
        return when.isoformat()
    return f"{when.isoformat()} " + (translate("(1 day late)") if late == 1 else translate("({days} days late)", days=late))


@dataclass(frozen=True)
class Mark:
    """A cell that is shown in a colour on a terminal: ``red`` for what is late, ``green`` for what may be done."""

    text: str
    colour: str = "red"


Cell = str | int | None | Mark
SHORT = 26
"""On a terminal a column of at most so many cells is not folded: a reference, a date with how late it is."""
NARROWEST = 20
"""No column is made narrower than this: references and dates stay on one line."""


def table(titles: Sequence[str], rows: Sequence[Sequence[Cell]], *, empty: str = "") -> None:
    """A table: with lines and colours on a terminal, aligned by blanks elsewhere.

    :param titles: msgids of the columns; a column in which all is a number is set to the right.
    :param empty: a msgid: what is said where there is no row.
    """
    if not rows:
        if empty:
            say(empty)
        return
    heads = [translate(title) if title else "" for title in titles]
    right = [any(isinstance(row[n], int) for row in rows) and all(isinstance(row[n], int) or row[n] in (None, "") for row in rows) for n in range(len(heads))]
    if sys.stdout.isatty():
        _rich_table(heads, rows, right)
    else:
        _plain_table(heads, rows, right)


def _text(cell: Cell) -> str:
    found = cell.text if isinstance(cell, Mark) else "" if cell is None else str(cell)
    return " ".join(found.split())


def _plain_table(heads: Sequence[str], rows: Sequence[Sequence[Cell]], right: Sequence[bool]) -> None:
    shown = [heads, *([_text(cell) for cell in row] for row in rows)]
    sizes = _fitting([max(width(row[n]) for row in shown) for n in range(len(heads))])
    for row in shown:
        cells = [wrap(cell, size) for cell, size in zip(row, sizes, strict=True)]
        for line in range(max(len(cell) for cell in cells)):
            parts = (pad(cell[line] if line < len(cell) else "", sizes[n], right=right[n]) for n, cell in enumerate(cells))
            click.echo("  ".join(parts).rstrip())


def _fitting(sizes: list[int]) -> list[int]:
    """The columns' sizes, the widest made narrower until a line fits into ``COLUMNS``, where that is set; a pipe has no width of its own."""
    columns = os.environ.get("COLUMNS", "")
    fitting = list(sizes)
    while columns.isdecimal() and sum(fitting) + 2 * (len(fitting) - 1) > int(columns) and max(fitting) > NARROWEST:
        fitting[fitting.index(max(fitting))] -= 1
    return fitting


def _rich_table(heads: Sequence[str], rows: Sequence[Sequence[Cell]], right: Sequence[bool]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for n, head in enumerate(heads):
        size = max(width(head), *(width(_text(row[n])) for row in rows))
        shown.add_column(Text(head), justify="right" if right[n] else "left", overflow="fold", min_width=size if size <= SHORT else None)
    for row in rows:
        shown.add_row(*(Text(_text(cell), style=cell.colour if isinstance(cell, Mark) else "") for cell in row))
    Console(highlight=False).print(shown)


def facts(pairs: Sequence[tuple[str, object]]) -> None:
    """Names and values, one a line, the values in one column; what is empty is left out.

    :param pairs: a msgid, and what it is.
    """
    shown = [(translate(name), str(value)) for name, value in pairs if value not in (None, "", ())]
    first = max((width(name) for name, _ in shown), default=0) + 2
    for name, value in shown:
        lines = value.splitlines() or [""]
        click.echo(pad(name, first) + lines[0])
        for line in lines[1:]:
            click.echo(" " * first + line)


def tally(counts: Mapping[str, int]) -> None:
    """What became of how many, in one line: ``imported 12, rejected 3``."""
    click.echo(", ".join(f"{translate(name)} {n}" for name, n in counts.items()))
