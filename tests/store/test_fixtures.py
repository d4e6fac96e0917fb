"""A half of the tests that did not run is never passed over in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ONE_TEST = "tests/store/test_database.py::test_what_is_written_is_read"


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "CARE_REQUIRE_POSTGRES") and not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", ONE_TEST]
    return subprocess.run(command, cwd=ROOT, env={**kept, "CARE_POSTGRES_BIN": "/nowhere", **environment}, capture_output=True, text=True, check=False)


def test_a_missing_postgresql_is_told_loudly() -> None:
    """SQLite is tested, and the summary says what was not."""
    done = run()
    assert done.returncode == 0
    assert "1 passed, 1 skipped" in done.stdout
    assert "NOT TESTED ON POSTGRESQL" in done.stdout


@pytest.mark.parametrize("demand", [{"CARE_REQUIRE_POSTGRES": "1"}, {"CI": "true"}])
def test_a_required_postgresql_that_is_missing_fails(demand: dict[str, str]) -> None:
    """In CI both halves run or the run is red."""
    done = run(**demand)
    assert done.returncode == 1
    assert "initdb" in done.stdout
