"""What an upgrade refuses, case by case: a record that does not fit, an end that is none; and what it tells of a case that a function fails for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from tests.engine.conftest import Town
from tests.engine.test_upgrade import ADMIN, MakeTown, with_programs
from workflow_core import CHILD, SCHOOL, Choice, OldCase, Program, Stage, Transition, Upgrade, Workflow, ask, form
from workflow_core.checks import check
from workflow_core.engine.upgrading import Upgraded, upgrade


@form
class Rules:
    """Nothing to set."""

    days: int = ask("Days", default=1)


@form
class First:
    """The record of version 1."""

    title: str = ask("Title")
    said: str = ask("Said", default="")
    on: date | None = ask("On", default=None)
    n: int = ask("Number", default=1)


class Mood(Choice):
    """A choice."""

    GOOD = "Good"


A, END = Stage("a", "A"), Stage("end", "End", final=True)
GO = Transition("go", "Go", source=A, target=END, by=SCHOOL)


def flow(record: type[Any], *more: Stage) -> Workflow[Any, Any]:
    return Workflow(
        "small", "Small", prefix="SM", subject=CHILD, record=record, policy=Rules, initial=A, stages=[A, END, *more],
        transitions=[GO, *(Transition(f"to_{one.name}", "To", source=A, target=one, by=SCHOOL) for one in more)], open_by=[SCHOOL], edit_by=[SCHOOL],
    )  # fmt: skip


V1 = Program("small", "Small", version=1, policy=Rules, workflows=[flow(First)])


def second(fields: type[Any] = First, **how: Any) -> Program[Any]:
    """Version 2, with that record, and another end."""
    new = flow(fields, Stage("other", "Other", final=True))
    return Program("small", "Small", version=2, policy=Rules, workflows=[new], upgrades=[Upgrade(new, since=1, **how)])


def move(town: Town, **how: Any) -> Upgraded:
    return upgrade(town.engine.runtime, ADMIN, "small", **how)


@pytest.fixture
def opened(town_of: MakeTown) -> Callable[..., tuple[Town, str]]:
    """An office with one case of version 1, and another version installed."""

    def make(new: Program[Any], **record: Any) -> tuple[Town, str]:
        town = town_of(V1)
        ref = town.start(**record)
        return with_programs(town, new), ref

    return make


# ------------------------------------------------------------------ records


@form
class Counted:
    """Said is a number now."""

    title: str = ask("Title")
    said: int = ask("Said", default=0)


@form
class Dated:
    """The date must be there."""

    title: str = ask("Title")
    on: date = ask("On")


@form
class Bounded:
    """The number has a least value."""

    title: str = ask("Title")
    n: int = ask("Number", default=5, ge=5)


@pytest.mark.parametrize(("record", "field"), [(Counted, "said"), (Dated, "on"), (Bounded, "n")])
def test_a_record_that_does_not_fit_stays_and_its_field_is_told(opened: Callable[..., tuple[Town, str]], record: type[Any], field: str) -> None:
    """Another type, nothing where something must be, out of bounds: told with the field, never with the value."""
    town, ref = opened(second(record), said="unspeakable")
    for dry_run in (True, False):
        [told] = move(town, dry_run=dry_run).cases
        assert told.problem is not None
        assert told.problem["code"] in ("upgrade_record", "upgrade_unsound")
        assert field in json.dumps(told.problem)
        assert "unspeakable" not in json.dumps(told.as_dict())
    assert town.stage(ref) == "a"


@pytest.mark.parametrize("record", [Counted, Dated, Bounded])
def test_an_author_is_told_before(record: type[Any]) -> None:
    """Where the older version is kept in the file, a change of type, of what must be there and of bounds is a finding."""
    new = second(record)
    kept = Program("small", "Small", version=2, policy=Rules, workflows=new.workflows, previous=[V1], upgrades=new.upgrades)
    assert [one.code for one in check(kept) if one.severity == "error"] == ["upgrade_record"]


@form
class Plain:
    """The bounds of an older version."""

    title: str = ask("Title")
    n: int = ask("Number", default=5, ge=5, le=9)


def test_bounds_that_were_always_there_are_no_finding() -> None:
    """Nothing is tried that the older version did not allow either."""
    old = Program("small", "Small", version=1, policy=Rules, workflows=[flow(Plain)])
    new = flow(Plain)
    kept = Program("small", "Small", version=2, policy=Rules, workflows=[new], previous=[old], upgrades=[Upgrade(new, since=1)])
    assert [one.code for one in check(kept) if one.severity == "error"] == []


# ------------------------------------------------------------------ ends


def ended_by_number(case: OldCase) -> Stage:
    """No record that a check tries has such a number."""
    return END if case.record["n"] > 5 else A


def test_an_open_case_is_not_closed_by_an_upgrade(opened: Callable[..., tuple[Town, str]]) -> None:
    """A function that leads an open case to an end is refused for it, whatever the check could try."""
    town, ref = opened(second(stages={"a": ended_by_number}), n=9)
    for dry_run in (True, False):
        [told] = move(town, dry_run=dry_run).cases
        assert told.problem is not None
        assert told.problem["code"] == "upgrade_final"
    assert town.stage(ref) == "a"


# ------------------------------------------------------------------ what is told


def by_name(record: Mapping[str, Any]) -> First:
    """Fails for whatever it does not know."""
    known = {"text": 1, "": 2, "a matter": 3}
    return First(title=record["title"], n=known[record["said"]])


def test_what_is_told_of_a_failure_holds_no_value(opened: Callable[..., tuple[Town, str]]) -> None:
    """The kind of error and the line of the program; not what the error says, which may be a name."""
    town, _ = opened(second(record=by_name), said="unspeakable")
    told = json.dumps(move(town, dry_run=True).as_dict())
    assert "unspeakable" not in told
    assert "KeyError (test_upgrade_refused.py:" in told
