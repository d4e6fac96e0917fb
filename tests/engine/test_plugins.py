"""What plugins do beside programs: they speak against a change, they are told of it, they carry messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.conftest import Town
from tests.engine.small import WAITING, small
from workflow_core import Change, Channel, Deny, Escalate, Message, Notify, Task, Timer, When, days, deny, hookimpl
from workflow_core.definition import SCHOOL, SUPERVISOR
from workflow_core.engine.delivering import MESSAGE_FILE
from workflow_core.errors import Refused
from workflow_core.store import outbox

MakeTown = Callable[..., Town]
PROGRAM = small(
    Task("call", "Call", by=SCHOOL, do=[Notify(SUPERVISOR, "They were called")]), timers=[Timer("t", WAITING, due=days(2), do=[Escalate(SUPERVISOR, "Late")])]
)


class Against:
    """Speaks against notes."""

    @hookimpl
    def careflow_veto(self, change: Change) -> Deny | None:
        return deny("no notes on {day}", code="no_notes", day=change.at.date()) if change.kind == "noted" else None


class Crashing:
    """Fails when it is asked, but for openings."""

    @hookimpl
    def careflow_veto(self, change: Change) -> Deny | None:
        if change.kind == "opened":
            return None
        raise ZeroDivisionError


class Deaf:
    """Fails when it is told."""

    @hookimpl
    def careflow_observe(self, change: Change) -> None:
        raise ZeroDivisionError


class Listening:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str | None, str | None, str]] = []

    @hookimpl
    def careflow_observe(self, change: Change) -> None:
        self.heard.append((change.kind, change.from_stage, change.to_stage, change.actor))


class Post:
    """A channel that fails for as long as it is told to."""

    def __init__(self) -> None:
        self.broken = True
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        if self.broken:
            raise ConnectionError("secret text")
        self.sent.append(message)

    @hookimpl
    def careflow_channels(self) -> list[Channel]:
        return [Channel("post", self.send)]


# ------------------------------------------------------------------ veto


def test_a_plugin_speaks_against_a_change(town_of: MakeTown) -> None:
    """Its reason is told, and nothing is written."""
    town = town_of(PROGRAM, plugins=[Against()])
    ref = town.start()
    with pytest.raises(Refused) as error:
        town.engine.note(town.teacher, ref, "hello")
    assert (error.value.code, [(one.code, one.text()) for one in error.value.problems]) == ("vetoed", [("no_notes", "no notes on 2026-09-01")])
    town.advance(ref, "go")
    assert town.kinds(ref) == ["opened", "advanced"]


def test_a_veto_that_crashes_denies(town_of: MakeTown) -> None:
    """Also to the clock, which tells it and goes on."""
    town = town_of(PROGRAM, plugins=[Crashing()])
    ref = town.start()
    with pytest.raises(Refused) as error:
        town.advance(ref, "go")
    assert [one.code for one in error.value.problems] == ["veto_failed"]
    town.clock.instant += timedelta(days=3)
    assert [(one["case"], one["code"]) for one in town.engine.tick().problems] == [(ref, "vetoed")]


def test_a_veto_is_asked_in_a_dry_run_too(town_of: MakeTown) -> None:
    """So that it says what would be."""
    town = town_of(PROGRAM, plugins=[Crashing()])
    with pytest.raises(Refused):
        town.engine.advance(town.teacher, town.start(), "go", dry_run=True)


# ------------------------------------------------------------------ observers


def test_observers_are_told_what_was_committed(town_of: MakeTown) -> None:
    """Each event once, in order; nothing of what was refused or only tried."""
    listening = Listening()
    town = town_of(PROGRAM, plugins=[listening])
    ref = town.start()
    town.engine.advance(town.teacher, ref, "go", dry_run=True)
    with pytest.raises(Refused):
        town.advance(ref, "back")
    town.wait(days=3)
    town.advance(ref, "go")
    assert listening.heard == [
        ("opened", None, "waiting", "teacher"),
        ("timer_fired", None, None, "system"),
        ("advanced", "waiting", "other", "teacher"),
    ]


def test_an_observer_that_crashes_stops_nobody(town_of: MakeTown) -> None:
    """The change stands, and the others are told."""
    listening = Listening()
    town = town_of(PROGRAM, plugins=[Deaf(), listening])
    ref = town.start()
    town.advance(ref, "go")
    assert (town.stage(ref), len(listening.heard)) == ("other", 2)


# ------------------------------------------------------------------ channels


def test_messages_leave_by_the_file(town_of: MakeTown, tmp_path: Path) -> None:
    """One line each; nothing of what was undone."""
    town = town_of(PROGRAM)
    ref = town.start()
    town.engine.do_task(town.teacher, f"{ref}.call", dry_run=True)
    town.do(f"{ref}.call")
    assert town.engine.deliver() == (1, 0)
    assert town.engine.deliver() == (0, 0)
    (line,) = (tmp_path / MESSAGE_FILE).read_text(encoding="utf-8").splitlines()
    said = json.loads(line)
    assert (said["to"], said["division"], said["case"], said["text"]) == ("child_supervisor", "990101100", ref, "They were called")


def post_town(town_of: MakeTown, post: Post) -> Town:
    town = town_of(PROGRAM, plugins=[post])
    town.engine.runtime.channels = ("post",)
    town.do(f"{town.start()}.call")
    return town


def test_a_message_that_could_not_be_delivered_is_tried_again(town_of: MakeTown) -> None:
    """After a pause, under the same key."""
    post = Post()
    town = post_town(town_of, post)
    assert [town.engine.deliver(), town.engine.deliver()] == [(0, 1), (0, 0)]
    post.broken = False
    town.clock.instant += timedelta(minutes=2)
    assert town.engine.deliver() == (1, 0)
    assert [message.text for message in post.sent] == ["They were called"]


def test_what_cannot_be_delivered_ends_as_a_dead_letter(town_of: MakeTown) -> None:
    """After eight attempts; people see why, without what the channel said."""
    town = post_town(town_of, Post())
    for _ in range(outbox.MOST_ATTEMPTS):
        assert town.engine.deliver() == (0, 1)
        town.clock.instant += timedelta(hours=7)
    assert town.engine.deliver() == (0, 0)
    with town.db.read() as tx:
        (dead,) = outbox.dead(tx)
    assert dead.last_error == "post: ConnectionError"
    assert town.stage("SM-26-00001") == "waiting"


def test_a_channel_that_nobody_brings_keeps_its_messages(town_of: MakeTown) -> None:
    """Named in the settings, but its plugin is gone: they wait."""
    town = town_of(PROGRAM)
    town.engine.runtime.channels = ("pigeon",)
    town.do(f"{town.start()}.call")
    assert town.engine.deliver() == (0, 1)


def test_a_guard_that_crashes_is_no_otherwise(town_of: MakeTown) -> None:
    """An escalation that hangs on it is not lost in silence: the clock tells of the case, and goes on with the others."""

    def crashing(case: object) -> Deny | None:
        raise ZeroDivisionError

    town = town_of(small(timers=[Timer("t", WAITING, due=days(2), do=[When(crashing, [Escalate(SUPERVISOR, "Late")])])]))
    ref = town.start()
    town.wait(days=3, tick=False)
    assert [(one["case"], one["code"]) for one in town.engine.tick().problems] == [(ref, "program_failed")]


def test_why_tells_that_a_case_is_suspended(town_of: MakeTown) -> None:
    """A step that is refused has a reason."""
    town = town_of(PROGRAM)
    ref = town.start()
    town.engine.suspend(town.supervisor, ref, "the family is away")
    assert {answer.reasons[0].code for answer in town.engine.why(town.teacher, ref)} == {"suspended"}
