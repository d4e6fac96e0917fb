"""Papers as they are printed: what was signed as it was signed, a draft as it would be now; as a page, or in an office's own Word file. Each is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workflow_core.access import looks
from workflow_core.access.grants import Actor
from workflow_core.engine import paper_fields, paper_looks, paper_templates
from workflow_core.engine.paper_looks import Shelf
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.state import PaperRow
from workflow_core.engine.work import Work
from workflow_core.errors import CareError, Damaged, NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.store import desk
from workflow_core.store.database import Row, Tx

VOID, DRAFT = "作　废", "草　稿"
"""What is printed across a page that has no effect."""


def pages(runtime: Runtime, actor: Actor, refs: Sequence[str], *, purpose: str = "print") -> list[tuple[str, str]]:
    """Papers as pages to print, drafts and void ones marked across. That they were printed is recorded before anybody has them.

    :param refs: papers, or whole cases (all papers that are not void).
    :returns: for each the reference and the page.
    :raises NotPermitted: ``paper_not_yours``: who neither acts in the case nor is named to read it.
    :raises Damaged: ``paper_damaged``: one is not as it was signed; none is handed out then.
    """
    from workflow_core.documents.page import marked

    now = runtime.clock.now()
    found: dict[str, str] = {}
    people: set[str] = set()
    with runtime.db.read() as tx:
        for ref in refs:
            for here, paper in _meant(runtime, tx, actor, ref):
                _must_read(runtime, tx, actor, here.case)
                page = _page(runtime, tx, here, paper, now)
                across = VOID if paper.state == "void" else DRAFT if _is_draft(here, paper) else ""
                found[f"{here.ref}.p{paper.n}"] = marked(page, across) if across else page
                people |= {here.case["subject_id"]} - {None}
    if found:
        _record(runtime, actor, list(found), people, purpose, now)
    return list(found.items())


def word(runtime: Runtime, actor: Actor, ref: str, *, purpose: str = "print") -> tuple[str, bytes]:
    """A paper in the office's own Word file, with the fields it was signed with; of a draft, as they are now.

    :returns: its reference, and the .docx.
    :raises Refused: ``word_missing``: this office has no Word file of it; ``paper_void``; ``docx_not_installed``.
    """
    from workflow_core.documents.word import word_file

    now = runtime.clock.now()
    case, which = paper_looks.split_paper(ref)
    with runtime.db.read() as tx:
        work = runtime.work(tx, case, actor)
        _must_read(runtime, tx, actor, paper_looks.shelf(runtime, tx, actor, case).case)
        paper = paper_looks.find_paper(work.state.papers, work.state.ref, which, ("draft", "signed", "served", "answered"), work)
        if paper.state == "void":
            hint = N_("print its page, that is marked: `care document print {paper} --to FILE.html`")
            raise Refused("paper_void", N_("the paper is void"), hint=hint, paper=f"{work.state.ref}.p{paper.n}")
        document = paper_looks.document_of(work, paper.name)
        library = runtime.library(work.program.name)
        path = paper_templates.own_word(library, document.template)
        if path is None:
            raise Refused(
                "word_missing", N_("this office has no Word file of {paper}"), hint=N_("make one and accept it: care document template accept {file}"),
                paper=document.name, file=document.template.removesuffix(paper_templates.PAGE) + paper_templates.WORD,
            )  # fmt: skip
        if paper.sealed is None:
            fields = paper_fields.fields_of(work, paper, document, now, law=library.law(), signer=None, issuers=runtime.issuers)
        else:
            _demand_intact(tx, work.state.case_id, work.state.ref, paper)
            fields = paper_looks.stored_fields(work, paper, document, library)
        content = word_file(path.read_bytes(), fields, path.name)
        printed = f"{work.state.ref}.p{paper.n}"
        people = {work.state.subject_id} if work.state.subject_id is not None else set()
    _record(runtime, actor, [printed], people, purpose, now)
    return printed, content


def _must_read(runtime: Runtime, tx: Tx, actor: Actor, row: Row) -> None:
    if not paper_looks.reads_papers(runtime, tx, actor, row):
        hint = N_("ask somebody who works on it; who does: care program show {program}")
        raise NotPermitted(
            "paper_not_yours", N_("a paper shows names and numbers whole: only who works on {ref} prints it"), hint=hint, ref=row["ref"], program=row["program"]
        )


def _record(runtime: Runtime, actor: Actor, refs: Sequence[str], people: set[str], purpose: str, now: datetime) -> None:
    with runtime.db.write() as tx:
        looks.exported(tx, actor, ", ".join(refs), people, ["paper"], purpose=purpose, now=now)


def _meant(runtime: Runtime, tx: Tx, actor: Actor, ref: str) -> list[tuple[Shelf, PaperRow]]:
    if "." in ref:
        case, which = paper_looks.split_paper(ref)
        here = paper_looks.shelf(runtime, tx, actor, case)
        return [(here, paper_looks.find_paper(here.papers, here.ref, which, ("draft", "signed", "served", "answered"), here.work))]
    here = paper_looks.shelf(runtime, tx, actor, ref)
    return [(here, paper) for paper in here.papers.values() if paper.state != "void" and (isinstance(here.work, Work) or paper.content is not None)]


def _page(runtime: Runtime, tx: Tx, here: Shelf, paper: PaperRow, now: datetime) -> str:
    if paper.content is not None:
        _demand_intact(tx, here.case["case_id"], here.ref, paper)
        return (desk.blob(tx, paper.content) or b"").decode()
    if here.case["erased_at"] is not None:
        raise Refused("paper_erased", N_("of {paper} nothing is left but its number: whom it was about is erased"), paper=f"{here.ref}.p{paper.n}")
    if isinstance(here.work, CareError):  # a draft is made by its program
        message, hint = (
            N_("the paper {paper} is an unsigned draft: only its program can print it"),
            N_("put the program back; signed papers are printed without it"),
        )
        raise Refused("paper_unsigned", message, hint=hint, paper=f"{here.ref}.p{paper.n}") from here.work
    document = paper_looks.document_of(here.work, paper.name)
    library = paper_looks.library_for(runtime, here.work, document)
    fields = paper_fields.fields_of(here.work, paper, document, now, law=library.law(), signer=None, issuers=runtime.issuers)
    return library.html(document.template, fields)


def _is_draft(here: Shelf, paper: PaperRow) -> bool:
    """Whether somebody has still to sign it: what nobody signs is none."""
    return paper.state == "draft" and not (isinstance(here.work, Work) and paper_looks.document_of(here.work, paper.name).unsigned)


def _demand_intact(tx: Tx, case_id: str, ref: str, paper: PaperRow) -> None:
    if not paper_looks.intact(tx, case_id, paper):
        raise Damaged("paper_damaged", N_("{ref} is not as it was signed"), hint=N_("see: care office doctor"), ref=f"{ref}.p{paper.n}")
