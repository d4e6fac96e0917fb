"""What a task waits for."""

from __future__ import annotations

from collections.abc import Callable

from tests.engine.conftest import Town
from tests.engine.small import Small, small
from workflow_core import Deny, Task, deny
from workflow_core.definition import SCHOOL, SUPERVISOR


def ready(case: Small) -> Deny | None:
    """Whether it is ready."""
    return None if case.record.ready else deny("it is not ready", code="not_ready")


def codes(town: Town, ref: str, name: str) -> list[str]:
    [answer] = town.engine.why_task(town.teacher, ref, name)
    return [one.code for one in answer.reasons]


def test_a_task_tells_what_must_be_done_before(town_of: Callable[..., Town]) -> None:
    """What it needs, the guard that keeps it shut, and then whose eyes it needs; one that is done says so."""
    first = Task("draft", "Draft", by=SCHOOL)
    second = Task("check", "Check", by=(SCHOOL, SUPERVISOR), needs=[first], only_if=ready, four_eyes=[first])
    town = town_of(small(first, second))
    ref = town.start()
    assert codes(town, ref, "draft") == []
    assert codes(town, ref, "check") == ["waits_for", "not_ready"]
    town.do(f"{ref}.draft")
    assert codes(town, ref, "check") == ["not_ready", "four_eyes"]
    assert codes(town, ref, "draft") == ["task_closed"]
    assert codes(town, ref, "1") == ["task_closed"]


def test_a_task_tells_who_may(town_of: Callable[..., Town]) -> None:
    """Whoever has no role for it is not permitted."""
    town = town_of(small(Task("check", "Check", by=SUPERVISOR)))
    ref = town.start()
    [answer] = town.engine.why_task(town.teacher, ref, "check")
    assert (answer.allowed, answer.permitted, answer.roles) == (False, False, ("child_supervisor",))
