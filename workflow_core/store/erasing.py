"""Taking a child out of the tables: every statement that changes what nobody may change otherwise stands here, and nowhere else.

What says who somebody was goes: salts and contents of chained records, rows of files, records, papers, attachments. What counts stays: a case with its
stages and instants, an event's header and its commitment, a paper's number. The tables that other rooms add are covered, too: whatever text of whatever
table still holds one of the words is found by looking, not by knowing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, LargeBinary, PrimaryKeyConstraint, Table, Text, UniqueConstraint, and_, bindparam, delete, func, or_, select, text, update

from workflow_core.store import erase_words
from workflow_core.store.canonical import load
from workflow_core.store.database import Row, Tx
from workflow_core.store.erase_words import Words
from workflow_core.store.journal import ERASED
from workflow_core.store.tables import (
    METADATA,
    account,
    attachment,
    blob,
    case,
    child,
    consent,
    division,
    document,
    event_payload,
    journal,
    journal_payload,
    observation,
    outbox,
    party,
    person,
    place,
    plan_item,
    referral,
    register_entry,
    register_open,
    relation,
    request,
    task,
    timer,
    transfer,
    volunteer,
    waiting,
)  # fmt: skip

Reseal = Callable[[Row, Mapping[str, Any], str], str]
"""The seal of a paper out of which words were taken: its row, its fields, the digest of its page."""

ASKED, WITHDRAWN = "erasure_asked", "erasure_withdrawn"
"""The kinds of the journal's entries about erasures; they say no name."""

_KEPT_KINDS = (ASKED, WITHDRAWN, ERASED)
_OFFICE = ("account", "calendar", "definition", "division", "enablement", "grant_", "hold", "lease", "policy", "sequence", "setting")
_NO_PERSON = frozenset({*_OFFICE, "event", "journal", "journal_head", "seal", "seal_head"})
"""Tables that hold nothing of a child, or nothing but what a chain's digest covers."""
_OF_PROGRAMS = ("program", "workflow", "definition", "stage", "name", "register", "limit_name", "template", "batch", "role", "doers", "outcome")
_OF_OFFICE = ("kind", "state", "status", "subject_kind", "division", "issuer", "number_text", "digest", "basis", "said", "sex", "ref", "level")
_STRUCTURE = frozenset({*_OF_PROGRAMS, *_OF_OFFICE})
"""Columns of names that programs and the office give, not people; a file's own name is none of them."""
_WHO = frozenset({"name", "name_key", "national_id", "phone"})
_ME = frozenset({"person_id", "ref", "division", "created_at", "updated_at", "erased_at", "version", "merged_into"})


@dataclass(frozen=True)
class Whom:
    """Whom an erasure is about.

    :param files: the ids of the child's file and of those that were merged into it. :param adults: of guardians and parents who are tied to nobody else.
    :param cases: the ids of the cases about the child; :param refs: their references.
    :param hinders: references of what must come to its end first.
    """

    files: tuple[str, ...]
    adults: tuple[str, ...]
    cases: tuple[str, ...]
    refs: tuple[str, ...]
    words: Words
    hinders: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """All whose rows are emptied."""
        return (*self.files, *self.adults)


@dataclass
class Taken:
    """What an erasure took: how many of what; and where else a word stood, by case or table; ``by_hand``: files of other cases that name the child."""

    counts: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    by_hand: list[str] = field(default_factory=list)


# -- Whom ------------------------------------------------------------------------------------------------------------------------------------------------


def alone(tx: Tx) -> None:
    """Let nobody open or change a case until the transaction ends; what is overwritten is overwritten with zeros."""
    if tx.dialect.name == "sqlite":
        tx.connection.exec_driver_sql("PRAGMA secure_delete = ON")
    else:
        tx.connection.exec_driver_sql('LOCK TABLE "case", person, relation IN SHARE ROW EXCLUSIVE MODE')


def merged(tx: Tx, person_id: str) -> list[str]:
    """The ids of a file and of those that were merged into it."""
    files = [person_id]
    for one in files:
        files += _column(tx, person.c.person_id, person.c.merged_into == one)
    return files


def whom(tx: Tx, person_id: str) -> Whom:
    """Find out who and what belongs to a child's file."""
    files = merged(tx, person_id)
    cases = tx.rows(select(case.c.case_id, case.c.ref, case.c.closed_at).where(case.c.subject_id.in_(files)).order_by(case.c.ref))
    ids = tuple(row.case_id for row in cases)
    adults = {*_column(tx, relation.c.other_id, relation.c.person_id.in_(files)), *_column(tx, consent.c.given_by, consent.c.person_id.in_(files))}
    only = tuple(sorted(one for one in adults if one is not None and one not in files and not _tied_elsewhere(tx, one, files, ids)))
    hinders = [row.ref for row in cases if row.closed_at is None]
    within = select(case.c.ref).join_from(party, case, case.c.case_id == party.c.case_id)
    hinders += [row.ref for row in tx.rows(within.where(party.c.party_id.in_([*files, *ids]), party.c.until.is_(None), case.c.closed_at.is_(None)))]
    hinders += _column(tx, transfer.c.ref, transfer.c.person_id.in_(files), transfer.c.state == "waiting")
    asked = select(case.c.ref).join_from(referral, case, case.c.case_id == referral.c.from_case)
    hinders += [row.ref for row in tx.rows(asked.where(referral.c.subject_id.in_(files), referral.c.state == "waiting"))]
    sent = select(case.c.ref).join_from(outbox, case, case.c.case_id == outbox.c.case_id)
    hinders += [row.ref for row in tx.rows(sent.where(outbox.c.case_id.in_(ids), outbox.c.kind == "effect", outbox.c.state == "waiting"))]
    refs = tuple(row.ref for row in cases)
    return Whom(tuple(files), only, ids, refs, _words(tx, files, only, (*ids, *refs)), tuple(dict.fromkeys(hinders)))


def _tied_elsewhere(tx: Tx, adult: str, files: Sequence[str], cases: Sequence[str]) -> bool:
    asked = (
        select(relation.c.person_id).where(or_(relation.c.other_id == adult, relation.c.person_id == adult), relation.c.person_id.not_in(files)),
        select(consent.c.person_id).where(consent.c.given_by == adult, consent.c.person_id.not_in(files)),
        select(child.c.person_id).where(child.c.person_id == adult),
        select(volunteer.c.person_id).where(volunteer.c.person_id == adult),
        select(account.c.person_id).where(account.c.person_id == adult),
        select(party.c.party_id).where(party.c.party_id == adult, party.c.case_id.not_in(cases)),
        select(case.c.subject_id).where(case.c.subject_id == adult),
        select(person.c.merged_into).where(person.c.merged_into == adult),
    )
    return any(tx.one(one.limit(1)) is not None for one in asked)


def _words(tx: Tx, files: Sequence[str], adults: Sequence[str], about: Sequence[str]) -> Words:
    people = [*files, *adults]
    rows = tx.rows(select(person).where(person.c.person_id.in_(people)))
    said = {row[name] for row in rows for name in ("name", "national_id", "phone")}
    said |= set(_column(tx, consent.c.given_name, consent.c.person_id.in_(files)))
    written = select(journal.c.kind, journal_payload.c.payload).join_from(
        journal, journal_payload, and_(journal_payload.c.stream == journal.c.stream, journal_payload.c.n == journal.c.n)
    )
    for row in tx.rows(written.where(journal.c.stream.in_([f"person/{one}" for one in people]), journal_payload.c.payload.is_not(None))):
        said |= set(erase_words.said_in(row.kind, load(row.payload)))
    words = erase_words.worth_seeking(said)
    if not words:
        return Words(frozenset())
    others = person.c.person_id.not_in(people)
    theirs: set[str] = set()
    longer: set[str] = set()
    for word in words:
        held = select(person.c.person_id).where(others, or_(person.c.name == word, person.c.phone == word, person.c.national_id == word))
        borne = (held, *(select(column).where(column == word) for column in (account.c.name, place.c.name, place.c.phone, division.c.name)))
        if any(tx.one(one.limit(1)) is not None for one in borne):
            theirs.add(word)
        for column, but in ((person.c.name, others), (place.c.name, place.c.name != word), (division.c.name, division.c.name != word)):
            longer |= set(_column(tx, column, column.contains(word, autoescape=True), column != word, but))
    links = {*people, *(row.ref for row in rows), *about}
    alone, shared = (frozenset(erase_words.spelt(some)) for some in (words - theirs, theirs))
    return Words(alone, shared, frozenset(links), frozenset(longer))


def _column(tx: Tx, column: Column[Any], *which: Any) -> list[Any]:
    return [row[column.name] for row in tx.rows(select(column).where(*which).distinct())]


# -- What belongs to the child ---------------------------------------------------------------------------------------------------------------------------


def take(tx: Tx, about: Whom, at: str, reseal: Reseal) -> Taken:
    """Take it all out, in the caller's transaction.

    :param at: the instant that everything erased bears.
    """
    taken = Taken()
    _payloads(tx, about, at, taken)
    _cases(tx, about, at, taken)
    _people(tx, about, at, taken)
    for found in _elsewhere(tx, about):
        _take_word(tx, found, about.words, at, taken)
    _papers_elsewhere(tx, about, at, reseal, taken)
    taken.counts["files"] = _drop_blobs(tx)
    taken.by_hand += _by_hand(tx, about.words)
    taken.counts = +taken.counts
    return taken


def _payloads(tx: Tx, about: Whom, at: str, taken: Taken) -> None:
    gone = {"salt": None, "payload": None, "erased_at": at}
    there = event_payload.c.payload.is_not(None)
    taken.counts["events"] += tx.execute(update(event_payload).where(event_payload.c.case_id.in_(about.cases), there).values(**gone))
    streams = [f"person/{one}" for one in about.people]
    of = journal_payload
    own = select(journal.c.stream, journal.c.n).where(
        or_(
            journal.c.stream.in_(streams),
            journal.c.subject.in_([*about.people, *about.cases]),
            *(and_(journal.c.stream >= f"register/{one}/", journal.c.stream < f"register/{one}0") for one in about.cases),
        ),
        journal.c.kind.not_in(_KEPT_KINDS),
    )
    keys = [(row.stream, row.n) for row in tx.rows(own)]
    for stream, n in keys:
        taken.counts["entries"] += tx.execute(update(of).where(of.c.stream == stream, of.c.n == n, of.c.payload.is_not(None)).values(**gone))


def _cases(tx: Tx, about: Whom, at: str, taken: Taken) -> None:
    ids = about.cases
    coarse = func.substr(case.c.division, 1, 9)
    taken.counts["cases"] += tx.execute(
        update(case).where(case.c.case_id.in_(ids)).values(record="{}", key="", division=coarse, place_id=None, assignee=None, due=None, erased_at=at)
    )
    taken.counts["tasks"] += tx.execute(
        update(task)
        .where(task.c.case_id.in_(ids))
        .values(input=None, reason=None, about=None, happened=None, anchor=None, assignee=None, claimed_by=None, slot=None, window_from=None, origin=None)
    )
    tx.execute(update(task).where(task.c.case_id.in_(ids), task.c.state == "open").values(state="closed", closed_at=at))  # a draft that nobody signed
    tx.execute(update(task).where(task.c.case_id.in_(ids), task.c.kind == "adhoc").values(title=erase_words.GONE))
    taken.counts["papers"] += tx.execute(
        update(document)
        .where(document.c.case_id.in_(ids))
        .values(fields="{}", content=None, sealed=None, receipt=None, scan=None, answer=None, void_reason=None, erased_at=at)
    )
    tx.execute(update(party).where(or_(party.c.case_id.in_(ids), party.c.party_id.in_(about.people))).values(data="{}"))
    tx.execute(delete(register_open).where(register_open.c.case_id.in_(ids)))
    tx.execute(update(register_entry).where(register_entry.c.case_id.in_(ids)).values(slot=None))
    tx.execute(delete(waiting).where(waiting.c.case_id.in_(ids)))
    tx.execute(delete(timer).where(timer.c.case_id.in_(ids)))
    taken.counts["attachments"] += tx.execute(delete(attachment).where(attachment.c.case_id.in_(ids)))
    taken.counts["messages"] += tx.execute(delete(outbox).where(outbox.c.case_id.in_(ids)))
    planned = or_(plan_item.c.case_id.in_(ids), plan_item.c.key.in_([*about.refs, *ids, *_refs(tx, about)]))
    taken.counts["plans"] += tx.execute(update(plan_item).where(planned).values(decision="{}", refusal=None))
    taken.counts["referrals"] += tx.execute(
        update(referral).where(or_(referral.c.from_case.in_(ids), referral.c.subject_id.in_(about.files))).values(reason=erase_words.GONE, answer=None)
    )
    for key in sorted(about.words.alone):
        taken.counts["requests"] += tx.execute(delete(request).where(request.c.key.contains(key, autoescape=True)))
    for ref in about.refs:
        taken.counts["requests"] += tx.execute(delete(request).where(request.c.result.contains(f'"{ref}"', autoescape=True)))


def _refs(tx: Tx, about: Whom) -> list[str]:
    return _column(tx, person.c.ref, person.c.person_id.in_(about.files))


def _people(tx: Tx, about: Whom, at: str, taken: Taken) -> None:
    files = about.files
    taken.counts["observations"] += tx.execute(delete(observation).where(observation.c.person_id.in_(files)))
    taken.counts["consents"] += tx.execute(delete(consent).where(consent.c.person_id.in_(files)))
    taken.counts["relations"] += tx.execute(delete(relation).where(relation.c.person_id.in_(files)))
    tx.execute(delete(child).where(child.c.person_id.in_(files)))
    taken.counts["transfers"] += tx.execute(update(transfer).where(transfer.c.person_id.in_(files)).values(reason=erase_words.GONE, answer=None))
    requests = METADATA.tables["access_request"]
    said = {name: erase_words.GONE if not requests.c[name].nullable else None for name in ("purpose", "answer", "review") if name in requests.c}
    theirs = or_(requests.c.person_id.in_(files), requests.c.case_id.in_(about.cases))
    tx.execute(update(requests).where(theirs).values(**said))
    tx.execute(update(requests).where(theirs, requests.c.state.in_(("waiting", "approved"))).values(state="ended", ended_at=at))  # nothing is left to see
    empty = {one.name: None for one in person.c if one.name not in _ME and one.nullable}
    coarse = func.substr(person.c.division, 1, 9)
    taken.counts["people"] += tx.execute(
        update(person)
        .where(person.c.person_id.in_(about.people))
        .values(**empty, name="", name_key="", division=coarse, erased_at=at, updated_at=at, version=person.c.version + 1)
    )


# -- Where else a word stands ----------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    table: Table
    key: dict[str, Any]
    column: str
    text: str


def _elsewhere(tx: Tx, about: Whom) -> Iterator[_Found]:
    """Every text of every table that holds one of the words."""
    if not about.words.sought:
        return
    for table in METADATA.sorted_tables:
        if table.name in _NO_PERSON or table is document:
            continue
        keys = [one.name for one in table.primary_key]
        unique = {one.name for kind in table.constraints if isinstance(kind, (PrimaryKeyConstraint, UniqueConstraint)) for one in kind.columns}
        linked = {key.parent.name for key in table.foreign_keys}
        for column in table.columns:
            given = column.name in _STRUCTURE and column is not attachment.c.name
            if not isinstance(column.type, Text) or given or column.name in unique | linked or (table is person and column.name in _WHO):
                continue
            some = or_(*(column.contains(word, autoescape=True) for word in about.words.sought))
            for row in tx.rows(select(*(table.c[name] for name in keys), column).where(some)):
                if about.words.without(row[column.name]) != row[column.name]:
                    yield _Found(table, {name: row[name] for name in keys}, column.name, row[column.name])


def _take_word(tx: Tx, found: _Found, words: Words, at: str, taken: Taken) -> None:
    """Of a chained record all that it says, since no part of it can go; of anything else the word."""
    this = and_(*(found.table.c[name] == value for name, value in found.key.items()))
    chained = found.table in (event_payload, journal_payload)
    values: dict[str, Any] = {"salt": None, "payload": None, "erased_at": at} if chained else {found.column: words.without(found.text)}
    tx.execute(update(found.table).where(this).values(**values))
    if chained:
        taken.counts["events" if found.table is event_payload else "entries"] += 1
    taken.counts["words"] += 1
    taken.elsewhere[_place(tx, found)] += 1


def _place(tx: Tx, found: _Found) -> str:
    ref = tx.value(select(case.c.ref).where(case.c.case_id == found.key["case_id"])) if "case_id" in found.key else None
    return str(ref) if ref is not None else found.table.name.rstrip("_")


_ON_PAPER = ("fields", "receipt", "answer", "void_reason", "title")


def _papers_elsewhere(tx: Tx, about: Whom, at: str, reseal: Reseal, taken: Taken) -> None:
    """Papers of other cases that name the child, a list of many for one: the word goes, the rest stays."""
    pages = sorted(row.digest for row in _holding(tx, about.words.alone))
    some = [document.c[name].contains(word, autoescape=True) for word in about.words.sought for name in _ON_PAPER]
    named = select(document, case.c.ref.label("case_ref")).join_from(document, case, case.c.case_id == document.c.case_id)
    for row in tx.rows(named.where(or_(document.c.content.in_(pages), *some)).order_by(document.c.case_id, document.c.n)):
        meant = any(about.words.meant_in(row[name] or "") for name in _ON_PAPER)
        told = {name: about.words.without(row[name], meant=meant) for name in _ON_PAPER if row[name]}
        content = row.content
        if content is not None:
            page = bytes(tx.value(select(blob.c.content).where(blob.c.digest == content))).decode()
            if (left := about.words.without(page, meant=meant)) != page:
                content = _put_page(tx, left.encode(), at)
        if content == row.content and all(row[name] == value for name, value in told.items()):
            continue
        seal = None if row.sealed is None else reseal(row, load(told["fields"]), content or "")
        this = and_(document.c.case_id == row.case_id, document.c.n == row.n)
        tx.execute(update(document).where(this).values(**told, content=content, sealed=seal, erased_at=at))
        taken.counts["words"] += 1
        taken.elsewhere[row.case_ref] += 1


def _put_page(tx: Tx, content: bytes, at: str) -> str:
    digest = sha256(content).hexdigest()
    if tx.one(select(blob.c.digest).where(blob.c.digest == digest)) is None:
        tx.execute(blob.insert().values(digest=digest, size=len(content), content=content, at=at))
    return digest


def _holding(tx: Tx, words: Sequence[str] | frozenset[str]) -> list[Row]:
    """The stored files in whose bytes one of these words stands."""
    holds = "instr(content, :word) > 0" if tx.dialect.name == "sqlite" else "position(:word in content) > 0"
    asked = text(f"SELECT digest, content FROM blob WHERE {holds}").bindparams(bindparam("word", type_=LargeBinary()))
    return list({row.digest: row for word in sorted(words) for row in tx.rows(asked, {"word": word.encode()})}.values())


_HELD_BY = (attachment.c.digest, document.c.content, document.c.scan, consent.c.evidence)


def _drop_blobs(tx: Tx) -> int:
    """Files that nothing points to any more: what was taken just now, and what a corrected receipt left behind earlier."""
    return tx.execute(delete(blob).where(*(~select(column).where(column == blob.c.digest).exists() for column in _HELD_BY)))


def _by_hand(tx: Tx, words: Words) -> list[str]:
    """The files of other cases and children that name the child, attachments, receipts and evidence: somebody must look at them."""
    held = [row.digest for row in _holding(tx, words.alone)]
    if not held:
        return []
    attached = select(case.c.ref, attachment.c.n).join_from(attachment, case, case.c.case_id == attachment.c.case_id).where(attachment.c.digest.in_(held))
    scanned = select(case.c.ref, document.c.n).join_from(document, case, case.c.case_id == document.c.case_id).where(document.c.scan.in_(held))
    shown = select(person.c.ref).join_from(consent, person, person.c.person_id == consent.c.person_id).where(consent.c.evidence.in_(held)).distinct()
    found = [f"{row.ref} #{row.n}" for row in tx.rows(attached.order_by(case.c.ref, attachment.c.n))]
    found += [f"{row.ref}.p{row.n}" for row in tx.rows(scanned.order_by(case.c.ref, document.c.n))]
    return found + [row.ref for row in tx.rows(shown.order_by(person.c.ref))]
