"""A length of time that is a text."""

from __future__ import annotations

from tests.typing.sample import L, P
from workflow_core import days

SPAN = days(L.book)  # wrong: arg-type
USED = (L, P)
