"""Nothing personal is printed: what ``care`` writes to its two outputs and to the log, in any test, is searched for whole ID numbers, phones and names.

A command that is given to see them (``--unmasked``, ``reveal``) may show them, and so may a test that is marked ``unmasks``. What somebody typed into the
command itself is no secret to him.
"""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TextIO

NUMBER = re.compile(r"(?<![0-9A-Za-z])432801\d{11}[\dXx](?![0-9A-Za-z])")
PHONE = re.compile(r"(?<![0-9A-Za-z.-])1[3-9]\d{9}(?![0-9A-Za-z.])")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
UNMASKING = ("--unmasked", "reveal", "access-report")
"""Words of a command that is given to see what is masked otherwise."""
KEPT: list[str] = []
"""What was found since the last test ended."""


@cache
def names() -> frozenset[str]:
    """The people of the sample rosters and of the test kit, by their whole names."""
    from tests.cli.conftest import ROSTER
    from workflow_core.testing.people import name_of

    lines = [line.split(",") for line in ROSTER.splitlines()[1:]]
    return frozenset([*(name_of(n) for n in range(1000)), *(line[0] for line in lines), *(line[7] for line in lines)])


def found(text: str, typed: str = "") -> list[str]:
    """The personal values in a text that were not typed by whoever reads it."""
    hits = [*NUMBER.findall(text), *PHONE.findall(text)]
    known = names()
    for run in _HAN.findall(text):
        hits += [run[n : n + size] for size in (2, 3) for n in range(len(run) - size + 1) if run[n : n + size] in known]
    return [hit for hit in dict.fromkeys(hits) if hit not in typed]


def look(text: str, words: Sequence[object], where: str) -> None:
    """Keeps what is wrong with what a command printed, for the test that gave it."""
    typed = " ".join(str(word) for word in words)
    if any(word in UNMASKING for word in words) or {"request", "print"} <= {str(word) for word in words}:  # the answer goes to the family
        return
    hits = found(text, typed)
    if hits:
        KEPT.append(f"care {_command(words)}, {where}: {', '.join(hits[:5])}")


def _command(words: Sequence[object]) -> str:
    """The command without its values, which may be personal."""
    return " ".join(str(word) for word in words if re.fullmatch(r"[a-z-]+", str(word)))


class Tee:
    """A stream that is written to as before, and remembers what."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.written: list[str] = []

    def write(self, text: str) -> int:
        size = self.stream.write(text)  # first: a library that asks whether bytes are taken is told no
        self.written.append(text)
        return size

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class Log(logging.Handler):
    """Looks at every record of careflow's."""

    def emit(self, record: logging.LogRecord) -> None:
        look(record.getMessage(), (), f"log of {record.name}")


def install() -> None:
    """Looks at every run of ``care`` in this process, and at every process of ours that is run and waited for."""
    from careflow_cli import main

    given: Callable[[Sequence[str]], int] = main.run

    def run(args: Sequence[str]) -> int:
        out, err = sys.stdout, sys.stderr
        told = Tee(out), Tee(err)
        sys.stdout, sys.stderr = told
        try:
            return given(args)
        finally:
            sys.stdout, sys.stderr = out, err
            for tee, where in zip(told, ("stdout", "stderr"), strict=True):
                look("".join(tee.written), args, where)

    main.run = run
    logging.getLogger("workflow_core").addHandler(Log())
    _watch_processes()


def _watch_processes() -> None:
    given = subprocess.run

    def run(*args: Any, **how: Any) -> Any:
        done = given(*args, **how)
        words = args[0] if args else how.get("args", ())
        if not isinstance(words, str) and any("careflow_cli.main" in str(word) or str(word).endswith("/care") for word in words):
            for text, where in ((done.stdout, "stdout"), (done.stderr, "stderr")):
                look(text.decode(errors="replace") if isinstance(text, bytes) else text or "", list(_after_program(words)), where)
        return done

    subprocess.run = run


def _after_program(words: Sequence[object]) -> Iterator[object]:
    """The words of the command, without the interpreter's."""
    begun = False
    for word in words:
        if begun:
            yield word
        begun = begun or "careflow_cli.main" in str(word) or str(word).endswith("/care")
