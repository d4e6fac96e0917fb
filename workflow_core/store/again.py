"""Once more, where the database threw a transaction away in favour of another's: nobody at a desk can do anything about that, and nothing was kept."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from workflow_core.store.database import Database
from workflow_core.store.faults import Collided

T = TypeVar("T")

TRIES = 5
FIRST_PAUSE = 0.02
"""Seconds. Each pause is drawn between nothing and this, doubled from try to try: the two that met must not meet again."""


def again(db: Database, step: Callable[[], T]) -> T:
    """Do a step that makes a transaction of its own, up to five times.

    Only for a step that begins anew from what it reads and leaves nothing behind outside its transaction. Within a transaction of the same thread it
    is done once: that whole is lost, and whoever began it begins anew.

    :raises Conflict: ``office_busy``: it met another's each time.
    """
    for n in range(1, 1 if db.writing else TRIES):
        try:
            return step()
        except Collided:
            time.sleep(random.uniform(0, FIRST_PAUSE * 2**n))
    return step()
