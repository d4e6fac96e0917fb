"""What leaves with a commit is delivered at least once, and what cannot be is seen."""

# ruff: noqa: PT012  (what raises is a transaction: its whole block)

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from workflow_core.store import outbox
from workflow_core.store.database import Database

from .conftest import Race

MINUTE = timedelta(minutes=1)


def put(db: Database, now: datetime, *names: str) -> None:
    with db.write() as tx:
        for name in names:
            assert outbox.put(tx, "message", name, {"text": "提醒", "name": name}, now)


def claim(db: Database, now: datetime, most: int = 50) -> list[outbox.Posted]:
    with db.write() as tx:
        return outbox.claim(tx, now, most=most)


def test_an_item_comes_out_as_it_went_in(database: Database, now: datetime) -> None:
    """With its payload, its case, and when it fell due."""
    with database.write() as tx:
        outbox.put(tx, "effect", "e", {"a": ["甲"]}, now, due_at=now - MINUTE, case_id="c")
    (item,) = claim(database, now)
    assert (item.kind, item.dedup, item.payload, item.case_id, item.at, item.due_at, item.attempts) == ("effect", "e", {"a": ["甲"]}, "c", now, now - MINUTE, 1)


def test_the_same_item_goes_in_once(database: Database, now: datetime) -> None:
    """Also when it was sent meanwhile."""
    put(database, now, "a")
    (item,) = claim(database, now)
    with database.write() as tx:
        assert outbox.sent(tx, item.id)
        assert not outbox.put(tx, "message", "a", {}, now)
    assert claim(database, now + timedelta(days=1)) == []


def test_an_undone_transaction_sends_nothing(database: Database, now: datetime) -> None:
    """A message leaves with the commit or not at all."""
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        outbox.put(tx, "message", "a", {}, now)
        raise ZeroDivisionError
    assert claim(database, now) == []


def test_nothing_is_due_before_its_time(database: Database, now: datetime) -> None:
    """What is due later waits."""
    with database.write() as tx:
        outbox.put(tx, "message", "later", {}, now, due_at=now + MINUTE)
    assert claim(database, now) == []
    assert [item.dedup for item in claim(database, now + MINUTE)] == ["later"]


def test_items_come_oldest_first_and_a_few_at_a_time(database: Database, now: datetime) -> None:
    """What was claimed is not given to the next who asks."""
    put(database, now, "a", "b", "c")
    assert [item.dedup for item in claim(database, now, 2)] == ["a", "b"]
    assert [item.dedup for item in claim(database, now, 2)] == ["c"]
    assert claim(database, now) == []


def test_only_the_kinds_that_are_asked_for(database: Database, now: datetime) -> None:
    """A channel that sends messages leaves effects alone."""
    with database.write() as tx:
        outbox.put(tx, "effect", "e", {}, now)
        assert outbox.claim(tx, now, kinds=("message",)) == []
        assert len(outbox.claim(tx, now, kinds=("effect",))) == 1


def test_a_claim_that_is_not_kept_is_given_to_another(database: Database, now: datetime) -> None:
    """A machine that died in between is not waited for; and who comes late with the same item is told."""
    put(database, now, "a")
    (first,) = claim(database, now)
    (second,) = claim(database, now + outbox.CLAIM)
    assert (first.id, second.attempts) == (second.id, 2)
    with database.write() as tx:
        assert outbox.sent(tx, second.id)
        assert not outbox.sent(tx, first.id)


def test_a_failure_is_tried_again_after_a_pause_that_doubles(database: Database, now: datetime) -> None:
    """One minute, two, four; the reason is kept."""
    put(database, now, "a")
    for attempt, pause in enumerate((1, 2, 4), 1):
        (item,) = claim(database, now)
        assert item.attempts == attempt
        with database.write() as tx:
            assert not outbox.failed(tx, item.id, "no line", now)
        assert claim(database, now + pause * MINUTE - timedelta(seconds=1)) == []
        now += pause * MINUTE
    assert claim(database, now)[0].last_error == "no line"


def test_after_eight_attempts_it_is_dead_and_can_be_revived(database: Database, now: datetime) -> None:
    """The dead letter is seen with its reason, and a person may send it off again."""
    put(database, now, "a")
    died = []
    for _ in range(outbox.MOST_ATTEMPTS):
        now += timedelta(days=1)
        (item,) = claim(database, now)
        with database.write() as tx:
            died.append(outbox.failed(tx, item.id, "no line", now))
    assert died == [False] * 7 + [True]
    assert claim(database, now + timedelta(days=30)) == []
    with database.write() as tx:
        (letter,) = outbox.dead(tx)
        assert (letter.dedup, letter.last_error, letter.attempts) == ("a", "no line", 8)
        assert outbox.counts(tx) == {"waiting": 0, "dead": 1}
        assert outbox.revive(tx, letter.id, now)
        assert not outbox.revive(tx, letter.id, now)
        assert outbox.counts(tx) == {"waiting": 1, "dead": 0}
    assert claim(database, now)[0].attempts == 1


def test_a_hopeless_item_is_dead_at_once(database: Database, now: datetime) -> None:
    """As when the other case refuses; what was sent cannot fail any more."""
    put(database, now, "a", "b")
    first, second = claim(database, now)
    with database.write() as tx:
        assert outbox.failed(tx, first.id, "refused", now, for_good=True)
        outbox.sent(tx, second.id)
        assert not outbox.failed(tx, second.id, "late", now)
        assert [item.dedup for item in outbox.dead(tx)] == ["a"]


def test_dead_letters_come_in_pages(database: Database, now: datetime) -> None:
    """A page begins after the last item of the one before."""
    put(database, now, "a", "b", "c")
    with database.write() as tx:
        for item in outbox.claim(tx, now):
            outbox.failed(tx, item.id, "x", now, for_good=True)
        page = outbox.dead(tx, most=2)
        assert [item.dedup for item in page] == ["a", "b"]
        assert [item.dedup for item in outbox.dead(tx, after=page[-1].id)] == ["c"]


def test_processes_share_the_work(database: Database, now: datetime, race: Race) -> None:
    """Each item is claimed by one of them, and none is left."""
    put(database, now, *[f"m{number:02}" for number in range(40)])
    said = race(
        """
        from workflow_core.store import outbox
        while True:
            with db.write() as tx:
                found = outbox.claim(tx, datetime(2026, 3, 2, 1, tzinfo=UTC), most=3)
            if not found:
                break
            print(*[item.dedup for item in found])
        """,
        4,
    )
    assert sorted(name for lines in said for name in lines.split()) == [f"m{number:02}" for number in range(40)]
