"""A program with registers: an outing, its children, who is away from it, what was handed out, what happened, who was called."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflow_core import (
    AUTOMATIC,
    CHILD,
    COUNTY_OFFICE,
    SCHOOL,
    SUPERVISOR,
    SYSTEM,
    Case,
    CaseRef,
    Column,
    Deny,
    Enter,
    Escalate,
    Fire,
    Listing,
    On,
    Program,
    Register,
    SetField,
    Stage,
    Transition,
    Workflow,
    after,
    ask,
    deny,
    form,
    hookimpl,
    minutes,
    ref,
)


@form
class Outing:
    """The record of the whole."""

    title: str = ask("Outing", default="")
    away: int = ask("How often somebody left", default=0)


@form
class Guest:
    """The record of a part."""

    title: str = ask("Guest", default="")


@form
class Rules:
    """What a township sets."""

    alarm: int = ask("Minutes before the alarm", default=15, ge=1)


@form
class Leave:
    """Somebody leaves the place and comes back."""

    guest: CaseRef[Guest] = ask("Guest", also=("营员",))
    with_whom: str = ask("With whom", personal=True)
    left_at: datetime = ask("Left at")
    back_by: datetime = ask("Back by")
    back_at: datetime | None = ask("Back at", default=None)


@form
class Kit:
    """Something is handed out."""

    guest: CaseRef[Guest] = ask("Guest")
    item: str = ask("Item")
    size: str = ask("Size", default="")


@form
class Called:
    """A roll call of one group."""

    group: int = ask("Group", ge=1)
    present: int = ask("Present", ge=0)


@form
class Secret:
    """What only few may see."""

    what: str = ask("What happened", personal=True)


OF, L, K, P, S = ref(Outing), ref(Leave), ref(Kit), ref(Rules), ref(Secret)
Whole = Case[Outing, Rules]


def not_before_it_left(case: Whole, row: Leave) -> Deny | None:
    """A check of the row."""
    return deny("nobody is back before he left", code="back_before") if row.back_at is not None and row.back_at < row.left_at else None


def nobody_away(case: Whole) -> Deny | None:
    """A guard that reads a register."""
    away = case.entries(OUT, open_only=True)
    return deny("{n} are away", n=len(away)) if away else None


def called_thrice(case: Whole) -> Deny | None:
    """A guard of a transition that is taken by itself."""
    return None if len(case.results(CALLS)) >= 3 else deny("not everybody was called")


def one_more(case: Whole) -> int:
    """A function that reads the record."""
    return case.record.away + 1


ON = Stage("on", "Under way")
CALLED = Stage("called", "Called")
OVER = Stage("over", "Over", final=True)
THERE, MISSING, HOME = Stage("there", "There"), Stage("missing", "Missing"), Stage("home", "Home", final=True)

MISS = Transition("miss", "Missing", source=THERE, target=MISSING, by=SYSTEM)
OUT = Register(
    "out", "Away", row=Leave, by=SCHOOL, happened=L.left_at, checks=[not_before_it_left], open_until=L.back_at, due=after(L.back_by, minutes(P.alarm)),
    one_open_per=L.guest, do=[SetField(OF.away, one_more)], late=[Escalate(SUPERVISOR, "Somebody is not back", urgent=True), On(L.guest, [Fire(MISS)])],
)  # fmt: skip
KIT = Register("kit", "Handed out", row=Kit, by=SCHOOL, one_open_per=(K.guest, K.item))
CALLS = Register("calls", "Roll calls", row=Called, by=SCHOOL)
SECRETS = Register("secrets", "Incidents", row=Secret, by=(SCHOOL, COUNTY_OFFICE), seen_by=[COUNTY_OFFICE])

GIVEN = Listing("given", "Handed out", of=KIT, columns=[Column("Guest", K.guest), Column("Item", K.item)], sort=[K.item])
AWAY = Listing("away", "Away", of=OUT, columns=[Column("With whom", L.with_whom), Column("Stage", lambda case: case.stage)])

END = Transition("end", "End", source=(ON, CALLED), target=OVER, by=SCHOOL, guards=[nobody_away])
COUNT = Transition("count", "Everybody was called", source=ON, target=CALLED, by=AUTOMATIC, guards=[called_thrice])
NOTE = Transition("note", "Note a call", source=ON, target=ON, by=SCHOOL, do=[Enter(CALLS, Called(group=9, present=0))])
GO_HOME = Transition("go_home", "Go home", source=(THERE, MISSING), target=HOME, by=SCHOOL)

OUTING = Workflow(
    "outing", "Outing", prefix="OU", subject=CHILD, record=Outing, policy=Rules, initial=ON, stages=[ON, CALLED, OVER], transitions=[END, COUNT, NOTE],
    registers=[OUT, KIT, CALLS, SECRETS], open_by=[SCHOOL], reopen_to=ON,
)  # fmt: skip
GUEST = Workflow(
    "guest", "Guest", prefix="GU", subject=CHILD, record=Guest, policy=Rules, part_of=Outing, initial=THERE, stages=[THERE, MISSING, HOME],
    transitions=[MISS, GO_HOME], open_by=[SCHOOL],
)  # fmt: skip
PROGRAM: Program[Any] = Program("outings", "Outings", version=1, policy=Rules, workflows=[OUTING, GUEST], listings=[GIVEN, AWAY])


@hookimpl
def careflow_programs() -> list[Program[Any]]:
    """What this file brings."""
    return [PROGRAM]
