"""Walks through programs: every walk through ours leaves a valid case; a fault is found, and told by its shortest walk."""

from __future__ import annotations

import builtins
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as some
from hypothesis.vendor.pretty import pretty

from tests.simulate import planted
from workflow_core.errors import Refused
from workflow_core.registry import Registry
from workflow_core.store import cases
from workflow_core.testing import walks
from workflow_core.testing.scenario import Scenario
from workflow_core.testing.walks import Step, Walk, check_valid, program_walks

FOUND = Registry.discover().programs
FIRST_PARTY = [(FOUND[name], one) for name in ("camp", "dropout_return", "healthcheck", "pairing") for one in FOUND[name].workflows if one.name != "camper"]
"""A camper is nominated in an edition whose seats are allotted, which chance does not bring about: its room opens it."""
WALKED = settings(
    max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink]
)


@pytest.mark.parametrize(("program", "workflow"), FIRST_PARTY, ids=[f"{program.name}.{one.name}" for program, one in FIRST_PARTY])
def test_every_walk_leaves_a_valid_case(program: Any, workflow: Any) -> None:
    """Whatever people write down, in whatever order and however late, also after a year in which nobody looked."""

    @WALKED
    @given(program_walks(program, workflow, most=14))
    def property_of(walk: Walk) -> None:
        walk.go()

    property_of()


def test_a_walk_does_what_its_numbers_say_and_tells_it() -> None:
    """Counted round over what is possible: the task, the way; a wait in between."""
    walk = Walk(planted.SOUND, planted.SOUND.workflows[0], 0, (Step(0, 0, 1), Step(3, 0, 1), Step(0, 0, 1)))
    with Scenario(planted.SOUND) as scenario:
        life = walk.go(scenario)
        assert (life.closed, walk.trace) == (True, walk.trace)
    assert walk.trace == ["opened: new", "way sink → bog", "3 days pass", "task weigh → bog", "way rise → over"]


def test_a_case_can_be_opened_by_the_author() -> None:
    """Where what chance writes down would not be taken."""
    walk = Walk(planted.SOUND, planted.SOUND.workflows[0], 0, (), opened=lambda scenario: scenario.open(planted.SOUND.workflows[0], weight=7))
    with Scenario(planted.SOUND) as scenario:
        assert walk.go(scenario).record.weight == 7


def test_a_walk_shrinks_to_its_shortest() -> None:
    """No more steps than it needs, nothing waited for, nothing said; it is shown by its numbers, not with the whole program."""
    quick = settings(max_examples=300, deadline=None, database=None, derandomize=True, phases=[Phase.generate, Phase.shrink])
    walk = find(program_walks(planted.TRAP, most=6), lambda one: len(one.steps) > 1 and one.steps[1].which > 3, settings=quick)
    assert (walk.opening, walk.steps) == (0, (Step(0, 0, 0), Step(0, 4, 0)))
    assert pretty(walk) == "Walk(matters.matter, 0, [(0, 0, 0), (0, 4, 0)])"


def test_a_failure_tells_what_the_walk_came_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps in words stand beside the failure."""
    told: list[str] = []
    monkeypatch.setattr(walks, "check_valid", lambda life: told.append(life.ref) if life.stage.name == "new" else pytest.fail("not so"))
    with pytest.raises(pytest.fail.Exception) as found:
        Walk(planted.SOUND, planted.SOUND.workflows[0], 0, (Step(2, 0, 1),)).go()
    assert found.value.__notes__ == ["Walk(matters.matter, 0, [(2, 0, 1)])\n  opened: new\n  2 days pass\n  way sink → bog"]


def test_a_case_that_is_not_valid_is_told_with_all_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed case whose task was left open, and whose timer still runs."""
    with Scenario(planted.SOUND) as scenario:
        life = scenario.open(planted.SOUND.workflows[0])
        check_valid(life)
        there = cases.load

        def damaged(tx: Any, **which: Any) -> Any:
            loaded: Any = there(tx, **which)
            loaded.case = {**loaded.case, "stage": "over", "closed_at": None, "version": 3}
            loaded.tasks = [{"name": "weigh", "state": "open", "kind": "task", "origin": ""}]
            loaded.timers = [{"name": "still", "state": "waiting"}]
            return loaded

        monkeypatch.setattr(cases, "load", damaged)
        with pytest.raises(AssertionError) as found:
            check_valid(life)
    assert str(found.value).splitlines()[1:] == [
        "  its history has a gap",
        "  it stands in a final stage, and is open",
        "  it is over, and a task is open: weigh",
        "  it is over, and a timer runs: still",
    ]


def test_without_hypothesis_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a trace of an import."""
    kept = builtins.__import__

    def refuse(name: str, *how: Any, **more: Any) -> Any:
        if name == "hypothesis":
            raise ImportError(name)
        return kept(name, *how, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(Refused) as refused:
        program_walks(planted.SOUND)
    assert (refused.value.code, refused.value.hint) == ("hypothesis_missing", "install careflow[testing]")


def test_walks_are_a_strategy_like_any_other() -> None:
    """They can be combined, and have no more steps than was said."""
    WALKED(given(some.tuples(program_walks(planted.SOUND, most=3), some.booleans()))(lambda both: _short(both[0])))()


def _short(walk: Walk) -> None:
    assert len(walk.steps) <= 3
