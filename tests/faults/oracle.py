"""How things should stand: a program, and its rules said once more in a few lines over a dictionary."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.engine.conftest import START
from workflow_core import (
    CHILD,
    PER_DIVISION,
    SCHOOL,
    SUPERVISOR,
    Escalate,
    Limit,
    Notify,
    Program,
    Stage,
    Task,
    Timer,
    Transition,
    Workflow,
    after,
    ask,
    days,
    done,
    form,
)
from workflow_core.clock import civil_date, day_begins

SEATS, RING_AFTER, DUE_AFTER = 1, 5, 3


@form
class Thing:
    """The record."""

    title: str = ask("What it is")


@form
class Policy:
    """Nothing is set."""

    size: int = ask("Size", default=1)


NEW, WORK = Stage("new", "New"), Stage("work", "At work")
DONE, DROPPED = Stage("done", "Done", final=True), Stage("dropped", "Dropped", final=True)
DO = Task("do", "Do it", by=SCHOOL, due=days(DUE_AFTER), late=[Escalate(SUPERVISOR, "It was not done")])
WORKFLOW = Workflow(
    "thing",
    "Thing",
    prefix="TH",
    subject=CHILD,
    record=Thing,
    policy=Policy,
    initial=NEW,
    stages=[NEW, WORK, DONE, DROPPED],
    transitions=[
        Transition("begin", "Begin", source=NEW, target=WORK, by=SCHOOL),
        Transition("end", "End", source=WORK, target=DONE, by=SCHOOL, guards=[done(DO)]),
        Transition("drop", "Drop", source=(NEW, WORK), target=DROPPED, by=SCHOOL),
    ],
    tasks={WORK: [DO]},
    timers=[Timer("ring", NEW, due=after(NEW, days(RING_AFTER)), do=[Notify(SUPERVISOR, "It waits to be begun")])],
    limits=[Limit("seats", "All seats are taken", size=SEATS, per=PER_DIVISION, held_in=[WORK])],
    open_by=[SCHOOL],
    edit_by=[SCHOOL],
)
PROGRAM = Program("things", "Things", version=1, policy=Policy, workflows=[WORKFLOW])


@dataclass
class Told:
    """What the oracle knows of one case."""

    child: str
    stage: str
    since: datetime
    last_at: datetime
    version: int = 1
    task: str = ""
    suspended: datetime | None = None
    due: datetime = START
    rings: datetime | None = None

    @property
    def open(self) -> bool:
        return self.stage in ("new", "work")

    @property
    def tasks(self) -> set[str]:
        """In which states its task is."""
        if not self.open and self.task in ("open", "late"):
            return {"closed"}
        return {"": set(), "open": {"open"}, "late": {"open"}, "done": {"done"}}[self.task]


@dataclass
class Oracle:
    """How things should stand: a dictionary, and the rules said once more in a few lines."""

    cases: dict[str, Told] = field(default_factory=dict)
    messages: int = 0

    def catch_up(self, case: Told, now: datetime) -> None:
        """The timer of a new case, and the lateness of its task."""
        if not case.open or case.suspended is not None:
            return
        if case.stage == "new" and case.rings is not None and case.rings <= now:
            self._step(case, case.rings)
            case.rings = None
            self.messages += 1
        if case.stage == "work" and case.task == "open" and case.due <= now:
            self._step(case, case.due)
            case.task = "late"
            self.messages += 1

    def all_catch_up(self, now: datetime) -> None:
        """The clock's turn."""
        for case in self.cases.values():
            self.catch_up(case, now)

    def _step(self, case: Told, at: datetime) -> None:
        case.version += 1
        case.last_at = max(case.last_at, at)

    def open(self, ref: str, child: str, now: datetime) -> None:
        self.cases[ref] = Told(child, "new", now, now, rings=_day(now, RING_AFTER))

    def may(self, ref: str, what: str) -> bool:
        """Whether a command goes through, after time has caught up."""
        case = self.cases[ref]
        if what == "note":
            return True
        if what == "resume":
            return case.suspended is not None
        if not case.open or case.suspended is not None:
            return False
        if what == "begin":
            return case.stage == "new" and sum(one.stage == "work" for one in self.cases.values()) < SEATS
        if what == "end":
            return case.stage == "work" and case.task == "done"
        if what == "do":
            return case.stage == "work" and case.task in ("open", "late")
        return True

    def act(self, ref: str, what: str, clock: datetime) -> bool:
        """Do it, if it goes through."""
        case = self.cases[ref]
        trial = Told(**case.__dict__)
        kept, self.cases[ref] = case, trial
        before = self.messages
        now = max(clock, case.last_at)
        self.catch_up(trial, now)
        if not self.may(ref, what):
            self.cases[ref], self.messages = kept, before
            return False
        self._step(trial, now)
        if what == "begin":
            trial.stage, trial.task, trial.due, trial.rings = "work", "open", _day(now, DUE_AFTER + 1), None
        elif what in ("end", "drop"):
            trial.stage = "done" if what == "end" else "dropped"
        elif what == "do":
            trial.task = "done"
        elif what == "suspend":
            trial.suspended = now
        elif what == "resume":
            rested = civil_date(now) - civil_date(trial.suspended or now)
            trial.suspended = None
            trial.due += rested
            trial.rings = None if trial.rings is None else trial.rings + rested
        return True


def _day(at: datetime, more: int) -> datetime:
    return day_begins(civil_date(at) + timedelta(days=more))
