"""What the camp reads of a child that other programs wrote down, and what it writes down for them: by name, never by their modules."""

from __future__ import annotations

from workflow_core import Fact

CAMPED = Fact("camp.completed", "Took part in a camp to its end", type=int)
"""The year of the camp."""
UNSETTLED = Fact("health.unsettled", "A finding of a health check is not settled", type=bool)
"""Written by a health check, where one was made; the latest one counts."""
READS = (CAMPED, UNSETTLED)
