"""The rules of who may import what cover every package there is: a new program is named in each of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = sorted(path.parent for path in ROOT.glob("plugins/*/careflow_*/__init__.py"))
HOMES = ("store", "machine", "documents")


@pytest.fixture(scope="module")
def tools(projects: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return dict(projects["careflow"]["tool"])


@pytest.fixture(scope="module")
def contracts(tools: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {contract["id"]: contract for contract in tools["importlinter"]["contracts"]}


@pytest.mark.parametrize("package", PROGRAMS, ids=lambda path: path.name)
def test_a_program_is_under_every_contract(package: Path, tools: dict[str, Any], contracts: dict[str, dict[str, Any]]) -> None:
    """Nothing of the core or the command imports it, and it keeps away from the libraries under the engine."""
    name = package.name
    assert name in tools["importlinter"]["root_packages"]
    assert all(name in contracts[home]["source_modules"] for home in HOMES)
    assert name in contracts["core"]["forbidden_modules"]
    assert name in contracts["cli"]["forbidden_modules"]
    assert name in contracts["plugin"]["source_modules"]


@pytest.mark.parametrize("package", PROGRAMS, ids=lambda path: path.name)
def test_a_program_is_checked_for_types(package: Path, tools: dict[str, Any]) -> None:
    """mypy finds it under its own name."""
    assert package.parent.relative_to(ROOT).as_posix() in tools["mypy"]["mypy_path"]


def test_a_home_that_a_contract_names_is_there(contracts: dict[str, dict[str, Any]]) -> None:
    """Where a library is imported at all, its home exists, so that a rule does not outlive a move of the room."""
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "workflow_core").rglob("*.py"))
    for home in HOMES:
        for line in contracts[home]["ignore_imports"]:
            room, library = line.split(" -> ")
            folder = ROOT / room.removesuffix(".**").replace(".", "/")
            if room.endswith(".**") and re.search(rf"^\s*(?:import|from) {library}\b", code, re.MULTILINE):
                assert (folder / "__init__.py").exists(), f"{library} is imported, and its home {room} is not there"


def test_the_state_machine_library_lives_in_one_file() -> None:
    """Which file that is, the contract says; here it is seen to be there."""
    using = [path for path in (ROOT / "workflow_core").rglob("*.py") if re.search(r"^\s*(?:import|from) transitions\b", path.read_text("utf-8"), re.MULTILINE)]
    assert {path.relative_to(ROOT).as_posix() for path in using} <= {"workflow_core/engine/machine.py", "workflow_core/engine/diagram.py"}
