"""A row of another form entered into a register."""

from __future__ import annotations

from datetime import date

from tests.typing.sample import LOG, Look, Parting, Wear
from workflow_core import Enter

ENTERED = Enter(LOG, Parting(parted_on=date(2026, 9, 1)))  # wrong: arg-type
USED = (Look, Parting, Wear)
