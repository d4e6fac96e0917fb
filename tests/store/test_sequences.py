"""Numbers have no gaps and are given once."""

# ruff: noqa: PT012  (what raises is a transaction: its whole block)

from __future__ import annotations

import pytest

from workflow_core.store import sequences
from workflow_core.store.database import Database

from .conftest import Race


def test_numbers_run_by_issuer_kind_and_year(database: Database) -> None:
    """Each begins at 1."""
    with database.write() as tx:
        assert [sequences.take(tx, "990101", "return_notice", 2026) for _ in range(3)] == [1, 2, 3]
        assert sequences.take(tx, "990101", "return_notice", 2027) == 1
        assert sequences.take(tx, "990102", "return_notice", 2026) == 1
        assert sequences.take(tx, "990101", "other", 2026) == 1


def test_a_block_of_numbers(database: Database) -> None:
    """In bulk many are taken at once; the first is told."""
    with database.write() as tx:
        assert sequences.take(tx, "office", "ref/DR", 2026, 500) == 1
        assert sequences.take(tx, "office", "ref/DR", 2026) == 501
        with pytest.raises(ValueError, match="at least"):
            sequences.take(tx, "office", "ref/DR", 2026, 0)


def test_an_undone_transaction_gives_its_numbers_back(database: Database) -> None:
    """No gap comes to be."""
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        assert sequences.take(tx, "office", "k", 2026) == 1
        raise ZeroDivisionError
    with database.write() as tx:
        assert sequences.take(tx, "office", "k", 2026) == 1


def test_processes_never_get_the_same_number(database: Database, race: Race) -> None:
    """All numbers, each once, though every third transaction is undone."""
    said = race(
        """
        from workflow_core.store import sequences
        for turn in range(15):
            try:
                with db.write() as tx:
                    number = sequences.take(tx, "office", "k", 2026)
                    if turn % 3 == 2:
                        raise ZeroDivisionError
                print(number)
            except ZeroDivisionError:
                continue
        """,
        4,
    )
    assert sorted(int(number) for lines in said for number in lines.split()) == list(range(1, 41))
