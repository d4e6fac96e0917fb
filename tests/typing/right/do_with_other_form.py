"""A task recorded as done with another form: mended."""

from __future__ import annotations

from datetime import date

from tests.typing.sample import LOOK, Look, Parting, Wear
from workflow_core import Do

DONE = Do(LOOK, Look(looked_on=date(2026, 9, 1), wear=Wear.NEW))
USED = (Look, Parting, Wear)
