"""A task for each of what a misspelt field holds."""

from __future__ import annotations

from tests.typing.sample import L
from workflow_core import SCHOOL, Task

TASK = Task("look", "Look", by=SCHOOL, each=L.boooks)  # wrong: attr-defined
