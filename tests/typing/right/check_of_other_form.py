"""A check of another form in a task: mended."""

from __future__ import annotations

from tests.typing.sample import Look, Parting, looked_already
from workflow_core import SCHOOL, Task

TASK = Task("look", "Look", by=SCHOOL, form=Look, checks=[looked_already])
USED = (Look, Parting)
