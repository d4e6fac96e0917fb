"""Random walks through a program, for hypothesis: whatever people do, and however late, a valid case must be left.

::

    @given(program_walks(PROGRAM))
    def test_every_walk_leaves_a_valid_case(walk: Walk) -> None:
        walk.go()

A walk is a list of small numbers, so that hypothesis finds the shortest one that fails; what they came to (``task visit → …``, ``12 days pass``) is printed
with the failure. It goes through a real office in a database of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor, Grant
from workflow_core.clock import civil_date
from workflow_core.definition import SYSTEM, AnyTime, Fire, Kind, Program, Task, Transition, Workflow
from workflow_core.engine import machine
from workflow_core.engine.asking import filled_fields
from workflow_core.engine.runtime import SYSTEM_ACTOR
from workflow_core.errors import CareError, Refused
from workflow_core.i18n import N_
from workflow_core.store import cases
from workflow_core.testing.simulate_input import NEIGHBOUR, SCAN, Chooser
from workflow_core.testing.simulate_odds import Odds

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from workflow_core.testing.cases import Life
    from workflow_core.testing.scenario import Scenario

Opened: TypeAlias = Callable[["Scenario"], "Life"]
"""Opens a case in an office."""
MOST_DAYS = 40
"""So many days may pass before a step; enough for most deadlines to run out."""
TRIES = 40
"""So many records are tried before it is given up to open a case."""
LONG = 400
"""A wait of ``MOST_DAYS`` stands for so many: what nobody looked at for a year must be whole, too."""


@dataclass(frozen=True)
class Step:
    """One step of a walk.

    :param days: so many pass before it. :param which: of all that is possible then, counted round; :param chance: what its input is made of.
    """

    days: int
    which: int
    chance: int


@dataclass(frozen=True)
class Walk:
    """A way through a program; ``go`` takes it.

    :param opening: what the case is opened with is made of it. :param opened: opens it, where that is not left to chance.
    """

    program: Program[Any]
    workflow: Workflow[Any, Any]
    opening: int
    steps: tuple[Step, ...]
    opened: Opened | None = field(default=None, compare=False)
    trace: list[str] = field(default_factory=list, compare=False)

    def __repr__(self) -> str:
        steps = ", ".join(f"({one.days}, {one.which}, {one.chance})" for one in self.steps)
        return f"Walk({self.program.name}.{self.workflow.name}, {self.opening}, [{steps}])"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How hypothesis shows it: its numbers, not the whole program."""
        printer.text(repr(self))

    def go(self, scenario: Scenario | None = None) -> Life:
        """Goes it, step by step, and sees that the case is valid after each. What the program refuses is no step; what happened is printed where it fails.

        :param scenario: an office with the program enabled; one of its own where None, closed afterwards.
        :raises AssertionError: the case is not valid; it says in what.
        """
        from workflow_core.testing.scenario import Scenario

        self.trace.clear()
        here = scenario or Scenario(self.program, training=True)
        try:
            life = self._go(here)
            here.verify()
            return life
        except BaseException as error:
            error.add_note("\n".join([repr(self), *(f"  {line}" for line in self.trace)]))
            raise
        finally:
            if scenario is None:
                here.close()

    def _go(self, scenario: Scenario) -> Life:
        rng = Random(self.opening)
        life = _opened(scenario, self.program, self.workflow, rng) if self.opened is None else self.opened(scenario)
        self.trace.append(f"opened: {life.shown.row.stage}")
        check_valid(life)
        for n, step in enumerate(self.steps):
            if step.days:
                days = LONG if step.days == MOST_DAYS else step.days
                self.trace.append(f"{days} days pass")
                _pass_days(scenario, days)
                check_valid(life)
            self.trace.append(_one(life, step, Actor(f"walker-{n}", _EVERYWHERE, True, every_role=True)))
            check_valid(life)
        return life


_EVERYWHERE = (Grant(ADMIN.name, "division", WHOLE_OFFICE, None, "2020-01-01", None),)


def program_walks(program: Program[Any], workflow: Workflow[Any, Any] | None = None, *, most: int = 20, opened: Opened | None = None) -> SearchStrategy[Walk]:
    """Random walks through a workflow of a program, as a strategy of hypothesis.

    :param workflow: the first that somebody opens where None. :param most: so many steps at most.
    :param opened: opens the case in a scenario, where a record by chance would not be taken: one that needs a whole in a certain stage.
    :raises Refused: ``hypothesis_missing``: hypothesis is not installed.
    """
    try:
        from hypothesis import strategies as some
    except ImportError:
        raise Refused("hypothesis_missing", N_("walks need hypothesis"), hint=N_("install careflow[testing]")) from None
    chosen = workflow or next((one for one in program.workflows if one.open_by), program.workflows[0])
    small = some.integers(0, 9)
    step = some.builds(Step, some.one_of(some.just(0), small, some.integers(0, MOST_DAYS)), some.integers(0, 30), some.integers(0, 99))
    drawn = some.tuples(some.integers(0, 99), some.lists(step, max_size=most))
    return drawn.map(lambda one: Walk(program, chosen, one[0], tuple(one[1]), opened))


def check_valid(life: Life) -> None:
    """What holds of every case at every time: its history has no gap and does not go back; a case that is over has no task and no timer left.

    :raises AssertionError: it does not; with everything that is wrong.
    """
    with life.scenario.db.read() as tx:
        loaded = cases.load(tx, ref=life.ref)
    wrong: list[str] = []
    if loaded is None:
        raise AssertionError(f"{life.ref} is gone")
    row = loaded.case
    events = life.scenario.engine.history(SYSTEM_ACTOR, life.ref)[0]
    if [one["n"] for one in events] != list(range(1, row["version"] + 1)):
        wrong.append("its history has a gap")
    if [one["at"] for one in events] != sorted(one["at"] for one in events):
        wrong.append("its history goes back in time")
    final = life.workflow.stage(row["stage"]).final
    if final != (row["closed_at"] is not None):
        wrong.append("it is closed in a stage that is not final" if row["closed_at"] else "it stands in a final stage, and is open")
    if final:
        left = [one["name"] for one in loaded.tasks if one["state"] == "open" and one["kind"] != "paper" and not str(one["origin"]).startswith("refused:")]
        ringing = [one["name"] for one in loaded.timers if one["state"] == "waiting"]
        wrong += [f"it is over, and a task is open: {name}" for name in left]
        wrong += [f"it is over, and a timer runs: {name}" for name in ringing]
        if row["wake_at"] is not None:
            wrong.append("it is over, and the clock is to look at it")
    if wrong:
        raise AssertionError("\n".join([f"{life.ref} is not valid:", *(f"  {one}" for one in wrong)]))


def _pass_days(scenario: Scenario, days: int) -> None:
    """The clock has one late turn: it must leave what many on time would have left."""
    scenario.clock.instant += timedelta(days=days)
    scenario.tick()


def _one(life: Life, step: Step, actor: Actor) -> str:
    """Takes one of the steps that are possible.

    :returns: what was done, or why it could not be.
    """
    engine, workflow = life.scenario.engine, life.workflow
    rng = Random(step.chance)
    choices: list[tuple[str, Any]] = [("task", one) for one in engine.show(actor, life.ref).tasks if one["state"] == "open" and one["kind"] != "paper"]
    served = {one.name for one in workflow.documents() if one.served_with_receipt}
    choices += [("paper", one) for one in life.papers if one.state == "draft" or (one.state == "signed" and one.name in served)]
    stage = workflow.stage(life.shown.row.stage)
    choices += [("anytime", one) for one in workflow.tasks_in(stage) if any(isinstance(when, AnyTime) for when in one.schedules)]
    choices += [("way", one) for one in machine.from_stage(workflow, stage) if machine.by_person(one) or SYSTEM in one.doers]
    if not choices:
        return "nothing can be done"
    kind, what = choices[step.which % len(choices)]
    told = what["task"] if kind == "task" else what.name
    try:
        if kind == "task":
            task = next((one for one in workflow.all_tasks() if one.name == what["task"]), None)
            engine.do_task(actor, what["ref"], {} if task is None else _given(life, task, rng), confirm="so it is")
        elif kind == "anytime":
            engine.do_task(actor, f"{life.ref}.{what.name}", _given(life, what, rng), confirm="so it is")
        elif kind == "way" and machine.by_person(what):
            engine.advance(actor, life.ref, what.name, _given(life, what, rng), confirm="so it is")
        elif kind == "way":
            return _by_others(life, what, rng)
        elif what.state == "draft":
            engine.sign(actor, what.ref, confirm="so it is")
            told += " signed"
        else:
            from workflow_core.documents.papers import Receipt

            engine.serve(actor, what.ref, Receipt(civil_date(life.scenario.clock.instant), "home", received_by="somebody", servers=("one", "another")))
            told += " served"
    except CareError as error:
        codes = ", ".join(one.code for one in error.problems) or error.code
        return f"{kind} {told}: refused ({codes})"
    return f"{kind} {told} → {life.shown.row.stage}"


def _by_others(life: Life, way: Transition[Any, Any, Any], rng: Random) -> str:
    """What only other cases and the clock may take is taken as they would."""
    from workflow_core.engine.effects import apply

    runtime = life.scenario.engine.runtime
    form = None
    if way.form is not None:
        from workflow_core.inputs import validate

        form = validate(way.form, _without_files(Chooser(rng, Odds()).form(way.form, life.scenario.today), None))

    def act(work: Any, now: Any) -> None:
        from workflow_core.engine.reconcile import reconcile

        work.begin("from_others", now)
        apply(work, [Fire(way, form)], now)
        reconcile(work, now)

    runtime.change(SYSTEM_ACTOR, life.ref, act)
    return f"others {way.name} → {life.shown.row.stage}"


def _given(life: Life, asks: Task[Any] | Transition[Any, Any, Any], rng: Random) -> dict[str, Any]:
    """An input by chance; a file that it names is put beside the case first."""
    chooser, today = Chooser(rng, Odds()), life.scenario.today
    happened = asks.happened if isinstance(asks, Task) else None
    given = {} if asks.form is None else chooser.form(asks.form, today, happened)
    given |= chooser.some(life.workflow.record, filled_fields(asks), today)
    if SCAN in [one for value in given.values() for one in (value if isinstance(value, list) else [value])]:
        kept = life.attach(by=Actor("walker", _EVERYWHERE, True, every_role=True))
        given = _without_files(given, {"digest": kept.digest, "name": kept.name})
    return given


def _without_files(given: dict[str, Any], kept: dict[str, str] | None) -> dict[str, Any]:
    found = {name: kept if value == SCAN else [kept] if value == [SCAN] else value for name, value in given.items()}
    return {name: value for name, value in found.items() if value not in (None, [None], NEIGHBOUR, [NEIGHBOUR])}


def _opened(scenario: Scenario, program: Program[Any], workflow: Workflow[Any, Any], rng: Random) -> Life:
    """A case of a workflow, with its whole and its parties; consents are there, or are not."""
    chooser, today = Chooser(rng, Odds()), scenario.today
    whole = next((one for one in program.workflows if one.record is workflow.part_of), None)
    around: dict[str, Any] = {} if whole is None else {"whole": _opened(scenario, program, whole, rng)}
    parties: dict[Any, Any] = {}
    for party in workflow.parties:
        if isinstance(party.of, Kind):
            parties[party.name] = {"child": scenario.child, "volunteer": scenario.volunteer}.get(party.of.name, lambda: "990101100")()
        else:
            parties[party.name] = _opened(scenario, program, program.workflow_of(party.of), rng)
    for tries in range(TRIES, -1, -1):
        record = _without_files(chooser.record(workflow.record, today), None)
        try:
            life = scenario.open(workflow, None, None, by=SYSTEM_ACTOR, parties=parties or None, **around, **record)
            break
        except CareError:  # a record that the program does not take: another one
            if tries == 0:
                raise
    for consent in workflow.consents if life.child else ():
        if rng.random() < 0.7:
            life.consent(consent)
    return life
