"""The clock by itself: watchers that take turns, one that is stopped, one that dies; systemd and cron; and that silence is told."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from careflow_cli.main import run
from tests.office.conftest import House
from workflow_core.clock import SystemClock
from workflow_core.errors import Damaged, Misused
from workflow_core.office import Office, schedule
from workflow_core.office.schedule_watch import LEASE, Turn, watch
from workflow_core.registry import Registry
from workflow_core.store import leases
from workflow_core.store.pulse import pulse
from workflow_core.store.tables import outbox

ROOT = Path(__file__).parents[2]
PLUGIN = str(Path(__file__).with_name("errand_plugin.py"))


def until(what: Callable[[], object], seconds: float = 30) -> None:
    """Waits for something to become true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


class Watcher:
    """A watcher in a thread of its own, with a database connection of its own."""

    def __init__(self, house: House, every: float = 0.05, span: float = 1.0) -> None:
        self.office = Office.open(house.office.folder)
        self.office.clock, self.office.registry = house.clock, house.office.registry
        self.turns: list[Turn] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=watch, args=(self.office, every, self.stop, self.turns.append), kwargs={"least_span": timedelta(seconds=span)})
        self.thread.start()

    def ticked(self) -> int:
        return sum(turn.report is not None for turn in self.turns)

    def end(self) -> None:
        self.stop.set()
        self.thread.join(30)
        assert not self.thread.is_alive()
        self.office.close()


@contextmanager
def watching(*args: Any, **how: Any) -> Iterator[Watcher]:
    watcher = Watcher(*args, **how)
    try:
        yield watcher
    finally:
        watcher.end()


def test_of_two_watchers_one_works_and_the_other_stands_by(house: House) -> None:
    """When the one that works is stopped, the other takes over at once."""
    with watching(house) as first:
        until(lambda: first.ticked() > 1)
        with watching(house) as second:
            until(lambda: len(second.turns) > 2)
            assert second.ticked() == 0
            first.end()
            until(lambda: second.ticked() > 0)
    assert house.codes() == set()


def test_a_dead_watcher_is_succeeded_at_its_lease_s_end(house: House) -> None:
    """Nobody gives its lease back."""
    with house.db.write() as tx:
        assert leases.take(tx, LEASE, "a machine that lost its power", SystemClock().now(), timedelta(seconds=2))
    begun = time.monotonic()
    with watching(house) as heir:
        until(lambda: heir.ticked() > 0)
        assert heir.turns[0].standby
    assert 1 < time.monotonic() - begun < 20


def test_a_watcher_lives_through_a_server_that_is_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and goes on when the office can be reached again; what no waiting mends ends it."""
    from workflow_core.engine import Engine
    from workflow_core.store import faults

    broken = [True, True]
    tick = Engine.tick

    def sometimes(self: Engine, **how: Any) -> Any:
        if broken:
            broken.pop()
            raise faults.unreachable("somewhere")
        return tick(self, **how)

    monkeypatch.setattr(Engine, "tick", sometimes)
    with watching(house) as watcher:
        until(lambda: watcher.ticked() > 0)
    assert [turn.error is not None for turn in watcher.turns][:3] == [True, True, False]

    def for_good(self: Engine, **how: Any) -> Any:
        raise Damaged("office_damaged", "it is damaged")

    monkeypatch.setattr(Engine, "tick", for_good)
    with pytest.raises(Damaged, match="damaged"):
        watch(house.office, 0.05, threading.Event(), lambda turn: None)
    with house.db.write() as tx:
        assert leases.take(tx, LEASE, "the next one", SystemClock().now(), timedelta(seconds=2))


def test_a_turn_that_lost_its_lease_ends(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that slept for an hour in the middle of a turn does not go on beside its heir."""
    from workflow_core.engine import Engine

    asked: list[bool] = []

    def long(self: Engine, *, stop: Callable[[], bool], **_: Any) -> Any:
        asked.append(stop())
        with house.db.write() as tx:
            assert leases.take(tx, LEASE, "heir", SystemClock().now() + timedelta(hours=1), timedelta(seconds=60))
        time.sleep(0.5)
        asked.append(stop())
        raise Damaged("enough", "enough")

    monkeypatch.setattr(Engine, "tick", long)
    with pytest.raises(Damaged):
        watch(house.office, 0.05, threading.Event(), lambda turn: None, least_span=timedelta(seconds=1))
    assert asked == [False, True]


def test_a_tick_stops_between_two_transactions(house: House) -> None:
    """What is left is left to the next one."""
    for _ in range(3):
        house.open()
    house.clock.instant += timedelta(days=30)
    assert house.office.engine.tick(stop=lambda: True).cases == 0
    report = house.office.engine.tick()
    assert report.cases >= 4
    assert report.left == 0


def test_the_lag_is_measured_and_kept(house: House) -> None:
    """How long the longest waiting of what was due had waited; an idle turn later shows none."""
    house.clock.instant += timedelta(days=14)
    report = house.office.engine.tick()
    assert report.lag > 86_400 * 5
    with house.db.read() as tx:
        found = pulse(tx, house.clock.instant)
    assert (found.at, int(found.lag.total_seconds()), found.waits_since) == (house.clock.instant, report.lag, None)
    assert house.office.engine.tick().lag == 0


def test_a_case_that_another_machine_has_at_hand_is_passed_over(house: House) -> None:
    """On PostgreSQL the rows are skipped, not waited for; the rest is done meanwhile."""
    from sqlalchemy import select

    from workflow_core.store.database import Database
    from workflow_core.store.tables import case

    if house.db.dialect_name == "sqlite":
        return  # one writer at a time, whoever it is
    first = house.open()
    house.clock.instant += timedelta(days=14)
    other = Database(house.db.address)
    with other.write() as tx:
        tx.rows(select(case.c.case_id).where(case.c.ref == first).with_for_update())
        begun = time.monotonic()
        report = house.office.engine.tick()
        assert time.monotonic() - begun < 10
        assert report.left == 1
        assert report.cases >= 2
    other.dispose()
    assert house.office.engine.tick().left == 0


def process(house: House, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from careflow_cli.main import main; main()", "--office", str(house.office.folder), "--plugin", PLUGIN, *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "CARE_LANG": "en"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_watching_process_ends_cleanly_when_asked_to(sqlite_house: House, asked: signal.Signals) -> None:
    """As systemd asks, and as Ctrl-C does: exit code 0, the lease given back."""
    child = process(sqlite_house, "tick", "--watch", "--every", "1", "--json")
    try:
        assert child.stdout is not None
        said = json.loads(child.stdout.readline())
        assert said["state"] == "ticked"
        child.send_signal(asked)
        out, err = child.communicate(timeout=30)
    finally:
        with suppress(ProcessLookupError):
            child.kill()
    assert (child.returncode, err) == (0, ""), out
    with sqlite_house.db.write() as tx:
        assert leases.take(tx, LEASE, "next", SystemClock().now(), timedelta(seconds=1))


def test_the_inbox_tells_when_the_clock_has_had_no_turn(sqlite_house: House, capfd: pytest.CaptureFixture[str]) -> None:
    """Beside the answer, and only where something waits for it."""
    words = ["--office", str(sqlite_house.office.folder), "--plugin", PLUGIN, "--now"]
    assert run([*words, "2026-09-01T12:00", "inbox"]) == 0
    assert "clock" not in capfd.readouterr().err
    assert run([*words, "2026-09-20T12:00", "inbox"]) == 0
    assert "The clock's last turn was over a day ago (never)" in capfd.readouterr().err
    assert run([*words, "2026-09-20T12:00", "tick"]) == 0
    assert "The longest wait of what was due" in capfd.readouterr().out
    assert run([*words, "2026-09-20T13:00", "inbox"]) == 0
    assert "clock" not in capfd.readouterr().err
    assert run([*words, "2026-09-20T13:00", "office", "status"]) == 0
    assert "2026-09-20 12:00" in capfd.readouterr().out


def test_the_admin_s_inbox_tells_of_messages_that_could_not_be_delivered(sqlite_house: House, capfd: pytest.CaptureFixture[str]) -> None:
    """Nobody else's: they can do nothing about it."""
    words = ["--office", str(sqlite_house.office.folder), "--plugin", PLUGIN, "--now", "2026-09-20T12:00"]
    assert run([*words, "tick"]) == 0
    assert run([*words, "inbox"]) == 0
    assert "delivered" not in capfd.readouterr().err
    with sqlite_house.db.write() as tx:
        assert tx.execute(update(outbox).values(state="dead"))
    assert run([*words, "inbox"]) == 0
    assert "Messages could not be delivered. Which, and why: care message list" in capfd.readouterr().err
    assert run([*words, "account", "add", "helper"]) == 0
    assert run([*words, "--as", "helper", "inbox"]) == 0
    assert "delivered" not in capfd.readouterr().err


def test_a_watching_process_says_how_long_what_was_due_had_waited(sqlite_house: House) -> None:
    """In words, as the status does."""
    child = process(sqlite_house, "tick", "--watch", "--every", "1")
    try:
        assert child.stdout is not None
        assert re.search(r"the longest had waited \d+ (days|hours|minutes|seconds)$", child.stdout.readline().strip())
    finally:
        child.kill()
        child.communicate()


def test_a_watch_has_no_limit(sqlite_house: House, capfd: pytest.CaptureFixture[str]) -> None:
    """The two words contradict each other."""
    assert run(["--office", str(sqlite_house.office.folder), "tick", "--watch", "--limit", "3"]) == 2
    assert "--limit" in capfd.readouterr().err


# -- systemd and cron ------------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose crontab and systemctl only write down what they are told."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "crontab").write_text(f'#!/bin/sh\nif [ "$1" = -l ]; then cat {tmp_path}/tab 2>/dev/null || exit 1; else cat > {tmp_path}/tab; fi\n')
    (programs / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/told\n')
    for path in programs.iterdir():
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def test_a_line_of_cron_is_put_beside_the_others_once(machine: Path) -> None:
    """Others' lines stay; set up again with another pace it takes the place of the first; taken away it is gone."""
    (machine / "tab").write_text("0 1 * * * /usr/bin/true\n")
    home = machine / "an office 100%"
    for minutes in (15, 30):
        schedule.install(schedule.plan(home, minutes, means="cron", program="/opt/care"))
    lines = (machine / "tab").read_text().splitlines()
    assert lines[0] == "0 1 * * * /usr/bin/true"
    assert len(lines) == 2
    assert lines[1].startswith("*/30 * * * * /opt/care --office ")
    assert "100\\%" in lines[1]
    schedule.remove(schedule.plan(home, 30, means="cron"))
    assert (machine / "tab").read_text() == "0 1 * * * /usr/bin/true\n"


@pytest.mark.parametrize(("minutes", "when"), [(1, "* * * * *"), (5, "*/5 * * * *"), (60, "0 */1 * * *"), (360, "0 */6 * * *"), (1440, "0 6 * * *")])
def test_the_pace_is_said_as_cron_says_it(machine: Path, minutes: int, when: str) -> None:
    """Minutes, hours, once a day."""
    assert schedule.plan(machine, minutes, means="cron").line.startswith(f"{when} ")


def test_a_pace_that_cron_cannot_keep_is_refused(machine: Path) -> None:
    """Every seven minutes would be every seven but once an hour four."""
    with pytest.raises(Misused) as told:
        schedule.plan(machine, 7, means="cron")
    assert told.value.code == "minutes_uneven"


def test_a_timer_of_systemd_is_written_and_started(machine: Path) -> None:
    """Two units of the login; taken away they are stopped first."""
    plan = schedule.plan(machine / "my office", 15, means="systemd", program="/opt/care")
    schedule.install(plan)
    units = sorted((machine / "config/systemd/user").iterdir())
    assert [path.suffix for path in units] == [".service", ".timer"]
    assert f'ExecStart=/opt/care --office "{machine}/my office" tick' in units[0].read_text()
    assert "OnUnitActiveSec=15min" in units[1].read_text()
    assert (machine / "told").read_text().splitlines() == ["--user daemon-reload", f"--user enable --now {plan.name}.timer"]
    schedule.remove(plan)
    assert list((machine / "config/systemd/user").iterdir()) == []
    assert (machine / "told").read_text().splitlines()[-1] == f"--user disable --now {plan.name}.timer"


def test_what_goes_wrong_is_told_with_the_other_way(machine: Path) -> None:
    """Without a stack trace, and with the reason."""
    (machine / "bin/crontab").write_text("#!/bin/sh\necho you may not >&2\nexit 1\n")
    with pytest.raises(Damaged) as told:
        schedule.install(schedule.plan(machine, 15, means="cron"))
    assert told.value.code == "schedule_failed"
    assert "you may not" in told.value.text()


def test_without_an_option_it_only_says_what_it_would_do(sqlite_house: House, machine: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """And with --print the same, to be copied; --install does it."""
    words = ["--office", str(sqlite_house.office.folder), "office", "schedule", "--with", "cron"]
    assert run(words) == 0
    assert "would be set up" in capfd.readouterr().out
    assert run([*words, "--print"]) == 0
    assert capfd.readouterr().out.startswith("*/15 * * * * ")
    assert not (machine / "tab").exists()
    assert run([*words, "--install", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["done"] == "install"
    assert "tick" in (machine / "tab").read_text()
    assert run([*words, "--remove"]) == 0
    assert (machine / "tab").read_text() == ""


def test_the_scheduled_command_runs_in_an_empty_environment(sqlite_house: House) -> None:
    """As cron and systemd start it: no PATH of ours, another folder."""
    line = schedule.plan(sqlite_house.office.folder, 15, means="cron").line
    command = line.split("* ", 5)[-1].partition(" >/dev/null")[0]
    bare = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run(["/bin/sh", "-c", command], cwd="/", env=bare, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr  # 1: the errands are installed only in the tests
    assert "Cases looked at" in done.stdout or "查看" in done.stdout


def test_no_scheduler_at_all_is_told_with_the_line_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else may know a way; and there is --watch."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Misused) as told:
        schedule.plan(tmp_path, 15)
    assert told.value.code == "no_scheduler"
    assert "tick --watch" in told.value.advice()
    assert Registry.of().programs == {}
