"""The simulator: many lives of a program by chance, and what they tell of it.

``simulate_lives(PROGRAM)`` lives cases by the engine's own code in memory: every guard, effect, deadline and timer is the real one; only the office around a
case is simpler than a real one (``simulate_world``). The same seed gives the same result, on any machine and with any number of processes.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from workflow_core.definition import Program, Workflow
from workflow_core.errors import Misused
from workflow_core.i18n import N_
from workflow_core.inputs import validate_some
from workflow_core.records.calendar import Calendar
from workflow_core.registry import Registry
from workflow_core.testing.simulate_life import Lived, live
from workflow_core.testing.simulate_odds import Odds, odds_of, read_odds
from workflow_core.testing.simulate_report import SimulationResult, add_up
from workflow_core.testing.simulate_world import DIVISION, month

CASES, WEEKS = 1000, 52
"""So many cases are lived, and each is looked at for so many weeks, where nothing else is said."""
_AT_ONCE = 50
_FEWEST = 200
"""With fewer cases another process costs more than it saves."""


def simulate_lives(
    program: Program[Any],
    workflow: Workflow[Any, Any] | None = None,
    *,
    cases: int = CASES,
    seed: int = 0,
    weeks: int = WEEKS,
    odds: Odds | Path | None = None,
    jobs: int | None = None,
    told: Callable[[], None] | None = None,
) -> SimulationResult:
    """Lives many cases of a workflow.

    :param workflow: the first of the program where None.
    :param cases: how many; :param seed: the same one gives the same result; :param weeks: for how long each case is looked at.
    :param odds: what is known of durations and odds, or the file that says it; what it does not say is left to chance.
    :param jobs: in how many processes; as many as the machine has processors where None. The result does not depend on it.
    :param told: is called after each case.
    :raises Misused: ``simulate_numbers``: a number is less than 1; ``odds_invalid``.
    """
    if min(cases, weeks, 1 if jobs is None else jobs) < 1:
        raise Misused("simulate_numbers", N_("cases, weeks and jobs are 1 or more"), hint=N_("see: care plugin simulate --help"))
    chosen = workflow or program.workflows[0]
    known = odds if isinstance(odds, Odds) else read_odds(odds, program) if odds is not None else odds_of({}, program)
    one = partial(_chunk, program, chosen, seed, weeks, known)
    chunks = [range(first, min(first + _AT_ONCE, cases)) for first in range(0, cases, _AT_ONCE)]
    workers = min(jobs or os.cpu_count() or 1, len(chunks)) if cases >= _FEWEST else 1
    return add_up(program, chosen, _each(_lives(one, chunks, workers), told), weeks=weeks, seed=seed)


def _each(lives: Iterator[Lived], told: Callable[[], None] | None) -> Iterator[Lived]:
    for one in lives:
        yield one
        if told is not None:
            told()


def _lives(one: Any, chunks: Sequence[range], workers: int) -> Iterator[Lived]:
    if workers > 1 and "fork" in multiprocessing.get_all_start_methods():  # a program may come from a file: only a fork has it without loading it anew
        global _task
        _task = one
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            for lives in pool.imap(_of_task, chunks):
                yield from lives
        return
    for numbers in chunks:
        yield from one(numbers)


_task: Any = None
"""What a forked process is to do: a program is full of functions, and does not go through a pipe."""


def _of_task(numbers: range) -> list[Lived]:
    found: list[Lived] = _task(numbers)
    return found


def _chunk(program: Program[Any], workflow: Workflow[Any, Any], seed: int, weeks: int, odds: Odds, numbers: range) -> list[Lived]:
    registry, calendar = Registry.of(program), Calendar(DIVISION, month)
    given = validate_some(program.policy, odds.policy, only=tuple(odds.policy))
    policy = replace(program.policy(), **given)
    how: dict[str, Any] = {"seed": seed, "weeks": weeks, "odds": odds, "policy": policy, "calendar": calendar}
    return [live(program, workflow, registry, n=n, **how) for n in numbers]
