"""The stages of a dropout case."""

from __future__ import annotations

from workflow_core import Stage

SUSPECTED = Stage("suspected", "Suspected dropout")
REGISTERED = Stage("registered", "Registered dropout")
PERSUADING = Stage("persuading", "Persuasion")
REPORTING = Stage("reporting", "Written report")
NOTICED = Stage("noticed", "Township notice")
ORDERED = Stage("ordered", "Ordered to return")
IN_COURT = Stage("in_court", "Before the court")
MONITORED = Stage("monitored", "Back in class, watched")
CLEARED = Stage("cleared", "Cleared", final=True, outcome="returned")
EXCUSED = Stage("excused", "Not a dropout", final=True, outcome="excused")
AGED_OUT = Stage("aged_out", "Past school age", final=True, outcome="lost")
AWAY = (SUSPECTED, REGISTERED, PERSUADING, REPORTING, NOTICED, ORDERED, IN_COURT)
