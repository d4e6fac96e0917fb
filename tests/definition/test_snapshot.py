"""A snapshot holds what is needed to read a case without its program; the structure's digest moves with structure alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from workflow_core import (
    CHILD,
    SCHOOL,
    SUPERVISOR,
    Attachment,
    Choice,
    Consent,
    Document,
    Draft,
    Limit,
    Program,
    Role,
    Stage,
    Task,
    Timer,
    Transition,
    Workflow,
    ask,
    days,
    form,
    ref,
    weeks,
)
from workflow_core.definition import snapshot_digest, structure_digest
from workflow_core.definition.snapshot import snapshot, type_name


class Wear(Choice):
    NEW = "As new"
    TORN = "Torn"


class WearReworded(Choice):
    NEW = "Like new"
    TORN = "Torn"


class WearGrown(Choice):
    NEW = "As new"
    TORN = "Torn"
    LOST = "Lost"


WearReworded.__name__ = WearGrown.__name__ = "Wear"


@form
class Page:
    number: int = ask("Number")


@form
class Loan:
    book: str = ask("Book")
    lent_on: date | None = ask("Lent on", default=None)
    wear: Wear = ask("Wear", default=Wear.NEW)
    phone: str = ask("Telephone", default="", personal=True, seen_by=[SCHOOL])
    pages: tuple[Page, ...] = ask("Pages", default=())
    proof: Attachment | None = ask("Proof", default=None)


@form
class Look:
    wear: Wear = ask("Wear")


@form
class LookReworded:
    wear: WearReworded = ask("How it looks")


@form
class LookGrown:
    wear: WearGrown = ask("Wear")


LookReworded.__name__ = LookGrown.__name__ = "Look"


@form
class Policy:
    days_lent: int = ask("Days", default=14)


LENT, BACK, LOST = Stage("lent", "Lent"), Stage("back", "Back", final=True, outcome="returned"), Stage("lost", "Lost", final=True)
SLIP = Document("slip", "Slip", template="slip.html.j2", number="[{year}]{n}")
RETURN = Transition("return", "Brought back", source=LENT, target=BACK, by=SCHOOL, fills=[ref(Loan).wear], do=[Draft(SLIP)])
LOOK: Task[Any] = Task("look", "Look at the book", by=SCHOOL, form=Look)
SILENT = Timer("silent", LENT, due=weeks(2), fire=RETURN)


def program(**changes: Any) -> Program[Any]:
    whole: dict[str, Any] = {
        "prefix": "LN", "subject": CHILD, "record": Loan, "policy": Policy, "initial": LENT, "stages": [LENT, BACK], "transitions": [RETURN],
        "tasks": {LENT: [LOOK]}, "timers": [SILENT], "limits": [Limit("one", "one each", size=1, per="subject", held_in=[LENT])], "open_by": [SCHOOL],
    }  # fmt: skip
    return Program("reading", "Reading corner", version=1, policy=Policy, workflows=[Workflow("loan", "Loan", **(whole | changes))])


def test_a_snapshot_is_json_with_all_that_reading_a_case_needs() -> None:
    """Titles, outcomes, labels, choices and what is personal are in it, in JSON's own types."""
    kept = json.loads(json.dumps(snapshot(program()), allow_nan=False))
    (loan,) = kept["workflows"]
    assert (kept["name"], kept["version"], loan["prefix"], loan["subject"], loan["initial"]) == ("reading", 1, "LN", "child", "lent")
    assert [(stage["name"], stage["title"], stage["final"], stage["outcome"]) for stage in loan["stages"]] == [
        ("lent", "Lent", False, None),
        ("back", "Back", True, "returned"),
    ]
    fields = {field["name"]: field for field in loan["record"]["fields"]}
    assert {name: field["type"] for name, field in fields.items()} == {
        "book": "str", "lent_on": "date?", "wear": "Wear", "phone": "str", "pages": "tuple[Page]", "proof": "Attachment?",
    }  # fmt: skip
    assert fields["wear"]["choices"] == {"NEW": "As new", "TORN": "Torn"}
    assert (fields["phone"]["personal"], fields["phone"]["seen_by"]) == (True, ["school"])
    assert fields["pages"]["fields"][0]["label"] == "Number"
    assert loan["tasks"] == [{**loan["tasks"][0], "name": "look", "title": "Look at the book", "by": ["school"], "stages": ["lent"]}]
    assert loan["transitions"][0]["fills"] == ["wear"]
    assert loan["timers"] == [{"name": "silent", "stages": ["lent"], "fires": "return"}]
    assert loan["documents"] == [{"name": "slip", "title": "Slip", "template": "slip.html.j2", "number": "[{year}]{n}"}]


def test_equal_programs_have_equal_digests() -> None:
    """The digests depend on what the program says, not on the run."""
    assert snapshot_digest(program()) == snapshot_digest(program())
    assert structure_digest(program()) == structure_digest(program())
    assert len(snapshot_digest(program())) == 64


LENDING = Consent("lending", "Lending books", notice="2026-1")
STRUCTURE: dict[str, Callable[[], Program[Any]]] = {
    "a stage more": lambda: program(stages=[LENT, BACK, LOST]),
    "a final stage that is none": lambda: program(stages=[LENT, Stage("back", "Back", outcome="returned")]),
    "another target": lambda: program(stages=[LENT, BACK], transitions=[replace(RETURN, target=LENT)]),
    "another source": lambda: program(transitions=[replace(RETURN, source=(LENT, BACK))]),
    "another name": lambda: program(transitions=[replace(RETURN, name="bring")]),
    "a task elsewhere": lambda: program(tasks={BACK: [LOOK]}),
    "a choice more": lambda: program(tasks={LENT: [replace(LOOK, form=LookGrown)]}),
    "no form": lambda: program(tasks={LENT: [replace(LOOK, form=None)]}),
    "no timer": lambda: program(timers=[]),
    "a consent": lambda: program(consents=[LENDING]),
}


@pytest.mark.parametrize("changed", STRUCTURE.values(), ids=STRUCTURE)
def test_a_change_of_structure_moves_both_digests(changed: Callable[[], Program[Any]]) -> None:
    """Names, ends, sources, targets, waiting tasks, field types and choices are structure."""
    assert structure_digest(changed()) != structure_digest(program())
    assert snapshot_digest(changed()) != snapshot_digest(program())


def test_a_consent_is_recorded_and_its_notice_is_no_structure() -> None:
    """What a consent is called and rests on is structure; that the notice was written anew is not: the open cases go on."""
    anew = program(consents=[replace(LENDING, notice="2026-2")])
    assert structure_digest(anew) == structure_digest(program(consents=[LENDING]))
    assert snapshot_digest(anew) != snapshot_digest(program(consents=[LENDING]))
    assert structure_digest(program(consents=[replace(LENDING, basis="emergency")])) != structure_digest(anew)


RETITLED = Stage("back", "Returned", final=True, outcome="brought")
WORDS: dict[str, Callable[[], Program[Any]]] = {
    "a title": lambda: program(transitions=[replace(RETURN, title="Returned")]),
    "labels": lambda: program(tasks={LENT: [replace(LOOK, form=LookReworded)]}),
    "a role": lambda: program(transitions=[replace(RETURN, by=SUPERVISOR)]),
    "a stage's title": lambda: program(stages=[LENT, RETITLED], transitions=[replace(RETURN, target=RETITLED)]),
    "an order": lambda: program(stages=[BACK, LENT]),
    "a version": lambda: replace(program(), version=2),
    "a role more": lambda: replace(program(), roles=[Role("librarian", "Librarian")]),
}


@pytest.mark.parametrize("changed", WORDS.values(), ids=WORDS)
def test_a_change_of_words_moves_only_the_digest_of_all(changed: Callable[[], Program[Any]]) -> None:
    """Titles, labels, roles, order and the version number are recorded, and are no structure."""
    assert structure_digest(changed()) == structure_digest(program())
    assert snapshot_digest(changed()) != snapshot_digest(program())


def test_what_runs_is_not_in_it() -> None:
    """Due dates and effects are code: the event stores its version."""
    assert snapshot_digest(program(timers=[replace(SILENT, due=days(9))])) == snapshot_digest(program())


def test_types_are_written_alike_everywhere() -> None:
    """A type's name does not depend on how the annotation was written."""
    assert type_name(date | None) == type_name(None | date) == "date?"
    assert type_name(tuple[Page, ...]) == "tuple[Page]"


@form
class Box:
    label: str = ask("Label")
    inner: tuple[Box, ...] = ask("Inner", default=())


def test_a_form_inside_itself_comes_to_an_end() -> None:
    """A form that holds others of its kind is written down once."""
    (record,) = (workflow["record"] for workflow in snapshot(program(record=Box, transitions=[replace(RETURN, fills=())]))["workflows"])
    assert [(field["name"], "fields" in field) for field in record["fields"]] == [("label", False), ("inner", False)]
