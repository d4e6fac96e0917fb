"""A paper, as a test looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from workflow_core.access.grants import SYSTEM_ACTOR, Actor
from workflow_core.definition import SUPERVISOR, Document, Role
from workflow_core.documents import Known, PaperFields
from workflow_core.documents.dates import in_characters, in_figures
from workflow_core.documents.page import to_text
from workflow_core.documents.papers import Receipt
from workflow_core.engine import paper_fields, paper_looks
from workflow_core.engine.paper_looks import PaperShown
from workflow_core.errors import CareError

if TYPE_CHECKING:
    from workflow_core.testing.cases import Life


class PaperSeen:
    """One paper of a case. Every question is asked of the database anew."""

    def __init__(self, life: Life, ref: str) -> None:
        self.life = life
        self.ref = ref

    def __repr__(self) -> str:
        return f"<{self.ref} {self.name}, {self.state}>"

    @property
    def shown(self) -> PaperShown:
        """All that the engine shows of it."""
        return self.life.scenario.engine.paper(SYSTEM_ACTOR, self.ref)

    @property
    def name(self) -> str:
        """The document's name."""
        return self.shown.name

    @property
    def state(self) -> str:
        """``draft``, ``signed``, ``served``, ``answered`` or ``void``."""
        return self.shown.state

    @property
    def number(self) -> str:
        """Its number; empty until it is signed."""
        return self.shown.number

    @property
    def served_on(self) -> date | None:
        """The day it was served."""
        found = self.shown.served_on
        return None if found is None else date.fromisoformat(found)

    @property
    def html(self) -> str:
        """The page, as it is printed."""
        [(_, page)] = self.life.scenario.engine.pages(SYSTEM_ACTOR, [self.ref])
        return page

    @property
    def text(self) -> str:
        """What the page says."""
        return to_text(self.html)

    # -- What is in it

    def says(self, text: str) -> bool:
        """Whether the page says that; white space does not count."""
        return _squeezed(text) in _squeezed(self.text)

    def shows(self, field: str) -> bool:
        """Whether a field's value stands on the page: ``child.name``, ``record.cause``, ``last.visit.visited_on`` …

        :raises KeyError: there is no such field; see ``care document template fields``. :raises ValueError: it is a yes or no: a template makes words of it
            that nobody can look for; ask ``says`` for those.
        """
        page = _squeezed(self.text)
        known, values = self._fields()
        if field not in _paths(known):
            raise KeyError(f"there is no field {field}: {', '.join(sorted(_paths(known)))}")
        if _note(known, field).holds == "yes_no":
            raise ValueError(f"{field} is a yes or no, of which the template makes its own words: ask says(…) for them")
        return any(path == field and any(_squeezed(text) in page for text in texts) for path, _, texts in _leaves(known, values))

    def personal(self) -> list[str]:
        """The personal fields whose values stand on the page, by name: a paper that is posted or published has none, ``[]``.

        A value of one character is not looked for: it stands on every page. Nor is a yes or no, of which the template makes its own words.
        """
        page = _squeezed(self.text)
        found = _leaves(*self._fields())
        return sorted({path for path, personal, texts in found if personal and any(len(text) > 1 and _squeezed(text) in page for text in texts)})

    # -- What happens to it

    def sign(self, *, by: Role | Actor | None = None, confirm: str = "") -> PaperSeen:
        """Signs it.

        :param by: the role or account; the document's ``signed_by`` where None.
        :param confirm: a reason, with which it is signed though something on it is not known.
        :raises CareError: it was refused; notes tell why.
        """
        __tracebackhide__ = True
        document = self._document()
        actor = self.life._actor(by, (document.signed_by,) if document.signed_by else (), document.four_eyes)
        self.life._told(lambda: self.life.scenario.engine.sign(actor, self.ref, confirm=confirm))
        return self

    def serve(self, on: date | None = None, *, by: Role | Actor | None = None, reason: str = "", **said: Any) -> PaperSeen:
        """Enters its receipt: today, at home, received by the guardian, where nothing else is said.

        :param said: other words of the receipt: ``place``, ``received_by``, ``servers``; ``refused=True`` with ``why_refused`` and two ``witnesses``.
        """
        __tracebackhide__ = True
        told = {"place": "at home", "received_by": "" if said.get("refused") else "the guardian", "servers": ("somebody",), **said}
        receipt = Receipt(on or self.life.scenario.today, **told)
        document = self._document()
        actor = self.life._actor(by, (document.signed_by,) if document.signed_by else (SUPERVISOR,))
        self.life._told(lambda: self.life.scenario.engine.serve(actor, self.ref, receipt, reason=reason))
        return self

    def void(self, reason: str = "it was wrong", *, by: Role | Actor | None = None) -> PaperSeen:
        """Voids it; its number stays taken."""
        __tracebackhide__ = True
        document = self._document()
        actor = self.life._actor(by, (document.signed_by,) if document.signed_by else (SUPERVISOR,))
        self.life._told(lambda: self.life.scenario.engine.void(actor, self.ref, reason))
        return self

    # -- Inside

    def _document(self) -> Document:
        return next(one for one in self.life.workflow.documents() if one.name == self.name)

    def _fields(self) -> tuple[Known, Mapping[str, Any]]:
        """What its template may name, and the values: those it was signed with, or for a draft today's."""
        runtime = self.life.scenario.engine.runtime
        with runtime.db.read() as tx:
            here = paper_looks.shelf(runtime, tx, SYSTEM_ACTOR, self.life.ref)
            if isinstance(here.work, CareError):
                raise here.work
            paper = paper_looks.find_paper(here.papers, here.ref, self.ref.rpartition(".")[2], (), here.work)
            document = self._document()
            library = paper_looks.library_for(runtime, here.work, document)
            fields: PaperFields
            if paper.sealed is not None:
                fields = paper_looks.stored_fields(here.work, paper, document, library)
            else:
                now = runtime.clock.now()
                fields = paper_fields.fields_of(here.work, paper, document, now, law=library.law(), signer=None, issuers=runtime.issuers)
        return fields.known, fields.values


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _note(known: Known, field: str) -> Any:
    head, _, rest = field.partition(".")
    return known[head] if not rest else _note(known[head].inside, rest)


def _paths(known: Known, above: str = "") -> set[str]:
    found = {f"{above}{name}" for name in known}
    for name, note in known.items():
        found |= _paths(note.inside, f"{above}{name}.")
    return found


def _leaves(known: Known, values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, bool, list[str]]]:
    """Each field that has a value: its path, whether it is personal, and how it may stand on a page."""
    for name, note in known.items():
        value, path = values.get(name), f"{above}{name}"
        if value in (None, "", [], {}):
            continue  # nothing stands on the page for it
        if note.holds == "group":
            yield from _leaves(note.inside, value, f"{path}.")
        elif note.holds == "list":
            for one in value:
                if note.inside:
                    yield from _leaves(note.inside, one, f"{path}.")
                else:
                    yield path, note.personal, [str(one)]
        elif note.holds == "date":
            day = date.fromisoformat(value)
            yield path, note.personal, [value, in_figures(day), in_characters(day)]
        elif note.holds == "choice":
            yield path, note.personal, [value["text"]]
        elif note.holds != "yes_no":
            yield path, note.personal, [str(value)]
