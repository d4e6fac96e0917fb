"""A misspelt stage of another file."""

from __future__ import annotations

from tests.typing.sample import LETN as LENT  # wrong: attr-defined

STAGES = [LENT]
