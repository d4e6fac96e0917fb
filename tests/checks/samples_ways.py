"""Samples: the graph of stages, and who acts."""

from __future__ import annotations

from typing import Any

from tests.checks.samples import (
    BACK,
    LATE,
    LENT,
    LOOK,
    OTHER,
    REMIND,
    RETURN,
    SILENT,
    L,
    Wear,
    entering,
    loan,
    program,
    waiting,
    wrong,
)
from workflow_core import (
    AUTOMATIC,
    CHILD,
    SCHOOL,
    SUPERVISOR,
    SYSTEM,
    Child,
    Escalate,
    Notify,
    Party,
    Program,
    Role,
    Task,
    Timer,
    Transition,
    days,
    is_,
    weeks,
)

# -- The graph ---------------------------------------------------------------------------------------------------------------------------------------------


@wrong("stage_unreachable")
def an_island(mended: bool) -> Program[Any]:
    away = Transition("away", "Away", source=OTHER, target=BACK, by=SCHOOL)
    to_it = [Transition("to", "To", source=LENT, target=OTHER, by=SCHOOL)] if mended else []
    return program(loan(stages=[LENT, LATE, OTHER, BACK], transitions=[REMIND, RETURN, away, *to_it], timers=[SILENT, waiting(OTHER)]))


@wrong("no_way_to_end")
def a_trap(mended: bool) -> Program[Any]:
    ways = [Transition("to", "To", source=LENT, target=OTHER, by=SCHOOL)]
    if mended:
        ways.append(Transition("out", "Out", source=OTHER, target=LATE, by=SCHOOL))
    return program(loan(stages=[LENT, LATE, OTHER, BACK], transitions=[REMIND, RETURN, *ways], timers=[SILENT, waiting(OTHER)]))


@wrong("exit_from_final")
def a_way_out_of_the_end(mended: bool) -> Program[Any]:
    return program(loan(transitions=[REMIND, RETURN, Transition("again", "Lend again", source=LATE if mended else BACK, target=LENT, by=SCHOOL)]))


@wrong("initial_final")
def begun_at_the_end(mended: bool) -> Program[Any]:
    return program(loan(initial=LENT if mended else BACK, reopen_to=LENT))


@wrong("reopen_to_final")
def reopened_at_the_end(mended: bool) -> Program[Any]:
    return program(loan(reopen_to=LENT if mended else BACK))


@wrong("ambiguous_transition")
def two_ways_that_nothing_tells_apart(mended: bool) -> Program[Any]:
    first = Transition("end", "End", source=LATE, target=BACK, by=SCHOOL, guards=[is_(L.wear, Wear.NEW)] if mended else [])
    second = Transition("end", "End", source=LATE, target=LENT, by=SCHOOL, guards=[is_(L.wear, Wear.TORN)])
    return program(loan(transitions=[REMIND, RETURN, first, second]))


@wrong("automatic_loop")
def a_circle_without_rest(mended: bool) -> Program[Any]:
    there = Transition("there", "There", source=LENT, target=LATE, by=AUTOMATIC, guards=[is_(L.renewals, 3)] if mended else [])
    return program(loan(transitions=[RETURN, there, Transition("here", "Here", source=LATE, target=LENT, by=AUTOMATIC)]))


@wrong("stage_can_stall")
def a_stage_nobody_watches(mended: bool) -> Program[Any]:
    late = [Escalate(SUPERVISOR, "Nobody asked")] if mended else []
    asked = Task("ask", "Ask for it", by=SCHOOL, due=days(3), late=late)
    return program(loan(timers=[Timer("silent", LENT, due=weeks(2), do=SILENT.do)], tasks={LENT: [LOOK], LATE: [asked]}))


# -- Who ---------------------------------------------------------------------------------------------------------------------------------------------------

READER = Party[Child]("reader", "Reader", of=CHILD)


@wrong("nobody_may")
def a_transition_of_nobody(mended: bool) -> Program[Any]:
    return program(loan(transitions=[REMIND, Transition("return", "Back", source=(LENT, LATE), target=BACK, by=SCHOOL if mended else ())]))


@wrong("nobody_may")
def a_transition_of_a_party_of_elsewhere(mended: bool) -> Program[Any]:
    give_up = Transition("give_up", "Give up", source=LATE, target=BACK, by=READER)
    return program(loan(transitions=[REMIND, RETURN, give_up], parties=[READER] if mended else []))


@wrong("nobody_may")
def a_task_of_the_engine(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL if mended else SYSTEM)]}))


@wrong("nobody_opens")
def a_workflow_nobody_opens(mended: bool) -> Program[Any]:
    return program(loan(open_by=[SYSTEM] if mended else []))


LIBRARIAN = Role("librarian", "Librarian")


@wrong("unknown_role")
def an_escalation_to_a_stranger(mended: bool) -> Program[Any]:
    return program(loan(enter={LATE: [Escalate(LIBRARIAN, "A book is late")]}), roles=[LIBRARIAN] if mended else [])


@wrong("unknown_role")
def a_message_to_a_stranger(mended: bool) -> Program[Any]:
    return program(loan(enter={LATE: [Notify(LIBRARIAN, "A book is late")]}), roles=[LIBRARIAN] if mended else [])


@wrong("unknown_party")
def a_message_to_a_party_of_elsewhere(mended: bool) -> Program[Any]:
    return entering(Notify(READER, "Your book is late"), parties=[READER] if mended else [])


@wrong("never_fired")
def a_transition_that_waits_for_the_engine(mended: bool) -> Program[Any]:
    lose = Transition("lose", "Lost", source=LATE, target=BACK, by=SYSTEM)
    timers = [SILENT, Timer("lost", LATE, due=weeks(9), fire=lose if mended else None, do=SILENT.do)]
    return program(loan(transitions=[REMIND, RETURN, lose], timers=timers))
