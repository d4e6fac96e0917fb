"""Whom an erasure is about: the files, what hangs on them and on nobody else, the words by which they could be found, and what must come to its end first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, and_, or_, select

from workflow_core.store import erase_words
from workflow_core.store.canonical import load
from workflow_core.store.database import Tx
from workflow_core.store.erase_words import Words
from workflow_core.store.tables import (
    account,
    case,
    child,
    consent,
    division,
    journal,
    journal_payload,
    outbox,
    party,
    person,
    petition,
    place,
    plan_item,
    referral,
    relation,
    transfer,
    volunteer,
)  # fmt: skip


@dataclass(frozen=True)
class Whom:
    """Whom an erasure is about.

    :param files: the ids of the child's file and of those that were merged into it. :param adults: of guardians and parents who are tied to nobody else.
    :param cases: the ids of the cases about the child; :param refs: their references.
    :param hinders: references of what must come to its end first.
    :param near: the ids of cases of others to which these belong: as a party, a part, or asked or asking for help; what names the child there means it.
    :param plans: the ids of plans that decided something about the child.
    """

    files: tuple[str, ...]
    adults: tuple[str, ...]
    cases: tuple[str, ...]
    refs: tuple[str, ...]
    words: Words
    hinders: tuple[str, ...] = ()
    near: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()

    @property
    def people(self) -> tuple[str, ...]:
        """All whose rows are emptied."""
        return (*self.files, *self.adults)


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
        files += column(tx, person.c.person_id, person.c.merged_into == one)
    return files


def whom(tx: Tx, person_id: str) -> Whom:
    """Find out who and what belongs to a file, a child's or a volunteer's."""
    files = merged(tx, person_id)
    cases = tx.rows(select(case.c.case_id, case.c.ref, case.c.closed_at).where(case.c.subject_id.in_(files)).order_by(case.c.ref))
    ids = tuple(row.case_id for row in cases)
    adults = {*column(tx, relation.c.other_id, relation.c.person_id.in_(files)), *column(tx, consent.c.given_by, consent.c.person_id.in_(files))}
    only = tuple(sorted(one for one in adults if one is not None and one not in files and not _tied_elsewhere(tx, one, files, ids)))
    hinders = [row.ref for row in cases if row.closed_at is None]
    within = select(case.c.ref).join_from(party, case, case.c.case_id == party.c.case_id)
    hinders += [row.ref for row in tx.rows(within.where(party.c.party_id.in_([*files, *ids]), party.c.until.is_(None), case.c.closed_at.is_(None)))]
    hinders += column(tx, transfer.c.ref, transfer.c.person_id.in_(files), transfer.c.state == "waiting")
    asked = select(case.c.ref).join_from(referral, case, case.c.case_id == referral.c.from_case)
    hinders += [row.ref for row in tx.rows(asked.where(referral.c.subject_id.in_(files), referral.c.state == "waiting"))]
    sent = select(case.c.ref).join_from(outbox, case, case.c.case_id == outbox.c.case_id)
    hinders += [row.ref for row in tx.rows(sent.where(outbox.c.case_id.in_(ids), outbox.c.kind == "effect", outbox.c.state == "waiting"))]
    hinders += column(tx, petition.c.ref, petition.c.person_id.in_(files), petition.c.state == "waiting", petition.c.kind != "erase")
    hinders += _needed_by(tx, files)
    refs = tuple(row.ref for row in cases)
    words = _words(tx, files, only, (*ids, *refs))
    return Whom(tuple(files), only, ids, refs, words, tuple(dict.fromkeys(hinders)), *_near(tx, files, ids, refs))


def _needed_by(tx: Tx, files: Sequence[str]) -> list[str]:
    """Who needs the file of an adult: the children to whom it is tied, an account that is open."""
    tied = select(person.c.ref).join_from(relation, person, person.c.person_id == relation.c.person_id)
    found = [row.ref for row in tx.rows(tied.where(relation.c.other_id.in_(files), relation.c.person_id.not_in(files)).distinct().order_by(person.c.ref))]
    return found + column(tx, account.c.login, account.c.person_id.in_(files), account.c.closed_at.is_(None))


def _near(tx: Tx, files: Sequence[str], cases: Sequence[str], refs: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    near = {
        *column(tx, party.c.case_id, party.c.party_id.in_([*files, *cases])),
        *column(tx, party.c.party_id, party.c.case_id.in_(cases), party.c.kind != "person"),
        *column(tx, case.c.whole_id, case.c.case_id.in_(cases)),
        *column(tx, case.c.case_id, case.c.whole_id.in_(cases)),
        *column(tx, referral.c.to_case, referral.c.from_case.in_(cases)),
        *column(tx, referral.c.from_case, or_(referral.c.subject_id.in_(files), referral.c.to_case.in_(cases))),
    }
    keys = [*cases, *refs, *column(tx, person.c.ref, person.c.person_id.in_(files))]
    decided = column(tx, plan_item.c.plan_id, or_(plan_item.c.case_id.in_(cases), plan_item.c.key.in_(keys)))
    return frozenset(one for one in near if one is not None and one not in cases), frozenset(decided)


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
    said |= set(column(tx, consent.c.given_name, consent.c.person_id.in_(files)))
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
        staff = select(account.c.login).where(account.c.name == word, or_(account.c.person_id.is_(None), account.c.person_id.not_in(files)))
        borne = (held, staff, *(select(named).where(named == word) for named in (place.c.name, place.c.phone, division.c.name)))
        if any(tx.one(one.limit(1)) is not None for one in borne):
            theirs.add(word)
        for named, but in ((person.c.name, others), (place.c.name, place.c.name != word), (division.c.name, division.c.name != word)):
            longer |= set(column(tx, named, named.contains(word, autoescape=True), named != word, but))
    links = {*people, *(row.ref for row in rows), *about}
    alone, shared = (frozenset(erase_words.spelt(some)) for some in (words - theirs, theirs))
    return Words(alone, shared, frozenset(links), frozenset(longer))


def column(tx: Tx, of: Column[Any], *which: Any) -> list[Any]:
    """The different values of a column, where that holds."""
    return [row[of.name] for row in tx.rows(select(of).where(*which).distinct())]
