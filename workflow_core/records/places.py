"""Schools, clinics, homes: places that cases and children are tied to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from workflow_core.clock import stamp
from workflow_core.errors import Conflict, Misused, NotFound, Problem
from workflow_core.i18n import N_
from workflow_core.records import values
from workflow_core.records.child_file import Scope, in_scope
from workflow_core.store import journal, sequences
from workflow_core.store import people as person_rows
from workflow_core.store import places as rows
from workflow_core.store.database import Row, Tx
from workflow_core.store.ids import uuid7

KINDS = ("school", "clinic", "home", "desk")
"""What a place can be: a school, a clinic, a children's home, an office's desk."""


@dataclass(frozen=True)
class PlaceFile:
    """A place on file.

    :param ref: PL-0001.
    :param code: the official code of a school or clinic.
    """

    place_id: str
    ref: str
    kind: str
    name: str
    division: str
    code: str | None
    address: str | None
    phone: str | None
    version: int


def _read(row: Row) -> PlaceFile:
    return PlaceFile(**{name: row[name] for name in ("place_id", "ref", "kind", "name", "division", "code", "address", "phone", "version")})


def get(tx: Tx, ref: str, *, scope: Scope = None) -> PlaceFile:
    """A place by its reference.

    :raises NotFound: ``place_unknown``; also out of scope.
    """
    row = rows.by_ref(tx, ref.strip().upper())
    if row is None or not in_scope(row["division"], scope):
        raise NotFound("place_unknown", N_("there is no place {ref}"), hint=N_("see: care place list"), ref=ref)
    return _read(row)


def find(tx: Tx, text: str = "", *, kind: str | None = None, scope: Scope = None, limit: int = 1000) -> list[PlaceFile]:
    """Places in scope by any part of their name, all of them for an empty text."""
    return [_read(row) for row in rows.listed(tx, kind=kind, scope=scope, part=values.squeezed(text), limit=limit)]


def find_or_create(tx: Tx, now: datetime, kind: str, names: Collection[str], division: str) -> dict[str, str]:
    """The ids of places by name, normalised; those that are not on file are made.

    A name is looked for in the whole county, since a township's children also go to the next township's school; of several, the own township's.

    :param division: a township's code: where a new place is put.
    """
    wanted = {key: name for name in names if (key := values.squeezed(name))}
    found: dict[str, Row] = {}
    for row in rows.named(tx, kind, wanted, division[:6]):
        before = found.get(row["name_key"])
        if before is None or (row["division"] == division and before["division"] != division):
            found[row["name_key"]] = row
    ids = {key: row["place_id"] for key, row in found.items()}
    missing = [key for key in wanted if key not in ids]
    if missing:
        first = sequences.take(tx, "office", "ref/PL", 0, len(missing))
        at = stamp(now)
        made = [
            {
                "place_id": uuid7(),
                "ref": f"PL-{n:04}",
                "kind": kind,
                "name": key,
                "name_key": key,
                "division": division,
                "created_at": at,
                "updated_at": at,
            }
            for n, key in enumerate(missing, first)
        ]
        rows.insert_places(tx, made)
        ids |= {str(row["name_key"]): str(row["place_id"]) for row in made}
    return ids


def add(tx: Tx, actor: str, now: datetime, *, kind: str, name: str, division: str, scope: Scope = None) -> PlaceFile:
    """Adds a place; one of that name in the same division is given back as it is.

    :raises Misused: ``place_invalid``: an unknown kind, or no name.
    :raises NotFound: ``division_unknown``: out of scope.
    """
    problems = []
    if kind not in KINDS:
        problems.append(Problem("kind_unknown", N_("a place is one of: {kinds}"), "kind", values={"kinds": ", ".join(KINDS)}))
    if not values.squeezed(name):
        problems.append(Problem("name_missing", N_("the name is missing"), "name"))
    if problems:
        raise Misused("place_invalid", N_("the place cannot be added"), problems=problems)
    if not in_scope(division, scope):
        raise NotFound("division_unknown", N_("there is no division {text}"), text=division)
    key = values.squeezed(name)
    same = [row for row in rows.named(tx, kind, [key], division) if row["division"] == division]
    if same:
        return _read(same[0])
    place_id = uuid7()
    at = stamp(now)
    ref = f"PL-{sequences.take(tx, 'office', 'ref/PL', 0):04}"
    made = {
        "place_id": place_id,
        "ref": ref,
        "kind": kind,
        "name": values.text(name),
        "name_key": key,
        "division": division,
        "created_at": at,
        "updated_at": at,
    }
    rows.insert_places(tx, [made])
    stream = journal.account_stream(person_rows.account_id(tx, actor), now)
    journal.append(tx, stream, actor, "place_added", {"ref": ref, "kind": kind}, now, subject=place_id)
    return get(tx, ref)


def change(
    tx: Tx,
    actor: str,
    now: datetime,
    ref: str,
    *,
    name: str | None = None,
    code: str | None = None,
    address: str | None = None,
    phone: str | None = None,
    closed: bool = False,
    scope: Scope = None,
) -> PlaceFile:
    """Changes what is known of a place, or closes it; what is None stays.

    :raises NotFound: ``place_unknown``.
    :raises Conflict: ``place_changed``: somebody else changed it meanwhile.
    """
    place = get(tx, ref, scope=scope)
    shown = values.text(name) if name is not None else place.name
    at = stamp(now)
    row = {
        "the_place": place.place_id,
        "read_version": place.version,
        "name": shown or place.name,
        "name_key": values.squeezed(shown or place.name),
        "code": place.code if code is None else code,
        "address": place.address if address is None else address,
        "phone": place.phone if phone is None else phone,
        "updated_at": at,
        "closed_at": at if closed else None,
    }
    if not rows.change(tx, row):
        raise Conflict("place_changed", N_("{ref} was changed by somebody else in the meantime"), hint=N_("look at it again, then repeat"), ref=place.ref)
    stream = journal.account_stream(person_rows.account_id(tx, actor), now)
    journal.append(tx, stream, actor, "place_closed" if closed else "place_changed", {"ref": place.ref}, now, subject=place.place_id)
    return get(tx, place.ref)
