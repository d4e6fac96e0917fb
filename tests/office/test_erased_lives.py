"""Whatever life a child has had in several programs: after an erasure no byte of the live office says who it was. On both databases."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select

from tests.office.forgetting import ANYBODY, PROGRAMS, Town, end_all, look, on_file, words_of
from workflow_core.errors import CareError
from workflow_core.records import merging
from workflow_core.store import seals, tables
from workflow_core.testing.people import Invented
from workflow_core.testing.walks import Walk, program_walks

WALKED = [
    (program, one) for program in PROGRAMS for one in program.workflows if one.name != "camper" and one.subject is not None and one.subject.name == "child"
]


@pytest.mark.parametrize("walk_of", [pytest.param(2, id="lives")])
def test_after_an_erasure_nothing_says_who_it_was(town: Town, walk_of: int) -> None:
    """Several programs, papers signed and served, messages sent, consents, a merged file, looks and exports: whatever came of it, no byte is left."""
    quick = settings(max_examples=walk_of, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    numbers = iter(range(100))

    @quick
    @given(some.tuples(*(program_walks(program, workflow, most=6) for program, workflow in WALKED)))
    def property_of(walks: tuple[Walk, ...]) -> None:
        n = next(numbers)
        child = on_file(town, n)
        family = {name: child.said[name] for name in ("guardian", "guardian_phone") if n % 2}
        sibling = on_file(town, n + 100, **family)
        double = on_file(town, n + 200, national_id=None, name=child.name, provisional=True)
        town.scenario.about = child
        for walk in walks:
            try:
                life = walk.go(town.scenario)
            except (CareError, StopIteration):
                continue  # a program that takes no such child
            town.scenario.engine.note(ANYBODY, life.ref, f"{child.name}, {child.national_id}")
        merge(town, double, child)
        look(town, child)
        town.scenario.about = None
        end_all(town, child)
        before = counted(town)
        assert len(town.holding(*words_of(child))) == 4
        found = town.ask_and_erase(child.ref)
        kept = set(words_of(sibling))
        gone = [word for word in words_of(child) if word not in kept]
        assert len(gone) == (2 if n % 2 else 4)
        assert (found.state, found.clean, town.holding(*gone)) == ("done", True, {})
        assert len(town.holding(*words_of(sibling))) == 4
        assert (counted(town), town.faults()) == (before, [])

    property_of()
    town.scenario.clock.instant = town.scenario.clock.instant.replace(year=town.scenario.clock.instant.year + 1)
    with town.db.write() as tx:
        while seals.seal_days(tx, town.scenario.now):
            pass
    assert town.faults() == []


def merge(town: Town, gone: Invented, kept: Invented) -> None:
    """One file goes into the other."""
    with town.db.write() as tx:
        merging.merge(tx, ANYBODY.login, town.scenario.now, gone.ref, kept.ref, reason=f"{kept.name} twice")


def counted(town: Town) -> list[Any]:
    """How many cases there are, by township, program, stage and month: what a statistic is made of."""
    case = tables.case
    columns = (func.substr(case.c.division, 1, 9), case.c.program, case.c.workflow, case.c.stage, func.substr(case.c.opened_at, 1, 7))
    named = [column.label(f"c{n}") for n, column in enumerate(columns)]
    with town.db.read() as tx:
        return [tuple(row.values()) for row in tx.rows(select(*named, func.count().label("n")).group_by(*named).order_by(*named))]
