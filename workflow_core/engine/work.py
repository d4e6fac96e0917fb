"""One change of one case, in memory: steps, the events they write, and what follows by itself.

Nothing here touches the database but reads through the ``World``; the store writes the outcome as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.definition import Fire, Limit, On, Party, Program, Stage, Task, Transition, Warn, Workflow, parts
from workflow_core.engine import machine
from workflow_core.engine.rows import plain
from workflow_core.engine.state import CaseState, Changes, Entry, EventRow, Result, TaskRow
from workflow_core.engine.view import CaseView
from workflow_core.engine.world import World
from workflow_core.errors import Damaged, Refused
from workflow_core.i18n import N_
from workflow_core.inputs import encode

SYSTEM_LOGIN = "system"
"""The actor of what the engine does by itself."""
MOST_AUTOMATIC = 25
"""So many automatic transitions in a row are taken for a loop in the program."""


class Work:
    """A case while it is changed.

    :param state: the rows as they were read; they are changed in place.
    :param actor: the login of who acts; :param on_behalf: of whom he stands in for.

    While another case does something here: ``lent`` is what references to that one stand for, ``must_fire`` says that a transition that is not possible
    undoes all of it, and ``hops`` counts over how many cases it came.
    """

    def __init__(
        self, program: Program[Any], workflow: Workflow[Any, Any], state: CaseState, world: World, *, actor: str, on_behalf: str | None = None
    ) -> None:
        self.program = program
        self.workflow = workflow
        self.state = state
        self.world = world
        self.actor = actor
        self.on_behalf = on_behalf
        self.changes = Changes()
        self.given: Any = None
        self.lent: dict[str, Any] = {}
        self.must_fire = False
        self.hops = 0
        self.warnings: list[Warn] = []
        self.depth = 0
        self.touched = 0
        self.known = frozenset([("task", n) for n in state.tasks] + [("timer", n) for n in state.timers] + [("paper", n) for n in state.papers])
        self._event: EventRow | None = None

    def done_by(self, actor: Actor) -> None:
        """Have it done by an account that was asked for its right already; a deputy's deed says in whose stead it is done."""
        self.actor = actor.login
        self.state.stead = actor.stead(**self.state.where)

    @property
    def event(self) -> EventRow:
        """The step at hand."""
        if self._event is None:
            raise RuntimeError("no step has begun")
        return self._event

    def view(self, at: datetime, given: object = None) -> CaseView:
        """The case as guards see it."""
        return CaseView(self.workflow, self.state, self.world, at, self.given if given is None else given, self.changes)

    @property
    def last_at(self) -> datetime:
        """The instant of the latest event, the earliest for the next one."""
        if self.changes.events:
            return self.changes.events[-1].at
        return self.state.last_at or self.state.opened_at

    def begin(self, kind: str, at: datetime, *, actor: str | None = None, **payload: Any) -> EventRow:
        """Begin a step: one event, and the next version of the case. It is never dated before the one before it, and keeps the policy it was taken under.

        :param actor: who, where it is not the one this change is made by (the engine itself).
        """
        at = max(at, self.last_at)
        self.state.version += 1
        payload["policy"] = dict(self.world.policy_said(self.state.program, self.state.division, at))
        said = {name: value for name, value in payload.items() if value not in (None, "", {}, [])}
        own = actor is None or actor == self.actor
        self._event = EventRow(self.state.version, at, kind, actor or self.actor, (self.on_behalf or self.state.stead) if own else None, said)
        self.changes.events.append(self._event)
        return self._event

    def did(self, what: str, **about: Any) -> None:
        """Note in the step's event that an effect was carried out."""
        self.event.payload.setdefault("did", []).append({"what": what, **{name: value for name, value in about.items() if value not in (None, "")}})

    def set_record(self, **values: Any) -> None:
        """Set fields of the record; the event keeps what was there before."""
        old = encode(self.state.record)
        self.state.record = replace(self.state.record, **values)
        new = encode(self.state.record)
        changed = [name for name in new if new[name] != old.get(name)]
        if changed:
            self.event.payload.setdefault("before", {}).update({name: old.get(name) for name in changed if name not in self.event.payload.get("before", {})})
            self.event.payload.setdefault("after", {}).update({name: new[name] for name in changed})

    def touch(self, row: TaskRow) -> None:
        """Have a task row written."""
        self.state.tasks[row.n] = row
        self.changes.tasks[row.n] = row
        self.touched += 1

    def close_row(self, row: TaskRow, state: str, at: datetime, *, by: str | None = None, reason: str | None = None) -> None:
        """Take a task row off the desks."""
        row.state, row.closed_at, row.closed_by = state, at, by
        if reason:
            row.reason = reason
        self.touch(row)

    def move(self, target: Stage, at: datetime) -> None:
        """Put the case into a stage: its entry, its limits, open or closed. The step must have begun."""
        state, old = self.state, self.state.stage
        self.event.from_stage, self.event.to_stage = old, target.name
        self._hold(old if state.is_open else None, target.name, at)
        state.stage, state.stage_since = target.name, at
        state.closed_at = at if target.final else None
        state.outcome = target.outcome if target.final else None
        state.entries.append(Entry(self.event.n, target.name, at))

    def enter_first(self, at: datetime, target: Stage) -> None:
        """Put a new case into its first stage."""
        self.event.to_stage = target.name
        self._hold(None, target.name, at)
        self.state.entries.append(Entry(self.event.n, target.name, at))

    def take(
        self,
        transition: Transition[Any, Any, Any],
        at: datetime,
        *,
        actor: str | None,
        given: Any = None,
        fills: dict[str, Any] | None = None,
        raw: dict[str, Any] | None = None,
        **said: Any,
    ) -> None:
        """Take a transition whose guards hold: one step with its effects, and what the new stage asks for.

        :param given: its form; :param fills: fields of the record that were given; :param raw: both, as stored.
        :param said: what else the event keeps.
        """
        from workflow_core.engine.effects import apply
        from workflow_core.engine.reconcile import reconcile

        self.given = given
        event = self.begin("advanced", at, actor=actor, given=raw, **said)
        at = event.at
        event.transition = transition.name
        self.move(transition.target, at)
        if fills:
            self.set_record(**fills)
        if raw is not None and transition.form is not None:
            self.state.taken.append(Result(event.n, transition.name, at, event.actor, raw))
        apply(self, transition.do, at)
        apply(self, self.workflow.enter.get(transition.target, ()), at)
        if transition.target.final:
            whose = [(one, other) for one in transition.for_parts for other in self.program.workflows if one in other.transitions]
            apply(self, [On(parts(other.record), [Fire(one)]) for one, other in whose], at)
        reconcile(self, at)
        self.given = None

    def follow(self, at: datetime) -> int:
        """Take automatic transitions for as long as one's guards hold.

        :returns: how many were taken.
        :raises Damaged: ``automatic_loop``: the program goes round in a circle by itself.
        """
        taken = 0
        while self.state.is_open and self.state.suspended_at is None:
            transition = self.automatic(at)
            if transition is None:
                return taken
            taken += 1
            if taken > MOST_AUTOMATIC:
                raise self.goes_round()
            self.take(transition, at, actor=SYSTEM_LOGIN)
        return taken

    def goes_round(self) -> Damaged:
        """The error for a program that never comes to rest."""
        message, hint = N_("the program {program} moves by itself in a circle"), N_("tell whoever maintains the program")
        return Damaged("automatic_loop", message, hint=hint, program=self.program.name)

    def has_automatic(self) -> bool:
        """Whether the case may move by itself when nothing but the date changes."""
        stage = self.workflow.stage(self.state.stage)
        return bool(machine.by_itself(self.workflow, stage))

    def task_of(self, row: TaskRow) -> Task[Any] | None:
        """The definition of a row's task; None for escalations and ad hoc tasks."""
        if row.kind not in ("task", "reply"):
            return None
        return next((task for task in self.workflow.all_tasks() if task.name == row.name), None)

    def automatic(self, at: datetime) -> Transition[Any, Any, Any] | None:
        """The way that the case would go by itself now: all its guards hold, and there is room."""
        case = self.view(at)
        for one in machine.by_itself(self.workflow, case.stage):
            if machine.holds(self.workflow, one, case) and self.full(one.target, at) is None:
                return one
        return None

    def full(self, target: Stage, at: datetime) -> str | None:
        """The reason of the limit for which there is no place in that stage now; None where there is room."""
        return next((reason for _, _, reason in self.without_room(target, at)), None)

    def without_room(self, target: Stage, at: datetime) -> Iterator[tuple[str, str, str]]:
        """Each limit for which there is no place in that stage now: name, key, reason."""
        here = self.state.stage if self.state.is_open else None
        for name, key, size, reason, stages, once in self.limits(at, step=(here, target.name)):
            ours = any(one[:2] == (name, key) for one in (*self.changes.take, *self.changes.release))
            if target.name in stages and here not in stages and not ours and self.world.used(self.program.name, name, key) >= size:
                if once and self.world.shares(self.program.name, name, key, once):
                    continue
                yield name, key, reason

    def hold(self, name: str, key: str, size: int, reason: str, once: str = "") -> None:
        """Take a place with this change. What one change both gives back and takes again stays as it was."""
        if (name, key) in self.changes.release:
            self.changes.release.remove((name, key))
        else:
            self.changes.take.append((name, key, size, reason, once))

    def let_go(self, name: str, key: str) -> None:
        """Give a place back with this change."""
        taken = [one for one in self.changes.take if one[:2] == (name, key)]
        if taken:
            self.changes.take.remove(taken[0])
        else:
            self.changes.release.append((name, key))

    def _hold(self, old: str | None, new: str, at: datetime) -> None:
        for name, key, size, reason, stages, once in self.limits(at, step=(old, new)):
            held, holds = old in stages, new in stages
            if holds and not held:
                self.hold(name, key, size, reason, once)
            elif held and not holds:
                self.let_go(name, key)

    def limits(self, at: datetime, *, step: tuple[str | None, str] | None = None) -> list[tuple[str, str, int, str, frozenset[str], str]]:
        """Every limit that counts this case: name, key, size, reason, the stages in which it is held, and the word under which cases count as one.

        :param step: from which stage to which: only the size of what such a step takes is asked for, since that may mean reading a whole; else it is 0.
        """
        state, found = self.state, []
        open_stages = self.workflow.open_stages()
        if state.subject_id is not None or state.key:
            reason = N_("there is an open case of this kind already")
            own = f"{state.subject_id or state.division}:{state.key}"
            found.append((f"open:{self.workflow.name}", own if state.whole_id is None else f"{own}@{state.whole_id}", 1, reason, open_stages, ""))
        for limit in self.workflow.limits:
            key = self.key_of(limit, at)
            if key is not None:
                once = "" if limit.counts_once is None else str(plain(self.view(at).value(limit.counts_once)) or "")
                held_in = frozenset(stage.name for stage in limit.held_in)
                asked = step is None or (step[1] in held_in and step[0] not in held_in)
                found.append((limit.name, key, self._size(limit, at) if asked else 0, limit.reason, held_in, once))
        return found

    def key_of(self, limit: Limit, at: datetime) -> str | None:
        """Which of a limit's places the case counts against; None where it has nothing to be counted by."""
        keys = [self._key(one, at) for one in limit.keys]
        return None if None in keys else "|".join(str(one) for one in keys)

    def _key(self, per: object, at: datetime) -> str | None:
        """What a limit counts by, of this case: one of its ids, a party's, or a field's value; None where it has none, and is not counted."""
        state = self.state
        if isinstance(per, str):
            return {"subject": state.subject_id, "division": state.division, "whole": state.whole_id}[per]
        if isinstance(per, Party):
            return next((row.party_id for row in state.parties if row.name == per.name), None)
        value = plain(self.view(at).value(per))
        return None if value is None else str(value)

    def _size(self, limit: Limit, at: datetime) -> int:
        return machine.ask_function(limit.size, self.view(at)) if callable(limit.size) else limit.size


def refuse_missing(workflow: Workflow[Any, Any], name: str) -> Refused:
    """The error for a transition that the stage does not have."""
    return Refused("transition_not_here", N_("{workflow} has no transition {transition} from this stage"), workflow=workflow.name, transition=name)
