"""What an install offers, and what it keeps to itself."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["plugins", "cli", "tests", "tools", "benchmarks"])
def test_a_folder_beside_the_packages_cannot_be_imported(name: str, tmp_path: Path) -> None:
    """What is not installed at a user's must not be importable at a developer's."""
    done = subprocess.run([sys.executable, "-I", "-c", f"import {name}"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert f"No module named '{name}'" in done.stderr


@pytest.mark.parametrize("name", ["workflow_core", "careflow_cli", "careflow_camp", "careflow_dropout_return", "careflow_healthcheck", "careflow_pairing"])
def test_the_packages_can_be_imported_from_anywhere(name: str, tmp_path: Path) -> None:
    """An editable install offers them without a path."""
    subprocess.run([sys.executable, "-I", "-c", f"import {name}"], cwd=tmp_path, check=True)


def wheel(project: Path, folder: Path) -> list[str]:
    """Builds a wheel, without a network; answers the names in it."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=project, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return archive.namelist()


def test_the_wheel_of_the_core_holds_two_packages_and_their_texts(tmp_path: Path) -> None:
    """Nothing lands under the top-level names ``cli`` or ``plugins``; the catalogue comes along."""
    names = wheel(ROOT, tmp_path)
    assert {name.split("/")[0] for name in names} == {"workflow_core", "careflow_cli", "careflow-0.1.0.dist-info"}
    assert "workflow_core/locale/zh_CN/LC_MESSAGES/careflow.mo" in names


@pytest.mark.parametrize("project", sorted(ROOT.glob("plugins/*/pyproject.toml")), ids=lambda path: path.parent.name)
def test_the_wheel_of_a_program_holds_its_package_and_its_texts(project: Path, tmp_path: Path) -> None:
    """A program is a distribution of its own."""
    names = wheel(project.parent, tmp_path)
    (package,) = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert package.startswith("careflow_")
    assert f"{package}/locale/zh_CN/LC_MESSAGES/{package}.mo" in names
