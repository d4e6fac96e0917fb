"""A small program of a line for places: a camp with seats, and children who wait for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workflow_core import (
    CHILD,
    COUNTY_OFFICE,
    PER_SUBJECT,
    PER_WHOLE,
    SCHOOL,
    SUPERVISOR,
    SYSTEM,
    TOWNSHIP,
    AnyTime,
    Batch,
    Case,
    Deny,
    Desk,
    Effect,
    Escalate,
    Fire,
    Limit,
    On,
    Program,
    SetField,
    Stage,
    Task,
    Timer,
    Transition,
    Waiting,
    Workflow,
    ask,
    days,
    deny,
    form,
    ref,
)

if TYPE_CHECKING:
    from tests.engine.conftest import Town

TOWNSHIP_CODE = "990101100"


@form
class Camp:
    """The whole."""

    seats: int = ask("Seats", default=1)
    in_all: int = ask("Seats in all", default=100)


@form
class Camper:
    """The part."""

    school: str = ask("School", default="")
    place: int | None = ask("Place", default=None)
    fit: bool = ask("Fit", default=True)
    bug: bool = ask("A bug", default=False)
    points: int = ask("Points", default=0)


@form
class Policy:
    """What a township sets."""

    patience: int = ask("Patience", default=3)


K, C = ref(Camp), ref(Camper)
CamperCase = Case[Camper, Policy]


def seats(case: CamperCase) -> int:
    """Of the camp, for each school."""
    return case.linked(Camp).record.seats


def in_all(case: CamperCase) -> int:
    """Of the camp, for all schools."""
    return case.linked(Camp).record.in_all


def fit(case: CamperCase) -> Deny | None:
    """Who is ill cannot go."""
    if case.record.bug:
        raise ValueError("a bug")
    return None if case.record.fit else deny("{who} is not fit to go", who=case.ref, code="unfit")


def points(case: CamperCase) -> tuple[int, int]:
    """The most points first, of the camp's own weight."""
    return -case.record.points * case.linked(Camp).record.in_all, 0


ASKED, LINE, OFFERED, GONE = Stage("asked", "Asked"), Stage("line", "In line"), Stage("offered", "Offered"), Stage("gone", "Gone", final=True)
LINE_UP = Transition("line_up", "Line up", source=ASKED, target=LINE, by=(SCHOOL, SYSTEM))
OFFER = Transition("offer", "Offer", source=LINE, target=OFFERED, by=SYSTEM, guards=[fit])
GIVE_BACK = Transition("give_back", "Give back", source=(LINE, OFFERED), target=GONE, by=SCHOOL)
AGAIN = Transition("again", "Again", source=OFFERED, target=LINE, by=SCHOOL)
LAPSE = Transition("lapse", "No answer", source=OFFERED, target=GONE, by=SYSTEM)
NOTE = Task("note", "Note", by=SCHOOL, fills=(C.place, C.fit), schedule=AnyTime())
IDLE = [Timer("idle", (ASKED, LINE), due=days(300), do=[Escalate(SUPERVISOR, "Idle")])]


def camper(order: object, *limits: Limit, lapse: bool = False) -> Workflow[Any, Any]:
    """The part, whose line has this order."""
    answer = [Timer("answer", OFFERED, due=days(3), fire=LAPSE)] if lapse else [Timer("answer", OFFERED, due=days(300), do=[Escalate(SUPERVISOR, "Idle")])]
    return Workflow(
        "camper", "Camper", prefix="CP", subject=CHILD, record=Camper, policy=Policy, initial=ASKED, stages=[ASKED, LINE, OFFERED, GONE],
        transitions=[LINE_UP, OFFER, GIVE_BACK, AGAIN, *([LAPSE] if lapse else [])], tasks={LINE: [NOTE]}, timers=[*IDLE, *answer], part_of=Camp,
        limits=[
            Limit("seats", "No seat of this school is left", size=seats, per=(PER_WHOLE, C.school), held_in=[OFFERED], waiting=Waiting(LINE, order, OFFER)),
            Limit("in_all", "The camp is full", size=in_all, per=PER_WHOLE, held_in=[OFFERED]),
            *limits,
        ],
        open_by=[SCHOOL], edit_by=[SCHOOL],
    )  # fmt: skip


OPEN, OVER = Stage("open", "Open"), Stage("over", "Over", final=True)
END = Transition("end", "End", source=OPEN, target=OVER, by=SCHOOL)
CAMP = Workflow(
    "camp", "Camp", prefix="CA", subject=TOWNSHIP, record=Camp, policy=Policy, initial=OPEN, stages=[OPEN, OVER], transitions=[END],
    tasks={OPEN: [Task("look", "Look", by=SCHOOL, due=days(300), late=[Escalate(SUPERVISOR, "Late")])]}, open_by=[SCHOOL], edit_by=[SCHOOL, COUNTY_OFFICE],
)  # fmt: skip


def draw(desk: Desk[Policy], asked: list[CamperCase]) -> list[Effect]:
    """The last first."""
    return [On(one, [SetField(C.place, len(asked) - n), Fire(LINE_UP)]) for n, one in enumerate(asked)]


DRAW = Batch("draw", "Draw", over=[(Camper, [ASKED])], plan=draw, may=[LINE_UP, Camper], by=[SUPERVISOR])
ELSEWHERE = Limit("elsewhere", "The child has a seat elsewhere", size=1, per=PER_SUBJECT, held_in=[OFFERED])


def camping(order: object = C.place, *limits: Limit, lapse: bool = False) -> Program[Policy]:
    """The program, with this order."""
    return Program("camping", "Camping", version=1, policy=Policy, workflows=[CAMP, camper(order, *limits, lapse=lapse)], batches=[DRAW])


BY_PLACE, BY_POINTS, TWICE = camping(), camping(points), camping((C.place, C.points), ELSEWHERE)
LAPSING = camping(lapse=True)


class Line:
    """A camp and those who wait for its seats."""

    def __init__(self, town: Town, **record: Any) -> None:
        self.town = town
        self.camp = town.engine.open(town.teacher, "camping.camp", TOWNSHIP_CODE, record).ref

    def join(self, *places: int | None, child: str | None = None, **record: Any) -> list[str]:
        """New campers in line, with these places in the draw."""
        found = []
        for place in places:
            given = {"place": place, "school": "north", **record}
            ref = self.town.engine.open(self.town.teacher, "camping.camper", child or self.town.child(), given, whole=self.camp).ref
            self.town.advance(ref, "line_up")
            found.append(ref)
        return found

    def stages(self, refs: Sequence[str]) -> list[str]:
        return [self.town.stage(ref) for ref in refs]

    def seated(self, refs: Sequence[str]) -> list[int]:
        """The numbers of those who have a place."""
        return [n for n, ref in enumerate(refs) if self.town.stage(ref) == "offered"]

    def tick(self) -> None:
        assert self.town.engine.tick().problems == []

    def edit(self, **record: Any) -> None:
        self.town.engine.edit(self.town.teacher, self.camp, record, "it was decided so")

    def events(self, ref: str, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.town.events(ref) if one["kind"] == kind]
