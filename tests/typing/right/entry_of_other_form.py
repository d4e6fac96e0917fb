"""A row of its form entered into a register."""

from __future__ import annotations

from datetime import date

from tests.typing.sample import LOG, Look, Parting, Wear
from workflow_core import Enter

ENTERED = Enter(LOG, Look(looked_on=date(2026, 9, 1), wear=Wear.TORN))
USED = (Look, Parting, Wear)
