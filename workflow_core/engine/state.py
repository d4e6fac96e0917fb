"""A case in memory while one change is made: its rows, and which of them changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow_core.engine.entries import NewEntry

SETTLED = ("done", "skipped")
"""States of a task row that count towards what the task wants."""
IDENTITY = "identity"
"""The origin of the task to settle who a child with a provisional file is."""
REST = "consent:"
"""How the origin begins of the task that asks what becomes of a case at rest because a consent was withdrawn: it waits although the case rests."""


@dataclass(slots=True)
class TaskRow:
    """One occurrence of a task; columns as in the table ``task``.

    :param track: which of the task's schedules it belongs to.
    :param entered: the event with which the stay in the task's stages began.
    :param window_from: the first day of its window, for recurring tasks.
    :param slot: the instant at which it began to be asked for, where it has a time of the day.
    :param covers: closed by what was entered for that other row.
    """

    n: int
    name: str
    title: str
    kind: str
    stage: str
    entered: int
    doers: tuple[str, ...]
    opened_at: datetime
    state: str = "open"
    track: int = 0
    occurrence: int = 1
    about: str = ""
    due: date | None = None
    anchor: str = ""
    window_from: date | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    happened: date | None = None
    input: dict[str, Any] | None = None
    assignee: str | None = None
    claimed_by: str | None = None
    reason: str | None = None
    reminders: int = 0
    late_done: bool = False
    origin: str = ""
    covers: int | None = None
    slot: datetime | None = None


@dataclass(slots=True)
class TimerRow:
    """One timer during one stay in its stages; columns as in the table ``timer``."""

    n: int
    name: str
    entered: int
    state: str = "waiting"
    due_at: datetime | None = None
    anchor: str = ""
    fired: int = 0


@dataclass(slots=True)
class PaperRow:
    """A paper of the case; columns as in the table ``document``.

    :param number: as the paper bears it; :param serial: the number alone, of its issuer, kind and year.
    :param fields: what was filled in; only there while it is being signed.
    :param content: the digest of the page as it was signed; :param sealed: over all that was signed.
    """

    n: int
    name: str
    title: str
    state: str
    drafted_at: datetime
    drafted_by: str
    number: str = ""
    issuer: str | None = None
    year: int | None = None
    serial: int | None = None
    fields: dict[str, Any] | None = None
    template: str | None = None
    content: str | None = None
    sealed: str | None = None
    signed_at: datetime | None = None
    signed_by: str | None = None
    served_on: date | None = None
    receipt: dict[str, Any] | None = None
    scan: str | None = None
    answered_on: date | None = None
    answer: str | None = None
    voided_at: datetime | None = None
    void_reason: str | None = None


@dataclass(frozen=True, slots=True)
class PartyRow:
    """Somebody, or some case (``kind`` is ``case``), tied to the case under a name."""

    n: int
    name: str
    kind: str
    party_id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry into a stage: the event's number, the stage, the instant."""

    n: int
    stage: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What a transition's form held, from the event that took it."""

    n: int
    transition: str
    at: datetime
    actor: str
    input: dict[str, Any]


@dataclass(slots=True)
class EventRow:
    """One event that is about to be written; ``n`` is the case's version after it."""

    n: int
    at: datetime
    kind: str
    actor: str
    on_behalf: str | None
    payload: dict[str, Any]
    transition: str | None = None
    from_stage: str | None = None
    to_stage: str | None = None


@dataclass(slots=True)
class CaseState:
    """A case with its rows. ``version`` is what was read; the changes of one transaction raise it by one for each event.

    :param last_at: the instant of the last event that was read; None for a new case.
    :param acts_as: the names of the parties that whoever is at work is in this case.
    :param lies_on: whoever is at work, where something of the case lies on his desk and he holds a role for his own cases; else None.
    :param stead: in whose stead whoever is at work does it, as a deputy; None: in his own right.
    :param read_wake: when, as it was read, the clock was to look at it.
    """

    case_id: str
    ref: str
    program: str
    workflow: str
    definition: str
    stage: str
    stage_since: datetime
    subject_kind: str | None
    subject_id: str | None
    whole_id: str | None
    division: str
    place_id: str | None
    assignee: str | None
    key: str
    outcome: str | None
    record: Any
    version: int
    opened_at: datetime
    closed_at: datetime | None = None
    suspended_at: datetime | None = None
    wake_at: datetime | None = None
    read_version: int = 0
    read_wake: datetime | None = None
    head: str = ""
    last_at: datetime | None = None
    tasks: dict[int, TaskRow] = field(default_factory=dict)
    timers: dict[int, TimerRow] = field(default_factory=dict)
    papers: dict[int, PaperRow] = field(default_factory=dict)
    parties: list[PartyRow] = field(default_factory=list)
    acts_as: frozenset[str] = frozenset()
    lies_on: str | None = None
    stead: str | None = None
    entries: list[Entry] = field(default_factory=list)
    taken: list[Result] = field(default_factory=list)

    @property
    def where(self) -> dict[str, Any]:
        """What a role is asked for (``Actor.may``): where the case lies, of which program it is, and on whose desk."""
        return {"division": self.division, "place_id": self.place_id, "program": self.program, "assignee": self.lies_on}

    @property
    def is_open(self) -> bool:
        """Whether the case is not closed."""
        return self.closed_at is None

    def open_tasks(self) -> list[TaskRow]:
        """The rows that wait for somebody, oldest first."""
        return [row for row in self.tasks.values() if row.state == "open"]

    def rows_of(self, name: str) -> list[TaskRow]:
        """All rows of one task, oldest first."""
        return [row for row in self.tasks.values() if row.name == name]

    def next_task(self) -> int:
        """The number of the next task row."""
        return max(self.tasks, default=0) + 1

    def next_timer(self) -> int:
        """The number of the next timer row."""
        return max(self.timers, default=0) + 1

    def next_paper(self) -> int:
        """The number of the next paper."""
        return max(self.papers, default=0) + 1


@dataclass(slots=True)
class Changes:
    """What a change will write, beside the case row itself: by identity, so that a row changed twice is written once.

    :param opens: cases to be opened with it; :param entries: what is entered in its registers;
    :param letters: effects on other cases, which leave with the commit.
    :param take: places to be taken: limit, key, size, reason, and the word under which several cases take one together.
    :param kept: those of them that it has already, under the limit's former name.
    :param lays_on: the logins on whose desks it lays something: none of them may be closed by then.
    """

    events: list[EventRow] = field(default_factory=list)
    tasks: dict[int, TaskRow] = field(default_factory=dict)
    timers: dict[int, TimerRow] = field(default_factory=dict)
    papers: dict[int, PaperRow] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    referrals: list[dict[str, Any]] = field(default_factory=list)
    observations: list[dict[str, Any]] = field(default_factory=list)
    amendments: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    opens: list[Any] = field(default_factory=list)
    entries: list[NewEntry] = field(default_factory=list)
    letters: list[Any] = field(default_factory=list)
    take: list[tuple[str, str, int, str, str]] = field(default_factory=list)
    release: list[tuple[str, str]] = field(default_factory=list)
    kept: set[tuple[str, str]] = field(default_factory=set)
    lays_on: set[str] = field(default_factory=set)
