"""The floor under one step: the very rows that the engine wrote, written again by the bare driver into a copy of the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import select

from benchmarks.town import Town
from workflow_core.store.tables import case, event, event_payload, hold, hold_item, task, waiting

CASE = (
    *("stage", "stage_since", "subject_kind", "subject_id", "division", "place_id", "assignee", "wake_at", "due", "outcome", "record", "closed_at"),
    *("suspended_at", "definition", "version"),
)
EVENT = tuple(column.name for column in event.c)
PAYLOAD = ("case_id", "n", "salt", "payload")
TASK = tuple(column.name for column in task.c if column.name not in ("case_id", "n", "version"))
WAITING = tuple(column.name for column in waiting.c)
LIMIT = ("program", "limit_name", "key")

Rows = list[tuple[str, tuple[Any, ...]]]
"""The statements of one step, each with its parameters; the first changes one row, or somebody was faster."""


class Cursor(Protocol):
    """What both drivers have."""

    @property
    def rowcount(self) -> int: ...
    def execute(self, sql: Any, params: Any = ..., /) -> Any: ...


def statements(sign: str) -> dict[str, str]:
    """The texts, with the driver's sign for a parameter."""

    def into(table: str, columns: Sequence[str]) -> str:
        return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([sign] * len(columns))})"

    this_item = " AND ".join(f"{name} = {sign}" for name in LIMIT)
    return {
        "case": f'UPDATE "case" SET {", ".join(f"{name} = {sign}" for name in CASE)} WHERE case_id = {sign} AND version = {sign}',
        "event": into("event", EVENT),
        "payload": into("event_payload", PAYLOAD),
        "opened": into("task", ("case_id", "n", *TASK)),
        "closed": f"UPDATE task SET {', '.join(f'{name} = {sign}' for name in TASK)}, version = version + 1 WHERE case_id = {sign} AND n = {sign}",
        "off": f"DELETE FROM waiting WHERE case_id = {sign} AND n = {sign}",
        "waiting": into("waiting", WAITING),
        "hold": into("hold", (*LIMIT, "used", "size")) + f" ON CONFLICT ({', '.join(LIMIT)}) DO UPDATE SET used = hold.used + 1, size = excluded.size "
        "WHERE hold.used < excluded.size",
        "item": into("hold_item", (*LIMIT, "case_id")),
        "drop": f"DELETE FROM hold_item WHERE {this_item} AND case_id = {sign}",
        "lower": f"UPDATE hold SET used = used - 1 WHERE {this_item}",
    }


def written_by(town: Town, refs: Sequence[str], sign: str) -> list[Rows]:
    """What the engine's last step of each case wrote, as statements with parameters."""
    sql = statements(sign)
    found: list[Rows] = []
    with town.db.read() as tx:
        for ref in refs:
            row = tx.rows(select(case).where(case.c.ref == ref))[0]
            key, version = row["case_id"], row["version"]
            said = tx.rows(select(event).where(event.c.case_id == key, event.c.n == version))[0]
            content = tx.rows(select(event_payload).where(event_payload.c.case_id == key, event_payload.c.n == version))[0]
            closed, opened = tx.rows(select(task).where(task.c.case_id == key).order_by(task.c.n))[-2:]
            desks = tx.rows(select(waiting).where(waiting.c.case_id == key))
            items = tx.rows(select(hold_item).where(hold_item.c.case_id == key, hold_item.c.limit_name == "far"))
            limit = ("errands", "far", row["division"])
            rows: Rows = [(sql["case"], (*(row[name] for name in CASE), key, version - 1))]
            if items:
                rows += [(sql["hold"], (*limit, 1, 1_000_000)), (sql["item"], (*limit, key))]
            else:
                rows += [(sql["drop"], (*limit, key)), (sql["lower"], limit)]
            rows += [
                (sql["event"], tuple(said[name] for name in EVENT)),
                (sql["payload"], tuple(content[name] for name in PAYLOAD)),
                (sql["opened"], (key, opened["n"], *(opened[name] for name in TASK))),
                (sql["closed"], (*(closed[name] for name in TASK), key, closed["n"])),
                (sql["off"], (key, closed["n"])),
                *((sql["waiting"], tuple(one[name] for name in WAITING)) for one in desks),
            ]
            found.append(rows)
    return found


def write(connection: Any, begin: str, steps: Sequence[Rows]) -> None:
    """Write each step in a transaction of its own."""
    cursor = connection.cursor()
    for rows in steps:
        cursor.execute(begin)
        for number, (sql, params) in enumerate(rows):
            cursor.execute(sql, params)
            if number == 0 and cursor.rowcount != 1:
                raise AssertionError("the copy is not what the engine changed")
        cursor.execute("COMMIT")


def bare_sqlite(path: str) -> sqlite3.Connection:
    """A connection with the engine's own settings, and nothing else."""
    made = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
        made.execute(f"PRAGMA {pragma}")
    return made


def bare_postgresql(address: str) -> Any:
    """A connection that begins and commits when it is told to."""
    import psycopg

    return psycopg.connect(address, autocommit=True)


def same(one: Town, other: Town) -> bool:
    """Whether two databases hold the same cases, events, tasks, desks and places."""
    tables = (case, event, event_payload, task, waiting, hold, hold_item)
    with one.db.read() as here, other.db.read() as there:
        return all(
            here.rows(select(table).order_by(*table.primary_key.columns)) == there.rows(select(table).order_by(*table.primary_key.columns)) for table in tables
        )
