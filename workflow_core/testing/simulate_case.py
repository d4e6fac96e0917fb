"""One case in memory, and what can be done in it now. The simulator lives it by chance, a walk by the choices of hypothesis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor, Grant
from workflow_core.clock import civil_date
from workflow_core.definition import AUTOMATIC, SYSTEM, AnyTime, Effect, Fire, Observed, Program, Transition, When, Workflow, form_fields
from workflow_core.engine import advancing, machine, tasking
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.drafts import off_the_desk
from workflow_core.engine.effects import apply, fire
from workflow_core.engine.reconcile import open_row, reconcile
from workflow_core.engine.work import Work
from workflow_core.errors import CareError
from workflow_core.inputs import encode, validate
from workflow_core.records.calendar import Calendar
from workflow_core.registry import Registry
from workflow_core.testing.simulate_input import Chooser
from workflow_core.testing.simulate_odds import Odds
from workflow_core.testing.simulate_world import DIVISION, PERSON, Asked, OneCase, Rows, SimulatedState, SimulatedWorld, month

TRIES = 4
"""So many inputs are tried before something is left for another day."""


@dataclass(frozen=True)
class Move:
    """Something that could be done now.

    :param kind: ``task`` (a row that waits), ``anytime``, ``way``, ``sign``, ``serve``, ``reply`` (another program answers), ``others`` (other cases, or nobody
        in particular, take a way that is the system's).
    :param n: of the task's row, of the paper, of the referral. :param who: the role that does it.
    """

    kind: str
    name: str
    n: int = 0
    who: str = ""


@dataclass
class Told:
    """What happened in a case, counted; what the simulator adds up."""

    ways: Counter[str] = field(default_factory=Counter)
    edges: Counter[tuple[str, str]] = field(default_factory=Counter)
    timers: Counter[str] = field(default_factory=Counter)
    held_back: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    papers: Counter[str] = field(default_factory=Counter)
    stays: list[tuple[str, datetime]] = field(default_factory=list)


class SimulatedCase:
    """A case that is lived in memory. Everything that changes it is the engine's own code.

    :param at: the instant at which it is opened; :param calendar: shared among cases, since it is read-only.
    :raises CareError: it cannot be opened.
    """

    def __init__(
        self,
        program: Program[Any],
        workflow: Workflow[Any, Any],
        registry: Registry,
        rng: Random,
        at: datetime,
        *,
        odds: Odds | None = None,
        policy: Any = None,
        calendar: Calendar | None = None,
        consents: datetime | None = None,
        record: dict[str, Any] | None = None,
    ) -> None:
        self.program, self.workflow, self.rng = program, workflow, rng
        self.chooser = Chooser(rng, odds or Odds())
        self.told = Told()
        self.acts = 0
        self.refusals: list[str] = []
        today = civil_date(at)
        world = SimulatedWorld(registry, policy or program.policy(), rng, calendar or Calendar(DIVISION, month), consents, today)
        self.given = self.chooser.record(workflow.record, today) if record is None else record
        kind = None if workflow.subject is None else workflow.subject.name
        about = PERSON if kind is not None and kind not in ("village", "township", "county") else None
        self.state = SimulatedState(
            "case", f"{workflow.prefix}-26-00001", program.name, workflow.name, "", workflow.initial.name, at, kind, about, None, DIVISION, None, None, "",
            None, validate(workflow.record, self.given), 0, at,
        )  # fmt: skip
        self.state.tasks = Rows()
        self.runtime = OneCase(program, workflow, self.state, world)
        self.parts = self.runtime.around(rng, self._invented)
        self.runtime.moved(self.parts)
        self._system = _left_to_others(program, workflow)
        self._papers = {paper.name: paper for paper in workflow.documents()}
        work = self.runtime.work_now("somebody")
        work.begin("opened", at, record=encode(self.state.record))
        work.enter_first(at, workflow.initial)
        apply(work, workflow.enter.get(workflow.initial, ()), at)
        reconcile(work, at)
        work.follow(at)
        self._keep(work)

    @property
    def now(self) -> datetime:
        """The instant at which the case stands."""
        return self.runtime.hand.instant

    @property
    def ended(self) -> bool:
        """Whether it is closed."""
        return not self.state.is_open

    # -- What can be done

    def moves(self) -> list[Move]:
        """What people, and the cases around it, could do now, in a fixed order; of ways those whose guards hold."""
        return [*self.waiting(), *self.ways()]

    def waiting(self) -> list[Move]:
        """The tasks and papers that wait, what may be written down at any time, and what the cases and programs around it could do."""
        found: list[Move] = []
        if self.ended:
            return self._papers_to_sign()
        for row in self.state.open_tasks():
            if row.kind != "paper":
                found.append(Move("task", row.name, row.n, row.doers[0] if row.doers else ""))
        found += self._papers_to_sign()
        stage = self.workflow.stage(self.state.stage)
        for task in self.workflow.tasks_in(stage):
            if any(isinstance(one, AnyTime) for one in task.schedules):
                found.append(Move("anytime", task.name, 0, task.doers[0].name))
        found += [Move("reply", one.program, n) for n, one in enumerate(self.runtime.world.asked) if not one.answered]
        if any(not self.program.workflow(name).stage(at).final for name, at in self.parts):
            found.append(Move("part", "part"))
        return found

    def ways(self) -> list[Move]:
        """The ways out of the stage whose guards hold now."""
        found: list[Move] = []
        self.refusals = []
        if self.ended:
            return found
        view = self.runtime.work_now("somebody").view(self.now)
        for way in machine.from_stage(self.workflow, self.workflow.stage(self.state.stage)):
            others = way in self._system
            said = machine.ask_guards(machine.guards_of(self.workflow, way), view)
            if said:
                self.told.reasons[f"{way.name}\0{said[0].reason}"] += 1
                self.refusals.append(said[0].reason)
            elif others or machine.by_person(way):
                found.append(Move("others" if others else "way", way.name, 0, "" if others else next(one.name for one in way.doers if one not in _NOBODY)))
        return found

    def barred(self, ways: Sequence[Move]) -> bool:
        """Whether it lies where every way is refused: nobody may take one, and neither a task, a timer nor another case that it waits for would.

        :param ways: what ``ways`` said last.
        """
        if self.ended or ways or any(one.kind in ("reply", "part") for one in self.waiting()):
            return False
        stage = self.workflow.stage(self.state.stage)
        rings = {one.name for one in self.workflow.timers if stage in one.stages and (one.fire is not None or _fires(one.do))}
        open_names = {row.name for row in self.state.open_tasks()}
        tasks = [one for one in self.workflow.tasks_in(stage) if one.name in open_names or any(isinstance(when, AnyTime) for when in one.schedules)]
        if any(row.state == "waiting" and row.name in rings for row in self.state.timers.values()):
            return False
        return not any(_fires((*task.do, *task.late)) for task in tasks)

    def _papers_to_sign(self) -> list[Move]:
        found = []
        for paper in self.state.papers.values():
            document = self._papers.get(paper.name)
            if document is None:
                continue
            who = document.signed_by.name if document.signed_by is not None else ""
            if paper.state == "draft" and who and not document.draft_only and any(row.origin == f"paper:{paper.n}" for row in self.state.open_tasks()):
                found.append(Move("sign", paper.name, paper.n, who))
            elif paper.state == "signed" and document.served_with_receipt and not self.ended:
                found.append(Move("serve", paper.name, paper.n, who))
        return found

    # -- Doing it

    def do(self, move: Move, at: datetime) -> str:
        """Does it, with an input by chance.

        :returns: empty where it was done; else the code of why not: nothing has changed then.
        :raises CareError: the program is at fault: an effect of it failed, or it goes round in a circle.
        """
        self.runtime.hand.instant = max(at, self.now)
        self.acts += 1
        login = f"{move.who or 'somebody'}-{self.acts}"
        said = ""
        for _ in range(TRIES if move.kind in ("task", "anytime", "way") else 1):
            version = self.state.version
            try:
                self._one(move, Actor(login, _EVERYWHERE, False, every_role=True))
            except CareError as error:
                if self.state.version != version and self._began(version):  # refused in the middle of a step
                    raise
                before, said = said, error.problems[0].code if error.problems else error.code
                self.told.reasons[f"{move.name}\0{error.problems[0].message if error.problems else error.message}"] += 1
                if said == before:  # it is not what was written down
                    return said
                continue
            self._keep(self.runtime.latest)
            return ""
        return said

    def _began(self, version: int) -> bool:
        """Whether somebody's step had begun when it was refused; what time did before it stays, and is no fault."""
        work = self.runtime.latest
        own = any(one.actor not in ("system",) for one in work.changes.events) if work is not None else False
        if not own and work is not None:
            self._keep(work)
        return own

    def wait(self, until: datetime) -> None:
        """Lets time pass: the clock does what is due by then."""
        self.runtime.hand.instant = max(until, self.now)
        self.runtime.change(Actor("system", (), False), self.state.ref, lambda work, now: None)
        self._keep(self.runtime.latest)

    def _one(self, move: Move, actor: Actor) -> None:
        state, today = self.state, civil_date(self.now)
        if move.kind in ("task", "anytime"):
            which = str(move.n) if move.kind == "task" else move.name
            task = next((one for one in self.workflow.all_tasks() if one.name == move.name), None)
            given: dict[str, Any] = {}
            if task is not None:
                given = self._input(task, task.happened, today)
            tasking.do_task(self.runtime, actor, f"{state.ref}.{which}", given, confirm="so it is", dry_run=True)
        elif move.kind == "way":
            ways = machine.from_stage(self.workflow, self.workflow.stage(state.stage), move.name)
            given = self._input(ways[0], None, today) if ways else {}
            advancing.advance(self.runtime, actor, state.ref, move.name, given, confirm="so it is", dry_run=True)
        else:
            self.runtime.change(actor, state.ref, lambda work, now: self._surroundings(move, work, now))

    def _input(self, asks: Any, happened: object, today: Any) -> dict[str, Any]:
        given = {} if asks.form is None else self.chooser.form(asks.form, today, happened)
        if asks.form is not None and happened is None:
            first = next((name for name, one in form_fields(asks.form).items() if one.required and "date" in str(one.type)), None)
            if first is not None and f"{asks.form.__name__}.{first}" not in self.chooser.odds.fields and self.rng.random() < 0.8:
                given[first] = today.isoformat()  # what a decision is dated by: most often today
        from workflow_core.engine.asking import filled_fields

        return given | self.chooser.some(self.workflow.record, filled_fields(asks), today)

    def _surroundings(self, move: Move, work: Work, now: datetime) -> None:
        """What is done around the case's tasks and ways: papers, answers of other programs, other cases."""
        if move.kind in ("sign", "serve"):
            paper = work.state.papers[move.n]
            work.begin("paper_signed" if move.kind == "sign" else "paper_served", now, document=paper.name, n=paper.n)
            if move.kind == "sign":
                paper.state, paper.signed_at, paper.signed_by, paper.number = "signed", now, work.actor, str(paper.n)
                off_the_desk(work, paper, "done", now, by=work.actor)
            else:
                paper.state, paper.served_on = "served", civil_date(now)
            work.changes.papers[paper.n] = paper
            reconcile(work, now)
            catch_up(work, now)
        elif move.kind == "reply":
            asked = self.runtime.world.asked[move.n]
            asked.answered = True
            work.begin("referral_closed", now, program=asked.program)
            reply = next((task for task in work.workflow.all_tasks() if task.name == asked.reply), None)
            if reply is not None:
                open_row(work, reply, now, kind="reply", origin=f"refer:{asked.program}")
            reconcile(work, now)
        elif move.kind == "part":
            self._move_a_part()
        else:
            work.begin("from_others", now)
            way = next(one for one in self._system if one.name == move.name and self.workflow.stage(work.state.stage) in one.sources)
            form = None if way.form is None else validate(way.form, self.chooser.form(way.form, civil_date(now)))
            fire(work, move.name, now, form)
            reconcile(work, now)

    def _move_a_part(self) -> None:
        open_ones = [one for one in self.parts if not self.program.workflow(one[0]).stage(one[1]).final]
        part = self.rng.choice(open_ones)
        workflow = self.program.workflow(part[0])
        ways = machine.from_stage(workflow, workflow.stage(part[1]))
        part[1] = self.rng.choice(ways).target.name if ways else next((one.name for one in workflow.stages if one.final), part[1])
        self.runtime.moved(self.parts)

    def _invented(self, workflow: Workflow[Any, Any]) -> Any:
        return validate(workflow.record, self.chooser.form(workflow.record, civil_date(self.state.opened_at)))

    # -- What happened

    def _keep(self, work: Work | None) -> None:
        """Counts what a change did, and gives to the office around what the store would have kept."""
        if work is None:
            return
        told = self.told
        for event in work.changes.events:
            if event.to_stage is not None:
                told.stays.append((event.to_stage, event.at))
                if event.from_stage is not None:
                    told.edges[event.from_stage, event.to_stage] += 1
            if event.transition is not None:
                told.ways[event.transition] += 1
            said = event.payload
            if event.kind == "timer_fired":
                held = any(one["what"] == "held_back" for one in said.get("did", ()))
                (told.held_back if held else told.timers)[said["timer"]] += 1
            elif event.kind == "task_late":
                told.late[said["task"]] += 1
            elif event.kind == "occurrence_missed":
                told.missed[said["task"]] += 1
            elif event.kind == "task_done":
                told.done[said["task"]] += 1
            for one in said.get("did", ()):
                if one["what"] == "drafted":
                    told.papers[one["document"]] += 1
                elif one["what"] == "task_done":
                    told.done[one["task"]] += 1
        if work.changes.events:
            self.state.last_at = work.changes.events[-1].at
        world = self.runtime.world
        world.asked += [Asked(one["program"], one["reply"]) for one in work.changes.referrals]
        world.facts += [(one["name"], Observed(one["value"], one["on"])) for one in work.changes.observations]
        if work.changes.amendments and self.state.subject_kind in world.somebodies:
            from dataclasses import replace

            amended = {one["field"]: one["value"] for one in work.changes.amendments}
            kind = str(self.state.subject_kind)
            world.somebodies[kind] = replace(world.somebodies[kind], **amended)
        self.runtime.latest = None


_NOBODY = (SYSTEM, AUTOMATIC)
_EVERYWHERE = (Grant(ADMIN.name, "division", WHOLE_OFFICE, None, "", None),)


def _fires(effects: Sequence[Effect]) -> bool:
    """Whether one of them takes a way of the case itself."""
    return any(isinstance(one, Fire) or (isinstance(one, When) and _fires((*one.do, *one.otherwise))) for one in effects)


def _left_to_others(program: Program[Any], workflow: Workflow[Any, Any]) -> Sequence[Transition[Any, Any, Any]]:
    """The ways of the system that something outside the case takes: an effect on other cases, a batch, a sheet, a line, a consent that is withdrawn.

    A way that nothing names is nobody's: it is not taken here either.
    """
    own = {id(effect.transition) for effect in workflow.all_effects(on_others=False) if isinstance(effect, Fire)}
    own |= {id(timer.fire) for timer in workflow.timers if timer.fire is not None}
    named: list[Any] = [effect.transition for each in program.workflows for effect in each.all_effects() if isinstance(effect, Fire)]
    named += [way.parts_become for each in program.workflows for way in each.transitions]
    named += [one for each in program.workflows for consent in each.consents for one in (consent.withdrawn, consent.refused)]
    named += [one for batch in program.all_batches() for one in (*batch.may, batch.then)]
    named += [limit.waiting.fire for limit in workflow.limits if limit.waiting is not None]
    if program.imports:  # what the function of a sheet fires cannot be seen from here
        named += workflow.transitions
    others = {id(one) for one in named} - own
    return [one for one in workflow.transitions if SYSTEM in one.doers and id(one) in others]
