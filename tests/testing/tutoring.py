"""A small program to try the kit with: a child that falls behind is tutored, and its village hears of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from workflow_core import (
    AUTOMATIC,
    CHILD,
    CHILD_DIRECTOR,
    PER_SUBJECT,
    SCHOOL,
    SUPERVISOR,
    Attachment,
    Case,
    Choice,
    Deny,
    Desk,
    Effect,
    Escalate,
    Every,
    Import,
    Limit,
    Notify,
    Open,
    Program,
    SetField,
    Stage,
    Task,
    Timer,
    Transition,
    Workflow,
    after,
    ask,
    days,
    deny,
    form,
    ref,
    warn,
    weeks,
)  # fmt: skip


class Subject(Choice):
    MATHS = "Mathematics"
    CHINESE = "Chinese"


@form
class Tutoring:
    subject: Subject = ask("Subject", default=Subject.MATHS)
    lessons: int = ask("Lessons so far", default=0)
    note: str = ask("Note", default="", personal=True)


@form
class Lesson:
    held_on: date = ask("Day of the lesson")
    subject: Subject = ask("What was learnt")
    sheet: Attachment | None = ask("Exercise sheet", default=None)


@form
class Result:
    mark: int = ask("Mark", ge=0, le=100)


@form
class Policy:
    lessons: int = ask("Lessons before the examination", default=2, ge=1)


@form
class BehindRow:
    subject: Subject = ask("Subject", also=("科目",))


R, P, V = ref(Tutoring), ref(Policy), ref(Lesson)
C = Case[Tutoring, Policy]

BEGUN = Stage("begun", "Tutored")
EXAMINED = Stage("examined", "Examined")
CAUGHT_UP = Stage("caught_up", "Caught up", final=True)
GONE = Stage("gone", "Gone away", final=True)


def learnt(case: C) -> Deny | None:
    held = len(case.results(LESSON))
    if held >= case.policy.lessons:
        return None
    return deny("{held} of {lessons} lessons were held", hint="hold another: the task 'lesson'", code="too_few", held=held, lessons=case.policy.lessons)


def early(case: C) -> Deny | None:
    return warn("the term has hardly begun", code="early") if case.today < date(2026, 9, 5) else None


def passed(case: C) -> Deny | None:
    last = case.last(EXAMINE)
    return None if last is not None and last.mark >= 60 else deny("the examination was not passed", code="not_passed")


LESSON = Task(
    "lesson", "Lesson", by=(SCHOOL, CHILD_DIRECTOR), form=Lesson, schedule=Every(weeks(1)), due=days(6), happened=V.held_on,
    do=[SetField(R.subject, V.subject)], late=[Escalate(SUPERVISOR, "A lesson was not held")],
)  # fmt: skip
EXAMINE = Transition(
    "examine", "Examine", source=BEGUN, target=EXAMINED, by=SCHOOL, form=Result, guards=[learnt], do=[Notify(SUPERVISOR, "A child was examined")]
)
FINISH = Transition("finish", "Finish", source=EXAMINED, target=CAUGHT_UP, by=AUTOMATIC, guards=[passed])
LEAVE = Transition("leave", "Leave", source=(BEGUN, EXAMINED), target=GONE, by=SUPERVISOR, guards=[early])
SILENT = Timer("silent", BEGUN, due=after(LESSON, weeks(3)), do=[Escalate(SUPERVISOR, "Nobody teaches this child", urgent=True)])


def take(desk: Desk[Any], row: BehindRow) -> list[Effect] | Deny:
    return [Open(Tutoring(subject=row.subject))]


BEHIND = Import("behind", "Pupils who fall behind", row=BehindRow, subject=CHILD, take=take, by=[SCHOOL])
TUTORING = Workflow(
    "tutoring", "Tutoring", prefix="TU", subject=CHILD, record=Tutoring, policy=Policy, initial=BEGUN, stages=[BEGUN, EXAMINED, CAUGHT_UP, GONE],
    transitions=[EXAMINE, FINISH, LEAVE], tasks={BEGUN: [LESSON]}, timers=[SILENT], open_by=[SCHOOL], edit_by=[SCHOOL],
    limits=[Limit("one_open", "This child is tutored already", size=1, per=PER_SUBJECT, held_in=[BEGUN, EXAMINED])],
)  # fmt: skip
PROGRAM = Program("tutoring", "Tutoring", version=1, policy=Policy, workflows=[TUTORING], imports=[BEHIND])
