"""Open cases taken to a new version of their program, beside so many bare steps, both a few hundred in a commit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.errands import GIVEN
from benchmarks.errands_two import PROGRAM
from benchmarks.harness import Line, Rounds, interleave, seconds_each, slow_folder
from benchmarks.servers import server
from benchmarks.town import Town
from workflow_core.engine import Engine, Outcome
from workflow_core.engine.upgrade_undo import undo
from workflow_core.engine.upgrading import upgrade
from workflow_core.registry import Registry

CASES = int(os.environ.get("CARE_BENCH_UPGRADE", "10000"))
MOST = 3.0


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    with tempfile.TemporaryDirectory(dir=slow_folder()) as folder:
        yield _line(moving(Town.made(str(Path(folder) / "office.sqlite"), Path(folder))), "SQLite on disk")
    with server() as ours:
        if ours is None:
            yield Line("upgrade", _what("PostgreSQL on disk"), "a step", None, None, None, at_most=MOST, note="PostgreSQL is not installed")
        else:
            ours.command("CREATE DATABASE upgrades")
            yield _line(moving(Town.made(ours.address("upgrades"), ours.home)), "PostgreSQL on disk")


def _what(where: str) -> str:
    return f"upgrade of a case, {CASES} open, 200 in a commit, {where}"


def _line(found: Rounds, where: str) -> Line:
    up, step = found.typical("upgrade"), found.typical("advance")
    back = found.typical("undo") / step
    return Line("upgrade", _what(where), "a step, 200 in a commit", up, step, found.ratio("upgrade", "advance"), at_most=MOST, note=f"back: {back:.2f}")


def moving(town: Town) -> Rounds:
    """The same cases advanced, upgraded and taken back, once each; half of them stand in the one stage, half in the other."""
    children = town.children(CASES)
    refs = [outcome.ref for _, outcome in town.engine.each(children, lambda child: _opened(town, child)) if isinstance(outcome, Outcome)]
    newer = Engine(town.db, Registry.of(PROGRAM), town.clock, training=False, papers=Path(tempfile.gettempdir()))
    stands: dict[str, str] = dict.fromkeys(refs, "near")

    def advance() -> None:
        town.clock.instant += timedelta(minutes=1)

        def step(ref: str) -> None:
            way = "go" if stands[ref] == "near" else "back"
            town.engine.advance(town.teacher, ref, way, GIVEN)
            stands[ref] = "far" if way == "go" else "near"

        answers = [answer for _, answer in town.engine.each(refs, step) if isinstance(answer, Exception)]
        if answers:
            raise answers[0]

    def taken(way: Callable[[], int]) -> None:
        town.clock.instant += timedelta(minutes=1)
        done = way()
        if done != len(refs):
            raise AssertionError(f"{done} of {len(refs)}")

    half = refs[::2]
    for ref, _ in town.engine.each(half, lambda ref: town.engine.advance(town.teacher, ref, "go", GIVEN)):
        stands[ref] = "far"
    return interleave(
        {
            "advance": lambda: seconds_each(advance, CASES),
            "upgrade": lambda: seconds_each(lambda: taken(lambda: upgrade(newer.runtime, town.boss, "errands").done), CASES),
            "undo": lambda: seconds_each(lambda: taken(lambda: undo(newer.runtime, town.boss, "errands").done), CASES),
        },
        rounds=1,
        warm_up=0,
        always_forward=True,
    )


def _opened(town: Town, child: str) -> Outcome:
    return town.engine.open(town.teacher, "errands", child, {"title": f"fetch the books{' again' * (int(child[-1]) % 3)}"})
