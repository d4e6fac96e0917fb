"""A database whose every transaction is undone when somebody says so: a step of a command is a savepoint of one transaction that is never committed.

So one command does not spoil the next, on either database, and nothing is copied between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import PoolProxiedConnection

from workflow_core.store.database import Database, Tx, _sound


class Held(Database):
    """A database that forgets: :meth:`forget` puts it back to what it was when it was opened."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._pooled: PoolProxiedConnection | None = None
        self._depth = 0

    @contextmanager
    def snapshot(self) -> Iterator[Tx]:
        """All of it happens within one transaction already."""
        with self._begin(writes=False) as tx:
            yield tx

    def forget(self) -> None:
        """Undo whatever was written since the last time."""
        if self._pooled is not None:
            self._pooled.rollback()
            self._pooled.close()
            self._pooled = None

    def dispose(self) -> None:
        """Nothing: a command that hangs up does so for itself."""

    def end(self) -> None:
        """Forget, and close."""
        self.forget()
        super().dispose()

    @contextmanager
    def _begin(self, *, writes: bool) -> Iterator[Tx]:
        if self._pooled is None:
            self._pooled = self.engine.raw_connection()
            if self.dialect_name == "sqlite":
                self._raw("BEGIN")
        self._depth += 1
        name = f"held_{self._depth}"
        pooled = self._pooled
        self._raw(f"SAVEPOINT {name}")
        try:
            tx = Tx(self.engine, pooled, self.where, writes=writes)
            yield tx
            _sound(tx)
        except BaseException:
            if self._pooled is pooled:
                self._raw(f"ROLLBACK TO SAVEPOINT {name}")
            raise
        finally:
            if self._pooled is pooled:  # else it was forgotten meanwhile, and with it all its savepoints
                self._raw(f"RELEASE SAVEPOINT {name}")
            self._depth -= 1

    def _raw(self, sql: str) -> None:
        assert self._pooled is not None
        raw: Any = self._pooled.dbapi_connection
        raw.execute(sql)
