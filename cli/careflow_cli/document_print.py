"""``care document print``: papers as pages, one or many, into one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from careflow_cli import many, output
from careflow_cli.clicks import Command, argument, option
from careflow_cli.common import json_option, program_option, township_option
from careflow_cli.session import Session, pass_session
from workflow_core.clock import stamp
from workflow_core.errors import Misused, NotFound
from workflow_core.i18n import N_, translate

KINDS = (".html", ".txt", ".pdf", ".docx")
"""The endings of files that papers are printed into."""


@click.command("print", cls=Command)
@argument("papers", nargs=-1, metavar="PAPER|CASE…", help="papers (DR-26-00417.p2, DR-26-00417.return_notice), or whole cases; with --where the paper's name")
@option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="an .html, .txt, .pdf or .docx file; else a page in papers/")
@option("--copies", type=click.IntRange(1, 20), default=1, show_default=True, help="so many of each; 存根 and the like are printed in any case")
@option("--where", multiple=True, metavar="KEY=VALUE", help="of many cases: stage=…, workflow=…, township=…; may be said several times")
@option("--whole", metavar="CASE", help="all papers of a case and of all its parts, void ones left out; with a name only the papers of that name")
@program_option
@township_option
@json_option
@pass_session
def print_papers(
    session: Session,
    papers: tuple[str, ...],
    file: Path | None,
    copies: int,
    where: tuple[str, ...],
    whole: str | None,
    program: str | None,
    township: str | None,
    as_json: bool,
) -> None:
    """Print papers: what was signed as it was signed, a draft marked 草稿, a void one marked 作废. Who printed what is recorded.

    With --where the newest paper of one kind of many cases: care document print return_notice --program NAME --where stage=NAME.
    With --whole all papers of a case and its parts in one print.
    """
    kind = (file.suffix if file is not None else ".html").lower()
    if kind not in KINDS:
        raise Misused("print_kind", N_("papers are not printed into {kind}"), hint=N_("end the file with one of: {kinds}"), kind=kind, kinds=", ".join(KINDS))
    if whole is not None:
        refs = _of_whole(session, whole, papers, alone=not (where or program or township))
    else:
        refs = _of_many(session, papers, where, program, township) if where or program or township else list(dict.fromkeys(papers))
    if not refs:
        raise click.UsageError(translate("which papers? Name them, or cases, or say --program and --where"))
    target = file if file is not None else _page_file(session, refs)
    printed, content = _word(session, refs) if kind == ".docx" else _bound(session, refs, kind, copies)
    from workflow_core.private_file import write_private

    write_private(target, content)
    if as_json:
        output.document({"papers": printed, "file": str(target)})
    else:
        output.say(N_("Papers in {file}: {count}"), count=len(printed), file=target)


def _of_many(session: Session, names: Sequence[str], where: Sequence[str], program: str | None, township: str | None) -> list[str]:
    """The newest paper of one kind of each case that is meant, void ones left out."""
    if len(names) != 1:
        raise click.UsageError(translate("with --where the paper's name is said, and nothing else: care document print return_notice --program NAME --where …"))
    wanted = many.selection(where, program=program, township=township)
    found = []
    for case in many.found_refs(session, wanted, open_only=wanted.stage is None):
        papers = [one.ref for one in session.engine.papers(session.actor, case) if one.name == names[0] and one.state != "void"]
        found += papers[-1:]
    if not found:
        raise NotFound("no_such_papers", N_("none of these cases has a paper {name}"), hint=N_("see: care document list CASE"), name=names[0])
    return found


def _of_whole(session: Session, whole: str, names: Sequence[str], *, alone: bool) -> list[str]:
    """The papers of a case and of all its parts, open and closed, the whole's first; void ones left out."""
    if len(names) > 1 or not alone:
        raise click.UsageError(translate("with --whole the paper's name may be said, and nothing else: care document print badge --whole CASE"))
    cases = [whole, *(row.ref for row in session.engine.cases(session.actor, whole=whole, open_only=False, limit=None))]
    found = [one.ref for case in cases for one in session.engine.papers(session.actor, case) if one.state != "void" and (not names or one.name == names[0])]
    if not found:
        raise NotFound("no_papers", N_("there is nothing to print: {refs}"), hint=N_("draft one: care document draft CASE NAME"), refs=whole)
    return found


def _bound(session: Session, refs: Sequence[str], kind: str, copies: int) -> tuple[list[str], bytes]:
    from workflow_core.documents.page import bind, handed_out, to_text

    found = session.engine.pages(session.actor, refs)
    if not found:
        raise NotFound("no_papers", N_("there is nothing to print: {refs}"), hint=N_("draft one: care document draft CASE NAME"), refs=", ".join(refs))
    printed = [ref for ref, _ in found]
    line = ""
    if len(found) > 1:  # many at once are a list of people as much as a sheet is
        from careflow_cli import handout

        line = handout.handed_out(session, "papers", [[ref, to_text(page)] for ref, page in found], "print").paper_line()
        found = [(ref, handed_out(page, line)) for ref, page in found]
    pages = [page for _, page in found for _ in range(copies)]
    if kind == ".pdf":
        from workflow_core.documents.pdf import to_pdf

        return printed, to_pdf(*pages)
    if kind == ".txt":
        return printed, "\f".join(to_text(page) + (f"\n{line}\n" if line else "") for page in pages).encode()
    return printed, (pages[0] if len(pages) == 1 else bind(pages, translate("Papers"))).encode()


def _word(session: Session, refs: Sequence[str]) -> tuple[list[str], bytes]:
    if len(refs) != 1 or "." not in refs[0]:
        raise Misused("one_paper_wanted", N_("a Word file holds one paper"), hint=N_("name one paper; or print many into .html or .pdf"))
    ref, content = session.engine.word(session.actor, refs[0])
    return [ref], content


def _page_file(session: Session, refs: Sequence[str]) -> Path:
    folder = session.office.papers
    if len(refs) == 1:
        return folder / f"{refs[0]}.html"
    return folder / f"print-{stamp(session.now_instant)[:19].replace(':', '').replace('-', '')}.html"
