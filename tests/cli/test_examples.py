"""The example plugins of docs/examples: loaded by ``--plugin``, and doing what they say in an office."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helping import TOWNSHIP, Care
from tools.run_readme import ROOT
from workflow_core import CalendarDay, Message
from workflow_core.registry import Registry

EXAMPLES = ROOT / "docs/examples"
SMS, CALENDAR = EXAMPLES / "sms_channel.py", EXAMPLES / "county_calendar.py"
PROGRAM = """
from workflow_core import (SUPERVISOR, TOWNSHIP, Notify, Program, Stage, Task, Transition, Workflow, ask, form, hookimpl, school_days, working_days)

@form
class Record:
    note: str = ask("Note", default="")

@form
class Policy:
    n: int = ask("N", default=1)

A, B = Stage("a", "A"), Stage("b", "B", final=True)
END = Transition("end", "End", source=A, target=B, by=SUPERVISOR)
DESK = Task("desk", "At the desk", by=SUPERVISOR, due=working_days(3))
CLASS = Task("class", "In class", by=SUPERVISOR, due=school_days(3))
W = Workflow("w", "W", prefix="EX", subject=TOWNSHIP, record=Record, policy=Policy, initial=A, stages=[A, B], transitions=[END],
             tasks={A: [DESK, CLASS]}, enter={A: [Notify(SUPERVISOR, "Something is to be done", urgent=True)]}, open_by=[SUPERVISOR])

@hookimpl
def careflow_programs():
    return [Program("errand", "Errand", version=1, policy=Policy, workflows=[W])]
"""


class Gateway(HTTPServer):
    """A gateway on this machine: keeps what it takes, and answers with whatever status it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.asked: list[tuple[str, Any]] = []


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        gateway = self.server
        assert isinstance(gateway, Gateway)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        gateway.asked.append((self.headers["Idempotency-Key"], json.loads(body)))
        self.send_response(gateway.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written to the terminal."""


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Gateway]:
    """One that runs while the test does, and whom to call there."""
    numbers = tmp_path / "numbers.csv"
    rows = ["role,division,number", "child_supervisor,990101,13300000009", f"child_supervisor,{TOWNSHIP},13300000001", "school,99,13300000002"]
    numbers.write_text("\n".join(rows), encoding="utf-8")
    with Gateway() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setenv("CARE_SMS_GATEWAY", f"http://127.0.0.1:{server.server_port}/send")
        monkeypatch.setenv("CARE_SMS_NUMBERS", str(numbers))
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def errand(office: Care, tmp_path: Path) -> Care:
    """An office with a program, whose messages leave by text message."""
    program, settings = tmp_path / "errand.py", tmp_path / "empty/care.toml"
    program.write_text(PROGRAM, encoding="utf-8")
    office("--plugin", program, "program", "enable", "errand", "--township", TOWNSHIP)
    told = settings.read_text("utf-8")
    settings.write_text(re.sub(r"^messages = .*$", 'messages = ["sms"]', told, flags=re.M), encoding="utf-8")

    def call(*words: object, code: int | None = 0, breaks: bool = False) -> Any:
        return office("--plugin", program, "--plugin", SMS, "--plugin", CALENDAR, *words, code=code, breaks=breaks)

    return call


def opened(errand: Care, now: str) -> str:
    ref: str = errand("--now", now, "case", "open", "errand", TOWNSHIP, "--json").json["ref"]
    return ref


def test_a_message_leaves_as_a_text_message(errand: Care, gateway: Gateway) -> None:
    """To the number of the township's supervisor, who is nearer than the county's, once."""
    ref = opened(errand, "2026-10-21T09:00")
    errand("--now", "2026-10-21T09:01", "tick")
    errand("--now", "2026-10-21T10:00", "tick")
    ((key, said),) = gateway.asked
    assert said == {"number": "13300000001", "text": f"【急】{ref} Something is to be done"}
    assert key.endswith("/13300000001")


def test_a_message_waits_longer_after_each_failure(errand: Care, gateway: Gateway) -> None:
    """A gateway that is out of order is asked again after pauses that double, under one key, until it works."""
    gateway.status = 503
    opened(errand, "2026-10-21T09:00")
    asked = []
    for minute in range(10):
        errand("--now", f"2026-10-21T09:{minute:02}", "tick", code=None)
        asked.append(len(gateway.asked))
    when = [minute for minute, (before, now) in enumerate(pairwise([0, *asked])) if now > before]
    assert when == [0, 1, 3, 7]
    gateway.status = 200
    errand("--now", "2026-10-21T11:00", "tick")
    errand("--now", "2026-10-21T18:00", "tick")
    assert len(gateway.asked) == asked[-1] + 1
    assert len({key for key, _ in gateway.asked}) == 1
    assert errand("--now", "2026-10-21T18:00", "message", "list", "--json").json["dead"] == 0


def test_a_message_that_nobody_can_be_called_for_ends_where_people_see_it(
    errand: Care, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is no silence: it lies with the dead letters, with the kind of failure and no number."""
    (tmp_path / "nobody.csv").write_text("role,division,number\n", encoding="utf-8")
    monkeypatch.setenv("CARE_SMS_NUMBERS", str(tmp_path / "nobody.csv"))
    opened(errand, "2026-10-21T09:00")
    for day in range(22, 31):
        errand("--now", f"2026-10-{day}T09:00", "tick", code=None)
    listed = errand("--now", "2026-10-31T09:00", "message", "list")
    assert "sms: LookupError" in listed.out
    assert gateway.asked == []


@pytest.mark.usefixtures("gateway")
@pytest.mark.parametrize(
    ("now", "working", "school"),
    [
        ("2029-06-18T09:00", "2029-06-25", "2029-06-25"),  # the fair and a weekend lie between
        ("2029-10-11T09:00", "2029-10-15", "2029-10-15"),  # a Saturday is worked for the holiday
        ("2029-07-05T09:00", "2029-07-10", "2029-09-04"),  # one more day of school, then the holidays
    ],
)
def test_a_deadline_is_counted_by_the_countys_own_days(errand: Care, now: str, working: str, school: str) -> None:
    """Three working days, three school days, as the county has them."""
    ref = opened(errand, now)
    tasks = errand("--now", now, "task", "list", ref, "--json").json["tasks"]
    assert {one["task"]: one["due"] for one in tasks} == {"desk": working, "class": school}


def test_the_days_of_the_county_are_whole_years() -> None:
    """Each day once; made-up Saturdays work; of other counties and years it knows nothing."""
    registry = Registry.discover(paths=[CALENDAR], entry_points=False)
    days = registry.calendar(TOWNSHIP, 2029)
    assert days is not None
    known: dict[date, CalendarDay] = {one.day: one for one in days}
    assert (len(days), len(known), min(known), max(known)) == (365, 365, date(2029, 1, 1), date(2029, 12, 31))
    assert all(one.day.weekday() == 5 for one in days if one.working and one.day.weekday() >= 5)
    fair, saturday, summer = known[date(2029, 6, 20)], known[date(2029, 2, 10)], known[date(2029, 7, 16)]
    assert (fair.working, fair.school, fair.name, fair.term) == (False, False, "物资交流会", "2029-spring")
    assert (saturday.working, saturday.school) == (True, False)
    assert (summer.working, summer.school, summer.term) == (True, False, "")
    assert registry.calendar("990102100", 2029) is None
    assert registry.calendar(TOWNSHIP, 2030) is None


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.py")), ids=lambda path: str(path.name))
def test_an_example_is_short_and_uses_what_authors_have(file: Path) -> None:
    """Under sixty lines, and of careflow only the public names."""
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 60
    assert "workflow_core." not in text


def test_many_numbers_together_wait_no_longer_than_the_engine_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A gateway that answers each at the last moment: all are called, within one call's thirty seconds."""
    numbers = tmp_path / "numbers.csv"
    numbers.write_text("\n".join(["role,division,number", *(f"school,99,1330000000{n}" for n in range(7))]), encoding="utf-8")
    monkeypatch.setenv("CARE_SMS_GATEWAY", "http://127.0.0.1:9/send")
    monkeypatch.setenv("CARE_SMS_NUMBERS", str(numbers))
    channel = Registry.discover(paths=[SMS], entry_points=False).channels["sms"]
    passed: list[float] = []

    class Slow:
        def close(self) -> None:
            """It was open for long enough."""

    def slow(_: Any, timeout: float) -> Slow:
        passed.append(timeout)
        return Slow()

    module: Any = sys.modules[channel.send.__module__]
    monkeypatch.setattr(module, "urlopen", slow)
    monkeypatch.setattr(module, "monotonic", lambda: sum(passed))
    channel.send(Message("k", "school", TOWNSHIP, "EX-26-00001", "Look", datetime(2026, 9, 1, tzinfo=UTC), False))
    assert len(passed) == 7
    assert sum(passed) <= 25
