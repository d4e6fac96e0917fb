"""Whether what is asked every day takes longer in an office that has grown: a thousand open tasks and timers, and a million."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.crowd import grow
from benchmarks.harness import Line, Measured, fast_folder, interleave, seconds_each
from benchmarks.town import COUNTY, Town
from workflow_core.access.grants import Actor, Grant
from workflow_core.records import children

SMALL, LARGE = 1_000, 1_000_000
MEMORY = 150
"""MiB that a process may have needed for one of these, at the most."""
NUMBER = "432801201405000077"
REPEATS = 20
PAGE = 200
"""Rows of an inbox; the smaller office has more than that in each of its four townships."""


def _actor(scope: str) -> Actor:
    return Actor("teacher", (Grant("school", "division", scope, None, "2020-01-01", None),), False, account_id="teacher")


QUESTIONS: dict[str, Callable[[Town], object]] = {
    "inbox of a township": lambda town: _inbox(town, f"{COUNTY}101"),
    "inbox of a county": lambda town: _inbox(town, COUNTY),
    "inbox of the whole office": lambda town: _inbox(town, ""),
    "tick with nothing due": lambda town: town.engine.tick(),
    "find by number": lambda town: _find(town),
}


def _inbox(town: Town, scope: str) -> object:
    found = town.engine.inbox(_actor(scope), limit=PAGE)
    assert len(found) == PAGE, "an inbox with less to show than another has less to do"
    return found


def _find(town: Town) -> object:
    with town.db.read() as tx:
        found = children.find(tx, NUMBER, scope=(COUNTY,))
    assert len(found) == 1
    return found


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        towns = {}
        for tasks in (SMALL, LARGE):
            path = Path(folder) / f"{tasks}.sqlite"
            grow(path, Path(folder), tasks)
            towns[tasks] = Town(str(path), Path(folder))
        for what, ask in QUESTIONS.items():
            found = interleave({str(tasks): _asked(ask, town) for tasks, town in towns.items()})
            small, large = str(SMALL), str(LARGE)
            yield Line("scale", f"{what}, at 1,000,000", "at 1,000", found.typical(large), found.typical(small), found.ratio(large, small), at_most=3)
        for town in towns.values():
            town.close()
        for what in QUESTIONS:
            yield Line("scale", f"memory: {what}", f"{MEMORY} MiB", None, None, _memory(what, Path(folder) / f"{LARGE}.sqlite") / MEMORY, at_most=1)


def _asked(ask: Callable[[Town], object], town: Town) -> Measured:
    def again() -> None:
        for _ in range(REPEATS):
            ask(town)

    return lambda: seconds_each(again, REPEATS)


def _memory(what: str, path: Path) -> float:
    """MiB that a process of its own needed at most."""
    done = subprocess.run([sys.executable, "-m", __name__, what, path], cwd=Path(__file__).parent.parent, capture_output=True, check=True)
    return float(done.stdout)


def main(what: str, path: str) -> None:
    """Ask one of the questions, and print the most memory it took, in MiB."""
    town = Town(path, Path(path).parent)
    QUESTIONS[what](town)
    town.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024))


if __name__ == "__main__":
    main(*sys.argv[1:])
