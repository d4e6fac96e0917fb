"""A choice compared with its label."""

from __future__ import annotations

from tests.typing.sample import L, Wear
from workflow_core import is_

NEW = is_(L.wear, "As new")  # wrong: type-var
USED = Wear
