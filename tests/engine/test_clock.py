"""The clock's turn: what stands still, what moves by itself, what is done once, and what goes wrong without harm."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from unittest.mock import Mock

import pytest

from tests.engine.conftest import START, Town
from tests.engine.small import BACK, GO, OTHER, WAITING, M, Small, small
from workflow_core import MONTH, PER_DIVISION, Deny, Escalate, Every, Fire, Limit, Per, SetField, Task, Timer, Transition, at, days, deny, hours, weeks
from workflow_core.definition import AUTOMATIC, SCHOOL, SUPERVISOR, SYSTEM
from workflow_core.errors import Damaged, Refused
from workflow_core.store import enabling

MakeTown = Callable[..., Town]
SILENT = [Escalate(SUPERVISOR, "It is silent")]


def on_the_tenth(case: Small) -> Deny | None:
    return None if case.today >= date(2026, 9, 10) else deny("too early")


def crash(case: Small) -> int:
    raise ZeroDivisionError


def fired(town: Town, ref: str) -> list[str]:
    return [event["at"][:16] for event in town.events(ref) if event["kind"] == "timer_fired"]


# ------------------------------------------------------------------ standing still


def test_a_suspended_case_has_as_much_time_left_as_it_had(town_of: MakeTown) -> None:
    """Due dates and timers move by the days it rested; nothing is late, missed or told meanwhile."""
    call = Task("call", "Call", by=SCHOOL, due=days(3), late=SILENT)
    town = town_of(small(call, timers=[Timer("still", WAITING, due=days(5), do=SILENT)]))
    ref = town.start()
    town.wait(days=1)
    town.engine.suspend(town.teacher, ref, "the family is away")
    town.wait(days=10)
    assert town.kinds(ref) == ["opened", "suspended"]
    assert town.inbox(town.teacher) == []
    town.engine.resume(town.teacher, ref)
    assert town.due(ref, "call") == "2026-09-14"
    town.wait(days=5)
    assert fired(town, ref) == ["2026-09-15T16:00"]
    assert [event["at"][:10] for event in town.events(ref) if event["kind"] == "task_late"] == ["2026-09-14"]


def test_weeks_stand_still_too(town_of: MakeTown) -> None:
    """No week is missed in which nobody was asked; the next one begins as much later."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1))), Task("see", "See", by=SCHOOL, schedule=Every(weeks(1)))))
    ref = town.start()
    town.do(f"{ref}.see")
    town.engine.suspend(town.teacher, ref, "the family is away")
    town.wait(days=30)
    town.engine.resume(town.teacher, ref)
    town.wait()
    assert (town.states(ref, "look"), town.due(ref, "look"), town.states(ref, "see")) == (["open"], "2026-10-07", ["done"])
    town.wait(days=7)
    assert (town.states(ref, "look"), town.states(ref, "see")) == (["missed", "open"], ["done", "open"])


def test_a_month_that_ends_meanwhile_is_not_missed(town_of: MakeTown) -> None:
    """The occurrence is wanted in the present month."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Per(MONTH, by_day=20))))
    ref = town.start()
    town.engine.suspend(town.teacher, ref, "the family is away")
    town.wait(days=40)
    town.engine.resume(town.teacher, ref)
    town.wait()
    assert (town.states(ref, "look"), town.due(ref, "look")) == (["open"], "2026-10-30")


def test_hours_stand_still_to_the_minute(town_of: MakeTown) -> None:
    """Three hours of five are left after a rest on the same day."""
    town = town_of(small(timers=[Timer("soon", WAITING, due=hours(5), do=SILENT)]))
    ref = town.start()
    for pause in (timedelta(hours=2), timedelta(hours=4), timedelta(hours=4)):
        town.clock.instant += pause
        (town.engine.resume if town.kinds(ref)[-1] == "suspended" else town.engine.suspend)(town.teacher, ref, "a pause")
    assert fired(town, ref) == ["2026-09-01T10:00"]


def test_what_is_corrected_while_a_case_rests_counts_when_it_goes_on(town_of: MakeTown) -> None:
    """A date is a date: it is not shifted."""
    from workflow_core import before

    town = town_of(small(Task("call", "Call", by=SCHOOL, due=before(M.wanted_on, days(2)))))
    ref = town.start(wanted_on="2026-09-20")
    town.engine.suspend(town.teacher, ref, "the family is away")
    town.wait(days=5)
    town.engine.edit(town.teacher, ref, {"wanted_on": "2026-10-20"}, "a month later")
    town.engine.resume(town.teacher, ref)
    assert town.due(ref, "call") == "2026-10-18"


@pytest.mark.parametrize("verb", ["do", "skip", "add", "advance", "override"])
def test_a_suspended_case_is_left_alone(town_of: MakeTown, verb: str) -> None:
    """Resume it first."""
    town = town_of(small(Task("call", "Call", by=SCHOOL)))
    ref = town.start()
    town.engine.suspend(town.teacher, ref, "the family is away")
    engine, who = town.engine, town.teacher
    ways: dict[str, Callable[[], object]] = {
        "do": lambda: engine.do_task(who, f"{ref}.call"),
        "skip": lambda: engine.skip_task(who, f"{ref}.call", "why not"),
        "add": lambda: engine.add_task(who, ref, "Buy a coat", "school"),
        "advance": lambda: engine.advance(who, ref, "go"),
        "override": lambda: engine.override(town.supervisor, ref, "other", "why not"),
    }
    with pytest.raises(Refused) as error:
        ways[verb]()
    assert error.value.code == "suspended"
    assert not any(answer.allowed for answer in engine.why(who, ref))


def test_only_what_rests_is_resumed(town_of: MakeTown) -> None:
    """And only what does not is suspended."""
    town = town_of(small())
    ref = town.start()
    with pytest.raises(Refused) as error:
        town.engine.resume(town.teacher, ref)
    assert error.value.code == "not_suspended"
    town.engine.suspend(town.teacher, ref, "the family is away")
    with pytest.raises(Refused):
        town.engine.suspend(town.teacher, ref, "again")


# ------------------------------------------------------------------ by itself


def test_a_date_alone_moves_a_case(town_of: MakeTown) -> None:
    """At the beginning of the day on which the guard holds, however late the clock is."""
    move = Transition("move", "Move", source=WAITING, target=OTHER, by=AUTOMATIC, guards=[on_the_tenth])
    town = town_of(small(transitions=[move]))
    ref = town.start()
    town.wait(days=8)
    assert town.stage(ref) == "waiting"
    town.wait(days=20)
    assert (town.stage(ref), town.events(ref)[-1]["at"]) == ("other", "2026-09-09T16:00:00.000000Z")


def test_what_fell_due_is_done_before_what_a_person_does(town_of: MakeTown) -> None:
    """Nobody has to wait for the clock."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1)))))
    ref = town.start()
    town.wait(days=8, tick=False)
    town.engine.note(town.teacher, ref, "a week was lost")
    assert town.kinds(ref) == ["opened", "occurrence_missed", "noted"]


def test_nobody_moves_into_a_stage_that_is_full(town_of: MakeTown) -> None:
    """By itself a case waits, is not refused, and moves on when there is room."""
    move = Transition("move", "Move", source=WAITING, target=OTHER, by=AUTOMATIC, guards=[on_the_tenth])
    kick = Transition("kick", "Kick", source=WAITING, target=OTHER, by=SYSTEM)
    limit = Limit("room", "There is no room", size=1, per=PER_DIVISION, held_in=[OTHER])
    town = town_of(small(Task("push", "Push", by=SCHOOL, do=[Fire(kick)]), transitions=[move, kick], limits=[limit]))
    first, second = town.start(), town.start()
    town.wait(days=12)
    assert sorted(map(town.stage, (first, second))) == ["other", "waiting"]
    inside, outside = (first, second) if town.stage(first) == "other" else (second, first)
    town.do(f"{outside}.push")
    assert town.events(outside)[-1]["says"]["did"][0] == {"what": "not_fired", "transition": "kick", "reasons": ["There is no room"]}
    town.advance(inside, "stop")
    town.wait(days=1)
    assert town.stage(outside) == "other"


def test_a_place_taken_and_left_in_one_change_is_free(town_of: MakeTown) -> None:
    """Through the stage in one go: nothing is held afterwards."""
    on = Transition("on", "On", source=OTHER, target=WAITING, by=AUTOMATIC, guards=[lambda case: None])
    town = town_of(small(transitions=[on], limits=[Limit("room", "There is no room", size=1, per=PER_DIVISION, held_in=[OTHER])]))
    for _ in range(3):
        assert town.advance(town.start(), "go").stage == "waiting"


# ------------------------------------------------------------------ once


def test_a_second_tick_changes_nothing(town_of: MakeTown) -> None:
    """Nothing is due any more."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1)), late=SILENT), timers=[Timer("still", WAITING, due=days(5), do=SILENT)]))
    ref = town.start()
    town.wait(days=20)
    before = (town.events(ref), town.rows(ref))
    report = town.engine.tick()
    assert (report.cases, report.steps, report.sent) == (0, 0, 0)
    assert (town.events(ref), town.rows(ref)) == before


def test_a_tick_may_be_short(town_of: MakeTown) -> None:
    """It says how many cases are left, and the next one goes on."""
    town = town_of(small(timers=[Timer("still", WAITING, due=days(5), do=SILENT)]))
    refs = [town.start() for _ in range(3)]
    town.clock.instant += timedelta(days=6)
    assert [(report.cases, report.left) for report in (town.engine.tick(limit=2), town.engine.tick(limit=2))] == [(2, 1), (1, 0)]
    assert [len(fired(town, ref)) for ref in refs] == [1, 1, 1]


def test_years_of_neglect_are_caught_up(town_of: MakeTown) -> None:
    """More happenings than are carried out in one go."""
    town = town_of(small(timers=[Timer("often", WAITING, due=hours(1), again=hours(1), do=[SetField(M.rounds, lambda case: case.record.rounds + 1)])]))
    ref = town.start()
    town.wait(days=30)
    assert town.engine.show(town.teacher, ref).record["rounds"] == 30 * 24


def test_neighbours_share_what_is_read_of_the_office(town_of: MakeTown, monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy of a township is read once for all its cases of a transaction."""
    town = town_of(small(timers=[Timer("still", WAITING, due=days(5), do=SILENT)]))
    for _ in range(20):
        town.start()
    read = Mock(wraps=enabling.policies)
    monkeypatch.setattr(enabling, "policies", read)
    town.wait(days=6)
    assert read.call_count == 1


# ------------------------------------------------------------------ without harm


def test_a_clock_set_back_undoes_nothing(town_of: MakeTown) -> None:
    """A step is dated like the one before it, until the time is past it again."""
    town = town_of(small(Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1)))))
    ref = town.start()
    town.wait(days=10)
    town.clock.instant = START + timedelta(days=2)
    assert town.engine.tick().steps == 0
    town.engine.note(town.teacher, ref, "what day is it?")
    assert town.states(ref, "look") == ["missed", "open"]
    missed, noted = town.events(ref)[-2:]
    assert (missed["at"], noted["at"], noted["recorded_at"][:10]) == ("2026-09-07T16:00:00.000000Z", missed["at"], "2026-09-03")
    town.wait(days=9)
    town.engine.note(town.teacher, ref, "now it is right")
    assert town.events(ref)[-1]["at"][:10] == "2026-09-12"


def test_a_program_that_turns_in_a_circle_is_told(town_of: MakeTown) -> None:
    """automatic_loop, and nothing is written."""
    to = Transition("to", "To", source=WAITING, target=OTHER, by=AUTOMATIC, guards=[on_the_tenth])
    fro = Transition("fro", "Fro", source=OTHER, target=WAITING, by=AUTOMATIC, guards=[on_the_tenth])
    town = town_of(small(transitions=[to, fro]))
    ref = town.start()
    town.clock.instant += timedelta(days=20)
    report = town.engine.tick()
    assert [(one["case"], one["code"]) for one in report.problems] == [(ref, "automatic_loop")]
    assert town.kinds(ref) == ["opened"]


def test_a_timer_and_a_way_back_that_let_no_time_pass_are_told(town_of: MakeTown) -> None:
    """The date is reached, the case goes, comes back at once, and the date is reached: the clock does not turn in it for ever."""
    send = Transition("send", "Send", source=WAITING, target=OTHER, by=SYSTEM)
    back = Transition("again", "Again", source=OTHER, target=WAITING, by=AUTOMATIC, guards=[on_the_tenth])
    town = town_of(small(transitions=[send, back], timers=[Timer("wanted", WAITING, due=at(M.wanted_on), fire=send)]))
    ref = town.start(wanted_on="2026-09-10")
    town.clock.instant += timedelta(days=20)
    report = town.engine.tick()
    assert [(one["case"], one["code"]) for one in report.problems] == [(ref, "automatic_loop")]
    assert town.kinds(ref) == ["opened"]


def test_effects_that_cause_each_other_are_told(town_of: MakeTown) -> None:
    """A transition that fires the other, which fires the first."""
    ping = Transition("ping", "Ping", source=WAITING, target=OTHER, by=SCHOOL, do=(circle := []))
    pong = Transition("pong", "Pong", source=OTHER, target=WAITING, by=SYSTEM, do=[Fire(ping)])
    circle.append(Fire(pong))
    town = town_of(small(transitions=[ping, pong]))
    ref = town.start()
    with pytest.raises(Damaged) as error:
        town.advance(ref, "ping")
    assert error.value.code == "automatic_loop"


def test_a_program_that_crashes_does_not_stop_the_clock_for_others(town_of: MakeTown, caplog: pytest.LogCaptureFixture) -> None:
    """It is told, and looked at again the next time."""
    broken = small(timers=[Timer("still", WAITING, due=days(5), do=[SetField(M.rounds, crash)])])
    fine = small(timers=[Timer("still", WAITING, due=days(5), do=SILENT)], name="fine")
    town = town_of(broken, fine)
    bad, good = town.start(), town.start("fine")
    town.clock.instant += timedelta(days=6)
    for _ in range(2):
        report = town.engine.tick()
        assert ([(one["case"], one["code"]) for one in report.problems], report.left) == ([(bad, "program_failed")], 1)
    assert len(fired(town, good)) == 1
    assert town.kinds(bad) == ["opened"]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_crash_that_nobody_foresaw_is_in_the_log(town_of: MakeTown, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a program raises, the others go on."""
    broken = small(timers=[Timer("still", WAITING, due=days(5), do=SILENT)])
    town = town_of(broken, small(timers=[Timer("still", WAITING, due=days(5), do=SILENT)], name="fine"))
    bad, good = town.start(), town.start("fine")
    object.__setattr__(broken.workflows[0].timers[0], "do", [None])
    monkeypatch.setattr("workflow_core.engine.effects._one", _choke)
    town.clock.instant += timedelta(days=6)
    report = town.engine.tick()
    assert [one["case"] for one in report.problems] == [bad]
    assert bad in caplog.text
    assert len(fired(town, good)) == 1


def _choke(effect: object, work: object, at: object, origin: str) -> None:
    if effect is None:
        raise ZeroDivisionError


def test_coming_back_is_no_circle(town_of: MakeTown) -> None:
    """A person may go to and fro as often as he likes."""
    town = town_of(small())
    ref = town.start()
    for _ in range(15):
        town.advance(ref, GO.name)
        town.advance(ref, BACK.name)
    assert len(town.kinds(ref)) == 31
