"""What leaves the store of a child: one file opened, a list exported. Personal data is masked unless a purpose is given, and who looked is written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from workflow_core.access import looks, masking
from workflow_core.access.grants import Actor
from workflow_core.errors import Misused, NotFound
from workflow_core.i18n import N_
from workflow_core.records import children, divisions
from workflow_core.records.child_file import ChildFile, in_scope, read_files
from workflow_core.store import people as rows
from workflow_core.store.database import Tx

EXPORTED = (
    ("ref", N_("Reference")),
    ("name", N_("Name")),
    ("national_id", N_("ID number")),
    ("sex", N_("Sex")),
    ("born_on", N_("Birth date")),
    ("village", N_("Village")),
    ("school", N_("School")),
    ("grade", N_("Grade")),
    ("guardian", N_("Guardian")),
    ("guardian_phone", N_("Guardian's phone")),
)
"""The columns of an export: field and title (a msgid)."""

_PERSONAL = tuple(masking.MASKS)


def get(tx: Tx, actor: Actor, ref: str) -> ChildFile:
    """A child's file in the actor's sight, for a step that does not show it.

    :raises NotFound: ``child_unknown``.
    """
    return children.get(tx, ref, scope=actor.divisions(), places=actor.places())


def find(tx: Tx, actor: Actor, text: str, *, limit: int = 50) -> list[dict[str, Any]]:
    """The children in sight that a text fits, as :meth:`ChildFile.public`, masked.

    :raises Misused: ``search_empty``.
    """
    found = children.find(tx, text, scope=actor.divisions(), places=actor.places(), limit=limit)
    return [masking.masked(file.public()) for file in found]


def show(tx: Tx, actor: Actor, now: datetime, ref: str, *, unmasked: bool = False, purpose: str = "") -> dict[str, Any]:
    """Opens a child's file: everything in it (:meth:`ChildFile.whole`), and writes down who did; the transaction must write.

    :param unmasked: with names, numbers and phones as they are; needs a purpose.
    :raises NotFound: ``child_unknown``.
    :raises Misused: ``purpose_missing``.
    """
    file = get(tx, actor, ref)
    whole = file.whole()
    if not unmasked:
        looks.opened(tx, actor, file.person_id, now=now)
        return masking.masked(whole)
    looks.revealed(tx, actor, file.person_id, [name for name in _PERSONAL if whole.get(name)], purpose=purpose, now=now)
    return whole


def export(
    tx: Tx,
    actor: Actor,
    now: datetime,
    *,
    division: str | None = None,
    school: str | None = None,
    grade: int | None = None,
    status: str | None = "active",
    unmasked: bool = False,
    purpose: str = "",
) -> Iterator[dict[str, Any]]:
    """The children in sight as rows with the fields of :data:`EXPORTED`, by reference; the transaction must write.

    The export is written down before the first row is given out.

    :param division: only these: a division's code; it may be wider than what the actor sees.
    :param school: only these: a school's reference.
    :raises NotFound: ``division_unknown``: nothing of it is in sight.
    :raises Misused: ``purpose_missing``.
    """
    if unmasked and not purpose.strip():
        raise Misused("purpose_missing", N_("why is it needed unmasked?"), hint=N_("say it with --purpose; it is kept"))
    scope, places = actor.divisions(), actor.places()
    if division is not None:
        divisions.get(tx, division)
        scope = (division,) if in_scope(division, scope) else tuple(code for code in scope if code.startswith(division))
        if not scope and not places:
            raise NotFound("division_unknown", N_("there is no division {text}"), hint=N_("look for it: care division find NAME"), text=division)

    def chosen() -> Iterator[list[Any]]:
        for found in rows.listed(tx, scope=scope, places=places, school=school, grade=grade, status=status):
            yield [row for row in found if division is None or row["division"].startswith(division)]

    fields = [name for name, _ in EXPORTED]
    people = [row["person_id"] for found in chosen() for row in found]
    looks.exported(tx, actor, "children", people, fields, purpose=purpose, now=now, masked=not unmasked)

    def lines() -> Iterator[dict[str, Any]]:
        for found in chosen():
            for file in read_files(tx, found):
                yield file.public() if unmasked else masking.masked(file.public())

    return lines()
