"""A child is erased: one administrator asks, another one carries it out; and what the office cannot reach is told, so that people act.

The law: 个人信息保护法 art. 47, 未成年人保护法 art. 72, 未成年人网络保护条例 art. 34.
"""

from __future__ import annotations

import io
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_core.clock import civil_date, stamp, unstamp
from workflow_core.errors import Conflict, Misused, NotFound, NotPermitted, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.office.backup import COPIES
from workflow_core.office.settings import PAPERS, TEMPLATES
from workflow_core.records import children, volunteers
from workflow_core.store import access as accounts
from workflow_core.store import canonical, erase_clean, erasing, erasures, journal
from workflow_core.store.again import again
from workflow_core.store.erase_elsewhere import Place, mark_of, without_others
from workflow_core.store.ids import uuid7

if TYPE_CHECKING:
    from workflow_core.access.grants import Actor
    from workflow_core.office.office import Office
    from workflow_core.store.database import Row, Tx
    from workflow_core.store.erase_words import Words

_MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes: what is larger within a packed file is not unpacked."""


@dataclass(frozen=True)
class Erasure:
    """An erasure, and what it takes or took.

    :param state: ``asked``, ``withdrawn``, ``done``; ``tried`` of a dry run.
    :param taken: how many of what: cases, events, entries, papers, people, words elsewhere …
    :param elsewhere: where else the child was named, by case or table: how often.
    :param unsure: where a name of the child stands that may mean anything else, and was left: ``mark``, ``where``, ``what``; of a dry run ``around``.
    :param unreached: what lies where the office cannot reach: ``handed_out`` (at, by, what), ``copies`` (at, file), ``files``, ``attachments``.
    :param clean: whether the words are gone from the database's own files, too.
    """

    ref: str
    state: str
    reason: str
    asked_by: str
    asked_at: str
    answered_by: str | None = None
    answered_at: str | None = None
    taken: Mapping[str, int] = field(default_factory=dict)
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    unsure: list[dict[str, str]] = field(default_factory=list)
    unreached: Mapping[str, list[Any]] = field(default_factory=dict)
    clean: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**self.__dict__, "taken": dict(self.taken), "elsewhere": dict(self.elsewhere), "unreached": dict(self.unreached)}


class _Tried(Exception):
    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told


def attempt(office: Office, actor: Actor, ref: str, elsewhere: Collection[str] | None = None) -> Erasure:
    """Carry an erasure out and take it back: what it would take, to the last row. Nothing is written.

    :param elsewhere: as of :func:`approve`. :raises Misused: ``mark_unknown``.
    :raises NotFound: ``child_unknown``. :raises Refused: ``child_erased``; ``erasure_hindered``, with all that is still open.
    """
    now = office.clock.now()
    try:
        with office.db.write() as tx:
            erasing.alone(tx)
            raise _Tried(_carry_out(office, tx, _child(tx, ref), stamp(now), elsewhere)[1])
    except _Tried as tried:
        return Erasure(ref.strip().upper(), "tried", "", actor.login, stamp(now), **tried.told)


def ask(office: Office, actor: Actor, ref: str, reason: str) -> Erasure:
    """Ask for an erasure; another administrator carries it out.

    :raises Misused: ``reason_missing``. :raises NotFound: ``child_unknown``.
    :raises Refused: ``child_erased``; ``erasure_asked`` already; ``erasure_hindered``, with all that is still open.
    """
    if not reason.strip():
        raise Misused("reason_missing", N_("why is the child to be erased?"), hint=N_("say it with --reason, without a name; it is kept"))
    now = office.clock.now()
    with office.db.write() as tx:
        person = _child(tx, ref)
        if _asked(tx, person.person_id):
            hint = N_("another administrator: care {kind} erase {ref} --approve")
            raise Refused("erasure_asked", N_("the erasure of {ref} is asked for already"), hint=hint, ref=person.ref, kind=kind_of(person.ref))
        _unhindered(erasing.whom(tx, person.person_id), person.ref)
        row = {"erasure_id": uuid7(), "person_id": person.person_id, "ref": person.ref, "division": person.division[:9], "reason": reason.strip()}
        erasures.add(tx, {**row, "state": "asked", "asked_at": stamp(now), "asked_by": actor.login})
        stream = journal.account_stream(actor.account_id, now)
        journal.append(tx, stream, actor.login, "erasure_asked", {"ref": person.ref, "reason": reason.strip()}, now, subject=person.person_id)
        return _read(erasures.of(tx, person.ref)[-1])


def approve(office: Office, actor: Actor, ref: str, elsewhere: Collection[str] | None = None) -> Erasure:
    """Carry out what another administrator asked for. It cannot be undone.

    :param elsewhere: which places go where a name of the child stands that may mean anything else: their marks; ``all``; ``none``. None: nobody said it.
    :raises NotFound: ``child_unknown``; ``erasure_unasked``. :raises NotPermitted: ``four_eyes``: who asked for it may not carry it out,
        nor who stands in for him, nor whom it is about.
    :raises Refused: ``child_erased``; ``erasure_lapsed``: the account that asked is closed; ``erasure_hindered``; ``elsewhere_undecided``: there are such
        places; ``messages_unwritable``.
    :raises Misused: ``mark_unknown``.
    :raises Conflict: ``office_busy``: it is done, and the database's files are still to be written anew.
    """
    ref = again(office.db, lambda: _approve(office, actor, ref, elsewhere))
    clean(office)
    return told(office, ref)


def _approve(office: Office, actor: Actor, ref: str, elsewhere: Collection[str] | None) -> str:
    now = office.clock.now()
    with office.db.write() as tx:
        erasing.alone(tx)
        person = _child(tx, ref)
        row = _waiting(tx, person)
        _other_eyes(tx, actor, row, training=office.training)
        words, found = _carry_out(office, tx, person, stamp(now), elsewhere)
        if found["unsure"] and elsewhere is None:
            raise _undecided(person.ref, found["unsure"])
        found["unsure"] = [{name: value for name, value in one.items() if name != "around"} for one in found["unsure"]]  # this is kept
        counts = {"events": found["taken"].get("events", 0), "entries": found["taken"].get("entries", 0)}
        said = {"ref": person.ref, "asked_by": row.asked_by, **counts, "four_eyes": row.asked_by != actor.login}
        if not erasures.answer(tx, row.erasure_id, "done", by=actor.login, now=now, told=found):
            raise Conflict("erasure_changed", N_("somebody else has answered it in the meantime"))
        for other in _asked(tx, person.person_id):  # of a file that was merged into this one: nothing is left to be asked for
            erasures.answer(tx, other.erasure_id, "withdrawn", by=actor.login, now=now)
        journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "erased", said, now, subject=person.person_id)
        try:
            _in_files(office, words, also(elsewhere))  # last, and before it counts: where it cannot be done, nothing is
        except OSError as error:
            raise _unwritable(words, error) from None
    return str(row.ref)


def withdraw(office: Office, actor: Actor, ref: str) -> Erasure:
    """Take back what was asked for, or refuse it.

    :raises NotFound: ``child_unknown``; ``erasure_unasked``.
    """
    now = office.clock.now()
    with office.db.write() as tx:
        person = _child(tx, ref)
        row = _waiting(tx, person)
        erasures.answer(tx, row.erasure_id, "withdrawn", by=actor.login, now=now)
        stream = journal.account_stream(actor.account_id, now)
        journal.append(tx, stream, actor.login, "erasure_withdrawn", {"ref": person.ref}, now, subject=person.person_id)
        return _read(erasures.of(tx, row.ref)[-1])


def clean(office: Office) -> None:
    """Write the database's files anew where an erasure was carried out since, and note it.

    :raises Conflict: ``office_busy``.
    """
    with office.db.read() as tx:
        these = [row.erasure_id for row in erasures.unclean(tx)]  # one that is carried out meanwhile is another one's to clean
    erase_clean.clean(office.db)
    with office.db.write() as tx:
        erasures.cleaned(tx, these, office.clock.now())


def told(office: Office, ref: str) -> Erasure:
    """The latest erasure of a file.

    :raises NotFound: ``erasure_unasked``.
    """
    with office.db.read() as tx:
        found = erasures.of(tx, ref.strip().upper())
    if not found:
        raise _unasked(ref)
    return _read(found[-1])


def waiting(office: Office) -> list[Erasure]:
    """What waits for a second person."""
    with office.db.read() as tx:
        return [_read(row) for row in erasures.asked(tx)]


# -- Within the transaction ------------------------------------------------------------------------------------------------------------------------------


def _child(tx: Tx, ref: str) -> Row:
    ref = (volunteers if ref.strip().upper().startswith("P-") else children).get(tx, ref).ref
    person = erasures.person_of(tx, ref)
    assert person is not None  # its file was there just now
    return person


def _waiting(tx: Tx, person: Row) -> Row:
    found = _asked(tx, person.person_id)
    if not found:
        raise _unasked(person.ref)
    return found[-1]


def _other_eyes(tx: Tx, actor: Actor, row: Row, *, training: bool) -> None:
    """See that another person looks at it than asked for it, that it is not about that person, and that whoever asked is still there."""
    asker = accounts.by_login(tx, row.asked_by)
    if asker is not None and asker["closed_at"] is not None:
        hint = N_("take it back, and ask anew: care {kind} erase {ref} --withdraw")
        message = N_("the account that asked for the erasure of {ref} is closed: nobody answers for it")
        raise Refused("erasure_lapsed", message, hint=hint, ref=row.ref, kind=kind_of(row.ref))
    if training:
        return
    if row.asked_by in (actor.login, *actor.stands_for):
        hint = N_("hand it to a colleague with the role")
        raise NotPermitted("four_eyes", N_("somebody else must do this: you, or for whom you stand in, did the step before it"), hint=hint)
    if actor.person_id == row.person_id:
        raise NotPermitted("four_eyes", N_("somebody else must do this: it is about you"), hint=N_("hand it to a colleague with the role"))


def _asked(tx: Tx, person_id: str) -> list[Row]:
    """The erasures that wait for this file, or for one that was merged into it since, the oldest first."""
    files = erasing.merged(tx, person_id)
    return [row for row in erasures.asked(tx) if row.person_id in files]


def _unasked(ref: str) -> NotFound:
    hint = N_("ask for it: care {kind} erase {ref} --reason …")
    return NotFound("erasure_unasked", N_("nobody has asked for the erasure of {ref}"), hint=hint, ref=ref, kind=kind_of(ref))


def _unhindered(about: erasing.Whom, ref: str) -> None:
    if about.hinders:
        problems = [Problem("still_open", N_("it is still open, or waits for an answer"), one) for one in about.hinders]
        hint = N_("bring each to its end first: the law keeps what is still needed; who is tied to a child goes with it")
        raise Refused("erasure_hindered", N_("{ref} cannot be erased yet"), hint=hint, problems=problems, ref=ref)


def _undecided(ref: str, unsure: list[dict[str, str]]) -> Refused:
    problems = [Problem("unsure", N_("a name of the child stands there, and may mean anything else: {mark}"), one["where"], values=one) for one in unsure]
    message = N_("the name of {ref} stands where it may mean anything else")
    hint = N_("look: care {kind} erase {ref} --dry-run; then say which go: --also-elsewhere all, none, or their marks")
    return Refused("elsewhere_undecided", message, hint=hint, problems=problems, ref=ref, kind=kind_of(ref))


def kind_of(ref: str) -> str:
    """Whose commands these are: ``child`` or ``volunteer``."""
    return "volunteer" if ref.startswith("P-") else "child"


def also(elsewhere: Collection[str] | None) -> Callable[[str], bool]:
    """Whether a place goes, by its mark."""
    every = elsewhere is not None and "all" in elsewhere
    return lambda mark: every or mark in (elsewhere or ())


def _unwritable(words: Words, error: OSError) -> Refused:
    file = words.without(readable(Path(str(error.filename or PAPERS)).name), meant=True)
    hint = N_("see to it that it may be read and written, and that the disk has room; then repeat it")
    return Refused("messages_unwritable", N_("{file} in the office's folder cannot be read or changed: nothing was erased"), hint=hint, file=file)


def _carry_out(office: Office, tx: Tx, person: Row, at: str, elsewhere: Collection[str] | None) -> tuple[Words, dict[str, Any]]:
    about = erasing.whom(tx, person.person_id)
    _unhindered(about, person.ref)
    try:
        unreached = _unreached(office, tx, about, person.created_at)
        lines = [place for _, _, _, places in _messages(office, about.words, also(None)) for place in places]
    except OSError as error:
        raise _unwritable(about.words, error) from None
    seen: set[str] = {one.mark for one in lines}

    def goes(mark: str) -> bool:
        seen.add(mark)
        return also(elsewhere)(mark)

    taken = erasing.take(tx, about, at, _resealed, goes)
    unknown = {*(elsewhere or ())} - {"all", "none"} - seen
    if unknown:
        hint = N_("they stand in: care {kind} erase {ref} --dry-run")
        message = N_("there are no such places: {marks}")
        raise Misused("mark_unknown", message, hint=hint, marks=", ".join(sorted(unknown)), ref=person.ref, kind=kind_of(person.ref))
    unsure = [*taken.unsure, *(one for one in lines if not also(elsewhere)(one.mark))]
    unreached["attachments"] = taken.by_hand
    told = {name: _without(about.words, one) for name, one in unreached.items() if one}
    said = [one.as_dict() for one in without_others(tx, unsure)]
    return about.words, {"taken": dict(taken.counts), "elsewhere": dict(taken.elsewhere), "unsure": said, "unreached": told}


def _without(words: Words, said: Any) -> Any:
    """What is told, without the child's name: a file may be called like it, and this is kept."""
    if isinstance(said, dict):
        return {name: _without(words, one) for name, one in said.items()}
    if isinstance(said, list):
        return [_without(words, one) for one in said]
    return words.without(said, meant=True) if isinstance(said, str) else said


def _resealed(row: Row, fields: Mapping[str, Any], content: str) -> str:
    from workflow_core.documents.papers import signed_digest

    return signed_digest(row.name, row.number_text or "", civil_date(unstamp(row.signed_at)), row.signed_by or "", fields, row.template or "", content)


def _unreached(office: Office, tx: Tx, about: erasing.Whom, since: str) -> dict[str, list[Any]]:
    handed, copies = erasures.handed_out(tx, about.files, since)

    def said(row: Row, name: str) -> Any:
        return None if row.payload is None else canonical.load(row.payload).get(name)

    lying = sorted(readable(path.name) for path in (office.folder / COPIES).glob("*") if path.is_file())
    made = [{"at": row.at, "by": row.actor, "file": said(row, "file"), "here": said(row, "file") in lying} for row in copies]
    made += [{"at": None, "by": None, "file": one, "here": True} for one in lying if one not in {each["file"] for each in made}]
    return {
        "handed_out": [{"at": row.at, "by": row.actor, "kind": row.kind, "what": said(row, "what") or said(row, "fields")} for row in handed],
        "copies": made,
        "files": [readable(str(path.relative_to(office.folder))) for path, content in _files(office) if _names(office, path, content, about.words)],
    }


# -- The office's folder ---------------------------------------------------------------------------------------------------------------------------------


def readable(name: str) -> str:
    """A file's name as it can be written down: one that another system put there may be in GB 18030."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", errors="replace")
    return name


def _files(office: Office) -> Iterator[tuple[Path, bytes]]:
    """The files of the office's folder but its database, its copies and its templates, with what is in them."""
    database = Path(office.db.where) if office.db.dialect_name == "sqlite" else None
    for folder, names, files in os.walk(office.folder):
        names[:] = [one for one in names if Path(folder, one) not in (office.folder / COPIES, office.folder / TEMPLATES)]
        for one in files:
            path = Path(folder, one)
            ours = database is not None and path.name.startswith(database.name) and path.parent.resolve() == database.parent.resolve()
            if not ours and path.is_file() and not path.is_symlink():
                yield path, path.read_bytes()


def _ours(office: Office, path: Path) -> bool:
    return office.folder / PAPERS in path.parents


def _names(office: Office, path: Path, content: bytes, words: Words) -> bool:
    """Whether a file that somebody else put into the folder names the child, in its name or in what it says."""
    name = readable(path.name)
    return words.without(name, also=True) != name or (not _ours(office, path) and any(words.named_in(one) for one in _read_through(content)))


def _read_through(content: bytes) -> Iterator[bytes]:
    """The bytes of a file; of a packed one (.xlsx, .docx, .zip) also those of what is in it."""
    yield content
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                yield from (packed.read(one) for one in packed.infolist() if one.file_size <= _MOST_UNPACKED)
        except (zipfile.BadZipFile, RuntimeError, ValueError, EOFError, OSError, struct.error, zlib.error, lzma.LZMAError):
            return  # damaged in whatever way, or shut with a password: it is looked at as it is


def _in_files(office: Office, words: Words, goes: Callable[[str], bool]) -> None:
    """In messages that the office wrote into its folder each byte of a word becomes a star; in place, since others may be adding to the file."""
    for path, content, left, _ in _messages(office, words, goes):
        if left != content:
            with path.open("r+b") as file:
                file.write(left)
                file.flush()
                os.fsync(file.fileno())


def _messages(office: Office, words: Words, goes: Callable[[str], bool]) -> Iterator[tuple[Path, bytes, bytes, list[Place]]]:
    """The files that the office wrote into its folder: what is in each, what is left of it, and the lines of which it is not sure whom they mean."""
    for path, content in _files(office):
        if not _ours(office, path):
            continue
        lines, unsure = content.splitlines(keepends=True), []
        for n, line in enumerate(lines):
            left, sure = words.in_place(line, also=True), words.in_place(line)
            if left == line:
                continue
            mark = mark_of(readable(path.name), str(n))
            if left == sure or goes(mark):
                lines[n] = left
            else:
                said = line.decode(errors="replace")
                unsure.append(Place(mark, words.without(readable(path.name), meant=True), f"#{n + 1}", words.around(said)))
        yield path, content, b"".join(lines), unsure


def _read(row: Row) -> Erasure:
    said = canonical.load(row.told)
    names = ("ref", "state", "reason", "asked_by", "asked_at", "answered_by", "answered_at")
    return Erasure(**{name: row[name] for name in names}, clean=row.cleaned_at is not None, **said)
