"""A misspelt choice."""

from __future__ import annotations

from tests.typing.sample import L, Wear
from workflow_core import is_

TORN = is_(L.wear, Wear.TORM)  # wrong: attr-defined
