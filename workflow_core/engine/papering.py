"""Papers of a case: drafted, signed, served, answered, void; shown and printed. The rules are those of ``documents.papers``; this room carries them out.

A number is taken in the transaction that signs, from its issuer's own sequence: two desks that sign at once get two numbers, and a signing that fails burns
none. What was signed is kept as the page it was, under its digest; printing prints that, and never a page made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_core.access import looks
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import Document
from workflow_core.documents import papers as life
from workflow_core.documents.numbering import number_text
from workflow_core.documents.offices import check_issuer
from workflow_core.engine import keeping, paper_fields
from workflow_core.engine.drafts import draft_paper, off_the_desk
from workflow_core.engine.outcome import Outcome
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.runtime import OVERSEERS, Runtime
from workflow_core.engine.state import PaperRow
from workflow_core.engine.work import Work
from workflow_core.errors import Misused, NotFound
from workflow_core.i18n import N_
from workflow_core.nearest import nearest
from workflow_core.store import cases, desk, places, sequences
from workflow_core.store.canonical import load

if TYPE_CHECKING:
    from workflow_core.documents.library import Library


@dataclass(frozen=True)
class PaperShown:
    """A paper, as a screen shows it.

    :param ref: ``DR-26-00006.p2``.
    :param intact: for a signed paper, whether the page that is kept and all it was made from are those that were signed.
    """

    ref: str
    case: str
    name: str
    title: str
    state: str
    number: str
    drafted_at: str
    drafted_by: str
    signed_at: str | None
    signed_by: str | None
    served_on: str | None
    receipt: Mapping[str, Any] | None
    answered_on: str | None
    answer: str | None
    void_reason: str | None
    intact: bool | None = None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return dict(self.__dict__)


def split_paper(ref: str) -> tuple[str, str]:
    """A paper's reference as the case's and the rest: ``DR-26-00006.p2`` or ``DR-26-00006.return_notice``.

    :raises Misused: ``paper_ref``.
    """
    case, dot, rest = ref.strip().rpartition(".")
    if not dot or not case or not rest:
        raise Misused("paper_ref", N_("{ref} is no paper"), hint=N_("a paper is written CASE.pNUMBER, as `care document list` shows it"), ref=ref)
    return case, rest


# -- The life -----------------------------------------------------------------------------------------------------------------------------------------


def draft(runtime: Runtime, actor: Actor, ref: str, name: str) -> Outcome:
    """Draft one of the program's papers by hand.

    :raises NotFound: ``document_unknown``.
    """

    def act(work: Work, now: datetime) -> None:
        document = document_of(work, name)
        signer = (document.signed_by,) if document.signed_by is not None else ()
        runtime.demand(actor, (*work.workflow.edit_by, *signer, *OVERSEERS), work.state)
        work.begin("paper_drafted", now, document=document.name)
        draft_paper(work, document, now)
        reconcile(work, now)

    return runtime.change(actor, ref, act)


def sign(runtime: Runtime, actor: Actor, ref: str, *, expect: int | None = None) -> Outcome:
    """Sign a paper: it gets its number, and is kept as it is.

    :raises NotPermitted: this account is none of those who may sign it.
    :raises Refused: ``paper_signed``, ``draft_only``, ``same_eyes``, ``issuer_unnamed``, ``number_incomplete``; a template that cannot be filled in.
    """
    case, which = split_paper(ref)

    def act(work: Work, now: datetime) -> None:
        paper = find_paper(work, which, ("draft",))
        document = document_of(work, paper.name)
        state = life.after(paper.state, "sign", document)
        if document.signed_by is not None:
            runtime.demand(actor, (document.signed_by,), work.state)
        life.may_sign(actor.login, paper.drafted_by, document.four_eyes, training=runtime.training)
        level, key, issuer = paper_fields.issuer_of(work, document, runtime.issuers)
        check_issuer(issuer, level)
        year = civil_date(now).year
        paper.state, paper.signed_at, paper.signed_by = state, now, actor.login
        if document.number is not None:
            names = _names(work, issuer)
            number_text(document.number, 1, year, **names)  # refused before a number is taken, not after
            paper.issuer, paper.year = key, year
            paper.serial = sequences.take(work.world.tx, key, f"paper/{document.name}", year)
            paper.number = number_text(document.number, paper.serial, year, **names)
        library = library_for(runtime, work, document)
        fields = paper_fields.fields_of(work, paper, document, now, law=library.law(), signer=actor.login, issuers=runtime.issuers)
        page = library.html(document.template, fields)
        paper.fields, paper.template, paper.content = dict(fields.values), library.digest(document.template), life.content_digest(page)
        paper.sealed = life.signed_digest(document.name, paper.number, civil_date(now), actor.login, fields.values, paper.template, paper.content)
        desk.keep_blob(work.world.tx, paper.content, page.encode(), now)
        work.begin("paper_signed", now, document=document.name, n=paper.n, number=paper.number or None, sealed=paper.sealed)
        _keep(work, paper)
        off_the_desk(work, paper, "done", now, by=actor.login)
        reconcile(work, now)

    with runtime.committing(), runtime.db.write():
        return runtime.change(actor, case, act, expect=expect)


def serve(runtime: Runtime, actor: Actor, ref: str, receipt: life.Receipt, *, reason: str = "", scan: Path | None = None) -> Outcome:
    """Enter the receipt (送达回证) of a paper: what counts from its service runs from there. Entered again, with a reason, it corrects the first.

    :raises Misused: ``receipt_invalid``, with everything that is wrong.
    :raises Refused: ``paper_not_signed``, ``not_served_ever``, ``paper_void``.
    """
    case, which = split_paper(ref)

    def act(work: Work, now: datetime) -> None:
        paper = find_paper(work, which, ("signed", "served"))
        document = document_of(work, paper.name)
        runtime.demand(actor, keeping.all_roles(work), work.state)
        again = paper.state == "served"
        if again and not reason.strip():
            life.after(paper.state, "serve", document)
        paper.state = life.after(paper.state, "correct_receipt" if again else "serve", document)
        life.check_receipt(receipt, None if paper.signed_at is None else civil_date(paper.signed_at), civil_date(now))
        before = None if paper.served_on is None else paper.served_on.isoformat()
        paper.served_on, paper.receipt = receipt.served_on, receipt.values()
        if scan is not None:
            digest, content, _ = keeping.read_file(scan)
            desk.keep_blob(work.world.tx, digest, content, now)
            paper.scan = digest
        work.begin(
            "receipt_corrected" if again else "paper_served", now, document=document.name, n=paper.n, served_on=receipt.served_on.isoformat(), before_on=before,
            refused=receipt.refused or None, reason=reason, number=paper.number or None,
        )  # fmt: skip
        _keep(work, paper)
        reconcile(work, now)

    with runtime.committing(), runtime.db.write():
        return runtime.change(actor, case, act)


def answer(runtime: Runtime, actor: Actor, ref: str, text: str, on: date | None = None) -> Outcome:
    """Write down how a served paper was answered."""
    case, which = split_paper(ref)

    def act(work: Work, now: datetime) -> None:
        paper = find_paper(work, which, ("served",))
        runtime.demand(actor, keeping.all_roles(work), work.state)
        day = on or civil_date(now)
        if day > civil_date(now):
            raise Misused("answer_in_future", N_("the answer is dated in the future"), hint=N_("enter it when it has come"))
        if not text.strip():
            raise Misused("answer_empty", N_("say how it was answered"), hint=N_("--text “…”"))
        paper.state = life.after(paper.state, "answer", document_of(work, paper.name))
        paper.answered_on, paper.answer = day, text.strip()
        work.begin("paper_answered", now, document=paper.name, n=paper.n, answered_on=day.isoformat(), number=paper.number or None)
        _keep(work, paper)
        reconcile(work, now)

    return runtime.change(actor, case, act)


def void(runtime: Runtime, actor: Actor, ref: str, reason: str) -> Outcome:
    """Void a paper (作废). Its number stays taken, and the page stays, marked.

    :raises Misused: ``reason_missing``. :raises Refused: ``paper_void``.
    """
    case, which = split_paper(ref)
    life.need_void_reason(reason)

    def act(work: Work, now: datetime) -> None:
        paper = find_paper(work, which, ("draft", "signed", "served", "answered"))
        document = document_of(work, paper.name)
        signer = (document.signed_by,) if document.signed_by is not None else ()
        runtime.demand(actor, (*work.workflow.edit_by, *signer, *OVERSEERS), work.state)
        paper.state = life.after(paper.state, "void", document)
        paper.voided_at, paper.void_reason = now, reason.strip()
        work.begin("paper_voided", now, document=paper.name, n=paper.n, number=paper.number or None, reason=reason.strip())
        _keep(work, paper)
        off_the_desk(work, paper, "closed", now, by=actor.login)
        reconcile(work, now)

    return runtime.change(actor, case, act)


# -- Looking ------------------------------------------------------------------------------------------------------------------------------------------


def listed(runtime: Runtime, actor: Actor, ref: str) -> list[PaperShown]:
    """The papers of a case, oldest first. A list is not recorded, so it says nothing of who received or answered what."""
    with runtime.db.read() as tx:
        work = runtime.work(tx, ref, actor)
        return [replace(_shown(ref, paper), receipt=None, answer=None) for paper in work.state.papers.values()]


def show(runtime: Runtime, actor: Actor, ref: str) -> PaperShown:
    """One paper, with its receipt; of a signed one also whether it is as it was signed. The look is recorded."""
    case, which = split_paper(ref)
    with runtime.db.read() as tx:
        work = runtime.work(tx, case, actor)
        paper = find_paper(work, which, ())
        shown = _shown(case, paper, None if paper.sealed is None else intact(work, paper))
    if work.state.subject_id is not None:
        with runtime.db.write() as tx:
            looks.opened(tx, actor, work.state.subject_id, now=runtime.clock.now(), case_id=work.state.case_id)
    return shown


def document_of(work: Work, name: str) -> Document:
    """One of a workflow's papers.

    :raises NotFound: ``document_unknown``.
    """
    documents = work.workflow.documents()
    for one in documents:
        if one.name == name:
            return one
    names = [one.name for one in documents]
    meant = nearest(name, names)
    hint = N_("did you mean {meant}?") if meant else N_("it has: {names}")
    raise NotFound(
        "document_unknown", N_("{workflow} has no paper {name}"), hint=hint, workflow=work.workflow.name, name=name, meant=meant or "", names=", ".join(names)
    )


def library_for(runtime: Runtime, work: Work, document: Document) -> Library:
    """The program's templates. A township's own is checked whole each time, also in branches that this case does not take.

    :raises Misused: ``field_unknown``, ``template_syntax``, ``template_forbidden``.
    """
    from workflow_core.documents.known import known_fields
    from workflow_core.documents.rendering import told

    library = runtime.library(work.program.name)
    if library.source(document.template).own:
        known = known_fields(work.workflow, listings=document.lists, papers=[document], law=library.law())
        told(library.check(document.template, known, public=document.public))
    return library


def intact(work: Work, paper: PaperRow) -> bool:
    """Of a signed paper: whether the page that is kept, and all it was made from, are those that were signed."""
    content = desk.blob(work.world.tx, paper.content or "")
    if content is None or paper.signed_at is None or life.content_digest(content) != paper.content:
        return False
    fields = load(cases.filled_in(work.world.tx, work.state.case_id, paper.n))
    again = life.signed_digest(paper.name, paper.number, civil_date(paper.signed_at), paper.signed_by or "", fields, paper.template or "", paper.content or "")
    return again == paper.sealed


def find_paper(work: Work, which: str, states: Sequence[str]) -> PaperRow:
    """A paper by its number (``p2``), or the latest of its name, in one of the states where there is one."""
    papers = work.state.papers
    number = which.removeprefix("p")
    if number.isdigit():
        paper = papers.get(int(number))
        if paper is not None:
            return paper
    else:
        named = [paper for paper in papers.values() if paper.name == which]
        fit = [paper for paper in named if paper.state in states]
        if fit or named:
            return (fit or named)[-1]
        document_of(work, which)
    names = sorted({paper.name for paper in papers.values()})
    hint = N_("there: {names}") if names else N_("draft it first: `care document draft`")
    raise NotFound("paper_unknown", N_("{case} has no paper {which}"), hint=hint, case=work.state.ref, which=which, names=", ".join(names))


def _names(work: Work, issuer: str) -> dict[str, str]:
    from workflow_core.records import divisions

    line = {one.level: one.name for one in divisions.line(work.world.tx, work.state.division)}
    place = places.by_id(work.world.tx, work.state.place_id) if work.state.place_id is not None else None
    return {"issuer": issuer, "township": line.get("township", ""), "county": line.get("county", ""), "school": place["name"] if place is not None else ""}


def _keep(work: Work, paper: PaperRow) -> None:
    work.state.papers[paper.n] = paper
    work.changes.papers[paper.n] = paper


def _shown(case: str, paper: PaperRow, intact: bool | None = None) -> PaperShown:
    said: Callable[[datetime | date | None], str | None] = lambda one: None if one is None else one.isoformat()  # noqa: E731
    return PaperShown(
        ref=f"{case}.p{paper.n}",
        case=case,
        name=paper.name,
        title=paper.title,
        state=paper.state,
        number=paper.number,
        drafted_at=paper.drafted_at.isoformat(),
        drafted_by=paper.drafted_by,
        signed_at=said(paper.signed_at),
        signed_by=paper.signed_by,
        served_on=said(paper.served_on),
        receipt=paper.receipt,
        answered_on=said(paper.answered_on),
        answer=paper.answer,
        void_reason=paper.void_reason,
        intact=intact,
    )
