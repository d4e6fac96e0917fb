"""A check of another form in a task."""

from __future__ import annotations

from tests.typing.sample import Look, Parting, looked_already
from workflow_core import SCHOOL, Task

TASK = Task("look", "Look", by=SCHOOL, form=Parting, checks=[looked_already])  # wrong: list-item
USED = (Look, Parting)
