"""One decision over many cases: a draw, a match, a class list. What it is, not how it is carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Generic, TypeAlias

from workflow_core.definition.case import Deny
from workflow_core.definition.effects import Effect
from workflow_core.definition.parts import Document, F, Stage, Task, Transition
from workflow_core.definition.people import Kind, Who

Over: TypeAlias = Sequence[tuple[type[Any], Sequence[Stage]]] | Kind[Any]
"""What a plan is made over: cases by the record they carry and the stages in which they stand (all open ones where none is named), or every child."""


@dataclass(frozen=True, eq=False)
class Summary(Effect):
    """What a plan tells about itself, beside its decisions: numbers and words, kept with the plan and shown with it. It changes nothing."""

    values: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Batch(Generic[F]):
    """One decision over many cases.

    ``plan`` is a pure function of a consistent snapshot: of the case it is for (``of``) or the desk of a division; of one sequence for each entry of
    ``over``; and of the form's input, where there is a form. It answers effects: ``Open`` a case, or ``On(case, […])`` with a case of the snapshot. The
    answer is stored before anything is done, shown by ``--dry-run``, then carried out in small transactions, each decision once, also after a crash.
    What no longer fits by then is refused with its reason, never forced. Where it answers ``deny(…)``, or one among its effects, nothing is planned, and every
    reason is told. Chance has no place in it: a seed is typed in with the form.

    :param over: whose cases the plan sees; see :data:`Over`.
    :param of: the record of the case that it is for; then ``over`` means that case's parts.
    :param by: who may plan it and carry it out. Nobody where only ``RunBatch`` does.
    :param may: what a plan may do: transitions it fires; tasks it does, opens or closes; papers it drafts; records it opens cases with, or sets fields of.
        A plan with anything else is refused as a whole.
    :param then: a transition of the ``of`` case, taken when all is carried out and nothing was refused.
    :param settled: what was decided stays right, whatever is edited in a case meanwhile: a decision asks only whether its steps are still possible, what was
        refused is tried again when the plan is run again, and nothing is planned while one of its cases is suspended.
    """

    name: str
    title: str
    _: KW_ONLY
    plan: Callable[..., Iterable[Effect | Deny] | Deny]
    may: Sequence[Transition[Any, Any, Any] | Task[Any] | Document | type[Any]]
    over: Over = ()
    of: type[Any] | None = None
    by: Sequence[Who] = ()
    form: type[F] | None = None
    then: Transition[Any, Any, Any] | None = None
    settled: bool = False


@dataclass(frozen=True, eq=False)
class RunBatch(Effect):
    """Plans a batch for this case and carries it out, when this step is committed. What the step was given is the batch's input, where it is its form."""

    batch: Batch[Any]
