"""One late tick leaves what a tick on every day would have left: the same tasks, timers, stage and events, whatever people did in between."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, select, update

from tests.engine.conftest import START, TOWNSHIP, Town, make_town
from tests.engine.small import OTHER, WAITING, M, R, Small, V, Visit, small
from workflow_core import (
    MONTH,
    TERM,
    AnyTime,
    CloseTask,
    Deny,
    Escalate,
    Every,
    Fact,
    Fire,
    Notify,
    Observe,
    OpenTask,
    Per,
    SetField,
    Task,
    Timer,
    Transition,
    When,
    after,
    at,
    before,
    days,
    deny,
    earliest,
    hours,
    months,
    weeks,
    working_days,
)
from workflow_core.definition import AUTOMATIC, SCHOOL, SUPERVISOR, SYSTEM
from workflow_core.definition import done as all_done
from workflow_core.errors import CareError
from workflow_core.records import enabling
from workflow_core.store.database import Database
from workflow_core.store.tables import case, event, event_payload, observation, outbox, policy, task, timer

EXAMPLES = int(os.environ.get("CARE_EXAMPLES", "10"))
"""How many lives are lived; a night has time for more, and then also for making what went wrong shorter."""
PHASES = [phase for phase in Phase if EXAMPLES > 10 or phase in (Phase.explicit, Phase.reuse, Phase.generate)]

# ------------------------------------------------------------------ a program with everything in it

SEEN = Fact("small.seen", "Seen", type=int)
TELL = [Escalate(SUPERVISOR, "It is late")]


def even_day(case: Small) -> Deny | None:
    return None if case.today.day % 2 == 0 else deny("an odd day")


def wanted_is_over(case: Small) -> Deny | None:
    wanted = case.record.wanted_on
    return None if wanted is not None and case.today > wanted else deny("not yet")


def seen_twice(case: Small) -> Deny | None:
    return None if len(case.observed(SEEN)) >= 2 and case.today.day % 10 == 5 else deny("not seen twice")


def next_round(case: Small) -> int:
    return case.record.rounds + 1


EXTRA = Task("extra", "Extra", by=SCHOOL, due=days(2), late=[Notify(SUPERVISOR, "Extra")])
CALL = Task("call", "Call", by=SCHOOL, due=days(R.days), late=TELL, do=[SetField(M.rounds, next_round)])
MEET = Task("meet", "Meet", by=SCHOOL, form=Visit, schedule=AnyTime(), happened=V.on)
VISIT = Task("visit", "Visit", by=SCHOOL, form=Visit, schedule=Every(weeks(1), times=R.times), due=working_days(3), happened=V.on, late=TELL)
MONTHLY = Task("monthly", "Monthly", by=SCHOOL, form=Visit, schedule=[Per(MONTH, by_day=20), Per(TERM)], happened=V.on, late=TELL, do=[Observe(SEEN, 1)])
READY = Task("ready", "Get ready", by=SCHOOL, due=before(M.wanted_on, days(2)), only_if=even_day, late=[OpenTask(EXTRA)])
LAST = Task("last", "Last", by=SCHOOL, needs=[CALL], due=after(VISIT, days(4)), late=[When(even_day, TELL, [CloseTask(EXTRA)])])
OFTEN = Task("often", "Often", by=SCHOOL, schedule=Every(days(R.days)))

TO = Transition("to", "To", source=WAITING, target=OTHER, by=AUTOMATIC, guards=[wanted_is_over], do=[SetField(M.wanted_on, None)])
FRO = Transition("fro", "Fro", source=OTHER, target=WAITING, by=AUTOMATIC, guards=[all_done(VISIT), even_day])
SEND = Transition("send", "Send", source=WAITING, target=OTHER, by=SYSTEM)
AWAY = Transition("away", "Away", source=OTHER, target=WAITING, by=AUTOMATIC, guards=[seen_twice])
TIMERS = [
    Timer("still", (WAITING, OTHER), due=after((VISIT, MEET), weeks(2)), again=days(R.days), do=TELL),
    Timer("hours", OTHER, due=hours(30), again=hours(50), unless=even_day, do=[SetField(M.rounds, next_round)]),
    Timer("month", WAITING, due=months(1), fire=SEND),
    Timer("wanted", WAITING, due=earliest(at(M.wanted_on), days(40)), do=[When(even_day, [Fire(SEND)])]),
    Timer("observing", OTHER, due=days(3), again=days(9), unless=CALL, do=[Observe(SEEN, 2)]),
]
PROGRAM = small(CALL, READY, LAST, other=[VISIT, OFTEN], both=[MEET, MONTHLY], transitions=[TO, FRO, SEND, AWAY], timers=TIMERS)
NAMES = ("call", "ready", "last", "visit", "often", "meet", "monthly", "extra", "escalation-child_supervisor")

# ------------------------------------------------------------------ what people do

Step = Callable[[Town, str], object]


@dataclass(frozen=True)
class Doing:
    """One thing that is done, with a name to tell it by when an example fails."""

    told: str
    step: Step

    def __repr__(self) -> str:
        return self.told


def doing(told: str, step: Step) -> Doing:
    return Doing(told, step)


def done(name: str, ago: int) -> Doing:
    def step(town: Town, ref: str) -> object:
        who = town.supervisor if name.startswith("escalation") else town.teacher
        asked = town.engine.asks(who, ref, task=f"{ref}.{name}")
        return town.engine.do_task(who, f"{ref}.{name}", {"on": (town.today - timedelta(days=ago)).isoformat()} if asked else {})

    return doing(f"do {name} {ago} days ago", step)


def policy_of(number: int, times: int) -> Doing:
    def step(town: Town, ref: str) -> object:
        with town.db.write() as tx:
            values = {"days": number, "times": times}
            return enabling.policy_set(tx, PROGRAM, TOWNSHIP, values, actor=town.admin, now=town.clock.instant)

    return doing(f"policy {number} {times}", step)


def wanted(offset: int) -> Doing:
    def step(town: Town, ref: str) -> object:
        given = "" if offset == 99 else (town.today + timedelta(days=offset)).isoformat()
        return town.engine.edit(town.teacher, ref, {"wanted_on": given}, "they said so")

    return doing(f"wanted {offset}", step)


def advance(name: str) -> Doing:
    return doing(name, lambda town, ref: town.advance(ref, name))


def named(verb: str, name: str) -> Doing:
    return doing(f"{verb} {name}", lambda town, ref: getattr(town.engine, verb)(town.teacher, f"{ref}.{name}", "it is so"))


def correct(name: str, ago: int) -> Doing:
    def step(town: Town, ref: str) -> object:
        return town.engine.correct_task(town.teacher, f"{ref}.{name}", {"on": (town.today - timedelta(days=ago)).isoformat()}, "another day")

    return doing(f"correct {name} {ago}", step)


def cared(verb: str, *given: str) -> Doing:
    return doing(" ".join([verb, *given]), lambda town, ref: getattr(town.engine, verb)(town.supervisor, ref, *given, "it is so"))


DOINGS = some.one_of(
    some.builds(done, some.sampled_from(NAMES), some.sampled_from([0, 0, 1, 3, 8])),
    some.builds(wanted, some.sampled_from([-3, 0, 2, 9, 99])),
    some.builds(policy_of, some.integers(0, 9), some.integers(1, 3)),
    some.builds(named, some.sampled_from(["undo_task", "skip_task"]), some.sampled_from(NAMES)),
    some.builds(correct, some.sampled_from(["visit", "meet", "monthly"]), some.integers(0, 5)),
    some.builds(advance, some.sampled_from(["go", "go", "back", "stop"])),
    some.sampled_from([cared("suspend"), cared("resume"), cared("reopen"), cared("override", "other"), cared("override", "waiting"), cared("note")]),
)
WAITS = some.builds(timedelta, days=some.sampled_from([0, 1, 2, 3, 5, 8, 13, 21, 34]), hours=some.integers(0, 23))

# ------------------------------------------------------------------ two towns


def run(town: Town, steps: list[tuple[timedelta, Doing]], *, every_day: bool) -> tuple[str, list[str]]:
    """Live through it; the case, and what was refused."""
    town.clock.instant = START
    ref, refused = town.start(wanted_on="2026-09-24"), []
    for wait, one in steps:
        pass_time(town, wait, every_day=every_day)
        try:
            one.step(town, ref)
        except CareError as error:
            refused.append(f"{one.told}: {error.code}")
    pass_time(town, timedelta(days=3), every_day=every_day)
    assert town.engine.tick().problems == []
    return ref, refused


def pass_time(town: Town, wait: timedelta, *, every_day: bool) -> None:
    end = town.clock.instant + wait
    while every_day and town.clock.instant + timedelta(days=1) < end:
        town.clock.instant += timedelta(days=1)
        assert town.engine.tick().problems == []
    town.clock.instant = end


IDS = ("case_id", "ref", "recorded_at", "subject_id", "definition", "commitment", "previous", "digest", "code_version")


def left(town: Town, ref: str) -> dict[str, Any]:
    """All that a case leaves behind, without what differs by the hour of the writing."""
    with town.db.read() as tx:
        row = tx.rows(select(case).where(case.c.ref == ref))[0]
        this = row.case_id
        joined = event.join(event_payload, (event.c.case_id == event_payload.c.case_id) & (event.c.n == event_payload.c.n))
        payloads = select(event, event_payload.c.payload).select_from(joined).where(event.c.case_id == this).order_by(event.c.n)
        messages = select(outbox.c.payload).where(outbox.c.case_id == this).order_by(outbox.c.id)
        return {
            "case": bare(row),
            "tasks": [bare(one, "version") for one in tx.rows(select(task).where(task.c.case_id == this).order_by(task.c.n))],
            "timers": [bare(one) for one in tx.rows(select(timer).where(timer.c.case_id == this).order_by(timer.c.n))],
            "events": [bare(one) for one in tx.rows(payloads)],
            "observed": [bare(one, "person_id") for one in tx.rows(select(observation).where(observation.c.case_id == this).order_by(observation.c.n))],
            "messages": [one.payload.replace(ref, "") for one in tx.rows(messages)],
        }


def bare(row: Any, *but: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in (*IDS, *but)}


@dataclass
class Twins:
    """Two towns: in one the clock has its turn every day, in the other only at the end."""

    daily: Town = field(repr=False)
    late: Town = field(repr=False)

    def compare(self, steps: list[tuple[timedelta, Doing]]) -> None:
        lives = [run(self.daily, steps, every_day=True), run(self.late, steps, every_day=False)]
        try:
            assert lives[0][1] == lives[1][1]
            (first, _), (second, _) = lives
            one, other = left(self.daily, first), left(self.late, second)
            for part in one:
                assert one[part] == other[part], part
        finally:
            for town in (self.daily, self.late):  # the next example begins in September again, with nothing left of this one
                with town.db.write() as tx:
                    tx.execute(update(case).values(wake_at=None))
                    tx.execute(delete(policy))


@pytest.fixture
def twins(database: Database, sqlite_template: Path, tmp_path: Path) -> Iterator[Twins]:
    """Two towns on databases of their own; the second is always SQLite."""
    shutil.copy(sqlite_template, tmp_path / "late.sqlite")
    other = Database(tmp_path / "late.sqlite")
    made = Twins(make_town(database, tmp_path / "daily", PROGRAM), make_town(other, tmp_path / "late", PROGRAM))
    yield made
    made.daily.verify()
    made.late.verify()
    other.dispose()


@given(steps=some.lists(some.tuples(WAITS, DOINGS), min_size=1, max_size=12))
@settings(max_examples=EXAMPLES, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_one_late_tick_leaves_what_a_tick_every_day_leaves(twins: Twins, steps: list[tuple[timedelta, Doing]]) -> None:
    """For any sequence of waiting and doing."""
    twins.compare(steps)


def test_a_long_silence_is_caught_up_like_many_short_ones(twins: Twins) -> None:
    """Half a year in which nobody does anything."""
    twins.compare([(timedelta(days=170), doing("note", lambda town, ref: town.engine.note(town.teacher, ref, "half a year")))])


def test_dates_are_not_lost_in_a_long_rest(twins: Twins) -> None:
    """Suspended over the end of a month, with a date that is corrected meanwhile."""
    steps = [(timedelta(days=2), one) for one in (cared("override", "other"), cared("suspend"), wanted(9))]
    twins.compare([*steps, (timedelta(days=40), cared("resume")), (timedelta(days=30), done("visit", 3))])
    assert date(2026, 9, 1) < twins.late.today
