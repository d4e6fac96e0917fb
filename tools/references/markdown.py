"""Docstrings and rows as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from inspect import cleandoc

NOTE = "<!-- Made by `make reference` from the code; change the code, not this file. -->"

_ROLE = re.compile(r":\w+:`~?([\w.]+)`")
_FIELD = re.compile(r":(param|raises|returns?)\s*([^:]*):\s*")
_FIRST_FIELD = re.compile(r"^:(?:param|raises|returns?)\b", re.M)


def document(title: str, intro: str, *parts: str) -> str:
    """A whole page."""
    return "\n\n".join([f"# {title}", NOTE, intro, *(part.strip() for part in parts if part.strip())]) + "\n"


def cell(value: object) -> str:
    """A value as a cell of a table: one line, no bar."""
    return " ".join(str(value).split()).replace("|", "\\|")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; empty where it has no rows."""
    body = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *body]) if body else ""


def code(text: str, language: str = "python") -> str:
    """A block of code."""
    return f"```{language}\n{text.strip()}\n```"


def tick(text: str) -> str:
    """A word as it is typed."""
    return f"`{text}`" if text else ""


def inline(text: str) -> str:
    """The marks of a docstring within a line, as Markdown's."""
    return _ROLE.sub(r"`\1`", text.replace("``", "`"))


def first_sentence(doc: str | None) -> str:
    """The first sentence of a docstring, on one line."""
    said = " ".join(cleandoc(doc or "").split("\n\n")[0].split())
    head = re.split(r"(?<=[.!?])\s+(?=[A-Z`])", said, maxsplit=1)[0]
    return inline(_FIRST_FIELD.split(head)[0].strip())


def prose(doc: str | None) -> str:
    """A docstring: its paragraphs, then its fields as a list."""
    said = cleandoc(doc or "")
    found = _FIRST_FIELD.search(said)
    if found is None:
        return inline(said)
    body = inline(said[: found.start()].strip())
    pieces = _FIELD.split(" ".join(said[found.start() :].split()))[1:]
    lines = []
    for kind, name, about in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        about = about.strip().rstrip(";").strip()
        if kind == "param":
            lines.append(f"- {', '.join(tick(one.strip()) for one in name.split(','))}: {inline(about)}")
        elif kind == "raises":
            lines.append(f"- raises {tick(name.strip())}{': ' + inline(about) if about else ''}")
        else:
            lines.append(f"- returns {inline(about)}")
    return f"{body}\n\n" + "\n".join(lines) if body else "\n".join(lines)
