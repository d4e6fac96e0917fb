"""A misspelt argument of a part: mended."""

from __future__ import annotations

from tests.typing.sample import Look
from workflow_core import SCHOOL, Task

TASK = Task("look", "Look", by=SCHOOL, form=Look)
