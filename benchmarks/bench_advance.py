"""One durable advance, beside the same rows written by the bare driver."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from benchmarks import floor
from benchmarks.harness import Line, Rounds, fast_folder, interleave, seconds_each, slow_folder
from benchmarks.servers import Server, server
from benchmarks.town import Town

CASES = 150


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        yield _line(on_sqlite(Path(folder)), "one advance, SQLite in memory (tmpfs)", "bare sqlite3", 0.15)
    with tempfile.TemporaryDirectory(dir=slow_folder()) as folder:
        yield _line(on_sqlite(Path(folder)), "one advance, SQLite on disk", "bare sqlite3", None)
    with server() as ours:
        if ours is None:
            yield Line("advance", "one advance, PostgreSQL on disk", "bare psycopg", None, None, None, at_least=0.35, note="PostgreSQL is not installed")
        else:
            yield _line(on_postgresql(ours), "one advance, PostgreSQL on disk", "bare psycopg", 0.35)


def _line(found: Rounds, what: str, beside: str, at_least: float | None) -> Line:
    return Line("advance", what, beside, found.typical("engine"), found.typical("floor"), found.ratio("floor", "engine"), at_least=at_least)


def on_sqlite(folder: Path) -> Rounds:
    """Rounds of advances in a SQLite file, and of the same rows in a copy."""
    engine, copy = folder / "engine.sqlite", folder / "copy.sqlite"
    town = Town.made(str(engine), folder)
    refs = town.open(town.children(CASES))
    with closing(sqlite3.connect(engine)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    twin = Town(str(copy), folder)
    with closing(floor.bare_sqlite(str(copy))) as bare:
        found = _rounds(town, refs, lambda steps: floor.write(bare, "BEGIN IMMEDIATE", steps), "?")
    return _checked(found, town, twin)


def on_postgresql(ours: Server) -> Rounds:
    """The same on a server that keeps its promises to the disk."""
    ours.command("CREATE DATABASE engine")
    town = Town.made(ours.address("engine"), ours.home)
    refs = town.open(town.children(CASES))
    town.db.dispose()
    ours.command("CREATE DATABASE copy TEMPLATE engine")
    twin = Town(ours.address("copy"), ours.home)
    with closing(floor.bare_postgresql(ours.address("copy"))) as bare:
        found = _rounds(town, refs, lambda steps: floor.write(bare, "BEGIN", steps), "%s")
    return _checked(found, town, twin)


def _rounds(town: Town, refs: list[str], write: Callable[[list[floor.Rows]], None], sign: str) -> Rounds:
    way, steps = count(), list[list[floor.Rows]]()

    def engine() -> float:
        transition = ("go", "back")[next(way) % 2]
        took = seconds_each(lambda: town.advance(refs, transition), len(refs))
        steps.append(floor.written_by(town, refs, sign))
        return took

    def bare() -> float:
        mine = steps.pop(0)
        return seconds_each(lambda: write(mine), len(refs))

    return interleave({"engine": engine, "floor": bare}, always_forward=True)


def _checked(found: Rounds, town: Town, twin: Town) -> Rounds:
    if not floor.same(town, twin):
        raise AssertionError("the floor wrote other rows than the engine")
    town.close()
    twin.close()
    return found
