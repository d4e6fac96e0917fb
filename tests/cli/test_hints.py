"""Every command that a message, a hint or a help text names exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from careflow_cli.main import care as root
from careflow_cli.session import Session

REPOSITORY = Path(__file__).parents[2]
NAMED = re.compile(r"\bcare (?:--[a-z]+ \S+ )*(?P<noun>[a-z][a-z-]+)(?: (?P<verb>[a-z][a-z-]+))?(?: (?P<third>[a-z][a-z-]+))?")
LATER = re.compile(r"care document\b")
"""A room that has no front on the command line yet."""
NO_NOUNS = frozenset({"of", "for", "is", "about", "further", "and", "in", "by", "to", "programs"})
"""What follows the word *care* in plain English."""


def said() -> Iterator[tuple[str, str]]:
    """Every literal text of the code, with where it stands."""
    for folder in ("workflow_core", "cli/careflow_cli", "plugins"):
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            if "demo" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and "care " in node.value:
                    yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", node.value


def commands() -> list[tuple[str, tuple[str, ...]]]:
    """Every command that is named anywhere, with where."""
    return sorted(
        {
            (place, tuple(word for word in found.groups() if word))
            for place, text in said()
            for found in NAMED.finditer(text)
            if found["noun"] not in NO_NOUNS and not LATER.match(found.group())
        }
    )


@pytest.mark.parametrize(("place", "words"), commands())
def test_a_command_that_is_named_exists(place: str, words: tuple[str, ...]) -> None:
    """Whoever follows a hint finds the command."""
    ctx = click.Context(root, obj=Session())
    command: click.Command | None = root
    for word in words:
        if not isinstance(command, click.Group):
            return
        command = command.get_command(ctx, word)
        assert command is not None, f"{place}: there is no `care {' '.join(words)}`"
