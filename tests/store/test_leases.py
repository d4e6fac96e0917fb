"""Of several machines one holds a lease."""

from __future__ import annotations

from datetime import datetime, timedelta

from workflow_core.store import leases
from workflow_core.store.database import Database

from .conftest import Race

SPAN = timedelta(minutes=2)


def test_one_holds_it_until_it_runs_out(database: Database, now: datetime) -> None:
    """Then another may take it, and the first is told when it wants to go on."""
    with database.write() as tx:
        assert leases.take(tx, "tick", "a", now, SPAN)
        assert not leases.take(tx, "tick", "b", now + SPAN / 2, SPAN)
        assert leases.take(tx, "tick", "b", now + SPAN, SPAN)
        assert not leases.renew(tx, "tick", "a", now + SPAN, SPAN)
        assert not leases.release(tx, "tick", "a")


def test_renewing_keeps_it(database: Database, now: datetime) -> None:
    """Each renewal counts from its own moment; taking it again is renewing."""
    with database.write() as tx:
        assert leases.take(tx, "tick", "a", now, SPAN)
        assert leases.renew(tx, "tick", "a", now + SPAN, SPAN)
        assert not leases.take(tx, "tick", "b", now + SPAN * 1.5, SPAN)
        assert leases.take(tx, "tick", "a", now + SPAN * 1.5, SPAN)


def test_a_released_lease_is_free(database: Database, now: datetime) -> None:
    """At once; and leases of other names were never in the way."""
    with database.write() as tx:
        assert leases.take(tx, "tick", "a", now, SPAN)
        assert leases.take(tx, "post", "b", now, SPAN)
        assert leases.release(tx, "tick", "a")
        assert leases.take(tx, "tick", "b", now, SPAN)


def test_of_several_processes_one_takes_it(race: Race) -> None:
    """They all try at the same moment."""
    said = race(
        """
        from workflow_core.store import leases
        with db.write() as tx:
            print(leases.take(tx, "tick", me, datetime(2026, 3, 2, tzinfo=UTC), timedelta(minutes=2)))
        """,
        4,
    )
    assert sorted(said) == ["False", "False", "False", "True"]
