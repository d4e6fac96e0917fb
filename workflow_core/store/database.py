"""The database of an office, and its transactions.

One transaction belongs to the outermost caller: it commits when the block ends well and rolls back when an exception leaves it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Executable, PoolProxiedConnection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from workflow_core.errors import Damaged, Misused
from workflow_core.i18n import N_
from workflow_core.store import faults
from workflow_core.store.server.session import is_desk, through
from workflow_core.store.statement import Compiled, Params, Statement, is_select

BUSY_SECONDS = 30
"""How long a writer waits for another before it gives up with ``office_busy``."""

CACHE = 16 * 1024
"""KiB of a SQLite file that a connection keeps in memory: what an inbox touches in an office with a million tasks."""

_BEGIN = "care_begin"
BEGIN_WRITING = "BEGIN IMMEDIATE"
"""A writer takes SQLite's lock at once: a reader that turns writer fails without waiting when somebody wrote in between."""
NOTHING: dict[str, Any] = {}
T = TypeVar("T")


class Row(dict[str, Any]):
    """One row: ``row["stage"]`` and ``row.stage``; ready for JSON."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Tx:
    """One transaction. Takes a :class:`Statement` (fast) or a Core statement made on the spot, with named parameters.

    Every method raises ``AlreadyThere`` for a taken key, ``Conflict`` (office_busy) for a lock that was not to be had, ``Damaged`` for
    the rest. After such an error nothing of the transaction can be committed any more, on either database, except where the write was
    wrapped in :meth:`savepoint`. A reading transaction refuses to write with ``RuntimeError``.
    """

    def __init__(self, engine: Engine, pooled: PoolProxiedConnection, where: str, *, writes: bool) -> None:
        self.dialect = engine.dialect
        self.writes = writes
        self.spoiled = False
        self._engine = engine
        self._pooled = pooled
        self._where = where
        self._streams = 0
        self._savepoints = 0
        self._lost: Exception | None = None  # why the database has undone the whole transaction by itself
        self._raw: Any = pooled.dbapi_connection
        self.desk = is_desk(self.dialect)
        """A desk's session of a server office: it reads views, and writes through the gate alone."""
        self._error: type[Exception] = self.dialect.loaded_dbapi.Error

    @cached_property
    def connection(self) -> Connection:
        """The same transaction as SQLAlchemy sees it; made on use, since most transactions need none."""
        return Connection(self._engine, self._pooled)

    def execute(self, statement: Statement | Executable, params: Params = NOTHING) -> int:
        """Send a statement; the number of rows it wrote."""
        return self._send(statement, params, _count)

    def rows(self, statement: Statement | Executable, params: Params = NOTHING) -> list[Row]:
        """Ask for all rows, or write and take what RETURNING gives."""
        return self._send(statement, params, _all)

    def one(self, statement: Statement | Executable, params: Params = NOTHING) -> Row | None:
        """Ask for the first row, or none."""
        return self._send(statement, params, _first)

    def value(self, statement: Statement | Executable, params: Params = NOTHING) -> Any:
        """Ask for the first column of the first row; None where there is no row."""
        row = self._send(statement, params, _first)
        return None if row is None else next(iter(row.values()))

    def many(self, statement: Statement, params: Sequence[Params]) -> int:
        """Send one statement for each set of parameters, which all have the same names; the number of rows written."""
        if not params:
            return 0
        self._may(statement)
        if self.desk and (answer := through(self, statement, params)) is not None:
            return answer.rowcount
        made = _plain(statement.compiled(self.dialect, params[0]))
        if len(params) == 1:  # a batch of one costs the driver more than the row
            return self._send(statement, params[0], _count)
        bound = [made.bind(each) for each in params]
        try:
            with closing(self._raw.cursor()) as cursor:
                cursor.executemany(made.sql, bound)
                return int(cursor.rowcount)
        except self._error as error:
            raise self._fault(error) from None

    def stream(self, statement: Statement, params: Params = NOTHING, *, chunk: int = 500) -> Generator[Row, None, None]:
        """Ask for rows a chunk at a time, in bounded memory, however many there are. Left early, it is closed before the transaction ends."""
        self._may(statement)
        made = _plain(statement.compiled(self.dialect, params))
        bound = made.bind(params)
        self._streams += 1
        try:
            # PostgreSQL's ordinary cursor would fetch everything at once.
            with closing(self._raw.cursor(name=f"stream_{self._streams}") if self.dialect.name == "postgresql" else self._raw.cursor()) as cursor:
                cursor.execute(made.sql, bound)
                names = _names(cursor)
                while found := cursor.fetchmany(chunk):
                    for values in found:
                        yield Row(zip(names, values, strict=True))
        except self._error as error:
            raise self._fault(error) from None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that may fail by itself: an exception that leaves the block undoes the block, and the transaction can go on."""
        outer, self.spoiled = self.spoiled, False
        self._savepoints += 1
        name = f"care_{self._savepoints}"
        self._say(f"SAVEPOINT {name}")
        try:
            yield
            _sound(self)
        except BaseException:
            if self._pooled.is_valid and self._lost is None:
                self._say(f"ROLLBACK TO SAVEPOINT {name}")
                self._say(f"RELEASE SAVEPOINT {name}")
            raise
        else:
            self._say(f"RELEASE SAVEPOINT {name}")
        finally:
            self.spoiled = outer

    def still_there(self) -> None:
        """Raise again what the transaction was lost by: what is sent after that would be committed, each for itself."""
        if self._lost is not None:
            raise self._lost

    def _say(self, sql: str) -> None:
        self.still_there()
        try:
            self._raw.execute(sql)
        except self._error as error:
            raise self._fault(error) from None

    def _send(self, statement: Statement | Executable, params: Params, take: Callable[[Any], T]) -> T:
        self._may(statement)
        if self.desk and (answer := through(self, statement, [params])) is not None:
            return take(answer)
        try:
            if isinstance(statement, Statement):
                made: Compiled | None = statement.compiled(self.dialect, params)
                if made is not None and made.expands:
                    made = statement.expanded(self.dialect, params)
                if made is not None:
                    cursor = self._raw.cursor()
                    try:
                        cursor.execute(made.sql, made.bind(params))
                        return take(cursor)
                    finally:
                        cursor.close()
                statement = statement.core(self.dialect)
            result: Any = self.connection.execute(statement, dict(params))
            try:
                return take(result.cursor if result.returns_rows else result)
            finally:
                result.close()
        except DBAPIError as error:
            raise self._fault(error.orig or error) from None
        except self._error as error:
            raise self._fault(error) from None

    def _may(self, statement: Statement | Executable) -> None:
        self.still_there()
        if not self.writes and not (statement.reads if isinstance(statement, Statement) else is_select(statement)):
            raise RuntimeError("a reading transaction was asked to write")

    def _fault(self, error: BaseException) -> Exception:
        self.spoiled = True
        told = faults.translated(error, self._where)
        if isinstance(error, self.dialect.loaded_dbapi.Error) and self.dialect.is_disconnect(error, self._raw, None):
            self._lost = told  # whatever is sent after this is answered with it, and no second fault hides the first
            if self._pooled.is_valid:
                self._pooled.invalidate()
        if self.dialect.name == "sqlite" and not self._raw.in_transaction:  # a full or failing disk
            self._lost = told
        return told


def _count(cursor: Any) -> int:
    return int(cursor.rowcount)


def _all(cursor: Any) -> list[Row]:
    names = _names(cursor)
    return [Row(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _first(cursor: Any) -> Row | None:
    values = cursor.fetchone()
    return None if values is None else Row(zip(_names(cursor), values, strict=True))


def _names(cursor: Any) -> list[str]:
    return [column[0] for column in cursor.description]


def _plain(made: Compiled) -> Compiled:
    if made.expands:
        raise TypeError("a statement with a list parameter can be neither streamed nor sent for many rows")
    return made


def _sound(tx: Tx) -> None:
    tx.still_there()
    if tx.spoiled:
        raise RuntimeError("an error of the database was swallowed: what the transaction holds cannot be committed")


class Database:
    """The database at an address.

    :param address: a path, ``sqlite:///path`` or ``postgresql://[user@]host/name``.
    :param create: make the SQLite file when it is not there; without it a missing file is ``office_unreachable``.
    :raises Misused: ``database_address`` when the address is none of these.
    """

    def __init__(self, address: str | Path, *, create: bool = False) -> None:
        self.address = str(address)
        url = _url(self.address)
        self.dialect_name = url.get_backend_name()
        if self.dialect_name == "sqlite":
            self.where = url.database or ""
            self.engine = _sqlite_engine(Path(self.where), create=create)
        else:
            self.where = f"{url.host or url.normalized_query.get('host', ('localhost',))[0]}/{url.database or ''}"
            self.engine = _postgresql_engine(url)
        self._error: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        self._local = threading.local()

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """A transaction that writes; inside another one of this thread it joins that.

        :raises Conflict: ``office_busy``: another writer did not finish within 30 seconds.
        :raises Damaged: ``office_unreachable`` and others.
        """
        outer: Tx | None = getattr(self._local, "write", None)
        if outer is None:
            with self._begin(writes=True) as tx:
                self._local.write = tx
                try:
                    yield tx
                finally:
                    self._local.write = None
        else:
            with _joined(outer):
                yield outer

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A transaction that reads; inside a writing one of this thread it sees what that has written."""
        outer: Tx | None = getattr(self._local, "write", None) or getattr(self._local, "read", None)
        if outer is None:
            with self._begin(writes=False) as tx:
                self._local.read = tx
                try:
                    yield tx
                finally:
                    self._local.read = None
        else:
            yield outer

    @contextmanager
    def snapshot(self) -> Iterator[Tx]:
        """A transaction that reads, and in which all statements see the office at one instant, however long it takes."""
        with self._begin(writes=False) as tx:
            if self.dialect_name == "postgresql":
                tx._say("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield tx

    @property
    def desk(self) -> bool:
        """Whether it is opened with a desk's login of a server office; known once a connection was made."""
        return is_desk(self.engine.dialect)

    @property
    def writing(self) -> bool:
        """Whether this thread is within a transaction that writes."""
        return getattr(self._local, "write", None) is not None

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A bare connection without a transaction, for migrations."""
        with self._translating(), self.engine.connect() as connection:
            yield connection

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _begin(self, *, writes: bool) -> Iterator[Tx]:
        """A transaction of the driver's own, on a connection of SQLAlchemy's pool: its Connection and Transaction cost more than a small step does."""
        with self._translating():
            pooled = self.engine.raw_connection()
            raw: Any = pooled.dbapi_connection
        try:
            if self.dialect_name == "sqlite":  # psycopg begins by itself, with the first statement
                with self._translating():
                    raw.execute(BEGIN_WRITING if writes else "BEGIN")
            tx = Tx(self.engine, pooled, self.where, writes=writes)
            yield tx
            _sound(tx)
            with self._translating():
                raw.commit()
        except DBAPIError as error:  # of what was sent past Tx, through SQLAlchemy's own connection
            self._undo(pooled)
            raise faults.translated(error.orig or error, self.where) from None
        except BaseException:
            self._undo(pooled)
            raise
        finally:
            pooled.close()

    def _undo(self, pooled: PoolProxiedConnection) -> None:
        """Take back what was written. A connection that cannot is lost, and its transaction with it."""
        if pooled.is_valid:
            try:
                pooled.rollback()
            except self._error:
                pooled.invalidate()

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise faults.translated(error.orig or error, self.where) from None
        except self._error as error:
            raise faults.translated(error, self.where) from None


@contextmanager
def _joined(tx: Tx) -> Iterator[None]:
    """An inner step of a transaction: when it fails the whole cannot be committed any more, even if somebody swallows the exception."""
    try:
        yield
    except BaseException:
        tx.spoiled = True
        raise


def _url(address: str) -> URL:
    if "://" not in address:
        return URL.create("sqlite", database=address)
    try:
        url = make_url(address)
    except ArgumentError:
        url = URL.create("")
    if url.drivername == "sqlite" and url.database:
        return url
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    raise Misused("database_address", N_("This is no address of a database."), hint=N_("A path, or postgresql://host/name."))


def _sqlite_engine(path: Path, *, create: bool) -> Engine:
    address = f"file:{quote(str(path.absolute()))}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        # isolation_level=None: the driver begins nothing by itself; check_same_thread: the pool hands a connection to one thread at a time.
        raw = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            raw.execute("PRAGMA foreign_keys = ON")
            raw.execute("PRAGMA journal_mode = WAL")
            raw.execute("PRAGMA synchronous = FULL")
            raw.execute(f"PRAGMA cache_size = -{CACHE}")
        except BaseException:
            raw.close()
            raise
        return raw

    engine = create_engine(URL.create("sqlite", database=str(path)), creator=connect, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        if not raw.in_transaction:  # a Tx has begun already
            raw.execute(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def _postgresql_engine(url: URL) -> Engine:
    arguments: dict[str, Any] = {"application_name": "careflow", "connect_timeout": 10}
    if "options" not in url.query:
        arguments["options"] = f"-c lock_timeout={BUSY_SECONDS}s"
    try:
        return create_engine(url, connect_args=arguments, hide_parameters=True, isolation_level="READ COMMITTED")
    except (ModuleNotFoundError, NoSuchModuleError):
        raise Damaged("driver_missing", N_("The driver for PostgreSQL is not installed."), hint=N_("Install careflow[postgresql].")) from None
