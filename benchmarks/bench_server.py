"""What the server office costs an inbox: asked with a clerk's login of the database, through policies and views, beside the owner's login."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.errands import PROGRAM
from benchmarks.harness import Line, Measured, fast_folder, interleave, seconds_each
from benchmarks.servers import server
from benchmarks.town import START, TOWNSHIP, Town
from workflow_core.access.grants import Actor, Grant
from workflow_core.clock import stamp
from workflow_core.definition.snapshot import snapshot, snapshot_digest, structure_digest
from workflow_core.store import definitions
from workflow_core.store import server as office

TASKS = 20_000
TASKS_EACH = 5
PAGE = 200
REPEATS = 20
MOST = 1.3
CLERK = Actor("clerk", (Grant("school", "division", TOWNSHIP, None, "2020-01-01", None),), False, account_id="clerk")

_CASE = "format('01990000-0000-7000-8000-%%s', lpad(i::text, 12, '0'))"
_PERSON = "format('01980000-0000-7000-8000-%%s', lpad(i::text, 12, '0'))"
_DUE = "('2026-09-02'::date + (i * 7919 + j * 104729) %% 360)::text"
_I, _J = "generate_series(1, %(cases)s) i", f"generate_series(1, {TASKS_EACH}) j"
_GROW = (
    f"""INSERT INTO person (person_id, ref, name, name_key, national_id, born_on, division, created_at, updated_at)
        SELECT {_PERSON}, 'C-' || lpad(i::text, 6, '0'), '张' || i, '张' || i,
        '432801201405' || lpad(i::text, 6, '0'), '2014-05-01', %(division)s, %(now)s, %(now)s
        FROM {_I}""",
    f"INSERT INTO child (person_id, provisional) SELECT {_PERSON}, 0 FROM {_I}",
    f"""INSERT INTO "case" (case_id, ref, program, workflow, definition, stage, stage_since, subject_kind, subject_id, division, wake_at, due,
        record, opened_at)
        SELECT {_CASE}, 'ER-26-' || lpad(i::text, 5, '0'), 'errands', 'errand', %(definition)s, 'near', %(now)s, 'child', {_PERSON}, %(division)s,
        '2027-12-01T00:00:00.000000Z', '2026-09-02', '{{}}', %(now)s FROM {_I}""",
    f"""INSERT INTO task (case_id, n, name, title, doers, due, opened_at, stage, entered)
        SELECT {_CASE}, j, 'call', 'Call', %(doers)s, {_DUE}, %(now)s, 'near', 1 FROM {_I}, {_J}""",
    f"INSERT INTO waiting (case_id, n, role, division, due) SELECT {_CASE}, j, 'school', %(division)s, {_DUE} FROM {_I}, {_J}",
    "INSERT INTO account (account_id, login, created_at) VALUES ('clerk', 'clerk', %(now)s)",
    """INSERT INTO grant_ (grant_id, login, role, scope_kind, scope, since, "by", at)
       VALUES ('clerk', 'clerk', 'school', 'division', %(division)s, '2020-01-01', 'boss', '2020-01-01')""",
    "ANALYZE",
)


def lines() -> Iterator[Line]:
    """The line of this measurement; none where PostgreSQL is not installed."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder, server() as made:
        if made is None:
            return
        made.command("CREATE DATABASE office")
        address = made.address("office")
        owner = Town.made(address, Path(folder))
        _grow(owner)
        office.install(owner.db)
        clerk = Town(address.replace(f"{made.owner}@", "clerk@"), Path(folder))
        seen, whole = clerk.engine.inbox(CLERK, limit=PAGE), owner.engine.inbox(CLERK, limit=PAGE)
        assert [row.ref for row in seen] == [row.ref for row in whole]
        assert clerk.db.desk
        found = interleave({"clerk": _asked(lambda: clerk.engine.inbox(CLERK, limit=PAGE)), "owner": _asked(lambda: owner.engine.inbox(CLERK, limit=PAGE))})
        clerk.close()
        owner.close()
    about = "the same with the owner's login"
    yield Line(
        "server", f"inbox with a clerk's login, {PAGE} rows", about, found.typical("clerk"), found.typical("owner"), found.ratio("clerk", "owner"), at_most=MOST
    )


def _grow(town: Town) -> None:
    digest = snapshot_digest(PROGRAM)
    about: dict[str, Any] = {"cases": TASKS // TASKS_EACH, "now": stamp(START), "definition": digest, "doers": json.dumps(["school"]), "division": TOWNSHIP}
    with town.db.write() as tx:
        definitions.keep(tx, digest, PROGRAM.name, PROGRAM.version, structure_digest(PROGRAM), snapshot(PROGRAM), stamp(START))
    with town.db.write() as tx:
        raw: Any = tx._raw
        for statement in _GROW:
            raw.execute(statement, about if "%(" in statement else None)


def _asked(ask: Callable[[], object]) -> Measured:
    def again() -> None:
        for _ in range(REPEATS):
            ask()

    return lambda: seconds_each(again, REPEATS)
