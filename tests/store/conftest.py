"""What several store tests share: cases to hang rows on, and real processes that race."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import insert

from workflow_core.store import chain
from workflow_core.store.database import Database, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import METADATA

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]

MakeCase = Callable[..., str]
Race = Callable[[str, int], list[str]]

PRELUDE = """
import sys
from datetime import UTC, datetime, timedelta
from workflow_core.errors import CareError
from workflow_core.store.database import Database
db = Database(sys.argv[1])
me = sys.argv[2]
with db.read():
    pass
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def now() -> datetime:
    """Monday morning in the office."""
    return START


def put(tx: Tx, table: str, **row: object) -> None:
    tx.execute(Statement(insert(METADATA.tables[table])), row)


@pytest.fixture
def make_case(database: Database) -> MakeCase:
    """Write a case with so many chained events; gives its id."""
    with database.write() as tx:
        put(tx, "division", code="990101", name="青溪县", level="county")
        put(tx, "definition", digest="d", program="dropout_return", version=1, structure="s", snapshot="{}", at="t")

    def make(number: int, events: int = 0) -> str:
        case_id = f"case-{number:04}"
        with database.write() as tx:
            row = {"program": "dropout_return", "workflow": "dropout", "definition": "d", "stage": "suspected", "stage_since": "t", "division": "990101"}
            put(tx, "case", case_id=case_id, ref=f"DR-26-{number:05}", version=max(events, 1), opened_at="t", **row)
            previous = chain.GENESIS
            for n in range(1, events + 1):
                header = dict.fromkeys(chain.CASE) | {
                    "case_id": case_id,
                    "n": n,
                    "at": "t",
                    "recorded_at": "t",
                    "actor": "li",
                    "kind": "note",
                    "code_version": "1",
                }
                sealed = chain.seal(chain.CASE, header, {"said": n}, previous)
                put(tx, "event", **sealed.row)
                put(tx, "event_payload", case_id=case_id, n=n, salt=sealed.salt, payload=sealed.payload)
                previous = sealed.digest
        return case_id

    return make


@pytest.fixture
def race(database_address: str) -> Race:
    """Run the same lines in several processes at once, with ``db`` and ``me`` at hand; what each printed, in the order of their numbers."""

    def run(lines: str, processes: int) -> list[str]:
        command = [sys.executable, "-c", PRELUDE + dedent(lines), database_address]
        started = [
            subprocess.Popen([*command, str(number)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for number in range(processes)
        ]
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        said = []
        for process in started:
            out, errors = process.communicate(timeout=60)
            assert process.returncode == 0, errors
            said.append(out.strip())
        return said

    return run
