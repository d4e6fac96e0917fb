"""Whom the rows of a program's sheet are about: how they are found, what refuses one, and how somebody new is put on file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from workflow_core.access.grants import Actor
from workflow_core.engine.import_rows import MESSAGES, ReadRow, row_problem
from workflow_core.errors import NotFound, Problem
from workflow_core.records import values, volunteers
from workflow_core.records.child_batch import FileBatch
from workflow_core.store import people
from workflow_core.store import volunteers as volunteer_rows
from workflow_core.store.database import Tx


class Subjects(Protocol):
    """One kind of people that a sheet can be about."""

    again: str
    """The code for a row that says the same as one above."""
    seen: dict[str, str]
    """Whom the rows so far were about, in their order: by number or what else tells them apart, the name."""

    def known(self, tx: Tx, numbers: Collection[str]) -> Mapping[str, Any]:
        """Those on file who have these numbers: rows with ``person_id, ref, name_key, division``."""
        ...

    def refusal(self, row: ReadRow, on_file: Any) -> Problem | None:
        """Why a row is not taken, whatever the program says of it."""
        ...

    def found(self, tx: Tx, row: ReadRow, on_file: Any, *, create: bool, origin: Mapping[str, Any]) -> tuple[Any, bool]:
        """Whom the row is about, put on file where need be and allowed; and whether that file is provisional.

        :raises NotFound: nobody, and nobody may be put on file.
        """
        ...


def subjects_of(kind: str, actor: Actor, program: str, division: str, now: datetime, *, repeats: bool = False) -> Subjects:
    """How the people of a sheet are found.

    :param repeats: several rows may be about one.
    """
    return Volunteers(actor, program, division, now, repeats) if kind == "volunteer" else Children(actor, program, division, now, repeats)


@dataclass
class Children:
    """Children: by number, or by name and birth date; a new one gets a provisional file."""

    actor: Actor
    program: str
    division: str
    now: datetime
    repeats: bool = False
    seen: dict[str, str] = field(default_factory=dict)
    again = "same_child_again"

    def known(self, tx: Tx, numbers: Collection[str]) -> Mapping[str, Any]:
        return {one["national_id"]: one for one in people.children_by_number(tx, numbers)} if numbers else {}

    def refusal(self, row: ReadRow, on_file: Any) -> Problem | None:
        if row.number is None:
            key = f"{row.name}|{row.born_on or ''}|{row.school}"
            again = key in self.seen and not self.repeats
            self.seen[key] = row.name
            return row_problem("same_child_again", "name") if again else None
        return _by_number(self, row, on_file, self.seen)

    def sees(self, on_file: Any) -> bool:
        """Whether the child lies in sight."""
        return self.actor.sees(division=on_file["division"], place_id=on_file["school"], program=self.program)

    def found(self, tx: Tx, row: ReadRow, on_file: Any, *, create: bool, origin: Mapping[str, Any]) -> tuple[Any, bool]:
        there = on_file if on_file is not None else self._alike(tx, row)
        if there is not None:
            return there, False
        if not create:
            raise NotFound("child_unknown", MESSAGES["child_unknown"][0], hint=MESSAGES["child_unknown"][1])
        return self._provisional(tx, row, origin), True

    def _alike(self, tx: Tx, row: ReadRow) -> Any:
        """The child on file that a row without a known number means, where there is exactly one."""
        if row.number is not None:
            return None
        if row.born_on is not None:
            found = people.children_by_key(tx, {(row.name, row.born_on.isoformat())}, self.division)
        else:  # a name alone is nobody for certain, but the provisional file this sheet made before is meant again
            found = [one for one in people.children_by_name(tx, row.name, self.division) if one["provisional"] and one["national_id"] is None]
            found = [one for one in found if (one["school_name"] or "") == row.school]
        return found[0] if len(found) == 1 else None

    def _provisional(self, tx: Tx, row: ReadRow, origin: Mapping[str, Any]) -> Any:
        batch = FileBatch(tx, self.actor.login, self.now, self.division)
        said = {"school": row.school} if row.school else {}
        if row.number is not None:
            said["sex"] = values.sex_in_id(row.number)
        born = row.born_on or (values.born_in_id(row.number) if row.number is not None else None)
        person_id = batch.add(name=row.name, national_id=row.number, born_on=born, values=said, origin=origin, provisional=True)
        return {"person_id": person_id, "ref": batch.flush()[person_id]}


@dataclass
class Volunteers:
    """Volunteers: by number alone, which every one of them needs, since he must be asked about."""

    actor: Actor
    program: str
    division: str
    now: datetime
    repeats: bool = False
    seen: dict[str, str] = field(default_factory=dict)
    again = "same_volunteer_again"

    def known(self, tx: Tx, numbers: Collection[str]) -> Mapping[str, Any]:
        return volunteer_rows.by_number(tx, numbers)

    def refusal(self, row: ReadRow, on_file: Any) -> Problem | None:
        return row_problem("id_missing", "national_id") if row.number is None else _by_number(self, row, on_file, self.seen)

    def sees(self, on_file: Any) -> bool:
        """Whether the volunteer lies in sight."""
        return self.actor.sees(division=on_file["division"], program=self.program)

    def found(self, tx: Tx, row: ReadRow, on_file: Any, *, create: bool, origin: Mapping[str, Any]) -> tuple[Any, bool]:
        if on_file is not None:
            return on_file, False
        if not create:
            raise NotFound("volunteer_unknown", MESSAGES["volunteer_unknown"][0], hint=MESSAGES["volunteer_unknown"][1])
        made = volunteers.make(tx, self.actor.login, self.now, row.said, division=self.division, scope=self.actor.divisions(), origin=origin)
        return {"person_id": made.person_id, "ref": made.ref}, False


def _by_number(of: Children | Volunteers, row: ReadRow, on_file: Any, seen: dict[str, str]) -> Problem | None:
    number = row.number or ""
    before = seen.get(number)
    if (before is not None and before != row.name) or (on_file is not None and on_file["name_key"] != row.name):
        return row_problem("name_differs", "name")
    if before is not None and not of.repeats:
        return row_problem(of.again, "national_id")
    if on_file is not None and not of.sees(on_file):
        return row_problem("held_elsewhere", "national_id")
    seen[number] = row.name
    return None
