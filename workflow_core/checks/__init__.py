"""Soundness of a program: everything that is wrong with it, at once, each with a code, a place and a hint.

Pure functions over definitions, small and independent, a file for each family. What every code means stands in ``CODES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from workflow_core.checks.among import check_among
from workflow_core.checks.batches import check_batches
from workflow_core.checks.circles import check_circles
from workflow_core.checks.codes import CODES, Code
from workflow_core.checks.consents import check_consents, check_import_consents, check_uses
from workflow_core.checks.deprecated import check_deprecated, check_files
from workflow_core.checks.doers import check_doers, check_imports_by
from workflow_core.checks.effects import check_effects
from workflow_core.checks.finding import Finding
from workflow_core.checks.forms import check_forms
from workflow_core.checks.graph import check_graph
from workflow_core.checks.guards import check_columns, check_guards, check_takes
from workflow_core.checks.moving import check_moving
from workflow_core.checks.names import check_names, check_program_names
from workflow_core.checks.papers import Look, check_papers, check_templates
from workflow_core.checks.program import check_limits, check_program
from workflow_core.checks.reasons import WHY
from workflow_core.checks.references import check_listings, check_references
from workflow_core.checks.registers import check_registers
from workflow_core.checks.scope import Scope, scopes
from workflow_core.checks.shape import check_shape
from workflow_core.checks.tasks import check_tasks
from workflow_core.checks.together import check_circles_of_cases, check_together
from workflow_core.checks.upgrades import check_upgrade, check_upgrades
from workflow_core.definition import Program

__all__ = ["CODES", "WHY", "Code", "Finding", "Look", "check", "check_files", "check_together", "check_upgrade"]

OF_PROGRAM: tuple[Callable[[Program[Any]], Iterable[Finding]], ...] = (
    check_program,
    check_program_names,
    check_forms,
    check_imports_by,
    check_batches,
    check_takes,
    check_listings,
    check_columns,
    check_uses,
    check_import_consents,
    check_upgrades,
    check_circles_of_cases,
    check_deprecated,
)
OF_WORKFLOW: tuple[Callable[[Scope], Iterable[Finding]], ...] = (
    check_names,
    check_graph,
    check_circles,
    check_doers,
    check_tasks,
    check_effects,
    check_guards,
    check_references,
    check_limits,
    check_papers,
    check_consents,
    check_moving,
    check_among,
    check_registers,
)


def check(program: Program[Any], look: Look | None = None) -> list[Finding]:
    """Everything that is wrong with a program, errors first, each once, in the order of the program.

    Where a part is not even of the right kind (``wrong_kind``, ``form_unreadable``), only that is told: the other checks rely on it.

    :param look: looks into the template of a paper (``engine.paper_templates.look``); without it templates are not looked at.
    """
    wrong = list(check_shape(program))
    if not wrong:
        for one in OF_PROGRAM:
            wrong += one(program)
        for scope in scopes(program):
            for check_workflow in OF_WORKFLOW:
                wrong += check_workflow(scope)
            if look is not None:
                wrong += check_templates(scope, look)
    unique = {(one.code, one.place, one.text()): one for one in wrong}
    return sorted(unique.values(), key=lambda one: one.severity)
