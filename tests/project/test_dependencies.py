"""Every package that is used is pinned with hashes and written about."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FITTING = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "PSF-2.0", "MPL-2.0", "LGPL-3.0-only", "LGPL-2.1-only", "MIT-0", "MIT-CMU", "MPL-1.1"}


@pytest.fixture(scope="session")
def locked(root: Path) -> dict[str, list[tuple[str, list[str]]]]:
    """Package to (version, hashes), as the lock has them; more than one where an older Python needs an older version."""
    text = (root / "requirements.lock").read_text("utf-8").replace("\\\n", " ")
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for line in text.splitlines():
        pin = re.match(r"([a-z0-9-]+)==(\S+)(.*)", line)
        if pin:
            found.setdefault(pin[1], []).append((pin[2], re.findall(r"--hash=sha256:([0-9a-f]{64})\b", pin[3])))
    return found


@pytest.fixture(scope="session")
def documented(root: Path) -> dict[str, str]:
    """Package to licence, as docs/dependencies.md has them."""
    rows = re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", (root / "docs/dependencies.md").read_text("utf-8"), re.MULTILINE)
    return {name: licence for name, licence in rows if name != "package"}


def named_by(projects: dict[str, dict[str, Any]]) -> list[Requirement]:
    """Everything that a pyproject.toml asks for, for running, building and testing."""
    lines: list[str] = []
    for project in projects.values():
        lines += [*project["build-system"]["requires"], *project["project"]["dependencies"]]
        for group in [*project["project"].get("optional-dependencies", {}).values(), *project.get("dependency-groups", {}).values()]:
            lines += group
    return [wanted for line in lines if (wanted := Requirement(line)).name not in projects]


def test_every_line_of_the_lock_is_a_pin_with_hashes(root: Path, locked: dict[str, list[tuple[str, list[str]]]]) -> None:
    """Nothing floats: no line without a version, no version without a hash."""
    lines = (root / "requirements.lock").read_text("utf-8").splitlines()
    assert sum(map(len, locked.values())) == sum(1 for line in lines if line and not line.startswith((" ", "#")))
    assert [name for name, pins in locked.items() if not all(hashes for _, hashes in pins)] == []


def test_what_is_asked_for_is_in_the_lock(projects: dict[str, dict[str, Any]], locked: dict[str, list[tuple[str, list[str]]]]) -> None:
    """The lock answers every pyproject.toml, with a version that it allows."""
    for wanted in named_by(projects):
        name = canonicalize_name(wanted.name)
        assert name in locked, f"{name}: run make lock"
        for version, _ in locked[name]:
            assert wanted.specifier.contains(version, prereleases=True), f"{name} {version} is not {wanted.specifier}: run make lock"


def test_every_package_is_documented(locked: dict[str, list[tuple[str, list[str]]]], documented: dict[str, str]) -> None:
    """Each package of the lock has its line, and no line is about a package that went."""
    assert sorted(documented) == sorted(locked)


def test_every_licence_fits(documented: dict[str, str]) -> None:
    """Of a choice of licences one is enough."""
    assert {name: licence for name, licence in documented.items() if not FITTING & set(licence.split(" OR "))} == {}


def test_what_we_ask_for_has_a_reason(root: Path, projects: dict[str, dict[str, Any]]) -> None:
    """A direct dependency says in which room it lives, why it is there, and what else was weighed."""
    text = (root / "docs/dependencies.md").read_text("utf-8")
    for wanted in named_by(projects):
        (row,) = re.findall(rf"^\| {canonicalize_name(wanted.name)} \|.*$", text, re.MULTILINE)
        assert len([cell for cell in row.strip("|").split("|") if cell.strip()]) == 5, row
