"""A program's templates in an office: what each may name, what is wrong with one, and a township's own put in the place of the program's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_core.access import ADMIN, WHOLE_OFFICE
from workflow_core.access.grants import Actor
from workflow_core.definition import Document, Program, Workflow
from workflow_core.documents.fields import Known, Note, PaperFields
from workflow_core.documents.known import known_fields, law_names
from workflow_core.engine.runtime import Runtime
from workflow_core.errors import Misused, NotFound, Problem
from workflow_core.i18n import N_, Label
from workflow_core.nearest import nearest
from workflow_core.registry import Registry
from workflow_core.store import journal

if TYPE_CHECKING:
    from workflow_core.documents.library import Library

PAGE, WORD = ".html.j2", ".docx"


@dataclass(frozen=True)
class Template:
    """A template of a program, as this office has it.

    :param own: the office's own is in the place of the program's; :param word: the office has a Word file of it.
    :param papers: the papers that are made with it.
    """

    program: str
    name: str
    own: bool
    word: bool
    papers: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"program": self.program, "template": self.name, "own": self.own, "word": self.word, "papers": list(self.papers)}


@dataclass(frozen=True)
class FieldNote:
    """A field that a template may name: its dotted path, what it is, what it holds, and whether it is personal."""

    field: str
    label: str
    holds: str
    personal: bool

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return dict(self.__dict__)


def templates(runtime: Runtime, program: str | None = None) -> list[Template]:
    """The templates of one program, or of all, and which of them are the office's own.

    :raises NotFound: ``program_unknown``.
    """
    wanted = sorted(runtime.registry.programs) if program is None else [runtime.registry.program(program).name]
    found = []
    for one in wanted:
        library = runtime.library(one)
        made = papers_of(runtime.registry.program(one))
        for name in library.names():
            if name.endswith(WORD) and name.removesuffix(WORD) + PAGE in library.names():
                continue
            own = library.own is not None and library.path(name).parent == library.own
            word = own_word(library, name) is not None
            found.append(Template(one, name, own, word, tuple(document.title for _, document in made if document.template == name)))
    return found


def template_fields(runtime: Runtime, program: str, template: str | None = None) -> list[FieldNote]:
    """Every field that a program's templates may name.

    :param template: only those of the papers made with this one.
    """
    owner = runtime.registry.program(program)
    return list(_told(known_for(owner, template, runtime.library(owner.name).law())))


def check_template(runtime: Runtime, file: Path, program: str | None = None) -> tuple[str, list[Problem]]:
    """What is wrong with a file that shall take the place of a program's template of the same name; nothing is written.

    :param program: whose; else the one program that has a template of that name.
    :returns: the program's name, and everything that is wrong.
    :raises Misused: ``file_unreadable``, ``program_missing``.
    """
    owner = _owner(runtime, file.name, program)
    return owner.name, _problems(runtime, owner, file.name, _content(file, runtime.library(owner.name).limits.source))


def accept_template(runtime: Runtime, actor: Actor, file: Path, program: str | None = None) -> Path:
    """Put a file in the place of a program's template of the same name, once nothing is wrong with it. Papers that were signed stay as they are.

    :returns: where it lies now.
    :raises Misused: ``template_refused``, with everything that is wrong.
    :raises NotPermitted: only an administrator of the office may.
    """
    from workflow_core.documents.papers import content_digest
    from workflow_core.private_file import write_private

    actor.require(ADMIN.name, division=WHOLE_OFFICE, doing=N_("accept a template"))
    owner = _owner(runtime, file.name, program)
    library = runtime.library(owner.name)
    content = _content(file, library.limits.source)
    problems = _problems(runtime, owner, file.name, content)
    if problems:
        raise Misused("template_refused", N_("{file} cannot be used like this"), hint=N_("nothing was changed"), problems=problems, file=file.name)
    if library.own is None:
        raise Misused("templates_homeless", N_("this office has no folder for templates"), hint=N_("open it by its folder: --office"))
    target = library.own / file.name
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        said = {"program": owner.name, "template": file.name, "digest": content_digest(content)}
        journal.append(tx, journal.account_stream(actor.account_id or actor.login, now), actor.login, "template_accepted", said, now)
        write_private(target, content)
    runtime.forget_library(owner.name)
    return target


def papers_of(program: Program[Any]) -> list[tuple[Workflow[Any, Any], Document]]:
    """Every paper of a program, with its workflow."""
    return [(workflow, document) for workflow in program.workflows for document in workflow.documents()]


def known_for(program: Program[Any], template: str | None, law: dict[str, Any]) -> Known:
    """What a template may name: the fields of the papers that are made with it; of all papers where none is, or no template is said."""
    made = [(workflow, document) for workflow, document in papers_of(program) if template is None or document.template == page_name(template)]
    workflows: Sequence[Workflow[Any, Any]] = list({workflow.name: workflow for workflow, _ in made}.values()) or list(program.workflows)
    printed = [one for _, document in made for one in document.lists] if made and template is not None else list(program.listings)
    listings = {one.name: one for one in printed}
    known: dict[str, Note] = {}
    for workflow in workflows:
        known |= known_fields(workflow, listings=list(listings.values()), law=law_names(law))
    return known or known_fields(None, listings=list(listings.values()), law=law_names(law))


def look(registry: Registry) -> Callable[[Program[Any], Workflow[Any, Any], Document], list[Problem]]:
    """For ``checks.check``: what is wrong with the template of a paper, as the program ships it."""

    def problems(program: Program[Any], workflow: Workflow[Any, Any], document: Document) -> list[Problem]:
        from workflow_core.documents.library import Library

        library = Library(registry.templates(program.name))
        known = known_fields(workflow, listings=document.lists, papers=[document], law=law_names(library.law()))
        return library.check(document.template, known, public=document.public)

    return problems


def page_name(template: str) -> str:
    """The name of the page that a Word file is the same paper as."""
    return template.removesuffix(WORD) + PAGE if template.endswith(WORD) else template


def own_word(library: Library, template: str) -> Path | None:
    """The office's Word file of a template; None where it has none."""
    if library.own is None:
        return None
    path = library.own / (template.removesuffix(PAGE) + WORD)
    return path if path.is_file() else None


def _owner(runtime: Runtime, name: str, program: str | None) -> Program[Any]:
    if program is not None:
        return runtime.registry.program(program)
    programs = list(runtime.registry.programs.values())
    having = [one for one in programs if page_name(name) in runtime.library(one.name).names()]
    if len(having) == 1:
        return having[0]
    if having:
        names, hint = ", ".join(one.name for one in having), N_("name one: --program, of {names}")
        raise Misused("program_missing", N_("several programs have a template {template}"), hint=hint, template=name, names=names)
    names_known = [known for one in programs for known in runtime.library(one.name).names()]
    meant = nearest(page_name(name), names_known)
    hint = N_("did you mean {meant}?") if meant else N_("a template of your own has the name of the program's that it replaces: care document template list")
    raise NotFound("template_unknown", N_("there is no template {template}"), hint=hint, template=name, meant=meant or "")


def _content(file: Path, most: int) -> bytes:
    from workflow_core.documents.rendering import LIMITS, too_large
    from workflow_core.engine.keeping import read_file

    _, content, size = read_file(file)
    if size > most and file.suffix != WORD:
        raise too_large(LIMITS)
    return content


def _problems(runtime: Runtime, owner: Program[Any], name: str, content: bytes) -> list[Problem]:
    """Tried twice: with every field filled in, and with none."""
    from workflow_core.documents.library import accept

    folder, library = runtime.registry.templates(owner.name), runtime.library(owner.name)
    if folder is None or library.own is None:
        return [Problem("template_missing", N_("the program has no template {template}"), name, "", {"template": Label(name)})]
    law = library.law()
    known = known_for(owner, name, law)
    public = any(document.public for _, document in papers_of(owner) if document.template == page_name(name))
    for values in ({**sample(known), "law": law}, {"law": law}):
        problems = accept(name, content, folder, known, lambda values=values: PaperFields(known, values), library.own, public=public)  # type: ignore[misc]
        if problems:
            return problems
    return []


def sample(known: Known) -> dict[str, Any]:
    """Something for every field, invented."""
    return {name: _some(note) for name, note in known.items()}


def _some(note: Note) -> Any:
    if note.holds == "group":
        return sample(note.inside)
    if note.holds == "list":
        return [sample(note.inside) if note.inside else "样例"]
    of_kind: dict[str, Any] = {"number": 7, "yes_no": True, "date": "2026-10-21", "choice": {"code": "SAMPLE", "text": "样例"}}
    return of_kind.get(note.holds, "样例")


def _told(known: Known, above: str = "") -> Sequence[FieldNote]:
    found: list[FieldNote] = []
    for name, note in known.items():
        path = above + name
        if note.inside:
            found += _told(note.inside, f"{path}[]." if note.holds == "list" else f"{path}.")
        else:
            found.append(FieldNote(path, note.label, note.holds, note.personal))
    return found
