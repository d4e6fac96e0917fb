"""Judges the rows of a roster: what becomes of each, and why.

Pure: what is on file is asked through :class:`OnFile`, a chunk of rows at a time, and nothing is written here. The first good row of a child wins; a
rejected row claims no number; a duplicate changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol, TypeAlias

from workflow_core.i18n import N_
from workflow_core.records.roster_rows import RosterRow, RowFault

Verdict: TypeAlias = Literal["imported", "updated", "unchanged", "duplicate", "rejected"]
Key: TypeAlias = tuple[str, date]
"""Name and birth date: with the township, the same child where a number is missing."""


@dataclass(frozen=True)
class Code:
    """What a problem's code means: the texts are msgids.

    :param verdict: what becomes of the row; None for a warning, whose row is taken.
    """

    message: str
    hint: str
    verdict: Verdict | None = "rejected"


CODES: dict[str, Code] = {
    "name_missing": Code(N_("the name is missing"), N_("enter the child's name")),
    "birth_date_invalid": Code(N_("the birth date is missing or no such day exists"), N_("enter it as year-month-day, like 2015-08-04")),
    "birth_date_in_future": Code(N_("the birth date lies in the future"), N_("check the year")),
    "id_precision_lost": Code(N_("the spreadsheet has cut off the last digits of the ID number"), N_("format the cell as text, then type the number anew")),
    "id_length": Code(N_("the ID number does not have 18 signs"), N_("check it against the household register or the card")),
    "id_check_digit": Code(N_("the ID number's check digit is wrong: a sign is mistyped"), N_("check it against the household register or the card")),
    "birth_date_differs_from_id": Code(N_("the birth date is not the one inside the ID number"), N_("find out which of the two is right")),
    "id_belongs_to_another_name": Code(N_("this ID number belongs to a child of another name"), N_("check both number and name; one of the two rows is wrong")),
    "held_elsewhere": Code(N_("the child's file is kept in another township"), N_("ask for its transfer: add --request-transfers")),
    "same_child_again": Code(N_("the same child stands in this sheet before"), N_("nothing to do, or delete one of the two rows"), "duplicate"),
    "id_missing": Code(N_("the ID number is missing; the child was taken by name and birth date"), N_("enter the number when it is known"), None),
}
"""Every code a roster row can have, the worst first."""

NOTES: dict[str, str] = {
    "region_unknown": N_("{count} ID numbers begin with a region code that is not in the list of divisions"),
    "sex_differs": N_("{count} rows name another sex than the ID number; the number's was taken"),
    "sex_unknown": N_("{count} cells for the sex could not be read and were left out"),
    "grade_unknown": N_("{count} cells for the grade lie outside grades 1 to 9 or could not be read, and were left out"),
    "phone_unreadable": N_("{count} phone numbers could not be read and were left out"),
    "kinship_unknown": N_("{count} cells for the kinship could not be read and were left out"),
    "left_behind_unknown": N_("{count} cells for who is away could not be read and were left out"),
    "hardship_unknown": N_("{count} cells for hardship could not be read and were left out"),
    "boards_unknown": N_("{count} cells for boarding could not be read and were left out"),
    "other_township": N_("{count} children are on file in another township of yours; their files were updated and stay there"),
    "several_alike": N_("{count} rows without a number fit several children on file, and changed none of them"),
}
"""Lines of the summary, by code: never a problem of a row."""

_RANK = {code: n for n, code in enumerate(CODES)}


@dataclass(frozen=True, slots=True)
class ChildOnFile:
    """What the judging needs to know of a child on file.

    :param division: the township's code.
    :param in_scope: whether the actor may see the file; if not, nothing of it leaves the judging.
    :param values: what the file says, by the field names of :class:`RosterRow.values`.
    """

    person_id: str
    ref: str
    version: int
    name: str
    national_id: str | None
    born_on: date | None
    division: str
    in_scope: bool
    provisional: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


class OnFile(Protocol):
    """Asks what is on file, for a chunk of rows at once."""

    def by_number(self, numbers: Collection[str]) -> Mapping[str, ChildOnFile]:
        """The children, wherever they are kept, who have one of these numbers."""
        ...

    def by_key(self, keys: Collection[Key], *, unnumbered: bool) -> Mapping[Key, Sequence[ChildOnFile]]:
        """The children of the township that is imported for, by name and birth date; with ``unnumbered`` only those without a number."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a row.

    :param code: the worst fault, or the warning; empty for a plain row.
    :param about: the field it is about.
    :param faults: all that is wrong with the row, the worst first.
    :param on_file: the child that is updated, or unchanged.
    :param changes: what changes in its file, by field.
    """

    row: RosterRow
    verdict: Verdict
    code: str = ""
    about: str = ""
    faults: tuple[RowFault, ...] = ()
    on_file: ChildOnFile | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class _Claims:
    """What the good rows so far have taken."""

    numbers: dict[str, str] = field(default_factory=dict)  # number: name
    keys: set[Key] = field(default_factory=set)
    bare: dict[Key, str | None] = field(default_factory=dict)  # of rows without a number: the number on file, if any


class Judge:
    """Judges the rows of one import, chunk by chunk, in the order of the sheets.

    :param township: the code of the township that is imported for.
    """

    def __init__(self, township: str) -> None:
        self.township = township
        self.notes: Counter[str] = Counter()
        """How often each code of :data:`NOTES` came up in rows that were taken."""
        self._claims = _Claims()

    def look(self, rows: Sequence[RosterRow], on_file: OnFile) -> list[Judged]:
        """Judges a chunk; repeatable until :meth:`keep` is called, so that a chunk whose commit failed can be judged anew."""
        known = on_file.by_number({row.national_id for row in rows if row.national_id is not None})
        bare: set[Key] = set()
        numbered: set[Key] = set()
        for row in rows:
            if not row.faults and row.born_on is not None and row.national_id not in known:
                (bare if row.national_id is None else numbered).add((row.name, row.born_on))
        # A row with a number can only be a child without one; only a row without a number may be any child of its name and birth date.
        alike = {**(on_file.by_key(numbered - bare, unnumbered=True) if numbered - bare else {}), **(on_file.by_key(bare, unnumbered=False) if bare else {})}
        fresh = _Claims()
        return [self._judge(row, known, alike, fresh) for row in rows]

    def keep(self, judged: Sequence[Judged]) -> None:
        """Takes note of a chunk that is stored: its good rows now hold their numbers."""
        for one in judged:
            if one.verdict in ("imported", "updated", "unchanged"):
                self._claim(one, self._claims)
                self.notes.update(one.row.notes)
                if one.on_file is None:
                    if one.verdict == "unchanged":
                        self.notes["several_alike"] += 1
                elif not one.on_file.division.startswith(self.township):
                    self.notes["other_township"] += 1

    def _judge(self, row: RosterRow, known: Mapping[str, ChildOnFile], alike: Mapping[Key, Sequence[ChildOnFile]], fresh: _Claims) -> Judged:
        number = row.national_id
        child = known.get(number) if number is not None else None
        faults = list(row.faults)
        claimed = None
        if number is not None:
            claimed = self._claims.numbers.get(number) or fresh.numbers.get(number)
            held_by = claimed or (child.name if child is not None else None)
            if held_by is not None and row.name and held_by != row.name:
                faults.append(RowFault("id_belongs_to_another_name", "national_id"))
        if faults:
            faults.sort(key=lambda fault: _RANK[fault.code])
            return Judged(row, "rejected", *faults[0], tuple(faults))
        if claimed is not None or self._stands_before(row, fresh):
            fault = RowFault("same_child_again", "national_id" if claimed is not None else "name")
            return Judged(row, "duplicate", *fault, (fault,))
        if child is not None and not child.in_scope:
            fault = RowFault("held_elsewhere", "national_id")
            return Judged(row, "rejected", *fault, (fault,))
        if child is None:
            child, several = self._same_by_key(row, alike)
            if several:
                return self._taken(row, "unchanged", None, {}, fresh)
        if child is None:
            return self._taken(row, "imported", None, {}, fresh)
        changes = differences(row, child)
        return self._taken(row, "updated" if changes else "unchanged", child, changes, fresh)

    def _stands_before(self, row: RosterRow, fresh: _Claims) -> bool:
        """Whether a row before this one is the same child by name and birth date, one of the two having no number."""
        if row.born_on is None:
            return False
        key = (row.name, row.born_on)
        for claims in (self._claims, fresh):
            if row.national_id is None:
                if key in claims.keys:
                    return True
            elif key in claims.bare and claims.bare[key] in (None, row.national_id):
                return True
        return False

    def _same_by_key(self, row: RosterRow, alike: Mapping[Key, Sequence[ChildOnFile]]) -> tuple[ChildOnFile | None, bool]:
        """The child on file with this name and birth date in the township; the second value tells that there are several."""
        if row.born_on is None:
            return None, False
        found = alike.get((row.name, row.born_on), ())
        if row.national_id is not None:
            found = [child for child in found if child.national_id is None]
        return (found[0] if len(found) == 1 else None), len(found) > 1 and row.national_id is None

    def _taken(self, row: RosterRow, verdict: Verdict, child: ChildOnFile | None, changes: Mapping[str, Any], fresh: _Claims) -> Judged:
        warning = (RowFault("id_missing", "national_id"),) if row.national_id is None else ()
        code, about = warning[0] if warning else ("", "")
        judged = Judged(row, verdict, code, about, warning, child, changes)
        self._claim(judged, fresh)
        return judged

    @staticmethod
    def _claim(judged: Judged, claims: _Claims) -> None:
        row = judged.row
        if row.national_id is not None:
            claims.numbers[row.national_id] = row.name
        if row.born_on is not None:
            key = (row.name, row.born_on)
            claims.keys.add(key)
            if row.national_id is None:
                claims.bare[key] = judged.on_file.national_id if judged.on_file is not None else None


def differences(row: RosterRow, child: ChildOnFile) -> dict[str, Any]:
    """What the row says that the file does not. An empty cell takes nothing away; a roster settles an open identity."""
    changes: dict[str, Any] = {name: value for name, value in row.values.items() if child.values.get(name) != value}
    if row.national_id is not None and child.national_id is None:
        changes["national_id"] = row.national_id
    if row.born_on is not None and child.born_on is None:
        changes["born_on"] = row.born_on
    if child.provisional and row.national_id is not None:
        changes["provisional"] = False
    return changes
