"""Runs the demo's commands in this process, one after the other, as the people of a township type them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from shlex import quote
from typing import Any

from careflow_cli.demo.screen import MARGIN, Screen
from careflow_cli.main import run


@dataclass(frozen=True)
class Ran:
    """One command that was run: what it printed, and its exit code."""

    code: int
    printed: str

    @property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.printed.rstrip("\n").split("\n") if self.printed.strip() else []


class BrokenDemo(Exception):
    """A command of the demo ended otherwise than the story wants: with what was run, and what it printed."""


class Player:
    """Acts for everybody in an office.

    :param folder: where the office is, or is to be.
    :param chinese: tells the story, and enters what people write, in 中文; else in English.
    """

    def __init__(self, folder: Path, screen: Screen, *, chinese: bool) -> None:
        self.folder, self.screen, self.chinese = folder, screen, chinese
        self.day = date(2026, 10, 19)

    def word(self, english: str, chinese: str) -> str:
        """One of two texts, in the language of the demo."""
        return chinese if self.chinese else english

    def tell(self, english: str, chinese: str) -> None:
        """A sentence of the story."""
        self.screen.tell(self.word(english, chinese))

    @property
    def now(self) -> str:
        """The time in the office, as ``--now`` takes it."""
        return f"{self.day.isoformat()}T09:00"

    def care(self, who: str, *words: str, code: int = 0, most: int = 2, only: Callable[[str], bool] = bool) -> Ran:
        """Runs a command and shows it, with what it printed.

        :param who: the account that acts; empty for whoever made the office.
        :param code: the exit code that the story wants.
        :param most: how many lines are shown of what it printed; :param only: and which.
        """
        ran = self._run(who, words, code)
        self.screen.command(who or "admin", ["care", *(_quoted(word) for word in words)])
        shown = [line for line in ran.lines if self.screen.full or only(line)]
        self.screen.printed(shown, most, left=len(ran.lines) - len(shown))
        return ran

    def also(self, who: str, *words: str, code: int = 0) -> Ran:
        """Runs a command that is shown with ``--full`` only."""
        if self.screen.full:
            return self.care(who, *words, code=code)
        return self._run(who, words, code)

    def ask(self, *words: str) -> Any:
        """What a command answers as JSON; never shown."""
        return json.loads(self._run("", (*words, "--json"), 0, beside=StringIO()).printed)

    def _run(self, who: str, words: tuple[str, ...], code: int, *, beside: StringIO | None = None) -> Ran:
        said = ["--office", str(self.folder), "--now", self.now, *(("--as", who) if who else ()), *words]
        buffer = StringIO()
        with redirect_stdout(buffer), redirect_stderr(buffer if beside is None else beside):
            answered = run(said)
        if answered != code:
            raise BrokenDemo(f"care {' '.join(said)}\nexit {answered}, not {code}:\n{buffer.getvalue()}")
        return Ran(answered, buffer.getvalue())


def _quoted(word: str) -> str:
    """The word as a shell takes it; Chinese needs no quotes."""
    bare = "".join(sign for sign in word if sign.isascii())
    return word if word and quote(bare or "x") == (bare or "x") else quote(word)


@contextmanager
def surroundings(folder: Path, columns: int, *, chinese: bool) -> Iterator[None]:
    """In the office's folder, with the demo's language and width; afterwards everything is as it was."""
    before, here = dict(os.environ), Path.cwd()
    try:
        os.chdir(folder)
        os.environ.pop("CARE_OFFICE", None)
        os.environ["CARE_LANG"] = "zh_CN" if chinese else "en"
        os.environ["COLUMNS"] = str(columns - len(MARGIN))
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)
