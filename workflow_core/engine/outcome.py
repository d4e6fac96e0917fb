"""What the engine answers: plain values for the terminal and for ``--json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflow_core.definition import Deny


@dataclass(frozen=True)
class Outcome:
    """What a change did.

    :param ref: the case; :param version: its version now, also of a dry run that wrote nothing.
    :param events: ``{"n", "kind", "at", …}`` of each event that was written, or would be.
    :param opened: the tasks that were opened: ``{"ref", "task", "title", "kind", "due"}``.
    :param warnings: what a person confirmed.
    :param lies_with: where a task was claimed or assigned: the account on whose desk it lies now, a deputy's claim with the absent one; None: on the role's.
    :param again: the same request was answered so before, and nothing was done now.
    """

    ref: str
    version: int
    stage: str
    stage_title: str
    events: tuple[dict[str, Any], ...] = ()
    opened: tuple[dict[str, Any], ...] = ()
    warnings: tuple[Deny, ...] = ()
    dry_run: bool = False
    again: bool = False
    lies_with: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "ref": self.ref,
            "version": self.version,
            "stage": self.stage,
            "events": list(self.events),
            "tasks": list(self.opened),
            "warnings": [one.text() for one in self.warnings],
            "dry_run": self.dry_run,
            "lies_with": self.lies_with,
        }


@dataclass(frozen=True)
class Answer:
    """Whether a transition may be taken now, and every reason why not.

    :param allowed: all guards hold and this account may take it.
    :param reasons: what the guards say; :param roles: who may take it.
    :param permitted: whether this account is among them.
    """

    transition: str
    title: str
    target: str
    target_title: str
    allowed: bool
    permitted: bool
    automatic: bool
    reasons: tuple[Deny, ...]
    roles: tuple[str, ...]
    asks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "transition": self.transition,
            "target": self.target,
            "allowed": self.allowed,
            "permitted": self.permitted,
            "automatic": self.automatic,
            "roles": list(self.roles),
            "asks": list(self.asks),
            "reasons": [{"code": one.code, "message": one.text(), "hint": one.advice()} for one in self.reasons],
        }


@dataclass(frozen=True)
class TaskAnswer:
    """Whether a task may be done now, and every reason why not.

    :param ref: the task's reference. :param allowed: it waits, and this account may do it. :param permitted: whether this account has a role for it.
    :param reasons: what it waits for, and what else is in the way; :param roles: who may do it.
    """

    ref: str
    task: str
    title: str
    allowed: bool
    permitted: bool
    reasons: tuple[Deny, ...]
    roles: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "ref": self.ref,
            "task": self.task,
            "allowed": self.allowed,
            "permitted": self.permitted,
            "roles": list(self.roles),
            "reasons": [{"code": one.code, "message": one.text(), "hint": one.advice()} for one in self.reasons],
        }


@dataclass(frozen=True)
class InboxRow:
    """One thing that waits on a desk.

    :param about: for which of several it is; :param at: the civil time at which it began to be asked for, where it has one.
    :param subject_name: masked: enough to know a child of one's own village by.
    :param stead: the login of whom it waits for while the account that asks stands in for him; None: for that account itself.
    """

    ref: str
    case: str
    program: str
    name: str
    title: str
    due: date | None
    overdue: bool
    roles: tuple[str, ...]
    division: str
    assignee: str | None
    reminders: int
    kind: str
    subject: str | None = None
    subject_name: str | None = None
    about: str = ""
    at: str | None = None
    stead: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "ref": self.ref,
            "case": self.case,
            "program": self.program,
            "task": self.name,
            "title": self.title,
            "due": None if self.due is None else self.due.isoformat(),
            "overdue": self.overdue,
            "roles": list(self.roles),
            "division": self.division,
            "assignee": self.assignee,
            "reminders": self.reminders,
            "kind": self.kind,
            "about": self.about,
            "at": self.at,
            "subject": self.subject,
            "subject_name": self.subject_name,
            "in_stead_of": self.stead,
        }


@dataclass
class TickReport:
    """What one tick did: cases looked at, cases opened by the calendar, steps taken, occurrences missed, tasks found late, timers fired, messages sent and
    failed.

    :param left: cases that are still due. :param lag: for how many seconds the longest waiting of them had been due.
    :param sealed: days of the journal that were put under a seal.
    """

    cases: int = 0
    opened: int = 0
    steps: int = 0
    missed: int = 0
    late: int = 0
    fired: int = 0
    sent: int = 0
    failed: int = 0
    left: int = 0
    lag: int = 0
    sealed: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return dict(self.__dict__)
