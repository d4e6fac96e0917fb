"""What somebody else must do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.conftest import Town
from tests.engine.small import GO, small
from workflow_core import Task, Transition
from workflow_core.definition import SCHOOL, SUPERVISOR
from workflow_core.errors import NotPermitted


def test_somebody_else_must_look_again(town_of: Callable[..., Town]) -> None:
    """Who did the first may not do the second."""
    first = Task("draft", "Draft", by=(SCHOOL, SUPERVISOR))
    town = town_of(small(first, Task("check", "Check", by=(SCHOOL, SUPERVISOR), four_eyes=[first])))
    ref = town.start()
    town.do(f"{ref}.draft")
    with pytest.raises(NotPermitted) as error:
        town.do(f"{ref}.check")
    assert error.value.code == "four_eyes"
    town.engine.do_task(town.supervisor, f"{ref}.check")


def test_a_training_office_lets_it_pass_and_marks_it(town_of: Callable[..., Town]) -> None:
    """Also for a transition, and after a transition."""
    first = Task("draft", "Draft", by=SCHOOL)
    sign = Transition("sign", "Sign", source=GO.source, target=GO.target, by=SCHOOL, four_eyes=[first])
    town = town_of(small(first, transitions=[sign]), training=True)
    ref = town.start()
    town.do(f"{ref}.draft")
    town.advance(ref, "sign")
    assert town.events(ref)[-1]["says"]["same_eyes"] == "training"
