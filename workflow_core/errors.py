"""The one type of error: what happened, why, and what to do, as fields.

The same object is shown in the terminal and written by ``--json``, so that the two agree. A message never holds personal data:
a person is named by reference, a row by its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from workflow_core.i18n import translate


@dataclass(frozen=True)
class Problem:
    """One of several things that are wrong with an input, a sheet or a program.

    :param code: stable, in snake_case; scripts rely on it.
    :param message: an English msgid, with ``{name}`` for each value.
    :param place: where: a field, a row, ``workflow.stage``; empty where there is only one place.
    :param hint: an English msgid: what to do next.
    :param values: what the placeholders of message and hint stand for; never personal data.
    """

    code: str
    message: str
    place: str = ""
    hint: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The message in the reader's language."""
        return translate(self.message, **self.values)

    def advice(self) -> str:
        """The hint in the reader's language."""
        return translate(self.hint, **self.values) if self.hint else ""

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"code": self.code, "place": self.place, "message": self.text(), "hint": self.advice()}


class CareError(Exception):
    """Something was refused. Raise one of the kinds below, which carry the exit code of the command line.

    :param code: stable, in snake_case.
    :param message: an English msgid, with ``{name}`` for each value of ``context``.
    :param hint: an English msgid: what to do next, with the same values.
    :param problems: where several things are wrong at once, each of them.
    :param context: the values; never personal data.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: str, *, hint: str = "", problems: Sequence[Problem] = (), **context: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)
        self.context = context

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """The message in the reader's language."""
        return translate(self.message, **self.context)

    def advice(self) -> str:
        """The hint in the reader's language."""
        return translate(self.hint, **self.context) if self.hint else ""

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        found: dict[str, Any] = {"code": self.code, "message": self.text(), "hint": self.advice()}
        if self.context:
            found["context"] = {name: str(value) for name, value in self.context.items()}
        if self.problems:
            found["problems"] = [problem.as_dict() for problem in self.problems]
        return found


class Refused(CareError):
    """A rule of the program or of the house says no (exit 1)."""


class Misused(CareError):
    """The input or the command is wrong (exit 2)."""

    exit_code = 2


class NotPermitted(CareError):
    """This account may not do that (exit 3)."""

    exit_code = 3


class Conflict(CareError):
    """Somebody else was faster, or the same request came with other content (exit 4); nothing was written."""

    exit_code = 4


class NotFound(CareError):
    """It does not exist, or lies outside what this account may see; the two look the same (exit 5)."""

    exit_code = 5


class Damaged(CareError):
    """The office cannot be reached or is damaged (exit 6)."""

    exit_code = 6
