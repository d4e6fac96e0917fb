"""A small program for the engine's tests: an errand that is run, checked every week, and done."""

from __future__ import annotations

from datetime import date

from workflow_core import (
    AUTOMATIC,
    CHILD,
    MONTH,
    PER_DIVISION,
    PER_SUBJECT,
    SCHOOL,
    SUPERVISOR,
    AnyTime,
    Case,
    Choice,
    Deny,
    Document,
    Draft,
    Escalate,
    Every,
    Fact,
    Limit,
    Notify,
    Observe,
    Per,
    Program,
    Refer,
    SetField,
    Stage,
    Task,
    Timer,
    Transition,
    When,
    Workflow,
    after,
    ask,
    before,
    days,
    deny,
    done,
    form,
    ref,
    warn,
    weeks,
)


class Mood(Choice):
    """How it went."""

    GOOD = "Good"
    BAD = "Bad"


@form
class Errand:
    """The record."""

    title: str = ask("What is to be done")
    wanted_on: date | None = ask("Wanted on", default=None)
    mood: Mood | None = ask("How it went", default=None)
    rounds: int = ask("Rounds", default=0, ge=0)


@form
class Policy:
    """What a township sets."""

    checks: int = ask("Checks wanted", default=2, ge=1)
    patience: int = ask("Days of patience", default=10, ge=1)


@form
class Look:
    """One look."""

    looked_on: date = ask("Looked on")
    fine: bool = ask("All is fine")


@form
class Ending:
    """Why it ends."""

    why: str = ask("Why")


R, P, L = ref(Errand), ref(Policy), ref(Look)
E = Case[Errand, Policy]

NEW = Stage("new", "New")
RUNNING = Stage("running", "Running")
WATCHED = Stage("watched", "Watched")
DONE = Stage("done", "Done", final=True, outcome="done")
DROPPED = Stage("dropped", "Dropped", final=True, outcome="dropped")
SLIP = Document("slip", "Slip", template="slip.html.j2", signed_by=SCHOOL)
SEEN = Fact("errand.seen", "Seen", type=int)


def has_title(case: E) -> Deny | None:
    """The title says something."""
    return None if len(case.record.title) > 2 else deny("the title {title} is too short", "give a longer one", "short", title=case.record.title)


def not_in_bad_mood(case: E) -> Deny | None:
    """A bad mood has to be confirmed."""
    return warn("the mood is bad", code="bad_mood") if case.record.mood is Mood.BAD else None


def went_wrong(case: E) -> Deny | None:
    """The last look was not fine."""
    last = case.last(LOOK, since=WATCHED)
    return None if last is not None and not last.fine else deny("nothing is wrong")


def wordy(case: E, ending: Ending) -> Deny | None:
    """An ending needs words."""
    return None if len(ending.why) > 3 else deny("say more", code="wordless")


PREPARE = Task(
    "prepare",
    "Prepare",
    by=SCHOOL,
    fills=(R.mood,),
    due=days(3),
    late=[Escalate(SUPERVISOR, "Nothing was prepared")],
    do=[Observe(SEEN, 1)],
)
ARRIVE = Task("arrive", "Arrive", by=SCHOOL, due=before(R.wanted_on, days(2)), needs=[PREPARE])
CHAT = Task("chat", "Chat", by=(SCHOOL, SUPERVISOR), form=Look, schedule=AnyTime(), happened=L.looked_on, required=False)
LOOK = Task("look", "Look", by=SCHOOL, form=Look, schedule=Every(weeks(1), times=P.checks), happened=L.looked_on, late=[Escalate(SUPERVISOR, "Nobody looked")])
COUNT = Task("count", "Count", by=SUPERVISOR, schedule=Per(MONTH, times=2), required=False)

START = Transition(
    "start", "Start", source=NEW, target=RUNNING, by=SCHOOL, guards=[has_title, not_in_bad_mood], do=[Draft(SLIP), Notify(SUPERVISOR, "An errand was started")]
)
WATCH = Transition(
    "watch",
    "Watch",
    source=RUNNING,
    target=WATCHED,
    by=(SCHOOL, SUPERVISOR),
    guards=[done(PREPARE)],
    do=[SetField(R.rounds, lambda case: case.record.rounds + 1)],
)
BACK = Transition("back", "Back", source=WATCHED, target=RUNNING, by=AUTOMATIC, guards=[went_wrong])
FINISH = Transition("finish", "Finish", source=WATCHED, target=DONE, by=AUTOMATIC, guards=[done(LOOK)])
DROP = Transition(
    "drop",
    "Drop",
    source=(NEW, RUNNING, WATCHED),
    target=DROPPED,
    by=SUPERVISOR,
    form=Ending,
    checks=[wordy],
    do=[When(not_in_bad_mood, [Refer("aid", "dropped")])],
)

ERRAND = Workflow(
    "errand",
    "Errand",
    prefix="ER",
    subject=CHILD,
    record=Errand,
    policy=Policy,
    initial=NEW,
    stages=[NEW, RUNNING, WATCHED, DONE, DROPPED],
    transitions=[START, WATCH, BACK, FINISH, DROP],
    tasks={RUNNING: [PREPARE, ARRIVE], (RUNNING, WATCHED): [CHAT, COUNT], WATCHED: [LOOK]},
    timers=[Timer("asleep", NEW, due=after(NEW, days(P.patience)), again=weeks(1), do=[Escalate(SUPERVISOR, "An errand sleeps")])],
    limits=[
        Limit("one", "This child has an errand already", size=1, per=PER_SUBJECT, held_in=[NEW, RUNNING, WATCHED]),
        Limit("busy", "Too many errands run here", size=3, per=PER_DIVISION, held_in=[RUNNING]),
    ],
    open_by=[SCHOOL],
    edit_by=[SCHOOL],
    reopen_to=RUNNING,
)
PROGRAM = Program("errands", "Errands", version=1, policy=Policy, workflows=[ERRAND])
