"""Where an edition of the camp and a camper can stand. Who is flagged is looked for now: `care case list --flagged`."""

from __future__ import annotations

from workflow_core import Stage

# ------------------------------------------------------------------ an edition

DRAFT = Stage("draft", "Draft")
ANNOUNCED = Stage("announced", "Announced")
ALLOTTED = Stage("allotted", "Seats allotted")
NOMINATING = Stage("nominating", "Nominations open")
FROZEN = Stage("frozen", "Nominations closed, list frozen")
DRAWN = Stage("drawn", "Drawn")
READY = Stage("ready", "Ready to begin")
RUNNING = Stage("running", "Under way")
OVER = Stage("over", "Over, to be reported")
CLOSED = Stage("closed", "Closed", final=True, outcome="closed")
CANCELLED = Stage("cancelled", "Cancelled", final=True, outcome="cancelled")
EDITION_STAGES = (DRAFT, ANNOUNCED, ALLOTTED, NOMINATING, FROZEN, DRAWN, READY, RUNNING, OVER, CLOSED, CANCELLED)
BEFORE_CAMP = (DRAFT, ANNOUNCED, ALLOTTED, NOMINATING, FROZEN, DRAWN, READY)
"""Nobody is on the way yet: it can be called off."""
BEFORE_FROZEN = BEFORE_CAMP[: BEFORE_CAMP.index(FROZEN)]
"""Nothing is settled yet that anybody could dislike."""
FROM_ANNOUNCED = EDITION_STAGES[1:]
"""Everybody was told when and where: other days and another site come by the task ``reschedule``, which tells the campers."""
FROM_ALLOTTED = EDITION_STAGES[EDITION_STAGES.index(ALLOTTED) :]
"""The seats are given: how many there are is not edited any more."""
FROM_FROZEN = EDITION_STAGES[EDITION_STAGES.index(FROZEN) :]
"""Nominations are closed: which public value the draw waits for is not edited any more."""

# ------------------------------------------------------------------ a camper

NOMINATED = Stage("nominated", "Nominated")
POOL = Stage("pool", "In the pool")
INELIGIBLE = Stage("ineligible", "Not eligible", final=True, outcome="ineligible")
WAITING = Stage("waiting", "On the list")
OFFERED = Stage("offered", "Seat offered")
CONFIRMED = Stage("confirmed", "Confirmed")
ARRIVED = Stage("arrived", "On site", never_rests=True)
OFF_SITE = Stage("off_site", "Off site, with a note", never_rests=True)
MISSING = Stage("missing", "Missing", flagged=True, never_rests=True)
COMPLETED = Stage("completed", "Completed", final=True, outcome="completed")
WITHDRAWN = Stage("withdrawn", "Withdrawn", final=True, outcome="withdrawn")
SENT_HOME = Stage("sent_home", "Sent home", final=True, outcome="sent_home")
NO_SEAT = Stage("no_seat", "The list has ended", final=True, outcome="no_seat")
CAMPER_STAGES = (NOMINATED, POOL, INELIGIBLE, WAITING, OFFERED, CONFIRMED, ARRIVED, OFF_SITE, MISSING, COMPLETED, WITHDRAWN, SENT_HOME, NO_SEAT)

PRESENT = (ARRIVED, OFF_SITE, MISSING)
"""The organisers answer for them."""
OPEN = (NOMINATED, POOL, WAITING, OFFERED, CONFIRMED, *PRESENT)
"""A child is in one of these in one edition only."""
