"""A timer over several stages hears what was done in any of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.conftest import Town
from tests.engine.small import OTHER, WAITING, V, Visit, small
from workflow_core import Escalate, Task, Timer, after, days, weeks
from workflow_core.definition import SCHOOL, SUPERVISOR

MakeTown = Callable[..., Town]

VISIT = Task("visit", "Visit", by=SCHOOL, form=Visit, happened=V.on)
CALL = Task("call", "Call", by=SCHOOL)


def silent(stages: object, *, days_of: int = 14) -> Timer:
    return Timer("still", stages, due=after((VISIT, CALL), days(days_of)), again=weeks(1), do=[Escalate(SUPERVISOR, "It is silent")])  # type: ignore[arg-type]


def heard(town: Town, ref: str) -> int:
    return town.kinds(ref).count("timer_fired")


def test_what_was_done_in_an_earlier_stage_moves_the_silence(town_of: MakeTown) -> None:
    """A visit on the tenth day, in a stage that is left for another: two weeks of silence begin there, not at the opening."""
    town = town_of(small(VISIT, other=[CALL], timers=[silent((WAITING, OTHER))]))
    ref = town.start()
    town.wait(days=10)
    town.do(f"{ref}.1", on=town.today.isoformat())
    town.wait(days=1)
    town.advance(ref, "go")
    town.wait(days=12)
    assert heard(town, ref) == 0
    town.wait(days=1)
    assert heard(town, ref) == 1


@pytest.mark.parametrize("stayed", [0, 5])
def test_what_was_done_before_the_timers_stages_counts_for_nothing(town_of: MakeTown, stayed: int) -> None:
    """A timer of the second stage begins with it, whatever was done in the first one and when."""
    town = town_of(small(VISIT, other=[CALL], timers=[silent(OTHER, days_of=3)]))
    ref = town.start()
    town.do(f"{ref}.1", on=town.today.isoformat())
    town.wait(days=stayed)
    town.advance(ref, "go")
    town.wait(days=2)
    assert heard(town, ref) == 0
    town.wait(days=1)
    assert heard(town, ref) == 1
