"""Many steps in one commit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.conftest import Town
from tests.engine.errand import PROGRAM
from workflow_core import Change, hookimpl
from workflow_core.engine import Outcome
from workflow_core.errors import CareError, Damaged


class Listener:
    """A plugin that remembers the cases it was told of."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def careflow_observe(self, change: Change) -> None:
        self.heard.append(change.ref)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def town(town_of: Callable[..., Town], listener: Listener) -> Town:
    return town_of(PROGRAM, plugins=[listener])


def start_all(town: Town, refs: list[str], per_commit: int = 200) -> dict[str, Outcome | CareError]:
    return dict(town.engine.each(refs, lambda ref: town.advance(ref, "start"), per_commit=per_commit))


def test_who_is_refused_stops_nobody(town: Town) -> None:
    """Each is answered: what was done, or why it was refused; a refusal leaves nothing behind."""
    good, bad, last = town.open(), town.open(title="x"), town.open()
    answers = start_all(town, [good, bad, "ER-26-99999", last])
    assert [getattr(one, "code", "done") for one in answers.values()] == ["done", "denied", "case_unknown", "done"]
    assert [town.stage(ref) for ref in (good, bad, last)] == ["running", "new", "running"]


def test_a_place_that_is_refused_at_the_writing_is_refused_alone(town: Town) -> None:
    """The fourth for three places is told so; the three keep theirs."""
    answers = start_all(town, [town.open() for _ in range(4)])
    assert [getattr(one, "code", "done") for one in answers.values()] == ["done", "done", "done", "limit_full"]


def test_observers_are_told_of_what_was_committed_alone(town: Town, listener: Listener) -> None:
    """One that is refused when its place is taken is not told, and takes nobody's telling with it."""
    refs = [town.open() for _ in range(4)]
    listener.heard.clear()
    start_all(town, refs)
    assert listener.heard == refs[:3]


def test_what_breaks_a_commit_is_found_by_trying_each_alone(town: Town) -> None:
    """A step that fails as no step should is raised, with what came before it committed."""
    refs = [town.open() for _ in range(3)]

    def step(ref: str) -> Outcome:
        if ref == refs[2]:
            raise Damaged("broken", "broken")
        return town.advance(ref, "start")

    done = []
    with pytest.raises(Damaged):  # noqa: PT012  (the loop is what raises, after its first rounds)
        for ref, _ in town.engine.each(refs, step):
            done.append(ref)
    assert done == refs[:2]
    assert [town.stage(ref) for ref in refs] == ["running", "running", "new"]


def test_commits_are_bounded(town: Town) -> None:
    """After so many steps the others can be seen by everybody."""
    refs = [town.open() for _ in range(3)]
    answers = town.engine.each(refs, lambda ref: town.advance(ref, "start"), per_commit=2)
    next(answers)
    assert [town.stage(ref) for ref in refs] == ["running", "running", "new"]
    assert len(list(answers)) == 2
