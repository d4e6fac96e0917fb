"""Plugins are asked one by one: what one of them does wrong costs the others nothing."""

from __future__ import annotations

import inspect
import logging
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import dedent

import pytest

from workflow_core import CalendarDay, Change, Channel, Deny, Message, Program, Stage, Transition, Workflow, ask, deny, form, hookimpl
from workflow_core.definition import SCHOOL
from workflow_core.errors import Misused
from workflow_core.registry import Registry, hookspecs

CHANGE = Change(
    "reading", "loan", "LN-26-00001", kind="advanced", transition="end", from_stage="a", to_stage="b", at=datetime(2026, 7, 1, tzinfo=UTC), actor="wang"
)
NAMELESS = "a person's name"


class Silent:
    @hookimpl
    def careflow_veto(self, change: Change) -> Deny | None:
        return None


class Refusing:
    @hookimpl
    def careflow_veto(self, change: Change) -> Deny | None:
        return deny("not {kind} now", kind=change.kind)


class Crashing:
    @hookimpl
    def careflow_veto(self, change: Change) -> Deny | None:
        raise RuntimeError(NAMELESS)

    @hookimpl
    def careflow_observe(self) -> None:
        raise SystemExit(NAMELESS)

    @hookimpl
    def careflow_calendar(self, division: str, year: int) -> list[CalendarDay] | None:
        raise KeyError(division)


class Answering:
    @hookimpl
    def careflow_veto(self) -> bool:
        return True


class Watching:
    def __init__(self) -> None:
        self.seen: list[str] = []

    @hookimpl
    def careflow_observe(self, change: Change) -> None:
        self.seen.append(change.ref)


class Knowing:
    @hookimpl
    def careflow_calendar(self, year: int) -> list[CalendarDay] | None:
        return [CalendarDay(date(2026, 1, 1), working=False, school=False, name="New Year")] if year == 2026 else None


def codes(found: list[Deny]) -> list[str]:
    return [one.code for one in found]


def test_every_veto_is_asked_and_every_reason_told() -> None:
    """All plugins are asked before a change, and all reasons come back, in the plugins' order."""
    found = Registry.of(plugins=[Silent(), Refusing(), Refusing()]).veto(CHANGE)
    assert [one.text() for one in found] == ["not advanced now", "not advanced now"]
    assert Registry.of(plugins=[Silent()]).veto(CHANGE) == []


@pytest.mark.parametrize("plugin", [Crashing(), Answering()])
def test_a_veto_that_crashes_denies(plugin: object) -> None:
    """A rule that raises, or answers neither None nor a reason, denies; the next plugin is asked all the same."""
    assert codes(Registry.of(plugins=[plugin, Refusing()]).veto(CHANGE)) == ["veto_failed", "denied"]


def test_an_observer_that_crashes_stops_nobody() -> None:
    """Observers after a broken one are told, and the broken one is reported."""
    watching = Watching()
    (failure,) = Registry.of(plugins=[Crashing(), watching]).observe(CHANGE)
    assert watching.seen == ["LN-26-00001"]
    assert (failure.plugin, failure.hook, failure.error) == ("given-0", "careflow_observe", "SystemExit")
    assert failure.at.startswith("test_hooks.py:")


def test_what_a_crash_said_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A foreign message may hold a name: the log has the type of the error and the way to it, and no more."""
    with caplog.at_level(logging.DEBUG):
        registry = Registry.of(plugins=[Crashing()])
        registry.veto(CHANGE)
        registry.observe(CHANGE)
    assert "RuntimeError" in caplog.text
    assert NAMELESS not in caplog.text


def test_the_first_plugin_that_knows_the_calendar_decides() -> None:
    """One that crashes and one that does not know are passed over."""
    registry = Registry.of(plugins=[Crashing(), Knowing()])
    days = registry.calendar("990101", 2026)
    assert days is not None
    assert [day.name for day in days] == ["New Year"]
    assert registry.calendar("990101", 2027) is None


def test_channels_are_known_by_name() -> None:
    """A plugin's channel delivers what it is given, and two of one name clash."""
    sent: list[Message] = []

    class Sending:
        @hookimpl
        def careflow_channels(self) -> list[Channel]:
            return [Channel("sms", sent.append)]

    message = Message("key", "school", "990101001", "LN-26-00001", "A book is late", datetime(2026, 7, 1, tzinfo=UTC))
    Registry.of(plugins=[Sending()]).channels["sms"].send(message)
    assert sent == [message]
    with pytest.raises(Misused) as caught:
        Registry.of(plugins=[Sending(), Sending()])
    assert [one.code for one in caught.value.problems] == ["channel_clash"]


@form
class Record:
    note: str = ask("Note", default="")


@form
class Policy:
    n: int = ask("N", default=1)


def program(name: str, prefix: str) -> Program[Policy]:
    a, b = Stage("a", "A"), Stage("b", "B", final=True)
    end = Transition("end", "End", source=a, target=b, by=SCHOOL)
    loan = Workflow("loan", "Loan", prefix=prefix, subject=None, record=Record, policy=Policy, initial=a, stages=[a, b], transitions=[end], open_by=[SCHOOL])
    return Program(name, "Program", version=1, policy=Policy, workflows=[loan])


def test_a_registry_of_given_programs_looks_for_nothing_else() -> None:
    """A test gets the programs that it gives, and an error where they clash."""
    registry = Registry.of(program("one", "ON"), program("two", "TW"))
    assert list(registry.programs) == ["one", "two"]
    assert registry.code_version("one") == "given"
    with pytest.raises(Misused) as caught:
        Registry.of(program("one", "ON"), program("one", "TW"))
    assert [one.code for one in caught.value.problems] == ["program_clash"]


SPECS = {name: spec for name, spec in vars(hookspecs).items() if name.startswith("careflow_")}


@pytest.mark.parametrize("name", sorted(SPECS))
def test_every_hook_says_its_order_its_failure_and_an_example_that_runs(name: str, tmp_path: Path) -> None:
    """A hook's documentation has all parts, and its example is a plugin that loads and implements that hook."""
    said = inspect.getdoc(SPECS[name]) or ""
    assert "Order:" in said
    assert "Failure:" in said
    path = tmp_path / "example.py"
    path.write_text(dedent(said.split("Example::")[1]), encoding="utf-8")
    registry = Registry.discover(paths=[path], entry_points=False)
    assert not [failed.text() for failed in registry.failed.values()]
    assert registry.plugins["example"].hooks == (name,)
