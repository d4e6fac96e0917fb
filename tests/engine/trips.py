"""A small program of wholes, parts and parties: a trip with its seats, and the guides who take children along."""

from __future__ import annotations

from typing import Any

from workflow_core import (
    AUTOMATIC,
    CHILD,
    COUNTY_OFFICE,
    PER_WHOLE,
    SCHOOL,
    SUPERVISOR,
    SYSTEM,
    TOWNSHIP,
    WHOLE,
    AnyTime,
    Case,
    CaseRef,
    Column,
    Deny,
    Escalate,
    Fire,
    Limit,
    Listing,
    On,
    Open,
    Party,
    Program,
    SetField,
    Stage,
    Task,
    Transition,
    Workflow,
    ask,
    days,
    deny,
    form,
    none_in,
    parts,
    ref,
    where_party,
)


@form
class Trip:
    """The whole."""

    seats: int = ask("Seats", default=2)
    last: str = ask("Seated last", default="")


@form
class Seat:
    """The part."""

    school: str = ask("School", default="")
    told: str = ask("Told", default="")
    rough: bool = ask("Rough", default=False)


@form
class Guide:
    """A party that is a case."""

    able: int = ask("Able to take", default=1)
    resting: bool = ask("Resting", default=False)
    last: str = ask("Parted last", default="")


@form
class Ward:
    """Somebody whom a guide takes along."""

    family: str = ask("Family", default="")


@form
class Policy:
    """What a township sets."""

    patience: int = ask("Patience", default=3)


@form
class Why:
    """Why something ends."""

    why: str = ask("Why")


@form
class RollCall:
    """Who is called."""

    absent: tuple[CaseRef[Seat], ...] = ask("Absent", default=())
    said: str = ask("Said", default="")


T, S, G, W, WY, RC = ref(Trip), ref(Seat), ref(Guide), ref(Ward), ref(Why), ref(RollCall)
TripCase = Case[Trip, Policy]
SeatCase = Case[Seat, Policy]


def seats_of(case: SeatCase) -> int:
    """As many as the trip has."""
    return case.linked(Trip).record.seats


def somebody_sits(case: TripCase) -> Deny | None:
    """An empty trip does not go."""
    return None if case.count(Seat, SEATED) else deny("nobody sits")


def wants_rest(case: Case[Guide, Policy]) -> Deny | None:
    """Only who wants to."""
    return None if case.record.resting else deny("not yet")


def not_rough(case: SeatCase) -> Deny | None:
    """Some cannot be called home."""
    return deny("the way is rough") if case.record.rough else None


# -- The part

ASKED, SEATED, GONE = Stage("asked", "Asked"), Stage("seated", "Seated"), Stage("gone", "Gone", final=True, outcome="gone")
HOME, LEFT = Stage("home", "Home", final=True, outcome="home"), Stage("left", "Left out", final=True, outcome="left")
SIT = Transition("sit", "Take a seat", source=ASKED, target=SEATED, by=SCHOOL, do=[On(WHOLE, [SetField(T.last, S.school)])])
STAND = Transition("stand", "Give the seat back", source=SEATED, target=ASKED, by=SCHOOL)
CALL_HOME: Transition[Seat, Policy, Any] = Transition("call_home", "Call home", source=SEATED, target=HOME, by=SYSTEM, guards=[not_rough])
ARRIVE: Transition[Seat, Policy, Any] = Transition("arrive", "Arrive", source=SEATED, target=GONE, by=SYSTEM)
SKIP: Transition[Seat, Policy, Any] = Transition("skip", "Left out", source=(ASKED, SEATED), target=LEFT, by=SYSTEM)
DROP = Transition("drop", "Does not want to", source=(ASKED, SEATED), target=LEFT, by=SCHOOL)
ROOM = Limit("room", "The trip is full", size=seats_of, per=PER_WHOLE, held_in=[SEATED])
SCHOOLS = Limit("schools", "This school has its seats", size=2, per=(PER_WHOLE, S.school), held_in=[SEATED])
# -- The whole

PLANNED, GOING, OVER = Stage("planned", "Planned"), Stage("going", "Going"), Stage("over", "Over", final=True, outcome="over")
NEVER = Stage("never", "Never", final=True, outcome="never")
READY: Transition[Trip, Policy, Any] = Transition(
    "ready", "All are seated", source=PLANNED, target=GOING, by=AUTOMATIC, guards=[none_in(Seat, ASKED), somebody_sits]
)
RECALL = Transition(
    "recall", "Recall", source=GOING, target=PLANNED, by=SCHOOL, form=Why, do=[On(parts(Seat, SEATED), [SetField(S.told, WY.why), Fire(CALL_HOME)])]
)
CLOSE = Transition("close", "Close", source=(PLANNED, GOING), target=OVER, by=SCHOOL, parts_become=SKIP)
GIVE_UP = Transition("give_up", "Give up", source=(PLANNED, GOING), target=NEVER, by=SCHOOL)
CALL = Task("call", "Call the roll", by=SCHOOL, form=RollCall, do=[On(RC.absent, [SetField(S.told, RC.said)])])
ALONG = Task("along", "Take one along", by=SCHOOL, form=Why, schedule=AnyTime(), do=[Open(Seat(school="north"), subject=WY.why)])
TRIP = Workflow(
    "trip",
    "Trip",
    prefix="TR",
    subject=TOWNSHIP,
    record=Trip,
    policy=Policy,
    initial=PLANNED,
    stages=[PLANNED, GOING, OVER, NEVER],
    transitions=[READY, RECALL, CLOSE, GIVE_UP],
    tasks={(PLANNED, GOING): [CALL, ALONG]},
    open_by=[SCHOOL],
    edit_by=[SCHOOL, COUNTY_OFFICE],
    reopen_to=GOING,
)

# -- A party

GUIDE = Party("guide", "Guide", of=Guide)
FRIEND = Party("friend", "Friend", of=CHILD)
FREE, RESTING = Stage("free", "Free"), Stage("resting", "Resting", final=True)
WITH, WITHOUT = Stage("with", "With a guide"), Stage("without", "Without", final=True)
LOSE = Transition("lose", "The guide is gone", source=WITH, target=WITHOUT, by=SYSTEM, form=Why)
PART = Transition("part", "Part", source=WITH, target=WITHOUT, by=SCHOOL)
CHANGE: Transition[Ward, Policy, Any] = Transition("change", "Changes the family", source=WITH, target=WITH, by=SYSTEM)
WARD = Workflow(
    "ward",
    "Ward",
    prefix="WA",
    subject=CHILD,
    record=Ward,
    policy=Policy,
    initial=WITH,
    stages=[WITH, WITHOUT],
    transitions=[LOSE, PART, CHANGE],
    limits=[
        Limit("able", "The guide has no hand free", size=lambda case: case.linked(Guide).record.able, per=GUIDE, held_in=[WITH], counts_once=W.family),
    ],
    parties=[GUIDE, FRIEND],
    open_by=[SCHOOL],
)
WAVING = [On(where_party(FRIEND, Ward, WITH), [Fire(CHANGE, set=[SetField(W.family, S.school)])])]
WAVE = Transition("wave", "Wave to the friends", source=ASKED, target=ASKED, by=SCHOOL, do=WAVING)
REST = Transition("rest", "Rest", source=FREE, target=RESTING, by=SCHOOL, form=Why, do=[On(where_party(GUIDE, Ward, WITH), [Fire(LOSE, WY)])])
ALL_GONE: Transition[Guide, Policy, Any] = Transition(
    "all_gone",
    "Nobody left",
    source=FREE,
    target=RESTING,
    by=AUTOMATIC,
    guards=[none_in(Ward, WITH), wants_rest],
)
GUIDED = Workflow(
    "guided",
    "Guide",
    prefix="GU",
    subject=None,
    record=Guide,
    policy=Policy,
    initial=FREE,
    stages=[FREE, RESTING],
    transitions=[REST, ALL_GONE],
    open_by=[SCHOOL],
    edit_by=[SCHOOL],
)
SEAT = Workflow(
    "seat",
    "Seat",
    prefix="SE",
    subject=CHILD,
    record=Seat,
    policy=Policy,
    initial=ASKED,
    stages=[ASKED, SEATED, GONE, HOME, LEFT],
    transitions=[SIT, STAND, CALL_HOME, ARRIVE, SKIP, DROP, WAVE],
    tasks={(ASKED, SEATED): [Task("look", "Look", by=SCHOOL, due=days(30), late=[Escalate(SUPERVISOR, "Nobody looked")])]},
    limits=[ROOM, SCHOOLS],
    part_of=Trip,
    reopen_to=ASKED,
    open_by=[SCHOOL],
    edit_by=[SCHOOL],
)
SEATS = Listing("seats", "Seats", of=Seat, columns=[Column("School", S.school), Column("Seats of the trip", T.seats)])
PROGRAM = Program("trips", "Trips", version=1, policy=Policy, workflows=[TRIP, SEAT, GUIDED, WARD], listings=[SEATS])
