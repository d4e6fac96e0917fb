"""A small program in which a party does something: a mentor talks with a child every week, and sees to it that the month and the term are served by it."""

from __future__ import annotations

from datetime import date

from workflow_core import (
    CHILD,
    CHILD_DIRECTOR,
    MONTH,
    SCHOOL,
    SUPERVISOR,
    TERM,
    VOLUNTEER,
    WEEK,
    Deny,
    Desk,
    Effect,
    Escalate,
    Import,
    Open,
    Party,
    Per,
    Program,
    Stage,
    Task,
    Timer,
    Transition,
    Workflow,
    ask,
    deny,
    form,
    ref,
    weeks,
)


@form
class Policy:
    visits: int = ask("Visits a month", default=2, ge=1)


@form
class Mentor:
    capacity: int = ask("Capacity", default=1)


@form
class Mentoring:
    since: date | None = ask("Since", default=None)


@form
class Talk:
    on: date = ask("Date")


@form
class MentorRow:
    capacity: int = ask("Capacity", also=("名额",), ge=1, le=3)


MENTOR = Party("mentor", "Mentor", of=Mentor)
HELPER = Party("helper", "Helper", of=VOLUNTEER)
READY, GONE = Stage("ready", "Ready"), Stage("gone", "Gone", final=True)
ON, OFF = Stage("on", "Going on"), Stage("off", "Over", final=True)

TALK = Task("talk", "Talk", by=MENTOR, form=Talk, happened=ref(Talk).on, schedule=(Per(WEEK), Per(TERM)))
VISIT = Task("visit", "Visit", by=MENTOR, form=Talk, happened=ref(Talk).on, schedule=(Per(MONTH, times=ref(Policy).visits), Per(TERM)))
SORT = Task("sort", "Sort the papers", by=(HELPER, CHILD_DIRECTOR))
STOP = Transition("stop", "Stop", source=ON, target=OFF, by=(MENTOR, SCHOOL))
MENTORS = Workflow(
    "mentor", "Mentor", prefix="ME", subject=VOLUNTEER, record=Mentor, policy=Policy, initial=READY, stages=[READY, GONE],
    transitions=[Transition("leave", "Leave", source=READY, target=GONE, by=SCHOOL)],
    timers=[Timer("idle", READY, due=weeks(52), do=[Escalate(SUPERVISOR, "A year without a child")])], open_by=[SCHOOL],
)  # fmt: skip
MENTORINGS = Workflow(
    "mentoring", "Mentoring", prefix="MG", subject=CHILD, record=Mentoring, policy=Policy, initial=ON, stages=[ON, OFF],
    transitions=[STOP], tasks={ON: [TALK, VISIT, SORT]}, timers=[Timer("long", ON, due=weeks(60), do=[Escalate(SUPERVISOR, "Very long")])],
    parties=[MENTOR, HELPER], open_by=[SCHOOL],
)  # fmt: skip


def take(desk: Desk[Policy], row: MentorRow) -> list[Effect] | Deny:
    if desk.case(Mentor) is not None:
        return []
    if (desk.volunteer.age(desk.today) or 0) < 18:
        return deny("too young", code="too_young")
    return [Open(Mentor(capacity=row.capacity))]


MENTOR_SHEET = Import("mentors", "Mentors", row=MentorRow, subject=VOLUNTEER, take=take, by=[SUPERVISOR], into=Mentor, create_subject=True)
PROGRAM = Program("mentoring", "Mentoring", version=1, policy=Policy, workflows=[MENTORS, MENTORINGS], imports=[MENTOR_SHEET])
