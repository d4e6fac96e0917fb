"""A runner of `care` that swallows no exception, in a home of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from careflow_cli import failure
from careflow_cli.main import run
from tests.cli.helping import Care, Ran


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test; the working folder is empty."""
    for name in list(os.environ):
        if name.startswith("CARE_") or name in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "COLUMNS"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(home)


@pytest.fixture
def care(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Care:
    """Runs ``care`` in this process: ``care("case", "list", code=0)``. An exception that careflow would apologise for is raised.

    ``code`` is the exit code that is expected, None for any; ``breaks`` lets the apology happen.
    """

    def call(*words: object, code: int | None = 0, breaks: bool = False) -> Ran:
        capfd.readouterr()
        with monkeypatch.context() as patched:
            if not breaks:
                patched.setattr(failure, "broken", _raise)
            answered = run([str(word) for word in words])
        out, err = capfd.readouterr()
        assert code is None or answered == code, f"exit {answered}, not {code}: {err}{out}"
        return Ran(answered, out, err)

    return call


def _raise(error: BaseException, *_: object, **__: object) -> int:
    raise error
