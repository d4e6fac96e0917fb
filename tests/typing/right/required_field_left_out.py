"""A required field left out: mended."""

from __future__ import annotations

from datetime import date

from tests.typing.sample import Look, Wear

LOOKED = Look(looked_on=date(2026, 9, 1), wear=Wear.TORN)
DAY = date(2026, 9, 1)
