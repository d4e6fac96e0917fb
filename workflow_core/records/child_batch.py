"""Writes children's files: any number of new and changed ones, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workflow_core.clock import civil_date, stamp
from workflow_core.errors import Conflict
from workflow_core.i18n import N_
from workflow_core.records import places
from workflow_core.records.child_file import KINDS, TIE_FIELDS, ChildFile, Tie
from workflow_core.store import canonical, journal, journal_bulk, sequences
from workflow_core.store import people as rows
from workflow_core.store.database import Tx
from workflow_core.store.ids import uuid7

HARDSHIP = "hardship"
"""What is written down where a sheet says that there is hardship, and not which."""


def one_at_a_time(tx: Tx, township: str) -> None:
    """Waits until nobody else is adding children to this township, and keeps others waiting until the transaction's end.

    A child without a number has no key that the database could hold; who looks whether it is on file must be alone until it has written.
    """
    sequences.take(tx, township, "files", 0)


@dataclass(slots=True)
class _Party:
    """Somebody to be tied to a child."""

    kind: str
    name: str
    phone: str | None
    kin: str | None
    workplace: str | None


@dataclass(slots=True)
class _New:
    person_id: str
    name: str
    national_id: str | None
    born_on: date | None
    division: str
    provisional: bool
    values: Mapping[str, Any]
    origin: Mapping[str, Any]


@dataclass(slots=True)
class _Change:
    file: ChildFile
    changes: Mapping[str, Any]
    said: Mapping[str, Any]
    origin: Mapping[str, Any]
    kind: str


@dataclass
class FileBatch:
    """Gathers new and changed files, then writes them all.

    :param township: where new places and adults are put.
    """

    tx: Tx
    actor: str
    now: datetime
    township: str
    _new: list[_New] = field(default_factory=list)
    _changed: list[_Change] = field(default_factory=list)
    _adults: dict[tuple[str, str], str] = field(default_factory=dict)
    _schools: dict[str, str] = field(default_factory=dict)
    _people: list[dict[str, Any]] = field(default_factory=list)
    _made_adults: list[dict[str, Any]] = field(default_factory=list)
    _relations: list[dict[str, Any]] = field(default_factory=list)
    _moved_relations: list[dict[str, Any]] = field(default_factory=list)
    _corrected: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        *,
        name: str,
        national_id: str | None,
        born_on: date | None,
        values: Mapping[str, Any],
        origin: Mapping[str, Any],
        provisional: bool = False,
        division: str | None = None,
    ) -> str:
        """A new file; its person's id.

        :param values: by the field names of a roster's row.
        :param origin: where it comes from, for the journal: a sheet and its row.
        """
        person_id = uuid7()
        self._new.append(_New(person_id, name, national_id, born_on, division or self.township, provisional, values, origin))
        return person_id

    def change(
        self, file: ChildFile, changes: Mapping[str, Any], *, origin: Mapping[str, Any], said: Mapping[str, Any] | None = None, kind: str = "file_changed"
    ) -> None:
        """A file to be changed; what becomes None is taken out.

        :param changes: by the field names of a roster's row, also ``name``, ``national_id``, ``born_on``, ``division``, ``provisional``, ``status``.
        :param said: all that is known of a guardian or parent who is new; the changes themselves where it is left out.
        """
        self._changed.append(_Change(file, changes, changes if said is None else said, origin, kind))

    def flush(self) -> dict[str, str]:
        """Writes everything; the references of the new files by person's id.

        :raises Conflict: ``file_changed``: somebody else changed one of the files; nothing can be committed.
        :raises AlreadyThere: somebody else has just written one of the numbers.
        """
        if not self._new and not self._changed:
            return {}
        self._look_up()
        children = [self._new_child(new) for new in self._new]
        people, changed_children = self._changed_rows()
        refs = self._number()
        rows.insert_people(self.tx, [*self._people, *self._made_adults], children, self._relations)
        if not rows.update_people(self.tx, people, changed_children):
            raise Conflict("file_changed", N_("a file was changed by somebody else in the meantime"), hint=N_("look at it again, then repeat"))
        rows.correct_adults(self.tx, self._corrected)
        rows.change_relations(self.tx, self._moved_relations)
        self._journal()
        self._new, self._changed = [], []
        return refs

    # -------------------------------------------------------------- look-ups

    def _look_up(self) -> None:
        schools = {new.values["school"] for new in self._new if new.values.get("school")}
        schools |= {change.changes["school"] for change in self._changed if change.changes.get("school")}
        self._schools = places.find_or_create(self.tx, self.now, "school", schools, self.township) if schools else {}
        phones = {new.values[name] for new in self._new for kind in KINDS if (name := f"{kind}_phone") in new.values}
        phones |= {phone for change in self._changed for kind in KINDS if (phone := change.said.get(f"{kind}_phone"))}
        self._adults = rows.adults_by_phone(self.tx, phones, self.township)

    def _adult(self, name: str, phone: str | None) -> str:
        """The person of that name and phone in the township, found or made; without a phone a new one."""
        if phone is not None and (name, phone) in self._adults:
            return self._adults[(name, phone)]
        person_id = uuid7()
        self._made_adults.append(self._person(person_id, name, self.township, {"phone": phone}))
        if phone is not None:
            self._adults[(name, phone)] = person_id
        return person_id

    # -------------------------------------------------------------- new files

    def _new_child(self, new: _New) -> dict[str, Any]:
        said = new.values
        self._people.append(self._person(new.person_id, new.name, new.division, said, new.national_id, new.born_on))
        mine: dict[tuple[str, str | None], str] = {}
        for party in _united(_parties(said)):
            key = (party.name, party.phone)
            if key not in mine:
                mine[key] = self._adult(party.name, party.phone)
            self._tie(new.person_id, party, mine[key])
        return self._child(new.person_id, said, provisional=new.provisional)

    def _person(
        self, person_id: str, name: str, division: str, said: Mapping[str, Any], national_id: str | None = None, born_on: date | None = None
    ) -> dict[str, Any]:
        at = stamp(self.now)
        return {
            "person_id": person_id,
            "ref": "",  # numbers are taken last: whoever else wants some waits for this transaction
            "name": name,
            "name_key": name,
            "national_id": national_id,
            "sex": said.get("sex"),
            "born_on": born_on.isoformat() if born_on else None,
            "phone": said.get("phone"),
            "division": division,
            "village": said.get("village"),
            "address": said.get("address"),
            "ethnicity": said.get("ethnicity"),
            "created_at": at,
            "updated_at": at,
        }

    def _child(self, person_id: str, said: Mapping[str, Any], *, provisional: bool) -> dict[str, Any]:
        boards = said.get("boards")
        return {
            "person_id": person_id,
            "provisional": int(provisional),
            "school": self._schools.get(said.get("school") or ""),
            "grade": said.get("grade"),
            "class_name": said.get("class_name"),
            "boards": None if boards is None else int(boards),
            "left_behind": said.get("left_behind"),
            "hardship": canonical.dump([HARDSHIP] if said.get("hardship") else []),
            "status": "active",
            "note": said.get("note"),
        }

    def _tie(self, child_id: str, party: _Party, other_id: str) -> None:
        self._relations.append(
            {
                "relation_id": uuid7(),
                "person_id": child_id,
                "other_id": other_id,
                "kind": party.kind,
                "kin": party.kin,
                "since": civil_date(self.now).isoformat(),
                "until": None,
                "workplace": party.workplace,
            }
        )

    def _number(self) -> dict[str, str]:
        refs: dict[str, str] = {}
        for letter, made in (("C", self._people), ("P", self._made_adults)):
            if made:
                first = sequences.take(self.tx, "office", f"ref/{letter}", 0, len(made))
                for n, row in enumerate(made, first):
                    row["ref"] = f"{letter}-{n:06}"
        for row in self._people:
            refs[row["person_id"]] = row["ref"]
        return refs

    # -------------------------------------------------------------- changed files

    def _changed_rows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        others = {tie.other_id for change in self._changed for tie in change.file.ties}
        shared = rows.ties_to(self.tx, others)
        people, children = [], []
        for change in self._changed:
            file, new = change.file, change.changes
            for kind in KINDS:
                if any(name in new for name in TIE_FIELDS[kind]):
                    self._change_tie(change, kind, shared)
            born = new.get("born_on", file.born_on)
            name = new.get("name", file.name)
            people.append(
                {
                    "the_person": file.person_id,
                    "read_version": file.version,
                    "name": name,
                    "name_key": name,
                    "born_on": born.isoformat() if born else None,
                    "updated_at": stamp(self.now),
                    **{column: new.get(column, getattr(file, column)) for column in ("national_id", "sex", "division", "village", "address", "ethnicity")},
                }
            )
            boards = new.get("boards", file.boards)
            children.append(
                {
                    "the_person": file.person_id,
                    "provisional": int(new.get("provisional", file.provisional)),
                    "school": self._schools.get(new["school"] or "") if "school" in new else file.school_id,
                    "boards": None if boards is None else int(boards),
                    "hardship": _hardship(file, new),
                    **{column: new.get(column, getattr(file, column)) for column in ("grade", "class_name", "left_behind", "status", "note")},
                }
            )
        return people, children

    def _change_tie(self, change: _Change, kind: str, shared: dict[str, int]) -> None:
        file, new, said = change.file, change.changes, change.said
        tie = file.tie(kind)
        names = TIE_FIELDS[kind]
        if tie is not None and kind in new and new[kind] is None:
            self._move(tie, tie.other_id, tie.kin, tie.workplace, until=civil_date(self.now).isoformat())
            return
        if tie is None or (tie.name and new.get(kind, tie.name) != tie.name):
            if tie is not None:
                self._move(tie, tie.other_id, tie.kin, tie.workplace, until=civil_date(self.now).isoformat())
            party = _Party(kind, *(said.get(name) for name in names))  # type: ignore[arg-type]
            party.name = party.name or ""
            if party.name or party.phone or party.kin or party.workplace:
                self._tie(file.person_id, party, self._adult(party.name, party.phone))
            return
        name = new.get(kind, tie.name) or ""
        phone = new.get(names[1], tie.phone)
        other = tie.other_id
        if (name, phone) != (tie.name, tie.phone):
            known = self._adults.get((name, phone)) if phone is not None else None
            if known is not None or shared.get(other, 0) > 1:
                other = known or self._adult(name, phone)
            else:
                self._corrected.append({"the_person": other, "name": name, "name_key": name, "phone": phone, "updated_at": stamp(self.now)})
                if phone is not None:
                    self._adults[(name, phone)] = other
        self._move(tie, other, new.get(names[2], tie.kin), new.get(names[3], tie.workplace), until=None)

    def _move(self, tie: Tie, other_id: str, kin: str | None, workplace: str | None, *, until: str | None) -> None:
        self._moved_relations.append({"the_relation": tie.relation_id, "other_id": other_id, "kin": kin, "workplace": workplace, "until": until})

    # -------------------------------------------------------------- the journal

    def _journal(self) -> None:
        fresh = [
            journal_bulk.Entry(
                journal.person_stream(new.person_id),
                "file_made",
                {
                    "name": new.name,
                    "national_id": new.national_id,
                    "born_on": new.born_on.isoformat() if new.born_on else None,
                    "provisional": new.provisional,
                    "values": dict(new.values),
                    "origin": dict(new.origin),
                },
                new.person_id,
            )
            for new in self._new
        ]
        journal_bulk.append_many(self.tx, self.actor, fresh, self.now, fresh=True)
        changed = [
            journal_bulk.Entry(
                journal.person_stream(change.file.person_id),
                change.kind,
                {"changes": before_and_after(change.file, change.changes), "origin": dict(change.origin)},
                change.file.person_id,
            )
            for change in self._changed
        ]
        journal_bulk.append_many(self.tx, self.actor, changed, self.now)


def before_and_after(file: ChildFile, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Each changed field with what it was and what it is, as JSON."""
    known = file.values()

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    return {name: [plain(known.get(name, getattr(file, name, None))), plain(value)] for name, value in changes.items()}


def _hardship(file: ChildFile, new: Mapping[str, Any]) -> str:
    if "hardship" not in new or bool(new["hardship"]) == bool(file.hardship):
        return canonical.dump(list(file.hardship))
    return canonical.dump([HARDSHIP] if new["hardship"] else [])


def _parties(said: Mapping[str, Any]) -> dict[str, _Party]:
    found = {}
    for kind in KINDS:
        name, phone, kin, workplace = (said.get(field) for field in TIE_FIELDS[kind])
        if name or phone or kin or workplace:
            found[kind] = _Party(kind, name or "", phone, kin, workplace)
    return found


def _united(parties: dict[str, _Party]) -> list[_Party]:
    """A guardian who is the father or the mother is one person with them, unless the two phones differ."""
    guardian = parties.get("guardian")
    if guardian is not None:
        for kind in ("father", "mother"):
            parent = parties.get(kind)
            if parent is None or not parent.name:
                continue
            if not guardian.name and guardian.kin == kind:
                guardian.name = parent.name
            if guardian.name == parent.name and (guardian.phone is None or parent.phone is None or guardian.phone == parent.phone):
                guardian.phone = parent.phone = guardian.phone or parent.phone
    return list(parties.values())
