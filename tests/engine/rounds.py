"""A whole and its parts in two versions: every stage has another name, a part's task is counted from the whole's record, the whole counts its parts."""

from __future__ import annotations

from datetime import date
from typing import Any

from workflow_core import (
    AUTOMATIC,
    CHILD,
    SCHOOL,
    TOWNSHIP,
    Case,
    Deny,
    Program,
    Stage,
    Task,
    Transition,
    Upgrade,
    Workflow,
    ask,
    before,
    days,
    deny,
    form,
    none_in,
    ref,
)


@form
class Rules:
    """Nothing to set."""

    days: int = ask("Days", default=1)


@form
class Round:
    """The whole's record."""

    ends_on: date = ask("Ends on")


@form
class Check:
    """A part's record."""

    said: str = ask("Said", default="")


def rounds(version: int, *, upgrades: bool = True, parts_too: bool = True) -> Program[Any]:
    """The program in one of its versions, whose stages end in that number."""
    running, over = Stage(f"running{version}", "Running"), Stage("over", "Over", final=True)
    wanted, found, done = Stage(f"wanted{version}", "Wanted"), Stage(f"found{version}", "Found"), Stage(f"done{version}", "Done", final=True)
    look = Task("look", "Look", by=SCHOOL, due=before(ref(Round).ends_on, days(3)))
    end = Transition("end", "End", source=(wanted, found), target=done, by=SCHOOL)

    def three_are_done(case: Case[Round, Rules]) -> Deny | None:
        return None if case.count(Check, done) == 3 else deny("there are three")

    check = Workflow(
        "check", "Check", prefix="CK", subject=CHILD, record=Check, policy=Rules, part_of=Round, initial=wanted, stages=[wanted, found, done],
        transitions=[Transition("find", "Find", source=wanted, target=found, by=SCHOOL), end],
        tasks={(wanted, found): [look]}, open_by=[SCHOOL],
    )  # fmt: skip
    whole = Workflow(
        "round", "Round", prefix="RD", subject=TOWNSHIP, record=Round, policy=Rules, initial=running, stages=[running, over],
        transitions=[Transition("close", "Close", source=running, target=over, by=AUTOMATIC, guards=[none_in(Check, wanted, found), three_are_done])],
        open_by=[SCHOOL],
    )  # fmt: skip
    old = version - 1
    ups = [Upgrade(whole, since=old, stages={f"running{old}": running})]
    if parts_too:
        ups.append(Upgrade(check, since=old, stages={f"wanted{old}": wanted, f"found{old}": found, f"done{old}": done}))
    return Program("rounds", "Rounds", version=version, policy=Rules, workflows=[whole, check], upgrades=ups if old and upgrades else ())
