"""An office of one case, in memory: what a simulated case asks of the office around it is answered without a database.

The case itself is run by the engine's own code: guards, effects, tasks, timers, deadlines. Around it stands what no real office is so simple as to have:
places are never taken, other programs accept what is referred to them, and cases that are parts of it move by chance.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, cast

from workflow_core.access.grants import Actor
from workflow_core.clock import FixedClock
from workflow_core.definition import Child, Consent, Division, Fact, Kind, Observed, Program, Referral, Volunteer, Who, Workflow
from workflow_core.engine import among
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.outcome import Outcome
from workflow_core.engine.runtime import Act, Runtime
from workflow_core.engine.state import CaseState, PartyRow, TaskRow
from workflow_core.engine.work import Work
from workflow_core.engine.world import World
from workflow_core.records.calendar import Calendar, Day
from workflow_core.registry import Registry
from workflow_core.store.database import Tx

DIVISION = "990101100"
PERSON = "somebody"
_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (5, 3), *((10, n) for n in range(1, 8))}
"""The same days in every year: a simulated calendar has no moon."""


class _Nothing:
    """A transaction in which nothing is found, and nothing can be written."""

    def rows(self, *_: object, **__: object) -> list[Any]:
        """No rows."""
        return []

    def one(self, *_: object, **__: object) -> None:
        """No row."""

    def value(self, *_: object, **__: object) -> None:
        """No value."""


def month(year: int, number: int) -> dict[date, Day]:
    """The days of a month of any year: weekdays are worked, lessons are from 1 September to 20 January and from 20 February to 5 July."""
    found: dict[date, Day] = {}
    day = date(year, number, 1)
    while day.month == number:
        first = date(day.year - (day.month == 1), 9, 1)
        last = date(first.year + 1, 1, 20)
        term = f"{first.year}-autumn"
        if not first <= day <= last:
            first, last, term = date(day.year, 2, 20), date(day.year, 7, 5), f"{day.year}-spring"
        lessons = first <= day <= last
        works = day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS
        found[day] = Day(works, works and lessons, term if lessons else "", "", (first, last) if lessons else None)
        day += timedelta(days=1)
    return found


class SimulatedWorld(World):
    """What a step reads outside its case.

    :param policy: what the township has set; :param consents: from when on the guardian's consent holds; None: never.
    """

    looks_every = 7

    def __init__(self, registry: Registry, policy: Any, rng: Random, calendar: Calendar, consents: datetime | None, begins: date) -> None:
        super().__init__(cast(Tx, _Nothing()), registry)
        self._policy, self._calendar, self._consents_from = policy, calendar, consents
        self.facts: list[tuple[str, Observed[Any]]] = []
        self.asked: list[Asked] = []
        self.somebodies = {"child": _child(rng, begins), "volunteer": _volunteer(rng, begins)}

    def policy(self, program: str, division: str, at: datetime) -> Any:
        return self._policy

    def policy_said(self, program: str, division: str, at: datetime) -> Mapping[str, Any]:
        return {}

    def runs(self, program: str, division: str, on: date) -> bool:
        return True

    def calendar(self, division: str) -> Calendar:
        return self._calendar

    def child(self, person_id: str) -> Child:
        return cast(Child, self.somebodies["child"])

    def volunteer(self, person_id: str) -> Volunteer:
        return cast(Volunteer, self.somebodies["volunteer"])

    def division(self, code: str) -> Division:
        return Division(code, "高桥镇", "township")

    def somebody(self, kind: str, person_id: str) -> Any:
        return self.somebodies.get(kind) or self.division(person_id)

    def read_children(self, ids: Sequence[str]) -> None:
        """They are all here."""

    def read_volunteers(self, ids: Sequence[str]) -> None:
        """They are all here."""

    def read_consents(self, people: Collection[str]) -> None:
        """They are all here."""

    def observed(self, person_id: str, fact: Fact[Any], since: date | None) -> Sequence[Observed[Any]]:
        return [one for name, one in self.facts if name == fact.name and (since is None or one.on >= since)]

    def consented(self, person_id: str, program: str, consent: Consent, on: date, *, since: date | None = None) -> bool:
        begins = None if self._consents_from is None else self._consents_from.date()
        return consent.basis == "statutory_duty" or (begins is not None and begins <= on and (since is None or begins >= since))

    def referrals(self, case_id: str, program: str) -> Sequence[Referral]:
        return [Referral("closed" if one.answered else "waiting", None) for one in self.asked if one.program == program]

    def used(self, program: str, limit: str, key: str) -> int:
        return 0

    def shares(self, program: str, limit: str, key: str, once: str) -> bool:
        return False

    def entries(self, case_id: str) -> Sequence[Any]:
        return []


class Asked:
    """What was referred to another program, and whether it has answered.

    :param reply: the name of the task that the answer opens; None: none.
    """

    def __init__(self, program: str, reply: str | None) -> None:
        self.program, self.reply, self.answered = program, reply, False


def _child(rng: Random, begins: date) -> Child:
    age = rng.randint(6, 15)
    born = date(begins.year - age, rng.randint(1, 12), rng.randint(1, 28))
    sex = rng.choice(["male", "female"])
    left_behind = rng.choice(["none", "both_away", "father_away", "mother_away"])
    hardship = ("poverty",) if rng.random() < 0.3 else ()
    return Child("C-000001", born, cast(Any, sex), False, "school", max(1, min(9, age - 5)), "", rng.random() < 0.5, left_behind, hardship, "grandfather")


def _volunteer(rng: Random, begins: date) -> Volunteer:
    return Volunteer("V-000001", date(begins.year - rng.randint(25, 70), 1, 1), cast(Any, rng.choice(["male", "female"])), "", rng.choice(["教师", "五老", ""]))


class OneCase(Runtime):
    """The engine of an office that has one case, which is never written down.

    What people do goes through the same functions as in a real office (``tasking.do_task``, ``advancing.advance``): only reading and writing are other.
    """

    def __init__(self, program: Program[Any], workflow: Workflow[Any, Any], state: CaseState, world: SimulatedWorld) -> None:
        self.program, self.workflow, self.state, self.world = program, workflow, state, world
        self.registry = world.registry
        self.hand = FixedClock(state.opened_at)
        self.clock = self.hand
        self.training = False
        self.latest: Work | None = None

    def may(self, actor: Actor, doers: tuple[Who, ...], state: CaseState) -> bool:
        return True

    def demand(self, actor: Actor, doers: tuple[Who, ...], state: CaseState) -> None:
        """Whoever is to act, may."""

    def work_now(self, login: str) -> Work:
        """The case, to be changed."""
        return Work(self.program, self.workflow, self.state, self.world, actor=login)

    def change(self, actor: Actor, ref: str, act: Act, **_: Any) -> Outcome:
        work = self.latest = self.work_now(actor.login)
        now = max(self.clock.now(), work.last_at)
        catch_up(work, now)
        act(work, now)
        work.follow(now)
        return cast(Outcome, None)

    def around(self, rng: Random, invent: Any) -> list[list[str]]:
        """Puts a whole, parties and parts beside the case, where its workflow has such.

        :param invent: makes a record of a workflow.
        :returns: the parts, each with its workflow and stage; ``moved`` tells the case where they stand.
        """
        near, state = self.world.neighbours, self.state
        wholes = [one for one in self.program.workflows if one.record is self.workflow.part_of]
        if wholes:
            state.whole_id = "whole"
            near.states["whole"] = (wholes[0], self._beside(rng, wholes[0], "whole", invent))
        for party in self.workflow.parties:
            if isinstance(party.of, Kind):
                state.parties.append(PartyRow(len(state.parties) + 1, party.name, party.of.name, f"party-{party.name}"))
            else:
                other = self.program.workflow_of(party.of)
                near.states[f"party-{party.name}"] = (other, self._beside(rng, other, f"party-{party.name}", invent))
                state.parties.append(PartyRow(len(state.parties) + 1, party.name, "case", f"party-{party.name}"))
        state.acts_as = frozenset(party.name for party in self.workflow.parties)
        near.states[state.case_id] = (self.workflow, state)
        for case_id in near.states:
            near.counted[case_id], near.named[case_id] = {}, {}
        return [[one.name, one.initial.name] for one in among.parts_of(self.program, self.workflow) for _ in range(rng.randint(1, 3))]

    def _beside(self, rng: Random, workflow: Workflow[Any, Any], case_id: str, invent: Any) -> CaseState:
        state, now = self.state, self.state.opened_at
        stage = rng.choice([one.name for one in workflow.stages if not one.final] or [workflow.initial.name])
        kind = None if workflow.subject is None else workflow.subject.name
        return CaseState(
            case_id, f"{workflow.prefix}-26-00001", state.program, workflow.name, "", stage, now, kind, PERSON, None, DIVISION, None, None, "",
            None, invent(workflow), 1, now,
        )  # fmt: skip

    def moved(self, parts: Sequence[Sequence[str]]) -> None:
        """Tells the case where its parts stand."""
        counted: among.Counted = {}
        for name, stage in parts:
            n, closed = counted.get((name, stage), (0, 0))
            final = self.program.workflow(name).stage(stage).final
            counted[name, stage] = (n + 1, closed + final)
        self.world.neighbours.counted[self.state.case_id] = counted


class Rows(dict[int, TaskRow]):
    """The rows of a case, found by their task without looking through all of them: a life has hundreds."""

    def __init__(self) -> None:
        super().__init__()
        self.named: dict[str, dict[int, TaskRow]] = {}
        self.open: dict[int, TaskRow] = {}

    def __setitem__(self, n: int, row: TaskRow) -> None:  # also called for each row that was changed: see ``Work.touch``
        super().__setitem__(n, row)
        self.named.setdefault(row.name, {})[n] = row
        if row.state == "open":
            self.open[n] = row
        else:
            self.open.pop(n, None)


class SimulatedState(CaseState):
    """A case's rows, read faster."""

    tasks: Rows

    def rows_of(self, name: str) -> list[TaskRow]:
        return list(self.tasks.named.get(name, {}).values())

    def open_tasks(self) -> list[TaskRow]:
        return [row for row in self.tasks.open.values() if row.state == "open"]

    def next_task(self) -> int:
        return len(self.tasks) + 1
