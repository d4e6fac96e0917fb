"""Papers of a case: drafted, signed, served, answered, void. The rules are those of ``documents.papers``; this room carries them out.

A number is taken in the transaction that signs, from its issuer's own sequence: two desks that sign at once get two numbers, and a signing that fails burns
none. What was signed is kept as the page it was, under its digest; printing prints that, and never a page made anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import Deny, Document, warn
from workflow_core.definition.upgrades import series_of
from workflow_core.documents import papers as life
from workflow_core.documents.numbering import number_text
from workflow_core.documents.offices import check_issuer, incomplete
from workflow_core.engine import asking, keeping, machine, paper_fields, paper_lists
from workflow_core.engine.clockwork import catch_up
from workflow_core.engine.doers import all_roles
from workflow_core.engine.drafts import draft_paper, off_the_desk
from workflow_core.engine.outcome import Outcome
from workflow_core.engine.paper_looks import document_of, find_paper, library_for, split_paper
from workflow_core.engine.reconcile import reconcile
from workflow_core.engine.runtime import OVERSEERS, Runtime
from workflow_core.engine.state import PaperRow
from workflow_core.engine.work import Work
from workflow_core.errors import Misused
from workflow_core.i18n import N_
from workflow_core.store import desk, places, sequences

NEEDED = {
    "child.name": {"child.name"},
    "child.born_on": {"child.born_on"},
    "guardian.name": {"guardian.name", "guardians", "guardians.name"},
    "school.name": {"school.name"},
}
"""What a paper should not be signed without, and the fields by which its template names it."""


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


def sign(runtime: Runtime, actor: Actor, ref: str, *, confirm: str = "", expect: int | None = None) -> Outcome:
    """Sign a paper: it gets its number, and is kept as it is.

    :param confirm: a reason, with which a paper is signed though its template names what the file does not know: the blank is filled in by hand.
    :raises NotPermitted: this account is none of those who may sign it.
    :raises Refused: ``paper_signed``, ``draft_only``, ``same_eyes``, ``issuer_unnamed``, ``number_incomplete``; a template that cannot be filled in;
        ``denied``, with the reason of each of its guards;
        ``confirm_needed``, with what is not known.
    """
    case, which = split_paper(ref)

    def act(work: Work, now: datetime) -> None:
        paper = _find(work, which, ("draft",))
        document = document_of(work, paper.name)
        state = life.after(paper.state, "sign", document, ref=f"{case}.p{paper.n}")
        if document.signed_by is not None:
            runtime.demand(actor, (document.signed_by,), work.state)
        for eyes in filter(None, (actor.login, work.state.stead)):
            life.may_sign(eyes, paper.drafted_by, document.four_eyes, training=runtime.training)
        level, key, issuer = paper_fields.issuer_of(work, document, runtime.issuers)
        check_issuer(issuer, level)
        library = library_for(runtime, work, document)
        against = machine.ask_guards(document.guards, work.view(now))
        odd = [*against, *_incomplete(work, document, library.fields(document.template), now, runtime.issuers), *_of_nobody(work, document, now)]
        asking.settle(work, odd, confirm)
        warnings = [one.code for one in work.warnings]
        year = civil_date(now).year
        paper.state, paper.signed_at, paper.signed_by = state, now, actor.login
        if document.number is not None:
            names = _names(work, issuer)
            number_text(document.number, 1, year, **names)  # refused before a number is taken, not after
            paper.issuer, paper.year = key, year
            series = series_of(work.program, document.name)
            paper.serial = sequences.take(work.world.tx, key, f"paper/{series}", year)
            if series != document.name:  # so that the rows alone tell whose numbers they are
                sequences.take(work.world.tx, key, f"paper/{document.name}={series}", year)
            paper.number = number_text(document.number, paper.serial, year, **names)
        fields = paper_fields.fields_of(work, paper, document, now, law=library.law(), signer=actor.login, issuers=runtime.issuers)
        page = library.html(document.template, fields)
        paper.fields, paper.template, paper.content = dict(fields.values), library.digest(document.template), life.content_digest(page)
        paper.sealed = life.signed_digest(document.name, paper.number, civil_date(now), actor.login, fields.values, paper.template, paper.content)
        desk.keep_blob(work.world.tx, paper.content, page.encode(), now)
        work.begin(
            "paper_signed", now, document=document.name, n=paper.n, number=paper.number or None, sealed=paper.sealed,
            confirmed=confirm if warnings else None, warnings=warnings or None,
        )  # fmt: skip
        _keep(work, paper)
        off_the_desk(work, paper, "done", now, by=actor.login)
        _go_on(work, now)

    with runtime.committing(), runtime.db.write():
        return runtime.change(actor, case, act, expect=expect)


def serve(runtime: Runtime, actor: Actor, ref: str, receipt: life.Receipt, *, reason: str = "", scan: Path | None = None) -> Outcome:
    """Enter the receipt (送达回证) of a paper: what counts from its service runs from there. Entered again, with a reason, it corrects the first.

    :raises Misused: ``receipt_invalid``, with everything that is wrong.
    :raises Refused: ``paper_not_signed``, ``not_served_ever``, ``paper_void``.
    """
    case, which = split_paper(ref)

    def act(work: Work, now: datetime) -> None:
        paper = _find(work, which, ("signed", "served", "answered") if reason.strip() else ("signed", "served"))
        document = document_of(work, paper.name)
        runtime.demand(actor, all_roles(work), work.state)
        again = paper.state in ("served", "answered")
        if again and not reason.strip():
            life.after(paper.state, "serve", document, ref=f"{case}.p{paper.n}")
        paper.state = life.after(paper.state, "correct_receipt" if again else "serve", document, ref=f"{case}.p{paper.n}")
        life.check_receipt(receipt, None if paper.signed_at is None else civil_date(paper.signed_at), civil_date(now), paper.answered_on)
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
        _go_on(work, now)

    with runtime.committing(), runtime.db.write():
        return runtime.change(actor, case, act)


def answer(runtime: Runtime, actor: Actor, ref: str, text: str, on: date | None = None) -> Outcome:
    """Write down how a served paper was answered.

    :raises Misused: ``answer_in_future``, ``answer_before_service``, ``answer_empty``.
    :raises Refused: ``paper_not_served``, ``paper_answered``, ``paper_void``.
    """
    case, which = split_paper(ref)

    def act(work: Work, now: datetime) -> None:
        paper = _find(work, which, ("served",))
        runtime.demand(actor, all_roles(work), work.state)
        day = on or civil_date(now)
        if day > civil_date(now):
            raise Misused("answer_in_future", N_("the answer is dated in the future"), hint=N_("enter it when it has come"))
        if paper.served_on is not None and day < paper.served_on:
            hint = N_("served on {served}; if that is wrong, correct the receipt first")
            raise Misused("answer_before_service", N_("the answer is dated before the paper was served"), hint=hint, served=paper.served_on.isoformat())
        if not text.strip():
            raise Misused("answer_empty", N_("say how it was answered"), hint=N_("--text “…”"))
        paper.state = life.after(paper.state, "answer", document_of(work, paper.name), ref=f"{case}.p{paper.n}")
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
        paper = _find(work, which, ("draft", "signed", "served", "answered"))
        document = document_of(work, paper.name)
        signer = (document.signed_by,) if document.signed_by is not None else ()
        runtime.demand(actor, (*work.workflow.edit_by, *signer, *OVERSEERS), work.state)
        paper.state = life.after(paper.state, "void", document, ref=f"{case}.p{paper.n}")
        paper.voided_at, paper.void_reason = now, reason.strip()
        work.begin("paper_voided", now, document=paper.name, n=paper.n, number=paper.number or None, reason=reason.strip())
        _keep(work, paper)
        off_the_desk(work, paper, "closed", now, by=actor.login)
        reconcile(work, now)

    return runtime.change(actor, case, act)


def _find(work: Work, which: str, states: Sequence[str]) -> PaperRow:
    return find_paper(work.state.papers, work.state.ref, which, states, work)


def _incomplete(work: Work, document: Document, named: set[str], now: datetime, issuers: Mapping[str, Mapping[str, str]]) -> list[Deny]:
    """What its template names of whom it is about, and the file does not know: it may be filled in by hand, so it is only a warning."""
    wanted = tuple(path for path, names in NEEDED.items() if named & names)
    known = paper_fields.about(work, document, now, issuers) if wanted else {}
    return [warn(one.message, one.hint, one.code, **one.values) for one in incomplete(known, wanted)]


def _of_nobody(work: Work, document: Document, now: datetime) -> list[Deny]:
    """Nobody signs a list of a case's own parts by mistake that names nobody. A township's monthly list may be empty: that is what it reports."""
    lists = [paper_lists.list_values(work, one, now, str) for one in document.lists if paper_lists.of_parts(work, one)]
    if not lists or any(one["rows"] for one in lists):
        return []
    hint = N_("print it and look: `care document print`; if it is to be signed all the same: --confirm and why")
    return [warn(N_("nobody stands on this list"), hint, "list_of_nobody")]


def _names(work: Work, issuer: str) -> dict[str, str]:
    from workflow_core.records import divisions

    line = {one.level: one.name for one in divisions.line(work.world.tx, work.state.division)}
    place = places.by_id(work.world.tx, work.state.place_id) if work.state.place_id is not None else None
    return {"issuer": issuer, "township": line.get("township", ""), "county": line.get("county", ""), "school": place["name"] if place is not None else ""}


def _go_on(work: Work, now: datetime) -> None:
    """What hangs on the paper begins at once: a deadline that fell due with it does not wait for the clock's next turn."""
    reconcile(work, now)
    catch_up(work, now)


def _keep(work: Work, paper: PaperRow) -> None:
    work.state.papers[paper.n] = paper
    work.changes.papers[paper.n] = paper
