"""A choice compared with its label: mended."""

from __future__ import annotations

from tests.typing.sample import L, Wear
from workflow_core import is_

NEW = is_(L.wear, Wear.NEW)
USED = Wear
