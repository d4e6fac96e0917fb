"""Whatever an author puts into a program, the checks answer with findings and never with a crash."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from tests.checks.samples import LATE, LENT, LOOK, READ, RETURN, SILENT, L, giving, loan, program
from tests.checks.samples_links import sheet
from workflow_core import (
    MONTH,
    SCHOOL,
    Child,
    Column,
    Document,
    Draft,
    Effect,
    Escalate,
    Every,
    Fire,
    Limit,
    Listing,
    Notify,
    Observe,
    On,
    Open,
    OpenTask,
    Per,
    Program,
    Refer,
    Register,
    SetField,
    Task,
    Use,
    When,
    after,
    days,
    earliest,
    filled,
    ref,
    weeks,
)
from workflow_core.checks import check

NOWHERE: Any = L
JUNK: list[Any] = [
    None,
    "x",
    -1,
    0,
    True,
    2.5,
    [],
    [None],
    ["x"],
    {},
    {None: [None]},
    (),
    (3,),
    object(),
    str,
    len,
    L.book,
    NOWHERE.nothing,
    RETURN,
    SCHOOL,
    lambda: 1,
]


def put(part: Any, name: str, value: object) -> Any:
    new = copy.copy(part)
    object.__setattr__(new, name, value)
    return new


def effects() -> list[Effect]:
    return [
        OpenTask(LOOK), Draft(Document("slip", "Slip", template="x")), Notify(SCHOOL, "late"), Escalate(SCHOOL, "late"), Refer("writing", "likes it"),
        Observe(READ, 1), SetField(L.book, "x"), Fire(RETURN), Open(giving().record()), On(None, [Fire(RETURN)]), When(filled(L.book), [Notify(SCHOOL, "x")]),
    ]  # fmt: skip


def everything() -> dict[str, Any]:
    return {
        "enter": {LATE: effects()},
        "limits": [Limit("one", "one", size=1, per="subject", held_in=[LENT])],
        "registers": [Register("log", "Log", row=giving().record, by=SCHOOL)],
        "tasks": {LENT: [LOOK, Task("ask", "Ask", by=SCHOOL, schedule=(Every(weeks(1)), Per(MONTH)), due=earliest(days(3), after(LOOK, days(2))))]},
    }


def names(part: Any) -> list[str]:
    return [field.name for field in fields(part) if field.name != "_"]


def spoilt(junk: object) -> Iterator[Program[Any]]:
    """The sound program with one field of one part replaced, each in turn."""
    whole = loan(**everything())
    listing = Listing("loans", "Loans", of=whole.record, columns=[Column("Book", L.book)])
    sound = put(put(sheet(), "listings", [listing]), "uses", [Use(ref(Child).born_on, "age")])

    def with_loan(name: str, value: object) -> Program[Any]:
        changed: Program[Any] = put(sound, "workflows", [put(whole, name, value), giving()])
        return changed

    yield from (put(sound, name, junk) for name in names(sound))
    yield from (with_loan(name, junk) for name in names(whole))
    for many in ("transitions", "timers", "limits", "registers"):
        for n, part in enumerate(getattr(whole, many)):
            for name in names(part):
                parts = list(getattr(whole, many))
                parts[n] = put(part, name, junk)
                yield with_loan(many, parts)
    for task in whole.tasks[LENT]:
        yield from (with_loan("tasks", {LENT: [put(task, name, junk)]}) for name in names(task))
    for effect in effects():
        yield from (with_loan("enter", {LATE: [put(effect, name, junk)]}) for name in names(effect))
    for many in ("imports", "listings", "uses"):
        for part in getattr(sound, many):
            yield from (put(sound, many, [put(part, name, junk)]) for name in names(part))
    for due in (put(days(1), "n", junk), put(after(LENT, days(1)), "anchor", junk), put(after(LENT, days(1)), "span", junk), put(earliest(), "of", junk)):
        yield with_loan("timers", [put(SILENT, "due", due)])


def test_the_program_that_is_spoilt_is_sound() -> None:
    """Before anything is replaced there is nothing to find, so that what is found comes from the junk."""
    assert check(program(loan(**everything()), giving())) == []


@pytest.mark.parametrize("junk", JUNK, ids=[f"{n}-{type(one).__name__}" for n, one in enumerate(JUNK)])
def test_junk_is_answered_with_findings(junk: object) -> None:
    """Every field of every part, replaced by this, is checked without a crash, and most of it is found."""
    answers = [check(one) for one in spoilt(junk)]
    assert all(finding.text() for found in answers for finding in found)
    assert sum(bool(found) for found in answers) > len(answers) / 3
