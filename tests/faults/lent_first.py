"""A program file: the loans in their first version."""

from __future__ import annotations

from typing import Any

from tests.engine.lent import V1
from workflow_core import Program, hookimpl


@hookimpl
def careflow_programs() -> list[Program[Any]]:
    """The program."""
    return [V1]
