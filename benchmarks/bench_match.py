"""Matching a county's children with its proxy parents: what the match takes beside a solver that is handed the finished costs.

The costs say all that the match seeks, in one number for each child and place: the tier before the near pairs, these before the line. Townships are
matched each within itself, so the solver has twenty small problems instead of one that would not fit into memory. It is handed the matrices; making them is
not counted.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from benchmarks.harness import Line, interleave, seconds_each
from careflow_pairing.matching import Matching, Need, Proxy, Rules, match

CHILDREN, VOLUNTEERS, TOWNSHIPS, VILLAGES = 10_000, 4_000, 20, 12
MEMORY = 500
"""MiB that a match of the county may need, at the most."""
RULES = Rules(on=date(2026, 10, 12))
RELATIVES = 0.02
"""How many children have a relative among the volunteers, in a second county: its townships hang together."""


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    needs, proxies = county()
    bare, tiers = costs(needs, proxies), costs(needs, proxies, line=False)
    _agree(match(needs, proxies, RULES), needs, proxies, bare)
    found = interleave(
        {
            "ours": lambda: seconds_each(lambda: match(needs, proxies, RULES), CHILDREN),
            "bare": lambda: seconds_each(lambda: _solve(bare), CHILDREN),
            "without the line": lambda: seconds_each(lambda: _solve(tiers), CHILDREN),
        }
    )
    what, beside = f"{CHILDREN:,} children and {VOLUNTEERS:,} proxy parents matched: a child", "scipy's linear_sum_assignment on the same costs"
    yield Line("match", what, beside, found.typical("ours"), found.typical("bare"), found.ratio("ours", "bare"), at_most=3)
    yield Line(
        "match", "the same", "that solver, with costs that leave the line's order to chance", found.typical("ours"), found.typical("without the line"),
        found.ratio("ours", "without the line"),
    )  # fmt: skip
    seconds, memory = _alone("apart")
    yield Line("match", "the same, in a process of its own: memory", f"{MEMORY} MiB", seconds, None, memory / MEMORY, at_most=1, note=f"{memory:.0f} MiB")
    seconds, memory = _alone("together")
    yield Line(
        "match",
        "with relatives in other townships: one problem, not twenty",
        f"{MEMORY} MiB",
        seconds,
        None,
        memory / MEMORY,
        at_most=1,
        note=f"{memory:.0f} MiB",
    )


def county() -> tuple[list[Need], list[Proxy]]:
    """Invented children and volunteers, gathered in villages of different sizes; the same each time."""
    random = Random(6)
    sizes = [random.randint(1, 6) for _ in range(VILLAGES)]
    towns = [random.choices(range(TOWNSHIPS), k=1)[0] if random.random() < 0.3 else n % TOWNSHIPS for n in range(CHILDREN)]

    def village() -> str:
        return f"village {random.choices(range(VILLAGES), sizes)[0]}"

    needs = [Need(ref=f"N-{n:05d}", township=f"{towns[n]:02d}", village=village(), priority=random.choices((1, 2, 3), (1, 6, 3))[0]) for n in range(CHILDREN)]
    proxies = [
        Proxy(ref=f"V-{n:05d}", township=f"{n % TOWNSHIPS:02d}", village=village(), capacity=random.randint(1, 3), vetted_on=date(2026, 3, 1))
        for n in range(VOLUNTEERS)
    ]
    return needs, proxies


def costs(needs: Sequence[Need], proxies: Sequence[Proxy], *, line: bool = True) -> list[Any]:
    """For each township what a child at a place is worth: children down, places across."""
    import numpy as np

    found = []
    for town in sorted({one.township for one in needs}):
        children = sorted((one for one in needs if one.township == town), key=lambda one: (one.priority, one.ref))
        seats = [one for one in proxies if one.township == town for _ in range(one.capacity)]
        near = np.array([one.village for one in children])[:, None] == np.array([one.village for one in seats])[None, :]
        count = len(children)
        worth = (4 - np.array([one.priority for one in children]))[:, None] * (count + 1) + near
        found.append((worth * count * count + (count - np.arange(count))[:, None] if line else worth).astype(float))
    return found


def _solve(matrices: Sequence[Any]) -> list[Any]:
    from scipy.optimize import linear_sum_assignment

    return [linear_sum_assignment(one, maximize=True) for one in matrices]


def _agree(ours: Matching, needs: Sequence[Need], proxies: Sequence[Proxy], matrices: Sequence[Any]) -> None:
    """Both reach the same."""
    theirs = [len(rows) for rows, _ in _solve(matrices)]
    worth = sum(one[rows, columns].sum() for one, (rows, columns) in zip(matrices, _solve(matrices), strict=True))
    whom, by_need = {one.ref: one for one in proxies}, {pair.need: pair for pair in ours.pairs}
    mine = 0.0
    for town in sorted({one.township for one in needs}):
        children = sorted((one for one in needs if one.township == town), key=lambda one: (one.priority, one.ref))
        count = len(children)
        for place, one in enumerate(children):
            if one.ref in by_need:
                near = whom[by_need[one.ref].proxy].village == one.village
                mine += ((4 - one.priority) * (count + 1) + near) * count * count + count - place
    if ours.paired != sum(theirs) or mine != worth:
        raise RuntimeError(f"the match is worth {mine:.0f}, the solver's {worth:.0f}; {ours.paired} pairs, and {sum(theirs)}")


def _alone(way: str) -> tuple[float, float]:
    """Seconds for a child, and MiB, of a match in a process of its own."""
    done = subprocess.run([sys.executable, "-m", __name__, way], cwd=Path(__file__).parent.parent, capture_output=True, check=True, text=True)
    seconds, memory = map(float, done.stdout.split())
    return seconds / CHILDREN, memory


def main(way: str) -> None:
    """Match the county, and print the seconds and the most memory it took, in MiB."""
    needs, proxies = county()
    if way == "together":
        random = Random(7)
        needs = [replace(one, kin=frozenset({random.choice(proxies).ref})) if random.random() < RELATIVES else one for one in needs]
    before = perf_counter()
    match(needs, proxies, RULES)
    print(perf_counter() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024))


if __name__ == "__main__":
    main(*sys.argv[1:])
