"""A consistent copy of the database, taken while others write; and the way back."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.engine import make_url

from workflow_core.errors import Damaged
from workflow_core.i18n import N_
from workflow_core.store import faults
from workflow_core.store.database import Database, Tx
from workflow_core.store.doctor_database import steady
from workflow_core.store.tables import METADATA, account

WAIT_SECONDS = 30
_COPY_ROWS = re.compile(rb'^COPY (?:\w+\.)?"?(\w+)"? \(.*\) FROM stdin;$')


def counts(tx: Tx) -> dict[str, int]:
    """How many rows each of the tables holds that are there; also in an office whose tables are of an older version."""
    there = set(inspect(tx.connection).get_table_names())
    return {table.name: int(tx.value(select(func.count()).select_from(table))) for table in METADATA.sorted_tables if table.name in there}


def office_number(tx: Tx) -> str:
    """What tells one office from another: the number of its first account."""
    return str(tx.value(select(func.min(account.c.account_id))) or "")


# -- SQLite ----------------------------------------------------------------------------------------------------------------------------------------------


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that is in use into a file of its own, as of one instant. Writers go on meanwhile; nothing uncommitted comes with it.

    :param target: an empty file, or none: it is made readable by its owner alone.
    :raises Damaged: ``office_unreachable``, ``office_damaged``, ``office_unwritable``.
    """
    if not target.exists():
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with _translating(source), closing(_sqlite(source, "ro")) as there, closing(_sqlite(target, "rw")) as here:
        there.backup(here, pages=-1)  # in one go: in WAL mode a reader stands in nobody's way
        here.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    _to_disk(target)


def pour_sqlite(source: Path, target: Path) -> None:
    """Put the content of one database in the place of another's, in one transaction of that: whoever has it open sees the old or the new, whole.

    :raises Conflict: ``office_busy``: others did not let go of it.
    :raises Damaged: ``office_damaged``: the target is no database any more.
    """
    with _translating(target), closing(_sqlite(source, "ro")) as there, closing(_sqlite(target, "rw")) as here:
        there.backup(here, pages=-1)
        here.execute("PRAGMA journal_mode = WAL")


def _sqlite(path: Path, mode: str) -> sqlite3.Connection:
    raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=WAIT_SECONDS, isolation_level=None)
    raw.execute("PRAGMA synchronous = FULL")
    return raw


@contextmanager
def _translating(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise faults.translated(error, str(path)) from None


def _to_disk(path: Path) -> None:
    for one, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))):
        handle = os.open(one, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# -- PostgreSQL ------------------------------------------------------------------------------------------------------------------------------------------


def dump_postgresql(db: Database, target: Path) -> dict[str, int]:
    """Have ``pg_dump`` write a database into a file (its own compressed format), as of one instant.

    :returns: how many rows each table held at that instant.
    :raises Damaged: ``pg_tools_missing``, ``pg_dump_failed``.
    """
    with db.read() as tx:
        steady(tx)
        snapshot = tx.connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        found = counts(tx)
        # an office has no large objects; whoever may connect can store one, which the owner may not read
        words = ["--format=custom", "-B", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}", f"--dbname={_address(db.address)}"]
        _run("pg_dump", *words)
    target.chmod(0o600)
    _to_disk(target)
    return found


def dumped_counts(dump: Path) -> dict[str, int]:
    """How many rows of each table a dump holds, by reading all of it.

    :raises Damaged: ``pg_dump_failed``: it is cut off, or damaged.
    """
    found: dict[str, int] = {}
    table = ""
    words = [str(_program("pg_restore")), "--file=-", str(dump)]
    with (
        tempfile.TemporaryFile() as told,
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=told, stdin=subprocess.DEVNULL) as process,
    ):
        for line in process.stdout or ():
            if table:
                if line == b"\\.\n":
                    table = ""
                else:
                    found[table] += 1
            elif begun := _COPY_ROWS.match(line.rstrip(b"\n")):
                table = begun[1].decode()
                found[table] = 0
        if process.wait():
            told.seek(0)
            raise _failed("pg_restore", told.read().decode("utf-8", "replace"))
    return found


def load_postgresql(dump: Path, address: str) -> None:
    """Fill an empty database from a dump, in one transaction.

    :raises Damaged: ``database_not_empty``, ``pg_tools_missing``, ``pg_dump_failed``.
    """
    db = Database(address)
    try:
        with db.read() as tx:
            if inspect(tx.connection).get_table_names():
                raise Damaged("database_not_empty", N_("the database {where} is not empty"), hint=N_("make a new one for it: createdb NAME"), where=db.where)
    finally:
        db.dispose()
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={_address(address)}", str(dump))


def _address(address: str) -> str:
    return make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)


def _program(name: str) -> Path:
    """The newest of PostgreSQL's programs of that name: an older ``pg_dump`` refuses a newer server."""
    told = os.environ.get("CARE_POSTGRES_BIN")
    if told and (Path(told) / name).exists():
        return Path(told) / name
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    found = str(kept[-1]) if kept else shutil.which(name)
    if not found:
        hint = N_("install PostgreSQL's client programs, or name their folder in CARE_POSTGRES_BIN")
        raise Damaged("pg_tools_missing", N_("PostgreSQL's program {name} was not found"), hint=hint, name=name)
    return Path(found)


def _run(name: str, *words: str) -> None:
    done: Any = subprocess.run([_program(name), *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise _failed(name, done.stderr.decode("utf-8", "replace"))


def _failed(name: str, said: str) -> Damaged:
    """What the program said is not repeated: it quotes rows."""
    kind = "version" if "version mismatch" in said else "connection" if "connection" in said else "permission" if "permission" in said else "-"
    hint = N_("check that the disk is not full, the server runs, and the program is as new as the server")
    return Damaged("pg_dump_failed", N_("{name} failed ({kind})"), hint=hint, name=name, kind=kind)
