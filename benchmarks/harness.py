"""Rounds, medians and ratios.

Machines differ and are shared, so no time counts by itself. What is compared runs in the same process, in turn, seven times, and each round gives one ratio;
the median of these is what is claimed. A disturbance hits neighbours alike, or one round of seven.
"""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

ROUNDS = 7

Measured = Callable[[], float]
"""Does a piece of work once, and answers its seconds for one unit of it."""


@dataclass(frozen=True)
class Line:
    """One line of the table: two things measured beside each other, and what is wanted of their ratio.

    :param ours, theirs: seconds for one unit, the median of the rounds; None where it was not measured.
    :param ratio: the median of the rounds' ratios, in the sense of ``wanted``; None where a peer is not installed.
    :param at_least: the ratio must not be below this; :param at_most: nor above this; with neither it is shown, and binds nobody.
    """

    area: str
    what: str
    beside: str
    ours: float | None
    theirs: float | None
    ratio: float | None
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def binding(self) -> bool:
        """Whether ``make bench-check`` looks at it."""
        return self.ratio is not None and (self.at_least is not None or self.at_most is not None)

    @property
    def met(self) -> bool:
        """Whether what is wanted is so."""
        if self.ratio is None:
            return True
        return (self.at_least is None or self.ratio >= self.at_least) and (self.at_most is None or self.ratio <= self.at_most)

    @property
    def wanted(self) -> str:
        """What is wanted, as the table says it."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else "shown"


@dataclass
class Rounds:
    """What each of several things took in each round: seconds for one unit."""

    times: dict[str, list[float]] = field(default_factory=dict)

    def typical(self, name: str) -> float:
        """The median of one thing's rounds."""
        return median(self.times[name])

    def ratio(self, above: str, below: str) -> float:
        """The median of the rounds' ratios."""
        return median(one / other for one, other in zip(self.times[above], self.times[below], strict=True))

    def __contains__(self, name: str) -> bool:
        return name in self.times


def interleave(things: Mapping[str, Measured], *, rounds: int = ROUNDS, warm_up: int = 1, always_forward: bool = False) -> Rounds:
    """Run all things in turn, round after round; the first rounds are thrown away.

    Every other round goes backwards, so that nobody is always the first after a pause.

    :param always_forward: where one needs what the one before it made.
    """
    found = Rounds({name: [] for name in things})
    for number in range(warm_up + rounds):
        order = list(things) if number % 2 or always_forward else list(reversed(list(things)))
        for name in order:
            seconds = things[name]()
            if number >= warm_up:
                found.times[name].append(seconds)
    return found


def seconds_each(work: Callable[[], object], units: int) -> float:
    """How long one unit takes, of a piece of work that does so many."""
    before = perf_counter()
    work()
    return (perf_counter() - before) / units


def fast_folder() -> Path:
    """A folder in memory, where a disk's own pace does not hide ours."""
    return Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path("/tmp")


def slow_folder() -> Path:
    """A folder on the machine's disk."""
    return Path(os.environ.get("CARE_BENCH_DISK", "/var/tmp"))


def machine() -> list[str]:
    """The machine, in words."""
    found = [f"{os.cpu_count()} cores of {_processor()}", f"{_memory()} GiB of memory", platform.system() + " " + platform.release()]
    return [*found, f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]


def _processor() -> str:
    try:
        names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
