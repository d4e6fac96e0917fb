"""Taking a child out of the tables: what changes what nobody may change otherwise stands here and in :mod:`workflow_core.store.erase_elsewhere`.

What says who somebody was goes: salts and contents of chained records, rows of files, records, papers, attachments. What counts stays: a case with its
stages and instants, an event's header and its commitment, a paper's number. The tables that other rooms add are covered, too: whatever text of whatever
table still holds one of the words is found by looking, not by knowing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import and_, delete, func, or_, select, text, update

from workflow_core.store import erase_elsewhere, erase_words
from workflow_core.store.database import Tx
from workflow_core.store.erase_elsewhere import Place, Reseal
from workflow_core.store.erase_whom import Whom, alone, column, merged, whom
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
    document,
    event_payload,
    journal,
    journal_payload,
    observation,
    outbox,
    party,
    person,
    petition,
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

__all__ = ["Place", "Reseal", "Taken", "Whom", "alone", "merged", "take", "whom"]

ASKED, WITHDRAWN = "erasure_asked", "erasure_withdrawn"
"""The kinds of the journal's entries about erasures; they say no name."""

_KEPT_KINDS = (ASKED, WITHDRAWN, ERASED)
_ME = frozenset({"person_id", "ref", "division", "created_at", "updated_at", "erased_at", "version", "merged_into"})


@dataclass
class Taken:
    """What an erasure took: how many of what; and where else a word stood, by case or table; ``by_hand``: files of other cases that name the child;
    ``unsure``: where its name stands and may mean anything else, and was left."""

    counts: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    by_hand: list[str] = field(default_factory=list)
    unsure: list[Place] = field(default_factory=list)


# -- What belongs to the child ---------------------------------------------------------------------------------------------------------------------------


def take(tx: Tx, about: Whom, at: str, reseal: Reseal, also: Callable[[str], bool]) -> Taken:
    """Take it all out, in the caller's transaction.

    :param at: the instant that everything erased bears. :param also: whether a place goes of which it is not sure that the child is meant, by its mark.
    """
    taken = Taken()
    _payloads(tx, about, at, taken)
    _cases(tx, about, at, taken)
    _people(tx, about, at, taken)
    for found in erase_elsewhere.everywhere(tx, about, also):
        if found.sure:
            taken.counts[erase_elsewhere.take_word(tx, found, at) or "texts"] += 1
            taken.counts["words"] += 1
            taken.elsewhere[found.place.where] += 1
        else:
            taken.unsure.append(found.place)
    for place in erase_elsewhere.papers(tx, about, at, reseal, also):
        if place.around:
            taken.unsure.append(place)
        else:
            taken.counts["words"] += 1
            taken.elsewhere[place.where] += 1
    taken.unsure += erase_elsewhere.holds(tx, about, also)
    taken.counts["files"] = _drop_blobs(tx)
    taken.by_hand += _by_hand(tx, about.words)
    del taken.counts["texts"]
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
    for ref in about.refs:
        taken.counts["requests"] += tx.execute(delete(request).where(request.c.result.contains(f'"{ref}"', autoescape=True)))


def _refs(tx: Tx, about: Whom) -> list[str]:
    return column(tx, person.c.ref, person.c.person_id.in_(about.files))


def _people(tx: Tx, about: Whom, at: str, taken: Taken) -> None:
    files = about.files
    taken.counts["observations"] += tx.execute(delete(observation).where(observation.c.person_id.in_(files)))
    taken.counts["consents"] += tx.execute(delete(consent).where(consent.c.person_id.in_(files)))
    taken.counts["relations"] += tx.execute(delete(relation).where(relation.c.person_id.in_(files)))
    tx.execute(delete(child).where(child.c.person_id.in_(files)))
    tx.execute(delete(volunteer).where(volunteer.c.person_id.in_(files)))
    tx.execute(update(account).where(account.c.person_id.in_(files)).values(name=None, os_user=None, person_id=None))  # it is closed
    if tx.dialect.name == "postgresql" and tx.value(select(func.to_regclass("gate.unmasking").is_not(None))):
        tx.execute(text("DELETE FROM gate.unmasking WHERE person_id = ANY (:people)").bindparams(people=list(about.people)))
    theirs_too = or_(transfer.c.person_id.in_(files), transfer.c.case_id.in_(about.cases))
    taken.counts["transfers"] += tx.execute(update(transfer).where(theirs_too).values(reason=erase_words.GONE, answer=None, shown=None))
    asked = {"what": erase_words.GONE, "said_by": erase_words.GONE}
    tx.execute(update(petition).where(petition.c.person_id.in_(files), petition.c.answer.is_not(None)).values(answer=erase_words.GONE))
    tx.execute(update(petition).where(petition.c.person_id.in_(files)).values(**asked))
    tx.execute(update(petition).where(petition.c.person_id.in_(files), petition.c.state == "waiting").values(state="granted", answered_at=at))
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


_HELD_BY = (attachment.c.digest, document.c.content, document.c.scan, consent.c.evidence)


def _drop_blobs(tx: Tx) -> int:
    """Files that nothing points to any more: what was taken just now, and what a corrected receipt left behind earlier."""
    return tx.execute(delete(blob).where(*(~select(held).where(held == blob.c.digest).exists() for held in _HELD_BY)))


def _by_hand(tx: Tx, words: Words) -> list[str]:
    """The files of other cases and children that name the child, attachments, receipts and evidence: somebody must look at them."""
    held = [row.digest for row in erase_elsewhere.holding(tx, words.alone)]
    if not held:
        return []
    attached = select(case.c.ref, attachment.c.n).join_from(attachment, case, case.c.case_id == attachment.c.case_id).where(attachment.c.digest.in_(held))
    scanned = select(case.c.ref, document.c.n).join_from(document, case, case.c.case_id == document.c.case_id).where(document.c.scan.in_(held))
    shown = select(person.c.ref).join_from(consent, person, person.c.person_id == consent.c.person_id).where(consent.c.evidence.in_(held)).distinct()
    found = [f"{row.ref} #{row.n}" for row in tx.rows(attached.order_by(case.c.ref, attachment.c.n))]
    found += [f"{row.ref}.p{row.n}" for row in tx.rows(scanned.order_by(case.c.ref, document.c.n))]
    return found + [row.ref for row in tx.rows(shown.order_by(person.c.ref))]
