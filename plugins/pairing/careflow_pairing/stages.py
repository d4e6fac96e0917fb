"""The stages of the three workflows, and of the yearly commendation."""

from __future__ import annotations

from workflow_core import Stage

# ------------------------------------------------------------------ the proxy parent: 报名、登记、审查

APPLIED = Stage("applied", "Applied")
REGISTERED = Stage("registered", "Registered, being vetted")
APPROVED = Stage("approved", "Approved")
PAUSED = Stage("paused", "Paused")
LAPSED = Stage("lapsed", "Vetting has run out")
REJECTED = Stage("rejected", "Rejected", final=True, outcome="rejected")
BARRED = Stage("barred", "Barred", final=True, outcome="barred")
RETIRED = Stage("retired", "Retired", final=True, outcome="retired")
PROXY_ON_FILE = (APPLIED, REGISTERED, APPROVED, PAUSED, LAPSED)

# ------------------------------------------------------------------ the child's need

ASSESSED = Stage("assessed", "Registered, being assessed")
QUEUED = Stage("queued", "In the queue")
PAIRED = Stage("paired", "Paired")
OVER = Stage("over", "No longer needed", final=True, outcome="over")
NEED_OPEN = (ASSESSED, QUEUED, PAIRED)

# ------------------------------------------------------------------ the pair

PROPOSED = Stage("proposed", "Proposed")
AGREED = Stage("agreed", "Accepted by both")
SIGNED = Stage("signed", "Card signed")
ACTIVE = Stage("active", "Active")
SUPERVISED = Stage("supervised", "Supervised")
SUSPENDED = Stage("suspended", "Suspended at once")
DECLINED = Stage("declined", "Not taken", final=True, outcome="declined")
ENDED = Stage("ended", "Ended", final=True, outcome="ended")
REMATCHED = Stage("rematched", "Ended, to be matched again", final=True, outcome="rematched")
HOLDING = (PROPOSED, AGREED, SIGNED, ACTIVE, SUPERVISED, SUSPENDED)
"""Those in which a pair takes a place."""
LIVING = (ACTIVE, SUPERVISED)

# ------------------------------------------------------------------ the yearly commendation

CHOOSING = Stage("choosing", "Choosing")
HONOURED = Stage("honoured", "Commended", final=True, outcome="commended")
