"""Where a check and a round can stand. What is flagged is to be followed up: `care case list --flagged`."""

from __future__ import annotations

from workflow_core import Stage

# ------------------------------------------------------------------ one child's check

LISTED = Stage("listed", "Listed, consent to be asked")
CONSENTED = Stage("consented", "Consent given, to be measured")
ABSENT = Stage("absent", "Absent, to be made up")
JUDGED = Stage("judged", "Measured and judged")
FOUND = Stage("found", "Something found, parents to be told", flagged=True)
RECHECKING = Stage("rechecking", "Parents told, blood pressure to be read on another day", flagged=True)
TO_REFER = Stage("to_refer", "Parents told, to be referred", flagged=True)
FOLLOWED = Stage("followed", "Referred, treatment followed up", flagged=True)
FILED = Stage("filed", "Filed, nothing found", final=True, outcome="normal")
SETTLED = Stage("settled", "Settled", final=True, outcome="settled")
LOST = Stage("lost", "Lost to follow-up, with a reason", final=True, outcome="lost")
REFUSED = Stage("refused", "Consent refused", final=True, outcome="refused")
MISSED = Stage("missed", "Not measured in this round", final=True, outcome="missed")

TO_MEASURE = (LISTED, CONSENTED, ABSENT)
"""Nothing is measured yet."""
FOLLOW_UP = (FOUND, RECHECKING, TO_REFER, FOLLOWED)
"""Something was found that is not settled."""
CHECK_STAGES = (*TO_MEASURE, JUDGED, *FOLLOW_UP, FILED, SETTLED, LOST, REFUSED, MISSED)
MEASURED = (JUDGED, *FOLLOW_UP, FILED, SETTLED, LOST)

# ------------------------------------------------------------------ a round

PLANNED = Stage("planned", "Planned")
FROZEN = Stage("frozen", "Roster frozen")
SCHEDULED = Stage("scheduled", "Scheduled")
UNDER_WAY = Stage("under_way", "Under way")
RESULTS_IN = Stage("results_in", "Results in")
REVIEWED = Stage("reviewed", "Reviewed")
REPORTED = Stage("reported", "Reported, follow-up goes on")
CLOSED = Stage("closed", "Closed", final=True, outcome="closed")
ROUND_STAGES = (PLANNED, FROZEN, SCHEDULED, UNDER_WAY, RESULTS_IN, REVIEWED, REPORTED, CLOSED)
