"""What comes at times of the day: asked for when it begins, late within it, missed when the next begins, only between the first and the last day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.engine.calls import BELL, ROLL, Policy, calling
from tests.engine.conftest import START, Town
from tests.engine.test_each import begun, edit, groups
from workflow_core.engine.words import schedules

TownOf = Callable[..., Town]
FIRST = "2026-09-02"  # the clock stands at nine in the morning of the first of September


def pass_hours(town: Town, hours: float, *, tick: bool = True) -> None:
    town.clock.instant += timedelta(hours=hours)
    if tick:
        assert town.engine.tick().problems == []


def slots(town: Town, ref: str, name: str = "roll") -> list[tuple[str, str]]:
    """Of each occurrence the civil time at which it began, and how it stands."""
    return [(one["at"], one["state"]) for one in town.rows(ref, name)]


def test_an_occurrence_opens_at_its_time_and_is_missed_when_the_next_begins(town_of: TownOf) -> None:
    """Not a day before the first."""
    town = town_of(calling(ROLL))
    ref = begun(town, groups=groups(1), first=FIRST, last=FIRST)
    assert slots(town, ref) == []
    pass_hours(town, 21.9)
    assert slots(town, ref) == []
    pass_hours(town, 0.1)
    assert slots(town, ref) == [("2026-09-02T07:00", "open")]
    pass_hours(town, 5)
    assert slots(town, ref) == [("2026-09-02T07:00", "missed"), ("2026-09-02T12:00", "open")]
    town.do(f"{ref}.roll", at="2026-09-02T11:59")
    assert slots(town, ref) == [("2026-09-02T07:00", "done"), ("2026-09-02T12:00", "open")]


def test_it_is_late_after_minutes_and_once(town_of: TownOf) -> None:
    """Half an hour after it began, for each group; and no more when it was done."""
    town = town_of(calling(ROLL))
    ref = begun(town, groups=groups(1, 2), first=FIRST, last=FIRST)
    pass_hours(town, 22)
    town.do(f"{ref}.roll:1", at="2026-09-02T07:00")
    pass_hours(town, 0.49)
    assert town.kinds(ref).count("task_late") == 0
    pass_hours(town, 0.01)
    assert town.kinds(ref).count("task_late") == 1
    assert town.tasks(ref) == ["roll", "escalation-child_supervisor"]
    town.do(f"{ref}.roll:2", at="2026-09-02T07:30")
    assert town.tasks(ref) == []


def test_a_clock_that_slept_writes_down_what_was_missed_as_one_that_did_not(town_of: TownOf, tmp_path: Any) -> None:
    """Each at its time, in the same words."""
    town = town_of(calling(ROLL))
    refs = [begun(town, groups=groups(1), first=FIRST, last="2026-09-04") for _ in range(2)]
    pass_hours(town, 24 * 5)
    told = [[(one["kind"], one["at"]) for one in town.events(ref)[2:]] for ref in refs]
    assert told[0] == told[1]
    assert [kind for kind, _ in told[0]].count("occurrence_missed") == 9
    assert [kind for kind, _ in told[0]].count("task_late") == 9
    assert [state for _, state in slots(town, refs[0])] == ["missed"] * 9
    one, other = begun(town, groups=groups(1), first="2026-09-07", last="2026-09-08"), None
    for _ in range(24 * 3):
        pass_hours(town, 1)
    other = [at for kind, at in ((one_["kind"], one_["at"]) for one_ in town.events(one)) if kind == "occurrence_missed"]
    assert [at[11:16] for at in other] == ["04:00", "12:00", "23:00", "04:00", "12:00", "23:00"]
    assert town.engine.tick().steps == 0


def test_days_that_move_take_what_is_asked_with_them(town_of: TownOf) -> None:
    """What was done stays done; what is not asked for any more is not missed."""
    town = town_of(calling(ROLL, then=ROLL))
    ref = begun(town, groups=groups(1), first=FIRST, last="2026-09-03")
    pass_hours(town, 22)
    town.do(f"{ref}.roll", at="2026-09-02T07:00")
    pass_hours(town, 5)
    edit(town, ref, first="2026-09-10", last="2026-09-10")
    assert slots(town, ref) == [("2026-09-02T07:00", "done"), ("2026-09-02T12:00", "closed")]
    edit(town, ref, first=FIRST, last="2026-09-03")
    assert slots(town, ref)[2:] == [("2026-09-02T12:00", "open")]
    edit(town, ref, first="2026-09-03", last="2026-09-03")
    town.wait(days=2)
    assert [state for _, state in slots(town, ref)[3:]] == ["missed"] * 3
    town.advance(ref, "end")


def test_while_the_first_day_is_not_known_nothing_is_asked(town_of: TownOf) -> None:
    """Nor while the last one is not."""
    town = town_of(calling(ROLL))
    ref = begun(town, groups=groups(1), first=FIRST)
    town.wait(days=3)
    assert slots(town, ref) == []


def test_on_some_weekdays_alone_and_a_day_long_at_the_most(town_of: TownOf) -> None:
    """Monday and Wednesday at eight; late when it is missed."""
    town = town_of(calling(BELL))
    ref = begun(town)
    town.wait(days=8)
    assert slots(town, ref, "bell") == [("2026-09-02T08:00", "missed"), ("2026-09-07T08:00", "missed"), ("2026-09-09T08:00", "open")]
    assert [one["at"][:16] for one in town.events(ref) if one["kind"] == "occurrence_missed"] == ["2026-09-03T00:00", "2026-09-08T00:00"]
    assert town.kinds(ref).count("task_late") == 2


def test_one_that_began_before_the_stage_is_not_asked(town_of: TownOf) -> None:
    """The call of seven, where the camp begins at nine."""
    town = town_of(calling(ROLL))
    ref = begun(town, groups=groups(1), first="2026-09-01", last="2026-09-01")
    assert slots(town, ref) == []
    pass_hours(town, 3)
    assert slots(town, ref) == [("2026-09-01T12:00", "open")]
    assert town.clock.instant - timedelta(hours=3) == START


def test_what_fell_due_while_the_case_rested_was_asked_of_nobody(town_of: TownOf) -> None:
    """What had begun before is closed, not missed; it goes on with what comes next."""
    town = town_of(calling(ROLL))
    ref = begun(town, groups=groups(1), first="2026-09-01", last="2026-09-05")
    pass_hours(town, 3)
    town.engine.suspend(town.supervisor, ref, "rest")
    pass_hours(town, 24)
    town.engine.resume(town.supervisor, ref)
    assert slots(town, ref) == [("2026-09-01T12:00", "closed"), ("2026-09-02T12:00", "open")]


def test_an_entry_taken_back_waits_again_in_its_time(town_of: TownOf) -> None:
    """And is missed when that is over."""
    town = town_of(calling(ROLL))
    ref = begun(town, groups=groups(1), first=FIRST, last=FIRST)
    pass_hours(town, 22)
    town.do(f"{ref}.roll", at="2026-09-02T07:00")
    town.engine.undo_task(town.teacher, f"{ref}.roll", "the wrong group")
    assert slots(town, ref) == [("2026-09-02T07:00", "undone"), ("2026-09-02T07:00", "open")]
    pass_hours(town, 5)
    assert slots(town, ref)[1:] == [("2026-09-02T07:00", "missed"), ("2026-09-02T12:00", "open")]


def test_the_times_are_said_in_the_picture_of_the_program() -> None:
    """With the weekdays, where it is not every day."""
    assert schedules(ROLL, Policy) == "each day at 7:00, 12:00, 20:00"
    assert schedules(BELL, Policy) == "at 8:00 on the weekdays 1, 3"
