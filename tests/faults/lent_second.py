"""A program file: the loans in their second version."""

from __future__ import annotations

from typing import Any

from tests.engine.lent import V2
from workflow_core import Program, hookimpl


@hookimpl
def careflow_programs() -> list[Program[Any]]:
    """The program."""
    return [V2]
