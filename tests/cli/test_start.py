"""What the commands that people give all day import: a library or a room more is a wait more, at each of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.helping import NOW

SEEN = "import sys; sys.argv = ['care', *{words!r}]\nfrom careflow_cli.main import main\ntry: main()\nfinally: print('loaded', *sys.modules, file=sys.stderr)"
LIBRARIES = {"click", "greenlet", "pluggy", "sqlalchemy", "typing_extensions"}
"""What every command with an office needs, or its libraries do."""
LOOKING = {
    "answers_due", "bulk", "committing", "engine", "outcome", "periods", "reading", "register_door", "runtime", "titles", "transfer_door", "versions",
    "waiting_rows",
}  # fmt: skip
"""The engine's modules that look; the others change."""
ELSEWHERE = {"jinja2", "pydantic", "alembic", "rich", "python_calamine", "xlsxwriter", "babel", "numpy", "scipy", "matplotlib"}


def loaded(office: Path, *words: str) -> set[str]:
    """The modules that a command leaves behind, in a process of its own."""
    program = SEEN.format(words=("--office", str(office), "--now", NOW, *words))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rpartition("loaded ")[2].split())


def libraries(modules: set[str]) -> set[str]:
    """The installed packages among them; not ours, nor what the environment loads into every process."""
    bare = subprocess.run([sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, timeout=60, check=True).stdout
    known = {*sys.stdlib_module_names, *(name.partition(".")[0] for name in bare.split()), "cython_runtime", "workflow_core"}
    tops = {name.partition(".")[0] for name in modules}
    return {name for name in tops - known if not name.startswith(("_", "careflow_"))}


def rooms(modules: set[str], of: str) -> set[str]:
    """The modules of a room of the core."""
    return {name.removeprefix(f"workflow_core.{of}.") for name in modules if name.startswith(f"workflow_core.{of}.")}


def test_an_inbox_loads_what_looks_and_nothing_that_changes(made: Path) -> None:
    """Of the engine, of what is on file, and of foreign libraries."""
    modules = loaded(made / "cases", "inbox")
    assert libraries(modules) <= LIBRARIES
    assert rooms(modules, "engine") <= LOOKING
    assert rooms(modules, "records") <= {"divisions"}
    assert not rooms(modules, "documents") | rooms(modules, "checks") | rooms(modules, "inputs")


def test_an_advance_loads_the_state_machine_beside(made: Path, tmp_path: Path) -> None:
    """Its form is plain and right, so nothing is needed that tells what is wrong; no page is made; no clock, sheet or batch is near."""
    office = shutil.copytree(made / "cases", tmp_path / "office")
    modules = loaded(office, "case", "advance", "DR-26-00001", "return", "--set", "returned_on=2026-10-21")
    assert libraries(modules) <= {*LIBRARIES, "transitions", "six"}
    assert rooms(modules, "engine").isdisjoint({"batching", "delivering", "explaining", "importing", "keeping", "listing", "opening", "papering", "ticking"})
    assert not rooms(modules, "checks")


@pytest.mark.parametrize("words", [("inbox",), ("case", "list"), ("case", "show", "DR-26-00002")], ids=" ".join)
def test_looking_needs_nothing_heavy(made: Path, words: tuple[str, ...]) -> None:
    """No library for sheets, pages, pictures, checking or migrations."""
    assert libraries(loaded(made / "cases", *words)).isdisjoint(ELSEWHERE)
