"""Small things that a scenario needs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_core.access.grants import SYSTEM_ACTOR
from workflow_core.definition import Program, Role
from workflow_core.engine import Engine
from workflow_core.i18n import add_catalogue
from workflow_core.registry import Registry
from workflow_core.testing.databases import ADMINISTRATOR

if TYPE_CHECKING:
    from workflow_core.engine.upgrade_case import Becoming
    from workflow_core.testing.scenario import Scenario


def first_role(by: Any) -> Role | None:
    """The first role of one or several who may."""
    return next((one for one in (by if isinstance(by, (tuple, list)) else (by,)) if isinstance(one, Role)), None)


def add_texts(program: Program[Any]) -> None:
    """The catalogues beside the module that the program comes from, as an installed plugin's are added."""
    file = getattr(sys.modules.get(program.policy.__module__), "__file__", None)
    for catalogue in (Path(file).resolve().parent / "locale").glob("*/LC_MESSAGES/*.mo") if file else ():
        add_catalogue(catalogue.stem, catalogue.parents[2])


def written(path: Path, rows: Iterable[Mapping[str, object]] | str) -> Path:
    """Rows, by heading or as text, as a CSV file."""
    if isinstance(rows, str):
        path.write_text(rows, encoding="utf-8")
        return path
    listed = list(rows)
    headings = list(dict.fromkeys(heading for row in listed for heading in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings)
        writer.writeheader()
        writer.writerows(listed)
    return path


def install(scenario: Scenario, programs: Sequence[Program[Any]]) -> None:
    """Other versions of programs, in an office that has cases."""
    names = {one.name for one in programs}
    runtime = scenario.engine.runtime
    scenario.programs = (*(one for one in scenario.programs if one.name not in names), *programs)
    registry = Registry.of(*scenario.programs, plugins=scenario.plugins)
    scenario.engine = Engine(scenario.db, registry, scenario.clock, training=runtime.training, papers=scenario.folder / "papers")
    for one in programs:
        add_texts(one)


def upgraded(scenario: Scenario, program: Program[Any], *, undo: bool) -> tuple[Becoming, ...]:
    """Moves open cases to the version that is installed, or back; their lives tell of them by the workflow that they run on then."""
    from workflow_core.engine import upgrade_undo, upgrading

    runtime = scenario.engine.runtime
    done = (upgrade_undo.undo if undo else upgrading.upgrade)(runtime, ADMINISTRATOR, program.name)
    for life in scenario.lives:
        row = scenario.engine.show(SYSTEM_ACTOR, life.ref).row
        known = next((one for each in scenario.programs if each.name == row.program for one in each.workflows if one.name == row.workflow), None)
        life.workflow = known or life.workflow
    return tuple(done.cases)
