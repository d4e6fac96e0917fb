"""The lists that a paper prints: drawn up for the case's division, with whole names, since an official list is of no use without them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workflow_core.definition import Listing
from workflow_core.engine import listing as listings
from workflow_core.engine.work import Work


def list_values(work: Work, listing: Listing, at: datetime, word: Callable[[str], str]) -> Mapping[str, Any]:
    """A listing as the fields of a paper of this case."""
    listed = listings.draw_up(work.world, work.program, listing, (work.state.division,), at, name=str, word=word)
    return listings.as_values(listed)
