"""A misspelt stage of another file: mended."""

from __future__ import annotations

from tests.typing.sample import LENT

STAGES = [LENT]
