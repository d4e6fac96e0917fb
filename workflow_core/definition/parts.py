"""The parts of a workflow: stages, tasks, transitions, timers, papers, facts, limits, listings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from workflow_core.definition.case import Case, Deny
from workflow_core.definition.effects import Effect
from workflow_core.definition.people import Who
from workflow_core.definition.time import Due, Once, Schedule, Span

if TYPE_CHECKING:
    from typing_extensions import TypeVar as _DefaultTypeVar
else:

    def _DefaultTypeVar(name: str, *, default: Any = None, **kind: Any) -> Any:  # noqa: N802  (the standard library has no defaults before 3.13)
        return TypeVar(name, **kind)


V = TypeVar("V")
R = _DefaultTypeVar("R", contravariant=True, default=Any)
P = _DefaultTypeVar("P", contravariant=True, default=Any)
F = _DefaultTypeVar("F", default=None)

PER_SUBJECT = "subject"
"""A ``Limit`` counted for each subject."""
PER_DIVISION = "division"
"""A ``Limit`` counted for each division."""
PER_WHOLE = "whole"
"""A ``Limit`` counted for each whole that the cases are parts of."""


def _several(one_or_more: Any) -> tuple[Any, ...]:
    return tuple(one_or_more) if isinstance(one_or_more, (tuple, list)) else (one_or_more,)


@dataclass(frozen=True)
class Stage:
    """Where a case can stand.

    :param final: the case is closed there.
    :param outcome: what a final stage means, as a word for statistics.
    :param flagged: something was found that is to be followed up: `care case list --flagged`.
    :param never_rests: somebody answers for the child at every hour: a case is never suspended here, also not by a consent that is withdrawn.
    """

    name: str
    title: str
    _: KW_ONLY
    final: bool = False
    outcome: str | None = None
    flagged: bool = False
    never_rests: bool = False


@dataclass(frozen=True, eq=False)
class Fact(Generic[V]):
    """A kind of observation, named the same wherever it is written or read: ``Fact("camp.completed", "…", type=int)``."""

    name: str
    title: str
    _: KW_ONLY
    type: type[V]
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Consent:
    """A purpose for which a child's personal data is used, and what that rests on; asked with ``consented(CONSENT)``.

    What counts is a record for this program and name that was neither refused, nor withdrawn, nor has expired, and whose notice is the one named here or a
    newer one. Versions are compared by their numbers, ``2026-2`` after ``2026-1``; what is not a number must be the same, else it is another notice.
    Raising ``notice`` therefore asks everybody anew. Basis: 个人信息保护法 13, 28–31, 34; 未成年人保护法 72.

    :param notice: the version of what the guardian is told before consenting: ``2026-1``.
    :param child_from: the age in completed years from which the child is heard too, and must agree.
    :param withdrawn: taken in each open case that rests on it, when it is withdrawn; where there is none, or it does not lead on from there, the case rests
        and the supervisor is asked.
    :param stays: effects instead, in a stage that never rests and that ``withdrawn`` does not lead on from: the case goes on as it stands. The supervisor is
        asked where there are none.
    :param since: only what was said since the case came into this stage counts: a consent for each time, not one for ever.
    :param refused: taken in each open case that waits for it, when it is refused; where there is none, or it does not lead on from there, the case waits.
    :param basis: ``consent``: the guardian must have agreed; ``statutory_duty``: the law asks for it, and nothing needs to be on record; ``emergency``:
        somebody must have written down what the emergency is, and until when.
    """

    name: str
    title: str
    _: KW_ONLY
    notice: str
    child_from: int = 8
    withdrawn: Transition[Any, Any, Any] | None = None
    stays: Sequence[Effect] = ()
    since: Stage | None = None
    refused: Transition[Any, Any, Any] | None = None
    basis: Literal["consent", "statutory_duty", "emergency"] = "consent"


@dataclass(frozen=True, eq=False)
class Paper:
    """A moment in a paper's life, to count from: ``NOTICE.served``."""

    document: Document
    event: Literal["signed", "served"]


@dataclass(frozen=True, eq=False)
class Document:
    """A paper that people sign.

    :param template: the file in the program's ``templates`` folder.
    :param number: how its number is written (``"{township}限返〔{year}〕{n}号"``); numbers run per issuer and year and are given at signing.
    :param signed_by: who may sign it; left out: nobody signs it (a badge), and it is printed without the mark of a draft.
    :param served_with_receipt: it is served, and the receipt starts the clock.
    :param days: how many days it allows, a number or a reference to the policy; printed, and counted from its service.
    :param copies: what each copy that is printed is called; one where empty.
    :param four_eyes: another signs than drafted it.
    :param draft_only: careflow never issues it; a person takes the draft further.
    :param public: it is posted or published: its template may name no personal field.
    :param guards: pure functions of the case that answer None or ``deny(…)``, asked when it is signed: a paper that lacks what it is for is not signed.
    """

    name: str
    title: str
    _: KW_ONLY
    template: str
    number: str | None = None
    signed_by: Who | None = None
    served_with_receipt: bool = False
    lists: Sequence[Listing] = ()
    days: int | None = None
    copies: Sequence[str] = ()
    four_eyes: bool = False
    draft_only: bool = False
    public: bool = False
    guards: Sequence[Callable[[Case[Any, Any]], Deny | None]] = ()

    @property
    def unsigned(self) -> bool:
        """Whether it is complete without anybody's signature: never a draft."""
        return self.signed_by is None and not self.draft_only

    @property
    def signed(self) -> Paper:
        """When it was signed."""
        return Paper(self, "signed")

    @property
    def served(self) -> Paper:
        """When it was served."""
        return Paper(self, "served")


@dataclass(frozen=True, eq=False)
class Task(Generic[F]):
    """Something a person does in a stage.

    :param by: who may do it; nobody else.
    :param form: what is written down when it is done.
    :param fills: fields of the record that it fills, instead of a form of its own, or beside it.
    :param checks: pure functions of the case and the input that answer None or ``deny(…)``.
    :param schedule: once, every so often, so many per period, any time.
    :param due: by when; a span counts from the day the occurrence opened.
    :param happened: the field of the form that says when it happened; else the day it was entered counts.
    :param needs: opens only when these are finished.
    :param each: one for each of these: a reference to a tuple of the record (of groups, of days), a party of which there are many, or a function of the case
        that gives them. What each is known by stands with the task: a reference, a date, a number; of a form its first field, and ``due`` may count from
        its other fields; of days, the day is the due date where none is said. The task follows them: for more it is asked, for what has left no more,
        and what was done stays done.
    :param only_if: opens only while this guard holds.
    :param four_eyes: done by somebody else than these.
    :param do: effects when it is done; :param late: effects, once for each occurrence, when it is overdue.
    :param required: whether ``finished`` waits for it.
    """

    name: str
    title: str
    _: KW_ONLY
    by: Who | Sequence[Who]
    form: type[F] | None = None
    fills: Sequence[object] = ()
    checks: Sequence[Callable[[Case[Any, Any], F], Deny | None]] = ()
    schedule: Schedule | Sequence[Schedule] = Once()  # noqa: RUF009  (frozen and without content)
    due: Due | None = None
    happened: date | datetime | None = None
    needs: Sequence[Task[Any]] = ()
    each: object = None
    only_if: Callable[[Case[Any, Any]], Deny | None] | None = None
    four_eyes: Sequence[Task[Any] | Transition[Any, Any, Any]] = ()
    do: Sequence[Effect] = ()
    late: Sequence[Effect] = ()
    required: bool = True
    help: str = ""

    @cached_property
    def doers(self) -> tuple[Who, ...]:
        """``by``, always as a tuple."""
        return _several(self.by)

    @cached_property
    def schedules(self) -> tuple[Schedule, ...]:
        """``schedule``, always as a tuple."""
        return _several(self.schedule)


@dataclass(frozen=True, eq=False)
class Transition(Generic[R, P, F]):
    """A way from one stage (or several) to another.

    :param by: who may take it; ``AUTOMATIC``: the engine, as soon as all guards hold; ``SYSTEM``: timers and other cases only.
    :param guards: pure functions of the case that answer None or ``deny(…)``; all of them are asked.
    :param form, fills, checks, four_eyes, do: as for ``Task``.
    :param parts_become: what is fired on the parts that are open when it closes the whole; without it, a case with open parts cannot be closed.
    """

    name: str
    title: str
    _: KW_ONLY
    source: Stage | tuple[Stage, ...]
    target: Stage
    by: Who | Sequence[Who]
    form: type[F] | None = None
    fills: Sequence[object] = ()
    guards: Sequence[Callable[[Case[R, P]], Deny | None]] = ()
    checks: Sequence[Callable[[Case[R, P], F], Deny | None]] = ()
    four_eyes: Sequence[Task[Any] | Transition[Any, Any, Any]] = ()
    do: Sequence[Effect] = ()
    parts_become: Transition[Any, Any, Any] | Sequence[Transition[Any, Any, Any]] = ()

    @cached_property
    def doers(self) -> tuple[Who, ...]:
        """``by``, always as a tuple."""
        return _several(self.by)

    @cached_property
    def sources(self) -> tuple[Stage, ...]:
        """``source``, always as a tuple."""
        return _several(self.source)

    @cached_property
    def for_parts(self) -> tuple[Transition[Any, Any, Any], ...]:
        """``parts_become``, always as a tuple."""
        return _several(self.parts_become)


@dataclass(frozen=True, eq=False)
class Timer:
    """What happens by itself while a case stands in a stage.

    :param due: when; a span counts from the entry of the stage. A date is reached when that day begins.
    :param unless: not while this guard holds, or while this task is finished.
    :param again: and again after every such span.
    :param fire: a transition to take; :param do: effects.
    """

    name: str
    stage: Stage | tuple[Stage, ...]
    _: KW_ONLY
    due: Due
    unless: Task[Any] | Callable[[Case[Any, Any]], Deny | None] | None = None
    again: Span | None = None
    fire: Transition[Any, Any, Any] | None = None
    do: Sequence[Effect] = ()

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """``stage``, always as a tuple."""
        return _several(self.stage)


@dataclass(frozen=True, eq=False)
class Waiting:
    """A line for the places of a limit: while there is room, the engine fires the transition for the first in line.

    The clock does so at each of its turns, and the step that gives a place back right after its commit. A case that the transition is denied is told of in its
    history and on a desk; the next one gets the place, and the case is asked again the next day, or when it changes. What is a no for everybody (the camp has
    begun) is said in the limit's ``size``: with no place there is no room, and nobody is asked in vain.

    :param stage: cases stand in line in this stage, each for the place of the limit that it would count against.
    :param order: the smallest first: a reference to a field of the record, or several; or a function of the case, which is asked anew of all in line whenever a
        place is free. Equal ones stand as they came; a field without a value stands last.
    :param fire: a transition from ``stage`` into one in which the limit is held.
    """

    stage: Stage
    order: object
    fire: Transition[Any, Any, Any]

    @property
    def orders(self) -> tuple[Any, ...]:
        """``order``, always as a tuple."""
        return _several(self.order)


@dataclass(frozen=True, eq=False)
class Limit:
    """At most ``size`` cases per key in these stages, counted on a row that is taken in the same transaction.

    :param size: how many; also as a function of the case (which may ask its whole or a party: ``case.linked(…)``).
    :param per: ``PER_SUBJECT`` (with size 1: uniqueness), ``PER_DIVISION``, ``PER_WHOLE``, a ``Party``, a reference to a field; or a tuple of several.
    :param counts_once: a reference to a field (of the record, or of a linked case's): cases with the same value take one place together.
    :param waiting: who gets a place that is free.
    """

    name: str
    reason: str
    _: KW_ONLY
    size: int | Callable[[Case[Any, Any]], int]
    per: object
    held_in: Sequence[Stage]
    counts_once: object = None
    waiting: Waiting | None = None

    @property
    def keys(self) -> tuple[Any, ...]:
        """``per``, always as a tuple."""
        return _several(self.per)


@dataclass(frozen=True, eq=False)
class Register(Generic[V]):
    """Entries that are nobody's stage: a log, an inventory, who has left the site. Append-only, and written without touching the case's version.

    What was entered stays. It is corrected by a later entry that points at it, with a reason; it is closed by one that fills ``open_until``. A guard sees
    each matter once, as its last entry has it. What ``do``, ``closed`` and ``late`` ask for is done right after the entry is kept, as a step of the case.

    :param row: the form of an entry. :param by: who may enter; :param seen_by: only these see what was entered; all who see the case where empty.
    :param happened: the field of the row that says when it happened; else the moment of the entry counts.
    :param checks: pure functions of the case and the row that answer None or ``deny(…)``.
    :param open_until: the field of the row that closes an entry: while it is empty, the entry stands open.
    :param one_open_per: a field of the row, or a tuple of several: at most one entry with the same values stands open. An entry that fills
        ``open_until`` closes the open one with its values. Without ``open_until`` there is one for ever (a shirt for each camper).
    :param due: by when an open entry must be closed; a span counts from when it happened.
    :param do: effects of an entry; :param closed: effects when one is closed; :param late: effects, once, when one stands open past ``due``.
        References to the row stand for its values.
    """

    name: str
    title: str
    _: KW_ONLY
    row: type[V]
    by: Who | Sequence[Who]
    happened: date | datetime | None = None
    checks: Sequence[Callable[[Case[Any, Any], V], Deny | None]] = ()
    open_until: object = None
    due: Due | None = None
    one_open_per: object = None
    do: Sequence[Effect] = ()
    closed: Sequence[Effect] = ()
    late: Sequence[Effect] = ()
    seen_by: Sequence[Who] = ()

    @cached_property
    def doers(self) -> tuple[Who, ...]:
        """``by``, always as a tuple."""
        return _several(self.by)

    @property
    def keys(self) -> tuple[Any, ...]:
        """``one_open_per``, always as a tuple; empty where there is none."""
        return () if self.one_open_per is None else _several(self.one_open_per)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """``do``, ``closed`` and ``late``."""
        return (*self.do, *self.closed, *self.late)


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a listing: a reference, a pure function of the case, or a ``Party``, whose name it shows as it shows the child's."""

    title: str
    value: object


@dataclass(frozen=True, eq=False)
class Listing:
    """Rows over cases for a ledger, a roster, a monthly list; as table, as sheet, or part of a document.

    :param of: the record class of the cases; a ``Kind``: every child of the division; a ``Register``: its entries, each matter once (in a paper those of
        the paper's own case).
    :param stages: only cases that stand in these; all where empty.
    :param count: shows how many in each group instead of the rows.
    """

    name: str
    title: str
    _: KW_ONLY
    of: object
    stages: Sequence[Stage] = ()
    columns: Sequence[Column] = ()
    count: bool = False
    group_by: Sequence[object] = ()
    sort: Sequence[object] = ()
