"""A time of the day as text, and a last day that is a number."""

from __future__ import annotations

from datetime import time

from tests.typing.sample import L, LOOK
from workflow_core import SCHOOL, Daily, Task

MORNING = Task("morning", "Morning", by=SCHOOL, schedule=Daily(at=("07:00",)))  # wrong: arg-type
EVENING = Task("evening", "Evening", by=SCHOOL, schedule=Daily(at=(time(20),), last=L.renewals))  # wrong: arg-type
USED = LOOK
