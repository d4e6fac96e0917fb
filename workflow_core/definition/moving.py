"""What becomes of an open case when the child it is about moves to another township."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Moved:
    """One of ``GOES`` and ``STAYS``."""

    name: str


GOES = Moved("goes")
"""``moved=GOES``: the case goes along: from then on the new township's desks, limits and policy are its own. Dates that are set stay."""
STAYS = Moved("stays")
"""``moved=STAYS``: the case stays with the township in which it is, and ends there."""
