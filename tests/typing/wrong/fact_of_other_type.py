"""A fact observed with a value of another type."""

from __future__ import annotations

from tests.typing.sample import READ
from workflow_core import Observe

SEEN = Observe(READ, "three")  # wrong: arg-type
