"""The lists that a paper prints: drawn up for the case's division, with whole names, since an official list is of no use without them.

A list of cases that are parts of such a case is that of this one's own parts: a round's roster names nobody of another round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workflow_core.definition import Listing, Register
from workflow_core.engine import listing as listings
from workflow_core.engine.among import parts_of
from workflow_core.engine.work import Work


def list_values(work: Work, listing: Listing, at: datetime, word: Callable[[str], str]) -> Mapping[str, Any]:
    """A listing as the fields of a paper of this case."""
    whole = work.state.case_id if of_parts(work, listing) else None
    only = work.state.case_id if isinstance(listing.of, Register) else None
    listed = listings.draw_up(work.world, work.program, listing, (work.state.division,), at, whole=whole, name=str, word=word, only=only)
    return listings.as_values(listed)


def of_parts(work: Work, listing: Listing) -> bool:
    """Whether a listing names the parts of this case, and nobody beside."""
    return isinstance(listing.of, type) and any(one.record is listing.of for one in parts_of(work.program, work.workflow))
