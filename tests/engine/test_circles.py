"""What the check tells of circles is what the clock does in them, and what it lets pass comes to rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.conftest import Town
from tests.engine.small import OTHER, WAITING, M, Rules, small
from workflow_core import AUTOMATIC, SYSTEM, Program, Timer, Transition, at, weeks
from workflow_core.checks import check

MakeTown = Callable[..., Town]
TELLS = {"automatic_loop", "timer_for_ever"}
SEND = Transition("send", "Send", source=WAITING, target=OTHER, by=SYSTEM)
BACK = Transition("again", "Again", source=OTHER, target=WAITING, by=AUTOMATIC)
RENEW = Transition("renew", "Renew", source=WAITING, target=WAITING, by=SYSTEM)


def told(program: Program[Rules]) -> set[str]:
    return {one.code for one in check(program)} & TELLS


def fired(town: Town, ref: str) -> int:
    return town.kinds(ref).count("timer_fired")


def test_a_circle_without_time_is_told_by_both(town_of: MakeTown) -> None:
    """The check before it runs, the clock when it does."""
    program = small(transitions=[SEND, BACK], timers=[Timer("wanted", WAITING, due=at(M.wanted_on), fire=SEND)])
    assert told(program) == {"automatic_loop"}
    town = town_of(program)
    town.start(wanted_on="2026-09-10")
    town.clock.instant += timedelta(days=20)
    assert [one["code"] for one in town.engine.tick().problems] == ["automatic_loop"]


@pytest.mark.parametrize(
    ("transitions", "timer", "code", "times"),
    [
        ([SEND, BACK], Timer("weekly", WAITING, due=weeks(1), fire=SEND), "timer_for_ever", 8),
        ([RENEW], Timer("weekly", WAITING, due=weeks(1), again=weeks(1), fire=RENEW), "timer_for_ever", 8),
        ([RENEW], Timer("weekly", WAITING, due=weeks(1), fire=RENEW), None, 1),
        ([SEND, BACK], Timer("weekly", (WAITING, OTHER), due=weeks(1), fire=SEND), None, 1),
    ],
    ids=["there and back", "again", "once", "its stages were not left"],
)
def test_a_timer_that_is_told_to_go_on_for_ever_does(
    town_of: MakeTown, transitions: list[Transition[Any, Any, Any]], timer: Timer, code: str | None, times: int
) -> None:
    """Once a week for eight weeks; one that is not told runs out once."""
    program = small(transitions=transitions, timers=[timer])
    assert told(program) == ({code} if code else set())
    town = town_of(program)
    ref = town.start()
    town.wait(days=8 * 7 + 1)
    assert fired(town, ref) == times
