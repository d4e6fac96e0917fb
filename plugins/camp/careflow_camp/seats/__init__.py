"""Seats for schools, in proportion to their children. Whole numbers only: no computer's fraction decides who gets the last seat.

``allot`` does it; ``read_counts`` reads a file of names and counts for it.
"""

from __future__ import annotations

from careflow_camp.seats.allotting import TIE_RULE, Allotment, Tie, allot, reserve_of
from careflow_camp.seats.asked import Asked, SeatsRefused
from careflow_camp.seats.counts import Counted, read_counts, with_lines

__all__ = ["TIE_RULE", "Allotment", "Asked", "Counted", "SeatsRefused", "Tie", "allot", "read_counts", "reserve_of", "with_lines"]
