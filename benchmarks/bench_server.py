"""What the server office costs an inbox: asked with a login of the database that holds a township or a school, through policies and views, beside the
owner's login."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
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
REPEATS = 5
OFTEN = 41
MOST = 1.3
PLACE = "01970000-0000-7000-8000-000000000001"
CLERK = Actor("clerk", (Grant("school", "division", TOWNSHIP, None, "2020-01-01", None),), False, account_id="clerk")
TEACHER = Actor("pupils", (Grant("school", "place", PLACE, None, "2020-01-01", None),), False, account_id="pupils")

_CASE = "format('01990000-0000-7000-8000-%%s', lpad(i::text, 12, '0'))"
_PERSON = "format('01980000-0000-7000-8000-%%s', lpad(i::text, 12, '0'))"
_DUE = "('2026-09-02'::date + (i * 7919 + j * 104729) %% 360)::text"
_I, _J = "generate_series(1, %(cases)s) i", f"generate_series(1, {TASKS_EACH}) j"
_GROW = (
    f"""INSERT INTO person (person_id, ref, name, name_key, national_id, born_on, division, created_at, updated_at)
        SELECT {_PERSON}, 'C-' || lpad(i::text, 6, '0'), '张' || i, '张' || i,
        '432801201405' || lpad(i::text, 6, '0'), '2014-05-01', %(division)s, %(now)s, %(now)s
        FROM {_I}""",
    """INSERT INTO place (place_id, ref, kind, name, name_key, division, version, created_at, updated_at)
       VALUES (%(place)s, 'P-1', 'school', 'School', 'School', %(division)s, 1, %(now)s, %(now)s)""",
    f"INSERT INTO child (person_id, provisional, school) SELECT {_PERSON}, 0, %(place)s FROM {_I}",
    f"""INSERT INTO "case" (case_id, ref, program, workflow, definition, stage, stage_since, subject_kind, subject_id, division, place_id, wake_at, due,
        record, opened_at)
        SELECT {_CASE}, 'ER-26-' || lpad(i::text, 5, '0'), 'errands', 'errand', %(definition)s, 'near', %(now)s, 'child', {_PERSON}, %(division)s, %(place)s,
        '2027-12-01T00:00:00.000000Z', '2026-09-02', '{{}}', %(now)s FROM {_I}""",
    f"""INSERT INTO task (case_id, n, name, title, doers, due, opened_at, stage, entered)
        SELECT {_CASE}, j, 'call', 'Call', %(doers)s, {_DUE}, %(now)s, 'near', 1 FROM {_I}, {_J}""",
    f"INSERT INTO waiting (case_id, n, role, division, place_id, due) SELECT {_CASE}, j, 'school', %(division)s, %(place)s, {_DUE} FROM {_I}, {_J}",
    "INSERT INTO account (account_id, login, created_at) VALUES ('clerk', 'clerk', %(now)s), ('pupils', 'pupils', %(now)s)",
    """INSERT INTO grant_ (grant_id, login, role, scope_kind, scope, since, "by", at)
       VALUES ('clerk', 'clerk', 'school', 'division', %(division)s, '2020-01-01', 'boss', '2020-01-01'),
              ('pupils', 'pupils', 'school', 'place', %(place)s, '2020-01-01', 'boss', '2020-01-01')""",
    "ANALYZE",
)


def lines() -> Iterator[Line]:
    """The lines of this measurement; none where PostgreSQL is not installed."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder, server() as made:
        if made is None:
            return
        made.command("CREATE DATABASE office")
        address = made.address("office")
        owner = Town.made(address, Path(folder))
        _grow(owner)
        office.install(owner.db)
        for actor, what, most in ((CLERK, "inbox with a clerk's login", MOST), (TEACHER, "inbox with a school's login", None)):
            desk = Town(address.replace(f"{made.owner}@", f"{actor.login}@"), Path(folder))
            seen, whole = desk.engine.inbox(actor, limit=PAGE), owner.engine.inbox(actor, limit=PAGE)
            assert len(seen) == PAGE
            assert [row.ref for row in seen] == [row.ref for row in whole]
            assert desk.db.desk
            found = interleave({"desk": _asked(partial(_inbox, desk, actor)), "owner": _asked(partial(_inbox, owner, actor))}, rounds=OFTEN)
            desk.close()
            about = "the same with the owner's login"
            yield Line("server", f"{what}, {PAGE} rows", about, found.typical("desk"), found.typical("owner"), found.ratio("desk", "owner"), at_most=most)
        owner.close()


def _inbox(town: Town, actor: Actor) -> object:
    return town.engine.inbox(actor, limit=PAGE)


def _grow(town: Town) -> None:
    digest = snapshot_digest(PROGRAM)
    about: dict[str, Any] = {"cases": TASKS // TASKS_EACH, "now": stamp(START), "definition": digest, "doers": json.dumps(["school"]), "division": TOWNSHIP}
    about["place"] = PLACE
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
