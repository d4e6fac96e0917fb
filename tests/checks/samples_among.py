"""Samples: cases among cases. The loans are parts of a giving, or have it as a party."""

from __future__ import annotations

from typing import Any

from tests.checks.samples import BACK, LATE, LENT, REMIND, RETURN, Giving, L, Loan, Parting, giving, loan, program, wrong
from workflow_core import (
    PER_WHOLE,
    SYSTEM,
    WHOLE,
    Effect,
    Limit,
    On,
    Open,
    Party,
    Program,
    SetField,
    Stage,
    Target,
    Transition,
    Workflow,
    none_in,
    parts,
    ref,
    where_party,
)

G = ref(Giving)
GIVEN = Party("given", "Given with", of=Giving)
KEPT, GONE = giving().stages


def whole(*effects: Effect, **changes: Any) -> Workflow[Any, Any]:
    """A giving that does this when it is kept."""
    return giving(enter={KEPT: list(effects)}, **changes)


@wrong("part_of_unknown")
def a_part_of_nothing(mended: bool) -> Program[Any]:
    return program(loan(part_of=Giving if mended else Parting), giving())


@wrong("part_of_unknown")
def a_part_of_itself(mended: bool) -> Program[Any]:
    return program(loan(part_of=Giving if mended else Loan), giving())


@wrong("target_unknown")
def a_whole_that_there_is_not(mended: bool) -> Program[Any]:
    return program(loan(enter={LATE: [On(WHOLE, [SetField(G.book, "late")])]}, part_of=Giving if mended else None), giving())


@wrong("target_unknown")
def parts_that_are_none(mended: bool) -> Program[Any]:
    return program(loan(part_of=Giving if mended else None), whole(On(parts(Loan, LENT), [SetField(L.book, "given")])))


@wrong("target_unknown")
def a_party_of_another(mended: bool) -> Program[Any]:
    other = Party("other", "Other", of=Giving)
    return program(loan(parties=[GIVEN]), whole(On(where_party(GIVEN if mended else other, Loan), [SetField(L.book, "given")])))


@wrong("target_unknown")
def a_field_that_names_no_case(mended: bool) -> Program[Any]:
    target: Any = WHOLE if mended else L.book
    return program(loan(enter={LATE: [On(target, [SetField(G.book, "late")])]}, part_of=Giving), giving())


@wrong("target_unknown")
def a_target_without_a_record(mended: bool) -> Program[Any]:
    target = parts(Loan) if mended else Target("parts")
    return program(loan(part_of=Giving), whole(On(target, [SetField(L.book, "given")])))


@wrong("effect_of_other_workflow")
def a_field_of_this_case_set_on_another(mended: bool) -> Program[Any]:
    effect = SetField(L.book, "given") if mended else SetField(G.book, "given")
    return program(loan(part_of=Giving), whole(On(parts(Loan), [effect])))


@wrong("party_of_other")
def a_case_opened_with_a_party_it_has_not(mended: bool) -> Program[Any]:
    effect = Open(Loan(), subject="C-000001", parties={GIVEN: "GV-26-00001"})
    return program(loan(parties=[GIVEN] if mended else []), whole(effect))


@wrong("opens_nobody")
def a_case_opened_about_nobody(mended: bool) -> Program[Any]:
    return program(loan(), whole(Open(Loan(), subject="C-000001" if mended else None)))


@wrong("parts_become_other")
def parts_that_stay_open(mended: bool) -> Program[Any]:
    end: Transition[Any, Any, Any] = Transition("end", "End", source=(LENT, LATE), target=BACK, by=SYSTEM)
    late: Transition[Any, Any, Any] = Transition("too_late", "Late", source=LENT, target=LATE, by=SYSTEM)
    give = giving().transitions[0]
    closing = Transition("give", "Give away", source=KEPT, target=GONE, by=give.by, parts_become=end if mended else late)
    return program(loan(part_of=Giving, transitions=[REMIND, RETURN, end if mended else late]), giving(transitions=[closing]))


@wrong("counts_elsewhere")
def a_count_of_what_is_no_part(mended: bool) -> Program[Any]:
    give = giving().transitions[0]
    guarded = Transition("give", "Give away", source=KEPT, target=GONE, by=give.by, guards=[none_in(Loan, LENT)])
    return program(loan(part_of=Giving if mended else None), giving(transitions=[guarded]))


@wrong("limit_per")
def a_limit_by_a_stranger(mended: bool) -> Program[Any]:
    limit = Limit("room", "full", size=2, per=(PER_WHOLE, GIVEN), held_in=[LENT])
    return program(loan(part_of=Giving, parties=[GIVEN] if mended else [], limits=[limit]), giving())


@wrong("foreign_field")
def a_limit_by_a_field_of_nobody(mended: bool) -> Program[Any]:
    limit = Limit("room", "full", size=2, per=L.book, held_in=[LENT], counts_once=L.book if mended else ref(Parting).parted_on)
    return program(loan(limits=[limit]), giving())


@wrong("wrong_kind")
def a_limit_by_a_stage(mended: bool) -> Program[Any]:
    per: Any = PER_WHOLE if mended else Stage("lent", "Lent")
    return program(loan(part_of=Giving, limits=[Limit("room", "full", size=2, per=per, held_in=[LENT])]), giving())
