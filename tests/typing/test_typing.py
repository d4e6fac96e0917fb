"""mypy --strict sees what is wrong with a program, line by line, and finds nothing in its mended twin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mypy import api

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WRONG = sorted(path.name for path in (HERE / "wrong").glob("*.py"))
FLAGS = ["--config-file=", "--strict", "--python-version=3.11", "--namespace-packages", "--explicit-package-bases", "--no-error-summary", "--no-pretty"]

Errors = dict[str, list[tuple[int, str]]]


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> Errors:
    """Every error of one run over all of them: line and code, by file."""
    cache = tmp_path_factory.mktemp("mypy")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        said, complaint, _ = api.run([*FLAGS, f"--cache-dir={cache}", "tests/typing/wrong", "tests/typing/right"])
    assert not complaint
    found: Errors = {}
    for line in said.splitlines():
        match = re.fullmatch(r"tests/typing/(\w+/\w+\.py):(\d+): error: .* \[([\w-]+)\]", line)
        assert match, line
        found.setdefault(match[1], []).append((int(match[2]), match[3]))
    return found


def expected(path: Path) -> list[tuple[int, str]]:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return [(n, line.split("# wrong: ")[1]) for n, line in lines if "# wrong: " in line]


@pytest.mark.parametrize("name", WRONG)
def test_the_fault_is_seen_where_it_stands(name: str, errors: Errors) -> None:
    """The wrong program has the errors that its comments announce, and no other."""
    announced = expected(HERE / "wrong" / name)
    assert announced
    assert errors.get(f"wrong/{name}") == announced


@pytest.mark.parametrize("name", WRONG)
def test_the_mended_program_is_clean(name: str, errors: Errors) -> None:
    """The same program with the fault mended has no error."""
    assert (HERE / "right" / name).exists()
    assert f"right/{name}" not in errors


def test_every_name_an_author_imports_is_declared() -> None:
    """The names are loaded on first use; what the type checker is shown and what is offered are the same list."""
    import workflow_core

    shown = re.findall(r"^        (\w+) as \1,$", (ROOT / "workflow_core/__init__.py").read_text(encoding="utf-8"), re.M)
    assert sorted(shown) == sorted(workflow_core.__all__)
    assert all(getattr(workflow_core, name) is not None for name in workflow_core.__all__)
    assert not hasattr(workflow_core, "SCHOL")
