"""One case, as its life goes."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from workflow_core.access.consents import Saying
from workflow_core.access.grants import SYSTEM_ACTOR, Actor
from workflow_core.clock import unstamp
from workflow_core.definition import (
    AUTOMATIC,
    STANDARD_ROLES,
    SUPERVISOR,
    SYSTEM,
    Attachment,
    Consent,
    Document,
    Party,
    Role,
    Stage,
    Task,
    Timer,
    Transition,
    Workflow,
    form_fields,
)
from workflow_core.engine import Answer, CaseShown
from workflow_core.engine.keeping import read_file
from workflow_core.errors import CareError
from workflow_core.inputs.codec import decode
from workflow_core.store import facts
from workflow_core.store.database import Database
from workflow_core.testing import telling
from workflow_core.testing.papers import PaperSeen
from workflow_core.testing.seen import Event, Refusal, Waits

if TYPE_CHECKING:
    from workflow_core.testing.scenario import Scenario

F = TypeVar("F")
Given: TypeAlias = F | Mapping[str, object] | None
"""What a form asks: the form itself, which mypy checks; or its fields by name."""

last_looked: list[weakref.ref[Life]] = []
"""The case whose stage was asked for last: when ``assert case.stage is …`` fails, it is the one to be told of."""


class Life:
    """One case. Made by ``Scenario.open``; every question is asked of the database anew."""

    def __init__(self, scenario: Scenario, workflow: Workflow[Any, Any], ref: str) -> None:
        self.scenario = scenario
        self.workflow = workflow
        self.ref = ref

    def __repr__(self) -> str:
        return f"<{self.ref} in {self.shown.row.stage}>"

    # -- Where it stands

    @property
    def shown(self) -> CaseShown:
        """All that the engine shows of it."""
        return self.scenario.engine.show(SYSTEM_ACTOR, self.ref)

    @property
    def stage(self) -> Stage:
        """The stage it stands in: ``assert visit.stage is DONE``."""
        last_looked[:] = [weakref.ref(self)]
        return self.workflow.stage(self.shown.row.stage)

    @property
    def closed(self) -> bool:
        """Whether it has come to its end."""
        return self.shown.row.closed

    @property
    def record(self) -> Any:
        """What it knows: the workflow's record form, filled in."""
        return decode(self.workflow.record, self.shown.record)

    @property
    def child(self) -> str | None:
        """The reference of whom it is about."""
        return self.shown.row.subject

    @property
    def waiting(self) -> tuple[Waits, ...]:
        """What waits in it, oldest first."""
        return tuple(
            Waits(one["ref"], one["task"], one["title"], one["kind"], _day(one["due"]), one["overdue"], tuple(one["roles"]))
            for one in self.shown.tasks
            if one["state"] == "open"
        )

    def waits(self, task: Task[Any] | str) -> bool:
        """Whether a task waits."""
        return any(one.name == _name(task) for one in self.waiting)

    def due(self, task: Task[Any] | str) -> date | None:
        """By when the latest occurrence of a task is due; None where it never was, or has no day."""
        return next((_day(one["due"]) for one in reversed(self.shown.tasks) if one["task"] == _name(task)), None)

    def states(self, task: Task[Any] | str) -> list[str]:
        """How the occurrences of a task stand, oldest first: ``open``, ``done``, ``missed``, ``skipped``, ``closed`` …"""
        return [one["state"] for one in self.shown.tasks if one["task"] == _name(task)]

    def results(self, task: Task[F]) -> list[F]:
        """What was written down each time the task was done."""
        form: Any = task.form
        return [decode(form, one["given"]) for one in self.shown.tasks if one["task"] == task.name and one["state"] == "done" and form and one["given"]]

    @property
    def timers(self) -> Mapping[str, datetime]:
        """When each timer that is set goes off, by its name."""
        return {one["timer"]: _instant(one["due"]) for one in self.shown.timers if one["due"]}

    def fires(self, timer: Timer) -> datetime | None:
        """When a timer goes off; None where it is not set."""
        return self.timers.get(timer.name)

    @property
    def escalations(self) -> tuple[tuple[str, str], ...]:
        """What was laid before whom, and still lies there: the role's name and the reason."""
        return tuple((role, one.title) for one in self.waiting if one.kind == "escalation" for role in one.by)

    @property
    def history(self) -> tuple[Event, ...]:
        """Every event, oldest first."""
        events = self.scenario.engine.history(SYSTEM_ACTOR, self.ref)[0]
        return tuple(Event(one["n"], one["kind"], unstamp(one["at"]), one["actor"], one["transition"], one["to"], one["says"]) for one in events)

    @property
    def parts(self) -> list[Life]:
        """The cases that are part of it."""
        return [self.scenario.life(row.ref) for row in self.scenario.engine.cases(SYSTEM_ACTOR, whole=self.ref, limit=None)]

    @property
    def papers(self) -> tuple[PaperSeen, ...]:
        """Its papers, oldest first."""
        return tuple(PaperSeen(self, one.ref) for one in self.scenario.engine.papers(SYSTEM_ACTOR, self.ref))

    def paper(self, document: Document) -> PaperSeen:
        """The latest paper of a kind.

        :raises AssertionError: there is none; it tells where the case stands.
        """
        __tracebackhide__ = True
        found = [one for one in self.papers if one.name == document.name]
        if not found:
            raise AssertionError("\n".join([f"{self.ref} has no paper {document.name!r}", *telling.told_case(self)]))
        return found[-1]

    # -- What happens to it

    def take(
        self, transition: Transition[Any, Any, F], given: Given[F] = None, /, *, by: Role | Actor | None = None, confirm: str = "", **fields: object
    ) -> Life:
        """Takes a transition.

        :param given: what it asks, as its form or by field; fields by keyword are laid over it.
        :param by: the role or account that takes it; the first that may where None.
        :param confirm: a reason, with which warnings pass.
        :raises CareError: it was refused; notes tell every reason, and where the case stands.
        """
        __tracebackhide__ = True
        engine, actor = self.scenario.engine, self._actor(by, transition.doers, bool(transition.four_eyes))
        self._told(lambda: engine.advance(actor, self.ref, transition.name, given_of(given, fields), confirm=confirm))
        return self

    def do(self, task: Task[F] | str, given: Given[F] = None, /, *, by: Role | Actor | None = None, confirm: str = "", **fields: object) -> Life:
        """Does a task; see ``take``.

        :param task: or the name of what waits, where no program foresaw it: ``escalation-child_supervisor``.
        """
        __tracebackhide__ = True
        doers = [*task.doers] if isinstance(task, Task) else [role for one in self.waiting if one.name == task for role in self._roles(one.by)]
        engine, actor = self.scenario.engine, self._actor(by, doers, isinstance(task, Task) and bool(task.four_eyes))
        self._told(lambda: engine.do_task(actor, f"{self.ref}.{_name(task)}", given_of(given, fields), confirm=confirm))
        return self

    def skip(self, task: Task[Any], reason: str, *, by: Role | Actor | None = None) -> Life:
        """Leaves a task undone, with a reason."""
        __tracebackhide__ = True
        actor = self._actor(by, task.doers)
        self._told(lambda: self.scenario.engine.skip_task(actor, f"{self.ref}.{task.name}", reason))
        return self

    def edit(self, reason: str = "it was wrong", /, *, by: Role | Actor | None = None, **fields: object) -> Life:
        """Corrects fields of its record."""
        __tracebackhide__ = True
        actor = self._actor(by, self.workflow.edit_by or self.workflow.open_by)
        self._told(lambda: self.scenario.engine.edit(actor, self.ref, given_of(fields), reason))
        return self

    def suspend(self, reason: str = "it rests", *, by: Role | Actor | None = None) -> Life:
        """Lets it rest."""
        __tracebackhide__ = True
        actor = self._actor(by, (SUPERVISOR,))
        self._told(lambda: self.scenario.engine.suspend(actor, self.ref, reason))
        return self

    def resume(self, reason: str = "it goes on", *, by: Role | Actor | None = None) -> Life:
        """Lets it go on."""
        __tracebackhide__ = True
        actor = self._actor(by, (SUPERVISOR,))
        self._told(lambda: self.scenario.engine.resume(actor, self.ref, reason))
        return self

    def draft(self, document: Document, *, by: Role | Actor | None = None) -> PaperSeen:
        """Drafts a paper by hand."""
        __tracebackhide__ = True
        actor = self._actor(by, (document.signed_by,) if document.signed_by is not None else (SUPERVISOR,))
        self._told(lambda: self.scenario.engine.draft(actor, self.ref, document.name))
        return self.paper(document)

    def attach(self, content: bytes = b"a picture", name: str = "picture.png", *, by: Role | Actor | None = None) -> Attachment:
        """Keeps a file with it; the answer can be given to a form that asks for an attachment."""
        __tracebackhide__ = True
        path = self.scenario.folder / name
        path.write_bytes(content)
        actor = self._actor(by, self.workflow.open_by)
        self._told(lambda: self.scenario.engine.attach(actor, self.ref, path))
        return Attachment(read_file(path)[0], name)

    def consent(self, consent: Consent, says: str = "yes", *, by: Role | Actor | None = None, **how: Any) -> Life:
        """Records what the guardian says of a purpose, on paper, today: ``yes``, ``no``, or ``withdrawn``; the child is heard and of the same mind.

        :param how: other words of ``Saying``, as ``care consent give`` asks for them: ``child="disagrees"``, ``expires=…``.
        """
        __tracebackhide__ = True
        engine, child = self.scenario.engine, self.child or ""
        about: dict[str, Any] = {"on": self.scenario.today, "by": "guardian"}
        if says == "yes":
            about |= {"notice": consent.notice, "paper": True, "child": "agrees"}
        record = {"yes": engine.give_consent, "no": engine.refuse_consent, "withdrawn": engine.withdraw_consent}[says]
        program = self.shown.row.program
        self._told(lambda: record(self._actor(by, (SUPERVISOR,)), child, f"{program}.{consent.name}", Saying(**{**about, **how})))
        return self

    # -- Whether it would

    def refused(
        self, what: Transition[Any, Any, Any] | Task[Any], given: Given[Any] = None, /, *, by: Role | Actor | None = None, confirm: str = "", **fields: object
    ) -> Refusal:
        """Tries a step that must be refused, and answers why: ``assert "not_visited" in visit.refused(FINISH)``. Nothing is changed.

        :raises AssertionError: it went through.
        """
        __tracebackhide__ = True
        actor, engine, values = self._actor(by, what.doers, bool(what.four_eyes)), self.scenario.engine, given_of(given, fields)
        try:
            if isinstance(what, Task):
                engine.do_task(actor, f"{self.ref}.{what.name}", values, confirm=confirm, dry_run=True)
            else:
                engine.advance(actor, self.ref, what.name, values, confirm=confirm, dry_run=True)
        except CareError as error:
            return Refusal(error.code, error.text(), error.problems)
        raise AssertionError("\n".join([f"{what.name!r} was to be refused, and is open to {actor.login}", *telling.told_case(self)]))

    def answers(self, transition: Transition[Any, Any, Any] | None = None) -> list[Answer]:
        """Each way out of the stage, with every reason against it, as ``care case why`` tells it."""
        if self.workflow.stage(self.shown.row.stage).final:
            return []
        return self.scenario.engine.why(SYSTEM_ACTOR, self.ref, None if transition is None else transition.name)

    def told(self) -> str:
        """The case as lines for people: where it stands, what waits, why it does not go on."""
        return "\n".join(telling.told_case(self))

    # -- Inside

    def _told(self, step: Callable[[], object]) -> None:
        """Does a step. What refuses it is raised with its reasons as notes, and from here: an author is not to read the engine's frames."""
        __tracebackhide__ = True
        try:
            step()
        except CareError as error:
            error.add_note("\n".join([*telling.told_error(error), *telling.told_case(self)]))
            raise error.with_traceback(None)  # noqa: B904  (it is the same error)

    def _actor(self, by: Role | Actor | None, doers: Sequence[Any], other_eyes: bool = False) -> Actor:
        """Who acts: whoever is named; else the first role that may, in a second account where other eyes are asked for; else the party itself."""
        if isinstance(by, Actor):
            return by
        role = by or next((one for one in doers if isinstance(one, Role) and one not in (SYSTEM, AUTOMATIC)), None)
        if role is not None:
            return self.scenario.who(role, f"{role.name}-2" if other_eyes and by is None else "")
        party = next((one for one in doers if isinstance(one, Party)), None)
        found = next((one["ref"] for one in self.shown.parties if party is not None and one["party"] == party.name), None)
        if found is None:
            return self.scenario.who(SUPERVISOR)
        with self.scenario.db.read() as tx:
            subject = facts.subject(tx, found)
        ref = found if subject is not None else self.scenario.engine.show(SYSTEM_ACTOR, found).row.subject or ""
        return replace(self.scenario.who(None, party.name if party else ""), person_id=subject_of(self.scenario.db, ref))

    def _roles(self, names: Sequence[str]) -> list[Role]:
        brought = (role for program in self.scenario.programs for role in program.roles)
        return [role for role in (*STANDARD_ROLES, *brought) if role.name in names]


def subject_of(db: Database, ref: str) -> str:
    """The id of somebody on file."""
    with db.read() as tx:
        found = facts.subject(tx, ref)
    if found is None:
        raise ValueError(f"{ref} is not on file")
    return str(found["person_id"])


def given_of(given: Any, fields: Mapping[str, object] | None = None) -> dict[str, object]:
    """What a form asks, by name, as the engine takes it."""
    first: Mapping[str, object] = {}
    if is_dataclass(given) and not isinstance(given, type):
        first = {name: getattr(given, name) for name in form_fields(type(given))}
    elif given is not None:
        first = given
    return {name: _plain(value) for name, value in {**first, **(fields or {})}.items()}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, Attachment):
        return {"digest": value.digest, "name": value.name}
    if isinstance(value, Life):
        return value.ref
    if isinstance(value, (tuple, list, frozenset)):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type) and not isinstance(value, Attachment) and hasattr(type(value), "__dataclass_fields__"):
        ref = getattr(value, "ref", None)
        return ref if ref is not None else given_of(value)
    return value


def _name(task: Task[Any] | str) -> str:
    return task if isinstance(task, str) else task.name


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _instant(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else unstamp(value)
