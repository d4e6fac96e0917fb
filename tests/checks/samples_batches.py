"""Programs whose batches cannot do what they say, and their mended twins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.checks.samples import BACK, LATE, LENT, RETURN, Giving, Loan, LoanCase, Parting, Policy, entering, loan, program, wrong
from workflow_core import SUPERVISOR, SYSTEM, Batch, Case, Desk, Effect, Fire, On, Program, RunBatch, Transition


def call_in(desk: Desk[Policy], lent: Sequence[LoanCase]) -> Iterable[Effect]:
    """Everything comes back."""
    return [On(one, [Fire(RETURN)]) for one in lent]


def call_one(case: LoanCase, parts: Sequence[Case[Any, Any]]) -> Iterable[Effect]:
    return []


def takes_too_little(desk: Desk[Policy]) -> Iterable[Effect]:
    return []


def calling(**changes: Any) -> Program[Any]:
    whole: dict[str, Any] = {"over": [(Loan, [LENT])], "plan": call_in, "may": [RETURN], "by": [SUPERVISOR]}
    return program(loan(), batches=[Batch("call_in", "Call in", **(whole | changes))])


@wrong("batch_record")
def a_batch_over_nothing_of_ours(mended: bool) -> Program[Any]:
    return calling(over=[(Loan if mended else Parting, [])])


@wrong("batch_record")
def a_batch_that_may_open_what_nobody_has(mended: bool) -> Program[Any]:
    return calling(may=[RETURN, Loan if mended else Giving])


@wrong("unlisted_stage")
def a_batch_over_a_stage_of_elsewhere(mended: bool) -> Program[Any]:
    from tests.checks.samples import OTHER

    return calling(over=[(Loan, [LENT if mended else OTHER])])


@wrong("batch_may")
def a_batch_that_may_do_nothing(mended: bool) -> Program[Any]:
    return calling(may=[RETURN] if mended else [])


@wrong("transition_unlisted")
def a_batch_that_fires_what_is_nowhere(mended: bool) -> Program[Any]:
    stray = Transition("stray", "Stray", source=LENT, target=LATE, by=SYSTEM)
    return calling(may=[RETURN if mended else stray])


@wrong("batch_unused")
def a_batch_that_nobody_plans(mended: bool) -> Program[Any]:
    one = Batch("call_in", "Call in", over=[(Loan, [LENT])], plan=call_in, may=[RETURN])
    return entering(RunBatch(one)) if mended else program(loan(), batches=[one])


@wrong("guard_signature")
def a_plan_that_takes_too_little(mended: bool) -> Program[Any]:
    return calling(plan=call_in if mended else takes_too_little)


@wrong("batch_then")
def a_batch_followed_by_what_people_take(mended: bool) -> Program[Any]:
    over = Transition("over", "Over", source=LATE, target=BACK, by=SYSTEM)
    one = Batch("call_in", "Call in", of=Loan, over=[(Loan, [])], plan=call_one, may=[RETURN, over], by=[SUPERVISOR], then=over if mended else RETURN)
    return program(loan(transitions=[*loan().transitions, over]), batches=[one])


@wrong("duplicate_name")
def two_batches_of_one_name(mended: bool) -> Program[Any]:
    first, second = (
        Batch(name, "Call in", over=[(Loan, [LENT])], plan=call_in, may=[RETURN], by=[SUPERVISOR]) for name in ("call_in", "again" if mended else "call_in")
    )
    return program(loan(), batches=[first, second])


@wrong("wrong_kind")
def a_batch_over_a_word(mended: bool) -> Program[Any]:
    return calling(over=[(Loan, [LENT])] if mended else ["loan"])
