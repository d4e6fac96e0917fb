"""What two transactions undo each other by is done anew, by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import bindparam, insert, select, update

from workflow_core.errors import Conflict
from workflow_core.store import again as again_module
from workflow_core.store.again import TRIES, again
from workflow_core.store.database import Database
from workflow_core.store.faults import Collided
from workflow_core.store.statement import Statement
from workflow_core.store.tables import setting

PUT = Statement(insert(setting))
SAY = Statement(update(setting).where(setting.c.key == bindparam("of")).values(value=setting.c.value + bindparam("more")))
ALL = Statement(select(setting.c.key, setting.c.value).order_by(setting.c.key))


@pytest.fixture
def postgresql(care_emptied: Callable[[], str]) -> Iterator[Database]:
    """SQLite has one writer at a time: there two never wait for each other."""
    opened = Database(care_emptied())
    with opened.write() as tx:
        tx.many(PUT, [{"key": "a", "value": ""}, {"key": "b", "value": ""}])
    yield opened
    opened.dispose()


def crosswise(db: Database, how: Callable[[Callable[[], None]], None]) -> list[Exception]:
    """Two threads that write the same two rows in opposite orders, neither before the other has its first; what each was told."""
    both, told = threading.Barrier(2), list[Exception]()

    def write(first: str, second: str) -> None:
        met = False

        def step() -> None:
            nonlocal met
            with db.write() as tx:
                tx.execute(SAY, {"of": first, "more": first})
                if not met:
                    met = True
                    both.wait(10)
                tx.execute(SAY, {"of": second, "more": first})

        try:
            how(step)
        except Conflict as error:
            told.append(error)

    threads = [threading.Thread(target=write, args=order) for order in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return told


def said(db: Database) -> dict[str, list[str]]:
    with db.read() as tx:
        return {row.key: sorted(row.value) for row in tx.rows(ALL)}


def test_of_two_that_wait_for_each_other_one_is_told_that_the_office_is_busy(postgresql: Database) -> None:
    """As it is where nobody tries again: the other's work stands, whole."""
    told = crosswise(postgresql, lambda step: step())
    assert [(type(one), getattr(one, "code", "")) for one in told] == [(Collided, "office_busy")]
    assert said(postgresql) in ({"a": ["a"], "b": ["a"]}, {"a": ["b"], "b": ["b"]})


def test_two_that_wait_for_each_other_both_come_through(postgresql: Database) -> None:
    """Each is written once."""
    assert crosswise(postgresql, lambda step: again(postgresql, step)) == []
    assert said(postgresql) == {"a": ["a", "b"], "b": ["a", "b"]}


def test_it_is_tried_a_few_times_and_then_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """With pauses that grow, and are drawn by lot."""
    pauses: list[float] = []
    monkeypatch.setattr("workflow_core.store.again.time.sleep", pauses.append)
    tries = []

    def step() -> None:
        tries.append(1)
        raise Collided

    with pytest.raises(Collided):
        again(database, step)
    assert len(tries) == TRIES
    assert len(set(pauses)) == TRIES - 1
    assert all(0 <= pause <= again_module.FIRST_PAUSE * 2**n for n, pause in enumerate(pauses, 1))


def test_within_a_transaction_it_is_done_once(database: Database) -> None:
    """The whole is lost: whoever began it begins anew."""
    tries = []

    def step() -> None:
        tries.append(1)
        raise Collided

    with pytest.raises(Collided), database.write():
        again(database, step)
    assert tries == [1]


def test_another_conflict_is_told_at_once(database: Database) -> None:
    """Who was overtaken must look again before he repeats it."""
    tries = []

    def step() -> None:
        tries.append(1)
        raise Conflict("case_changed", "it changed")

    with pytest.raises(Conflict, match="it changed"):
        again(database, step)
    assert tries == [1]
