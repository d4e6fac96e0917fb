"""A date set to a text: mended."""

from __future__ import annotations

from datetime import date

from tests.typing.sample import L
from workflow_core import SetField

SET = SetField(L.lent_on, date(2026, 9, 1))
DAY = date(2026, 9, 1)
