"""Files whole, half empty and strange, for the papers of every program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_core.documents import Known, Library, Note
from workflow_core.documents.page import to_text

TEXT = st.text(st.sampled_from("张王李示例村镇一二三07 <>&\"'{}%\\\n\u3000😀"), max_size=12)


def values(note: Note, codes: Sequence[str]) -> st.SearchStrategy[Any]:
    """Anything that a field can hold, or nothing.

    :param codes: names of members that a choice may have.
    """
    if note.holds == "group":
        return _group(note.inside, codes)
    if note.holds == "list":
        return st.lists(_group(note.inside, codes) if note.inside else TEXT, max_size=3)
    found: st.SearchStrategy[Any] = TEXT
    if note.holds == "number":
        found = st.integers(0, 400) | st.integers(0, 4000).map(lambda tenths: tenths / 10)
    elif note.holds == "yes_no":
        found = st.booleans()
    elif note.holds == "date":
        found = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(date.isoformat)
    elif note.holds == "choice":
        found = st.fixed_dictionaries({"code": st.sampled_from(codes), "text": TEXT})
    return st.none() | found


def _group(inside: Known, codes: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: values(one, codes) for name, one in inside.items()})


def needed(known: Known, paths: Sequence[str]) -> dict[str, Note]:
    """Those notes that a template names, so that examples stay small; a list that is named keeps all that is inside."""
    tree: dict[str, Note] = {}
    for name in {path.split(".")[0] for path in paths}:
        below = [path.split(".", 1)[1] for path in paths if path.startswith(f"{name}.")]
        note = known[name]
        inside = note.inside if name in paths and note.holds == "list" else needed(note.inside, below) if below and note.inside else note.inside
        tree[name] = Note(note.label, note.holds, note.personal, inside)
    return tree


def prints_for_any_case(library: Library, name: str, known: Known, paper: Callable[[str, dict[str, Any]], str], codes: Sequence[str]) -> None:
    """Two hundred files: each prints as many copies as were asked for, and nothing that is not known is told as ``None``."""
    tree = needed(known, sorted(path for path in library.fields(name) if not path.startswith("law.")))

    @settings(max_examples=200)
    @given(_group(tree, codes))
    def prints(found: dict[str, Any]) -> None:
        made = paper(name, found)
        assert made.count("</section>") == max(1, len((found.get("paper") or {}).get("copies", [""])))
        assert "None" not in to_text(made)

    prints()
