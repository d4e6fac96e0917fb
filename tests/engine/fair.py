"""A camp with all that a case can have about it, in two versions: stages, tasks, a limit with its line, a paper, a timer, a workflow have other names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any

from workflow_core import (
    CHILD,
    PER_WHOLE,
    SCHOOL,
    SUPERVISOR,
    SYSTEM,
    TOWNSHIP,
    WHOLE,
    Batch,
    Case,
    CaseRef,
    Daily,
    Desk,
    Document,
    Effect,
    Escalate,
    Fire,
    Limit,
    On,
    Open,
    Program,
    Register,
    SetField,
    Stage,
    Task,
    Timer,
    Transition,
    Upgrade,
    Waiting,
    Workflow,
    after,
    ask,
    days,
    form,
    minutes,
    ref,
)

LETTER = '{% extends "base_form.html.j2" %}{% block title %}{{ paper.title }}{% endblock %}{% block body %}<p>{{ record.place }}</p>{% endblock %}'


@form
class Rules:
    """What a township sets."""

    alarm: int = ask("Minutes before the alarm", default=15, ge=1)


@form
class Group:
    """One of several."""

    number: int = ask("Number")


@form
class Camp:
    """The record of the whole."""

    seats: int = ask("Seats", default=1)
    cheers: int = ask("Cheers", default=0)
    groups: tuple[Group, ...] = ask("Groups", default=())


@form
class Camper:
    """The record of a part."""

    place: int = ask("Place", default=0)


@form
class Leave:
    """Somebody leaves the place and comes back."""

    guest: CaseRef[Camper] = ask("Guest")
    left_at: datetime = ask("Left at")
    back_by: datetime = ask("Back by")
    back_at: datetime | None = ask("Back at", default=None)


K, C, L, P = ref(Camp), ref(Camper), ref(Leave), ref(Rules)
WARN = Escalate(SUPERVISOR, "Somebody is not back", urgent=True)


def seats(case: Case[Camper, Rules]) -> int:
    """Of the camp."""
    return case.linked(Camp).record.seats


def one_more(case: Case[Camp, Rules]) -> int:
    """Another cheer."""
    return case.record.cheers + 1


def fair(version: int, *, batch: str = "draw", line_up: str = "line_up") -> Program[Any]:
    """The program; what a plan names may have another name in version 2, too."""

    def called(old: str, new: str) -> str:
        return old if version == 1 else new

    asked, line = Stage(called("asked", "wished"), "Asked"), Stage(called("line", "queue"), "In line")
    offered, missing = Stage(called("offered", "seated"), "Offered"), Stage(called("missing", "lost"), "Missing")
    gone = Stage("gone", "Gone", final=True)
    up = Transition(line_up, "Line up", source=asked, target=line, by=(SCHOOL, SYSTEM))
    offer = Transition("offer", "Offer", source=line, target=offered, by=SYSTEM)
    leave = Transition("give_back", "Give back", source=(line, offered, missing), target=gone, by=SCHOOL)
    miss = Transition("miss", "Missing", source=offered, target=missing, by=SYSTEM)
    cheer = Transition("cheer", "Cheer", source=offered, target=offered, by=SCHOOL, do=[On(WHOLE, [SetField(K.cheers, one_more)])])
    quiet = Timer(called("idle", "quiet"), (asked, line), due=days(30), do=[Escalate(SUPERVISOR, "Idle")])
    paper = Document(called("note", "letter"), "Note", template="note.html.j2", number="{township}营〔{year}〕{n}号", signed_by=SUPERVISOR)
    clean = Task(called("tidy", "clean"), "Tidy", by=(SCHOOL, SUPERVISOR), required=False)
    room = Limit(
        called("seats", "places"), "No seat is left", size=seats, per=PER_WHOLE, held_in=[offered, missing], waiting=Waiting(line, C.place, offer)
    )  # fmt: skip
    camper = Workflow(
        called("camper", "guest"), "Camper", prefix="CP", subject=CHILD, record=Camper, policy=Rules, initial=asked,
        stages=[asked, line, offered, missing, gone], transitions=[up, offer, leave, miss, cheer], tasks={(line, offered): [clean]}, timers=[quiet],
        part_of=Camp, limits=[room], papers=[paper], open_by=[SCHOOL],
    )  # fmt: skip
    running, over = Stage(called("running", "on"), "Running"), Stage("over", "Over", final=True)
    out = Register(
        "out", "Away", row=Leave, by=SCHOOL, happened=L.left_at, open_until=L.back_at, due=after(L.back_by, minutes(P.alarm)), one_open_per=L.guest,
        late=[WARN, On(L.guest, [Fire(miss)])],
    )  # fmt: skip
    vet = Task(called("vet", "examine"), "Vet", by=SCHOOL, each=K.groups)
    roll = Task(called("roll", "count"), "Roll call", by=SCHOOL, schedule=Daily((time(12),)))
    camp = Workflow(
        "camp", "Camp", prefix="CA", subject=TOWNSHIP, record=Camp, policy=Rules, initial=running, stages=[running, over],
        transitions=[Transition("end", "End", source=running, target=over, by=SCHOOL, parts_become=())], tasks={running: [vet, roll]}, registers=[out],
        open_by=[SCHOOL], edit_by=[SCHOOL],
    )  # fmt: skip

    def draw(desk: Desk[Rules], waiting: Sequence[Case[Camper, Rules]]) -> Iterable[Effect]:
        for one in waiting:
            yield On(one, [Fire(up)])

    def double(desk: Desk[Rules], camps: Sequence[Case[Camp, Rules]], waiting: Sequence[Case[Camper, Rules]]) -> Iterable[Effect]:
        for one in waiting:
            yield Open(Camper(place=9), subject=one.child, whole=camps[0])

    batches = [
        Batch(batch, "Draw", over=[(Camper, [asked])], plan=draw, may=[up], by=[SUPERVISOR]),
        Batch("double", "Double", over=[(Camp, [running]), (Camper, [asked])], plan=double, may=[Camper], by=[SUPERVISOR]),
    ]
    upgrades = [
        Upgrade(camp, since=1, stages={"running": running}, tasks={"vet": vet, "roll": roll}),
        Upgrade(
            camper, since=1, was="camper", stages={"asked": asked, "line": line, "offered": offered, "missing": missing}, tasks={"tidy": clean},
            limits={"seats": room}, papers={"note": paper}, timers={"idle": quiet},
        ),
    ]  # fmt: skip
    return Program("fair", "Fair", version=version, policy=Rules, workflows=[camp, camper], batches=batches, upgrades=upgrades if version == 2 else ())
