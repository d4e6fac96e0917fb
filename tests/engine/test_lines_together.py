"""A line that several move at once, and the order of any line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.camping import BY_PLACE, Line
from tests.engine.conftest import Desks, Town, make_town
from workflow_core import Choice
from workflow_core.engine.lines import rank
from workflow_core.store import lines
from workflow_core.store.database import Database


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    return town_of(BY_PLACE)


def offers(town: Town, refs: list[str]) -> list[int]:
    """How often each was offered a place."""
    return [sum(one["transition"] == "offer" for one in town.events(ref)) for ref in refs]


def test_two_clocks_at_once_offer_each_place_once_and_skip_nobody(town: Town, desks: Desks) -> None:
    """Two processes: the first seventy have a place, each was offered it once, and neither clock complains."""
    line = Line(town, seats=70)
    refs = line.join(*range(80))
    said = desks("tick", [{}, {}])
    assert [one["problems"] for one in said] == [[], []]
    assert sum(one["steps"] for one in said) == 70
    assert line.seated(refs) == list(range(70))
    assert offers(town, refs) == [1] * 70 + [0] * 10


def test_desks_that_give_places_back_at_once_move_the_line_once_for_each(town: Town, desks: Desks) -> None:
    """Six processes give six places back: the next six in line have them."""
    line = Line(town, seats=6)
    refs = line.join(*range(15))
    line.tick()
    said = desks("advance", [{"given": [ref, "give_back"]} for ref in refs[:6]], pause="read")
    assert all(one["won"] for one in said)
    line.tick()
    assert line.stages(refs) == ["gone"] * 6 + ["offered"] * 6 + ["line"] * 3
    assert offers(town, refs) == [1] * 12 + [0] * 3


def test_threads_that_tick_share_the_line(town: Town) -> None:
    """Also in one process."""
    line = Line(town, seats=10)
    refs = line.join(*range(12))
    with ThreadPoolExecutor(3) as pool:
        reports = [one.result() for one in [pool.submit(town.engine.tick) for _ in range(3)]]
    assert [one.problems for one in reports] == [[], [], []]
    assert offers(town, refs) == [1] * 10 + [0] * 2


class Need(Choice):
    URGENT = "z"
    SOON = "m"
    LATER = "a"


NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False), st.decimals(allow_nan=False, allow_infinity=False), st.booleans())
TEXTS = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=2), max_size=20)
KINDS: list[tuple[st.SearchStrategy[Any], Callable[[Any], Any]]] = [
    (NUMBERS, lambda one: Decimal(one)),
    (TEXTS, lambda one: one.encode()),
    (st.dates(), lambda one: one.isoformat()),
    (st.sampled_from(Need), lambda one: list(Need).index(one)),
]


@given(st.data())
def test_ranks_sort_as_their_values_do(data: st.DataObject) -> None:
    """Numbers by value whatever they are written as, texts byte by byte, dates, choices as they are listed; what is missing comes last; one after the other."""
    columns = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
    rows = data.draw(st.lists(st.tuples(*(st.none() | kind for kind, _ in columns)), min_size=2, max_size=8))

    def order(row: tuple[Any, ...]) -> list[Any]:
        return [(value is None, 0 if value is None else key(value)) for value, (_, key) in zip(row, columns, strict=True)]

    assert [order(row) for row in sorted(rows, key=lambda row: rank(row).encode())] == [order(row) for row in sorted(rows, key=order)]


def test_ranks_of_what_has_no_order_come_last_and_are_texts() -> None:
    """A number that is none, an instant, a list in a list."""
    assert rank([float("nan")]) == rank([None])
    assert rank([datetime(2026, 9, 1, tzinfo=UTC)]) < rank([datetime(2026, 9, 1, 0, 0, 1, tzinfo=UTC)]) < rank([None])
    assert rank([(1, date(2026, 9, 1))]) == rank([1, date(2026, 9, 1)])
    assert rank([float("-inf")]) < rank([-(10**400)]) < rank([0]) < rank([10**400]) < rank([float("inf")])


@pytest.fixture(scope="module")
def small_office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Town]:
    """One office for many examples."""
    folder = tmp_path_factory.mktemp("line")
    path = folder / "office.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    db = Database(path)
    yield make_town(db, folder, BY_PLACE)
    db.dispose()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.none() | st.integers(-5, 5), min_size=1, max_size=7), ill=st.sets(st.integers(0, 6)), seats=st.lists(st.integers(0, 4), max_size=4))
def test_a_line_moves_in_its_order_however_its_places_come(small_office: Town, places: list[int | None], ill: set[int], seats: list[int]) -> None:
    """Whatever sizes the camp has one after the other: whoever has a place stood before each who could have one and has none."""
    line = Line(small_office, seats=0)
    refs = [line.join(place, fit=n not in ill)[0] for n, place in enumerate(places)]
    able = sorted((n for n in range(len(refs)) if n not in ill), key=lambda n: (places[n] is None, places[n] or 0, n))
    for size in seats:
        line.edit(seats=size)
        line.tick()
    assert line.seated(refs) == sorted(able[: max(seats, default=0)])


def test_the_first_of_a_long_line_are_found_by_an_index(small_office: Town) -> None:
    """Nothing is sorted and nobody's row is read who stands behind: its cost does not grow with the line."""
    Line(small_office).join(1, 2)
    with small_office.db.read() as tx:
        raw: Any = tx.connection.connection.dbapi_connection
        asked: list[str] = []
        raw.set_trace_callback(asked.append)
        key = lines.keys(tx, "camping", "seats")[-1]
        ids = lines.first(tx, "camping", "seats", key, small_office.today, 5)
        assert lines.ahead(tx, lines.of(tx, ids[1])[0]) == 1
        raw.set_trace_callback(None)
        plans = [str(row[3]) for sql in asked for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert plans
    assert [one for one in plans if "SCAN" in one or "TEMP B-TREE" in one] == []
