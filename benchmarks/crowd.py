"""An office grown large: children, cases, tasks and timers by the hundred thousand, made by SQLite itself."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.errands import PROGRAM
from benchmarks.town import COUNTY, START, Town
from workflow_core.clock import stamp
from workflow_core.definition.snapshot import snapshot, snapshot_digest, structure_digest
from workflow_core.store import definitions

TASKS_EACH = 5
"""So many tasks and timers has each case."""
TOWNSHIPS = 4

_NUMBERS = "WITH RECURSIVE seq(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM seq WHERE i < :cases)"
_EACH = f"{_NUMBERS}, part(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM part WHERE j < {TASKS_EACH})"
_CASE = "printf('01990000-0000-7000-8000-%012d', i)"
_PERSON = "printf('01980000-0000-7000-8000-%012d', i)"
_DIVISION = f"printf('{COUNTY}%03d', 100 + i % {TOWNSHIPS})"
_DUE = "date('2026-09-02', '+' || ((i * 7919 + j * 104729) % 360) || ' days')"
_STATEMENTS = (
    f"""{_NUMBERS} INSERT INTO person (person_id, ref, name, name_key, national_id, born_on, division, created_at, updated_at)
        SELECT {_PERSON}, printf('C-%06d', i), '张' || i, '张' || i, printf('432801201405%06d', i), '2014-05-01', {_DIVISION}, :now, :now FROM seq""",
    f"{_NUMBERS} INSERT INTO child (person_id, provisional) SELECT {_PERSON}, 0 FROM seq",
    f"""{_NUMBERS} INSERT INTO "case" (case_id, ref, program, workflow, definition, stage, stage_since, subject_kind, subject_id, division, wake_at, due,
        record, opened_at)
        SELECT {_CASE}, printf('ER-26-%05d', i), 'errands', 'errand', :definition, 'near', :now, 'child', {_PERSON}, {_DIVISION},
        '2027-12-01T00:00:00.000000Z', '2026-09-02', '{{}}', :now FROM seq""",
    f"""{_EACH} INSERT INTO task (case_id, n, name, title, doers, due, opened_at, stage)
        SELECT {_CASE}, j, 'call', 'Call', :doers, {_DUE}, :now, 'near' FROM seq, part""",
    f"""{_EACH} INSERT INTO waiting (case_id, n, role, division, due)
        SELECT {_CASE}, j, 'school', {_DIVISION}, {_DUE} FROM seq, part""",
    f"""{_EACH} INSERT INTO timer (case_id, n, name, due_at, entered)
        SELECT {_CASE}, j, 'silent', '2027-12-01T00:00:00.000000Z', '1' FROM seq, part""",
)


def grow(path: Path, folder: Path, tasks: int) -> None:
    """Make an office with so many open tasks and waiting timers in a SQLite file."""
    town = Town.made(str(path), folder)
    digest = snapshot_digest(PROGRAM)
    with town.db.write() as tx:
        definitions.keep(tx, digest, PROGRAM.name, PROGRAM.version, structure_digest(PROGRAM), snapshot(PROGRAM), stamp(START))
    town.close()
    about = {"cases": tasks // TASKS_EACH, "now": stamp(START), "definition": digest, "doers": json.dumps(["school"])}
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA synchronous = OFF")
        for statement in _STATEMENTS:
            raw.execute(statement, about)
        raw.commit()
