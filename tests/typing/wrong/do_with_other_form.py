"""A task recorded as done with another form."""

from __future__ import annotations

from datetime import date

from tests.typing.sample import LOOK, Look, Parting, Wear
from workflow_core import Do

DONE = Do(LOOK, Parting(parted_on=date(2026, 9, 1)))  # wrong: misc
USED = (Look, Parting, Wear)
