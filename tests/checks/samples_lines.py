"""Samples: lines for places, and what comes once for each of several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from tests.checks.samples import BACK, LATE, LENT, OTHER, REMIND, RETURN, SILENT, L, Policy, loan, program, waiting, wrong
from workflow_core import CHILD, PER_DIVISION, SCHOOL, SYSTEM, Daily, Limit, Party, Program, Stage, Task, Transition, Waiting, ask, before, days, form, ref

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


@form
class Copy:
    number: int = ask("Number")
    due_on: date = ask("Due on")


@form
class Box:
    books: tuple[Copy, ...] = ask("Books", default=())
    first: Copy | None = ask("First", default=None)
    seen_on: date | None = ask("Seen on", default=None)
    note: str = ask("Note", default="")


B, CO = ref(Box), ref(Copy)
HELPERS, HELPER = Party("helpers", "Helpers", of=CHILD, many=True), Party("helper", "Helper", of=CHILD)


def boxes(**how: Any) -> Program[Any]:
    """A task in a box of books."""
    return program(loan(record=Box, tasks={LENT: [Task("look", "Look", by=SCHOOL, **how)]}, parties=[HELPERS, HELPER]))


@wrong("each_of_one")
def each_of_one_book(mended: bool) -> Program[Any]:
    return boxes(each=B.books if mended else B.first)


@wrong("each_of_one")
def each_of_one_helper(mended: bool) -> Program[Any]:
    return boxes(each=HELPERS if mended else HELPER)


@wrong("unknown_party")
def each_of_strangers(mended: bool) -> Program[Any]:
    return boxes(each=HELPERS if mended else Party("strangers", "Strangers", of=CHILD, many=True))


@wrong("due_unknowable")
def due_by_what_it_is_not_for(mended: bool) -> Program[Any]:
    return boxes(each=B.books if mended else HELPERS, due=before(CO.due_on, days(1)))


@wrong("wrong_kind")
def each_by_a_name(mended: bool) -> Program[Any]:
    return boxes(each=B.books if mended else "books")


@wrong("foreign_field")
def each_of_another(mended: bool) -> Program[Any]:
    return boxes(each=B.books if mended else ref(Other).books)


@form
class Other:
    books: tuple[Copy, ...] = ask("Books", default=())


@wrong("daily_time")
def an_eighth_weekday(mended: bool) -> Program[Any]:
    return boxes(schedule=Daily((time(7), time(20)), on=(1, 7 if mended else 8)))


@wrong("daily_time")
def the_same_time_twice(mended: bool) -> Program[Any]:
    return boxes(schedule=Daily((time(7), time(20 if mended else 7))))


@wrong("daily_time")
def a_last_day_before_the_first(mended: bool) -> Program[Any]:
    return boxes(schedule=Daily((time(7),), first=date(2026, 7, 1 if mended else 9), last=date(2026, 7, 5)))


@wrong("field_of_other_type")
def until_a_note(mended: bool) -> Program[Any]:
    last: Any = B.seen_on if mended else B.note
    return boxes(schedule=Daily((time(7),), last=last))


@wrong("wrong_kind")
def at_no_time(mended: bool) -> Program[Any]:
    return boxes(schedule=Daily((time(7),) if mended else ()))


@wrong("wrong_kind")
def a_line_by_a_name(mended: bool) -> Program[Any]:
    return queue(Waiting(LINE, L.renewals if mended else "renewals", LEND))
