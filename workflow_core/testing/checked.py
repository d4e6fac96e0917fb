"""What is wrong with a definition, as a test asks for it."""

from __future__ import annotations

from typing import Any

from workflow_core.checks import check
from workflow_core.definition import Program
from workflow_core.engine.paper_templates import look
from workflow_core.registry import Registry


def findings(program: Program[Any]) -> list[str]:
    """Everything that ``care plugin check --strict`` would tell of a program, its templates among it; ``[]`` where nothing is wrong.

    :returns: a line for each: ``warning visit.to_visit: … [stage_can_stall] → what to do``.
    """
    return [
        f"{one.severity} {one.place}: {one.text()} [{one.code}]" + (f" → {one.advice()}" if one.hint else "")
        for one in check(program, look(Registry.of(program)))
    ]
