"""A small program of tasks that come once for each of several, and at times of the day: the groups of a camp, its days, its roll calls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from workflow_core import (
    CHILD,
    SCHOOL,
    SUPERVISOR,
    TOWNSHIP,
    Case,
    Daily,
    Escalate,
    Every,
    Limit,
    Party,
    Program,
    Stage,
    Task,
    Transition,
    Workflow,
    ask,
    before,
    days,
    done,
    form,
    minutes,
    ref,
    weeks,
)


@form
class Group:
    """One of several."""

    number: int = ask("Number")
    meets_on: date | None = ask("Meets on", default=None)


@form
class Camp:
    """The whole."""

    groups: tuple[Group, ...] = ask("Groups", default=())
    days: tuple[date, ...] = ask("Days", default=())
    first: date | None = ask("First day", default=None)
    last: date | None = ask("Last day", default=None)


@form
class Member:
    """The part."""

    note: str = ask("Note", default="")


@form
class Call:
    """A roll call."""

    at: datetime = ask("At")


@form
class Policy:
    """What a township sets."""

    patience: int = ask("Patience", default=3)


K, G, CALL = ref(Camp), ref(Group), ref(Call)
HERE, AWAY = Stage("here", "Here"), Stage("away", "Away", final=True)
LEAVE = Transition("leave", "Leave", source=HERE, target=AWAY, by=SCHOOL)


def members(case: Case[Camp, Policy]) -> Iterable[Case[Member, Policy]]:
    """Those who are here today."""
    return case.parts(Member, HERE)


HELPERS = Party("helpers", "Helpers", of=CHILD, many=True)
LATE = [Escalate(SUPERVISOR, "It is late", urgent=True)]
VET = Task("vet", "Vet", by=SCHOOL, each=K.groups, due=before(G.meets_on, days(1)), late=LATE)
COOK = Task("cook", "Cook", by=SCHOOL, each=K.days)
GREET = Task("greet", "Greet", by=SCHOOL, each=members)
THANK = Task("thank", "Thank", by=SCHOOL, each=HELPERS)
WEEKLY = Task("weekly", "Weekly", by=SCHOOL, each=K.groups, schedule=Every(weeks(1)))
AT = (time(7), time(12), time(20))
ROLL = Task(
    "roll", "Roll call", by=SCHOOL, form=Call, happened=CALL.at, each=K.groups, due=minutes(30), schedule=Daily(AT, first=K.first, last=K.last), late=LATE
)
BELL = Task("bell", "Ring", by=SCHOOL, schedule=Daily((time(8),), on=(1, 3)), late=LATE)
OPEN, RUNNING, OVER = Stage("open", "Open"), Stage("running", "Running"), Stage("over", "Over", final=True)


def calling(*tasks: Task[Any], then: Task[Any] | None = None) -> Program[Any]:
    """A camp with these tasks while it runs."""
    begin = Transition("begin", "Begin", source=OPEN, target=RUNNING, by=SCHOOL)
    end = Transition("end", "End", source=(OPEN, RUNNING), target=OVER, by=SCHOOL, guards=[] if then is None else [done(then)], parts_become=())
    camp = Workflow(
        "camp", "Camp", prefix="CA", subject=TOWNSHIP, record=Camp, policy=Policy, initial=OPEN, stages=[OPEN, RUNNING, OVER], transitions=[begin, end],
        tasks={RUNNING: list(tasks)}, parties=[HELPERS], open_by=[SCHOOL], edit_by=[SCHOOL],
    )  # fmt: skip
    member = Workflow(
        "member", "Member", prefix="ME", subject=CHILD, record=Member, policy=Policy, initial=HERE, stages=[HERE, AWAY], transitions=[LEAVE], part_of=Camp,
        limits=[Limit("once", "once", size=1, per="subject", held_in=[HERE])], open_by=[SCHOOL],
    )  # fmt: skip
    return Program("calling", "Calling", version=1, policy=Policy, workflows=[camp, member])
