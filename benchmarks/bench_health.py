"""Judging the children of a health day: one by one in plain Python, and in columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from benchmarks.harness import Line, interleave, seconds_each
from careflow_healthcheck.judging import Measured, judge
from careflow_healthcheck.judging.bulk import Columns, judge_many

CHILDREN = 20_000
DAY = date(2026, 10, 20)


def lines() -> Iterator[Line]:
    """The lines of this measurement."""
    rows = children(CHILDREN)
    columns = Columns.of(rows)
    if list(judge_many(columns)) != [judge(*row) for row in rows]:
        raise RuntimeError("judging in bulk and judging one by one do not agree")
    found = interleave(
        {
            "one": lambda: seconds_each(lambda: [judge(*row) for row in rows], CHILDREN),
            "bulk": lambda: seconds_each(lambda: judge_many(columns), CHILDREN),
            "bulk with columns": lambda: seconds_each(lambda: list(judge_many(Columns.of(rows))), CHILDREN),
        }
    )
    one = found.typical("one")
    yield Line("health", f"judging {CHILDREN:,} children in columns", "one by one", found.typical("bulk"), one, found.ratio("one", "bulk"), at_least=20.0)
    both = found.ratio("one", "bulk with columns")
    yield Line("health", "the same, from rows and into findings", "one by one", found.typical("bulk with columns"), one, both)


def children(number: int) -> list[tuple[Measured, date | None, str | None, date]]:
    """Invented children of 5 to 19 years, some of whom were not measured in full; the same each time."""
    random = Random(7)

    def some(value: float) -> float | None:
        return None if random.random() < 0.02 else value

    def child() -> tuple[Measured, date | None, str | None, date]:
        age = random.uniform(5, 19)
        height = round(80 + 5.5 * age + random.gauss(0, 7), 1)
        weight = round((height / 100) ** 2 * random.gauss(17.5, 3), 1)
        measured = Measured(
            some(height), some(max(weight, 9.0)), some(random.randint(85, 140)), some(random.randint(45, 92)),
            some(random.randint(40, 53) / 10), some(random.randint(40, 53) / 10),
        )  # fmt: skip
        return measured, DAY - timedelta(days=round(age * 365.25)), random.choice(("male", "female")), DAY

    return [child() for _ in range(number)]
