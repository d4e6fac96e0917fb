"""Policies and views: the rules of :mod:`workflow_core.store.server.sights` as SQL.

A view has the name and the columns of its table, so that the statements of the application run unchanged where the search path is ``desk``. It belongs to
a role that owns no table: the policies of the tables hold for it, and their conditions come before whatever else a query asks, as behind a security
barrier, and still leave the database its indexes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Table

from workflow_core.store.server.masks import MASKS
from workflow_core.store.server.sights import RULES, Masked
from workflow_core.store.tables import METADATA

VIEWER = "careflow_view"
"""The role that the views belong to."""

DESK, TICK = "careflow_desk", "careflow_tick"
"""The groups of the accounts' roles, and of the clock's."""


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def policies() -> Iterator[str]:
    """Whose rows are whose, on each table."""
    for table in METADATA.sorted_tables:
        name = f"public.{quoted(table.name)}"
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS desk ON {name}"
        yield f"CREATE POLICY desk ON {name} FOR SELECT TO {VIEWER} USING ({_on(table.name, RULES[table.name].sees)})"
        yield f"REVOKE ALL ON {name} FROM PUBLIC, {DESK}, {TICK}"
        yield f"GRANT SELECT ON {name} TO {VIEWER}"
    yield f"GRANT SELECT ON public.alembic_version TO {VIEWER}"
    yield "REVOKE ALL ON public.alembic_version FROM PUBLIC"


def views() -> Iterator[str]:
    """What a desk reads, a view for each table."""
    for table in METADATA.sorted_tables:
        columns = ", ".join(_column(table, column.name) for column in table.columns)
        yield f"CREATE VIEW desk.{quoted(table.name)} AS SELECT {columns} FROM public.{quoted(table.name)} t"
        yield f"GRANT SELECT ON desk.{quoted(table.name)} TO {DESK}, {TICK}"
    yield "CREATE VIEW desk.alembic_version AS SELECT version_num FROM public.alembic_version"
    yield f"GRANT SELECT ON desk.alembic_version TO {DESK}, {TICK}"


def _on(table: str, condition: str) -> str:
    return re.sub(r"\bt\.", f"{quoted(table)}.", condition)


def _column(table: Table, name: str) -> str:
    rule = RULES[table.name]
    if name in rule.instead:
        return f"{rule.instead[name]} AS {quoted(name)}"
    masked = rule.masked.get(name)
    return f"t.{quoted(name)}" if masked is None else f"{_unless_whole(table.name, f't.{quoted(name)}', masked)} AS {quoted(name)}"


def _unless_whole(table: str, value: str, masked: Masked) -> str:
    """The mask, unless this login has opened that field of that person in an earlier transaction."""
    person = f"t.{quoted(masked.person)}"
    division = "t.division" if table == "person" else f"(SELECT p.division FROM public.person p WHERE p.person_id = {person})"
    field = f"t.{quoted(masked.by)} || '{masked.field}'" if masked.by else f"'{masked.field}'"
    return (
        f"CASE WHEN {person} = ANY ((SELECT gate.whole_ids({field}))::text[])"
        f" OR {division} LIKE ANY ((SELECT gate.whole_scopes({field}))::text[]) THEN {value} ELSE {MASKS[masked.mask](value)} END"
    )
