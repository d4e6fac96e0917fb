"""A transition fired with another form: mended."""

from __future__ import annotations

from datetime import date

from tests.typing.sample import PART, Look, Parting, Wear
from workflow_core import Fire

FIRED = Fire(PART, Parting(parted_on=date(2026, 9, 1)))
USED = (Look, Parting, Wear)
