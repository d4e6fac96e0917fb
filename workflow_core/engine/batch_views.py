"""What a batch's plan is made from: a consistent view of many cases, read in a few statements for some hundreds of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from workflow_core.definition import Batch, Child, Kind, Program
from workflow_core.engine import among
from workflow_core.engine.decisions import digest_of
from workflow_core.engine.desks import RowDesk
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.view import CaseView
from workflow_core.engine.world import World
from workflow_core.errors import Damaged
from workflow_core.i18n import N_
from workflow_core.store import canonical, desk, people
from workflow_core.store import plans as rows
from workflow_core.store.database import Row, Tx

CHUNK = 500
PAGE = 10_000


@dataclass(frozen=True)
class Survey:
    """What a plan sees, while its transaction is open.

    :param first: the case that the batch is for, or a desk of the division. :param sequences: one for each entry of ``over``.
    :param known: the cases among them by reference; :param about: these references by whom they are about.
    :param seen: what has been seen of each case, as a word; :param digest: of all of it.
    :param resting: the references of those that are suspended.
    """

    first: Any
    sequences: tuple[Sequence[Any], ...]
    known: Mapping[str, CaseView]
    about: Mapping[str, Sequence[str]]
    seen: Mapping[str, str]
    digest: str
    resting: frozenset[str] = frozenset()


class Seen(NamedTuple):
    """What is kept of a case's row: the word for all that is seen of it, whom it is about (reference, kind and id), and whether it rests."""

    word: str
    subject: str | None
    kind: str | None
    subject_id: str | None
    resting: bool

    @classmethod
    def of(cls, row: Row) -> Seen:
        """Of the row of a case."""
        return cls(word_of(row), row.get("subject"), row["subject_kind"], row["subject_id"], row["suspended_at"] is not None)


def survey(runtime: Runtime, tx: Tx, program: Program[Any], batch: Batch[Any], division: str, whole: Row | None, now: datetime) -> Survey:
    """Read what a batch's plan is made from.

    :param tx: a transaction that sees one state of the office (``Database.snapshot``).
    :param whole: the row of the case that the batch is for.
    """
    world = World(tx, runtime.registry)
    found: dict[str, Seen] = {}
    sequences: list[list[Any]] = []
    ids: list[list[str]] = []
    if isinstance(batch.over, Kind):
        sequences.append(_everybody(world, batch.over, division))
    else:
        for record, stages in batch.over:
            some = _standing(tx, program, program.workflow_of(record).name, [stage.name for stage in stages], division, whole)
            found.update({ref: seen for ref, _, seen in some})
            ids.append([case_id for _, case_id, _ in some])
    _read_ahead(world, list(found.values()))
    sequences += [among.views(world, program, some, now) for some in ids]
    known = {view.ref: view for views in sequences for view in views if isinstance(view, CaseView)}
    first: Any = RowDesk(runtime, world, program, division, "", None, now)
    if whole is not None:
        (first,) = among.views(world, program, [whole["case_id"]], now)
        known[first.ref] = first
        found[first.ref] = Seen.of(whole)
    return _surveyed(first, tuple(sequences), known, found)


def _standing(
    tx: Tx, program: Program[Any], workflow: str, stages: Sequence[str], division: str, whole: Row | None
) -> list[tuple[str, str, Seen]]:  # fmt: skip
    """The cases that a plan is over, by reference: reference, id, and what is kept of the row. Read a page at a time: the rows are more than what is kept."""
    found: list[tuple[str, str, Seen]] = []
    asked: dict[str, Any] = {"program": program.name, "workflow": workflow, "open_only": not stages, "limit": PAGE}
    if stages:
        asked["stages"] = [(program.name, workflow, stage) for stage in stages]
    if whole is not None:
        asked["whole_id"] = whole["case_id"]
    while page := desk.cases(tx, divisions=[division], after=found[-1][0] if found else "", **asked):
        found += [(row["ref"], row["case_id"], Seen.of(row)) for row in page]
        if len(page) < PAGE:
            break
    return found


def _surveyed(first: Any, sequences: tuple[list[Any], ...], known: dict[str, CaseView], found: Mapping[str, Seen]) -> Survey:
    seen = {ref: one.word for ref, one in found.items()}
    about: dict[str, list[str]] = {}
    for ref, one in found.items():
        if one.subject:
            about.setdefault(one.subject, []).append(ref)
    children = [one.ref for some in sequences for one in some if isinstance(one, Child)]
    digest = sha256(canonical.dump([sorted(seen.items()), sorted(children)]).encode()).hexdigest()
    return Survey(first, sequences, known, about, seen, digest, frozenset(ref for ref, one in found.items() if one.resting))


def word_of(row: Row) -> str:
    """What is seen of a case, as a word: its stage, its record, whom it is about, and whether it rests."""
    return digest_of(row["workflow"], row["stage"], row["record"], row["subject_id"], row["suspended_at"] is not None)


def changed_since(tx: Tx, seen: Mapping[str, str]) -> list[str]:
    """The references of those cases that are not any more as a plan has seen them."""
    now = {row["ref"]: word_of(row) for row in rows.as_they_stand(tx, list(seen))}
    return [ref for ref, word in sorted(seen.items()) if now.get(ref) != word]


def _read_ahead(world: World, found: Sequence[Seen]) -> None:
    for kind, read in (("child", world.read_children), ("volunteer", world.read_volunteers)):
        persons = [one.subject_id for one in found if one.kind == kind and one.subject_id is not None]
        for start in range(0, len(persons), CHUNK):
            read(persons[start : start + CHUNK])
            if kind == "child":
                world.read_consents(persons[start : start + CHUNK])


def _everybody(world: World, kind: Kind[Any], division: str) -> list[Any]:
    if kind.name != "child":
        raise Damaged("batch_over", N_("a batch is over cases, or over children"), hint=N_("run `care plugin check`"))
    persons = [row["person_id"] for chunk in people.listed(world.tx, scope=[division]) for row in chunk]
    for start in range(0, len(persons), CHUNK):
        world.read_children(persons[start : start + CHUNK])
    return [world.child(one) for one in persons]
