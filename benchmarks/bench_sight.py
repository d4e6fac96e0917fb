"""What scope and masks cost an inbox: a clerk's, beside the same tasks asked for without either."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from time import process_time

from benchmarks.crowd import grow
from benchmarks.harness import Line, Measured, fast_folder, interleave
from benchmarks.town import TOWNSHIP, Town
from workflow_core.access.grants import Actor, Grant
from workflow_core.clock import civil_date
from workflow_core.engine.outcome import InboxRow
from workflow_core.engine.periods import civil_time
from workflow_core.store import inbox as waiting
from workflow_core.store.database import Row
from workflow_core.store.tables.columns import NO_DUE

TASKS = 20_000
PAGE = 200
REPEATS = 5
OFTEN = 41
"""So many rounds: two things that lie a few per cent apart are told apart by many short ones."""
MOST = 1.15
CLERK = Actor("clerk", (Grant("school", "division", TOWNSHIP, None, "2020-01-01", None),), False, account_id="clerk")


def lines() -> Iterator[Line]:
    """The line of this measurement."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        path = Path(folder) / "office.sqlite"
        grow(path, Path(folder), TASKS)
        with closing(sqlite3.connect(path)) as raw:  # all in one township: what is asked for is the same with its scope and without
            for table in ("waiting", '"case"'):
                raw.execute(f"UPDATE {table} SET division = ?", (TOWNSHIP,))
            raw.commit()
        town = Town(str(path), Path(folder))
        seen, bare = town.engine.inbox(CLERK, limit=PAGE), _bare(town)
        assert [row.ref for row in seen] == [row.ref for row in bare]
        assert [row.subject_name for row in seen] != [row.subject_name for row in bare]
        found = interleave({"clerk": _asked(lambda: town.engine.inbox(CLERK, limit=PAGE)), "bare": _asked(lambda: _bare(town))}, rounds=OFTEN)
        town.close()
    about = "the same without scope or masks"
    yield Line("sight", f"inbox of a clerk, {PAGE} rows", about, found.typical("clerk"), found.typical("bare"), found.ratio("clerk", "bare"), at_most=MOST)


def _bare(town: Town) -> list[InboxRow]:
    """What waits for a role in the whole office, and on one's own desk, whoever asks, with whole names."""
    today = civil_date(town.clock.now())
    found: list[InboxRow] = []
    with town.db.read() as tx:
        for row in waiting.read(tx, shared=[("school", "")], logins=("clerk",), most=PAGE):
            if len(found) == PAGE:
                break
            found.append(_row(f"{row['ref']}.{row['n']}", row, today))
    return found


def _row(ref: str, row: Row, today: date) -> InboxRow:
    """The engine's own, with the whole name."""
    due = None if row["due"] == NO_DUE else date.fromisoformat(row["due"])
    return InboxRow(
        ref=ref,
        case=row["ref"],
        program=row["program"],
        name=row["name"],
        title=row["title"],
        due=due,
        overdue=due is not None and due < today,
        roles=(row["role"],),
        division=row["division"],
        assignee=row["assignee"],
        reminders=row["reminders"],
        kind=row["kind"],
        about=row["about"] or "",
        at=civil_time(row["slot"]),
        subject=row["subject"],
        subject_name=row["subject_name"],
        stead=None,
    )


def _asked(ask: Callable[[], object]) -> Measured:
    """In the process's own time: all of it is work, and what others do on the machine is not counted."""

    def again() -> float:
        before = process_time()
        for _ in range(REPEATS):
            ask()
        return (process_time() - before) / REPEATS

    return again
