"""A due date counted from a number."""

from __future__ import annotations

from tests.typing.sample import L
from workflow_core import after, days

DUE = after(L.renewals, days(3))  # wrong: arg-type
