"""Seats and the draw of a camp: how their time grows, and what the draw takes beside the hashing and sorting that nobody can leave out; nominations, stored."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from random import Random

from benchmarks import nominations
from benchmarks.harness import Line, interleave, seconds_each
from careflow_camp.draw import Entry, draw, order_text, seed
from careflow_camp.forms import Method
from careflow_camp.seats import allot

FEW, MANY, EACH = 300, 3_000, 2
"""Schools in a county and in a province; seats for each of them, on the average."""
NOMINATED = 100_000
SEED = seed("5e" * 32, "03081217263109")


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    few, many = counts(FEW), counts(MANY)
    for method in Method:
        found = interleave({"many": partial(_seconds, many, 1, method), "few": partial(_seconds, few, MANY // FEW, method)})
        what = f"seats for {MANY:,} schools, {method.name.lower().replace('_', ' ')}: a school"
        yield Line("camp", what, f"{FEW} schools, {MANY // FEW} times", found.typical("many"), found.typical("few"), found.ratio("many", "few"), at_most=5)
    entries = nominated()
    if [one.reference for one in draw(entries, SEED)] != [reference for *_, reference in _bare(entries)]:
        raise RuntimeError("the draw and the bare sums have another order")
    found = interleave(
        {
            "ours": lambda: seconds_each(lambda: order_text(draw(entries, SEED)), NOMINATED),
            "bare": lambda: seconds_each(lambda: _bare(entries), NOMINATED),
        }
    )
    what, beside = f"{NOMINATED:,} children drawn, and the order written: a child", "SHA-256 and a sort, in one line"
    yield Line("camp", what, beside, found.typical("ours"), found.typical("bare"), found.ratio("ours", "bare"), at_most=3)
    yield from nominations.lines()


def counts(schools: int) -> list[tuple[str, object]]:
    """Invented schools with 1 to 400 children; the same each time."""
    random = Random(8)
    return [(f"school {n:05d}", random.randint(1, 400)) for n in range(schools)]


def nominated() -> list[Entry]:
    """Invented references in eight tiers, in no order."""
    random = Random(9)
    found = [Entry(random.randint(1, 8), f"CM-27-{n:06d}") for n in range(NOMINATED)]
    random.shuffle(found)
    return found


def _seconds(schools: list[tuple[str, object]], times: int, method: Method) -> float:
    """Seconds for one school of an allotment that is made so many times."""
    return seconds_each(lambda: [allot(schools, len(schools) * EACH, method, at_least=1) for _ in range(times)], len(schools) * times)


def _bare(entries: list[Entry]) -> list[tuple[int, str, str]]:
    return sorted((tier, sha256(f"{SEED}:{reference}".encode()).hexdigest(), reference) for tier, reference in entries)
