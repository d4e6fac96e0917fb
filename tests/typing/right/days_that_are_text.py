"""A length of time that is a text: mended."""

from __future__ import annotations

from tests.typing.sample import L, P
from workflow_core import days

SPAN = days(P.days_lent)
USED = (L, P)
