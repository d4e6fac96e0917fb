"""The programs of these tests: the errands, and readers whose club admits many at once, tells its members, and loses those whose guardians withdraw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.engine.errand import PROGRAM as ERRANDS
from workflow_core import (
    CHILD,
    SCHOOL,
    SYSTEM,
    TOWNSHIP,
    WHOLE,
    Batch,
    Case,
    Consent,
    Desk,
    Effect,
    Fire,
    On,
    Program,
    SetField,
    Stage,
    Summary,
    Transition,
    Workflow,
    ask,
    consented,
    form,
    hookimpl,
    parts,
    ref,
)


@form
class Policy:
    """Nothing is set."""

    size: int = ask("Size", default=1)


@form
class Club:
    """The whole."""

    left: int = ask("Members who left", default=0)


@form
class Reader:
    """The part."""

    rank: int = ask("Rank", default=0)
    told: str = ask("Told", default="")
    pauses: int = ask("Pauses", default=0)


@form
class Why:
    """Why it pauses."""

    why: str = ask("Why")


C, R, WY = ref(Club), ref(Reader), ref(Why)

ASKED, IN, RESTS = Stage("asked", "Asked"), Stage("in", "A member"), Stage("rests", "Rests")
OUT = Stage("out", "Out", final=True)
STOP = Transition(
    "stop", "The guardian withdrew", source=(ASKED, IN, RESTS), target=OUT, by=SYSTEM, do=[On(WHOLE, [SetField(C.left, lambda case: case.record.left + 1)])]
)
READING = Consent("reading", "Reading in a club", notice="2026-1", withdrawn=STOP)
ADMIT = Transition("admit", "Admit", source=ASKED, target=IN, by=SYSTEM, guards=[consented(READING)])
REST = Transition("rest", "Rest", source=IN, target=RESTS, by=SYSTEM)
READERS = Workflow(
    "reader", "Reader", prefix="RD", subject=CHILD, record=Reader, policy=Policy, initial=ASKED, stages=[ASKED, IN, RESTS, OUT],
    transitions=[ADMIT, REST, STOP], part_of=Club, consents=[READING], open_by=[SCHOOL], edit_by=[SCHOOL],
)  # fmt: skip

READS, PAUSES, OVER = Stage("reads", "Reads"), Stage("pauses", "Pauses"), Stage("over", "Over", final=True)
PAUSE = Transition(
    "pause", "Pause", source=READS, target=PAUSES, by=SCHOOL, form=Why,
    do=[On(parts(Reader, IN), [SetField(R.told, WY.why), SetField(R.pauses, lambda case: case.record.pauses + 1), Fire(REST)])],
)  # fmt: skip
CLUBS = Workflow(
    "club", "Club", prefix="CB", subject=TOWNSHIP, record=Club, policy=Policy, initial=READS, stages=[READS, PAUSES, OVER],
    transitions=[PAUSE, Transition("end", "End", source=PAUSES, target=OVER, by=SCHOOL)], open_by=[SCHOOL], edit_by=[SCHOOL],
)  # fmt: skip


def admit(desk: Desk[Policy], asked: Sequence[Case[Reader, Policy]]) -> Iterable[Effect]:
    """All who asked, in the order in which they did."""
    yield Summary({"asked": len(asked)})
    for rank, one in enumerate(sorted(asked, key=lambda one: one.ref), 1):
        yield On(one, [SetField(R.rank, rank), Fire(ADMIT)])


ADMITTING = Batch("admit", "Admit", over=[(Reader, [ASKED])], plan=admit, may=[ADMIT, Reader], by=[SCHOOL])
READERS_PROGRAM = Program("readers", "Readers", version=1, policy=Policy, workflows=[CLUBS, READERS], batches=[ADMITTING])


@hookimpl
def careflow_programs() -> list[Program[Any]]:
    return [ERRANDS, READERS_PROGRAM]
