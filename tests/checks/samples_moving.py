"""Samples: what becomes of cases when the child moves."""

from __future__ import annotations

from typing import Any

from tests.checks.samples import BACK, LATE, LENT, REMIND, RETURN, Giving, Parting, giving, loan, program, wrong
from workflow_core import STAYS, SYSTEM, Fire, Program, Transition

AWAY = Transition("away", "The child has moved", source=(LENT, LATE), target=BACK, by=SYSTEM)
HALF = Transition("away", "The child has moved", source=LENT, target=BACK, by=SYSTEM)
TELLING = Transition("away", "The child has moved", source=(LENT, LATE), target=BACK, by=SYSTEM, form=Parting)


def moving(fire: Any, *transitions: Transition[Any, Any, Any]) -> Program[Any]:
    """The loan, which ends so when the child moves."""
    return program(loan(transitions=[REMIND, RETURN, *transitions], moved=fire))


@wrong("moved_without_child")
def a_case_about_nobody_that_stays_with_a_child_that_moves(mended: bool) -> Program[Any]:
    return program(loan(), giving(moved=None if mended else STAYS))


@wrong("moved_not_from")
def an_end_for_some_stages_alone(mended: bool) -> Program[Any]:
    return moving(Fire(AWAY), AWAY) if mended else moving(Fire(HALF), HALF)


@wrong("transition_unlisted")
def an_end_that_nobody_listed(mended: bool) -> Program[Any]:
    return moving(Fire(AWAY), AWAY) if mended else moving(Fire(AWAY))


@wrong("fired_unfilled")
def an_end_that_asks_what_nobody_answers(mended: bool) -> Program[Any]:
    return moving(Fire(AWAY), AWAY) if mended else moving(Fire(TELLING), TELLING)


@wrong("input_of_other_form")
def an_end_with_an_answer_of_another_form(mended: bool) -> Program[Any]:
    given: Any = None if mended else Giving()
    return moving(Fire(AWAY, given), AWAY)


@wrong("wrong_kind")
def an_end_that_is_a_transition_and_no_effect(mended: bool) -> Program[Any]:
    return moving(Fire(AWAY) if mended else AWAY, AWAY)


@wrong("moved_no_end")
def an_end_that_is_none(mended: bool) -> Program[Any]:
    on = Transition("away", "The child has moved", source=(LENT, LATE), target=BACK if mended else LATE, by=SYSTEM)
    return moving(Fire(on), on)
