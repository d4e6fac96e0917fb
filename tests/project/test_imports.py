"""Who may import what, where a contract of import-linter cannot say it: lists of what *is* allowed."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import workflow_core

ROOT = Path(__file__).resolve().parents[2]
ENGINE_LIBRARIES = {"sqlalchemy", "alembic", "psycopg", "transitions", "jinja2", "pydantic"}
PLUGIN_FILES = sorted(ROOT.glob("plugins/*/careflow_*/**/*.py"))
DEFINITION_FILES = sorted((ROOT / "workflow_core/definition").glob("*.py"))


def imports(source: str) -> Iterator[tuple[str, str, bool]]:
    """(module, name, only for types) of each import; the name is empty for a plain ``import module``."""
    tree = ast.parse(source)
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for line in node.body
        for inner in ast.walk(line)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((one.name, "", id(node) in typing_only) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (("." * node.level + (node.module or ""), one.name, id(node) in typing_only) for one in node.names)


def plugin_faults(source: str, package: str, declared: set[str]) -> list[str]:
    """The imports that a plugin may not have."""
    wrong = []
    for module, name, _ in imports(source):
        top = module.split(".")[0]
        if top == "workflow_core":
            if module != "workflow_core" or name not in workflow_core.__all__:
                wrong.append(f"from {module} import {name}")
        elif top in ENGINE_LIBRARIES or not (module.startswith(".") or top == package or top in sys.stdlib_module_names or top in declared):
            wrong.append(module)
    return wrong


def declared_by(project: dict[str, Any]) -> set[str]:
    names = (re.split(r"[^\w.-]", line)[0] for line in project["project"]["dependencies"])
    return {name.lower().replace("-", "_") for name in names} - {"careflow"}


@pytest.mark.parametrize("path", PLUGIN_FILES, ids=lambda path: path.relative_to(ROOT / "plugins").as_posix())
def test_a_plugin_imports_public_names_and_what_it_declares(path: Path) -> None:
    """A program is written against ``workflow_core``'s public names, as a third party's would be."""
    home = next(parent for parent in path.parents if parent.parent.name == "plugins")
    project = tomllib.loads((home / "pyproject.toml").read_text("utf-8"))
    package = path.relative_to(home).parts[0]
    assert plugin_faults(path.read_text("utf-8"), package, declared_by(project)) == []


@pytest.mark.parametrize(
    "line",
    [
        "from workflow_core.engine import open_case",
        "import workflow_core.store",
        "from workflow_core import definition",
        "import sqlalchemy",
        "from transitions import Machine",
        "import careflow_pairing",
        "import requests",
    ],
)
def test_a_plugin_that_reaches_behind_the_door_is_found(line: str) -> None:
    """The rule above sees each way around it."""
    assert plugin_faults(line, "careflow_dropout_return", {"click"}) != []


def test_there_are_plugins_and_definitions_to_look_at() -> None:
    """The rules of this file look at something."""
    assert any(path.name == "program.py" or path.name == "__init__.py" for path in PLUGIN_FILES)
    assert len(DEFINITION_FILES) > 3


@pytest.mark.parametrize("path", DEFINITION_FILES, ids=lambda path: path.name)
def test_definitions_import_the_standard_library_and_pluggy_only(path: Path) -> None:
    """Beside them only the texts' language, how dataclasses are made, and for mypy alone the newer typing."""
    for module, _, typing_only in imports(path.read_text("utf-8")):
        top = module.split(".")[0]
        ours = module in ("workflow_core.i18n", "workflow_core.errors") or module.startswith("workflow_core.definition")
        assert ours or top in sys.stdlib_module_names or top == "pluggy" or (typing_only and top == "typing_extensions"), f"{path.name} imports {module}"
