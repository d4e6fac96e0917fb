"""Ids are UUIDs of version 7 that sort by the time they were made."""

from __future__ import annotations

import os
import sys
import threading
import time
import uuid

import pytest

from workflow_core.store import ids
from workflow_core.store.ids import uuid7


def test_an_id_is_a_uuid_of_version_7() -> None:
    """Version and variant are where RFC 9562 has them, and the time is now."""
    made = uuid7()
    parsed = uuid.UUID(made)
    assert str(parsed) == made
    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122
    assert abs((parsed.int >> 80) - time.time() * 1000) < 10_000


def test_ids_grow() -> None:
    """Also within one millisecond."""
    made = [uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_grow_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of what was made stays."""
    first = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert uuid7() > first


def test_ids_of_threads_differ() -> None:
    """No two threads are given the same."""
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend([uuid7() for _ in range(2000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8000


def test_a_full_millisecond_runs_over_into_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """The version stays 7 when the random part is used up."""
    monkeypatch.setattr(time, "time_ns", lambda: 5_000_000)
    monkeypatch.setattr(ids._source, "last", (5 << 74) | ((1 << 74) - 1))
    made = uuid.UUID(uuid7())
    assert made.version == 7
    assert made.int >> 80 == 6


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_forked_child_starts_afresh() -> None:
    """Parent and child do not count up from the same value."""
    uuid7()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, str(ids._source.last).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100) == b"0"
    os.close(reading)
    os.close(writing)
