"""Samples: lines for places, and what comes once for each of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.checks.samples import BACK, LATE, LENT, OTHER, REMIND, RETURN, SILENT, L, Policy, loan, program, waiting, wrong
from workflow_core import PER_DIVISION, SCHOOL, SYSTEM, Limit, Program, Stage, Transition, Waiting, ref

LINE = Stage("line", "In line")
ASK = Transition("ask", "Ask for it", source=LATE, target=LINE, by=SCHOOL)
LEND = Transition("lend", "Lend", source=LINE, target=LENT, by=SYSTEM)
LEAVE = Transition("leave", "Leave", source=LINE, target=BACK, by=(SCHOOL, SYSTEM))


IDLE = [SILENT, waiting(LINE)]


def queue(line: Any, *more: Transition[Any, Any, Any], held_in: Sequence[Stage] = (LENT,), stages: Sequence[Stage] = (LENT, LATE, LINE, BACK)) -> Program[Any]:
    """Loans that wait in line for a book."""
    books = Limit("books", "no book is left", size=3, per=PER_DIVISION, held_in=list(held_in), waiting=line)
    return program(loan(stages=list(stages), transitions=[REMIND, RETURN, ASK, LEAVE, *(more or [LEND])], limits=[books], timers=IDLE))


@wrong("line_leads_elsewhere")
def a_line_that_takes_no_place(mended: bool) -> Program[Any]:
    return queue(Waiting(LINE, L.renewals, LEND if mended else LEAVE), *([LEND] if mended else []), Transition("on", "On", source=LINE, target=LENT, by=SCHOOL))


@wrong("line_holds_place")
def a_line_in_which_the_place_is_held(mended: bool) -> Program[Any]:
    return queue(Waiting(LINE, L.renewals, LEND), held_in=[LENT] if mended else [LENT, LINE])


@wrong("fired_from_other_stage")
def a_line_in_a_stage_that_is_not_left_so(mended: bool) -> Program[Any]:
    return queue(Waiting(LINE if mended else LATE, L.renewals, LEND), LEND)


@wrong("foreign_field")
def a_line_by_what_is_not_of_the_case(mended: bool) -> Program[Any]:
    return queue(Waiting(LINE, L.renewals if mended else ref(Policy).days_lent, LEND))


@wrong("unlisted_stage")
def a_line_in_a_stage_nobody_listed(mended: bool) -> Program[Any]:
    lend = Transition("lend", "Lend", source=LINE if mended else (LINE, OTHER), target=LENT, by=SYSTEM)
    return queue(Waiting(LINE if mended else OTHER, L.renewals, lend), lend, stages=[LENT, LATE, LINE, BACK])


@wrong("wrong_kind")
def a_line_by_a_name(mended: bool) -> Program[Any]:
    return queue(Waiting(LINE, L.renewals if mended else "renewals", LEND))
