"""Where templates lie: a township's own folder before the program's, careflow's bases under both; each file read once, and told by its digest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow_core.documents import grammar
from workflow_core.documents.fields import Known, PaperFields, check_fields, check_public, personal_fields
from workflow_core.documents.page import to_text
from workflow_core.documents.rendering import LIMITS, Limits, environment, parse, render, told, too_large
from workflow_core.errors import CareError, Misused, Problem, Refused
from workflow_core.i18n import N_
from workflow_core.nearest import nearest

if TYPE_CHECKING:
    from workflow_core.documents.rendering import Paper

HOUSE_FOLDER = Path(__file__).parent / "templates"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\.(?:html\.j2|txt\.j2|docx)")
MOST_BASES = 4
"""So many templates may extend one another."""


@dataclass(frozen=True)
class Source:
    """One template as it was read.

    :param own: it is the township's (or county's) own, in place of the program's.
    """

    name: str
    text: str
    own: bool


class Library:
    """The templates of one program in one office.

    :param program: the program's ``templates`` folder; None for a program without papers.
    :param own: the office's folder for this program's papers (``templates/<program>`` of the office); None, or not there, for none.
    """

    def __init__(self, program: Path | None, own: Path | None = None, *, limits: Limits = LIMITS) -> None:
        self.program = program
        self.own = own
        self.limits = limits
        self._sources: dict[str, Source] = {}
        self._readings: dict[str, grammar.Reading] = {}
        self._environments: dict[bool, Paper] = {}

    # -- Finding -----------------------------------------------------------------------------------------------------------------------------------

    def source(self, name: str) -> Source:
        """A template by its file's name; ``plugin/NAME`` for the program's even where the township has its own.

        :raises Refused: ``template_missing``.
        :raises Misused: ``template_unreadable``, ``template_too_large``.
        """
        if name not in self._sources:
            path = self.path(name)
            self._sources[name] = Source(name, self._read(path, name), self.own is not None and path.parent == self.own)
        return self._sources[name]

    def put(self, source: Source) -> None:
        """Use this text for a template in place of its file: a template that is being tried."""
        self._sources[source.name] = source

    def path(self, name: str) -> Path:
        """The file of a template.

        :raises Refused: ``template_missing``; where a name like it is there, the hint says so.
        """
        bare = name.removeprefix(grammar.PLUGIN)
        if _NAME.fullmatch(bare):
            if bare in grammar.HOUSE:
                return HOUSE_FOLDER / bare
            for folder in (None if bare != name else self.own, self.program):
                if folder is not None and (folder / bare).is_file():
                    return folder / bare
        meant = nearest(bare, self.names())
        hint = N_("did you mean {meant}?") if meant else N_("templates lie in the program's folder `templates`")
        raise Refused("template_missing", N_("there is no template {template}"), hint=hint, template=name, meant=meant or "")

    def names(self) -> list[str]:
        """The names of all templates that can be found, careflow's bases not among them."""
        folders = [folder for folder in (self.program, self.own) if folder is not None and folder.is_dir()]
        return sorted({path.name for folder in folders for path in folder.iterdir() if _NAME.fullmatch(path.name)})

    def law(self) -> dict[str, Any]:
        """The articles that the program's papers cite, from its ``law.json``: name → ``{"title", "text"}``; empty where it has none."""
        path = self.program / "law.json" if self.program is not None else None
        if path is None or not path.is_file():
            return {}
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found

    def _read(self, path: Path, name: str) -> str:
        try:
            if path.stat().st_size > self.limits.source:
                raise too_large(self.limits)
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Misused(
                "template_unreadable", N_("the template {template} cannot be read: {why}"), hint=N_("save it as UTF-8"), template=name, why=type(error).__name__
            ) from None  # fmt: skip

    # -- What it says ------------------------------------------------------------------------------------------------------------------------------

    def chain(self, name: str) -> list[Source]:
        """A template, what it extends, what that extends; and the pieces they use.

        :raises Misused: ``template_circular``: it extends itself, or too many one another.
        """
        found: dict[str, Source] = {}
        for source, _ in self._walk(name):
            found[source.name] = source
        return list(found.values())

    def digest(self, name: str) -> str:
        """The digest of a template and all that it is made with: what a paper's look depends on, beside its fields."""
        told_by = [(one.name, sha256(one.text.encode()).hexdigest()) for one in self.chain(name)]
        return sha256(json.dumps(sorted(told_by)).encode()).hexdigest()

    def fields(self, name: str) -> set[str]:
        """Every field that a template names, or what it extends does.

        :raises Misused: ``template_syntax``.
        """
        return {path for _, reading in self._walk(name) for path in reading.used}

    def personal(self, name: str, known: Known) -> list[str]:
        """Those of its fields that hold personal data, a group that is handed on whole among them: none may be in a paper for the public."""
        readings = [reading for _, reading in self._walk(name)]
        used = {path for reading in readings for path in reading.used}
        return personal_fields(used, known, {path for reading in readings for path in reading.handed})

    def check(self, name: str, known: Known, *, public: bool = False) -> list[Problem]:
        """All that is wrong with a template: missing, syntax, forbidden words, fields that are none, each with file and line.

        :param known: what it may name: ``known_fields``.
        :param public: its paper is posted or published: it may name no personal field.
        """
        try:
            readings = list(self._walk(name))
        except CareError as error:
            return list(error.problems) or [Problem(error.code, error.message, name, error.hint, error.context)]
        problems: list[Problem] = []
        for source, reading in readings:
            problems += reading.problems
            for path, line in sorted(reading.used.items(), key=lambda one: one[1]):
                problems += check_fields([path], known, f"{source.name}:{line}")
                if public:
                    problems += check_public([path], known, f"{source.name}:{line}", handed=reading.handed)
        return problems

    def _walk(self, name: str) -> Iterator[tuple[Source, grammar.Reading]]:
        waiting, seen, depth = [name], set[str](), 0
        while waiting:
            source = self.source(waiting.pop(0))
            reading = self._readings.get(source.name) or parse(source.text, source.name, limits=self.limits)
            self._readings[source.name] = reading
            seen.add(source.name)
            yield source, reading
            if reading.extends is not None:
                depth += 1
                if reading.extends in seen or depth > MOST_BASES:
                    raise Misused(
                        "template_circular", N_("the template {template} extends itself, or a long row of others"), hint=N_("extend one of careflow's bases"),
                        template=source.name,
                    )  # fmt: skip
            waiting += [one for one in (reading.extends, *reading.imports) if one is not None and one not in seen and one not in waiting]

    # -- Making papers -----------------------------------------------------------------------------------------------------------------------------

    def html(self, name: str, fields: PaperFields) -> str:
        """A paper as a page that stands alone.

        :raises CareError: as :func:`workflow_core.documents.rendering.render` says.
        """
        told([problem for _, reading in self._walk(name) for problem in reading.problems])
        return render(self.environment(), name, fields, limits=self.limits)

    def text(self, name: str, fields: PaperFields) -> str:
        """A paper as plain text: by a ``.txt.j2`` beside the template where there is one, else from its page."""
        plain = name.replace(".html.j2", ".txt.j2")
        if plain != name and plain in self.names():
            return render(self.environment(), plain, fields, limits=self.limits)
        return to_text(self.html(name, fields))

    def environment(self, *, word: bool = False) -> Paper:
        """The sandbox over these templates, made once.

        :param word: for a Word file.
        """
        if word not in self._environments:
            self._environments[word] = environment(self._text, word=word)
        return self._environments[word]

    def _text(self, name: str) -> str:
        return self.source(name).text


def accept(name: str, content: bytes, program: Path, known: Known, try_with: Callable[[], PaperFields], own: Path, *, public: bool = False) -> list[Problem]:
    """Whether a township's own template may take the place of the program's; nothing is written.

    :param name: the program's template that it replaces; with ``.docx`` in place of ``.html.j2``, the same paper in Word.
    :param content: the file's bytes; :param program: the program's templates; :param own: the office's folder that it would go to.
    :param try_with: makes a paper's fields, to render it once in earnest.
    :param public: a paper that is made with it is posted or published: it may name no personal field.
    :returns: everything that is wrong; empty when it may be put there.
    """
    shipped = Library(program)
    page = name.removesuffix(".docx") + ".html.j2" if name.endswith(".docx") else name
    if page not in shipped.names():
        meant = nearest(page, shipped.names())
        hint = N_("did you mean {meant}?") if meant else N_("a template of your own has the name of the program's that it replaces")
        return [Problem("template_missing", N_("the program has no template {template}"), name, hint, {"template": name, "meant": meant or ""})]
    if name.endswith(".docx"):
        from workflow_core.documents.word import check_word

        return check_word(content, known, name, public=public)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return [Problem("template_unreadable", N_("the template is not UTF-8"), name, N_("save it as UTF-8"))]
    trial = Library(program, own)
    trial.put(Source(name, text, True))
    problems = trial.check(name, known, public=public)
    if not problems:
        try:
            trial.html(name, try_with())
        except CareError as error:
            problems = list(error.problems) or [Problem(error.code, error.message, name, error.hint, error.context)]
    return problems
