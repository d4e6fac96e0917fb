"""Foreign code that hangs is not waited for: an observer, a veto, a calendar, a channel."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest

from workflow_core import CalendarDay, Change, Deny, hookimpl
from workflow_core.registry import Registry
from workflow_core.registry.patience import Patience, TookTooLong

CHANGE = Change(
    "reading", "loan", "LN-26-00001", kind="advanced", transition="end", from_stage="a", to_stage="b", at=datetime(2026, 7, 1, tzinfo=UTC), actor="wang"
)


class Hanging:
    """A plugin that waits for a server that never answers."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.asked = 0

    @hookimpl
    def careflow_observe(self, change: Change) -> None:
        self.asked += 1
        self.over.wait()

    @hookimpl
    def careflow_veto(self, change: Change) -> Deny | None:
        self.over.wait()
        return None

    @hookimpl
    def careflow_calendar(self, division: str, year: int) -> list[CalendarDay] | None:
        self.over.wait()
        return None


class Watching:
    def __init__(self) -> None:
        self.seen = 0

    @hookimpl
    def careflow_observe(self, change: Change) -> None:
        self.seen += 1


def test_an_observer_that_hangs_holds_nobody_up_and_is_reported() -> None:
    """Once it is waited for, and never again; the others are told each time."""
    hanging, watching = Hanging(), Watching()
    registry = Registry.of(plugins=[hanging, watching])
    registry.patience.seconds = 0.2
    begun = time.monotonic()
    failures = [one.error for _ in range(5) for one in registry.observe(CHANGE)]
    assert failures == ["TookTooLong"] * 5
    assert time.monotonic() - begun < 2
    assert (hanging.asked, watching.seen) == (1, 5)
    hanging.over.set()


def test_a_veto_that_hangs_denies() -> None:
    """A rule that cannot be asked is not a rule that was kept."""
    hanging = Hanging()
    registry = Registry.of(plugins=[hanging])
    registry.patience.seconds = 0.2
    assert [one.code for one in registry.veto(CHANGE)] == ["veto_failed"]
    assert registry.calendar("99", 2026) is None
    hanging.over.set()


def test_a_process_ends_although_a_plugin_hangs() -> None:
    """The thread that is left behind is a daemon."""
    patience = Patience(0.1)
    over = threading.Event()
    with pytest.raises(TookTooLong):
        patience.wait_for("one", over.wait)
    left = [thread for thread in threading.enumerate() if thread.name == "careflow-plugins"]
    assert all(thread.daemon for thread in left)
    assert patience.wait_for("another", lambda: 3) == 3
    with pytest.raises(TookTooLong):
        patience.wait_for("one", lambda: 4)
    over.set()


def test_what_is_raised_is_raised_here() -> None:
    """Also what would end a program."""
    with pytest.raises(SystemExit):
        Patience(5).wait_for("one", lambda: exit(3))


def test_each_thread_is_answered_its_own() -> None:
    """Two desks in one process do not get each other's answers."""
    patience = Patience(5)
    wrong: list[int] = []

    def many(first: int) -> None:
        wrong.extend(n for n in range(first, first + 200) if patience.wait_for("x", lambda n=n: n) != n)  # type: ignore[misc]

    threads = [threading.Thread(target=many, args=(first,)) for first in (0, 1000, 2000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
