"""Drafts of papers: laid on the desk of whoever signs them, and taken off it again when nobody will sign them any more.

A draft goes in three ways: somebody voids it; a later draft of the same paper takes its place, since it says what is true now; or the case is over, and the
paper was to be served: nothing would run from its service. That a stage was left says nothing about a paper: the registration, the record of a visit and the
slip that closes a case are signed when the case stands elsewhere already.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from workflow_core.clock import civil_date
from workflow_core.definition import Document
from workflow_core.engine.state import PaperRow, TaskRow
from workflow_core.engine.work import Work
from workflow_core.i18n import N_

SIGNED_WITHIN = timedelta(days=3)
"""A drafted paper is to be signed within so many days."""
REPLACED, OVER = N_("a later draft took its place"), N_("the case ended before it was signed")


def draft_paper(work: Work, document: Document, at: datetime) -> PaperRow:
    """Draft a paper, and lay it on the desk of whoever signs it: what nobody signs must not be forgotten. An earlier draft of it is void from now on."""
    state = work.state
    for earlier in [one for one in state.papers.values() if one.name == document.name and one.state == "draft"]:
        void_draft(work, earlier, REPLACED, at)
    paper = PaperRow(state.next_paper(), document.name, document.title, "draft", at, work.event.actor)
    state.papers[paper.n] = paper
    work.changes.papers[paper.n] = paper
    work.did("drafted", document=document.name, n=paper.n)
    if document.signed_by is not None and not document.draft_only:
        row = TaskRow(
            n=state.next_task(),
            name=f"sign-{document.name}",
            title=document.title,
            kind="paper",
            stage=state.stage,
            entered=state.entries[-1].n if state.entries else 0,
            doers=(document.signed_by.name,),
            opened_at=at,
            due=civil_date(at) + SIGNED_WITHIN,
            origin=f"paper:{paper.n}",
        )
        work.touch(row)
    return paper


def void_unserved(work: Work, at: datetime) -> None:
    """Of a case that is over: void the drafts that were to be served and that lay there before its last step."""
    served = {document.name for document in work.workflow.documents() if document.served_with_receipt}
    ended = work.state.closed_at or at
    for paper in list(work.state.papers.values()):
        if paper.state == "draft" and paper.name in served and paper.drafted_at < ended:
            void_draft(work, paper, OVER, at)


def off_the_desk(work: Work, paper: PaperRow, state: str, now: datetime, *, by: str | None) -> None:
    """Close the task of signing a paper.

    :param state: ``done`` where it was signed, else ``closed``.
    """
    for row in work.state.open_tasks():
        if row.kind == "paper" and row.origin == f"paper:{paper.n}":
            work.close_row(row, state, now, by=by)


def void_draft(work: Work, paper: PaperRow, reason: str, at: datetime) -> None:
    """A draft that nobody is to sign any more: void, and off the desk.

    :param reason: a msgid.
    """
    paper.state, paper.voided_at, paper.void_reason = "void", at, reason
    work.changes.papers[paper.n] = paper
    work.did("draft_voided", document=paper.name, n=paper.n, reason=reason)
    off_the_desk(work, paper, "closed", at, by=None)
