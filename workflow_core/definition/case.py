"""What a guard sees, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from workflow_core.i18n import translate

if TYPE_CHECKING:
    from workflow_core.definition.parts import Consent, Document, Fact, Register, Stage, Task, Transition
    from workflow_core.definition.people import Child, Division, Party, Volunteer

V = TypeVar("V")
Q = TypeVar("Q")
V_co = TypeVar("V_co", covariant=True)
R_co = TypeVar("R_co", covariant=True)
P_co = TypeVar("P_co", covariant=True)


@dataclass(frozen=True)
class Deny:
    """Why not. Reason and hint are msgids; their values are passed beside them, so that they can be translated and masked."""

    reason: str
    hint: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    code: str = "denied"

    def text(self) -> str:
        """The reason in the reader's language."""
        return translate(self.reason, **self.values)

    def advice(self) -> str:
        """The hint in the reader's language."""
        return translate(self.hint, **self.values) if self.hint else ""


@dataclass(frozen=True)
class Warn(Deny):
    """Goes through when a person confirms it with a reason, which is kept with the event."""


def deny(reason: str, hint: str = "", code: str = "denied", **values: object) -> Deny:
    """A guard's no.

    :param reason: a msgid, with ``{name}`` for each value.
    :param hint: a msgid: what to do next.
    :param code: stable, for scripts.
    """
    return Deny(reason, hint, values, code)


def warn(reason: str, hint: str = "", code: str = "warned", **values: object) -> Warn:
    """A guard's "only if you mean it": passes when a person confirms it with a reason."""
    return Warn(reason, hint, values, code)


@dataclass(frozen=True)
class Tally:
    """How a recurring task stands in one period."""

    wanted: int
    done: int
    missed: int
    skipped: int


@dataclass(frozen=True)
class Issued:
    """A paper of the case: its number, and when it was signed and served."""

    number: str
    signed_on: date | None
    served_on: date | None


@dataclass(frozen=True)
class Referral:
    """What became of a referral."""

    status: Literal["waiting", "accepted", "declined", "closed"]
    outcome: str | None


@dataclass(frozen=True)
class Observed(Generic[V_co]):
    """A dated, typed fact about a person."""

    value: V_co
    on: date


Since: TypeAlias = "date | Stage | None"
"""From when: a date; a stage (since it was last entered, to the step); None for always."""


class Case(Protocol[R_co, P_co]):
    """A case as a guard may see it: read-only, and the same answer for the same version of the case on the same day."""

    @property
    def ref(self) -> str:
        """The reference people use."""
        ...

    @property
    def record(self) -> R_co:
        """What this case knows beside the child's own file."""
        ...

    @property
    def policy(self) -> P_co:
        """The policy in force for the case's division at this moment."""
        ...

    @property
    def stage(self) -> Stage:
        """Where the case stands."""
        ...

    @property
    def now(self) -> datetime:
        """The instant of the step, in UTC."""
        ...

    @property
    def today(self) -> date:
        """The office's date at the step."""
        ...

    @property
    def child(self) -> Child:
        """The child the case is about.

        :raises LookupError: the case is not about a child.
        """
        ...

    @property
    def volunteer(self) -> Volunteer:
        """The volunteer the case is about.

        :raises LookupError: the case is not about a volunteer.
        """
        ...

    @property
    def division(self) -> Division:
        """The division the case belongs to."""
        ...

    def entered(self, stage: Stage) -> date | None:
        """When the stage was last entered; None where it never was."""
        ...

    def results(self, of: Task[V] | Transition[Any, Any, V] | Register[V], *, since: Since = None) -> Sequence[V]:
        """What was written down, oldest first, by the day it happened."""
        ...

    def last(self, of: Task[V] | Transition[Any, Any, V] | Register[V], *, since: Since = None, key: object = None) -> V | None:
        """The latest of ``results``; of a register, with ``key`` the latest with these values of ``one_open_per`` (of several fields, a tuple)."""
        ...

    def entries(self, register: Register[V], *, open_only: bool = False, since: Since = None) -> Sequence[V]:
        """What stands in a register, oldest first, by when it happened: each matter once, as it was last corrected or closed.

        Entries do not change the case's version: the same guard may see another one a moment later.

        :param open_only: only what still stands open.
        """
        ...

    def finished(self, task: Task[Any]) -> bool:
        """Whether all that the task wants in the stage at hand is done or skipped."""
        ...

    def tally(self, task: Task[Any], period: Any, ago: int = 0) -> Tally:
        """How the task stands in the calendar period ``ago`` periods back, counted by the day the thing happened."""
        ...

    def paper(self, document: Document) -> Issued | None:
        """The latest paper of this kind."""
        ...

    def observed(self, fact: Fact[V], *, since: date | None = None) -> Sequence[Observed[V]]:
        """What is known of the subject under this name, oldest first."""
        ...

    def referrals(self, program: str) -> Sequence[Referral]:
        """What became of what was referred to that program."""
        ...

    def count(self, record: type[Any], *stages: Stage) -> int:
        """How many parts of this case with that record, or cases in which it is a party, stand in these stages; are open, where none are named."""
        ...

    def parts(self, record: type[Q], *stages: Stage) -> Sequence[Case[Q, P_co]]:
        """The cases that ``count`` counts, by reference."""
        ...

    def linked(self, record: type[Q]) -> Case[Q, P_co]:
        """The case with that record that this one is a part of, or that is one of its parties.

        :raises LookupError: there is none.
        """
        ...

    def party(self, party: Party[V]) -> V | None:
        """Who that party is: the person; of a case its record. None where nobody is."""
        ...

    def consented(self, consent: Consent) -> bool:
        """Whether what the purpose rests on is on record for the child, and holds today.

        :raises LookupError: the case is not about a child.
        """
        ...

    def value(self, field: V) -> V:
        """What a typed reference (``ref``) stands for in this case."""
        ...


class Desk(Protocol[P_co]):
    """What is known outside any case: while an import's row is taken, or a batch is planned for a division."""

    @property
    def policy(self) -> P_co:
        """The policy in force for the division of the import."""
        ...

    @property
    def today(self) -> date:
        """The office's date."""
        ...

    @property
    def division(self) -> Division:
        """The division whose desk it is."""
        ...

    @property
    def child(self) -> Child:
        """The child of this row.

        :raises LookupError: the row is not about a child.
        """
        ...

    @property
    def volunteer(self) -> Volunteer:
        """The volunteer of this row.

        :raises LookupError: the row is not about a volunteer.
        """
        ...

    def whole(self, record: type[Q]) -> Case[Q, P_co] | None:
        """The whole that the rows' cases are parts of (``Import.within``); None where it is still to be opened."""
        ...

    def case(self, record: type[Q], *stages: Stage) -> Case[Q, P_co] | None:
        """The open case of the row's subject with that record, in one of the stages if any are named; of a whole's parts also a closed one."""
        ...

    def observed(self, fact: Fact[V], *, since: date | None = None) -> Sequence[Observed[V]]:
        """What is known of the row's subject under this name, oldest first."""
        ...
