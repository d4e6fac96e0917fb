"""A workflow can be asked for everything that is in it, and says when it is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from workflow_core import (
    AUTOMATIC,
    CHILD,
    SCHOOL,
    SUPERVISOR,
    Deny,
    Do,
    Document,
    Draft,
    Effect,
    Escalate,
    Every,
    Fire,
    Import,
    On,
    Once,
    OpenTask,
    Person,
    Program,
    Refer,
    Register,
    Stage,
    Task,
    Timer,
    Transition,
    When,
    Workflow,
    after,
    ask,
    at,
    before,
    days,
    deny,
    earliest,
    form,
    months,
    weeks,
)
from workflow_core.definition import Case, Desk


@form
class Loan:
    book: str = ask("Book", default="")


@form
class Policy:
    days_lent: int = ask("Days", default=14)


def late(case: Case[Any, Any]) -> Deny | None:
    return deny("not late")


LENT, LATE, BACK = Stage("lent", "Lent"), Stage("late", "Late"), Stage("back", "Back", final=True)
REPLY, OTHER = Task("reply", "Read the answer", by=SCHOOL), Task("other", "Of another case", by=SCHOOL)
ASK = Task("ask", "Ask for it", by=(SCHOOL, SUPERVISOR), schedule=(Every(weeks(1)), Every(months(1))), late=[Refer("library", "wants books", reply=REPLY)])
LOOK = Task("look", "Look", by=SCHOOL)
SLIP, LETTER = Document("slip", "Slip", template="slip.html.j2"), Document("letter", "Letter", template="letter.html.j2")
RETURN = Transition("return", "Back", source=(LENT, LATE), target=BACK, by=SCHOOL, do=[When(late, [Draft(SLIP)], otherwise=[Draft(LETTER)])])
REMIND = Transition("remind", "Late", source=LENT, target=LATE, by=AUTOMATIC, do=[OpenTask(ASK), On(None, [Do(OTHER, None), Fire(RETURN)])])
LOANS = Workflow(
    "loan", "Loan", prefix="LN", subject=CHILD, record=Loan, policy=Policy, initial=LENT, stages=[LENT, LATE, BACK], transitions=[REMIND, RETURN],
    tasks={(LENT, LATE): [LOOK]}, timers=[Timer("silent", LENT, due=weeks(2), do=[Escalate(SUPERVISOR, "silence")])], open_by=[SCHOOL],
)  # fmt: skip


def take(desk: Desk[Policy], row: Loan) -> list[Effect]:
    return []


PROGRAM = Program(
    "reading", "Reading", version=1, policy=Policy, workflows=[LOANS], imports=[Import("books", "Books", row=Loan, subject=CHILD, take=take, by=[])]
)


def test_names_find_their_parts() -> None:
    """Stages and workflows are found by name, workflows by their record too; an unknown one raises."""
    assert LOANS.stage("late") is LATE
    assert PROGRAM.workflow("loan") is LOANS
    assert PROGRAM.workflow_of(Loan) is LOANS
    look_ups: list[Callable[[], object]] = [lambda: LOANS.stage("lost"), lambda: PROGRAM.workflow("lost"), lambda: PROGRAM.workflow_of(Policy)]
    for look_up in look_ups:
        with pytest.raises(KeyError):
            look_up()


def test_tasks_wait_in_each_stage_of_their_group() -> None:
    """A group of stages shares its tasks."""
    assert LOANS.tasks_in(LENT) == LOANS.tasks_in(LATE) == (LOOK,)
    assert LOANS.tasks_in(BACK) == ()


def test_every_task_is_found_wherever_it_is_named() -> None:
    """Under stages, in effects, and as the reply to a referral inside another task; not what happens to another case."""
    assert LOANS.all_tasks() == (LOOK, ASK, REPLY)


def test_every_effect_is_found_wherever_it_hides() -> None:
    """Those inside When, On and the tasks that effects open are among them."""
    kinds = [type(effect).__name__ for effect in LOANS.all_effects()]
    assert sorted(kinds) == ["Do", "Draft", "Draft", "Escalate", "Fire", "On", "OpenTask", "Refer", "When"]
    assert [type(effect).__name__ for effect in LOANS.all_effects(on_others=False)].count("Fire") == 0
    assert LOANS.documents() == (SLIP, LETTER)


def test_one_or_several_are_always_several() -> None:
    """Who, when and from where are given alone or in a row, and read as a row."""
    assert (LOOK.doers, ASK.doers) == ((SCHOOL,), (SCHOOL, SUPERVISOR))
    assert len(ASK.schedules) == 2
    assert isinstance(LOOK.schedules[0], Once)
    assert (REMIND.sources, RETURN.sources) == ((LENT,), (LENT, LATE))
    assert LOANS.timers[0].stages == (LENT,)
    assert Register("log", "Log", row=Loan, by=[SCHOOL]).doers == (SCHOOL,)


def test_moments_lie_before_on_or_after_their_anchor() -> None:
    """Before, at and after differ by their sign; the earliest of several keeps them all."""
    assert [before(LENT_DAY, days(1)).sign, at(LENT_DAY).sign, after(LENT_DAY, days(1)).sign] == [-1, 0, 1]
    assert len(earliest(days(1), after(LATE, weeks(1))).of) == 2
    assert (SLIP.signed.event, SLIP.served.event, SLIP.served.document) == ("signed", "served", SLIP)


LENT_DAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2014, 9, 1), date(2026, 8, 31), 11),
        (date(2014, 9, 1), date(2026, 9, 1), 12),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (None, date(2026, 9, 1), None),
    ],
)
def test_age_is_in_completed_years(born: date | None, on: date, age: int | None) -> None:
    """A year is completed on the birthday; one who was born on 29 February completes it on 1 March."""
    assert Person("P-1", born, "female").age(on) == age
