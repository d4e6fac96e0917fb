"""What one thread has written and not committed yet: told, carried out and filled right after the commit, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workflow_core.definition import Change
from workflow_core.store.server.session import leaves_to_clock

if TYPE_CHECKING:
    from workflow_core.engine.runtime import Runtime
    from workflow_core.engine.world import World

Place = tuple[str, str, str]
"""A place of a limit: program, limit, key."""


class Committing(threading.local):
    """What a transaction of this thread leaves to be done after it.

    :param told: changes for observers; :param letters: effects on other cases; :param places: those that were given back, and for which there is a line.
    :param world: what it has read, where several cases share a transaction; :param filling: places are being filled further out.
    """

    def __init__(self) -> None:
        self.depth = 0
        self.told: list[Change] = []
        self.letters: list[str] = []
        self.places: list[Place] = []
        self.world: World | None = None
        self.filling = False

    def mark(self) -> tuple[int, int, int]:
        """How much there is to be done so far, for ``forget_since``."""
        return len(self.told), len(self.letters), len(self.places)

    def forget_since(self, mark: tuple[int, int, int]) -> None:
        """Forget what came to it since: it was undone."""
        told, letters, places = mark
        del self.told[told:], self.letters[letters:], self.places[places:]


@contextmanager
def committing(runtime: Runtime, here: Committing) -> Iterator[None]:
    """Around a writing transaction: what must be told of it is told after it, or not at all."""
    here.depth += 1
    before = here.mark()
    try:
        yield
    except BaseException:
        here.forget_since(before)
        raise
    finally:
        here.depth -= 1
    if here.depth == 0:
        _after(runtime, here)


def _after(runtime: Runtime, here: Committing) -> None:
    told, here.told = here.told, []
    letters, here.letters = here.letters, []
    for change in told:
        runtime.registry.observe(change)
    if leaves_to_clock(runtime.db):  # a desk writes in its own cases alone: what they ask of others, and who is next in line, is the clock's
        here.places.clear()
        return
    if letters:
        from workflow_core.engine.letters import deliver_on

        deliver_on(runtime, letters)
    if here.places and not here.filling:
        from workflow_core.engine.filling import fill_on

        here.filling = True
        try:
            while here.places:
                places, here.places = list(dict.fromkeys(here.places)), []
                fill_on(runtime, places)
        finally:
            here.filling = False
