"""A required field left out."""

from __future__ import annotations

from datetime import date

from tests.typing.sample import Look, Wear

LOOKED = Look(wear=Wear.TORN)  # wrong: call-arg
DAY = date(2026, 9, 1)
