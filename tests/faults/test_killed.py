"""A process killed at any point, without a word: what it had answered stands, what it had not is as if it had never begun, and again makes it whole."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from tests.faults.conftest import STORY, Library
from tests.faults.forge import Ground, differences

RUNS = int(os.environ.get("CARE_FAULT_RUNS", "24"))
PER = max(1, RUNS // (2 * len(STORY)))
"""So many of each chapter on each database."""
SEED = int(os.environ.get("CARE_FAULT_SEED", "20261021"))


def killed_somewhere(library: Library, ground: Ground, chapter: str, rnd: random.Random, *, first: bool) -> str:
    """Kills the chapter's command: right beside one of the calls that matter, or at any instant; answers where."""
    one = next(one for one in STORY if one.name == chapter)
    at: dict[str, float] = (
        {"kill_at": rnd.randint(1, library.calls[chapter] * 19 // 20)} if rnd.random() < 0.6 else {"kill_after": rnd.uniform(0, library.seconds[chapter])}
    )
    ran = ground.care(*library.words(one), now=one.now, **at)
    assert ran.killed or (ran.code in (0, 1) and not (first and "kill_at" in at)), (at, ran)
    return f"{chapter} {at} {'killed' if ran.killed else 'done'}"


@pytest.mark.parametrize("n", range(PER))
@pytest.mark.parametrize("chapter", [one.name for one in STORY])
def test_whatever_it_was_at_the_office_is_whole_and_again_completes_it(library: Library, chapter: str, n: int) -> None:
    """Nothing half, nothing twice, nothing lost; up to three deaths in a row."""
    rnd = random.Random(f"{SEED} {library.kind} {chapter} {n}")
    one = next(one for one in STORY if one.name == chapter)
    ground = library.ground(chapter)
    try:
        where = [killed_somewhere(library, ground, chapter, rnd, first=time == 0) for time in range(rnd.choice((1, 1, 2, 3)))]
        ground.must_be_whole("tick_late", "letters_late", "plan_left", now=one.now)
        library.play(ground, one)
        ground.must_be_whole(now=one.now)
        found = library.content(ground, one)
        assert found == library.after[chapter], (where, differences(library.after[chapter], found))
        letters = Counter(ground.letters())
        assert sorted(letters) == sorted(ground.sent()), where
        assert max(letters.values(), default=1) == 1, where
    finally:
        ground.drop()
