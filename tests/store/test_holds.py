"""A limit holds, whoever comes at the same moment."""

from __future__ import annotations

import pytest

from workflow_core.errors import Damaged
from workflow_core.store import holds
from workflow_core.store.database import Database

from .conftest import MakeCase, Race


def test_a_place_is_taken_while_there_is_room(database: Database, make_case: MakeCase) -> None:
    """The third of two is told that there is none."""
    cases = [make_case(number) for number in range(3)]
    with database.write() as tx:
        assert [holds.take(tx, "camp", "seats", "2026", case_id, 2) for case_id in cases] == [True, True, False]
        assert holds.used(tx, "camp", "seats", "2026") == 2
        assert holds.holders(tx, "camp", "seats", "2026") == cases[:2]


def test_each_key_is_counted_by_itself(database: Database, make_case: MakeCase) -> None:
    """A child's one case does not stand in another child's way."""
    cases = [make_case(number) for number in range(2)]
    with database.write() as tx:
        assert holds.take(tx, "p", "one", "child-a", cases[0], 1)
        assert holds.take(tx, "p", "one", "child-b", cases[1], 1)
        assert holds.used(tx, "p", "one", "child-c") == 0


def test_taking_again_counts_once(database: Database, make_case: MakeCase) -> None:
    """A case that has its place keeps it."""
    first, second = make_case(1), make_case(2)
    with database.write() as tx:
        assert holds.take(tx, "p", "l", "k", first, 1)
        assert holds.take(tx, "p", "l", "k", first, 1)
        assert not holds.take(tx, "p", "l", "k", second, 1)
        assert holds.used(tx, "p", "l", "k") == 1


def test_a_released_place_is_free(database: Database, make_case: MakeCase) -> None:
    """And only who has one can give it back."""
    first, second = make_case(1), make_case(2)
    with database.write() as tx:
        holds.take(tx, "p", "l", "k", first, 1)
        assert not holds.release(tx, "p", "l", "k", second)
        assert holds.release(tx, "p", "l", "k", first)
        assert not holds.release(tx, "p", "l", "k", first)
        assert holds.take(tx, "p", "l", "k", second, 1)


def test_a_closing_case_gives_everything_back(database: Database, make_case: MakeCase) -> None:
    """All its places at once, and nobody else's."""
    first, second = make_case(1), make_case(2)
    with database.write() as tx:
        for key in ("a", "b"):
            holds.take(tx, "p", "l", key, first, 2)
            holds.take(tx, "p", "l", key, second, 2)
        assert holds.release_all(tx, first) == 2
        assert holds.release_all(tx, first) == 0
        assert [holds.holders(tx, "p", "l", key) for key in ("a", "b")] == [[second], [second]]
        assert holds.used(tx, "p", "l", "a") == 1


def test_the_size_may_change(database: Database, make_case: MakeCase) -> None:
    """More room is room at once; less takes nothing away and lets nobody in."""
    cases = [make_case(number) for number in range(4)]
    with database.write() as tx:
        assert holds.take(tx, "p", "l", "k", cases[0], 1)
        assert holds.take(tx, "p", "l", "k", cases[1], 2)
        assert not holds.take(tx, "p", "l", "k", cases[2], 1)
        assert not holds.take(tx, "p", "l", "new", cases[3], 0)
        assert holds.used(tx, "p", "l", "k") == 2


def test_a_place_can_be_taken_before_its_case_is_written(database: Database) -> None:
    """Within the transaction the order is free; at its end the case must be there."""
    with pytest.raises(Damaged) as caught, database.write() as tx:
        assert holds.take(tx, "p", "l", "k", "no-such-case", 1)
    assert caught.value.code == "row_refused"
    with database.read() as tx:
        assert holds.used(tx, "p", "l", "k") == 0


def test_of_eight_desks_one_gets_the_last_seat(database: Database, make_case: MakeCase, race: Race) -> None:
    """Eight processes want it at the same moment; one wins, seven are told no, on either database."""
    for number in range(8):
        make_case(number)
    said = race(
        """
        from workflow_core.store import holds
        with db.write() as tx:
            print(holds.take(tx, "camp", "seats", "2026", f"case-{int(me):04}", 1))
        """,
        8,
    )
    assert sorted(said) == ["False"] * 7 + ["True"]
    with database.read() as tx:
        assert holds.holders(tx, "camp", "seats", "2026") == [f"case-{said.index('True'):04}"]
        assert holds.used(tx, "camp", "seats", "2026") == 1
