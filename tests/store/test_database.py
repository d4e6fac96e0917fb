"""Transactions and errors behave alike on both databases."""

# ruff: noqa: PT012  (what raises is a transaction: its whole block)

from __future__ import annotations

import contextlib
import sqlite3
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import bindparam, delete, insert, make_url, select, update

from workflow_core.errors import CareError, Conflict, Damaged, Misused, NotPermitted
from workflow_core.store import database as database_module
from workflow_core.store import faults
from workflow_core.store.database import Database
from workflow_core.store.faults import AlreadyThere
from workflow_core.store.statement import Statement
from workflow_core.store.tables import METADATA, blob, division, place, setting

PUT = Statement(insert(setting))
GET = Statement(select(setting.c.value).where(setting.c.key == bindparam("key")))
ALL = Statement(select(setting.c.key, setting.c.value).order_by(setting.c.key))
SOME = Statement(select(setting.c.key).where(setting.c.key.in_(bindparam("keys", expanding=True))).order_by(setting.c.key))


@pytest.fixture
def postgresql(care_emptied: Callable[[], str]) -> Iterator[Database]:
    """A database with empty tables on PostgreSQL, for what SQLite has no word for."""
    opened = Database(care_emptied())
    yield opened
    opened.dispose()


def put(db: Database, key: str, value: str = "v") -> None:
    with db.write() as tx:
        tx.execute(PUT, {"key": key, "value": value})


def keys(db: Database) -> list[str]:
    with db.read() as tx:
        return [row.key for row in tx.rows(ALL)]


def test_what_is_written_is_read(database: Database) -> None:
    """A committed row is there for the next transaction, by name and by attribute."""
    put(database, "a", "甲")
    with database.read() as tx:
        row = tx.one(GET, {"key": "a"})
        assert row is not None
        assert row.value == row["value"] == "甲"
        assert tx.value(GET, {"key": "a"}) == "甲"
        assert tx.one(GET, {"key": "b"}) is None
        assert tx.value(GET, {"key": "b"}) is None


def test_an_exception_undoes_the_transaction(database: Database) -> None:
    """Nothing of a failed block stays."""
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        tx.execute(PUT, {"key": "a", "value": "v"})
        raise ZeroDivisionError
    assert keys(database) == []


def test_the_outermost_caller_commits(database: Database) -> None:
    """An inner block joins: when the outer one fails, it is undone too."""
    with pytest.raises(ZeroDivisionError), database.write():
        put(database, "a")
        raise ZeroDivisionError
    assert keys(database) == []
    with database.write():
        put(database, "b")
        assert keys(database) == ["b"]
    assert keys(database) == ["b"]


def test_a_swallowed_failure_is_not_committed(database: Database) -> None:
    """Half a step is never kept because somebody caught the exception of the other half."""
    with pytest.raises(RuntimeError, match="swallowed"), database.write() as tx:
        tx.execute(PUT, {"key": "a", "value": "v"})
        with contextlib.suppress(ZeroDivisionError), database.write():
            raise ZeroDivisionError
    assert keys(database) == []


def test_a_taken_key_is_told_by_its_name(database: Database) -> None:
    """The name of the key is the same on both databases, for a primary key and for a unique one."""
    put(database, "a")
    with pytest.raises(AlreadyThere) as caught:
        put(database, "a")
    assert caught.value.constraint == "pk_setting"
    assert caught.value.exit_code == 4
    with database.write() as tx:
        tx.execute(insert(division).values(code="99", name="示范省", level="province"))
    with pytest.raises(AlreadyThere) as caught, database.write() as tx:
        for number in "12":
            row = {"place_id": number, "ref": "S-1", "kind": "school", "name": "n", "name_key": "n", "division": "99", "created_at": "t", "updated_at": "t"}
            tx.execute(Statement(insert(place)), row)
    assert caught.value.constraint == "uq_place_ref"


def test_a_taken_key_in_a_savepoint_leaves_the_rest(database: Database) -> None:
    """The transaction goes on after the part that failed."""
    put(database, "a")
    with database.write() as tx:
        tx.execute(PUT, {"key": "b", "value": "v"})
        with pytest.raises(AlreadyThere), tx.savepoint():
            tx.execute(PUT, {"key": "c", "value": "v"})
            tx.execute(PUT, {"key": "a", "value": "v"})
        tx.execute(PUT, {"key": "d", "value": "v"})
    assert keys(database) == ["a", "b", "d"]


def test_a_swallowed_error_of_the_database_is_not_committed(database: Database) -> None:
    """PostgreSQL would drop the whole transaction without a word; both refuse aloud."""
    put(database, "a")
    with pytest.raises(RuntimeError, match="swallowed"), database.write() as tx:
        tx.execute(PUT, {"key": "b", "value": "v"})
        with contextlib.suppress(AlreadyThere):
            tx.execute(PUT, {"key": "a", "value": "v"})
    assert keys(database) == ["a"]


def test_no_value_of_a_row_is_in_an_error(database: Database) -> None:
    """Neither the message nor the printed traceback quotes what was written."""
    put(database, "机密")
    for table, row in (("setting", {"key": "机密", "value": "机密"}), ("division", {"code": "9", "name": "机密", "level": "x", "parent": "机密"})):
        with pytest.raises(CareError) as caught, database.write() as tx:
            tx.execute(Statement(insert(METADATA.tables[table])), row)
        assert "机密" not in "".join(traceback.format_exception(caught.value))


def test_a_row_that_breaks_a_rule_is_refused(database: Database) -> None:
    """A foreign key or a check that does not hold is a fault of the software, told by the rule."""
    with pytest.raises(Damaged) as caught, database.write() as tx:
        tx.execute(insert(division).values(code="9901", name="示范市", level="city", parent="99"))
    assert caught.value.code == "row_refused"


def test_many_rows_and_a_stream(database: Database) -> None:
    """One statement for many rows; read back a chunk at a time, in order, while other questions are asked."""
    with database.write() as tx:
        assert tx.many(PUT, [{"key": f"{number:04}", "value": "v"} for number in range(1200)]) == 1200
        assert tx.many(PUT, []) == 0
    with database.read() as tx:
        seen = []
        for row in tx.stream(ALL, chunk=100):
            seen.append(row.key)
            if len(seen) % 500 == 0:
                assert tx.value(GET, {"key": row.key}) == "v"
    assert seen == [f"{number:04}" for number in range(1200)]


def test_a_stream_may_be_left_early(database: Database) -> None:
    """The transaction can go on after it."""
    put(database, "a")
    put(database, "b")
    with database.read() as tx:
        for _ in tx.stream(ALL, chunk=1):
            break
        assert len(tx.rows(ALL)) == 2


def test_a_list_as_a_parameter(database: Database) -> None:
    """``IN`` takes a list of any length, also none."""
    for key in "abc":
        put(database, key)
    with database.read() as tx:
        assert [row.key for row in tx.rows(SOME, {"keys": ["c", "a", "x"]})] == ["a", "c"]
        assert tx.rows(SOME, {"keys": []}) == []


def test_a_list_that_never_changes(database: Database) -> None:
    """A statement that asks nothing else of its caller is written out too, also the second time."""
    two = Statement(select(setting.c.key).where(setting.c.key.in_(["a", "c"])).order_by(setting.c.key))
    with database.write() as tx:
        tx.many(PUT, [{"key": key, "value": ""} for key in "abc"])
        assert [[row.key for row in tx.rows(two)] for _ in range(2)] == [["a", "c"], ["a", "c"]]


def test_a_statement_made_on_the_spot(database: Database) -> None:
    """Core statements need not be prepared; the number of written rows comes back."""
    put(database, "a")
    with database.write() as tx:
        assert tx.execute(update(setting).values(value="w")) == 1
        assert tx.execute(delete(setting).where(setting.c.key == "x")) == 0
        assert [row.value for row in tx.rows(select(setting.c.value))] == ["w"]


def test_bytes_come_back_as_bytes(database: Database) -> None:
    """A blob is stored as it is."""
    with database.write() as tx:
        tx.execute(Statement(insert(blob)), {"digest": "d", "size": 3, "content": b"\x00\xff%", "at": "t"})
        assert tx.value(Statement(select(blob.c.content))) == b"\x00\xff%"


@pytest.mark.parametrize("params", [{}, {"key": "a", "kez": "b"}, {"kez": "a"}])
def test_a_misspelt_parameter_is_an_error(database: Database, params: dict[str, Any]) -> None:
    """Neither a missing nor an unknown name passes in silence."""
    with database.read() as tx, pytest.raises(TypeError, match="parameters"):
        tx.rows(GET, params)


def test_a_reader_cannot_write(database: Database) -> None:
    """A reading transaction refuses, so that readers never hold the writers up."""
    with database.read() as tx, pytest.raises(RuntimeError, match="reading"):
        tx.execute(PUT, {"key": "a", "value": "v"})


def test_a_reader_does_not_stop_a_writer(database: Database) -> None:
    """While rows are streamed, other work commits."""
    put(database, "a")
    with database.read() as tx:
        assert len(tx.rows(ALL)) == 1
        put(database, "b")
    assert keys(database) == ["a", "b"]


def test_text_sorts_alike(database: Database) -> None:
    """Byte by byte on both, whatever the server's locale."""
    for key in ["b", "A", "a", "_", "甲", "1", "É"]:
        put(database, key)
    assert keys(database) == sorted(["b", "A", "a", "_", "甲", "1", "É"], key=lambda text: text.encode())


def test_two_threads_have_a_transaction_each(database: Database) -> None:
    """The transaction of one thread is not joined by another."""
    seen: list[list[str]] = []
    with database.write() as tx:
        tx.execute(PUT, {"key": "a", "value": "v"})
        other = threading.Thread(target=lambda: seen.append(keys(database)))
        other.start()
        other.join()
    assert seen == [[]]


def test_a_lock_that_is_not_freed_is_busy(database_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second writer gives up after its time with a conflict, and nothing was written."""
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.2 if "://" not in database_address else 1)
    first, second = Database(database_address), Database(database_address)
    put(first, "a")
    change = update(setting).values(value="w")
    with first.write() as tx:
        tx.execute(change)
        with pytest.raises(Conflict) as caught, second.write() as other:
            other.execute(change)
    assert caught.value.code == "office_busy"
    first.dispose()
    second.dispose()


def test_sqlite_is_set_for_safety(database: Database) -> None:
    """A commit is on the disk, readers do not block writers, and references hold."""
    if database.dialect_name == "postgresql":
        with database.read() as tx:
            assert tx.connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
        return
    with database.read() as tx:
        asked = {name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


@pytest.mark.parametrize("address", ["mysql://host/name", "nonsense://", "://", "sqlite://"])
def test_an_address_of_another_kind_is_misuse(address: str) -> None:
    """Only SQLite and PostgreSQL."""
    with pytest.raises(Misused) as caught:
        Database(address)
    assert caught.value.code == "database_address"


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    """A wrong path is told, not turned into an empty office."""
    db = Database(tmp_path / "no.sqlite")
    with pytest.raises(Damaged) as caught, db.read():
        pass
    assert caught.value.code == "office_unreachable"
    assert not (tmp_path / "no.sqlite").exists()


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    """The file is left as it is."""
    path = tmp_path / "office.sqlite"
    path.write_text("This is a letter, and no database at all. " * 50, encoding="utf-8")
    db = Database(path)
    with pytest.raises(Damaged) as caught, db.read():
        pass
    assert caught.value.code == "office_damaged"
    assert path.read_text(encoding="utf-8").startswith("This is a letter")


def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    """Host and database are named; user and password are not."""
    db = Database(f"postgresql://somebody:hidden@/office?host={tmp_path}")
    with pytest.raises(Damaged) as caught, db.read():
        pass
    assert caught.value.code == "office_unreachable"
    assert "office" in caught.value.text()
    assert "hidden" not in "".join(traceback.format_exception(caught.value))
    assert "somebody" not in "".join(traceback.format_exception(caught.value))


def test_a_login_that_the_server_refuses_is_no_broken_server(postgresql: Database, tmp_path: Path) -> None:
    """It is told as refused, to whoever has no such role and to whoever may not come in; and where the server is, by its socket's folder too."""
    db = Database(str(make_url(postgresql.address).set(username="nobody_of_that_name").render_as_string(hide_password=False)))
    with pytest.raises(NotPermitted) as caught, db.read():
        pass
    assert (caught.value.code, "nobody_of_that_name" in caught.value.text()) == ("login_refused", False)
    assert Database(f"postgresql:///office?host={tmp_path}").where == f"{tmp_path}/office"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('FATAL:  password authentication failed for user "x"', "login_refused"),
        ('FATAL:  role "x" is not permitted to log in', "login_refused"),
        ("fe_sendauth: no password supplied", "login_refused"),
        ('致命错误:  用户 "x" Password 认证失败', "login_refused"),
        ('FATAL:  database "x" does not exist', "office_unreachable"),
        ("Connection refused", "office_unreachable"),
    ],
)
def test_the_servers_words_before_a_session_is_there(said: str, code: str) -> None:
    """A password that is wrong, and a role that may not log in, are no broken server."""
    assert faults.translated(psycopg.OperationalError(said), "server/office").code == code


MINE = "application_name = 'careflow' AND datname = current_database() AND pid <> pg_backend_pid()"
BACKENDS = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {MINE}"


@pytest.mark.parametrize("way", ["statement", "sqlalchemy", "bare", "commit", "savepoint", "stream", "many"])
def test_a_connection_that_is_cut_is_unreachable(postgresql: Database, way: str) -> None:
    """Whatever is sent next, and by whichever way: nothing is kept, and the next transaction has a connection."""

    def cut() -> None:
        other = Database(postgresql.address)
        with other.read() as tx:
            tx.connection.exec_driver_sql(BACKENDS)
        other.dispose()

    with pytest.raises(Damaged) as told:
        if way == "bare":
            with postgresql.connect() as connection:
                cut()
                connection.exec_driver_sql("SELECT 1")
        else:
            with postgresql.write() as tx:
                tx.execute(PUT, {"key": "lost", "value": "v"})
                cut()
                if way == "statement":
                    tx.value(GET, {"key": "lost"})
                elif way == "sqlalchemy":
                    tx.connection.exec_driver_sql("SELECT 1")
                elif way == "savepoint":
                    with tx.savepoint():
                        tx.value(GET, {"key": "lost"})
                elif way == "stream":
                    list(tx.stream(ALL))
                elif way == "many":
                    tx.many(PUT, [{"key": "a", "value": "v"}, {"key": "b", "value": "v"}])
    assert told.value.code == "office_unreachable"
    assert told.value.__cause__ is None
    assert "lost" not in keys(postgresql)


def test_a_folder_with_odd_characters(tmp_path: Path, sqlite_template: Path) -> None:
    """A path may hold what a URI gives a meaning to."""
    path = tmp_path / "办公点 #1?a=b%20.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    db = Database(path)
    put(db, "a")
    db.dispose()
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM setting").fetchone() == (1,)
    raw.close()
