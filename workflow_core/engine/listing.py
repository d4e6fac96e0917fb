"""Listings: the rows of a ledger, over cases or over children, as plain values for a screen, a sheet or a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from workflow_core.access import masking
from workflow_core.clock import civil_date
from workflow_core.definition import VOLUNTEER, Child, Kind, Listing, Party, Program, Register, Stage, Workflow, path_of
from workflow_core.definition.fields import label_of
from workflow_core.definition.snapshot import snapshot
from workflow_core.engine import among
from workflow_core.engine.entries import row_of
from workflow_core.engine.hiding import Fields, along, forms_of
from workflow_core.engine.view import CaseView
from workflow_core.engine.watching import noting, of_all, watched
from workflow_core.engine.world import World
from workflow_core.errors import NotFound
from workflow_core.i18n import N_, translate
from workflow_core.nearest import nearest
from workflow_core.records.child_file import in_scope
from workflow_core.records.transfers import township_of
from workflow_core.store import desk, parties, people
from workflow_core.store.database import Row

if TYPE_CHECKING:
    from workflow_core.engine.hiding import Eyes

Word = Callable[[str], str]
CHUNK = 400
"""So many cases, or children, are read together: a ledger takes a few statements for each so many rows, not a few for each row."""


@dataclass(frozen=True)
class Listed:
    """A listing, drawn up.

    :param columns: the headings; the first names whom a row is about.
    :param rows: as many cells as there are columns; of a listing that counts: the group and how many.
    :param people: the ids of those whom the rows are about, for the journal.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    people: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many rows."""
        return len(self.rows)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"listing": self.name, "title": self.title, "columns": list(self.columns), "rows": [list(row) for row in self.rows]}


def find_listing(program: Program[Any], name: str) -> Listing:
    """One of a program's listings.

    :raises NotFound: ``listing_unknown``.
    """
    for one in program.listings:
        if one.name == name:
            return one
    names = [one.name for one in program.listings]
    meant = nearest(name, names)
    hint = N_("did you mean {meant}?") if meant else N_("it has: {names}")
    raise NotFound("listing_unknown", N_("{program} has no listing {name}"), hint=hint, program=program.name, name=name, meant=meant, names=", ".join(names))


def draw_up(
    world: World,
    program: Program[Any],
    listing: Listing,
    divisions: Sequence[str] | None,
    at: datetime,
    *,
    places: Sequence[str] = (),
    whole: str | None = None,
    name: Callable[[str], str],
    word: Word = translate,
    only: str | None = None,
    eyes: Callable[[Row], Eyes] | None = None,
) -> Listed:
    """Draw up a listing as of an instant.

    :param divisions: code prefixes in scope; None for all. :param places: schools beside them. :param whole: only parts of the case with that id.
    :param name: how a person's name is shown: masked on a screen, whole on an official paper.
    :param word: the language. :param only: of a register: the entries of this case alone, by its id.
    :param eyes: what may be read of each case: what its record holds for some eyes only is shown as stars, and what is personal unless names are whole; None
        for a paper, which shows everything.
    """
    if isinstance(listing.of, Register):
        source = _entered(world, program, listing, divisions, places, at, name, only, eyes)
    elif isinstance(listing.of, Kind):
        source = _children(world, divisions)
    else:
        source = _cases(world, program, listing, divisions, places, whole, at, eyes, name is str)
    entries, people = [], []
    for about, look in source:
        entries.append(_entry(listing, about, look, name, word))
        people += [about.person_id] if about.person_id is not None else []
    entries.sort(key=lambda entry: entry.order)
    if listing.count:
        groups: dict[tuple[str, ...], int] = {}
        for entry in entries:
            groups[entry.group] = groups.get(entry.group, 0) + 1
        titles = (*(_title(one, word) for one in listing.group_by), word(N_("How many")))
        return Listed(listing.name, word(listing.title), titles, tuple((*group, str(count)) for group, count in groups.items()))
    heads = (word(N_("Reference") if isinstance(listing.of, Kind) else N_("Case")), word(_whom(program, listing)))
    columns = (*heads, *(word(column.title) for column in listing.columns))
    return Listed(listing.name, word(listing.title), columns, tuple(entry.cells for entry in entries), tuple(dict.fromkeys(people)))


def _whom(program: Program[Any], listing: Listing) -> str:
    """The heading of the column that names whom a row is about."""
    if isinstance(listing.of, Register):
        return N_("About") if workflow_with(program, listing.of).subject is None else N_("Child")
    about = listing.of if isinstance(listing.of, Kind) else program.workflow_of(listing.of).subject if isinstance(listing.of, type) else None
    return N_("Volunteer") if about is VOLUNTEER else N_("Child")


@dataclass(frozen=True)
class _About:
    ref: str
    name: str
    person_id: str | None


@dataclass(frozen=True)
class _Entry:
    group: tuple[str, ...]
    order: tuple[Any, ...]
    cells: tuple[str, ...]


Look = Callable[[object], Any]


def _entry(listing: Listing, about: _About, look: Look, name: Callable[[str], str], word: Word) -> _Entry:
    group = tuple(_cell(one, look, name, word) for one in listing.group_by)
    order = (group, tuple(_sortable(look(one)) for one in listing.sort), about.ref)
    cells = [_cell(column.value, look, name, word) for column in listing.columns]
    if name is not str:  # what somebody wrote may say who it is about
        cells, group = [masking.words(one, [about.name]) for one in cells], tuple(masking.words(one, [about.name]) for one in group)
    return _Entry(group, order, (about.ref, name(about.name), *cells))


def _cell(value: object, look: Look, name: Callable[[str], str], word: Word) -> str:
    return name(look(value) or "") if isinstance(value, Party) else shown(look(value), word)


def _cases(
    world: World, program: Program[Any], listing: Listing, divisions: Sequence[str] | None, places: Sequence[str], whole: str | None, at: datetime,
    eyes: Callable[[Row], Eyes] | None, unmasked: bool,
) -> Iterator[tuple[_About, Look]]:  # fmt: skip
    if not isinstance(listing.of, type):
        raise TypeError("a listing is of a record class or of a kind")
    workflow: Workflow[Any, Any] = program.workflow_of(listing.of)
    stages = {stage.name for stage in listing.stages}
    wanted = [
        row
        for row in desk.cases(world.tx, divisions=divisions, places=places, program=program.name, workflow=workflow.name, limit=None)
        if (not stages or row["stage"] in stages) and whole in (None, row["whole_id"])
    ]
    for first in range(0, len(wanted), CHUNK):
        rows = wanted[first : first + CHUNK]
        views = {view.case_id: view for view in among.views(world, program, [row["case_id"] for row in rows], at)}
        _read_children(world, rows, divisions)
        tied: dict[str, dict[str, str]] = {}
        if any(isinstance(one, Party) for one in (*(column.value for column in listing.columns), *listing.group_by)):
            for (case_id, party), whose in parties.names(world.tx, list(views)).items():
                tied.setdefault(case_id, {})[party] = whose
        for row in rows:
            look = _looking(_seen(views[row["case_id"]], eyes), tied.get(row["case_id"], {}))
            yield _About(row["ref"], row["subject_name"] or "", row["subject_id"]), _read_by(eyes, row, workflow, look, unmasked)
        world.forget_cases()  # of a county's ledger only a chunk is held at a time


def _read_children(world: World, rows: Sequence[Row], divisions: Sequence[str] | None) -> None:
    """Read whom cases are about. Of a child that has moved away a closed case tells who it was, and nothing of what its file says today."""
    about = [row for row in rows if row["subject_kind"] == "child" and row["subject_id"] is not None]
    world.read_children([row["subject_id"] for row in about])
    away = [row for row in about if not in_scope(row["kept_in"], divisions) and not row["kept_in"].startswith(township_of(row["division"]))]
    gone = {row["subject_id"] for row in away if row["closed_at"] is not None}
    world.without_today(gone - {row["subject_id"] for row in about if row["closed_at"] is None})


def workflow_with(program: Program[Any], register: Register[Any]) -> Workflow[Any, Any]:
    """The workflow that keeps a register."""
    return next(one for one in program.workflows if register in one.registers)


def workflow_listed(program: Program[Any], listing: Listing) -> Workflow[Any, Any]:
    """The workflow whose cases, or whose register's entries, a listing is of."""
    return workflow_with(program, listing.of) if isinstance(listing.of, Register) else program.workflow_of(cast("type[Any]", listing.of))


def _entered(
    world: World, program: Program[Any], listing: Listing, divisions: Sequence[str] | None, places: Sequence[str], at: datetime,
    name: Callable[[str], str], only: str | None, eyes: Callable[[Row], Eyes] | None,
) -> Iterator[tuple[_About, Look]]:  # fmt: skip
    """The entries of a register, each matter once; a personal field of one is shown as a person's name is, to whoever may read it."""
    register: Register[Any] = cast("Register[Any]", listing.of)
    workflow = workflow_with(program, register)
    kept = next(one for one in snapshot(program)["workflows"] if one["name"] == workflow.name)
    fields = forms_of(kept)[register.name]
    wanted = desk.cases(world.tx, divisions=divisions, places=places, program=program.name, workflow=workflow.name, limit=None)
    stages = {stage.name for stage in listing.stages}
    wanted = [row for row in wanted if (not stages or row["stage"] in stages) and only in (None, row["case_id"])]
    for first in range(0, len(wanted), CHUNK):
        rows = wanted[first : first + CHUNK]
        _read_children(world, rows, divisions)
        views = {view.case_id: view for view in among.views(world, program, [row["case_id"] for row in rows], at)}
        for row in rows:
            view = views[row["case_id"]]
            for matter in view.matters(register):
                look = _looking(_seen(view, eyes).with_given(row_of(register, matter)), {})
                look = partial(_masking, register, fields, look, name) if eyes is None else _read_by(eyes, row, workflow, look, name is str, register)
                yield _About(row["ref"], row["subject_name"] or "", row["subject_id"]), look
        world.forget_cases()


def _seen(view: CaseView, eyes: Callable[[Row], Eyes] | None) -> CaseView:
    """The case as a ledger's functions see it; on a paper everything is shown, and nothing of it need be noted."""
    return view if eyes is None else watched(view)


def _masking(register: Register[Any], fields: Fields, look: Look, name: Callable[[str], str], value: object) -> Any:
    found, path = look(value), path_of(value)
    if path is None or path.careflow_of is not register.row or found is None:
        return found
    marked = [field for field in along(fields, path.careflow_name) if field is not None and (field.get("personal") or field.get("seen_by"))]
    return masking.free_text("*") if marked and (name is not str or any(field.get("seen_by") for field in marked)) else found


def _read_by(
    eyes: Callable[[Row], Eyes] | None, row: Row, workflow: Workflow[Any, Any], look: Look, unmasked: bool, register: Register[Any] | None = None
) -> Look:  # fmt: skip
    """The same look, with stars for what of the record, or of a register's row, is for other eyes, and for what was computed from such."""
    if eyes is None:
        return look
    seen = eyes(row)
    askers = {workflow.record: "", **({register.row: register.name} if register is not None else {})}

    def hiding(value: object) -> Any:
        path = path_of(value)
        with noting() as noted:
            found = look(value)
        if found in (None, "", (), []):
            return found
        if path is None or path.careflow_of not in askers:
            read = noted | of_all(found)  # what a function computed it from; or another form's field
            wanting = any(not any(map(seen.may, roles)) if roles else not seen.acts for _, roles in read)
            return masking.free_text("*") if wanting or (not unmasked and any(personal for personal, _ in read)) else found
        fields = along(seen.forms.get(askers[path.careflow_of], {}), path.careflow_name)
        personal = not unmasked and any(field is not None and field["personal"] for field in fields)
        return masking.free_text("*") if personal or any(seen.hides(field, seen.acts) for field in fields) else found

    return hiding


def _looking(view: CaseView, names: Mapping[str, str]) -> Look:
    def look(value: object) -> Any:
        if isinstance(value, Party):
            return names.get(value.name)
        if path_of(value) is not None:
            return view.value(value)
        return value(view) if callable(value) else value

    return look


def _children(world: World, divisions: Sequence[str] | None) -> Iterator[tuple[_About, Look]]:
    for chunk in people.listed(world.tx, scope=divisions, chunk=CHUNK):
        world.read_children([row["person_id"] for row in chunk])
        for row in chunk:
            child = world.child(row["person_id"])
            yield _About(row["ref"], row["name"], row["person_id"]), _looking_at(child)


def _looking_at(child: Child) -> Look:
    def look(value: object) -> Any:
        path = path_of(value)
        return getattr(child, path.careflow_name) if path is not None and path.careflow_of is Child else None

    return look


def shown(value: Any, word: Word) -> str:
    """A value as a cell."""
    if value is None:
        return ""
    if isinstance(value, Enum):
        return word(str(value.value))
    if isinstance(value, Stage):
        return word(value.title)
    if isinstance(value, bool):
        return word(N_("yes")) if value else word(N_("no"))
    if isinstance(value, datetime):
        return civil_date(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list, frozenset)):
        return "、".join(shown(one, word) for one in value)
    return str(value)


def _sortable(value: Any) -> tuple[int, Any]:
    """What is hidden after what is shown, and empty ones last."""
    hidden = value == masking.free_text("*")
    return (2 if value is None else int(hidden), "" if value is None or hidden else value.name if isinstance(value, Enum) else value)


def _title(value: object, word: Word) -> str:
    if path_of(value) is not None:
        return word(label_of(value))
    named = getattr(value, "__name__", "")  # a function of the case is called by its name: def township → Township
    return word(named.replace("_", " ").capitalize()) if named else str(value)


def as_values(listed: Listed) -> Mapping[str, Any]:
    """A listing as the fields of a paper."""
    rows = [{"cells": list(row)} for row in listed.rows]
    return {"title": listed.title, "count": listed.count, "columns": list(listed.columns), "rows": rows}
