"""A case lived by chance, from its opening to its end or to the last week that is looked at: who does what when, by odds, by a temper of its own else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from workflow_core.clock import civil_date, day_begins
from workflow_core.definition import Program, Workflow
from workflow_core.errors import CareError, Misused
from workflow_core.records.calendar import Calendar
from workflow_core.registry import Registry
from workflow_core.testing.simulate_case import Move, SimulatedCase
from workflow_core.testing.simulate_odds import Odds

FIRST_DAY = date(2026, 9, 1)
"""Cases are opened on any day of the year that begins then."""
ASKED_AGAIN = timedelta(days=90)
"""What somebody has decided against comes up again after so long, while it is possible."""
TRIES = 40
"""So many records are tried before a case is given up that chance cannot open."""
MOST_ACTS = 3000
"""So many steps of one case are looked at; a case with more goes round in a circle."""
_TEMPERS, _OTHERS = (0.05, 0.5, 0.95), (0.02, 0.2, 0.6)
"""How readily a way is taken in one case: hardly, as the coin falls, or nearly always; drawn for each way. So a case may go down any path to its end."""


@dataclass
class Lived:
    """What became of one case.

    :param end: the final stage; empty where it was still open: ``stage`` is where it stood then. :param failed: the code of the fault of the program that
        stopped it. :param unopened: no record was found by chance that its forms take. :param round: it had been through ``MOST_ACTS`` steps, and had no end.
        :param still: nobody could do anything more, and no clock would. :param days: from its opening to its end, or as long as it was looked at.
    :param barred: for how many days, at the end of the look, every way out had been refused. :param refusals: and with which reasons.
    :param freed: stage and days of each time that every way was refused and one was not later on.
    :param work: by role and week of the case's life, how many things were done.
    """

    end: str = ""
    stage: str = ""
    failed: str = ""
    unopened: bool = False
    round: bool = False
    still: bool = False
    barred: int = 0
    refusals: list[str] = field(default_factory=list)
    freed: list[tuple[str, int]] = field(default_factory=list)
    days: int = 0
    work: Counter[tuple[str, int]] = field(default_factory=Counter)
    stays: list[tuple[str, int]] = field(default_factory=list)
    counts: dict[str, Counter[Any]] = field(default_factory=dict)


class Living:
    """The plans of everybody around a case, and the clock's."""

    def __init__(self, case: SimulatedCase, odds: Odds, rng: Random, until: datetime) -> None:
        self.case, self.odds, self.rng, self.until = case, odds, rng, until
        self.pace = rng.choice((0.4, 1.0, 1.0, 2.0))
        self.diligence = 0.15 if rng.random() < 0.1 else 0.97
        self._tempers: dict[str, float] = {}
        self._plans: dict[Move, tuple[datetime, bool]] = {}
        self._stage = 0
        self._looked = datetime.min.replace(tzinfo=UTC)
        self._ways: list[Move] = []
        self._refused: Counter[str] = Counter()
        self.still = False
        self._barred: tuple[str, datetime] | None = None
        self.freed: list[tuple[str, int]] = []
        self.work: Counter[tuple[str, int]] = Counter()

    def run(self) -> None:
        """Lives it.

        :raises CareError: the program is at fault.
        """
        case = self.case
        begun = case.now
        acted = True
        while case.acts < MOST_ACTS:
            self._look(acted)
            acted = False
            move, at = min(
                ((move, at) for move, (at, _) in self._plans.items()), key=lambda one: (one[1], one[0].kind, one[0].name, one[0].n), default=(None, None)
            )
            wake = case.state.wake_at
            if at is None and wake is None:
                self.still = not case.ended
                return
            if at is None or (wake is not None and wake <= at):
                if wake is None or wake > self.until:
                    return
                case.wait(wake)
                continue
            if at > self.until or move is None:
                return
            willing = self._plans.pop(move)[1]
            if not willing:
                self._plan(move, at, anew=True)
            elif not case.do(move, at):
                acted = True
                if move.who:
                    self.work[move.who, (case.now - begun).days // 7] += 1
                if move.kind == "anytime":
                    self._plan(move, case.now, anew=True)
            else:  # it could not be written down so: another day, and each time later
                self._refused[move.name] += 1
                self._plans[move] = (at + timedelta(days=self.rng.randint(1, 2 ** min(4, self._refused[move.name]))), True)

    def _look(self, acted: bool) -> None:
        """Plans what has become possible, and drops what no longer is.

        :param acted: whether somebody has done something; the ways that time alone opens are seen within a week.
        """
        case = self.case
        stays = len(case.state.entries)
        if stays != self._stage:  # another stage, or the same once more: everybody thinks anew of its ways
            self._stage = stays
            self._plans = {move: plan for move, plan in self._plans.items() if move.kind not in ("way", "anytime", "others")}
            self._refused.clear()
            acted = True
        if acted or case.now - self._looked >= timedelta(days=7):
            self._looked, self._ways = case.now, case.ways()
            self._see_bars()
        there = dict.fromkeys((*case.waiting(), *self._ways))
        self._plans = {move: plan for move, plan in self._plans.items() if move in there}
        for move in there:
            if move not in self._plans:
                self._plan(move, case.now)

    def _see_bars(self) -> None:
        """Notes since when every way out has been refused, and how long it was where that is over."""
        case, before = self.case, self._barred
        barred = case.barred(self._ways)
        if before is not None and (not barred or before[0] != case.state.stage):
            self.freed.append((before[0], (case.now - before[1]).days))
            self._barred = before = None
        if barred and before is None:
            self._barred = (case.state.stage, case.now)

    def barred_days(self, until: datetime) -> int:
        """For how many days every way out has been refused now."""
        return 0 if self._barred is None or self.case.ended else (until - self._barred[1]).days

    def _plan(self, move: Move, at: datetime, *, anew: bool = False) -> None:
        stage = self.case.state.stage
        willing = self.rng.random() < self._chance(move, stage)
        if move.kind == "anytime":
            told = self.odds.days_of(move.name, stage)
            wait = self.rng.triangular(*_order(told)) if told is not None else self.rng.expovariate(1 / 40)
        elif willing or (anew and move.kind == "task"):
            wait = self._wait(move, stage)
        else:
            wait = ASKED_AGAIN.days
        self._plans[move] = (self._on_a_working_day(at, wait), willing)

    def _chance(self, move: Move, stage: str) -> float:
        told = self.odds.chance_of(move.name, stage)
        if told is not None:
            return told
        if move.kind in ("way", "others", "anytime"):
            if move.name not in self._tempers:
                self._tempers[move.name] = self.rng.choice(_OTHERS if move.kind == "others" else _TEMPERS)
            return self._tempers[move.name]
        return self.diligence if move.kind == "task" else 1.0

    def _wait(self, move: Move, stage: str) -> float:
        """How many days pass before somebody does it."""
        told = self.odds.days_of(move.name, stage)
        if told is not None:
            return self.rng.triangular(*_order(told))
        if move.kind == "others":
            return self.rng.triangular(1, 120, 20)
        if move.kind == "way":
            return self.rng.triangular(0, 40, 4) * self.pace
        if move.kind in ("reply", "part"):
            return self.rng.triangular(2, 40, 10)
        row = self.case.state.tasks.get(move.n) if move.kind == "task" else None
        span = 3 if row is None or row.due is None else max(1, (row.due - civil_date(row.opened_at)).days)
        return self.rng.triangular(0, 1.6 * span, 0.5 * span) * self.pace

    def _on_a_working_day(self, at: datetime, wait: float) -> datetime:
        """So many days later in office hours; a Saturday's on Monday."""
        day = civil_date(at) + timedelta(days=round(wait))
        calendar = self.case.runtime.world.calendar("")
        while not calendar.day(day).working:
            day += timedelta(days=1)
        when = day_begins(day) + timedelta(hours=8, minutes=self.rng.randint(0, 540))
        return when if when > at else at + timedelta(minutes=self.rng.randint(1, 30))


def _order(told: tuple[float, float, float]) -> tuple[float, float, float]:
    """As ``Random.triangular`` wants them: least, most, usual."""
    return told[0], told[2], told[1]


def live(
    program: Program[Any], workflow: Workflow[Any, Any], registry: Registry, *, seed: int, n: int, weeks: int, odds: Odds, policy: Any, calendar: Calendar
) -> Lived:
    """Lives the n-th case of a run: the same seed and number, the same life, in whatever order and process."""
    rng = Random(f"{seed}/{program.name}/{workflow.name}/{n}")
    opened = day_begins(FIRST_DAY + timedelta(days=rng.randrange(365))) + timedelta(hours=9)
    consents = None if rng.random() < 0.1 else opened + timedelta(days=rng.choice((0, 0, rng.randint(1, 60))))
    until = opened + timedelta(weeks=weeks)
    lived = Lived(stage=workflow.initial.name)
    for tries in range(TRIES, -1, -1):
        try:
            case = SimulatedCase(program, workflow, registry, rng, opened, odds=odds, policy=policy, calendar=calendar, consents=consents)
            break
        except Misused:  # a record that the forms do not take: another one
            if tries == 0:
                lived.unopened = True
                return lived
        except CareError as error:
            lived.failed = error.code
            return lived
    living = Living(case, odds, rng, until)
    try:
        living.run()
    except CareError as error:
        lived.failed = error.code
    state, told = case.state, case.told
    lived.stage, lived.end = state.stage, state.stage if case.ended else ""
    lived.still, lived.round = living.still, case.acts >= MOST_ACTS and not case.ended and not lived.failed
    lived.days = ((state.closed_at or (case.now if lived.failed or lived.still else until)) - opened).days
    lived.barred, lived.refusals, lived.freed = living.barred_days(until), case.refusals, living.freed
    lived.work = living.work
    ends = [at for _, at in told.stays[1:]] + [state.closed_at or until]
    lived.stays = [(stage, (end - at).days) for (stage, at), end in zip(told.stays, ends, strict=True)]
    lived.counts = {name: getattr(told, name) for name in ("ways", "edges", "timers", "held_back", "late", "missed", "done", "reasons", "papers")}
    return lived
