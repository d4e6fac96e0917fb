"""What a code of the checks is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, eq=False)
class Code:
    """One kind of finding.

    :param meaning: one sentence, for the documentation.
    :param message: a msgid: what is told; :param hint: a msgid: what to do.
    :param severity: an ``error`` is a program that cannot do what it says; a ``warning`` is most likely an oversight.
    """

    meaning: str
    message: str
    hint: str
    severity: Severity = "error"
