"""A small program of one decision over many: who of those who wait is called, by a seed that is typed in, and who shares with whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TypeAlias

from workflow_core import (
    CHILD,
    PER_WHOLE,
    SCHOOL,
    SUPERVISOR,
    SYSTEM,
    Batch,
    Case,
    Deny,
    Desk,
    Effect,
    Escalate,
    Fire,
    Limit,
    On,
    Open,
    Program,
    RunBatch,
    SetField,
    Stage,
    Summary,
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
    places: int = ask("Places", default=3, ge=1)


@form
class Wish:
    title: str = ask("Title", default="")
    rank: int = ask("Rank", default=0)
    barred: bool = ask("Barred", default=False)


@form
class Share:
    score: int = ask("Score", default=0)


@form
class Draw:
    seed: str = ask("Seed")
    most: int = ask("At most", default=1000, ge=1)


W = ref(Wish)
WishCase: TypeAlias = Case[Wish, Policy]

WAITING = Stage("waiting", "Waiting")
CALLED = Stage("called", "Called")
GONE = Stage("gone", "Gone", final=True)
SHARED = Stage("shared", "Shared")
ENDED = Stage("ended", "Ended", final=True)


def not_barred(case: WishCase) -> Deny | None:
    return deny("barred", code="barred") if case.record.barred else None


TELL = [Timer("slow", WAITING, due=weeks(4), do=[Escalate(SUPERVISOR, "Nobody was called")])]
SETTLING = Stage("settling", "Being settled")
CALL = Transition("call", "Call", source=WAITING, target=CALLED, by=SYSTEM, guards=[not_barred])
LEAVE = Transition("leave", "Leave", source=(WAITING, CALLED), target=GONE, by=SCHOOL)
OVER = Transition("over", "Over", source=SETTLING, target=GONE, by=SYSTEM)
END = Transition("end", "End", source=SHARED, target=ENDED, by=(SCHOOL, SYSTEM))


def end_all(wish: WishCase, shares: Sequence[Case[Share, Policy]], asked: Draw) -> Iterable[Effect]:
    yield Summary({"seed": asked.seed, "of": wish.ref})
    if asked.seed == "crash":
        raise ValueError("a bug")
    for one in shares:
        yield On(one, [Fire(END)])


ENDING = Batch("ending", "End all", of=Wish, over=[(Share, [SHARED])], plan=end_all, may=[END], form=Draw, then=OVER)
SETTLE = Transition("settle", "Settle", source=CALLED, target=SETTLING, by=SCHOOL, form=Draw, do=[RunBatch(ENDING)])
WISH = Workflow(
    "wish", "Wish", prefix="WI", subject=CHILD, record=Wish, policy=Policy, initial=WAITING, stages=[WAITING, CALLED, SETTLING, GONE],
    transitions=[CALL, LEAVE, SETTLE, OVER], timers=[*TELL, Timer("idle", (CALLED, SETTLING), due=weeks(4), do=[Escalate(SUPERVISOR, "Nothing came of it")])],
    open_by=[SCHOOL], edit_by=[SCHOOL],
)  # fmt: skip
SHARES = Workflow(
    "share", "Share", prefix="SH", subject=CHILD, record=Share, policy=Policy, initial=SHARED, stages=[SHARED, ENDED], transitions=[END],
    timers=[Timer("long", SHARED, due=weeks(8), do=[Escalate(SUPERVISOR, "Still shared")])], part_of=Wish, open_by=[SYSTEM],
    limits=[Limit("one_share", "this wish is shared already", size=1, per=PER_WHOLE, held_in=[SHARED])],
)  # fmt: skip


def draw(desk: Desk[Policy], waiting: Sequence[WishCase], asked: Draw) -> Iterable[Effect]:
    """The order is that of the digests of seed and reference: it does not depend on the order in which they come."""
    order = sorted(waiting, key=lambda one: sha256(f"{asked.seed}:{one.ref}".encode()).hexdigest())
    yield Summary({"waiting": len(waiting), "on": desk.today, "township": desk.division.code})
    for rank, one in enumerate(order[: asked.most], 1):
        yield On(one, [SetField(W.rank, rank), Fire(CALL)])


def share_out(desk: Desk[Policy], called: Sequence[WishCase]) -> Iterable[Effect]:
    for one in called:
        yield Open(Share(score=one.record.rank), subject=one.child, whole=one)


def astray(desk: Desk[Policy], waiting: Sequence[WishCase], asked: Draw) -> Iterable[Effect | Deny]:
    """A plan that does what it may not, by its seed."""
    (first, *_) = waiting
    if asked.seed == "other transition":
        yield On(first, [Fire(LEAVE)])
    elif asked.seed == "open":
        yield Open(Share(), subject=first.child, whole=first)
    elif asked.seed == "bare":
        yield Fire(CALL)
    elif asked.seed == "outside":
        yield On(None, [Fire(CALL)])
    elif asked.seed == "crash":
        raise ValueError("a bug")
    elif asked.seed == "no":
        yield On(first, [Fire(CALL)])
        yield deny("{n} wait", hint="wait with them", code="too_few", n=len(waiting))
        yield deny("it is late", code="late")


def no_answer(desk: Desk[Policy], waiting: Sequence[WishCase]) -> Iterable[Effect] | Deny:
    """A plan that is a no."""
    return deny("not today", code="not_today")


REFUSING = Batch("refusing", "Refusing", over=[(Wish, [WAITING])], plan=no_answer, may=[CALL], by=[SUPERVISOR])
DRAWING = Batch("draw", "Draw", over=[(Wish, [WAITING])], plan=draw, may=[CALL, Wish], by=[SUPERVISOR], form=Draw)
SHARING = Batch("share_out", "Share out", over=[(Wish, [CALLED])], plan=share_out, may=[Share], by=[SUPERVISOR])
ASTRAY = Batch("astray", "Astray", over=[(Wish, [WAITING])], plan=astray, may=[CALL], by=[SUPERVISOR], form=Draw)
PROGRAM = Program("sharing", "Sharing", version=1, policy=Policy, workflows=[WISH, SHARES], batches=[DRAWING, SHARING, ASTRAY, REFUSING])
