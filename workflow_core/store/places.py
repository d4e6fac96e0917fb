"""Places in and out of the tables: schools, clinics, homes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from workflow_core.store.database import Row, Tx
from workflow_core.store.people import SCOPE_END
from workflow_core.store.statement import Statement
from workflow_core.store.tables import place

_NAMED = Statement(
    select(place)
    .where(
        place.c.kind == bindparam("kind"),
        place.c.name_key.in_(bindparam("names", expanding=True)),
        place.c.division >= bindparam("first"),
        place.c.division < bindparam("last"),
        place.c.closed_at.is_(None),
    )
    .order_by(place.c.ref)
)
_BY_REF = Statement(select(place).where(place.c.ref == bindparam("ref")))
_BY_ID = Statement(select(place).where(place.c.place_id == bindparam("place_id")))
_INSERT = Statement(insert(place))
_CHANGE = Statement(
    update(place)
    .where(place.c.place_id == bindparam("the_place"), place.c.version == bindparam("read_version"))
    .values({name: bindparam(name) for name in ("name", "name_key", "code", "address", "phone", "updated_at", "closed_at")} | {"version": place.c.version + 1})
)


def named(tx: Tx, kind: str, names: Collection[str], division: str) -> list[Row]:
    """Open places of a kind in a division's subtree that have one of these names (normalised)."""
    return tx.rows(_NAMED, {"kind": kind, "names": sorted(names), "first": division, "last": division + SCOPE_END}) if names else []


def by_ref(tx: Tx, ref: str) -> Row | None:
    """A place by its reference."""
    return tx.one(_BY_REF, {"ref": ref})


def by_id(tx: Tx, place_id: str) -> Row | None:
    """A place by its id."""
    return tx.one(_BY_ID, {"place_id": place_id})


def listed(tx: Tx, *, kind: str | None, scope: Sequence[str] | None, part: str = "", limit: int = 1000) -> list[Row]:
    """Open places in scope, by name; of one kind, or with some text in their name."""
    wanted = select(place).where(place.c.closed_at.is_(None))
    if kind is not None:
        wanted = wanted.where(place.c.kind == kind)
    if part:
        wanted = wanted.where(place.c.name_key.contains(part, autoescape=True))
    found = tx.rows(wanted.order_by(place.c.name_key, place.c.ref).limit(limit))
    return [row for row in found if scope is None or any(row["division"].startswith(code) for code in scope)]


def insert_places(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Write new places."""
    tx.many(_INSERT, rows)


def change(tx: Tx, row: dict[str, Any]) -> bool:
    """Write a changed place if its version is still the one it was read with (``the_place``, ``read_version``)."""
    return tx.execute(_CHANGE, row) == 1
