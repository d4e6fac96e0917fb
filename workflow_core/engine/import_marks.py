"""How far an import had come: where the database throws a chunk's transaction away, what the chunk told is forgotten and it is taken anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow_core.engine.importing import ImportRun

_COUNTS = ("rows", "opened", "changed", "unchanged", "duplicates", "rejected", "attested")


@dataclass(frozen=True)
class Mark:
    """What an import had in memory before a chunk.

    :param counts: of the report; :param refused: by sheet, the number of rows refused; :param seen: the number of people met;
    :param whole: the reference of the case that the rows are parts of.
    """

    counts: Mapping[str, int | None]
    told: tuple[int, int, int]
    refused: Mapping[str, int]
    seen: int
    whole: str | None


def mark(run: ImportRun) -> Mark:
    """Remember where an import stands, before a chunk."""
    counts = {name: getattr(run.report, name) for name in _COUNTS}
    lengths = [len(one) for one in _lists(run)]
    refused = {sheet: len(rows) for sheet, rows in run.refused.items()}
    return Mark(counts, (lengths[0], lengths[1], lengths[2]), refused, len(run.subjects.seen), run.whole.ref)


def back(run: ImportRun, to: Mark) -> None:
    """Forget what a chunk told whose transaction is gone."""
    for name, count in to.counts.items():
        setattr(run.report, name, count)
    for some, length in zip(_lists(run), to.told, strict=True):
        del some[length:]
    for sheet in list(run.refused):
        del run.refused[sheet][to.refused.get(sheet, 0) :]
        if not run.refused[sheet]:
            del run.refused[sheet]
    while len(run.subjects.seen) > to.seen:  # a dictionary keeps the order in which people were met, and no entry is ever changed
        run.subjects.seen.popitem()
    run.whole.ref, run.whole.opened, run.whole.read = to.whole, None, None


def _lists(run: ImportRun) -> Sequence[list[Any]]:
    return run.report.refs, run.report.problems, run.report.results
