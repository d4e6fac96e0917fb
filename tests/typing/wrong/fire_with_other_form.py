"""A transition fired with another form."""

from __future__ import annotations

from datetime import date

from tests.typing.sample import PART, Look, Parting, Wear
from workflow_core import Fire

FIRED = Fire(PART, Look(looked_on=date(2026, 9, 1), wear=Wear.NEW))  # wrong: misc
USED = (Look, Parting, Wear)
