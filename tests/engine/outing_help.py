"""What the tests of registers do again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.conftest import Town
from workflow_core.engine.registering import Entered
from workflow_core.engine.runtime import SYSTEM_ACTOR
from workflow_core.errors import CareError


def guest_of(town: Town, outing: str) -> str:
    return town.engine.open(town.teacher, "outings.guest", town.child(), {}, whole=outing).ref


def at(town: Town, minutes: int = 0) -> str:
    """An instant, some minutes from now."""
    return (town.clock.instant + timedelta(minutes=minutes)).isoformat()


def leave(town: Town, outing: str, guest: str, **how: Any) -> Entered:
    given = {"guest": guest, "with_whom": "an aunt", "left_at": at(town), "back_by": at(town, 60)}
    return town.engine.enter(town.teacher, outing, "out", {**given, **how})


def code(act: Callable[[], object]) -> str:
    with pytest.raises(CareError) as said:
        act()
    return said.value.code


def version(town: Town, ref: str) -> int:
    return town.engine.show(town.teacher, ref).row.version


def view(town: Town, ref: str, ask: Callable[[Any], Any]) -> Any:
    """What a guard would see of a case."""
    with town.db.read() as tx:
        return ask(town.engine.runtime.work(tx, ref, SYSTEM_ACTOR).view(town.clock.instant))
