"""A program in which a volunteer helps a child, as a plugin's file."""

from __future__ import annotations

from typing import Any

from tests.engine.mentoring import PROGRAM
from workflow_core import Program, hookimpl


@hookimpl
def careflow_programs() -> list[Program[Any]]:
    return [PROGRAM]
