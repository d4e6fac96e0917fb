"""Several at once: real processes on one office, and threads in one process."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.conftest import Desks, Town
from tests.engine.desk import PROGRAM
from workflow_core import Change, hookimpl
from workflow_core.errors import Conflict


class Loud:
    """A plugin that remembers what it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def careflow_observe(self, change: Change) -> None:
        self.heard.append(f"{change.ref} {change.kind}")


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    return town_of(PROGRAM)


def test_of_two_who_read_the_same_case_one_writes(town: Town, desks: Desks) -> None:
    """The other is told that it changed, with exit code 4, and nothing of what he did is left."""
    ref = town.start()
    said = desks("note", [{"given": [ref, f"desk {n}"]} for n in range(2)], pause="read")
    assert Counter(one["won"] for one in said) == {True: 1, False: 1}
    assert [(one["code"], one["exit"]) for one in said if not one["won"]] == [("case_changed", 4)]
    assert town.kinds(ref) == ["opened", "noted"]


def test_of_two_who_do_the_same_task_one_has_done_it(town: Town, desks: Desks) -> None:
    """Whoever comes a moment later is told by the case as it stands then."""
    ref = town.start()
    said = desks("do_task", [{"given": [f"{ref}.call"]}] * 2, pause="read")
    assert sorted(one["won"] for one in said) == [False, True]
    assert town.states(ref, "call") == ["done"]


def test_of_eight_desks_that_want_the_last_place_one_gets_it(town: Town, desks: Desks) -> None:
    """All eight have seen that it is free."""
    refs = [town.start() for _ in range(8)]
    said = desks("advance", [{"given": [ref, "go"]} for ref in refs], pause="read")
    assert Counter(one.get("code") for one in said) == {None: 1, "limit_full": 7}
    assert Counter(one.stage for one in town.engine.cases(town.teacher)) == {"other": 1, "waiting": 7}


def test_of_four_desks_that_open_a_case_of_one_child_one_does(town: Town, desks: Desks) -> None:
    """The numbers of the others are given back."""
    child = town.child()
    said = desks("open", [{"given": ["small", child, {"title": "one"}]}] * 4)
    assert Counter(one.get("code") for one in said) == {None: 1, "already_open": 3}
    assert town.start() == "SM-26-00002"


def test_a_request_that_comes_four_times_is_done_once(town: Town, desks: Desks) -> None:
    """All four get the same answer."""
    child = town.child()
    said = desks("open", [{"given": ["small", child, {"title": "one"}], "request": "a1"}] * 4)
    assert {(one.get("ref"), one["won"]) for one in said} == {("SM-26-00001", True)}
    assert town.kinds("SM-26-00001") == ["opened"]


def test_a_step_that_comes_twice_is_taken_once(town: Town, desks: Desks) -> None:
    """Also when both have read the case before either has written."""
    ref = town.start()
    said = desks("advance", [{"given": [ref, "go"], "request": "a2"}] * 2, pause="read")
    assert [one["won"] for one in said] == [True, True]
    assert town.kinds(ref) == ["opened", "advanced"]


def test_two_clocks_do_each_thing_once(town: Town, desks: Desks, tmp_path: Path) -> None:
    """Each timer fires once, each message is sent once, and neither clock complains."""
    refs = [town.start() for _ in range(60)]
    town.clock.instant += timedelta(days=3)
    said = desks("tick", [{}, {}])
    assert [one["problems"] for one in said] == [[], []]
    assert sum(one["fired"] for one in said) == 60
    assert {tuple(town.kinds(ref)) for ref in refs[:5]} == {("opened", "timer_fired")}
    keys = [json.loads(line)["key"] for line in (tmp_path / "messages.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (len(keys), len(set(keys))) == (60, 60)
    assert town.engine.tick().cases == 0


def test_two_clocks_in_one_process(town: Town) -> None:
    """Threads share the engine."""
    refs = [town.start() for _ in range(20)]
    town.clock.instant += timedelta(days=3)
    with ThreadPoolExecutor(2) as pool:
        reports = [one.result() for one in [pool.submit(town.engine.tick) for _ in range(2)]]
    assert sum(one.fired for one in reports) == 20
    assert [one["rounds"] for one in (town.engine.show(town.teacher, ref).record for ref in refs)] == [1] * 20


def test_one_threads_failure_is_not_anothers_silence(town_of: Callable[..., Town]) -> None:
    """Plugins are told of each change that was committed, and of no other."""
    loud = Loud()
    town = town_of(PROGRAM, plugins=[loud])
    refs = [town.start() for _ in range(8)]
    loud.heard.clear()

    def work(ref: str) -> int:
        won = 0
        for n in range(6):
            try:
                town.engine.note(town.teacher, ref, f"note {n}")
                won += 1
            except Conflict:
                continue
        return won

    with ThreadPoolExecutor(4) as pool:
        won = sum(pool.map(work, [*refs, *refs]))
    assert len(loud.heard) == won
