"""A date set to a text."""

from __future__ import annotations

from datetime import date

from tests.typing.sample import L
from workflow_core import SetField

SET = SetField(L.lent_on, "yesterday")  # wrong: arg-type
DAY = date(2026, 9, 1)
