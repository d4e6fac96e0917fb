"""What the tests of the command line share: the answer of a run, and ways to run ``care``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Protocol

PROGRAM = (sys.executable, "-c", "from careflow_cli.main import main; main()")


@dataclass
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


class Care(Protocol):
    """Runs one command."""

    def __call__(self, *words: object, code: int | None = 0, breaks: bool = False) -> Ran: ...


def process(*words: object, env: dict[str, str] | None = None, stdin: str = "", code: int | None = 0, python: tuple[str, ...] = ()) -> Ran:
    """Runs ``care`` as a process of its own.

    :param python: options for the interpreter.
    """
    command = [PROGRAM[0], *python, *PROGRAM[1:], *(str(word) for word in words)]
    done = subprocess.run(command, capture_output=True, text=True, input=stdin, env={**os.environ, **(env or {})}, timeout=120, check=False)
    assert code is None or done.returncode == code, f"exit {done.returncode}, not {code}: {done.stderr}"
    return Ran(done.returncode, done.stdout, done.stderr)


NOW = "2026-10-21T09:00"
TOWNSHIP = "990101100"
