"""When tasks are opened: once, again and again, so many per period, when others are done, while something holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.engine.conftest import Town
from tests.engine.small import END, OTHER, R, Small, V, Visit, small
from workflow_core import (
    MONTH,
    TERM,
    CloseTask,
    Deny,
    Do,
    Every,
    Once,
    OpenTask,
    Per,
    Task,
    Transition,
    days,
    deny,
    months,
    weeks,
)
from workflow_core.definition import AUTOMATIC, SCHOOL
from workflow_core.definition import done as all_done

MakeTown = Callable[..., Town]


def from_the_fifth(case: Small) -> Deny | None:
    return None if case.today >= date(2026, 9, 5) else deny("too early")


# ------------------------------------------------------------------ once


def test_once_is_once_in_a_stay(town_of: MakeTown) -> None:
    """Coming back to the stage asks for it again."""
    town = town_of(small(Task("call", "Call", by=SCHOOL)))
    ref = town.start()
    town.do(f"{ref}.call")
    town.wait(days=30)
    assert town.states(ref, "call") == ["done"]
    for name in ("go", "back"):
        town.advance(ref, name)
    assert town.states(ref, "call") == ["done", "open"]


def test_what_belongs_to_both_stages_goes_on(town_of: MakeTown) -> None:
    """Moving inside the group neither closes nor doubles it."""
    town = town_of(small(both=[Task("call", "Call", by=SCHOOL)]))
    ref = town.start()
    town.advance(ref, "go")
    assert town.states(ref, "call") == ["open"]
    town.advance(ref, "stop")
    assert town.states(ref, "call") == ["closed"]


def test_a_task_waits_for_those_it_needs(town_of: MakeTown) -> None:
    """It opens in the step that finishes the last of them."""
    first, second = Task("first", "First", by=SCHOOL), Task("second", "Second", by=SCHOOL)
    town = town_of(small(first, second, Task("third", "Third", by=SCHOOL, needs=[first, second])))
    ref = town.start()
    town.do(f"{ref}.first")
    assert town.tasks(ref) == ["second"]
    assert town.do(f"{ref}.second").opened[0]["task"] == "third"


def test_a_task_waits_for_its_day(town_of: MakeTown) -> None:
    """The clock opens it on the morning its condition holds; once open, it stays."""
    town = town_of(small(Task("call", "Call", by=SCHOOL, only_if=from_the_fifth)))
    ref = town.start()
    town.wait(days=3)
    assert town.tasks(ref) == []
    town.wait(days=3)
    assert town.tasks(ref) == ["call"]
    assert town.events(ref)[-1]["at"] == "2026-09-04T16:00:00.000000Z"


def test_a_task_that_the_program_closes_stays_closed(town_of: MakeTown) -> None:
    """The stage does not ask for it again."""
    call = Task("call", "Call", by=SCHOOL)
    town = town_of(small(call, Task("look", "Look", by=SCHOOL, do=[CloseTask(call)])))
    ref = town.start()
    town.do(f"{ref}.look")
    town.wait(days=2)
    assert town.states(ref, "call") == ["closed"]


def test_an_effect_opens_a_task_unless_one_is_open(town_of: MakeTown) -> None:
    """About another thing it is another task."""
    extra = Task("extra", "Extra", by=SCHOOL, due=days(2))
    twice = [OpenTask(extra), OpenTask(extra), OpenTask(extra, "a coat")]
    town = town_of(small(Task("look", "Look", by=SCHOOL, do=twice)))
    ref = town.start()
    town.do(f"{ref}.look")
    assert [row["due"] for row in town.rows(ref, "extra")] == ["2026-09-03", "2026-09-03"]
    town.advance(ref, "go")
    assert town.states(ref, "extra") == ["open", "open"]


def test_an_effect_records_a_task_as_done(town_of: MakeTown) -> None:
    """With what it asks, and what it does in turn."""
    after = Task("after", "After", by=SCHOOL)
    visit = Task("visit", "Visit", by=SCHOOL, form=Visit, happened=V.on, do=[OpenTask(after)])
    town = town_of(small(visit, Task("look", "Look", by=SCHOOL, do=[Do(visit, Visit(on=date(2026, 9, 1)))])))
    ref = town.start()
    town.do(f"{ref}.look")
    assert town.rows(ref, "visit")[0]["given"] == {"on": "2026-09-01", "said": ""}
    assert town.tasks(ref) == ["after"]


# ------------------------------------------------------------------ every so often


def test_one_occurrence_is_open_at_a_time_and_missed_ones_are_written_down(town_of: MakeTown) -> None:
    """After three silent weeks three are missed and one waits."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1)))))
    ref = town.start()
    town.wait(days=21)
    assert town.states(ref, "look") == ["missed", "missed", "missed", "open"]
    assert [event["at"][:10] for event in town.events(ref) if event["kind"] == "occurrence_missed"] == ["2026-09-07", "2026-09-14", "2026-09-21"]
    assert town.due(ref, "look") == "2026-09-28"


def test_the_next_one_comes_with_its_own_week(town_of: MakeTown) -> None:
    """Done early, it does not come earlier."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1)))))
    ref = town.start()
    town.do(f"{ref}.look")
    town.wait(days=6)
    assert town.tasks(ref) == []
    town.wait(days=1)
    assert town.due(ref, "look") == "2026-09-14"


def test_missed_ones_do_not_count_towards_those_that_are_wanted(town_of: MakeTown) -> None:
    """Two looks are wanted, whatever was missed between them."""
    look = Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1), times=R.times))
    end = Transition("over", "Over", source=OTHER, target=END, by=AUTOMATIC, guards=[all_done(look)])
    town = town_of(small(other=[look], transitions=[end]))
    ref = town.start()
    town.advance(ref, "go")
    town.do(f"{ref}.look")
    town.wait(days=15)
    assert town.states(ref, "look") == ["done", "missed", "open"]
    town.do(f"{ref}.look")
    assert town.stage(ref) == "end"


def test_months_end_where_the_month_ends(town_of: MakeTown) -> None:
    """Begun on the 30th, a month's window ends before the next 30th, or the last day."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Every(months(1)))))
    town.wait(days=29, tick=False)
    ref = town.start()
    assert town.due(ref, "look") == "2026-10-29"


def test_windows_of_no_length_do_not_hang_the_clock(town_of: MakeTown) -> None:
    """A policy of zero days is taken for one."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Every(days(0)))))
    ref = town.start()
    town.wait(days=2)
    assert town.states(ref, "look") == ["missed", "missed", "open"]


# ------------------------------------------------------------------ so many per period


def test_so_many_are_wanted_in_a_month_one_after_the_other(town_of: MakeTown) -> None:
    """The second opens when the first is done; the third not before the next month."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Per(MONTH, times=2))))
    ref = town.start()
    for count in (1, 2):
        assert town.states(ref, "look").count("open") == 1
        town.do(f"{ref}.look")
        assert town.states(ref, "look").count("done") == count
    assert town.tasks(ref) == []
    town.wait(days=30)
    assert town.due(ref, "look") == "2026-10-31"


def test_by_a_day_of_the_month(town_of: MakeTown) -> None:
    """Due by the 28th; missed only when the month is over."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Per(MONTH, by_day=28))))
    ref = town.start()
    assert town.due(ref, "look") == "2026-09-28"
    town.wait(days=29)
    assert town.states(ref, "look") == ["open"]
    town.wait(days=1)
    assert town.states(ref, "look") == ["missed", "open"]


def test_a_part_of_a_month_asks_for_its_share(town_of: MakeTown) -> None:
    """Eleven of thirty days of four are one; the next month asks for all."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Per(MONTH, times=4))))
    town.wait(days=19, tick=False)
    ref = town.start()
    town.do(f"{ref}.look")
    assert town.tasks(ref) == []
    town.wait(days=11)
    for _ in range(4):
        town.do(f"{ref}.look")
    assert town.tasks(ref) == []


def test_a_part_that_asks_for_nothing_is_followed_by_a_whole(town_of: MakeTown) -> None:
    """The first of October opens what the last day of September did not want."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Per(MONTH)), Task("more", "More", by=SCHOOL, schedule=Per(MONTH, partial="none"))))
    town.wait(days=29, tick=False)
    ref = town.start()
    assert town.tasks(ref) == []
    town.wait(days=1)
    assert town.tasks(ref) == ["look", "more"]


def test_all_of_a_part_where_the_program_wants_it(town_of: MakeTown) -> None:
    """partial="full"."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Per(MONTH, partial="full"))))
    town.wait(days=29, tick=False)
    assert town.tasks(town.start()) == ["look"]


# ------------------------------------------------------------------ several schedules


BOTH = Task("visit", "Visit", by=SCHOOL, form=Visit, happened=V.on, schedule=[Per(MONTH), Per(TERM)])


def test_one_visit_counts_for_the_month_and_for_the_term(town_of: MakeTown) -> None:
    """Two wait, one entry settles both; it is one result."""
    town = town_of(small(BOTH))
    ref = town.start()
    assert [row["due"] for row in town.rows(ref, "visit")] == ["2026-09-30", "2027-01-22"]
    town.do(f"{ref}.visit", on="2026-09-01")
    assert town.states(ref, "visit") == ["done", "done"]
    town.wait(days=30)
    assert [row["due"] for row in town.rows(ref, "visit") if row["state"] == "open"] == ["2026-10-31"]


def test_a_visit_of_a_missed_month_counts_for_the_term_too(town_of: MakeTown) -> None:
    """Entered in October: September is done after all, and so is the term."""
    town = town_of(small(BOTH))
    ref = town.start()
    town.wait(days=32)
    town.do(f"{ref}.visit", on="2026-09-20")
    assert sorted(town.states(ref, "visit")) == ["done", "done", "open"]


def test_a_visit_taken_back_is_taken_back_for_both(town_of: MakeTown) -> None:
    """Month and term wait again."""
    town = town_of(small(BOTH))
    ref = town.start()
    town.do(f"{ref}.visit", on="2026-09-01")
    done = next(row["ref"] for row in town.rows(ref, "visit") if row["given"])
    town.engine.undo_task(town.teacher, done, "the wrong family")
    assert sorted(row["due"] for row in town.rows(ref, "visit") if row["state"] == "open") == ["2026-09-30", "2027-01-22"]


def test_a_corrected_day_is_the_day_for_both(town_of: MakeTown) -> None:
    """What it covers happened on the same day."""
    town = town_of(small(BOTH))
    ref = town.start()
    town.do(f"{ref}.visit", on="2026-09-01")
    town.wait(days=3)
    done = next(row["ref"] for row in town.rows(ref, "visit") if row["given"])
    town.engine.correct_task(town.teacher, done, {"on": "2026-09-03"}, "two days later")
    assert {row["happened"] for row in town.rows(ref, "visit")} == {"2026-09-03"}


def test_once_and_then_again_and_again(town_of: MakeTown) -> None:
    """Schedules of different kinds on one task: the first entry counts for both."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=[Once(), Every(weeks(2))])))
    ref = town.start()
    town.do(f"{ref}.1")
    town.wait(days=14)
    assert town.states(ref, "look") == ["done", "done", "open"]
