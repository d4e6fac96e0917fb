"""A misspelt field of the policy, in a reference: mended."""

from __future__ import annotations

from tests.typing.sample import P
from workflow_core import days

SPAN = days(P.days_lent)
