"""A line that fires a transition by its name."""

from __future__ import annotations

from tests.typing.sample import BACK, LENT, L
from workflow_core import PER_DIVISION, SYSTEM, Limit, Transition, Waiting

LEND = Transition("lend", "Lend", source=BACK, target=LENT, by=SYSTEM)
BOOKS = Limit("books", "none is left", size=3, per=PER_DIVISION, held_in=[LENT], waiting=Waiting(BACK, L.renewals, LEND))
