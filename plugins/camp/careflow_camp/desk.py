"""What the camp's commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
PROGRAM = "camp"


def methods() -> list[str]:
    """The names of the methods, as they are typed."""
    return ["largest-remainder", "sainte-lague", "dhondt", "huntington-hill"]


def as_json(function: F) -> F:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="answer with one JSON document")(function)


def dry_run(function: F) -> F:
    """``--dry-run``."""
    return click.option("--dry-run", is_flag=True, help="say what would happen, and write nothing")(function)


def session_of() -> Any:
    """What stands before the command: the office, its engine, who acts, and where to print."""
    return click.get_current_context().find_root().obj


def ends(refused: int) -> None:
    """Ends with 1 where something was refused."""
    if refused:
        click.get_current_context().exit(1)
