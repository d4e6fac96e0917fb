"""Papers as they lie on file: listed, shown, and found by number or name; also when the program they were made by is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from workflow_core.access import looks
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import Document
from workflow_core.definition.upgrades import paper_now
from workflow_core.documents import PaperFields
from workflow_core.documents import papers as life
from workflow_core.documents.known import known_fields
from workflow_core.engine.rows import paper_of
from workflow_core.engine.runtime import Runtime, unknown
from workflow_core.engine.state import PaperRow
from workflow_core.engine.versions import GONE
from workflow_core.engine.work import Work
from workflow_core.errors import CareError, Misused, NotFound
from workflow_core.i18n import N_
from workflow_core.nearest import nearest
from workflow_core.store import cases, desk
from workflow_core.store.canonical import load
from workflow_core.store.database import Row, Tx

if TYPE_CHECKING:
    from workflow_core.documents.library import Library


@dataclass(frozen=True)
class PaperShown:
    """A paper, as a screen shows it.

    :param ref: ``DR-26-00006.p2``.
    :param intact: for a signed paper, whether the page that is kept and all it was made from are those that were signed.
    :param made_again: how it would come out today from the fields it was signed with: ``same``; or otherwise by the ``template`` or by ``careflow``; empty
        where it was not signed, or its program is gone.
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
    made_again: str = ""

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


@dataclass(frozen=True)
class Shelf:
    """The papers of one case.

    :param work: the case, ready to be worked on; or why it is not: its program is gone.
    """

    case: Row
    papers: dict[int, PaperRow]
    work: Work | CareError

    @property
    def ref(self) -> str:
        """The case's reference."""
        return str(self.case["ref"])


def shelf(runtime: Runtime, tx: Tx, actor: Actor, ref: str) -> Shelf:
    """The papers of a case, whether its program is there or not.

    :raises NotFound: ``case_unknown``: there is none, or none that this account may see.
    """
    loaded = cases.load(tx, ref=ref)
    if loaded is None or not runtime.sees_or_owns(tx, actor, loaded.case):
        raise unknown(ref)
    try:
        work = runtime.work(tx, ref, actor)
    except CareError as error:
        if error.code not in (*GONE, "case_erased"):
            raise
        return Shelf(loaded.case, {one["n"]: paper_of(one) for one in loaded.papers}, error)
    return Shelf(loaded.case, work.state.papers, work)


def listed(runtime: Runtime, actor: Actor, ref: str) -> list[PaperShown]:
    """The papers of a case, oldest first. A list is not recorded, so it says nothing of who received or answered what."""
    with runtime.db.read() as tx:
        return [replace(_shown(ref, paper), receipt=None, answer=None) for paper in shelf(runtime, tx, actor, ref).papers.values()]


def show(runtime: Runtime, actor: Actor, ref: str) -> PaperShown:
    """One paper, with its receipt for those who may read it; of a signed one also whether it is as it was signed, and would come out so again.

    The look is recorded.
    """
    case, which = split_paper(ref)
    with runtime.db.read() as tx:
        here = shelf(runtime, tx, actor, case)
        paper = find_paper(here.papers, here.ref, which, (), here.work)
        shown = _shown(case, paper)
        if paper.sealed is not None:
            shown = replace(shown, intact=intact(tx, here.case["case_id"], paper), made_again=_made_again(runtime, here.work, paper))
        if not reads_papers(runtime, tx, actor, here.case):
            shown = replace(shown, receipt=None, answer=None)
    if here.case["subject_id"] is not None:
        with runtime.db.write() as tx:
            looks.opened(tx, actor, here.case["subject_id"], now=runtime.clock.now(), case_id=here.case["case_id"])
    return shown


def reads_papers(runtime: Runtime, tx: Tx, actor: Actor, row: Row) -> bool:
    """Whether somebody who sees a case may read what its papers say, with whole names and numbers: who acts in it, or is named to read it."""
    from workflow_core.engine.hiding import eyes_on

    eyes = eyes_on(runtime, tx, actor, row)
    return eyes.acts or eyes.named


def find_paper(papers: Mapping[int, PaperRow], case: str, which: str, states: Sequence[str], work: Work | CareError) -> PaperRow:
    """A paper by its number (``p2``), or the latest of its name, in one of the states where there is one.

    :param work: the case, where its program is there: then a name that no paper of the program has is told as that.
    :raises NotFound: ``paper_unknown``, with those that there are; ``document_unknown``: the program has no paper of that name.
    """
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
        if isinstance(work, Work):
            document_of(work, which)
    there = ", ".join(f"p{paper.n} {paper.name}" for paper in papers.values())
    hint = N_("there: {papers}") if there else N_("draft it first: `care document draft {case} NAME`")
    raise NotFound("paper_unknown", N_("{case} has no paper {which}"), hint=hint, case=case, which=which, papers=there)


def document_of(work: Work, name: str) -> Document:
    """One of a workflow's papers; also by the name that it had in an older version.

    :raises NotFound: ``document_unknown``.
    """
    documents, name = work.workflow.documents(), paper_now(work.program, work.workflow, name)
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
    from workflow_core.documents.rendering import told

    library = runtime.library(work.program.name)
    if library.source(document.template).own:
        known = known_fields(work.workflow, listings=document.lists, papers=[document], law=library.law())
        told(library.check(document.template, known, public=document.public))
    return library


def stored_fields(work: Work, paper: PaperRow, document: Document, library: Library) -> PaperFields:
    """The fields that a paper was signed with."""
    known = known_fields(work.workflow, listings=document.lists, papers=[document], law=library.law())
    return PaperFields(known, load(cases.filled_in(work.world.tx, work.state.case_id, paper.n)))


def _made_again(runtime: Runtime, work: Work | CareError, paper: PaperRow) -> str:
    if isinstance(work, CareError):
        return ""
    now = ""
    try:
        document = document_of(work, paper.name)
        library = runtime.library(work.program.name)
        now = library.digest(document.template)
        page = library.html(document.template, stored_fields(work, paper, document, library))
    except CareError:  # a later program may lack the paper, its template or a field: it cannot come out as it did
        return "template" if now != paper.template else "careflow"
    found = life.made_again(paper.content or "", paper.template or "", page, now)
    return found.because or "same"


def intact(tx: Tx, case_id: str, paper: PaperRow) -> bool:
    """Of a signed paper: whether the page that is kept, and all it was made from, are those that were signed."""
    content = desk.blob(tx, paper.content or "")
    if content is None or paper.signed_at is None or life.content_digest(content) != paper.content:
        return False
    fields = load(cases.filled_in(tx, case_id, paper.n))
    again = life.signed_digest(paper.name, paper.number, civil_date(paper.signed_at), paper.signed_by or "", fields, paper.template or "", paper.content or "")
    return again == paper.sealed


def _shown(case: str, paper: PaperRow) -> PaperShown:
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
    )
