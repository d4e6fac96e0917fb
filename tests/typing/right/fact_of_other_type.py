"""A fact observed with a value of another type: mended."""

from __future__ import annotations

from tests.typing.sample import READ
from workflow_core import Observe

SEEN = Observe(READ, 3)
