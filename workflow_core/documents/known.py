"""The fields of a program's papers: those that every paper has, and those that come from the program's own forms.

This file is the documentation of what a template may name; ``docs/papers.md`` has it as a table. Labels are for people who write templates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from workflow_core.definition import Document, Kind, Listing, Party, Workflow, form_fields
from workflow_core.documents.dates import in_figures
from workflow_core.documents.fields import Holds, Known, Note
from workflow_core.i18n import N_
from workflow_core.inputs import show
from workflow_core.inputs.codec import shape_of

Word = Callable[[str], str]
"""A msgid in the language of papers: 中文, whatever the clerk's screen speaks."""


def _group(label: str, /, **inside: Note) -> Note:
    return Note(label, "group", inside=inside)


def _many(label: str, /, **inside: Note) -> Note:
    return Note(label, "list", inside=inside)


def _day(label: str, *, personal: bool = False) -> Note:
    return Note(label, "date", personal)


_SOMEBODY = {
    "name": Note(N_("name"), personal=True),
    "kin": Note(N_("what he or she is to the child: 父亲, 祖母 …")),
    "phone": Note(N_("telephone"), personal=True),
    "address": Note(N_("address"), personal=True),
    "workplace": Note(N_("where he or she works, when away"), personal=True),
    "national_id": Note(N_("citizen's number"), personal=True),
}
_ON_FILE = {
    "ref": Note(N_("reference")),
    "name": Note(N_("name"), personal=True),
    "sex": Note(N_("sex"), "choice"),
    "born_on": _day(N_("date of birth"), personal=True),
    "age": Note(N_("completed years on that day"), "number"),
    "national_id": Note(N_("citizen's number"), personal=True),
    "phone": Note(N_("telephone"), personal=True),
    "village": Note(N_("village"), personal=True),
    "occupation": Note(N_("what he or she does")),
    "workplace": Note(N_("where he or she works"), personal=True),
}
_SENT = {
    "number": Note(N_("its number")),
    "signed_on": _day(N_("when it was signed")),
    "served_on": _day(N_("when it was served")),
    "received_by": Note(N_("who received it"), personal=True),
    "last_day": _day(N_("the last day it allows")),
}

EVERY_PAPER: Known = {
    "paper": _group(
        N_("this paper"),
        name=Note(N_("its name in the program")),
        title=Note(N_("its title")),
        number=Note(N_("its number; none before it is signed")),
        draft=Note(N_("whether it is still a draft"), "yes_no"),
        copies=_many(N_("what each copy is called; one text for each copy to be printed")),
        days=Note(N_("days allowed by it"), "number"),
        drafted_on=_day(N_("when it was drafted")),
        signed_on=_day(N_("when it was signed")),
        served_on=_day(N_("when it was served")),
        last_day=_day(N_("the last day allowed, once it is served")),
    ),
    "issuer": _group(
        N_("who issues it"),
        name=Note(N_("full official name: 高桥镇人民政府")),
        level=Note(N_("school, township or county")),
        phone=Note(N_("telephone")),
        address=Note(N_("address")),
        contact=Note(N_("who answers questions about it")),
        remedy=Note(N_("what the office's lawyers want said about remedies; blanks to fill in by hand where nothing is set")),
    ),
    "signer": _group(N_("who signs it"), name=Note(N_("name")), title=Note(N_("office held"))),
    "today": _day(N_("the day it is drafted or signed")),
    "case": _group(N_("the case"), ref=Note(N_("reference")), stage=Note(N_("where it stands"), "choice"), opened_on=_day(N_("when it was opened"))),
    "child": _group(
        N_("the child"),
        ref=Note(N_("reference")),
        name=Note(N_("name"), personal=True),
        sex=Note(N_("sex"), "choice"),
        born_on=_day(N_("date of birth"), personal=True),
        age=Note(N_("completed years on that day"), "number"),
        national_id=Note(N_("citizen's number"), personal=True),
        ethnicity=Note(N_("ethnicity"), personal=True),
        village=Note(N_("village"), personal=True),
        address=Note(N_("address as the file has it"), personal=True),
        home=Note(N_("township, village and address as one"), personal=True),
        grade=Note(N_("grade, 1 to 9"), "number"),
        grade_name=Note(N_("grade in words: 七年级")),
        class_name=Note(N_("class")),
    ),
    "volunteer": _group(N_("the volunteer whom the case is about"), **_ON_FILE),
    "guardian": _group(N_("the first of the guardians"), **_SOMEBODY),
    "guardians": _many(N_("all guardians"), **_SOMEBODY),
    "father": _group(N_("the father"), **_SOMEBODY),
    "mother": _group(N_("the mother"), **_SOMEBODY),
    "school": _group(N_("the child's school"), name=Note(N_("full official name")), address=Note(N_("address")), phone=Note(N_("telephone"))),
    "village": _group(N_("the village of the case"), name=Note(N_("its name"))),
    "township": _group(
        N_("the township of the case"),
        name=Note(N_("its name")),
        government=Note(N_("its government: 高桥镇人民政府; of a 街道, its 街道办事处")),
        is_street=Note(N_("whether it is a 街道, which has no 乡镇人民政府"), "yes_no"),
    ),
    "county": _group(
        N_("the county of the case"),
        name=Note(N_("its name")),
        government=Note(N_("its government")),
        bureau=Note(N_("its education bureau")),
        court=Note(N_("its court")),
    ),
    "facts": _many(N_("every field of the record that has a value"), label=Note(N_("what the field is called")), text=Note(N_("its value"), personal=True)),
}
"""What every paper of every program may name, beside ``record``, ``policy``, ``last``, ``every``, ``papers``, ``lists`` and ``law``."""


def known_fields(workflow: Workflow[Any, Any] | None, *, listings: Sequence[Listing] = (), papers: Sequence[Document] = (), law: Iterable[str] = ()) -> Known:
    """Every field that the papers of a workflow may name.

    :param workflow: None for a paper of no case: a monthly list.
    :param listings: those that the paper prints (``Document.lists``).
    :param papers: further papers that may be named, beside those the workflow drafts.
    :param law: the names of the articles that the program ships (``law_names``).
    """
    known: dict[str, Note] = dict(EVERY_PAPER)
    if workflow is not None:
        asking: list[tuple[str, type[Any] | None]] = [(one.name, one.form) for one in workflow.all_tasks()]
        asking += [(one.name, one.form) for one in workflow.transitions]
        forms = {name: notes_of(form) for name, form in asking if form is not None}
        known["record"] = _group(N_("what the case knows"), **notes_of(workflow.record))
        known["policy"] = _group(N_("what the township has set"), **notes_of(workflow.policy))
        known["last"] = _group(
            N_("the latest entry of a task or transition, by its name"), **{name: _group(N_("entry"), **form) for name, form in forms.items()}
        )
        known["every"] = _group(N_("all entries of a task or transition, oldest first"), **{name: _many(N_("entries"), **form) for name, form in forms.items()})
        known["parties"] = _group(N_("who is tied to the case, by the party's name"), **{party.name: _party(party) for party in workflow.parties})
        named = {paper.name for paper in (*workflow.documents(), *papers)}
        known["papers"] = _group(N_("the case's latest paper of a kind, by its name"), **{name: _group(N_("paper"), **_SENT) for name in sorted(named)})
    known["lists"] = _group(N_("the lists that the paper prints, by name"), **{one.name: _list() for one in listings})
    known["law"] = _group(
        N_("articles of law, as the program ships them"),
        **{name: _group(N_("article"), title=Note(N_("law and article")), text=Note(N_("its words"))) for name in law},
    )
    return known


def _party(party: Party[Any]) -> Note:
    """A person; of a party that is a case, the person whom it is about, and what is written down of it."""
    if isinstance(party.of, Kind):
        return _group(party.title, **_ON_FILE)
    return _group(party.title, **_ON_FILE, record=_group(N_("what its case knows"), **notes_of(party.of)))


def _list() -> Note:
    rows = _many(N_("rows"), cells=Note(N_("cells, as the columns are"), "list", personal=True))
    return _group(N_("a list"), title=Note(N_("title")), count=Note(N_("how many rows"), "number"), columns=_many(N_("headings")), rows=rows)


def notes_of(form: type[Any]) -> dict[str, Note]:
    """The notes of a form's fields."""
    return {name: _note(field.type, field.asked.label, field.asked.personal or bool(field.asked.seen_by)) for name, field in form_fields(form).items()}


def _note(annotation: Any, label: str, personal: bool) -> Note:
    base, many, _ = shape_of(annotation)
    inside = notes_of(base) if isinstance(base, type) and is_dataclass(base) and not base.__module__.startswith("workflow_core.") else {}
    if many is not None:
        return Note(label, "list", personal, inside)
    return Note(label, "group" if inside else _holds(base), personal, inside)


def _holds(base: Any) -> Holds:
    if base is bool:
        return "yes_no"
    if base in (int, float, Decimal):
        return "number"
    if base is date:
        return "date"
    return "choice" if isinstance(base, type) and issubclass(base, Enum) else "text"


def values_of(form: object, word: Word) -> dict[str, Any]:
    """A filled form as the values of its notes.

    :param word: turns a choice's label into the language of papers.
    """
    notes = notes_of(type(form))
    return {name: _value(note, getattr(form, name), word) for name, note in notes.items()}


def _value(note: Note, value: Any, word: Word) -> Any:
    if value is None:
        return None
    if note.holds == "list":
        ordered = sorted(value, key=str) if isinstance(value, frozenset) else value
        return [values_of(one, word) if note.inside else _plain(one, word) for one in ordered]
    if note.holds == "group":
        return values_of(value, word)
    if note.holds == "choice":
        return {"code": value.name, "text": word(str(value.value))}
    if note.holds == "date":
        return value.isoformat()
    if note.holds == "yes_no":
        return value
    if note.holds == "number":
        return value if isinstance(value, int) or not float(value).is_integer() else int(value)
    return _plain(value, word)


def _plain(value: Any, word: Word) -> str:
    if isinstance(value, Enum):
        return word(str(value.value))
    return value if isinstance(value, str) else show(value)


def facts_of(form: object, word: Word) -> list[dict[str, str]]:
    """A filled form as lines of label and text, for a table of all that is known; fields without a value are left out."""
    notes, values = notes_of(type(form)), values_of(form, word)
    lines = []
    for name, note in notes.items():
        text = _as_text(note, values[name], word)
        if text:
            lines.append({"label": word(note.label), "text": text})
    return lines


def _as_text(note: Note, value: Any, word: Word) -> str:
    if value is None or value == []:
        return ""
    if note.holds == "date":
        return in_figures(date.fromisoformat(value))
    if note.holds == "choice":
        return str(value["text"])
    if note.holds == "yes_no":
        return "是" if value else "否"
    if note.holds == "list":
        return "、".join(str(one) for one in value) if not note.inside else str(len(value))
    return "" if note.holds == "group" else str(value)


def law_names(law: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the articles in a program's ``law.json``."""
    return tuple(law)
