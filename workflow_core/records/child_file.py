"""A child's file as it is read: the child, its school, and who is tied to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from workflow_core.i18n import N_
from workflow_core.records.roster import ChildOnFile, Key
from workflow_core.store import canonical
from workflow_core.store import people as rows
from workflow_core.store.database import Row, Tx

Scope: TypeAlias = "Sequence[str] | None"
"""Codes of the divisions whose subtrees may be seen; None for the whole office. Whatever lies outside does not exist for the caller."""

KINDS = ("guardian", "father", "mother")
"""How a person can be tied to a child."""

TITLES = {"guardian": N_("guardian"), "father": N_("father"), "mother": N_("mother")}
"""The kinds of ties as people call them."""

TIE_FIELDS = {kind: tuple(name for name in (kind, f"{kind}_phone", f"{kind}_kin", f"{kind}_workplace")) for kind in KINDS}
"""The fields of a child's file that tell of a tie: ``guardian``, ``guardian_phone``, ``guardian_kin``, ``guardian_workplace``; and so on."""

UNDER_NAME = ("sex", "ethnicity", "village", "address", "school", "grade", "class_name", "left_behind", "hardship", "boards", "note")


@dataclass(frozen=True, slots=True)
class Tie:
    """Somebody tied to the child.

    :param kind: one of :data:`KINDS`.
    :param other_id: the person's id; ``ref`` its reference (P-000123).
    :param since: ISO dates; ``until`` is None while it lasts.
    """

    relation_id: str
    kind: str
    other_id: str
    ref: str
    name: str
    phone: str | None
    kin: str | None
    workplace: str | None
    since: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class ChildFile:
    """One child, one file.

    :param ref: C-000123.
    :param version: what a change must name to be sure that nobody changed the file meanwhile.
    :param provisional: the identity is still open.
    :param division: the township's code; ``village`` is text.
    :param school: its name; ``school_ref`` its reference, ``school_id`` its id.
    :param left_behind: one of :data:`workflow_core.records.words.LEFT_BEHIND`.
    :param hardship: what is known of hardship; ``("hardship",)`` where a roster says no more.
    :param status: active, moved, of age, died.
    :param merged_into: the id of the file that this one was merged into.
    :param ties: guardians and parents of today.
    """

    person_id: str
    ref: str
    version: int
    name: str
    national_id: str | None
    sex: Literal["male", "female"] | None
    born_on: date | None
    division: str
    village: str | None
    address: str | None
    ethnicity: str | None
    provisional: bool
    school: str | None
    school_ref: str | None
    school_id: str | None
    school_key: str | None
    grade: int | None
    class_name: str | None
    boards: bool | None
    left_behind: str | None
    hardship: tuple[str, ...]
    status: str
    note: str | None
    merged_into: str | None
    ties: tuple[Tie, ...]

    def tie(self, kind: str) -> Tie | None:
        """Today's guardian, father or mother."""
        return next((tie for tie in self.ties if tie.kind == kind), None)

    def values(self) -> dict[str, Any]:
        """What the file says, by the field names of a roster's row; a field of which it knows nothing is left out."""
        found: dict[str, Any] = {name: getattr(self, name) for name in UNDER_NAME if name not in ("school", "hardship")}
        found["school"] = self.school_key
        found["hardship"] = bool(self.hardship)
        for tie in self.ties:
            found |= dict(zip(TIE_FIELDS[tie.kind], (tie.name or None, tie.phone, tie.kin, tie.workplace), strict=True))
        return {name: value for name, value in found.items() if value is not None}

    def public(self) -> dict[str, Any]:
        """The row of ``child export --json``, not masked."""
        guardian = self.tie("guardian")
        return {
            "ref": self.ref,
            "name": self.name,
            "national_id": self.national_id,
            "sex": self.sex,
            "born_on": self.born_on.isoformat() if self.born_on else None,
            "village": self.village,
            "school": self.school,
            "grade": self.grade,
            "guardian": guardian.name if guardian else None,
            "guardian_phone": guardian.phone if guardian else None,
        }

    def whole(self) -> dict[str, Any]:
        """Everything a screen shows of a file, not masked."""
        shown = self.public() | {
            "class_name": self.class_name,
            "division": self.division,
            "address": self.address,
            "ethnicity": self.ethnicity,
            "left_behind": self.left_behind,
            "hardship": list(self.hardship),
            "boards": self.boards,
            "status": self.status,
            "note": self.note,
            "provisional": self.provisional,
            "version": self.version,
        }
        for kind in KINDS:
            tie = self.tie(kind)
            for field, value in zip(TIE_FIELDS[kind], (tie.name, tie.phone, tie.kin, tie.workplace) if tie else (None,) * 4, strict=True):
                shown[field] = value
        return shown

    def on_file(self, scope: Scope) -> ChildOnFile:
        """What the judging of a roster needs."""
        return ChildOnFile(
            self.person_id,
            self.ref,
            self.version,
            self.name,
            self.national_id,
            self.born_on,
            self.division,
            in_scope(self.division, scope),
            self.provisional,
            self.values(),
        )


def in_scope(division: str, scope: Scope) -> bool:
    """Whether a division lies in what may be seen."""
    return scope is None or any(division.startswith(code) for code in scope)


def read_files(tx: Tx, found: Iterable[Row]) -> list[ChildFile]:
    """Files from their rows; who is tied to them is asked for all at once."""
    children = list(found)
    ties = rows.relations(tx, [row["person_id"] for row in children])
    return [_file(row, ties.get(row["person_id"], ())) for row in children]


def _file(row: Row, ties: Iterable[Row]) -> ChildFile:
    return ChildFile(
        person_id=row["person_id"],
        ref=row["ref"],
        version=row["version"],
        name=row["name"],
        national_id=row["national_id"],
        sex=row["sex"],
        born_on=None if row["born_on"] is None else date.fromisoformat(row["born_on"]),
        division=row["division"],
        village=row["village"],
        address=row["address"],
        ethnicity=row["ethnicity"],
        provisional=bool(row["provisional"]),
        school=row["school_name"],
        school_ref=row["school_ref"],
        school_id=row["school"],
        school_key=row["school_key"],
        grade=row["grade"],
        class_name=row["class_name"],
        boards=None if row["boards"] is None else bool(row["boards"]),
        left_behind=row["left_behind"],
        hardship=() if row["hardship"] == "[]" else tuple(canonical.load(row["hardship"])),
        status=row["status"],
        note=row["note"],
        merged_into=row["merged_into"],
        ties=tuple(read_tie(tie) for tie in ties),
    )


def read_tie(row: Row) -> Tie:
    """A tie from its row."""
    return Tie(
        row["relation_id"], row["kind"], row["other_id"], row["ref"], row["name"], row["phone"], row["kin"], row["workplace"], row["since"], row["until"]
    )


class FilesOnHand:
    """What is on file, for the judging of a roster; it keeps the files it was asked for (``files``, by person's id)."""

    def __init__(self, tx: Tx, township: str, scope: Scope) -> None:
        self.files: dict[str, ChildFile] = {}
        self._tx = tx
        self._township = township
        self._scope = scope

    def by_number(self, numbers: Collection[str]) -> Mapping[str, ChildOnFile]:
        found = self._read(rows.children_by_number(self._tx, numbers))
        return {file.national_id: file.on_file(self._scope) for file in found if file.national_id is not None}

    def by_key(self, keys: Collection[Key], *, unnumbered: bool) -> Mapping[Key, Sequence[ChildOnFile]]:
        found: dict[Key, list[ChildOnFile]] = {}
        wanted = {(name, born.isoformat()) for name, born in keys}
        for file in self._read(rows.children_by_key(self._tx, wanted, self._township, unnumbered=unnumbered)):
            if file.born_on is not None:
                found.setdefault((file.name, file.born_on), []).append(file.on_file(self._scope))
        return found

    def _read(self, found: list[Row]) -> list[ChildFile]:
        files = read_files(self._tx, found)
        self.files.update((file.person_id, file) for file in files)
        return files
