"""Samples: circles in which cases go by themselves, and ways that nobody can take any more."""

from __future__ import annotations

from dataclasses import replace
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
    Giving,
    L,
    Loan,
    Policy,
    Wear,
    giving,
    loan,
    program,
    waiting,
    wrong,
)
from workflow_core import (
    AUTOMATIC,
    SCHOOL,
    SUPERVISOR,
    SYSTEM,
    WHOLE,
    Escalate,
    Fire,
    On,
    Open,
    Program,
    Refer,
    Role,
    Task,
    Timer,
    Transition,
    When,
    at,
    days,
    is_,
    parts,
    ref,
    weeks,
)

# -- Timers ------------------------------------------------------------------------------------------------------------------------------------------------

LAY_BY = Transition("lay_by", "Lay it by", source=LENT, target=OTHER, by=SYSTEM)


@wrong("timer_for_ever")
def a_timer_that_leads_back(mended: bool) -> Program[Any]:
    back = Transition("take_up", "Take it up", source=OTHER, target=LENT, by=AUTOMATIC, guards=[is_(L.wear, Wear.NEW)] if mended else [])
    nag = Timer("nag", LENT, due=days(7), fire=LAY_BY)
    return program(loan(stages=[LENT, LATE, OTHER, BACK], transitions=[REMIND, RETURN, LAY_BY, back], timers=[nag, SILENT, waiting(OTHER)]))


@wrong("timer_for_ever")
def two_timers_that_lead_to_each_other(mended: bool) -> Program[Any]:
    back = Transition("take_up", "Take it up", source=OTHER, target=LENT, by=SYSTEM)
    there = Timer("there", LENT, due=weeks(1), fire=LAY_BY, unless=LOOK if mended else None)
    here = Timer("here", OTHER, due=weeks(1), fire=back)
    return program(loan(stages=[LENT, LATE, OTHER, BACK], transitions=[REMIND, RETURN, LAY_BY, back], timers=[there, here, SILENT]))


@wrong("timer_for_ever")
def a_circle_in_which_nobody_hears(mended: bool) -> Program[Any]:
    back = Transition("take_up", "Take it up", source=OTHER, target=LENT, by=SYSTEM)
    there, here = Timer("there", LENT, due=weeks(1), fire=LAY_BY), Timer("here", OTHER, due=weeks(1), fire=back)
    review = Task("review", "Look again", by=SCHOOL, due=days(3), late=[Escalate(SUPERVISOR, "Nobody looked")] if mended else [])
    tasks = {LENT: [LOOK], OTHER: [review]}
    return program(loan(stages=[LENT, LATE, OTHER, BACK], transitions=[REMIND, RETURN, LAY_BY, back], timers=[there, here, SILENT], tasks=tasks))


@wrong("timer_for_ever")
def a_timer_that_begins_its_own_stage_again(mended: bool) -> Program[Any]:
    renew = Transition("renew", "Renew", source=LATE, target=LATE, by=SYSTEM)
    yearly = Timer("yearly", LATE, due=weeks(52), again=None if mended else weeks(52), fire=renew)
    return program(loan(transitions=[REMIND, RETURN, renew], timers=[SILENT, yearly]))


@wrong("automatic_loop")
def a_date_that_stays_reached(mended: bool) -> Program[Any]:
    back = Transition("take_up", "Take it up", source=OTHER, target=LENT, by=AUTOMATIC, guards=[is_(L.wear, Wear.NEW)] if mended else [])
    due = Timer("due", LENT, due=at(L.lent_on), fire=LAY_BY)
    return program(loan(stages=[LENT, LATE, OTHER, BACK], transitions=[REMIND, RETURN, LAY_BY, back], timers=[due, SILENT, waiting(OTHER)]))


@wrong("automatic_loop")
def ways_that_fire_each_other(mended: bool) -> Program[Any]:
    here: Transition[Any, Any, Any] = Transition("here", "Here", source=LATE, target=LENT, by=SYSTEM)
    there: Transition[Any, Any, Any] = Transition("there", "There", source=LENT, target=LATE, by=SCHOOL, do=[Fire(here)])
    if not mended:
        object.__setattr__(here, "do", [Fire(there)])
    return program(loan(transitions=[RETURN, there, here]))


# -- Withdrawn roles ---------------------------------------------------------------------------------------------------------------------------------------

READER = Role("reader", "Reader", withdrawn=True)
FORMER = [READER]


@wrong("only_withdrawn")
def a_way_out_of_nobody_any_more(mended: bool) -> Program[Any]:
    lead = Transition("lead", "Lead on", source=OTHER, target=BACK, by=(READER, SCHOOL) if mended else READER)
    to = Transition("to", "To", source=LENT, target=OTHER, by=SCHOOL)
    return program(loan(stages=[LENT, LATE, OTHER, BACK], transitions=[REMIND, RETURN, to, lead], timers=[SILENT, waiting(OTHER)]), roles=FORMER)


@wrong("only_withdrawn")
def a_task_of_nobody_any_more(mended: bool) -> Program[Any]:
    look = Task("look_well", "Look well", by=SCHOOL if mended else READER)
    return program(loan(tasks={LENT: [look]}), roles=FORMER)


# -- Cases that set cases going ----------------------------------------------------------------------------------------------------------------------------


@wrong("opens_in_circle")
def cases_that_open_each_other(mended: bool) -> Program[Any]:
    kept = giving().initial
    lend = Open(Loan())
    back = When(is_(L.renewals, 1), [Open(Giving())]) if mended else Open(Giving())
    return program(loan(subject=None, enter={LENT: [back]}), giving(enter={kept: [lend]}))


@wrong("letters_in_circle")
def letters_that_answer_each_other(mended: bool) -> Program[Any]:
    shake: Transition[Any, Any, Any] = Transition("shake", "Shake", source=LENT, target=LENT, by=SYSTEM, guards=[is_(L.wear, Wear.NEW)] if mended else [])
    whole = giving()
    stir: Transition[Any, Any, Any] = Transition("stir", "Stir", source=whole.initial, target=whole.initial, by=SCHOOL, do=[On(parts(Loan), [Fire(shake)])])
    object.__setattr__(shake, "do", [On(WHOLE, [Fire(stir)])])
    return program(loan(part_of=Giving, transitions=[REMIND, RETURN, shake]), replace(whole, transitions=[*whole.transitions, stir]))


@wrong("refers_in_circle")
def programs_that_refer_each_case_to_each_other(mended: bool) -> list[Program[Any]]:
    first = loan(enter={LENT: [Refer("giving_away", "A book was lent")]})
    back = Refer("reading", "A book was given away")
    kept = giving().initial
    second = giving(enter={kept: [When(is_(ref(Giving).book, "worn"), [back]) if mended else back]})
    return [program(first), Program("giving_away", "Giving away", version=1, policy=Policy, workflows=[second])]
