"""One thing that is wrong with a program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workflow_core.checks.codes import CODES, Severity
from workflow_core.errors import Problem
from workflow_core.i18n import N_, Label
from workflow_core.nearest import nearest


@dataclass(frozen=True)
class Finding(Problem):
    """A ``Problem`` of a program, with its severity: an error cannot work, a warning is most likely an oversight.

    ``place`` is ``workflow.part`` (``dropout.persuading``, ``dropout.report``), or the name of what belongs to no workflow.
    """

    severity: Severity = "error"

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**super().as_dict(), "severity": self.severity}


def found(code: str, place: str, /, **values: object) -> Finding:
    """A finding with the texts of its code."""
    said = CODES[code]
    return Finding(code, said.message, place, said.hint, _shown(values), said.severity)


def misspelt(code: str, place: str, word: str, known: Iterable[str], /, **values: object) -> Finding:
    """A finding about a name that is not known; where it looks like one that is, the hint says so."""
    meant = nearest(word, known)
    said = CODES[code]
    return Finding(code, said.message, place, N_("did you mean {meant}?") if meant else said.hint, {**_shown(values), "meant": meant}, said.severity)


def _shown(values: dict[str, object]) -> dict[str, object]:
    """The words for kinds of parts are translated with the message; names are not."""
    return {name: Label(value) if name in ("kind", "which") else value for name, value in values.items()}
