"""What is late and what is silent: told once, reminded of, and over when the case moves on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.engine.conftest import Town
from tests.engine.small import GO, OTHER, WAITING, M, R, Small, V, Visit, small
from workflow_core import Deny, Escalate, Every, Fire, Notify, SetField, Task, Timer, Transition, after, at, days, deny, filled, hours, weeks
from workflow_core.definition import COUNTY_OFFICE, SCHOOL, SUPERVISOR, SYSTEM

MakeTown = Callable[..., Town]
LATE = [Escalate(SUPERVISOR, "Nobody called")]
SILENT = [Escalate(SUPERVISOR, "It is silent")]
VISIT = Task("visit", "Visit", by=SCHOOL, form=Visit, schedule=Every(weeks(1)), happened=V.on)


def ready(case: Small) -> Deny | None:
    return None if case.record.ready else deny("it is not ready")


def dates(town: Town, ref: str, kind: str) -> list[str]:
    return [event["at"][:10] for event in town.events(ref) if event["kind"] == kind]


def escalations(town: Town, ref: str) -> list[tuple[str, str]]:
    return [(row["title"], row["state"]) for row in town.rows(ref) if row["kind"] == "escalation"]


# ------------------------------------------------------------------ late


def test_what_is_late_is_told_once(town_of: MakeTown) -> None:
    """The day after its last day, however long it stays undone."""
    town = town_of(small(Task("call", "Call", by=SCHOOL, due=days(3), late=LATE)))
    ref = town.start()
    town.wait(days=3)
    assert escalations(town, ref) == []
    town.wait(days=30)
    assert escalations(town, ref) == [("Nobody called", "open")]
    assert dates(town, ref, "task_late") == ["2026-09-04"]


def test_the_supervisor_finds_it_in_his_inbox_and_settles_it(town_of: MakeTown) -> None:
    """An escalation is a task with a due date of its own."""
    town = town_of(small(Task("call", "Call", by=SCHOOL, due=days(3), late=LATE)))
    town.start()
    town.wait(days=5)
    (row,) = town.inbox(town.supervisor)
    assert (row.kind, row.title, row.due is not None and row.due.isoformat()) == ("escalation", "Nobody called", "2026-09-08")
    town.engine.do_task(town.supervisor, row.ref, {"note": "I rang them up"})
    assert town.inbox(town.supervisor) == []


def test_what_is_done_late_is_laid_before_nobody_any_more(town_of: MakeTown) -> None:
    """The escalation closes with the entry; where another occurrence was missed it stays."""
    call = Task("call", "Call", by=SCHOOL, due=days(3), late=LATE)
    town = town_of(small(call, Task("look", "Look", by=SCHOOL, form=Visit, happened=V.on, schedule=Every(weeks(1)), late=SILENT)))
    ref = town.start()
    town.wait(days=15)
    town.do(f"{ref}.call")
    town.do(f"{ref}.look", on="2026-09-02")
    assert escalations(town, ref) == [("Nobody called", "closed"), ("It is silent", "open")]
    town.do(f"{ref}.look", on="2026-09-09")
    assert escalations(town, ref) == [("Nobody called", "closed"), ("It is silent", "closed")]


def test_each_occurrence_that_is_late_reminds(town_of: MakeTown) -> None:
    """One open escalation for one reason, with the number of reminders; a settled one is followed by another."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1)), due=days(3), late=LATE)))
    ref = town.start()
    town.wait(days=19)
    (row,) = town.inbox(town.supervisor)
    assert row.reminders == 2
    town.engine.do_task(town.supervisor, row.ref)
    town.wait(days=7)
    assert escalations(town, ref) == [("Nobody called", "done"), ("Nobody called", "open")]


def test_a_late_task_taken_back_is_not_late_again(town_of: MakeTown) -> None:
    """The occurrence was told already."""
    town = town_of(small(Task("call", "Call", by=SCHOOL, due=days(3), late=LATE)))
    ref = town.start()
    town.wait(days=5)
    town.do(f"{ref}.call")
    town.engine.undo_task(town.teacher, f"{ref}.call", "the wrong family")
    town.wait(days=5)
    assert dates(town, ref, "task_late") == ["2026-09-04"]


def test_what_was_late_no_longer_is_when_the_case_moves_on(town_of: MakeTown) -> None:
    """Escalations of the clock are closed with their stage; those of a person's step are not."""
    call = Task("call", "Call", by=SCHOOL, due=days(3), late=LATE)
    town = town_of(small(call, Task("ask", "Ask", by=SCHOOL, do=[Escalate(COUNTY_OFFICE, "The school asks")])))
    ref = town.start()
    town.do(f"{ref}.ask")
    town.wait(days=5)
    town.advance(ref, "go")
    assert escalations(town, ref) == [("The school asks", "open"), ("Nobody called", "closed")]


def test_a_message_goes_beside_it(town_of: MakeTown) -> None:
    """One for the escalation, one for each reminder."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1)), due=days(3), late=LATE)))
    town.start()
    town.clock.instant += timedelta(days=12)
    assert town.engine.tick().sent == 2


# ------------------------------------------------------------------ timers


def test_a_timer_fires_on_its_day_and_again_after_each_span(town_of: MakeTown) -> None:
    """Dated by when it fell due."""
    town = town_of(small(timers=[Timer("still", WAITING, due=days(R.days), again=weeks(1), do=SILENT)]))
    ref = town.start()
    town.wait(days=20)
    assert dates(town, ref, "timer_fired") == ["2026-09-05", "2026-09-12", "2026-09-19"]
    assert escalations(town, ref) == [("It is silent", "open")]


def test_a_timer_without_again_fires_once(town_of: MakeTown) -> None:
    """Once in a stay."""
    town = town_of(small(timers=[Timer("still", WAITING, due=days(2), do=SILENT)]))
    ref = town.start()
    town.wait(days=20)
    assert dates(town, ref, "timer_fired") == ["2026-09-02"]
    for name in ("go", "back"):
        town.advance(ref, name)
    town.wait(days=20)
    assert dates(town, ref, "timer_fired") == ["2026-09-02", "2026-09-22"]


def test_again_after_nothing_is_not_again(town_of: MakeTown) -> None:
    """A township that sets zero days does not hang the clock."""
    town = town_of(small(timers=[Timer("still", WAITING, due=days(2), again=days(0), do=SILENT)]))
    ref = town.start()
    town.wait(days=20)
    assert dates(town, ref, "timer_fired") == ["2026-09-02"]


def test_a_timer_of_hours(town_of: MakeTown) -> None:
    """To the minute, in the order in which they fell due."""
    town = town_of(small(timers=[Timer("hours", WAITING, due=hours(5), again=hours(8), do=SILENT), Timer("day", WAITING, due=days(1), do=SILENT)]))
    ref = town.start()
    town.wait(days=1)
    told = [(event["says"]["timer"], event["at"][5:16]) for event in town.events(ref) if event["kind"] == "timer_fired"]
    assert told == [("hours", "09-01T06:00"), ("hours", "09-01T14:00"), ("day", "09-01T16:00"), ("hours", "09-01T22:00")]


def test_a_visit_moves_the_silence(town_of: MakeTown) -> None:
    """Counted from the last one, by the day it happened."""
    town = town_of(small(VISIT, timers=[Timer("still", WAITING, due=after(VISIT, weeks(2)), again=weeks(1), do=SILENT)]))
    ref = town.start()
    town.wait(days=10)
    town.do(f"{ref}.visit", on="2026-09-09")
    town.wait(days=20)
    assert dates(town, ref, "timer_fired") == ["2026-09-22", "2026-09-29"]


def test_a_timer_is_held_back_while_its_guard_holds(town_of: MakeTown) -> None:
    """It is written down, and nothing is done."""
    town = town_of(small(timers=[Timer("still", WAITING, due=days(2), again=days(2), unless=ready, do=SILENT)]))
    ref = town.start(ready=True)
    town.wait(days=3)
    assert escalations(town, ref) == []
    assert town.events(ref)[-1]["says"]["did"][0]["what"] == "held_back"
    town.engine.edit(town.teacher, ref, {"ready": "no"}, "not any more")
    town.wait(days=2)
    assert escalations(town, ref) == [("It is silent", "open")]


def test_a_timer_is_held_back_by_a_task_that_is_finished(town_of: MakeTown) -> None:
    """Unless the call was made."""
    call = Task("call", "Call", by=SCHOOL)
    town = town_of(small(call, timers=[Timer("still", WAITING, due=days(2), unless=call, do=SILENT)]))
    called, silent = town.start(), town.start()
    town.do(f"{called}.call")
    town.wait(days=3)
    assert (escalations(town, called), escalations(town, silent)) == ([], [("It is silent", "open")])


def test_a_timer_takes_a_transition(town_of: MakeTown) -> None:
    """As the system, on its day; where the guards say no, the event says why."""
    move = Transition("move", "Move", source=WAITING, target=OTHER, by=SYSTEM, guards=[ready])
    town = town_of(small(timers=[Timer("due", WAITING, due=days(2), again=days(2), fire=move)], transitions=[move]))
    ref = town.start()
    town.wait(days=3)
    assert town.stage(ref) == "waiting"
    assert town.events(ref)[-1]["says"]["did"] == [{"what": "not_fired", "transition": "move", "reasons": ["it is not ready"]}]
    town.engine.edit(town.teacher, ref, {"ready": "yes"}, "now it is")
    town.wait(days=2)
    assert town.stage(ref) == "other"
    assert (town.events(ref)[-1]["actor"], town.events(ref)[-1]["at"]) == ("system", "2026-09-04T16:00:00.000000Z")


def test_a_step_may_take_another(town_of: MakeTown) -> None:
    """Fire is a step of its own, with its own event."""
    town = town_of(small(Task("call", "Call", by=SCHOOL, do=[Fire(GO)])))
    ref = town.start()
    town.do(f"{ref}.call")
    assert (town.stage(ref), town.kinds(ref)) == ("other", ["opened", "task_done", "advanced"])


def test_a_timer_of_a_date_moves_with_the_date(town_of: MakeTown) -> None:
    """Also after it has fired: the new date is told as well."""
    town = town_of(small(timers=[Timer("day", WAITING, due=at(M.wanted_on), do=[Notify(SUPERVISOR, "It is today")])]))
    ref = town.start(wanted_on="2026-09-03")
    town.wait(days=3)
    town.engine.edit(town.teacher, ref, {"wanted_on": "2026-09-08"}, "moved")
    town.wait(days=7)
    assert dates(town, ref, "timer_fired") == ["2026-09-02", "2026-09-07"]


def test_a_timer_stops_with_its_stage(town_of: MakeTown) -> None:
    """And with the case."""
    town = town_of(small(timers=[Timer("still", (WAITING, OTHER), due=days(2), again=days(2), do=[SetField(M.rounds, 1)])]))
    ref = town.start()
    town.advance(ref, "go")
    town.wait(days=3)
    town.advance(ref, "stop")
    town.wait(days=30)
    assert dates(town, ref, "timer_fired") == ["2026-09-02"]


def test_a_filled_field_moves_a_case_by_itself(town_of: MakeTown) -> None:
    """AUTOMATIC: in the same change, by the system."""
    from workflow_core.definition import AUTOMATIC

    move = Transition("move", "Move", source=WAITING, target=OTHER, by=AUTOMATIC, guards=[filled(M.wanted_on)])
    town = town_of(small(Task("fill", "Fill", by=SCHOOL, fills=(M.wanted_on,)), transitions=[move]))
    ref = town.start()
    assert town.do(f"{ref}.fill", wanted_on="2026-10-01").stage == "other"
    assert [(event["kind"], event["actor"]) for event in town.events(ref)[1:]] == [("task_done", "teacher"), ("advanced", "system")]
