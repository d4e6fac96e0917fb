"""Many cases: a few hundred in one commit, and several processes at once."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from time import perf_counter

from benchmarks.errands import GIVEN
from benchmarks.harness import Line, Rounds, fast_folder, interleave, seconds_each, slow_folder
from benchmarks.servers import server
from benchmarks.town import Town

CASES = 250
PROCESSES = 4
SECONDS = 1.5


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    for home, where, at_least in ((slow_folder(), "on disk", 3.0), (fast_folder(), "in memory", None)):
        with tempfile.TemporaryDirectory(dir=home) as folder:
            found = in_bulk(Path(folder))
            for what in ("open", "advance"):
                one, many = found.typical(what), found.typical(f"{what} many")
                ratio = found.ratio(what, f"{what} many")
                yield Line("many", f"{what}, 200 in a commit, SQLite {where}", "one in a commit", many, one, ratio, at_least=at_least)
    with tempfile.TemporaryDirectory(dir=slow_folder()) as folder:
        town = Town.made(str(Path(folder) / "office.sqlite"), Path(folder))
        yield _side_by_side(town, "SQLite on disk")
    with server() as ours:
        if ours is None:
            yield Line("many", f"{PROCESSES} processes writing, PostgreSQL on disk", "one process", None, None, None, 0.7, note="PostgreSQL is not installed")
        else:
            ours.command("CREATE DATABASE engine")
            yield _side_by_side(Town.made(ours.address("engine"), ours.home), "PostgreSQL on disk")


def in_bulk(folder: Path) -> Rounds:
    """Cases opened and advanced one by one, and many in a commit."""
    town = Town.made(str(folder / "office.sqlite"), folder)
    refs = town.open(town.children(CASES))
    ways, firsts = {"advance": count(), "advance many": count()}, count(10_000, CASES)
    halves = {"advance": refs, "advance many": town.open(town.children(CASES, 5_000))}

    def advance(name: str, go: Callable[[list[str], str], object]) -> float:
        way = ("go", "back")[next(ways[name]) % 2]
        return seconds_each(lambda: go(halves[name], way), CASES)

    def opened(go: Callable[[list[str]], object]) -> float:
        children = town.children(CASES, next(firsts))
        return seconds_each(lambda: go(children), CASES)

    def each(items: list[str], step: Callable[[str], object]) -> None:
        refused = [answer for _, answer in town.engine.each(items, step) if isinstance(answer, Exception)]
        if refused:
            raise refused[0]

    found = interleave(
        {
            "open": lambda: opened(town.open),
            "open many": lambda: opened(lambda children: each(children, lambda child: town.open([child]))),
            "advance": lambda: advance("advance", town.advance),
            "advance many": lambda: advance("advance many", lambda some, way: each(some, lambda ref: town.advance([ref], way))),
        }
    )
    town.close()
    return found


def _side_by_side(town: Town, where: str) -> Line:
    """How fast several processes write together, beside one of them."""
    cases = [town.open(town.children(60, 1 + 1000 * n)) for n in range(PROCESSES)]
    town.close()
    workers = [_Worker(town.address, refs) for refs in cases]

    def together(some: list[_Worker]) -> float:
        for worker in some:
            worker.start()
        return SECONDS / sum(worker.answer() for worker in some)

    try:
        found = interleave({"one": lambda: together(workers[:1]), "several": lambda: together(workers)})
    finally:
        for worker in workers:
            worker.end()
    one, several = found.typical("one"), found.typical("several")
    return Line(
        "many", f"{PROCESSES} processes writing, {where}", "one process", several, one, found.ratio("one", "several"), at_least=0.7, note="none was told BUSY"
    )


class _Worker:
    """A process that advances cases of its own for a while whenever it is told to."""

    def __init__(self, address: str, refs: list[str]) -> None:
        words = [sys.executable, "-m", __name__, address, *refs]
        self._process = subprocess.Popen(words, cwd=Path(__file__).parent.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer()

    def start(self) -> None:
        """Tells it to begin."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def answer(self) -> int:
        """How many steps it took."""
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError("a process that writes was told that the office is busy, or failed otherwise")
        return int(said)

    def end(self) -> None:
        """Ends the process."""
        self._process.communicate()


def main(address: str, *refs: str) -> None:
    """Advance the cases to and fro for a while at every line that comes in, and print how many steps were taken."""
    town = Town(address, Path(tempfile.gettempdir()))
    steps = 0
    print(0, flush=True)
    for _ in sys.stdin:
        before, ends = steps, perf_counter() + SECONDS
        while perf_counter() < ends:
            way = ("go", "back")[steps // len(refs) % 2]
            town.engine.advance(town.teacher, refs[steps % len(refs)], way, GIVEN)
            steps += 1
        print(steps - before, flush=True)
    town.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
