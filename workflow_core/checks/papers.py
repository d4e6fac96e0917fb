"""Papers: each can be numbered, signed and served as it says, what is counted from one can come to be, and its template is there and sound.

Templates are looked into by a function that is handed in, so that a definition is checked without the library that reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from workflow_core.checks.codes import CODES
from workflow_core.checks.finding import Finding, found
from workflow_core.checks.scope import Scope
from workflow_core.definition import AUTOMATIC, SYSTEM, Document, Paper, Program, Workflow
from workflow_core.documents.numbering import check_pattern
from workflow_core.errors import Problem

Look: TypeAlias = Callable[[Program[Any], Workflow[Any, Any], Document], Iterable[Problem]]
"""All that is wrong with the template of a paper."""
TOLD = ("template_missing", "field_unknown", "personal_in_public")
"""What is told of a template by its own code; all else is told as ``template_unsound``."""


def check_papers(scope: Scope) -> Iterator[Finding]:
    """``paper_never_drafted``, ``paper_never_served``, ``paper_unsigned``, ``number_pattern``."""
    papers = scope.workflow.documents()
    drafted = {id(paper) for paper in papers}
    for place, anchor in scope.anchors:
        if not isinstance(anchor, Paper):
            continue
        if id(anchor.document) not in drafted:
            yield found("paper_never_drafted", place, paper=anchor.document.name)
        elif (anchor.event == "served" and not anchor.document.served_with_receipt) or anchor.document.draft_only:
            yield found("paper_never_served", place, paper=anchor.document.name)
    for paper in papers:
        place = scope.at(paper.name)
        effective = paper.number is not None or paper.served_with_receipt
        if effective and (paper.signed_by in (None, SYSTEM, AUTOMATIC) or paper.draft_only):
            yield found("paper_unsigned", place, paper=paper.name)
        if paper.number is not None:
            yield from (_told(problem, problem.code, place) for problem in check_pattern(paper.number, place))


def check_templates(scope: Scope, look: Look) -> Iterator[Finding]:
    """``template_missing``, ``field_unknown``, ``personal_in_public``, ``template_unsound``."""
    for paper in scope.workflow.documents():
        for problem in look(scope.program, scope.workflow, paper):
            code = problem.code if problem.code in TOLD else "template_unsound"
            yield _told(problem, code, f"{scope.at(paper.name)} ({problem.place or paper.template})")


def _told(problem: Problem, code: str, place: str) -> Finding:
    return Finding(code, problem.message, place, problem.hint or CODES[code].hint, problem.values, CODES[code].severity)
