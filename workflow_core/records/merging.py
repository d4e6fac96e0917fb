"""Two files of one child become one: the provisional file, or the one made by mistake, goes into the real one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_core.clock import stamp
from workflow_core.errors import Conflict, Refused
from workflow_core.i18n import N_
from workflow_core.records import children
from workflow_core.records.child_batch import FileBatch
from workflow_core.records.child_file import TIE_FIELDS, ChildFile, Scope
from workflow_core.store import journal, person_merge
from workflow_core.store import people as rows
from workflow_core.store.database import Tx
from workflow_core.store.server.session import owner_needed

Mover = Callable[[Tx, Sequence[str], str], None]
"""Ties cases to another file: the transaction, the cases' references, and the reference of the child they are about from now on."""


@dataclass(frozen=True)
class Merged:
    """What a merge did.

    :param file: the file that is left.
    :param moved: how many rows of each kind are now tied to it; ``cases`` among them.
    """

    file: ChildFile
    moved: dict[str, int]


def ties(tx: Tx, ref: str, *, scope: Scope = None) -> dict[str, int]:
    """What a merge would move from this file, by kind; ``cases`` are the engine's to move.

    :raises NotFound: ``child_unknown``.
    """
    file = children.get(tx, ref, scope=scope)
    return _moved(tx, file)


def _moved(tx: Tx, file: ChildFile) -> dict[str, int]:
    found = {name: count for name, count in person_merge.ties(tx, file.person_id).items() if count}
    cases = len(person_merge.cases_about(tx, file.person_id))
    return found | ({"cases": cases} if cases else {})


def merge(
    tx: Tx,
    actor: str,
    now: datetime,
    ref: str,
    into: str,
    *,
    reason: str = "",
    move_cases: Mover | None = None,
    scope: Scope = None,
    places: Collection[str] = (),
) -> Merged:
    """Puts one child's file into another, which keeps what it says and takes over what it does not say.

    The first file stays, without a number, and points to the second: its reference still finds the child.

    :param ref: the file that goes; ``into``: the one that stays.
    :param move_cases: ties the cases of the first to the second; cases belong to the engine.
    :raises Refused: ``same_file``; ``numbers_differ``: two numbers are two children; ``cases_must_move``: there are cases, and nobody moves them.
    :raises NotFound: ``child_unknown``.
    :raises Conflict: ``file_changed``.
    """
    if tx.desk:
        raise owner_needed()
    gone, kept = (children.get(tx, one, scope=scope, places=places) for one in (ref, into))
    if gone.person_id == kept.person_id:
        raise Refused("same_file", N_("both are the same file: {ref}"), ref=kept.ref)
    if gone.national_id and kept.national_id and gone.national_id != kept.national_id:
        hint = N_("where one of the numbers is wrong, correct it first: care child edit")
        raise Refused("numbers_differ", N_("{first} and {second} have different ID numbers: they are two children"), hint=hint, first=gone.ref, second=kept.ref)
    cases = person_merge.cases_about(tx, gone.person_id)
    if cases and move_cases is None:
        raise Refused("cases_must_move", N_("{count} cases are about {ref}; they must be moved with it"), count=len(cases), ref=gone.ref)
    moved = _moved(tx, gone)
    if not person_merge.give_up(tx, gone.person_id, kept.person_id, read_version=gone.version, updated_at=stamp(now)):
        raise Conflict("file_changed", N_("a file was changed by somebody else in the meantime"), hint=N_("look at it again, then repeat"))
    person_merge.move_ties(tx, gone.person_id, kept.person_id, kinds=[tie.kind for tie in gone.ties if kept.tie(tie.kind) is None])
    if cases and move_cases is not None:
        move_cases(tx, cases, kept.ref)
    changes = _taken_over(gone, kept)
    batch = FileBatch(tx, actor, now, kept.division[:9])
    batch.change(kept, changes, origin={"origin": "merge", "from": gone.ref, "reason": reason, "moved": moved}, kind="merged_from")
    batch.flush()
    payload = {"into": kept.ref, "reason": reason, "moved": moved}
    journal.append(tx, journal.person_stream(gone.person_id), actor, "merged_into", payload, now, subject=gone.person_id)
    account = rows.account_id(tx, actor)
    entry = {"from": gone.ref, "into": kept.ref, "reason": reason}
    journal.append(tx, journal.account_stream(account, now), actor, "files_merged", entry, now, subject=kept.person_id)
    return Merged(children.get(tx, kept.ref), moved)


def _taken_over(gone: ChildFile, kept: ChildFile) -> dict[str, Any]:
    """What the file that stays does not know, and the other does; guardians and parents move as ties."""
    known = kept.values()
    tied = {name for names in TIE_FIELDS.values() for name in names}
    changes = {name: value for name, value in gone.values().items() if name not in known and name not in tied}
    if gone.hardship and not kept.hardship:
        changes["hardship"] = True
    if kept.national_id is None and gone.national_id is not None:
        changes["national_id"] = gone.national_id
    if kept.born_on is None and gone.born_on is not None:
        changes["born_on"] = gone.born_on
    if kept.provisional and not gone.provisional:
        changes["provisional"] = False
    return changes
