"""A due date counted from a number: mended."""

from __future__ import annotations

from tests.typing.sample import L
from workflow_core import after, days

DUE = after(L.lent_on, days(3))
